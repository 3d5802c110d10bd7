"""Transformations of tables: which columns there are, what they are called, and by what rows are joined.

A table here joins the rows of its queries where their texts agree and needs no columns for times, so most of what these
transformations are written for is so anyway. Names follow: `Value #A` is the column `A`, or `value` of a single query;
columns that were numbered because several queries had them are one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from vedette.watch.dashboards.grafana.fields import Fields
from vedette.watch.dashboards.schemas import Override

_AS_IT_IS = {"labelsToFields", "merge"}
_JOINS = {"seriesToColumns", "joinByField"}
_NUMBERED = re.compile(r"^(.+) \d+$")
_NOT_HERE = {"Time", "__name__"}


@dataclass(slots=True)
class Columns:
    """What the transformations of a table come to."""

    has_several: bool
    renamed: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    order: list[str] = field(default_factory=list)
    join_by: str | None = None
    sort: tuple[str, bool] | None = None

    def ours(self, name: str) -> str:
        """Return what a column is called here, whatever it is called there, or was renamed to."""
        for own, shown in self.renamed.items():
            if shown == name:
                return own
        if name == "Value":
            return "value"
        if name.startswith("Value #"):
            return name[7:] if self.has_several else "value"
        numbered = _NUMBERED.match(name)
        return numbered[1] if numbered else name

    def take(self, one: Fields) -> bool:
        """Take a transformation; say whether nothing of it is lost."""
        kind, options = one.text("id"), one.raw("options")
        options = options if isinstance(options, Mapping) else {}
        if kind in _AS_IT_IS or one.flag("disabled"):
            return True
        if kind in _JOINS:
            self.join_by = self.ours(str(options.get("byField") or "")) or None
            return self.join_by != "Time"
        match kind:
            case "organize":
                self._organize(options)
            case "sortBy":
                self._sort(options)
            case "filterFieldsByName":
                return self._filter(options)
            case _:
                return False
        return True

    def overrides(self) -> Iterator[Override]:
        """Return the overrides that rename and hide columns."""
        for own, shown in self.renamed.items():
            if own not in self.hidden:
                yield Override(match="name", value=_kept(own), name=_kept(shown))
        for own in sorted(self.hidden):
            yield Override(match="name", value=_kept(own), hidden=True)

    def options(self) -> dict[str, Any]:
        """Return the options of the panel that say the same."""
        found: dict[str, Any] = {}
        shown = [each for each in dict.fromkeys(self.order) if each not in self.hidden]
        if shown:
            found["columns"] = [_kept(each) for each in shown[:50]]
        if self.join_by and self.join_by != "Time":
            found["join_by"] = _kept(self.join_by)
        if self.sort:
            found |= {"sort": _kept(self.sort[0]), "sort_descending": self.sort[1]}
        return found

    def _organize(self, options: Mapping[str, Any]) -> None:
        renamed, excluded, places = (_names(options.get(f"{each}ByName")) for each in ("rename", "exclude", "index"))
        kept = {self.ours(name) for name, is_out in excluded.items() if not is_out}
        kept |= {self.ours(name) for name, shown in renamed.items() if shown and not excluded.get(name)}
        own = {self.ours(name) for name, is_out in excluded.items() if is_out}
        self.hidden |= own - kept - _NOT_HERE
        ordered = sorted((name for name in places if not excluded.get(name)), key=lambda name: _place(places[name]))
        listed = [self.ours(name) for name in [*ordered, *renamed] if self.ours(name) not in _NOT_HERE]
        if ordered:
            self.order = [each for each in listed if not self.order or each in self.order]
        for name, shown in renamed.items():
            if shown and not excluded.get(name):
                self.renamed.setdefault(self.ours(name), str(shown))

    def _sort(self, options: Mapping[str, Any]) -> None:
        by = options.get("sort")
        first = by[0] if isinstance(by, list) and by and isinstance(by[0], Mapping) else {}
        if first.get("field"):
            self.sort = self.ours(str(first["field"])), bool(first.get("desc"))

    def _filter(self, options: Mapping[str, Any]) -> bool:
        include = options.get("include")
        names = include.get("names") if isinstance(include, Mapping) else None
        if not isinstance(names, list):
            return False
        self.order = [own for each in names if (own := self.ours(str(each))) not in _NOT_HERE]
        return not (isinstance(include, Mapping) and include.get("pattern"))


def _kept(name: str) -> str:
    """Return a name as a dashboard can keep it."""
    return name.replace("\0", "")[:200].encode("utf-8", "replace").decode()


def _names(raw: object) -> dict[str, Any]:
    return {str(name): value for name, value in raw.items()} if isinstance(raw, Mapping) else {}


def _place(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
