"""The range a document is answered over, cut into steps."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from vedette.kit.timerange import TimeRange, length_s, parse_range, round_step_s

DEFAULT_INTERVAL_S = 15


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end` in Unix seconds, in steps of `step_s` that begin at multiples of it.

    `is_current`: it ends now, so that what comes in belongs to it.
    """

    start: float
    end: float
    step_s: int
    is_current: bool = False

    def coarser(self, least_s: int | None) -> "Window":
        """Return the window with steps of at least `least_s`."""
        if least_s is None or least_s <= self.step_s:
            return self
        return Window(self.start, self.end, round_step_s(least_s), self.is_current)

    def looking(self, *, back: str | None, earlier: str | None) -> "Window":
        """Return the window as long as `back` (7d) that ends at the same time, moved `earlier`, in about as many steps.

        None leaves it as it is. Raises ValueError for what is no length of time.
        """
        if back is None and earlier is None:
            return self
        shift_s = length_s(earlier) if earlier else 0
        long_s = float(length_s(back)) if back else self.end - self.start
        step_s = round_step_s(self.step_s * long_s / (self.end - self.start)) if back else self.step_s
        end = max(self.end - shift_s, 1.0)
        return Window(max(end - long_s, 0.0), end, step_s, self.is_current and not shift_s)

    @property
    def first_step(self) -> int:
        """When the step that holds the start begins."""
        return int(self.start // self.step_s) * self.step_s

    @property
    def steps(self) -> range:
        """When the steps begin."""
        return range(self.first_step, -int(-self.end // self.step_s) * self.step_s, self.step_s)

    @property
    def within(self) -> TimeRange:
        """The range as a pair of times."""
        return TimeRange(datetime.fromtimestamp(self.start, UTC), datetime.fromtimestamp(self.end, UTC))

    def rate_interval_s(self, least_s: int | None) -> int:
        """Return a window that has at least four samples, whatever the step.

        Source: Grafana, "Prometheus template variables", on `$__rate_interval`.
        """
        every = least_s or DEFAULT_INTERVAL_S
        return max(self.step_s + every, 4 * every)


def window_of(start: str, end: str, *, now: datetime, max_points: int, snap_s: int | None = None) -> Window:
    """Read the ends of a range and choose the step; raises Invalid.

    "now" is the end of the second that runs: who asks in the same second asks the same. With `snap_s` it is the last
    multiple of that, so that an answer lasts until the next one.
    """
    moment = now.timestamp()
    snapped = datetime.fromtimestamp(math.ceil(moment) if snap_s is None else moment // snap_s * snap_s, UTC)
    within = parse_range(start, end, now=snapped)
    step = round_step_s(within.length.total_seconds() / max_points)
    last = within.end.timestamp()
    return Window(within.start.timestamp(), last, step, is_current=abs(last - moment) <= max(snap_s or 1, 1))
