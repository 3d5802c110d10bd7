"""Numbers and durations where the grammar wants a length of time; arithmetic there is experimental and refused."""

import math
from typing import NoReturn

from vedette.signals.metrics.promql.syntax import numerals
from vedette.signals.metrics.promql.syntax.words import Words

_LONGEST_S = (1 << 63) / 1e9
_FUNCTIONS = frozenset(["step", "range", "max_of", "min_of"])
_STARTS = _FUNCTIONS | {"NUMBER", "DURATION", "+", "-", "("}
_POWERS = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "^": 3}


def number(words: Words) -> tuple[float, bool]:
    """Take a number or duration; return it, durations in seconds, and whether it was written as a duration."""
    token = words.take()
    try:
        if token.kind == "DURATION":
            return numerals.duration_ms(token.text) / 1000, True
        return numerals.number_of(token.text), False
    except ValueError as error:
        reason = str(error) if token.kind == "DURATION" else f"error parsing number: {error}"
        words.fail(token.start, reason)


class Duration:
    """Reads one length of time; `context` and `expected` word what is wrong where there is none."""

    def __init__(self, words: Words, context: str, expected: str) -> None:
        self._words, self._context, self._expected = words, context, expected

    def positive_ms(self) -> int:
        """Return the length of a range or a step in milliseconds."""
        start = self._words.token.start
        seconds = self._expression(0)
        if seconds <= 0:
            self._words.check_text()
            self._words.fail(start, "duration must be greater than 0")
        return _milliseconds(seconds)

    def signed_ms(self) -> int:
        """Return an offset in milliseconds; operators behind it do not belong to it."""
        words, start = self._words, self._words.token.start
        if words.kind in ("+", "-") and words.following() in _FUNCTIONS:
            words.take()
            self._unsupported(start)
        return _milliseconds(self._operand())

    def _unexpected(self) -> NoReturn:
        self._words.unexpected(self._context, self._expected)

    def _expression(self, floor: int) -> float:
        start = self._words.token.start
        value = self._operand()
        while (power := _POWERS.get(self._words.kind, -1)) >= floor:
            operator = self._words.take()
            self._expression(power + (operator.kind != "^"))
            self._experimental(start)
        return value

    def _operand(self) -> float:
        words, start = self._words, self._words.token.start
        if words.kind not in _STARTS:
            self._unexpected()
        if words.kind in ("NUMBER", "DURATION"):
            value, _ = number(words)
        elif sign := words.take_if("-") or words.take_if("+"):
            value = self._operand() * (-1 if sign.kind == "-" else 1)
        else:
            self._unsupported(start)
        if not abs(value) <= _LONGEST_S and not math.isnan(value):
            words.fail(start, "duration out of range")
        return value

    def _unsupported(self, start: int) -> NoReturn:
        """Read far enough to say what Prometheus says without its experimental features."""
        words = self._words
        if words.take().kind == "(":
            inner = words.token.start
            self._expression(0)
            self._experimental(inner)
        if words.take_if("(") is None:
            self._unexpected()
        self._experimental(start)

    def _experimental(self, position: int) -> NoReturn:
        self._words.check_text()
        self._words.fail(position, "experimental duration expression is not enabled")


def _milliseconds(seconds: float) -> int:
    """Cut to whole milliseconds as upstream does, by way of nanoseconds."""
    if math.isnan(seconds):
        return 0
    nanoseconds = numerals.rounded(seconds * 1e9)
    return int(math.copysign(abs(nanoseconds) // 1_000_000, nanoseconds))
