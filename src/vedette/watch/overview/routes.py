"""The overview's API."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request
from starlette.requests import HTTPConnection

from vedette.edge.params import RangeParam
from vedette.edge.problems import responses
from vedette.guard.access import CurrentProject
from vedette.watch.overview.now import Now
from vedette.watch.overview.schemas import Connect, ConnectProject, Overview

router = APIRouter(prefix="/api", tags=["overview"])


async def now_of(connection: HTTPConnection) -> Now:
    """Return the service that the composition root put on `app.state`."""
    return cast("Now", connection.app.state.now)


NowDep = Annotated[Now, Depends(now_of)]


@router.get("/overview", responses=responses(400, 401, 404, 429, 503))
async def read_overview(now: NowDep, project: CurrentProject, within: RangeParam) -> Overview:
    """Say whether everything is all right, and if not, where."""
    return await now.overview(project, within)


@router.get("/connect", responses=responses(401, 404, 429, 503))
async def read_connect(request: Request, now: NowDep, project: CurrentProject) -> Connect:
    """Say where to send data and what has arrived."""
    settings, grpc_port = request.app.state.settings, request.app.state.otlp_grpc_port
    address = (settings.public_url or str(request.base_url)).rstrip("/")
    host = address.split("://", 1)[-1].rsplit("/", 1)[0]
    host = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return Connect(
        address=address,
        otlp_grpc=f"{host}:{grpc_port}" if grpc_port else None,
        project=ConnectProject(id=project.id, name=project.name),
        signals=await now.arrivals(project.id),
    )
