"""Pushing, keeping, writing again, and ending: what becomes of pushed metrics."""

import base64
import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import cramjam
import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, Summary
from prometheus_client.exposition import (
    basic_auth_handler,
    default_handler,
    delete_from_gateway,
    instance_ip_grouping_key,
    push_to_gateway,
    pushadd_to_gateway,
)

from pushgateway.conftest import PROTOBUF, ROUND_S, Gateway
from pushgateway.messages import delimited, family
from support import eventually
from vedette.guard.access import Role


def _with_basic(gateway: Gateway) -> Any:
    def handler(url: str, method: str, timeout: float, headers: Any, data: bytes) -> Any:
        return basic_auth_handler(url, method, timeout, headers, data, "any", gateway.key)

    return handler


def _with_bearer(gateway: Gateway) -> Any:
    def handler(url: str, method: str, timeout: float, headers: Any, data: bytes) -> Any:
        return default_handler(url, method, timeout, [*headers, ("Authorization", f"Bearer {gateway.key}")], data)

    return handler


def _registry(**gauges: float) -> CollectorRegistry:
    registry = CollectorRegistry()
    for name, value in gauges.items():
        Gauge(name, f"About {name}.", registry=registry).set(value)
    return registry


@pytest.mark.parametrize("handler", [_with_basic, _with_bearer])
def test_the_python_client_pushes_adds_and_deletes(gateway: Gateway, handler: Any):
    """push_to_gateway replaces, pushadd_to_gateway adds, delete_from_gateway ends; key by Basic or Bearer."""
    where: dict[str, Any] = {
        "job": "night/ly",
        "grouping_key": {"team": "a b", "none": ""},
        "handler": handler(gateway),
    }
    push_to_gateway(gateway.url, registry=_registry(first=1, second=2), **where)
    pushadd_to_gateway(gateway.url, registry=_registry(second=3, third=4), **where)
    labels = (("job", "night/ly"), ("team", "a b"))
    assert gateway.values() == {
        (("__name__", name), *labels): value for name, value in (("first", "1"), ("second", "3"), ("third", "4"))
    }
    push_to_gateway(gateway.url, registry=_registry(third=5), **where)
    assert gateway.values() == {(("__name__", "third"), *labels): "5"}
    assert gateway.groups()[0]["labels"] == {"job": "night/ly", "team": "a b", "none": ""}
    delete_from_gateway(gateway.url, **where)
    assert gateway.values() == {}
    assert gateway.groups() == []


def test_every_kind_of_metric_of_the_python_client_arrives(gateway: Gateway):
    """Counters, histograms, summaries and infos, with their types, under the client's own instance."""
    registry = CollectorRegistry()
    Counter("runs", "Runs.", registry=registry).inc(3)
    Histogram("took_seconds", "Time.", registry=registry, buckets=(1, 5)).observe(2)
    Summary("size_bytes", "Size.", registry=registry).observe(10)
    Info("build", "Build.", registry=registry).info({"version": "1.2"})
    key = instance_ip_grouping_key()
    push_to_gateway(gateway.url, job="batch", registry=registry, grouping_key=key, handler=_with_basic(gateway))
    instance = key["instance"]
    assert gateway.value(f'runs_total{{job="batch",instance="{instance}"}}') == "3"
    assert gateway.value('took_seconds_bucket{le="5.0"}') == "1"
    assert gateway.value('took_seconds_bucket{le="+Inf"}') == "1"
    assert gateway.value("size_bytes_sum") == "10"
    assert gateway.value("build_info{version='1.2'}") == "1"
    answer = httpx.get(
        f"{gateway.url}/api/v1/query", params={"query": "vector(1)"}, headers=gateway.headers, timeout=60
    )
    assert answer.status_code == 200


def test_values_are_written_again_until_deleted(gateway: Gateway):
    """A group stands: every round gives each series a sample, and deleting it ends the series at once."""
    gateway.send("PUT", "job/batch", "m 7\n")
    eventually(lambda: float(gateway.value("count_over_time(m[1m])") or 0) >= 3)
    assert gateway.send("DELETE", "job/batch").status_code == 202
    assert gateway.query("m") == []
    assert gateway.query("push_time_seconds") == []
    written = gateway.value("count_over_time(m[1m])")
    time.sleep(2 * ROUND_S)
    assert gateway.value("count_over_time(m[1m])") == written


