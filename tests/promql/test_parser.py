"""Text to tree: what is read, and how operators bind."""

import pytest

from vedette.signals.metrics.promql.parser import parse, parse_selector
from vedette.signals.metrics.promql.tree import (
    Aggregate,
    Binary,
    Call,
    Kind,
    Matcher,
    Matching,
    MatrixSelector,
    Number,
    Paren,
    Span,
    String,
    Subquery,
    Unary,
    VectorSelector,
)


def _up(start: int = 0) -> VectorSelector:
    return VectorSelector("up", (Matcher("__name__", "=", "up"),), Span(start, start + 2))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("1.5E-3", 0.0015),
        ("0x1F", 31.0),
        ("0755", 493.0),
        ("08", 8.0),
        ("1_000_000", 1_000_000.0),
        ("inf", float("inf")),
        ("-Inf", float("-inf")),
        ("+3", 3.0),
        ("--3", 3.0),
        ("1h30m", 5400.0),
        ("1y2w3d4h5m6s7ms", 33019506.007),
        ("-5m", -300.0),
    ],
)
def test_reads_numbers_in_every_form(text: str, value: float) -> None:
    expr = parse(text)

    assert isinstance(expr, Number)
    assert expr.value == value


def test_remembers_that_a_number_was_written_as_a_duration() -> None:
    assert parse("1m") == Number(60.0, Span(0, 2), is_duration=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\n\"\\\t"', 'a\n"\\\t'),
        (r"'it\'s'", "it's"),
        (r"`a\n`", r"a\n"),
        ("`two\nlines`", "two\nlines"),
        (r'"\x41\101\u00e9\U0001F600"', "AAé😀"),
        (r'"\xc3\xa9"', "é"),
        (r'"\xff"', "\ufffd"),
        ('"é"', "é"),
    ],
)
def test_reads_strings_in_three_quotation_marks(text: str, value: str) -> None:
    assert parse(text) == String(value, Span(0, len(text.encode())))


def test_reads_a_selector_with_its_name_first() -> None:
    assert parse('up{job="api", env!="", code=~"5..", zone!~`a|b`,}') == VectorSelector(
        "up",
        (
            Matcher("__name__", "=", "up"),
            Matcher("job", "=", "api"),
            Matcher("env", "!=", ""),
            Matcher("code", "=~", "5.."),
            Matcher("zone", "!~", "a|b"),
        ),
        Span(0, 49),
    )


def test_reads_quoted_names_of_metrics_and_labels() -> None:
    expr = parse('{"http.requests", "service.name"="shop"}')

    assert isinstance(expr, VectorSelector)
    assert expr.matchers == (Matcher("__name__", "=", "http.requests"), Matcher("service.name", "=", "shop"))


@pytest.mark.parametrize("name", ["sum", "by", "without", "offset", "start", "or", "fill", "a:b", "STEP", "anchored"])
def test_keywords_can_name_metrics(name: str) -> None:
    expr = parse(f"{name} + 1")

    assert isinstance(expr, Binary)
    assert isinstance(expr.left, VectorSelector)
    assert expr.left.name == name


def test_keywords_can_name_labels() -> None:
    expr = parse('sum by (on, by, sum, bool, start, "a.b", a:b,) (up{by="1"})')

    assert isinstance(expr, Aggregate)
    assert expr.grouping == ("on", "by", "sum", "bool", "start", "a.b", "a:b")


@pytest.mark.parametrize(
    ("text", "range_ms"), [("up[5m]", 300_000), ("up[300]", 300_000), ("up[1h30m]", 5_400_000), ("up[ 0.5 ]", 500)]
)
def test_ranges_are_durations_or_seconds(text: str, range_ms: int) -> None:
    assert parse(text) == MatrixSelector(_up(), range_ms, Span(0, len(text)))


@pytest.mark.parametrize(
    ("text", "offset_ms", "at"),
    [
        ("up offset 5m", 300_000, None),
        ("up offset -300", -300_000, None),
        ("up @ 123.4", 0, 123_400),
        ("up @ -1", 0, -1000),
        ("up @ start()", 0, "start"),
        ("up @ end() offset 1m", 60_000, "end"),
        ("up offset 1m @ 0", 60_000, 0),
    ],
)
def test_reads_offset_and_at_in_either_order(text: str, offset_ms: int, at: object) -> None:
    expr = parse(text)

    assert isinstance(expr, VectorSelector)
    assert (expr.offset_ms, expr.at, expr.span) == (offset_ms, at, Span(0, len(text)))


