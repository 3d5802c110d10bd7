"""What of a scrape is too much: labels, buckets, the same sample twice."""

import math
import re
from dataclasses import replace

from vedette.ingest.exposition.exposed import Exposed
from vedette.ingest.scrape.config import Job
from vedette.signals.metrics.histograms.buckets import reduced
from vedette.signals.metrics.histograms.histogram import MAX_SCHEMA, MIN_SCHEMA, Histogram
from vedette.signals.metrics.labels import NAME, Labels, name_of

_LEGACY_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LEGACY_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class LimitExceeded(ValueError):
    """A sample is over a limit of the job: the scrape fails."""


def check_labels(job: Job, labels: Labels) -> None:
    """Raise LimitExceeded for labels that the job does not allow."""
    name = name_of(labels)[:50]
    if job.metric_name_validation_scheme == "legacy":
        for each, value in labels:
            if not (_LEGACY_METRIC.fullmatch(value) if each == NAME else _LEGACY_LABEL.fullmatch(each)):
                raise LimitExceeded(f"invalid metric name or label names: {name} ({each[:50]!r})")
    if job.label_limit and len(labels) > job.label_limit:
        raise LimitExceeded(
            f"label_limit exceeded (metric: {name}, number of labels: {len(labels)}, limit: {job.label_limit})"
        )
    for each, value in labels:
        if job.label_name_length_limit and len(each.encode()) > job.label_name_length_limit:
            raise LimitExceeded(f"label_name_length_limit exceeded (metric: {name}, label name: {each[:50]})")
        if job.label_value_length_limit and len(value.encode()) > job.label_value_length_limit:
            raise LimitExceeded(
                f"label_value_length_limit exceeded (metric: {name}, label name: {each[:50]}, value: {value[:50]!r})"
            )


def without_repeats(exposed: Exposed, *, honors_times: bool) -> int:
    """Leave only the first of samples of one series and time, and return how many others there were."""
    times = exposed.times_ms if honors_times else [None] * len(exposed.series)
    found: dict[tuple[int, int | None], int] = {}
    for place, key in enumerate(zip(map(id, exposed.series), times, strict=True)):
        found.setdefault(key, place)
    repeated = len(exposed.series) - len(found)
    if repeated:
        places = list(found.values())
        exposed.series = [exposed.series[place] for place in places]
        exposed.values = [exposed.values[place] for place in places]
        exposed.times_ms = [exposed.times_ms[place] for place in places]
    histograms = {(id(labels), at if honors_times else None): (labels, at, value)
                  for labels, at, value in reversed(exposed.histograms)}  # fmt: skip
    repeated += len(exposed.histograms) - len(histograms)
    exposed.histograms = list(reversed(histograms.values()))
    return repeated


def coarsened(histogram: Histogram, job: Job) -> Histogram:
    """Return a histogram with as few buckets as the job wants; raises LimitExceeded when it cannot have so few."""
    finest = _finest(job.native_histogram_min_bucket_factor)
    if not histogram.is_custom and histogram.schema > finest:
        histogram = _reduced(histogram, histogram.schema - finest)
    limit = job.native_histogram_bucket_limit
    while limit and len(histogram.positive) + len(histogram.negative) > limit:
        if histogram.is_custom or histogram.schema <= MIN_SCHEMA:
            raise LimitExceeded(f"histogram bucket limit exceeded: more than {limit}")
        histogram = _reduced(histogram, 1)
    return histogram


def _finest(factor: float) -> int:
    """Return the finest schema whose buckets grow at least by a factor."""
    if factor <= 1:
        return MAX_SCHEMA
    return int(min(max(math.floor(-math.log2(math.log2(factor))), MIN_SCHEMA), MAX_SCHEMA))


def _reduced(histogram: Histogram, by: int) -> Histogram:
    return replace(
        histogram,
        schema=histogram.schema - by,
        positive=reduced(histogram.positive, by),
        negative=reduced(histogram.negative, by),
    )
