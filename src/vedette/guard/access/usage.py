"""When a key or token was last used, gathered in memory and written in batches."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import bindparam, update

from vedette.storage.records import ApiToken, IngestKey, Records


class LastUsed:
    """The last uses that are not in the records yet, by id."""

    def __init__(
        self,
        records: Records,
        table: type[IngestKey] | type[ApiToken],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._records = records
        self._table = table
        self._clock = clock
        self._lock = threading.Lock()
        self._used: dict[int, datetime] = {}

    def note(self, row_id: int) -> None:
        """Remember that a key or token was used now."""
        now = self._clock()
        with self._lock:
            self._used[row_id] = now

    def write(self) -> None:
        """Write what was gathered; on failure it is kept for the next time."""
        with self._lock:
            used, self._used = self._used, {}
        if not used:
            return
        columns = self._table.__table__.c
        statement = (
            update(self._table)
            .where(columns.id == bindparam("row_id"))
            .values(last_used_at=bindparam("used_at"))
            .execution_options(synchronize_session=False)
        )
        try:
            with self._records.session() as session:
                session.connection().execute(statement, [{"row_id": key, "used_at": at} for key, at in used.items()])
        except Exception:
            with self._lock:
                self._used = used | self._used
            raise
