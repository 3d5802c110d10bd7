"""Relabelling. Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from vedette.ingest.scrape.config import Relabel, pattern

Pairs = Mapping[str, str]

_REFERENCE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})")
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def relabel(labels: Pairs, rules: Sequence[Relabel]) -> dict[str, str] | None:
    """Return labels after the rules, without empty values; None when a rule drops them."""
    current = dict(labels)
    for rule in rules:
        if not _ACTIONS[rule.action](current, rule):
            return None
    return {name: value for name, value in current.items() if value}


@lru_cache(maxsize=4096)
def _compiled(text: str) -> Any:
    return pattern(text)


def _source(labels: Pairs, rule: Relabel) -> str:
    return rule.separator.join(labels.get(name, "") for name in rule.source_labels)


def _expanded(template: str, match: Any) -> str:
    """Fill `$1`, `${1}` and `${name}` in; references to nothing are empty, as Go does."""

    def one(found: "re.Match[str]") -> str:
        name = found[1] or found[2]
        if name is None:
            return "$"
        try:
            return match.group(int(name) if name.isdigit() else name) or ""
        except (IndexError, KeyError):
            return ""

    return _REFERENCE.sub(one, template)


def _replace(labels: dict[str, str], rule: Relabel) -> bool:
    match = _compiled(rule.regex).match(_source(labels, rule))
    if match:
        target = _expanded(rule.target_label, match)
        if target:
            labels[target] = _expanded(rule.replacement, match)
    return True


def _keep(labels: dict[str, str], rule: Relabel) -> bool:
    return _compiled(rule.regex).match(_source(labels, rule)) is not None


def _drop(labels: dict[str, str], rule: Relabel) -> bool:
    return not _keep(labels, rule)


def _keep_equal(labels: dict[str, str], rule: Relabel) -> bool:
    return _source(labels, rule) == labels.get(rule.target_label, "")


def _drop_equal(labels: dict[str, str], rule: Relabel) -> bool:
    return not _keep_equal(labels, rule)


def _hashmod(labels: dict[str, str], rule: Relabel) -> bool:
    digest = hashlib.md5(_source(labels, rule).encode(), usedforsecurity=False).digest()
    labels[rule.target_label] = str(int.from_bytes(digest[8:], "big") % rule.modulus)
    return True


def _label_map(labels: dict[str, str], rule: Relabel) -> bool:
    for name, value in list(labels.items()):
        match = _compiled(rule.regex).match(name)
        if match:
            labels[_expanded(rule.replacement, match)] = value
    return True


def _label_drop(labels: dict[str, str], rule: Relabel) -> bool:
    for name in [name for name in labels if _compiled(rule.regex).match(name)]:
        del labels[name]
    return True


def _label_keep(labels: dict[str, str], rule: Relabel) -> bool:
    for name in [name for name in labels if not _compiled(rule.regex).match(name)]:
        del labels[name]
    return True


def _lowercase(labels: dict[str, str], rule: Relabel) -> bool:
    labels[rule.target_label] = _source(labels, rule).lower()
    return True


def _uppercase(labels: dict[str, str], rule: Relabel) -> bool:
    labels[rule.target_label] = _source(labels, rule).upper()
    return True


_ACTIONS: dict[str, Callable[[dict[str, str], Relabel], bool]] = {
    "replace": _replace,
    "keep": _keep,
    "drop": _drop,
    "keepequal": _keep_equal,
    "dropequal": _drop_equal,
    "hashmod": _hashmod,
    "labelmap": _label_map,
    "labeldrop": _label_drop,
    "labelkeep": _label_keep,
    "lowercase": _lowercase,
    "uppercase": _uppercase,
}
