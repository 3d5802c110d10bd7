"""One question of a panel, ready to be asked of its signal, and what it is answered with."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from vedette.kit.errors import Fault, Invalid, VedetteError
from vedette.kit.ids import ProjectId, Signal
from vedette.kit.timerange import TimeRange
from vedette.signals.events.retention import DAY_S, WEEK_S, Cohort
from vedette.signals.metrics.promql.sharing import Shared
from vedette.signals.metrics.queries import Queries
from vedette.signals.trends import Question, Trend
from vedette.watch.dashboards.answers import ColumnOut, Frame, SeriesOut
from vedette.watch.dashboards.filling import Filler
from vedette.watch.dashboards.metric_frames import heatmap_frame, series_frame, table_frame
from vedette.watch.dashboards.record_tables import record_table, retention_table
from vedette.watch.dashboards.schemas import Aggregate, Panel, Query
from vedette.watch.dashboards.window import Window

Format = Literal["series", "table", "heatmap"]
_KINDS: Mapping[Signal, Literal["logs", "traces", "errors", "events"]] = {
    "logs": "logs", "traces": "traces", "errors": "errors", "events": "events",
}  # fmt: skip
_LEGEND = re.compile(r"\{\{\s*([^}]+?)\s*\}\}")
_MOST_RECORDS, _MOST_GROUPS = 50, 10
_TIMEOUT_S = 30.0
_ARRIVES_WITHIN_S = 10.0
"""Exporters of logs and spans send what they have every few seconds."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with everything filled in; equal ones have equal answers."""

    signal: Signal
    text: str
    start: float
    end: float
    step_s: int
    instant: bool = False
    format: Format = "series"
    aggregate: tuple[str, str | None, str | None, tuple[str, ...]] | None = None
    limit: int | None = None

    @property
    def is_grid(self) -> bool:
        """Whether it is answered with a value per step; all of them but the last stay the same."""
        is_counted = self.signal == "metrics" or self.aggregate is not None
        return is_counted and not self.instant and self.format != "table"


@dataclass(frozen=True, slots=True)
class Answered:
    """Frames whose series are not named yet."""

    frames: tuple[Frame, ...]
    warnings: tuple[str, ...] = ()

    def named(self, template: str, otherwise: str) -> "Answered":
        """Return the same with names made of labels, by a template; `otherwise` names what has no labels."""
        return Answered(tuple(_named(frame, template, otherwise) for frame in self.frames), self.warnings)

    @property
    def cells(self) -> int:
        """About how much there is to hold."""
        lines = sum(len(frame.times or ()) * len(frame.series or ()) for frame in self.frames)
        return 1 + lines + sum(10 * (len(frame.items or ()) + len(frame.rows or ())) for frame in self.frames)


Trends = Mapping[Signal, Callable[[ProjectId, Question], Awaitable[Trend]]]
"""What works out figures of the records of each signal."""

Lists = Mapping[Signal, Callable[[ProjectId, str, TimeRange, int], Awaitable[list[dict[str, object]]]]]
"""What lists the newest records of a signal that match a search: at most so many, as the API shows them."""


Cohorts = Callable[[ProjectId, str, int, int, int], Awaitable[list[Cohort]]]
"""What says who comes back: of events that match a search, in a range (Unix ns), by periods of so many seconds."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks every signal."""

    metrics: Queries
    trends: Trends
    lists: Lists
    cohorts: Cohorts

    def asked(self, panel: Panel, query: Query, fill: Filler, window: Window) -> Asked:
        """Fill in a query."""
        is_metrics = query.signal == "metrics"
        is_retention = query.aggregate is not None and query.aggregate.fn == "retention"
        is_table = not is_metrics and (is_retention or (panel.type == "table" and query.aggregate is None))
        text = fill.promql(query.text) if is_metrics else fill.search(query.text)
        if is_metrics and not text.strip():
            raise Invalid("the query is empty", faults=[Fault(f"query {query.id}", "write PromQL")])
        form = query.format if query.format != "heatmap" or panel.type in {"heatmap", "histogram"} else "series"
        form = "table" if is_table else form
        aggregate = _filled(query.aggregate, fill) if query.aggregate and not is_metrics else None
        instant = query.instant and form != "heatmap"
        asked = Asked(
            query.signal, text, window.start, window.end, window.step_s, instant, form, aggregate, query.limit
        )
        if is_retention:
            return replace(asked, step_s=DAY_S if query.min_step_s == DAY_S else WEEK_S)
        return _on_grid(asked) if asked.is_grid else asked

    async def ask(self, project: ProjectId, asked: Asked, shared: Shared | None = None) -> Answered:
        """Return what a question gives; raises VedetteError. Questions in PromQL find in `shared` what others had."""
        if asked.signal == "metrics":
            return await self._metrics(project, asked, shared)
        if asked.aggregate is None:
            return await self._records(project, asked)
        if asked.aggregate[0] == "retention":
            return await self._retention(project, asked)
        fn, name, of, by = asked.aggregate
        question = Question(
            search=asked.text,
            fn=fn,  # type: ignore[arg-type]
            start_ns=round(asked.start * 1e9),
            end_ns=round(asked.end * 1e9),
            step_s=None if asked.instant or asked.format == "table" else asked.step_s,
            field=name,
            of=of,
            by=by,
            limit=asked.limit or _MOST_GROUPS,
        )
        found = await self.trends[asked.signal](project, question)
        frame = _trend_table(question, found) if asked.format == "table" else _trend_series(question, found)
        return Answered((frame,))

    async def _metrics(self, project: ProjectId, asked: Asked, shared: Shared | None) -> Answered:
        queries = self.metrics
        if asked.instant or asked.format == "table":
            at_ms = round(asked.end * 1000)
            result = await queries.instant(project, asked.text, at_ms, timeout_s=_TIMEOUT_S)
        else:
            start_ms, end_ms, step_ms = _grid(asked)
            result = await queries.range(
                project, asked.text, start_ms, end_ms, step_ms, timeout_s=_TIMEOUT_S, shared=shared
            )
        make = {"series": series_frame, "table": table_frame, "heatmap": heatmap_frame}[asked.format]
        frame, warnings = make(result)
        return Answered((frame,), tuple(warnings))

    async def _records(self, project: ProjectId, asked: Asked) -> Answered:
        window = Window(asked.start, asked.end, asked.step_s)
        items = await self.lists[asked.signal](project, asked.text, window.within, asked.limit or _MOST_RECORDS)
        if asked.format == "table":
            return Answered((record_table(asked.signal, items),))
        return Answered((Frame.model_construct(query="", kind=_KINDS[asked.signal], items=items),))

    async def _retention(self, project: ProjectId, asked: Asked) -> Answered:
        if asked.signal != "events":
            raise Invalid("only events have people who come back", faults=[Fault("aggregate.fn", "choose another")])
        start_ns, end_ns = round(asked.start * 1e9), round(asked.end * 1e9)
        cohorts = await self.cohorts(project, asked.text, start_ns, end_ns, asked.step_s)
        return Answered((retention_table(cohorts, "day" if asked.step_s == DAY_S else "week"),))


