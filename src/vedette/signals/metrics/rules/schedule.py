"""When groups are evaluated: on a grid of their interval, shifted by what their name and file hash to."""

import hashlib

from vedette.signals.metrics.rules.rule import Group


def slot_before(group: Group, now_ms: int) -> int:
    """Return the newest time, at or before now, at which a group is due; all in Unix ms.

    The shift spreads groups over the interval and is the same after every restart.
    """
    shift = _shift_ms(group)
    return (now_ms - shift) // group.interval_ms * group.interval_ms + shift


def next_slot(group: Group, last_ms: int, now_ms: int) -> tuple[int, int]:
    """Return the time due after `last_ms`, and how many were missed by now; missed ones are not made up for."""
    missed = max(0, (now_ms - last_ms) // group.interval_ms - 1)
    return last_ms + (missed + 1) * group.interval_ms, missed


def _shift_ms(group: Group) -> int:
    digest = hashlib.blake2b(f"{group.project}\0{group.file}\0{group.name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") % group.interval_ms
