"""Numbers and durations: where one ends in the text, what it is worth, how a duration is written."""

import math
import re

_DIGITS = "0123456789"
_HEX = "0123456789abcdefABCDEF"
_ALNUM = re.compile(r"[0-9a-zA-Z_]")
_UNITS_MS = {"y": 31_536_000_000, "w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_ORDER = {unit: place for place, unit in enumerate(_UNITS_MS)}
_PART = re.compile(r"([0-9]+)([^0-9]+)")
_MOST_NS = (1 << 63) - 1
_STRAY_UNDERSCORE = re.compile(r"(?<![0-9a-fA-FxX])_|_(?![0-9a-fA-F])")


def scan(text: str, start: int) -> tuple[str, int]:
    """Return NUMBER or DURATION and where it ends; an empty kind and how far one got when it is neither."""
    is_number, at = _number_end(text, start)
    if is_number:
        return "NUMBER", at
    return _duration_end(text, at)


def _number_end(text: str, start: int) -> tuple[bool, int]:
    """Follow the rules of upstream's scanner, which also decide what its messages quote."""
    end = len(text)
    digits, at = _DIGITS, start
    if text[at] == "0":
        at += 1
        if text[at : at + 1] in ("x", "X"):
            digits, at = _HEX, at + 1
            at += text[at : at + 1] == "_"
    at += text[at : at + 1] == "."
    dotted = powered = False
    while at < end and text[at] in f"{digits}._eE":
        character = text[at]
        is_power = character in "eE" and digits is _DIGITS
        at += 1
        if (character == "." and dotted) or (is_power and powered):
            return False, at
        dotted |= character == "."
        powered |= is_power
        at += is_power and text[at : at + 1] in ("+", "-")
        following = text[at : at + 1]
        if _cannot_follow(following, character, is_power=is_power):
            return False, at + len(following)
        if character == "." and digits is _HEX:
            return False, at
    return not _ALNUM.match(text, at), at


def _cannot_follow(following: str, character: str, *, is_power: bool) -> bool:
    if character == ".":
        return following in ("_", ".")
    return (is_power or character == "_") and (not following or following in "._eE")


def _duration_end(text: str, at: int) -> tuple[str, int]:
    units = "smhdwy"
    while True:
        if text[at : at + 1] not in units or at >= len(text):
            return "", at
        at += 1
        at += text[at : at + 1] == "s"
        if text[at : at + 1] not in _DIGITS or at >= len(text):
            break
        while at < len(text) and text[at] in _DIGITS:
            at += 1
        units = "smhdw"
    return ("", at + 1) if _ALNUM.match(text, at) else ("DURATION", at)


def number_of(literal: str) -> float:
    """Return what a number literal is worth. Raises ValueError with Go's message for one that is none or too large."""
    fault = f"strconv.ParseFloat: parsing {chr(34)}{literal}{chr(34)}: "
    if _STRAY_UNDERSCORE.search(literal):
        raise ValueError(fault + "invalid syntax")
    digits = literal.replace("_", "")
    if digits[:2] in ("0x", "0X"):
        number = int(digits, 16) if len(digits) > 2 else 1 << 63
        if number >= 1 << 63:
            raise ValueError(fault + "invalid syntax")
        return float(number)
    if digits[0] == "0" and len(digits) < 22 and all(each in "01234567" for each in digits):
        return float(int(digits, 8))
    try:
        value = float(digits)
    except ValueError:
        raise ValueError(fault + "invalid syntax") from None
    if math.isinf(value) and digits[0] not in "iI":
        raise ValueError(fault + "value out of range")
    return value


def duration_ms(literal: str) -> int:
    """Return a duration such as `1h30m` in milliseconds. Raises ValueError as Prometheus words it."""
    total, last, at = 0, -1, 0
    while at < len(literal):
        match = _PART.match(literal, at)
        if match is None or len(match[1]) > 19:
            raise ValueError(f'not a valid duration string: "{literal}"')
        if match[2] not in _UNITS_MS:
            raise ValueError(f'unknown unit "{match[2]}" in duration "{literal}"')
        if _ORDER[match[2]] <= last:
            raise ValueError(f'not a valid duration string: "{literal}"')
        last, at = _ORDER[match[2]], match.end()
        total += int(match[1]) * _UNITS_MS[match[2]]
        if total * 1_000_000 > _MOST_NS:
            raise ValueError("duration out of range")
    return total


def shown_duration(ms: int) -> str:
    """Return milliseconds as Prometheus writes a duration: `1h30m`; years and weeks only where nothing remains."""
    if ms == 0:
        return "0s"
    parts = []
    for unit, size in _UNITS_MS.items():
        if unit in ("y", "w") and ms % size:
            continue
        count, ms = divmod(ms, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def rounded(value: float) -> int:
    """Round half away from zero, as Go's math.Round."""
    return math.floor(value + 0.5) if value >= 0 else -math.floor(-value + 0.5)


def shown_number(value: float) -> str:
    """Return a number in plain decimals, the shortest that reads back the same: Go's format 'f', precision -1."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = repr(value)
    if "e" in text:
        text = _without_exponent(text)
    return text.removesuffix(".0")


def _without_exponent(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    sign = "-" if mantissa[0] == "-" else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    point = len(whole) + int(exponent)
    digits = whole + fraction
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return sign + digits.ljust(point, "0")
    return f"{sign}{digits[:point]}.{digits[point:]}"
