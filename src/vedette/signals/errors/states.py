"""What people decided about issues: resolved, ignored, or open again."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, cast

from fastapi import Depends
from sqlalchemy import select, update
from starlette.requests import HTTPConnection

from vedette.kit.ids import ProjectId
from vedette.kit.timerange import unix_ns
from vedette.signals.errors.grouping import show_issue_id
from vedette.signals.errors.schemas import Status
from vedette.storage.records import IssueState, Records, insert_if_absent


@dataclass(frozen=True, slots=True)
class Decision:
    """A status and when it was chosen, in Unix nanoseconds."""

    status: Status
    at_ns: int

    def status_now(self, last_received_ns: int) -> Status:
        """Return the status today: an event that comes after an issue was resolved opens it again."""
        return "unresolved" if self.status == "resolved" and last_received_ns > self.at_ns else self.status


class IssueStates:
    """Decisions kept in the records; an issue without one is unresolved."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def decisions(self, project: ProjectId) -> dict[int, Decision]:
        """Return the decisions of a project that are not "unresolved"."""
        return await asyncio.to_thread(self._read, project)

    async def decide(self, project: ProjectId, issue_id: int, status: Status, *, by: str) -> None:
        """Note a decision, over any before it."""
        await asyncio.to_thread(self._write, project, issue_id, status, by)

    def _read(self, project: ProjectId) -> dict[int, Decision]:
        query = select(IssueState.issue_id, IssueState.status, IssueState.changed_at).where(
            IssueState.project_id == project, IssueState.status.in_(("resolved", "ignored"))
        )
        with self._records.reading() as session:
            return {
                int(issue_id, 16): Decision(cast("Status", status), unix_ns(changed_at))
                for issue_id, status, changed_at in session.execute(query)
            }

    def _write(self, project: ProjectId, issue_id: int, status: Status, by: str) -> None:
        key = {"project_id": int(project), "issue_id": show_issue_id(issue_id)}
        decided = {"status": status, "changed_by": by[:320], "changed_at": datetime.now(UTC)}
        with self._records.session() as session:
            if not insert_if_absent(session, IssueState, key | decided):
                session.execute(update(IssueState).filter_by(**key).values(**decided))


async def _states(connection: HTTPConnection) -> IssueStates:
    return IssueStates(connection.app.state.records)


StatesDep = Annotated[IssueStates, Depends(_states)]
