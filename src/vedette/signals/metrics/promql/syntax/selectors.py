"""What stands in the braces of a selector, and which words may name a metric."""

from typing import cast

from vedette.signals.metrics.promql.matching import regexp_fault
from vedette.signals.metrics.promql.syntax.lexer import AGGREGATORS, PREPROCESSORS, Token
from vedette.signals.metrics.promql.syntax.quoting import unquote
from vedette.signals.metrics.promql.syntax.words import Words
from vedette.signals.metrics.promql.tree import Matcher, MatchOp

NAMES = (
    AGGREGATORS
    | PREPROCESSORS
    | {"IDENTIFIER", "METRIC", "and", "or", "unless", "by", "without", "offset", "smoothed", "anchored"}
    | {"fill", "fill_left", "fill_right"}
)
"""Kinds of tokens that can be a metric's name."""

_WHERE = "label matching"
_OPERATORS = frozenset(["=", "!=", "=~", "!~"])


def named(name: str, matchers: tuple[Matcher, ...]) -> tuple[Matcher, ...]:
    """Return matchers with the one for the name before them."""
    return (Matcher("__name__", "=", name), *matchers) if name else matchers


def matchers(words: Words) -> tuple[Matcher, ...]:
    """Read `{a="b", "c.d"=~"e", "metric.name"}`."""
    words.take()
    found: list[Matcher] = []
    while words.kind != "}":
        found.append(_matcher(words))
        if words.kind == "}":
            break
        if words.take_if(",") is None:
            words.unexpected(_WHERE, '"," or "}"')
    words.take()
    return tuple(found)


def _matcher(words: Words) -> Matcher:
    if words.kind not in ("IDENTIFIER", "STRING"):
        words.unexpected(_WHERE, 'identifier or "}"')
    label = words.take()
    if words.kind not in _OPERATORS:
        if label.kind == "IDENTIFIER":
            words.unexpected(_WHERE, "label matching operator")
        return Matcher("__name__", "=", unquote(label.text))
    op = cast("MatchOp", words.take().kind)
    if words.kind != "STRING":
        words.unexpected(_WHERE, "string")
    return _condition(words, label, op, unquote(words.take().text))


def _condition(words: Words, label: Token, op: MatchOp, value: str) -> Matcher:
    if op in ("=~", "!~") and (fault := regexp_fault(value)):
        words.fail(label.start, fault)
    return Matcher(unquote(label.text) if label.kind == "STRING" else label.text, op, value)
