"""Prometheus' text format 0.0.4 and OpenMetrics 1.0.

Sources: https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://prometheus.io/docs/specs/om/open_metrics_spec/.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from vedette.signals.metrics.labels import NAME, Labels, labels_of
from vedette.signals.metrics.points import Exemplar, Family
from vedette.signals.metrics.promql.numbers import open_metrics

Finish = Callable[[Labels], Labels | None]
"""Makes the labels that are stored from those exposed; None drops the series."""

_NAME = re.compile(rb"[a-zA-Z_:][a-zA-Z0-9_:]*")
_SPACE = re.compile(rb"[ \t]*")
_LABEL = re.compile(
    rb'[ \t]*(?:([a-zA-Z_][a-zA-Z0-9_]*)|"((?:[^"\\]|\\.)*)")[ \t]*(=)?[ \t]*(?:"((?:[^"\\]|\\.)*)")?[ \t]*([,}])'
)
_ESCAPE = re.compile(rb"\\(.)")
_TYPES = {
    "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset", "unknown", "untyped",
}  # fmt: skip
_MOST_KNOWN = 200_000


class ExpositionError(Exception):
    """A body that is not in the format; the text names the line and the reason."""


@dataclass(slots=True)
class Exposed:
    """What a target exposed, in its order: sample i has series[i], values[i] and, unless None, times_ms[i]."""

    series: list[Labels] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    times_ms: list[int | None] = field(default_factory=list)
    families: dict[str, Family] = field(default_factory=dict)
    exemplars: list[Exemplar] = field(default_factory=list)
    lines: int = 0
    """How many samples were exposed, dropped ones included."""


class ExpositionParser:
    """Parses one target's bodies. A line met before costs a look-up and a number."""

    def __init__(self, finish: Finish) -> None:
        self._finish = finish
        self._known: dict[bytes, Labels | None] = {}

    def parse(self, body: bytes, *, is_openmetrics: bool) -> Exposed:
        """Return what a body exposes; raises ExpositionError, and then nothing of it counts."""
        found = Exposed()
        known = self._known
        if len(known) > _MOST_KNOWN:
            known.clear()
        missing = object()
        lines = body.split(b"\n")
        if is_openmetrics:
            lines = _without_end(lines)
        add_series, add_value, add_time = found.series.append, found.values.append, found.times_ms.append
        for number, line in enumerate(lines, 1):
            head, _, tail = line.rpartition(b" ")
            labels = known.get(head, missing)
            if labels is missing or b"_" in tail:
                try:
                    self._line(line, found, is_openmetrics=is_openmetrics)
                except (ValueError, IndexError) as error:
                    raise ExpositionError(f"line {number}: {error}: {line[:100].decode(errors='replace')!r}") from None
                continue
            found.lines += 1
            if labels is not None:
                try:
                    add_value(float(tail))
                except ValueError:
                    raise ExpositionError(
                        f"line {number}: {tail[:50].decode(errors='replace')!r} is no number"
                    ) from None
                add_series(labels)  # type: ignore[arg-type]
                add_time(None)
        return found

    def _line(self, line: bytes, found: Exposed, *, is_openmetrics: bool) -> None:
        stripped = line.strip(b" \t\r")
        if not stripped:
            if is_openmetrics and line == b"":
                raise ValueError("an empty line")
            return
        if stripped.startswith(b"#"):
            _comment(stripped, found.families)
            return
        labels, end = _series(stripped)
        rest, _, exemplar = stripped[end:].partition(b" # ")
        parts = rest.split()
        if not parts or len(parts) > 2:
            raise ValueError("expected a value and perhaps a time")
        final = self._finish(labels)
        if end < len(stripped) and stripped[end : end + 1] == b" ":
            self._known[stripped[:end]] = final
        found.lines += 1
        value = _number(parts[0])
        time_ms = None if len(parts) == 1 else _time_ms(parts[1], is_openmetrics=is_openmetrics)
        if final is None:
            return
        found.series.append(final)
        found.values.append(value)
        found.times_ms.append(time_ms)
        if exemplar and is_openmetrics:
            own, end = _labels(exemplar.strip(), 0)
            numbers = exemplar.strip()[end:].split()
            at = _time_ms(numbers[1], is_openmetrics=True) if len(numbers) > 1 else 0
            found.exemplars.append(Exemplar(final, labels_of(own), at, _number(numbers[0])))