def test_modifiers_of_a_range_belong_to_its_selector() -> None:
    expr = parse("up[5m] @ 10 offset 1m")

    assert isinstance(expr, MatrixSelector)
    assert (expr.vector.offset_ms, expr.vector.at, expr.span) == (60_000, 10_000, Span(0, 21))


def test_reads_subqueries_with_and_without_a_step() -> None:
    assert parse("up[1h:5m] offset 1d") == Subquery(_up(), 3_600_000, 300_000, Span(0, 19), 86_400_000)
    assert parse("up[1h:]") == Subquery(_up(), 3_600_000, None, Span(0, 7))


def test_power_binds_to_the_right_and_before_a_sign() -> None:
    expr = parse("-1 ^ 2 ^ 3")

    assert isinstance(expr, Unary)
    assert isinstance(expr.expr, Binary)
    assert isinstance(expr.expr.right, Binary)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("a or b and c", "a or (b and c)"),
        ("a and b unless c", "(a and b) unless c"),
        ("a > b + c", "a > (b + c)"),
        ("a == b > c", "(a == b) > c"),
        ("a * b atan2 c", "(a * b) atan2 c"),
        ("2 ^ -1 * 3", "(2 ^ -1) * 3"),
        ("-a * b", "(-a) * b"),
        ("a + b offset 5m", "a + (b offset 5m)"),
        ("a offset 2 ^ 2", "(a offset 2) ^ 2"),
        ("a </ b >/ c", "(a </ b) >/ c"),
    ],
)
def test_operators_bind_by_their_precedence(text: str, bound: str) -> None:
    assert _shape(parse(text)) == _shape(parse(bound))


def _shape(expr: object) -> object:
    while isinstance(expr, Paren):
        expr = expr.expr
    if isinstance(expr, Binary):
        return (expr.op, _shape(expr.left), _shape(expr.right))
    if isinstance(expr, Unary):
        return (expr.op, _shape(expr.expr))
    if isinstance(expr, VectorSelector):
        return (expr.name, expr.offset_ms)
    return expr.value if isinstance(expr, Number) else expr


def test_reads_how_vectors_match() -> None:
    expr = parse('a > bool on (x, "y.z") group_left (w) b')

    assert isinstance(expr, Binary)
    assert expr.returns_bool
    assert expr.matching == Matching("many-to-one", ("x", "y.z"), is_on=True, include=("w",))


@pytest.mark.parametrize(
    ("text", "matching"),
    [
        ("a + b", Matching()),
        ("a or b", Matching("many-to-many")),
        ("a + ignoring (x) group_right b", Matching("one-to-many", ("x",))),
        ("a + on () b", Matching(is_on=True)),
        ("a + 1", None),
        ("1 + on () a", None),
    ],
)
def test_only_vectors_have_a_matching(text: str, matching: Matching | None) -> None:
    expr = parse(text)

    assert isinstance(expr, Binary)
    assert expr.matching == matching


def test_an_operation_on_numbers_gives_a_number() -> None:
    scalars, vectors = parse("1 + 2 * 3"), parse("1 + up")

    assert isinstance(scalars, Binary)
    assert isinstance(vectors, Binary)
    assert (scalars.kind, vectors.kind) == (Kind.SCALAR, Kind.VECTOR)


@pytest.mark.parametrize("text", ["sum by (a) (up)", "sum(up) by (a)", "SUM BY(a)(up)", "sum by ('a') (up)"])
def test_the_labels_of_an_aggregation_stand_before_or_after(text: str) -> None:
    expr = parse(text)

    assert isinstance(expr, Aggregate)
    assert (expr.op, expr.grouping, expr.is_without, expr.parameter) == ("sum", ("a",), False, None)


def test_some_aggregations_take_a_parameter() -> None:
    expr = parse("topk without (a) (5, up)")

    assert isinstance(expr, Aggregate)
    assert (expr.parameter, expr.is_without, expr.expr) == (Number(5, Span(18, 19)), True, _up(21))


def test_reads_calls_with_optional_and_repeated_arguments() -> None:
    assert parse("hour()") == Call("hour", (), Span(0, 6))
    joined = parse('label_join(up, "a", ",", "b", "c")')
    assert isinstance(joined, Call)
    assert len(joined.arguments) == 5


def test_comments_and_line_ends_are_white_space() -> None:
    text = "sum( # of what\n up # is here\n) # } ) ]"

    assert isinstance(parse(text), Aggregate)


def test_places_are_bytes_of_the_text() -> None:
    expr = parse('{a="é"} + up')

    assert isinstance(expr, Binary)
    assert expr.right.span == Span(11, 13)


def test_a_selector_may_be_read_alone() -> None:
    assert parse_selector('up{a!="b"}') == (Matcher("__name__", "=", "up"), Matcher("a", "!=", "b"))
