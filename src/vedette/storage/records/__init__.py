"""The relational store: projects, people, keys, states, job leases; SQLite by default, PostgreSQL for clusters."""

from vedette.storage.records.conditional import insert_if_absent
from vedette.storage.records.leases import Claim, JobRunRecord, Leases
from vedette.storage.records.store import Records, sqlite_url
from vedette.storage.records.tables import (
    ApiToken,
    Dashboard,
    DashboardShare,
    DashboardVersion,
    IngestKey,
    IssueState,
    JobRun,
    Person,
    Project,
    ProjectRetention,
    PushGroup,
    ScrapeJob,
    SetupLink,
    SignInSession,
    Table,
)

__all__ = [
    "ApiToken",
    "Claim",
    "Dashboard",
    "DashboardShare",
    "DashboardVersion",
    "IngestKey",
    "IssueState",
    "JobRun",
    "JobRunRecord",
    "Leases",
    "Person",
    "Project",
    "ProjectRetention",
    "PushGroup",
    "Records",
    "ScrapeJob",
    "SetupLink",
    "SignInSession",
    "Table",
    "insert_if_absent",
    "sqlite_url",
]
