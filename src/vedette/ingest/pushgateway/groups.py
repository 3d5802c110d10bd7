"""The groups of one project as they stand, and whether a push fits in among them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from vedette.ingest.arrival import Refused
from vedette.ingest.pushgateway.address import shown_key
from vedette.ingest.pushgateway.families import SUFFIXES, GroupKey, PushedFamily
from vedette.signals.metrics.labels import NAME, LabelFault, Labels, check, labels_of, shown
from vedette.signals.metrics.points import Family

Series = tuple[Labels, bool]
"""The labels of a series, and whether it is one of native histograms."""

MOST_GROUPS = 10_000
MOST_SERIES = 200_000

PUSHED = Family(
    "push_time_seconds",
    "gauge",
    "seconds",
    "When this group was last pushed to with success, Unix time.",
    "push_time_seconds",
)
FAILED = Family(
    "push_failure_time_seconds",
    "gauge",
    "seconds",
    "When a push to this group last failed, Unix time.",
    "push_failure_time_seconds",
)


@dataclass(frozen=True, slots=True)
class Group:
    """What was pushed with one key; times are Unix seconds, 0 = never. `id` is that of its record."""

    id: int
    key: GroupKey
    families: Mapping[str, PushedFamily]
    pushed_s: float = 0.0
    failed_s: float = 0.0

    @property
    def all_families(self) -> Iterator[PushedFamily]:
        """Give what was pushed and the two families about pushing."""
        yield from self.families.values()
        for family, value in ((PUSHED, self.pushed_s), (FAILED, self.failed_s)):
            yield PushedFamily(family, ((labels_of([*self.key, (NAME, family.name)]), value),))

    @property
    def series(self) -> dict[Series, None]:
        """Return every series."""
        return {each: None for family in self.all_families for each in family.series}


@dataclass(slots=True)
class Groups:
    """The groups of one project by key, with whom each series and family belongs to."""

    most_labels: int
    by_key: dict[GroupKey, Group] = field(default_factory=dict)
    _owners: dict[Series, GroupKey] = field(default_factory=dict)
    _kinds: dict[str, dict[GroupKey, str]] = field(default_factory=dict)

    def put(self, group: Group) -> None:
        """Let a group stand in place of the one with its key."""
        self.remove(group.key)
        self.by_key[group.key] = group
        for series in group.series:
            self._owners[series] = group.key
        for each in group.all_families:
            self._kinds.setdefault(each.family.name, {})[group.key] = each.family.type

    def remove(self, key: GroupKey) -> Group | None:
        """Take a group away and return it."""
        group = self.by_key.pop(key, None)
        if group is not None:
            for series in group.series:
                self._owners.pop(series, None)
            for each in group.all_families:
                kinds = self._kinds[each.family.name]
                kinds.pop(key, None)
                if not kinds:
                    del self._kinds[each.family.name]
        return group

    def has(self, series: Series) -> bool:
        """Tell whether a group has a series."""
        return series in self._owners

    def check_room(self, key: GroupKey) -> None:
        """Raise Refused when there is no place for a group with this key."""
        if key in self.by_key:
            return
        if len(self.by_key) >= MOST_GROUPS:
            raise Refused("too_many_groups", f"a project keeps at most {MOST_GROUPS} groups: delete some")
        blank = Group(0, key, {})
        for series in blank.series:
            owner = self._owners.get(series)
            if owner is not None:
                raise Refused("inconsistent", f"the group {shown_key(owner)} differs in empty labels only")

    def check(self, after: Group) -> None:
        """Raise Refused unless a group can stand as `after` beside the others."""
        seen: set[Series] = set()
        kinds = {each.family.name: each.family.type for each in after.all_families}
        for each in after.all_families:
            self._check_family(each, after.key, kinds)
            for series in each.series:
                self._check_series(series, after.key, seen)
        before = self.by_key.get(after.key)
        count = len(self._owners) + len(seen) - (len(before.series) if before else 0)
        if count > MOST_SERIES:
            raise Refused("too_many_series", f"pushed metrics of a project have at most {MOST_SERIES} series")

    def _check_series(self, series: Series, key: GroupKey, seen: set[Series]) -> None:
        labels = series[0]
        owner = self._owners.get(series, key)
        if series in seen or owner != key:
            where = "" if owner == key else f" in the group {shown_key(owner)}"
            what = "was collected before with the same name and label values"
            raise Refused("inconsistent", f"{shown(labels)} {what}{where}")
        seen.add(series)
        if any(name.startswith("__") and name != NAME for name, _ in labels):
            raise Refused("invalid_label", f"{shown(labels)} has a label name that begins with two underscores")
        try:
            check(labels, most=self.most_labels)
        except LabelFault as fault:
            raise Refused(fault.reason, fault.detail) from None

    def _check_family(self, each: PushedFamily, key: GroupKey, own: Mapping[str, str]) -> None:
        name, kind = each.family.name, each.family.type
        for owner, other in self._others(name, key):
            if other != kind:
                raise Refused("inconsistent", f"{name[:100]} has type {kind} but {other} in group {shown_key(owner)}")
        for suffix in SUFFIXES["histogram"]:
            base = name.removesuffix(suffix)
            if base != name and any(suffix in SUFFIXES.get(found, ()) for found in self._kinds_of(base, key, own)):
                raise Refused("inconsistent", f"{name[:100]} collides with the series of {base[:100]}")
        for suffix in SUFFIXES.get(kind, ()):
            if self._kinds_of(f"{name}{suffix}", key, own):
                raise Refused("inconsistent", f"{name[:100]} collides with {name[:100]}{suffix}")

    def _others(self, name: str, key: GroupKey) -> list[tuple[GroupKey, str]]:
        found = self._kinds.get(name)
        return [] if found is None else [(owner, kind) for owner, kind in found.items() if owner != key]

    def _kinds_of(self, name: str, key: GroupKey, own: Mapping[str, str]) -> set[str]:
        """Return the types a family has in other groups or in the one that is checked."""
        kinds = {kind for _, kind in self._others(name, key)}
        return kinds | {own[name]} if name in own else kinds


def changed(before: Group | None, key: GroupKey, families: Mapping[str, PushedFamily], *, replaces: bool) -> Group:
    """Return a group after a push: its families replaced all, or those of the same name only."""
    if before is None:
        return Group(0, key, dict(families))
    return replace(before, families=dict(families) if replaces else {**before.families, **families})
