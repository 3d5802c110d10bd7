"""Wire shapes of the logs API."""

from typing import Literal

from pydantic import BaseModel

Severity = Literal["trace", "debug", "info", "warn", "error", "fatal"]
SEVERITIES: tuple[Severity, ...] = ("trace", "debug", "info", "warn", "error", "fatal")


class LogScope(BaseModel):
    """The instrumentation scope that wrote a record."""

    name: str
    version: str


class LogRecord(BaseModel):
    """One log record; `severity` is the class of `severity_number` (OpenTelemetry, 1 to 24)."""

    id: str
    timestamp: str
    observed_timestamp: str
    severity: Severity
    severity_number: int
    severity_text: str
    service: str
    body: str
    trace_id: str
    span_id: str
    event_name: str
    attributes: dict[str, str]
    resource: dict[str, str]
    scope: LogScope


class LogPage(BaseModel):
    """Records, newest first; `next` is the cursor of the following page."""

    items: list[LogRecord]
    next: str | None


class SeverityCounts(BaseModel):
    """Counts of one severity per step."""

    severity: Severity
    counts: list[int]


class LogHistogram(BaseModel):
    """Records per step and severity; `times` are Unix seconds at which the steps begin."""

    step_s: int
    times: list[int]
    series: list[SeverityCounts]
    total: int
