"""Hostile queries cost little and are refused in words."""

import time
from contextlib import suppress

import pytest

from vedette.signals.metrics.promql.faults import ParseError
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.printer import prettify, show

_TOO_DEEP = "expression is nested too deeply"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "-" * 10_000 + "up",
        "abs(" * 10_000,
        "sum by (a) (" * 10_000,
        "2 ^ " * 10_000 + "2",
        "1" + " + 1" * 10_000,
        "up" + " or up" * 10_000,
        "(" * 90 + "1" + (" + 1" * 150 + ")") * 90 + " + 1",
    ],
)
def test_deep_nesting_is_refused_not_suffered(text: str) -> None:
    with pytest.raises(ParseError, match=_TOO_DEEP):
        parse(text)


def test_what_people_write_by_machine_is_not_too_deep() -> None:
    text = "up" + " or up" * 150
    nested = "(" * 90 + "up" + ")" * 90

    assert show(parse(text)) == text
    assert show(parse(nested)) == nested


@pytest.mark.parametrize("unit", ["+a", "a=b,", "[5m:]", '"', "1", "{a!~`.*`}", "(", "{", " @", "\n", "sum(a) by(b)+"])
def test_a_megabyte_of_anything_is_read_or_refused_soon(unit: str) -> None:
    text = "a" + unit * (1_000_000 // len(unit))

    began = time.perf_counter()
    with suppress(ParseError):
        parse(text)
    assert time.perf_counter() - began < 5


def test_a_long_list_of_values_is_read() -> None:
    text = '{a=~"' + "|".join(f"host-{each}" for each in range(50_000)) + '"}'

    assert show(parse(text)) == text


def test_a_wide_expression_is_laid_out() -> None:
    text = "label_join(up, " + ", ".join(['"a"'] * 5000) + ")"

    assert prettify(parse(text)).count("\n") == 5002
