"""Rate, errors and duration of the requests a project's services answered."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.kit.ids import ProjectId
from vedette.kit.timerange import TimeRange
from vedette.storage.telemetry.named import load_queries
from vedette.storage.telemetry.reader import Reader
from vedette.watch.overview.durations import Durations
from vedette.watch.overview.schemas import Endpoint, Requests, RequestSeries

QUERIES = load_queries(__package__)
SHOWN_ENDPOINTS = 12
_STEPS = 60


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """What happened in the range, in the one before, and step by step."""

    current: Requests
    previous: Requests
    series: RequestSeries


def seconds(within: TimeRange, resolution_s: int = 60) -> dict[str, int]:
    """Return the bounds of a range as Unix seconds, as queries bind them; at least one whole slot of the figures."""
    first = int(within.start.timestamp()) // resolution_s * resolution_s
    return {"from_s": first, "to_s": max(int(within.end.timestamp()), first + resolution_s)}


def _source(within: TimeRange) -> tuple[str, dict[str, int]]:
    """Return the coarsest table that still has every step of a range, and the range's bounds in it."""
    table, resolution_s = ("red_10m", 600) if step_of(within) % 600 == 0 else ("red_1m", 60)
    return table, seconds(within, resolution_s)


def step_of(within: TimeRange) -> int:
    """Return the step of the overview's series; figures are kept per minute."""
    return max(within.step_s(_STEPS), 60)


async def request_figures(reader: Reader, project: ProjectId, within: TimeRange, now_s: float) -> RequestFigures:
    """Return the figures of a range."""
    step_s = step_of(within)
    source, bounds = _source(within)
    previous_s = max(2 * bounds["from_s"] - bounds["to_s"], 0)
    table = await reader.arrow(
        QUERIES["requests"].replace("/*red*/", source),
        bounds | {"previous_s": previous_s, "step_s": step_s},
        project=project,
    )
    time_s, bucket, count, errors, duration = (
        table[name].to_numpy().astype(np.int64) for name in ("time_s", "bucket", "count", "errors", "duration_ns")
    )
    first = bounds["from_s"] // step_s * step_s
    times = np.arange(first, bounds["to_s"], step_s)
    # Group 0 is the previous period, then one group per step.
    group = np.where(time_s == 0, 0, (time_s - first) // step_s + 1).clip(0, len(times))
    durations = Durations.gathered(group, len(times) + 1, bucket.astype(np.int16), count)
    failed = np.bincount(group, errors, len(times) + 1)
    spent_ns = np.bincount(group, duration, len(times) + 1)
    length = np.minimum(times + step_s, max(now_s, 1)) - np.maximum(times, bounds["from_s"])
    length = np.maximum(np.append(bounds["from_s"] - previous_s, length), 1)

    def figures(rows: npt.NDArray[np.int64], span_s: float) -> Requests:
        total = int(durations.totals[rows].sum())
        joined = Durations(durations.buckets, durations.counts[rows].sum(axis=0, keepdims=True))
        p50, p95, p99 = (known(joined.quantile_ms(each))[0] for each in (0.5, 0.95, 0.99))
        return Requests(
            count=total,
            rate_per_s=total / max(span_s, 1),
            error_rate=float(failed[rows].sum()) / total if total else None,
            mean_ms=float(spent_ns[rows].sum()) / total / 1e6 if total else None,
            p50_ms=p50,
            p95_ms=p95,
            p99_ms=p99,
        )

    totals = durations.totals[1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        error_rate = np.where(totals > 0, failed[1:] / totals, np.nan)
    series = RequestSeries(
        step_s=step_s,
        times=times.tolist(),
        request_rate=known(np.where(times < now_s, totals / length[1:], np.nan)),
        error_rate=known(error_rate),
        p50_ms=known(durations.quantile_ms(0.5)[1:]),
        p95_ms=known(durations.quantile_ms(0.95)[1:]),
        p99_ms=known(durations.quantile_ms(0.99)[1:]),
        active_users=[0] * len(times),
    )
    elapsed = min(bounds["to_s"], now_s) - bounds["from_s"]
    return RequestFigures(
        figures(np.arange(1, len(times) + 1), elapsed), figures(np.array([0]), float(length[0])), series
    )


async def busiest_endpoints(reader: Reader, project: ProjectId, within: TimeRange, now_s: float) -> list[Endpoint]:
    """Return the endpoints with the most requests."""
    source, bounds = _source(within)
    rows = await reader.fetch(
        QUERIES["endpoints"].replace("/*red*/", source), bounds | {"limit": SHOWN_ENDPOINTS}, project=project
    )
    elapsed = max(min(bounds["to_s"], now_s) - bounds["from_s"], 1)
    return [
        Endpoint(
            service=row["service"],
            name=row["name"],
            count=row["count"],
            rate_per_s=row["count"] / elapsed,
            error_rate=row["errors"] / row["count"],
            p95_ms=_p95_ms(*row["durations"].values()),
        )
        for row in rows
    ]


def _p95_ms(buckets: list[int], counts: list[int]) -> float:
    durations = Durations(np.array(buckets, np.int16), np.array([counts], np.int64))
    return float(durations.quantile_ms(0.95)[0])


def known(values: npt.NDArray[np.float64]) -> list[float | None]:
    """Return figures as an answer has them: None for NaN."""
    return [None if value != value else round(value, 6) for value in values.tolist()]  # noqa: PLR0124 - NaN
