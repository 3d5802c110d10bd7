"""Queries that are asked together work out once what they have in common."""

from dataclasses import dataclass

import numpy as np

from vedette.signals.metrics.promql import sharing
from vedette.signals.metrics.promql.engine import evaluate_range
from vedette.signals.metrics.promql.memory import MemorySource, Series
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.sharing import Shared
from vedette.signals.metrics.promql.source import Selection

TIMES = np.arange(0, 600_000, 15_000)


@dataclass
class Counted(MemorySource):
    """A source that counts how often it is asked, and how often samples are read."""

    asked: int = 0
    reads: int = 0

    def select(self, *args):
        self.asked += 1
        found = super().select(*args)
        return Read(found, self)


@dataclass
class Read:
    """A selection that tells its source when it is read."""

    found: Selection
    by: Counted
    least_range_ms: int = 0

    @property
    def labels(self):
        return self.found.labels

    def batches(self):
        self.by.reads += 1
        return self.found.batches()


def source() -> Counted:
    found = Counted()
    for le, pace in (("0.1", 1.0), ("1", 3.0), ("+Inf", 4.0)):
        labels = (("__name__", "took_bucket"), ("le", le))
        found.add(Series(labels, TIMES, np.arange(len(TIMES)) * pace))
    return found


def ask(text: str, of: Counted, shared: Shared | None) -> list[list[float]]:
    return evaluate_range(parse(text), of, 300_000, 540_000, 60_000, text=text, shared=shared).values.tolist()


def test_quantiles_of_one_histogram_read_it_once():
    """However the texts are laid out."""
    counted, shared = source(), Shared()
    texts = [f"histogram_quantile({q}, sum by(le)(rate(took_bucket[2m]) ))" for q in (0.5, 0.95)]

    answers = [ask(text, counted, shared) for text in texts]

    assert counted.asked == 1
    assert answers == [ask(text, source(), None) for text in texts]
    assert answers[0] != answers[1]


def test_sums_by_other_labels_read_the_same_rates_once():
    """Neither what is added up while it is read, nor what is worked out whole, is read again."""
    counted, shared = source(), Shared()
    texts = [
        "sum by (le) (rate(took_bucket[2m]))",
        "sum(rate(took_bucket[2m]))",
        'sum by (name) (label_replace(rate(took_bucket[2m]), "name", "$1", "le", "(.*)"))',
        "rate(took_bucket[2m])",
        "max(rate(took_bucket[2m])) / sum(rate(took_bucket[2m]))",
    ]

    answers = [ask(text, counted, shared) for text in texts]

    assert counted.reads == 1
    assert answers == [ask(text, source(), None) for text in texts]


def test_series_that_came_up_in_between_are_read():
    """Whoever selects more series than were read works by themselves."""
    counted, shared = source(), Shared()
    before = ask("sum(rate(took_bucket[2m]))", counted, shared)
    labels = (("__name__", "took_bucket"), ("le", "5"))
    counted.add(Series(labels, TIMES, np.arange(len(TIMES)) * 8.0))

    after = ask("count(rate(took_bucket[2m]))", counted, shared)

    assert np.round(before, 9).tolist() == [[0.533333333] * 5]
    assert after == [[4.0] * 5]


def test_what_an_empty_left_side_makes_needless_is_not_read():
    """A selector leaves no notes either; what may leave some is worked out."""
    counted = source()
    for text in ("nothing unless took_bucket", "nothing and on (le) (took_bucket)"):
        assert ask(text, counted, None) == []
    assert counted.asked == 2

    assert len(ask("nothing or took_bucket", counted, None)) == 3
    assert ask("nothing unless rate(took_bucket[2m])", counted, None) == []
    assert counted.asked == 6


def test_there_is_an_end_to_what_is_kept(monkeypatch):
    """What is too much is worked out by each, and right."""
    monkeypatch.setattr(sharing, "_MOST_HELD", 20)
    counted, shared = source(), Shared()
    texts = ["sum(rate(took_bucket[2m]))", "count(rate(took_bucket[2m]))", "sum(rate(took_bucket[3m]))"]

    assert [ask(text, counted, shared) for text in texts] == [ask(text, source(), None) for text in texts]
    assert counted.reads == 2


def test_other_windows_are_other_questions():
    """Nothing is taken for something else."""
    counted, shared = source(), Shared()

    assert ask("round(sum(rate(took_bucket[2m])), 0.0001)", counted, shared) == [[0.5333] * 5]
    assert ask("round(sum(increase(took_bucket[2m])))", counted, shared) == [[64.0] * 5]
    assert counted.asked == 2


def test_what_leaves_notes_is_not_shared():
    """Each query's warnings say where in its own text."""
    counted, shared = source(), Shared()
    informed = "sum(rate({__name__='gauge'}[2m]))"
    counted.add(Series((("__name__", "gauge"),), TIMES, np.arange(len(TIMES)) * 1.0))

    for spaces in ("", "  "):
        result = evaluate_range(
            parse(spaces + informed), counted, 300_000, 540_000, 60_000, text=spaces + informed, shared=shared
        )
        assert [note.rpartition("(")[2] for note in result.infos] == [f"1:{10 + len(spaces)})"]
