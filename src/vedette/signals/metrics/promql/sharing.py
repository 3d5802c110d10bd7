"""What several queries have in common, worked out once: rates that are added up by several labels, above all."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from vedette.signals.metrics.promql.limits import Cancel
from vedette.signals.metrics.promql.vectors import Vector

_PATIENCE_S: Final = 0.2
_MOST_CELLS: Final = 4_000_000
"""Of one vector that others may have."""
_MOST_HELD: Final = 10_000_000
"""Cells of all of them; one takes nine bytes."""


@dataclass(eq=False)
class Shared:
    """Vectors by what they are of, for queries of one project that are asked at about the same time."""

    _found: dict[Hashable, "Future[Vector | None]"] = field(default_factory=dict)
    _held: int = 0
    _lock: Lock = field(default_factory=Lock)

    def wants(self, key: Hashable, cells: int) -> bool:
        """Tell whether a vector of so many cells is there, is worked on, or could be kept."""
        return key in self._found or self._has_room(cells)

    def once(self, key: Hashable, work: Callable[[], tuple[Vector, bool]], cancel: Cancel) -> Vector:
        """Return what `work` gives, or gave to somebody else; it says whether others may have it, too.

        Whoever comes first works. A result cannot be shared when working it out left notes about places in a query;
        the others then work as well, as they do when the first one failed.
        """
        mine: Future[Vector | None] = Future()
        with self._lock:
            known = self._found.setdefault(key, mine)
        if known is not mine and (found := _awaited(known, cancel)) is not None:
            return found
        try:
            vector, is_shared = work()
        except BaseException:
            if known is mine:
                mine.set_result(None)
            raise
        if known is mine:
            for each in (vector.values, vector.present):
                each.setflags(write=False)
            mine.set_result(vector if is_shared and self._holds(vector.values.size) else None)
        return vector

    def _holds(self, cells: int) -> bool:
        with self._lock:
            if not self._has_room(cells):
                return False
            self._held += cells
            return True

    def _has_room(self, cells: int) -> bool:
        return cells <= _MOST_CELLS and self._held + cells <= _MOST_HELD


def _awaited(known: "Future[Vector | None]", cancel: Cancel) -> Vector | None:
    while True:
        cancel()
        try:
            return known.result(_PATIENCE_S)
        except TimeoutError:
            continue
