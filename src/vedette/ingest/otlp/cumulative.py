"""Deltas added up: Prometheus' functions expect counters that grow."""

from vedette.signals.metrics.histograms.arithmetic import add
from vedette.signals.metrics.histograms.histogram import Histogram, Incompatible

_MOST = 500_000


class OutOfOrder(Exception):
    """A delta that is older than one added before."""

    reason = "out_of_order_delta"


class Running:
    """The running total of each series. A series that was forgotten starts again at zero, as after a restart.

    A point sent again, because the answer to it was lost or its commit failed, has the time of the last one and is not
    added twice. Not for use by several threads at once.
    """

    def __init__(self) -> None:
        self._totals: dict[int, tuple[int, float]] = {}
        self._histograms: dict[int, tuple[int, Histogram]] = {}

    def add(self, series: int, time_ms: int, value: float) -> float:
        """Return the total after a delta; raises OutOfOrder."""
        last, total = self._totals.pop(series, (-1, 0.0))
        if time_ms < last:
            self._totals[series] = (last, total)
            raise OutOfOrder
        if time_ms > last:
            total += value
        _make_room(self._totals)
        self._totals[series] = (time_ms, total)
        return total

    def add_histogram(self, series: int, time_ms: int, histogram: Histogram) -> Histogram:
        """Return the total after a delta; raises OutOfOrder."""
        last, total = self._histograms.pop(series, (-1, None))
        if total is not None and time_ms < last:
            self._histograms[series] = (last, total)
            raise OutOfOrder
        if total is None:
            total = histogram
        elif time_ms > last:
            try:
                total = add(total, histogram).histogram
            except Incompatible:
                total = histogram
        _make_room(self._histograms)
        self._histograms[series] = (time_ms, total)
        return total


def _make_room(totals: dict[int, tuple[int, float]] | dict[int, tuple[int, Histogram]]) -> None:
    """Forget the series that was longest without a point."""
    if len(totals) >= _MOST:
        del totals[next(iter(totals))]
