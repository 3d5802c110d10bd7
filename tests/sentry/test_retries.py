"""What is sent again, and what is told to wait."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from vedette.ingest.retries import Retries
from vedette.ingest.sentry import replies
from vedette.kit.errors import Busy, Unavailable
from vedette.kit.ids import ProjectId

ONE, TWO = ProjectId(1), ProjectId(2)


async def test_an_id_is_fresh_once() -> None:
    """And again in another project."""
    retries = Retries()
    async with retries.fresh(ONE, ["a", "b", "a"]) as fresh:
        assert fresh == {"a", "b"}
    async with retries.fresh(ONE, ["a", "c"]) as fresh:
        assert fresh == {"c"}
    async with retries.fresh(TWO, ["a"]) as fresh:
        assert fresh == {"a"}


async def test_an_id_whose_record_was_not_stored_stays_fresh() -> None:
    """The client sends again, and this time it must be stored."""
    retries = Retries()
    with pytest.raises(Busy):
        async with retries.fresh(ONE, ["a"]):
            raise Busy("full")
    async with retries.fresh(ONE, ["a"]) as fresh:
        assert fresh == {"a"}


@pytest.mark.parametrize("is_stored", [True, False])
async def test_a_second_sender_hears_what_became_of_the_first(is_stored: bool) -> None:
    """Nobody is told that a record is there before it is."""
    retries = Retries()
    committed = asyncio.Event()

    async def first() -> None:
        async with retries.fresh(ONE, ["a"]):
            await committed.wait()
            if not is_stored:
                raise Busy("full")

    async def second() -> set[str]:
        async with retries.fresh(ONE, ["a"]) as fresh:
            pass
        return fresh

    tasks = asyncio.create_task(first()), asyncio.create_task(second())
    await asyncio.sleep(0.01)
    assert not tasks[1].done()
    committed.set()
    _, outcome = await asyncio.gather(*tasks, return_exceptions=True)
    assert outcome == set() if is_stored else isinstance(outcome, Unavailable)


async def test_memory_is_bounded_and_keeps_the_latest() -> None:
    """The oldest id is forgotten first."""
    retries = Retries(most=2)
    for each in "abc":
        async with retries.fresh(ONE, [each]):
            pass
    async with retries.fresh(ONE, ["b", "c"]) as fresh:
        assert fresh == set()
    async with retries.fresh(ONE, ["a"]) as fresh:
        assert fresh == {"a"}


async def test_past_is_recalled_once() -> None:
    """What was stored before this process began is known from the first record on."""
    asked = []

    async def recall(project: ProjectId) -> list[str]:
        asked.append(project)
        return ["a"]

    retries = Retries(recall)
    for _ in range(2):
        async with retries.fresh(ONE, ["a", "b"]) as fresh:
            assert "a" not in fresh
    assert asked == [ONE]


async def test_a_past_that_cannot_be_told_does_not_stop_new_records() -> None:
    """A store too busy to answer may still take data; repeating something old is the lesser evil."""

    async def recall(project: ProjectId) -> list[str]:
        raise Busy("too many queries")

    async with Retries(recall).fresh(ONE, ["a"]) as fresh:
        assert fresh == {"a"}


def test_full_queue_is_answered_429_with_the_headers_that_sdks_obey(make_server: Any) -> None:
    """`Retry-After` for all, `X-Sentry-Rate-Limits` for Sentry's; a record sent again later is stored."""
    server = make_server(queue_bytes=str(1024 * 1024), commit_interval_ms="3000")
    server.start()
    crumbs = [{"message": "x" * 10_000} for _ in range(90)]
    events = [{"event_id": uuid4().hex, "message": "full", "breadcrumbs": crumbs} for _ in range(6)]

    def send(event: dict[str, Any]) -> httpx.Response:
        return server.post("/api/1/store/", json=event)

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(send, events))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.status_code for answer in answers} == {200, 429}
    assert refused[0].headers["retry-after"] == "1"
    assert refused[0].headers["x-sentry-rate-limits"] == "1::organization:busy"
    for event, answer in zip(events, answers, strict=True):
        if answer.status_code == 429:
            assert send(event).status_code == 200
    assert server.get("/api/errors/issues")["items"][0]["events"] == 6


def test_a_store_that_cannot_be_written_is_503_with_a_time_to_come_back() -> None:
    """In Sentry's form."""
    answer = replies.failure(Unavailable("the disk is full"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["x-sentry-error"] == "the disk is full"


def test_headers_hold_no_line_ends_whatever_was_sent() -> None:
    """A cause may quote the sender."""
    answer = replies.failure(Busy("a\r\nSet-Cookie: x=ü"))
    assert answer.headers["x-sentry-error"] == "a  Set-Cookie: x=?"
