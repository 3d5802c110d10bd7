"""Which rollup, if any, answers a question, and which parts of its range have to be read from samples."""

from dataclasses import dataclass
from typing import Final

from vedette.kit.ids import ProjectId
from vedette.signals.metrics.promql.source import Purpose
from vedette.signals.metrics.rollups.hours import Hours
from vedette.signals.metrics.rollups.resolutions import DAY_MS, FIVE_MINUTES, ONE_HOUR, Resolution
from vedette.storage.telemetry.retention import Retention

_LONG_MS: Final = {FIVE_MINUTES: 2 * DAY_MS, ONE_HOUR: 30 * DAY_MS}
"""From which length of a range on nearly the same result is worth having sooner."""
_LONG_EXACT_MS: Final = 2 * DAY_MS
_STEP, _WINDOW = 5, 4
"""How many buckets a step, and a window, must have at least for edges to matter little."""
_COVERED: Final = 0.9

_EXACT: Final = frozenset(
    {
        None,
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
        "absent_over_time",
    }
)
"""What has the same result from whole buckets as from their samples."""

_CLOSE: Final = (_EXACT | {"irate", "idelta", "deriv", "predict_linear"}) - {
    "resets",
    "changes",
    "sum_over_time",
    "count_over_time",
}
"""What has nearly the same result where windows cut through buckets."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to answer from a rollup.

    Buckets that end in (start, end] come from its table, the samples of `rest` are summed up on the way. `is_exact`:
    no window cuts through a bucket. Windows, of which the first ends at `first_end_ms`, are `least_range_ms` long at
    least.
    """

    resolution: Resolution
    purpose: Purpose
    start_ms: int
    end_ms: int
    rest: tuple[tuple[int, int], ...]
    is_exact: bool
    first_end_ms: int
    least_range_ms: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The earliest times (Unix ms) of which a project still has samples and rollups."""

    samples_ms: float
    rollups_ms: dict[Resolution, float]


def kept(retention: Retention, project: ProjectId, now_ms: int) -> Kept:
    """Return from when on a project keeps what; days count from now."""

    def since(days: int) -> float:
        return now_ms - days * DAY_MS if days else float("-inf")

    return Kept(
        since(retention.days(project, "metrics")),
        {each: since(retention.tier_days(project, "metrics", each.tier)) for each in (FIVE_MINUTES, ONE_HOUR)},
    )


def choose(purpose: Purpose, start_ms: int, end_ms: int, have: Kept, hours: Hours) -> Plan | None:
    """Return how to answer from a rollup, None for: from samples.

    As long as the samples are there, that is only for long ranges and steps, and where it makes no difference or,
    with edges of windows being small, little.
    """
    if start_ms < have.samples_ms:
        return _without_samples(purpose, start_ms, end_ms, have, hours)
    for resolution in (ONE_HOUR, FIVE_MINUTES):
        if start_ms < have.rollups_ms[resolution]:
            continue
        plan = _plan(resolution, purpose, start_ms, end_ms, have, hours)
        covered = plan.end_ms - plan.start_ms
        if _is_worth_it(plan, end_ms - start_ms) and covered >= _COVERED * (end_ms - start_ms):
            return plan
    return None


def _is_worth_it(plan: Plan, length_ms: int) -> bool:
    purpose, resolution = plan.purpose, plan.resolution
    if plan.is_exact:
        return length_ms >= _LONG_EXACT_MS
    return (
        purpose.function in _CLOSE
        and length_ms >= _LONG_MS[resolution]
        and (purpose.step_ms == 0 or purpose.step_ms >= _STEP * resolution.ms)
        and (purpose.function is None or purpose.range_ms >= _WINDOW * resolution.ms)
    )


def _without_samples(purpose: Purpose, start_ms: int, end_ms: int, have: Kept, hours: Hours) -> Plan | None:
    """Return how to answer when samples are gone: finely, unless the range is long or only the coarse rollup is left.

    Windows that are too short for the rollup are made longer.
    """
    fine, coarse = have.rollups_ms[FIVE_MINUTES], have.rollups_ms[ONE_HOUR]
    if end_ms <= min(fine, coarse):
        return None
    plan = _plan(ONE_HOUR, purpose, start_ms, end_ms, have, hours)
    if (start_ms < fine and coarse < fine) or (start_ms >= coarse and _is_worth_it(plan, end_ms - start_ms)):
        return _widened(plan, start_ms, end_ms, have, hours)
    return _widened(_plan(FIVE_MINUTES, purpose, start_ms, end_ms, have, hours), start_ms, end_ms, have, hours)


def _widened(plan: Plan, start_ms: int, end_ms: int, have: Kept, hours: Hours) -> Plan:
    purpose, size = plan.purpose, plan.resolution.ms
    if plan.is_exact or not purpose.function:
        return plan
    first_end = start_ms + purpose.range_ms
    if first_end % size == 0 and purpose.step_ms % size == 0:
        range_ms = plan.resolution.ceil(purpose.range_ms)
    else:
        range_ms = max(purpose.range_ms, _WINDOW * size)
    longer = Purpose(purpose.function, range_ms, purpose.step_ms)
    return _plan(plan.resolution, longer, first_end - range_ms, end_ms, have, hours)


def _plan(resolution: Resolution, purpose: Purpose, start_ms: int, end_ms: int, have: Kept, hours: Hours) -> Plan:
    size, is_single = resolution.ms, purpose.step_ms == 0
    first_end = start_ms + purpose.range_ms
    fits = first_end % size == 0 and purpose.step_ms % size == 0
    fits &= purpose.function is None or purpose.range_ms % size == 0
    if is_single and start_ms >= have.samples_ms:  # the ends of the one window come from samples
        fits, start = True, resolution.ceil(start_ms)
    else:
        start = resolution.floor(start_ms)
    end = resolution.floor(end_ms) if end_ms > have.samples_ms else resolution.ceil(end_ms)
    first, last = hours.covered(start, max(start, end))
    rest = [(start_ms, first), (last, end_ms)] if first < last else [(start_ms, end_ms)]
    present = tuple((max(low, _whole(have.samples_ms)), high) for low, high in rest if high > max(low, have.samples_ms))
    is_exact = fits and purpose.function in _EXACT
    return Plan(resolution, purpose, first, last, present, is_exact, first_end, purpose.range_ms)


def _whole(time_ms: float) -> int:
    return -(1 << 62) if time_ms == float("-inf") else int(time_ms)
