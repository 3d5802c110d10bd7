"""How much a query may take, and the ways an evaluation ends without a result."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias

from vedette.kit.errors import VedetteError

Cancel: TypeAlias = Callable[[], None]
"""Raises (`TimedOut`, `Canceled`) when nobody waits for the result any more; called from several threads."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one evaluation may read and hold; `lookback_ms` is how long a sample stands for its series."""

    max_samples: int = 50_000_000
    max_cells: int = 50_000_000
    lookback_ms: int = 300_000
    subquery_step_ms: int = 60_000


class ExecutionError(VedetteError):
    """The query cannot be evaluated; the text is what Prometheus says."""

    code, status, title = "execution", 422, "The query cannot be evaluated"


class TimedOut(VedetteError):
    """The evaluation took longer than it may."""

    code, status, title = "timeout", 503, "The query took too long"


class Canceled(VedetteError):
    """Whoever asked has gone."""

    code, status, title = "canceled", 503, "The query was cancelled"


def timed_out() -> TimedOut:
    """Return the error for an evaluation whose time is up."""
    return TimedOut("query timed out in expression evaluation")


def canceled() -> Canceled:
    """Return the error for an evaluation nobody waits for."""
    return Canceled("query was canceled in expression evaluation")


def never() -> None:
    """Cancel nothing."""


class Budget:
    """Counts what one evaluation has read and built, across its threads."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._samples = 0
        self._lock = Lock()

    def read(self, samples: int) -> None:
        """Account for samples read."""
        with self._lock:
            self._samples += samples
            if self._samples > self._limits.max_samples:
                raise _too_many()

    def hold(self, series: int, steps: int) -> None:
        """Check the size of one intermediate result."""
        if series * steps > self._limits.max_cells:
            raise _too_many()


def _too_many() -> ExecutionError:
    return ExecutionError("query processing would load too many samples into memory in query execution")
