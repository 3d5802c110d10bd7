"""Native histograms are thinned out over 5 minutes and an hour; long ranges are answered from what is left, rightly."""

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.test_rollups import DAY, HOUR, MINUTE, NOW, START, Rolled, metrics  # noqa: F401 - fixtures
from vedette.signals.metrics.histograms.arithmetic import is_reset
from vedette.signals.metrics.histograms.columns import from_histograms
from vedette.signals.metrics.histograms.histogram import STALE_BITS, Buckets, Hint, Histogram
from vedette.signals.metrics.labels import labels_of
from vedette.signals.metrics.points import Points
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.rollups.hours import Hours
from vedette.signals.metrics.rollups.job import Roller
from vedette.signals.metrics.rollups.thinning import thin
from vedette.storage.telemetry import schema

pytestmark = pytest.mark.xdist_group("store")

STALE = Histogram(0, 0.0, 0.0, 0.0, float(np.array([STALE_BITS], np.uint64).view(np.float64)[0]))
FIVE = 5 * MINUTE


def grown(dice: random.Random, count: int, *, reset_every: int = 0) -> list[Histogram]:
    """A histogram that grows unevenly, gets new buckets now and then, and begins again every so often."""
    found: list[Histogram] = []
    buckets: dict[int, float] = {}
    for place in range(count):
        if reset_every and place % reset_every == reset_every - 1:
            buckets = {}
        for _ in range(dice.randrange(3)):
            index = int(dice.gauss(10, 3))
            buckets[index] = buckets.get(index, 0.0) + dice.randrange(1, 9)
        total = sum(buckets.values())
        found.append(Histogram(1, 1e-6, 2.0, total + 2, total * 0.5, Buckets.of(buckets)))
    return found


async def write(metrics: Rolled, times_ms: list[int], histograms: list[Histogram], **labels: str) -> None:  # noqa: F811
    series = labels_of({"__name__": "latency", "job": "shop", **labels})
    told = [(series, at, each) for at, each in zip(times_ms, histograms, strict=True)]
    written = await metrics.intake.write(
        metrics.project, Points([], np.zeros(0, np.int64), np.zeros(0), histograms=told)
    )
    assert written.histograms == len(times_ms)


def forget(metrics: Rolled, after_ms: int = 0, until_ms: int = NOW) -> None:  # noqa: F811
    metrics.store.command(
        f"ALTER TABLE histogram_samples DELETE WHERE Project = {metrics.project}"
        f" AND Time > fromUnixTimestamp64Milli({after_ms}) AND Time <= fromUnixTimestamp64Milli({until_ms})"
        " SETTINGS mutations_sync = 1"
    )


def shown(result: Result) -> dict[object, list[object]]:
    """Values and histograms by labels, rounded to what sums in another order may differ by."""
    found = {}
    for row, labels in enumerate(result.labels):
        cells = result.histograms[row] if result.histograms is not None else [None] * len(result.times_ms)
        found[labels] = [
            None if not present else float(f"{value:.9g}") if cell is None else described(cell)
            for present, value, cell in zip(result.present[row].tolist(), result.values[row], cells, strict=True)
        ]
    return found


def described(histogram: Histogram) -> tuple[object, ...]:
    numbers = (histogram.count, histogram.sum, histogram.zero_count)
    filled = {
        int(index): float(f"{count:.9g}")
        for index, count in zip(histogram.positive.indexes, histogram.positive.counts, strict=True)
        if abs(count) > 1e-9
    }
    return histogram.schema, *(float(f"{each:.9g}") for each in numbers), tuple(filled.items())


