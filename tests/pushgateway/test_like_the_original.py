"""The same requests to Vedette and to Prometheus' own Pushgateway: the same answers, the same metrics."""

import base64
import gzip
import math
import re

import httpx
import pytest

from pushgateway.conftest import PROTOBUF, Gateway
from pushgateway.messages import delimited, family
from vedette.ingest.exposition.text import ExpositionParser

_OWN = re.compile(r"go_|process_|promhttp_|pushgateway_|push_")

HISTOGRAM = """\
# HELP took_seconds How long it took,\\nin seconds.
# TYPE took_seconds histogram
took_seconds_bucket{le="0.5"} 1
took_seconds_bucket{le="1"} 2
took_seconds_bucket{le="+Inf"} 3
took_seconds_sum 4.5
took_seconds_count 3
"""
SUMMARY = """\
# TYPE size_bytes summary
size_bytes{quantile="0.5"} 10
size_bytes{quantile="0.99"} NaN
size_bytes_sum 100
size_bytes_count 7
"""
Request = tuple[str, str, str | bytes, dict[str, str]]


def put(path: str, body: str | bytes = "", **headers: str) -> Request:
    return "PUT", path, body, headers


def post(path: str, body: str | bytes = "", **headers: str) -> Request:
    return "POST", path, body, headers


def delete(path: str) -> Request:
    return "DELETE", path, b"", {}


SEQUENCES: dict[str, list[Request]] = {
    "one sample": [post("job/a", "m 3.14\n")],
    "kinds": [put("job/a", HISTOGRAM + SUMMARY + "# TYPE c counter\nc 1\n# TYPE g gauge\ng -Inf\nu 1e300\n")],
    "put replaces": [put("job/a", "m 1\nn 2\n"), put("job/a", "n 3\n")],
    "post adds": [put("job/a", "m 1\nn 2\n"), post("job/a", "n 3\no 4\n")],
    "post replaces histograms whole": [
        post("job/a", HISTOGRAM),
        post("job/a", '# TYPE took_seconds histogram\ntook_seconds_bucket{x="1",le="+Inf"} 1\n'
                      'took_seconds_sum{x="1"} 1\ntook_seconds_count{x="1"} 1\n'),
    ],
    "a summary without sum and count": [put("job/a", '# TYPE s summary\ns{quantile="0.5"} 1\n')],
    "delete": [put("job/a", "m 1\n"), put("job/a/b/c", "m 1\n"), delete("job/a"), delete("job/none")],
    "put of nothing": [put("job/a", "m 1\n"), put("job/a")],
    "post of nothing": [put("job/a", "m 1\n"), post("job/a")],
    "groups of the same metric": [put("job/a", "m 1\n"), put("job/a/instance/x", "m 2\n"), put("job/b", "m 3\n")],
    "labels overridden": [put("job/a/instance/x/z/1", 'm{job="b",instance="y",w="v"} 1\n')],
    "times": [put("job/a", "m 1\n"), put("job/a", "m 2 1700000000000\n"), put("job/b", "n 2 1700000000000\n")],
    "other type": [put("job/a", "# TYPE m counter\nm 1\n"), put("job/b", "# TYPE m gauge\nm 1\n")],
    "other type in the same group": [put("job/a", "# TYPE m counter\nm 1\n"), put("job/a", "# TYPE m gauge\nm 2\n")],
    "other type added to the same group": [post("job/a", "# TYPE m counter\nm 1\n"), post("job/a", "m 2\n")],
    "the same series twice": [put("job/a", "m 1\nm 2\n")],
    "the same series after grouping": [put("job/a/i/1", 'm{i="2"} 1\nm{i="3"} 2\n')],
    "the same series in two groups": [put("job/a/i/1", "m 1\n"), put("job/a", 'm{i="1"} 1\n'), put("job/a", "m 1\n")],
    "suffix taken": [put("job/a", HISTOGRAM), put("job/b", "took_seconds_count 1\n"), put("job/c", "took_seconds 1\n")],
    "suffix taken before": [put("job/b", "took_seconds_count 1\n"), put("job/a", HISTOGRAM)],
    "own names": [put("job/a", "push_time_seconds 5\nm 1\n")],
    "reserved label": [put("job/a", 'm{__x="1"} 1\n')],
    "odd": [put("job/a/b", "m 1\n")],
    "no job": [put("job@base64/=", "m 1\n")],
    "bad names": [put("job/a/0/b", "m 1\n"), put("job/a/a-b/b", "m 1\n"), put("job/a/__b/c", "m 1\n")],
    "job twice": [put("job/a/job/b", "m 1\n")],
    "label twice": [put("job/a/b/1/b/2", "m 1\n")],
    "base64": [put("job@base64/YS9i/x@base64/L3Zhci90bXA=/y@base64/=", "m 1\n"), put("job/a/x@base64/a+b", "m 1\n")],
    "percent": [put("job/a%20b/x/%C3%A4", "m 1\n"), put("job/a%2Fb", "n 1\n"), put("job/a%2Fb/c", "o 1\n")],
    "trailing slash": [put("job/a/", "m 1\n"), delete("job/a/")],
    "no line feed": [put("job/a", "m 1")],
    "carriage returns": [put("job/a", "m 1\r\n")],
    "no value": [put("job/a", "m\n"), put("job/a", "m{\n"), put("job/a", 'm{a="b} 1\n')],
    "blanks": [put("job/a", '\n  m  1\n\t# a comment\n# TYPE  n \t gauge\nn\t{ a = "b" , } 2\n')],
    "type twice": [put("job/a", "# TYPE m counter\n# TYPE m counter\nm 1\n")],
    "type too late": [put("job/a", "m 1\n# TYPE m counter\n")],
    "type unknown": [put("job/a", "# TYPE m nonesuch\nm 1\n")],
    "help twice": [put("job/a", "# HELP m x\n# HELP m x\nm 1\n")],
    "help only": [put("job/a", "# HELP m x\n")],
    "comments": [put("job/a", "# just this\n#HELP m x\n#\nm 1\n")],
    "escapes": [put("job/a", 'm{a="\\\\ \\" \\n"} 1\n')],
    "numbers": [put("job/a", "a 1e3\nb +Inf\nc -1.5e-3\nd NaN\ne .5\nf 5.\ng Infinity\n")],
    "no numbers": [put("job/a", f"a {each}\n") for each in ("1_000", "0x10p1", "1e400", "one", "1 2 3")],
    "names that begin with digits": [put("job/a", "1a 1\n"), put("job/a", "a.5 1\n"), put("job/a", "a-b 1\n")],
    "labels of odd names": [put("job/a", 'm{a.b="1"} 1\n'), put("job/a", 'm{a="1",a="2"} 1\n')],
    "gzip": [put("job/a", gzip.compress(b"m 1\n"), Content_Encoding="gzip")],
    "not gzip": [put("job/a", b"m 1\n", Content_Encoding="gzip")],
    "protobuf": [
        put("job/a", delimited(
            family("c", 0, [({"x": "1"}, {"counter": {"value": 2}})], help="Counts."),
            family("g", 1, [({}, {"gauge": {"value": math.inf}})]),
            family("s", 2, [({}, {"summary": {"sample_count": 3, "sample_sum": 4.5,
                                              "quantile": [{"quantile": 0.5, "value": 1}]}})]),
            family("u", 3, [({}, {"untyped": {"value": 7}})]),
            family("h", 4, [({}, {"histogram": {"sample_count": 3, "sample_sum": 4.5, "bucket": [
                {"cumulative_count": 1, "upper_bound": 0.5}, {"cumulative_count": 2, "upper_bound": 1}]}})]),
        ), Content_Type=PROTOBUF),
    ],
    "protobuf with a time": [
        put("job/a", delimited(family("g", 1, [({}, {"gauge": {"value": 1}, "timestamp_ms": 5})])),
            Content_Type=PROTOBUF),
    ],
    "protobuf of another type": [
        put("job/a", delimited(family("g", 1, [({}, {"counter": {"value": 1}})])), Content_Type=PROTOBUF)
    ],
    "protobuf cut": [
        put("job/a", delimited(family("g", 1, [({}, {"gauge": {"value": 1}})]))[:-2], Content_Type=PROTOBUF)
    ],
    "protobuf that is text": [put("job/a", b"m 1\n", Content_Type=PROTOBUF)],
    "text that is called something": [put("job/a", b"m 1\n", Content_Type="application/json")],
}  # fmt: skip


