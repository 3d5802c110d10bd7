"""Variables in texts: `$name`, `${name}`, `${name:format}` and `[[name]]`, written as the place they stand in needs.

In PromQL a value inside a quoted string is escaped for that string, and after `=~` or `!~` for the regular expression
too; in a search a value is quoted, and several become alternatives. So a value is never read as syntax.
Source of the forms: https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import orjson

from vedette.watch.dashboards.window import Window

ALL = "$__all"
_USE = re.compile(r"\$(\w+)|\$\{(\w+)(?:\.[^:}]+)?(?::([^}]*))?\}|\[\[(\w+)(?::(\w+))?\]\]")
_TERM = re.compile(r"(\w[\w.@/-]*):(>=|<=|>|<|=)?$")
_PLAIN = re.compile(r"[\w./@-]+")
_REGEX_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}/]")
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"))


@dataclass(frozen=True, slots=True)
class Value:
    """What is chosen for a variable; `raw` stands as it is for everything, in place of the values."""

    values: tuple[str, ...]
    raw: str | None = None


Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Filler:
    """Puts values into texts."""

    values: Values

    def promql(self, text: str) -> str:
        """Fill in PromQL."""
        quotes = _Quotes(text)
        return self._filled(text, lambda value, form, at: _in_promql(value, form, *quotes.at(at)))

    def search(self, text: str) -> str:
        """Fill in the search language; a field compared with several values is compared with each."""
        out, last = "", 0
        for match in _USE.finditer(text):
            value, form = self._found(match)
            if value is None:
                continue
            out += text[last : match.start()]
            last = match.end()
            term = _TERM.search(out)
            is_inside = _is_inside_phrase(text, match.start())
            if form or is_inside:
                plain = _formatted(value, form or "csv")
                out += re.sub(r'([\\"])', r"\\\1", plain) if is_inside else plain
            elif value.raw is not None:
                out += "*" if value.raw in {".*", ".+"} else value.raw
            elif term and len(value.values) > 1:
                out = out[: term.start()] + _alternatives(term[0] + _word(each) for each in value.values)
            elif len(value.values) > 1:
                out += _alternatives(_word(each) for each in value.values)
            else:
                out += _word(value.values[0]) if value.values else "*"
        return out + text[last:]

    def plain(self, text: str) -> str:
        """Fill in words for people."""
        return self._filled(text, lambda value, form, _: _formatted(value, form or "text"))

    def _filled(self, text: str, written: Callable[[Value, str, int], str]) -> str:
        def one(match: re.Match[str]) -> str:
            value, form = self._found(match)
            return match[0] if value is None else written(value, form, match.start())

        return _USE.sub(one, text)

    def _found(self, match: re.Match[str]) -> tuple[Value | None, str]:
        name = match[1] or match[2] or match[4]
        return self.values.get(name), match[3] or match[5] or ""


def filler(values: Values, window: Window, least_s: int | None) -> Filler:
    """Return what fills in chosen values and those of the range: `$__interval`, `$__range`, `$__from` and so on."""
    length = round(window.end - window.start)
    rate_s = window.rate_interval_s(least_s)
    own = {
        "__interval": duration(window.step_s),
        "__interval_ms": str(window.step_s * 1000),
        "__rate_interval": duration(rate_s),
        "__rate_interval_ms": str(rate_s * 1000),
        "__range": f"{length}s",
        "__range_s": str(length),
        "__range_ms": str(length * 1000),
        "__from": str(round(window.start * 1000)),
        "__to": str(round(window.end * 1000)),
    }
    return Filler({**values, **{name: Value((text,), raw=text) for name, text in own.items()}})


def duration(seconds: int) -> str:
    """Return seconds in the largest unit that fits them exactly."""
    for length, unit in _UNITS:
        if seconds >= length and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def names_in(text: str) -> set[str]:
    """Return the names a text may refer to."""
    return {match[1] or match[2] or match[4] for match in _USE.finditer(text)}


class _Quotes:
    """Which quoted string, if any, each place of a PromQL text stands in, and whether it is a regular expression."""

    def __init__(self, text: str) -> None:
        self._spans: list[tuple[int, int, str, bool]] = []
        at = 0
        while at < len(text):
            character = text[at]
            if character == "#":
                at = text.find("\n", at) if "\n" in text[at:] else len(text)
            elif character in "\"'`":
                end = _closing(text, at)
                is_regex = text[:at].rstrip().endswith(("=~", "!~"))
                self._spans.append((at, end, character, is_regex))
                at = end
            at += 1

    def at(self, place: int) -> tuple[str, bool]:
        """Return the quote a place is inside of (empty: none) and whether the string is a regular expression."""
        for start, end, character, is_regex in self._spans:
            if start < place < end:
                return character, is_regex
        return "", False


def _closing(text: str, opened: int) -> int:
    at = opened + 1
    while at < len(text) and text[at] != text[opened]:
        at += 2 if text[at] == "\\" and text[opened] != "`" else 1
    return at


def _in_promql(value: Value, form: str, quote_mark: str, is_regex: bool) -> str:
    if value.raw is not None and form in {"", "raw", "regex", "pipe", "text"}:
        return value.raw
    if form == "raw":
        return _formatted(value, form)
    if form:
        return _escaped(_formatted(value, form), quote_mark)
    if not quote_mark:
        return ",".join(value.values)
    if is_regex or len(value.values) > 1:
        return _escaped(_formatted(value, "regex"), quote_mark)
    return _escaped(value.values[0] if value.values else "", quote_mark)


def _escaped(text: str, quote_mark: str) -> str:
    """Return a text as it stands inside a PromQL string; a backtick, which has no escape there, as any character."""
    if quote_mark == "`":
        return text.replace("`", ".")
    if not quote_mark:
        return text
    return text.replace("\\", "\\\\").replace(quote_mark, f"\\{quote_mark}").replace("\n", "\\n")


def regex_escaped(text: str) -> str:
    """Return a regular expression (RE2) that matches exactly this text."""
    return _REGEX_SPECIAL.sub(lambda match: match[0] if match[0] == "/" else f"\\{match[0]}", text)


def _regex(values: Sequence[str]) -> str:
    escaped = [regex_escaped(each) for each in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _formatted(value: Value, form: str) -> str:
    values = value.values
    kind, _, rest = form.partition(":")
    if kind == "date":
        return _date(values, rest)
    formats: dict[str, Callable[[], str]] = {
        "regex": lambda: _regex(values) if value.raw is None else value.raw,
        "pipe": lambda: "|".join(values),
        "csv": lambda: ",".join(values),
        "raw": lambda: ",".join(values) if value.raw is None else value.raw,
        "json": lambda: orjson.dumps(values if len(values) != 1 else values[0]).decode(),
        "glob": lambda: values[0] if len(values) == 1 else f"{{{','.join(values)}}}",
        "lucene": lambda: _alternatives(map(_word, values)) if len(values) > 1 else "".join(map(_word, values)),
        "doublequote": lambda: ",".join('"' + each.replace('"', '\\"') + '"' for each in values),
        "singlequote": lambda: ",".join("'" + each.replace("'", "\\'") + "'" for each in values),
        "sqlstring": lambda: ",".join("'" + each.replace("'", "''") + "'" for each in values),
        "percentencode": lambda: quote(values[0] if len(values) == 1 else f"{{{','.join(values)}}}", safe=""),
        "text": lambda: " + ".join(values),
    }
    return formats.get(kind, formats["csv"])()


def _date(values: Sequence[str], form: str) -> str:
    """Return `$__from` or `$__to` as seconds or ISO 8601."""
    text = values[0] if values else ""
    if not text.isdigit():
        return text
    if form == "seconds":
        return str(int(text) // 1000)
    moment = datetime.fromtimestamp(int(text) / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _word(text: str) -> str:
    """Return a value as the search language reads it back."""
    if _PLAIN.fullmatch(text) and text not in {"OR", "AND", "NOT"} and text[0] not in "-.":
        return text
    escaped = re.sub(r'([\\"])', r"\\\1", text)
    return f'"{escaped}"'


def _alternatives(words: Iterable[str]) -> str:
    return f"({' OR '.join(words)})"


def _is_inside_phrase(text: str, place: int) -> bool:
    is_inside, at = False, 0
    while at < place:
        if text[at] == "\\":
            at += 1
        elif text[at] == '"':
            is_inside = not is_inside
        at += 1
    return is_inside
