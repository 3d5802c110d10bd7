"""Samples are summed up over 5 minutes and an hour; long ranges are answered from these sums, rightly."""

import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np
import pyarrow as pa
import pytest

from metric_store import Metrics
from vedette.kit.ids import ProjectId
from vedette.kit.instruments import Instruments
from vedette.signals.metrics.book import Shelf
from vedette.signals.metrics.histograms.histogram import STALE_BITS
from vedette.signals.metrics.intake import Assembler, Limits, MetricIntake
from vedette.signals.metrics.labels import labels_of
from vedette.signals.metrics.points import Points
from vedette.signals.metrics.promql.limits import Limits as EvaluationLimits
from vedette.signals.metrics.promql.source import Batch, Purpose
from vedette.signals.metrics.queries import Queries, QueryLimits
from vedette.signals.metrics.rollups.buckets import sum_up
from vedette.signals.metrics.rollups.choice import choose, kept
from vedette.signals.metrics.rollups.hours import Hours
from vedette.signals.metrics.rollups.job import Roller
from vedette.signals.metrics.rollups.resolutions import FIVE_MINUTES, ONE_HOUR, RESOLUTIONS
from vedette.signals.metrics.rollups.source import Rollups
from vedette.signals.metrics.series import SeriesIndex
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.writer import Writers

pytestmark = pytest.mark.xdist_group("store")

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOW = int(time.time() * 1000)
START = NOW // DAY * DAY - 6 * DAY
STALE = float(np.array([STALE_BITS], np.uint64).view(np.float64)[0])
_PROJECTS = count(1)


@dataclass
class Rolled(Metrics):
    """Metrics of one project, with what rolls them up; `raw` asks the samples alone."""

    store: EmbeddedStore
    raw: Queries
    roller: Roller
    retention: Retention

    async def write(self, name: str, times_ms: list[int], values: list[float], **labels: str) -> None:
        series = [labels_of({"__name__": name, "job": "shop", **labels})]
        refs = np.zeros(len(times_ms), np.int32)
        points = Points(series, np.array(times_ms, np.int64), np.array(values), refs)
        assert (await self.intake.write(self.project, points)).samples == len(times_ms)

    def roll(self) -> None:
        """Roll up all there is."""
        while True:
            self.roller.run()
            if not self.roller.hours.due(self.roller.clock_ms()):
                return

    def forget(self, after_ms: int = 0, until_ms: int = NOW) -> None:
        """Remove samples."""
        self.store.command(
            f"ALTER TABLE samples DELETE WHERE Project = {self.project}"
            f" AND Time > fromUnixTimestamp64Milli({after_ms}) AND Time <= fromUnixTimestamp64Milli({until_ms})"
            " SETTINGS mutations_sync = 1"
        )

    def rows(self, table: str) -> list[dict[str, object]]:
        return self.store.query(
            f"SELECT * EXCEPT (Project, Name, Block, SeriesId, Version) FROM {table} FINAL"
            f" WHERE Project = {self.project} ORDER BY SeriesId, Time"
        ).to_pylist()


@pytest.fixture
async def metrics(store: EmbeddedStore) -> AsyncIterator[Rolled]:
    """Metrics of a project no other test uses; samples are kept for 30 days."""
    for table in ("samples", "rollup_hours", "rollup_dirty"):
        store.command(f"TRUNCATE TABLE {table}")
    writers = Writers(store, Instruments(), queue_bytes=10_000_000, interval_s=0)
    writers.start()
    shelf = Shelf(most_labels=60)
    index = SeriesIndex(store, shelf.edition)
    limits, instruments = QueryLimits(EvaluationLimits()), Instruments()
    hours, retention = Hours(store, quiet_ms=0), Retention({"metrics": 30, "metrics_5m": 400, "metrics_1h": 1825})
    queries = Queries(store, index, instruments, limits, concurrency=2, rollups=Rollups(hours, retention))
    raw = Queries(store, index, instruments, limits, concurrency=2)
    assembler = Assembler(Limits(retention, 600), shelf, hours)
    intake = MetricIntake(writers, shelf, assembler)
    roller = Roller(store, hours, retention)
    yield Rolled(ProjectId(next(_PROJECTS)), queries, intake, store, raw, roller, retention)
    queries.close()
    raw.close()
    await writers.close()


