"""Wire shapes of the access API."""

from datetime import UTC, datetime
from typing import Annotated, Generic, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from vedette.guard.access.passwords import LONGEST
from vedette.guard.access.principal import Principal, Role
from vedette.storage import records as tables

Item = TypeVar("Item")


def _future(moment: datetime) -> datetime:
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is too far in the future") from None
    if moment <= datetime.now(UTC):
        raise ValueError("must lie in the future")
    return moment


def _encodable(secret: SecretStr) -> SecretStr:
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("has half of a surrogate pair") from None
    return secret


Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Password = Annotated[SecretStr, Field(max_length=LONGEST), AfterValidator(_encodable)]
RowId = Annotated[int, Field(ge=1, le=2**31 - 1)]


class _FromRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Listing(BaseModel, Generic[Item]):
    """A page of a list; `next` is the cursor of the following one."""

    items: list[Item]
    next: str | None = None


class SignIn(BaseModel):
    """Who wants to sign in."""

    email: Annotated[str, Field(max_length=320)]
    password: Password


class SetUp(SignIn):
    """The first admin, with the token of the set-up link."""

    token: Annotated[str, Field(max_length=200)]
    name: Annotated[str, Field(max_length=200)] = ""


class PersonOut(_FromRow):
    """Who is signed in; for an API token `email` is empty and `name` is the token's."""

    id: int
    email: str
    name: str
    role: Role


class ProjectOut(_FromRow):
    """A project."""

    id: int
    name: str
    created_at: datetime


class ProjectIn(BaseModel):
    """A project to make."""

    name: Annotated[str, Field(max_length=200)]


class SessionOut(BaseModel):
    """Who is signed in and what they can see; `csrf_token` is empty for an API token, which needs none."""

    person: PersonOut
    csrf_token: str
    projects: list[ProjectOut]

    @classmethod
    def of(cls, principal: Principal, projects: list[tables.Project]) -> Self:
        """Say who somebody is."""
        return cls(
            person=PersonOut.model_validate(principal),
            csrf_token=principal.csrf_token or "",
            projects=[ProjectOut.model_validate(each) for each in projects],
        )


class KeyIn(BaseModel):
    """An ingest key to make."""

    name: Label


class KeyOut(_FromRow):
    """An ingest key, recognisable by its first characters."""

    id: int
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewKeyOut(KeyOut):
    """A new ingest key; `key` is shown this once."""

    key: str


class TokenIn(BaseModel):
    """An API token to make; without `expires_at` it holds until it is revoked."""

    name: Label
    role: Role
    expires_at: Annotated[datetime, AfterValidator(_future)] | None = None


class TokenOut(_FromRow):
    """An API token, recognisable by its first characters."""

    id: int
    name: str
    prefix: str
    role: Role
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


class NewTokenOut(TokenOut):
    """A new API token; `token` is shown this once."""

    token: str
