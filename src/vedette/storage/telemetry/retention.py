"""How long each signal of each project is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from vedette.kit.ids import ProjectId, Signal

Tier = Literal["metrics_5m", "metrics_1h"]
"""What is derived from a signal and kept for its own time, but never shorter than the signal."""


def longest(days: Iterable[int]) -> int:
    """Return the longest of some retentions, of which 0 is for ever."""
    found = list(days)
    return 0 if 0 in found else max(found)


@dataclass(slots=True)
class Retention:
    """Days per signal and tier, 0 = for ever; projects may differ in signals. Used by admission and the store's TTL."""

    default: Mapping[str, int]
    projects: Mapping[ProjectId, Mapping[str, int]] = field(default_factory=dict)

    def days(self, project: ProjectId, signal: Signal) -> int:
        """Return the days one project keeps a signal."""
        return self.projects.get(project, {}).get(signal, self.default[signal])

    def tier_days(self, project: ProjectId, signal: Signal, tier: Tier) -> int:
        """Return the days one project keeps what is derived from a signal."""
        return longest((self.days(project, signal), self.default[tier]))

    def oldest_s(self, project: ProjectId, signal: Signal, now_s: float) -> float:
        """Return the Unix time before which a record is too old to be taken."""
        days = self.days(project, signal)
        return now_s - days * 86400 if days else float("-inf")
