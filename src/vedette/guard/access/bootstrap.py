"""The first start: projects, the first admin, the first secrets."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete, update

from vedette.guard.access.passwords import Passwords, check_password
from vedette.guard.access.people import add_admin, anybody, tidy_email
from vedette.guard.access.principal import Project
from vedette.guard.access.secret import hash_secret, make_session_token
from vedette.kit.errors import Fault, Invalid, Unauthenticated
from vedette.storage.records import Person, Records, SetupLink

SETUP_LINK_LIFETIME: Final = timedelta(hours=24)
_SUBJECT: Final = "vedette first start"

log = structlog.get_logger("vedette.access")


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What the environment says about the first start; empty = not said."""

    email: str = ""
    password: str = ""
    token: str = ""
    key: str = ""
    own_key: str = ""


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """What is there after a start; `setup_token` is set when nobody has an account yet."""

    default: Project
    own: Project
    setup_token: str | None


class FirstPerson:
    """Makes the first admin, from the environment or through a one-time link."""

    def __init__(self, records: Records, passwords: Passwords) -> None:
        self._records = records
        self._passwords = passwords

    def ensure(self, email: str, password: str) -> None:
        """Make the first admin unless somebody has an account; raises Invalid when only one of the two is given."""
        if bool(email) != bool(password):
            missing = "bootstrap_password" if email else "bootstrap_email"
            raise Invalid("settings are not valid", faults=[Fault(missing, "must be given with the other one")])
        if not email:
            return
        email = tidy_email(email, where="bootstrap_email")
        with self._records.reading() as session:
            if anybody(session):
                return
        password_hash = self._passwords.hash(password)
        with self._records.session() as session:
            self._records.exclusive(session, _SUBJECT)
            if not anybody(session):
                add_admin(session, email=email, name="", password_hash=password_hash)
                log.info("first admin made", email=email)

    def make_link(self) -> str | None:
        """Return the token of a new set-up link, which ends all earlier ones; None when somebody has an account."""
        token, now = make_session_token(), datetime.now(UTC)
        with self._records.session() as session:
            self._records.exclusive(session, _SUBJECT)
            if anybody(session):
                return None
            session.execute(delete(SetupLink))
            session.add(SetupLink(token_hash=hash_secret(token), created_at=now, expires_at=now + SETUP_LINK_LIFETIME))
        return token

    def redeem(self, token: str, *, email: str, password: str, name: str = "") -> Person:
        """Make the first admin; raises Unauthenticated for a link that is not open, Invalid for bad input."""
        email = tidy_email(email)
        check_password(password)
        if not self._is_open(token):  # before the costly hash
            raise _refusal()
        password_hash = self._passwords.hash(password)
        with self._records.session() as session:
            self._records.exclusive(session, _SUBJECT)
            now = datetime.now(UTC)
            used = session.execute(
                update(SetupLink)
                .where(
                    SetupLink.token_hash == hash_secret(token),
                    SetupLink.used_at.is_(None),
                    SetupLink.expires_at > now,
                )
                .values(used_at=now)
                .returning(SetupLink.token_hash)
            ).one_or_none()
            if used is None or anybody(session):
                raise _refusal()
            return add_admin(session, email=email, name=name.strip()[:200], password_hash=password_hash)

    def _is_open(self, token: str) -> bool:
        with self._records.reading() as session:
            link = session.get(SetupLink, hash_secret(token))
        return link is not None and link.used_at is None and link.expires_at > datetime.now(UTC)


def _refusal() -> Unauthenticated:
    return Unauthenticated("the set-up link was used or is over; start the server again for a new one")
