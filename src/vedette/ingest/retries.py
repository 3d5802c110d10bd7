"""Recognise what clients send again: the ids of the records stored lately, per server, in bounded memory."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import structlog

from vedette.kit.errors import Unavailable, VedetteError
from vedette.kit.ids import ProjectId
from vedette.storage.telemetry.port import StoreFault

log = structlog.get_logger(__name__)

MOST_REMEMBERED = 100_000
_PATIENCE_S = 2.0
_AGAIN_S = 30.0
Recall = Callable[[ProjectId], Awaitable[Sequence[str]]]


class Retries:
    """Stores each id once. `recall` returns the ids a project stored before this process began, oldest first.

    An id is remembered once its record is committed. Who sends it meanwhile waits for the outcome of the first, so
    that nobody is told of a record that is not there. Belongs to one event loop.
    """

    def __init__(self, recall: Recall | None = None, *, most: int = MOST_REMEMBERED) -> None:
        self._recall, self._most = recall, most
        self._stored: OrderedDict[tuple[ProjectId, str], None] = OrderedDict()
        self._under_way: dict[tuple[ProjectId, str], asyncio.Future[bool]] = {}
        self._recalled: dict[ProjectId, asyncio.Task[bool]] = {}
        self._recall_again: dict[ProjectId, float] = {}

    @asynccontextmanager
    async def fresh(self, project: ProjectId, ids: Sequence[str]) -> AsyncIterator[set[str]]:
        """Yield those ids that are to be stored now, inside the block; leaving it without an exception says they are.

        Raises Unavailable when another request was to store one of the others and could not.
        """
        if self._recall is not None and ids:
            await self._remember_past(project)
        mine, others = set[str](), list[asyncio.Future[bool]]()
        outcome = asyncio.get_running_loop().create_future()
        for each in ids:
            key = (project, each)
            if each in mine:
                continue
            if key in self._stored:
                self._stored.move_to_end(key)
            elif key in self._under_way:
                others.append(self._under_way[key])
            else:
                mine.add(each)
                self._under_way[key] = outcome
        is_stored = False
        try:
            yield mine
            is_stored = True
        finally:
            for each in mine:
                del self._under_way[project, each]
            if is_stored:
                self._remember(project, mine)
            outcome.set_result(is_stored)
        if others:
            await asyncio.wait(set(others))  # not gather: cancelled, it would cancel what others wait for too
        if not all(each.result() for each in others):
            raise Unavailable("the same record is being sent twice and could not be stored; send it again")

    def _remember(self, project: ProjectId, ids: "set[str] | Sequence[str]") -> None:
        for each in ids:
            self._stored[project, each] = None
        while len(self._stored) > self._most:
            self._stored.popitem(last=False)

    async def _remember_past(self, project: ProjectId) -> None:
        """Wait for the ids of the past, but not for long: taking data matters more than a rare repetition."""
        task = self._recalled.get(project)
        if task is None or (task.done() and not task.result() and time.monotonic() > self._recall_again[project]):
            task = self._recalled[project] = asyncio.create_task(self._load(project))
        if not task.done():
            await asyncio.wait({task}, timeout=_PATIENCE_S)

    async def _load(self, project: ProjectId) -> bool:
        assert self._recall is not None  # noqa: S101 - asked for only when there is one
        try:
            past = await self._recall(project)
        except (VedetteError, StoreFault) as error:
            log.warning("ids of earlier records not known", project=project, error=str(error)[:300])
            self._recall_again[project] = time.monotonic() + _AGAIN_S
            return False
        newer = list(self._stored)
        self._remember(project, past)
        for key in newer:
            if key in self._stored:
                self._stored.move_to_end(key)
        return True
