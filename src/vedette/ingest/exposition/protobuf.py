"""Protobuf bodies of targets: samples, and native histograms where they are wanted."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vedette.ingest.exposition.exposed import Exposed, ExpositionError, Finish
from vedette.ingest.exposition.messages import messages
from vedette.signals.metrics.histograms.histogram import Hint, Histogram
from vedette.signals.metrics.histograms.wire import Invalid, Message, Side, from_message
from vedette.signals.metrics.labels import NAME, Labels, labels_of
from vedette.signals.metrics.points import Exemplar, Family
from vedette.signals.metrics.promql.numbers import open_metrics

_KINDS = {
    0: ("counter", "counter"),
    1: ("gauge", "gauge"),
    2: ("summary", "summary"),
    3: ("untyped", "unknown"),
    4: ("histogram", "histogram"),
    5: ("histogram", "gaugehistogram"),
}
_MOST_KNOWN = 500_000
_SPARE = 1000

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What becomes of histograms: whether native ones are read, and classic buckets beside them."""

    native: bool = False
    classic_too: bool = False


class ProtobufParser:
    """Parses one target's bodies; labels met before cost a look-up."""

    def __init__(self, finish: Finish, wanted: Wanted) -> None:
        self._finish, self._wanted = finish, wanted
        self._known: dict[Pairs, Labels | None] = {}
        self._one_of: dict[Labels, Labels] = {}

    def parse(self, body: bytes) -> Exposed:
        """Return what a body exposes; raises ExpositionError, and then nothing of it counts."""
        found = Exposed()
        try:
            for message in messages(body):
                self._family(message, found)
        except ValueError as error:
            raise ExpositionError(str(error), found.lines) from None
        except ExpositionError as error:
            raise ExpositionError(str(error), found.lines) from None
        if len(self._known) > 2 * found.lines + _SPARE:
            now = set(map(id, found.series)) | {id(labels) for labels, _, _ in found.histograms}
            self._known = {pairs: labels for pairs, labels in self._known.items() if id(labels) in now}
            self._one_of = {labels: labels for labels in self._known.values() if labels is not None}
        return found

    def _family(self, message: Any, found: Exposed) -> None:
        if not message.metric:
            return
        if not message.name:
            raise ValueError("a metric family has no name")
        if message.type not in _KINDS:
            raise ValueError(f"unknown metric type for metric {message.name[:100]!r}: {message.type}")
        field, kind = _KINDS[message.type]
        found.families[message.name] = Family(message.name, kind, message.unit, message.help, message.name)
        for metric in message.metric:
            pairs = tuple((each.name, each.value) for each in metric.label)
            _check(message.name, pairs)
            at = metric.timestamp_ms or None
            value = getattr(metric, field)
            if field == "histogram":
                self._histogram(message.name, kind, pairs, value, at, found)
            elif field == "summary":
                self._summary(message.name, pairs, value, at, found)
            else:
                labels = self._sample(message.name, "", pairs, value.value, at, found)
                if field == "counter" and value.HasField("exemplar"):
                    _example(labels, value.exemplar, found)

    def _labels(self, name: str, pairs: Pairs) -> Labels | None:
        key = (*pairs, (NAME, name))
        if key in self._known:
            return self._known[key]
        labels = self._finish(labels_of(key))
        if labels is not None:
            labels = self._one_of.setdefault(labels, labels)
        if len(self._known) < _MOST_KNOWN:
            self._known[key] = labels
        return labels

    def _sample(
        self, name: str, suffix: str, pairs: Pairs, value: float, at: int | None, found: Exposed
    ) -> Labels | None:
        found.lines += 1
        labels = self._labels(name + suffix, pairs)
        if labels is not None:
            found.series.append(labels)
            found.values.append(float(value))
            found.times_ms.append(at)
        return labels

    def _summary(self, name: str, pairs: Pairs, value: Any, at: int | None, found: Exposed) -> None:
        self._sample(name, "_count", pairs, value.sample_count, at, found)
        self._sample(name, "_sum", pairs, value.sample_sum, at, found)
        for each in value.quantile:
            self._sample(name, "", (*pairs, ("quantile", open_metrics(each.quantile))), each.value, at, found)

    def _histogram(self, name: str, kind: str, pairs: Pairs, value: Any, at: int | None, found: Exposed) -> None:
        is_native = self._wanted.native and bool(
            value.positive_span or value.negative_span or value.zero_threshold or value.zero_count
        )
        if is_native:
            self._native(name, kind, pairs, value, at, found)
            if not self._wanted.classic_too or not value.bucket:
                return
        total = value.sample_count_float or value.sample_count
        self._sample(name, "_count", pairs, total, at, found)
        self._sample(name, "_sum", pairs, value.sample_sum, at, found)
        bound = 0.0
        for each in value.bucket:
            bound = each.upper_bound
            count = each.cumulative_count_float or each.cumulative_count
            labels = self._sample(name, "_bucket", (*pairs, ("le", open_metrics(bound))), count, at, found)
            if each.HasField("exemplar"):
                _example(labels, each.exemplar, found)
        if bound != math.inf:
            self._sample(name, "_bucket", (*pairs, ("le", "+Inf")), total, at, found)

    def _native(self, name: str, kind: str, pairs: Pairs, value: Any, at: int | None, found: Exposed) -> None:
        found.lines += 1
        labels = self._labels(name, pairs)
        if labels is None:
            return
        try:
            found.histograms.append((labels, at, native(value, is_gauge=kind == "gaugehistogram")))
        except Invalid as error:
            raise ValueError(f"histogram {name[:100]!r}: {error}") from None
        for each in _examples(value):
            if each.HasField("timestamp"):  # without one, the same example comes again with every scrape
                _example(labels, each, found)


def native(value: Any, *, is_gauge: bool) -> Histogram:
    """Return the native histogram of a message `Histogram`; raises histograms.wire.Invalid."""
    is_float = value.sample_count_float > 0 or value.zero_count_float > 0

    def side(spans: Any, deltas: Any, counts: Any) -> Side:
        runs = [(each.offset, each.length) for each in spans]
        return Side(runs, counts=list(counts)) if is_float else Side(runs, deltas=list(deltas))

    return from_message(
        Message(
            value.schema,
            value.zero_threshold,
            value.zero_count_float if is_float else value.zero_count,
            value.sample_count_float if is_float else value.sample_count,
            value.sample_sum,
            side(value.positive_span, value.positive_delta, value.positive_count),
            side(value.negative_span, value.negative_delta, value.negative_count),
            hint=Hint.GAUGE if is_gauge else Hint.UNKNOWN,
            is_float=is_float,
        )
    )


def _examples(value: Any) -> Iterator[Any]:
    if value.exemplars:
        yield from value.exemplars
    else:
        yield from (each.exemplar for each in value.bucket if each.HasField("exemplar"))


def _example(series: Labels | None, message: Any, found: Exposed) -> None:
    if series is not None:
        time_ms = message.timestamp.seconds * 1000 + message.timestamp.nanos // 1_000_000
        labels = labels_of((each.name, each.value) for each in message.label)
        found.exemplars.append(Exemplar(series, labels, time_ms, message.value))


def _check(name: str, pairs: Pairs) -> None:
    names = [each for each, _ in pairs]
    if len(set(names)) != len(names) or NAME in names or "" in names:
        raise ValueError(f"a metric of {name[:100]!r} has a label twice, or one without a name")
