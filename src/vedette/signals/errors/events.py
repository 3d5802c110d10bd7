"""Questions about single error events."""

from typing import Any

import orjson

from vedette.kit.errors import NotFound
from vedette.kit.ids import ProjectId
from vedette.kit.paging import Cursor
from vedette.kit.timerange import rfc3339
from vedette.signals.errors.grouping import show_issue_id
from vedette.signals.errors.issues import issue_number
from vedette.signals.errors.schemas import (
    Breadcrumb,
    ErrorEvent,
    EventPage,
    EventSummary,
    ExceptionShown,
    GroupingShown,
    SdkShown,
    StackFrame,
)
from vedette.storage.telemetry.named import load_queries
from vedette.storage.telemetry.port import Value
from vedette.storage.telemetry.reader import Reader

_QUERIES = load_queries(__package__)
_BEFORE_ALL = Cursor(2**63 - 1, 2**64 - 1)
_HANDLED = {"yes": True, "no": False}


async def of_issue(
    reader: Reader, project: ProjectId, issue_id: str, *, cursor: Cursor | None, limit: int
) -> EventPage:
    """Return the events of one issue, latest first; an issue that does not exist has none."""
    return await _page(reader, project, "issue_events", {"id": issue_number(issue_id)}, cursor, limit)


async def of_trace(
    reader: Reader, project: ProjectId, trace_id: str, *, cursor: Cursor | None, limit: int
) -> EventPage:
    """Return the events of one trace, latest first."""
    return await _page(reader, project, "trace_events", {"trace_id": trace_id.lower()}, cursor, limit)


async def one(reader: Reader, project: ProjectId, event_id: str) -> ErrorEvent:
    """Return one event in full; raises NotFound."""
    wanted = event_id.replace("-", "").lower()
    rows = await reader.fetch(_QUERIES["event"], {"event_id": wanted}, project=project)
    if not rows:
        raise NotFound("there is no such event")
    return _event(rows[0])


async def _page(
    reader: Reader, project: ProjectId, query: str, params: dict[str, Value], cursor: Cursor | None, limit: int
) -> EventPage:
    start = cursor or _BEFORE_ALL
    paging: dict[str, Value] = {"cursor_ns": start.time_ns, "cursor_id": start.record_id, "limit": limit + 1}
    rows = await reader.fetch(_QUERIES[query], params | paging, project=project)
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = Cursor(rows[-1]["time_ns"], rows[-1]["hash"]).encode()
    return EventPage(items=[_summary(row) for row in rows], next=following)


def _summary(row: dict[str, Any]) -> EventSummary:
    return EventSummary(
        event_id=row["EventId"],
        issue_id=show_issue_id(row["IssueId"]),
        timestamp=rfc3339(row["time_ns"]),
        type=row["Type"],
        message=row["Value"],
        level=row["Level"],
        release=row["Release"],
        environment=row["Environment"],
        service=row["ServiceName"],
        user=row["UserId"],
        trace_id=row["TraceId"],
        span_id=row["SpanId"],
    )


def _event(row: dict[str, Any]) -> ErrorEvent:
    payload = orjson.loads(row["Payload"])
    return ErrorEvent(
        event_id=row["EventId"],
        issue_id=show_issue_id(row["IssueId"]),
        timestamp=rfc3339(row["time_ns"]),
        received_at=rfc3339(row["received_ns"]),
        type=row["Type"],
        value=row["Value"],
        message=payload["message"],
        culprit=row["Culprit"],
        level=row["Level"],
        platform=row["Platform"],
        release=row["Release"],
        environment=row["Environment"],
        dist=payload["dist"],
        server_name=row["ServerName"],
        transaction=row["TransactionName"],
        service=row["ServiceName"],
        logger=row["Logger"],
        handled=_HANDLED.get(row["handled"]),
        trace_id=row["TraceId"],
        span_id=row["SpanId"],
        user=_object(payload["user"]),
        tags=row["Tags"],
        exceptions=[_exception(each) for each in _objects(payload["exceptions"])],
        breadcrumbs=[_breadcrumb(each) for each in _objects(payload["breadcrumbs"])],
        request=_object(payload["request"]),
        contexts=_object(payload["contexts"]),
        extra=_object(payload["extra"]),
        modules=_object(payload["modules"]),
        sdk=SdkShown(name=row["SdkName"], version=row["SdkVersion"]),
        fingerprint=payload["fingerprint"],
        grouping=GroupingShown(**payload["grouping"]),
    )


def _exception(each: dict[str, Any]) -> ExceptionShown:
    frames = [StackFrame.model_validate(_whole(frame)) for frame in _objects(each.get("frames"))]
    mechanism = each.get("mechanism")
    return ExceptionShown(
        type=str(each.get("type", "")),
        value=str(each.get("value", "")),
        module=str(each.get("module", "")),
        mechanism=mechanism if isinstance(mechanism, dict) else None,
        frames=frames,
    )


def _whole(frame: dict[str, Any]) -> dict[str, Any]:
    """Put a list where a mark stands for lines that were cut."""
    for name in ("pre_context", "post_context"):
        if isinstance(frame.get(name), str):
            frame[name] = [frame[name]]
    return frame


def _breadcrumb(each: dict[str, Any]) -> Breadcrumb:
    moment = each.pop("timestamp_ns", None)
    return Breadcrumb(timestamp=rfc3339(moment) if moment else None, **each)


def _object(value: object) -> dict[str, Any]:
    """Return an object of the payload; a mark that stands for what was cut becomes one."""
    return value if isinstance(value, dict) else {"…": value}


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
