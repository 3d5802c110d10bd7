"""Matchers as predicates."""

import time

import pyarrow as pa
import pytest

from vedette.signals.metrics.promql.matching import compile_matcher, literal_values, matching_values, regexp_fault
from vedette.signals.metrics.promql.tree import Matcher, MatchOp

_VALUES = ["", "a", "b", "ab", "a\nb", "é"]


@pytest.mark.parametrize(
    ("op", "value", "matching"),
    [
        ("=", "a", ["a"]),
        ("!=", "a", ["", "b", "ab", "a\nb", "é"]),
        ("=", "", [""]),
        ("=~", "a", ["a"]),
        ("=~", "a|b", ["a", "b"]),
        ("!~", "a|b", ["", "ab", "a\nb", "é"]),
        ("=~", "a|", ["", "a"]),
        ("=~", "a.*", ["a", "ab", "a\nb"]),
        ("=~", ".", ["a", "b", "é"]),
        ("=~", ".+", ["a", "b", "ab", "a\nb", "é"]),
        ("=~", "(?i)A.?", ["a", "ab"]),
        ("=~", "^a$", ["a"]),
        ("!~", "a.*|", ["b", "é"]),
    ],
)
def test_matchers_hold_for_whole_values(op: MatchOp, value: str, matching: list[str]) -> None:
    matcher = Matcher("x", op, value)
    found = matching_values(matcher, pa.array(_VALUES)).to_pylist()

    assert [each for each in _VALUES if compile_matcher(matcher)(each)] == matching
    assert [each for each, holds in zip(_VALUES, found, strict=True) if holds] == matching


def test_hostile_patterns_take_linear_time() -> None:
    holds = compile_matcher(Matcher("x", "=~", "(a+)+b"))

    began = time.perf_counter()
    assert not holds("a" * 50_000)
    assert time.perf_counter() - began < 1


def test_alternatives_without_any_pattern_are_known_as_such() -> None:
    assert literal_values("a|b-c|") == {"a", "b-c", ""}
    assert literal_values("a|b.c") is None


def test_what_re2_does_not_know_is_a_fault() -> None:
    assert regexp_fault("a|b") == ""
    assert regexp_fault(r"(a)\1") == r"error parsing regexp: invalid escape sequence: `\1`"
