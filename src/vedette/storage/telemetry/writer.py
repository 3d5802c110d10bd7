"""Group commit: requests that arrive together are decoded, written and acknowledged together."""

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar, cast

import pyarrow as pa
import structlog

from vedette.kit.errors import Busy, Unavailable, VedetteError
from vedette.kit.ids import SIGNALS, Signal
from vedette.kit.instruments import Instruments
from vedette.storage.telemetry.port import StoreFault, TelemetryStore

log = structlog.get_logger(__name__)

Unit = TypeVar("Unit", contravariant=True)
Outcome = TypeVar("Outcome", covariant=True)

_BATCH_BYTES = 8 * 1024 * 1024
_WELL_FILLED_BYTES = 256 * 1024


class Unstorable(VedetteError):
    """The engine refused these very rows; sending them again would not help."""

    code, status, title = "unstorable", 400, "The records cannot be stored"


@dataclass(frozen=True, slots=True)
class Decoded(Generic[Outcome]):
    """Rows by table, written in this order, and what to tell the sender of each unit.

    `on_committed` is called, in the writer's thread, once the rows are stored.
    """

    rows: Mapping[str, pa.Table]
    outcomes: Sequence[Outcome]
    on_committed: Callable[[], None] | None = None


class Decoder(Protocol[Unit, Outcome]):
    """Turns what several requests sent into rows at once. Runs in the writer's thread and must not keep the rows."""

    def decode(self, units: Sequence[Unit]) -> Decoded[Outcome]:
        """Return the rows and one outcome per unit; a unit that is refused whole has an outcome but no rows."""


@dataclass(slots=True)
class StoreHealth:
    """Whether the last commit succeeded, and since when not."""

    instruments: Instruments
    since: float | None = None
    detail: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_writable(self) -> bool:
        """True until a commit fails, and again once one succeeds."""
        return self.since is None

    def failed(self, detail: str) -> None:
        """Note that the store refused a commit."""
        with self._lock:
            if self.since is None:
                self.since = time.time()
                log.error("store not writable", detail=detail)
            self.detail = detail
            self.instruments.store_writable.set(0)

    def succeeded(self) -> None:
        """Note that a commit succeeded."""
        if self.since is None:
            return
        with self._lock:
            log.warning("store writable again", after_s=round(time.time() - (self.since or 0), 1))
            self.since, self.detail = None, ""
            self.instruments.store_writable.set(1)


@dataclass(slots=True)
class _Waiting:
    decoder: Decoder[Any, Any]
    unit: Any
    size_bytes: int
    done: asyncio.Future[Any]


