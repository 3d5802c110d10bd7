"""Who runs which job now: at most one server of a cluster at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from vedette.storage.records.conditional import insert_if_absent
from vedette.storage.records.store import Records
from vedette.storage.records.tables import JobRun

_LONGEST_ERROR = 2000


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a claim: granted, or how long to wait before asking again."""

    granted: bool
    again_in: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class JobRunRecord:
    """How the last run of a job went, as the records know it; `last_error` is None after a good run."""

    name: str
    holder: str | None
    last_started_at: datetime | None
    last_finished_at: datetime | None
    last_error: str | None


class Leases:
    """Leases of jobs, kept in the records. Times come from the callers' clocks: a cluster needs them in step."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def claim(self, name: str, holder: str, *, now: datetime, every: timedelta, lease: timedelta) -> Claim:
        """Start a run for `holder` if the job is due (`every` since its last start) and nobody else runs it."""
        with self._records.session() as session:
            insert_if_absent(session, JobRun, {"name": name})
            run = session.scalars(select(JobRun).where(JobRun.name == name).with_for_update()).one()
            if run.lease_until is not None and run.lease_until > now:
                return Claim(granted=False, again_in=run.lease_until - now)
            crashed = run.holder is not None
            # A start in the future means that a clock was set back: such a job is due.
            if not crashed and run.last_started_at and now - every < run.last_started_at <= now:
                return Claim(granted=False, again_in=run.last_started_at + every - now)
            run.holder, run.lease_until, run.last_started_at = holder, now + lease, now
            return Claim(granted=True)

    def renew(self, name: str, holder: str, *, now: datetime, lease: timedelta) -> bool:
        """Keep the lease of a run that takes long; False when it was lost."""
        with self._records.session() as session:
            return _change(session, name, holder, {"lease_until": now + lease})

    def finish(self, name: str, holder: str, *, now: datetime, error: str | None) -> bool:
        """Give the lease back and keep how the run went; False when the lease was lost meanwhile."""
        with self._records.session() as session:
            kept = error[:_LONGEST_ERROR] if error else None
            values = {"holder": None, "lease_until": None, "last_finished_at": now, "last_error": kept}
            return _change(session, name, holder, values)

    def last_runs(self) -> list[JobRunRecord]:
        """Return the last run of every job, by name."""
        with self._records.reading() as session:
            return [
                JobRunRecord(run.name, run.holder, run.last_started_at, run.last_finished_at, run.last_error)
                for run in session.scalars(select(JobRun).order_by(JobRun.name))
            ]


def _change(session: Session, name: str, holder: str, values: dict[str, Any]) -> bool:
    statement = update(JobRun).where(JobRun.name == name, JobRun.holder == holder).values(**values)
    return cast("CursorResult[Any]", session.execute(statement)).rowcount > 0
