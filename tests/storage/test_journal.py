"""The journal before the table of samples."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from metrics.conftest import Tenant
from metrics.wire import series
from support import Server, eventually
from vedette.kit.errors import Unavailable
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits
from vedette.storage.telemetry.journal import Journal

pytestmark = pytest.mark.xdist_group("store")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    found = EmbeddedStore(tmp_path_factory.mktemp("journal"), EngineLimits())
    yield found
    found.close()


@pytest.fixture
def table(store: EmbeddedStore, tmp_path: Path):
    name = f"t{os.urandom(4).hex()}"
    store.command(f"CREATE TABLE {name} (Number UInt64) ENGINE = MergeTree ORDER BY Number")
    return name


class Full:
    """A store that takes nothing."""

    def insert(self, _table: str, _rows: pa.Table) -> None:
        raise Unavailable("full")


def rows(*numbers: int) -> pa.Table:
    return pa.table({"Number": np.array(numbers, np.uint64)})


def stored(store: EmbeddedStore, table: str) -> list[int]:
    return store.query(f"SELECT Number FROM {table} ORDER BY Number")["Number"].to_pylist()


def waiting(journal: Journal) -> list[int]:
    return [number for each in journal.recent() for number in each["Number"].to_pylist()]


def test_rows_are_recent_until_they_are_in_the_table(store: EmbeddedStore, table: str, tmp_path: Path) -> None:
    """Every row can be seen at every moment, in one of the two."""
    journal = Journal(store, table, tmp_path / "j")
    journal.append(rows(1, 2))
    assert waiting(journal) == [1, 2]

    journal.flush()
    assert (waiting(journal), stored(store, table)) == ([], [1, 2])

    journal.append(rows(3))
    eventually(lambda: stored(store, table) == [1, 2, 3])
    journal.close()
    assert list((tmp_path / "j").iterdir()) == []


def test_what_a_dead_process_left_is_replayed(store: EmbeddedStore, table: str, tmp_path: Path) -> None:
    """Files are read at the start; a record cut short, which nobody was told is kept, is passed over."""
    folder = tmp_path / "j"
    dead = Journal(Full(), table, folder)  # type: ignore[arg-type] # as if killed before it could flush
    dead.append(rows(1))
    dead.append(rows(2, 3))
    dead._closing = True
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-5])

    Journal(store, table, folder).close()
    assert stored(store, table) == [1]


def test_a_damaged_record_ends_the_replay_of_its_file(store: EmbeddedStore, table: str, tmp_path: Path) -> None:
    """Bytes that do not match their checksum are not made into rows."""
    folder = tmp_path / "j"
    folder.mkdir()
    (folder / "0000000007.journal").write_bytes(b"\x05\0\0\0\0\0\0\0\1\2\3\4hello")

    Journal(store, table, folder).close()
    assert stored(store, table) == []


def test_a_store_that_takes_nothing_is_waited_for(store: EmbeddedStore, table: str, tmp_path: Path) -> None:
    """Rows stay readable and are brought over once the store takes them again."""
    journal = Journal(store, table, tmp_path / "j")
    real = journal._store
    journal._store = Full()  # type: ignore[assignment]
    journal.append(rows(1))
    time.sleep(3)
    assert waiting(journal) == [1]

    journal._store = real
    eventually(lambda: stored(store, table) == [1])
    journal.close()


def test_answered_samples_survive_a_kill(make_server: Callable[..., Server]) -> None:
    """Killed right after the answer, before anything was flushed: nothing is lost and nothing is there twice."""
    server = make_server()
    now_ms = int(time.time()) // 60 * 60_000
    for step in range(4):
        server.start()
        tenant = Tenant(server, "default", server.key, now_ms)
        bodies = [series({"__name__": "m", "n": str(each)}, (step, now_ms - 4000 + step * 1000)) for each in range(50)]
        assert tenant.write(*bodies).status_code == 204
        server.kill()
    server.start()

    assert tenant.vector("count(m)") == [({}, "50")]
    assert [value for _, value in tenant.samples('m{n="7"}')] == ["0", "1", "2", "3"]
