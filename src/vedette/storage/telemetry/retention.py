"""How long each signal of each project is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vedette.kit.ids import ProjectId, Signal


@dataclass(slots=True)
class Retention:
    """Days per signal, 0 = for ever; projects may differ. Shared by admission and the store's TTL."""

    default: Mapping[str, int]
    projects: Mapping[ProjectId, Mapping[str, int]] = field(default_factory=dict)

    def days(self, project: ProjectId, signal: Signal) -> int:
        """Return the days one project keeps a signal."""
        return self.projects.get(project, {}).get(signal, self.default[signal])

    def oldest_s(self, project: ProjectId, signal: Signal, now_s: float) -> float:
        """Return the Unix time before which a record is too old to be taken."""
        days = self.days(project, signal)
        return now_s - days * 86400 if days else float("-inf")
