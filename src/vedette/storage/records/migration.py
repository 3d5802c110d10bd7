"""Bring the tables of the records to this version, one server at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text

from vedette.kit.errors import Fault, Invalid

_MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = 0x7EDE77E  # any fixed number: names the advisory lock of migrations on PostgreSQL


def upgrade(engine: Engine, file: Path | None) -> None:
    """Run the migrations that are missing, all in one transaction.

    `file` is the SQLite file, None on PostgreSQL. Raises Invalid when a newer Vedette wrote the database.
    """
    with _alone(file), engine.begin() as connection:
        if file is None:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        _refuse_newer(connection, config)
        command.upgrade(config, "head")


def _refuse_newer(connection: Connection, config: Config) -> None:
    scripts = ScriptDirectory.from_config(config)
    for revision in MigrationContext.configure(connection).get_current_heads():
        try:
            scripts.get_revision(revision)
        except CommandError:
            fault = Fault("records", f"unknown revision {revision!r}; start the version that wrote it, or a later one")
            raise Invalid("a newer Vedette wrote this records database", faults=[fault]) from None


@contextmanager
def _alone(file: Path | None) -> Iterator[None]:
    """Hold the lock file beside an SQLite database; the kernel gives it up when the process dies."""
    if file is None:
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(file.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
