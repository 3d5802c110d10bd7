"""What the two addresses answer to the good, the odd and the hostile."""

import base64
import gzip
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import cramjam
import httpx
import orjson
import pytest

from .conftest import envelope


def an_event(**fields: Any) -> dict[str, Any]:
    return {"event_id": uuid4().hex, "message": "hello", **fields}


@pytest.mark.parametrize("path", ["envelope", "envelope/"])
def test_envelope_is_answered_with_the_id(shop: Any, path: str) -> None:
    """With and without the slash at the end."""
    event = an_event()
    answer = shop.send(envelope(({"type": "event"}, orjson.dumps(event)), event_id=event["event_id"]), path)
    assert (answer.status_code, answer.json()) == (200, {"id": event["event_id"]})


@pytest.mark.parametrize("path", ["store", "store/"])
def test_store_takes_one_event(shop: Any, path: str) -> None:
    """The address that older SDKs use."""
    event = an_event()
    answer = shop.send(orjson.dumps(event), path)
    assert (answer.status_code, answer.json()) == (200, {"id": event["event_id"]})
    assert shop.get(f"/api/errors/events/{event['event_id']}")["message"] == "hello"


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", lambda body: bytes(cramjam.brotli.compress(body))),
        ("zstd", lambda body: bytes(cramjam.zstd.compress(body))),
    ],
)
def test_compressed_bodies(shop: Any, encoding: str, compress: Any) -> None:
    """All encodings that SDKs use."""
    body = envelope(({"type": "event"}, orjson.dumps(an_event())))
    assert shop.send(compress(body), **{"Content-Encoding": encoding}).status_code == 200
    assert len(shop.issues()) == 1


def test_base64_of_the_first_sdks(shop: Any) -> None:
    """Raven sent base64 of zlib."""
    body = base64.b64encode(zlib.compress(orjson.dumps(an_event(message="from raven"))))
    assert shop.send(body, "store/").status_code == 200
    assert shop.issues()[0]["value"] == "from raven"


@pytest.mark.parametrize("place", ["header", "query", "dsn", "authorization"])
def test_key_is_found_wherever_sdks_put_it(shop: Any, place: str) -> None:
    """The header, the address, and the DSN inside the envelope (tunnels)."""
    item = ({"type": "event"}, orjson.dumps(an_event()))
    body = envelope(item, dsn=shop.dsn) if place == "dsn" else envelope(item)
    auth = f"Sentry sentry_version=7, sentry_client=x/1, sentry_key={shop.key}"
    headers = {"header": {"X-Sentry-Auth": auth}, "authorization": {"Authorization": auth}}.get(place, {})
    query = {"sentry_key": shop.key, "sentry_version": "7"} if place == "query" else {}
    answer = httpx.post(
        f"{shop.server.url}/api/{shop.id}/envelope/", content=body, headers=headers, params=query, timeout=60
    )
    assert answer.status_code == 200


def test_unknown_key(shop: Any) -> None:
    """Sentry's own form of error, with the reason in a header."""
    answer = shop.send(envelope(), **{"X-Sentry-Auth": "Sentry sentry_key=nobody"})
    assert answer.status_code == 401
    assert answer.json()["detail"] == answer.headers["x-sentry-error"]


def test_no_key_at_all(shop: Any) -> None:
    """A request that names nobody."""
    answer = httpx.post(f"{shop.server.url}/api/{shop.id}/envelope/", content=envelope(), timeout=60)
    assert answer.status_code == 401


