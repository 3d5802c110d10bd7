"""What a query's result does not show: warnings and infos, worded and placed as Prometheus does.

Annotations with the same text are one; the place of the latest is shown.
"""

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock

from vedette.signals.metrics.promql.numbers import general
from vedette.signals.metrics.promql.syntax.quoting import quote
from vedette.signals.metrics.promql.tree import Span

_SEE = "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile"


@dataclass(frozen=True, slots=True)
class ForcedMonotonic:
    """Where the counts of classic buckets fell although they may not, and by how much."""

    first_ms: int
    last_ms: int
    lowest: float
    highest: float
    difference: float
    samples: int

    def merge(self, other: "ForcedMonotonic") -> "ForcedMonotonic":
        """Return what covers both."""
        return ForcedMonotonic(
            min(self.first_ms, other.first_ms),
            max(self.last_ms, other.last_ms),
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
            max(self.difference, other.difference),
            self.samples + other.samples,
        )

    def __str__(self) -> str:
        first, last = (
            datetime.fromtimestamp(each // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            for each in (self.first_ms, self.last_ms)
        )
        buckets = f"from buckets {general(self.lowest)} to {general(self.highest)}"
        return (
            f", {buckets}, with a max diff of {self.difference:.2g}, over {self.samples} samples from {first} to {last}"
        )


@dataclass(frozen=True, slots=True)
class _Note:
    text: str
    span: Span
    is_info: bool
    forced: ForcedMonotonic | None = None


@dataclass(slots=True)
class Annotations:
    """The warnings and infos of one evaluation; may be added to from several threads."""

    _notes: dict[str, _Note] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __len__(self) -> int:
        return len(self._notes)

    def warn(self, text: str, span: Span) -> None:
        """Add a warning."""
        self._add(_Note(f"PromQL warning: {text}", span, is_info=False))

    def inform(self, text: str, span: Span) -> None:
        """Add an info."""
        self._add(_Note(f"PromQL info: {text}", span, is_info=True))

    def forced_monotonic(self, where: ForcedMonotonic, span: Span) -> None:
        """Add the info that the counts of classic buckets were made to rise."""
        text = f"PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see {_SEE})"
        self._add(_Note(text, span, is_info=True, forced=where))

    def _add(self, note: _Note) -> None:
        with self._lock:
            earlier = self._notes.get(note.text)
            if earlier and earlier.forced and note.forced:
                note = replace(note, forced=note.forced.merge(earlier.forced))
            self._notes[note.text] = note

    def shown(self, query: str) -> tuple[list[str], list[str]]:
        """Return the warnings and the infos, each with its place in the query's text."""
        lines = {
            is_info: [
                f"{note.text}{note.forced or ''} ({_place(query, note.span)})"
                for note in self._notes.values()
                if note.is_info is is_info
            ]
            for is_info in (False, True)
        }
        return lines[False], lines[True]


def _place(query: str, span: Span) -> str:
    """Return line and column (in bytes) of a span's start, both from 1; an unknown text counts as one line."""
    before = query.encode()[: span.start]
    line_start = before.rfind(b"\n")
    line = before.count(b"\n") + 1
    return f"{line}:{max(1, span.start - line_start)}"


def invalid_quantile(quantile: float) -> str:
    """Word the warning about a quantile outside 0 … 1."""
    return f"quantile value should be between 0 and 1, got {general(quantile)}"


def bad_bucket(bound: str) -> str:
    """Word the warning about a classic bucket without a sound bound."""
    return f'bucket label "le" is missing or has a malformed value of {quote(bound)}'


def mixed_samples(name: str) -> str:
    """Word the warning about floats and histograms in one window."""
    return f"encountered a mix of histograms and floats for metric name {quote(name)}"


MIXED_IN_AGGREGATION = "encountered a mix of histograms and floats for aggregation"
MIXED_CLASSIC_NATIVE = "vector contains a mix of classic and native histograms"
SORT_IN_RANGE = "sort is ineffective for range queries since results are always ordered by labels"


def not_counter(name: str) -> str:
    """Word the warning about a gauge histogram where a counter is wanted."""
    return f"this native histogram metric is not a counter: {quote(name)}"


def not_gauge(name: str) -> str:
    """Word the warning about a counter histogram where a gauge is wanted."""
    return f"this native histogram metric is not a gauge: {quote(name)}"


def mixed_schemas(name: str) -> str:
    """Word the warning about exponential and custom buckets together."""
    return (
        f"vector contains a mix of histograms with exponential and custom buckets schemas for metric name {quote(name)}"
    )


def incompatible_layout(operator: str) -> str:
    """Word the warning about histograms an operator cannot combine."""
    return f"incompatible bucket layout encountered for binary operator {operator}"


def incompatible_types(left: str, operator: str, right: str) -> str:
    """Word the info about an operator that does nothing for these kinds of samples."""
    return f'incompatible sample types encountered for binary operator "{operator}": {left} {operator} {right}'


def possible_gauge(name: str) -> str:
    """Word the info about a rate of what is not called a counter."""
    return f"metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {quote(name)}"


def ignored_in_aggregation(aggregation: str) -> str:
    """Word the info about histograms an aggregation leaves out."""
    return f"ignored histogram in {aggregation} aggregation"


def ignored_in_range(name: str) -> str:
    """Word the info about histograms a range function leaves out."""
    return f"ignored histograms in a range containing both floats and histograms for metric name {quote(name)}"


def reset_collision(operation: str) -> str:
    """Word the warning about histograms whose hints on counter resets contradict each other."""
    return f"conflicting counter resets during histogram {operation}"


def bounds_reconciled(operation: str) -> str:
    """Word the info about custom buckets with different bounds."""
    return f"mismatched custom buckets were reconciled during {operation}"


NAN_RESULT = "input to histogram_quantile has NaN observations, result is NaN"
NAN_SKEW = "input to histogram_quantile has NaN observations, result is skewed higher"
NAN_FRACTION = "input to histogram_fraction has NaN observations, which are excluded from all fractions"


def invalid_ratio(ratio: float, bound: float) -> str:
    """Word the warning about a ratio outside -1 … 1."""
    return f"ratio value should be between -1 and 1, got {general(ratio)}, capping to {general(bound)}"


def is_quantile(value: float) -> bool:
    """Whether a quantile is in 0 … 1."""
    return not math.isnan(value) and 0 <= value <= 1
