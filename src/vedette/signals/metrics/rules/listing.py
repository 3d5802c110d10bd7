"""The rules and alerts of a project as Prometheus' HTTP API lists them.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/#rules
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from vedette.kit.errors import Invalid
from vedette.signals.metrics.promql.matching import compile_matcher
from vedette.signals.metrics.promql.tree import Matcher
from vedette.signals.metrics.rules.rule import Rule
from vedette.signals.metrics.rules.state import GroupState, RuleState

_NEVER = "0001-01-01T00:00:00Z"
_KINDS = {"": ("recording", "alerting"), "alert": ("alerting",), "record": ("recording",)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rules are asked for; empty lists ask for any. `selectors` are `match[]`, one of which must hold."""

    type: str = ""
    rule_names: Sequence[str] = ()
    rule_groups: Sequence[str] = ()
    files: Sequence[str] = ()
    selectors: Sequence[Sequence[Matcher]] = ()
    group_limit: int = 0
    group_next_token: str = ""


def rules_document(states: Sequence[GroupState], wanted: Wanted) -> dict[str, Any]:
    """Return `data` of `/api/v1/rules`. Raises Invalid, worded as Prometheus, for parameters that make no sense."""
    kinds = _KINDS.get(wanted.type.lower())
    if kinds is None:
        raise Invalid(f'invalid parameter "type": not supported value "{wanted.type.lower()}"')
    groups, next_token = _page(states, wanted, kinds)
    return {"groups": groups} | ({"groupNextToken": next_token} if next_token else {})


def alerts_document() -> dict[str, Any]:
    """Return `data` of `/api/v1/alerts`: alerting rules are not evaluated, so none is active."""
    return {"alerts": []}


def _page(states: Sequence[GroupState], wanted: Wanted, kinds: Sequence[str]) -> tuple[list[dict[str, Any]], str]:
    states = _after(states, wanted.group_next_token) if wanted.group_limit > 0 else states
    groups: list[dict[str, Any]] = []
    for state in states:
        group = _group(state, wanted, kinds)
        if not group["rules"]:
            continue
        if 0 < wanted.group_limit <= len(groups):
            return groups, _token(state)
        groups.append(group)
    return groups, ""


def _after(states: Sequence[GroupState], token: str) -> Sequence[GroupState]:
    if not token:
        return states
    for place, state in enumerate(states):
        if _token(state) == token:
            return states[place:]
    raise Invalid(
        f"invalid parameter \"group_next_token\": invalid group_next_token '{token}'. were rule groups changed?"
    )


def _token(state: GroupState) -> str:
    return hashlib.blake2b(f"{state.group.file}\0{state.group.name}".encode(), digest_size=20).hexdigest()


def _group(state: GroupState, wanted: Wanted, kinds: Sequence[str]) -> dict[str, Any]:
    group = state.group
    is_wanted = (not wanted.rule_groups or group.name in wanted.rule_groups) and (
        not wanted.files or group.file in wanted.files
    )
    rules = [each for each in state.rules if each.rule.kind in kinds and _is_wanted(each.rule, wanted)]
    return {
        "name": group.name,
        "file": group.file,
        "rules": [_rule(each) for each in rules] if is_wanted else [],
        "interval": group.interval_ms / 1000,
        "limit": group.limit,
        "evaluationTime": state.took_s,
        "lastEvaluation": _time(state.evaluated_at_s),
    }


def _is_wanted(rule: Rule, wanted: Wanted) -> bool:
    if wanted.rule_names and rule.name not in wanted.rule_names:
        return False
    labels = dict(rule.labels)
    return not wanted.selectors or any(
        all(compile_matcher(each)(labels.get(each.name, "")) for each in selector) for selector in wanted.selectors
    )


def _rule(state: RuleState) -> dict[str, Any]:
    rule = state.rule
    shown: dict[str, Any] = {"name": rule.name, "query": rule.query, "labels": dict(rule.labels)}
    if rule.kind == "alerting":
        shown |= {
            "state": "inactive",
            "duration": rule.hold_ms / 1000,
            "keepFiringFor": rule.keep_firing_ms / 1000,
            "annotations": dict(rule.annotations),
            "alerts": [],
        }
    shown |= {"health": state.health} | ({"lastError": state.error} if state.error else {})
    return shown | {
        "evaluationTime": state.took_s,
        "lastEvaluation": _time(state.evaluated_at_s),
        "type": rule.kind,
    }


def _time(at_s: float | None) -> str:
    if at_s is None:
        return _NEVER
    return datetime.fromtimestamp(at_s, UTC).isoformat().replace("+00:00", "Z")
