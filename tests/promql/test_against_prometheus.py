"""The same samples and the same queries to Vedette and to a Prometheus of the system: the same answers."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from prometheus import Prometheus
from promql.remote import WRITE_HEADERS, remote_write, write_request
from promql.varied_queries import queries
from promql.varied_samples import HOURS, by_time, varied_series
from support import Server

pytestmark = pytest.mark.skipif(not Prometheus.is_installed(), reason="the system has no Prometheus")

Answer = dict[tuple[tuple[str, str], ...], dict[float, float]]


@dataclass
class Both:
    """Vedette and Prometheus with the same samples, which end shortly before `end_s`, 7 s past a full minute."""

    vedette: httpx.Client
    prometheus: httpx.Client
    end_s: int

    def difference(self, path: str, **params: Any) -> str:
        """Return in what the answers differ, nothing if they do not."""
        theirs, ours = (each.post(path, data=params).json() for each in (self.prometheus, self.vedette))
        if theirs["status"] != "success" or ours["status"] != "success":
            kinds = theirs.get("errorType"), ours.get("errorType")
            return "" if kinds[0] == kinds[1] else f"errors {theirs.get('error')!r}, {ours.get('error')!r}"
        if theirs["data"]["resultType"] != ours["data"]["resultType"]:
            return f"{theirs['data']['resultType']}, {ours['data']['resultType']}"
        return _difference(_points(theirs["data"]), _points(ours["data"]))


@pytest.fixture(scope="module")
def both(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Both servers, filled."""
    rival = Prometheus(tmp_path_factory.mktemp("prometheus"))
    rival.start()
    end_s = int(time.time()) // 60 * 60 - 53
    start_ms = int(end_s * 1000 - HOURS * 3_600_000)
    try:
        for piece in by_time(varied_series(start_ms), start_ms):
            body = write_request(piece)
            remote_write(rival.url, body)
            answer = server.post("/api/v1/write", content=body, headers=WRITE_HEADERS)
            assert answer.status_code == 204, answer.text
        with (
            httpx.Client(base_url=rival.url, timeout=60) as theirs,
            httpx.Client(base_url=server.url, headers=server.auth, timeout=60) as ours,
        ):
            yield Both(ours, theirs, end_s)
    finally:
        rival.stop()


def test_there_are_many_queries():
    """Two hundred and more, of every kind."""
    assert len(queries()) > 200


def test_answers_at_one_moment_are_those_of_prometheus(both):
    """At the end, in the middle of a gap, and soon after the beginning."""
    moments = [both.end_s - minutes * 60 for minutes in (1, 33, 61)]
    wrong = [
        f"{query} at -{both.end_s - at} s: {found}"
        for query in queries()
        for at in moments
        if (found := both.difference("/api/v1/query", query=query, time=at))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("step_s", [30, 210])
def test_answers_over_a_range_are_those_of_prometheus(both, step_s):
    """With steps shorter and longer than ranges, from before the first sample to after the last."""
    start = both.end_s - int(HOURS * 3600) - 240
    wrong = [
        f"{query}: {found}"
        for query in queries()
        if (
            found := both.difference("/api/v1/query_range", query=query, start=start, end=both.end_s + 420, step=step_s)
        )
    ]
    assert not wrong, "\n".join(wrong)


def _points(data: dict[str, Any]) -> Answer:
    if data["resultType"] in {"scalar", "string"}:
        return {(): {float(data["result"][0]): float(data["result"][1])}}
    return {
        tuple(sorted(each["metric"].items())): {
            float(at): float(value) for at, value in each.get("values") or [each["value"]]
        }
        for each in data["result"]
    }


def _difference(theirs: Answer, ours: Answer) -> str:
    if only := theirs.keys() ^ ours.keys():
        return f"{len(theirs)} and {len(ours)} series; in one answer only: {next(iter(only))}"
    for labels, expected in theirs.items():
        found = ours[labels]
        if only_at := expected.keys() ^ found.keys():
            return f"{len(expected)} and {len(found)} points of {labels}; in one answer only: {min(only_at)}"
        for at, value in expected.items():
            if not (math.isclose(value, found[at], rel_tol=1e-9) or (math.isnan(value) and math.isnan(found[at]))):
                return f"{labels} at {at}: {value}, {found[at]}"
    return ""
