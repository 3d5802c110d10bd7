"""Questions about log records."""

import re
from typing import Any

from vedette.kit.errors import NotFound
from vedette.kit.ids import ProjectId
from vedette.kit.paging import Cursor
from vedette.kit.search import Every, parse_search
from vedette.kit.timerange import TimeRange, rfc3339, unix_ns
from vedette.signals.conditions import Column, Searchable, condition
from vedette.signals.logs.schemas import SEVERITIES, LogHistogram, LogPage, LogRecord, LogScope, SeverityCounts
from vedette.storage.telemetry.named import load_queries
from vedette.storage.telemetry.reader import Reader

_QUERIES = load_queries(__package__)
_LOG_ID = re.compile(r"([0-9a-f]{1,16})-([0-9a-f]{1,16})")
_BEFORE_ALL = Cursor(2**63 - 1, 2**64 - 1)
_LEVELS = {"trace": 0, "debug": 1, "info": 2, "warn": 3, "warning": 3, "error": 4, "err": 4, "fatal": 5, "critical": 5}


def level_number(text: str) -> float:
    """Return the place of a level among the severities; raises ValueError for a word that is none."""
    if text.lower() not in _LEVELS:
        raise ValueError(text)
    return _LEVELS[text.lower()]


_SEVERITY = Column("if(SeverityNumber = 0, 2, least(intDiv(SeverityNumber - 1, 4), 5))", number=level_number)
SEARCHABLE = Searchable(
    fields={
        "service": Column("ServiceName"),
        "level": _SEVERITY,
        "severity": _SEVERITY,
        "body": Column("Body"),
        "trace_id": Column("TraceId", convert=str.lower),
        "span_id": Column("SpanId", convert=str.lower),
        "scope": Column("ScopeName"),
        "event": Column("EventName"),
    },
    text=("Body",),
    maps={"": ("LogAttributes", "ResourceAttributes"), "resource": ("ResourceAttributes",)},
)


async def page(
    reader: Reader, project: ProjectId, search: str, within: TimeRange, *, cursor: Cursor | None, limit: int
) -> LogPage:
    """Return the newest records of a range that match a search, before a cursor."""
    wanted = condition(parse_search(search), SEARCHABLE)
    start = cursor or _BEFORE_ALL
    rows = await reader.fetch(
        _QUERIES["page"].replace("/*search*/", wanted.sql),
        wanted.params
        | _bounds(within)
        | {"cursor_ns": start.time_ns, "cursor_id": start.record_id, "limit": limit + 1},
        project=project,
    )
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = Cursor(rows[-1]["time_ns"], rows[-1]["RecordId"]).encode()
    return LogPage(items=[_record(row) for row in rows], next=following)


async def record(reader: Reader, project: ProjectId, log_id: str) -> LogRecord:
    """Return one record; raises NotFound."""
    if match := _LOG_ID.fullmatch(log_id):
        time_ns, record_id = (int(each, 16) for each in match.groups())
        params = {"time_ns": min(time_ns, 2**63 - 1), "id": record_id}
        if rows := await reader.fetch(_QUERIES["record"], params, project=project):
            return _record(rows[0])
    raise NotFound("there is no such log record")


async def histogram(
    reader: Reader, project: ProjectId, search: str, within: TimeRange, *, buckets: int
) -> LogHistogram:
    """Return counts per step and severity over the whole range, zeros included."""
    step_s = within.step_s(buckets)
    node = parse_search(search)
    if node == Every() and step_s >= 60:
        sql, params = _QUERIES["histogram_by_minute"], {}
    else:
        wanted = condition(node, SEARCHABLE)
        sql, params = _QUERIES["histogram"].replace("/*search*/", wanted.sql), wanted.params
    rows = await reader.fetch(sql, params | _bounds(within) | {"step_s": step_s}, project=project)
    first = int(within.start.timestamp()) // step_s * step_s
    times = list(range(first, int(within.end.timestamp()), step_s))
    counts = {number: [0] * len(times) for number in range(len(SEVERITIES))}
    for row in rows:
        place = (row["time_s"] - first) // step_s
        if 0 <= place < len(times):
            counts[row["severity"]][place] += row["count"]
    series = [SeverityCounts(severity=SEVERITIES[number], counts=each) for number, each in counts.items() if any(each)]
    return LogHistogram(step_s=step_s, times=times, series=series, total=sum(sum(each.counts) for each in series))


def _bounds(within: TimeRange) -> dict[str, int]:
    return {"from_ns": unix_ns(within.start), "to_ns": unix_ns(within.end)}


def _record(row: dict[str, Any]) -> LogRecord:
    number = row["SeverityNumber"]
    return LogRecord(
        id=f"{row['time_ns']:x}-{row['RecordId']:x}",
        timestamp=rfc3339(row["time_ns"]),
        observed_timestamp=rfc3339(row["observed_ns"]),
        severity=SEVERITIES[min((number - 1) // 4, 5) if number else 2],
        severity_number=number,
        severity_text=row["SeverityText"],
        service=row["ServiceName"],
        body=row["Body"],
        trace_id=row["TraceId"],
        span_id=row["SpanId"],
        event_name=row["EventName"],
        attributes=row["LogAttributes"],
        resource=row["ResourceAttributes"],
        scope=LogScope(name=row["ScopeName"], version=row["ScopeVersion"]),
    )
