"""Answers of panels: each query filled in, asked once, a few at a time; one that fails costs only itself."""

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId, Signal
from vedette.watch.dashboards.answers import (
    DataAnswer,
    DataRequest,
    Frame,
    Mark,
    Needs,
    PanelData,
    QueryError,
    VariablesAnswer,
    VariablesRequest,
)
from vedette.watch.dashboards.asking import Answered, Asked, Asker, name_of, said
from vedette.watch.dashboards.filling import Values, filler
from vedette.watch.dashboards.marks import marks_of
from vedette.watch.dashboards.negating import negated
from vedette.watch.dashboards.options import Options
from vedette.watch.dashboards.presence import Presence
from vedette.watch.dashboards.repeating import Drawn, drawn
from vedette.watch.dashboards.schemas import Panel, Query
from vedette.watch.dashboards.window import Window, window_of

log = structlog.get_logger(__name__)

_AT_ONCE = 2
_ANSWERS_KEPT = 32
_LONGEST_MESSAGE = 1000


@dataclass(slots=True)
class _Run:
    """One document while it is answered: equal questions share a task."""

    project: ProjectId
    window: Window
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    asked: dict[Asked, asyncio.Task[Answered]] = field(default_factory=dict)


class DashboardData:
    """Answers documents for any number of readers."""

    def __init__(self, asker: Asker, options: Options, presence: Presence) -> None:
        self._asker, self._options, self._presence = asker, options, presence
        self._answers: OrderedDict[tuple[object, ...], asyncio.Task[DataAnswer]] = OrderedDict()

    async def answer(self, project: ProjectId, request: DataRequest, *, now: datetime) -> DataAnswer:
        """Answer every panel of a request; raises Invalid for a range that is none."""
        window = window_of(request.start, request.end, now=now, max_points=request.max_points)
        return await self.answer_over(project, request, window)

    async def answer_once(
        self, project: ProjectId, request: DataRequest, window: Window, document: tuple[str, int]
    ) -> DataAnswer:
        """Answer a kept document over a window, working it out once for all who ask the same."""
        chosen = tuple((name, tuple(values)) for name, values in sorted(request.variables.items()))
        key = (project, document, window, chosen)
        task = self._answers.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._answers[key] = asyncio.create_task(self.answer_over(project, request, window))
            while len(self._answers) > _ANSWERS_KEPT:
                self._answers.popitem(last=False)
        return await asyncio.shield(task)

    async def answer_over(self, project: ProjectId, request: DataRequest, window: Window) -> DataAnswer:
        """Answer every panel of a request over a window that is known."""
        values = await self._options.resolved(project, request.definitions, request.variables, window)
        run = _Run(project, window)
        try:
            panels = drawn(request.panels, values)
            answers, marks = await asyncio.gather(
                asyncio.gather(*(self._panel(run, each) for each in panels)), self._marks(run, request, values)
            )
        finally:
            for task in run.asked.values():
                task.cancel()
        return DataAnswer(
            start=window.start,
            end=window.end,
            step_s=window.step_s,
            panels={each.key: answer for each, answer in zip(panels, answers, strict=True)},
            marks=marks[0],
            marks_errors=marks[1],
        )

    async def options(self, project: ProjectId, request: VariablesRequest, *, now: datetime) -> VariablesAnswer:
        """Say what can be chosen for variables."""
        return await self.options_over(project, request, window_of(request.start, request.end, now=now, max_points=2))

    async def options_over(self, project: ProjectId, request: VariablesRequest, window: Window) -> VariablesAnswer:
        """Say what can be chosen, over a window that is known."""
        return await self._options.answer(project, request.variables, request.values, window)

    async def _panel(self, run: _Run, drawn_panel: Drawn) -> PanelData:
        panel, values = drawn_panel.panel, drawn_panel.values
        answer = PanelData()
        first = [each for each in panel.queries if each.instead_of is None and not each.hidden]
        await self._ask(run, panel, first, values, answer)
        signals = {each.id: each.signal for each in panel.queries}
        given = {frame.query for frame in answer.frames if _has_data(frame, signals[frame.query])}
        second = [
            each for each in panel.queries if each.instead_of and not each.hidden and each.instead_of not in given
        ]
        if second:
            replaced = {each.instead_of for each in second}
            answer.frames = [frame for frame in answer.frames if frame.query not in replaced]
            await self._ask(run, panel, second, values, answer)
        if not any(_has_data(each, signals[each.query]) for each in answer.frames) and not answer.errors:
            answer.needs = await self._needs(run.project, panel)
        return answer

    async def _ask(self, run: _Run, panel: Panel, queries: Sequence[Query], values: Values, answer: PanelData) -> None:
        asked = await asyncio.gather(*(self._query(run, panel, each, values) for each in queries))
        for query, given in zip(queries, asked, strict=True):
            if isinstance(given, str):
                answer.errors.append(QueryError(query=query.id, message=given[:_LONGEST_MESSAGE]))
                continue
            frames = [frame.model_copy(update={"query": query.id}) for frame in given.frames]
            answer.frames += negated(frames, panel.overrides)
            answer.warnings += [each for each in given.warnings if each not in answer.warnings]

    async def _query(self, run: _Run, panel: Panel, query: Query, values: Values) -> Answered | str:
        """Return what a query gave, or why it gave nothing."""
        try:
            window = run.window.coarser(query.min_step_s)
            fill = filler(values, window, query.min_step_s)
            asked = self._asker.asked(panel, query, fill, window)
            if (task := run.asked.get(asked)) is None:
                task = run.asked[asked] = asyncio.create_task(self._in_turn(run, asked))
            return (await asyncio.shield(task)).named(fill.plain(query.legend), name_of(asked))
        except VedetteError as error:
            return said(error)
        except Exception:
            log.exception("a query of a panel failed", signal=query.signal)
            return "an unexpected error; the server's log has the details"

    async def _in_turn(self, run: _Run, asked: Asked) -> Answered:
        async with run.turn:
            return await self._asker.ask(run.project, asked)

    async def _needs(self, project: ProjectId, panel: Panel) -> Needs | None:
        """Return what must arrive first: a signal that has no data at all, or what the panel says it needs."""
        signals = list(dict.fromkeys(each.signal for each in panel.queries if not each.hidden))
        there = [each for each in signals if await self._presence.has_data(project, each)]
        if signals and not there:
            return Needs(signal=signals[0], what=panel.needs or "", how=f"/connect?signal={signals[0]}")
        if panel.needs:
            signal = signals[0] if signals else ""
            return Needs(signal=signal, what=panel.needs, how=f"/connect?signal={signal}" if signal else "/connect")
        return None

    async def _marks(self, run: _Run, request: DataRequest, values: Values) -> tuple[list[Mark], list[QueryError]]:
        marks: list[Mark] = []
        errors: list[QueryError] = []
        for each in request.annotations:
            if not each.enabled:
                continue
            try:
                fill = filler(values, run.window, None)
                async with run.turn:
                    marks += await marks_of(self._asker, run.project, each, fill, run.window)
            except VedetteError as error:
                errors.append(QueryError(query=each.name, message=said(error)[:_LONGEST_MESSAGE]))
            except Exception:
                log.exception("an annotation failed", signal=each.signal)
                errors.append(QueryError(query=each.name, message="an unexpected error"))
        return sorted(marks, key=lambda mark: mark.time), errors


def _has_data(frame: Frame, signal: Signal) -> bool:
    """Say whether there is something to draw; records that were counted and are none are not."""
    if frame.items:
        return True
    values = itertools.chain(
        (value for series in frame.series or () for value in series.values), (row[-1] for row in frame.rows or ())
    )
    return any(value is not None and (bool(value) or signal == "metrics") for value in values)
