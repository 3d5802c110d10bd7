"""The dashboards API."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Final, cast

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from starlette.requests import HTTPConnection
from starlette.responses import StreamingResponse

from vedette.edge.bodies import BodyLimits, SmallBodies
from vedette.edge.problems import responses
from vedette.guard.access import CurrentProject, Principal, Role, require_role
from vedette.kit.errors import Fault, Invalid
from vedette.kit.ids import ProjectId
from vedette.watch.dashboards import grafana
from vedette.watch.dashboards.answers import (
    Dashboard,
    DashboardIn,
    DashboardList,
    DataAnswer,
    DataRequest,
    Imported,
    NewShare,
    ShareIn,
    ShareList,
    VariablesAnswer,
    VariablesRequest,
    VersionList,
)
from vedette.watch.dashboards.data import DashboardData
from vedette.watch.dashboards.schemas import Content, Uid
from vedette.watch.dashboards.shares import Shares
from vedette.watch.dashboards.shelf import Shelf
from vedette.watch.dashboards.window import Window, window_of

NDJSON: Final = "application/x-ndjson"


class DocumentBodies(SmallBodies):
    """Routes that take whole dashboards."""

    limits: ClassVar = BodyLimits(4 * 1024 * 1024, 4 * 1024 * 1024)


router = APIRouter(prefix="/api/dashboards", tags=["dashboards"], route_class=DocumentBodies)


async def shelf_of(connection: HTTPConnection) -> Shelf:
    """Return the dashboards that the composition root put on `app.state`."""
    return cast("Shelf", connection.app.state.shelf)


async def data_of(connection: HTTPConnection) -> DashboardData:
    """Return what answers panels, put on `app.state` by the composition root."""
    return cast("DashboardData", connection.app.state.dashboard_data)


async def shares_of(connection: HTTPConnection) -> Shares:
    """Return the links that the composition root put on `app.state`."""
    return cast("Shares", connection.app.state.shares)


def sent(answer: DataAnswer) -> Response:
    """Return an answer as JSON without checking again what was made here: it may have a million numbers."""
    return Response(answer.model_dump_json(by_alias=True), media_type="application/json")


def unkept(uid: str | None, content: Content, by: Principal) -> Dashboard:
    """Return a dashboard that is only shown, as it would be kept."""
    return Dashboard(
        **content.model_dump(by_alias=True),
        uid=uid or "dry-run",
        version=0,
        shipped=False,
        updated_at=datetime.now(UTC),
        updated_by=by.label,
    )


ShelfDep = Annotated[Shelf, Depends(shelf_of)]
DataDep = Annotated[DashboardData, Depends(data_of)]
SharesDep = Annotated[Shares, Depends(shares_of)]
Member = Annotated[Principal, Depends(require_role(Role.MEMBER))]
UidPath = Annotated[Uid, Path()]
VersionPath = Annotated[int, Path(ge=1, le=2**31 - 1)]
_READ = responses(400, 401, 404, 503)
_WRITE = responses(400, 401, 403, 404, 409, 503)


@router.get("", responses=_READ)
def list_dashboards(shelf: ShelfDep, project: CurrentProject) -> DashboardList:
    """List the dashboards of the project by title, then those that are part of Vedette."""
    return DashboardList(items=shelf.summaries(project.id))


@router.post("", status_code=201, responses=_WRITE)
def create_dashboard(shelf: ShelfDep, project: CurrentProject, by: Member, body: DashboardIn) -> Dashboard:
    """Keep a new dashboard, under the uid it names or one of the server's choice."""
    return shelf.create(project.id, body.uid, body.content(), by=by.label, message=body.message)


@router.post("/import", responses=_WRITE)
def import_dashboard(
    shelf: ShelfDep,
    project: CurrentProject,
    by: Member,
    body: Annotated[dict[str, Any], Body(description="A dashboard of Grafana (schema version 16 on) or of Vedette.")],
    dry_run: Annotated[bool, Query(description="Say what would be lost, keep nothing.")] = False,
    overwrite: Annotated[bool, Query(description="Replace a dashboard of the same uid by a new version.")] = False,
) -> Imported:
    """Take a dashboard of Grafana or of Vedette and say what could not be carried over."""
    uid, content, report = grafana.read_any(body)
    if dry_run:
        return Imported(dashboard=unkept(uid, content, by), report=report)
    return Imported(dashboard=shelf.put(project.id, uid, content, by=by.label, overwrite=overwrite), report=report)


@router.post(
    "/data",
    response_model=DataAnswer,
    responses=responses(400, 401, 404, 429, 503)
    | {
        200: {
            "description": "The answer; as `application/x-ndjson` a `DataPart` per line, each as soon as it is there."
        }
    },
)
async def read_data(request: Request, data: DataDep, project: CurrentProject, body: DataRequest) -> Response:
    """Answer panels, kept or not. A query that fails costs only itself and says why.

    The answer of a panel is under its id; of a panel that is repeated, or stands in a row that is, under `id/value` for
    each value of the variable.
    """
    now = datetime.now(UTC)
    if NDJSON not in request.headers.get("accept", ""):
        return sent(await data.answer(project.id, body, now=now))
    window = window_of(body.start, body.end, now=now, max_points=body.max_points)
    return StreamingResponse(_lines(data, project.id, body, window), media_type=NDJSON)


