"""Answers of the records, remembered for a moment so that hot paths do not ask again."""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

FOUND_S = 30.0
ABSENT_S = 5.0
_MOST_FOUND = 10_000
_MOST_ABSENT = 10_000


class Absent:
    """The records said that there is no such thing."""


ABSENT = Absent()


class Memory(Generic[Answer]):
    """Thread-safe and bounded. What was found stays for 30 s, that something is absent for 5 s.

    The two are kept apart, so that a stream of unknown keys cannot push out the known ones. An answer that was
    asked for before a change, and arrives after it, is not remembered.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._found: OrderedDict[str, tuple[float, Answer]] = OrderedDict()
        self._absent: OrderedDict[str, float] = OrderedDict()
        self._generation = 0

    def find(self, key: str, ask: Callable[[], Answer | None]) -> Answer | None:
        """Return what is remembered, or else what the records say."""
        known = self._recall(key)
        if known is None:
            return self._learn(key, ask)
        return None if isinstance(known, Absent) else known

    async def find_soon(self, key: str, ask: Callable[[], Answer | None]) -> Answer | None:
        """Do as `find`, but ask the records in a thread."""
        known = self._recall(key)
        if known is None:
            return await asyncio.to_thread(self._learn, key, ask)
        return None if isinstance(known, Absent) else known

    def _recall(self, key: str) -> Answer | Absent | None:
        """Return what is remembered, ABSENT for what is known not to exist, None when the records must be asked."""
        now = self._clock()
        with self._lock:
            if (entry := self._found.get(key)) is not None:
                if entry[0] > now:
                    return entry[1]
                del self._found[key]
            if (until := self._absent.get(key)) is not None:
                if until > now:
                    return ABSENT
                del self._absent[key]
        return None

    def _learn(self, key: str, ask: Callable[[], Answer | None]) -> Answer | None:
        """Ask the records and remember the answer."""
        with self._lock:
            generation = self._generation
        answer = ask()
        with self._lock:
            if generation == self._generation:
                self._remember(key, answer)
        return answer

    def forget(self) -> None:
        """Drop everything, because the records have changed."""
        with self._lock:
            self._generation += 1
            self._found.clear()
            self._absent.clear()

    def _remember(self, key: str, answer: Answer | None) -> None:
        now = self._clock()
        if answer is None:
            self._absent[key] = now + ABSENT_S
            if len(self._absent) > _MOST_ABSENT:
                self._absent.popitem(last=False)
        else:
            self._absent.pop(key, None)
            self._found[key] = (now + FOUND_S, answer)
            if len(self._found) > _MOST_FOUND:
                self._found.popitem(last=False)