def counter(times: list[int], *, reset_every: int) -> list[float]:
    """Rise unevenly and fall to a small value now and then."""
    return [float((place % reset_every) * 7 + place % 3) for place in range(len(times))]


def buckets_of(times: list[int], values: list[float], size: int) -> list[tuple[object, ...]]:
    """Sum samples up in plain Python."""
    found: dict[int, list[tuple[int, float]]] = {}
    for at, value in zip(times, values, strict=True):
        if not math.isnan(value):
            found.setdefault(-(-at // size) * size, []).append((at, value))
    rows = []
    for end, seen in sorted(found.items()):
        kept = [value for _, value in seen]
        falls = [before for before, after in pairwise(kept) if after < before]
        changes = sum(after != before for before, after in pairwise(kept))
        ends = (kept[0], seen[0][0], kept[-1], seen[-1][0])
        rows.append((end, len(kept), sum(kept), min(kept), max(kept), *ends, sum(falls), len(falls), changes))
    return rows


def plain(row: dict[str, object]) -> tuple[object, ...]:
    """Return a row with times in Unix ms, without the last column."""
    return tuple(
        pa.scalar(value, pa.timestamp("ms", "UTC")).value if name.endswith("Time") else value
        for name, value in row.items()
        if name != "EndTime"
    )


def millis(row: dict[str, object], name: str) -> int:
    return int(pa.scalar(row[name], pa.timestamp("ms", "UTC")).value)


@pytest.mark.parametrize("resolution", RESOLUTIONS, ids=lambda each: each.table)
async def test_buckets_hold_what_their_samples_sum_up_to(metrics, resolution):
    """Count, sum, extremes, both ends, falls; a sample at the end of a bucket belongs to it, NaN to none."""
    times = [START + HOUR + 20_000 * place for place in range(600)]
    values = counter(times, reset_every=11)
    values[100:103] = [math.nan] * 3

    await metrics.write("m", times, values)
    metrics.roll()

    assert [plain(row) for row in metrics.rows(resolution.table)] == buckets_of(times, values, resolution.ms)


@pytest.mark.parametrize("resolution", RESOLUTIONS, ids=lambda each: each.table)
async def test_buckets_summed_up_on_the_way_are_those_of_the_table(metrics, resolution):
    """The same samples, stale markers among them, by SQL and by arrays."""
    times = [START + HOUR + 7_000 * place for place in range(2000)]
    values = counter(times, reset_every=13)
    for place in (0, 50, 51, 52, 400, *range(700, 800), 1999):
        values[place] = STALE
    series = np.array([0, len(times)])

    await metrics.write("m", times, values)
    metrics.roll()

    found = sum_up(Batch(0, series, np.array(times), np.array(values)), resolution)
    rows = metrics.rows(resolution.table)
    assert [millis(row, "Time") for row in rows] == found.ends.tolist()
    assert [row["Count"] for row in rows] == found.counts.tolist()
    assert [row["Sum"] for row in rows] == found.sums.tolist()
    assert [row["Dropped"] for row in rows] == found.dropped.tolist()
    assert [millis(row, "FirstTime") for row in rows] == found.first_ms.tolist()
    assert [millis(row, "LastTime") for row in rows] == found.last_ms.tolist()
    assert [millis(row, "EndTime") for row in rows] == found.ended_ms.tolist()
    assert found.ended_ms.any()


async def test_rolling_up_twice_changes_nothing(metrics):
    """A kill in the middle of an hour repeats it."""
    await metrics.write("m", [START + MINUTE * place for place in range(120)], [1.0] * 120)
    metrics.roll()
    before = metrics.rows("samples_5m"), metrics.rows("samples_1h")

    for hour in (START // HOUR - 1, START // HOUR, START // HOUR + 1):
        metrics.roller.roll(hour)

    assert (metrics.rows("samples_5m"), metrics.rows("samples_1h")) == before


async def test_what_comes_late_is_rolled_up_again(metrics):
    """However many requests, one note per hour; until then the hour is read from samples, also after a restart."""
    first = START + HOUR
    await metrics.write("m", [first + MINUTE], [1.0])
    metrics.roll()
    covered = metrics.roller.hours.covered(START, START + DAY)

    for minute in (2, 3, 4):
        await metrics.write("m", [first + minute * MINUTE], [float(minute)])

    restarted = Hours(metrics.store)
    restarted.refresh(NOW)
    assert covered == (START, START + DAY)
    assert metrics.store.query("SELECT Hour FROM rollup_dirty")["Hour"].to_pylist() == [first // HOUR]
    for hours in (metrics.roller.hours, restarted):
        assert hours.covered(START, START + DAY) == (START + 2 * HOUR, START + DAY)
    metrics.roll()
    assert [row["Sum"] for row in metrics.rows("samples_1h")] == [10.0]
    assert metrics.roller.hours.covered(START, START + DAY) == (START, START + DAY)


def test_an_hour_waits_until_it_is_quiet(store):
    """Samples that arrive now are about to be committed: their hour is open, but not due."""
    store.command("TRUNCATE TABLE samples")  # other tests' hours are none of this one
    store.command("TRUNCATE TABLE rollup_hours")
    hours = Hours(store)
    hours.refresh(NOW)

    rows = hours.note(np.array([START + HOUR + 1, START + HOUR + MINUTE, NOW]), NOW)

    assert rows == []
    assert hours.covered(START, START + 6 * HOUR) == (START + 2 * HOUR, START + 6 * HOUR)
    assert START // HOUR + 1 not in hours.due(NOW + 29_000)
    assert START // HOUR + 1 in hours.due(NOW + 31_000)


async def test_expiring_samples_do_not_replace_their_rollup(metrics):
    """An hour that gets late samples while others of it are gone keeps what it had for that project."""
    await metrics.write("m", [START + HOUR + MINUTE, START + HOUR + 2 * MINUTE], [1.0, 2.0])
    metrics.roll()
    metrics.forget()
    await metrics.write("m", [START + HOUR + 3 * MINUTE], [30.0])

    metrics.retention.projects = {metrics.project: {"metrics": 5}}
    metrics.roll()

    assert [row["Sum"] for row in metrics.rows("samples_1h")] == [3.0]


FUNCTIONS = (
    "rate",
    "increase",
    "delta",
    "resets",
    "changes",
    "sum_over_time",
    "avg_over_time",
    "count_over_time",
    "min_over_time",
    "max_over_time",
    "first_over_time",
    "last_over_time",
    "present_over_time",
)


async def fill(metrics: Rolled) -> None:
    """Write three days: a counter that falls, one that begins late, a gauge, and a series that ends."""
    times = [START + 30_000 + MINUTE * place for place in range(3 * 1440)]
    await metrics.write("m", times, counter(times, reset_every=47), of="falling")
    await metrics.write("m", times[2000:], [float(place**1.5) for place in range(len(times) - 2000)], of="late")
    await metrics.write("m", times, [60 + math.sin(place / 300) * 50 for place in range(len(times))], of="gauge")
    await metrics.write("m", times[:2500], [*map(float, range(2499)), STALE], of="ending")


def assert_close(found, expected, tolerance):
    """Same series, present at the same steps, and alike."""
    assert found.labels == expected.labels
    assert len(expected.labels) == 4
    assert (found.present == expected.present).all()
    wanted = np.where(expected.present, expected.values, 0)
    assert np.allclose(np.where(found.present, found.values, 0), wanted, **tolerance)


async def test_a_long_range_that_fits_has_the_same_result_without_samples(metrics):
    """Windows that hold whole buckets: every function that can be exact is, falls of counters and all."""
    await fill(metrics)
    metrics.roll()
    span = (START + 6 * HOUR, START + 71 * HOUR)
    asked = {
        f"{function}(m[{window}])": step
        for function in FUNCTIONS
        for window, step in (("1h", HOUR), ("3h", HOUR), ("10m", 5 * MINUTE))
    } | {"m": HOUR, "sum by (of) (m)": 5 * MINUTE}
    expected = {text: await metrics.raw.range(metrics.project, text, *span, step) for text, step in asked.items()}

    metrics.forget()

    for text, step in asked.items():
        found = await metrics.queries.range(metrics.project, text, *span, step)
        assert_close(found, expected[text], {"rtol": 1e-9, "atol": 1e-7}), text


@pytest.mark.parametrize("function", ["rate", "increase", "avg_over_time", "max_over_time"])
async def test_a_long_range_at_odd_times_has_nearly_the_same_result(metrics, function):
    """Windows cut through buckets: off by no more than the share of a bucket in a window."""
    await fill(metrics)
    metrics.roll()
    odd = (START + 4 * HOUR + 12_345, START + 71 * HOUR + 12_345, 33 * MINUTE)
    text = f"{function}(m{{of=~'gauge|late'}}[2h])"
    expected = await metrics.raw.range(metrics.project, text, *odd)

    metrics.forget()
    found = await metrics.queries.range(metrics.project, text, *odd)

    both = found.present & expected.present
    assert both.sum() > 0.98 * expected.present.sum()
    scale = np.abs(expected.values[both]).max()
    assert np.abs(found.values[both] - expected.values[both]).max() < 0.06 * scale


async def test_one_long_window_is_exact_at_any_time(metrics):
    """Its ends come from samples."""
    await fill(metrics)
    metrics.roll()
    at, texts = START + 70 * HOUR + 12_345, [f"{each}(m[66h7m])" for each in FUNCTIONS]
    expected = [await metrics.raw.instant(metrics.project, text, at) for text in texts]
    metrics.forget(START + 5 * HOUR, START + 69 * HOUR)

    for text, wanted in zip(texts, expected, strict=True):
        found = await metrics.queries.instant(metrics.project, text, at)
        assert_close(found, wanted, {"rtol": 1e-9, "atol": 1e-7})


async def test_a_series_that_ended_does_not_live_on(metrics):
    """Neither with a marker in the bucket nor with one that stands alone in the next."""
    times = [START + 30_000 + MINUTE * place for place in range(3 * 1440)]
    end = START + 20 * HOUR
    await metrics.write("m", times, [1.0] * len(times))
    await metrics.write("m", [end - MINUTE, end - 30_000], [1.0, STALE], of="within")
    await metrics.write("m", [end - MINUTE, end + 1000], [1.0, STALE], of="behind")
    metrics.roll()

    metrics.forget()
    found = await metrics.queries.range(metrics.project, "m", START + 20 * HOUR, START + 70 * HOUR, HOUR)
    rows = {dict(labels).get("of"): row.tolist() for labels, row in zip(found.labels, found.present, strict=True)}
    later = await metrics.queries.range(metrics.project, "m", end + MINUTE, START + 70 * HOUR, HOUR)

    assert rows == {None: [True] * 51, "behind": [True] + [False] * 50}
    assert [dict(labels).get("of") for labels in later.labels] == [None]


async def test_short_ranges_are_read_from_samples(metrics):
    """Figures of a rollup that says something else do not show."""
    await fill(metrics)
    metrics.roll()
    for table in ("samples_5m", "samples_1h"):
        metrics.store.command(f"ALTER TABLE {table} DELETE WHERE 1 SETTINGS mutations_sync = 1")

    day = await metrics.queries.range(metrics.project, "rate(m[1h])", START + 24 * HOUR, START + 48 * HOUR, HOUR)
    long = await metrics.queries.range(metrics.project, "rate(m[1h])", START + 2 * HOUR, START + 71 * HOUR, HOUR)

    assert len(day.labels) == 4
    assert len(long.labels) == 0


async def test_what_is_not_rolled_up_yet_is_read_from_samples(metrics):
    """The last hours and an hour with late samples come from samples, the rest from the rollup."""
    await fill(metrics)
    metrics.roll()
    await metrics.write("m", [START + 71 * HOUR + MINUTE], [5.0], of="new")
    span = (START + 6 * HOUR, START + 72 * HOUR, HOUR)
    for text in ("count_over_time(m[1h])", "m"):
        expected = await metrics.raw.range(metrics.project, text, *span)

        found = await metrics.queries.range(metrics.project, text, *span)

        assert found.labels == expected.labels
        assert (found.present == expected.present).all()
        assert (found.values[found.present] == expected.values[expected.present]).all()


async def test_short_windows_get_longer_where_only_hours_are_kept(metrics):
    """`rate(m[5m])` of last year shows the rate over the hours around."""
    times = [START + MINUTE * place for place in range(1440)]
    await metrics.write("m", times, [2.0 * place for place in range(1440)])
    metrics.roll()
    metrics.forget()
    metrics.retention.default = {"metrics": 1, "metrics_5m": 1, "metrics_1h": 0}
    span = (START + 8 * HOUR + 7_000, START + 20 * HOUR, 10 * MINUTE)

    rate = await metrics.queries.range(metrics.project, "rate(m[5m])", *span)
    rise = await metrics.queries.range(metrics.project, "increase(m[5m])", *span)
    latest = await metrics.queries.range(metrics.project, "m", *span)

    assert rate.present.all()
    assert rate.values == pytest.approx(2 / 60)
    assert rise.values == pytest.approx(10)
    assert latest.present.all()
    assert np.abs(latest.values[0] - (latest.times_ms - START) / 30_000).max() <= 120


@pytest.mark.parametrize(
    ("function", "days", "window", "step", "offset", "table"),
    [
        ("rate", 30, HOUR, HOUR, 0, ONE_HOUR),
        ("rate", 30, HOUR, HOUR, 7_000, FIVE_MINUTES),
        ("rate", 40, 4 * HOUR, 6 * HOUR, 7_000, ONE_HOUR),
        ("rate", 1, HOUR, HOUR, 0, None),
        ("rate", 30, 4 * MINUTE, HOUR, 0, None),
        ("count_over_time", 30, HOUR, HOUR, 7_000, None),
        ("count_over_time", 30, HOUR, HOUR, 0, ONE_HOUR),
        ("quantile_over_time", 30, HOUR, HOUR, 0, None),
        ("avg_over_time", 3, HOUR, 10 * MINUTE, 7_000, None),
        (None, 3, 5 * MINUTE, 30 * MINUTE, 7_000, FIVE_MINUTES),
        (None, 3, 5 * MINUTE, 10 * MINUTE, 7_000, None),
        (None, 60, 5 * MINUTE, 6 * HOUR, 0, ONE_HOUR),
        ("quantile_over_time", 200, HOUR, HOUR, 0, FIVE_MINUTES),
        ("rate", 600, HOUR, HOUR, 0, ONE_HOUR),
    ],
)
def test_a_rollup_is_chosen_by_what_is_asked(store, function, days, window, step, offset, table):
    """From the length of the range, the step, the window, and what is kept."""
    store.command("TRUNCATE TABLE samples")
    hours = Hours(store)
    hours.refresh(NOW)
    have = kept(Retention({"metrics": 90, "metrics_5m": 400, "metrics_1h": 1825}), ProjectId(1), NOW)
    end = NOW // HOUR * HOUR - 2 * HOUR + offset
    end -= (days * DAY) % step

    plan = choose(Purpose(function, window, step), end - days * DAY - window, end, have, hours)

    assert (plan and plan.resolution) == table
