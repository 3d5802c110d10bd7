"""Single lines of Prometheus' text format 0.0.4 and 1.0.0 and of OpenMetrics 1.0.

Sources: https://prometheus.io/docs/instrumenting/exposition_formats/,
https://prometheus.io/docs/specs/om/open_metrics_spec/ and, for names in quotes,
https://prometheus.io/docs/instrumenting/content_negotiation/. Where Prometheus is laxer than they are, so is this:
it reads blanks around anything and labels without commas in its own format, but neither in OpenMetrics.
"""

import math
import re
from dataclasses import dataclass

from vedette.signals.metrics.labels import NAME, Labels, labels_of
from vedette.signals.metrics.promql.numbers import open_metrics

_QUOTED = r'"([^"\\\n]*(?:\\.[^"\\\n]*)*)"'
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_BLANK = re.compile(r"[ \t]*")
_PLAIN = re.compile(rf"\{{((?:[a-zA-Z_]\w*={_QUOTED}(?:,|(?=\}})))*)\}}", re.ASCII)
_PAIR = re.compile(rf"([a-zA-Z_]\w*)={_QUOTED}", re.ASCII)
_LABEL = {
    False: re.compile(
        rf"[ \t]*(?:([a-zA-Z_]\w*)|{_QUOTED})[ \t]*(?:(=)[ \t]*(?:{_QUOTED})?)?[ \t]*(,?)[ \t]*(\}})?", re.ASCII
    ),
    True: re.compile(rf"(?:([a-zA-Z_]\w*)|{_QUOTED})(?:(=)(?:{_QUOTED})?)?(,?)(\}})?", re.ASCII),
}
_REST = {
    False: re.compile(r"[ \t]*([^{ \t]+)(?:[ \t]+([^ \t]+))?[ \t]*"),
    True: re.compile(r" ([^ ]+)(?: (?!# \{)([^ ]+))?(?: # (\{.*))?"),
}
_EXAMPLE_REST = re.compile(r" ([^ ]+)(?: ([^ ]+))?")
_NUMBER = re.compile(r"[-+.0-9a-oq-wyzA-OQ-WYZ]+")
_ESCAPED = re.compile(r'\\(["\\n])')
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n"}
_OF_BOUNDS = {"histogram": "le", "gaugehistogram": "le", "summary": "quantile"}


@dataclass(frozen=True, slots=True)
class Example:
    """An exemplar; `time_ms` is None when it has none."""

    labels: Labels
    value: float
    time_ms: int | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One line; `end` is where the part that names the series ends."""

    labels: Labels
    value: float
    time_ms: int | None
    end: int
    example: Example | None = None


def sample(line: str, kind: str, *, is_openmetrics: bool) -> Sample:
    """Read a line of the family type `kind`; raises ValueError."""
    labels, end = _series(line, kind, strict=is_openmetrics)
    rest = _REST[is_openmetrics].fullmatch(line, end)
    if rest is None:
        raise ValueError(_what_is_wrong_after(line[end:], strict=is_openmetrics))
    value = number(rest[1])
    time_ms = None if rest[2] is None else time(rest[2], is_openmetrics=is_openmetrics)
    example = _example(rest[3]) if is_openmetrics and rest[3] is not None else None
    return Sample(labels, value, time_ms, end, example)


def number(text: str) -> float:
    """Return a value; raises ValueError."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text[:50]!r} is no number")
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{text[:50]!r} is no number") from None
    if math.isinf(value) and "n" not in text.lower():
        raise ValueError(f"{text[:50]!r} is out of range")
    return value


def time(text: str, *, is_openmetrics: bool) -> int:
    """Return a time in Unix milliseconds: written as such, or in seconds by OpenMetrics; raises ValueError."""
    if is_openmetrics:
        seconds = number(text)
        if not math.isfinite(seconds) or abs(seconds) > 1e15:
            raise ValueError(f"invalid timestamp {text[:50]}")
        return int(seconds * 1000)
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise ValueError(f"expected next entry after timestamp, got {text[:50]!r}")
    return int(text)


