"""The routes of Prometheus' API that tell about targets."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Response
from starlette.requests import HTTPConnection

from vedette.guard.access import CurrentProject
from vedette.ingest.scrape.manager import ScrapeManager
from vedette.ingest.scrape.targets import targets_document
from vedette.signals.metrics.api.answering import ERRORS, PrometheusRoute, success
from vedette.signals.metrics.api.parameters import ParametersDep

router = APIRouter(prefix="/api/v1", tags=["prometheus"], route_class=PrometheusRoute, responses=ERRORS)


async def _manager(connection: HTTPConnection) -> ScrapeManager:
    return cast("ScrapeManager", connection.app.state.scrapes)


ManagerDep = Annotated[ScrapeManager, Depends(_manager)]


@router.get("/targets", response_class=Response)
async def targets(manager: ManagerDep, project: CurrentProject, given: ParametersDep) -> Response:
    """List scraped and dropped targets."""
    pools = manager.targets(project.id)
    return success(targets_document(pools, state=given.text("state").lower(), pool=given.text("scrapePool")))


@router.get("/scrape_pools", response_class=Response)
async def scrape_pools(manager: ManagerDep, project: CurrentProject) -> Response:
    """List the names of scrape jobs."""
    return success({"scrapePools": [pool.job.job_name for pool in manager.targets(project.id)]})
