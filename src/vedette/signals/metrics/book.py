"""The book of series that were seen lately: from a key of the wire to a number, without a Python object per series."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.kit.ids import ProjectId
from vedette.signals.metrics.changes import Changes
from vedette.signals.metrics.head import MOST_SERIES, Head
from vedette.signals.metrics.keys import Keys, KeyTable, Slots, no_keys
from vedette.signals.metrics.labels import LabelFault, Labels, check, name_of, series_id

Describe = Callable[[int], tuple[ProjectId, Labels]]
"""Gives the project and the canonical labels of the i-th of the keys asked for."""

_NEVER = np.iinfo(np.int32).min
_MOST = 2_000_000
_MOST_NAMED = 200_000
_MOST_LATE = 1_000_000
FLOATS, HISTOGRAMS = 1, 2


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours (since 1970) in which a series has samples that its rows do not tell yet; one entry per slot and hour."""

    slots: Slots
    hours: NDArray[np.int32]
    kind: int


class Shelf:
    """Holds the book in use; a full one is laid aside for an empty one, and its series are written down once more.

    `changes` tells from which time on samples are new. `newest_ms`: no sample that is later was written before.
    """

    def __init__(self, *, most_labels: int = 512, newest_ms: int = 0) -> None:
        self._most_labels = most_labels
        self._book = SeriesBook(most_labels=most_labels, newest_ms=newest_ms)
        self._editions: dict[int, int] = {}
        self.changes = Changes()

    @property
    def book(self) -> "SeriesBook":
        """The book in use."""
        return self._book

    def open(self) -> "SeriesBook":
        """Return the book to use for one batch, from its first series to its commit."""
        if self._book.is_full:
            self._book = SeriesBook(most_labels=self._most_labels, newest_ms=self._book.head.newest_ms)
        return self._book

    def keep(
        self, book: "SeriesBook", slots: Slots, times_ms: NDArray[np.int64], values: NDArray[np.float64], now_ms: int
    ) -> None:
        """Keep samples that were committed in the head of their book."""
        if book is self._book:
            book.head.add(slots, times_ms, values, now_ms)
        elif len(times_ms):  # it was laid aside in the meantime
            self._book.head.lift(int(times_ms.max()))

    def edition(self, project: ProjectId) -> int:
        """Return a number that changes whenever rows of the project's series were committed."""
        return self._editions.get(project, 0)

    def printed(self, projects: Iterable[int]) -> None:
        """Note that rows of these projects' series were committed."""
        for project in projects:
            self._editions[project] = self._editions.get(project, 0) + 1


