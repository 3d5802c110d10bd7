"""Migrations run once, alone, and make what the tables say."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError

from vedette.kit.errors import Invalid, Unavailable
from vedette.storage.records import Records, Table, migrations

_LATEST = max(each.name[1:5] for each in Path(migrations.__file__).parent.glob("versions/v*.py"))


def test_the_migrations_make_the_tables_that_the_code_declares(records):
    """A change of tables.py without a migration is noticed here."""
    with records.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Table.metadata) == []


def test_several_servers_may_start_at_once(url):
    """Each waits until the tables are there; none fails."""
    servers = [Records(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(server.migrate) for server in servers]:
            each.result()
    with servers[0].reading() as session:
        assert session.scalar(text("SELECT count(*) FROM projects")) == 2
    for server in servers:
        server.close()


def test_migrating_again_changes_nothing(records):
    """Every start migrates."""
    records.migrate()
    with records.reading() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == _LATEST


def test_a_failed_migration_leaves_nothing_behind(url):
    """All steps are one transaction: a table that is in the way near the end leaves none of the earlier ones."""
    records = Records(url)
    with records.session() as session:
        session.execute(text("CREATE TABLE sessions (id INTEGER)"))
    with pytest.raises((Unavailable, ProgrammingError)):
        records.migrate()
    assert inspect(records.engine).get_table_names() == ["sessions"]
    records.close()


def test_records_of_a_newer_version_are_refused(records):
    """An older server must not write to tables it does not know."""
    with records.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Invalid, match="newer Vedette"):
        records.migrate()
