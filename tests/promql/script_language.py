"""The language upstream tests its engine with: load, clear, eval and what is expected.

Source: https://github.com/prometheus/prometheus/blob/main/promql/promqltest/README.md
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from vedette.signals.metrics.histograms.arithmetic import add as plus
from vedette.signals.metrics.histograms.arithmetic import compact, is_reset, scale
from vedette.signals.metrics.histograms.histogram import CUSTOM, STALE_BITS, Buckets, Hint, Histogram
from vedette.signals.metrics.promql.memory import MemorySource, Series
from vedette.signals.metrics.promql.numbers import parse as parse_number
from vedette.signals.metrics.promql.parser import parse_selector
from vedette.signals.metrics.promql.source import Labels

Value = float | Histogram
STALE = float(STALE_BITS.view(np.float64))
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000, "y": 31_536_000_000}


@dataclass
class Eval:
    """One `eval` command."""

    line: int
    query: str
    start_ms: int
    end_ms: int
    step_ms: int
    is_range: bool
    expects: dict[str, list[Callable[[str], bool]]] = field(default_factory=dict)
    series: list[tuple[Labels, list[Value | None]]] = field(default_factory=list)
    scalar: float | None = None
    text: str | None = None
    points: tuple[int, int] | None = None
    hints: bool = False


def duration_ms(text: str) -> int:
    """Return a duration such as `1m30s`, or seconds without a unit, in milliseconds."""
    if text == "0":
        return 0
    if re.fullmatch(r"[\d.]+", text):
        return int(float(text) * 1000)
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdwy])", text))


def load(source: MemorySource, line: str, block: Sequence[str]) -> None:
    """Do what a `load` command says."""
    with_custom = line.startswith("load_with_nhcb")
    gap = duration_ms(line.split()[1])
    loaded: list[Series] = []
    for row in block:
        if re.match(r"^\S*@st\s", row):
            continue
        labels, values = series_of(row)
        times = np.array([i * gap for i, value in enumerate(values) if value is not None], np.int64)
        found = [value for value in values if value is not None]
        cells = [value if isinstance(value, Histogram) else None for value in found]
        numbers = np.array([math.nan if isinstance(value, Histogram) else value for value in found], np.float64)
        for i, value in enumerate(found):
            if not isinstance(value, Histogram) and np.float64(value).view(np.uint64) == 0x7FF0000000000002:
                numbers[i : i + 1].view(np.uint64)[:] = 0x7FF0000000000002
        loaded.append(Series(labels, times, numbers, _as_stored(cells) if any(cells) else None))
    for each in loaded:
        source.add(each)
    if with_custom:
        for each in _as_custom(loaded):
            source.add(each)


def _as_stored(cells: Sequence[Histogram | None]) -> list[Histogram | None]:
    """Give histograms the hints upstream's storage gives them: whether one follows its predecessor without a reset."""
    result: list[Histogram | None] = []
    for before, each in zip([None, *cells], cells, strict=False):
        if each is not None and each.hint is not Hint.GAUGE:
            follows = before is not None and before.hint is not Hint.GAUGE and each.hint is not Hint.RESET
            unbroken = follows and before is not None and not is_reset(replace(each, hint=Hint.UNKNOWN), before)
            result.append(replace(each, hint=Hint.NO_RESET if unbroken else Hint.UNKNOWN))
        else:
            result.append(each)
    return result


def _as_custom(series: Sequence[Series]) -> Iterator[Series]:
    """Make histograms with custom buckets of classic ones."""
    bases: dict[Labels, dict[int, dict[float | str, float]]] = {}
    for each in series:
        labels = dict(each.labels)
        name, le = labels.get("__name__", ""), labels.pop("le", "")
        suffix = next((s for s in ("_bucket", "_count", "_sum") if name.endswith(s)), None)
        bound = parse_number(le)
        if suffix is None or (suffix == "_bucket" and bound is None):
            continue
        labels["__name__"] = name.removesuffix(suffix)
        by_time = bases.setdefault(tuple(sorted(labels.items())), {})
        key = bound if suffix == "_bucket" else suffix
        for time, value in zip(each.times_ms.tolist(), each.values.tolist(), strict=True):
            by_time.setdefault(time, {})[key] = value
    for labels, by_time in bases.items():
        times = sorted(by_time)
        cells = [_custom(by_time[time]) for time in times]
        yield Series(labels, np.array(times, np.int64), np.full(len(times), math.nan), cells)


def _custom(parts: dict[float | str, float]) -> Histogram:
    bounds = sorted(key for key in parts if not isinstance(key, str))
    counts = [parts[bound] for bound in bounds]
    count = parts.get("_count", counts[-1] if counts else 0.0)
    if not bounds or bounds[-1] != math.inf:
        bounds, counts = [*bounds, math.inf], [*counts, count]
    own = np.diff([0.0, *counts])
    buckets = Buckets(np.arange(len(own), dtype=np.int32), own)
    return compact(Histogram(CUSTOM, 0.0, 0.0, count, parts.get("_sum", 0.0), buckets, custom=tuple(bounds[:-1])))


def series_of(row: str) -> tuple[Labels, list[Value | None]]:
    """Return the labels and the values a line describes."""
    end = _selector_end(row)
    head, tail = row[:end].strip(), row[end:].strip()
    pairs = [] if head == "{}" else [(m.name, m.value) for m in parse_selector(head)]
    return tuple(sorted((name, value) for name, value in pairs if value)), list(_values(tail))


