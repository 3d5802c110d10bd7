"""The parts of remote write that come seldom and are read one by one: exemplars, native histograms, metadata."""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import DecodeError

from vedette.ingest.remote_write.messages import read
from vedette.signals.metrics.histograms.wire import Invalid, Message, Side, from_message
from vedette.signals.metrics.intake import OneHistogram, Rest, Written
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.points import Exemplar, Family

TYPES = ("unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset")
"""Metric types by their number, the same in both versions."""

_LONGEST_EXEMPLAR = 4096


def type_of(number: int) -> str:
    """Return the name of a metric type."""
    return TYPES[number] if 0 <= number < len(TYPES) else TYPES[0]


def family_of(message: bytes) -> list[Family]:
    """Read metadata of version 1.0; what cannot be read or names nothing is left out."""
    try:
        metadata = read("Metadata1", message)
    except DecodeError:
        return []
    if not metadata.metric_family_name:
        return []
    return [Family(metadata.metric_family_name, type_of(metadata.type), metadata.unit, metadata.help)]


def read_exemplar(
    message: bytes,
    kind: str,
    unit: int,
    series: Labels,
    labels_of: Callable[[Any], Labels],
    rest: Rest,
    outcome: Written,
) -> None:
    """Read one exemplar and add it to what is written, or refuse it."""
    try:
        exemplar = read(kind, message)
        labels = labels_of(exemplar)
    except (DecodeError, ValueError, IndexError) as error:
        outcome.refuse("invalid_exemplar", f"an exemplar cannot be read: {error}")
        return
    if sum(len(name) + len(value) for name, value in labels) > _LONGEST_EXEMPLAR:
        outcome.refuse("exemplar_too_long", f"the labels of an exemplar are longer than {_LONGEST_EXEMPLAR} characters")
        return
    rest.exemplars.append((unit, Exemplar(series, labels, exemplar.timestamp, exemplar.value)))


def read_histogram(message: bytes, unit: int, slot: int, rest: Rest, outcome: Written) -> None:
    """Read one native histogram and add it to what is written, or refuse it."""
    try:
        sent = read("Histogram", message)
        histogram = from_message(_message(sent))
    except (DecodeError, Invalid) as error:
        outcome.refuse("invalid_histogram", f"a native histogram is not valid: {error}")
        return
    rest.histograms.append(OneHistogram(unit, slot, sent.timestamp, histogram))


def _message(sent: Any) -> Message:
    is_float = sent.WhichOneof("count") == "count_float"
    return Message(
        schema=sent.schema,
        zero_threshold=sent.zero_threshold,
        zero_count=sent.zero_count_float if is_float else sent.zero_count_int,
        count=sent.count_float if is_float else sent.count_int,
        sum=sent.sum,
        positive=_side(sent.positive_spans, sent.positive_counts, sent.positive_deltas),
        negative=_side(sent.negative_spans, sent.negative_counts, sent.negative_deltas),
        custom=list(sent.custom_values),
        hint=sent.reset_hint,
        is_float=is_float,
    )


def _side(spans: Any, counts: Any, deltas: Any) -> Side:
    return Side([(each.offset, each.length) for each in spans], list(counts), list(deltas))
