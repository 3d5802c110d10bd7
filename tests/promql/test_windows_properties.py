"""Range functions over whole blocks against a reading of the same samples window by window, in plain Python."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.signals.metrics.promql.engine import evaluate_range
from vedette.signals.metrics.promql.memory import MemorySource, Series
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.tiles import Samples, Tile, cut
from vedette.signals.metrics.promql.vectors import Steps
from vedette.signals.metrics.promql.windows import Frame, Windows

Point = tuple[int, float]
STALE = float(np.uint64(0x7FF0000000000002).view(np.float64))

values = st.one_of(
    st.integers(-50, 50).map(float), st.floats(-1e9, 1e9), st.sampled_from([math.nan, math.inf, -math.inf, 0.1, -0.0])
)
counters = st.lists(st.integers(0, 40), min_size=1, max_size=25)
gaps = st.lists(st.sampled_from([1, 700, 15_000, 15_003, 60_000]), min_size=1, max_size=25)


def _rise(points: Sequence[Point]) -> float:
    rise = points[-1][1] - points[0][1]
    return rise + sum(before for (_, before), (_, now) in pairwise(points) if now < before)


def _extrapolated(points: Sequence[Point], start: int, end: int, *, is_counter: bool) -> float | None:
    if len(points) < 2:
        return None
    rise = _rise(points) if is_counter else points[-1][1] - points[0][1]
    sampled = (points[-1][0] - points[0][0]) / 1000
    average = sampled / (len(points) - 1)
    to_start, to_end = (points[0][0] - start) / 1000, (end - points[-1][0]) / 1000
    to_start = average / 2 if to_start >= average * 1.1 else to_start
    to_end = average / 2 if to_end >= average * 1.1 else to_end
    if is_counter and rise > 0 and points[0][1] >= 0:
        to_start = min(to_start, sampled * (points[0][1] / rise))
    return rise * ((sampled + to_start + to_end) / sampled)


def _extreme(pick: Callable[[float, float], bool]) -> Callable[[Sequence[Point]], float]:
    def find(points: Sequence[Point]) -> float:
        found = points[0][1]
        for _, value in points:
            if pick(value, found) or math.isnan(found):
                found = value
        return found

    return find


def _mean(points: Sequence[Point]) -> float:
    seen = [value for _, value in points]
    if not all(map(math.isfinite, seen)):
        return sum(seen) / len(seen)
    return math.fsum(value / len(seen) for value in seen)


def _variance(points: Sequence[Point]) -> float:
    mean = _mean(points)
    if not math.isfinite(mean):
        return math.nan
    return math.fsum((value - mean) ** 2 for _, value in points) / len(points)


def _total(points: Sequence[Point]) -> float:
    seen = [value for _, value in points]
    return math.fsum(seen) if all(map(math.isfinite, seen)) else sum(seen)


def _changes(points: Sequence[Point]) -> float:
    pairs = pairwise(points)
    return float(sum(a != b and not (math.isnan(a) and math.isnan(b)) for (_, a), (_, b) in pairs))


def _irate(points: Sequence[Point]) -> float | None:
    if len(points) < 2:
        return None
    (before_ms, before), (now_ms, now) = points[-2:]
    return (now if now < before else now - before) / ((now_ms - before_ms) / 1000)


def _resets(points: Sequence[Point]) -> float:
    return float(sum(now < before for (_, before), (_, now) in pairwise(points)))


def _rate(points: Sequence[Point], start: int, end: int) -> float | None:
    rise = _extrapolated(points, start, end, is_counter=True)
    return None if rise is None else rise / ((end - start) / 1000)


Reading = Callable[[Sequence[Point], int, int], float | None]


def _of_points(function: Callable[[Sequence[Point]], float | None]) -> Reading:
    return lambda points, _start, _end: function(points)


NAIVE: dict[str, Reading] = {
    "rate": _rate,
    "increase": lambda points, start, end: _extrapolated(points, start, end, is_counter=True),
    "delta": lambda points, start, end: _extrapolated(points, start, end, is_counter=False),
    "irate": _of_points(_irate),
    "idelta": _of_points(lambda points: points[-1][1] - points[-2][1] if len(points) > 1 else None),
    "sum_over_time": _of_points(_total),
    "avg_over_time": _of_points(_mean),
    "count_over_time": _of_points(lambda points: float(len(points))),
    "min_over_time": _of_points(_extreme(lambda a, b: a < b)),
    "max_over_time": _of_points(_extreme(lambda a, b: a > b)),
    "last_over_time": _of_points(lambda points: points[-1][1]),
    "first_over_time": _of_points(lambda points: points[0][1]),
    "stdvar_over_time": _of_points(_variance),
    "changes": _of_points(_changes),
    "resets": _of_points(_resets),
}
FOR_COUNTERS = {"rate", "increase", "delta", "irate", "idelta"}


def _close(left: float, right: float, scale: float) -> bool:
    if math.isnan(left) or math.isnan(right) or math.isinf(left) or math.isinf(right):
        return left == right or (math.isnan(left) and math.isnan(right))
    return abs(left - right) <= 1e-9 * max(abs(left), abs(right)) + 1e-13 * scale


def _check(function: str, series: Sequence[Sequence[Point]], range_ms: int, step_ms: int) -> None:
    source = MemorySource()
    for number, points in enumerate(series):
        labels = (("__name__", "m_total"), ("n", str(number)))
        times = np.array([time for time, _ in points], np.int64)
        source.add(Series(labels, times, np.array([value for _, value in points], np.float64)))
    end = max((points[-1][0] for points in series if points), default=0) + range_ms
    result = evaluate_range(parse(f"{function}(m_total[{range_ms}ms])"), source, 0, end, step_ms)
    found = {dict(labels)["n"]: row for row, labels in enumerate(result.labels)}
    for number, points in enumerate(series):
        for step, time in enumerate(result.times_ms.tolist()):
            inside = [(t, v) for t, v in points if time - range_ms < t <= time and not _is_stale(v)]
            expected = NAIVE[function](inside, time - range_ms, time) if inside else None
            row = found.get(str(number))
            present = row is not None and bool(result.present[row, step])
            assert present is (expected is not None), (function, number, time)
            if row is not None and expected is not None:
                scale = max((abs(v) for _, v in inside if math.isfinite(v)), default=0.0)
                scale = scale * scale if function == "stdvar_over_time" else scale
                assert _close(float(result.values[row, step]), expected, scale), (function, inside, time)


def _is_stale(value: float) -> bool:
    return bool(np.float64(value).view(np.uint64) == np.uint64(0x7FF0000000000002))


def _times(steps: Sequence[int]) -> list[int]:
    return np.cumsum(steps).tolist()


@pytest.mark.parametrize("function", sorted(NAIVE))
@given(data=st.data())
@settings(max_examples=40)
def test_series_with_the_same_times(function: str, data: st.DataObject):
    """Series scraped together share their windows; each result is that of its own window."""
    times = _times(data.draw(gaps))
    count = len(times)
    series = [_drawn(data, function, times, count) for _ in range(data.draw(st.integers(1, 3)))]
    _check(function, series, data.draw(st.sampled_from([1000, 30_000, 61_000, 300_000])), _step(data))


@pytest.mark.parametrize("function", sorted(NAIVE))
@given(data=st.data())
@settings(max_examples=40)
def test_series_with_times_of_their_own(function: str, data: st.DataObject):
    """Series with different times give the same as each of them alone."""
    series = []
    for _ in range(data.draw(st.integers(2, 4))):
        times = _times(data.draw(gaps))
        series.append(_drawn(data, function, times, len(times)))
    _check(function, series, data.draw(st.sampled_from([1000, 30_000, 61_000, 300_000])), _step(data))


def _step(data: st.DataObject) -> int:
    return data.draw(st.sampled_from([5000, 15_000, 47_000]))


def _drawn(data: st.DataObject, function: str, times: Sequence[int], count: int) -> list[Point]:
    if function in FOR_COUNTERS:
        amounts = data.draw(st.lists(st.integers(0, 1000), min_size=count, max_size=count))
        return [(time, float(amount)) for time, amount in zip(times, amounts, strict=True)]
    drawn = data.draw(st.lists(st.one_of(values, st.just(STALE)), min_size=count, max_size=count))
    return list(zip(times, drawn, strict=True))


@given(
    counts=st.lists(st.integers(0, 12), min_size=1, max_size=30),
    seed=st.integers(0, 2**32 - 1),
    steps=st.integers(1, 40),
    range_ms=st.sampled_from([1, 999, 20_000, 100_000]),
)
@settings(max_examples=100)
def test_tiles_lose_no_sample(counts: list[int], seed: int, steps: int, range_ms: int):
    """Each series is in one tile, and its windows hold what a search in its own times finds."""
    rng = np.random.default_rng(seed)
    series = [np.sort(rng.choice(200_000, count, replace=False)).astype(np.int64) for count in counts]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    flat = np.concatenate([*series, np.zeros(0, np.int64)])
    frame = Frame(Steps(0, 7000, steps), 3000, range_ms)
    seen: list[int] = []
    for tile in cut(Samples(offsets, flat, flat.astype(np.float64)), steps):
        windows = Windows(tile, frame)
        low, high = (np.broadcast_to(each, windows.shape) for each in (windows.low, windows.high))
        for place, row in enumerate(tile.rows.tolist()):
            seen.append(row)
            assert low[place].tolist() == np.searchsorted(series[row], frame.ends - range_ms, "right").tolist()
            assert high[place].tolist() == np.searchsorted(series[row], frame.ends, "right").tolist()
    assert sorted(seen) == [row for row, count in enumerate(counts) if count]


def test_series_of_one_target_share_a_tile():
    """Series with the same times are found among others, so that their windows are worked out once."""
    targets = [np.arange(2000, dtype=np.int64) * 15_000 + shift for shift in (0, 4000)]
    order = [targets[number % 2] for number in range(20)]
    offsets = np.arange(21, dtype=np.int64) * 2000
    flat = np.concatenate(order)
    tiles = list(cut(Samples(offsets, flat, flat.astype(np.float64)), 100))
    assert all(tile.is_shared for tile in tiles)
    assert sorted(row for tile in tiles for row in tile.rows.tolist()) == list(range(20))


def test_a_row_of_its_own_times_repeats_its_last_value():
    """Short rows are filled up with values that do not look like a counter's reset."""
    flat = np.array([0, 10, 20, 0, 11], np.int64)
    (tile,) = cut(Samples(np.array([0, 3, 5]), flat, flat.astype(np.float64)), 1)
    assert isinstance(tile, Tile)
    assert tile.values.tolist() == [[0.0, 10.0, 20.0], [0.0, 11.0, 11.0]]
