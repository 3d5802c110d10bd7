"""The functions over range vectors, by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, TypeVar, cast

from vedette.signals.metrics.histograms import windows as native_windows
from vedette.signals.metrics.promql import functions_native as native
from vedette.signals.metrics.promql import functions_over_time as over_time
from vedette.signals.metrics.promql import functions_rate as rates
from vedette.signals.metrics.promql import functions_rolled as rolled
from vedette.signals.metrics.promql.functions_rolled import Rolled
from vedette.signals.metrics.promql.vectors import Bools, Floats, Scalar
from vedette.signals.metrics.promql.windows import Windows


@dataclass(frozen=True, slots=True)
class RangeFunction:
    """What a function makes of windows of floats, and of those that have histograms.

    `floats` gets the scalar arguments, too. `keeps_name`: the result still is the metric. `wants_counter`: using it on
    what is not called a counter is worth an info. `rolled` replaces `floats` for samples that each stand for several.
    `grows`: the result grows in proportion to the window.
    """

    floats: Callable[[Windows, Sequence[Scalar]], tuple[Floats, Bools]]
    native: native.Native
    keeps_name: bool = False
    wants_counter: bool = False
    rolled: Rolled | None = None
    grows: bool = False

    def over(self, times: float) -> "RangeFunction":
        """Return the same function for windows that had to be made so many times as long."""
        if times == 1 or not self.grows:
            return self
        return replace(self, floats=_divided(self.floats, times), rolled=self.rolled and _divided(self.rolled, times))


_Function = TypeVar("_Function", bound=Callable[..., tuple[Floats, Bools]])


def _divided(function: _Function, times: float) -> _Function:
    def divided(*given: object) -> tuple[Floats, Bools]:
        values, present = function(*given)
        return values / times, present

    return cast("_Function", divided)


def _extrapolated(*, is_counter: bool, is_rate: bool) -> RangeFunction:
    return RangeFunction(
        lambda windows, _: rates.extrapolated(windows, is_counter=is_counter, is_rate=is_rate),
        native.extrapolated(is_counter=is_counter, is_rate=is_rate),
        wants_counter=is_counter,
        rolled=lambda windows, counts: rates.extrapolated(
            windows, is_counter=is_counter, is_rate=is_rate, samples=rolled.total(counts)
        ),
        grows=not is_rate,
    )


def _plain(
    floats: Callable[[Windows], tuple[Floats, Bools]],
    other: native.Native,
    *,
    keeps_name: bool = False,
    rolled: Rolled | None = None,
    grows: bool = False,
) -> RangeFunction:
    return RangeFunction(lambda windows, _: floats(windows), other, keeps_name, rolled=rolled, grows=grows)


RANGE_FUNCTIONS: Final[Mapping[str, RangeFunction]] = MappingProxyType(
    {
        "rate": _extrapolated(is_counter=True, is_rate=True),
        "increase": _extrapolated(is_counter=True, is_rate=False),
        "delta": _extrapolated(is_counter=False, is_rate=False),
        "irate": _plain(lambda w: rates.instant_delta(w, is_rate=True), native.instant_delta(is_rate=True)),
        "idelta": _plain(lambda w: rates.instant_delta(w, is_rate=False), native.instant_delta(is_rate=False)),
        "resets": _plain(
            rates.resets, native.counted(native_windows.resets, native.fell), rolled=rolled.risen, grows=True
        ),
        "changes": _plain(
            rates.changes, native.counted(native_windows.changes, native.differs), rolled=rolled.risen, grows=True
        ),
        "deriv": _plain(rates.derivative, native.ignored),
        "predict_linear": RangeFunction(lambda w, args: rates.predict_linear(w, args[0]), native.ignored),
        "sum_over_time": _plain(over_time.total, native.summed(native_windows.sums_over_time), grows=True),
        "avg_over_time": _plain(over_time.average, native.summed(native_windows.avgs_over_time), rolled=rolled.average),
        "count_over_time": _plain(over_time.count, native.count, rolled=rolled.count, grows=True),
        "present_over_time": _plain(over_time.presence, native.presence),
        "absent_over_time": _plain(over_time.presence, native.presence),
        "last_over_time": _plain(over_time.last, native.outermost(is_last=True), keeps_name=True),
        "first_over_time": _plain(over_time.first, native.outermost(is_last=False), keeps_name=True),
        "min_over_time": _plain(lambda w: over_time.extreme(w, is_max=False), native.ignored),
        "max_over_time": _plain(lambda w: over_time.extreme(w, is_max=True), native.ignored),
        "stddev_over_time": _plain(over_time.deviation, native.ignored),
        "stdvar_over_time": _plain(over_time.variance, native.ignored),
        "quantile_over_time": RangeFunction(lambda w, args: over_time.quantile(w, args[0]), native.ignored),
    }
)
