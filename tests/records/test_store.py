"""The records store behaves the same on SQLite and PostgreSQL."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from vedette.kit.errors import Invalid, Unavailable
from vedette.storage.records import (
    IngestKey,
    IssueState,
    Person,
    Project,
    ProjectRetention,
    Records,
    insert_if_absent,
    sqlite_url,
)


def test_a_new_database_has_the_two_projects(records):
    """`default` is project 1, `vedette` project 2."""
    with records.reading() as session:
        assert [(each.id, each.name) for each in session.scalars(select(Project).order_by(Project.id))] == [
            (1, "default"),
            (2, "vedette"),
        ]


def test_ids_go_on_after_the_first_projects(records):
    """The third project gets id 3."""
    with records.session() as session:
        project = Project(name="shop")
        session.add(project)
    assert project.id == 3


def test_ids_are_not_given_out_twice(records):
    """The id of a deleted project, whose telemetry may still be there, is never used again."""
    with records.session() as session:
        session.add(gone := Project(name="gone"))
        session.flush()
        session.delete(gone)
    with records.session() as session:
        session.add(new := Project(name="new"))
    assert new.id == gone.id + 1


def test_a_unit_of_work_rolls_back_when_an_exception_leaves_it(records):
    """Nothing of it stays."""
    with contextlib.suppress(RuntimeError), records.session() as session:
        session.add(Project(name="shop"))
        session.flush()
        raise RuntimeError
    with records.reading() as session:
        assert session.scalars(select(Project).where(Project.name == "shop")).all() == []


def test_times_come_back_in_utc(records):
    """A time written in another zone is read as the same moment in UTC."""
    noon_in_kabul = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=4, minutes=30)))
    with records.session() as session:
        session.add(Project(name="shop", created_at=noon_in_kabul))
    with records.reading() as session:
        read = session.scalars(select(Project.created_at).where(Project.name == "shop")).one()
    assert (read, read.tzinfo) == (datetime(2026, 3, 1, 7, 30, tzinfo=UTC), UTC)


def test_times_without_zone_are_refused(records):
    """A naive time is a mistake of the caller, never a guess."""
    with pytest.raises(StatementError, match="without zone"), records.session() as session:
        session.add(Project(name="shop", created_at=datetime(2026, 3, 1)))  # noqa: DTZ001


def test_foreign_keys_are_enforced(records):
    """A key cannot belong to a project that does not exist."""
    with pytest.raises(IntegrityError), records.session() as session:
        session.add(IngestKey(project_id=99, name="web", prefix="vdk_", key_hash="0" * 64))


def test_what_belongs_to_a_project_goes_with_it(records):
    """Deleting a project deletes its issue states."""
    with records.session() as session:
        session.add(project := Project(name="shop"))
        session.flush()
        session.add(IssueState(project_id=project.id, issue_id="a" * 16, status="resolved"))
        session.flush()
        session.delete(project)
    with records.reading() as session:
        assert session.scalars(select(IssueState)).all() == []


@pytest.mark.parametrize(
    "row",
    [
        Person(email="Alice@example.com", password_hash="", role="admin"),
        Person(email="alice@example.com", password_hash="", role="owner"),
        IssueState(project_id=1, issue_id="a" * 16, status="closed"),
        ProjectRetention(project_id=1, signal="logs", days=-1),
    ],
    ids=["upper case", "role", "status", "days"],
)
def test_values_outside_their_set_are_refused(records, row):
    """The database itself checks closed sets."""
    copy = type(row)(**{each: value for each, value in vars(row).items() if not each.startswith("_")})
    with pytest.raises(IntegrityError), records.session() as session:
        session.add(copy)


def test_insert_if_absent_says_whether_it_inserted(records):
    """The second insert of the same name changes nothing."""
    with records.session() as session:
        answers = [insert_if_absent(session, Project, {"name": "shop"}) for _ in range(2)]
    assert answers == [True, False]


def test_units_of_work_that_read_and_then_write_wait_for_each_other(records):
    """Two counters in two threads lose no step and do not fail with a locked database."""
    with records.session() as session:
        session.add(ProjectRetention(project_id=1, signal="logs", days=0))

    def add_days() -> None:
        for _ in range(20):
            with records.session() as session:
                row = session.scalars(select(ProjectRetention).with_for_update()).one()
                row.days += 1

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(add_days), pool.submit(add_days)]:
            each.result()
    with records.reading() as session:
        assert session.scalars(select(ProjectRetention.days)).one() == 40


def test_reading_does_not_wait_for_a_writer(records):
    """A read sees the state before a unit of work that is still open."""
    with records.session() as writer:
        writer.add(Project(name="shop"))
        writer.flush()
        with records.reading() as reader:
            assert len(reader.scalars(select(Project)).all()) == 2


def test_exclusive_lets_one_unit_of_work_run_at_a_time(records):
    """What two threads do about one subject does not overlap."""
    inside, most = [], []

    def work() -> None:
        with records.session() as session:
            session.execute(text("SELECT 1"))
            records.exclusive(session, "setup")
            inside.append(1)
            threading.Event().wait(0.05)
            most.append(len(inside))
            inside.pop()

    with ThreadPoolExecutor(3) as pool:
        for each in [pool.submit(work) for _ in range(3)]:
            each.result()
    assert most == [1, 1, 1]


def test_a_database_that_cannot_be_reached_is_unavailable():
    """The caller learns 503, not the text of a driver."""
    records = Records("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable, match="cannot be used now"), records.session() as session:
        session.execute(text("SELECT 1"))


@pytest.mark.parametrize("url", ["", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "no url"])
def test_urls_of_other_stores_are_refused(url):
    """The error names the setting."""
    with pytest.raises(Invalid) as caught:
        Records(url)
    assert caught.value.faults[0].where == "records_url"


def test_the_sqlite_file_is_private(tmp_path):
    """Nobody else on the machine can read hashes and sessions, not even from the journal."""
    records = Records(sqlite_url(tmp_path / "data"))
    records.migrate()
    with records.session() as session:
        session.add(Project(name="shop"))
    files = {each.name: oct(each.stat().st_mode & 0o777) for each in (tmp_path / "data").glob("records.sqlite3*")}
    records.close()
    assert files == dict.fromkeys(["records.sqlite3", "records.sqlite3-wal", "records.sqlite3-shm"], "0o600") | {
        "records.sqlite3.lock": files["records.sqlite3.lock"]
    }


def test_sqlite_is_configured_for_a_server(tmp_path):
    """Write-ahead log, foreign keys, patience, and no fsync per commit beyond what the log needs."""
    records = Records(sqlite_url(tmp_path))
    with records.reading() as session:
        pragmas = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        values = [session.scalar(text(f"PRAGMA {each}")) for each in pragmas]
    records.close()
    assert values == ["wal", 1, 10000, 1]
