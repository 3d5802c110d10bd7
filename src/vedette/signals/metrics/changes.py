"""From which time on samples have changed: what was worked out of earlier ones still holds."""

import math
import threading
from collections.abc import Iterable
from typing import Final

from vedette.kit.ids import ProjectId

_SLOT_MS: Final = 5_000
_MOST: Final = 512


class Changes:
    """Counts what was written to each project, and tells the earliest time of all samples written since.

    Per project a list of (edition, earliest) in which both rise: an entry that later ones undercut tells nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._editions: dict[ProjectId, int] = {}
        self._earliest: dict[ProjectId, list[tuple[int, int]]] = {}

    def edition(self, project: ProjectId) -> int:
        """Return a number that grows with everything that is written; ask before reading."""
        return self._editions.get(project, 0)

    def written(self, earliest: Iterable[tuple[ProjectId, int]]) -> None:
        """Note the earliest times (Unix ms) of samples; call it when whoever reads finds them."""
        with self._lock:
            for project, time_ms in earliest:
                edition = self._editions[project] = self._editions.get(project, 0) + 1
                self._note(self._earliest.setdefault(project, []), edition, time_ms // _SLOT_MS * _SLOT_MS)

    def earliest_ms(self, project: ProjectId, edition: int) -> float:
        """Return a time before which nothing was written after that edition; infinity when nothing was at all."""
        with self._lock:
            for later, time_ms in self._earliest.get(project, ()):
                if later > edition:
                    return time_ms
        return math.inf

    @staticmethod
    def _note(known: list[tuple[int, int]], edition: int, time_ms: int) -> None:
        while known and known[-1][1] >= time_ms:
            known.pop()
        known.append((edition, time_ms))
        if len(known) > _MOST:  # the two oldest become one that says no more than is true
            known[:2] = [(known[1][0], known[0][1])]
