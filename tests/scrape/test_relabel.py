"""Relabelling: every action, as Prometheus does it."""

from typing import Any

import pytest

from vedette.ingest.scrape.config import Relabel
from vedette.ingest.scrape.relabel import relabel

LABELS = {"a": "foo", "b": "bar", "c": "baz"}


def after(*rules: dict[str, Any], **labels: str) -> dict[str, str] | None:
    return relabel(labels or LABELS, [Relabel.model_validate(each) for each in rules])


@pytest.mark.parametrize(
    ("rule", "added"),
    [
        (
            {"source_labels": ["a"], "regex": "f(.*)", "target_label": "d", "replacement": "ch${1}-ch${1}"},
            {"d": "choo-choo"},
        ),
        (
            {"source_labels": ["a", "b"], "regex": "f(.*);(.*)r", "target_label": "a", "replacement": "b${1}${2}m"},
            {"a": "boobam"},
        ),
        ({"source_labels": ["a", "b"], "separator": "/", "target_label": "d"}, {"d": "foo/bar"}),
        ({"target_label": "d", "replacement": "fixed"}, {"d": "fixed"}),
        ({"source_labels": ["a"], "regex": "oo", "target_label": "d"}, {}),
        ({"source_labels": ["nonesuch"], "regex": "", "target_label": "d", "replacement": "none"}, {"d": "none"}),
        (
            {"source_labels": ["a"], "regex": "(?P<all>.*)", "target_label": "${all}_x", "replacement": "$all"},
            {"foo_x": "foo"},
        ),
        ({"source_labels": ["a"], "regex": "f(.*)", "target_label": "d", "replacement": "$1x$$1"}, {"d": "$1"}),
        ({"source_labels": ["a"], "regex": "(f)(x)?oo", "target_label": "d", "replacement": "$1$2$3."}, {"d": "f."}),
        ({"source_labels": ["a"], "target_label": "d", "action": "uppercase"}, {"d": "FOO"}),
        ({"source_labels": ["a", "b"], "target_label": "d", "action": "Lowercase"}, {"d": "foo;bar"}),
        ({"source_labels": ["c"], "target_label": "d", "action": "hashmod", "modulus": 1000}, {"d": "976"}),
        ({"regex": "(b|c)", "replacement": "x_$1", "action": "labelmap"}, {"x_b": "bar", "x_c": "baz"}),
    ],
)
def test_labels_are_set(rule: dict[str, Any], added: dict[str, str]):
    """The result is the labels as they were with these set."""
    assert after(rule) == LABELS | added


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ({"regex": "b|c", "action": "labeldrop"}, {"a": "foo"}),
        ({"regex": "b|c", "action": "labelkeep"}, {"b": "bar", "c": "baz"}),
        ({"source_labels": ["a"], "target_label": "b", "replacement": ""}, {"a": "foo", "c": "baz"}),
        (
            {"source_labels": ["a"], "target_label": "b", "regex": "(.)x|.*", "replacement": "$1"},
            {"a": "foo", "c": "baz"},
        ),
    ],
)
def test_labels_are_removed(rule: dict[str, Any], left: dict[str, str]):
    """By name, or by an empty value."""
    assert after(rule) == left


@pytest.mark.parametrize(
    ("rule", "is_kept"),
    [
        ({"source_labels": ["a"], "regex": "fo+", "action": "keep"}, True),
        ({"source_labels": ["a"], "regex": "o", "action": "keep"}, False),
        ({"source_labels": ["a"], "regex": "fo+", "action": "drop"}, False),
        ({"source_labels": ["a"], "regex": "o", "action": "drop"}, True),
        ({"source_labels": ["nonesuch"], "regex": ".+", "action": "keep"}, False),
        ({"source_labels": ["a"], "target_label": "d", "action": "keepequal"}, False),
        ({"source_labels": ["nonesuch"], "target_label": "d", "action": "keepequal"}, True),
        ({"source_labels": ["a"], "target_label": "d", "action": "dropequal"}, True),
        ({"source_labels": ["a"], "target_label": "a", "action": "dropequal"}, False),
    ],
)
def test_targets_are_kept_or_dropped(rule: dict[str, Any], is_kept: bool):
    """A pattern matches whole values only; a label that is absent is empty."""
    assert (after(rule) is not None) is is_kept


def test_rules_follow_each_other():
    """Each sees what the one before made; nothing comes after a drop."""
    rules = (
        {"source_labels": ["__address__"], "regex": "([^:]+)(?::\\d+)?", "target_label": "host"},
        {"source_labels": ["host"], "regex": "(.*)\\.example\\.com", "target_label": "host"},
        {"regex": "__.*", "action": "labeldrop"},
    )
    assert after(*rules, __address__="web.example.com:9100", job="n") == {"host": "web", "job": "n"}
    assert after({"source_labels": ["a"], "action": "drop"}, {"target_label": "x", "replacement": "1"}) is None


def test_patterns_match_across_lines():
    assert after({"source_labels": ["a"], "regex": "(x.*y)", "target_label": "d"}, a="x\ny") == {
        "a": "x\ny",
        "d": "x\ny",
    }
