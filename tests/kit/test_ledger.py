"""The books of what arrived."""

from vedette.kit.ids import ProjectId
from vedette.kit.instruments import Instruments
from vedette.kit.ledger import SLOT_S, Ledger

ALICE, BOB = ProjectId(1), ProjectId(2)


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


def test_arrivals_are_counted_per_slot_and_project():
    """A project sees its own records in the slots in which they came."""
    clock = Clock()
    ledger = Ledger(Instruments(), clock=clock)
    ledger.accepted(ALICE, "logs", 5, protocol="otlp_http", newest=clock.now - 2)
    clock.now += SLOT_S
    ledger.accepted(ALICE, "logs", 7, protocol="otlp_http")
    ledger.accepted(BOB, "logs", 100, protocol="otlp_http")

    seen = ledger.arrivals(ALICE, "logs")

    assert seen.counts[-2:] == (5, 7)
    assert (seen.total, seen.newest_event) == (12, 999_998.0)
    assert ledger.arrivals(ALICE, "traces").total == 0


def test_what_is_older_than_an_hour_is_forgotten():
    """The ring turns; the total stays."""
    clock = Clock()
    ledger = Ledger(Instruments(), clock=clock)
    ledger.accepted(ALICE, "logs", 5, protocol="otlp_http")
    clock.now += 3601

    seen = ledger.arrivals(ALICE, "logs")

    assert (sum(seen.counts), seen.total) == (0, 5)


def test_refusals_are_listed_by_reason_latest_first():
    """With their protocol; those of unknown keys belong to no project."""
    clock = Clock()
    ledger = Ledger(Instruments(), clock=clock)
    ledger.refused(ALICE, "otlp_http", "traces", "too_old", 3)
    clock.now += 1
    ledger.refused(ALICE, "sentry", "errors", "too_large")
    ledger.refused(None, "sentry", "errors", "unknown_key")

    assert [(each.reason, each.count) for each in ledger.refusals(ALICE)] == [("too_large", 1), ("too_old", 3)]
    assert [each.reason for each in ledger.refusals(None)] == ["unknown_key"]


def test_refusals_are_bounded():
    """Inventing reasons does not cost memory without end."""
    ledger = Ledger(Instruments())
    for place in range(5000):
        ledger.refused(ProjectId(place), "otlp_http", "traces", "too_old")

    assert ledger.refusals(ProjectId(0)) == []
    assert len(ledger.refusals(ProjectId(4999))) == 1
