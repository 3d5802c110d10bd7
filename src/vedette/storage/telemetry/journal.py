"""A journal before tables that take very many small inserts.

An insert into the engine costs about three milliseconds and a part that merges must take up again, however few rows it
has. Rows of journaled tables are acknowledged once they are in a file, which survives a kill, and go to the engine a
few seconds later, many at once. Until then whoever reads the table reads `recent` as well.
"""

import contextlib
import os
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import structlog

from vedette.kit.errors import Unavailable
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.port import Params, StoreFault

log = structlog.get_logger(__name__)

_HEADER = struct.Struct("<QI")  # length and CRC-32 of a record, which is an Arrow stream
_FLUSH_EVERY_S = 2.0
_FLUSH_ROWS = 500_000
_MOST_ROWS = 2_000_000
_RETRY_S = 2.0

Adapt = Callable[[pa.Table], pa.Table]
"""Brings rows that an earlier version left behind into the form that the table has now."""


@dataclass(slots=True, eq=False)
class _Segment:
    """A file of the journal and the rows in it."""

    path: Path
    file: int
    size: int = 0
    count: int = 0
    rows: list[pa.Table] = field(default_factory=list)


class Journal:
    """The journal of one table. Safe for several threads."""

    def __init__(self, store: EmbeddedStore, table: str, folder: Path, adapt: Adapt = lambda rows: rows) -> None:
        self._store, self._table, self._folder = store, table, folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._room = threading.Condition(self._lock)
        self._closing = False
        self._number = 0
        self._flushing: list[_Segment] = []
        self._replay(adapt)
        self._active = self._open()
        self._thread = threading.Thread(target=self._run, name=f"journal-{table}", daemon=True)
        self._thread.start()

    def append(self, rows: pa.Table) -> None:
        """Keep rows; when it returns they survive a kill and are in `recent` or in the table.

        Raises Unavailable when the file cannot be written, or when the engine has not taken rows for so long that too
        many wait.
        """
        record = _record(rows)
        with self._lock:
            if self._waiting() >= _MOST_ROWS:
                self._wake.set()
                self._room.wait(timeout=_RETRY_S)
            if self._waiting() >= _MOST_ROWS:
                raise Unavailable("the telemetry store does not keep up with its journal")
            segment = self._active
            try:
                _write(segment.file, record)
            except OSError as error:
                with contextlib.suppress(OSError):
                    os.ftruncate(segment.file, segment.size)
                    os.lseek(segment.file, segment.size, os.SEEK_SET)
                raise Unavailable(f"the journal cannot be written: {error.strerror}") from error
            segment.size += len(record)
            segment.count += rows.num_rows
            segment.rows.append(rows)
            if segment.count >= _FLUSH_ROWS:
                self._wake.set()

    def recent(self) -> list[pa.Table]:
        """Return rows that may not be in the table yet; ask before the table: a row may be in both, never in none."""
        with self._lock:
            return [rows for segment in (*self._flushing, self._active) for rows in segment.rows]

    def flush(self) -> None:
        """Bring everything appended so far into the table; raises what the engine raises."""
        for segment in self._rotate():
            self._bring(segment)

    def close(self) -> None:
        """Flush and stop; what the engine does not take now it gets at the next start."""
        self._closing = True
        self._wake.set()
        self._thread.join()
        with contextlib.suppress(Unavailable, StoreFault):
            self.flush()
        os.close(self._active.file)
        if not self._active.size:
            self._active.path.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait(_FLUSH_EVERY_S)
            self._wake.clear()
            try:
                self.flush()
            except (Unavailable, StoreFault) as error:
                log.error("journal not flushed", table=self._table, error=str(error)[:300])
                threading.Event().wait(0 if self._closing else _RETRY_S)

    def _rotate(self) -> list[_Segment]:
        """Begin a new file unless the present one is empty; return those to be brought into the table."""
        with self._lock:
            if self._active.count:
                self._flushing.append(self._active)
                self._active = self._open()
            return list(self._flushing)

    def _bring(self, segment: _Segment) -> None:
        self._store.insert(self._table, pa.concat_tables(segment.rows))
        with self._lock:
            if segment in self._flushing:
                self._flushing.remove(segment)
            self._room.notify_all()
        os.close(segment.file)
        segment.path.unlink(missing_ok=True)

    def _waiting(self) -> int:
        return self._active.count + sum(each.count for each in self._flushing)

    def _open(self) -> _Segment:
        self._number += 1
        path = self._folder / f"{self._number:010d}.journal"
        return _Segment(path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640))

    def _replay(self, adapt: Adapt) -> None:
        """Bring what an earlier process left behind into the table; a record cut short was never acknowledged."""
        for path in sorted(self._folder.glob("*.journal")):
            self._number = max(self._number, int(path.stem))
            tables = [adapt(each) for each in _records(path)]
            if tables:
                self._store.insert(self._table, pa.concat_tables(tables, promote_options="default"))
                log.info("journal replayed", table=self._table, rows=sum(each.num_rows for each in tables))
            path.unlink()


def _record(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    payload: bytes = sink.getvalue().to_pybytes()
    return _HEADER.pack(len(payload), zlib.crc32(payload)) + payload


def _write(file: int, record: bytes) -> None:
    view = memoryview(record)
    while view:
        view = view[os.write(file, view) :]


def _records(path: Path) -> Iterator[pa.Table]:
    data = path.read_bytes()
    place = 0
    while place + _HEADER.size <= len(data):
        length, checksum = _HEADER.unpack_from(data, place)
        payload = data[place + _HEADER.size : place + _HEADER.size + length]
        if len(payload) < length or zlib.crc32(payload) != checksum:
            return
        yield pa.ipc.open_stream(payload).read_all()
        place += _HEADER.size + length


class JournaledStore:
    """The embedded store with a journal before some of its tables."""

    def __init__(self, store: EmbeddedStore, tables: Mapping[str, Adapt]) -> None:
        self._store = store
        self._journals = {
            table: Journal(store, table, store.folder / "journal" / table, adapt) for table, adapt in tables.items()
        }

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append rows; when it returns they survive a kill of the process."""
        journal = self._journals.get(table)
        if journal is None:
            self._store.insert(table, rows)
        elif rows.num_rows:
            self._store.check_room()
            journal.append(rows)

    def recent(self, table: str) -> list[pa.Table]:
        """Return rows that may not be in the table yet; ask before the table."""
        journal = self._journals.get(table)
        return [] if journal is None else journal.recent()

    def query(self, sql: str, params: Params | None = None, *, timeout_s: float | None = None) -> pa.Table:
        """Answer a SELECT from the tables."""
        return self._store.query(sql, params, timeout_s=timeout_s)

    def decode(self, sql: str) -> pa.Table:
        """Answer a SELECT that reads no table."""
        return self._store.decode(sql)

    def command(self, sql: str) -> None:
        """Run a statement that returns nothing."""
        self._store.command(sql)

    def flush(self) -> None:
        """Bring every journal into its table."""
        for journal in self._journals.values():
            journal.flush()

    def close(self) -> None:
        """Flush the journals and release the store."""
        for journal in self._journals.values():
            journal.close()
        self._store.close()
