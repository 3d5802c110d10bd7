"""What an application sees that has the stock Sentry SDK and a DSN of Vedette."""

import logging
import time
from collections.abc import Callable
from typing import Any

import sentry_sdk

Start = Callable[..., None]


def fail(basket: dict[str, int]) -> int:
    discount = 7
    return discount // basket["price"]


def test_exception_becomes_an_issue_with_everything_the_sdk_knows(shop: Any, start_sdk: Start) -> None:
    """Frames with source lines, release, environment, user, tags and breadcrumbs arrive as they were sent."""
    start_sdk(release="shop@1.2.3", environment="beta", server_name="web-1")
    sentry_sdk.set_user({"id": "42", "email": "alice@example.com"})
    sentry_sdk.set_tag("region", "eu")
    sentry_sdk.set_context("order", {"items": 3})
    sentry_sdk.add_breadcrumb(category="cart", message="added a book", level="info", data={"isbn": "x"})
    try:
        fail({"price": 0})
    except ZeroDivisionError as error:
        event_id = sentry_sdk.capture_exception(error)
    sentry_sdk.flush(5)

    [issue] = shop.issues()
    event = shop.get(f"/api/errors/events/{event_id}")
    frame = event["exceptions"][-1]["frames"][-1]
    assert (issue["type"], issue["value"]) == ("ZeroDivisionError", "integer division or modulo by zero")
    assert (issue["status"], issue["events"], issue["users"]) == ("unresolved", 1, 1)
    assert (issue["first_release"], issue["last_release"]) == ("shop@1.2.3", "shop@1.2.3")
    assert (issue["environments"], issue["services"]) == (["beta"], ["shop"])
    assert sum(issue["trend"]["counts"]) == 1
    assert issue["culprit"].endswith(" in fail")
    assert event["issue_id"] == issue["id"]
    assert (frame["function"], frame["context_line"].strip()) == ("fail", 'return discount // basket["price"]')
    assert frame["pre_context"][-1].strip() == "discount = 7"
    assert frame["vars"] == {"basket": {"price": "0"}, "discount": "7"}
    assert frame["filename"].endswith("test_sdk.py")
    assert frame["lineno"] > 0
    assert event["user"]["email"] == "alice@example.com"
    assert event["tags"] == {"region": "eu"}
    assert event["contexts"]["order"] == {"items": 3}
    assert event["breadcrumbs"][-1]["message"] == "added a book"
    assert event["breadcrumbs"][-1]["data"] == {"isbn": "x"}
    assert event["handled"] is True
    assert event["sdk"]["name"].startswith("sentry.python")
    assert (event["environment"], event["release"], event["server_name"]) == ("beta", "shop@1.2.3", "web-1")


def test_error_is_visible_within_two_seconds(shop: Any, start_sdk: Start) -> None:
    """From the moment of the error to the list of issues."""
    start_sdk()
    began = time.monotonic()
    sentry_sdk.capture_message("checkout is slow", level="warning")
    sentry_sdk.flush(5)
    [issue] = shop.issues()
    assert time.monotonic() - began < 2
    assert (issue["type"], issue["value"], issue["level"]) == ("Message", "checkout is slow", "warning")


def test_same_error_twice_is_one_issue(shop: Any, start_sdk: Start) -> None:
    """Two customers, one line of code."""
    start_sdk()
    for user in ("alice", "bob"):
        sentry_sdk.set_user({"id": user})
        try:
            fail({})
        except KeyError:
            sentry_sdk.capture_exception()
    sentry_sdk.flush(5)
    [issue] = shop.issues()
    assert (issue["events"], issue["users"]) == (2, 2)


def test_log_messages_are_grouped_by_their_template(shop: Any, start_sdk: Start) -> None:
    """`logging.error("… %s", …)` differs in its values, not in what it is about."""
    start_sdk()
    for name in ("alice", "bob"):
        logging.getLogger("shop.mail").error("cannot reach %s", name)
    sentry_sdk.flush(5)
    [issue] = shop.issues()
    assert issue["events"] == 2
    assert issue["value"] in {"cannot reach alice", "cannot reach bob"}


def test_chained_exceptions_are_shown_from_cause_to_effect(shop: Any, start_sdk: Start) -> None:
    """The last is the one that was caught."""
    start_sdk()
    try:
        try:
            fail({})
        except KeyError as cause:
            raise RuntimeError("checkout failed") from cause
    except RuntimeError:
        event_id = sentry_sdk.capture_exception()
    sentry_sdk.flush(5)
    event = shop.get(f"/api/errors/events/{event_id}")
    assert [each["type"] for each in event["exceptions"]] == ["KeyError", "RuntimeError"]
    assert event["type"] == "RuntimeError"


def test_transaction_becomes_a_trace_that_errors_point_to(shop: Any, start_sdk: Start) -> None:
    """A transaction and its spans are spans like any other; the error inside carries their trace id."""
    start_sdk(traces_sample_rate=1.0, release="shop@2.0")
    with sentry_sdk.start_transaction(op="http.server", name="GET /basket") as transaction:
        with sentry_sdk.start_span(op="db.query", name="SELECT 1"):
            sentry_sdk.capture_message("inside")
        transaction.set_status("internal_error")
    sentry_sdk.flush(5)
    trace = shop.get(f"/api/traces/{transaction.trace_id}")
    root = next(span for span in trace["spans"] if not span["parent_span_id"])
    child = next(span for span in trace["spans"] if span["parent_span_id"])
    assert (root["name"], root["kind"].lower(), root["service"]) == ("GET /basket", "server", "shop")
    assert root["status"]["code"].lower() == "error"
    assert (child["name"], child["kind"].lower()) == ("SELECT 1", "client")
    assert child["parent_span_id"] == root["span_id"]
    [event] = shop.get("/api/errors/events", trace_id=transaction.trace_id)["items"]
    assert event["message"] == "inside"


def test_sentry_logs_become_log_records(shop: Any, start_sdk: Start) -> None:
    """The SDK's own logs (`enable_logs`) are found among all logs."""
    start_sdk(enable_logs=True, release="shop@2.0", environment="beta")
    sentry_sdk.logger.warning("stock of {book} is low", book="Emma")
    sentry_sdk.flush(5)
    [record] = shop.get("/api/logs")["items"]
    assert (record["body"], record["severity"], record["service"]) == ("stock of Emma is low", "warn", "shop")
    assert record["attributes"]["sentry.message.parameter.book"] == "Emma"
    assert record["resource"]["deployment.environment.name"] == "beta"
