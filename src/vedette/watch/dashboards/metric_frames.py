"""From the answer of a PromQL query to what panels draw."""

import math

import numpy as np
import numpy.typing as npt

from vedette.kit.errors import Invalid
from vedette.signals.metrics.histograms.display import api_buckets
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.promql.source import Labels
from vedette.watch.dashboards.answers import ColumnOut, Frame, SeriesOut

Floats = npt.NDArray[np.float64]
_MOST_SERIES = 500
_MOST_ROWS = 5000
_MOST_BUCKETS = 100


def series_frame(result: Result) -> tuple[Frame, list[str]]:
    """Return a line per series; histograms cannot be drawn as lines."""
    warnings = _notes(result)
    labels, values = _rows(result), _floats(result)
    shown = [place for place in range(len(labels)) if not np.isnan(values[place]).all()]
    if len(shown) > _MOST_SERIES:
        warnings.append(f"{len(shown)} series: only the first {_MOST_SERIES} are shown")
    if _histograms_of(result):
        warnings.append("some series are histograms: use histogram_quantile(), or a heatmap")
    series = [
        SeriesOut.model_construct(name="", labels=dict(labels[place]), values=_listed(values[place]))
        for place in shown[:_MOST_SERIES]
    ]
    times = (result.times_ms / 1000).tolist()
    return Frame.model_construct(query="", kind="series", times=times, series=series), warnings


def table_frame(result: Result) -> tuple[Frame, list[str]]:
    """Return a row per series, its labels in columns, and its latest value."""
    if result.kind == "string":
        column = ColumnOut(name="value", type="text")
        return Frame.model_construct(query="", kind="table", columns=[column], rows=[[result.text]]), _notes(result)
    known_labels, values = _rows(result), _floats(result)
    names = sorted({name for labels in known_labels for name, _ in labels if name != "__name__"})
    rows: list[list[float | str | None]] = []
    for labels, line in zip(known_labels, values, strict=True):
        known = line[~np.isnan(line)]
        if not len(known):
            continue
        by_name = dict(labels)
        last = float(known[-1])
        rows.append([*(by_name.get(name) for name in names), last if math.isfinite(last) else None])
    warnings = _notes(result)
    if len(rows) > _MOST_ROWS:
        warnings.append(f"{len(rows)} rows: only the first {_MOST_ROWS} are shown")
    columns = [ColumnOut(name=name, type="text") for name in names] + [ColumnOut(name="value", type="number")]
    return Frame.model_construct(query="", kind="table", columns=columns, rows=rows[:_MOST_ROWS]), warnings


def heatmap_frame(result: Result) -> tuple[Frame, list[str]]:
    """Return a series per bucket, lowest first, its labels `from` and `le`: from `le` series or native histograms."""
    found = _native(result) if _histograms_of(result) else _classic(result)
    warnings = _notes(result)
    if not found and len(result.labels):
        warnings.append("neither series with the label `le` nor histograms: there are no buckets to draw")
    series = [
        SeriesOut.model_construct(name=_edge(upper), labels={"from": _edge(lower), "le": _edge(upper)}, values=values)
        for (lower, upper), values in found.items()
    ]
    times = (result.times_ms / 1000).tolist()
    return Frame.model_construct(query="", kind="heatmap", times=times, series=series), warnings


def _classic(result: Result) -> dict[tuple[float, float], list[float | None]]:
    """Return the counts between bounds; the series of a classic histogram count everything up to their bound."""
    values = _floats(result)
    summed: dict[float, Floats] = {}
    for labels, line in zip(result.labels, values, strict=True):
        try:
            bound = float(dict(labels)["le"])
        except (KeyError, ValueError):
            continue
        before = summed.get(bound)
        summed[bound] = line if before is None else np.where(np.isnan(before), line, before + np.nan_to_num(line))
    found: dict[tuple[float, float], list[float | None]] = {}
    lower, below = -math.inf, np.zeros(len(result.times_ms))
    for bound in sorted(summed):
        counts = np.maximum(summed[bound] - np.nan_to_num(below), 0)
        found[lower, bound] = _listed(counts)
        lower, below = bound, summed[bound]
    return found


def _native(result: Result) -> dict[tuple[float, float], list[float | None]]:
    """Return the counts of native histograms, added up over series."""
    assert result.histograms is not None  # noqa: S101 - asked before
    length = len(result.times_ms)
    counts: dict[tuple[float, float], Floats] = {}
    for line in result.histograms:
        for place, histogram in enumerate(line):
            if histogram is None:
                continue
            for _, lower, upper, count in api_buckets(histogram):
                counts.setdefault((float(lower), float(upper)), np.zeros(length))[place] += count
    ordered = dict(sorted(counts.items()))
    group = -(-len(ordered) // _MOST_BUCKETS) or 1
    edges = list(ordered)
    merged: dict[tuple[float, float], list[float | None]] = {}
    for first in range(0, len(edges), group):
        part = edges[first : first + group]
        total = np.sum([ordered[each] for each in part], axis=0)
        merged[part[0][0], part[-1][1]] = [float(each) for each in total]
    return merged


def _rows(result: Result) -> list[Labels]:
    """Return the labels of each row; raises Invalid for a range vector, which has no value at a time."""
    if result.points is not None:
        raise Invalid("a range vector cannot be drawn: use rate(), avg_over_time() or another function over it")
    return [()] if result.kind == "scalar" else result.labels


def _floats(result: Result) -> Floats:
    """Return the values with NaN where there is none, or a histogram."""
    values: Floats = np.where(result.present, result.values, np.nan)
    if result.histograms is not None:
        values[_is_histogram(result.histograms)] = np.nan
    return values


def _is_histogram(histograms: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    flat = [each is not None for each in histograms.ravel()]
    return np.array(flat, dtype=bool).reshape(histograms.shape)


def _histograms_of(result: Result) -> bool:
    return result.histograms is not None and bool(_is_histogram(result.histograms).any())


def _listed(values: Floats) -> list[float | None]:
    """Return a line as JSON has it: null for what is no finite number."""
    known = np.isfinite(values)
    line: list[float | None] = values.tolist()
    return line if known.all() else [value if is_known else None for value, is_known in zip(line, known, strict=True)]


def _edge(bound: float) -> str:
    if math.isinf(bound):
        return "+Inf" if bound > 0 else "-Inf"
    return f"{bound:.6g}"


def _notes(result: Result) -> list[str]:
    return [*result.warnings, *result.infos]
