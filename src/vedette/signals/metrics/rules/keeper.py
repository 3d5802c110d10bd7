"""Keeps the groups of all rule files running, and follows the files as they change."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from vedette.kit.ids import ProjectId
from vedette.signals.metrics.rules.evaluation import Evaluator
from vedette.signals.metrics.rules.files import RuleFiles
from vedette.signals.metrics.rules.rule import Group, RuleFault
from vedette.signals.metrics.rules.schedule import next_slot, slot_before
from vedette.signals.metrics.rules.state import GroupState

log = structlog.get_logger("vedette.rules")

FindProject = Callable[[str], Awaitable[ProjectId | None]]
"""Gives the project of a name, None when there is none."""


@dataclass(slots=True)
class _Running:
    project: ProjectId
    state: GroupState
    ending: asyncio.Event
    task: asyncio.Task[None]


class RuleKeeper:
    """The rules of one server. Files are looked at every `look_every_s`; unchanged groups keep their rhythm."""

    def __init__(
        self,
        files: RuleFiles,
        evaluator: Evaluator,
        find_project: FindProject,
        *,
        look_every_s: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._files, self._evaluator, self._find_project = files, evaluator, find_project
        self._look_every_s, self._clock = look_every_s, clock
        self._running: dict[tuple[str, str, str], _Running] = {}
        self._unplaced: list[RuleFault] = []
        self._leaving: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None
        self._following = asyncio.Lock()

    @property
    def faults(self) -> list[RuleFault]:
        """What is wrong with the files as they are now; groups read before keep running."""
        return [*self._files.faults, *self._unplaced]

    def groups(self, project: ProjectId) -> Sequence[GroupState]:
        """Return the groups of a project, ordered by file and name."""
        found = [each.state for each in self._running.values() if each.project == project]
        return sorted(found, key=lambda state: (state.group.file, state.group.name))

    async def start(self) -> None:
        """Read the files and begin."""
        await self.refresh()
        self._watch = asyncio.create_task(self._follow(), name="rule files")

    async def stop(self) -> None:
        """End all evaluations; nothing is marked stale, for the server will come back."""
        tasks = [*self._leaving, *(each.task for each in self._running.values())]
        tasks += [self._watch] if self._watch else []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._watch = None

    async def refresh(self) -> None:
        """Follow the files if they have changed, or name projects that were not there."""
        async with self._following:
            has_changed = await asyncio.to_thread(self._files.refresh)
            for fault in self._files.faults if has_changed else ():
                log.warning("rule file faulty", fault=str(fault))
            if has_changed or self._unplaced:
                await self._take_over()

    async def _take_over(self) -> None:
        wanted = {each.key: each for each in self._files.groups}
        self._unplaced = []
        for key in self._running.keys() - wanted.keys():
            self._leave(self._running.pop(key))
        for key, group in wanted.items():
            current = self._running.get(key)
            if current is None or current.state.group != group:
                await self._begin(group)

    async def _begin(self, group: Group) -> None:
        project = await self._find_project(group.project)
        if project is None:
            what = f"there is no project named {group.project!r}"
            self._unplaced.append(RuleFault(group.file, "1:1", what, group.name))
            return
        before = self._running.pop(group.key, None)
        if before is not None:
            before.ending.set()
            await before.task
        state = GroupState.of(group, before.state if before else None)
        ending = asyncio.Event()
        task = asyncio.create_task(self._run(project, state, ending), name=f"rules {group.name}")
        self._running[group.key] = _Running(project, state, ending, task)

    def _leave(self, running: _Running) -> None:
        running.ending.set()
        task = asyncio.create_task(self._mark_left(running))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _mark_left(self, running: _Running) -> None:
        """Wait until groups that took over had time to write, then end what nobody writes any more."""
        await running.task
        at_ms = self._now_ms()
        await asyncio.sleep(2 * running.state.group.interval_ms / 1000)
        left = GroupState(running.state.group, [])
        left.ended = running.state.series() | running.state.ended
        for state in self.groups(running.project):
            left.ended -= state.series()
        await self._evaluator.mark_ended(running.project, left, at_ms)

    async def _run(self, project: ProjectId, state: GroupState, ending: asyncio.Event) -> None:
        """Evaluate a group until it is to end; an evaluation under way is brought to its end first."""
        group = state.group
        last_ms = slot_before(group, self._now_ms())
        while True:
            at_ms, missed = next_slot(group, last_ms, self._now_ms())
            state.missed += missed
            with suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), max(0.0, at_ms / 1000 - self._clock()))
            if ending.is_set():
                return
            try:
                await self._evaluator.evaluate(project, state, at_ms)
            except Exception:
                log.exception("group not evaluated", group=group.name, file=group.file)
            last_ms = at_ms

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self._look_every_s)
            try:
                await self.refresh()
            except Exception:
                log.exception("rule files not followed")

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)
