"""What queries do, in plain English."""

import pytest

from vedette.signals.metrics.promql.explain import Explained, explain
from vedette.signals.metrics.promql.functions import AGGREGATIONS, FUNCTIONS
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.tree import Kind


def _explained(text: str) -> Explained:
    return explain(parse(text), text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("up", "current value of the series of up"),
        ('up{job="a",env!=""}', 'current value of the series of up where job is "a" and env is present'),
        ('{job=~"a.*"} offset 1w', 'current value of all series where job matches "a.*", 1 week earlier'),
        ("up @ 1700000000", "current value of the series of up, as of 2023-11-14 22:13:20 UTC"),
        ("up @ end()", "current value of the series of up, as of the end of the queried time range"),
        ("up[90m]", "samples of the last 1 hour 30 minutes, series of up"),
        ("rate(up[5m])", "per-second increase, averaged over the last 5 minutes"),
        ("increase(up[1h])", "increase over the last hour"),
        ("max_over_time(up[1d:1h])", "greatest value of the last day"),
        ("up[1d:1h]", "values of the last day, worked out every 1 hour"),
        ("histogram_quantile(0.99, up)", "value below which 99 % of the observations lie"),
        ("quantile_over_time(0.5, up[1m])", "the 0.5 quantile of the last minute"),
        ("abs(up)", "each value without its sign"),
        ("clamp_max(up, 5)", "each value, but never more than the given one (5)"),
        ("sum(up)", "sum of all"),
        ("sum by (job) (up)", "sum, kept apart by job"),
        ("avg without (a, b, c) (up)", "average, kept apart by all labels except a, b and c"),
        ("topk(3, up)", "the 3 greatest series of all"),
        ("a / b", "left divided by right"),
        ("a > 0.5", "only values on the left that are greater than 0.5"),
        ("1 <= a", "only values on the right for which 1 is at most the value"),
        ("a == bool b", "1 where left is equal to right, otherwise 0"),
        ("a and on (x) b", "series on the left that have a partner on the right, matched on x"),
        (
            "a * ignoring (x) group_left (y) b",
            (
                "left times right, matched on all labels except x;"
                " several series on the left may share one on the right, from which they take y"
            ),
        ),
        ("-up", "the same with its sign turned"),
        ("5m", "the number 5m"),
    ],
)
def test_a_part_is_said_in_a_sentence(text: str, sentence: str) -> None:
    assert _explained(text).sentence == sentence


def test_parts_are_nested_as_the_query_is() -> None:
    whole = _explained("(sum by (job) (rate(up[5m]))) / 60")
    total = whole.children[0]
    rate = total.children[0]

    assert [each.text for each in whole.children] == ["sum by (job) (rate(up[5m]))"]
    assert (rate.text, rate.start, rate.end, rate.kind) == ("rate(up[5m])", 15, 27, Kind.VECTOR)
    assert [each.kind for each in rate.children] == [Kind.MATRIX]


def test_places_count_bytes() -> None:
    part = _explained('up{a="é"} + up').children[1]

    assert (part.text, part.start, part.end) == ("up", 13, 15)


def test_every_function_and_aggregation_has_a_sentence() -> None:
    for each in [*FUNCTIONS.values(), *AGGREGATIONS.values()]:
        assert each.sentence.endswith(".")
