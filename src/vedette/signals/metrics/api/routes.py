"""The routes of Prometheus' API that read samples and series."""

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request, Response
from starlette.requests import HTTPConnection

from vedette.guard.access import CurrentProject
from vedette.kit.errors import Invalid
from vedette.signals.metrics.api.answering import ERRORS, PrometheusRoute, success
from vedette.signals.metrics.api.parameters import ParametersDep, invalid, now_ms
from vedette.signals.metrics.api.rendering import number, render
from vedette.signals.metrics.promql.faults import ParseError
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.printer import prettify
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.queries import Queries, Watch

router = APIRouter(prefix="/api/v1", tags=["prometheus"], route_class=PrometheusRoute, responses=ERRORS)

_MOST_POINTS = 11_000
_MOST_LISTED = 500_000
_MOST_NOTES = 10
_CLIENT_EVERY_S = 0.25


async def _queries(connection: HTTPConnection) -> Queries:
    return cast("Queries", connection.app.state.queries)


QueriesDep = Annotated[Queries, Depends(_queries)]


@router.post("/query", response_class=Response, operation_id="post_query")
@router.get("/query", response_class=Response)
async def query(request: Request, queries: QueriesDep, project: CurrentProject, given: ParametersDep) -> Response:
    """Evaluate `query` at `time` (now without one)."""
    at_ms = given.time_ms("time", now_ms())
    watch = _watch(queries, given)
    lookback = given.duration_ms("lookback_delta", 0) or None
    answer = queries.instant(project.id, given.text("query"), at_ms, lookback_ms=lookback, watch=watch)
    return _answered(await _for_client(request, answer, watch), given.whole("limit", 0))


@router.post("/query_range", response_class=Response, operation_id="post_query_range")
@router.get("/query_range", response_class=Response)
async def query_range(request: Request, queries: QueriesDep, project: CurrentProject, given: ParametersDep) -> Response:
    """Evaluate `query` from `start` to `end` at every `step`."""
    start_ms, end_ms = given.time_ms("start"), given.time_ms("end")
    if end_ms < start_ms:
        raise invalid("end", "end timestamp must not be before start time")
    step_ms = given.duration_ms("step")
    if step_ms <= 0:
        raise invalid("step", "zero or negative query resolution step widths are not accepted. Try a positive integer")
    if (end_ms - start_ms) // step_ms > _MOST_POINTS:
        raise Invalid(
            "exceeded maximum resolution of 11,000 points per timeseries."
            " Try decreasing the query resolution (?step=XX)"
        )
    watch = _watch(queries, given)
    lookback = given.duration_ms("lookback_delta", 0) or None
    answer = queries.range(
        project.id, given.text("query"), start_ms, end_ms, step_ms, lookback_ms=lookback, watch=watch
    )
    return _answered(await _for_client(request, answer, watch), given.whole("limit", 0))


@router.post("/series", response_class=Response, operation_id="post_series")
@router.get("/series", response_class=Response)
async def series(queries: QueriesDep, project: CurrentProject, given: ParametersDep) -> Response:
    """List the label sets that match `match[]`."""
    selectors = given.selectors(is_required=True)
    limit = given.whole("limit", 0) or _MOST_LISTED
    found = await queries.series(project.id, selectors, *given.span_ms(), limit=limit + 1)
    return success([dict(each) for each in found[:limit]], warnings=_truncated(len(found) > limit))


@router.post("/labels", response_class=Response, operation_id="post_labels")
@router.get("/labels", response_class=Response)
async def labels(queries: QueriesDep, project: CurrentProject, given: ParametersDep) -> Response:
    """List label names."""
    limit = given.whole("limit", 0) or _MOST_LISTED
    found = await queries.label_names(project.id, given.selectors(), *given.span_ms(), limit=limit + 1)
    return success(found[:limit], warnings=_truncated(len(found) > limit))


@router.get("/label/{name}/values", response_class=Response)
async def label_values(queries: QueriesDep, project: CurrentProject, name: str, given: ParametersDep) -> Response:
    """List the values of a label."""
    limit = given.whole("limit", 0) or _MOST_LISTED
    label = _unescaped(name)
    found = await queries.label_values(project.id, label, given.selectors(), *given.span_ms(), limit=limit + 1)
    return success(found[:limit], warnings=_truncated(len(found) > limit))


