"""The first start makes the first admin, from the environment or through a link."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from vedette.guard.access import Bootstrap, Project, Role
from vedette.kit.errors import Invalid, Unauthenticated
from vedette.storage.records import Person, SetupLink

DORA = {"email": "dora@example.com", "password": "first of all people"}
EVERYTHING = Bootstrap(email="dora@example.com", password="pw", token="t0ken", key="k3y", own_key="own-k3y")


@pytest.fixture
def fresh(new_access, app):
    """Give an access service of a server that nobody has used yet."""
    app.state.access = new_access()
    return app.state.access


@pytest.fixture
def access(new_access):
    """Nobody has an account here."""
    return new_access()


def people(records):
    with records.reading() as session:
        return session.scalar(select(func.count()).select_from(Person))


def test_the_environment_makes_everything(fresh, new_client, sign_in):
    """The admin, the token, and the keys of the two projects."""
    made = fresh.bootstrap(EVERYTHING)
    assert (made.default, made.own, made.setup_token) == (Project(1, "default"), Project(2, "vedette"), None)
    assert sign_in(new_client(), "dora", "pw").json()["person"]["role"] == "admin"
    assert (fresh.project_for_key("k3y"), fresh.project_for_key("own-k3y")) == (made.default, made.own)
    answer = new_client().get("/whoami", headers={"Authorization": "Bearer t0ken"})
    assert answer.json() == ["token bootstrap", "admin", "default"]


def test_every_further_start_changes_nothing(new_access, records):
    """It may run at each start, and a password that was changed since stays changed."""
    for password in ("pw", "other"):
        new_access().bootstrap(Bootstrap("dora@example.com", password, "t0ken", "k3y", "own-k3y"))
    access = new_access()
    assert (people(records), len(access.tokens.list()), len(access.keys.list(1)), len(access.keys.list(2))) == (
        1,
        1,
        1,
        1,
    )
    with records.reading() as session:
        kept = session.get_one(Person, 1).password_hash
    assert access._passwords.verify("pw", kept) == (True, None)


def test_a_revoked_key_is_not_revived_by_a_start(fresh):
    """Whoever revoked it meant it."""
    fresh.bootstrap(EVERYTHING)
    fresh.keys.revoke(1, fresh.keys.list(1)[0].id)
    fresh.bootstrap(EVERYTHING)
    assert fresh.keys.project_of("k3y") is None


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        (Bootstrap(email="dora@example.com"), "bootstrap_password"),
        (Bootstrap(password="pw"), "bootstrap_email"),
        (Bootstrap(email="dora", password="pw"), "bootstrap_email"),
        (Bootstrap(key="same", own_key="same"), "bootstrap_own_key"),
    ],
)
def test_settings_that_contradict_each_other_stop_the_start(fresh, wanted, where):
    """The error names the setting."""
    with pytest.raises(Invalid) as caught:
        fresh.bootstrap(wanted)
    assert caught.value.faults[0].where == where


def test_without_an_account_a_link_is_made(fresh, new_client):
    """And the UI is told that set-up is needed."""
    token = fresh.bootstrap(Bootstrap()).setup_token
    answer = new_client().get("/api/session")
    assert (answer.status_code, answer.json()["setup_required"]) == (401, True)
    browser = new_client()
    made = browser.post("/api/setup", json=DORA | {"token": token, "name": "Dora"})
    assert made.json()["person"] == {"id": 1, "email": "dora@example.com", "name": "Dora", "role": "admin"}
    assert browser.get("/api/session").status_code == 200
    assert "setup_required" not in new_client().get("/api/session").json()


def test_the_link_works_once(fresh, new_client, records):
    """The second visitor gets nothing."""
    token = fresh.bootstrap(Bootstrap()).setup_token
    new_client().post("/api/setup", json=DORA | {"token": token})
    answer = new_client().post("/api/setup", json=DORA | {"token": token, "email": "charlie@example.com"})
    assert (answer.status_code, answer.json()["code"], people(records)) == (401, "unauthenticated", 1)


def test_bad_input_does_not_use_up_the_link(fresh, new_client):
    """A typing mistake is not the end."""
    token = fresh.bootstrap(Bootstrap()).setup_token
    for bad, where in (({"password": "short"}, "password"), ({"email": "dora"}, "email")):
        answer = new_client().post("/api/setup", json=DORA | {"token": token} | bad)
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (400, where)
    assert new_client().post("/api/setup", json=DORA | {"token": token}).status_code == 200


def test_only_the_latest_link_works(fresh, new_client):
    """A start that is tried again ends the link before."""
    earlier, latest = (fresh.bootstrap(Bootstrap()).setup_token for _ in range(2))
    assert new_client().post("/api/setup", json=DORA | {"token": earlier}).status_code == 401
    assert new_client().post("/api/setup", json=DORA | {"token": latest}).status_code == 200


def test_no_link_is_made_once_somebody_has_an_account(fresh):
    """Else a restart would open the door."""
    fresh.bootstrap(EVERYTHING)
    assert fresh.bootstrap(Bootstrap()).setup_token is None


@pytest.mark.parametrize("token", ["", "guess"])
def test_a_guessed_link_is_refused(fresh, new_client, token):
    """Also while one is open."""
    fresh.bootstrap(Bootstrap())
    assert new_client().post("/api/setup", json=DORA | {"token": token}).status_code == 401


def test_a_link_is_over_after_a_day(fresh, records):
    """What is printed in a log does not stay a key for ever."""
    token = fresh.bootstrap(Bootstrap()).setup_token
    with records.session() as session:
        link = session.scalars(select(SetupLink)).one()
        assert link.expires_at - link.created_at == timedelta(hours=24)
        link.expires_at -= timedelta(hours=24)
    with pytest.raises(Unauthenticated):
        fresh._first.redeem(token, **DORA)


def test_further_starts_use_up_no_ids(new_access):
    """A server that is restarted often does not skip numbers."""
    for _ in range(3):
        new_access().bootstrap(EVERYTHING)
    access = new_access()
    key, _ = access.keys.create(1, "web")
    token, _ = access.tokens.create("ci", Role.VIEWER)
    assert (access.projects.ensure("shop").id, key.id, token.id) == (3, 3, 2)
