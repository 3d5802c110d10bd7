"""What is worked out of the labels of series that live on."""

import numpy as np

from vedette.signals.metrics.promql.facts import LabelSets, as_list, fact
from vedette.signals.metrics.promql.groups import group
from vedette.signals.metrics.promql.labels import drop_metadata

LABELS = [(("__name__", "m"), ("job", job), ("path", path)) for job in "ab" for path in "xyz"]


def test_facts_are_found_once_where_labels_are_kept() -> None:
    """And every time where they are not."""
    kept, calls = LabelSets(LABELS), []
    for labels in (kept, kept, LABELS, LABELS):
        fact(labels, "count", lambda: calls.append(1))
    assert len(calls) == 3


def test_groups_of_kept_labels_are_those_of_others() -> None:
    """By any names; asked for once or several times."""
    kept = LabelSets(LABELS)
    for _ in range(2):
        for names, is_without in ((("job",), False), (("path",), False), (("path",), True), ((), False), ((), True)):
            known, fresh = (group(labels, names, is_without=is_without) for labels in (kept, LABELS))
            assert known.labels == fresh.labels
            np.testing.assert_array_equal(known.members, fresh.members)


def test_what_is_kept_has_an_end() -> None:
    """However many different questions are asked."""
    kept = LabelSets(LABELS)
    for number in range(1000):
        fact(kept, number, lambda number=number: number)
    assert len(kept._facts) <= 16


def test_labels_less_their_names_are_kept_too() -> None:
    """They are asked for their groups and their order in turn."""
    kept = LabelSets(LABELS)
    assert drop_metadata(kept) is drop_metadata(kept)
    assert drop_metadata(kept) == drop_metadata(LABELS)
    assert as_list(kept) is kept
