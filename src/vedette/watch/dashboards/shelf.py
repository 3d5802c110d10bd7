"""Where dashboards are kept: as they are now, as they were, and who changed them. All calls block."""

import secrets
from datetime import UTC, datetime

import orjson
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from vedette.kit.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from vedette.kit.ids import ProjectId
from vedette.storage.records import Dashboard as Row
from vedette.storage.records import DashboardShare, DashboardVersion, Records, insert_if_absent
from vedette.watch.dashboards.answers import Dashboard, DashboardSummary, VersionSummary
from vedette.watch.dashboards.schemas import Content
from vedette.watch.dashboards.shipped import Shipped

_MOST_VERSIONS = 100
_MOST_DASHBOARDS = 1000


class Shelf:
    """The dashboards of all projects; the shipped ones stand in each."""

    def __init__(self, records: Records, shipped: Shipped) -> None:
        self._records, self._shipped = records, shipped

    def summaries(self, project: ProjectId) -> list[DashboardSummary]:
        """Return the dashboards of a project by title, then the shipped ones."""
        columns = (Row.uid, Row.title, Row.description, Row.tags, Row.panels, Row.version, Row.updated_at)
        with self._records.reading() as session:
            rows = session.execute(select(*columns, Row.updated_by).where(Row.project_id == project)).all()
        own = [DashboardSummary(**row._asdict() | {"tags": orjson.loads(row.tags), "shipped": False}) for row in rows]
        return sorted(own, key=lambda each: (each.title.lower(), each.uid)) + self._shipped.summaries()

    def read(self, project: ProjectId, uid: str) -> Dashboard:
        """Return a dashboard as it is now; raises NotFound."""
        if (shipped := self._shipped.get(uid)) is not None:
            return shipped
        with self._records.reading() as session:
            return _dashboard(self._row(session, project, uid))

    def version(self, project: ProjectId, uid: str) -> int:
        """Return the number of the latest version, without its document; raises NotFound."""
        if (shipped := self._shipped.get(uid)) is not None:
            return shipped.version
        with self._records.reading() as session:
            found = session.scalar(select(Row.version).where(Row.project_id == project, Row.uid == uid))
        if found is None:
            raise _not_there(uid)
        return found

    def create(self, project: ProjectId, uid: str | None, content: Content, *, by: str, message: str) -> Dashboard:
        """Keep a new dashboard; raises Conflict when its uid is taken, Invalid when there are too many."""
        uid = uid or secrets.token_hex(8)
        if self._shipped.get(uid) is not None:
            raise Conflict(f"{uid} is the name of a dashboard that is part of Vedette")
        row = Row(project_id=int(project), uid=uid, version=1, updated_by=by[:400], **_stored(content))
        with self._records.session() as session:
            count = session.scalar(select(func.count()).where(Row.project_id == project)) or 0
            if count >= _MOST_DASHBOARDS:
                raise Invalid(f"a project keeps at most {_MOST_DASHBOARDS} dashboards")
            values = {name: getattr(row, name) for name in Row.__table__.columns.keys() if name != "updated_at"}  # noqa: SIM118
            if not insert_if_absent(session, Row, values | {"updated_at": datetime.now(UTC)}):
                raise Conflict(f"there is a dashboard {uid} already")
            kept = self._row(session, project, uid)
            _remember(session, kept, message)
            return _dashboard(kept)

    def change(
        self, project: ProjectId, uid: str, content: Content, *, based_on: int | None, by: str, message: str
    ) -> Dashboard:
        """Keep a change as a new version; what says the same as before makes none.

        Raises Conflict, saying who, when somebody kept another version since `based_on`, and NotFound.
        """
        self._writable(uid)
        if based_on is None:
            raise Invalid("the version is missing", faults=[Fault("body.version", "name the version you changed")])
        with self._records.session() as session:
            row = self._row(session, project, uid, for_update=True)
            if row.version != based_on:
                raise _stale(row, based_on)
            return self._keep(session, row, content, by=by, message=message)

    def put(self, project: ProjectId, uid: str | None, content: Content, *, by: str, overwrite: bool) -> Dashboard:
        """Keep an imported dashboard: over the one of its uid when that is wanted, else under a free one."""
        if uid is not None and self._shipped.get(uid) is None:
            with self._records.session() as session:
                query = select(Row).where(Row.project_id == project, Row.uid == uid)
                row = session.scalars(query.with_for_update()).one_or_none()
                if row is not None and overwrite:
                    return self._keep(session, row, content, by=by, message="imported")
            if row is None:
                return self.create(project, uid, content, by=by, message="imported")
        return self.create(project, None, content, by=by, message="imported")

    def restore(self, project: ProjectId, uid: str, version: int, *, by: str) -> Dashboard:
        """Make an earlier version the latest one, as a new version; raises NotFound."""
        self._writable(uid)
        with self._records.session() as session:
            row = self._row(session, project, uid, for_update=True)
            content = Content.model_validate_json(self._version(session, project, uid, version).document)
            return self._keep(session, row, content, by=by, message=f"version {version} again")

    def remove(self, project: ProjectId, uid: str) -> None:
        """Remove a dashboard, its versions and its links; raises NotFound."""
        self._writable(uid)
        with self._records.session() as session:
            session.delete(self._row(session, project, uid, for_update=True))
            shares = delete(DashboardShare).where(DashboardShare.project_id == project, DashboardShare.uid == uid)
            session.execute(shares)

    def versions(self, project: ProjectId, uid: str) -> list[VersionSummary]:
        """Return who changed a dashboard when and why, latest first; raises NotFound."""
        if (shipped := self._shipped.get(uid)) is not None:
            at, by = shipped.updated_at, shipped.updated_by
            return [VersionSummary(version=shipped.version, updated_at=at, updated_by=by, message="")]
        columns = (
            DashboardVersion.version,
            DashboardVersion.updated_at,
            DashboardVersion.updated_by,
            DashboardVersion.message,
        )
        with self._records.reading() as session:
            self._row(session, project, uid)
            found = session.execute(
                select(*columns).where(*_versions_of(project, uid)).order_by(DashboardVersion.version.desc())
            )
            return [VersionSummary(**row._asdict()) for row in found]

    def read_version(self, project: ProjectId, uid: str, version: int) -> Dashboard:
        """Return a dashboard as it was; raises NotFound."""
        if (shipped := self._shipped.get(uid)) is not None and version == shipped.version:
            return shipped
        with self._records.reading() as session:
            return _dashboard(self._version(session, project, uid, version))

    def _writable(self, uid: str) -> None:
        if self._shipped.get(uid) is not None:
            raise Forbidden("this dashboard is part of Vedette: copy it, then change the copy")

    @staticmethod
    def _keep(session: Session, row: Row, content: Content, *, by: str, message: str) -> Dashboard:
        stored = _stored(content)
        if stored["document"] == row.document:
            return _dashboard(row)
        for name, value in stored.items():
            setattr(row, name, value)
        row.version, row.updated_by, row.updated_at = row.version + 1, by[:400], datetime.now(UTC)
        _remember(session, row, message)
        return _dashboard(row)

    @staticmethod
    def _row(session: Session, project: ProjectId, uid: str, *, for_update: bool = False) -> Row:
        query = select(Row).where(Row.project_id == project, Row.uid == uid)
        row = session.scalars(query.with_for_update() if for_update else query).one_or_none()
        if row is None:
            raise _not_there(uid)
        return row

    @staticmethod
    def _version(session: Session, project: ProjectId, uid: str, version: int) -> DashboardVersion:
        row = session.get(DashboardVersion, (int(project), uid, version))
        if row is None:
            raise NotFound(f"there is no version {version} of dashboard {uid}")
        return row