def _without_end(lines: list[bytes]) -> list[bytes]:
    while lines and not lines[-1]:
        lines.pop()
    if not lines or lines[-1].strip() != b"# EOF":
        raise ExpositionError("the data does not end with # EOF")
    return lines[:-1]


def _series(line: bytes) -> tuple[Labels, int]:
    """Read a name and labels; return them and where they end."""
    pairs: list[tuple[str, str]] = []
    match = _NAME.match(line)
    end = 0
    if match:
        pairs.append((NAME, match.group().decode()))
        end = match.end()
    brace = _SPACE.match(line, end)
    assert brace is not None  # noqa: S101 - matches nothing at least
    if line[brace.end() : brace.end() + 1] == b"{":
        more, end = _labels(line, brace.end())
        pairs += more
    elif not match:
        raise ValueError("expected a metric name")
    names = [name for name, _ in pairs]
    if NAME not in names:
        raise ValueError("there is no metric name")
    if len(set(names)) != len(names):
        raise ValueError("a label is there twice")
    return labels_of((name, _canonical(name, value)) for name, value in pairs), end


def _canonical(name: str, value: str) -> str:
    """Write the bounds of buckets and quantiles as OpenMetrics does: `1.0`, so that targets agree."""
    if name in {"le", "quantile"}:
        try:
            return open_metrics(float(value))
        except ValueError:
            return value
    return value


def _labels(line: bytes, place: int) -> tuple[list[tuple[str, str]], int]:
    """Read `{…}` from `place`; return the pairs and where they end."""
    pairs: list[tuple[str, str]] = []
    if line[place : place + 1] != b"{":
        raise ValueError("expected {")
    place += 1
    while True:
        blank = _SPACE.match(line, place)
        assert blank is not None  # noqa: S101 - matches nothing at least
        if line[blank.end() : blank.end() + 1] == b"}":
            return pairs, blank.end() + 1
        match = _LABEL.match(line, place)
        if match is None:
            raise ValueError("expected a label")
        bare, quoted, equals, value, closing = match.groups()
        name = bare.decode() if bare is not None else _unescaped(quoted)
        if equals and value is not None:
            pairs.append((name, _unescaped(value)))
        elif not equals and value is None and quoted is not None:
            pairs.append((NAME, name))
        else:
            raise ValueError("expected a label value")
        place = match.end()
        if closing == b"}":
            return pairs, place


def _unescaped(text: bytes) -> str:
    if b"\\" in text:
        text = _ESCAPE.sub(lambda match: {b"n": b"\n"}.get(match.group(1), match.group(1)), text)
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise ValueError("text that is not UTF-8") from None


def _number(text: bytes) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("not a number") from None
    if b"_" in text or (math.isinf(value) and b"n" not in text.lower()):
        raise ValueError("not a number")
    return value


def _time_ms(text: bytes, *, is_openmetrics: bool) -> int:
    if is_openmetrics:
        seconds = _number(text)
        if not math.isfinite(seconds):
            raise ValueError("not a time")
        return round(seconds * 1000)
    return int(text)


def _comment(line: bytes, families: dict[str, Family]) -> None:
    words = line[1:].split(None, 2)
    if len(words) < 2 or words[0] not in {b"HELP", b"TYPE", b"UNIT"}:
        return
    text = _unescaped(words[2]) if len(words) > 2 else ""
    name = _unescaped(words[1].strip(b'"'))
    before = families.get(name, Family(name))
    kind, unit, told = before.type, before.unit, before.help
    match words[0]:
        case b"HELP":
            told = text
        case b"UNIT":
            unit = text
        case _:
            kind = text.strip()
            if kind not in _TYPES:
                raise ValueError(f"there is no type {kind[:50]!r}")
            kind = "unknown" if kind == "untyped" else kind
    families[name] = Family(name, kind, unit, told, name)
