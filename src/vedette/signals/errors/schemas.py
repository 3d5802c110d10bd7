"""Wire shapes of the errors API."""

from typing import Any, Literal

from pydantic import BaseModel, Field

Status = Literal["unresolved", "resolved", "ignored"]
StatusFilter = Literal["unresolved", "resolved", "ignored", "all"]


class Trend(BaseModel):
    """Events per step; `times` are Unix seconds at which the steps begin."""

    times: list[int]
    counts: list[int]


class Issue(BaseModel):
    """Errors that are one problem; `events`, `users` and `trend` are about the range asked for, the rest about all."""

    id: str = Field(description="16 hexadecimal digits.")
    type: str
    value: str
    culprit: str
    level: str
    platform: str
    status: Status
    first_seen: str
    last_seen: str
    events: int
    users: int
    first_release: str
    last_release: str
    environments: list[str]
    services: list[str]
    trend: Trend


class IssueDetail(Issue):
    """An issue and where to find its latest event."""

    latest_event_id: str


class IssuePage(BaseModel):
    """Issues, latest event first; `next` is the cursor of the following page."""

    items: list[Issue]
    next: str | None


class EventSummary(BaseModel):
    """An event in a list."""

    event_id: str
    issue_id: str
    timestamp: str
    type: str
    message: str
    level: str
    release: str
    environment: str
    service: str
    user: str
    trace_id: str
    span_id: str


class EventPage(BaseModel):
    """Events, latest first; `next` is the cursor of the following page."""

    items: list[EventSummary]
    next: str | None


class StackFrame(BaseModel):
    """A call; `in_app` is None when the SDK did not say whose code it is."""

    filename: str = ""
    abs_path: str = ""
    module: str = ""
    function: str = ""
    lineno: int | None = None
    colno: int | None = None
    in_app: bool | None = None
    context_line: str | None = None
    pre_context: list[str] = []
    post_context: list[str] = []
    vars: Any = None


class ExceptionShown(BaseModel):
    """An exception with its calls, oldest first."""

    type: str
    value: str
    module: str = ""
    mechanism: dict[str, Any] | None = None
    frames: list[StackFrame] = []


class Breadcrumb(BaseModel):
    """What happened before; `timestamp` is None when the SDK gave none."""

    timestamp: str | None
    type: str
    category: str
    level: str
    message: str
    data: Any


class SdkShown(BaseModel):
    """The SDK that sent an event."""

    name: str
    version: str


class GroupingShown(BaseModel):
    """Why an event belongs to its issue."""

    version: int = 0
    method: str = ""
    parts: list[str] = []


class ErrorEvent(BaseModel):
    """One event in full; of `exceptions` the last is the one that was caught, those before it are its causes."""

    event_id: str
    issue_id: str
    timestamp: str
    received_at: str
    type: str
    value: str
    message: str
    culprit: str
    level: str
    platform: str
    release: str
    environment: str
    dist: str
    server_name: str
    transaction: str
    service: str
    logger: str
    handled: bool | None
    trace_id: str
    span_id: str
    user: dict[str, Any]
    tags: dict[str, str]
    exceptions: list[ExceptionShown]
    breadcrumbs: list[Breadcrumb]
    request: dict[str, Any]
    contexts: dict[str, Any]
    extra: dict[str, Any]
    modules: dict[str, Any]
    sdk: SdkShown
    fingerprint: list[str]
    grouping: GroupingShown