@pytest.fixture
def emptied(original: str) -> str:
    """The original without any group."""
    for group in httpx.get(f"{original}/api/v1/metrics", timeout=60).json()["data"]:
        pairs = "".join(f"/{name}@base64/{_base64(value)}" for name, value in group["labels"].items() if name != "job")
        answer = httpx.delete(f"{original}/metrics/job@base64/{_base64(group['labels']['job'])}{pairs}", timeout=60)
        assert answer.status_code == 202
    return original


def _base64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode() or "="


@pytest.mark.parametrize("name", SEQUENCES)
def test_answers_and_metrics_are_those_of_the_original(gateway: Gateway, emptied: str, name: str):
    """Status codes of every step agree, then the series with their values, then who failed and who did not."""
    ours, theirs = [], []
    for method, path, body, headers in SEQUENCES[name]:
        ours.append(gateway.send(method, path, body, **headers).status_code)
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        theirs.append(
            httpx.request(method, f"{emptied}/metrics/{path}", content=body, headers=sent, timeout=60).status_code
        )
    assert ours == theirs
    exposed = ExpositionParser(lambda labels: labels).parse(
        httpx.get(f"{emptied}/metrics", timeout=60).content, is_openmetrics=False
    )
    expected = {
        tuple((key, value) for key, value in labels if value): number
        for labels, number in zip(exposed.series, exposed.values, strict=True)
    }
    metrics = {labels: number for labels, number in expected.items() if not _OWN.match(dict(labels)["__name__"])}
    assert {labels: repr(float(value)) for labels, value in gateway.values().items()} == {
        labels: repr(value) for labels, value in metrics.items()
    }
    times = {labels: bool(value) for labels, value in expected.items() if dict(labels)["__name__"].startswith("push_")}
    found = gateway.query('{__name__=~"push_.*"}')
    assert {tuple(sorted(each["metric"].items())): float(each["value"][1]) > 0 for each in found} == times
