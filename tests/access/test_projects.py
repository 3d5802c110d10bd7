"""A request is about one project, and an admin's token makes the ones it names."""

import pytest


def test_without_a_name_it_is_default(alice):
    """Project 1."""
    assert alice.get("/whoami").json()[2] == "default"


def test_the_header_is_stronger_than_the_parameter(alice):
    """Both are taken."""
    assert alice.get("/whoami?project=vedette").json()[2] == "vedette"
    assert alice.get("/whoami?project=default", headers={"X-Vedette-Project": "vedette"}).json()[2] == "vedette"


def test_an_admin_token_makes_a_project_by_naming_it(admin_token, alice):
    """On its first use, for reading and for writing."""
    assert admin_token.get("/whoami?project=shop").json()[2] == "shop"
    assert admin_token.post("/ingest?project=blog").json() == "blog"
    names = [each["name"] for each in alice.get("/api/projects").json()["items"]]
    assert names == ["blog", "default", "shop", "vedette"]


def test_people_do_not_make_projects_by_naming_them(alice):
    """A mistyped address is not a wish."""
    answer = alice.get("/whoami?project=shop")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_new_project_is_found_at_once(alice):
    """Although it was remembered as missing."""
    assert alice.get("/whoami?project=shop").status_code == 404
    made = alice.post("/api/projects", json={"name": "shop"})
    assert (made.status_code, made.json()["id"], made.json()["name"]) == (201, 3, "shop")
    assert alice.get("/whoami?project=shop").status_code == 200


def test_a_name_is_given_once(alice):
    """The second is a conflict."""
    answer = alice.post("/api/projects", json={"name": "default"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


BAD_NAMES = ["Shop", "a b", ".a", "-a", "_a", "a/b", "ä", "a" * 64, "a\n", "'; DROP TABLE projects; --"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_cannot_be_says_so(alice, admin_token, name):
    """400 with what and where, in each way to name a project."""
    for answer, where in (
        (alice.post("/api/projects", json={"name": name}), "name"),
        (admin_token.get("/whoami", params={"project": name}), "project"),
        (admin_token.post("/ingest", params={"project": name}), "project"),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (400, where)


@pytest.mark.parametrize("name", ["a", "0", "a" * 63, "shop.eu-1_x"])
def test_good_names(admin_token, name):
    """1 to 63 of a-z, 0-9, `.`, `_`, `-`."""
    assert admin_token.get("/whoami", params={"project": name}).json()[2] == name
