"""Trees as text."""

import pytest

from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.printer import prettify, show


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sum(up)by(b,a)", "sum by (b, a) (up)"),
        ("sum by () (up)", "sum(up)"),
        ("sum without () (up)", "sum without () (up)"),
        ('SUM(up) by ("a.b")', 'sum by ("a.b") (up)'),
        ("topk(5,up)", "topk(5, up)"),
        ("a+on(x)group_left b", "a + on (x) group_left () b"),
        ("a + ignoring() group_right(y) b", "a + ignoring () group_right (y) b"),
        ("a and on() b", "a and on () b"),
        ("a or ignoring() b", "a or b"),
        ("a==bool 1", "a == bool 1"),
        ("1 + on() a", "1 + a"),
        ('up{z="1",a!="2"}', 'up{a!="2",z="1"}'),
        ('{__name__="up"}', '{__name__="up"}'),
        ('{"up"}', '{__name__="up"}'),
        ('up{"a.b"=`c"d`}', r'up{"a.b"="c\"d"}'),
        ("up[300]", "up[5m]"),
        ("up[90m:90]offset-1d@5", "up[1h30m:1m30s] @ 5.000 offset -1d"),
        ("up[5m]offset 1w@start()", "up[5m] @ start() offset 1w"),
        ("up[8d]", "up[8d]"),
        ("up[365d:]", "up[1y:]"),
        ("1e3", "1000"),
        ("1e-7", "0.0000001"),
        ("1.5e300", "15" + "0" * 299),
        ("0.1", "0.1"),
        ("-Inf", "-Inf"),
        ("inf", "+Inf"),
        ("nan", "NaN"),
        ("0x10", "16"),
        ("90m", "1h30m"),
        ("-5m", "-5m"),
        ("- (1)", "-(1)"),
        ("+up", "+up"),
        ("'a\\'\\x00é'", '"a\'\\x00é"'),
        ("hour()", "hour()"),
        (r'"\xff"', r'"\ufffd"'),
    ],
)
def test_shows_expressions_in_canonical_form(text: str, shown: str) -> None:
    assert show(parse(text)) == shown


def test_what_fits_on_a_line_stays_on_it() -> None:
    assert prettify(parse("sum( rate(up [5m]) )")) == "sum(rate(up[5m]))"


def test_what_is_too_long_is_split_at_its_parts() -> None:
    text = (
        'sum by (job) (rate(http_requests_total{job="api",code!="200"}[5m])) / on (job) group_left (team)'
        ' -(topk(5, http_requests_total{job="api",code="some-very-long-value-that-takes-all-the-room-there-is-on-it"}))'
    )

    assert (
        prettify(parse(text))
        == """\
  sum by (job) (rate(http_requests_total{code!="200",job="api"}[5m]))
/ on (job) group_left (team)
  -(
    topk(
      5,
      http_requests_total{code="some-very-long-value-that-takes-all-the-room-there-is-on-it",job="api"}
    )
  )"""
    )


def test_long_subqueries_keep_their_steps_behind_them() -> None:
    name = "a" * 95

    assert prettify(parse(f"max_over_time(rate({name}[5m])[1h:5m])")) == (
        f"max_over_time(\n  rate(\n    {name}[5m]\n  )[1h:5m]\n)"
    )
