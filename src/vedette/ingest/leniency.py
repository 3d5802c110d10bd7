"""Read what senders meant: JSON that is not quite JSON, times in every form, texts of any length and depth.

An odd field must never cost the event. What is cut leaves a mark in its place and is counted.
"""

import gc
import json
import math
from datetime import UTC, datetime
from typing import Any

import orjson

from vedette.kit.errors import Fault, Invalid

LONGEST_TEXT = 16_384
LONGEST_NAME = 200
MOST_DEPTH = 16
MOST_ENTRIES = 500
PAYLOAD_BUDGET = 1_048_576
_SHORT = 64  # what is left of a text once the budget is used up
_NS = 1_000_000_000
_MILLISECONDS_FROM = 100_000_000_000  # as seconds this is the year 5138


def loads(data: bytes) -> Any:
    """Read JSON at once. Raises orjson.JSONDecodeError.

    The interpreter stands still meanwhile, and collecting garbage, of which parsing makes none, would make that four
    times as long: 1.5 s instead of 0.4 s for 60 MB.
    """
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        return orjson.loads(data)
    finally:
        if is_collecting:
            gc.enable()


def parse_json(data: bytes, where: str) -> Any:
    """Read JSON; also NaN, invalid UTF-8, lone surrogates and NUL-padded text. Raises Invalid naming `where`."""
    try:
        return loads(data)
    except orjson.JSONDecodeError as error:
        first = error
    try:
        return json.loads(data.decode("utf-8-sig", "replace").strip("\0"))
    except RecursionError:
        raise Invalid("the JSON is nested too deep", faults=[Fault(where, "nested too deep")]) from None
    except ValueError:
        raise Invalid("the JSON is malformed", faults=[Fault(where, str(first)[:200])]) from None


def clean(text: str) -> str:
    """Return text that can be encoded: lone surrogates become question marks."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def time_ns(value: object) -> int | None:
    """Read RFC 3339, Unix seconds or milliseconds, as number or text, as Unix nanoseconds; None for anything else."""
    if isinstance(value, str):
        text = value.strip()
        try:
            value = float(text)
        except ValueError:
            return _iso_ns(text)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e15:
        return None  # also what is not finite, and integers that no float can hold
    if value >= _MILLISECONDS_FROM:
        value /= 1000
    seconds = int(value)
    return seconds * _NS + round((value - seconds) * 1_000_000) * 1000


def _iso_ns(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    try:
        found = int(moment.timestamp()) * _NS + moment.microsecond * 1000
    except (OverflowError, ValueError):
        return None
    return found if found > 0 else None


def text_of(value: object) -> str:
    """Return a value as text: text as it is, None as nothing, the rest as JSON."""
    if isinstance(value, str):
        return clean(value)
    if value is None:
        return ""
    try:
        return clean(json.dumps(value, ensure_ascii=False, default=str))
    except RecursionError:
        return "… [nested too deep]"


class Trimmer:
    """Bounds what one event may hold, in length, depth and all together; counts what it cut."""

    def __init__(self, budget: int = PAYLOAD_BUDGET) -> None:
        self.cuts = 0
        self._left = budget

    def text(self, value: object, longest: int = LONGEST_TEXT) -> str:
        """Return a value as text, with a mark where its end was cut off."""
        if type(value) is not str or not value.isascii():
            value = text_of(value)
        size = len(value)
        if self._left <= 0:
            longest = min(longest, _SHORT)
        if size > longest:
            self.cuts += 1
            value = f"{value[:longest]}… [{size - longest} characters cut]"
            size = longest
        self._left -= size + 8
        return value

    def name(self, value: object) -> str:
        """Return a short text of one line, such as a release."""
        if value is None:
            return ""
        text = value if type(value) is str and value.isascii() else text_of(value)
        if len(text) > LONGEST_NAME:
            self.cuts += 1
            text = f"{text[:LONGEST_NAME]}… [{len(text) - LONGEST_NAME} characters cut]"
        return text.strip()

    def tree(self, value: Any, depth: int = 0) -> Any:
        """Return JSON values within the bounds."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return self._object(value, depth)
        if isinstance(value, list):
            return self._list(value, depth)
        self._left -= 8
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        if isinstance(value, int) and not -(2**63) <= value < 2**64:
            return self.text(value)
        return value

    def _object(self, value: dict[str, Any], depth: int) -> Any:
        if depth >= MOST_DEPTH or (self._left <= 0 and value):
            return self._cut(f"… [{len(value)} fields cut]")
        found = {}
        for place, (key, each) in enumerate(value.items()):
            if place >= MOST_ENTRIES:
                found["…"] = self._cut(f"[{len(value) - place} fields cut]")
                break
            self._left -= 8 + len(key)
            found[self.name(key)] = self.tree(each, depth + 1)
        return found

    def _list(self, value: list[Any], depth: int) -> Any:
        if depth >= MOST_DEPTH or (self._left <= 0 and value):
            return self._cut(f"… [{len(value)} entries cut]")
        found = [self.tree(each, depth + 1) for each in value[:MOST_ENTRIES]]
        if len(value) > MOST_ENTRIES:
            found.append(self._cut(f"… [{len(value) - MOST_ENTRIES} entries cut]"))
        return found

    def _cut(self, mark: str) -> str:
        self.cuts += 1
        return mark
