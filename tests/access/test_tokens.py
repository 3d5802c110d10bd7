"""API tokens are shown once, work until they are revoked or over, and never in an address."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from vedette.guard.access import Role
from vedette.storage.records import ApiToken


def make(client, **body):
    return client.post("/api/tokens", json={"name": "ci", "role": "viewer"} | body).json()


def test_a_new_token_is_shown_once(alice):
    """The list shows its first characters only."""
    made = make(alice)
    assert (made["token"][:4], made["prefix"]) == ("vdt_", made["token"][:8])
    listed = alice.get("/api/tokens").json()
    assert (listed["next"], [each["name"] for each in listed["items"]]) == (None, ["ci", "bootstrap"])
    assert made["token"] not in str(listed)


def test_only_a_hash_of_a_token_is_kept(alice, records):
    """Who reads the records cannot use it."""
    made = make(alice)
    with records.reading() as session:
        row = session.scalars(select(ApiToken).where(ApiToken.id == made["id"])).one()
    assert made["token"] not in str(vars(row))
    assert row.created_by == 1


def test_a_token_works_as_bearer_and_as_basic_password(alice, new_client):
    """For clients that only know Basic."""
    token = make(alice)["token"]
    for how in (
        {"headers": {"Authorization": f"bearer {token}"}},
        {"auth": ("anything", token)},
        {"auth": (token, "")},
    ):
        assert new_client().get("/whoami", **how).json() == ["token ci", "viewer", "default"]


def test_a_token_in_an_address_is_not_taken(alice, charlie):
    """Neither for reading nor for writing."""
    token = make(alice, role="admin")["token"]
    for name in ("token", "key", "access_token", "sentry_key"):
        assert charlie.get(f"/whoami?{name}={token}").status_code == 401
        assert charlie.post(f"/ingest?{name}={token}").status_code == 401


def test_a_revoked_token_ends_at_once(alice, with_token):
    """Although it was remembered."""
    made = make(alice)
    program = with_token(made["token"])
    assert program.get("/whoami").status_code == 200
    assert alice.delete(f"/api/tokens/{made['id']}").status_code == 204
    assert program.get("/whoami").status_code == 401
    assert alice.get("/api/tokens").json()["items"][0]["revoked_at"] is not None


def test_a_token_that_is_over_is_refused(alice, with_token, records, access):
    """Also while it is remembered."""
    made = make(alice, expires_at=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    program = with_token(made["token"])
    assert program.get("/whoami").status_code == 200
    with records.session() as session:
        session.execute(update(ApiToken).values(expires_at=datetime.now(UTC)))
    access.tokens._memory.forget()
    assert program.get("/whoami").status_code == 401


def test_a_token_cannot_begin_over(alice):
    """Such a wish is a mistake of the form."""
    answer = alice.post("/api/tokens", json={"name": "ci", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (400, "body.expires_at")


def test_unknown_tokens_cannot_be_revoked(alice):
    """404, also for numbers no database takes."""
    assert alice.delete("/api/tokens/99").status_code == 404
    assert alice.delete("/api/tokens/99999999999999999999").status_code == 400


def test_the_last_use_is_written_by_a_job(access, admin_token, alice):
    """Not by the request."""
    admin_token.get("/whoami")
    assert alice.get("/api/tokens").json()["items"][0]["last_used_at"] is None
    access.write_usage()
    used = datetime.fromisoformat(alice.get("/api/tokens").json()["items"][0]["last_used_at"])
    assert datetime.now(UTC) - used < timedelta(minutes=1)


def test_credentials_for_a_proxy_in_front_do_not_shut_people_out(alice):
    """Browsers send them along with the cookie."""
    assert alice.get("/whoami", auth=("proxy", "secret")).json()[0] == "alice@example.com"


def test_a_member_token_may_not_make_projects_by_naming_them(access, with_token):
    """Only an admin's does."""
    _, token = access.tokens.create("ci", Role.MEMBER)
    assert with_token(token).get("/whoami?project=shop").status_code == 404
