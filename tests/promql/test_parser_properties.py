"""Whatever is written: it is read as another implementation reads it, printing loses nothing, noise never breaks it."""

import promql_parser
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from vedette.signals.metrics.promql.faults import ParseError
from vedette.signals.metrics.promql.functions import FUNCTIONS
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.printer import prettify, show
from vedette.signals.metrics.promql.tree import Kind

_NAMES = st.sampled_from(["up", "http_requests_total", "a:b", "x"])
_LABELS = st.sampled_from(["job", "instance", "le", "code"])
_LISTS = st.lists(_LABELS, max_size=3, unique=True).map(", ".join)
_LENGTHS = st.sampled_from(["5m", "1h30m", "1d", "30s", "500ms"])
_NUMBERS = st.sampled_from(["0", "1", "2.5", "1e3", "0x1f", "100000000", "0.001"])
_VALUES = st.sampled_from(['"a"', '"b c"', r'"q\"\\\\"', "'single'", '"é"'])
_MATCHERS = st.lists(st.tuples(_LABELS, st.sampled_from(["=", "!=", "=~", "!~"]), _VALUES).map("".join), max_size=3)
_WHEN = st.sampled_from(["", " offset 5m", " offset -1h", " @ 123.456", " @ start()", " @ end() offset 1d"])
_SELECTED = st.builds(lambda name, matchers: f"{name}{{{', '.join(matchers)}}}", _NAMES, _MATCHERS)
_PLAIN = st.builds("{}{}".format, st.one_of(_NAMES, _SELECTED), _WHEN)
_RANGES = st.builds("{}[{}]{}".format, st.one_of(_NAMES, _SELECTED), _LENGTHS, _WHEN)
_SCALARS = st.one_of(_NUMBERS, _NUMBERS.map("-{}".format), st.just("time()"), st.just("pi()"))
_OVER_RANGES = st.sampled_from(
    sorted(each.name for each in FUNCTIONS.values() if each.arguments == (Kind.MATRIX,) and not each.is_experimental)
)
_OVER_VECTORS = st.sampled_from(["abs", "ceil", "absent", "sort", "ln", "histogram_avg", "timestamp", "hour", "sgn"])
_ARITHMETIC = st.sampled_from(["+", "-", "*", "/", "%", "^", "atan2"])
_COMPARISONS = st.sampled_from(["==", "!=", ">", "<", ">=", "<=", "== bool", "> bool"])
_SETS = st.sampled_from(["and", "or", "unless"])
_SUMS = st.sampled_from(["sum", "avg", "min", "max", "count", "group", "stddev"])
_MATCHING = st.one_of(
    st.just(""),
    _LISTS.map(" on ({})".format),
    _LISTS.map(" ignoring ({})".format),
    st.builds(
        "{} (job) {} (team)".format,
        st.sampled_from([" on", " ignoring"]),
        st.sampled_from(["group_left", "group_right"]),
    ),
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    subqueries = st.builds("({})[{}:{}]{}".format, inner, _LENGTHS, st.sampled_from(["", "1m"]), _WHEN)
    return st.one_of(
        st.builds("{}({})".format, _OVER_RANGES, st.one_of(_RANGES, subqueries)),
        st.builds("{}({})".format, _OVER_VECTORS, inner),
        st.builds("round({}, {})".format, inner, _SCALARS),
        st.builds('label_replace({}, "a", "$1", "b", "(.*)")'.format, inner),
        st.builds("{} {} ({}) ({})".format, _SUMS, st.sampled_from(["by", "without"]), _LISTS, inner),
        st.builds("topk({}, {}) by ({})".format, _SCALARS, inner, _LISTS),
        st.builds("{} {}{} {}".format, inner, st.one_of(_ARITHMETIC, _COMPARISONS), _MATCHING, inner),
        st.builds("{} {} {}".format, inner, st.one_of(_ARITHMETIC, _COMPARISONS), _SCALARS),
        st.builds("{} {} ({})".format, inner, _SETS, inner),
        st.builds("-{}".format, inner),
        st.builds("({})".format, inner),
    )


_QUERIES = st.recursive(_PLAIN, _larger, max_leaves=8)


@given(_QUERIES)
@settings(max_examples=200)
def test_accepts_and_reads_what_another_implementation_does(text: str) -> None:
    """The other one's rendering of its tree reads as our tree."""
    ours, theirs = _ours(text), _theirs(text)

    assert (ours is None) == (theirs is None)
    if ours is not None and theirs is not None:
        assert _ours(theirs) == ours


@given(_QUERIES)
@settings(max_examples=200)
def test_printing_and_reading_again_changes_nothing(text: str) -> None:
    shown = _ours(text)
    assume(shown is not None)

    assert _ours(shown or "") == shown
    assert _ours(prettify(parse(text))) == shown


def _ours(text: str) -> str | None:
    try:
        return show(parse(text))
    except ParseError:
        return None


def _theirs(text: str) -> str | None:
    try:
        return promql_parser.parse(text).prettify()
    except ValueError:
        return None


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(list("([{}])\"'`@:,=~!+-^ a15mse.\n_")), max_size=40).map("".join))
)
@settings(max_examples=300)
def test_noise_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        shown = show(parse(text))
    except ParseError as fault:
        assert 0 <= fault.position <= len(text.encode(errors="surrogatepass"))
    else:
        assert show(parse(shown)) == shown


@given(_QUERIES, st.data())
@settings(max_examples=150)
def test_damaged_queries_never_break_the_parser(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    damaged = (
        text[:at]
        + data.draw(st.sampled_from(["", "(", ")", "{", "}", "[", "]", '"', "@", "by", "-", "\\"]))
        + text[at + 1 :]
    )

    try:
        parse(damaged)
    except ParseError as fault:
        assert ": parse error: " in str(fault)
