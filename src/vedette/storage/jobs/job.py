"""A row of the table of work."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

JobFunction = Callable[[], None] | Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do again and again.

    A plain function runs in a thread, a coroutine function on the event loop. In a cluster one server at a time runs
    a job, unless `everywhere`: then every server runs its own, without a lease (for what lives in memory).
    """

    name: str
    function: JobFunction
    every: timedelta
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class LastRun:
    """How the last run of a job on this server went; `error` is None after a good one."""

    name: str
    started_at: datetime
    seconds: float
    error: str | None
    runs: int
    failures: int
