"""Matchers as predicates over label values, by RE2: linear time whatever the pattern."""

import re
from collections.abc import Callable
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
import re2

from vedette.signals.metrics.promql.tree import Matcher

_META = re.compile(r"[\\.+*?()|\[\]{}^$]")
_META_BUT_OR = re.compile(r"[\\.+*?()\[\]{}^$]")
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.dot_nl = True

_IN_GO_WORDS = {
    "no argument for repetition operator": "missing argument to repetition operator",
    "missing )": "missing closing )",
    "missing ]": "missing closing ]",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid repetition size": "invalid repeat count",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid named capture group": "invalid named capture",
    "trailing \\": "trailing backslash at end of expression",
}


@lru_cache(maxsize=1024)
def regexp_fault(pattern: str) -> str:
    """Return what is wrong with a pattern, in the words of Go's regexp package; empty when nothing is."""
    if not _META.search(pattern):
        return ""
    try:
        re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        said = error.args[0]
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        reason, _, argument = text.partition(": ")
        return f"error parsing regexp: {_IN_GO_WORDS.get(reason, reason)}: `{argument}`"
    except UnicodeEncodeError:
        return f"error parsing regexp: invalid UTF-8: `{pattern}`"
    return ""


def compile_matcher(matcher: Matcher) -> Callable[[str], bool]:
    """Return whether a label's value (empty when the label is absent) fulfils the condition.

    Patterns match the whole value, and `.` matches line ends too. The pattern must be free of `regexp_fault`.
    """
    value = matcher.value
    if matcher.op == "=":
        return value.__eq__
    if matcher.op == "!=":
        return value.__ne__
    is_wanted = matcher.op == "=~"
    literals = literal_values(value)
    if literals is not None:
        return literals.__contains__ if is_wanted else lambda text: text not in literals
    match = re2.compile(value, _OPTIONS).fullmatch
    return lambda text: (match(text) is not None) is is_wanted


def matching_values(matcher: Matcher, values: pa.Array) -> pa.Array:
    """Return for each of many strings whether it fulfils the condition, in one pass over the Arrow array."""
    if matcher.op in ("=", "!="):
        found = pc.equal(values, matcher.value)
    elif (literals := literal_values(matcher.value)) is not None:
        found = pc.is_in(values, pa.array(sorted(literals), pa.string()))
    else:
        found = pc.match_substring_regex(values, pattern=rf"\A(?s:{matcher.value})\z")
    return found if matcher.op in ("=", "=~") else pc.invert(found)


def literal_values(pattern: str) -> frozenset[str] | None:
    """Return the strings a pattern such as `a|b|c` stands for, None when it is more than that."""
    if _META_BUT_OR.search(pattern):
        return None
    return frozenset(pattern.split("|"))


def matches_empty(matcher: Matcher) -> bool:
    """Say whether series without the label fulfil the condition."""
    return compile_matcher(matcher)("")