def test_groups_survive_a_restart(gateway: Gateway):
    """Values, types, NaN, infinities and both times come back from the records."""
    gateway.send(
        "PUT", "job/batch/a/b", '# TYPE h histogram\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\nn NaN\ni -Inf\n'
    )
    gateway.send("PUT", "job/batch/a/b", "m 1 123\n")
    before, groups = gateway.values(), gateway.groups()
    gateway.server.restart_pushes()
    assert gateway.groups() == groups
    seen = gateway.value("count_over_time(h_sum[1m])")
    eventually(lambda: gateway.value("count_over_time(h_sum[1m])") != seen)
    assert gateway.values() == before
    assert gateway.send("PUT", "job/other", "# TYPE h counter\nh 1\n").status_code == 400


def test_series_that_a_push_leaves_out_end_at_once(gateway: Gateway):
    """PUT ends what it does not bring, POST only the series of the same names."""
    gateway.send("PUT", "job/batch", 'm{a="1"} 1\nm{a="2"} 2\nn 3\n')
    gateway.send("POST", "job/batch", 'm{a="2"} 4\n')
    name = (("__name__", "m"), ("a", "2"), ("job", "batch"))
    assert gateway.values() == {name: "4", (("__name__", "n"), ("job", "batch")): "3"}
    gateway.send("PUT", "job/batch", "n 5\n")
    assert gateway.values() == {(("__name__", "n"), ("job", "batch")): "5"}


def test_labels_of_the_address_are_stronger_than_those_of_the_body(gateway: Gateway):
    gateway.send("PUT", "job/batch/instance/x", 'm{job="mine",instance="y",b="1"} 1\n')
    assert list(gateway.values()) == [(("__name__", "m"), ("b", "1"), ("instance", "x"), ("job", "batch"))]


def test_an_empty_push_only_moves_the_time(gateway: Gateway):
    """POST without a body keeps the metrics, PUT without one lets them go."""
    gateway.send("PUT", "job/batch", "m 1\n")
    before = float(gateway.value("push_time_seconds") or 0)
    assert time.time() - 5 < before <= time.time()
    assert gateway.send("POST", "job/batch").status_code == 200
    assert float(gateway.value("push_time_seconds") or 0) > before
    assert gateway.value("m") == "1"
    assert gateway.send("PUT", "job/batch").status_code == 200
    assert gateway.query("m") == []
    assert gateway.value("push_failure_time_seconds") == "0"


@pytest.mark.parametrize(
    ("body", "why", "reason"),
    [
        ("m 1 1700000000000\n", "pushed metrics must not have timestamps", "timestamps"),
        ("m 1\nm 2\n", "was collected before with the same name and label values", "inconsistent"),
        ('m{job="a"} 1\nm{job="b"} 2\n', "was collected before", "inconsistent"),
        ("# TYPE known gauge\nknown 1\n", "known has type gauge but counter", "inconsistent"),
        (
            "known_sum 1\n# TYPE known_sum_x summary\n# TYPE hist_count gauge\nhist_count 1\n",
            "collides",
            "inconsistent",
        ),
        ('m{__meta="1"} 1\n', "two underscores", "invalid_label"),
        ("m{" + ",".join(f'l{each}="1"' for each in range(70)) + "} 1\n", "labels are more than 64", "too_many_labels"),
    ],
)
def test_what_does_not_fit_is_refused_and_noted(gateway: Gateway, body: str, why: str, reason: str):
    """The answer is 400 and says why, nothing of the push counts, and the group bears the time of the failure."""
    gateway.send("PUT", "job/first", '# TYPE known counter\nknown 1\n# TYPE hist histogram\nhist_bucket{le="+Inf"} 1\n')
    gateway.send("PUT", "job/batch", "good 1\n")
    answer = gateway.send("POST", "job/batch", body)
    assert answer.status_code == 400
    assert why in answer.text
    assert answer.text.startswith("pushed metrics are invalid or inconsistent with existing metrics: ")
    assert gateway.values('{job="batch"}') == {(("__name__", "good"), ("job", "batch")): "1"}
    assert time.time() - 5 < float(gateway.value('push_failure_time_seconds{job="batch"}') or 0) <= time.time()
    assert set(gateway.refusals()) == {reason}


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        ("job/a/b", "m 1\n", "odd number of components in label string"),
        ("job/a/0b/c", "m 1\n", "improper label name '0b'"),
        ("job/a/__b/c", "m 1\n", "improper label name '__b'"),
        ("job@base64/=", "m 1\n", "job name is required"),
        ("job@base64/!", "m 1\n", "invalid base64 encoding in job name"),
        ("job/a/b@base64/!", "m 1\n", "invalid base64 encoding in label b"),
        ("job/a", "m 1", "unexpected end of input stream"),
        ("job/a", "m 1\r\n", "carriage return"),
        ("job/a", "m\n", "line 1"),
        ("job/a", "m 1\n# TYPE m counter\n", "TYPE after samples"),
        ("job/a", "# TYPE m sometype\n", "unknown metric type"),
        ("job/a", "# HELP m x\n# HELP m y\n", "second HELP line"),
    ],
)
def test_what_is_malformed_makes_no_group(gateway: Gateway, path: str, body: str, why: str):
    """Such a push reaches no group: 400, a text, an entry in the books, nothing else."""
    answer = gateway.send("PUT", path, body)
    assert (answer.status_code, gateway.groups()) == (400, [])
    assert why in answer.text
    assert gateway.refusals() == {"invalid": 1}


