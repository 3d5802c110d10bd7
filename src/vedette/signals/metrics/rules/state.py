"""What is remembered about rules between evaluations."""

from dataclasses import dataclass, field
from typing import Literal

from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.rules.rule import Group, Rule

Health = Literal["unknown", "ok", "err"]


@dataclass(slots=True)
class RuleState:
    """How a rule's last evaluation went, and the series it gave; times are Unix seconds, None before the first."""

    rule: Rule
    health: Health = "unknown"
    error: str = ""
    took_s: float = 0.0
    evaluated_at_s: float | None = None
    series: frozenset[Labels] = frozenset()


@dataclass(slots=True)
class GroupState:
    """A group, its rules, and how its last evaluation went; `missed` counts evaluations that were skipped."""

    group: Group
    rules: list[RuleState]
    took_s: float = 0.0
    evaluated_at_s: float | None = None
    missed: int = 0
    ended: set[Labels] = field(default_factory=set)

    @classmethod
    def of(cls, group: Group, before: "GroupState | None" = None) -> "GroupState":
        """Begin with a group; what is known of the same rules of its former self is kept.

        Series of rules that are no longer there have ended: they get a stale marker at the next evaluation.
        """
        state = cls(group, [RuleState(each) for each in group.rules])
        if before is None:
            return state
        state.took_s, state.evaluated_at_s, state.missed = before.took_s, before.evaluated_at_s, before.missed
        former = list(before.rules)
        for each in state.rules:
            same = next((old for old in former if old.rule.key == each.rule.key), None)
            if same is not None:
                former.remove(same)
                each.series = same.series
        state.ended = before.ended.union(*(each.series for each in former))
        return state

    def series(self) -> set[Labels]:
        """Return the series the rules gave at their last evaluation."""
        return set().union(*(each.series for each in self.rules))
