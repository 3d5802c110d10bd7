"""The records store: one engine, units of work, migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from vedette.kit.errors import Fault, Invalid, Unavailable
from vedette.storage.records.migration import upgrade

log = structlog.get_logger("vedette.records")

_BUSY_TIMEOUT_MS = 10_000
_OPTIONS = {"pool_size": 8, "max_overflow": 8, "pool_timeout": 10, "hide_parameters": True}


def sqlite_url(folder: Path) -> str:
    """Return the URL of the SQLite records inside a data folder."""
    return URL.create("sqlite", database=str(folder.resolve() / "records.sqlite3")).render_as_string()


class Records:
    """Sessions on SQLite or PostgreSQL; safe to use from any thread. Nothing is opened before the first use."""

    def __init__(self, url: str) -> None:
        self._url = _parse(url)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self.engine = self._sqlite() if self.is_sqlite else self._postgresql()
        self._writing = sessionmaker(self.engine.execution_options(vedette_begin="IMMEDIATE"), expire_on_commit=False)
        readonly = self.engine.execution_options(postgresql_readonly=True) if not self.is_sqlite else self.engine
        self._reading = sessionmaker(readonly, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a unit of work that may write: commits at the end, rolls back when an exception leaves it.

        On SQLite it takes the write lock with its first statement, so what it read stays true until it commits.
        Raises Unavailable when the database cannot be reached or stays locked.
        """
        with _translated(), self._writing.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a unit of work that only reads: it waits for no writer."""
        with _translated(), self._reading() as session:
            yield session

    def exclusive(self, session: Session, subject: str) -> None:
        """Let only one unit of work about `subject` run at a time, across all servers, until this one ends."""
        if not self.is_sqlite:  # on SQLite every unit of work that writes is alone already
            session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:subject))"), {"subject": subject})

    def migrate(self) -> None:
        """Bring the tables to this version; safe when several servers start at once."""
        with _translated():
            upgrade(self.engine.execution_options(vedette_begin="IMMEDIATE"), self.file)

    def close(self) -> None:
        """Close all connections that are not in use."""
        self.engine.dispose()

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        return Path(str(self._url.database)) if self.is_sqlite else None

    def _sqlite(self) -> Engine:
        engine = create_engine(self._url, connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000}, **_OPTIONS)
        event.listen(engine, "do_connect", self._make_private)
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _postgresql(self) -> Engine:
        return create_engine(
            self._url,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10, "application_name": "vedette"},
            **_OPTIONS,
        )

    def _make_private(self, *_: object) -> None:
        """Make the file before SQLite does, readable for its owner only; its journals inherit that."""
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.touch(mode=0o600, exist_ok=True)


def _parse(text_: str) -> URL:
    try:
        url = make_url(text_)
    except ArgumentError:
        raise _not_usable("is not a URL") from None
    if url.drivername == "sqlite":
        if not url.database or url.database == ":memory:":
            raise _not_usable("names no file")
        return url
    if url.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    raise _not_usable("must begin with sqlite:/// or postgresql://")


def _not_usable(what: str) -> Invalid:
    return Invalid("the records cannot be opened", faults=[Fault("records_url", what)])


def _configure_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # `_begin_sqlite` begins, not the driver
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once for units of work that write.

    A deferred transaction that reads first and then writes fails at once, without waiting, when another one
    committed in between (https://sqlite.org/lang_transaction.html).
    """
    mode = connection.get_execution_options().get("vedette_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        log.error(
            "records database not available", error=str(error.orig if isinstance(error, DBAPIError) else error)[:300]
        )
        raise Unavailable("the records database cannot be used now") from error
    except DatabaseError as error:
        if type(error.orig) is not sqlite3.DatabaseError:  # its subclasses say that a statement is at fault
            raise
        log.error("records database damaged", error=str(error.orig))
        raise Unavailable(f"the records database is damaged ({error.orig}): restore a backup of it") from error
