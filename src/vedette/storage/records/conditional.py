"""Insert a row unless it is there, the same way on both engines."""

from collections.abc import Mapping

from sqlalchemy import inspect
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from vedette.storage.records.tables import Table


def insert_if_absent(session: Session, table: type[Table], values: Mapping[str, object]) -> bool:
    """Insert one row; returns False when a unique column already has that value. Safe under concurrency."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    key = inspect(table).primary_key
    return session.execute(insert(table).values(**values).on_conflict_do_nothing().returning(*key)).first() is not None
