"""Rules in the JSON of Prometheus' API."""

import pytest

from vedette.kit.errors import Invalid
from vedette.signals.metrics.promql.parser import parse_selector
from vedette.signals.metrics.rules.listing import Wanted, alerts_document, rules_document
from vedette.signals.metrics.rules.rule import Group, Rule
from vedette.signals.metrics.rules.state import GroupState

_RECORDING = Rule("recording", "a:b", "sum(up)", (("team", "red"),))
_ALERTING = Rule("alerting", "Down", "up == 0", (), 300_000, 60_000, (("summary", "down"),))


def _states() -> list[GroupState]:
    first = GroupState.of(Group("a.yml", "one", "default", 30_000, (_RECORDING, _ALERTING), 5))
    first.took_s, first.evaluated_at_s = 0.25, 1_700_000_000.5
    first.rules[0].health, first.rules[0].error = "err", "too many"
    return [first, GroupState.of(Group("b.yml", "two", "default", 60_000, (_RECORDING,)))]


def _names(wanted: Wanted) -> list[tuple[str, list[str]]]:
    groups = rules_document(_states(), wanted)["groups"]
    return [(each["name"], [rule["name"] for rule in each["rules"]]) for each in groups]


def test_lists_groups_as_prometheus_does() -> None:
    document = rules_document(_states()[:1], Wanted())

    assert document == {
        "groups": [
            {
                "name": "one",
                "file": "a.yml",
                "interval": 30.0,
                "limit": 5,
                "evaluationTime": 0.25,
                "lastEvaluation": "2023-11-14T22:13:20.500000Z",
                "rules": [
                    {
                        "name": "a:b",
                        "query": "sum(up)",
                        "labels": {"team": "red"},
                        "health": "err",
                        "lastError": "too many",
                        "evaluationTime": 0.0,
                        "lastEvaluation": "0001-01-01T00:00:00Z",
                        "type": "recording",
                    },
                    {
                        "state": "inactive",
                        "name": "Down",
                        "query": "up == 0",
                        "duration": 300.0,
                        "keepFiringFor": 60.0,
                        "labels": {},
                        "annotations": {"summary": "down"},
                        "alerts": [],
                        "health": "unknown",
                        "evaluationTime": 0.0,
                        "lastEvaluation": "0001-01-01T00:00:00Z",
                        "type": "alerting",
                    },
                ],
            }
        ]
    }


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), [("one", ["a:b", "Down"]), ("two", ["a:b"])]),
        (Wanted(type="alert"), [("one", ["Down"])]),
        (Wanted(type="record"), [("one", ["a:b"]), ("two", ["a:b"])]),
        (Wanted(rule_names=["Down", "x"]), [("one", ["Down"])]),
        (Wanted(rule_groups=["two"]), [("two", ["a:b"])]),
        (Wanted(files=["a.yml"]), [("one", ["a:b", "Down"])]),
        (Wanted(selectors=[parse_selector('{team="red"}')]), [("one", ["a:b"]), ("two", ["a:b"])]),
        (Wanted(selectors=[parse_selector('{team="x"}'), parse_selector('{team=""}')]), [("one", ["Down"])]),
    ],
)
def test_lists_what_is_asked_for(wanted: Wanted, names: list[tuple[str, list[str]]]) -> None:
    assert _names(wanted) == names


def test_lists_page_by_page() -> None:
    page = rules_document(_states(), Wanted(group_limit=1))
    rest = rules_document(_states(), Wanted(group_limit=1, group_next_token=page["groupNextToken"]))

    assert [each["name"] for each in page["groups"] + rest["groups"]] == ["one", "two"]
    assert "groupNextToken" not in rest


def test_refuses_parameters_that_make_no_sense() -> None:
    with pytest.raises(Invalid, match='invalid parameter "type": not supported value "both"'):
        rules_document([], Wanted(type="both"))
    with pytest.raises(Invalid, match="group_next_token"):
        rules_document(_states(), Wanted(group_limit=1, group_next_token="x"))


def test_no_alert_is_active() -> None:
    assert alerts_document() == {"alerts": []}
