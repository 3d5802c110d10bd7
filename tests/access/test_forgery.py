"""Other sites cannot make a browser act for who is signed in."""

import pytest
from starlette.websockets import WebSocketDisconnect

from vedette.guard.access.forgery import check_origin
from vedette.kit.errors import Forbidden

KEY = {"name": "web"}


@pytest.mark.parametrize("token", ["", "wrong", "ä"])
def test_a_change_by_cookie_needs_the_csrf_token(alice, token):
    """The cookie alone changes nothing."""
    answer = alice.post("/api/keys", json=KEY, headers={"X-CSRF-Token": token.encode()})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_the_csrf_token_of_somebody_else_does_not_do(alice, bob):
    """Each session has its own."""
    token = bob.headers["X-CSRF-Token"]
    assert alice.post("/api/keys", json=KEY, headers={"X-CSRF-Token": token}).status_code == 403


def test_reading_by_cookie_needs_no_csrf_token(alice):
    """Reads change nothing."""
    del alice.headers["X-CSRF-Token"]
    assert alice.get("/api/keys").status_code == 200


def test_a_change_by_bearer_token_needs_no_csrf_token(admin_token):
    """No browser adds a Bearer token by itself."""
    assert admin_token.post("/api/keys", json=KEY, headers={"Origin": "https://evil.example"}).status_code == 201


def test_a_change_by_basic_from_another_site_is_refused(charlie):
    """Browsers repeat Basic as they repeat cookies."""
    answer = charlie.post(
        "/api/keys", json=KEY, auth=("", "vdt_admin-of-the-tests"), headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://testserver", 201), ("https://testserver", 201), ("https://evil.example", 403), ("null", 403)],
)
def test_a_change_by_cookie_must_come_from_our_own_pages(alice, origin, status):
    """Even with the right CSRF token."""
    assert alice.post("/api/keys", json=KEY, headers={"Origin": origin}).status_code == status


def test_another_site_cannot_sign_somebody_in(charlie, sign_in):
    """Else people would work, unnoticed, in the account of an attacker."""
    assert sign_in(charlie, "alice", Origin="https://evil.example").status_code == 403


def test_a_socket_by_cookie_must_come_from_our_own_pages(alice):
    """Browsers let any page open a WebSocket with the cookies of another site."""
    with alice.websocket_connect("/live", headers={"Origin": "http://testserver"}) as socket:
        assert socket.receive_text() == "alice@example.com"
    for headers in ({"Origin": "https://evil.example"}, {}):
        with pytest.raises(WebSocketDisconnect) as caught, alice.websocket_connect("/live", headers=headers):
            pass
        assert caught.value.reason == "forbidden"


def test_a_socket_by_bearer_token_may_come_from_anywhere(admin_token):
    """Programs send no Origin."""
    with admin_token.websocket_connect("/live") as socket:
        assert socket.receive_text() == "token bootstrap"


def test_a_token_in_the_address_opens_no_socket(charlie):
    """Addresses end up in logs."""
    with pytest.raises(WebSocketDisconnect), charlie.websocket_connect("/live?token=vdt_admin-of-the-tests"):
        pass


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        ("https://vedette.example", {"host": "10.0.0.7:8080"}),
        ("https://watch.example", {"host": "10.0.0.7:8080", "x-forwarded-host": "watch.example"}),
        ("https://watch.example:8443", {"host": "watch.example:8443"}),
        ("https://watch.example", {"host": "watch.example:443"}),
        ("http://[::1]:8080", {"host": "[::1]:8080"}),
        ("http://WATCH.example", {"host": "watch.example"}),
    ],
)
def test_our_own_pages_are_known_behind_a_proxy(origin, headers):
    """By the public address, by what the proxy says, whatever the case and the usual port."""
    check_origin({"origin": origin, **headers}, public_url="https://vedette.example/")


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://", "https://watch.example:99999", "https://watch.example.evil.example", "https://[", "//"],
)
def test_other_pages_are_refused(origin):
    """Also when the origin, or the host, is no address at all."""
    for host in ("watch.example", "", ":"):
        with pytest.raises(Forbidden):
            check_origin({"origin": origin, "host": host}, public_url="")
