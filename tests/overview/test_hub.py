"""Shared subscriptions without a server."""

import asyncio

from vedette.guard.access import Project
from vedette.kit.ids import ProjectId
from vedette.watch.live.hub import Hub, Question, Topic


async def test_many_different_questions_are_answered_two_at_a_time():
    """So that who asks much makes others' live figures late, but not everything else."""
    asked = under_way = most = 0

    async def answer(_project, _params) -> bytes:
        nonlocal asked, under_way, most
        asked, under_way = asked + 1, under_way + 1
        most = max(most, under_way)
        await asyncio.sleep(0.001)
        under_way -= 1
        return b"1"

    hub = Hub([Topic("overview", answer, 60)])
    answered: list[int] = []
    for number in range(20):
        question = Question("overview", Project(ProjectId(1), "default"), (("from", str(number)),))
        hub.subscribe(question, number, lambda _answer, _failed, number=number: answered.append(number))
    while len(answered) < 20:
        await asyncio.sleep(0.01)
    await hub.close()

    assert (asked, most) == (20, 2)
