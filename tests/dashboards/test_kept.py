"""Equal questions are asked once, and answers that follow a dashboard may be a little old."""

import asyncio

import pytest

from vedette.kit.errors import Unavailable
from vedette.kit.ids import ProjectId
from vedette.watch.dashboards.asking import Answered, Asked
from vedette.watch.dashboards.kept import Kept

PROJECT = ProjectId(1)
HOUR = Asked("logs", "", 0.0, 3600.0, 60, aggregate=("count", None, None, ()))


class Asking:
    """Work that counts how often it was begun and ended early."""

    def __init__(self, takes_s: float = 0.01) -> None:
        self.takes_s, self.begun, self.given_up = takes_s, 0, 0

    async def __call__(self) -> Answered:
        self.begun += 1
        try:
            await asyncio.sleep(self.takes_s)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        return Answered(())


async def test_who_asks_meanwhile_waits_for_the_same_answer():
    """Also when the first one goes."""
    kept, work = Kept(), Asking()
    first = asyncio.create_task(kept.answer(PROJECT, HOUR, work, is_following=False))
    second = asyncio.create_task(kept.answer(PROJECT, HOUR, work, is_following=False))
    await asyncio.sleep(0)

    first.cancel()

    assert await second == Answered(())
    assert (work.begun, work.given_up) == (1, 0)


async def test_work_nobody_waits_for_is_given_up():
    """The store has better to do."""
    kept, work = Kept(), Asking(10)
    task = asyncio.create_task(kept.answer(PROJECT, HOUR, work, is_following=False))
    await asyncio.sleep(0.01)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert work.given_up == 1


async def test_followers_take_what_was_worked_out_lately():
    """Who asks anew is answered anew; another step is another question."""
    kept, work = Kept(), Asking()

    for is_following in (False, True, False):
        await kept.answer(PROJECT, HOUR, work, is_following=is_following)
    assert work.begun == 2

    await kept.answer(PROJECT, Asked("logs", "", 60.0, 3660.0, 60, aggregate=HOUR.aggregate), work, is_following=True)
    assert work.begun == 3


async def test_what_failed_is_asked_again():
    """An error is nothing to remember."""
    kept, work = Kept(), Asking()

    async def fail() -> Answered:
        raise Unavailable("not now")

    with pytest.raises(Unavailable):
        await kept.answer(PROJECT, HOUR, fail, is_following=True)

    assert await kept.answer(PROJECT, HOUR, work, is_following=True) == Answered(())
