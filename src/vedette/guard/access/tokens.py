"""API tokens: each may call the API with a role, in every project."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from vedette.guard.access.memory import Memory
from vedette.guard.access.principal import Principal, Role
from vedette.guard.access.secret import hash_secret, make_secret, shown_prefix
from vedette.guard.access.usage import LastUsed
from vedette.kit.errors import NotFound
from vedette.storage.records import ApiToken, Records, insert_if_absent


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token that exists and was not revoked; `expires_at` None = never."""

    principal: Principal
    expires_at: datetime | None


class ApiTokens:
    """The API tokens of the records; lookups are remembered."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._memory: Memory[KnownToken] = Memory()
        self.usage = LastUsed(records, ApiToken)

    def principal_of(self, token: str) -> Principal | None:
        """Return who holds a token, None when it is unknown, revoked or expired."""
        token_hash = hash_secret(token)
        return self._used(self._memory.find(token_hash, lambda: self._ask(token_hash)))

    async def principal_of_soon(self, token: str) -> Principal | None:
        """Do as `principal_of`; only an answer that is not remembered takes a thread."""
        token_hash = hash_secret(token)
        return self._used(await self._memory.find_soon(token_hash, lambda: self._ask(token_hash)))

    def create(
        self, name: str, role: Role, *, created_by: int | None = None, expires_at: datetime | None = None
    ) -> tuple[ApiToken, str]:
        """Make a token; returns its row and the token itself, which is not kept."""
        token = make_secret("vdt_")
        self.ensure(name, role, token, created_by=created_by, expires_at=expires_at)
        with self._records.reading() as session:
            return session.scalars(select(ApiToken).where(ApiToken.token_hash == hash_secret(token))).one(), token

    def ensure(
        self,
        name: str,
        role: Role,
        token: str,
        *,
        created_by: int | None = None,
        expires_at: datetime | None = None,
    ) -> bool:
        """Record a given token unless it is known, revoked or not; returns whether it was new."""
        values = {
            "name": name,
            "prefix": shown_prefix(token),
            "token_hash": hash_secret(token),
            "role": role.value,
            "created_by": created_by,
            "expires_at": expires_at,
        }
        with self._records.session() as session:
            known = select(ApiToken.id).where(ApiToken.token_hash == values["token_hash"])
            # Asked first, because an insert that does nothing would use up an id.
            is_new = session.scalars(known).first() is None and insert_if_absent(session, ApiToken, values)
        self._memory.forget()
        return is_new

    def list(self) -> list[ApiToken]:
        """Return all tokens, revoked and expired ones too, newest first."""
        with self._records.reading() as session:
            return list(session.scalars(select(ApiToken).order_by(ApiToken.id.desc())))

    def revoke(self, token_id: int) -> None:
        """End a token at once on this server, within 30 s on others; raises NotFound when there is none."""
        with self._records.session() as session:
            row = session.get(ApiToken, token_id)
            if row is None:
                raise NotFound(f"there is no token {token_id}")
            row.revoked_at = row.revoked_at or datetime.now(UTC)
        self._memory.forget()

    def _ask(self, token_hash: str) -> KnownToken | None:
        with self._records.reading() as session:
            row = session.scalars(
                select(ApiToken).where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None))
            ).one_or_none()
        return KnownToken(Principal("token", row.id, row.name, Role(row.role)), row.expires_at) if row else None

    def _used(self, known: KnownToken | None) -> Principal | None:
        if known is None or (known.expires_at is not None and known.expires_at <= datetime.now(UTC)):
            return None
        self.usage.note(known.principal.id)
        return known.principal
