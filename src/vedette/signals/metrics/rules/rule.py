"""Rules and groups as their files state them."""

from dataclasses import dataclass, field
from typing import Literal

from vedette.signals.metrics.labels import Labels


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; `labels` are those of its group and its own. Alerting rules are listed, not evaluated."""

    kind: Literal["recording", "alerting"]
    name: str
    query: str
    labels: Labels = ()
    hold_ms: int = 0
    keep_firing_ms: int = 0
    annotations: Labels = ()

    @property
    def key(self) -> tuple[str, Labels]:
        """What tells whether a rule read anew is still the same one."""
        return self.name, self.labels


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated one after the other every `interval_ms`, as of `query_offset_ms` earlier.

    `limit` is the most series a rule may give, 0 for any number. `project` is the name of the one it belongs to.
    """

    file: str
    name: str
    project: str
    interval_ms: int
    rules: tuple[Rule, ...]
    limit: int = 0
    query_offset_ms: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells whether a group read anew is still the same one."""
        return self.project, self.file, self.name


@dataclass(frozen=True, slots=True)
class RuleFault:
    """One thing wrong with a rule file; `place` is line:column, `rule` counts from 1, 0 stands for the group itself."""

    file: str
    place: str
    what: str
    group: str = ""
    rule: int = 0
    name: str = ""

    def __str__(self) -> str:
        where = f'group "{self.group}", rule {self.rule}, "{self.name}": ' if self.rule else ""
        return f"{self.file}: {self.place}: {where}{self.what}"


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What a file holds: its groups, or what is wrong with it."""

    path: str
    groups: tuple[Group, ...] = ()
    faults: tuple[RuleFault, ...] = field(default=())