class Writer:
    """One signal's queue and the threads that commit it: while one batch is inserted the next is decoded."""

    def __init__(
        self,
        signal: Signal,
        store: TelemetryStore,
        health: StoreHealth,
        instruments: Instruments,
        *,
        queue_bytes: int,
        interval_s: float,
        concurrency: int,
    ) -> None:
        self._signal, self._store, self._health, self._instruments = signal, store, health, instruments
        self._limit, self._interval_s = queue_bytes, interval_s
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._closing = False
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix=f"write-{signal}")
        self._slots = asyncio.Semaphore(concurrency)
        self._task: asyncio.Task[None] | None = None
        instruments.queue_bytes.labels(signal).set_function(lambda: self._bytes)

    def start(self) -> None:
        """Begin to commit; needs a running event loop."""
        self._task = asyncio.create_task(self._run(), name=f"write-{self._signal}")

    async def write(self, decoder: Decoder[Unit, Outcome], unit: Unit, size_bytes: int) -> Outcome:
        """Return what the decoder says of this unit once its rows are committed.

        Raises Busy when `size_bytes` more would not fit into the queue, Unavailable when the store cannot be written,
        Unstorable when the engine refuses these very rows.
        """
        if self._closing:
            raise Unavailable("the server is stopping")
        if self._waiting and self._bytes + size_bytes > self._limit:
            raise Busy(f"too much {self._signal} data waits to be written")
        waiting = _Waiting(decoder, unit, size_bytes, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._bytes += size_bytes
        self._wake.set()
        return cast("Outcome", await waiting.done)

    async def write_rows(self, table: str, rows: pa.Table) -> None:
        """Commit rows that are Arrow already; columns may be fewer than the table's."""
        await self.write(_ROWS, (table, rows), rows.nbytes)

    async def close(self) -> None:
        """Take nothing more, commit what waits, stop."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task
        self._threads.shutdown()

    async def _run(self) -> None:
        running: set[asyncio.Task[None]] = set()
        started, interval_s = 0.0, 0.0
        while self._waiting or not self._closing:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            pause = started + interval_s - time.monotonic()
            if pause > 0 and self._bytes < _BATCH_BYTES and not self._closing:
                await asyncio.sleep(pause)
            await self._slots.acquire()
            started = time.monotonic()
            batch = self._take()
            # The pause spares the engine many small parts; after a well-filled batch it would only hold senders up.
            filled = sum(each.size_bytes for each in batch) / _WELL_FILLED_BYTES
            interval_s = self._interval_s * max(1 - filled, 0)
            task = asyncio.create_task(self._settle(batch))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)

    async def _settle(self, batch: Sequence[_Waiting]) -> None:
        """Commit a batch and answer everybody in it."""
        try:
            outcomes = await asyncio.get_running_loop().run_in_executor(self._threads, self._commit, batch)
        except Exception as error:  # the edge of the writer: whoever waits must hear of it
            log.exception("commit failed", signal=self._signal)
            outcomes = [error] * len(batch)
        finally:
            self._slots.release()
        for waiting, outcome in zip(batch, outcomes, strict=True):
            self._bytes -= waiting.size_bytes
            if waiting.done.done():
                continue
            if isinstance(outcome, Exception):
                waiting.done.set_exception(outcome)
            else:
                waiting.done.set_result(outcome)

    def _take(self) -> list[_Waiting]:
        batch = [self._waiting.popleft()]
        size = batch[0].size_bytes
        while self._waiting and size + self._waiting[0].size_bytes <= _BATCH_BYTES:
            batch.append(self._waiting.popleft())
            size += batch[-1].size_bytes
        return batch

    def _commit(self, batch: Sequence[_Waiting]) -> list[Any]:
        with self._instruments.commit_seconds.labels(self._signal).time():
            try:
                outcomes = self._decode_and_insert(batch)
            except Unavailable as error:
                self._instruments.commits.labels(self._signal, "unavailable").inc()
                self._health.failed(error.detail)
                return [error] * len(batch)
            except Exception as error:
                # Refused by the engine, or a defect of a decoder that something in these bodies brought to light.
                # One sender's rows must not cost the others theirs: halve until the culprit stands alone.
                if len(batch) > 1:
                    middle = len(batch) // 2
                    return self._commit(batch[:middle]) + self._commit(batch[middle:])
                unforeseen = None if isinstance(error, (StoreFault, pa.ArrowException)) else error
                log.error("rows refused", signal=self._signal, error=str(error)[:500], exc_info=unforeseen)
                self._instruments.commits.labels(self._signal, "refused").inc()
                return [Unstorable("the storage engine refused these records")]
        self._instruments.commits.labels(self._signal, "ok").inc()
        self._health.succeeded()
        return outcomes

    def _decode_and_insert(self, batch: Sequence[_Waiting]) -> list[Any]:
        outcomes: list[Any] = [None] * len(batch)
        tables: dict[str, list[pa.Table]] = {}
        after: list[Callable[[], None]] = []
        for decoder in {id(each.decoder): each.decoder for each in batch}.values():
            places = [place for place, each in enumerate(batch) if each.decoder is decoder]
            decoded = decoder.decode([batch[place].unit for place in places])
            for place, outcome in zip(places, decoded.outcomes, strict=True):
                outcomes[place] = outcome
            for table, rows in decoded.rows.items():
                tables.setdefault(table, []).append(rows)
            if decoded.on_committed is not None:
                after.append(decoded.on_committed)
        for table, parts in tables.items():
            for rows in _joined(parts):
                self._store.insert(table, rows)
        for call in after:
            call()
        return outcomes


def _joined(parts: Sequence[pa.Table]) -> list[pa.Table]:
    """Join tables of the same columns; those with other columns are written apart."""
    groups: dict[tuple[str, ...], list[pa.Table]] = {}
    for part in parts:
        groups.setdefault(tuple(f"{field.name}:{field.type}" for field in part.schema), []).append(part)
    return [pa.concat_tables(each) for each in groups.values()]


class _Rows:
    """The decoder of what is decoded already."""

    def decode(self, units: Sequence[tuple[str, pa.Table]]) -> Decoded[None]:
        tables: dict[str, list[pa.Table]] = {}
        for table, rows in units:
            tables.setdefault(table, []).append(rows)
        joined = {table: pa.concat_tables(parts, promote_options="default") for table, parts in tables.items()}
        return Decoded(joined, [None] * len(units))


_ROWS = _Rows()


class Writers:
    """The writers of all signals, and the watch over whether the store can be written."""

    def __init__(
        self,
        store: TelemetryStore,
        instruments: Instruments,
        *,
        queue_bytes: int,
        interval_s: float,
        concurrency: int = 2,
    ) -> None:
        self.health = StoreHealth(instruments)
        self._store = store
        self._all: dict[Signal, Writer] = {
            signal: Writer(
                signal,
                store,
                self.health,
                instruments,
                queue_bytes=queue_bytes,
                interval_s=interval_s,
                concurrency=concurrency,
            )
            for signal in SIGNALS
        }
        self.traces, self.logs, self.metrics = self._all["traces"], self._all["logs"], self._all["metrics"]
        self.errors, self.events = self._all["errors"], self._all["events"]
        self._watch: asyncio.Task[None] | None = None

    def __getitem__(self, signal: Signal) -> Writer:
        return self._all[signal]

    def start(self) -> None:
        """Begin to commit."""
        for writer in self._all.values():
            writer.start()
        self._watch = asyncio.create_task(self._recover(), name="store-watch")

    async def close(self) -> None:
        """Commit what waits and stop."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        await asyncio.gather(*(writer.close() for writer in self._all.values()))

    async def _recover(self) -> None:
        """Try the store every two seconds while it cannot be written, so that it recovers without traffic."""
        while True:
            await asyncio.sleep(2)
            if not self.health.is_writable:
                with contextlib.suppress(Unavailable, StoreFault):
                    await asyncio.to_thread(probe, self._store)
                    self.health.succeeded()


def probe(store: TelemetryStore) -> None:
    """Write a row and drop it; raises Unavailable when the store cannot be written."""
    store.command("CREATE TABLE IF NOT EXISTS write_probe (At DateTime) ENGINE = MergeTree ORDER BY At")
    store.command("INSERT INTO write_probe VALUES (now())")
    store.command("TRUNCATE TABLE write_probe")
