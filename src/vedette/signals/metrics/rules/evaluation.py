"""The evaluation of a group: its rules one after the other, each seeing what those before it wrote."""

import time
from collections.abc import Callable
from typing import Protocol

import structlog

from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.intake import Written
from vedette.signals.metrics.points import Points
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.rules.recording import points_of, recorded
from vedette.signals.metrics.rules.state import GroupState, RuleState

log = structlog.get_logger("vedette.rules")


class Asking(Protocol):
    """Evaluates queries."""

    async def instant(self, project: ProjectId, text: str, at_ms: int) -> Result:
        """Evaluate a query at one time."""


class Writing(Protocol):
    """Takes points."""

    async def write(self, project: ProjectId, points: Points) -> Written:
        """Commit points and say what became of them."""


class Evaluator:
    """Evaluates groups of one server's rules."""

    def __init__(self, asking: Asking, writing: Writing, clock: Callable[[], float] = time.time) -> None:
        self._asking, self._writing, self._clock = asking, writing, clock

    async def evaluate(self, project: ProjectId, state: GroupState, at_ms: int) -> None:
        """Evaluate every recording rule as of `at_ms`; a rule that fails leaves the others alone."""
        began = time.perf_counter()
        started_s = self._clock()
        for each in state.rules:
            if each.rule.kind == "recording":
                await self._one(project, state, each, at_ms - state.group.query_offset_ms)
        await self._end(project, state, at_ms - state.group.query_offset_ms)
        state.evaluated_at_s, state.took_s = started_s, time.perf_counter() - began

    async def mark_ended(self, project: ProjectId, state: GroupState, at_ms: int) -> None:
        """Write stale markers for the series a group has left behind."""
        await self._end(project, state, at_ms)

    async def _one(self, project: ProjectId, state: GroupState, each: RuleState, at_ms: int) -> None:
        began = time.perf_counter()
        started_s = self._clock()
        try:
            await self._record(project, state, each, at_ms)
            each.health, each.error = "ok", ""
        except VedetteError as error:
            each.health, each.error = "err", str(error)
            log.warning("rule failed", group=state.group.name, rule=each.rule.name, why=each.error)
        finally:
            each.evaluated_at_s, each.took_s = started_s, time.perf_counter() - began

    async def _record(self, project: ProjectId, state: GroupState, each: RuleState, at_ms: int) -> None:
        result = await self._asking.instant(project, each.rule.query, at_ms)
        found = recorded(each.rule, state.group.limit, result)
        points = points_of(found, each.series - found.keys(), at_ms)
        if points.series or points.histograms:
            _raise_refused(await self._writing.write(project, points))
        each.series = frozenset(found)

    async def _end(self, project: ProjectId, state: GroupState, at_ms: int) -> None:
        ended = state.ended - state.series()
        if ended:
            try:
                await self._writing.write(project, points_of({}, ended, at_ms))
            except VedetteError as error:
                log.warning("stale markers not written", group=state.group.name, why=str(error))
                return
        state.ended = set()


def _raise_refused(written: Written) -> None:
    """Raise the error of a writer that read nothing, or one that says what it did not keep."""
    if written.error is not None:
        raise written.error
    if written.refused:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(written.refused.items()))
        raise VedetteError(f"not all samples were kept: {reasons}: {'; '.join(written.faults)}")
