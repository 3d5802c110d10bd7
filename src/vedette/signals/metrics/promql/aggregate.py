"""Aggregations that add series up: sum, avg, count, group, min, max, stddev, stdvar.

They take series piece by piece, as they are read, and never hold all of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms import sums as native
from vedette.signals.metrics.histograms.arithmetic import compact
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.promql import annotations as texts
from vedette.signals.metrics.promql.annotations import Annotations
from vedette.signals.metrics.promql.groups import Groups
from vedette.signals.metrics.promql.selecting import Piece
from vedette.signals.metrics.promql.sums import settled, sum_rows, two_sum
from vedette.signals.metrics.promql.tree import Span
from vedette.signals.metrics.promql.vectors import Bools, Floats, Objects, Vector, holds, is_full, no_histograms

SUMMING = frozenset({"sum", "avg", "count", "group", "min", "max", "stddev", "stdvar"})
_FLOATS_ONLY = frozenset({"min", "max", "stddev", "stdvar"})
_DOWN = 2.0**-40
"""What values near the limit of floats are scaled by, so that their sum does not overflow before it is divided."""


@dataclass(eq=False)
class Aggregation:
    """The state of one aggregation over groups at T steps; `consume` may be called from several threads."""

    op: str
    groups: Groups
    steps: int
    notes: Annotations
    span: Span
    _lock: Lock = field(default_factory=Lock)
    _histograms: list[tuple[NDArray[np.intp], Bools, Objects]] = field(default_factory=list)

    def __post_init__(self) -> None:
        shape = (len(self.groups.labels), self.steps)
        self._count = np.zeros(shape, np.int32)
        self._total = np.zeros(shape) if self.op not in {"min", "max"} else np.full(shape, np.nan)
        self._lost: Floats | None = None
        self._large: Floats | None = None
        self._mean = np.zeros(shape if self.op in {"stddev", "stdvar"} else (0, 0))
        self._adders: dict[str, _Adder] = {
            "count": self._add_count,
            "group": self._add_count,
            "sum": self._add_sum,
            "avg": self._add_mean,
            "min": self._add_lowest,
            "max": self._add_highest,
            "stddev": self._add_spread,
            "stdvar": self._add_spread,
        }

    def consume(self, piece: Piece) -> None:
        """Take some more series."""
        values, present = piece.values, piece.present
        if piece.histograms is not None:
            present = self._take_histograms(piece)
        mask = None if is_full(present) else present
        if mask is not None and self.op not in {"count", "group"}:
            values = np.where(mask, values, np.nan if self.op in {"min", "max"} else 0.0)
        with np.errstate(all="ignore"):
            for group, rows in _split(self.groups.members[piece.rows]):
                some = None if mask is None else mask[rows]
                count = len(rows) if some is None else np.add.reduce(some, axis=0, dtype=np.int32)
                self._adders[self.op](group, values[rows], some, count)

    def _add_count(self, group: "_Group", rows: Floats, mask: Bools | None, count: "_Count") -> None:
        del rows, mask
        with self._lock:
            self._count[group] += count

    def _add_sum(self, group: "_Group", rows: Floats, mask: Bools | None, count: "_Count") -> None:
        del mask
        total, lost = sum_rows(rows)
        with self._lock:
            self._count[group] += count
            self._total[group], loss = two_sum(self._total[group], total)
            if lost is not None:
                loss += lost
            if self._lost is None and loss.any():
                self._lost = np.zeros_like(self._total)
            if self._lost is not None:
                self._lost[group] += loss

    def _add_mean(self, group: "_Group", rows: Floats, mask: Bools | None, count: "_Count") -> None:
        if not (rows.max() < _LARGE and rows.min() > -_LARGE):
            large = np.abs(rows) >= _LARGE
            share = np.add.reduce(np.where(large, rows * _DOWN, 0.0), axis=0)
            with self._lock:
                if self._large is None:
                    self._large = np.zeros_like(self._total)
                self._large[group] += share
            rows = np.where(large, 0.0, rows)
        self._add_sum(group, rows, mask, count)

    def _add_lowest(self, group: "_Group", rows: Floats, mask: Bools | None, count: "_Count") -> None:
        del mask
        self._add_extreme(group, np.fmin.reduce(rows, axis=0), count, np.fmin)

    def _add_highest(self, group: "_Group", rows: Floats, mask: Bools | None, count: "_Count") -> None:
        del mask
        self._add_extreme(group, np.fmax.reduce(rows, axis=0), count, np.fmax)

    def _add_extreme(self, group: "_Group", extreme: Floats, count: "_Count", pick: np.ufunc) -> None:
        with self._lock:
            self._count[group] += count
            self._total[group] = pick(self._total[group], extreme)

    def _add_spread(self, group: "_Group", rows: Floats, mask: Bools | None, count: "_Count") -> None:
        """Merge means and sums of squared deviations.

        Chan, Golub, LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).
        """
        total, lost = sum_rows(rows)
        mean = (total if lost is None else settled(total, lost)) / np.maximum(count, 1)
        apart = rows - mean
        apart[np.abs(apart) <= _NOISE * np.abs(mean)] = 0.0
        if mask is not None:
            apart = np.where(mask, apart, 0.0)
        spread = np.add.reduce(apart * apart, axis=0)
        with self._lock:
            before = self._count[group]
            both = np.maximum(before + count, 1)
            delta = np.where(before > 0, mean - self._mean[group], 0.0)
            delta = np.where(np.abs(delta) <= _NOISE * np.abs(mean), 0.0, delta)
            self._mean[group] = np.where(before > 0, self._mean[group] + delta * (count / both), mean)
            self._total[group] += spread + delta * delta * (before * (count / both))
            self._count[group] += count

    def _take_histograms(self, piece: Piece) -> Bools:
        """Put the histograms of a piece aside and return where its floats are."""
        assert piece.histograms is not None  # noqa: S101 -- asked by the caller
        cells = holds(piece.histograms) & piece.present
        if self.op in {"count", "group"} or not cells.any():
            return piece.present
        if self.op in _FLOATS_ONLY:
            self.notes.inform(texts.ignored_in_aggregation(self.op), self.span)
        else:
            with self._lock:
                self._histograms.append((piece.rows, cells, piece.histograms))
        return piece.present & ~cells

    def result(self) -> Vector:
        """Return the groups' values; groups without any are among them."""
        present = self._count > 0
        cells = self._combined(present) if self._histograms else None
        with np.errstate(all="ignore"):
            return Vector(self.groups.labels, self._values(), present, cells)

    def _values(self) -> Floats:
        if self.op == "group":
            return np.ones_like(self._total)
        if self.op == "count":
            return self._count.astype(np.float64)
        if self.op in {"min", "max"}:
            return self._total
        count = np.maximum(self._count, 1)
        if self.op in {"stddev", "stdvar"}:
            return np.sqrt(self._total / count) if self.op == "stddev" else self._total / count
        total = self._total if self._lost is None else settled(self._total, self._lost)
        if self.op == "sum":
            return total
        mean = total / count
        return mean if self._large is None else mean + self._large / count / _DOWN

    def _combined(self, present: Bools) -> Objects:
        """Return the sums or means of histograms; groups that have floats as well have no result."""
        members: dict[tuple[int, int], list[tuple[int, Histogram]]] = {}
        for rows, cells, histograms in self._histograms:
            for row, step in np.argwhere(cells).tolist():
                where = (int(self.groups.members[rows[row]]), step)
                members.setdefault(where, []).append((int(rows[row]), histograms[row, step]))
        result = no_histograms(present.shape)
        if any(present[where] for where in members):
            self.notes.warn(texts.MIXED_IN_AGGREGATION, self.span)
        alone = [where for where in members if not present[where]]
        for where in members:
            present[where] = False
        lists = [[each for _, each in sorted(members[where], key=_by_row)] for where in alone]
        combined = native.totals(lists) if self.op == "sum" else native.means(lists)
        for where, each in zip(alone, combined, strict=True):
            self._note(each)
            if each is not None:
                result[where] = compact(each.histogram)
                present[where] = True
        return result

    def _note(self, total: native.Total | None) -> None:
        if total is None:
            self.notes.warn(texts.mixed_schemas(""), self.span)
            return
        if total.hints_collided:
            self.notes.warn(texts.reset_collision("aggregation"), self.span)
        if total.bounds_reconciled:
            self.notes.inform(texts.bounds_reconciled("aggregation"), self.span)


_LARGE = 1e290
_NOISE = 4e-16
"""Relative deviations up to here are rounding: equal values do not deviate."""

_Group = int | NDArray[np.intp]
_Count = NDArray[np.int32] | int
_Adder = Callable[[_Group, Floats, Bools | None, _Count], None]


def _by_row(found: tuple[int, Histogram]) -> int:
    return found[0]


def _split(members: NDArray[np.intp]) -> Iterator[tuple[_Group, NDArray[np.intp]]]:
    """Split the rows of a piece so that each part can be added up along axis 0.

    A part is either all rows of one group, (k,), or one row each of several groups, (1, g): what makes fewer parts.
    """
    order = np.argsort(members, kind="stable")
    ordered = members[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(ordered)) + 1]).astype(np.intp)
    lengths = np.diff(np.append(starts, len(ordered)))
    longest = int(lengths.max(initial=0))
    if longest < len(starts):
        for place in range(longest):
            having = starts[lengths > place]
            yield ordered[having], order[having + place][None]
    else:
        for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
            yield int(ordered[start]), order[start : start + length]
