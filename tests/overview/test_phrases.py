"""The phrases of shipped queries: plain PromQL comes out of each."""

import pytest

from vedette.signals.metrics.promql.parser import parse
from vedette.watch import phrases
from vedette.watch.phrases import spelled_out

ARGUMENTS = {
    "http_quantile": "(0.95, operation)",
    "http_requests": '("5..", increase, operation, code)',
    "http_buckets": "(job, operation)",
    "http_native": "(job)",
}


@pytest.mark.parametrize("name", phrases._PHRASES)
@pytest.mark.parametrize("rest", ["", '{job=~"a|b"}', '{job="a"}[5m]', "[1h] offset 1w", '{a="b", c!~"d.*"} offset 6h'])
def test_every_phrase_is_promql(name, rest):
    """With and without matchers, window and offset, and as a part of a query."""
    text = spelled_out(f"sum(@{name}{ARGUMENTS.get(name, '')}{rest}) / 2")

    parse(text)
    assert "@" not in text


def test_matchers_window_and_offset_reach_every_selector():
    """None of the names is asked of other services or of another time."""
    text = spelled_out('@load1{instance="a"} offset 6h or @sent{instance="a"}[2m] offset 1d')

    assert text.count('instance="a"') == text.count(" offset ") == 4
    assert text.count("[2m]") == 2


def test_other_words_are_left_alone():
    """A time by `@` is PromQL."""
    assert spelled_out("sum(rate(a[5m] @ end())) + b @ 1700000000") == "sum(rate(a[5m] @ end())) + b @ 1700000000"


def test_an_unknown_phrase_is_named():
    """A slip in a shipped dashboard does not start."""
    with pytest.raises(KeyError, match="no_such"):
        spelled_out("@no_such[5m]")
