"""What a push brings, and how it is kept: metric families with the samples of each."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vedette.signals.metrics.histograms.histogram import Buckets, Hint, Histogram
from vedette.signals.metrics.labels import NAME, Labels, labels_of, name_of
from vedette.signals.metrics.points import Exemplar, Family

GroupKey = tuple[tuple[str, str], ...]
"""The labels of an address, sorted by name, `job` among them; values may be empty."""

HAS_TIMES = "pushed metrics must not have timestamps"

SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "summary": ("_count", "_sum"),
    "histogram": ("_bucket", "_count", "_sum"),
    "gaugehistogram": ("_bucket", "_count", "_sum"),
}
"""What the series of a family of several series are called, after its own name."""


@dataclass(frozen=True, slots=True)
class PushedFamily:
    """The series of one metric family, each once."""

    family: Family
    samples: tuple[tuple[Labels, float], ...] = ()
    histograms: tuple[tuple[Labels, Histogram], ...] = ()

    @property
    def series(self) -> Iterator[tuple[Labels, bool]]:
        """Give the labels of every series and whether it is one of native histograms."""
        yield from ((labels, False) for labels, _ in self.samples)
        yield from ((labels, True) for labels, _ in self.histograms)


@dataclass(frozen=True, slots=True)
class Pushed:
    """A body: its families by name, and why it cannot be taken although it can be read, empty when it can."""

    families: Mapping[str, PushedFamily]
    fault: str = ""
    exemplars: tuple[Exemplar, ...] = ()

    @property
    def count(self) -> int:
        """How many samples there are."""
        return sum(len(each.samples) + len(each.histograms) for each in self.families.values())


def grouped(pushed: Pushed, key: GroupKey) -> Pushed:
    """Return a push with the labels of its group on every series, over those the sender gave."""
    own = dict(key)
    families = {name: _labelled(each, own) for name, each in pushed.families.items()}
    exemplars = tuple(replace(each, series=_with(each.series, own)) for each in pushed.exemplars)
    return Pushed(families, pushed.fault, exemplars)


def _labelled(each: PushedFamily, own: Mapping[str, str]) -> PushedFamily:
    samples = tuple((_with(labels, own), value) for labels, value in each.samples)
    return replace(
        each, samples=samples, histograms=tuple((_with(labels, own), value) for labels, value in each.histograms)
    )


def _with(labels: Labels, own: Mapping[str, str]) -> Labels:
    return labels_of({**dict(labels), **own})


def completed(kind: str, name: str, samples: Iterable[tuple[Labels, float]]) -> tuple[tuple[Labels, float], ...]:
    """Return the samples of a histogram or summary with those the sender left out: sum, count, the last bucket."""
    samples = tuple(samples)
    if kind not in SUFFIXES:
        return samples
    found: dict[Labels, dict[str, float]] = {}
    for labels, value in samples:
        own = dict(labels)
        is_last = own.pop("le", "") == "+Inf"
        own.pop("quantile", None)
        part = own.pop(NAME).removeprefix(name)
        parts = found.setdefault(labels_of(own), {})
        if part != "_bucket" or is_last:
            parts[part] = value
    more: list[tuple[Labels, float]] = []
    for own_labels, parts in found.items():
        count = parts.get("_count", parts.get("_bucket", 0.0))
        if kind != "summary" and "_bucket" not in parts:
            more.append((labels_of([*own_labels, (NAME, f"{name}_bucket"), ("le", "+Inf")]), count))
        more += [
            (labels_of([*own_labels, (NAME, f"{name}{part}")]), value)
            for part, value in (("_sum", 0.0), ("_count", count))
            if part not in parts
        ]
    return (*samples, *more)


def to_text(families: Iterable[PushedFamily], key: GroupKey) -> str:
    """Return families as compact JSON, without the labels of their group."""
    own = {name for name, _ in key}

    def short(labels: Labels) -> dict[str, str]:
        return {name: value for name, value in labels if name not in own}

    document = [
        {
            "name": each.family.name,
            "type": each.family.type,
            "unit": each.family.unit,
            "help": each.family.help,
            "samples": [[short(labels), value] for labels, value in each.samples],
            "histograms": [[short(labels), _of_histogram(value)] for labels, value in each.histograms],
        }
        for each in families
    ]
    return json.dumps(document, separators=(",", ":"))  # which, unlike orjson, knows NaN and infinities


def from_text(text: str, key: GroupKey) -> dict[str, PushedFamily]:
    """Read what `to_text` wrote."""
    own = dict(key)
    return {
        each["name"]: _labelled(
            PushedFamily(
                Family(each["name"], each["type"], each["unit"], each["help"], each["name"]),
                tuple((tuple(labels.items()), value) for labels, value in each["samples"]),
                tuple((tuple(labels.items()), _to_histogram(value)) for labels, value in each["histograms"]),
            ),
            own,
        )
        for each in json.loads(text)
    }


def _of_histogram(value: Histogram) -> dict[str, Any]:
    return {
        "schema": value.schema,
        "zero": [value.zero_threshold, value.zero_count],
        "count": value.count,
        "sum": value.sum,
        "positive": [value.positive.indexes.tolist(), value.positive.counts.tolist()],
        "negative": [value.negative.indexes.tolist(), value.negative.counts.tolist()],
        "custom": value.custom,
        "hint": int(value.hint),
    }


def _to_histogram(document: Mapping[str, Any]) -> Histogram:
    def buckets(side: list[list[float]]) -> Buckets:
        return Buckets(np.array(side[0], np.int32), np.array(side[1], np.float64))

    return Histogram(
        document["schema"],
        document["zero"][0],
        document["zero"][1],
        document["count"],
        document["sum"],
        buckets(document["positive"]),
        buckets(document["negative"]),
        None if document["custom"] is None else tuple(document["custom"]),
        Hint(document["hint"]),
    )


def family_of(labels: Labels, kinds: Mapping[str, str]) -> str:
    """Return the name of the family a series of the text format belongs to; `kinds` are the types declared."""
    name = name_of(labels)
    if name in kinds:
        return name
    for suffix in ("_bucket", "_count", "_sum"):
        base = name.removesuffix(suffix)
        if base != name and suffix in SUFFIXES.get(kinds.get(base, ""), ()):
            return base
    return name
