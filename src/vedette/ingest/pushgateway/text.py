"""Bodies in the text format 0.0.4. Source: https://prometheus.io/docs/instrumenting/exposition_formats/."""

import re

from vedette.ingest.exposition.text import Exposed, ExpositionParser
from vedette.ingest.pushgateway.families import HAS_TIMES, Pushed, PushedFamily, completed, family_of
from vedette.signals.metrics.labels import Labels
from vedette.signals.metrics.points import Family

_TYPES = {"counter", "gauge", "histogram", "summary", "untyped"}
_NAME = re.compile(rb"[ \t]*([a-zA-Z_:][a-zA-Z0-9_:]*)")
_ABOUT = re.compile(rb"[ \t]*#[ \t]+(HELP|TYPE)[ \t]+([^ \t]+)[ \t]*(.*)")


class Malformed(Exception):
    """A body that is not in the format it is said to be in; the text says where and why."""


def read_text(body: bytes) -> Pushed:
    """Read a body; raises Malformed, or ExpositionError of the parser that scrapes share."""
    kinds = _check_lines(body)
    exposed = ExpositionParser(_as_is).parse(body, is_openmetrics=False)
    has_times = any(each is not None for each in exposed.times_ms)
    return Pushed(_families(exposed, kinds), HAS_TIMES if has_times else "")


def _as_is(labels: Labels) -> Labels:
    return labels


def _check_lines(body: bytes) -> dict[str, str]:
    """Return the declared types; raises Malformed where a scrape would be lenient and a Pushgateway is not."""
    lines = body.split(b"\n")
    if lines.pop().strip(b" \t"):
        raise Malformed(f"text format parsing error in line {len(lines) + 1}: unexpected end of input stream")
    kinds: dict[str, str] = {}
    told: set[bytes] = set()
    seen: set[bytes] = set()
    for number, line in enumerate(lines, 1):
        if (match := _NAME.match(line)) is not None:
            seen.add(match[1])
            if line.endswith(b"\r"):
                raise _malformed(number, "a line ends with a carriage return")
        elif (match := _ABOUT.match(line)) is not None:
            what, name, rest = match.groups()
            plain = name.decode(errors="replace")
            if what == b"TYPE":
                if plain in kinds or name in seen:
                    raise _malformed(number, f"second TYPE line for metric name {plain!r}, or TYPE after samples")
                kinds[plain] = rest.decode(errors="replace")
                if kinds[plain] not in _TYPES:
                    raise _malformed(number, f"unknown metric type {kinds[plain][:50]!r}")
            elif name in told:
                raise _malformed(number, f"second HELP line for metric name {plain!r}")
            else:
                told.add(name)
    return kinds


def _malformed(line: int, why: str) -> Malformed:
    return Malformed(f"text format parsing error in line {line}: {why}")


def _families(exposed: Exposed, kinds: dict[str, str]) -> dict[str, PushedFamily]:
    samples: dict[str, list[tuple[Labels, float]]] = {}
    for labels, value in zip(exposed.series, exposed.values, strict=True):
        samples.setdefault(family_of(labels, kinds), []).append((labels, value))
    found = {}
    for name, own in samples.items():
        family = exposed.families.get(name, Family(name))
        family = Family(name, family.type, family.unit, family.help, name)
        found[name] = PushedFamily(family, completed(family.type, name, own))
    return found