def test_addresses_may_be_written_in_base64(gateway: Gateway):
    """The URL-safe alphabet with or without padding; a lone `=` is an empty value."""
    job = base64.urlsafe_b64encode(b"a/b?").decode()
    for path in (f"job@base64/{job}/x@base64/=/y/z", f"job@base64/{job.rstrip('=')}/x@base64/==/y/z"):
        assert gateway.send("PUT", path, "m 1\n").status_code == 200
    assert [each["labels"] for each in gateway.groups()] == [{"job": "a/b?", "x": "", "y": "z"}]
    assert gateway.send("PUT", f"job/titan/name/{quote('Προμηθεύς')}", "n 1\n").status_code == 200
    assert gateway.groups()[1]["labels"]["name"] == "Προμηθεύς"


def test_bodies_may_be_compressed(gateway: Gateway):
    """gzip, and snappy in its framing format as well as in blocks."""
    sent = {
        "gzip": gzip.compress(b"m 1\n"),
        "snappy": bytes(cramjam.snappy.compress(b"m 2\n")),
        "Snappy": bytes(cramjam.snappy.compress_raw(b"m 3\n")),
    }
    for expected, (encoding, body) in enumerate(sent.items(), 1):
        assert gateway.send("PUT", "job/a", body, Content_Encoding=encoding).status_code == 200
        assert gateway.value("m") == str(expected)
    assert gateway.send("PUT", "job/a", b"nothing of it", Content_Encoding="gzip").status_code == 400


def test_keys_and_roles_are_asked_for(gateway: Gateway):
    """No key: 401. Viewers read, members delete."""
    assert gateway.send("PUT", "job/a", "m 1\n", X_Vedette_Key="vdk_unknown").status_code == 401
    answer = httpx.put(f"{gateway.url}/metrics/job/a?key={gateway.key}", content="m 1\n", timeout=60)
    assert answer.status_code == 200
    (group,) = gateway.groups()
    assert (group["job"], group["families"], group["series"], group["last_failure"]) == ("a", 1, 1, None)
    address = f"{gateway.url}/api/pushes/{group['id']}"
    for role, status in ((Role.VIEWER, 403), (Role.MEMBER, 204), (Role.MEMBER, 404)):
        headers = {"Authorization": f"Bearer {gateway.tokens[role]}", "X-Vedette-Project": gateway.project}
        assert httpx.delete(address, headers=headers, timeout=60).status_code == status
    assert gateway.query("m") == []


