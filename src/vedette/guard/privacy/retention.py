"""How long each project keeps each signal: kept in the records, carried out as TTL by the telemetry store."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import Annotated, cast

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, select
from starlette.requests import HTTPConnection

from vedette.edge.bodies import SmallBodies
from vedette.edge.problems import responses
from vedette.guard.access import CurrentProject, Principal, Role, require_role
from vedette.kit.errors import Unavailable
from vedette.kit.ids import SIGNALS, ProjectId, Signal
from vedette.storage.records import ProjectRetention, Records
from vedette.storage.telemetry.port import StoreFault, TelemetryStore
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.schema import apply_retention

Days = Annotated[int, Field(ge=0, le=36500)]


class Retentions:
    """Joins the records, what the door admits by, and the store's TTL. All calls block."""

    def __init__(self, records: Records, store: TelemetryStore, retention: Retention) -> None:
        self._records, self._store, self.retention = records, store, retention

    def load(self) -> None:
        """Read what projects chose: from now on the door admits by it."""
        chosen: dict[ProjectId, dict[str, int]] = defaultdict(dict)
        with self._records.reading() as session:
            for row in session.scalars(select(ProjectRetention)):
                chosen[ProjectId(row.project_id)][row.signal] = row.days
        self.retention.projects = {**chosen}

    def refresh(self) -> None:
        """Read what projects chose and carry it out.

        Costs a query when nothing changed, and long when the TTL of a large table does: not for the start of a server.
        """
        self.load()
        apply_retention(self._store, self.retention.default, self.retention.projects)

    def choose(self, project: ProjectId, days: Mapping[Signal, int | None]) -> None:
        """Set the days of some signals; None returns a signal to the default."""
        with self._records.session() as session:
            for signal, wanted in days.items():
                session.execute(
                    delete(ProjectRetention).where(
                        ProjectRetention.project_id == project, ProjectRetention.signal == signal
                    )
                )
                if wanted is not None:
                    session.add(ProjectRetention(project_id=project, signal=signal, days=wanted))
        try:
            self.refresh()
        except StoreFault as error:
            raise Unavailable("the telemetry store could not change its retention; it will be tried again") from error


class SignalRetention(BaseModel):
    """Days one signal is kept, 0 = for ever; `is_default` unless the project chose them."""

    signal: Signal
    days: int
    is_default: bool


class RetentionList(BaseModel):
    """The retention of a project, a row per signal."""

    items: list[SignalRetention]


class RetentionChange(BaseModel):
    """Days per signal, 0 = for ever, null = the server's default; signals left out stay as they are."""

    model_config = ConfigDict(extra="forbid")

    traces: Days | None = None
    logs: Days | None = None
    metrics: Days | None = None
    errors: Days | None = None
    events: Days | None = None


router = APIRouter(prefix="/api/retention", tags=["privacy"], route_class=SmallBodies)


async def _retentions(connection: HTTPConnection) -> Retentions:
    return cast("Retentions", connection.app.state.retentions)


RetentionsDep = Annotated[Retentions, Depends(_retentions)]


@router.get("", responses=responses(401, 404, 503))
async def read_retention(retentions: RetentionsDep, project: CurrentProject) -> RetentionList:
    """Say how long each signal of a project is kept."""
    return _listed(retentions.retention, project.id)


@router.put("", responses=responses(400, 401, 403, 404, 503))
async def change_retention(
    retentions: RetentionsDep,
    project: CurrentProject,
    change: RetentionChange,
    _admin: Annotated[Principal, Depends(require_role(Role.ADMIN))],
) -> RetentionList:
    """Choose how long signals of a project are kept; what is older is removed in the background."""
    wanted = {signal: getattr(change, signal) for signal in SIGNALS if signal in change.model_fields_set}
    await asyncio.to_thread(retentions.choose, project.id, wanted)
    return _listed(retentions.retention, project.id)


def _listed(retention: Retention, project: ProjectId) -> RetentionList:
    chosen = retention.projects.get(project, {})
    return RetentionList(
        items=[
            SignalRetention(signal=each, days=retention.days(project, each), is_default=each not in chosen)
            for each in SIGNALS
        ]
    )
