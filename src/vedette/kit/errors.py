"""The errors Vedette raises on purpose, each with a stable code and an HTTP status."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: `where` is a path or position in it, `what` says why."""

    where: str
    what: str


class VedetteError(Exception):
    """Base of all deliberate errors; `detail` is shown to the caller and must not leak internals."""

    code = "internal"
    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str, *, faults: Sequence[Fault] = (), retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)
        self.retry_after_s = retry_after_s


class Invalid(VedetteError):
    """The input is malformed; `faults` say where."""

    code, status, title = "invalid", 400, "The request is not valid"


class Unauthenticated(VedetteError):
    """Nobody is signed in and no valid token was sent."""

    code, status, title = "unauthenticated", 401, "Sign-in needed"


class UnknownKey(VedetteError):
    """The ingest key (or token) does not exist or was revoked."""

    code, status, title = "unknown_key", 401, "Unknown key"


class Forbidden(VedetteError):
    """The caller is known but may not do this."""

    code, status, title = "forbidden", 403, "Not allowed"


class NotFound(VedetteError):
    """The thing asked for does not exist, or the caller may not know that it does."""

    code, status, title = "not_found", 404, "Not found"


class Conflict(VedetteError):
    """The thing exists already or has changed meanwhile."""

    code, status, title = "conflict", 409, "Conflict"


class TooSlow(VedetteError):
    """The body did not arrive in reasonable time."""

    code, status, title = "too_slow", 408, "Too slow"


class TooLarge(VedetteError):
    """The body is larger than the limit, before or after decompression."""

    code, status, title = "too_large", 413, "Too large"


class UnsupportedMediaType(VedetteError):
    """The content type or encoding is not one this address takes."""

    code, status, title = "unsupported_media_type", 415, "Unsupported media type"


class Busy(VedetteError):
    """The write queue is full; the client should send the same again later."""

    code, status, title = "busy", 429, "Busy"

    def __init__(self, detail: str, *, retry_after_s: int = 1) -> None:
        super().__init__(detail, retry_after_s=retry_after_s)


class Throttled(VedetteError):
    """Too many attempts."""

    code, status, title = "throttled", 429, "Too many attempts"


class Unavailable(VedetteError):
    """The store cannot take or answer this now (disk full, read-only, stopping)."""

    code, status, title = "unavailable", 503, "Not available now"

    def __init__(self, detail: str, *, retry_after_s: int = 5) -> None:
        super().__init__(detail, retry_after_s=retry_after_s)
