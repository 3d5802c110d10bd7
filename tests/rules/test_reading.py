"""Rule files: what is read, and what is wrong with them."""

import pytest

from vedette.signals.metrics.rules.reading import Defaults, read_rules
from vedette.signals.metrics.rules.rule import Group, Rule

_WHOLE = """
groups:
  - name: shop
    interval: 30s
    query_offset: 1m
    limit: 10
    labels: {team: red, env: prod}
    rules:
      - record: job:orders:rate5m
        expr: sum by (job) ( rate(orders_total[300]) )
        labels:
          env: test
          level: 1
      - alert: NoOrders
        expr: job:orders:rate5m == 0
        for: 5m
        keep_firing_for: 1h30m
        annotations:
          summary: "{{ $labels.job }} sells nothing"
"""


def _faults(text: str) -> list[str]:
    return [str(each) for each in read_rules("rules.yml", text).faults]


def test_reads_groups_with_everything_in_them() -> None:
    file = read_rules("rules.yml", _WHOLE)

    assert file.faults == ()
    assert file.groups == (
        Group(
            "rules.yml",
            "shop",
            "default",
            30_000,
            (
                Rule(
                    "recording",
                    "job:orders:rate5m",
                    "sum by (job) (rate(orders_total[5m]))",
                    (("env", "test"), ("level", "1"), ("team", "red")),
                ),
                Rule(
                    "alerting",
                    "NoOrders",
                    "job:orders:rate5m == 0",
                    (("env", "prod"), ("team", "red")),
                    300_000,
                    5_400_000,
                    (("summary", "{{ $labels.job }} sells nothing"),),
                ),
            ),
            10,
            60_000,
        ),
    )


def test_what_a_file_leaves_out_has_defaults() -> None:
    (group,) = read_rules("r", "groups: [{name: a}]", Defaults("shop", 15_000)).groups

    assert (group.project, group.interval_ms, group.rules, group.limit) == ("shop", 15_000, (), 0)


def test_a_file_may_name_its_project() -> None:
    (group,) = read_rules("r", "project: shop\ngroups: [{name: a}]").groups

    assert group.project == "shop"


@pytest.mark.parametrize("text", ["", "groups:", "groups: []", "# nothing"])
def test_a_file_may_be_empty(text: str) -> None:
    file = read_rules("r", text)

    assert (file.groups, file.faults) == ((), ())


def test_anchors_and_merge_keys_work() -> None:
    text = """
groups:
  - name: a
    rules:
      - &first {record: one, expr: up, labels: {x: y}}
      - <<: *first
        record: two
"""
    (group,) = read_rules("r", text).groups

    assert group.rules[1] == Rule("recording", "two", "up", (("x", "y"),))


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("{record: a, expr: 'up +'}", "5:25: {}could not parse expression: 1:5: parse error: unexpected end of input"),
        ("{record: a}", "5:7: {}field 'expr' must be set in rule"),
        ("{record: a, alert: b, expr: up}", "5:16: {}only one of 'record' and 'alert' must be set"),
        ("{expr: up}", "5:7: {}one of 'record' or 'alert' must be set"),
        ("{record: a, expr: up, for: 5m}", "5:34: {}invalid field 'for' in recording rule"),
        ("{record: a, expr: up, annotations: {x: y}}", "5:42: {}invalid field 'annotations' in recording rule"),
        (
            "{record: 'a{b=1}', expr: up}",
            "5:16: {}braces present in the recording rule name; should it be in expr?: a{{b=1}}",
        ),
        ("{record: a, expr: up, labels: {__name__: b}}", "5:48: {}invalid label name: __name__"),
        ("{alert: a, expr: up, for: 5 minutes}", '5:33: {}for: unknown unit " minutes" in duration "5 minutes"'),
        ("{record: a, expr: up, colour: red}", "5:37: {}a rule has no field 'colour'"),
        ("{record: a, record: b, expr: up}", "5:19: {}a rule has the field 'record' twice"),
        ("{record: [a], expr: up}", "5:16: {}record must be a text"),
        ("up", "5:7: {}a rule must be a mapping"),
    ],
)
def test_says_which_rule_is_wrong_and_where(rule: str, fault: str) -> None:
    text = f"groups:\n- name: shop\n  rules:\n    - {{record: fine, expr: up}}\n    - {rule}\n"

    (said,) = _faults(text)
    place, what = fault.split(": ", 1)
    assert said.startswith(f'rules.yml: {place}: group "shop", rule 2, "')
    assert said.endswith(what.format(""))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("groups: [{name: a}, {name: a}]", '1:21: groupname: "a" is repeated in the same file'),
        ("groups: [{rules: []}]", "1:10: Groupname must not be empty"),
        ("groups: [{name: a, interval: soon}]", '1:30: interval: not a valid duration string: "soon"'),
        ("groups: [{name: a, limit: many}]", "1:27: limit must be a whole number, not 'many'"),
        ("groups: {name: a}", "1:9: groups must be a list"),
        ("rules: []", "1:8: a rule file has no field 'rules'"),
        ("[]", "1:1: a rule file must be a mapping"),
        ("groups: [", "1:10: not YAML: expected the node content, but found '<stream end>'"),
        ("groups: []\n---\ngroups: []", "2:1: not YAML: but found another document"),
        ("a: \x00", "1:1: not YAML: "),
        ("[" * 100_000, "1:1: nested too deeply"),
    ],
)
def test_says_what_is_wrong_with_a_file_or_group(text: str, fault: str) -> None:
    (said,) = _faults(text)

    assert said.startswith(f"rules.yml: {fault}")


def test_all_faults_of_a_file_are_told_and_none_of_its_groups_taken() -> None:
    file = read_rules(
        "rules.yml",
        "groups:\n- {name: a, rules: [{record: x}, {record: y, expr: up}, {expr: up}]}\n- {name: b}\n",
    )

    assert [(each.group, each.rule, each.name) for each in file.faults] == [("a", 1, "x"), ("a", 3, "")]
    assert file.groups == ()
