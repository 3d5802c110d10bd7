"""Input that nobody sends by accident is refused or finds nothing; it never breaks the server."""

import httpx
import pytest

from support import Server


@pytest.mark.parametrize(
    "path",
    [
        "/api/logs/5--1",
        "/api/logs/-5-1",
        "/api/logs/0x5-0x1",
        "/api/logs/ffffffffffffffff-ffffffffffffffff",
        "/api/errors/issues/-000000000000001",
        "/api/errors/issues/0x00000000000001",
        "/api/errors/events/%00",
        "/api/traces/%5C%27%00",
    ],
)
def test_what_cannot_be_an_id_is_not_found(server: Server, path: str):
    """Signs, prefixes, numbers beyond what the store holds."""
    server.get(path, expecting=404)


@pytest.mark.parametrize("path", ["/%00", "/assets/%00.js", "/" + "a" * 300, "/" + "a/" * 3000, "/..%2f..%2fapp.py"])
def test_an_address_that_can_be_no_file_is_answered_like_any_other(server: Server, path: str):
    """With the UI, or with not found among the assets; never with a file outside the UI's folder."""
    answer = httpx.get(f"{server.url}{path}", timeout=60)

    assert answer.status_code in {200, 404}
    assert "def create_app" not in answer.text


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_has_no_utc_is_refused(server: Server, moment: str):
    """As a parameter and as the end of a token."""
    token = {"name": "x", "role": "viewer", "expires_at": moment}

    assert server.get("/api/logs", expecting=400, **{"from": moment})["code"] == "invalid"
    assert httpx.post(f"{server.url}/api/tokens", json=token, headers=server.auth, timeout=60).status_code == 400


@pytest.mark.parametrize("path", ["/api/session", "/api/setup"])
def test_half_a_surrogate_pair_is_no_password(server: Server, path: str):
    """JSON can write it, UTF-8 cannot."""
    body = b'{"email": "a@example.com", "password": "\\ud800aaaaaaaaa", "token": "x"}'

    answer = httpx.post(f"{server.url}{path}", content=body, headers={"Content-Type": "application/json"}, timeout=60)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["where"] == "body.password"
