"""Results of neighbouring steps, put together."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vedette.signals.metrics.promql.facts import LabelSets
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.promql.source import Labels
from vedette.signals.metrics.promql.vectors import Bools, Floats, Objects


def joined(parts: Sequence[Result]) -> Result:
    """Return matrices one after another as one; its series are in the order of labels."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    labels: list[Labels] = first.labels
    if all(each.labels == labels for each in parts[1:]):
        values = np.concatenate([each.values for each in parts], axis=1)
        present = np.concatenate([each.present for each in parts], axis=1)
        histograms = _concatenated(parts)
    else:
        labels, values, present, histograms = _merged(parts)
    return replace(
        first,
        labels=LabelSets(labels) if labels is not first.labels else labels,
        times_ms=np.concatenate([each.times_ms for each in parts]),
        values=values,
        present=present,
        histograms=histograms,
        warnings=_texts([each.warnings for each in parts]),
        infos=_texts([each.infos for each in parts]),
    )


def _merged(parts: Sequence[Result]) -> tuple[list[Labels], Floats, Bools, Objects | None]:
    labels = sorted({each for part in parts for each in part.labels})
    places = {each: place for place, each in enumerate(labels)}
    shape = (len(labels), sum(len(part.times_ms) for part in parts))
    values, present = np.zeros(shape), np.zeros(shape, np.bool_)
    histograms = np.full(shape, None, object) if any(each.histograms is not None for each in parts) else None
    begin = 0
    for part in parts:
        rows = np.array([places[each] for each in part.labels], np.intp)
        steps = slice(begin, begin + len(part.times_ms))
        values[rows, steps], present[rows, steps] = part.values, part.present
        if histograms is not None and part.histograms is not None:
            histograms[rows, steps] = part.histograms
        begin = steps.stop
    return labels, values, present, histograms


def _concatenated(parts: Sequence[Result]) -> Objects | None:
    if all(each.histograms is None for each in parts):
        return None
    columns = (
        np.full(each.values.shape, None, object) if each.histograms is None else each.histograms for each in parts
    )
    return np.concatenate(list(columns), axis=1)


def _texts(texts: Sequence[list[str]]) -> list[str]:
    return list(dict.fromkeys(text for each in texts for text in each))
