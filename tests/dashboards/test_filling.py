"""A value stands where its variable stood and never becomes syntax."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.kit.search import Either, Term, parse_search
from vedette.signals.metrics.promql.parser import parse
from vedette.watch.dashboards.filling import Filler, Value, filler
from vedette.watch.dashboards.window import Window

WINDOW = Window(1_700_000_000, 1_700_003_600, 15)


def fill(*values, raw=None):
    return Filler({"v": Value(values, raw)})


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ('up{job="$v"}', ("a.b",), 'up{job="a.b"}'),
        ('up{job=~"$v"}', ("a.b",), 'up{job=~"a\\\\.b"}'),
        ('up{job=~"$v"}', ("a.b", "c"), 'up{job=~"(a\\\\.b|c)"}'),
        ('up{job=~"x-${v}-y"}', ("a", "b"), 'up{job=~"x-(a|b)-y"}'),
        ('up{job="$v"}', ('a"} or vector(1) #',), 'up{job="a\\"} or vector(1) #"}'),
        ("up{job='[[v]]'}", ("it's",), "up{job='it\\'s'}"),
        ("up{job=~`$v`}", ("a`b.",), "up{job=~`a.b\\.`}"),
        ("sum by ($v) (up)", ("job", "instance"), "sum by (job,instance) (up)"),
        ('up{job=~"${v:pipe}"}', ("a", "b"), 'up{job=~"a|b"}'),
        ('up{job="${v:csv}"}', ("a", "b"), 'up{job="a,b"}'),
        ("${v:raw}", ("rate(up[5m])",), "rate(up[5m])"),
        ('label_replace(up, "a", "$1", "b", "$v")', ("x",), 'label_replace(up, "a", "$1", "b", "x")'),
        ("$other$vx ${vy}", ("a",), "$other$vx ${vy}"),
    ],
)
def test_promql(text, values, filled):
    """Escaped for the string it stands in, and for the regular expression after =~."""
    assert fill(*values).promql(text) == filled


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("service:$v", ("shop",), "service:shop"),
        ("service:$v", ("my shop",), 'service:"my shop"'),
        ("service:$v error", ("a", "b c"), '(service:a OR service:"b c") error'),
        ("-service:$v", ("a", "b"), "-(service:a OR service:b)"),
        ('"from $v"', ('a"b',), '"from a\\"b"'),
        ("$v", ("OR",), '"OR"'),
    ],
)
def test_searches(text, values, filled):
    """Quoted where it needs to be; several values are alternatives."""
    assert fill(*values).search(text) == filled


def test_all_without_options_matches_everything():
    """`.*` in PromQL, `*` in a search."""
    every = fill(raw=".*")

    assert every.promql('up{job=~"$v"}') == 'up{job=~".*"}'
    assert every.search("service:$v") == "service:*"


def test_the_range_is_there_too():
    """As in Grafana."""
    text = filler({}, WINDOW, 60).promql("rate(up[$__rate_interval]) $__interval $__range $__range_s ${__from} $__to")

    assert text == "rate(up[4m]) 15s 3600s 3600 1700000000000 1700003600000"
    assert (
        filler({}, WINDOW, None).plain("${__from:date:iso} ${__to:date:seconds}")
        == "2023-11-14T22:13:20.000Z 1700003600"
    )


@given(st.lists(st.text(min_size=1).filter(lambda text: "\0" not in text), min_size=1, max_size=3))
def test_no_value_leaves_its_string(values):
    """Whatever is chosen, the query keeps one selector with one matcher."""
    values = [value.encode("utf-8", "ignore").decode() or "x" for value in values]
    for operator in ("=", "=~"):
        parsed = parse(fill(*values).promql(f'up{{job{operator}"$v"}}'))
        assert [each.name for each in parsed.matchers] == ["__name__", "job"]
    assert parse(fill(values[0]).promql('up{job="$v"}')).matchers[1].value == values[0]


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3))
def test_no_value_leaves_its_term(values):
    """A search for a field's values stays one."""
    node = parse_search(fill(*values).search("name:$v"))
    terms = node.nodes if isinstance(node, Either) else (node,)
    assert [(each.field, each.value, each.is_pattern) for each in terms if isinstance(each, Term)] == [
        ("name", value, False) for value in values
    ]
