"""Remote write 2.0: https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/."""

import time
from collections.abc import Sequence

import pytest

from metrics.conftest import Tenant
from metrics.test_remote_write import histogram
from metrics.wire import V2, double, field, number, packed, sample, series


def request(symbols: Sequence[str], *time_series: bytes) -> bytes:
    """A request with its symbols; the first is always empty."""
    return b"".join([*(field(4, each.encode()) for each in ["", *symbols]), *(field(5, each) for each in time_series)])


def test_symbols_become_labels(tenant: Tenant) -> None:
    """Samples, metadata, and the count of what was written in the headers."""
    symbols = ["__name__", "up_total", "job", "api", "Help.", "seconds"]
    metadata = field(5, number(1, 1) + number(3, 5) + number(4, 6))
    samples = b"".join(field(2, sample(value, tenant.now_ms - 2000 + value)) for value in (1, 2))
    answer = tenant.write(request(symbols, packed(1, [1, 2, 3, 4]) + samples + metadata), headers=V2)

    assert answer.status_code == 204
    assert [answer.headers[f"X-Prometheus-Remote-Write-{each}-Written"] for each in _COUNTED] == ["2", "0", "0"]
    assert tenant.vector("up_total") == [({"__name__": "up_total", "job": "api"}, "2")]
    assert tenant.data("metadata") == {"up_total": [{"type": "counter", "help": "Help.", "unit": "seconds"}]}


_COUNTED = ("Samples", "Histograms", "Exemplars")


def test_histograms_and_exemplars(tenant: Tenant) -> None:
    """Both arrive beside samples."""
    exemplar = field(4, packed(1, [3, 4]) + double(2, 0.5) + number(3, tenant.now_ms))
    native = field(3, histogram(tenant.now_ms)[2:])
    body = request(["__name__", "latency", "trace_id", "abc"], packed(1, [1, 2]) + native + exemplar)
    answer = tenant.write(body, headers=V2)

    assert [answer.headers[f"X-Prometheus-Remote-Write-{each}-Written"] for each in _COUNTED] == ["0", "1", "1"]
    assert tenant.vector("histogram_sum(latency)") == [({}, "18.4")]
    (found,) = tenant.data("query_exemplars", query="latency")
    assert found["exemplars"][0]["labels"] == {"trace_id": "abc"}


def test_both_versions_mean_the_same_series(tenant: Tenant) -> None:
    """A sender may be upgraded."""
    tenant.write(series({"__name__": "m", "a": "b"}, (1, tenant.now_ms - 1000)))
    lone = field(2, sample(2, tenant.now_ms))
    tenant.write(request(["a", "b", "__name__", "m"], packed(1, [3, 4, 1, 2]) + lone), headers=V2)

    assert [value for _, value in tenant.samples("m")] == ["1", "2"]


@pytest.mark.parametrize(
    "refs", [[1, 2, 3], [1, 99], [1, 2, 1, 2], [], [0, 0]], ids=["odd", "beyond", "twice", "none", "empty"]
)
def test_bad_references_cost_only_their_series(tenant: Tenant, refs: list[int]) -> None:
    """400; what else the request holds is written and counted."""
    lone = field(2, sample(1, tenant.now_ms))
    body = request(["__name__", "m", "good"], (packed(1, refs) if refs else b"") + lone, packed(1, [1, 3]) + lone)
    answer = tenant.write(body, headers=V2)

    assert answer.status_code == 400
    assert answer.headers["X-Prometheus-Remote-Write-Samples-Written"] == "1"
    assert tenant.vector("good")


def test_an_empty_packed_array_says_nothing(tenant: Tenant) -> None:
    """Protobuf allows it anywhere: beside references it changes nothing, alone it names no series."""
    lone = field(2, sample(1, tenant.now_ms))
    empty = packed(1, [])
    body = request(["__name__", "m", "good"], packed(1, [1, 3]) + empty + lone, packed(1, [1, 2]) + lone)
    both = tenant.write(body, headers=V2)
    alone = tenant.write(request(["__name__", "late"], empty + lone, packed(1, [1, 2]) + lone), headers=V2)

    assert both.status_code == 204
    assert both.headers["X-Prometheus-Remote-Write-Samples-Written"] == "2"
    assert [tenant.vector(name)[0][1] for name in ("good", "m")] == ["1", "1"]
    assert alone.status_code == 400
    assert alone.headers["X-Prometheus-Remote-Write-Samples-Written"] == "1"
    assert tenant.refusals() == {"missing_name": 1}


def test_many_requests_at_once_do_not_mix_their_symbols(tenant: Tenant) -> None:
    """The same references mean other labels in every request."""
    for _ in range(2):
        for name in ("a", "b", "c"):
            lone = field(2, sample(ord(name), tenant.now_ms))
            tenant.write(request(["__name__", f"metric_{name}"], packed(1, [1, 2]) + lone), headers=V2)

    for name in ("a", "b", "c"):
        assert tenant.vector(f"metric_{name}")[0][1] == str(ord(name))


def test_a_malformed_body_is_400(tenant: Tenant) -> None:
    """A cut message is refused whole."""
    body = request(["__name__", "m"], packed(1, [1, 2]) + field(2, sample(1, int(time.time() * 1000))))
    assert tenant.write(body[:-4], headers=V2).status_code == 400
    assert "2.0" in tenant.write(body[:-4], headers=V2).text
