"""Results of range queries that are kept, so that the next look at a graph costs only its newest steps.

The value at a step follows from samples up to that step and from nothing else, unless the query says so. A result
holds for all steps before the earliest sample that was written since it was worked out (`changes`).
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from vedette.kit.ids import ProjectId
from vedette.signals.metrics.changes import Changes
from vedette.signals.metrics.promql.joining import joined
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.promql.tree import (
    Aggregate,
    Binary,
    Call,
    Expr,
    MatrixSelector,
    Paren,
    Subquery,
    Unary,
    VectorSelector,
)

Evaluate = Callable[[int, int], Result]
"""Evaluates the query at the steps from the first to the second time (Unix ms)."""

_DAY_MS: Final = 86_400_000
_LONG_MS: Final = (2 * _DAY_MS, 30 * _DAY_MS)
"""Ranges of these lengths and more may be answered from rollups, nearly but not quite the same."""
_OLDEST_S: Final = 3600.0
"""Retention removes samples without a word: no result is kept longer."""
_LEAST_SHARE: Final = 0.5
_LARGEST_SHARE: Final = 8
_LABELS_BYTES: Final = 300


@dataclass(frozen=True, slots=True)
class _Kept:
    result: Result
    edition: int
    since_s: float
    size: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A range query: the steps from `start_ms` to `end_ms`, and what else its values depend on."""

    project: ProjectId
    text: str
    start_ms: int
    end_ms: int
    step_ms: int
    lookback_ms: int

    @property
    def last_ms(self) -> int:
        """The last step."""
        return self.start_ms + (self.end_ms - self.start_ms) // self.step_ms * self.step_ms

    @property
    def key(self) -> Hashable:
        """What results must have in common for one to be part of the other."""
        length = sum(self.end_ms - self.start_ms >= each for each in _LONG_MS)
        return self.project, self.text, self.step_ms, self.start_ms % self.step_ms, self.lookback_ms, length


class ResultCache:
    """Keeps results up to a size, those used last. For use by several threads."""

    def __init__(self, changes: Changes, size_bytes: int) -> None:
        self._changes, self._size = changes, size_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self.held = 0
        """Bytes held."""

    def answer(self, asked: Asked, tree: Expr, evaluate: Evaluate) -> Result:
        """Return what `evaluate` gives for all steps; it is asked only for those that are not known."""
        if not self._size or asked.last_ms <= asked.start_ms or not looks_back(tree):
            return evaluate(asked.start_ms, asked.end_ms)
        edition = self._changes.edition(asked.project)
        kept = self._find(asked)
        found = None if kept is None else self._completed(asked, kept, evaluate)
        if found is None:
            found, since_s = evaluate(asked.start_ms, asked.end_ms), time.monotonic()
        else:
            assert kept is not None  # noqa: S101 -- it was completed
            since_s = kept.since_s
            if found is kept.result:
                return found
        self._keep(asked.key, _Kept(found, edition, since_s, _size(found)))
        return found

    def _find(self, asked: Asked) -> _Kept | None:
        with self._lock:
            kept = self._kept.get(asked.key)
            if kept is None:
                return None
            if time.monotonic() - kept.since_s > _OLDEST_S:
                self._drop(asked.key)
                return None
            self._kept.move_to_end(asked.key)
            return kept

    def _completed(self, asked: Asked, kept: _Kept, evaluate: Evaluate) -> Result | None:
        """Return the result with what is missing before and after; None when it is not worth it."""
        times = kept.result.times_ms
        holds_until = self._changes.earliest_ms(asked.project, kept.edition)
        first = max(asked.start_ms, int(times[0]))
        last = min(asked.last_ms, int(times[int(np.searchsorted(times, holds_until)) - 1]))
        if holds_until <= times[0] or last - first < _LEAST_SHARE * (asked.last_ms - asked.start_ms):
            return None
        parts = [_cut(kept.result, first, last)]
        if first > asked.start_ms:
            parts.insert(0, evaluate(asked.start_ms, first - asked.step_ms))
        if last < asked.last_ms:
            parts.append(evaluate(last + asked.step_ms, asked.end_ms))
        return joined(parts) if all(each.histograms is None for each in parts) else None

    def _keep(self, key: Hashable, kept: _Kept) -> None:
        if kept.result.histograms is not None or kept.size > self._size / _LARGEST_SHARE:
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = kept
            self.held += kept.size
            while self.held > self._size:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        kept = self._kept.pop(key, None)
        self.held -= kept.size if kept is not None else 0


def looks_back(expr: Expr) -> bool:
    """Whether the value at a step depends on no later sample, and not on where the range begins or ends."""
    if isinstance(expr, VectorSelector | Subquery) and (expr.at is not None or expr.offset_ms < 0):
        return False
    return all(looks_back(each) for each in _inner(expr))


def _inner(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case MatrixSelector():
            return (expr.vector,)
        case Subquery() | Paren() | Unary():
            return (expr.expr,)
        case Binary():
            return expr.left, expr.right
        case Aggregate():
            return (expr.expr,) if expr.parameter is None else (expr.expr, expr.parameter)
        case Call():
            return expr.arguments
        case _:
            return ()


def _size(result: Result) -> int:
    return result.values.size * 9 + len(result.labels) * _LABELS_BYTES


def _cut(result: Result, first_ms: int, last_ms: int) -> Result:
    """Return the steps from the first to the last, and the series that have any sample there."""
    times = result.times_ms
    low, high = np.searchsorted(times, [first_ms, last_ms + 1]).tolist()
    if high - low == len(times):
        return result
    values, present = result.values[:, low:high], result.present[:, low:high]
    some = present.any(axis=1)
    labels = result.labels
    if not some.all():
        rows = np.flatnonzero(some)
        values, present, labels = values[rows], present[rows], [labels[row] for row in rows.tolist()]
    return replace(result, labels=labels, times_ms=times[low:high], values=values, present=present)
