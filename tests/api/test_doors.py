"""Every route that changes something asks who it is, and whether they may."""

import re

import httpx
import pytest

from support import EMAIL, PASSWORD, Server
from vedette.app import create_app
from vedette.settings import Settings

# Whoever signs in or sets up has no role yet; whoever signs out may.
OPEN = {("post", "/api/session"), ("post", "/api/setup"), ("delete", "/api/session")}
# Questions whose form is too long for an address: whoever may read may ask them.
_PROMETHEUS = ("query", "query_range", "query_exemplars", "series", "labels", "format_query")
QUESTIONS = {("post", f"/api/v1/{name}") for name in _PROMETHEUS} | {
    ("post", f"/api/{name}") for name in ("dashboards/data", "dashboards/variables", "scrapes/check")
}
CHANGES = sorted(
    (method, path)
    for path, operations in create_app(Settings()).openapi()["paths"].items()
    for method, operation in operations.items()
    if method != "get" and "ingest" not in operation["tags"] and (method, path) not in OPEN
)


def _change(server: Server, change: tuple[str, str], **options) -> int:
    method, path = change
    address = server.url + re.sub(r"{\w+}", "99999", path)
    return httpx.request(method, address, json={}, timeout=60, **options).status_code


def test_there_are_changes_to_refuse():
    """The list is read from the description of the API."""
    assert ("post", "/api/keys") in CHANGES
    assert ("put", "/api/retention") in CHANGES


@pytest.mark.parametrize("change", CHANGES, ids=" ".join)
def test_nobody_changes_anything_without_the_right(server: Server, change):
    """Strangers, ingest keys, viewers, and pages of other sites that send an admin's cookie along."""
    made = httpx.post(f"{server.url}/api/tokens", json={"name": "v", "role": "viewer"}, headers=server.auth, timeout=60)
    signed_in = httpx.post(f"{server.url}/api/session", json={"email": EMAIL, "password": PASSWORD}, timeout=60)
    viewer = {"Authorization": f"Bearer {made.json()['token']}"}
    csrf = {"X-CSRF-Token": signed_in.json()["csrf_token"]}

    assert _change(server, change) == 401
    assert _change(server, change, headers={"Authorization": f"Bearer {server.key}"}) == 401
    assert (_change(server, change, headers=viewer) == 403) is (change not in QUESTIONS)
    assert _change(server, change, cookies=signed_in.cookies) == 403
    assert _change(server, change, cookies=signed_in.cookies, headers=csrf | {"Origin": "http://evil.example"}) == 403
    assert _change(server, change, cookies=signed_in.cookies, headers=csrf) in {200, 400, 404}


def test_a_session_is_new_at_every_sign_in_and_ends_with_it(server: Server):
    """A cookie planted before is not taken over; one that signed out is worth nothing."""
    planted = {"vedette_session": "planted"}
    signed_in = httpx.post(
        f"{server.url}/api/session", json={"email": EMAIL, "password": PASSWORD}, cookies=planted, timeout=60
    )
    cookie = signed_in.cookies["vedette_session"]
    csrf = {"X-CSRF-Token": signed_in.json()["csrf_token"]}

    assert cookie != "planted"
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(signed_in.headers["set-cookie"].split("; "))
    out = httpx.delete(f"{server.url}/api/session", cookies=signed_in.cookies, headers=csrf, timeout=60)
    assert out.status_code == 204
    assert httpx.get(f"{server.url}/api/session", cookies={"vedette_session": cookie}, timeout=60).status_code == 401


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/metrics", "/api/session", "/api/logs", "/api/nothing", "/assets/x"]
)
def test_browsers_do_not_guess_what_an_answer_is(server: Server, path: str):
    """Pages, state, answers and problems; what the API says is not kept."""
    answer = httpx.get(f"{server.url}{path}", headers=server.auth, timeout=60)

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not path.startswith("/api/") or answer.headers["cache-control"] == "no-store"