def _selector_end(row: str) -> int:
    at, quoted, depth = 0, "", 0
    while at < len(row):
        char = row[at]
        if quoted:
            at += char == "\\" and quoted != "`"
            quoted = "" if char == quoted else quoted
        elif char in "\"'`":
            quoted = char
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
        elif char in " \t" and depth == 0 and not re.match(r"\s*\{[^{]", row[at:]):
            return at
        at += 1
    return at


_TOKEN = re.compile(r"\{\{.*?\}\}(?:[+-]\{\{.*?\}\})?(?:x\d+)?|\S+")
_REPEATED = re.compile(r"(.*?)(?:x(\d+))?$")
_HISTOGRAMS = re.compile(r"\{\{(.*?)\}\}(?:([+-])\{\{(.*?)\}\})?")
_NUMBER = r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Inf|NaN|inf|nan)"
_FLOATS = re.compile(rf"({_NUMBER})(?:([+-])({_NUMBER}))?(?:x(\d+))?")


def _values(text: str) -> Iterator[Value | None]:
    for token in _TOKEN.findall(text):
        if token.startswith("{{"):
            yield from _repeated_histograms(token)
        elif token == "stale":
            yield STALE
        elif token.startswith("_"):
            yield from [None] * int(token[2:] or 1)
        else:
            yield from _repeated_floats(token)


def _float(text: str) -> float:
    return float(int(text, 16)) if text.lower().startswith("0x") else float(text)


def _repeated_floats(token: str) -> Iterator[float]:
    match = _FLOATS.fullmatch(token)
    assert match, token
    start, sign, step, times = match.groups()
    value, delta = _float(start), _float(step) * (-1 if sign == "-" else 1) if step else 0.0
    for _ in range(int(times or 0) + 1):
        yield value
        value += delta


def _repeated_histograms(token: str) -> Iterator[Histogram]:
    body, _, times = token.rpartition("x") if re.search(r"x\d+$", token) else (token, "", "0")
    match = _HISTOGRAMS.fullmatch(body)
    assert match, token
    value = histogram_of(match[1])
    for _ in range(int(times) + 1):
        yield value
        if match[2]:
            step = histogram_of(match[3])
            value = plus(value, scale(step, -1.0) if match[2] == "-" else step).histogram


_HINTS = {"unknown": Hint.UNKNOWN, "reset": Hint.RESET, "not_reset": Hint.NO_RESET, "gauge": Hint.GAUGE}


def histogram_of(text: str) -> Histogram:
    """Return the histogram a description such as `schema:1 sum:-0.3 buckets:[5 10 7]` stands for."""
    parts = dict(re.findall(r"(\w+):(\[[^\]]*\]|\S+)", text))

    def numbers(key: str) -> list[float]:
        return [_float(each) for each in parts.get(key, "[]").strip("[]").split()]

    def buckets(key: str, offset: str) -> Buckets:
        counts = numbers(key)
        start = int(parts.get(offset, "0"))
        return Buckets(np.arange(start, start + len(counts), dtype=np.int32), np.array(counts, np.float64))

    schema = int(parts.get("schema", "0"))
    return Histogram(
        schema,
        _float(parts.get("z_bucket_w", "0")),
        _float(parts.get("z_bucket", "0")),
        _float(parts.get("count", "0")),
        _float(parts.get("sum", "0")),
        buckets("buckets", "offset"),
        buckets("n_buckets", "n_offset"),
        tuple(numbers("custom_values")) if schema == CUSTOM else None,
        _HINTS[parts.get("counter_reset_hint", "unknown")],
    )


_INSTANT = re.compile(r"^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$")
_RANGE = re.compile(r"^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$")
_EXPECT = re.compile(r"^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$")


def read_eval(line: str, block: Sequence[str], number: int) -> Eval:
    """Read an `eval` command and what is expected of it."""
    if match := _RANGE.match(line):
        mode, start, end, step, query = match.groups()
        found = Eval(number, query, duration_ms(start), duration_ms(end), duration_ms(step), is_range=True)
    else:
        match = _INSTANT.match(line)
        assert match, line
        mode, at, query = match.groups()
        found = Eval(number, query, duration_ms(at), duration_ms(at), 0, is_range=False)
    if mode:
        found.expects[mode] = [lambda _: True]
    for row in block:
        _read_expectation(found, row)
    return found


def _read_expectation(found: Eval, row: str) -> None:
    if row.startswith("expect range vector"):
        match = re.match(r"expect range vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+)", row)
        assert match, row
        found.points = (duration_ms(match[1]), duration_ms(match[3]))
    elif row.startswith("expect string"):
        text = row.removeprefix("expect string ").strip()
        found.text = text.strip("`") if text.startswith("`") else json.loads('"' + text[1:-1].replace("\\'", "'") + '"')
    elif row.split(maxsplit=1)[0] == "expect":
        match = _EXPECT.match(row)
        assert match, row
        kind, how, what = match.groups()
        found.expects.setdefault(kind, []).append(_check(how, what))
    elif row.startswith(("expected_fail_message", "expected_fail_regexp")):
        what = row.split(None, 1)[1]
        found.expects["fail"] = [_check("msg" if "message" in row.split(maxsplit=1)[0] else "regex", what)]
    elif (number := _scalar(row)) is not None:
        found.scalar = number
    else:
        found.series.append(series_of(row))
        found.hints |= "counter_reset_hint" in row


def _scalar(row: str) -> float | None:
    try:
        return _float(row)
    except ValueError:
        return None


def _check(how: str | None, what: str | None) -> Callable[[str], bool]:
    if how is None or what is None:
        return lambda _: True
    wanted = what.strip()
    if how == "msg":
        return lambda said: said == wanted
    return lambda said: re.search(wanted, said) is not None
