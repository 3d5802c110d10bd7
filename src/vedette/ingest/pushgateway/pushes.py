"""Pushed metrics: taken, kept, and written again and again, as if a Pushgateway were scraped with `honor_labels`."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field, replace

import structlog

from vedette.ingest.arrival import Refused
from vedette.ingest.pushgateway.families import HAS_TIMES, GroupKey, Pushed, grouped
from vedette.ingest.pushgateway.groups import FAILED, PUSHED, Group, Groups, changed
from vedette.ingest.pushgateway.kept import KeptGroups
from vedette.ingest.pushgateway.writing import PROTOCOL, Due, PushWriter, Standing
from vedette.kit.errors import Invalid, NotFound, TooLarge
from vedette.kit.ids import ProjectId
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.intake import MetricIntake
from vedette.storage.records import Records

log = structlog.get_logger(__name__)

_MANY = 1000
_TOO_LARGE = {"too_many_groups", "too_many_series", "group_too_large"}


@dataclass(slots=True)
class _Project:
    standing: Standing
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pushes:
    """The groups of all projects; one server keeps them. `most_labels` is how many a series may have."""

    def __init__(
        self, records: Records, intake: MetricIntake, ledger: Ledger, *, most_labels: int = 512, every_s: float = 15.0
    ) -> None:
        self._kept, self._writer, self._ledger = KeptGroups(records), PushWriter(intake, ledger), ledger
        self._most_labels, self._every_s = most_labels, every_s
        self._projects: dict[ProjectId, _Project] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read what is kept and begin to write it."""
        for project, group in await asyncio.to_thread(lambda: list(self._kept.load())):
            self._of(project).standing.put(group)
        self._task = asyncio.create_task(self._run(), name="pushes")

    async def stop(self) -> None:
        """Stop writing; the series do not end by it."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def groups(self, project: ProjectId) -> list[Group]:
        """Return the groups of a project by id."""
        found = self._projects.get(project)
        return sorted(found.standing.groups.by_key.values(), key=lambda each: each.id) if found else []

    async def push(self, project: ProjectId, key: GroupKey, pushed: Pushed, *, replaces: bool) -> None:
        """Take a push and write it.

        Raises Invalid or TooLarge, counted, when it does not fit: the group then bears the time of that. Raises
        Unavailable when the records cannot be written.
        """
        own = self._of(project)
        refused: Refused | None = None
        due: Due | None
        async with own.lock:
            try:
                due = await self._taken(project, own.standing, key, pushed, replaces=replaces)
            except Refused as refusal:
                refused, due = refusal, await self._failed(project, own.standing, key)
        if due is not None:
            await self._writer.write(project, own.standing, due)
        if refused is not None:
            self._ledger.refused(project, PROTOCOL, "metrics", refused.reason, max(pushed.count, 1))
            text = f"pushed metrics are invalid or inconsistent with existing metrics: {refused.detail}"
            raise (TooLarge if refused.reason in _TOO_LARGE else Invalid)(text)

    async def delete(self, project: ProjectId, key: GroupKey) -> None:
        """Forget a group and end its series; nothing happens when there is none."""
        own = self._of(project)
        async with own.lock:
            group = own.standing.groups.by_key.get(key)
            if group is None:
                return
            await asyncio.to_thread(self._kept.remove, group)
            own.standing.remove(group)
            due = own.standing.due(())
        await self._writer.write(project, own.standing, due)

    async def remove(self, project: ProjectId, group_id: int) -> None:
        """Forget a group by the id of its record; raises NotFound."""
        key = next((each.key for each in self.groups(project) if each.id == group_id), None)
        if key is None:
            raise NotFound(f"there is no group {group_id} of pushed metrics")
        await self.delete(project, key)

    def _of(self, project: ProjectId) -> _Project:
        if project not in self._projects:
            self._projects[project] = _Project(Standing(Groups(self._most_labels)))
        return self._projects[project]

    async def _taken(self, project: ProjectId, own: Standing, key: GroupKey, pushed: Pushed, *, replaces: bool) -> Due:
        """Keep a push and return what is to be written; raises Refused."""

        def fitting() -> Group:
            if pushed.fault:
                raise Refused("timestamps" if pushed.fault == HAS_TIMES else "inconsistent", pushed.fault)
            own.groups.check_room(key)
            families = {
                name: each
                for name, each in grouped(pushed, key).families.items()
                if name not in {PUSHED.name, FAILED.name}
            }
            after = changed(own.groups.by_key.get(key), key, families, replaces=replaces)
            own.groups.check(after)
            return replace(after, pushed_s=time.time())

        after = await asyncio.to_thread(fitting) if pushed.count > _MANY else fitting()
        after = replace(after, id=await asyncio.to_thread(self._kept.save, project, after))
        own.put(after)
        return own.due([after], grouped(pushed, key).exemplars)

    async def _failed(self, project: ProjectId, own: Standing, key: GroupKey) -> Due | None:
        """Note that a push to a group failed; without room for a group, there is nowhere to."""
        try:
            own.groups.check_room(key)
        except Refused:
            return None
        group = replace(own.groups.by_key.get(key) or Group(0, key, {}), failed_s=time.time())
        group = replace(group, id=await asyncio.to_thread(self._kept.save, project, group))
        own.put(group)
        return own.due([replace(group, families={})])

    async def _run(self) -> None:
        while True:
            at_s = time.time()
            for project, own in list(self._projects.items()):
                if own.standing.is_empty:
                    continue
                try:
                    due = own.standing.due(own.standing.groups.by_key.values(), at_s=at_s)
                    await self._writer.write(project, own.standing, due)
                except Exception:
                    log.exception("pushed metrics could not be written", project=project)
            # On the grid: such times compress well, and a late round does not move those after it.
            due_s = (at_s // self._every_s + 1) * self._every_s
            await asyncio.sleep(max(due_s - time.time(), 0.001))
