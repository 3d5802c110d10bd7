"""An ingest key writes to its own project, and does nothing else."""

import base64

import pytest

from vedette.guard.access import Role
from vedette.guard.access.secret import shown_prefix
from vedette.kit.errors import UnknownKey


@pytest.fixture
def shop_key(admin_token):
    """Give a key of the project `shop`."""
    return admin_token.post("/api/keys?project=shop", json={"name": "web"}).json()["key"]


def test_a_new_key_is_shown_once(alice):
    """The list shows its first characters only."""
    made = alice.post("/api/keys", json={"name": " web "}).json()
    assert (made["name"], made["key"][:4], made["prefix"]) == ("web", "vdk_", made["key"][:8])
    assert made["key"] not in alice.get("/api/keys").text


def test_a_key_is_fit_for_a_sentry_dsn(shop_key):
    """SDKs take letters, digits and `_` only."""
    assert shop_key.replace("_", "").isalnum()


def _basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


PLACES = {
    "bearer": lambda key: ({"Authorization": f"Bearer {key}"}, ""),
    "basic password": lambda key: (_basic("loki", key), ""),
    "basic user": lambda key: (_basic(key, ""), ""),
    "own header": lambda key: ({"X-Vedette-Key": key}, ""),
    "sentry header": lambda key: (
        {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={key}, sentry_client=x/1"},
        "",
    ),
    "sentry in authorization": lambda key: ({"Authorization": f"Sentry sentry_key={key},sentry_version=7"}, ""),
    "sentry query": lambda key: ({}, f"?sentry_version=7&sentry_key={key}"),
    "query": lambda key: ({}, f"?key={key}"),
    "elasticsearch": lambda key: ({"Authorization": "ApiKey " + base64.b64encode(f"id:{key}".encode()).decode()}, ""),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_key_is_taken_wherever_its_protocol_puts_it(charlie, shop_key, place):
    """And names its project."""
    headers, query = PLACES[place](shop_key)
    assert charlie.post(f"/ingest{query}", headers=headers).json() == "shop"


def test_a_key_cannot_write_to_another_project(charlie, shop_key):
    """Naming one is refused, not ignored."""
    answer = charlie.post("/ingest?project=default", headers={"X-Vedette-Key": shop_key})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_key_may_name_its_own_project(charlie, shop_key):
    """Some clients send the header always."""
    assert charlie.post("/ingest?project=shop", headers={"X-Vedette-Key": shop_key}).json() == "shop"


@pytest.mark.parametrize("headers", [{}, {"X-Vedette-Key": "vdk_nobody's"}, {"Authorization": "Basic ???"}])
def test_an_unknown_key_is_refused(charlie, headers):
    """401 with its own code, as is no key at all."""
    answer = charlie.post("/ingest", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unknown_key")


def test_a_session_does_not_write(alice):
    """A browser that is signed in sends its cookie to the ingest addresses too: it is no key."""
    assert alice.post("/ingest").status_code == 401


def test_a_key_for_a_proxy_in_front_is_passed_over(charlie, shop_key):
    """When the next one is ours."""
    assert charlie.post("/ingest", headers=_basic("proxy", "secret"), params={"key": shop_key}).json() == "shop"


def test_a_revoked_key_ends_at_once(admin_token, charlie, shop_key):
    """Although it was remembered; it stays in the list."""
    assert charlie.post("/ingest", headers={"X-Vedette-Key": shop_key}).status_code == 200
    (listed,) = admin_token.get("/api/keys?project=shop").json()["items"]
    assert admin_token.delete(f"/api/keys/{listed['id']}?project=shop").status_code == 204
    assert charlie.post("/ingest", headers={"X-Vedette-Key": shop_key}).status_code == 401
    assert admin_token.get("/api/keys?project=shop").json()["items"][0]["revoked_at"] is not None


def test_a_key_is_revoked_in_its_own_project_only(admin_token, shop_key):
    """By its number alone nobody reaches into another project."""
    (listed,) = admin_token.get("/api/keys?project=shop").json()["items"]
    assert admin_token.delete(f"/api/keys/{listed['id']}").status_code == 404


def test_a_new_key_works_at_once(access):
    """Although it was remembered as unknown."""
    with pytest.raises(UnknownKey):
        access.project_for_key("vdk_soon")
    access.keys.ensure(1, "soon", "vdk_soon")
    assert access.project_for_key("vdk_soon").name == "default"


def test_a_known_key_is_not_asked_for_again(access, records):
    """Requests that write do not wait for the records: here they are away."""
    access.project_for_key("vdk_default-of-the-tests")
    records.close()
    assert records.file is not None
    records.file.rename(records.file.with_suffix(".away"))
    assert access.project_for_key("vdk_default-of-the-tests").id == 1


@pytest.mark.parametrize(("role", "status"), [(Role.ADMIN, 200), (Role.MEMBER, 200), (Role.VIEWER, 403)])
def test_a_token_writes_to_the_project_it_names(access, with_token, role, status):
    """If its role allows writing."""
    access.projects.ensure("shop")
    _, token = access.tokens.create("remote write", role)
    answer = with_token(token).post("/ingest", headers={"X-Vedette-Project": "shop"})
    assert answer.status_code == status
    assert status != 200 or answer.json() == "shop"


def test_a_token_writes_to_default_when_it_names_nothing(admin_token):
    """As the contract says."""
    assert admin_token.post("/ingest").json() == "default"


def test_the_last_use_is_written_by_a_job(access, alice, charlie):
    """Not by the request."""
    charlie.post("/ingest?key=vdk_default-of-the-tests")
    access.write_usage()
    assert alice.get("/api/keys").json()["items"][0]["last_used_at"] is not None


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, None, 7])
def test_a_key_needs_a_name(alice, name):
    """So that people know what they revoke."""
    answer = alice.post("/api/keys", json={"name": name})
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (400, "body.name")


@pytest.mark.parametrize(
    ("secret", "shown"), [("vdk_0123456789abcdef0123456789abcdef", "vdk_0123"), ("secret", "s"), ("", "")]
)
def test_the_prefix_shows_little_of_a_short_secret(secret, shown):
    """Operators may give short ones at the first start."""
    assert shown_prefix(secret) == shown
