"""Results as the JSON of Prometheus' API. Numbers of one answer are formatted together, not one by one."""

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np
import orjson
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.display import api_buckets
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.promql.result import Result

_WHOLE = re.compile(rb"\.0(?=[,\]])")


def render(result: Result) -> bytes:
    """Return the `data` of an answer: `{"resultType": …, "result": …}`."""
    match result.kind:
        case "string":
            body = b"[" + time_text(int(result.times_ms[0])) + b"," + orjson.dumps(result.text) + b"]"
        case "scalar":
            value = numbers(result.values[0, :1])[0]
            body = b"[" + time_text(int(result.times_ms[0])) + b',"' + value + b'"]'
        case "vector":
            body = b"[" + b",".join(_vector(result)) + b"]"
        case _:
            body = b"[" + b",".join(_points(result) if result.points is not None else _matrix(result)) + b"]"
    return b'{"resultType":"' + result.kind.encode() + b'","result":' + body + b"}"


def metric(labels: Labels) -> bytes:
    """Return labels as a JSON object."""
    return orjson.dumps(dict(labels))


def time_text(time_ms: int) -> bytes:
    """Return a time in seconds, with three decimals unless it is a whole one."""
    seconds, rest = divmod(abs(time_ms), 1000)
    sign = "-" if time_ms < 0 else ""
    return (f"{sign}{seconds}.{rest:03d}" if rest else f"{sign}{seconds}").encode()


def numbers(values: NDArray[np.float64]) -> list[bytes]:
    """Return numbers in their shortest form, as Prometheus writes them: `1`, `0.25`, `1e-07`, `+Inf`."""
    if not len(values):
        return []
    values = np.ascontiguousarray(values, np.float64)
    texts = _WHOLE.sub(b"", orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY))[1:-1].split(b",")
    size = np.abs(values)
    odd = ~((size < 1e15) & ((size >= 1e-4) | ((values == 0) & ~np.signbit(values))))
    for place in np.flatnonzero(odd).tolist():
        texts[place] = number(float(values[place]))
    return texts


def number(value: float) -> bytes:
    """Return one number; see `numbers`."""
    if math.isnan(value):
        return b"NaN"
    if math.isinf(value):
        return b"+Inf" if value > 0 else b"-Inf"
    size = abs(value)
    if size and (size < 1e-6 or size >= 1e21):
        mantissa, _, exponent = repr(value).partition("e")
        if not exponent:
            mantissa, _, exponent = f"{value:.17e}".partition("e")
            digits = np.format_float_scientific(value, trim="-")
            mantissa, _, exponent = digits.partition("e")
        power = int(exponent)
        return f"{mantissa.removesuffix('.0')}e{'-' if power < 0 else '+'}{abs(power):02d}".encode()
    return np.format_float_positional(value, trim="-").encode()


def histogram(value: Histogram) -> bytes:
    """Return a native histogram as a JSON object."""
    buckets = b",".join(
        b"[%d,%s]" % (rule, b",".join(b'"' + number(each) + b'"' for each in (lower, upper, count)))
        for rule, lower, upper, count in api_buckets(value)
    )
    text = b'{"count":"' + number(value.count) + b'","sum":"' + number(value.sum) + b'"'
    return text + (b',"buckets":[' + buckets + b"]}" if buckets else b"}")


def _vector(result: Result) -> Iterable[bytes]:
    at = time_text(int(result.times_ms[0]))
    rows = np.flatnonzero(result.present[:, 0]).tolist()
    texts = numbers(result.values[rows, 0])
    for row, text in zip(rows, texts, strict=True):
        value = None if result.histograms is None else result.histograms[row, 0]
        shown = b'"value":[' + at + b',"' + text + b'"]'
        if value is not None:
            shown = b'"histogram":[' + at + b"," + histogram(value) + b"]"
        yield b'{"metric":' + metric(result.labels[row]) + b"," + shown + b"}"


def _matrix(result: Result) -> Iterable[bytes]:
    times = result.times_ms
    if len(times) and times[0] >= 0 and not (times % 1000).any():
        before = [b'[%d,"' % each for each in (times // 1000).tolist()]
    else:
        before = [b"[" + time_text(each) + b',"' for each in times.tolist()]
    cells_of = result.histograms
    is_histogram = None
    if cells_of is not None:
        is_histogram = np.array([[cell is not None for cell in row] for row in cells_of], np.bool_)
    for row, labels in enumerate(result.labels):
        present = result.present[row]
        floats = present if is_histogram is None else present & ~is_histogram[row]
        places = np.flatnonzero(floats).tolist()
        own = before if len(places) == len(before) else [before[place] for place in places]
        cells: Sequence[tuple[int, Histogram]] = ()
        if is_histogram is not None and result.histograms is not None:
            chosen = np.flatnonzero(present & is_histogram[row]).tolist()
            cells = [(int(result.times_ms[place]), result.histograms[row, place]) for place in chosen]
        if own or cells:
            yield _series(labels, own, numbers(result.values[row, places]), cells)


def _points(result: Result) -> Iterable[bytes]:
    points = result.points
    assert points is not None  # noqa: S101 - that is why this was called
    for row, labels in enumerate(result.labels):
        here = range(int(points.offsets[row]), int(points.offsets[row + 1]))
        values = points.histograms
        floats = [place for place in here if values is None or values[place] is None]
        cells = [
            (int(points.times_ms[place]), value)
            for place in here
            if values is not None and (value := values[place]) is not None
        ]
        before = [b"[" + time_text(each) + b',"' for each in points.times_ms[floats].tolist()]
        yield _series(labels, before, numbers(points.values[floats]), cells)


def _series(
    labels: Labels, before: Sequence[bytes], texts: Sequence[bytes], cells: Sequence[tuple[int, Histogram]]
) -> bytes:
    parts = [b'{"metric":', metric(labels)]
    if before:
        parts += [b',"values":[', b'"],'.join(map(bytes.__add__, before, texts)), b'"]]']
    if cells:
        shown = b",".join(b"[" + time_text(at) + b"," + histogram(value) + b"]" for at, value in cells)
        parts += [b',"histograms":[', shown, b"]"]
    return b"".join([*parts, b"}"])