def unescaped(text: str) -> str:
    """Return text with its escapes resolved; those that there are not stay."""
    return _ESCAPED.sub(lambda match: _ESCAPES[match[1]], text) if "\\" in text else text


def _series(line: str, kind: str, *, strict: bool) -> tuple[Labels, int]:
    """Read the name and the labels; return them and where they end."""
    name = _METRIC.match(line)
    end = name.end() if name else 0
    brace = end if strict else _end_of_blank(line, end)
    pairs: list[tuple[str, str]] = []
    if line.startswith("{", brace):
        pairs, end = _labels(line, brace, strict=strict)
    elif name is None:
        raise ValueError("expected a valid start token")
    names = [each for each, _ in pairs]
    if name is not None:
        if NAME in names:
            raise ValueError("metric name already set")
        pairs.append((NAME, name[0]))
    elif names.count(NAME) != 1:
        raise ValueError("metric name not set" if NAME not in names else "metric name already set")
    if len(set(names)) != len(names):
        raise ValueError("a label is there twice")
    bound = _OF_BOUNDS.get(kind)
    if bound in names:
        pairs = [(each, _canonical(value) if each == bound else value) for each, value in pairs]
    return labels_of(pairs), end


def _canonical(text: str) -> str:
    """Write the bound of a bucket or a quantile as OpenMetrics does: `1.0`, so that targets agree."""
    try:
        return open_metrics(number(text))
    except ValueError:
        return text


def _labels(line: str, place: int, *, strict: bool) -> tuple[list[tuple[str, str]], int]:
    """Read `{…}` at `place`; return the pairs and where they end. A name in quotes alone is the metric's."""
    plain = _PLAIN.match(line, place)
    if plain is not None and NAME not in plain[0]:
        return [(name, unescaped(value)) for name, value in _PAIR.findall(plain[1])], plain.end()
    pairs: list[tuple[str, str]] = []
    place += 1
    while True:
        if line.startswith("}", place if strict else _end_of_blank(line, place)):
            return pairs, (place if strict else _end_of_blank(line, place)) + 1
        match = _LABEL[strict].match(line, place)
        if match is None:
            raise ValueError(f"expected label name at {line[place : place + 20]!r}")
        pairs.append(_pair(match, strict=strict))
        place = match.end()
        if match[6]:
            return pairs, place


def _pair(match: "re.Match[str]", *, strict: bool) -> tuple[str, str]:
    bare, quoted, equals, value, comma, closing = match.groups()
    if equals is None and quoted is not None and (comma or closing):
        return NAME, unescaped(quoted)
    if equals is None:
        raise ValueError(f"expected equal after {match[0].strip()[:50]!r}")
    if value is None:
        raise ValueError(f"expected label value after {match[0].strip()[:50]!r}")
    if strict and not (comma or closing):
        raise ValueError(f"expected comma or brace close after {match[0][:50]!r}")
    name = bare if bare is not None else unescaped(quoted)
    if not name or name == NAME:
        raise ValueError(f"invalid label name {name!r}")
    return name, unescaped(value)


def _end_of_blank(line: str, place: int) -> int:
    blank = _BLANK.match(line, place)
    assert blank is not None  # noqa: S101 - matches nothing at least
    return blank.end()


def _example(text: str) -> Example:
    pairs, end = _labels(text, 0, strict=True)
    if any(name == NAME for name, _ in pairs):
        raise ValueError("expected label name in an exemplar")
    rest = _EXAMPLE_REST.fullmatch(text, end)
    if rest is None:
        raise ValueError("expected value after exemplar labels")
    at = None if rest[2] is None else time(rest[2], is_openmetrics=True)
    return Example(labels_of(pairs), number(rest[1]), at)


def _what_is_wrong_after(rest: str, *, strict: bool) -> str:
    if not rest.strip(" \t"):
        return "expected value after metric"
    if strict and not rest.startswith(" "):
        return f"expected value after metric, got {rest[:20]!r}"
    return f"expected next entry after value, got {rest[:50]!r}"
