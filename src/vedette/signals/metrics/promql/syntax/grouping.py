"""Label lists of aggregations, and how the two sides of an operator are matched."""

from typing import NamedTuple

from vedette.signals.metrics.promql.syntax.lexer import AGGREGATORS, PREPROCESSORS
from vedette.signals.metrics.promql.syntax.quoting import quote, unquote
from vedette.signals.metrics.promql.syntax.selectors import NAMES
from vedette.signals.metrics.promql.syntax.words import Words
from vedette.signals.metrics.promql.tree import Cardinality, Matching

_WHERE = "grouping opts"
_LABELS = (
    AGGREGATORS
    | PREPROCESSORS
    | {"IDENTIFIER", "METRIC", "and", "or", "unless", "atan2", "bool", "by", "group_left", "group_right", "fill"}
    | {"fill_left", "fill_right", "ignoring", "offset", "on", "anchored", "smoothed"}
)
_OPERAND = NAMES | {"NUMBER", "DURATION", "STRING", "{", "+", "-"}
_FILLS = frozenset(["fill", "fill_left", "fill_right"])


class Modifier(NamedTuple):
    """What stands between an operator and its right side."""

    matching: Matching
    returns_bool: bool
    is_filling: bool


def grouping(words: Words) -> tuple[str, ...]:
    """Read `(a, "b.c")`."""
    if words.take_if("(") is None:
        words.unexpected(_WHERE, '"("')
    labels: list[str] = []
    while words.kind != ")":
        labels.append(_label(words))
        if words.kind == ")":
            break
        if words.take_if(",") is None:
            words.unexpected(_WHERE, '"," or ")"')
    words.take()
    return tuple(labels)


def matching(words: Words) -> Modifier:
    """Read `bool`, `on (…)`, `ignoring (…)`, `group_left (…)`, `group_right (…)`, whatever of it is there."""
    returns_bool = words.take_if("bool") is not None
    labels: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    cardinality: Cardinality = "one-to-one"
    is_on = False
    if words.kind in ("on", "ignoring"):
        is_on = words.take().kind == "on"
        labels = grouping(words)
        if words.kind in ("group_left", "group_right"):
            cardinality = "many-to-one" if words.take().kind == "group_left" else "one-to-many"
            if words.kind not in _OPERAND:
                include = grouping(words)
    return Modifier(Matching(cardinality, labels, is_on, include), returns_bool, _fills(words))


def _label(words: Words) -> str:
    if words.kind not in _LABELS and words.kind != "STRING":
        words.unexpected(_WHERE, "label")
    token = words.take()
    if token.kind != "STRING":
        return token.text
    name = unquote(token.text)
    if not name:
        words.fail(token.start, f"invalid label name for grouping: {quote(name)}")
    return name


def _fills(words: Words) -> bool:
    """Take the experimental `fill(…)`, `fill_left(…)`, `fill_right(…)`; return whether there were any."""
    is_filling = False
    while words.kind in _FILLS and words.following() == "(":
        is_filling = True
        words.take()
        words.take()
        if words.kind in ("+", "-"):
            words.take()
        if words.kind not in ("NUMBER", "DURATION"):
            words.unexpected()
        words.take()
        if words.take_if(")") is None:
            words.unexpected()
    return is_filling