def test_key_of_another_project(shop: Any) -> None:
    """The key decides; an address that says otherwise is a mistake worth telling."""
    url = f"{shop.server.url}/api/1/envelope/"
    answer = httpx.post(url, content=envelope(), headers={"X-Sentry-Auth": f"Sentry sentry_key={shop.key}"}, timeout=60)
    assert answer.status_code == 403
    assert answer.json() == {"detail": f"the key belongs to project {shop.id}, not to '1'", "causes": []}


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"", "body: an envelope begins with a line of headers"),
        (b"not json\n", "header: "),
        (b"[]\n", "header: must be a JSON object"),
        (b'{}\n{"length":3}\nabc', "item 0 header: `type` is missing or not text"),
        (b'{}\n{"type":"event","length":500}\n{"message":', "item 0: declares 500 bytes, but 11 follow"),
        (b'{}\n{"type":"event","length":-1}\n{}', "item 0 header: `length` is '-1', not a number of bytes"),
        (b'{}\n{"type":"event","length":2}\n{}x', "item 0: no line ends after 2 bytes"),
        (b'{}\n{"type":"event"}\n{"message": ', "item 0: "),
        (b'{}\n{"type":"event"}\n[1]', "item 0: must be a JSON object"),
        (b'{}\n{"type":"event"}\n' + b'{"a":' * 100_000, "item 0: "),
        (bytes(range(256)), "header: "),
    ],
)
def test_malformed_envelope_says_where(shop: Any, body: bytes, cause: str) -> None:
    """400 with what and where, and a header that SDKs put in their log."""
    answer = shop.send(body)
    assert answer.status_code == 400
    assert any(each.startswith(cause) for each in answer.json()["causes"]), answer.text
    assert answer.headers["x-sentry-error"]


@pytest.mark.parametrize("body", [b"", b"nothing", b"[]", b"{", b"null", b"\x00\xff" * 100])
def test_malformed_event(shop: Any, body: bytes) -> None:
    """The older address, too."""
    answer = shop.send(body, "store/")
    assert answer.status_code == 400
    assert answer.json()["causes"]


def test_damaged_compression(shop: Any) -> None:
    """Not gzip, though it says so."""
    assert shop.send(b"plain", **{"Content-Encoding": "gzip"}).status_code == 400


def test_unknown_compression(shop: Any) -> None:
    """An encoding nobody knows."""
    assert shop.send(b"{}", **{"Content-Encoding": "rot13"}).status_code == 415


def test_bomb(shop: Any) -> None:
    """A body that is small only while it is compressed is refused before it fills the memory."""
    bomb = gzip.compress(b"0" * (100 * 1024 * 1024))
    assert shop.send(bomb, **{"Content-Encoding": "gzip"}).status_code == 413


def test_other_content_types_are_taken(shop: Any) -> None:
    """Browsers send envelopes as plain text, some clients as forms."""
    for media in ("text/plain;charset=UTF-8", "application/x-sentry-envelope", "application/octet-stream"):
        assert shop.send(envelope(({"type": "event"}, b"{}")), **{"Content-Type": media}).status_code == 200


def test_preflight_lets_pages_of_any_origin_send(shop: Any) -> None:
    """The JavaScript SDK sends from pages that Vedette does not serve."""
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    answer = httpx.options(f"{shop.server.url}/api/{shop.id}/envelope/", headers=asked, timeout=60)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "X-Sentry-Auth" in answer.headers["access-control-allow-headers"]
    assert shop.send(envelope()).headers["access-control-allow-origin"] == "*"
    refused = shop.send(b"")
    assert refused.headers["access-control-expose-headers"].startswith("X-Sentry-Error")


def test_same_event_sent_again_is_stored_once(shop: Any) -> None:
    """A client that did not hear the answer sends again and is answered the same."""
    event = an_event()
    answers = [shop.store(event), shop.store(event), shop.store(event | {"event_id": event["event_id"].upper()})]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert shop.issues()[0]["events"] == 1


def test_same_event_sent_at_the_same_time_is_stored_once(shop: Any) -> None:
    """Also when the first is still on its way."""
    event = an_event()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: shop.store(event).status_code, range(16)))
    assert answers == [200] * 16
    assert shop.issues()[0]["events"] == 1


def test_same_event_after_a_restart_is_stored_once(make_server: Any) -> None:
    """What was stored before a kill is recognised after it."""
    server = make_server()
    server.start()
    event = an_event()
    assert server.post("/api/1/store/", json=event).status_code == 200
    server.kill()
    server.start()
    assert server.post("/api/1/store/", json=event).status_code == 200
    assert server.get("/api/errors/issues")["items"][0]["events"] == 1


