"""Projects: their names, and finding or making them."""

import re
from typing import Final

from sqlalchemy import select

from vedette.guard.access.memory import Memory
from vedette.guard.access.principal import Project
from vedette.kit.errors import Conflict, Fault, Invalid
from vedette.kit.ids import ProjectId
from vedette.storage import records as tables
from vedette.storage.records import Records, insert_if_absent

DEFAULT: Final = "default"
OWN: Final = "vedette"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def check_project_name(name: str, *, where: str = "project") -> str:
    """Return the name; raises Invalid, naming `where`, unless it is 1 to 63 of a-z, 0-9, `.`, `_`, `-`."""
    if not _NAME.fullmatch(name):
        what = f"{name[:80]!r}: use 1 to 63 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit"
        raise Invalid("the project name is not valid", faults=[Fault(where, what)])
    return name


class Projects:
    """The projects of the records; lookups by name are remembered."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._memory: Memory[Project] = Memory()

    def find(self, name: str) -> Project | None:
        """Return a project, None when there is none of that name."""
        return self._memory.find(name, lambda: self._ask(name))

    async def find_soon(self, name: str) -> Project | None:
        """Do as `find`; only an answer that is not remembered takes a thread."""
        return await self._memory.find_soon(name, lambda: self._ask(name))

    def ensure(self, name: str) -> Project:
        """Return a project, made if need be; two that ask at once get the same. Raises Invalid for a bad name."""
        check_project_name(name)
        if (project := self.find(name)) is not None:  # an insert that does nothing would use up an id
            return project
        with self._records.session() as session:
            insert_if_absent(session, tables.Project, {"name": name})
        self._memory.forget()
        project = self.find(name)
        assert project is not None, "a project that was just made is there"  # noqa: S101
        return project

    def create(self, name: str) -> tables.Project:
        """Make a project; raises Conflict when there is one of that name, Invalid for a bad name."""
        check_project_name(name, where="name")
        with self._records.session() as session:
            if not insert_if_absent(session, tables.Project, {"name": name}):
                raise Conflict(f"there is a project {name!r} already")
            row = session.scalars(select(tables.Project).where(tables.Project.name == name)).one()
        self._memory.forget()
        return row

    def list(self) -> list[tables.Project]:
        """Return all projects, by name."""
        with self._records.reading() as session:
            return list(session.scalars(select(tables.Project).order_by(tables.Project.name)))

    def _ask(self, name: str) -> Project | None:
        with self._records.reading() as session:
            row = session.scalars(select(tables.Project).where(tables.Project.name == name)).one_or_none()
        return Project(ProjectId(row.id), row.name) if row else None
