"""Groups in the records. All calls block."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import structlog
from sqlalchemy import select

from vedette.ingest.arrival import Refused
from vedette.ingest.pushgateway.families import GroupKey, from_text, to_text
from vedette.ingest.pushgateway.groups import Group
from vedette.kit.ids import ProjectId
from vedette.storage.records import PushGroup, Records

log = structlog.get_logger(__name__)

LARGEST_GROUP = 1_000_000


class KeptGroups:
    """Reads and writes the table `push_groups`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def load(self) -> Iterator[tuple[ProjectId, Group]]:
        """Give all groups; what cannot be read is left out and logged."""
        with self._records.reading() as session:
            for row in session.scalars(select(PushGroup).order_by(PushGroup.id)).yield_per(100):
                try:
                    key: GroupKey = tuple(sorted(orjson.loads(row.labels).items()))
                    families = from_text(row.families, key)
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    log.error("group of pushed metrics cannot be read", group=row.id, error=str(error))
                    continue
                yield ProjectId(row.project_id), Group(row.id, key, families, _s(row.pushed_at), _s(row.failed_at))

    def save(self, project: ProjectId, group: Group) -> int:
        """Keep a group and return the id of its record; raises Refused when it is too large."""
        families = to_text(group.families.values(), group.key)
        if len(families) > LARGEST_GROUP:
            detail = f"the group has {len(families)} bytes; a group may have at most {LARGEST_GROUP}"
            raise Refused("group_too_large", detail)
        key_hash = _hash(group.key)
        with self._records.session() as session:
            query = select(PushGroup).where(PushGroup.project_id == project, PushGroup.key_hash == key_hash)
            row = session.scalars(query.with_for_update()).one_or_none()
            if row is None:
                row = PushGroup(project_id=int(project), key_hash=key_hash, labels=_labels(group.key))
                session.add(row)
            row.families, row.pushed_at, row.failed_at = families, _at(group.pushed_s), _at(group.failed_s)
            session.flush()
            return row.id

    def remove(self, group: Group) -> None:
        """Forget a group."""
        with self._records.session() as session:
            if (row := session.get(PushGroup, group.id)) is not None:
                session.delete(row)


def _labels(key: GroupKey) -> str:
    return orjson.dumps(dict(key)).decode()


def _hash(key: GroupKey) -> str:
    return hashlib.sha256(_labels(key).encode()).hexdigest()


def _s(moment: datetime | None) -> float:
    return 0.0 if moment is None else moment.timestamp()


def _at(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
