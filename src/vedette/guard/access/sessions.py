"""The browsers people are signed in with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from vedette.guard.access.principal import Principal, Role
from vedette.guard.access.secret import hash_secret, make_session_token
from vedette.storage.records import Person, Records, SignInSession

_NOTE_EVERY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: who it is, and the token for the cookie, which is not kept."""

    principal: Principal
    token: str


class Sessions:
    """The sessions of the records; each ends `lifetime` after its last use."""

    def __init__(
        self, records: Records, lifetime: timedelta, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._records = records
        self._clock = clock
        self.lifetime = lifetime

    def open(self, person: Person, *, user_agent: str = "") -> SignedIn:
        """Sign a person in."""
        token, csrf_token, now = make_session_token(), make_session_token(), self._clock()
        with self._records.session() as session:
            session.add(
                SignInSession(
                    token_hash=hash_secret(token),
                    person_id=person.id,
                    csrf_token=csrf_token,
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + self.lifetime,
                    user_agent="".join(each for each in user_agent if each.isprintable())[:300],
                )
            )
        return SignedIn(_principal(person, csrf_token), token)

    def principal_of(self, token: str) -> Principal | None:
        """Return who is signed in, None when the session is unknown or over, or the person disabled."""
        now = self._clock()
        with self._records.reading() as session:
            found = session.execute(
                select(SignInSession, Person)
                .join(Person, Person.id == SignInSession.person_id)
                .where(
                    SignInSession.token_hash == hash_secret(token),
                    SignInSession.expires_at > now,
                    Person.disabled_at.is_(None),
                )
            ).one_or_none()
        if found is None:
            return None
        row, person = found
        if now - row.last_seen_at >= _NOTE_EVERY:
            self._prolong(row.token_hash, now)
        return _principal(person, row.csrf_token)

    def close(self, token: str) -> None:
        """Sign out; nothing happens when the session is over already."""
        with self._records.session() as session:
            session.execute(delete(SignInSession).where(SignInSession.token_hash == hash_secret(token)))

    def remove_expired(self) -> None:
        """Delete the sessions that are over."""
        with self._records.session() as session:
            session.execute(delete(SignInSession).where(SignInSession.expires_at <= self._clock()))

    def _prolong(self, token_hash: str, now: datetime) -> None:
        with self._records.session() as session:
            if row := session.get(SignInSession, token_hash):
                row.last_seen_at, row.expires_at = now, now + self.lifetime


def _principal(person: Person, csrf_token: str) -> Principal:
    return Principal("person", person.id, person.name, Role(person.role), person.email, csrf_token)
