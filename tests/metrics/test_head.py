"""The newest samples in memory: what is read from them is what the table says."""

import math
import time
from random import Random

import numpy as np
import pytest

from metrics.compared import Both, metrics, put
from vedette.signals.metrics.head import MOST_SERIES, Head

__all__ = ["metrics"]

pytestmark = pytest.mark.xdist_group("store")

QUERIES = ("m", "rate(m[2m])", "sum(m)", "max_over_time(m[5m])", "count_over_time(m{job=~'a|b'}[10m])", "m offset 3m")


def held(head: Head, slots: list[int], start_ms: int, end_ms: int) -> list[set[tuple[int, float]]] | None:
    """Return the samples of each series."""
    found = head.read(np.array(slots, np.int32), start_ms, end_ms)
    if found is None:
        return None
    offsets, times, values = found
    pairs = list(zip(times.tolist(), values.tolist(), strict=True))
    return [set(pairs[offsets[row] : offsets[row + 1]]) for row in range(len(slots))]


def add(head: Head, samples: list[tuple[int, int, float]], now_ms: int) -> None:
    """Add samples as (slot, time, value)."""
    slots, times, values = zip(*samples, strict=True)
    head.add(np.array(slots, np.int32), np.array(times, np.int64), np.array(values, np.float64), now_ms)


@pytest.mark.parametrize("seed", range(5))
def test_windows_are_whole_or_refused(seed: int) -> None:
    """Whatever order samples come in, and however many of a series at once."""
    random, head = Random(seed), Head(0)  # noqa: S311
    written: list[list[tuple[int, float]]] = [[] for _ in range(5)]
    now, answered = 10_000_000, 0
    for _ in range(60):
        now += 15_000
        batch = []
        for _ in range(random.choice([1, 5, 40])):
            slot = random.randrange(5)
            at = now if random.random() < 0.7 else now - random.choice([random.randint(1, 200_000), 3_000_000])
            batch.append((slot, at, float(random.randint(0, 9))))
            written[slot].append(batch[-1][1:])
        add(head, batch, now)
        start, end = now - random.choice([60_000, 300_000, 1_000_000]), now - random.choice([0, 30_000])
        slots = random.sample(range(5), 3)
        found = held(head, slots, start, end)
        if found is not None:
            answered += 1
            assert found == [{each for each in written[slot] if start < each[0] <= end} for slot in slots]
    assert answered > 5


def test_what_was_before_is_not_claimed() -> None:
    """Windows that reach behind the floor, or behind what a row holds, are for the table."""
    now, head = 10_000_000, Head(9_000_000)
    add(head, [(0, now, 1.0)], now)
    assert held(head, [0], 8_999_999, now) is None
    assert held(head, [0, -1], 9_000_000, now) == [{(now, 1.0)}, set()]
    for step in range(200):
        add(head, [(0, now + 1000 * step, 2.0)], now)
    assert held(head, [0], now, now + 200_000) is None
    assert len((held(head, [0], now + 150_000, now + 200_000) or [set()])[0]) == 49
    head.lift(now + 180_000)
    assert held(head, [0], now + 150_000, now + 200_000) is None


def test_series_beyond_the_most_are_for_the_table() -> None:
    """They have no row; those that have one go on being read."""
    head = Head(0)
    add(head, [(1, 1000, 1.0), (MOST_SERIES + 7, 1000, 2.0)], 1000)
    assert held(head, [1], 0, 1000) == [{(1000, 1.0)}]
    assert held(head, [1, -1], 0, 1000) is None


@pytest.mark.parametrize("seed", range(2))
async def test_the_newest_samples_need_no_table(metrics: Both, seed: int) -> None:
    """Instant queries are answered from memory, and as the table would: with late, repeated and stale samples too."""
    random = Random(seed)  # noqa: S311
    now = time.time() // 15 * 15 - 900
    for _ in range(30):
        now += 15
        at = now if random.random() < 0.8 else now - random.choice([15.0, 60.0, random.uniform(1, 120)])
        jobs = random.sample("abcd", random.randint(1, 3))
        await put(metrics, at, {job: random.choice([float(random.randint(0, 100)), math.nan]) for job in jobs})
        for text in random.sample(QUERIES, 2):
            metrics.counted.asked = 0
            await metrics.compare_now(text, now)
            assert metrics.counted.asked == 0, text


async def test_the_past_is_read_from_the_table(metrics: Both) -> None:
    """What was written long ago, or before the server started, is not in memory."""
    now = time.time() // 15 * 15
    await put(metrics, now - 7200, {"a": 1.0})
    await put(metrics, now, {"a": 2.0})
    metrics.counted.asked = 0
    assert (await metrics.compare_now("sum_over_time(m[3h])", now)).values.tolist() == [[3.0]]
    assert metrics.counted.asked == 1
    assert (await metrics.compare_now("sum_over_time(m[1h])", now)).values.tolist() == [[2.0]]
    assert metrics.counted.asked == 1