def test_one_bad_item_costs_the_others_nothing(shop: Any) -> None:
    """The good event is kept, the other one is counted."""
    before = shop.refused().get("malformed_record", 0)
    body = envelope(({"type": "event"}, b"{broken"), ({"type": "event"}, orjson.dumps(an_event())))
    assert shop.send(body).status_code == 200
    assert shop.issues()[0]["events"] == 1
    assert shop.refused()["malformed_record"] == before + 1


def test_items_that_are_not_kept_are_counted_by_type(shop: Any) -> None:
    """Answered 200, so that no SDK repeats them; never dropped in silence."""
    before = shop.refused()
    kinds = ("session", "client_report", "attachment", "profile", "replay_event", "check_in", "invented_by_alice")
    assert shop.send(envelope(*(({"type": kind}, b"{}") for kind in kinds))).json() == {}
    after = shop.refused()
    for kind in (*kinds[:-1], "other"):
        reason = f"unsupported_item:{kind}"
        assert after[reason] == before.get(reason, 0) + 1


@pytest.mark.parametrize(
    ("timestamp", "reason"),
    [("2001-01-01T00:00:00Z", "too_old"), ("2199-01-01T00:00:00Z", "in_future"), (1_000_000_000, "too_old")],
)
def test_times_outside_are_refused_and_counted(shop: Any, timestamp: object, reason: str) -> None:
    """Older than the retention, or far in the future."""
    before = shop.refused().get(reason, 0)
    assert shop.store(an_event(timestamp=timestamp)).status_code == 400
    assert shop.refused()[reason] == before + 1
    assert shop.issues(**{"from": "2000-01-01T00:00:00Z", "to": "2199-12-31T00:00:00Z"}) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"timestamp": "yesterday"},
        {"timestamp": {"a": 1}},
        {"timestamp": -5},
        {"event_id": "not-an-id"},
        {"event_id": None},
        {"event_id": 12},
        {"exception": [{"type": "E", "value": "v"}]},
        {"exception": {"values": [None, {"type": "E", "value": {"a": 1}}]}},
        {"exception": {"type": "E", "value": 5}},
        {"exception": "just text"},
        {"exception": {"values": ["text"]}},
        {"exception": {"values": [{"stacktrace": {"frames": [None, 5, {"lineno": "x", "function": None}]}}]}},
        {"tags": [["a", 1], ["b", None], "odd", {"key": "c", "value": True}]},
        {"tags": {"number": 5, "nothing": None, "deep": {"a": [1]}}},
        {"tags": "none"},
        {"level": "CRITICAL"},
        {"level": 40},
        {"user": "alice"},
        {"user": {"id": 42, "ip_address": "{{auto}}"}},
        {"request": {"headers": [["Host", "x"], ["odd"]], "cookies": [["a", "b"]]}},
        {"request": "GET /"},
        {"breadcrumbs": {"values": [{"timestamp": "x"}, "text", None]}},
        {"breadcrumbs": [{"data": "text", "level": 3}]},
        {"contexts": {"trace": {"trace_id": "zz", "span_id": 5}}},
        {"contexts": []},
        {"extra": {"list": [1, 2.5, None, {"a": float(2**70)}]}},
        {"fingerprint": "one"},
        {"fingerprint": [1, None, "{{ default }}"]},
        {"sdk": "python"},
        {"release": 5, "environment": {"a": 1}, "server_name": ["x"], "platform": 7},
        {"message": {"message": "%s and %999999999d", "params": ["a"]}},
        {"logentry": {"formatted": "done"}},
        {"threads": {"values": [{"current": True, "stacktrace": {"frames": [{"function": "f"}]}}]}},
        {"nul": "a\x00b", "transaction": "line\nbreak\ttab\\n'quote'"},
    ],
)
def test_odd_fields_do_not_cost_the_event(shop: Any, fields: dict[str, Any]) -> None:
    """Whatever one field looks like, the event is kept and can be read."""
    answer = shop.store(an_event(**fields))
    assert answer.status_code == 200, answer.text
    event = shop.get(f"/api/errors/events/{answer.json()['id']}")
    assert event["message"] or event["exceptions"]
    assert len(shop.issues()) == 1


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"message": "bad \xff\xfe bytes"}', "bad \ufffd\ufffd bytes"),
        (b'{"message": "half \\ud83d pair"}', "half ? pair"),
        (b'{"message": "x", "extra": {"n": NaN, "i": Infinity}}', "x"),
        (b'\xef\xbb\xbf{"message": "marked"}', "marked"),
    ],
)
def test_text_that_is_not_quite_text(shop: Any, body: bytes, shown: str) -> None:
    """Invalid UTF-8, half a surrogate pair, numbers that JSON does not know, a byte-order mark."""
    assert shop.send(body, "store/").status_code == 200
    assert shop.issues()[0]["value"] == shown


