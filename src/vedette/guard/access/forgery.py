"""Refuse what another site makes a browser send on behalf of who is signed in."""

import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from vedette.kit.errors import Forbidden

CSRF_HEADER: Final = "X-CSRF-Token"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def is_safe(method: str) -> bool:
    """Say whether a method only reads."""
    return method in _SAFE


def check_csrf_token(headers: Mapping[str, str], expected: str | None) -> None:
    """Raise Forbidden unless the header repeats the token that only our own pages can read."""
    sent = headers.get(CSRF_HEADER, "")
    if not expected or not secrets.compare_digest(sent.encode(), expected.encode()):
        raise Forbidden(f"the header {CSRF_HEADER} must repeat `csrf_token` of GET /api/session")


def check_origin(headers: Mapping[str, str], *, public_url: str, must_be_named: bool = False) -> None:
    """Raise Forbidden when a page of another site sent this.

    Browsers name the page in `Origin`; other clients send none, which is refused only if it `must_be_named`. The
    scheme is not compared, because a proxy in front may end TLS.
    """
    origin = headers.get("origin")
    if origin is None:
        if must_be_named:
            raise Forbidden("the header Origin is missing")
        return
    ours = {_host(f"//{headers.get(name, '')}") for name in ("host", "x-forwarded-host")}
    ours.add(_host(public_url))
    host = _host(origin)
    if host is None or host not in ours:
        raise Forbidden("this was sent by a page of another site")


def _host(url: str) -> tuple[str, int | None] | None:
    """Return host and port of an address, without the port that goes without saying."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    usual = _DEFAULT_PORTS.get(parts.scheme)
    without = port in {80, 443} if usual is None else port == usual
    return parts.hostname, None if without else port
