"""Results that are kept: the same as if they were worked out anew, whatever is written in between."""

import math
from random import Random

import numpy as np
import pytest

from metrics.compared import Both, metrics, put
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.changes import Changes
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.result_cache import Asked, ResultCache, looks_back

__all__ = ["metrics"]

pytestmark = pytest.mark.xdist_group("store")

_T = 1_790_000_000
QUERIES = (
    "m",
    "rate(m[2m])",
    "sum by (job) (rate(m[2m]))",
    "topk(1, m)",
    "m offset 1m",
    "max_over_time(rate(m[1m])[3m:30s])",
    "m > 40",
    "absent(m{job='a'})",
    "time() + scalar(sum(m))",
    "m + on (job) group_left () sum by (job) (m)",
    "m @ end()",
    "m offset -1m",
)


async def test_only_new_steps_are_evaluated(metrics: Both) -> None:
    """A window that moves on by one step costs one step; what comes in late costs what it may have changed."""
    for second in range(0, 1200, 15):
        await put(metrics, _T + second, {"a": second, "b": 2 * second})
    await metrics.compare("sum(rate(m[2m]))", _T, _T + 900)
    metrics.cache.steps = 0
    await metrics.compare("sum(rate(m[2m]))", _T, _T + 900)
    assert metrics.cache.steps == 0
    await metrics.compare("sum(rate(m[2m]))", _T + 15, _T + 915)
    assert metrics.cache.steps == 1
    await put(metrics, _T + 871, {"a": 10_000})
    await metrics.compare("sum(rate(m[2m]))", _T + 15, _T + 915)
    assert 4 <= metrics.cache.steps <= 5
    metrics.cache.steps = 0
    await metrics.compare("sum(rate(m[2m]))", _T, _T + 915)
    assert metrics.cache.steps == 1
    await put(metrics, _T - 60, {"a": 0})
    await metrics.compare("sum(rate(m[2m]))", _T, _T + 915)
    assert metrics.cache.steps == 63


@pytest.mark.parametrize("seed", range(3))
async def test_kept_results_are_those_of_an_evaluation(metrics: Both, seed: int) -> None:
    """Windows move, grow and shrink; samples come in order, late, and of series that were not there before."""
    random = Random(seed)  # noqa: S311
    now = _T
    for _ in range(25):
        for _ in range(random.randint(1, 4)):
            now += 15
            at = now if random.random() < 0.8 else now - random.uniform(1, 600)
            jobs = random.sample("abcd", random.randint(1, 3))
            await put(metrics, at, {job: random.choice([float(random.randint(0, 100)), math.nan]) for job in jobs})
        end = now // 15 * 15 + random.choice([0, 15, 30])
        start = end - random.choice([150, 300, 600, 615])
        for text in random.sample(QUERIES, 4):
            await metrics.compare(text, start, end)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(rate(m[5m] offset 1m)) / 2", True),
        ("m @ 100", False),
        ("rate(m[5m] @ start())", False),
        ("topk(scalar(n offset -5m), m)", False),
        ("max_over_time(m[1h:] @ end())", False),
        ("-(m offset -1s)", False),
        ("quantile_over_time(0.5, m[5m:1m] offset 5m)", True),
    ],
)
def test_queries_that_look_ahead_are_not_kept(text: str, expected: bool) -> None:
    """Nor those that look at the ends of the range."""
    assert looks_back(parse(text)) is expected


def result(start_ms: int, end_ms: int) -> Result:
    times = np.arange(start_ms, end_ms + 1, 1000)
    return Result("matrix", [()], times, np.zeros((1, len(times))), np.ones((1, len(times)), np.bool_))


def test_no_more_is_held_than_allowed() -> None:
    """Large results are not kept at all; of others those go that were not asked for the longest."""
    cache = ResultCache(Changes(), 20_000)
    tree = parse("m")
    for number in range(100):
        cache.answer(Asked(ProjectId(1), f"m{number}", 0, 100_000, 1000, 300_000), tree, result)
        assert cache.held <= 20_000
    assert cache.held > 10_000
    before = cache.held
    cache.answer(Asked(ProjectId(1), "large", 0, 1_000_000, 1000, 300_000), tree, result)
    assert cache.held == before


def test_changes_tell_the_earliest_time_since_an_edition() -> None:
    """At any rate one that is not later than that."""
    random, changes, project = Random(1), Changes(), ProjectId(1)  # noqa: S311
    times = [random.randint(0, 10**6) + 9000 * step for step in range(2000)]
    for time_ms in times:
        changes.written([(project, time_ms)])
    for edition in (0, 1, 700, 1500, 1990, 1999):
        assert changes.earliest_ms(project, edition) <= min(times[edition:])
    assert changes.earliest_ms(project, 1999) > times[-1] - 5000
    assert changes.earliest_ms(project, 2000) == math.inf
    assert changes.earliest_ms(ProjectId(2), 0) == math.inf
