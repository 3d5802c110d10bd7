"""Who may do what: the service that everything else asks."""

import asyncio
from datetime import timedelta
from typing import Literal

import structlog
from pwdlib.hashers.argon2 import Argon2Hasher

from vedette.guard.access.bootstrap import Bootstrap, Bootstrapped, FirstPerson
from vedette.guard.access.credentials import Credentials
from vedette.guard.access.keys import IngestKeys
from vedette.guard.access.passwords import Passwords
from vedette.guard.access.people import People
from vedette.guard.access.principal import Principal, Project, Role
from vedette.guard.access.projects import DEFAULT, OWN, Projects, check_project_name
from vedette.guard.access.sessions import Sessions, SignedIn
from vedette.guard.access.throttle import Throttle
from vedette.guard.access.tokens import ApiTokens
from vedette.kit.errors import Fault, Forbidden, Invalid, NotFound, UnknownKey
from vedette.storage.jobs import Job
from vedette.storage.records import Records

log = structlog.get_logger("vedette.access")


class Access:
    """People, sessions, keys, tokens and projects, joined.

    `secure_cookies` says whether session cookies need TLS (auto: when the person came over TLS); `public_url` is an
    address, besides the one asked for, from which pages may change things.
    """

    def __init__(
        self,
        records: Records,
        *,
        session_lifetime: timedelta = timedelta(days=14),
        secure_cookies: Literal["auto", "always", "never"] = "auto",
        public_url: str = "",
        hasher: Argon2Hasher | None = None,
        per_email: Throttle | None = None,
        per_network: Throttle | None = None,
    ) -> None:
        self.secure_cookies = secure_cookies
        self.public_url = public_url
        self._passwords = Passwords(hasher)
        self._first = FirstPerson(records, self._passwords)
        self.people = People(
            records,
            self._passwords,
            per_email=per_email or Throttle(10, 300),
            per_network=per_network or Throttle(50, 300),
        )
        self.sessions = Sessions(records, session_lifetime)
        self.projects = Projects(records)
        self.keys = IngestKeys(records)
        self.tokens = ApiTokens(records)

    def bootstrap(self, wanted: Bootstrap) -> Bootstrapped:
        """Make what must be there at every start; what is there already stays as it is.

        Raises Invalid when a setting of the first start contradicts another one or the records.
        """
        default, own = self.projects.ensure(DEFAULT), self.projects.ensure(OWN)
        self._first.ensure(wanted.email, wanted.password)
        if wanted.token and self.tokens.ensure("bootstrap", Role.ADMIN, wanted.token):
            log.info("bootstrap token recorded")
        for setting, key, project in (
            ("bootstrap_key", wanted.key, default),
            ("bootstrap_own_key", wanted.own_key, own),
        ):
            if key:
                self._ensure_key(setting, key, project)
        return Bootstrapped(default, own, None if wanted.email else self._first.make_link())

    def jobs(self) -> tuple[Job, ...]:
        """Return what this needs done in the background."""
        return (
            Job("access-last-used", self.write_usage, timedelta(seconds=30), everywhere=True),
            Job("access-expired-sessions", self.sessions.remove_expired, timedelta(hours=1)),
        )

    def write_usage(self) -> None:
        """Write when keys and tokens were last used; call it once more before the records are closed."""
        self.keys.usage.write()
        self.tokens.usage.write()

    def close(self) -> None:
        """End the threads."""
        self._passwords.close()

    def project_for_key(self, key: str) -> Project:
        """Return the project an ingest key writes to; raises UnknownKey. Blocks: not for the event loop."""
        project = self.keys.project_of(key)
        if project is None:
            raise _unknown_key()
        return project

    async def ingest_project(self, credentials: Credentials, project_name: str | None = None) -> Project:
        """Return the project that a request may write to; waits for the records only when nothing is remembered.

        An ingest key writes to its own project: naming another one raises Forbidden. An API token of a member or admin
        writes to the project named, `default` without a name. Raises UnknownKey when no secret is known.
        """
        for key in credentials.keys:
            if (project := await self.keys.project_of_soon(key)) is not None:
                if project_name and project_name != project.name:
                    raise Forbidden("the key belongs to another project than the one named")
                return project
        principal = await self.principal_of_tokens(credentials.tokens)
        if principal is None:
            raise _unknown_key()
        principal.require(Role.MEMBER)
        return await self.project(principal, project_name)

    async def principal_of_tokens(self, tokens: tuple[str, ...]) -> Principal | None:
        """Return who holds the first known API token."""
        for token in tokens:
            if (principal := await self.tokens.principal_of_soon(token)) is not None:
                return principal
        return None

    async def principal_of_session(self, cookie: str) -> Principal | None:
        """Return who is signed in with a cookie."""
        return await asyncio.to_thread(self.sessions.principal_of, cookie) if cookie else None

    async def project(self, principal: Principal, name: str | None = None) -> Project:
        """Return the project named, `default` without a name.

        An admin's API token makes it when there is none; for everybody else that raises NotFound. Raises Invalid for
        what cannot be a name.
        """
        name = check_project_name(name or DEFAULT)
        if (project := await self.projects.find_soon(name)) is not None:
            return project
        if principal.kind == "token" and principal.role is Role.ADMIN:
            return await asyncio.to_thread(self.projects.ensure, name)
        raise NotFound(f"there is no project {name!r}")

    async def sign_in(self, email: str, password: str, *, address: str, user_agent: str = "") -> SignedIn:
        """Sign a person in; raises Unauthenticated or Throttled."""
        person = await self.people.sign_in(email, password, address=address)
        return await asyncio.to_thread(self.sessions.open, person, user_agent=user_agent)

    async def set_up(self, token: str, *, email: str, password: str, name: str = "", user_agent: str = "") -> SignedIn:
        """Make the first admin through a set-up link and sign them in; raises Unauthenticated or Invalid."""
        person = await self._passwords.soon(
            lambda: self._first.redeem(token, email=email, password=password, name=name)
        )
        return await asyncio.to_thread(self.sessions.open, person, user_agent=user_agent)

    def _ensure_key(self, setting: str, key: str, project: Project) -> None:
        if self.keys.ensure(project.id, "bootstrap", key):
            log.info("bootstrap key recorded", project=project.name)
            return
        owner = self.keys.project_of(key)
        if owner is None:
            log.warning("bootstrap key was revoked and stays so", setting=setting)
        elif owner != project:
            fault = Fault(setting, f"this key writes to project {owner.name!r} already, not to {project.name!r}")
            raise Invalid("settings are not valid", faults=[fault])


def _unknown_key() -> UnknownKey:
    return UnknownKey("the request carries no known ingest key or API token")
