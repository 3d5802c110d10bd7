"""Each role may do what it should and no more."""

import pytest

from vedette.guard.access import Role

# What somebody tries: method, address, body, and the least role that may.
ACTS = {
    "read session": ("GET", "/api/session", None, "viewer"),
    "read projects": ("GET", "/api/projects", None, "viewer"),
    "read keys": ("GET", "/api/keys", None, "viewer"),
    "make a key": ("POST", "/api/keys", {"name": "web"}, "member"),
    "revoke a key": ("DELETE", "/api/keys/1", None, "admin"),
    "make a project": ("POST", "/api/projects", {"name": "shop"}, "admin"),
    "read tokens": ("GET", "/api/tokens", None, "admin"),
    "make a token": ("POST", "/api/tokens", {"name": "ci", "role": "admin"}, "admin"),
    "revoke a token": ("DELETE", "/api/tokens/1", None, "admin"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("name", ["victor", "bob", "alice"])
def test_people_may_do_what_their_role_allows(signed_in, name, act):
    """Everything else is 403, before anything is looked at."""
    method, address, body, least = ACTS[act]
    role = Role({"victor": "viewer", "bob": "member", "alice": "admin"}[name])
    answer = signed_in(name).request(method, address, json=body)
    assert (answer.status_code == 403) is not role.includes(Role(least))
    assert answer.status_code in {200, 201, 204, 403}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", Role)
def test_tokens_may_do_what_their_role_allows(access, with_token, role, act):
    """The same as people."""
    method, address, body, least = ACTS[act]
    _, token = access.tokens.create("ci", role)
    answer = with_token(token).request(method, address, json=body)
    assert (answer.status_code == 403) is not role.includes(Role(least))
    assert answer.status_code in {200, 201, 204, 403}


@pytest.mark.parametrize("act", ACTS)
def test_strangers_may_do_nothing(charlie, act):
    """Every route asks who it is."""
    method, address, body, _ = ACTS[act]
    assert charlie.request(method, address, json=body).status_code == 401


@pytest.mark.parametrize("act", ACTS)
def test_an_ingest_key_reads_and_changes_nothing(with_token, act):
    """It only writes telemetry."""
    method, address, body, _ = ACTS[act]
    assert with_token("vdk_default-of-the-tests").request(method, address, json=body).status_code == 401
