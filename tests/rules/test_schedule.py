"""When groups are due."""

from vedette.signals.metrics.rules.rule import Group
from vedette.signals.metrics.rules.schedule import next_slot, slot_before

_GROUP = Group("rules.yml", "shop", "default", 60_000, ())


def test_a_group_is_due_on_the_same_grid_after_every_restart() -> None:
    slots = {slot_before(_GROUP, now_ms) % 60_000 for now_ms in range(1_700_000_000_000, 1_700_000_300_000, 7_000)}

    assert len(slots) == 1


def test_the_slot_before_is_never_ahead_and_never_an_interval_old() -> None:
    for now_ms in range(1_700_000_000_000, 1_700_000_120_000, 1_000):
        assert 0 <= now_ms - slot_before(_GROUP, now_ms) < 60_000


def test_groups_are_spread_over_the_interval() -> None:
    shifts = {slot_before(Group("f", f"g{each}", "default", 60_000, ()), 0) for each in range(100)}

    assert len(shifts) > 90


def test_missed_evaluations_are_skipped_and_counted() -> None:
    assert next_slot(_GROUP, 0, 1_000) == (60_000, 0)
    assert next_slot(_GROUP, 0, 61_000) == (60_000, 0)
    assert next_slot(_GROUP, 0, 200_000) == (180_000, 2)
