"""Questions about issues."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from vedette.kit.errors import NotFound
from vedette.kit.ids import ProjectId
from vedette.kit.paging import Cursor
from vedette.kit.search import Every, parse_search
from vedette.kit.timerange import TimeRange, rfc3339, unix_ns
from vedette.signals.conditions import Column, Condition, Searchable, condition
from vedette.signals.errors.grouping import show_issue_id
from vedette.signals.errors.schemas import Issue, IssueDetail, IssuePage, Status, StatusFilter, Trend
from vedette.signals.errors.states import Decision, IssueStates
from vedette.storage.telemetry.named import load_queries
from vedette.storage.telemetry.port import Value
from vedette.storage.telemetry.reader import Reader

_QUERIES = load_queries(__package__)
_ISSUE_ID = re.compile(r"[0-9a-fA-F]{16}")
_BEFORE_ALL = Cursor(2**63 - 1, 2**64 - 1)
_TREND_STEPS = 24
SEARCHABLE = Searchable(
    fields={
        "type": Column("Type"),
        "value": Column("Value"),
        "message": Column("Value"),
        "culprit": Column("Culprit"),
        "level": Column("Level", convert=str.lower),
        "platform": Column("Platform", convert=str.lower),
        "release": Column("Release"),
        "environment": Column("Environment"),
        "server": Column("ServerName"),
        "server_name": Column("ServerName"),
        "transaction": Column("TransactionName"),
        "service": Column("ServiceName"),
        "logger": Column("Logger"),
        "handled": Column("toString(Handled)", convert=lambda text: {"true": "yes", "false": "no"}.get(text, text)),
        "user": Column("UserId"),
        "trace_id": Column("TraceId", convert=str.lower),
        "sdk": Column("SdkName"),
        "issue": Column("lower(hex(IssueId))", convert=str.lower),
    },
    text=("Type", "Value", "Culprit"),
    maps={"": ("Tags",), "tags": ("Tags",)},
)


async def page(
    reader: Reader,
    states: IssueStates,
    project: ProjectId,
    search: str,
    within: TimeRange,
    *,
    status: StatusFilter,
    cursor: Cursor | None,
    limit: int,
) -> IssuePage:
    """Return the issues of a range, latest event first, before a cursor."""
    span = _span(within, search)
    decisions = await states.decisions(project)
    fenced = _by_status(status, await _reopened(reader, project, decisions))
    start = cursor or _BEFORE_ALL
    paging: dict[str, Value] = {"cursor_ns": start.time_ns, "cursor_id": start.record_id, "limit": limit + 1}
    rows = await reader.fetch(
        span.sql("issues").replace("/*status*/", fenced.sql), span.params | fenced.params | paging, project=project
    )
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = Cursor(rows[-1]["last_seen_ns"], rows[-1]["IssueId"]).encode()
    items = await _complete(reader, project, [row["IssueId"] for row in rows], span, decisions)
    return IssuePage(items=[Issue(**item.model_dump(exclude={"latest_event_id"})) for item in items], next=following)


async def one(reader: Reader, states: IssueStates, project: ProjectId, issue_id: str, within: TimeRange) -> IssueDetail:
    """Return one issue, its figures those of a range; raises NotFound."""
    number = issue_number(issue_id)
    found = await _complete(reader, project, [number], _span(within, ""), await states.decisions(project))
    if not found:
        raise _unknown()
    return found[0]


def issue_number(issue_id: str) -> int:
    """Read the id of an issue; raises NotFound for what cannot be one."""
    if not _ISSUE_ID.fullmatch(issue_id):
        raise _unknown()
    return int(issue_id, 16)


def _unknown() -> NotFound:
    return NotFound("there is no such issue")


@dataclass(frozen=True, slots=True)
class _Span:
    """A range and a search as the queries take them; `steps` are the Unix seconds of the trend."""

    params: dict[str, Value]
    search: str
    step_s: int
    steps: tuple[int, ...]

    def sql(self, query: str) -> str:
        return _QUERIES[query].replace("/*search*/", self.search)


def _span(within: TimeRange, search: str) -> _Span:
    node = parse_search(search)
    wanted = condition(node, SEARCHABLE)
    start_ns, end_ns = unix_ns(within.start), unix_ns(within.end)
    step_s = within.step_s(_TREND_STEPS)
    first_hour, last_hour = -(-start_ns // 3_600_000_000_000) * 3600, end_ns // 3_600_000_000_000 * 3600
    if node != Every() or first_hour >= last_hour:
        first_hour = last_hour = 0  # every event of the range lies at or after the "last hour": no aggregates
    params: dict[str, Value] = {
        "from_ns": start_ns,
        "to_ns": end_ns,
        "first_hour_s": first_hour,
        "last_hour_s": last_hour,
    }
    first_step = start_ns // 1_000_000_000 // step_s * step_s
    steps = tuple(range(first_step, -(-end_ns // 1_000_000_000), step_s))
    return _Span(params | wanted.params, wanted.sql, step_s, steps)


async def _reopened(reader: Reader, project: ProjectId, decisions: Mapping[int, Decision]) -> dict[int, Status]:
    """Return the status today of every issue somebody decided about."""
    resolved = [issue_id for issue_id, decision in decisions.items() if decision.status == "resolved"]
    received: dict[int, int] = {}
    if resolved:
        rows = await reader.fetch(_QUERIES["last_received"], {"ids": resolved}, project=project)
        received = {row["IssueId"]: row["last_received_ns"] for row in rows}
    return {issue_id: decision.status_now(received.get(issue_id, 0)) for issue_id, decision in decisions.items()}


def _by_status(status: StatusFilter, statuses: Mapping[int, Status]) -> Condition:
    if status == "all":
        return Condition("1")
    if status == "unresolved":
        closed = [issue_id for issue_id, each in statuses.items() if each != "unresolved"]
        return (
            Condition("IssueId NOT IN {issue_ids:Array(UInt64)}", {"issue_ids": closed}) if closed else Condition("1")
        )
    chosen = [issue_id for issue_id, each in statuses.items() if each == status]
    return Condition("IssueId IN {issue_ids:Array(UInt64)}", {"issue_ids": chosen}) if chosen else Condition("0")


async def _complete(
    reader: Reader, project: ProjectId, ids: Sequence[int], span: _Span, decisions: Mapping[int, Decision]
) -> list[IssueDetail]:
    """Return issues in this order, those that do not exist left out: their history, figures, trend and status."""
    if not ids:
        return []
    histories, figures, trends = await asyncio.gather(
        reader.fetch(_QUERIES["histories"], {"ids": ids}, project=project),
        reader.fetch(span.sql("figures"), span.params | {"ids": ids}, project=project),
        _trends(reader, project, ids, span),
    )
    known = {row["IssueId"]: row for row in histories}
    counted = {row["IssueId"]: row for row in figures}
    return [
        _issue(known[each] | counted.get(each, {"events": 0, "users": 0}), trends[each], decisions.get(each))
        for each in ids
        if each in known
    ]


async def _trends(reader: Reader, project: ProjectId, ids: Sequence[int], span: _Span) -> dict[int, Trend]:
    params = span.params | {"ids": ids, "step_s": span.step_s}
    if span.step_s < 3600:
        params |= {"first_hour_s": 0, "last_hour_s": 0}
    counts = {issue_id: [0] * len(span.steps) for issue_id in ids}
    first = span.steps[0] // span.step_s
    for row in await reader.fetch(span.sql("trends"), params, project=project):
        counts[row["IssueId"]][row["step"] - first] += row["events"]
    return {issue_id: Trend(times=list(span.steps), counts=each) for issue_id, each in counts.items()}


def _issue(row: Mapping[str, Any], trend: Trend, decision: Decision | None) -> IssueDetail:
    kind, value, culprit, level, platform, event_id = orjson.loads(row["latest"])
    return IssueDetail(
        id=show_issue_id(row["IssueId"]),
        type=kind,
        value=value,
        culprit=culprit,
        level=level,
        platform=platform,
        status=decision.status_now(row["last_received_ns"]) if decision else "unresolved",
        first_seen=rfc3339(row["first_seen_ns"]),
        last_seen=rfc3339(row["last_seen_ns"]),
        events=row["events"],
        users=row["users"],
        first_release=row["first_release"],
        last_release=row["last_release"],
        environments=row["environments"],
        services=row["services"],
        trend=trend,
        latest_event_id=event_id,
    )
