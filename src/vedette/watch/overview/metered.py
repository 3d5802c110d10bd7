"""Requests that metrics alone tell of, by the names of every usual instrumentation."""

import asyncio
import math
from collections.abc import Awaitable
from dataclasses import dataclass
from heapq import nlargest
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from vedette.kit.ids import ProjectId
from vedette.kit.timerange import TimeRange
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.promql.joining import joined
from vedette.signals.metrics.promql.limits import ExecutionError, TimedOut
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.promql.sharing import Shared
from vedette.signals.metrics.queries import Queries
from vedette.signals.metrics.series import TooManySeries
from vedette.watch.overview.buckets import Spread, spread_of
from vedette.watch.overview.requests import SHOWN_ENDPOINTS, RequestFigures, known, seconds
from vedette.watch.overview.schemas import Endpoint, Requests, RequestSeries
from vedette.watch.phrases import spelled_out

Floats = npt.NDArray[np.float64]

# Finer than the figures of traces: only steps that have ended are known, and the newest should not be old.
_STEPS = 300
_LEAST_STEP_S = 60
_LEAST_WINDOW_S = 150  # two scrapes a minute apart, with some room
_SLOT_S = 300
_DAY_S = 86400
_SLOWEST = "@http_quantile(0.95, job, operation)[window]"

