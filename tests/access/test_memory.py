"""Answers of the records are remembered for a moment, within bounds."""

import pytest

from vedette.guard.access import memory
from vedette.guard.access.memory import Memory


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
def asked():
    return []


@pytest.fixture
def find(clock, asked):
    """Return a function that finds upper-case words only, and notes when it had to ask."""
    remembered: Memory[str] = Memory(clock)

    def find(key):
        return remembered.find(key, lambda: (asked.append(key), key if key.isupper() else None)[1])

    find.memory = remembered
    return find


def test_what_was_found_is_remembered_for_half_a_minute(find, clock, asked):
    """Then it is asked for again."""
    for clock.now in (0, 29.9, 30, 59):
        assert find("A") == "A"
    assert len(asked) == 2


def test_what_is_absent_is_remembered_for_five_seconds(find, clock, asked):
    """A flood of one unknown key does not reach the records."""
    for clock.now in (0, 4.9, 5, 9):
        assert find("a") is None
    assert len(asked) == 2


async def test_an_answer_from_a_thread_is_remembered_too(find, asked):
    """The second time no thread is needed."""
    for _ in range(2):
        assert await find.memory.find_soon("A", lambda: asked.append("A") or "A") == "A"
    assert asked == ["A"]


def test_unknown_keys_do_not_push_out_known_ones(find, asked, monkeypatch):
    """However many there are."""
    monkeypatch.setattr(memory, "_MOST_ABSENT", 10)
    find("A")
    for number in range(100):
        find(f"a{number}")
    asked.clear()
    find("A")
    assert asked == []
    assert len(find.memory._absent) == 10


def test_the_number_of_known_keys_is_bounded(find, monkeypatch):
    """The oldest answer goes first."""
    monkeypatch.setattr(memory, "_MOST_FOUND", 2)
    for key in "ABC":
        find(key)
    assert list(find.memory._found) == ["B", "C"]


def test_an_answer_from_before_a_change_is_not_remembered(clock):
    """A key that is revoked while it is looked up stays unknown afterwards."""
    remembered: Memory[str] = Memory(clock)

    def ask_while_it_changes() -> str:
        remembered.forget()
        return "A"

    assert remembered.find("A", ask_while_it_changes) == "A"
    assert remembered.find("A", lambda: None) is None
