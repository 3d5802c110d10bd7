"""The errors API."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from vedette.edge.params import CursorParam, LimitParam, RangeParam, SearchParam
from vedette.edge.problems import responses
from vedette.edge.services import ReaderDep
from vedette.guard.access import CurrentProject, Principal, Role, require_role
from vedette.kit.ids import ProjectId
from vedette.kit.timerange import TimeRange
from vedette.signals.errors import events, issues
from vedette.signals.errors.schemas import ErrorEvent, EventPage, IssueDetail, IssuePage, Status, StatusFilter
from vedette.signals.errors.states import IssueStates, StatesDep
from vedette.storage.telemetry.reader import Reader

router = APIRouter(prefix="/api/errors", tags=["errors"])
Member = Annotated[Principal, Depends(require_role(Role.MEMBER))]
TraceParam = Annotated[str, Query(max_length=64, description="32 hexadecimal digits.")]
_READING = responses(400, 401, 404, 429, 503)
_CHANGING = responses(401, 403, 404, 429, 503)


@router.get("/issues", responses=_READING)
async def list_issues(
    reader: ReaderDep,
    states: StatesDep,
    project: CurrentProject,
    within: RangeParam,
    cursor: CursorParam,
    search: SearchParam = "",
    status: StatusFilter = "unresolved",
    limit: LimitParam = 50,
) -> IssuePage:
    """List the issues with events in the range, latest first; figures are those of the events that match."""
    return await issues.page(reader, states, project.id, search, within, status=status, cursor=cursor, limit=limit)


@router.get("/issues/{issue_id}", responses=_READING)
async def read_issue(
    reader: ReaderDep, states: StatesDep, project: CurrentProject, within: RangeParam, issue_id: str
) -> IssueDetail:
    """Read one issue; its figures are those of the range."""
    return await issues.one(reader, states, project.id, issue_id, within)


@router.get("/issues/{issue_id}/events", responses=_READING)
async def list_issue_events(
    reader: ReaderDep, project: CurrentProject, cursor: CursorParam, issue_id: str, limit: LimitParam = 50
) -> EventPage:
    """List the events of one issue, latest first."""
    return await events.of_issue(reader, project.id, issue_id, cursor=cursor, limit=limit)


@router.post("/issues/{issue_id}/resolve", responses=_CHANGING)
async def resolve_issue(
    reader: ReaderDep, states: StatesDep, project: CurrentProject, member: Member, within: RangeParam, issue_id: str
) -> IssueDetail:
    """Call an issue resolved; an event that comes later opens it again."""
    return await _decide(reader, states, project.id, issue_id, within, "resolved", member)


@router.post("/issues/{issue_id}/ignore", responses=_CHANGING)
async def ignore_issue(
    reader: ReaderDep, states: StatesDep, project: CurrentProject, member: Member, within: RangeParam, issue_id: str
) -> IssueDetail:
    """Ignore an issue, whatever comes."""
    return await _decide(reader, states, project.id, issue_id, within, "ignored", member)


@router.post("/issues/{issue_id}/reopen", responses=_CHANGING)
async def reopen_issue(
    reader: ReaderDep, states: StatesDep, project: CurrentProject, member: Member, within: RangeParam, issue_id: str
) -> IssueDetail:
    """Open an issue again."""
    return await _decide(reader, states, project.id, issue_id, within, "unresolved", member)


@router.get("/events", responses=_READING)
async def list_trace_events(
    reader: ReaderDep, project: CurrentProject, cursor: CursorParam, trace_id: TraceParam, limit: LimitParam = 50
) -> EventPage:
    """List the events of one trace, latest first."""
    return await events.of_trace(reader, project.id, trace_id, cursor=cursor, limit=limit)


@router.get("/events/{event_id}", responses=_READING)
async def read_event(reader: ReaderDep, project: CurrentProject, event_id: str) -> ErrorEvent:
    """Read one event in full."""
    return await events.one(reader, project.id, event_id)


async def _decide(
    reader: Reader,
    states: IssueStates,
    project: ProjectId,
    issue_id: str,
    within: TimeRange,
    status: Status,
    member: Principal,
) -> IssueDetail:
    await issues.one(reader, states, project, issue_id, within)  # raises NotFound before anything is written
    await states.decide(project, issues.issue_number(issue_id), status, by=member.label)
    return await issues.one(reader, states, project, issue_id, within)
