"""The one runner of all jobs."""

import asyncio
import inspect
import os
import random
import secrets
import socket
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from vedette.kit.errors import VedetteError
from vedette.storage.jobs.job import Job, JobFunction, LastRun
from vedette.storage.records import Leases

OnFinished = Callable[[str, float, BaseException | None], None]

_LEASE: Final = timedelta(seconds=60)
_RETRY: Final = timedelta(seconds=30)
_SHORTEST_WAIT: Final = timedelta(milliseconds=10)
_JITTER: Final = 0.1
_THREADS: Final = 4

log = structlog.get_logger("vedette.jobs")


class JobRunner:
    """Run each job when it is due, each in its own task, so that a slow one delays no other.

    `on_finished(name, seconds, error)` is called on the event loop after every run. A job that fails is logged,
    counted and run again at its next time.
    """

    def __init__(
        self,
        jobs: Iterable[Job],
        leases: Leases,
        *,
        on_finished: OnFinished | None = None,
        holder: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._jobs: dict[str, Job] = {}
        for job in jobs:
            if self._jobs.setdefault(job.name, job) is not job:
                raise ValueError(f"two jobs are named {job.name!r}")
        self._leases = leases
        self._on_finished = on_finished
        self._holder = holder or f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._clock = clock
        self._jitter = jitter
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._threads: ThreadPoolExecutor | None = None
        self._last: dict[str, LastRun] = {}

    async def start(self) -> None:
        """Begin to run jobs; the first runs are spread over a tenth of their period."""
        self._stopping.clear()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="job")
        self._tasks = [asyncio.create_task(self._repeat(job), name=f"job {job.name}") for job in self._jobs.values()]

    async def stop(self, *, within: timedelta = timedelta(seconds=10)) -> None:
        """Start no more runs and wait for those under way; cancel what has not ended `within` this time.

        A thread cannot be cancelled: a plain function that is still running then is left behind, with a warning.
        """
        self._stopping.set()
        if self._tasks:
            _, pending = await asyncio.wait(self._tasks, timeout=within.total_seconds())
            for task in pending:
                log.warning("job left behind", job=task.get_name())
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._threads:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    def last_runs(self) -> list[LastRun]:
        """Return the last run of each job on this server since it started, by name."""
        return [self._last[name] for name in sorted(self._last)]

    async def run_once(self, name: str) -> timedelta:
        """Run a job now if it is due and free; return how long to wait before the next try."""
        job = self._jobs[name]
        if job.everywhere:
            await self._run(job)
            return job.every
        claim = await asyncio.to_thread(
            lambda: self._leases.claim(name, self._holder, now=self._clock(), every=job.every, lease=_LEASE)
        )
        if not claim.granted:
            return claim.again_in
        renewal = asyncio.create_task(self._keep_lease(name))
        error: str | None = "stopped before it ended"
        try:
            error = await self._run(job)
        finally:
            renewal.cancel()
            await asyncio.to_thread(lambda: self._leases.finish(name, self._holder, now=self._clock(), error=error))
        return job.every

    async def _repeat(self, job: Job) -> None:
        await self._wait(job.every * _JITTER * self._jitter())
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                again_in = await self.run_once(job.name)
            except VedetteError as error:  # the records cannot be reached
                log.warning("job could not be claimed", job=job.name, error=error.detail)
                again_in = min(job.every, _RETRY)
            except Exception:
                log.exception("job could not be claimed", job=job.name)
                again_in = min(job.every, _RETRY)
            else:
                again_in -= timedelta(seconds=time.monotonic() - began)
            await self._wait(max(again_in, _SHORTEST_WAIT) + job.every * _JITTER * self._jitter())

    async def _run(self, job: Job) -> str | None:
        """Call the function of a job; return its error as text, None when it went well."""
        started_at, began = self._clock(), time.monotonic()
        failure: BaseException | None = None
        try:
            await self._call(job.function)
        except asyncio.CancelledError as error:
            failure = error
            raise
        except Exception as error:
            failure = error
            log.exception("job failed", job=job.name)
        finally:
            self._note(job.name, started_at, time.monotonic() - began, failure)
        return _describe(failure)

    def _note(self, name: str, started_at: datetime, seconds: float, failure: BaseException | None) -> None:
        before = self._last.get(name)
        self._last[name] = LastRun(
            name,
            started_at,
            seconds,
            _describe(failure),
            runs=(before.runs if before else 0) + 1,
            failures=(before.failures if before else 0) + (failure is not None),
        )
        if self._on_finished:
            self._on_finished(name, seconds, failure)

    async def _keep_lease(self, name: str) -> None:
        while True:
            await asyncio.sleep(_LEASE.total_seconds() / 3)
            try:
                held = await asyncio.to_thread(
                    lambda: self._leases.renew(name, self._holder, now=self._clock(), lease=_LEASE)
                )
            except VedetteError as error:
                log.warning("lease not renewed", job=name, error=error.detail)
                continue
            if not held:
                log.warning("lease lost", job=name)
                return

    async def _wait(self, length: timedelta) -> None:
        """Sleep, but no longer than until the runner stops."""
        try:
            async with asyncio.timeout(length.total_seconds()):
                await self._stopping.wait()
        except TimeoutError:
            pass

    async def _call(self, function: JobFunction) -> None:
        if inspect.iscoroutinefunction(function):
            await function()
            return
        result = await asyncio.get_running_loop().run_in_executor(self._threads, function)
        if inspect.isawaitable(result):  # a lambda around a coroutine function
            await result


def _describe(failure: BaseException | None) -> str | None:
    return None if failure is None else f"{type(failure).__name__}: {failure}"
