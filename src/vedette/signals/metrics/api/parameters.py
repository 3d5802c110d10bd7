"""Parameters of Prometheus' API: from the query string or, posted, from a form."""

import math
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from vedette.kit.errors import Invalid, TooLarge, VedetteError
from vedette.signals.metrics.promql.parser import parse_selector
from vedette.signals.metrics.promql.tree import Matcher

_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_UNITS_MS = (31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1)
_LARGEST_FORM = 10 * 1024 * 1024
# The years 1900 to 2299, which the store can hold.
EARLIEST_MS, LATEST_MS = -2_208_988_800_000, 10_413_791_999_999


class Parameters:
    """The parameters of one request; errors name them as Prometheus does."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._pairs = pairs

    def text(self, name: str, default: str = "") -> str:
        """Return the first value of a parameter."""
        return next((value for key, value in self._pairs if key == name), default)

    def all(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return [value for key, value in self._pairs if key == name]

    def time_ms(self, name: str, default: int | None = None) -> int:
        """Return a time, in RFC 3339 or Unix seconds, in milliseconds; raises Invalid."""
        text = self.text(name)
        if not text and default is not None:
            return default
        try:
            return _time_ms(text)
        except (ValueError, OverflowError):
            raise invalid(name, f'cannot parse "{text[:100]}" to a valid timestamp') from None

    def duration_ms(self, name: str, default: int | None = None) -> int:
        """Return a duration, in seconds or as `1h30m`, in milliseconds; raises Invalid."""
        text = self.text(name)
        if not text and default is not None:
            return default
        try:
            return _duration_ms(text)
        except (ValueError, OverflowError):
            raise invalid(name, f'cannot parse "{text[:100]}" to a valid duration') from None

    def whole(self, name: str, default: int) -> int:
        """Return a limit, 0 for none; raises Invalid."""
        text = self.text(name)
        if not text:
            return default
        if not text.isdecimal() or len(text) > 18:
            raise invalid(name, "limit must be a non-negative integer")
        return int(text)

    def selectors(self, *, is_required: bool = False) -> list[tuple[Matcher, ...]]:
        """Return the series selectors of `match[]`; raises Invalid."""
        texts = self.all("match[]")
        if is_required and not texts:
            raise Invalid("no match[] parameter provided")
        found = []
        for text in texts:
            try:
                matchers = parse_selector(text)
            except VedetteError as error:
                raise invalid("match[]", error.detail) from None
            found.append(matchers)
        return found

    def span_ms(self) -> tuple[int, int]:
        """Return the optional `start` and `end` of questions about series."""
        return self.time_ms("start", EARLIEST_MS), self.time_ms("end", LATEST_MS)


def invalid(name: str, what: str) -> Invalid:
    """Return the error about one parameter."""
    return Invalid(f'invalid parameter "{name}": {what}')


def now_ms() -> int:
    """Return the time now."""
    return int(time.time() * 1000)


async def _parameters(request: Request) -> Parameters:
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > _LARGEST_FORM:
                raise TooLarge(f"the form has more than {_LARGEST_FORM} bytes")
        text = bytes(body).decode("utf-8", "replace")
        pairs = [*parse_qsl(text, keep_blank_values=True, max_num_fields=10_000), *pairs]
    return Parameters(pairs)


ParametersDep = Annotated[Parameters, Depends(_parameters)]


def _time_ms(text: str) -> int:
    try:
        seconds = float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not math.isfinite(seconds):
        raise ValueError(text)
    # Far times are what Prometheus' own clients send for "since ever" and "for ever".
    return min(max(round(seconds * 1000), EARLIEST_MS), LATEST_MS)


def _duration_ms(text: str) -> int:
    try:
        seconds = float(text)
    except ValueError:
        match = _DURATION.fullmatch(text)
        if match is None or not text:
            raise
        return sum(int(count) * unit for count, unit in zip(match.groups(), _UNITS_MS, strict=True) if count)
    if not math.isfinite(seconds) or abs(seconds) > 1e12:
        raise ValueError(text)
    return round(seconds * 1000)
