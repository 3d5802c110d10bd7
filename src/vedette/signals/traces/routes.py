"""The traces API."""

from fastapi import APIRouter

from vedette.edge.params import CursorParam, LimitParam, RangeParam, SearchParam
from vedette.edge.problems import responses
from vedette.edge.services import ReaderDep
from vedette.guard.access import CurrentProject
from vedette.signals.traces import reading
from vedette.signals.traces.schemas import Trace, TracePage

router = APIRouter(prefix="/api/traces", tags=["traces"])


@router.get("", responses=responses(400, 401, 404, 429, 503))
async def list_traces(
    reader: ReaderDep,
    project: CurrentProject,
    within: RangeParam,
    cursor: CursorParam,
    search: SearchParam = "",
    limit: LimitParam = 50,
) -> TracePage:
    """List traces, newest first; a search is met by any span of a trace."""
    return await reading.page(reader, project.id, search, within, cursor=cursor, limit=limit)


@router.get("/{trace_id}", responses=responses(401, 404, 429, 503))
async def read_trace(reader: ReaderDep, project: CurrentProject, trace_id: str) -> Trace:
    """Read all spans of one trace."""
    return await reading.trace(reader, project.id, trace_id)
