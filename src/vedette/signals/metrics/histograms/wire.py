"""Native histograms as senders transmit them.

Remote write 1.0 and 2.0 (https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/) and the protobuf exposition
format describe buckets by spans: a run of `length` buckets that begins `offset` after the end of the run before.
Integer histograms give the change of each count against the bucket before, float histograms the counts themselves.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.histograms.buckets import populated, reduced
from vedette.signals.metrics.histograms.histogram import (
    CUSTOM,
    MAX_SCHEMA,
    MIN_SCHEMA,
    NO_BUCKETS,
    Buckets,
    Hint,
    Histogram,
)

MAX_RESERVED_SCHEMA: Final = 52
"""Schemas above 8 up to this are accepted and reduced to 8."""

MAX_BUCKETS: Final = 100_000
"""More buckets than this in one histogram are refused; senders keep to a few hundred."""


class Invalid(ValueError):
    """The message is no histogram; the text says why."""


@dataclass(frozen=True, slots=True)
class Side:
    """The buckets of one sign as transmitted: spans as (offset, length), and the counts or their changes."""

    spans: Sequence[tuple[int, int]] = ()
    counts: Sequence[float] | NDArray[np.float64] = ()
    deltas: Sequence[int] | NDArray[np.int64] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A histogram message; `is_float` says whether sides give counts (a float histogram) or deltas (an integer one)."""

    schema: int
    zero_threshold: float
    zero_count: float
    count: float
    sum: float
    positive: Side
    negative: Side
    custom: Sequence[float] = ()
    hint: int = Hint.UNKNOWN
    is_float: bool = False


def from_message(message: Message) -> Histogram:
    """Return the histogram of a message, without its empty buckets; raises Invalid.

    A message whose sum is the stale marker ends its series; nothing else of it counts.
    """
    if Histogram(0, 0, 0, 0, message.sum).is_stale:
        return Histogram(0, 0.0, 0.0, 0.0, message.sum)
    _check_schema(message)
    positive = _buckets("positive side", message.positive, is_float=message.is_float)
    negative = _buckets("negative side", message.negative, is_float=message.is_float)
    if message.schema == CUSTOM:
        _check_custom(message)
    _check_counts(message, positive, negative)
    by = max(message.schema - MAX_SCHEMA, 0)
    return Histogram(
        schema=message.schema - by,
        zero_threshold=message.zero_threshold,
        zero_count=float(message.zero_count),
        count=float(message.count),
        sum=message.sum,
        positive=populated(reduced(positive, by)),
        negative=populated(reduced(negative, by)),
        custom=tuple(map(float, message.custom)) if message.schema == CUSTOM else None,
        hint=Hint(message.hint) if message.hint in set(Hint) else Hint.UNKNOWN,
    )


def to_spans(buckets: Buckets) -> tuple[list[tuple[int, int]], NDArray[np.float64]]:
    """Return buckets as spans and counts."""
    if not len(buckets):
        return [], NO_BUCKETS.counts
    gaps = np.flatnonzero(np.diff(buckets.indexes) != 1) + 1
    starts = np.concatenate([[0], gaps])
    ends = np.concatenate([gaps, [len(buckets)]])
    offsets = buckets.indexes[starts].astype(np.int64)
    offsets[1:] -= buckets.indexes[gaps - 1] + 1
    return list(zip(offsets.tolist(), (ends - starts).tolist(), strict=True)), buckets.counts


def _check_schema(message: Message) -> None:
    if message.schema != CUSTOM:
        if not MIN_SCHEMA <= message.schema <= MAX_RESERVED_SCHEMA:
            raise Invalid(
                f"histogram has an invalid schema, which must be between {MIN_SCHEMA} and {MAX_SCHEMA} for exponential "
                f"buckets, or {CUSTOM} for custom buckets, got schema {message.schema}"
            )
        if len(message.custom):
            raise Invalid("histogram with exponential schema must not have custom bounds")
    if not 0 <= message.zero_threshold < math.inf:
        raise Invalid(f"histogram has a zero threshold of {message.zero_threshold}, which must be finite and >= 0")


def _check_custom(message: Message) -> None:
    bounds = np.asarray(message.custom, np.float64)
    if np.isnan(bounds).any():
        raise Invalid("custom buckets: histogram custom bounds must not be NaN")
    if (bounds[1:] <= bounds[:-1]).any():
        raise Invalid("custom buckets: histogram custom bounds must be in strictly increasing order")
    if np.isinf(bounds).any():
        raise Invalid("custom buckets: histogram custom bounds must be finite")
    spans = message.positive.spans
    if any(offset < 0 for offset, _ in spans):
        raise Invalid("custom buckets: histogram has a span whose offset is negative")
    if sum(offset + length for offset, length in spans) > len(bounds) + 1:
        raise Invalid("custom buckets: histogram custom bounds are too few")
    if message.zero_count != 0:
        raise Invalid("custom buckets: must have zero count of 0")
    if message.zero_threshold != 0:
        raise Invalid("custom buckets: must have zero threshold of 0")
    if len(message.negative.spans) or len(message.negative.counts) or len(message.negative.deltas):
        raise Invalid("custom buckets: must not have negative buckets")


def _check_counts(message: Message, positive: Buckets, negative: Buckets) -> None:
    if not message.count >= 0:
        raise Invalid(f"histogram's observation count is {message.count}, which must be >= 0")
    if not message.zero_count >= 0:
        raise Invalid(f"zero bucket has observation count of {message.zero_count}, which must be >= 0")
    if message.is_float:
        return
    found = int(positive.counts.sum()) + int(negative.counts.sum()) + int(message.zero_count)
    if math.isnan(message.sum) and found > message.count:
        raise Invalid(
            f"{found} observations found in buckets, but the Count field is {message.count}: histogram's observation "
            "count should be at least the number of observations found in the buckets"
        )
    if not math.isnan(message.sum) and found != message.count:
        raise Invalid(
            f"{found} observations found in buckets, but the Count field is {message.count}: histogram's observation "
            "count should equal the number of observations found in the buckets (in absence of NaN)"
        )


def _buckets(where: str, side: Side, *, is_float: bool) -> Buckets:
    if any(offset < 0 for offset, _ in side.spans[1:]):
        raise Invalid(f"{where}: histogram has a span whose offset is negative")
    given = np.asarray(side.counts, np.float64) if is_float else np.cumsum(np.asarray(side.deltas, np.int64))
    counts = given.astype(np.float64)
    needed = sum(length for _, length in side.spans)
    if needed != len(counts):
        raise Invalid(
            f"{where}: spans need {needed} buckets, have {len(counts)} buckets: "
            "histogram spans specify different number of buckets than provided"
        )
    if needed > MAX_BUCKETS:
        raise Invalid(f"{where}: histogram has {needed} buckets, more than {MAX_BUCKETS}")
    if not (counts >= 0).all():
        at = int(np.flatnonzero(~(counts >= 0))[0])
        raise Invalid(f"{where}: bucket number {at + 1} has observation count of {counts[at]}, which must be >= 0")
    return Buckets(_indexes(where, side.spans), counts) if needed else NO_BUCKETS


def _indexes(where: str, spans: Sequence[tuple[int, int]]) -> NDArray[np.int32]:
    parts, at = [], 0
    for offset, length in spans:
        at += offset
        parts.append(np.arange(at, at + length, dtype=np.int64))
        at += length
    indexes = np.concatenate(parts)
    limits = np.iinfo(np.int32)
    if indexes[0] <= limits.min or indexes[-1] >= limits.max:
        raise Invalid(f"{where}: histogram has buckets beyond the range of indexes")
    return indexes.astype(np.int32)