@router.get("/metadata", response_class=Response)
async def metadata(queries: QueriesDep, project: CurrentProject, given: ParametersDep) -> Response:
    """Tell type, help and unit of metric families."""
    limit = given.whole("limit", 0) or 50_000
    found = await queries.metadata(project.id, metric=given.text("metric"), limit=limit)
    return success({each.name: [{"type": each.type, "help": each.help, "unit": each.unit}] for each in found})


@router.post("/query_exemplars", response_class=Response, operation_id="post_query_exemplars")
@router.get("/query_exemplars", response_class=Response)
async def query_exemplars(queries: QueriesDep, project: CurrentProject, given: ParametersDep) -> Response:
    """List the exemplars of the series that a query selects."""
    start_ms, end_ms = given.span_ms()
    if end_ms < start_ms:
        raise invalid("end", "end timestamp must not be before start timestamp")
    try:
        found = await queries.exemplars(project.id, given.text("query"), start_ms, end_ms)
    except ParseError as error:
        raise Invalid(error.detail) from None
    return success(
        [
            {
                "seriesLabels": dict(each.series),
                "exemplars": [
                    {
                        "labels": dict(one.labels),
                        "value": number(one.value).decode(),
                        "timestamp": one.time_ms / 1000,
                    }
                    for one in each.exemplars
                ],
            }
            for each in found
        ]
    )


@router.post("/format_query", response_class=Response, operation_id="post_format_query")
@router.get("/format_query", response_class=Response)
async def format_query(_project: CurrentProject, given: ParametersDep) -> Response:
    """Lay a query out over lines."""
    try:
        return success(prettify(parse(given.text("query"))))
    except ParseError as error:
        raise invalid("query", error.detail) from None


def _watch(queries: Queries, given: Any) -> Watch:
    most_s = queries.limits.timeout_s
    return Watch(min(given.duration_ms("timeout", int(most_s * 1000)) / 1000, most_s))


async def _for_client(request: Request, answer: Awaitable[Result], watch: Watch) -> Result:
    """Wait for an answer as long as the client does."""
    task = asyncio.ensure_future(answer)
    try:
        while not (await asyncio.wait({task}, timeout=_CLIENT_EVERY_S))[0]:
            if await request.is_disconnected():
                watch.leave()
        return await task
    except ParseError as error:
        raise invalid("query", error.detail) from None
    except asyncio.CancelledError:
        watch.leave()
        raise


def _answered(result: Result, limit: int) -> Response:
    if limit and len(result.labels) > limit and result.points is None and result.kind in {"vector", "matrix"}:
        result = _cut(result, limit)
    return success(render(result), warnings=_few(result.warnings, "warning"), infos=_few(result.infos, "info"))


def _few(notes: list[str], kind: str) -> list[str]:
    """Return at most ten notes and how many there are more."""
    if len(notes) <= _MOST_NOTES:
        return notes
    return [*notes[:_MOST_NOTES], f"{len(notes) - _MOST_NOTES} more {kind} annotations omitted"]


def _cut(result: Result, limit: int) -> Result:
    return Result(
        result.kind,
        result.labels[:limit],
        result.times_ms,
        result.values[:limit],
        result.present[:limit],
        None if result.histograms is None else result.histograms[:limit],
        warnings=[*result.warnings, *_truncated(is_cut=True)],
        infos=result.infos,
    )


def _truncated(is_cut: bool) -> list[str]:
    return ["results truncated due to limit"] if is_cut else []


def _unescaped(name: str) -> str:
    """Undo the escaping of label names in paths: `U__foo_2e_bar` is `foo.bar`."""
    if not name.startswith("U__"):
        return name
    text, out, place = name[3:], [], 0
    while place < len(text):
        if text[place] != "_":
            out.append(text[place])
            place += 1
        elif text.startswith("__", place):
            out.append("_")
            place += 2
        else:
            end = text.find("_", place + 1)
            try:
                out.append(chr(int(text[place + 1 : end], 16)))
            except ValueError:
                return name
            place = end + 1
    return "".join(out)
