"""Prometheus rule files to groups, every fault with its place.

Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/; Vedette adds `project` beside
`groups`, the name of the project the file's groups belong to.
"""

from dataclasses import dataclass

from yaml.nodes import Node

from vedette.signals.metrics.labels import Labels, labels_of
from vedette.signals.metrics.promql.faults import ParseError
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.printer import show
from vedette.signals.metrics.promql.syntax.numerals import duration_ms
from vedette.signals.metrics.rules.nodes import Document, Misplaced, check_known, place_of, text_of
from vedette.signals.metrics.rules.rule import Group, Rule, RuleFault, RuleFile

_FILE = frozenset(["groups", "project"])
_GROUP = frozenset(["name", "interval", "query_offset", "limit", "rules", "labels"])
_RULE = frozenset(["record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"])
_ONLY_ALERTS = ("annotations", "for", "keep_firing_for")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a file says nothing."""

    project: str = "default"
    interval_ms: int = 60_000


def read_rules(path: str, text: str, defaults: Defaults | None = None) -> RuleFile:
    """Return the groups of a rule file; with any fault at all, the faults and no groups."""
    reader = _Reader(path, defaults or Defaults())
    groups = reader.read(text)
    return RuleFile(path, () if reader.faults else tuple(groups), tuple(reader.faults))


class _Reader:
    def __init__(self, path: str, defaults: Defaults) -> None:
        self._path, self._defaults = path, defaults
        self._group, self._rule, self._name = "", 0, ""
        self.faults: list[RuleFault] = []

    def read(self, text: str) -> list[Group]:
        groups: list[Group] = []
        try:
            self._document = Document(text)
            fields = self._document.fields(self._document.root, _FILE, "a rule file")
            project = text_of(fields.get("project"), "project") or self._defaults.project
            for node in self._document.items(fields.get("groups"), "groups"):
                self._group, self._rule, self._name = "", 0, ""
                groups += self._one(node, project, {each.name for each in groups})
        except Misplaced as fault:
            self._misplaced(fault)
        return groups

    def _one(self, node: Node, project: str, names: set[str]) -> list[Group]:
        try:
            return [self._read_group(node, project, names)]
        except Misplaced as fault:
            self._misplaced(fault)
            return []

    def _read_group(self, node: Node, project: str, names: set[str]) -> Group:
        fields = dict(self._document.pairs(node, "a group"))
        self._group = text_of(fields.get("name"), "name")
        check_known(fields, _GROUP, "a group")
        if not self._group:
            self._fault(node, "Groupname must not be empty")
        elif self._group in names:
            self._fault(node, f'groupname: "{self._group}" is repeated in the same file')
        labels = self._labels(fields.get("labels"), "labels")
        rules = []
        for number, each in enumerate(self._document.items(fields.get("rules"), "rules"), 1):
            self._rule, self._name = number, ""
            rules += self._read_rule(each, labels)
        self._rule = 0
        return Group(
            self._path,
            self._group,
            project,
            self._duration(fields.get("interval"), "interval") or self._defaults.interval_ms,
            tuple(rules),
            self._limit(fields.get("limit")),
            self._duration(fields.get("query_offset"), "query_offset"),
        )

    def _read_rule(self, node: Node, group_labels: dict[str, str]) -> list[Rule]:
        try:
            fields = dict(self._document.pairs(node, "a rule"))
            record, alert = text_of(fields.get("record"), "record"), text_of(fields.get("alert"), "alert")
            self._name = alert or record
            check_known(fields, _RULE, "a rule")
            self._check_names(node, fields, record, alert)
            labels = group_labels | self._labels(fields.get("labels"), "labels")
            return [
                Rule(
                    "alerting" if alert else "recording",
                    self._name,
                    self._query(node, fields.get("expr")),
                    _kept(labels),
                    self._duration(fields.get("for"), "for"),
                    self._duration(fields.get("keep_firing_for"), "keep_firing_for"),
                    labels_of(self._labels(fields.get("annotations"), "annotations")),
                )
            ]
        except Misplaced as fault:
            self._misplaced(fault)
            return []

    def _check_names(self, node: Node, fields: dict[str, Node], record: str, alert: str) -> None:
        if record and alert:
            self._fault(fields["record"], "only one of 'record' and 'alert' must be set")
        elif not record and not alert:
            self._fault(node, "one of 'record' or 'alert' must be set")
        if not record:
            return
        for field in _ONLY_ALERTS:
            if field in fields:
                self._fault(fields[field], f"invalid field '{field}' in recording rule")
        if "{" in record or "}" in record:
            what = f"braces present in the recording rule name; should it be in expr?: {record}"
            self._fault(fields["record"], what)

    def _query(self, node: Node, expr: Node | None) -> str:
        text = text_of(expr, "expr")
        if not text:
            self._fault(node, "field 'expr' must be set in rule")
            return ""
        try:
            return show(parse(text))
        except ParseError as error:
            self._fault(expr, f"could not parse expression: {error}")
            return ""

    def _labels(self, node: Node | None, what: str) -> dict[str, str]:
        found = {}
        for name, value in self._document.pairs(node, what):
            if not name or (name == "__name__" and what == "labels"):
                self._fault(value, f"invalid {'annotation' if what == 'annotations' else 'label'} name: {name}")
            found[name] = text_of(value, f"the value of {name}")
        return found

    def _duration(self, node: Node | None, what: str) -> int:
        text = text_of(node, what)
        if text in ("", "0"):
            return 0
        try:
            return duration_ms(text)
        except ValueError as error:
            self._fault(node, f"{what}: {error}")
            return 0

    def _limit(self, node: Node | None) -> int:
        text = text_of(node, "limit") or "0"
        if not text.isascii() or not text.removeprefix("-").isdigit():
            self._fault(node, f"limit must be a whole number, not {text!r}")
            return 0
        return int(text)

    def _fault(self, node: Node | None, what: str) -> None:
        self._add(place_of(node), what)

    def _misplaced(self, fault: Misplaced) -> None:
        self._add(fault.place, fault.what)

    def _add(self, place: str, what: str) -> None:
        self.faults.append(RuleFault(self._path, place, what, self._group, self._rule, self._name))


def _kept(labels: dict[str, str]) -> Labels:
    """Return labels sorted; empty ones stay, for they remove a label from what the query gives."""
    return tuple(sorted(labels.items()))
