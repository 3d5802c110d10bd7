"""The logs API."""

from typing import Annotated

from fastapi import APIRouter, Query

from vedette.edge.params import CursorParam, LimitParam, RangeParam, SearchParam
from vedette.edge.problems import responses
from vedette.edge.services import ReaderDep
from vedette.guard.access import CurrentProject
from vedette.signals.logs import reading
from vedette.signals.logs.schemas import LogHistogram, LogPage, LogRecord

router = APIRouter(prefix="/api/logs", tags=["logs"])


@router.get("", responses=responses(400, 401, 404, 429, 503))
async def list_logs(
    reader: ReaderDep,
    project: CurrentProject,
    within: RangeParam,
    cursor: CursorParam,
    search: SearchParam = "",
    limit: LimitParam = 100,
) -> LogPage:
    """List log records, newest first."""
    return await reading.page(reader, project.id, search, within, cursor=cursor, limit=limit)


@router.get("/histogram", responses=responses(400, 401, 404, 429, 503))
async def log_histogram(
    reader: ReaderDep,
    project: CurrentProject,
    within: RangeParam,
    search: SearchParam = "",
    buckets: Annotated[int, Query(ge=1, le=500)] = 60,
) -> LogHistogram:
    """Count log records per step of time and severity."""
    return await reading.histogram(reader, project.id, search, within, buckets=buckets)


@router.get("/{log_id}", responses=responses(401, 404, 429, 503))
async def read_log(reader: ReaderDep, project: CurrentProject, log_id: str) -> LogRecord:
    """Read one log record."""
    return await reading.record(reader, project.id, log_id)
