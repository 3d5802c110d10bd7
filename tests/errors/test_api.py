"""The errors API: lists, searches, decisions, single events."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_issues_are_listed_latest_first(errors: Any) -> None:
    """The one that happened last is on top, however often others did."""
    errors.add("Old", ago=timedelta(minutes=3))
    errors.add("Old", ago=timedelta(minutes=2))
    errors.add("New", ago=timedelta(minutes=1))
    assert errors.types() == ["New", "Old"]


def test_pages_hold_every_issue_once(errors: Any) -> None:
    """Following `next` to the end."""
    for number in range(7):
        errors.add(f"E{number}", ago=timedelta(minutes=number + 1))
    found, cursor = [], None
    while True:
        page = errors.get("/issues", limit=3, **({"cursor": cursor} if cursor else {}))
        found += [each["type"] for each in page["items"]]
        if not (cursor := page["next"]):
            break
    assert found == [f"E{number}" for number in range(7)]


@pytest.mark.parametrize("hours", [1, 3, 30, 24 * 7, 24 * 80])
def test_figures_are_exact_for_any_range(errors: Any, hours: int) -> None:
    """Whole hours come from aggregates, the ends from events; together they count every event of the range once."""
    moments = [0.1, 0.6, 0.99, 1.01, 2.5, 2.99, 3.01, 29.5, 30.5, 24 * 6, 24 * 7 - 0.01, 24 * 7 + 0.01, 24 * 79.9]
    for number, ago in enumerate(moments):
        errors.add(ago=timedelta(hours=ago), user={"id": str(number % 3)})
    inside = [number for number, ago in enumerate(moments) if ago < hours]
    [issue] = errors.issues(**{"from": f"now-{hours}h"})
    assert issue["events"] == len(inside)
    assert issue["users"] == len({number % 3 for number in inside})
    assert sum(issue["trend"]["counts"]) == len(inside)
    assert 12 <= len(issue["trend"]["counts"]) <= 25


def test_trend_puts_events_where_they_happened(errors: Any) -> None:
    """Two hours ago is two steps from the end of a day."""
    errors.add(ago=2 * HOUR)
    [issue] = errors.issues(**{"from": "now-1d"})
    [place] = [number for number, count in enumerate(issue["trend"]["counts"]) if count]
    assert issue["trend"]["counts"][place] == 1
    assert place in {len(issue["trend"]["counts"]) - 3, len(issue["trend"]["counts"]) - 2}


def test_first_and_last_are_about_all_of_the_retention(errors: Any) -> None:
    """A range of an hour still tells when and in which release the problem began."""
    errors.add(ago=20 * DAY, release="shop@1", environment="beta")
    errors.add(ago=10 * DAY)
    errors.add(release="shop@2", environment="production")
    [issue] = errors.issues()
    assert (issue["events"], issue["first_release"], issue["last_release"]) == (1, "shop@1", "shop@2")
    assert issue["environments"] == ["beta", "production"]
    assert issue["first_seen"] < issue["last_seen"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["B", "A"]),
        ("release:shop@1", ["A"]),
        ("environment:production", ["B"]),
        ("level:fatal", ["B"]),
        ("type:A", ["A"]),
        ("region:eu", ["A"]),
        ("tags.region:us", ["B"]),
        ("user:alice", ["A"]),
        ("timeout", ["B"]),
        ("TIMEOUT", ["B"]),
        ('"gateway timeout"', ["B"]),
        ("checkout", ["A"]),
        ("-level:fatal", ["A"]),
        ("release:shop@*", ["B", "A"]),
        ("level:fatal OR type:A", ["B", "A"]),
        ("level:fatal type:A", []),
        ("release:'; DROP TABLE error_events; --", []),
        ("100%", []),
    ],
)
def test_search(errors: Any, search: str, found: list[str]) -> None:
    """Words look into type, value and culprit; fields into what events carry; anything else is a tag."""
    errors.add(
        "A", ago=timedelta(minutes=2), release="shop@1", tags={"region": "eu"}, user={"id": "alice"},
        transaction="/checkout",
    )  # fmt: skip
    errors.add(
        "B", release="shop@2", environment="production", level="fatal", value="gateway timeout", tags={"region": "us"}
    )
    assert errors.types(query=search) == found


def test_faulty_search_says_where(errors: Any) -> None:
    """400 with the position."""
    problem = errors.get("/issues", query="level:(", expect=400)
    assert problem["code"] == "invalid"
    assert problem["errors"][0]["where"].startswith("query, character")


def test_decisions_move_issues_between_lists(errors: Any) -> None:
    """Resolve, ignore, reopen."""
    errors.add()
    [issue] = errors.issues()
    path = f"/issues/{issue['id']}"
    assert errors.post(f"{path}/resolve").json()["status"] == "resolved"
    assert (errors.types(), errors.types(status="resolved")) == ([], ["KeyError"])
    assert errors.types(status="all") == ["KeyError"]
    assert errors.post(f"{path}/ignore").json()["status"] == "ignored"
    assert (errors.types(status="resolved"), errors.types(status="ignored")) == ([], ["KeyError"])
    assert errors.post(f"{path}/reopen").json()["status"] == "unresolved"
    assert (errors.types(), errors.types(status="ignored")) == (["KeyError"], [])


def test_new_event_opens_a_resolved_issue_again(errors: Any) -> None:
    """A regression, also when the clock of the sender is behind."""
    errors.add()
    [issue] = errors.issues()
    errors.post(f"/issues/{issue['id']}/resolve")
    errors.add(ago=timedelta(minutes=10))
    [again] = errors.issues()
    assert (again["id"], again["status"]) == (issue["id"], "unresolved")
    assert errors.issues(status="resolved") == []


def test_new_event_leaves_an_ignored_issue_ignored(errors: Any) -> None:
    """That is what ignoring is for."""
    errors.add()
    [issue] = errors.issues()
    errors.post(f"/issues/{issue['id']}/ignore")
    errors.add()
    assert errors.issues() == []
    assert errors.issues(status="ignored")[0]["events"] == 2


def test_issue_detail_leads_to_its_latest_event(errors: Any) -> None:
    """And to all others, latest first, page by page."""
    first, last = errors.add(ago=timedelta(minutes=5)), errors.add()
    [issue] = errors.issues()
    detail = errors.get(f"/issues/{issue['id']}")
    assert detail == issue | {"latest_event_id": last}
    page = errors.get(f"/issues/{issue['id']}/events", limit=1)
    assert [each["event_id"] for each in page["items"]] == [last]
    following = errors.get(f"/issues/{issue['id']}/events", limit=1, cursor=page["next"])
    assert [each["event_id"] for each in following["items"]] == [first]
    assert following["next"] is None


def test_issue_without_events_in_the_range_can_still_be_read(errors: Any) -> None:
    """A link to an old issue works."""
    errors.add(ago=5 * DAY)
    [issue] = errors.issues(**{"from": "now-7d"})
    detail = errors.get(f"/issues/{issue['id']}")
    assert (detail["type"], detail["events"], sum(detail["trend"]["counts"])) == ("KeyError", 0, 0)


@pytest.mark.parametrize("issue_id", ["0" * 16, "nothing", "f" * 17, "F" * 16, "%20"])
def test_unknown_issue(errors: Any, issue_id: str) -> None:
    """404, to read and to change."""
    assert errors.get(f"/issues/{issue_id}", expect=404)["code"] == "not_found"
    assert errors.post(f"/issues/{issue_id}/resolve").status_code == 404


def test_unknown_event(errors: Any) -> None:
    """404."""
    assert errors.get(f"/events/{'0' * 32}", expect=404)["code"] == "not_found"


def test_event_is_found_with_and_without_dashes(errors: Any) -> None:
    """People copy ids from wherever they see them."""
    event_id = errors.add()
    dashed = "-".join((event_id[:8], event_id[8:12], event_id[12:16], event_id[16:20], event_id[20:]))
    assert errors.get(f"/events/{dashed}")["event_id"] == event_id


def test_projects_do_not_see_each_other(make_errors: Callable[[str], Any], project_name: str) -> None:
    """Alice's errors are not Bob's, by list, by id, by trace."""
    alice, bob = make_errors(f"{project_name}a"), make_errors(f"{project_name}b")
    trace = {"trace": {"trace_id": "a" * 32, "span_id": "b" * 16}}
    event_id = alice.add(contexts=trace)
    [issue] = alice.issues()
    assert bob.issues(status="all") == []
    bob.get(f"/issues/{issue['id']}", expect=404)
    bob.get(f"/events/{event_id}", expect=404)
    assert bob.get(f"/issues/{issue['id']}/events")["items"] == []
    assert bob.get("/events", trace_id="a" * 32)["items"] == []
    assert len(alice.get("/events", trace_id="a" * 32)["items"]) == 1


def test_viewers_may_read_but_not_decide(errors: Any) -> None:
    """Charlie looks only."""
    errors.add()
    [issue] = errors.issues()
    made = httpx.post(
        f"{errors.server.url}/api/tokens", json={"name": "charlie", "role": "viewer"}, headers=errors.server.auth,
        timeout=60,
    )  # fmt: skip
    charlie = {"Authorization": f"Bearer {made.json()['token']}"}
    assert errors.post(f"/issues/{issue['id']}/resolve", **charlie).status_code == 403
    assert errors.issues() == [issue | {"trend": errors.issues()[0]["trend"]}]


def test_strangers_see_nothing(errors: Any) -> None:
    """401 without a token, and an ingest key is none."""
    for headers in ({}, {"Authorization": f"Bearer {errors.key}"}):
        assert httpx.get(f"{errors.server.url}/api/errors/issues", headers=headers, timeout=60).status_code == 401
