"""What Prometheus' text format and OpenMetrics say, line by line, and what is wrong with bodies that are neither."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, Summary
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from vedette.ingest.exposition.exposed import Exposed, ExpositionError
from vedette.ingest.exposition.text import ExpositionParser
from vedette.signals.metrics.labels import NAME, Labels, labels_of
from vedette.signals.metrics.points import Exemplar, Family


def _as_is(labels: Labels) -> Labels:
    return labels


def parse(body: str | bytes, *, is_openmetrics: bool = False) -> Exposed:
    body = body.encode() if isinstance(body, str) else body
    return ExpositionParser(_as_is).parse(body, is_openmetrics=is_openmetrics)


def read(line: str, *, is_openmetrics: bool = False, before: str = "") -> tuple[dict[str, str], float, int | None]:
    end = "\n# EOF\n" if is_openmetrics else "\n"
    found = parse(f"{before}{line}{end}", is_openmetrics=is_openmetrics)
    return dict(found.series[-1]), found.values[-1], found.times_ms[-1]


@pytest.mark.parametrize(
    ("line", "labels", "value", "time_ms"),
    [
        ("up 1", {}, 1.0, None),
        ("up\t1", {}, 1.0, None),
        ("  up   +Inf  ", {}, math.inf, None),
        ("up 1.5e3 1700000000123", {}, 1500.0, 1_700_000_000_123),
        ('up{a="b",} -0.25', {"a": "b"}, -0.25, None),
        ('up { a = "b" , c= "d" } 33  \t123123', {"a": "b", "c": "d"}, 33.0, 123123),
        ('up{ a = "2.0" b = "c" }1', {"a": "2.0", "b": "c"}, 1.0, None),
        ('up{a="\\"x\\" \\\\ \\n \\t"}1', {"a": '"x" \\ \n \\t'}, 1.0, None),
        ('up{a="",b="}{,="} 1', {"b": "}{,="}, 1.0, None),
        ('up{le="10"} 1', {"le": "10"}, 1.0, None),
        ('{"up",a="b"} 1', {"a": "b"}, 1.0, None),
        ('{ "up" , "ä ö.\\"x"="b" } 1', {'ä ö."x': "b"}, 1.0, None),
        ("{a=\"b\", 'up'} 1".replace("'", '"'), {"a": "b"}, 1.0, None),
        ('up{a="abc\0"} 1', {"a": "abc\0"}, 1.0, None),
    ],
)
def test_lines_of_text(line: str, labels: dict[str, str], value: float, time_ms: int | None):
    """Blanks, escapes, names in quotes, times in milliseconds."""
    assert read(line) == ({NAME: "up", **labels}, value, time_ms)


@pytest.mark.parametrize(
    ("line", "labels", "value", "time_ms"),
    [
        ("up 1", {}, 1.0, None),
        ('up{a="b"} 1 1700000000.1235', {"a": "b"}, 1.0, 1_700_000_000_123),
        ('up{a="b",} 1 -1.5', {"a": "b"}, 1.0, -1500),
        ('{"up","ä"="b"} 1', {"ä": "b"}, 1.0, None),
        ('up 1 # {trace_id="x"} 5', {}, 1.0, None),
        ('up 1 2 # {trace_id="x"} 5', {}, 1.0, 2000),
    ],
)
def test_lines_of_openmetrics(line: str, labels: dict[str, str], value: float, time_ms: int | None):
    """Times in seconds, and exemplars."""
    assert read(line, is_openmetrics=True) == ({NAME: "up", **labels}, value, time_ms)


@pytest.mark.parametrize(
    ("kind", "label", "written", "kept"),
    [
        ("histogram", "le", "1", "1.0"),
        ("histogram", "le", "+Inf", "+Inf"),
        ("histogram", "le", "1e+06", "1e+06"),
        ("histogram", "quantile", "1", "1"),
        ("summary", "quantile", "0", "0.0"),
        ("summary", "quantile", "often", "often"),
        ("gauge", "le", "1", "1"),
    ],
)
def test_bounds_are_written_one_way(kind: str, label: str, written: str, kept: str):
    """Targets that write `1` and targets that write `1.0` have the same buckets."""
    line = f'm_bucket{{{label}="{written}"}} 1'
    assert read(line, before=f"# TYPE m {kind}\n")[0][label] == kept


@pytest.mark.parametrize(
    "body",
    [
        "a", "a{b='c'} 1", "a{b=", 'a{b="c"', "a{b} 1", "{A}0", 'a{=""} 0', '{a="ok"} 1', 'x{"a"} 1', '{"a","b"} 1',
        '{"a", "b = "c"}', '{"a",b\\nc="d"} 1', 'a{b="1",b="2"} 1', 'a{__name__="b"} 1', 'a{""="b"} 1', "a true",
        "a 1_2", "a 0x1p-3", "a 1e999", "a 0 1_2", "a 0 -1", "a 0 1.5", "a 0 1 2", "a 1\r", "9 1", "\u00e4 1", "a\0 1",
        "a \u0661", "# TYPE a nonesuch", "# TYPE a info", "# TYPE #", "# HELP #", "# TYPE", 'a 1 # {b="c"} 1',
    ],
)  # fmt: skip
def test_damaged_text_is_refused(body: str):
    """The line and the reason are said, and how many samples were good before."""
    with pytest.raises(ExpositionError, match=r"^line 2: ") as caught:
        parse(f"good 1\n{body}\n")
    assert caught.value.lines == 1


@pytest.mark.parametrize(
    "body",
    [
        "", "a", " a 1", "a\t1", "a 1\t2", "a 1 2 ", "a 1 2 #", "a 1 1z", "a 1 1 1", "a  1", "9", "a{b='c'} 1",
        'a{,b="c"} 1', 'a{b="c"d="e"} 1', 'a{b="c",,d="e"} 1', 'a{b="c", d="e"} 1', "a{b=", '{b="c",} 1', "{A}0",
        '{"a","b = "c"}', "a true", "a 1_2", "a 0x1P-3", "a 0 1_2", "a 1 NaN", "a 1 -Inf", "# TYPE u untyped",
        "# TYPE c counter ", "#  TYPE c counter", "# TYPE ", "# TYPE m", "# TYPE c  counter", "#\tTYPE c counter",
        "# UNIT metric suffix", "# UNIT metricsuffix suffix", "# UNIT m suffix", "# HELP m", "# a comment", " # EOF",
        "a_total 1 # {aa=bb}", 'a_total 1 # {aa="bb"}', "a_total 1 # {bb}", 'a_total 1 # {bb, a="dd"}',
        'a_total 1 # {aa="bb",,cc="dd"} 1', 'a_total 1 # {aa="bb"} 1_2', 'a_total 1 # {aa="bb"} true',
        'a_total 1 # {aa="bb"} 4 NaN', 'a_total 1 # {"aa"} 4', 'a_total 1 # {aa="bb"} 1 2 3',
    ],
)  # fmt: skip
def test_damaged_openmetrics_is_refused(body: str):
    """It is read as strictly as it is specified."""
    with pytest.raises(ExpositionError, match=r"^line 2: "):
        parse(f"good 1\n{body}\n# EOF\n", is_openmetrics=True)


@pytest.mark.parametrize("body", ["a 1", "a 1\n", "# EOFa 1", "# EOF\na 1", "# EOF\n\n", "\n", "a 1\n# EOF \n"])
def test_openmetrics_ends_once(body: str):
    """A body that was cut off, or goes on after its end, is none."""
    with pytest.raises(ExpositionError, match="EOF"):
        parse(body, is_openmetrics=True)


def test_text_that_is_not_utf8_is_refused():
    """In labels and descriptions; comments nobody reads may hold anything."""
    assert parse(b"# \xff\nup 1\n").values == [1.0]
    for body in (b'a{b="\xff"} 1\n', b"# HELP a \xff\n"):
        with pytest.raises(ExpositionError, match="line 1: text that is not UTF-8"):
            parse(body)


def test_families_are_described():
    """Type, unit and help, in the words of the format; names may be in quotes."""
    text = '# HELP a b \\n \\\\ "c"\n#  TYPE a counter\n# HELP "d.e" f\n# TYPE g untyped\n# HELP h\n# hello\n'
    assert parse(text).families == {
        "a": Family("a", "counter", "", 'b \n \\ "c"', "a"),
        "d.e": Family("d.e", "unknown", "", "f", "d.e"),
        "g": Family("g", "unknown", "", "", "g"),
        "h": Family("h", "unknown", "", "", "h"),
    }
    openmetrics = '# TYPE a_seconds stateset\n# UNIT a_seconds seconds\n# HELP a_seconds \\"b\\"\n# EOF\n'
    expected = {"a_seconds": Family("a_seconds", "stateset", "seconds", '"b"', "a_seconds")}
    assert parse(openmetrics, is_openmetrics=True).families == expected


def test_exemplars_belong_to_their_series():
    """With their own time or, as 0, that of the sample."""
    body = 'a_total{b="c"} 17 9 # {trace_id="x\\""} 0.5 1.25\nd_total 1 # {} 2\n# EOF'
    found = parse(body, is_openmetrics=True)
    series = labels_of({NAME: "a_total", "b": "c"})
    assert found.exemplars == [
        Exemplar(series, (("trace_id", 'x"'),), 1250, 0.5),
        Exemplar(labels_of({NAME: "d_total"}), (), 0, 2.0),
    ]


def test_known_series_are_the_same_objects():
    """A second body with the same series, in other words too, brings what the first brought: the very same labels."""
    asked = []

    def finish(labels: Labels) -> Labels | None:
        asked.append(labels)
        return None if dict(labels)[NAME] == "noise" else labels_of({**dict(labels), "job": "shop"})

    parser = ExpositionParser(finish)
    first = parser.parse(b'a{b="c"} 1\nnoise 2\nd 3 1000\n', is_openmetrics=False)
    second = parser.parse(b'a{b="c"} 4\nnoise 5\nd 6 2000\na{b="c",} 7\n', is_openmetrics=False)
    assert (first.values, first.times_ms, first.lines) == ([1.0, 3.0], [None, 1000], 3)
    assert (second.values, second.times_ms, second.lines) == ([4.0, 6.0, 7.0], [None, 2000, None], 4)
    assert second.series[0] is first.series[0]
    assert second.series[1] is first.series[1]
    assert second.series[2] is first.series[0]
    assert len(asked) == 4  # once for each way to write a series


def test_series_that_are_gone_are_forgotten():
    """A target that never exposes the same series twice does not fill the memory."""
    parser = ExpositionParser(_as_is)
    for scrape in range(20):
        body = "".join(f'a{{b="{scrape}-{number}"}} 1\n' for number in range(2000))
        parser.parse(body.encode(), is_openmetrics=False)
        with pytest.raises(ExpositionError):
            parser.parse(body.replace("-", "=").encode() + b"damaged", is_openmetrics=False)
    assert len(parser._known) <= 6000
    assert len(parser._one_of) <= 6000


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_LABEL_NAME = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,8}", fullmatch=True).filter(lambda name: name != NAME)
_LABELS = st.dictionaries(st.one_of(_LABEL_NAME, _TEXT.filter(lambda text: text not in {"", NAME})), _TEXT, max_size=4)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


@given(
    _TEXT.filter(bool),
    _LABELS,
    st.floats(),
    st.none() | st.integers(0, 10**12),
    st.booleans(),
)
def test_whatever_is_written_is_read_back(
    name: str, labels: dict[str, str], value: float, time_ms: int | None, is_openmetrics: bool
):
    """Any labels, value and time, in both formats, when they are first met and when they are known."""
    inner = ",".join([f'"{_escaped(name)}"', *(f'"{_escaped(n)}"="{_escaped(v)}"' for n, v in labels.items())])
    written = "" if time_ms is None else f" {time_ms}"
    line = f"{{{inner}}} {value!r}{written}\n"
    body = (line + ("# EOF\n" if is_openmetrics else "")).encode()
    parser = ExpositionParser(_as_is)
    for _ in range(2):
        found = parser.parse(body, is_openmetrics=is_openmetrics)
        assert found.series == [labels_of({**labels, NAME: name})]
        assert found.values[0] == value or (math.isnan(value) and math.isnan(found.values[0]))
        assert found.times_ms == [time_ms if time_ms is None or not is_openmetrics else time_ms * 1000]


@given(
    st.binary(max_size=300) | st.text(st.sampled_from('ab_:{}=",\\ \t\n#1.eE+-'), max_size=80).map(str.encode),
    st.booleans(),
)
def test_any_bytes_are_read_or_refused(body: bytes, is_openmetrics: bool):
    """Nothing but ExpositionError, the second time neither."""
    parser = ExpositionParser(_as_is)
    for _ in range(2):
        try:
            found = parser.parse(body, is_openmetrics=is_openmetrics)
        except ExpositionError:
            continue
        assert len(found.series) == len(found.values) == len(found.times_ms) == found.lines


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    Counter("jobs", "Jobs.", ["kind"], registry=registry).labels('a"\n\\').inc(2, exemplar={"trace_id": "abc"})
    Gauge("temperature_celsius", "Warm.", registry=registry, unit="celsius").set(-1.5)
    Histogram("took_seconds", "Time.", buckets=(0.1, 1, 10), registry=registry).observe(0.5, exemplar={"trace_id": "d"})
    Summary("size", "Size.", registry=registry).observe(3)
    Info("build", "Build.", registry=registry).info({"version": "1"})
    return registry


@pytest.mark.parametrize(("write", "is_openmetrics"), [(generate_latest, False), (generate_openmetrics, True)])
def test_what_the_python_client_writes(write: Any, is_openmetrics: bool):
    """The samples of a registry, in both formats."""
    found = parse(write(_registry()), is_openmetrics=is_openmetrics)
    values = dict(zip(found.series, found.values, strict=True))
    expected: dict[tuple[str, ...], float] = {
        ("jobs_total", "kind", 'a"\n\\'): 2.0,
        ("temperature_celsius",): -1.5,
        ("took_seconds_bucket", "le", "0.1"): 0.0,
        ("took_seconds_bucket", "le", "1.0"): 1.0,
        ("took_seconds_count",): 1.0,
        ("size_sum",): 3.0,
        ("build_info", "version", "1"): 1.0,
    }
    for (name, *pair), value in expected.items():
        assert values[labels_of([(NAME, name), *([(pair[0], pair[1])] if pair else [])])] == value
    assert [dict(each.labels)["trace_id"] for each in found.exemplars] == (["abc", "d"] if is_openmetrics else [])
    assert found.families["took_seconds"].type == "histogram"
