"""How often a service may ask another in a minute, and how often it did."""

import time
from collections.abc import Iterable

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation

CALLS_PER_MINUTE = 60


class MinuteCount:
    """Counts what happens in a minute of the clock."""

    def __init__(self) -> None:
        self._minute, self._count = 0, 0

    def note(self, at_s: float) -> None:
        """Count one."""
        self._count = self.read(at_s) + 1

    def read(self, at_s: float) -> int:
        """Return how many there were since the minute began."""
        if int(at_s // 60) != self._minute:
            self._minute, self._count = int(at_s // 60), 0
        return self._count


class Quota:
    """Reports calls of this minute beside their limit; the gateway itself would refuse what is beyond."""

    def __init__(self, provider: str) -> None:
        self._about, self._calls = {"provider": provider}, MinuteCount()
        meter = metrics.get_meter("quota")
        meter.create_observable_gauge(
            "quota.requests.current_minute", [self._used], description="Calls since the minute began."
        )
        meter.create_observable_gauge("quota.rpm.limit", [self._limit], description="Calls a minute may have.")

    def use(self) -> None:
        """Count a call."""
        self._calls.note(time.time())

    def _used(self, _: CallbackOptions) -> Iterable[Observation]:
        yield Observation(self._calls.read(time.time()), self._about)

    def _limit(self, _: CallbackOptions) -> Iterable[Observation]:
        yield Observation(CALLS_PER_MINUTE, self._about)
