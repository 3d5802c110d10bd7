"""Links to one dashboard that open without sign-in: made by members, ended at a time or by hand. All calls block."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from vedette.guard.access.secret import hash_secret, make_session_token
from vedette.kit.errors import Invalid, NotFound
from vedette.kit.ids import ProjectId
from vedette.storage.records import DashboardShare as Row
from vedette.storage.records import Records
from vedette.watch.dashboards.answers import Share

_MOST_OPEN = 100


@dataclass(frozen=True, slots=True)
class OpenShare:
    """What a token opens, and until when."""

    project: ProjectId
    uid: str
    expires_at: datetime


class Shares:
    """The links of the records; only hashes of their tokens are kept."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def create(self, project: ProjectId, uid: str, *, expires_in: timedelta, name: str, by: str) -> tuple[Share, str]:
        """Make a link; returns it with its token, which is not kept. Raises Invalid when too many are open."""
        token, now = make_session_token(), datetime.now(UTC)
        row = Row(
            project_id=int(project),
            uid=uid,
            name=name,
            token_hash=hash_secret(token),
            created_by=by[:400],
            created_at=now,
            expires_at=now + expires_in,
        )
        with self._records.session() as session:
            open_ones = select(Row.id).where(
                Row.project_id == project, Row.uid == uid, Row.revoked_at.is_(None), Row.expires_at > now
            )
            if len(session.scalars(open_ones).all()) >= _MOST_OPEN:
                raise Invalid(f"there are {_MOST_OPEN} open links to this dashboard already: revoke some")
            session.add(row)
            session.flush()
            return _share(row), token

    def of(self, project: ProjectId, uid: str) -> list[Share]:
        """Return the links to a dashboard, ended ones too, newest first."""
        with self._records.reading() as session:
            query = select(Row).where(Row.project_id == project, Row.uid == uid).order_by(Row.id.desc()).limit(1000)
            return [_share(row) for row in session.scalars(query)]

    def revoke(self, project: ProjectId, uid: str, share_id: int) -> None:
        """End a link at once; raises NotFound."""
        with self._records.session() as session:
            row = session.get(Row, share_id)
            if row is None or (row.project_id, row.uid) != (int(project), uid):
                raise NotFound(f"there is no link {share_id} to this dashboard")
            row.revoked_at = row.revoked_at or datetime.now(UTC)

    def opened(self, token: str) -> OpenShare:
        """Return what a token opens; raises NotFound for one that is unknown, revoked or expired."""
        with self._records.reading() as session:
            row = session.scalars(select(Row).where(Row.token_hash == hash_secret(token))).one_or_none()
        if row is None or row.revoked_at is not None or row.expires_at <= datetime.now(UTC):
            raise NotFound("this link is not valid, or not any more")
        return OpenShare(ProjectId(row.project_id), row.uid, row.expires_at)


def _share(row: Row) -> Share:
    return Share(
        id=row.id,
        name=row.name,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
