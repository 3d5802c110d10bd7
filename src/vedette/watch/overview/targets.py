"""Targets that do not answer their scrapes, by the metric `up`, whoever scrapes them."""

import asyncio
from typing import Final

from vedette.kit.ids import ProjectId
from vedette.kit.timerange import TimeRange
from vedette.signals.metrics.queries import Queries

# A target that is being replaced misses a scrape: it has to be down for a while.
_ALL: Final = "count(max_over_time(up[2m]))"
_DOWN: Final = "count by (job) (max_over_time(up[2m]) == 0)"
_STEP_MS: Final = 15_000
_SHOWN_JOBS: Final = 3


async def targets_down(queries: Queries, project: ProjectId, within: TimeRange) -> str | None:
    """Say how many targets are down at the end of a range, and of which jobs; None when all are well."""
    # On whole steps, so that what is known from before holds; of a single step nothing is kept.
    end_ms = int(within.end.timestamp() * 1000) // _STEP_MS * _STEP_MS
    every, down = await asyncio.gather(
        *(queries.range(project, each, end_ms - _STEP_MS, end_ms, _STEP_MS) for each in (_ALL, _DOWN))
    )
    jobs = {
        dict(labels).get("job", "unknown"): int(down.values[row, -1])
        for row, labels in enumerate(down.labels)
        if down.present[row, -1]
    }
    if not jobs:
        return None
    named = sorted(jobs, key=lambda job: (-jobs[job], job))
    more = f" and {len(named) - _SHOWN_JOBS} more jobs" if len(named) > _SHOWN_JOBS else ""
    return (
        f"{sum(jobs.values())} of {int(every.values[0, -1])} targets do not answer scrapes:"
        f" {', '.join(named[:_SHOWN_JOBS])}{more}"
    )
