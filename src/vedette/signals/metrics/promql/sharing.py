"""Aggregations that several queries have in common, worked out once: the quantiles of a histogram, above all."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from vedette.signals.metrics.promql.limits import Cancel
from vedette.signals.metrics.promql.vectors import Vector

_PATIENCE_S: Final = 0.2
_MOST_CELLS: Final = 2_000_000


@dataclass(eq=False)
class Shared:
    """Aggregations by what they are of, for queries of one project that are asked at about the same time."""

    _found: dict[Hashable, "Future[Vector | None]"] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

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
            mine.set_result(vector if is_shared and vector.values.size <= _MOST_CELLS else None)
        return vector


def _awaited(known: "Future[Vector | None]", cancel: Cancel) -> Vector | None:
    while True:
        cancel()
        try:
            return known.result(_PATIENCE_S)
        except TimeoutError:
            continue
