"""Leases let one server at a time run a job that is due."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from vedette.storage.records import Claim, Leases

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def leases(records):
    return Leases(records)


def claim(leases, holder, now):
    return leases.claim("sweep", holder, now=now, every=HOUR, lease=MINUTE)


def test_a_job_that_never_ran_is_due(leases):
    """The first claim is granted."""
    assert claim(leases, "one", NOON) == Claim(granted=True)


def test_a_running_job_is_not_given_to_another(leases):
    """The other server learns when the lease ends."""
    claim(leases, "one", NOON)
    assert claim(leases, "two", NOON + timedelta(seconds=20)) == Claim(False, timedelta(seconds=40))


def test_a_job_is_not_due_before_its_period_is_over(leases):
    """Also when another server ran it."""
    claim(leases, "one", NOON)
    leases.finish("sweep", "one", now=NOON + MINUTE, error=None)
    assert claim(leases, "two", NOON + 15 * MINUTE) == Claim(False, timedelta(minutes=45))
    assert claim(leases, "two", NOON + HOUR).granted


def test_the_job_of_a_server_that_died_is_taken_over(leases):
    """Once its lease is over, without waiting for the next period."""
    claim(leases, "one", NOON)
    assert claim(leases, "two", NOON + MINUTE).granted


def test_a_renewed_lease_holds_longer(leases):
    """A run that takes long keeps its job."""
    claim(leases, "one", NOON)
    assert leases.renew("sweep", "one", now=NOON + MINUTE / 2, lease=MINUTE)
    assert not claim(leases, "two", NOON + MINUTE).granted


def test_who_lost_a_lease_cannot_renew_or_finish_it(leases):
    """A server that was suspended does not disturb the one that took over."""
    claim(leases, "one", NOON)
    claim(leases, "two", NOON + MINUTE)
    assert not leases.renew("sweep", "one", now=NOON + MINUTE, lease=MINUTE)
    assert not leases.finish("sweep", "one", now=NOON + MINUTE, error=None)


def test_the_last_run_is_kept(leases):
    """With its error, until a good run."""
    claim(leases, "one", NOON)
    leases.finish("sweep", "one", now=NOON + MINUTE, error="OSError: disk full")
    (run,) = leases.last_runs()
    assert (run.name, run.holder, run.last_started_at, run.last_finished_at, run.last_error) == (
        "sweep",
        None,
        NOON,
        NOON + MINUTE,
        "OSError: disk full",
    )


def test_a_clock_that_was_set_back_does_not_stop_a_job(leases):
    """A start in the future counts as long ago."""
    claim(leases, "one", NOON + 100 * HOUR)
    leases.finish("sweep", "one", now=NOON + 100 * HOUR, error=None)
    assert claim(leases, "one", NOON).granted


def test_of_many_claims_at_once_one_is_granted(leases):
    """Whatever the order of their statements."""
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda holder: claim(leases, holder, NOON).granted, "abcde"))
    assert sorted(answers) == [False, False, False, False, True]


def test_of_many_claims_for_the_next_run_one_is_granted(leases):
    """Also when the row is there already and each could read it before the others change it."""
    everybody = threading.Barrier(5)
    for hour in range(5):
        now = NOON + hour * HOUR

        def start(holder, now=now):
            everybody.wait()
            return holder if claim(leases, holder, now).granted else None

        with ThreadPoolExecutor(5) as pool:
            (winner,) = filter(None, pool.map(start, "abcde"))
        leases.finish("sweep", winner, now=now, error=None)
