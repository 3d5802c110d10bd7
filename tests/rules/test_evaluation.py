"""What recording rules write."""

import math

import pytest

from metric_store import Metrics
from vedette.signals.metrics.rules.evaluation import Evaluator
from vedette.signals.metrics.rules.rule import Group, Rule
from vedette.signals.metrics.rules.state import GroupState

pytestmark = pytest.mark.xdist_group("store")

_T = 1_700_000_000


def _state(*rules: Rule, limit: int = 0, offset_ms: int = 0) -> GroupState:
    return GroupState.of(Group("rules.yml", "shop", "default", 60_000, rules, limit, offset_ms))


def _recording(name: str, query: str, **labels: str) -> Rule:
    return Rule("recording", name, query, tuple(sorted(labels.items())))


@pytest.fixture
def evaluator(metrics: Metrics) -> Evaluator:
    return Evaluator(metrics.queries, metrics.intake)


async def test_a_rule_records_its_result_under_its_name_and_labels(metrics: Metrics, evaluator: Evaluator) -> None:
    await metrics.put(_T, orders=5)

    state = _state(_recording("shop:orders:double", "orders * 2", team="red", job=""))
    await evaluator.evaluate(metrics.project, state, _T * 1000)

    assert await metrics.ask("shop:orders:double", _T) == {"{__name__=shop:orders:double,team=red}": 10}
    assert (state.rules[0].health, state.rules[0].error) == ("ok", "")
    assert state.evaluated_at_s is not None


async def test_a_number_is_recorded_as_a_series_without_labels(metrics: Metrics, evaluator: Evaluator) -> None:
    await evaluator.evaluate(metrics.project, _state(_recording("answer", "6 * 7")), _T * 1000)

    assert await metrics.ask("answer", _T) == {"{__name__=answer}": 42}


async def test_a_rule_sees_what_the_one_before_it_wrote(metrics: Metrics, evaluator: Evaluator) -> None:
    await metrics.put(_T, orders=5)

    rules = _recording("first", "orders + 1"), _recording("second", "first + 1")
    await evaluator.evaluate(metrics.project, _state(*rules), _T * 1000)

    assert await metrics.ask("second", _T) == {"{__name__=second,job=shop}": 7}


async def test_a_series_that_is_gone_gets_a_stale_marker(metrics: Metrics, evaluator: Evaluator) -> None:
    await metrics.put(_T, orders=5)
    state = _state(_recording("many", "orders > 3"))
    await evaluator.evaluate(metrics.project, state, _T * 1000)
    await metrics.put(_T + 30, orders=1)

    await evaluator.evaluate(metrics.project, state, (_T + 60) * 1000)

    assert await metrics.ask("many", _T + 59) == {"{__name__=many,job=shop}": 5}
    assert await metrics.ask("many", _T + 60) == {}


async def test_a_query_offset_moves_both_the_question_and_what_is_written(
    metrics: Metrics, evaluator: Evaluator
) -> None:
    await metrics.put(_T, orders=5)
    await metrics.put(_T + 60, orders=6)

    await evaluator.evaluate(metrics.project, _state(_recording("copy", "orders"), offset_ms=60_000), (_T + 60) * 1000)

    assert await metrics.ask("copy", _T) == {"{__name__=copy,job=shop}": 5}


@pytest.mark.parametrize(
    ("query", "limit", "error"),
    [
        ("orders[5m]", 0, "rule result is not a vector or scalar"),
        ('count_values("v", {job="shop"})', 1, "exceeded limit of 1 with 2 series"),
        ('label_replace({job="shop"}, "job", "", "", "")', 0, "labelset"),
        ("orders * on () {job='shop'}", 0, "many-to-many matching not allowed"),
    ],
)
async def test_a_rule_that_fails_says_why_and_leaves_the_others_alone(
    metrics: Metrics, evaluator: Evaluator, query: str, limit: int, error: str
) -> None:
    await metrics.put(_T, orders=5, visits=7)

    state = _state(_recording("faulty", query), _recording("good", "orders"), limit=limit)
    await evaluator.evaluate(metrics.project, state, _T * 1000)

    assert (state.rules[0].health, state.rules[1].health) == ("err", "ok")
    assert error in state.rules[0].error
    assert await metrics.ask("good", _T) == {"{__name__=good,job=shop}": 5}
    assert await metrics.ask("faulty", _T) == {}


async def test_series_that_differ_only_in_name_cannot_share_one(metrics: Metrics, evaluator: Evaluator) -> None:
    await metrics.put(_T, orders=5, visits=7)

    state = _state(_recording("both", '{job="shop"}'))
    await evaluator.evaluate(metrics.project, state, _T * 1000)

    assert state.rules[0].error == "vector contains metrics with the same labelset after applying rule labels"


async def test_the_series_of_a_rule_that_was_removed_end(metrics: Metrics, evaluator: Evaluator) -> None:
    await metrics.put(_T, orders=5)
    before = _state(_recording("old", "orders"), _recording("kept", "orders"))
    await evaluator.evaluate(metrics.project, before, _T * 1000)

    after = GroupState.of(_state(_recording("kept", "orders")).group, before)
    await evaluator.evaluate(metrics.project, after, (_T + 60) * 1000)

    assert await metrics.ask("old", _T + 60) == {}
    assert list((await metrics.ask("kept", _T + 60)).values()) == [5]


async def test_alerting_rules_are_not_evaluated(metrics: Metrics, evaluator: Evaluator) -> None:
    state = _state(Rule("alerting", "Down", "up == 0"))
    await evaluator.evaluate(metrics.project, state, _T * 1000)

    assert (state.rules[0].health, state.rules[0].evaluated_at_s) == ("unknown", None)


async def test_infinite_results_are_recorded_as_they_are(metrics: Metrics, evaluator: Evaluator) -> None:
    await evaluator.evaluate(metrics.project, _state(_recording("odd", "1 / 0")), _T * 1000)

    assert await metrics.ask("odd", _T) == {"{__name__=odd}": math.inf}