@pytest.fixture
async def three_days(metrics: Rolled) -> Rolled:  # noqa: F811
    """Three days of a histogram a minute: one that is reset, one with gaps that ends, and a gauge."""
    times = list(range(START + 17_000, START + 3 * DAY, MINUTE))
    dice = random.Random(5)  # noqa: S311 - what is drawn is no secret
    await write(metrics, times, grown(dice, len(times), reset_every=601), path="/")
    some = [at for at in times if at // HOUR % 5 and at < START + 2 * DAY]
    await write(metrics, [*some, some[-1] + MINUTE], [*grown(dice, len(some)), STALE], path="/gone")
    gauge = [Histogram(each.schema, each.zero_threshold, each.zero_count, each.count, each.sum, each.positive,
                       hint=Hint.GAUGE) for each in grown(dice, len(times), reset_every=7)]  # fmt: skip
    await write(metrics, times, gauge, path="/level")
    metrics.roll()
    return metrics


@pytest.mark.parametrize(
    "query",
    [
        'rate(latency{path!="/level"}[1h])',
        'increase(latency{path!="/level"}[6h])',
        'delta(latency{path="/level"}[2h])',
        'histogram_quantile(0.9, sum(rate(latency{path!="/level"}[2h])))',
        "histogram_count(latency)",
        "last_over_time(latency[3h])",
        "first_over_time(latency[2h])",
        "present_over_time(latency[1h])",
    ],
)
async def test_whole_buckets_lead_to_the_same(three_days: Rolled, query: str) -> None:
    """On the hour rollups give exactly what samples give, and they do so without any sample."""
    span = (three_days.project, query, START + 6 * HOUR, START + 3 * DAY, HOUR)
    expected = shown(await three_days.raw.range(*span))
    assert any(cell is not None for row in expected.values() for cell in row)
    assert shown(await three_days.queries.range(*span)) == expected
    forget(three_days)
    assert not (await three_days.raw.range(*span)).labels or not (await three_days.raw.range(*span)).present.any()
    assert shown(await three_days.queries.range(*span)) == expected


async def test_windows_that_cut_through_buckets_lead_to_nearly_the_same(three_days: Rolled) -> None:
    """A few minutes past the hour, over a range that is long enough for it to be worth while."""
    query = 'sum(histogram_count(rate(latency{path="/"}[2h])))'
    span = (three_days.project, query, START + 6 * HOUR + 130_000, START + 3 * DAY, HOUR)
    expected = await three_days.raw.range(*span)
    found = await three_days.queries.range(*span)
    assert found.present.all()
    differences = np.abs(found.values / expected.values - 1)
    assert np.median(differences) < 0.02
    assert differences.max() < 0.1


async def test_open_hours_are_read_from_samples(three_days: Rolled) -> None:
    """What is written late counts at once, and once it is rolled up, what was rolled up before does not."""
    late = [START + 26 * HOUR + 1_000, START + 26 * HOUR + 3_599_000]
    await write(three_days, late, [Histogram(1, 1e-6, 2.0, 2.0, 0.0), Histogram(1, 1e-6, 0.0, 0.0, 0.0)], path="/")
    span = (three_days.project, 'increase(latency{path="/"}[1h])', START + HOUR, START + 3 * DAY, HOUR)
    expected = shown(await three_days.raw.range(*span))
    assert shown(await three_days.queries.range(*span)) == expected
    assert three_days.roller.hours.due(three_days.roller.clock_ms())
    three_days.roll()
    forget(three_days)
    assert shown(await three_days.queries.range(*span)) == expected


async def test_what_rollups_do_not_tell_comes_from_samples(three_days: Rolled) -> None:
    """A sum over time needs every one, and resets of gauges are not kept, as long as there are any samples."""
    for query in ("histogram_count(sum_over_time(latency[1h]))", "resets(latency[6h])"):
        span = (three_days.project, query, START + HOUR, START + 3 * DAY, HOUR)
        assert shown(await three_days.queries.range(*span)) == shown(await three_days.raw.range(*span))


async def test_a_bucket_holds_its_ends_and_what_is_around_resets(metrics: Rolled) -> None:  # noqa: F811
    """And says how many samples there were."""
    counts = [5.0, 6.0, 7.0, 1.0, 2.0, 3.0]
    times = [START + 10_000 + place * 40_000 for place in range(6)]
    await write(metrics, times, [Histogram(0, 1e-6, each, each, 0.0) for each in counts])
    metrics.roll()
    rows = metrics.store.query(
        "SELECT toUnixTimestamp64Milli(Time) AS At, Count, Samples FROM histograms_5m FINAL"
        f" WHERE Project = {metrics.project} ORDER BY Time"
    ).to_pylist()
    assert [(row["At"], row["Count"], row["Samples"]) for row in rows] == [
        (times[0], 5, 1), (times[2], 7, 2), (times[3], 1, 1), (times[5], 3, 2),
    ]  # fmt: skip


@settings(max_examples=60)
@given(st.randoms(use_true_random=True))
def test_nothing_but_growth_is_left_out(dice: random.Random) -> None:
    """Left out are samples between two of the same bucket from the first to the second of which nothing was reset."""
    histograms, series, times = [], [], []
    for number in range(dice.randrange(1, 4)):
        at = 0
        for each in grown(dice, dice.randrange(30), reset_every=dice.choice([0, 4, 9])):
            at += dice.choice([MINUTE, MINUTE, 20_000, 7 * MINUTE])
            histograms.append(STALE if dice.random() < 0.1 else each)
            series.append(number)
            times.append(at)
    columns = from_histograms(histograms)
    thinned = thin(np.array(series, np.int64), np.array(times, np.int64), columns, FIVE)
    kept = thinned.rows.tolist()
    groups: dict[tuple[int, int], list[int]] = {}
    for place in range(len(times)):
        groups.setdefault((series[place], -(-times[place] // FIVE)), []).append(place)
    for places in groups.values():
        values = [place for place in places if not histograms[place].is_stale]
        resets = [b for a, b in pairwise(values) if is_reset(histograms[b], histograms[a])]
        around = {*resets, *(a for a, b in pairwise(values) if b in resets)}
        marker = {places[-1]} - set(values)
        assert {place for place in places if place in kept} == {*values[:1], *values[-1:], *around, *marker}
        stood_for = sum(thinned.samples[kept.index(place)] for place in places if place in kept)
        assert stood_for == len(values)


async def test_hours_rolled_up_without_histograms_are_rolled_up_again(three_days: Rolled) -> None:
    """As those are that an earlier version has rolled up."""
    for table in ("histograms_5m", "histograms_1h"):
        three_days.store.command(f"TRUNCATE TABLE {table}")
    sql = (Path(schema.__file__).parent / "migrations" / "0012_histogram_rollups.sql").read_text()
    three_days.store.command(next(part for part in sql.split(";") if "INSERT INTO rollup_dirty" in part))
    roller = Roller(three_days.store, Hours(three_days.store, quiet_ms=0), three_days.retention)
    while True:
        roller.run()
        if not roller.hours.due(roller.clock_ms()):
            break
    span = (three_days.project, "histogram_count(latency)", START + 6 * HOUR, START + 3 * DAY, HOUR)
    expected = shown(await three_days.raw.range(*span))
    forget(three_days)
    assert shown(await three_days.queries.range(*span)) == expected
