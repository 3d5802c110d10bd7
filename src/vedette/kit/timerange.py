"""Half-open ranges of time and the ways people write them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vedette.kit.errors import Fault, Invalid

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_RELATIVE = re.compile(r"now(?:-([0-9]{1,9})([smhdw]))?")
_LENGTH = re.compile(r"([0-9]{1,9})([smhdw])")
_EPOCH = _OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
_NEWEST = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From `start` (inclusive) to `end` (exclusive), both UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long the range is."""
        return self.end - self.start

    def previous(self) -> "TimeRange":
        """Return the range of the same length that ends where this one starts."""
        return TimeRange(max(self.start - self.length, _OLDEST), self.start)

    def step_s(self, buckets: int) -> int:
        """Return a round number of seconds that cuts the range into at most `buckets` steps."""
        return round_step_s(self.length.total_seconds() / max(buckets, 1))


_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


def round_step_s(seconds: float) -> int:
    """Return the smallest round step that is not shorter than `seconds`."""
    for step in _STEPS_S:
        if step >= seconds:
            return step
    days = -(-seconds // 86400)
    return int(days) * 86400


def parse_time(text: str, *, now: datetime, where: str) -> datetime:
    """Read RFC 3339, Unix seconds, `now` or `now-15m` (s, m, h, d, w) as UTC.

    Raises Invalid, naming `where`, when the text is none of these or outside 1970 to 2199.
    """
    text = text.strip()
    if match := _RELATIVE.fullmatch(text):
        amount, unit = match.groups()
        seconds = int(amount) * _UNITS[unit] if amount else 0
        return max(now - timedelta(seconds=min(seconds, 7e9)), _OLDEST) if seconds < 1.8e9 else _OLDEST
    try:
        parsed = datetime.fromtimestamp(float(text), UTC) if _is_number(text) else datetime.fromisoformat(text)
        parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise Invalid(
            f"{where} is not a time",
            faults=[Fault(where, f"{text[:60]!r}: use RFC 3339, Unix seconds, now or now-15m")],
        ) from None
    if not _OLDEST <= parsed <= _NEWEST:
        raise Invalid(f"{where} is outside 1970 to 2199", faults=[Fault(where, text[:60])])
    return parsed


def parse_range(start: str, end: str, *, now: datetime) -> TimeRange:
    """Read the parameters `from` and `to`; raises Invalid when the range is empty or runs backwards."""
    first, last = parse_time(start, now=now, where="from"), parse_time(end, now=now, where="to")
    if first >= last:
        raise Invalid("the time range is empty", faults=[Fault("from", "must be before `to`")])
    return TimeRange(first, last)


def length_s(text: str) -> int:
    """Read a length of time such as `90s` or `7d` (s, m, h, d, w); raises ValueError."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None or not 0 < (seconds := int(match[1]) * _UNITS[match[2]]) < 1.8e9:
        message = f"{text[:60]!r} is no length of time: write 90s, 30m, 12h, 7d or 2w"
        raise ValueError(message)
    return seconds


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d{1,12}(\.\d{1,9})?", text) is not None


def rfc3339(time_ns: int) -> str:
    """Return Unix nanoseconds as RFC 3339 in UTC, with as many digits as the time needs (0, 3, 6 or 9)."""
    seconds, fraction = divmod(time_ns, 1_000_000_000)
    text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    digits = f"{fraction:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{text}.{digits}Z" if digits else f"{text}Z"


def unix_ns(moment: datetime) -> int:
    """Return a time as Unix nanoseconds, exact to the microsecond."""
    since = moment - _EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000_000 + since.microseconds * 1000
