"""Answers of panels: each query filled in, asked once, a few at a time; one that fails costs only itself."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId, Signal
from vedette.signals.metrics.promql.sharing import Shared
from vedette.watch.dashboards.answers import (
    DataAnswer,
    DataPart,
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
from vedette.watch.dashboards.kept import Kept
from vedette.watch.dashboards.marks import marks_of
from vedette.watch.dashboards.negating import negated
from vedette.watch.dashboards.newest import newest_of, with_newest
from vedette.watch.dashboards.options import Options
from vedette.watch.dashboards.presence import Presence
from vedette.watch.dashboards.repeating import Drawn, drawn
from vedette.watch.dashboards.schemas import Panel, Query
from vedette.watch.dashboards.window import Window, window_of

log = structlog.get_logger(__name__)

_AT_ONCE = 2
_ANY: Mapping[Signal, str] = {
    "metrics": "metrics: remote write, a scrape, or OTLP",
    "logs": "logs: OTLP from an SDK or a Collector",
    "traces": "traces: OpenTelemetry instrumentation, by OTLP",
    "errors": "errors: a Sentry SDK with the address of this server",
    "events": "product events: POST /api/events",
}
_LONGEST_MESSAGE = 1000


@dataclass(slots=True)
class _Run:
    """One document while it is answered; queries share what they have in common."""

    project: ProjectId
    window: Window
    is_following: bool = False
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    shared: Shared = field(default_factory=Shared)


class DashboardData:
    """Answers documents for any number of readers."""

    def __init__(self, asker: Asker, options: Options, presence: Presence) -> None:
        self._asker, self._options, self._presence = asker, options, presence
        self._kept = Kept()

    async def answer(self, project: ProjectId, request: DataRequest, *, now: datetime) -> DataAnswer:
        """Answer every panel of a request; raises Invalid for a range that is none."""
        window = window_of(request.start, request.end, now=now, max_points=request.max_points)
        return await self.answer_over(project, request, window)

    async def answer_over(
        self, project: ProjectId, request: DataRequest, window: Window, *, is_following: bool = False
    ) -> DataAnswer:
        """Answer every panel of a request over a window that is known.

        Those who follow a dashboard, and strangers, take answers that are a small part of a step old.
        """
        answer = DataAnswer(start=window.start, end=window.end, step_s=window.step_s, panels={})
        async with contextlib.aclosing(self.parts(project, request, window, is_following=is_following)) as parts:
            async for part in parts:
                answer.panels |= part.panels
                answer.marks, answer.marks_errors = part.marks or answer.marks, part.marks_errors or answer.marks_errors
        return answer

    async def parts(
        self, project: ProjectId, request: DataRequest, window: Window, *, is_following: bool = False
    ) -> AsyncGenerator[DataPart, None]:
        """Give the answer of each panel as soon as it is there, and the marks."""
        values = await self._options.resolved(project, request.definitions, request.variables, window)
        run = _Run(project, window, is_following)
        panels = drawn(request.panels, values)
        tasks = [asyncio.create_task(self._part(run, each)) for each in panels]
        if request.annotations:
            tasks.append(asyncio.create_task(self._marks(run, request, values)))
        try:
            for each in asyncio.as_completed(tasks):
                yield await each
        finally:
            for task in tasks:
                task.cancel()

    async def _part(self, run: _Run, drawn_panel: Drawn) -> DataPart:
        return DataPart.model_construct(panels={drawn_panel.key: await self._panel(run, drawn_panel)})

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
        queries = {each.id: each for each in panel.queries}
        given = {frame.query for frame in answer.frames if _has_data(frame, queries[frame.query])}
        second = [
            each for each in panel.queries if each.instead_of and not each.hidden and each.instead_of not in given
        ]
        if second:
            replaced = {each.instead_of for each in second}
            answer.frames = [frame for frame in answer.frames if frame.query not in replaced]
            await self._ask(run, panel, second, values, answer)
        if not any(_has_data(each, queries[each.query]) for each in answer.frames) and not answer.errors:
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
            own = run.window.looking(back=panel.range, earlier=panel.shift)
            window = own.coarser(query.min_step_s)
            fill = filler(values, window, query.min_step_s)
            asked = self._asker.asked(panel, query, fill, window)
            newest = newest_of(panel, asked, window)
            if newest is None:
                answered = await self._answered(run, asked)
            else:
                answered = with_newest(*await asyncio.gather(self._answered(run, asked), self._answered(run, newest)))
            return answered.named(fill.plain(query.legend), name_of(asked))
        except VedetteError as error:
            return said(error)
        except Exception:
            log.exception("a query of a panel failed", signal=query.signal)
            return "an unexpected error; the server's log has the details"

    async def _answered(self, run: _Run, asked: Asked) -> Answered:
        async def work() -> Answered:
            async with run.turn:
                return await self._asker.ask(run.project, asked, run.shared)

        return await self._kept.answer(run.project, asked, work, is_following=run.is_following)

    async def _needs(self, project: ProjectId, panel: Panel) -> Needs | None:
        """Return what must arrive first: a signal that has no data at all, or what the panel says it needs."""
        signals = list(dict.fromkeys(each.signal for each in panel.queries if not each.hidden))
        there = [each for each in signals if await self._presence.has_data(project, each)]
        if signals and not there:
            return Needs(signal=signals[0], what=panel.needs or _ANY[signals[0]], how=f"/connect?signal={signals[0]}")
        if panel.needs and not any(_counts_nothing(each) for each in panel.queries if not each.hidden):
            signal = signals[0] if signals else ""
            how = f"/connect?signal={signal}" if signal else "/connect"
            has_others = any(each != "metrics" for each in there)
            return Needs(signal=signal, what=panel.needs, how=how, has_others=has_others)
        return None

    async def _marks(self, run: _Run, request: DataRequest, values: Values) -> DataPart:
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
        marks.sort(key=lambda mark: mark.time)
        return DataPart.model_construct(panels={}, marks=marks, marks_errors=errors)


def _counts_nothing(query: Query) -> bool:
    """Say whether 0 is an answer, not a sign that what is counted was never sent: all records of a signal, or now."""
    return _is_count(query) and (query.instant or not query.text.strip())


def _is_count(query: Query) -> bool:
    """Say whether a query gives 0 where there are no records."""
    aggregate = None if query.signal == "metrics" else query.aggregate
    return aggregate is not None and aggregate.fn in ("count", "rate", "uniq")


def _has_data(frame: Frame, query: Query) -> bool:
    """Say whether there is something to draw; records that were counted and are none are not."""
    if frame.items:
        return True
    values = itertools.chain(
        (value for series in frame.series or () for value in series.values),
        (value for row in frame.rows or () for value in reversed(row)),
    )
    is_count = _is_count(query)
    return any(value is not None and (bool(value) or not is_count) for value in values)
