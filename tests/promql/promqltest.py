"""Runs scripts written in the language upstream tests its engine with, and says what differs."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from promql.script_language import Eval, Value, load, read_eval
from vedette.kit.errors import VedetteError
from vedette.signals.metrics.histograms.arithmetic import compact
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.promql.engine import evaluate_instant, evaluate_range
from vedette.signals.metrics.promql.faults import ParseError
from vedette.signals.metrics.promql.invariance import TIME_DEPENDENT
from vedette.signals.metrics.promql.memory import MemorySource
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.promql.source import Labels
from vedette.signals.metrics.promql.tree import (
    Aggregate,
    Binary,
    Call,
    Expr,
    MatrixSelector,
    Paren,
    Subquery,
    Unary,
    VectorSelector,
)


@dataclass(frozen=True)
class Failure:
    """An evaluation that did not give what the script expects."""

    line: int
    query: str
    what: str


def run(script: str) -> Iterator[Failure | None]:
    """Run a script; give a Failure or None for each evaluation."""
    source = MemorySource()
    lines = [_stripped(line) for line in script.splitlines()]
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line:
            continue
        block = []
        if line != "clear":
            while at < len(lines) and lines[at]:
                block.append(lines[at])
                at += 1
        if line == "clear":
            source = MemorySource()
        elif line.startswith("load"):
            load(source, line, block)
        else:
            first = at - len(block)
            yield from _evaluate(source, line, block, first)


def run_file(path: Path) -> list[Failure | None]:
    """Run a file."""
    return list(run(path.read_text()))


def _stripped(line: str) -> str:
    line = line.strip()
    return "" if line.startswith("#") else line


def _evaluate(source: MemorySource, line: str, block: Sequence[str], number: int) -> Iterator[Failure | None]:
    wanted = read_eval(line, block, number)
    try:
        what = _difference(source, wanted)
    except AssertionError as error:
        what = f"assertion {error}"
    yield Failure(number, wanted.query, what) if what else None


def _difference(source: MemorySource, wanted: Eval) -> str:
    try:
        tree = parse(wanted.query)
    except ParseError as error:
        return "" if _may_fail(wanted, error.detail) else f"parse error: {error.detail}"
    runs = [(tree, wanted.start_ms)]
    if not wanted.is_range:
        runs += _pinned(tree, wanted.start_ms) if wanted.points is None else []
    for variant, at_ms in runs:
        try:
            if wanted.is_range:
                result = evaluate_range(
                    variant, source, wanted.start_ms, wanted.end_ms, wanted.step_ms, text=wanted.query
                )
            else:
                result = evaluate_instant(variant, source, at_ms, text=wanted.query)
        except VedetteError as error:
            return "" if _may_fail(wanted, error.detail) else f"error: {error.detail}"
        what = _compared(wanted, result)
        if not what and not wanted.is_range and result.points is None and result.kind != "string":
            what = _in_range_mode(variant, source, wanted, at_ms, result.kind)
        if what:
            return what if at_ms == wanted.start_ms else f"at {at_ms}: {what}"
    return ""


def _in_range_mode(tree: Expr, source: MemorySource, wanted: Eval, at_ms: int, kind: str) -> str:
    """Compare the middle step of a range query with what is expected of the instant one."""
    if re.search(r"(start|end|range|step)\(\)", wanted.query) or "ordered" in wanted.expects:
        return ""
    found = evaluate_range(tree, source, at_ms - 60_000, at_ms + 60_000, 60_000, text=wanted.query)
    kept = np.flatnonzero(found.present[:, 1])
    middle = replace(
        found,
        kind=kind,
        labels=[found.labels[row] for row in kept.tolist()],
        values=found.values[kept, 1:2],
        present=found.present[kept, 1:2],
        histograms=None if found.histograms is None else found.histograms[kept, 1:2],
        warnings=[],
        infos=[],
    )
    what = _compared(replace(wanted, expects={}), middle)
    return f"in range mode: {what}" if what else ""


def _may_fail(wanted: Eval, said: str) -> bool:
    return "fail" in wanted.expects and all(check(said) for check in wanted.expects["fail"])


def _compared(wanted: Eval, result: Result) -> str:
    if "fail" in wanted.expects:
        return "expected to fail"
    return (
        _compared_notes(wanted, "warn", result.warnings)
        or _compared_notes(wanted, "info", result.infos)
        or _compared_values(wanted, result)
    )


def _compared_notes(wanted: Eval, kind: str, said: Sequence[str]) -> str:
    checks = wanted.expects.get(kind)
    if checks is not None:
        all_said = all(any(check(each) for each in said) for check in checks)
        all_wanted = all(any(check(each) for check in checks) for each in said)
        return "" if all_said and all_wanted else f"{kind}: {said}"
    return f"unexpected {kind}: {said}" if f"no_{kind}" in wanted.expects and said else ""


def _compared_values(wanted: Eval, result: Result) -> str:
    if wanted.text is not None:
        return "" if result.text == wanted.text else f"text {result.text!r}"
    if (wanted.scalar is not None) is not (result.kind == "scalar"):
        return f"a {result.kind}"
    if wanted.scalar is not None:
        return "" if almost_equal(wanted.scalar, float(result.values[0, 0])) else f"scalar {result.values[0, 0]}"
    return _compared_series(wanted, result)


def _compared_series(wanted: Eval, result: Result) -> str:
    found = _found_by_time(result)
    expected = _expected_by_time(wanted, result)
    if list(found) != list(expected) and "ordered" in wanted.expects:
        return f"order {list(found)}"
    if found.keys() != expected.keys():
        return f"series {sorted(found.keys() ^ expected.keys())}: found {found}"
    for labels, cells in expected.items():
        if cells.keys() != found[labels].keys():
            return f"{labels}: times {sorted(found[labels])}, expected {sorted(cells)}"
        for time, value in cells.items():
            other = found[labels][time]
            if not _same(value, other, hints=wanted.hints):
                return f"{labels} at {time}: {other}, expected {value}"
    return ""


def _found_by_time(result: Result) -> dict[Labels, dict[int, Value]]:
    if result.points is not None:
        points = result.points
        cells = points.histograms or [None] * len(points.values)
        return {
            labels: {
                int(points.times_ms[i]): cells[i] or float(points.values[i])
                for i in range(points.offsets[row], points.offsets[row + 1])
            }
            for row, labels in enumerate(result.labels)
        }
    found: dict[Labels, dict[int, Value]] = {}
    for row, labels in enumerate(result.labels):
        for step in np.flatnonzero(result.present[row]).tolist():
            cell = None if result.histograms is None else result.histograms[row, step]
            time = int(result.times_ms[step]) if result.kind == "matrix" else 0
            found.setdefault(labels, {})[time] = float(result.values[row, step]) if cell is None else cell
    return found


def _expected_by_time(wanted: Eval, result: Result) -> dict[Labels, dict[int, Value]]:
    start, step = wanted.points or (wanted.start_ms, wanted.step_ms)
    if result.kind != "matrix":
        start, step = 0, 0
    expected: dict[Labels, dict[int, Value]] = {}
    for labels, values in wanted.series:
        cells = {start + i * step: value for i, value in enumerate(values) if value is not None}
        if cells:
            expected[labels] = cells
    return expected


def almost_equal(left: float, right: float) -> bool:
    """Whether two values are the same but for the last digits."""
    if left == right or (math.isnan(left) and math.isnan(right)):
        return True
    total = abs(left) + abs(right)
    if left == 0 or right == 0 or total < 2.2250738585072014e-308:
        return abs(left - right) < 1e-6 * 2.2250738585072014e-308
    return abs(left - right) / min(total, 1.7976931348623157e308) < 1e-6


def _same(left: Value, right: Value, *, hints: bool) -> bool:
    if not isinstance(left, Histogram) or not isinstance(right, Histogram):
        return not isinstance(left, Histogram) and not isinstance(right, Histogram) and almost_equal(left, right)
    left, right = compact(left), compact(right)
    numbers = (
        (left.count, right.count),
        (left.sum, right.sum),
        (left.zero_count, right.zero_count),
        *zip(left.positive.counts.tolist(), right.positive.counts.tolist(), strict=False),
        *zip(left.negative.counts.tolist(), right.negative.counts.tolist(), strict=False),
    )
    return (
        (left.schema, left.zero_threshold, left.custom) == (right.schema, right.zero_threshold, right.custom)
        and left.positive.indexes.tolist() == right.positive.indexes.tolist()
        and left.negative.indexes.tolist() == right.negative.indexes.tolist()
        and all(almost_equal(one, other) for one, other in numbers)
        and (not hints or left.hint is right.hint)
    )


def _pinned(tree: Expr, at_ms: int) -> list[tuple[Expr, int]]:
    """Return the query with its selectors pinned to a time, at other times: it must give the same."""
    calls: list[str] = []
    pinned = _with_at(tree, at_ms, calls)
    if any(each in TIME_DEPENDENT for each in calls):
        return []
    times = [-10 * at_ms, 0, at_ms // 5, at_ms, 10 * at_ms] if at_ms else [-1000, 0, 1000]
    return [(pinned, time) for time in times]


def _with_at(tree: Expr, at_ms: int, calls: list[str]) -> Expr:
    """Pin selectors and outermost subqueries, and collect the functions called."""

    def inner(expr: Expr) -> Expr:
        return _with_at(expr, at_ms, calls)

    pinned: Expr = tree
    match tree:
        case VectorSelector():
            pinned = replace(tree, at=at_ms) if tree.at is None else tree
        case MatrixSelector():
            pinned = replace(tree, vector=inner(tree.vector))
        case Subquery() if tree.at is None:
            inner(tree.expr)
            pinned = replace(tree, at=at_ms)
        case Paren() | Unary():
            pinned = replace(tree, expr=inner(tree.expr))
        case Aggregate():
            pinned = replace(tree, expr=inner(tree.expr), parameter=tree.parameter and inner(tree.parameter))
        case Binary():
            pinned = replace(tree, left=inner(tree.left), right=inner(tree.right))
        case Call():
            calls.append(tree.function)
            pinned = replace(tree, arguments=tuple(map(inner, tree.arguments)))
    return pinned