TOO_MUCH = (ExecutionError, TimedOut, TooManySeries)
"""What a question of PromQL raises that takes more than one may."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """Whole steps of the previous period from `first`, of the range from `start`, one begun at `end`. Unix seconds."""

    step_s: int
    first: int
    start: int
    end: int
    last: int

    @property
    def begins(self) -> npt.NDArray[np.int64]:
        """When the steps begin, that of the unfinished one included."""
        return np.arange(self.first, self.last, self.step_s)

    @property
    def lengths(self) -> Floats:
        """How long each step is, in seconds."""
        return np.minimum(self.last - self.begins, self.step_s).astype(np.float64)

    @property
    def before(self) -> slice:
        """The steps of the previous period."""
        return slice(0, (self.start - self.first) // self.step_s)

    @property
    def within(self) -> slice:
        """The steps of the range."""
        return slice(self.before.stop, len(self.begins))


@dataclass(frozen=True, slots=True)
class _Steps:
    """What is known of each step, per second."""

    rate: Floats
    failed: Floats
    spent_ms: Floats
    spread: Spread


@dataclass(frozen=True, slots=True)
class Metered:
    """The figures of a range and its busiest endpoints; `unknown` says what took too much to be worked out."""

    figures: RequestFigures
    endpoints: list[Endpoint]
    unknown: list[str]


async def metered(queries: Queries, project: ProjectId, within: TimeRange, now_s: float) -> Metered | None:
    """Return what metrics tell, None when they tell of no requests; raises one of TOO_MUCH."""
    grid = _grid_of(within, now_s)
    if not 0 < grid.start < grid.end:
        return None
    step_ms, shared = 1000 * grid.step_s, Shared()

    # In a text `[window]` stands for as much as is asked about at once.
    async def ask(text: str, window_s: int, first_s: int, last_s: int) -> Result:
        asked = spelled_out(text.replace("[window]", f"[{max(window_s, _LEAST_WINDOW_S)}s]"))
        return await queries.range(project, asked, 1000 * first_s, 1000 * last_s, step_ms, shared=shared)

    async def at_each_step(text: str) -> Result:
        # What a query says of a time is about what came before it: a step is asked for at its end.
        parts = [await ask(text, grid.step_s, grid.first + grid.step_s, grid.end)]
        if grid.last > grid.end:
            parts.append(await ask(text, grid.last - grid.end, grid.last, grid.last))
        return joined(parts)

    unknown: list[str] = []

    async def if_possible(asked: Awaitable[Result]) -> Result:
        try:
            return await asked
        except TOO_MUCH as error:
            unknown.append(f"durations of this range are not known: {error.detail}")
            return _nothing(len(grid.begins))

    rates = await at_each_step("sum by (job, operation, code) (@http_requests(operation, code)[window])")
    if not rates.labels:
        return None
    classic, native, spent, slowest = await asyncio.gather(
        if_possible(at_each_step("@http_buckets(job)[window]")),
        if_possible(at_each_step("@http_native(job)[window]")),
        if_possible(at_each_step("sum(@http_spent[window])")),
        # Of two steps, since a single one is not kept for the next look.
        if_possible(ask(_SLOWEST, grid.end - grid.start, grid.end - grid.step_s, grid.end)),
    )
    answered, is_failure = _cells(rates), np.array([_is_failure(each) for each in rates.labels])
    steps = _Steps(
        answered.sum(axis=0), answered[is_failure].sum(axis=0), _cells(spent).sum(axis=0), spread_of(classic, native)
    )
    endpoints = _endpoints(grid, rates.labels, answered, slowest)
    return Metered(_figures(grid, steps), endpoints, list(dict.fromkeys(unknown)))


async def metered_uptime(queries: Queries, project: ProjectId, now_s: float) -> float | None:
    """Return the share of the last day's five minutes with requests in which most did not fail; None without any.

    Raises one of TOO_MUCH.
    """
    end_ms = 1000 * (int(now_s) // _SLOT_S * _SLOT_S)
    texts = (f"sum(@http_requests[{_SLOT_S}s])", f'sum(@http_requests("5..")[{_SLOT_S}s])')
    requests, failures = await asyncio.gather(
        *(
            queries.range(project, spelled_out(each), end_ms - 1000 * (_DAY_S - _SLOT_S), end_ms, 1000 * _SLOT_S)
            for each in texts
        )
    )
    rate, failed = (_cells(each).sum(axis=0) for each in (requests, failures))
    slots = int((rate > 0).sum())
    return 1 - int(((failed * 2 > rate) & (rate > 0)).sum()) / slots if slots else None


def _grid_of(within: TimeRange, now_s: float) -> _Grid:
    bounds, step_s = seconds(within), max(within.step_s(_STEPS), _LEAST_STEP_S)
    last = int(min(bounds["to_s"], now_s)) // _LEAST_STEP_S * _LEAST_STEP_S
    start, end = (each // step_s * step_s for each in (bounds["from_s"], last))
    return _Grid(step_s, max(2 * start - end, 0), start, end, last)


def _nothing(steps: int) -> Result:
    none = np.zeros((0, steps))
    return Result("matrix", [], np.arange(steps), none, none.astype(np.bool_))


def _cells(result: Result) -> Floats:
    """Return the values by series and step, 0 where there are none or they cannot be rates of a counter."""
    return np.where(result.present & np.isfinite(result.values), result.values, 0.0).clip(min=0.0)


def _figures(grid: _Grid, steps: _Steps) -> RequestFigures:
    def of(part: slice) -> Requests:
        spread = steps.spread.over(part, grid.lengths)
        count, failed, spent_ms = (
            float((each * grid.lengths)[part].sum()) for each in (steps.rate, steps.failed, steps.spent_ms)
        )
        p50, p95, p99 = (known(spread.quantile_ms(each))[0] for each in (0.5, 0.95, 0.99))
        timed = float(spread.total[0])
        return Requests(
            count=round(count),
            rate_per_s=count / max(float(grid.lengths[part].sum()), 1),
            error_rate=failed / count if count else None,
            mean_ms=spent_ms / timed if timed else None,
            p50_ms=p50,
            p95_ms=p95,
            p99_ms=p99,
        )

    now = grid.within
    begins = grid.begins[now]
    quantiles = {each: known(steps.spread.quantile_ms(each)[now]) for each in (0.5, 0.95, 0.99)}
    with np.errstate(invalid="ignore", divide="ignore"):
        error_rate = np.where(steps.rate > 0, steps.failed / steps.rate, np.nan)[now]
    series = RequestSeries(
        step_s=grid.step_s,
        times=begins.tolist(),
        request_rate=known(steps.rate[now]),
        error_rate=known(error_rate),
        p50_ms=quantiles[0.5],
        p95_ms=quantiles[0.95],
        p99_ms=quantiles[0.99],
        active_users=[0] * len(begins),
    )
    return RequestFigures(of(now), of(grid.before), series)


def _endpoints(grid: _Grid, labels: list[Labels], answered: Floats, slowest: Result) -> list[Endpoint]:
    """Return the operations with the most requests; `slowest` holds their 95th percentiles, in milliseconds."""
    lengths = grid.lengths[grid.within]
    total: dict[Labels, float] = {}
    failed: dict[Labels, float] = {}
    for each, count in zip(labels, (answered[:, grid.within] @ lengths).tolist(), strict=True):
        operation = tuple(pair for pair in each if pair[0] != "code")
        total[operation] = total.get(operation, 0.0) + count
        failed[operation] = failed.get(operation, 0.0) + (count if _is_failure(each) else 0.0)
    p95 = dict(zip(slowest.labels, slowest.values[:, -1:].ravel().tolist(), strict=True))
    found = []
    for operation, count in nlargest(SHOWN_ENDPOINTS, total.items(), key=itemgetter(1)):
        if count > 0:
            names, slow = dict(operation), p95.get(operation, math.nan)
            found.append(
                Endpoint(
                    service=names.get("job", ""),
                    name=names.get("operation", "").strip(),
                    count=round(count),
                    rate_per_s=count / float(lengths.sum()),
                    error_rate=failed[operation] / count,
                    p95_ms=slow if math.isfinite(slow) else None,
                )
            )
    return found


def _is_failure(labels: Labels) -> bool:
    return any(name == "code" and len(value) == 3 and value[0] == "5" for name, value in labels)
