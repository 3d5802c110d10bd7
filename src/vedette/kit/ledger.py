"""The books of what arrived and what was refused, per project, for the last hour and since the start."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from vedette.kit.ids import ProjectId, Signal
from vedette.kit.instruments import Instruments

SLOT_S = 5
_SLOTS = 3600 // SLOT_S
_MOST_REFUSALS = 1000


@dataclass(slots=True)
class _Account:
    slots: list[int] = field(default_factory=lambda: [0] * _SLOTS)
    slot: int = 0
    total: int = 0
    first_at: float | None = None
    last_at: float | None = None
    newest_event: float | None = None

    def turn(self, slot: int) -> None:
        """Empty the slots that have passed since the last use."""
        passed = slot - self.slot
        if passed >= _SLOTS:
            self.slots = [0] * _SLOTS
        else:
            for each in range(self.slot + 1, slot + 1):
                self.slots[each % _SLOTS] = 0
        self.slot = max(slot, self.slot)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What arrived of one signal: counts per `SLOT_S` seconds, oldest first; times are Unix seconds."""

    total: int
    counts: tuple[int, ...]
    end: int
    first_at: float | None
    last_at: float | None
    newest_event: float | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Records of one protocol and signal that were not kept, for one reason, in the last hour."""

    protocol: str
    signal: str
    reason: str
    count: int
    last_at: float


class Ledger:
    """Thread-safe and bounded: an hour per project and signal, the last refusals by reason."""

    def __init__(self, instruments: Instruments, *, clock: Callable[[], float] = time.time) -> None:
        self._instruments = instruments
        self._clock = clock
        self._lock = threading.Lock()
        self._accounts: dict[tuple[ProjectId, Signal], _Account] = defaultdict(_Account)
        self._refusals: dict[tuple[ProjectId | None, str, str, str], _Account] = {}

    def accepted(
        self, project: ProjectId, signal: Signal, count: int, *, protocol: str, newest: float | None = None
    ) -> None:
        """Enter `count` stored records; `newest` is the latest event time among them in Unix seconds."""
        if count <= 0:
            return
        self._instruments.accepted.labels(protocol, signal).inc(count)
        now = self._clock()
        with self._lock:
            account = self._accounts[project, signal]
            self._enter(account, count, now)
            if newest is not None:
                account.newest_event = max(newest, account.newest_event or newest)

    def refused(self, project: ProjectId | None, protocol: str, signal: str, reason: str, count: int = 1) -> None:
        """Enter `count` records that were not kept; the project is None when the key was unknown."""
        if count <= 0:
            return
        self._instruments.refused.labels(protocol, signal, reason).inc(count)
        with self._lock:
            key = (project, protocol, signal, reason)
            account = self._refusals.get(key)
            if account is None:
                if len(self._refusals) >= _MOST_REFUSALS:
                    oldest = min(self._refusals, key=lambda each: self._refusals[each].last_at or 0)
                    del self._refusals[oldest]
                account = self._refusals[key] = _Account()
            self._enter(account, count, self._clock())

    def arrivals(self, project: ProjectId, signal: Signal) -> Arrivals:
        """Return the last hour of one signal."""
        with self._lock:
            account = self._accounts.get((project, signal)) or _Account()
            slot = int(self._clock() // SLOT_S)
            account.turn(slot)
            counts = tuple(account.slots[(slot + 1 + each) % _SLOTS] for each in range(_SLOTS))
            return Arrivals(
                account.total, counts, (slot + 1) * SLOT_S, account.first_at, account.last_at, account.newest_event
            )

    def refusals(self, project: ProjectId | None) -> list[Refusal]:
        """Return what was refused in the last hour, most recent first; None asks for unknown keys."""
        with self._lock:
            slot = int(self._clock() // SLOT_S)
            found = []
            for (owner, protocol, signal, reason), account in self._refusals.items():
                account.turn(slot)
                if owner == project and (count := sum(account.slots)):
                    found.append(Refusal(protocol, signal, reason, count, account.last_at or 0.0))
        return sorted(found, key=lambda each: -each.last_at)

    @staticmethod
    def _enter(account: _Account, count: int, now: float) -> None:
        slot = int(now // SLOT_S)
        account.turn(slot)
        account.slots[slot % _SLOTS] += count
        account.total += count
        account.first_at = account.first_at or now
        account.last_at = now
