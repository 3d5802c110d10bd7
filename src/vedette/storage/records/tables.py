"""The tables of the records. A change here needs a migration in `migrations/versions`; a test compares the two."""

from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from vedette.storage.records.columns import UtcDateTime


def _now() -> datetime:
    return datetime.now(UTC)


# Ids are never given out twice: the telemetry store keeps rows under the id of their project.
_NEVER_REUSE_IDS = {"sqlite_autoincrement": True}


class Table(DeclarativeBase):
    """Base of all tables of the records."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime}


class Project(Table):
    """What telemetry belongs to; 1 is always `default`, 2 always `vedette` (the server itself)."""

    __tablename__ = "projects"
    __table_args__ = _NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(63), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=_now)


class Person(Table):
    """Somebody who can sign in; the e-mail address is kept in lower case."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("role IN ('admin', 'member', 'viewer')", name="role"),
        _NEVER_REUSE_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str] = mapped_column(String(500))
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(default=_now)
    disabled_at: Mapped[datetime | None]


class SignInSession(Table):
    """A browser in which a person is signed in; only the hash of the cookie is kept."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=_now)
    last_seen_at: Mapped[datetime] = mapped_column(default=_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user_agent: Mapped[str] = mapped_column(String(300), default="")


class IngestKey(Table):
    """A key that may write to one project; only its hash and first letters are kept."""

    __tablename__ = "ingest_keys"
    __table_args__ = _NEVER_REUSE_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(16))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=_now)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiToken(Table):
    """A token that may call the API with a role; only its hash and first letters are kept."""

    __tablename__ = "api_tokens"
    __table_args__ = (CheckConstraint("role IN ('admin', 'member', 'viewer')", name="role"), _NEVER_REUSE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=_now)
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SetupLink(Table):
    """A one-time link with which the first admin makes an account."""

    __tablename__ = "setup_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=_now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class IssueState(Table):
    """What people decided about an error issue; no row means unresolved."""

    __tablename__ = "issue_states"
    __table_args__ = (
        CheckConstraint("status IN ('unresolved', 'resolved', 'ignored')", name="status"),
        Index(None, "project_id", "status"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    issue_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    changed_by: Mapped[str] = mapped_column(String(320), default="")
    changed_at: Mapped[datetime] = mapped_column(default=_now)


class JobRun(Table):
    """Who runs a job now (the lease) and how its last run went."""

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    holder: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None]
    last_started_at: Mapped[datetime | None]
    last_finished_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(2000))


class ProjectRetention(Table):
    """Days one project keeps one signal, where that differs from the setting; 0 = for ever."""

    __tablename__ = "project_retention"
    __table_args__ = (CheckConstraint("days >= 0", name="days"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    signal: Mapped[str] = mapped_column(String(16), primary_key=True)
    days: Mapped[int]


class Dashboard(Table):
    """A dashboard as it is now; `document` is the JSON of what people edit, `tags` a JSON list for the overview."""

    __tablename__ = "dashboards"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    uid: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(300), default="")
    tags: Mapped[str] = mapped_column(Text, default="[]")
    panels: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    document: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(default=_now)
    updated_by: Mapped[str] = mapped_column(String(400), default="")


class DashboardVersion(Table):
    """A dashboard as it was kept once: who, when and why, and the whole document."""

    __tablename__ = "dashboard_versions"
    __table_args__ = (
        ForeignKeyConstraint(["project_id", "uid"], ["dashboards.project_id", "dashboards.uid"], ondelete="CASCADE"),
    )

    project_id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(String(1000), default="")
    updated_at: Mapped[datetime] = mapped_column(default=_now)
    updated_by: Mapped[str] = mapped_column(String(400), default="")


class DashboardShare(Table):
    """A link to one dashboard, kept or shipped, that opens without sign-in; only the hash of its token is kept."""

    __tablename__ = "dashboard_shares"
    __table_args__ = (Index(None, "project_id", "uid"), _NEVER_REUSE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200), default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(default=_now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class PushGroup(Table):
    """The metrics last pushed with one grouping key; `labels` and `families` are JSON, None means never."""

    __tablename__ = "push_groups"
    __table_args__ = (UniqueConstraint("project_id", "key_hash"), _NEVER_REUSE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    key_hash: Mapped[str] = mapped_column(String(64))
    labels: Mapped[str] = mapped_column(Text)
    families: Mapped[str] = mapped_column(Text, default="[]")
    pushed_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]


class ScrapeJob(Table):
    """A scrape job that people entered: `document` is the JSON of one of `scrape_configs`, secrets included."""

    __tablename__ = "scrape_jobs"
    __table_args__ = (UniqueConstraint("project_id", "name"), _NEVER_REUSE_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(default=_now)
    updated_by: Mapped[str] = mapped_column(String(400), default="")
