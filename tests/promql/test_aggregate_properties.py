"""Aggregations over blocks against plain Python, step by step; read piece by piece or all at once."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.signals.metrics.promql.engine import evaluate_range
from vedette.signals.metrics.promql.memory import MemorySource, Series
from vedette.signals.metrics.promql.parser import parse

STEP = 300_000
"""As long as the lookback: each step sees its own samples only."""

numbers = st.one_of(
    st.integers(-9, 9).map(float), st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf, -math.inf, 1e100, -1e100])
)
rows = st.lists(st.none() | numbers, min_size=1, max_size=5)
blocks = st.lists(st.tuples(st.integers(0, 3), rows), min_size=1, max_size=9)


def _finite(values: Sequence[float]) -> bool:
    return all(map(math.isfinite, values))


def _total(values: Sequence[float]) -> float:
    return math.fsum(values) if _finite(values) else sum(values)


def _variance(values: Sequence[float]) -> float:
    if not _finite(values):
        return math.nan
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / len(values)


def _extreme(values: Sequence[float], pick: Callable[[Sequence[float]], float]) -> float:
    sound = [value for value in values if not math.isnan(value)]
    return pick(sound) if sound else math.nan


NAIVE: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": _total,
    "avg": lambda values: _total(values) / len(values),
    "count": lambda values: float(len(values)),
    "group": lambda values: float(len(values) > 0),
    "min": lambda values: _extreme(values, min),
    "max": lambda values: _extreme(values, max),
    "stdvar": _variance,
}


def _source(block: Sequence[tuple[int, Sequence[float | None]]]) -> MemorySource:
    source = MemorySource()
    for number, (group, cells) in enumerate(block):
        present = [step for step, value in enumerate(cells) if value is not None]
        labels = (("__name__", "m"), ("g", str(group)), ("n", str(number)))
        values = np.array([cells[step] for step in present], np.float64)
        source.add(Series(labels, np.array(present, np.int64) * STEP, values))
    return source


def _ask(source: MemorySource, query: str, steps: int) -> dict[tuple[str, int], float]:
    result = evaluate_range(parse(query), source, 0, (steps - 1) * STEP, STEP)
    return {
        (dict(labels).get("n", dict(labels).get("g", "")), int(step)): float(result.values[row, step])
        for row, labels in enumerate(result.labels)
        for step in np.flatnonzero(result.present[row])
    }


def _members(block: Sequence[tuple[int, Sequence[float | None]]]) -> dict[tuple[str, int], list[float]]:
    found: dict[tuple[str, int], list[float]] = {}
    for group, cells in block:
        for step, value in enumerate(cells):
            if value is not None:
                found.setdefault((str(group), step), []).append(value)
    return found


def _close(left: float, right: float, scale: float) -> bool:
    if not math.isfinite(left) or not math.isfinite(right):
        return left == right or (math.isnan(left) and math.isnan(right))
    return abs(left - right) <= 1e-9 * max(abs(left), abs(right)) + 1e-14 * scale


@pytest.mark.parametrize("query", ["m", "last_over_time(m[5m])", "m and m"])
@pytest.mark.parametrize("op", sorted(NAIVE))
@given(block=blocks)
@settings(max_examples=30)
def test_summing(op: str, query: str, block: list[tuple[int, list[float | None]]]):
    """Each group has, at each step, what its members there make; groups without members have nothing."""
    steps = max(len(cells) for _, cells in block)
    found = _ask(_source(block), f"{op} by (g) ({query})", steps)
    expected = {key: NAIVE[op](values) for key, values in _members(block).items()}
    assert found.keys() == expected.keys()
    for key, values in _members(block).items():
        largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
        scale = largest**2 * 100 if op == "stdvar" else 0.0
        assert _close(found[key], expected[key], scale), (key, values)


def test_what_rounding_loses_counts_where_the_rest_cancels():
    """Also when the series come in several pieces, those of one sign together."""
    for steps in (1, 2, 600):
        rest = [0.0] * (steps - 1)
        block = [(0, [1.0, *rest]), (0, [-1e100]), (0, [1e100, *rest])]
        assert _ask(_source(block), "sum by (g) (m)", steps)["0", 0] == 1.0


@given(block=blocks, wanted=st.floats(0, 1))
@settings(max_examples=60)
def test_quantile(block: list[tuple[int, list[float | None]]], wanted: float):
    """The quantile lies between two neighbours in order, NaN being the smallest."""
    steps = max(len(cells) for _, cells in block)
    found = _ask(_source(block), f"quantile by (g) ({wanted!r}, m)", steps)
    for key, values in _members(block).items():
        ordered = sorted(values, key=lambda value: (not math.isnan(value), value))
        rank = wanted * (len(ordered) - 1)
        below = math.floor(rank)
        above = min(below + 1, len(ordered) - 1)
        weight = rank - below
        expected = ordered[below] * (1 - weight) + ordered[above] * weight
        assert _close(found[key], expected, 0.0), (key, values)


@given(block=blocks, k=st.integers(1, 4), is_top=st.booleans())
@settings(max_examples=60)
def test_topk(block: list[tuple[int, list[float | None]]], k: int, is_top: bool):
    """The k extreme values of each group are kept, with their own labels; NaN only to fill up."""
    steps = max(len(cells) for _, cells in block)
    found = _ask(_source(block), f"{'topk' if is_top else 'bottomk'} by (g) ({k}, m)", steps)
    kept: dict[tuple[str, int], list[float]] = {}
    for (number, step), value in found.items():
        group, cells = block[int(number)]
        assert _close(value, cells[step] or 0.0, 0.0)
        kept.setdefault((str(group), step), []).append(value)

    def order(value: float) -> tuple[bool, float]:
        return math.isnan(value), 0.0 if math.isnan(value) else -value if is_top else value

    for key, values in _members(block).items():
        wanted = sorted(values, key=order)[:k]
        assert repr(sorted(kept[key], key=order)) == repr(wanted)
