"""The telemetry store inside this process: ClickHouse's engine as a library (chDB)."""

import contextlib
import os
import queue
import re
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from chdb.state.sqlitelike import Connection

from vedette.kit.errors import Unavailable
from vedette.storage.telemetry.engine_config import EngineLimits, write_engine_config
from vedette.storage.telemetry.files import as_file
from vedette.storage.telemetry.port import Params, Scalar, StoreFault, Value

_CODE = re.compile(r"Code: (\d+)\.")
# Names in https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
_DISK = {74, 75, 76, 77, 164, 243, 425, 430, 458, 481, 499, 572, 1000, 1001}
_OVERLOAD = {159, 160, 202, 241, 242, 252, 439, 473, 745}
_NOT_OPEN = "the telemetry store is closed"


class EmbeddedStore:
    """One store in one folder, owned by one process; connections are pooled apart for reading and writing."""

    def __init__(
        self, folder: Path, limits: EngineLimits, *, readers: int = 4, writers: int = 6, decoders: int = 4
    ) -> None:
        engine, data = folder / "engine", folder / "telemetry"
        for each in (engine / "schemas", data, folder / "backups"):
            each.mkdir(parents=True, exist_ok=True)
        config = write_engine_config(engine, limits)
        self.folder = folder
        self._reserve_bytes = limits.min_free_disk_mb * 1024 * 1024
        self._address = f"{data}?config-file={config}"
        session: dict[str, int | str] = {
            "max_memory_usage": limits.query_memory_mb * 1024 * 1024,
            "max_bytes_before_external_group_by": limits.query_memory_mb * 512 * 1024,
            "max_bytes_before_external_sort": limits.query_memory_mb * 512 * 1024,
        }
        reading: dict[str, int | str] = session | {
            "max_execution_time": limits.query_timeout_s,
            "input_format_protobuf_oneof_presence": 1,
            # Answers stay in this process: compressing them would take longer than the questions.
            "output_format_arrow_compression_method": "'none'",
        }
        writing: dict[str, int | str] = session | {
            "max_partitions_per_insert_block": 0,
            "max_insert_threads": 1,
            "max_threads": 2,
        }
        self._readers = _Pool(self._address, readers, reading)
        self._writers = _Pool(self._address, writers, writing)
        self._decoders = _Pool(self._address, decoders, reading)

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append rows through the engine's Arrow reader, committed as one part per partition.

        Not by chDB's streaming insert: it reports success when the disk is full (measured with chdb 4.4.0).
        """
        if rows.num_rows == 0:
            return
        self.check_room()
        # As one batch: of many small ones the engine's reader makes twice the work.
        rows = rows.unify_dictionaries().combine_chunks()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as stream:
            stream.write_table(rows)
        columns = ", ".join(f"`{name}`" for name in rows.column_names)
        with as_file(sink.getvalue()) as path, self._writers.connection() as connection, _translated():
            connection.query(f"INSERT INTO {table} ({columns}) FROM INFILE '{path}' FORMAT ArrowStream", "Null")

    def recent(self, table: str) -> list[pa.Table]:  # noqa: ARG002 - the port's
        """Return nothing: what was inserted is in the table."""
        return []

    def query(self, sql: str, params: Params | None = None, *, timeout_s: float | None = None) -> pa.Table:
        """Answer a SELECT as Arrow; see `bind` for how values travel."""
        if timeout_s is not None:
            sql = f"{sql}\nSETTINGS max_execution_time = {timeout_s:g}"
        return self._answer(self._readers, sql, bind(params or {}))

    def decode(self, sql: str) -> pa.Table:
        """Answer a SELECT that reads no table, on connections of its own: slow questions must not hold up ingest."""
        return self._answer(self._decoders, sql, {})

    def command(self, sql: str) -> None:
        """Run a statement on a writing connection."""
        if sql.startswith("INSERT"):
            self.check_room()
        with self._writers.connection() as connection, _translated():
            connection.query(sql, "Null")

    @staticmethod
    def _answer(pool: "_Pool", sql: str, params: dict[str, str]) -> pa.Table:
        with pool.connection() as connection, _translated():
            answer = connection.query(sql, "ArrowStream", params=params).get_memview()
        # Not chDB's own "arrowtable": it needs pandas, which costs 50 MB and half a second. Nor a copy, which costs a
        # third of reading millions of rows: the table stands on the engine's memory, and `answer` holds that.
        view = answer.view()
        return pa.ipc.open_stream(pa.foreign_buffer(pa.py_buffer(view).address, len(view), base=answer)).read_all()

    def check_room(self) -> None:
        """Raise Unavailable rather than use the reserve: merges, the records and the operator need it."""
        disk = os.statvfs(self.folder)
        free = disk.f_bavail * disk.f_frsize
        if free < self._reserve_bytes:
            raise Unavailable(
                f"the telemetry store cannot be written: {free // 1048576} MiB of disk space left,"
                f" {self._reserve_bytes // 1048576} are reserved"
            )

    def close(self) -> None:
        """Close every connection once it is free; the engine stops with the last."""
        for pool in (self._readers, self._decoders, self._writers):
            pool.close()


class _Pool:
    """Connections are opened when first needed, up to `size`; whoever finds none free waits."""

    def __init__(self, address: str, size: int, session: Mapping[str, int | str]) -> None:
        self._address, self._size, self._session = address, size, session
        self._free: queue.LifoQueue[Connection] = queue.LifoQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._free.put(self._connect())
        self._opened = 1

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend a connection; one on which a statement failed is not used again.

        The answer to the next statement on it would begin with what the failed one had put out (chdb 4.4.0).
        """
        connection = self._take()
        try:
            yield connection
        except BaseException:
            self._replace(connection)
            raise
        self._free.put(connection)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            opened, self._opened = self._opened, 0
        for _ in range(opened):
            self._free.get(timeout=60).close()

    def _take(self) -> Connection:
        if self._closed:
            raise Unavailable(_NOT_OPEN)
        with contextlib.suppress(queue.Empty):
            return self._free.get_nowait()
        with self._lock:
            if not self._closed and self._opened < self._size:
                connection = self._connect()
                self._opened += 1
                return connection
        try:
            return self._free.get(timeout=60)
        except queue.Empty:
            raise Unavailable("every connection to the telemetry store is busy") from None

    def _replace(self, spoiled: Connection) -> None:
        """Open the new one first: with its last connection the engine would stop."""
        try:
            self._free.put(self._connect())
        except BaseException:
            with self._lock:
                self._opened -= 1
            raise
        finally:
            spoiled.close()

    def _connect(self) -> Connection:
        with _translated():
            connection = Connection(self._address)
            connection.query("SET " + ", ".join(f"{name} = {value}" for name, value in self._session.items()), "Null")
        return connection


