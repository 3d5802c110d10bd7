"""People sign in with a password and stay signed in with a cookie."""

from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie

import pytest
from sqlalchemy import select, update

from vedette.guard.access.sessions import Sessions
from vedette.guard.access.throttle import Throttle
from vedette.storage.records import Person, SignInSession


def cookie_of(answer):
    return SimpleCookie(answer.headers["set-cookie"])["vedette_session"]


def test_who_signs_in_learns_who_they_are(charlie, sign_in):
    """The answer has the person, the CSRF token and the projects."""
    answer = sign_in(charlie, "alice").json()
    assert answer["person"] == {"id": 1, "email": "alice@example.com", "name": "alice", "role": "admin"}
    assert [(each["id"], each["name"]) for each in answer["projects"]] == [(1, "default"), (2, "vedette")]
    assert len(answer["csrf_token"]) >= 32


def test_the_session_can_be_asked_for(alice):
    """GET says the same as signing in did."""
    answer = alice.get("/api/session")
    assert answer.json()["person"]["email"] == "alice@example.com"
    assert answer.json()["csrf_token"] == alice.headers["X-CSRF-Token"]


def test_an_address_is_the_same_in_upper_case(charlie, sign_in):
    """Nobody has to remember how they wrote it."""
    assert sign_in(charlie, " ALICE").status_code == 200


def test_strangers_are_not_signed_in(charlie):
    """The problem has the code the UI looks for."""
    answer = charlie.get("/api/session")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "setup_required" not in answer.json()


def test_a_wrong_password_and_an_unknown_address_look_the_same(charlie, sign_in):
    """Nobody can find out who has an account."""
    wrong, unknown = sign_in(charlie, "alice", "no"), sign_in(charlie, "charlie", "no")
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    assert wrong.status_code == 401


def test_an_unknown_address_costs_as_much_as_a_wrong_password(access, charlie, sign_in, monkeypatch):
    """Each verifies one hash."""
    verified = []
    verify = access._passwords._hash.verify_and_update
    monkeypatch.setattr(access._passwords._hash, "verify_and_update", lambda *a: (verified.append(1), verify(*a))[1])
    plain = access._passwords._hash.verify
    monkeypatch.setattr(access._passwords._hash, "verify", lambda *a: (verified.append(1), plain(*a))[1])
    sign_in(charlie, "alice", "no")
    known, verified[:] = len(verified), []
    sign_in(charlie, "charlie", "no")
    assert (known, len(verified)) == (1, 1)


def test_a_disabled_person_is_shut_out(alice, charlie, records, sign_in):
    """Their sessions end and their password opens nothing."""
    with records.session() as session:
        session.execute(update(Person).values(disabled_at=datetime.now(UTC)))
    assert alice.get("/api/session").status_code == 401
    assert sign_in(charlie, "alice").status_code == 401


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(charlie, sign_in):
    """HttpOnly and SameSite=Lax; without TLS it cannot be Secure."""
    cookie = cookie_of(sign_in(charlie, "alice"))
    flags = (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"], cookie["max-age"])
    assert flags == (True, "lax", "/", "", "1209600")


def test_over_tls_the_cookie_is_for_tls_only(new_client, sign_in):
    """Also when a proxy in front ends TLS and says so."""
    assert cookie_of(sign_in(new_client("https://testserver"), "alice"))["secure"] is True
    assert cookie_of(sign_in(new_client(), "alice", **{"X-Forwarded-Proto": "https"}))["secure"] is True


@pytest.mark.parametrize(("setting", "expected"), [("always", True), ("never", "")])
def test_the_setting_for_secure_cookies_is_stronger(access, new_client, sign_in, setting, expected):
    """For proxies that say nothing, and for test set-ups."""
    access.secure_cookies = setting
    scheme = "http" if setting == "always" else "https"
    assert cookie_of(sign_in(new_client(f"{scheme}://testserver"), "alice"))["secure"] == expected


def test_only_a_hash_of_the_cookie_is_kept(alice, records):
    """Who reads the records cannot take over a session."""
    with records.reading() as session:
        kept = session.scalars(select(SignInSession.token_hash)).all()
    assert alice.cookies["vedette_session"] not in kept


def test_signing_out_ends_the_session(alice):
    """Not only the cookie is gone: whoever copied it is out too."""
    copied = alice.cookies["vedette_session"]
    assert alice.delete("/api/session").status_code == 204
    assert "vedette_session" not in alice.cookies
    assert alice.get("/api/session", headers={"Cookie": f"vedette_session={copied}"}).status_code == 401


def test_a_session_ends_when_it_is_not_used(records, access):
    """And is deleted by the job."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    sessions = Sessions(records, timedelta(days=14), clock=lambda: now)
    with records.reading() as session:
        signed_in = sessions.open(session.get_one(Person, 1))
    now += timedelta(days=14)
    assert sessions.principal_of(signed_in.token) is None
    sessions.remove_expired()
    with records.reading() as session:
        assert session.scalars(select(SignInSession)).all() == []


def test_use_prolongs_a_session(records, access):
    """Whoever comes every week never signs in again."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    sessions = Sessions(records, timedelta(days=14), clock=lambda: now)
    with records.reading() as session:
        signed_in = sessions.open(session.get_one(Person, 1))
    for _ in range(4):
        now += timedelta(days=7)
        assert sessions.principal_of(signed_in.token) is not None


def test_guessing_the_password_of_one_person_is_slowed(new_access, app, charlie, sign_in):
    """After too many failures even the right password has to wait, and the answer says how long."""
    app.state.access = new_access(per_email=Throttle(3, 300))
    answers = [sign_in(charlie, "alice", "no").status_code for _ in range(3)]
    refused = sign_in(charlie, "alice")
    assert (answers, refused.status_code, refused.json()["code"]) == ([401, 401, 401], 429, "throttled")
    assert 295 <= int(refused.headers["retry-after"]) <= 300


def test_guessing_from_one_network_is_slowed(new_access, app, charlie, sign_in):
    """Whichever addresses are tried."""
    app.state.access = new_access(per_network=Throttle(3, 300))
    answers = [sign_in(charlie, name, "no").status_code for name in ("a", "b", "c", "d")]
    assert answers == [401, 401, 401, 429]


def test_signing_in_is_not_counted_as_a_failure(new_access, app, charlie, sign_in):
    """A team behind one address can sign in as often as it likes."""
    app.state.access = new_access(per_email=Throttle(2, 300), per_network=Throttle(2, 300))
    assert [sign_in(charlie, "alice").status_code for _ in range(4)] == [200, 200, 200, 200]


def test_a_hash_with_weaker_parameters_is_renewed(charlie, records, sign_in):
    """At the next time the password is known."""
    from pwdlib.hashers.argon2 import Argon2Hasher  # noqa: PLC0415

    weak = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=16).hash("correct horse battery")
    with records.session() as session:
        session.get_one(Person, 1).password_hash = weak
    assert sign_in(charlie, "alice").status_code == 200
    with records.reading() as session:
        assert session.get_one(Person, 1).password_hash != weak


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"email": 1, "password": null}', '{"email": "a"}'])
def test_a_malformed_sign_in_says_where(charlie, body):
    """400 with what and where."""
    answer = charlie.post("/api/session", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"]