def said(error: VedetteError) -> str:
    """Return what an error says to a person, on one line."""
    told = [f"{fault.where}: {fault.what}" for fault in error.faults if fault.what not in error.detail]
    return "; ".join([error.detail, *told])


def name_of(asked: Asked) -> str:
    """Return a name for a series without labels: what was asked."""
    if asked.aggregate is None:
        return " ".join(asked.text.split())[:200]
    fn, name, _, _ = asked.aggregate
    return f"{fn}({name})" if name else fn


def _on_grid(asked: Asked) -> Asked:
    """Return a question over whole steps, so that it is the same for as long as a step lasts.

    Records are counted from the beginning of the first step, up to the end of the range.
    """
    if asked.signal != "metrics":
        return replace(asked, start=asked.start // asked.step_s * asked.step_s)
    start_ms, end_ms, _ = _grid(asked)
    return replace(asked, start=start_ms / 1000, end=end_ms / 1000)


def _grid(asked: Asked) -> tuple[int, int, int]:
    """Return the first and last multiple of the step within the range, and the step, in milliseconds.

    A range between two multiples has its end as its only point.
    """
    step_ms = asked.step_s * 1000
    start_ms = -(-round(asked.start * 1000) // step_ms) * step_ms
    end_ms = round(asked.end * 1000) // step_ms * step_ms
    if start_ms > end_ms:
        start_ms = end_ms = round(asked.end * 1000)
    return start_ms, end_ms, step_ms


def _filled(aggregate: Aggregate, fill: Filler) -> tuple[str, str | None, str | None, tuple[str, ...]]:
    by = tuple(name for each in aggregate.by for name in fill.plain(each).split(" + ") if name)[:3]
    field_name = fill.plain(aggregate.field) if aggregate.field else None
    return aggregate.fn, field_name, fill.search(aggregate.of) if aggregate.of else None, by


def _trend_series(question: Question, found: Trend) -> Frame:
    times = [float(each) for each in found.times] or [question.end_ns / 1e9]
    series = [
        SeriesOut.model_construct(name="", labels=dict(zip(question.by, each.keys, strict=True)), values=each.values)
        for each in found.groups
    ]
    unfinished = _unfinished(found.times, question.step_s or 0, question.end_ns / 1e9)
    return Frame.model_construct(query="", kind="series", times=times, series=series, unfinished=unfinished)


def _unfinished(times: Sequence[int], step_s: int, end: float) -> int:
    """Return how many of the last steps are not over, or were so short a while ago that records are on their way."""
    complete_until = min(end, time.time() - min(step_s / 4, _ARRIVES_WITHIN_S))
    return sum(1 for begin in times[-2:] if begin + step_s > complete_until) if step_s else 0


def _trend_table(question: Question, found: Trend) -> Frame:
    columns = [ColumnOut(name=each, type="text") for each in question.by]
    unit = "ms" if question.field == "duration" else "percentunit" if question.fn == "share" else None
    name = f"{question.fn}({question.field})" if question.field else question.fn
    columns.append(ColumnOut(name=name, type="number", unit=unit))
    rows: list[list[float | str | None]] = [[*each.keys, each.values[0]] for each in found.groups]
    return Frame.model_construct(query="", kind="table", columns=columns, rows=rows)


def _named(frame: Frame, template: str, otherwise: str) -> Frame:
    if frame.kind != "series" or not frame.series:
        return frame
    series = [
        SeriesOut.model_construct(
            name=legend(template, each.labels) or otherwise, labels=each.labels, values=each.values
        )
        for each in frame.series
    ]
    return frame.model_copy(update={"series": series})


def legend(template: str, labels: Mapping[str, str]) -> str:
    """Return the name of a series: its template with each `{{label}}` filled in, or its labels."""
    if template and template != "__auto":
        return _LEGEND.sub(lambda match: labels.get(match[1], ""), template)
    return shown_labels(labels)


def shown_labels(labels: Mapping[str, str]) -> str:
    """Return labels as a legend: the value alone when there is one label, else as PromQL writes them."""
    others = {name: value for name, value in labels.items() if name != "__name__"}
    metric = labels.get("__name__", "")
    if not others:
        return metric
    if not metric and len(others) == 1:
        return next(iter(others.values()))
    inner = ", ".join(f'{name}="{value}"' for name, value in others.items())
    return f"{metric}{{{inner}}}"
