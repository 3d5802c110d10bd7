"""Wire shapes of the traces API."""

from typing import Literal

from pydantic import BaseModel

StatusCode = Literal["unset", "ok", "error"]
Kind = Literal["unspecified", "internal", "server", "client", "producer", "consumer"]


class TraceSummary(BaseModel):
    """One trace in a list; `root_*` are of its root, or of its earliest span when the root is not here."""

    trace_id: str
    timestamp: str
    duration_ms: float
    root_service: str
    root_name: str
    services: list[str]
    span_count: int
    error_count: int
    status: StatusCode
    http_status: int | None


class TracePage(BaseModel):
    """Traces, newest first; `next` is the cursor of the following page."""

    items: list[TraceSummary]
    next: str | None


class SpanScope(BaseModel):
    """The instrumentation scope that made a span."""

    name: str
    version: str


class SpanStatus(BaseModel):
    """How a span ended."""

    code: StatusCode
    message: str


class SpanEvent(BaseModel):
    """Something that happened during a span."""

    timestamp: str
    name: str
    attributes: dict[str, str]


class SpanLink(BaseModel):
    """A span of another trace that caused this one."""

    trace_id: str
    span_id: str
    attributes: dict[str, str]


class Span(BaseModel):
    """One operation. `start_unix_ns` is text because it is beyond the integers of JavaScript."""

    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    kind: Kind
    service: str
    timestamp: str
    start_unix_ns: str
    duration_ns: int
    duration_ms: float
    status: SpanStatus
    attributes: dict[str, str]
    resource: dict[str, str]
    scope: SpanScope
    events: list[SpanEvent]
    links: list[SpanLink]


class Trace(BaseModel):
    """All spans of a trace, by start; `truncated` when it has more than are shown."""

    trace_id: str
    spans: list[Span]
    truncated: bool
