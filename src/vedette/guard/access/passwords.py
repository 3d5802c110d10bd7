"""Passwords, hashed with argon2."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from vedette.kit.errors import Fault, Invalid

SHORTEST: Final = 8
LONGEST: Final = 1024
_AT_ONCE: Final = 2

Result = TypeVar("Result")


def check_password(password: str, *, where: str = "password") -> None:
    """Raise Invalid, naming `where`, for a password that is too short or absurdly long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("the password is not valid", faults=[Fault(where, f"use {SHORTEST} to {LONGEST} characters")])


class Passwords:
    """Hash and verify, two at once at most: each takes 64 MiB and many sign-ins must not use up the memory."""

    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._hash = PasswordHash((hasher or Argon2Hasher(),))
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="password")
        self._decoy: str | None = None

    def hash(self, password: str) -> str:
        """Return the hash to keep."""
        return self._hash.hash(password)

    async def soon(self, work: Callable[[], Result]) -> Result:
        """Run work that hashes or verifies in one of the threads for it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Compare, and return a new hash when the kept one has weaker parameters.

        Without a kept hash it does the same work and says no, so that the time does not tell whether somebody exists.
        """
        if self._decoy is None:
            self._decoy = self._hash.hash("decoy")
        if kept is None:
            self._hash.verify(password, self._decoy)
            return False, None
        return self._hash.verify_and_update(password, kept)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)
