"""Slow down whoever guesses passwords."""

import ipaddress
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from vedette.kit.errors import Throttled

_MOST_SUBJECTS = 20_000


class Throttle:
    """A sliding window of attempts per subject, in memory: each server counts its own.

    At the bound of subjects the one that tried least recently is forgotten.
    """

    def __init__(self, most: int, window_s: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._window_s = window_s
        self._clock = clock
        self._lock = threading.Lock()
        self._attempts: OrderedDict[str, deque[float]] = OrderedDict()

    def enter(self, subject: str) -> None:
        """Count an attempt before it is made; raises Throttled, with the seconds to wait, when there were too many."""
        now = self._clock()
        with self._lock:
            attempts = self._attempts.setdefault(subject, deque())
            self._attempts.move_to_end(subject)
            while attempts and attempts[0] <= now - self._window_s:
                attempts.popleft()
            if len(attempts) >= self._most:
                wait_s = max(1, math.ceil(attempts[0] + self._window_s - now))
                raise Throttled(f"too many attempts, try again in {wait_s} s", retry_after_s=wait_s)
            attempts.append(now)
            if len(self._attempts) > _MOST_SUBJECTS:
                self._attempts.popitem(last=False)

    def forgive(self, subject: str) -> None:
        """Forget the attempts of a subject, because one succeeded."""
        with self._lock:
            self._attempts.pop(subject, None)

    def take_back(self, subject: str) -> None:
        """Forget the latest attempt of a subject only."""
        with self._lock:
            if attempts := self._attempts.get(subject):
                attempts.pop()


def network_of(address: str) -> str:
    """Return what one attacker commonly holds: an IPv4 address, or the /64 around an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