async def _lines(data: DashboardData, project: ProjectId, body: DataRequest, window: Window) -> AsyncIterator[bytes]:
    async with contextlib.aclosing(data.parts(project, body, window)) as parts:
        async for part in parts:
            yield part.model_dump_json().encode() + b"\n"


@router.post("/variables", responses=responses(400, 401, 404, 429, 503))
async def read_variables(data: DataDep, project: CurrentProject, body: VariablesRequest) -> VariablesAnswer:
    """Say what can be chosen for variables, each with the choices of those before it."""
    return await data.options(project.id, body, now=datetime.now(UTC))


@router.get("/{uid}", responses=_READ)
def read_dashboard(shelf: ShelfDep, project: CurrentProject, uid: UidPath) -> Dashboard:
    """Read a dashboard as it is now."""
    return shelf.read(project.id, uid)


@router.put("/{uid}", responses=_WRITE)
def change_dashboard(
    shelf: ShelfDep, project: CurrentProject, by: Member, uid: UidPath, body: DashboardIn
) -> Dashboard:
    """Keep a change as a new version; 409, saying who, when somebody else kept one meanwhile."""
    if body.uid not in (None, uid):
        raise Invalid("the uid is another one", faults=[Fault("body.uid", f"must be {uid} or left out")])
    return shelf.change(project.id, uid, body.content(), based_on=body.version, by=by.label, message=body.message)


@router.delete("/{uid}", status_code=204, responses=_WRITE)
def remove_dashboard(shelf: ShelfDep, project: CurrentProject, _by: Member, uid: UidPath) -> None:
    """Remove a dashboard with its versions and links."""
    shelf.remove(project.id, uid)


@router.get("/{uid}/versions", responses=_READ)
def list_versions(shelf: ShelfDep, project: CurrentProject, uid: UidPath) -> VersionList:
    """List who changed a dashboard, when and why, latest first."""
    return VersionList(items=shelf.versions(project.id, uid))


@router.get("/{uid}/versions/{version}", responses=_READ)
def read_version(shelf: ShelfDep, project: CurrentProject, uid: UidPath, version: VersionPath) -> Dashboard:
    """Read a dashboard as it was."""
    return shelf.read_version(project.id, uid, version)


@router.post("/{uid}/versions/{version}/restore", responses=_WRITE)
def restore_version(
    shelf: ShelfDep, project: CurrentProject, by: Member, uid: UidPath, version: VersionPath
) -> Dashboard:
    """Make an earlier version the latest, as a new one: nothing is lost by it."""
    return shelf.restore(project.id, uid, version, by=by.label)


@router.get("/{uid}/export", responses=_READ)
def export_dashboard(
    shelf: ShelfDep,
    project: CurrentProject,
    uid: UidPath,
    format: Annotated[grafana.Format, Query(description="Whose JSON.")] = "vedette",  # noqa: A002 - the API's word
) -> dict[str, Any]:
    """Return a dashboard as JSON to keep elsewhere; what Grafana cannot say is listed under `__vedette`."""
    return grafana.export(shelf.read(project.id, uid), format)


@router.get("/{uid}/shares", responses=responses(400, 401, 403, 404, 503))
def list_shares(shelf: ShelfDep, shares: SharesDep, project: CurrentProject, _by: Member, uid: UidPath) -> ShareList:
    """List the links to a dashboard, ended ones too."""
    shelf.version(project.id, uid)
    return ShareList(items=shares.of(project.id, uid))


@router.post("/{uid}/share", status_code=201, responses=_WRITE)
def share_dashboard(
    request: Request,
    shelf: ShelfDep,
    shares: SharesDep,
    project: CurrentProject,
    by: Member,
    uid: UidPath,
    body: ShareIn,
) -> NewShare:
    """Make a link that opens this dashboard, and nothing else, without sign-in; the answer alone shows its token."""
    shelf.version(project.id, uid)
    expires_in = timedelta(seconds=body.expires_in_s)
    share, token = shares.create(project.id, uid, expires_in=expires_in, name=body.name, by=by.label)
    address = (request.app.state.settings.public_url or str(request.base_url)).rstrip("/")
    return NewShare(**share.model_dump(), token=token, url=f"{address}/shared/{token}")


@router.delete("/{uid}/shares/{share_id}", status_code=204, responses=_WRITE)
def revoke_share(
    shares: SharesDep,
    project: CurrentProject,
    _by: Member,
    uid: UidPath,
    share_id: Annotated[int, Path(ge=1, le=2**31 - 1)],
) -> None:
    """End a link at once."""
    shares.revoke(project.id, uid, share_id)
