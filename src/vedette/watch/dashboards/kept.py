"""Answers of questions that are asked, or were just now: whoever asks the same has the same answer."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, replace
from typing import Final

from vedette.kit.ids import ProjectId
from vedette.watch.dashboards.asking import Answered, Asked

_MOST_ENTRIES: Final = 1000
_MOST_CELLS: Final = 3_000_000
_SHARE_OF_TIME: Final = 10
"""A question that took a second is not worked out again for ten: asking costs at most a tenth of a thread's time."""
_SLOW_S: Final = 0.3
_SLOW_FOR_S: Final = 30.0
_GRID_PARTS: Final = 10
_STEP_PARTS: Final = 60
_NEWEST_FOR_S: Final = 0.2
"""The value of this moment is shared by those who ask in this moment; it is what people follow a dashboard for."""

Work = Callable[[], Coroutine[None, None, Answered]]


@dataclass(slots=True)
class _Entry:
    task: asyncio.Task[Answered]
    step_s: int
    is_grid: bool
    waiting: int = 0
    took_s: float = 0.0
    done_at: float = 0.0
    cells: int = 0


class Kept:
    """Remembers answers for a part of their step, and runs equal questions once."""

    def __init__(self) -> None:
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._cells = 0

    async def answer(self, project: ProjectId, asked: Asked, work: Work, *, is_following: bool) -> Answered:
        """Return what `work` gives, gives to somebody else just now, or gave lately.

        Those who follow take what is a little old; who asks anew does so only of what took long to work out.
        """
        key = _key(project, asked)
        entry = self._entries.get(key)
        if entry is None or not _is_good(entry, is_following=is_following):
            entry = self._begun(key, asked, work)
        self._entries.move_to_end(key)
        entry.waiting += 1
        try:
            return await asyncio.shield(entry.task)
        finally:
            entry.waiting -= 1
            if not entry.waiting and not entry.task.done():
                entry.task.cancel()
                self._drop(key, entry)

    def _begun(self, key: Hashable, asked: Asked, work: Work) -> _Entry:
        self._drop(key, self._entries.get(key))
        entry = _Entry(asyncio.create_task(work()), asked.step_s, asked.is_grid)
        started = time.monotonic()

        def done(task: asyncio.Task[Answered]) -> None:
            entry.done_at = time.monotonic()
            entry.took_s = entry.done_at - started
            if task.cancelled() or task.exception() is not None:
                self._drop(key, entry)
                return
            entry.cells = task.result().cells
            if self._entries.get(key) is entry:
                self._cells += entry.cells
                self._make_room()

        entry.task.add_done_callback(done)
        self._entries[key] = entry
        return entry

    def _make_room(self) -> None:
        while self._cells > _MOST_CELLS or len(self._entries) > _MOST_ENTRIES:
            key, entry = next(iter(self._entries.items()))
            self._drop(key, entry)

    def _drop(self, key: Hashable, entry: _Entry | None) -> None:
        if entry is not None and self._entries.get(key) is entry:
            del self._entries[key]
            self._cells -= entry.cells


def _key(project: ProjectId, asked: Asked) -> Hashable:
    """Return what equal questions have in common: their times need only be about the same."""
    grain = asked.step_s if asked.is_grid else max(asked.step_s // _STEP_PARTS, 1)
    return project, replace(asked, start=asked.start // grain, end=asked.end // grain)


def _is_good(entry: _Entry, *, is_following: bool) -> bool:
    if not entry.task.done():
        return True
    age_s, worth_s = time.monotonic() - entry.done_at, _SHARE_OF_TIME * entry.took_s
    if is_following:
        part_s = entry.step_s / _GRID_PARTS if entry.is_grid else _NEWEST_FOR_S
        return age_s < min(max(part_s, worth_s), entry.step_s)
    return entry.took_s > _SLOW_S and age_s < min(worth_s, _SLOW_FOR_S, entry.step_s)
