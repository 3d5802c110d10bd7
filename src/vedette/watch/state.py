"""Alive, ready, and what Vedette counts about itself."""

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST as TEXT
from prometheus_client.exposition import generate_latest as generate_text
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as OPENMETRICS
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from pydantic import BaseModel

from vedette.edge.problems import responses
from vedette.edge.services import WritersDep
from vedette.kit.errors import Unavailable

router = APIRouter(tags=["state"])


class State(BaseModel):
    """Whether the server does its work."""

    status: str


@router.get("/healthz")
@router.head("/healthz", include_in_schema=False)
async def healthz() -> State:
    """Say that the process is alive."""
    return State(status="ok")


@router.get("/readyz", responses=responses(503))
@router.head("/readyz", include_in_schema=False)
async def readyz(writers: WritersDep) -> State:
    """Say whether data is taken and queries are answered."""
    if not writers.health.is_writable:
        raise Unavailable(f"the telemetry store cannot be written: {writers.health.detail}")
    return State(status="ready")


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Give Vedette's own metrics in the Prometheus text or OpenMetrics format."""
    registry = request.app.state.instruments.registry
    if "application/openmetrics-text" in request.headers.get("accept", ""):
        text = generate_openmetrics(registry)  # type: ignore[no-untyped-call]
        return Response(text, media_type=OPENMETRICS)
    return Response(generate_text(registry), media_type=TEXT)
