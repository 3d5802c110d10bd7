"""Properties of the parsers: nothing a sender does makes them fail in a way we did not mean."""

import contextlib
import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.ingest.arrival import Arrival, Refused
from vedette.ingest.leniency import Trimmer, parse_json, time_ns
from vedette.ingest.sentry.envelope import read_envelope
from vedette.ingest.sentry.events import error_row
from vedette.ingest.sentry.intake import parse_envelope
from vedette.ingest.sentry.logs import LOG_ROWS, log_row
from vedette.ingest.sentry.spans import SPAN_ROWS, spans_of
from vedette.kit.errors import Invalid
from vedette.signals.errors.rows import table_of

from .conftest import envelope

ODD_TEXT = st.text(alphabet=st.characters(), max_size=30) | st.just("\ud83d") | st.just("{{auto}}")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | ODD_TEXT
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD_TEXT, inner, max_size=4))
FRAME = st.dictionaries(
    st.sampled_from(["filename", "abs_path", "module", "function", "lineno", "in_app", "vars", "pre_context"]), JSON
)
STACKTRACE = st.fixed_dictionaries({"frames": st.lists(FRAME)})
EXCEPTION = st.fixed_dictionaries(
    {}, optional={"type": JSON, "value": JSON, "mechanism": JSON, "stacktrace": STACKTRACE | JSON}
)
FIELDS = (
    "event_id", "timestamp", "start_timestamp", "level", "message", "logentry", "tags", "user", "request", "contexts",
    "breadcrumbs", "extra", "fingerprint", "release", "environment", "sdk", "threads", "spans", "platform", "logger",
    "server_name", "transaction", "modules", "stacktrace", "type", "dist",
)  # fmt: skip
EVENT = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8).flatmap(
    lambda event: st.one_of(JSON, st.lists(EXCEPTION, max_size=3)).map(lambda each: event | {"exception": each})
)


def kept_or_refused(read: Callable[[], tuple[Any, int]], reasons: set[str]) -> Any:
    """Return what was read, None when it was refused for one of these reasons."""
    try:
        return read()[0]
    except Refused as refusal:
        if refusal.reason in reasons:
            return None
        raise


lenient = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@lenient
@given(EVENT)
def test_any_object_is_an_event_that_can_be_stored(arrival: Arrival, event: dict[str, Any]) -> None:
    """Or is refused for its time; the row fits the table and its payload is JSON."""
    row = kept_or_refused(lambda: error_row(event, arrival), {"too_old", "in_future"})
    if row is None:
        return
    assert table_of([row]).num_rows == 1
    assert isinstance(orjson.loads(row.payload), dict)
    assert len(row.event_id) == 32


@lenient
@given(EVENT, st.lists(st.dictionaries(st.sampled_from(("span_id", "op", "data", "tags", "timestamp")), JSON)))
def test_any_transaction_is_spans_or_refused(
    arrival: Arrival, event: dict[str, Any], spans: list[dict[str, Any]]
) -> None:
    """A trace id is all that is needed."""
    known = {"contexts": {"trace": {"trace_id": "a" * 32, "span_id": "b" * 16}}}
    for transaction in (event, event | known | {"spans": spans}):
        reasons = {"too_old", "in_future", "no_trace_id"}
        found = kept_or_refused(lambda each=transaction: spans_of(each, arrival), reasons)
        assert found is None or SPAN_ROWS.decode([found]).rows["otel_traces"].num_rows == len(found) > 0


@lenient
@given(JSON, st.dictionaries(st.sampled_from(["timestamp", "body", "level", "attributes", "trace_id"]), JSON))
def test_any_log_is_a_record_or_refused(arrival: Arrival, anything: Any, log: dict[str, Any]) -> None:
    """Whatever its fields are."""
    for each in (anything, log):
        reasons = {"too_old", "in_future", "malformed_record"}
        row = kept_or_refused(lambda each=each: log_row(each, arrival), reasons)
        assert row is None or LOG_ROWS.decode([[row]]).rows["otel_logs"].num_rows == 1


@lenient
@given(st.binary(max_size=300))
def test_any_bytes_are_an_envelope_or_invalid(arrival: Arrival, body: bytes) -> None:
    """Never another error."""
    with contextlib.suppress(Invalid):
        parse_envelope(read_envelope(body), arrival)


@lenient
@given(st.lists(st.binary(max_size=60), max_size=5), st.data())
def test_truncated_envelopes_are_invalid_or_shorter(
    arrival: Arrival, payloads: list[bytes], data: st.DataObject
) -> None:
    """A cut anywhere never invents an item."""
    whole = envelope(*(({"type": "event"}, payload) for payload in payloads))
    assert [item.payload for item in read_envelope(whole).items] == payloads
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    try:
        found = [item.payload for item in read_envelope(cut).items]
    except Invalid:
        return
    assert found == payloads[: len(found)]


def test_items_without_length_end_with_their_line() -> None:
    """The length may be left out for payloads of one line; empty lines between items are ignored."""
    items = read_envelope(b'{}\n\n{"type":"event"}\n{"a":1}\n{"type":"session"}\n{}').items
    assert [(item.type, item.payload) for item in items] == [("event", b'{"a":1}'), ("session", b"{}")]


def test_payload_with_length_may_hold_line_ends() -> None:
    """Attachments are bytes."""
    [item] = read_envelope(b'{}\n{"type":"attachment","length":5}\na\nb\nc').items
    assert item.payload == b"a\nb\nc"


@given(JSON)
def test_trimmed_values_are_bounded_json(value: Any) -> None:
    """Whatever goes in, what comes out is JSON of limited size and has lone surrogates no more."""
    trimmed = Trimmer(budget=500).tree(value)
    assert len(orjson.dumps(trimmed)) < 20_000


def test_budget_is_shared_by_the_whole_event() -> None:
    """A thousand values of one kilobyte are cut, though none of them is long."""
    trim = Trimmer(budget=10_000)
    kept = trim.tree({f"k{number}": "v" * 1000 for number in range(400)})
    assert trim.cuts > 300
    assert len(json.dumps(kept)) < 60_000


@pytest.mark.parametrize(
    "value",
    [
        1_767_323_045,
        1_767_323_045.0,
        1_767_323_045_000,
        "1767323045",
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05",
        "2026-01-02T03:04:05.000000000Z",
        "2026-01-02T04:04:05+01:00",
        "2026-01-02 03:04:05",
    ],
)
def test_times_in_every_form(value: object) -> None:
    """Seconds, milliseconds, numbers as text, RFC 3339 with and without zone."""
    assert time_ns(value) == int(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()) * 10**9


@pytest.mark.parametrize("value", [None, True, "", "soon", [], {}, math.nan, math.inf, -1, 0, 1e300, "nan", 10**400])
def test_what_is_no_time(value: object) -> None:
    """None, so that the time of arrival is taken."""
    assert time_ns(value) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_invalid(body: bytes) -> None:
    """The fallback reader raises nothing else."""
    with contextlib.suppress(Invalid):
        parse_json(body, "body")
