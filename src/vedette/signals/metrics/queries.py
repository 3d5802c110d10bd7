"""Questions in PromQL and about series, on a bounded number of threads."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from vedette.kit.errors import Busy
from vedette.kit.ids import ProjectId
from vedette.kit.instruments import Instruments
from vedette.signals.metrics.book import Shelf
from vedette.signals.metrics.descriptions import Described, Descriptions, FoundExemplars
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.promql.engine import evaluate_instant, evaluate_range
from vedette.signals.metrics.promql.limits import Limits, canceled, timed_out
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.promql.sharing import Shared
from vedette.signals.metrics.promql.tree import Matcher
from vedette.signals.metrics.result_cache import Asked, ResultCache
from vedette.signals.metrics.rollups.source import RolledSource, Rollups
from vedette.signals.metrics.series import SeriesIndex
from vedette.storage.telemetry.port import TelemetryStore

T = TypeVar("T")

_MOST_WAITING = 128

Selectors = Sequence[Sequence[Matcher]]


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """How much one question may take."""

    evaluation: Limits
    max_series: int = 500_000
    timeout_s: float = 30.0


class Watch:
    """Ends an evaluation when its time is up or nobody waits for it; asked from several threads."""

    def __init__(self, timeout_s: float) -> None:
        self._ends = time.monotonic() + timeout_s
        self._gone = False

    def leave(self) -> None:
        """Say that whoever asked has gone."""
        self._gone = True

    def check(self) -> None:
        """Raise TimedOut or Canceled when the evaluation should end."""
        self.left_s()

    def left_s(self) -> float:
        """Return the seconds left; raises as `check`."""
        if self._gone:
            raise canceled()
        left = self._ends - time.monotonic()
        if left <= 0:
            raise timed_out()
        return left


class Queries:
    """Asks the series of one project. Every method raises Busy when too many questions wait."""

    def __init__(
        self,
        store: TelemetryStore,
        index: SeriesIndex,
        instruments: Instruments,
        limits: QueryLimits,
        *,
        concurrency: int,
        rollups: Rollups | None = None,
        cache: ResultCache | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self._store, self._index, self._instruments, self.limits = store, index, instruments, limits
        self._rollups, self._cache, self._shelf = rollups, cache, shelf
        self._descriptions = Descriptions(store)
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="promql")
        self._waiting = 0

    def close(self) -> None:
        """Wait for running questions."""
        self._threads.shutdown()

    async def instant(
        self,
        project: ProjectId,
        text: str,
        at_ms: int,
        *,
        timeout_s: float | None = None,
        lookback_ms: int | None = None,
        watch: Watch | None = None,
    ) -> Result:
        """Evaluate a query at one time. Raises ParseError, ExecutionError, TimedOut, Canceled, TooManySeries."""
        watch = watch or Watch(self._timeout_s(timeout_s))
        limits = self._limits(lookback_ms)

        def evaluate() -> Result:
            source = self._source(project, watch)
            return evaluate_instant(parse(text), source, at_ms, limits, watch.check, text=text)

        return await self._run(evaluate, watch)

    async def range(
        self,
        project: ProjectId,
        text: str,
        start_ms: int,
        end_ms: int,
        step_ms: int,
        *,
        timeout_s: float | None = None,
        lookback_ms: int | None = None,
        watch: Watch | None = None,
        shared: Shared | None = None,
    ) -> Result:
        """Evaluate a query at every step, both ends included. Raises as `instant`.

        Queries with the same `shared` work out once what they have in common. Steps whose values are known from before
        are not evaluated again.
        """
        watch = watch or Watch(self._timeout_s(timeout_s))
        limits = self._limits(lookback_ms)

        def evaluate() -> Result:
            source = self._source(project, watch)
            tree = parse(text)

            def part(first_ms: int, last_ms: int) -> Result:
                return evaluate_range(
                    tree, source, first_ms, last_ms, step_ms, limits, watch.check, text=text, shared=shared
                )

            if self._cache is None:
                return part(start_ms, end_ms)
            return self._cache.answer(Asked(project, text, start_ms, end_ms, step_ms, limits.lookback_ms), tree, part)

        return await self._run(evaluate, watch)

    async def series(
        self, project: ProjectId, selectors: Selectors, start_ms: int, end_ms: int, *, limit: int
    ) -> list[Labels]:
        """Return the label sets that match any of the selectors, sorted."""

        def find() -> list[Labels]:
            found: set[Labels] = set()
            for matchers in selectors:
                found.update(self._index.label_sets(project, matchers, start_ms, end_ms, limit=limit))
            return sorted(found)[:limit]

        return await self._run(find)

    async def label_names(
        self, project: ProjectId, selectors: Selectors, start_ms: int, end_ms: int, *, limit: int
    ) -> list[str]:
        """Return the label names of matching series, sorted."""
        return await self._run(lambda: self._index.names(project, selectors, start_ms, end_ms, limit=limit))

    async def label_values(
        self, project: ProjectId, label: str, selectors: Selectors, start_ms: int, end_ms: int, *, limit: int
    ) -> list[str]:
        """Return the values of a label among matching series, sorted."""
        return await self._run(lambda: self._index.values(project, label, selectors, start_ms, end_ms, limit=limit))

    async def metadata(self, project: ProjectId, *, metric: str = "", limit: int = 50_000) -> list[Described]:
        """Return what metric families mean, by name."""
        return await self._run(lambda: self._descriptions.families(project, metric=metric, limit=limit))

    async def exemplars(self, project: ProjectId, text: str, start_ms: int, end_ms: int) -> list[FoundExemplars]:
        """Return the exemplars of the series a query selects; raises ParseError."""
        return await self._run(lambda: self._descriptions.exemplars(project, parse(text), start_ms, end_ms))

    def _source(self, project: ProjectId, watch: Watch) -> RolledSource:
        return RolledSource(
            self._store, self._index, project, watch.left_s, self.limits.max_series, self._rollups, self._shelf
        )

    def _timeout_s(self, asked_s: float | None) -> float:
        return self.limits.timeout_s if asked_s is None else min(asked_s, self.limits.timeout_s)

    def _limits(self, lookback_ms: int | None) -> Limits:
        limits = self.limits.evaluation
        return limits if lookback_ms is None else replace(limits, lookback_ms=lookback_ms)

    async def _run(self, work: Callable[[], T], watch: Watch | None = None) -> T:
        if self._waiting >= _MOST_WAITING:
            raise Busy("too many queries wait for an answer")
        self._waiting += 1
        started = time.perf_counter()
        outcome = "error"
        try:
            answer = await asyncio.get_running_loop().run_in_executor(self._threads, work)
            outcome = "ok"
        except asyncio.CancelledError:
            if watch is not None:
                watch.leave()
            raise
        finally:
            self._waiting -= 1
            self._instruments.queries.labels(outcome).inc()
            self._instruments.query_seconds.observe(time.perf_counter() - started)
        return answer
