"""Group commit: what is answered is stored, a full queue says so, one bad request costs only itself."""

import asyncio
import threading

import pyarrow as pa
import pytest

from vedette.kit.errors import Busy, Unavailable
from vedette.kit.instruments import Instruments
from vedette.storage.telemetry.port import StoreFault
from vedette.storage.telemetry.writer import Decoded, Unstorable, Writers


class Shelf:
    """A store whose moods a test decides: the real one cannot be made to wait or to dislike a row."""

    def __init__(self):
        self.inserts, self.open, self.error = [], threading.Event(), None
        self.has_begun = threading.Event()
        self.open.set()

    def insert(self, table, rows):
        self.has_begun.set()
        self.open.wait(90)
        values = rows["a"].to_pylist()
        if self.error:
            raise self.error
        if "bad" in values:
            raise StoreFault(1, "a bad row")
        self.inserts.append(values)

    def command(self, sql):
        if self.error:
            raise self.error


@pytest.fixture
async def shelf():
    return Shelf()


@pytest.fixture
async def writers(shelf):
    writers = Writers(shelf, Instruments(), queue_bytes=1000, interval_s=0, concurrency=1)
    writers.start()
    yield writers
    shelf.open.set()
    await writers.close()


def rows(*values):
    return pa.table({"a": list(values)})


async def test_requests_that_wait_together_are_committed_together(writers, shelf):
    """One insert for all that came while the one before ran."""
    shelf.open.clear()
    first = asyncio.create_task(writers.logs.write_rows("t", rows("1")))
    await asyncio.to_thread(shelf.has_begun.wait)
    others = [asyncio.create_task(writers.logs.write_rows("t", rows(str(each)))) for each in (2, 3, 4)]
    await asyncio.sleep(0.05)
    assert not any(task.done() for task in (first, *others))
    shelf.open.set()
    await asyncio.gather(first, *others)

    assert shelf.inserts == [["1"], ["2", "3", "4"]]


async def test_one_bad_request_costs_only_itself(writers, shelf):
    """The others of its group are stored and answered."""
    shelf.open.clear()
    blocker = asyncio.create_task(writers.logs.write_rows("t", rows("0")))
    await asyncio.to_thread(shelf.has_begun.wait)
    names = ("1", "2", "bad", "4", "5")
    tasks = [asyncio.create_task(writers.logs.write_rows("t", rows(each))) for each in names]
    await asyncio.sleep(0.05)
    shelf.open.set()
    await blocker
    answers = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(each) for each in answers] == [type(None), type(None), Unstorable, type(None), type(None)]
    assert sorted(value for insert in shelf.inserts for value in insert) == ["0", "1", "2", "4", "5"]


class Clumsy:
    """A decoder with a defect."""

    def decode(self, units):
        if "bad" in units:
            raise ValueError("cannot convert float NaN to integer")
        return Decoded({"t": rows(*units)}, list(units))


async def test_a_defect_that_one_request_brings_to_light_costs_only_that_request(writers, shelf):
    """Otherwise one sender could lose everyone's data."""
    shelf.open.clear()
    blocker = asyncio.create_task(writers.logs.write_rows("t", rows("0")))
    await asyncio.to_thread(shelf.has_begun.wait)
    decoder = Clumsy()
    tasks = [asyncio.create_task(writers.logs.write(decoder, each, 1)) for each in ("1", "bad", "2")]
    await asyncio.sleep(0.05)
    shelf.open.set()
    await blocker
    answers = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(each) for each in answers] == [str, Unstorable, str]


async def test_a_full_queue_says_when_to_come_again(writers, shelf):
    """429 instead of memory without end; one request is always let in, however large."""
    shelf.open.clear()
    large = asyncio.create_task(writers.logs.write_rows("t", rows("x" * 5000)))
    await asyncio.to_thread(shelf.has_begun.wait)
    waiting = asyncio.create_task(writers.logs.write_rows("t", rows("y" * 5000)))
    await asyncio.sleep(0.05)

    with pytest.raises(Busy) as busy:
        await writers.logs.write_rows("t", rows("z"))

    assert busy.value.retry_after_s == 1
    shelf.open.set()
    await asyncio.gather(large, waiting)


async def test_a_store_that_cannot_be_written_is_noted_and_recovers(writers, shelf):
    """Everybody who waits hears of it; health tells since when; the first success ends it."""
    shelf.error = Unavailable("disk full")
    with pytest.raises(Unavailable):
        await writers.logs.write_rows("t", rows("1"))
    assert (writers.health.is_writable, writers.health.detail) == (False, "disk full")

    shelf.error = None
    async with asyncio.timeout(90):
        while not writers.health.is_writable:
            await asyncio.sleep(0.05)


async def test_closing_commits_what_waits(shelf):
    """Nothing that was taken is dropped; nothing more is taken."""
    writers = Writers(shelf, Instruments(), queue_bytes=1000, interval_s=60)
    writers.start()
    tasks = [asyncio.create_task(writers.logs.write_rows("t", rows(str(each)))) for each in range(3)]
    await asyncio.sleep(0.01)
    await writers.close()

    await asyncio.gather(*tasks)
    with pytest.raises(Unavailable, match="stopping"):
        await writers.logs.write_rows("t", rows("4"))
