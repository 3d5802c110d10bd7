"""Find keys and tokens in a request, wherever its protocol puts them."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from vedette.guard.access.secret import LONGEST_SECRET

# https://develop.sentry.dev/sdk/overview/#authentication
_SENTRY_KEY = re.compile(r"sentry_key\s*=\s*\"?([^\s,\"]+)", re.IGNORECASE)
_MOST = 8


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secrets a request carries, most specific first; none of them is proven yet.

    `keys` may be ingest keys. Only `tokens` may be API tokens: those never travel in an address, which ends up in
    logs and histories.
    """

    keys: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()

    def with_keys(self, *keys: str | None) -> "Credentials":
        """Add ingest keys found in a body (PostHog's `api_key`, the DSN of a Sentry envelope)."""
        return replace(self, keys=_tidy((*self.keys, *(key for key in keys if key))))


def credentials_of(headers: Mapping[str, str], query: Mapping[str, str]) -> Credentials:
    """Read headers (case-insensitive, or lower-case as in gRPC metadata) and query parameters."""
    return Credentials(keys_of_request(headers, query), tokens_of_header(headers.get("authorization", "")))


def keys_of_request(headers: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, ...]:
    """Return what may be an ingest key, most specific place first, without repeats.

    `X-Vedette-Key`, `X-Sentry-Auth`, `?sentry_key=`, `Authorization`, `?key=`.
    """
    return _tidy(
        (
            headers.get("x-vedette-key", ""),
            *_sentry_keys(headers.get("x-sentry-auth", "")),
            query.get("sentry_key", ""),
            *_of_authorization(headers.get("authorization", "")),
            query.get("key", ""),
        )
    )


def tokens_of_header(authorization: str) -> tuple[str, ...]:
    """Return what may be an API token in an `Authorization` header."""
    return _tidy(_of_authorization(authorization))


def _of_authorization(header: str) -> Iterator[str]:
    scheme, _, rest = header.strip().partition(" ")
    rest = rest.strip()
    match scheme.lower():
        case "bearer":
            yield rest
        case "basic":
            user, _, password = _decode(rest).partition(":")
            yield password or user
        case "apikey":  # Elasticsearch clients: base64 of id:key, or the key as it is
            yield _decode(rest).partition(":")[2]
            yield rest
        case "sentry":
            yield from _sentry_keys(rest)


def _sentry_keys(header: str) -> list[str]:
    return _SENTRY_KEY.findall(header[:4096])[:1]


def _decode(text: str) -> str:
    """Decode base64, in either alphabet and with or without padding; empty when it is something else."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _tidy(found: "tuple[str, ...] | Iterator[str]") -> tuple[str, ...]:
    stripped = (each.strip() for each in found)
    return tuple(dict.fromkeys(each for each in stripped if 0 < len(each) <= LONGEST_SECRET))[:_MOST]
