"""Scrape jobs that people entered, in the records. Calls that are not coroutines block."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vedette.guard.access import Project
from vedette.ingest.scrape.config import Job, read_job
from vedette.ingest.scrape.secrets import files, masked, restored
from vedette.kit.errors import Conflict, Fault, Invalid, NotFound
from vedette.kit.ids import ProjectId
from vedette.storage.records import Records, ScrapeJob, insert_if_absent

log = structlog.get_logger(__name__)

_MOST_JOBS = 1000
_LARGEST_DOCUMENT = 1_000_000


@dataclass(frozen=True, slots=True)
class KeptJob:
    """A job as people may see it: `document` has no secrets."""

    id: int
    name: str
    document: Mapping[str, Any]
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A job that is in order: as it is understood, as it is kept, and as it may be shown."""

    job: Job
    document: str
    shown: Mapping[str, Any]


class ScrapeJobs:
    """The jobs of all projects. `on_change` is called in the event loop after every change."""

    def __init__(self, records: Records, on_change: Callable[[], None]) -> None:
        self._records, self._on_change = records, on_change

    def load(self) -> list[tuple[ProjectId, Job]]:
        """Return all jobs; what cannot be read any more is left out and logged."""
        found = []
        with self._records.reading() as session:
            for row in session.scalars(select(ScrapeJob).order_by(ScrapeJob.id)):
                try:
                    found.append((ProjectId(row.project_id), read_job(json.loads(row.document))))
                except (Invalid, ValueError) as error:
                    log.error("scrape job cannot be read", job=row.name, project=row.project_id, error=str(error))
        return found

    async def kept(self) -> Sequence[tuple[ProjectId, Job]]:
        """Return all jobs, as the scrape manager asks for them."""
        return await asyncio.to_thread(self.load)

    def list(self, project: Project) -> list[KeptJob]:
        """Return the jobs of a project by name."""
        with self._records.reading() as session:
            query = select(ScrapeJob).where(ScrapeJob.project_id == project.id).order_by(ScrapeJob.name)
            return [_shown(row) for row in session.scalars(query)]

    def read(self, project: Project, job_id: int) -> KeptJob:
        """Return one job; raises NotFound."""
        with self._records.reading() as session:
            return _shown(_row(session, project, job_id))

    def check(self, project: Project, document: Mapping[str, Any], job_id: int | None = None) -> Checked:
        """Return what a document says; `job_id` names the job whose secrets it stands for. Raises Invalid, NotFound."""
        kept: Mapping[str, Any] = {}
        if job_id is not None:
            with self._records.reading() as session:
                kept = json.loads(_row(session, project, job_id).document)
        return _checked(project, document, kept)

    async def create(self, project: Project, document: Mapping[str, Any], *, by: str) -> KeptJob:
        """Keep a new job; raises Invalid, and Conflict when its name is taken."""
        found = await asyncio.to_thread(self._create, project, document, by)
        self._on_change()
        return found

    async def change(self, project: Project, job_id: int, document: Mapping[str, Any], *, by: str) -> KeptJob:
        """Keep a job in place of what it was; raises Invalid, NotFound and Conflict."""
        found = await asyncio.to_thread(self._change, project, job_id, document, by)
        self._on_change()
        return found

    async def remove(self, project: Project, job_id: int) -> None:
        """Forget a job; raises NotFound."""
        await asyncio.to_thread(self._remove, project, job_id)
        self._on_change()

    def _create(self, project: Project, document: Mapping[str, Any], by: str) -> KeptJob:
        checked = _checked(project, document, {})
        with self._records.session() as session:
            count = session.scalar(select(func.count()).where(ScrapeJob.project_id == project.id)) or 0
            if count >= _MOST_JOBS:
                raise Invalid(f"a project keeps at most {_MOST_JOBS} scrape jobs")
            values = {"project_id": int(project.id), "updated_at": datetime.now(UTC), "updated_by": by[:400]}
            if not insert_if_absent(session, ScrapeJob, values | _stored(checked)):
                raise _taken(checked.job.job_name)
            query = select(ScrapeJob).where(ScrapeJob.project_id == project.id, ScrapeJob.name == checked.job.job_name)
            return _shown(session.scalars(query).one())

    def _change(self, project: Project, job_id: int, document: Mapping[str, Any], by: str) -> KeptJob:
        with self._records.session() as session:
            self._records.exclusive(session, f"scrape jobs {project.id}")
            row = _row(session, project, job_id)
            checked = _checked(project, document, json.loads(row.document))
            same_name = select(ScrapeJob.id).where(
                ScrapeJob.project_id == project.id, ScrapeJob.name == checked.job.job_name, ScrapeJob.id != job_id
            )
            if session.scalar(same_name) is not None:
                raise _taken(checked.job.job_name)
            for name, value in _stored(checked).items():
                setattr(row, name, value)
            row.updated_at, row.updated_by = datetime.now(UTC), by[:400]
            return _shown(row)

    def _remove(self, project: Project, job_id: int) -> None:
        with self._records.session() as session:
            session.delete(_row(session, project, job_id))


def _row(session: Session, project: Project, job_id: int) -> ScrapeJob:
    row = session.get(ScrapeJob, job_id)
    if row is None or row.project_id != project.id:
        raise NotFound(f"there is no scrape job {job_id}")
    return row


def _taken(name: str) -> Conflict:
    return Conflict(f"there is a scrape job {name!r} already")


def _checked(project: Project, document: Mapping[str, Any], kept: Mapping[str, Any]) -> Checked:
    job = read_job(document, where="job")
    full, faults = restored(job, document, kept)
    faults += files(job)
    if job.project not in {"", project.name}:
        faults.append(Fault("job.project", f"a job kept in {project.name!r} writes to that project"))
    if len(job.job_name) > 200 or not job.job_name.isprintable():
        faults.append(Fault("job.job_name", "is no printable text of at most 200 characters"))
    text = ""
    try:
        text = json.dumps(full, allow_nan=False, ensure_ascii=False)
        if len(text.encode()) > _LARGEST_DOCUMENT:
            faults.append(Fault("job", f"has more than {_LARGEST_DOCUMENT} bytes"))
    except (TypeError, ValueError) as error:  # YAML has sets, and both forms have NaN and halves of surrogate pairs
        faults.append(Fault("job", f"cannot be kept as JSON: {error}"[:500]))
    if faults:
        raise Invalid("the scrape configuration is not valid", faults=faults)
    return Checked(read_job(full, where="job"), text, masked(job, full))


def _stored(checked: Checked) -> dict[str, str]:
    return {"name": checked.job.job_name, "document": checked.document}


def _shown(row: ScrapeJob) -> KeptJob:
    document = json.loads(row.document)
    try:
        document = masked(read_job(document), document)
    except Invalid:  # kept by another version: what is secret in it cannot be told
        document = {"job_name": row.name}
    return KeptJob(row.id, row.name, document, row.updated_at, row.updated_by)
