"""What is answered at addresses that are none, and to methods an address does not take."""

import httpx
import pytest

from support import Server


@pytest.mark.parametrize(
    ("method", "path", "methods"),
    [
        ("PUT", "/api/dashboards", "GET, POST"),
        ("DELETE", "/api/v1/query", "GET, POST"),
        ("GET", "/api/v1/write", "POST"),
        ("GET", "/v1/traces", "POST"),
        ("POST", "/explore", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(server: Server, method: str, path: str, methods: str):
    """All of them, whatever route they belong to."""
    answer = httpx.request(method, server.url + path, headers=server.auth, timeout=60)

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == set(methods.split(", "))
    assert answer.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_is_not_there_is_not_found(server: Server, method: str):
    """By any method."""
    answer = httpx.request(method, f"{server.url}/api/nothing", headers=server.auth, timeout=60)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/", "/explore", "/healthz", "/readyz"])
def test_load_balancers_may_ask_for_the_head_alone(server: Server, path: str):
    """It is answered as GET is, without a body."""
    answer = httpx.head(server.url + path, timeout=60)

    assert (answer.status_code, answer.content) == (200, b"")
