"""Questions about spans and traces."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from vedette.kit.errors import NotFound
from vedette.kit.ids import ProjectId
from vedette.kit.paging import Cursor
from vedette.kit.search import Every, parse_search
from vedette.kit.timerange import TimeRange, rfc3339, unix_ns
from vedette.signals.conditions import Column, Condition, Searchable, condition
from vedette.signals.traces.schemas import (
    Span,
    SpanEvent,
    SpanLink,
    SpanScope,
    SpanStatus,
    Trace,
    TracePage,
    TraceSummary,
)
from vedette.storage.telemetry.named import load_queries
from vedette.storage.telemetry.reader import Reader

_QUERIES = load_queries(__package__)
_BEFORE_ALL = Cursor(2**63 - 1, 2**64 - 1)
_MOST_SPANS = 10_000
_MARGIN_NS = 900 * 10**9
_MOST_BATCHES = 6
_LARGEST_BATCH = 50_000
_ENTRY_SPANS = Condition("ParentSpanId = '' OR SpanKind IN ('Server', 'Consumer')")
_TRACE_ID = re.compile(r"[0-9a-f]{32}")
SEARCHABLE = Searchable(
    fields={
        "service": Column("ServiceName"),
        "name": Column("SpanName"),
        "kind": Column("SpanKind", convert=str.capitalize),
        "status": Column("StatusCode", convert=str.capitalize),
        "duration": Column("Duration / 1e6", number=float),
        "trace_id": Column("TraceId", convert=str.lower),
        "span_id": Column("SpanId", convert=str.lower),
        "scope": Column("ScopeName"),
        "entry": Column("if(SpanKind IN ('Server', 'Consumer'), 'true', 'false')", convert=str.lower),
    },
    text=("SpanName", "StatusMessage"),
    maps={"": ("SpanAttributes", "ResourceAttributes"), "resource": ("ResourceAttributes",)},
)


async def page(
    reader: Reader, project: ProjectId, search: str, within: TimeRange, *, cursor: Cursor | None, limit: int
) -> TracePage:
    """Return the newest traces of a range in which a span matches a search, before a cursor."""
    node = parse_search(search)
    wanted = _ENTRY_SPANS if node == Every() else condition(node, SEARCHABLE)
    found = await _newest(reader, project, wanted, within, start=cursor or _BEFORE_ALL, count=limit + 1)
    following = None
    if len(found) > limit:
        found = found[:limit]
        following = Cursor(found[-1]["time_ns"], found[-1]["hash"]).encode()
    return TracePage(items=await _summaries(reader, project, found), next=following)


async def _newest(
    reader: Reader, project: ProjectId, wanted: Condition, within: TimeRange, *, start: Cursor, count: int
) -> list[dict[str, Any]]:
    """Return the newest span of each of the newest traces.

    A trace has several spans that match, so spans are read in growing batches until there are enough traces: the
    engine reads those from the end, while `LIMIT 1 BY` would have it read the whole range.
    """
    bounds = {"from_ns": unix_ns(within.start), "to_ns": unix_ns(within.end)}
    traces: dict[str, dict[str, Any]] = {}
    batch = count * 4
    for _ in range(_MOST_BATCHES):
        place = {"cursor_ns": start.time_ns, "cursor_id": start.record_id, "limit": batch}
        rows = await reader.fetch(
            _QUERIES["page_ids"].replace("/*search*/", wanted.sql), wanted.params | bounds | place, project=project
        )
        for row in rows:
            traces.setdefault(row["TraceId"], row)
        if len(rows) < batch or len(traces) >= count:
            break
        start = Cursor(rows[-1]["time_ns"], rows[-1]["hash"])
        batch = min(batch * 4, _LARGEST_BATCH)
    return list(traces.values())[:count]


async def trace(reader: Reader, project: ProjectId, trace_id: str) -> Trace:
    """Return a trace; raises NotFound."""
    trace_id = trace_id.lower()
    if not _TRACE_ID.fullmatch(trace_id):
        raise NotFound("there is no such trace")
    params: dict[str, str | int] = {"trace_id": trace_id, "limit": _MOST_SPANS + 1}
    rows = await reader.fetch(_QUERIES["spans"], params, project=project)
    if not rows:
        raise NotFound("there is no such trace")
    spans = await asyncio.to_thread(lambda: [_span(row) for row in rows[:_MOST_SPANS]])
    return Trace(trace_id=trace_id, spans=spans, truncated=len(rows) > _MOST_SPANS)


async def _summaries(reader: Reader, project: ProjectId, found: Sequence[dict[str, Any]]) -> list[TraceSummary]:
    if not found:
        return []
    rows = await reader.fetch(
        _QUERIES["summaries"],
        {
            "ids": [each["TraceId"] for each in found],
            "from_ns": max(min(each["time_ns"] for each in found) - _MARGIN_NS, 0),
            "to_ns": max(each["time_ns"] for each in found) + _MARGIN_NS,
        },
        project=project,
    )
    by_id = {row["TraceId"]: _summary(row) for row in rows}
    return [by_id[each["TraceId"]] for each in found if each["TraceId"] in by_id]


def _summary(row: dict[str, Any]) -> TraceSummary:
    service, name, status, new_http, old_http = row["root"].values()
    http = new_http or old_http
    return TraceSummary(
        trace_id=row["TraceId"],
        timestamp=rfc3339(row["start_ns"]),
        duration_ms=(row["end_ns"] - row["start_ns"]) / 1e6,
        root_service=service,
        root_name=name,
        services=sorted(row["services"]),
        span_count=row["span_count"],
        error_count=row["error_count"],
        status=status.lower() or "unset",
        http_status=int(http) if http.isdigit() else None,
    )


def _span(row: dict[str, Any]) -> Span:
    return Span(
        trace_id=row["TraceId"],
        span_id=row["SpanId"],
        parent_span_id=row["ParentSpanId"],
        name=row["SpanName"],
        kind=row["SpanKind"].lower() or "unspecified",
        service=row["ServiceName"],
        timestamp=rfc3339(row["start_ns"]),
        start_unix_ns=str(row["start_ns"]),
        duration_ns=row["Duration"],
        duration_ms=row["Duration"] / 1e6,
        status=SpanStatus(code=row["StatusCode"].lower() or "unset", message=row["StatusMessage"]),
        attributes=row["SpanAttributes"],
        resource=row["ResourceAttributes"],
        scope=SpanScope(name=row["ScopeName"], version=row["ScopeVersion"]),
        events=[
            SpanEvent(timestamp=rfc3339(time_ns), name=name, attributes=dict(attributes))
            for time_ns, name, attributes in zip(
                row["event_times"], row["event_names"], row["event_attributes"], strict=True
            )
        ],
        links=[
            SpanLink(trace_id=trace_id, span_id=span_id, attributes=dict(attributes))
            for trace_id, span_id, attributes in zip(
                row["link_traces"], row["link_spans"], row["link_attributes"], strict=True
            )
        ],
    )
