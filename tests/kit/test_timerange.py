"""Times as people write them."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.kit.errors import Invalid
from vedette.kit.paging import Cursor, parse_cursor
from vedette.kit.timerange import TimeRange, parse_range, parse_time, rfc3339, round_step_s, unix_ns

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("now", NOW),
        ("now-15m", NOW - timedelta(minutes=15)),
        ("now-2w", NOW - timedelta(weeks=2)),
        ("2026-05-01T10:00:00Z", NOW - timedelta(hours=2)),
        ("2026-05-01T12:00:00+02:00", NOW - timedelta(hours=2)),
        ("2026-05-01", NOW - timedelta(hours=12)),
        ("1777636800", NOW),
        ("1777636800.5", NOW + timedelta(seconds=0.5)),
        ("now-999999999w", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_read(text, meaning):
    """RFC 3339, Unix seconds, and relative to now."""
    assert parse_time(text, now=NOW, where="from") == meaning


@pytest.mark.parametrize(
    "text",
    ["", "0001-01-01T00:00:00+14:00", "yesterday", "now-5", "now+5m", "9999-12-31T00:00:00Z", "1e99", "-5", "nan"],
)
def test_what_is_no_time_is_refused(text):
    """The parameter is named."""
    with pytest.raises(Invalid, match="from"):
        parse_time(text, now=NOW, where="from")


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text):
    """Nothing else can come out."""
    with contextlib.suppress(Invalid):
        assert parse_time(text, now=NOW, where="from").tzinfo is UTC


def test_a_range_must_not_run_backwards():
    """Neither may it be empty."""
    with pytest.raises(Invalid, match="empty"):
        parse_range("now", "now-1h", now=NOW)


def test_the_previous_range_ends_where_this_one_starts():
    """It is as long."""
    within = TimeRange(NOW - timedelta(hours=1), NOW)

    assert within.previous() == TimeRange(NOW - timedelta(hours=2), NOW - timedelta(hours=1))


@pytest.mark.parametrize(("seconds", "step"), [(0.1, 1), (7, 10), (61, 120), (90_000, 172_800)])
def test_steps_are_round(seconds, step):
    """The next round number that is not shorter."""
    assert round_step_s(seconds) == step


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
        (1_500_000_000, "1970-01-01T00:00:01.500Z"),
        (1_777_636_800_123_456_000, "2026-05-01T12:00:00.123456Z"),
    ],
)
def test_nanoseconds_are_written_with_the_digits_they_need(time_ns, text):
    """No digit is lost."""
    assert rfc3339(time_ns) == text


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_nanoseconds_of_a_time_are_exact(moment):
    """To the microsecond, both ways."""
    assert datetime.fromisoformat(rfc3339(unix_ns(moment))) == moment


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**64 - 1))
def test_a_cursor_survives_the_way_through_an_address(time_ns, record_id):
    """What was encoded is read back."""
    assert parse_cursor(Cursor(time_ns, record_id).encode()) == Cursor(time_ns, record_id)


@pytest.mark.parametrize("text", ["x", "AAAA", "§§§", "A" * 500])
def test_a_foreign_cursor_is_refused(text):
    """400, not a wrong page."""
    with pytest.raises(Invalid):
        parse_cursor(text)
