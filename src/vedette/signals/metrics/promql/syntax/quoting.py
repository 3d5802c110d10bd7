r"""String literals of PromQL, which are those of Go: read and written.

Source: https://go.dev/ref/spec#String_literals; single quotes work as double quotes do.
"""

import re
from functools import lru_cache

_ESCAPE = re.compile(r"\\(?:([abfnrtv\\'\"])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_SHORT = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_NAMED = {value: f"\\{key}" for key, value in _SHORT.items()} | {"\\": "\\\\"}
_PLAIN = re.compile(r"[ !#-\[\]-~]*")


def unquote(literal: str) -> str:
    """Return what a literal the lexer has accepted stands for; bytes that are no UTF-8 become U+FFFD."""
    inner = literal[1:-1]
    if literal[0] == "`" or "\\" not in inner:
        return inner
    return _ESCAPE.sub(_surrogate_bytes, inner).encode(errors="surrogateescape").decode(errors="replace")


def _surrogate_bytes(match: re.Match[str]) -> str:
    short, octal, byte, *points = match.groups()
    if short:
        return _SHORT.get(short, short)
    number = int(octal, 8) if octal else int(byte, 16) if byte else -1
    if number < 0:
        return chr(int(points[0] or points[1], 16))
    return chr(number) if number < 0x80 else chr(0xDC00 + number)


@lru_cache(maxsize=4096)
def quote(text: str) -> str:
    """Return text as a double-quoted literal; U+FFFD is escaped, for the lexer takes it for damage."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    inner = "".join(escaped(each, '"') for each in text)
    return '"' + inner.replace("\ufffd", "\\ufffd") + '"'


def quote_character(character: str) -> str:
    """Return one character in single quotes, as error messages show it; empty stands for the end of the text."""
    return f"'{escaped(character or chr(0xFFFD), chr(39))}'"


def escaped(character: str, quotation: str) -> str:
    """Return a character as it stands within a literal of these quotation marks."""
    if character == quotation:
        return f"\\{character}"
    if character in _NAMED:
        return _NAMED[character]
    if character.isprintable():
        return character
    point = ord(character)
    if point < 0x80:
        return f"\\x{point:02x}"
    if 0xD800 <= point < 0xE000:
        return chr(0xFFFD)
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
