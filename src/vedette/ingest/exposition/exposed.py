"""What a target exposed, whatever the format."""

from collections.abc import Callable
from dataclasses import dataclass, field

from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.points import Exemplar, Family

Finish = Callable[[Labels], Labels | None]
"""Makes the labels that are stored from those exposed; None drops the series."""


class ExpositionError(Exception):
    """A body that is not in the format; the text says where and why, `lines` how many samples stood before."""

    def __init__(self, text: str, lines: int = 0) -> None:
        super().__init__(text)
        self.lines = lines


@dataclass(slots=True)
class Exposed:
    """What a target exposed, in its order: sample i has series[i], values[i] and, unless None, times_ms[i]."""

    series: list[Labels] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    times_ms: list[int | None] = field(default_factory=list)
    histograms: list[tuple[Labels, int | None, Histogram]] = field(default_factory=list)
    families: dict[str, Family] = field(default_factory=dict)
    exemplars: list[Exemplar] = field(default_factory=list)
    lines: int = 0
    """How many samples were exposed, dropped ones included."""
