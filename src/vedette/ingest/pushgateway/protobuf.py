"""Bodies of length-delimited messages `io.prometheus.client.MetricFamily`.

Source: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto.
"""

from typing import Any

from vedette.ingest.exposition.messages import messages
from vedette.ingest.exposition.protobuf import native
from vedette.ingest.pushgateway.families import HAS_TIMES, Pushed, PushedFamily, completed
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.histograms.wire import Invalid as NoHistogram
from vedette.signals.metrics.labels import NAME, Labels, labels_of
from vedette.signals.metrics.points import Exemplar, Family
from vedette.signals.metrics.promql.numbers import open_metrics

# by the number of the type: the field that holds the value, and the type's name in OpenMetrics
_TYPES = {
    0: ("counter", "counter"),
    1: ("gauge", "gauge"),
    2: ("summary", "summary"),
    3: ("untyped", "unknown"),
    4: ("histogram", "histogram"),
    5: ("histogram", "gaugehistogram"),
}


def read_protobuf(body: bytes) -> Pushed:
    """Read a body; of several families of one name the last counts. Raises ExpositionError."""
    families: dict[str, PushedFamily] = {}
    exemplars: dict[str, list[Exemplar]] = {}
    faults: list[str] = []
    for message in messages(body):
        if any(each.HasField("timestamp_ms") for each in message.metric):
            faults.append(HAS_TIMES)
        reader = _Reader(message)
        try:
            families[message.name], exemplars[message.name] = reader.read(), reader.exemplars
        except _Inconsistent as error:
            faults.append(str(error))
    filled = {name: each for name, each in families.items() if each.samples or each.histograms}
    return Pushed(filled, faults[0] if faults else "", tuple(each for name in filled for each in exemplars[name]))


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
                self._histograms.append((labels, native(value, is_gauge=self._kind == "gaugehistogram")))
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
