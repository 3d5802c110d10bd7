"""Where a string literal ends, and what is wrong with one that does not."""

_ESCAPED = frozenset("abfnrtv\\")
_OCTAL = frozenset("01234567")
_HEX = frozenset("0123456789abcdefABCDEF")


def scan(text: str, start: int) -> tuple[int, str]:
    """Return the end of the literal whose opening mark is at `start`, and a fault (empty when there is none)."""
    mark = text[start]
    at = start + 1
    while at < len(text):
        character = text[at]
        if character == mark:
            return at + 1, ""
        if character == "\ufffd" or "\ud800" <= character <= "\udfff":
            return at, "invalid UTF-8 rune"
        if character == "\n" and mark != "`":
            break
        at += 1
        if character == "\\" and mark != "`":
            at, fault = _escape(text, at, mark)
            if fault:
                return at, fault
    return at, "unterminated raw string" if mark == "`" else "unterminated quoted string"


def _escape(text: str, at: int, mark: str) -> tuple[int, str]:
    character = text[at : at + 1]
    if not character:
        return at, "escape sequence not terminated"
    if character in _ESCAPED or character == mark:
        return at + 1, ""
    if character in _OCTAL:
        return _digits(text, at, 3, 8)
    if character in "xuU":
        return _digits(text, at + 1, {"x": 2, "u": 4, "U": 8}[character], 16)
    return at, f"unknown escape sequence {_named(character)}"


def _digits(text: str, at: int, count: int, base: int) -> tuple[int, str]:
    digits = text[at : at + count]
    for offset in range(count):
        if offset >= len(digits):
            return at, "escape sequence not terminated"
        if digits[offset] not in (_OCTAL if base == 8 else _HEX):
            return at, f"illegal character {_named(digits[offset])} in escape sequence"
    number = int(digits, base)
    most = 0x10FFFF if count > 3 else 255
    if number > most or 0xD800 <= number < 0xE000:
        return at, "escape sequence is an invalid Unicode code point"
    return at + count, ""


def _named(character: str) -> str:
    shown = f" '{character}'" if character.isprintable() else ""
    return f"U+{ord(character):04X}{shown}"