def test_long_and_deep_values_are_cut_with_a_mark_and_counted(shop: Any) -> None:
    """A megabyte of text and two hundred levels keep their beginning."""
    before = shop.refused().get("value_trimmed", 0)
    deep: Any = "bottom"
    for _ in range(200):
        deep = {"d": deep}
    answer = shop.store(an_event(message="m" * 1_000_000, extra={"long": "x" * 1_000_000, "deep": deep}))
    event = shop.get(f"/api/errors/events/{answer.json()['id']}")
    assert event["extra"]["long"].endswith("… [983616 characters cut]")
    assert event["message"].startswith("mmm")
    assert len(event["message"]) < 20_000
    assert "bottom" not in str(event["extra"]["deep"])
    assert shop.refused()["value_trimmed"] >= before + 3


def test_parts_that_cannot_be_shown_are_counted(shop: Any) -> None:
    """A user that is a name is kept as one; a request that is a text is not, and that is told."""
    before = shop.refused().get("value_trimmed", 0)
    answer = shop.store(an_event(user="alice", request="GET /", contexts=[1]))
    assert shop.get(f"/api/errors/events/{answer.json()['id']}")["user"] == {"id": "alice"}
    assert shop.refused()["value_trimmed"] == before + 2


def test_trace_of_the_envelope_is_that_of_its_event(shop: Any) -> None:
    """SDKs without performance data name the trace in the header only."""
    body = envelope(({"type": "event"}, orjson.dumps(an_event())), trace={"trace_id": "c" * 32})
    assert shop.send(body).status_code == 200
    assert len(shop.get("/api/errors/events", trace_id="c" * 32)["items"]) == 1


def test_request_of_a_transaction_is_told_in_the_words_of_opentelemetry(shop: Any) -> None:
    """So that one search finds the spans of all senders; a failure of the caller is none of the server."""
    trace_id = uuid4().hex
    trace = {"trace_id": trace_id, "span_id": "b" * 16, "op": "http.server", "status": "not_found"}
    transaction = {
        "type": "transaction",
        "transaction": "/quiz/{id}",
        "contexts": {"trace": trace, "response": {"status_code": 404}},
        "request": {"method": "GET", "url": "https://quiz.example/quiz/7"},
        "user": {"id": 7},
        "tags": {"service": "quiz"},
    }
    assert shop.send(envelope(({"type": "transaction"}, orjson.dumps(transaction)))).status_code == 200
    [span] = shop.get(f"/api/traces/{trace_id}")["spans"]
    assert (span["name"], span["service"], span["status"]["code"].lower()) == ("/quiz/{id}", "quiz", "unset")
    assert span["attributes"]["http.response.status_code"] == "404"
    assert span["attributes"]["url.full"] == "https://quiz.example/quiz/7"
    assert span["attributes"]["user.id"] == "7"


def test_same_transaction_sent_again_is_stored_once(shop: Any) -> None:
    """Its spans would count twice in every figure."""
    trace_id = uuid4().hex
    transaction = {
        "event_id": uuid4().hex,
        "type": "transaction",
        "contexts": {"trace": {"trace_id": trace_id, "span_id": "b" * 16}},
    }
    for _ in range(2):
        assert shop.store(transaction).status_code == 200
    assert len(shop.get(f"/api/traces/{trace_id}")["spans"]) == 1
