"""What is known of senders by the bytes they repeat: resources, metrics, and the series of data points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.metrics.v1 import metrics_pb2 as wire

from vedette.ingest.otlp.metric_wire import EXPONENTIAL, GAUGE, HISTOGRAM, SUM, SUMMARY, Metric
from vedette.ingest.otlp.points import Extra
from vedette.ingest.otlp.wire import attributes_of, origin
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.book import SeriesBook
from vedette.signals.metrics.labels import NAME, LabelFault, Labels, labels_of
from vedette.signals.metrics.naming import labels_of as labels_from
from vedette.signals.metrics.naming import metric_name, target_labels
from vedette.signals.metrics.points import Family

_MOST_KNOWN = 500_000  # some 300 bytes each
_LONGEST_KNOWN = 4096
_IDENTITY = frozenset({"service.name", "service.namespace", "service.instance.id"})
_TYPES = {GAUGE: "gauge", SUM: "gauge", HISTOGRAM: "histogram", EXPONENTIAL: "histogram", SUMMARY: "summary"}
_MESSAGES: dict[int, Callable[[bytes], Any]] = {
    GAUGE: wire.NumberDataPoint.FromString,
    SUM: wire.NumberDataPoint.FromString,
    HISTOGRAM: wire.HistogramDataPoint.FromString,
    EXPONENTIAL: wire.ExponentialHistogramDataPoint.FromString,
    SUMMARY: wire.SummaryDataPoint.FromString,
}


Attributes: TypeAlias = tuple[tuple[str, str], ...]
Meaning: TypeAlias = tuple[Any, ...]
"""The attributes of a point, then its series as suffixes and further labels."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The series of a point that has several, and the form it was met in."""

    slots: NDArray[np.int32]
    buckets: int
    """How many counts the point has; one more, usually, than bounds."""
    has_sum: bool


@dataclass(slots=True)
class Target:
    """A resource: whose it is, what its series are labelled with, and the series that says the rest of it."""

    project: ProjectId
    labels: tuple[tuple[str, str], ...]
    info: tuple[int, Labels] | None
    streams: dict[tuple[bytes, int, bool], "Stream"] = field(default_factory=dict)


@dataclass(slots=True)
class Stream:
    """A metric of a resource.

    `slots` and `shapes` know points by the bytes of theirs that do not change, `met` by what they mean: a point in
    whose bytes what changes does not stand together is known by that alone.
    """

    target: Target
    kind: int
    family: Family
    parse: Callable[[bytes], Any]
    slots: dict[bytes, int] = field(default_factory=dict)
    shapes: dict[bytes, Shape] = field(default_factory=dict)
    met: dict[Meaning, NDArray[np.int32]] = field(default_factory=dict)

    def labels(self, attributes: Attributes, series: Sequence[tuple[str, Extra]]) -> list[Labels]:
        """Return the labels of series that have these attributes in common."""
        shared = labels_from(dict(attributes)) | dict(self.target.labels)
        pairs = labels_of(shared)
        own = [((NAME, self.family.name + suffix), *extra) for suffix, extra in series]
        if any(name in shared for more in own for name, _ in more):
            return [labels_of(shared | dict(more)) for more in own]
        return [tuple(sorted((*pairs, *more))) for more in own]


class Catalogue:
    """Everything known, with numbers of one book."""

    def __init__(self, book: SeriesBook) -> None:
        self.book = book
        self.made: dict[int, Labels] = {}
        """Labels of series that were entered lately; for who writes them down, and then to be cleared."""
        self._targets: dict[tuple[ProjectId, bytes], Target] = {}
        self._known = 0

    @property
    def is_full(self) -> bool:
        """Tell whether to begin anew."""
        return self._known > _MOST_KNOWN

    def target(self, project: ProjectId, resource: bytes) -> Target:
        """Return a resource by its bytes; raises DecodeError."""
        target = self._targets.get((project, resource))
        if target is None:
            attributes = dict(origin(resource).attributes)
            labels = tuple(target_labels(attributes).items())
            target = Target(project, labels, self._info(project, labels, attributes))
            self._targets[project, resource] = target
            self._known += 1 + len(resource) // _LONGEST_KNOWN
        return target

    def stream(self, target: Target, metric: Metric) -> Stream:
        """Return a metric by its bytes; raises DecodeError."""
        key = metric.header, metric.kind, metric.is_monotonic
        stream = target.streams.get(key)
        if stream is None:
            sent = wire.Metric.FromString(metric.header)
            is_gauge = metric.kind == GAUGE
            name = metric_name(sent.name, sent.unit, is_counter=metric.is_monotonic, is_gauge=is_gauge)
            type_ = "counter" if metric.is_monotonic else _TYPES.get(metric.kind, "")
            family = Family(name, type_, sent.unit, sent.description, sent.name)
            stream = target.streams[key] = Stream(target, metric.kind, family, _MESSAGES.get(metric.kind, _no_points))
            self._known += 1 + len(metric.header) // _LONGEST_KNOWN
        return stream

    def series(self, stream: Stream, attributes: Attributes, series: Sequence[tuple[str, Extra]]) -> NDArray[np.int32]:
        """Return the numbers of the series of a point; raises LabelFault."""
        labels = stream.labels(attributes, series)
        by_labels, project = self.book.by_labels, stream.target.project
        slots = [by_labels(project, each) for each in labels]
        self.made.update(zip(slots, labels, strict=True))
        return np.array(slots, np.int32)

    def learn(self, stream: Stream, known_by: bytes, series: int | Shape) -> bool:
        """Remember a point by its bytes, unless those are too many."""
        if len(known_by) > _LONGEST_KNOWN:
            return False
        if isinstance(series, Shape):
            stream.shapes[known_by] = series
        else:
            stream.slots[known_by] = series
        self._known += 1
        return True

    def learn_meaning(self, stream: Stream, meaning: Meaning, slots: NDArray[np.int32]) -> None:
        """Remember a point by what it means."""
        stream.met[meaning] = slots
        attributes, *series = meaning
        self._known += 1 + len(series) // 4 + sum(len(value) for _, value in attributes) // _LONGEST_KNOWN

    def _info(
        self, project: ProjectId, target: Sequence[tuple[str, str]], attributes: dict[str, str]
    ) -> tuple[int, Labels] | None:
        rest = {key: value for key, value in attributes.items() if key not in _IDENTITY}
        if not (target and rest):
            return None
        labels = labels_of({**labels_from(rest), **dict(target), NAME: "target_info"})
        try:
            return self.book.by_labels(project, labels), labels
        except LabelFault:
            return None


def plain(attributes: Any) -> Attributes:
    """Return attributes as pairs of text, in the order sent."""
    texts = tuple((each.key, each.value.string_value) for each in attributes)
    if all(text for _, text in texts):
        return texts
    return tuple(attributes_of(attributes).items())


def _no_points(_: bytes) -> Any:
    raise AssertionError("a metric without data has no points")
