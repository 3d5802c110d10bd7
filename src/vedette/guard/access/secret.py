"""Keys and tokens: made at random, shown once, kept as a hash.

A SHA-256 without salt is enough: the secrets have 128 random bits, so there is nothing to guess from a list.
"""

import hashlib
import secrets
from typing import Literal

Kind = Literal["vdk_", "vdt_"]

_LONGEST_PREFIX = 8
LONGEST_SECRET = 512


def make_secret(kind: Kind) -> str:
    """Return a new ingest key (`vdk_…`) or API token (`vdt_…`).

    Hexadecimal, because Sentry SDKs take only letters, digits and `_` as the key of a DSN.
    """
    return kind + secrets.token_hex(16)


def make_session_token() -> str:
    """Return a new token for a cookie, a set-up link or against forged requests."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def shown_prefix(secret: str) -> str:
    """Return the first characters, enough to recognise a secret in a list; never more than a quarter of it."""
    return secret[: min(_LONGEST_PREFIX, len(secret) // 4)]
