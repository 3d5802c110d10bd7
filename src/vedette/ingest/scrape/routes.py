"""The API of scrape jobs, for people who have no configuration file."""

import asyncio
from typing import Annotated, Any, ClassVar, cast

from fastapi import APIRouter, Body, Depends, Path, Query
from starlette.requests import HTTPConnection

from vedette.edge.bodies import BodyLimits, SmallBodies
from vedette.edge.problems import responses
from vedette.guard.access import CurrentProject, Principal, Role, require_role
from vedette.ingest.scrape.job_schemas import ScrapeCheck, ScrapeJobList, ScrapeJobOut, check_of, document_of, shown
from vedette.ingest.scrape.jobs_store import ScrapeJobs


class JobBodies(SmallBodies):
    """Routes that take jobs, which may list many targets."""

    limits: ClassVar = BodyLimits(512 * 1024, 512 * 1024)


router = APIRouter(prefix="/api/scrapes", tags=["scrapes"], route_class=JobBodies)


async def scrape_jobs_of(connection: HTTPConnection) -> ScrapeJobs:
    """Return the jobs that the composition root put on `app.state`."""
    return cast("ScrapeJobs", connection.app.state.scrape_jobs)


JobsDep = Annotated[ScrapeJobs, Depends(scrape_jobs_of)]
Admin = Annotated[Principal, Depends(require_role(Role.ADMIN))]
JobId = Annotated[int, Path(ge=1, le=2**31 - 1)]
JobBody = Annotated[
    dict[str, Any],
    Body(description='An entry of Prometheus\' `scrape_configs`, or `{"yaml": "…"}` with the text of one.'),
]
_READ = responses(400, 401, 404, 503)
_WRITE = responses(400, 401, 403, 404, 409, 503)


@router.get("", responses=_READ)
async def list_scrapes(jobs: JobsDep, project: CurrentProject) -> ScrapeJobList:
    """List the jobs kept in the project; those of the configuration file are told by `/api/v1/targets` only."""
    return ScrapeJobList(items=[shown(each) for each in await asyncio.to_thread(jobs.list, project)])


@router.post("", status_code=201, responses=_WRITE)
async def create_scrape(jobs: JobsDep, project: CurrentProject, by: Admin, body: JobBody) -> ScrapeJobOut:
    """Keep a new job and begin to scrape."""
    return shown(await jobs.create(project, document_of(body), by=by.label))


@router.post("/check", responses=_READ)
async def check_scrape(
    jobs: JobsDep,
    project: CurrentProject,
    body: JobBody,
    job_id: Annotated[
        int | None, Query(alias="id", ge=1, le=2**31 - 1, description="The kept job that the body is a change of.")
    ] = None,
) -> ScrapeCheck:
    """Say what a job would do, or what is wrong with it and where. Nothing is kept or scraped."""
    return check_of(await asyncio.to_thread(jobs.check, project, document_of(body), job_id))


@router.get("/{job_id}", responses=_READ)
async def read_scrape(jobs: JobsDep, project: CurrentProject, job_id: JobId) -> ScrapeJobOut:
    """Read a job; secrets are shown as `<secret>`."""
    return shown(await asyncio.to_thread(jobs.read, project, job_id))


@router.put("/{job_id}", responses=_WRITE)
async def change_scrape(
    jobs: JobsDep, project: CurrentProject, by: Admin, job_id: JobId, body: JobBody
) -> ScrapeJobOut:
    """Keep a job in place of what it was; `<secret>` leaves a secret as it is."""
    return shown(await jobs.change(project, job_id, document_of(body), by=by.label))


@router.delete("/{job_id}", status_code=204, responses=_WRITE)
async def remove_scrape(jobs: JobsDep, project: CurrentProject, _by: Admin, job_id: JobId) -> None:
    """Forget a job; its series end."""
    await jobs.remove(project, job_id)
