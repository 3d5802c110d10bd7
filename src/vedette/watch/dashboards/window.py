"""The range a document is answered over, cut into steps."""

from dataclasses import dataclass
from datetime import UTC, datetime

from vedette.kit.timerange import TimeRange, parse_range, round_step_s

DEFAULT_INTERVAL_S = 15
_FINE = 60


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end` in Unix seconds, in steps of `step_s` that begin at multiples of it."""

    start: float
    end: float
    step_s: int

    def coarser(self, least_s: int | None) -> "Window":
        """Return the window with steps of at least `least_s`."""
        if least_s is None or least_s <= self.step_s:
            return self
        return Window(self.start, self.end, round_step_s(least_s))

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

    With `snap_s` "now" is the last multiple of it, or of the step where steps are longer than a minute: so the same
    question is asked until something can have changed.
    """
    within = parse_range(start, end, now=now)
    step = round_step_s(within.length.total_seconds() / max_points)
    if snap_s is not None:
        grid = step if step > _FINE else max(snap_s, 1)
        snapped = datetime.fromtimestamp(now.timestamp() // grid * grid, UTC)
        within = parse_range(start, end, now=snapped)
    return Window(within.start.timestamp(), within.end.timestamp(), step)