def test_projects_do_not_see_each_other(gateway: Gateway, push_server: Any):
    """The same group in two projects is two groups."""
    access = push_server.access
    other = access.projects.ensure(f"{gateway.project}-other")
    access.keys.ensure(other.id, "test", f"vdk_{other.name}")
    assert gateway.send("PUT", "job/a", "# TYPE m gauge\nm 1\n").status_code == 200
    answer = gateway.send("PUT", "job/a", "# TYPE m counter\nm 2\n", X_Vedette_Key=f"vdk_{other.name}")
    assert answer.status_code == 200
    assert gateway.value("m") == "1"


def test_a_group_has_a_largest_size(gateway: Gateway):
    """Above a megabyte the answer is 413, and the group as it was stays."""
    gateway.send("PUT", "job/a", "m 1\n")
    body = "".join(f'm{{a="{each:050}"}} 1\n' for each in range(20_000))
    answer = gateway.send("PUT", "job/a", body)
    assert answer.status_code == 413
    assert "at most 1000000" in answer.text
    assert gateway.value("m") == "1"
    assert gateway.groups()[0]["last_failure"] is not None


def test_the_list_of_groups_is_paged(gateway: Gateway):
    for each in range(3):
        gateway.send("PUT", f"job/j{each}", "m 1\n")
    first = httpx.get(f"{gateway.url}/api/pushes", params={"limit": 2}, headers=gateway.headers, timeout=60).json()
    second = httpx.get(
        f"{gateway.url}/api/pushes", params={"limit": 2, "cursor": first["next"]}, headers=gateway.headers, timeout=60
    ).json()
    assert [each["job"] for each in first["items"] + second["items"]] == ["j0", "j1", "j2"]
    assert second["next"] is None


def test_many_may_push_at_once(gateway: Gateway):
    """Fifty jobs at the same time are all taken, each once."""
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda each: gateway.send("POST", f"job/j{each % 25}", f"m{each} 1\n"), range(50)))
    assert {each.status_code for each in found} == {200}
    assert len(gateway.groups()) == 25
    assert len(gateway.values()) == 50


def test_groups_that_differ_in_empty_labels_only_are_refused(gateway: Gateway):
    """Their series would be the same ones: an empty label is none."""
    gateway.send("PUT", "job/a", "m 1\n")
    answer = gateway.send("PUT", "job/a/instance@base64/=", "n 1\n")
    assert answer.status_code == 400
    assert 'the group {job="a"} differs in empty labels only' in answer.text
    assert len(gateway.groups()) == 1


def test_native_histograms_are_kept_and_end(gateway: Gateway):
    """A protobuf body may have them; they survive a restart and end as floats do."""
    native = {"sample_count": 3, "sample_sum": 4.5, "schema": 0, "zero_threshold": 0.001,
              "positive_span": [{"offset": 0, "length": 2}], "positive_delta": [1, 1]}  # fmt: skip
    body = delimited(family("took", 4, [({"a": "1"}, {"histogram": native})], unit="seconds"))
    assert gateway.send("PUT", "job/a", body, Content_Type=PROTOBUF).status_code == 200
    gateway.server.restart_pushes()
    (found,) = gateway.query("took")
    assert found["metric"] == {"__name__": "took", "a": "1", "job": "a"}
    assert (found["histogram"][1]["count"], found["histogram"][1]["sum"]) == ("3", "4.5")
    assert gateway.value("histogram_count(took)") == "3"
    assert gateway.send("PUT", "job/a", "m 1\n").status_code == 200
    assert gateway.query("took") == []


def test_exemplars_of_a_protobuf_body_are_kept(gateway: Gateway):
    """They are written once, with the push."""
    exemplar = {
        "label": [{"name": "trace_id", "value": "abc"}],
        "value": 1.5,
        "timestamp": {"seconds": int(time.time())},
    }
    body = delimited(family("runs_total", 0, [({}, {"counter": {"value": 2, "exemplar": exemplar}})]))
    assert gateway.send("PUT", "job/a", body, Content_Type=PROTOBUF).status_code == 200
    answer = httpx.get(
        f"{gateway.url}/api/v1/query_exemplars",
        params={"query": "runs_total", "start": time.time() - 60, "end": time.time() + 60},
        headers=gateway.headers,
        timeout=60,
    )
    (series,) = answer.json()["data"]
    assert series["seriesLabels"]["job"] == "a"
    assert [each["labels"] for each in series["exemplars"]] == [{"trace_id": "abc"}]