def bind(params: Params) -> dict[str, str]:
    """Return values as the engine reads them: text of its tab-separated format.

    Strings are escaped here and nowhere else: backslash, tab and newline would otherwise change meaning.
    """
    return {name: _bound(value) for name, value in params.items()}


def _bound(value: Value) -> str:
    if isinstance(value, Scalar):
        return _escaped(_plain(value))
    return (
        "["
        + ",".join(f"'{_escaped(each, quote=True)}'" if isinstance(each, str) else str(each) for each in value)
        + "]"
    )


def _plain(value: Scalar) -> str:
    match value:
        case bool():
            return str(int(value))
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        case _:
            return str(value)


_ESCAPES = {ord("\\"): "\\\\", ord("\t"): "\\t", ord("\n"): "\\n", ord("\r"): "\\r", ord("\0"): "\\0"}
_QUOTED_ESCAPES = _ESCAPES | {ord("'"): "\\'"}


def _escaped(text: str, *, quote: bool = False) -> str:
    return text.translate(_QUOTED_ESCAPES if quote else _ESCAPES)


@contextlib.contextmanager
def _translated() -> Iterator[Any]:
    try:
        yield
    except (StoreFault, Unavailable):
        raise
    except Exception as error:
        message = str(error)
        match = _CODE.search(message)
        code = int(match.group(1)) if match else 0
        if code in _DISK:
            raise Unavailable(f"the telemetry store cannot be written: {_first_line(message)}") from error
        if code in _OVERLOAD:
            raise Unavailable(f"the telemetry store is overloaded: {_first_line(message)}") from error
        raise StoreFault(code, message) from error


def _first_line(message: str) -> str:
    line = message.split("\n", 1)[0]
    return re.sub(r"^Code: \d+\. DB::(Err|E)xception: ", "", line)[:300]
