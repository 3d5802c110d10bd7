"""Attempts are counted in a window that slides."""

import pytest

from vedette.guard.access import throttle
from vedette.guard.access.throttle import Throttle, network_of
from vedette.kit.errors import Throttled


class Clock:
    """A clock that stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time it was set to."""
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def slow(clock):
    return Throttle(2, 60, clock=clock)


def test_the_window_slides(slow, clock):
    """Each attempt is forgotten a minute after it was made, not all together."""
    for clock.now in (0, 30, 60):
        slow.enter("alice")
    clock.now = 75
    with pytest.raises(Throttled) as caught:
        slow.enter("alice")
    assert caught.value.retry_after_s == 15
    clock.now = 90
    slow.enter("alice")


def test_refused_attempts_do_not_prolong_the_wait(slow, clock):
    """Who asks too early is not punished for it."""
    for _ in range(2):
        slow.enter("alice")
    for clock.now in (10, 20, 59):
        with pytest.raises(Throttled):
            slow.enter("alice")
    clock.now = 60
    slow.enter("alice")


def test_subjects_are_apart(slow):
    """Alice is not slowed by what is tried on Bob."""
    for name in ("alice", "bob", "alice", "bob"):
        slow.enter(name)


def test_memory_is_bounded(slow, monkeypatch):
    """The subject that tried least recently goes first."""
    monkeypatch.setattr(throttle, "_MOST_SUBJECTS", 2)
    for name in ("alice", "bob", "alice", "charlie"):
        slow.enter(name)
    assert list(slow._attempts) == ["alice", "charlie"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_one_attacker_is_one_network(address, network):
    """Whoever has an IPv6 address has 2^64 of them."""
    assert network_of(address) == network