class SeriesBook:
    """Numbers series ("slots") and remembers which hours of each are written down. For use by several threads.

    `scales` are the decimals that values of each series had, at most. About 80 bytes a series, and for the first ones
    their newest samples (`head`), found by the id of the series (`tracked`).
    """

    def __init__(self, *, most_labels: int = 512, newest_ms: int = 0) -> None:
        self._most_labels = most_labels
        self.head = Head(newest_ms)
        self.tracked: dict[int, int] = {}
        self._lock = threading.Lock()
        self._count = 0
        self._known = no_keys()
        self._fresh: dict[int, int] = {}
        self._fresh_hits = 0
        self._named: dict[tuple[int, Labels], int] = {}
        self._name_codes: dict[str, int] = {}
        self.names: list[str] = []
        self.projects = np.empty(1024, np.uint32)
        self.ids = np.empty(1024, np.uint64)
        self.codes = np.empty(1024, np.int32)
        self.scales = np.zeros(1024, np.int8)
        self._hours = {kind: np.full(1024, _NEVER, np.int32) for kind in (FLOATS, HISTOGRAMS)}
        self._late: dict[int, set[int]] = {FLOATS: set(), HISTOGRAMS: set()}

    @property
    def is_full(self) -> bool:
        """Tell whether no more series should be entered."""
        return self._count >= _MOST

    def find(self, keys: Keys) -> Slots:
        """Return the slot of each key that was learnt, -1 for others."""
        with self._lock:
            slots = self._known.find(keys)
            missing = np.flatnonzero(slots < 0)
            if len(missing) and self._fresh:
                self._fresh_hits += len(missing)
                fresh = self._fresh
                slots[missing] = [fresh.get(key, -1) for key in keys[missing].tolist()]
                if self._fresh_hits > len(self._known):
                    self._merge()
        return slots

    def learn(self, keys: Keys, slots: Slots) -> None:
        """Enter further keys of known series."""
        with self._lock:
            self._fresh.update(zip(keys.tolist(), slots.tolist(), strict=True))

    def by_key(self, keys: Keys, describe: Describe) -> tuple[Slots, dict[int, LabelFault]]:
        """Return the slot of each key; those of illegal labels get -1 and their fault by position."""
        faults: dict[int, LabelFault] = {}
        with self._lock:
            slots = self._known.find(keys)
            missing = np.flatnonzero(slots < 0)
            if len(missing):
                self._fresh_hits += len(missing)
                for place in missing.tolist():
                    key = int(keys[place])
                    slot = self._fresh.get(key)
                    if slot is None:
                        try:
                            slot = self._fresh[key] = self._enter(*describe(place))
                        except LabelFault as fault:
                            faults[place], slot = fault, -1
                    slots[place] = slot
                if self._fresh_hits > len(self._known):
                    self._merge()
        return slots, faults

    def by_labels(self, project: ProjectId, labels: Labels) -> int:
        """Return the slot of canonical labels; raises LabelFault for illegal ones."""
        with self._lock:
            slot = self._named.get((project, labels))
            if slot is None:
                if len(self._named) >= _MOST_NAMED:
                    self._named.clear()
                slot = self._named[project, labels] = self._enter(project, labels)
            return slot

    def unwritten(self, slots: Slots, times_ms: NDArray[np.int64], kind: int) -> Hours:
        """Return the hours of these samples that are not written down yet."""
        hours = (times_ms // 3_600_000).astype(np.int32)
        known = self._hours[kind][slots]
        open_ = np.flatnonzero(hours != known)
        if not len(open_):
            return Hours(slots[:0], hours[:0], kind)
        pairs = np.unique((slots[open_].astype(np.int64) << 32) + hours[open_])
        late = self._late[kind]
        if late:
            pairs = np.array([pair for pair in pairs.tolist() if pair not in late], np.int64)
        found = ((pairs + (1 << 31)) >> 32).astype(np.int32)
        return Hours(found, (pairs - (found.astype(np.int64) << 32)).astype(np.int32), kind)

    def written(self, hours: Hours) -> None:
        """Remember hours whose rows were committed."""
        with self._lock:
            newest = self._hours[hours.kind]
            late = self._late[hours.kind]
            if len(late) > _MOST_LATE:
                late.clear()
            before = newest[hours.slots]
            np.maximum.at(newest, hours.slots, hours.hours)
            pairs = (hours.slots.astype(np.int64) << 32) + hours.hours
            older = hours.hours < newest[hours.slots]
            late.update(pairs[older].tolist())
            overtaken = (before > _NEVER) & (before < newest[hours.slots])
            late.update(((hours.slots[overtaken].astype(np.int64) << 32) + before[overtaken]).tolist())

    def _merge(self) -> None:
        count = len(self._fresh)
        keys = np.concatenate([self._known.keys, np.fromiter(self._fresh, np.uint64, count)])
        slots = np.concatenate([self._known.slots, np.fromiter(self._fresh.values(), np.int32, count)])
        self._known = KeyTable(keys, slots)
        self._fresh, self._fresh_hits = {}, 0

    def _enter(self, project: ProjectId, labels: Labels) -> int:
        check(labels, most=self._most_labels)
        slot = self._count
        if slot == len(self.ids):
            self._grow()
        identity = series_id(project, labels)
        known = self.tracked.get(identity)
        if known is not None:  # the same series, in the words of another protocol
            return known
        if slot < MOST_SERIES:
            self.tracked[identity] = slot
        self.projects[slot] = project
        self.ids[slot] = identity
        name = name_of(labels)
        code = self._name_codes.get(name)
        if code is None:
            code = self._name_codes[name] = len(self.names)
            self.names.append(name)
        self.codes[slot] = code
        self._count += 1
        return slot

    def _grow(self) -> None:
        self.projects = np.concatenate([self.projects, np.empty_like(self.projects)])
        self.ids = np.concatenate([self.ids, np.empty_like(self.ids)])
        self.codes = np.concatenate([self.codes, np.empty_like(self.codes)])
        self.scales = np.concatenate([self.scales, np.zeros_like(self.scales)])
        self._hours = {
            kind: np.concatenate([hours, np.full(len(hours), _NEVER, np.int32)]) for kind, hours in self._hours.items()
        }
