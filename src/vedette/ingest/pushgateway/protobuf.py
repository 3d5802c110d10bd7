"""Bodies of length-delimited messages `io.prometheus.client.MetricFamily`.

Source: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from vedette.ingest.pushgateway.families import HAS_TIMES, Pushed, PushedFamily, completed
from vedette.ingest.pushgateway.text import Malformed
from vedette.signals.metrics.histograms.histogram import Hint, Histogram
from vedette.signals.metrics.histograms.wire import Invalid as NoHistogram
from vedette.signals.metrics.histograms.wire import Message, Side, from_message
from vedette.signals.metrics.labels import NAME, Labels, labels_of
from vedette.signals.metrics.points import Exemplar, Family
from vedette.signals.metrics.promql.numbers import open_metrics

_FIELD = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "string": _FIELD.TYPE_STRING,
    "double": _FIELD.TYPE_DOUBLE,
    "int32": _FIELD.TYPE_INT32,
    "int64": _FIELD.TYPE_INT64,
    "uint32": _FIELD.TYPE_UINT32,
    "uint64": _FIELD.TYPE_UINT64,
    "sint32": _FIELD.TYPE_SINT32,
    "sint64": _FIELD.TYPE_SINT64,
}
# name of a message -> its fields: number, type ("*" before what is repeated), name
_MESSAGES: dict[str, list[tuple[int, str, str]]] = {
    "Pair": [(1, "string", "name"), (2, "string", "value")],
    "Moment": [(1, "int64", "seconds"), (2, "int32", "nanos")],
    "Example": [(1, "*Pair", "label"), (2, "double", "value"), (3, "Moment", "timestamp")],
    "Gauge": [(1, "double", "value")],
    "Counter": [(1, "double", "value"), (2, "Example", "exemplar")],
    "Quantile": [(1, "double", "quantile"), (2, "double", "value")],
    "Summary": [(1, "uint64", "sample_count"), (2, "double", "sample_sum"), (3, "*Quantile", "quantile")],
    "Bucket": [
        (1, "uint64", "cumulative_count"), (2, "double", "upper_bound"), (3, "Example", "exemplar"),
        (4, "double", "cumulative_count_float"),
    ],
    "Span": [(1, "sint32", "offset"), (2, "uint32", "length")],
    "Histogram": [
        (1, "uint64", "sample_count"), (2, "double", "sample_sum"), (3, "*Bucket", "bucket"),
        (4, "double", "sample_count_float"), (5, "sint32", "schema"), (6, "double", "zero_threshold"),
        (7, "uint64", "zero_count"), (8, "double", "zero_count_float"), (9, "*Span", "negative_span"),
        (10, "*sint64", "negative_delta"), (11, "*double", "negative_count"), (12, "*Span", "positive_span"),
        (13, "*sint64", "positive_delta"), (14, "*double", "positive_count"), (16, "*Example", "exemplars"),
    ],
    "Metric": [
        (1, "*Pair", "label"), (2, "Gauge", "gauge"), (3, "Counter", "counter"), (4, "Summary", "summary"),
        (5, "Gauge", "untyped"), (6, "int64", "timestamp_ms"), (7, "Histogram", "histogram"),
    ],
    "Family": [
        (1, "string", "name"), (2, "string", "help"), (3, "int32", "type"), (4, "*Metric", "metric"),
        (5, "string", "unit"),
    ],
}  # fmt: skip
# by the number of the type: the field that holds the value, and the type's name in OpenMetrics
_TYPES = {
    0: ("counter", "counter"),
    1: ("gauge", "gauge"),
    2: ("summary", "summary"),
    3: ("untyped", "unknown"),
    4: ("histogram", "histogram"),
    5: ("histogram", "gaugehistogram"),
}


@cache
def family_class() -> Any:
    """Return the class of MetricFamily messages."""
    file = descriptor_pb2.FileDescriptorProto(
        name="vedette/families.proto", package="vedette.families", syntax="proto2"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, kind, label in fields:
            added = message.field.add(name=label, number=number)
            added.label = _FIELD.LABEL_REPEATED if kind[0] == "*" else _FIELD.LABEL_OPTIONAL
            plain = kind.lstrip("*")
            if plain in _SCALARS:
                added.type = _SCALARS[plain]
            else:
                added.type, added.type_name = _FIELD.TYPE_MESSAGE, f".{file.package}.{plain}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{file.package}.Family"))


def read_protobuf(body: bytes) -> Pushed:
    """Read a body; of several families of one name the last counts. Raises Malformed."""
    families: dict[str, PushedFamily] = {}
    exemplars: dict[str, list[Exemplar]] = {}
    faults: list[str] = []
    for message in _messages(body):
        if any(each.HasField("timestamp_ms") for each in message.metric):
            faults.append(HAS_TIMES)
        reader = _Reader(message)
        try:
            families[message.name], exemplars[message.name] = reader.read(), reader.exemplars
        except _Inconsistent as error:
            faults.append(str(error))
    filled = {name: each for name, each in families.items() if each.samples or each.histograms}
    return Pushed(filled, faults[0] if faults else "", tuple(each for name in filled for each in exemplars[name]))


def _messages(body: bytes) -> Iterator[Any]:
    place = 0
    while place < len(body):
        length = shift = 0
        while True:
            if place >= len(body) or shift > 28:
                raise Malformed(f"the length before byte {place} is none")
            byte = body[place]
            place += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if place + length > len(body):
            raise Malformed(f"the message at byte {place} ends early: unexpected EOF")
        try:
            yield family_class().FromString(body[place : place + length])
        except DecodeError as error:
            raise Malformed(f"the message at byte {place} is no MetricFamily: {error}") from None
        place += length


class _Inconsistent(Exception):
    """A family that contradicts itself."""


class _Reader:
    """Turns one message into series."""

    def __init__(self, message: Any) -> None:
        self._message, self._name = message, message.name
        self._field, self._kind = _TYPES.get(message.type, ("", ""))
        self._samples: list[tuple[Labels, float]] = []
        self._histograms: list[tuple[Labels, Histogram]] = []
        self.exemplars: list[Exemplar] = []

    def read(self) -> PushedFamily:
        if not self._field:
            raise _Inconsistent(f"{self._name[:100]!r} has the type {self._message.type}, which there is not")
        for metric in self._message.metric:
            if not metric.HasField(self._field):
                raise _Inconsistent(f"a metric of {self._name[:100]!r} has no {self._field}")
            pairs = [(each.name, each.value) for each in metric.label]
            names = [name for name, _ in pairs]
            if len(set(names)) != len(names):
                raise _Inconsistent(f"a metric of {self._name[:100]!r} has two or more labels with the same name")
            value = getattr(metric, self._field)
            if self._field == "summary":
                self._summary(pairs, value)
            elif self._field == "histogram":
                self._histogram(pairs, value)
            else:
                labels = self._add("", pairs, value.value)
                if self._field == "counter" and value.HasField("exemplar"):
                    self._example(labels, value.exemplar)
        family = Family(self._name, self._kind, self._message.unit, self._message.help, self._name)
        return PushedFamily(family, completed(self._kind, self._name, self._samples), tuple(self._histograms))

    def _add(self, suffix: str, pairs: list[tuple[str, str]], value: float) -> Labels:
        labels = labels_of([*pairs, (NAME, f"{self._name}{suffix}")])
        self._samples.append((labels, float(value)))
        return labels

    def _summary(self, pairs: list[tuple[str, str]], value: Any) -> None:
        for each in value.quantile:
            self._add("", [*pairs, ("quantile", open_metrics(each.quantile))], each.value)
        self._add("_sum", pairs, value.sample_sum)
        self._add("_count", pairs, value.sample_count)

    def _histogram(self, pairs: list[tuple[str, str]], value: Any) -> None:
        is_native = bool(value.positive_span or value.negative_span or value.zero_threshold or value.zero_count)
        if is_native:
            labels = labels_of([*pairs, (NAME, self._name)])
            try:
                self._histograms.append((labels, _native(value, is_gauge=self._kind == "gaugehistogram")))
            except NoHistogram as error:
                raise _Inconsistent(f"a histogram of {self._name[:100]!r}: {error}") from None
            for each in value.exemplars:
                self._example(labels, each)
        if is_native and not value.bucket:
            return
        for each in value.bucket:
            count = each.cumulative_count_float or each.cumulative_count
            labels = self._add("_bucket", [*pairs, ("le", open_metrics(each.upper_bound))], count)
            if each.HasField("exemplar"):
                self._example(labels, each.exemplar)
        self._add("_sum", pairs, value.sample_sum)
        self._add("_count", pairs, value.sample_count_float or value.sample_count)

    def _example(self, series: Labels, message: Any) -> None:
        time_ms = message.timestamp.seconds * 1000 + message.timestamp.nanos // 1_000_000
        labels = labels_of((each.name, each.value) for each in message.label)
        self.exemplars.append(Exemplar(series, labels, time_ms, message.value))


def _native(value: Any, *, is_gauge: bool) -> Histogram:
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
