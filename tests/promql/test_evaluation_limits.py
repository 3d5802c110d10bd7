"""What ends an evaluation: limits, a caller who has gone, and failures of the source, on any thread."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from vedette.kit.errors import Invalid
from vedette.signals.metrics.promql import selecting
from vedette.signals.metrics.promql.engine import evaluate_instant, evaluate_range
from vedette.signals.metrics.promql.limits import Canceled, ExecutionError, Limits, canceled
from vedette.signals.metrics.promql.memory import MemorySource, Series
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.source import Batch, Labels
from vedette.signals.metrics.promql.tree import Matcher

TOO_MANY = "query processing would load too many samples into memory in query execution"


def _source(series: int, samples: int) -> MemorySource:
    source = MemorySource()
    times = np.arange(samples, dtype=np.int64) * 1000
    for number in range(series):
        labels = (("__name__", "m"), ("n", str(number)))
        source.add(Series(labels, times, np.full(samples, float(number))))
    return source


def test_too_many_samples():
    """Reading more samples than allowed is an error, as Prometheus words it."""
    with pytest.raises(ExecutionError) as caught:
        evaluate_instant(parse("sum_over_time(m[1h])"), _source(3, 50), 50_000, Limits(max_samples=149))
    assert caught.value.detail == TOO_MANY
    assert caught.value.status == 422


def test_as_many_samples_as_allowed():
    """The limit itself is allowed."""
    result = evaluate_instant(parse("sum(sum_over_time(m[1h]))"), _source(3, 50), 50_000, Limits(max_samples=150))
    assert result.values.tolist() == [[150.0]]


@pytest.mark.parametrize("query", ["m", "m[10s:1ms]", "vector(1)[1y:1ms]", "vector(1)", "count_values('v', m)"])
def test_too_large_results(query: str):
    """Results and intermediate results are bounded before memory is taken for them."""
    tree = parse(f"count_over_time({query})" if query.endswith("]") else query)
    with pytest.raises(ExecutionError, match=TOO_MANY):
        evaluate_range(tree, _source(3, 50), 0, 49_000, 1000, Limits(max_cells=49))


def test_caller_has_gone():
    """What `cancel` raises ends the evaluation."""

    def cancel() -> None:
        raise canceled()

    with pytest.raises(Canceled, match="query was canceled in expression evaluation"):
        evaluate_instant(parse("m"), _source(1, 1), 0, cancel=cancel)


def test_waiting_for_a_turn_ends_when_the_caller_has_gone(monkeypatch: pytest.MonkeyPatch):
    """However many queries read large batches, one of which nobody wants the answer does not wait."""
    monkeypatch.setattr(selecting, "_turns", threading.Semaphore(0))
    asked = 0

    def cancel() -> None:
        nonlocal asked
        asked += 1
        if asked > 10:
            raise canceled()

    with pytest.raises(Canceled):
        evaluate_instant(parse("sum(sum_over_time(m[1h]))"), _source(100, 3000), 3_000_000, cancel=cancel)


def test_range_vector_in_a_range_query():
    """A range vector has no single value per step."""
    with pytest.raises(Invalid) as caught:
        evaluate_range(parse("m[5m]"), _source(1, 1), 0, 1000, 1000)
    assert caught.value.detail == (
        'invalid expression type "range vector" for range query, must be Scalar or instant Vector'
    )


def test_lookback_is_configurable():
    """A sample stands for its series as long as the lookback says, its start excluded."""
    found = [
        evaluate_instant(parse("m"), _source(1, 1), at_ms, Limits(lookback_ms=1000)).labels for at_ms in (999, 1000)
    ]
    assert [len(each) for each in found] == [1, 0]


@dataclass
class Large:
    """Many batches of series with the same times; the threads that took them, and the batch that fails."""

    fails_at: int | None = None

    def __post_init__(self) -> None:
        self.threads: set[int] = set()

    @property
    def labels(self) -> Sequence[Labels]:
        return [(("__name__", "m"), ("n", str(number))) for number in range(800)]

    def select(self, matchers: Sequence[Matcher], start_ms: int, end_ms: int, _purpose: object = None) -> "Large":
        return self

    def batches(self) -> Iterator[Batch]:
        times = np.arange(1000, dtype=np.int64) * 1000
        for first in range(0, 800, 50):
            self.threads.add(threading.get_ident())
            if first == self.fails_at:
                raise ExecutionError("the disk is gone")
            values = np.repeat(np.arange(first, first + 50, dtype=np.float64), 1000)
            yield Batch(first, np.arange(51, dtype=np.int64) * 1000, np.tile(times, 50), values)


def test_batches_worked_off_by_several_threads():
    """However batches are shared out, every series counts once and in its place."""
    summed = evaluate_range(parse("sum(m)"), Large(), 0, 999_000, 1000)
    assert (summed.values == 800 * 799 / 2).all()
    single = evaluate_range(parse("m * 1"), Large(), 0, 999_000, 1000)
    by_number = {int(dict(labels)["n"]): row for row, labels in enumerate(single.labels)}
    assert all((single.values[row] == number).all() for number, row in by_number.items())


@pytest.mark.parametrize("query", ["sum(m)", "m"])
def test_a_source_that_fails_midway(query: str):
    """A failure while reading, on whichever thread, reaches the caller."""
    with pytest.raises(ExecutionError, match="the disk is gone"):
        evaluate_range(parse(query), Large(fails_at=400), 0, 999_000, 1000)


def test_place_in_a_query_of_several_lines():
    """Warnings tell line and column of what they are about."""
    text = "sum(\n  rate(m[10s])\n)"
    result = evaluate_instant(parse(text), _source(1, 20), 19_000, text=text)
    assert [info.rpartition(" ")[2] for info in result.infos] == ["(2:8)"]
