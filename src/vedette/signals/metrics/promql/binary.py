"""Binary operators on values: arithmetic, comparison, and what they do to histograms."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np

from vedette.signals.metrics.histograms.arithmetic import add, compact, divide, equal, scale, subtract
from vedette.signals.metrics.histograms.histogram import Combined, Hint, Histogram, Incompatible
from vedette.signals.metrics.histograms.trim import trim_above, trim_below
from vedette.signals.metrics.promql import annotations as texts
from vedette.signals.metrics.promql.annotations import Annotations
from vedette.signals.metrics.promql.tree import Span
from vedette.signals.metrics.promql.vectors import Bools, Floats, Objects, holds, no_histograms

_Operation: TypeAlias = Callable[[Floats, Floats], Floats]
_Comparison: TypeAlias = Callable[[Floats, Floats], Bools]

ARITHMETIC: Final[Mapping[str, _Operation]] = MappingProxyType(
    {
        "+": np.add,
        "-": np.subtract,
        "*": np.multiply,
        "/": np.divide,
        "%": np.fmod,
        "^": np.power,
        "atan2": np.arctan2,
    }
)
COMPARISONS: Final[Mapping[str, _Comparison]] = MappingProxyType(
    {
        "==": np.equal,
        "!=": np.not_equal,
        ">": np.greater,
        "<": np.less,
        ">=": np.greater_equal,
        "<=": np.less_equal,
    }
)
TRIMS: Final = frozenset({"</", ">/"})
SETS: Final = frozenset({"and", "or", "unless"})


def scalars(operator: str, left: Floats, right: Floats) -> Floats:
    """Apply an operator to two scalars; comparisons give 0 and 1."""
    with np.errstate(all="ignore"):
        if operator in COMPARISONS:
            return COMPARISONS[operator](left, right).astype(np.float64)
        return ARITHMETIC[operator](left, right)


def cells(operator: str, left: Floats, right: Floats, present: Bools) -> tuple[Floats, Bools]:
    """Apply an operator to two blocks of floats; comparisons keep the left value where they hold.

    Returns the values and where the operator holds (everywhere, for arithmetic), within `present`.
    """
    with np.errstate(all="ignore"):
        if operator in COMPARISONS:
            holding = COMPARISONS[operator](left, right)
            holding &= present
            return np.broadcast_to(left, holding.shape), holding
        if operator in TRIMS:
            return np.zeros(present.shape), np.zeros(present.shape, np.bool_)
        return ARITHMETIC[operator](left, right), present


class Histograms:
    """An operator at work on cells of which some are histograms; notes what it cannot do."""

    def __init__(self, operator: str, notes: Annotations, span: Span) -> None:
        self._operator = operator
        self._notes = notes
        self._span = span

    def apply(
        self, left: Floats, lefts: Objects | None, right: Floats, rights: Objects | None, present: Bools
    ) -> tuple[Objects, Bools, Bools]:
        """Work on the cells that have a histogram on either side; all arguments are blocks of one shape.

        Returns the histograms, where the operator holds, and where there is no result because it cannot be applied.
        """
        result = no_histograms(present.shape)
        holding, failed = np.zeros(present.shape, np.bool_), np.zeros(present.shape, np.bool_)
        wanted = present & _either(lefts, rights)
        for row, step in np.argwhere(wanted).tolist():
            one = None if lefts is None else lefts[row, step]
            other = None if rights is None else rights[row, step]
            value = self._cell(one, float(left[row, step]), other, float(right[row, step]))
            failed[row, step] = value is None
            if value is not None:
                result[row, step], holding[row, step] = value
        return result, holding, failed

    def note_floats(self) -> None:
        """Say that the operator does nothing for two floats."""
        self._refuse("float", "float")

    def _cell(
        self, left: Histogram | None, left_value: float, right: Histogram | None, right_value: float
    ) -> tuple[Histogram, bool] | None:
        if left is not None and right is not None:
            return self._both(left, right)
        if left is None:
            assert right is not None  # noqa: S101 -- one of them is a histogram
            if self._operator == "*":
                return compact(scale(right, left_value)), True
            return self._refuse("float", "histogram")
        one_sided: dict[str, Callable[[Histogram, float], Histogram]] = {
            "*": scale,
            "/": divide,
            "</": trim_above,
            ">/": trim_below,
        }
        if self._operator not in one_sided:
            return self._refuse("histogram", "float")
        found = one_sided[self._operator](left, right_value)
        return (found if self._operator in TRIMS else compact(found)), True

    def _both(self, left: Histogram, right: Histogram) -> tuple[Histogram, bool] | None:
        if self._operator in {"==", "!="}:
            return left, equal(left, right) is (self._operator == "==")
        if self._operator not in {"+", "-"}:
            return self._refuse("histogram", "histogram")
        try:
            combined = add(left, right) if self._operator == "+" else subtract(left, right)
        except Incompatible:
            self._notes.warn(texts.incompatible_layout(self._operator), self._span)
            return None
        self._note(combined)
        found = combined.histogram
        if self._operator == "-":
            found = Histogram(
                found.schema, found.zero_threshold, found.zero_count, found.count, found.sum,
                found.positive, found.negative, found.custom, Hint.GAUGE,
            )  # fmt: skip
        return compact(found), True

    def _note(self, combined: Combined) -> None:
        operation = "addition" if self._operator == "+" else "subtraction"
        if combined.hints_collided:
            self._notes.warn(texts.reset_collision(operation), self._span)
        if combined.bounds_reconciled:
            self._notes.inform(texts.bounds_reconciled(operation), self._span)

    def _refuse(self, left: str, right: str) -> tuple[Histogram, bool] | None:
        """Say that the operator does nothing for these, and return that."""
        self._notes.inform(texts.incompatible_types(left, self._operator, right), self._span)
        return None


def _either(lefts: Objects | None, rights: Objects | None) -> Bools:
    if lefts is None:
        assert rights is not None  # noqa: S101 -- the caller has histograms on one side
        return holds(rights)
    return holds(lefts) if rights is None else holds(lefts) | holds(rights)
