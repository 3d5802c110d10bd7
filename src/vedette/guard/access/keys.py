"""Ingest keys: each may write to one project."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from vedette.guard.access.memory import Memory
from vedette.guard.access.principal import Project
from vedette.guard.access.secret import hash_secret, make_secret, shown_prefix
from vedette.guard.access.usage import LastUsed
from vedette.kit.errors import NotFound
from vedette.kit.ids import ProjectId
from vedette.storage import records as tables
from vedette.storage.records import IngestKey, Records, insert_if_absent


@dataclass(frozen=True, slots=True)
class KnownKey:
    """An ingest key that exists and was not revoked."""

    id: int
    project: Project


class IngestKeys:
    """The ingest keys of the records; lookups are remembered, because every request that writes makes one."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._memory: Memory[KnownKey] = Memory()
        self.usage = LastUsed(records, IngestKey)

    def project_of(self, key: str) -> Project | None:
        """Return the project a key writes to, None when the key is unknown or revoked."""
        key_hash = hash_secret(key)
        return self._used(self._memory.find(key_hash, lambda: self._ask(key_hash)))

    async def project_of_soon(self, key: str) -> Project | None:
        """Do as `project_of`; only an answer that is not remembered takes a thread."""
        key_hash = hash_secret(key)
        return self._used(await self._memory.find_soon(key_hash, lambda: self._ask(key_hash)))

    def create(self, project: ProjectId, name: str) -> tuple[IngestKey, str]:
        """Make a key; returns its row and the key itself, which is not kept."""
        key = make_secret("vdk_")
        self.ensure(project, name, key)
        with self._records.reading() as session:
            return session.scalars(select(IngestKey).where(IngestKey.key_hash == hash_secret(key))).one(), key

    def ensure(self, project: ProjectId, name: str, key: str) -> bool:
        """Record a given key unless it is known, revoked or not, under any project; returns whether it was new."""
        values = {"project_id": project, "name": name, "prefix": shown_prefix(key), "key_hash": hash_secret(key)}
        with self._records.session() as session:
            known = select(IngestKey.id).where(IngestKey.key_hash == values["key_hash"])
            # Asked first, because an insert that does nothing would use up an id.
            is_new = session.scalars(known).first() is None and insert_if_absent(session, IngestKey, values)
        self._memory.forget()
        return is_new

    def list(self, project: ProjectId) -> list[IngestKey]:
        """Return the keys of a project, revoked ones too, newest first."""
        with self._records.reading() as session:
            rows = select(IngestKey).where(IngestKey.project_id == project).order_by(IngestKey.id.desc())
            return list(session.scalars(rows))

    def revoke(self, project: ProjectId, key_id: int) -> None:
        """End a key at once on this server, within 30 s on others; raises NotFound when the project has no such key."""
        with self._records.session() as session:
            row = session.get(IngestKey, key_id)
            if row is None or row.project_id != project:
                raise NotFound(f"the project has no key {key_id}")
            row.revoked_at = row.revoked_at or datetime.now(UTC)
        self._memory.forget()

    def _ask(self, key_hash: str) -> KnownKey | None:
        with self._records.reading() as session:
            found = session.execute(
                select(IngestKey.id, tables.Project.id, tables.Project.name)
                .join(tables.Project, tables.Project.id == IngestKey.project_id)
                .where(IngestKey.key_hash == key_hash, IngestKey.revoked_at.is_(None))
            ).one_or_none()
        return KnownKey(found[0], Project(ProjectId(found[1]), found[2])) if found else None

    def _used(self, known: KnownKey | None) -> Project | None:
        if known is None:
            return None
        self.usage.note(known.id)
        return known.project
