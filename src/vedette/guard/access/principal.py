"""Who is asking, and the roles that decide what they may do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from vedette.kit.errors import Forbidden
from vedette.kit.ids import ProjectId


class Role(StrEnum):
    """What a person or a token may do; each role may also do what the ones below it may."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Say whether this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Project:
    """A project as a request sees it."""

    id: ProjectId
    name: str


@dataclass(frozen=True, slots=True)
class Principal:
    """A person who is signed in, or an API token; `id` is the one of the person or of the token.

    `csrf_token` is set when a cookie proved who it is, None for tokens.
    """

    kind: Literal["person", "token"]
    id: int
    name: str
    role: Role
    email: str = ""
    csrf_token: str | None = None

    @property
    def label(self) -> str:
        """How the records name who did something."""
        return self.email or f"token {self.name}"

    def require(self, role: Role) -> None:
        """Raise Forbidden unless the principal has this role or a higher one."""
        if not self.role.includes(role):
            raise Forbidden(f"this needs the role {role}; you are {self.role}")