def _not_there(uid: str) -> NotFound:
    return NotFound(f"there is no dashboard {uid[:64]}")


def _stale(row: Row, based_on: int) -> Conflict:
    who, since = row.updated_by or "somebody", f"{row.updated_at:%Y-%m-%d %H:%M:%S} UTC"
    return Conflict(
        f"{who} kept version {row.version} meanwhile, yours is based on {based_on}",
        faults=[Fault("body.version", f"is {row.version} now, since {since}")],
    )


def _versions_of(project: ProjectId, uid: str) -> tuple[ColumnElement[bool], ...]:
    return DashboardVersion.project_id == project, DashboardVersion.uid == uid


def _stored(content: Content) -> dict[str, str | int]:
    """Return the columns that a document fills. The same document is the same text."""
    document = content.model_dump(mode="json", by_alias=True, include=set(Content.model_fields))
    return {
        "title": content.title,
        "description": content.description[:300],
        "tags": orjson.dumps(content.tags).decode(),
        "panels": sum(panel.type != "row" for panel in content.panels),
        "document": orjson.dumps(document).decode(),
    }


def _remember(session: Session, row: Row, message: str) -> None:
    """Add the version a row holds to the history, and let go of the oldest."""
    session.add(
        DashboardVersion(
            project_id=row.project_id,
            uid=row.uid,
            version=row.version,
            document=row.document,
            message=message[:1000],
            updated_at=row.updated_at,
            updated_by=row.updated_by,
        )
    )
    session.execute(
        delete(DashboardVersion).where(
            *_versions_of(ProjectId(row.project_id), row.uid), DashboardVersion.version <= row.version - _MOST_VERSIONS
        )
    )


def _dashboard(row: Row | DashboardVersion) -> Dashboard:
    return Dashboard(
        **orjson.loads(row.document),
        uid=row.uid,
        version=row.version,
        shipped=False,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )
