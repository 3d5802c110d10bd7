"""Product events: sending, refusing, reading."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.ingest.arrival import Arrival
from vedette.ingest.door import Admission
from vedette.ingest.events.records import read_records, sort_records
from vedette.kit.errors import Invalid
from vedette.kit.ids import ProjectId
from vedette.signals.events.rows import table_of
from vedette.storage.telemetry.retention import Retention


@dataclass(frozen=True)
class Site:
    """The events of one project."""

    server: Any
    name: str
    key: str

    def send(self, events: Any, path: str = "/api/events", **headers: str) -> httpx.Response:
        body = events if isinstance(events, bytes) else orjson.dumps(events)
        sent = {"X-Vedette-Key": self.key} | headers
        return httpx.post(f"{self.server.url}{path}", content=body, headers=sent, timeout=60)

    def get(self, path: str = "", **params: Any) -> Any:
        return self.server.get(f"/api/events{path}", project=self.name, **params)

    def names(self, **params: Any) -> list[str]:
        return [each["name"] for each in self.get(**params)["items"]]


@pytest.fixture
def site(server: Any, project_name: str) -> Site:
    return Site(server, project_name, server.new_project(project_name))


def ago(**length: float) -> str:
    return (datetime.now(UTC) - timedelta(**length)).isoformat()


def test_event_is_read_as_it_was_sent(site: Site) -> None:
    """Text stays text, everything else is JSON text."""
    properties = {"plan": "pro", "price": 9.5, "trial": True, "tags": ["a"], "none": None, "ü": "ñ\t\n'\\"}
    event = {
        "name": "signed_up",
        "timestamp": ago(minutes=1),
        "distinct_id": "alice",
        "session_id": "s1",
        "properties": properties,
    }
    answer = site.send(event)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["refused"]) == (202, 1, [])
    [found] = site.get()["items"]
    assert (found["name"], found["distinct_id"], found["session_id"]) == ("signed_up", "alice", "s1")
    assert datetime.fromisoformat(found["timestamp"]) == datetime.fromisoformat(event["timestamp"])
    assert found["properties"] == {
        "plan": "pro", "price": "9.5", "trial": "true", "tags": '["a"]', "none": "null", "ü": "ñ\t\n'\\"
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b'[{"name":"a"},{"event":"b"}]',
        b'{"events":[{"name":"a"},{"name":"b"}]}',
        b'{"name":"a"}\n{"name":"b"}\n',
        b'{"name":"a"}\r\n\r\n{"name":"b"}',
    ],
)
def test_many_events_in_one_request(site: Site, body: bytes) -> None:
    """A list, an object with a list, one event a line."""
    assert site.send(body).json()["accepted"] == 2
    assert sorted(site.names()) == ["a", "b"]


def test_each_record_is_judged_by_itself(site: Site) -> None:
    """The good ones are kept, the others are told by place and reason."""
    events = [
        {"name": "good"},
        {"nothing": 1},
        {"name": ""},
        {"name": "late", "timestamp": "soon"},
        "text",
        {"name": "old", "timestamp": "2001-01-01T00:00:00Z"},
        {"name": "early", "timestamp": "2100-01-01T00:00:00Z"},
        {"name": "odd", "properties": [1]},
        {"name": "many", "properties": {str(number): 1 for number in range(513)}},
        {"name": "who", "distinct_id": {"a": 1}},
        {"name": "long", "properties": {"a": "x" * 20_000}},
    ]
    answer = site.send(events)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    assert [(each["index"], each["reason"]) for each in answer.json()["refused"]] == [
        (1, "missing_name"),
        (2, "invalid_name"),
        (3, "invalid_timestamp"),
        (4, "malformed_record"),
        (5, "too_old"),
        (6, "in_future"),
        (7, "invalid_properties"),
        (8, "too_many_attributes"),
        (9, "invalid_id"),
        (10, "value_too_long"),
    ]
    assert site.names() == ["good"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"", "body"),
        (b"nonsense", "body"),
        (b"[]", "body"),
        (b'{"name":"a"}\n{broken', "line 2"),
        (b"[{}]", "events[0]"),
        (b"5", "events[0]"),
        (b'{"name":"' + b"x" * 300 + b'"}', "events[0]"),
    ],
)
def test_nothing_to_keep_is_an_error_that_says_where(site: Site, body: bytes, where: str) -> None:
    """400 as a problem document."""
    answer = site.send(body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["errors"][0]["where"]) == ("invalid", where)


def test_unknown_key(site: Site) -> None:
    """401, whichever way it comes."""
    assert site.send({"name": "a"}, **{"X-Vedette-Key": "nobody"}).status_code == 401
    url = f"{site.server.url}/api/events"
    assert httpx.post(url, json={"name": "a"}, timeout=60).status_code == 401


def test_browser_beacon(site: Site) -> None:
    """`navigator.sendBeacon` sends plain text, has no headers of its own and brings cookies along."""
    headers = {"Content-Type": "text/plain;charset=UTF-8", "Origin": "https://shop.example"}
    url = f"{site.server.url}/api/events?key={site.key}"
    answer = httpx.post(url, content=b'{"name":"left"}', headers=headers, timeout=60)
    assert answer.status_code == 202
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert site.names() == ["left"]


@pytest.mark.parametrize("path", ["/api/events", "/api/analytics"])
def test_preflight(site: Site, path: str) -> None:
    """A page of another origin may send JSON, but not read events."""
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-vedette-key",
    }
    answer = httpx.options(f"{site.server.url}{path}", headers=asked, timeout=60)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-headers"] == "content-type,x-vedette-key"
    reading = httpx.get(
        f"{site.server.url}/api/events", headers=site.server.auth | {"Origin": "https://shop.example"}, timeout=60
    )
    assert "access-control-allow-origin" not in reading.headers


def test_same_id_is_stored_once(site: Site) -> None:
    """Sent again, sent twice at once, twice in one request."""
    event = {"name": "paid", "id": "order-17"}
    assert site.send(event).json()["duplicates"] == 0
    assert site.send([event, event]).json() == {"status": "success", "accepted": 2, "duplicates": 2, "refused": []}
    other = {"name": "paid", "id": "order-18"}
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: site.send(other), range(16)))
    assert site.names() == ["paid", "paid"]


def test_same_id_in_another_project_is_another_event(site: Site, server: Any) -> None:
    """Projects choose their ids without knowing each other."""
    other = Site(server, f"{site.name}b", server.new_project(f"{site.name}b"))
    for each in (site, other):
        each.send({"name": "paid", "id": "1"})
    assert (site.names(), other.names()) == (["paid"], ["paid"])


def test_events_survive_a_kill(make_server: Any) -> None:
    """What was answered 202 is there after a kill, and its ids are still known."""
    server = make_server()
    server.start()
    assert server.post("/api/events", json={"name": "paid", "id": "1"}).status_code == 202
    server.kill()
    server.start()
    assert server.post("/api/events", json={"name": "paid", "id": "1"}).json()["duplicates"] == 1
    assert [each["name"] for each in server.get("/api/events")["items"]] == ["paid"]


def test_analytics_of_an_existing_web_app(site: Site) -> None:
    """The form that its analytics client sends already."""
    sent = {"eventType": "page_load", "data": {"pageName": "Homepage", "sessionId": "test123", "loadTime": 812.5}}
    answer = site.send(sent, "/api/analytics")
    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "accepted": 1, "duplicates": 0, "refused": []}
    [found] = site.get()["items"]
    assert (found["name"], found["session_id"], found["distinct_id"]) == ("page_load", "test123", "test123")
    assert found["properties"] == {"pageName": "Homepage", "loadTime": "812.5"}


def test_analytics_with_user_and_time(site: Site) -> None:
    """`Date.now()` is milliseconds."""
    moment = datetime.now(UTC) - timedelta(minutes=2)
    data = {"sessionId": "s", "userId": "alice", "timestamp": int(moment.timestamp() * 1000)}
    site.send({"eventType": "task_completion", "data": data}, "/api/analytics")
    [found] = site.get()["items"]
    assert found["distinct_id"] == "alice"
    assert abs(datetime.fromisoformat(found["timestamp"]) - moment) < timedelta(milliseconds=2)


def test_fields_without_a_place_are_properties(site: Site) -> None:
    """Nothing that was sent is dropped."""
    site.send({"name": "a", "url": "/x", "userId": 7, "properties": {"b": "c"}})
    [found] = site.get()["items"]
    assert (found["distinct_id"], found["properties"]) == ("7", {"url": "/x", "b": "c"})


def test_pages_hold_every_event_once(site: Site) -> None:
    """Also those of the same moment."""
    moment = ago(minutes=1)
    site.send([{"name": f"e{number}", "timestamp": moment} for number in range(25)])
    found: list[str] = []
    cursor = None
    while True:
        page = site.get(limit=10, **({"cursor": cursor} if cursor else {}))
        found += [each["name"] for each in page["items"]]
        if not (cursor := page["next"]):
            break
    assert sorted(found) == sorted(f"e{number}" for number in range(25))


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("name:paid", ["paid"]),
        ("plan:pro", ["paid", "seen"]),
        ("price:>10", ["paid"]),
        ("distinct_id:bob", ["seen"]),
        ("pro -name:seen", ["paid"]),
        ("properties.price:*", ["paid"]),
        ("nothing", []),
    ],
)
def test_search(site: Site, search: str, found: list[str]) -> None:
    """Words look into names, people and values; fields that are none of ours are properties."""
    site.send(
        [
            {"name": "paid", "distinct_id": "alice", "properties": {"plan": "pro", "price": 20}},
            {"name": "seen", "distinct_id": "bob", "properties": {"plan": "pro"}},
            {"name": "left", "distinct_id": "charlie"},
        ]
    )
    assert sorted(site.names(query=search)) == found


def test_names_with_counts_and_people(site: Site) -> None:
    """Most frequent first; events without a person count as events only."""
    site.send([{"name": "seen", "distinct_id": who} for who in ("alice", "bob", "alice")] + [{"name": "tick"}])
    found = [(each["name"], each["count"], each["people"]) for each in site.get("/names")["items"]]
    assert found == [("seen", 3, 2), ("tick", 1, 0)]


def test_big_body(site: Site) -> None:
    """Ten thousand events at once."""
    events = [{"name": f"e{number % 7}", "distinct_id": str(number % 100)} for number in range(10_000)]
    assert site.send(events).json()["accepted"] == 10_000
    assert sum(each["count"] for each in site.get("/names")["items"]) == 10_000


ODD_TEXT = st.text(alphabet=st.characters(), max_size=20) | st.just("\ud83d")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | ODD_TEXT
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_TEXT, inner, max_size=3))
FIELDS = st.sampled_from(["name", "event", "timestamp", "id", "distinct_id", "properties", "eventType", "data", "x"])


@given(st.lists(JSON | st.dictionaries(FIELDS, JSON), max_size=5))
def test_any_records_are_rows_or_refused(records: list[Any]) -> None:
    """Every record has one outcome, and the rows fit the table."""
    arrival = Arrival(ProjectId(1), Admission(Retention({"events": 365})))
    result = sort_records(records, arrival)
    assert len(result.rows) + len(result.refused) == len(records)
    assert table_of(result.rows).num_rows == len(result.rows)


@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_invalid(body: bytes) -> None:
    """Never another error."""
    with contextlib.suppress(Invalid):
        read_records(body)
