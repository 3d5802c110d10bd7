"""People: accounts and signing in."""

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vedette.guard.access.passwords import Passwords
from vedette.guard.access.principal import Role
from vedette.guard.access.throttle import Throttle, network_of
from vedette.kit.errors import Fault, Invalid, Unauthenticated
from vedette.storage.records import Person, Records

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


def tidy_email(email: str, *, where: str = "email") -> str:
    """Return an address in lower case without spaces around it; raises Invalid, naming `where`, for other text."""
    tidied = email.strip().lower()
    if not _EMAIL.fullmatch(tidied):
        raise Invalid("the e-mail address is not valid", faults=[Fault(where, "use name@domain")])
    return tidied


class People:
    """The people of the records."""

    def __init__(self, records: Records, passwords: Passwords, *, per_email: Throttle, per_network: Throttle) -> None:
        self._records = records
        self._passwords = passwords
        self._per_email = per_email
        self._per_network = per_network
        self._is_set_up = False

    async def sign_in(self, email: str, password: str, *, address: str) -> Person:
        """Return who has this address and password.

        Raises Unauthenticated, the same way and after the same work whether the address is unknown, the password wrong
        or the person disabled, and Throttled after too many failures for the address or from the network.
        """
        email = email.strip().lower()[:320]
        network = network_of(address)
        self._per_network.enter(network)
        self._per_email.enter(email)
        person = await self._passwords.soon(lambda: self._verify(email, password))
        if person is None:
            raise Unauthenticated("the e-mail address or the password is wrong")
        self._per_email.forgive(email)
        self._per_network.take_back(network)
        return person

    def is_set_up(self) -> bool:
        """Say whether anybody has an account."""
        if not self._is_set_up:
            with self._records.reading() as session:
                self._is_set_up = anybody(session)
        return self._is_set_up

    def _verify(self, email: str, password: str) -> Person | None:
        with self._records.reading() as session:
            person = session.scalars(select(Person).where(Person.email == email)).one_or_none()
        may_enter = person is not None and person.disabled_at is None
        kept = person.password_hash if person and may_enter else None
        is_right, renewed = self._passwords.verify(password, kept)
        if not is_right or person is None:
            return None
        if renewed:
            with self._records.session() as session:
                session.get_one(Person, person.id).password_hash = renewed
        return person


def anybody(session: Session) -> bool:
    """Say whether there is a person."""
    return (session.scalar(select(func.count()).select_from(Person)) or 0) > 0


def add_admin(session: Session, *, email: str, name: str, password_hash: str) -> Person:
    """Make an account with the role admin."""
    person = Person(email=email, name=name or email.partition("@")[0], password_hash=password_hash, role=Role.ADMIN)
    session.add(person)
    session.flush()
    return person
