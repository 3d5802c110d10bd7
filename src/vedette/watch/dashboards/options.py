"""What can be chosen for variables, and what is chosen when nobody chose."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast, get_args

import pyarrow as pa
import pyarrow.compute as pc

from vedette.kit.errors import Fault, Invalid, VedetteError
from vedette.kit.ids import ProjectId, Signal
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.promql.tree import Matcher, VectorSelector
from vedette.signals.metrics.queries import Queries
from vedette.watch.dashboards.answers import VariableOptions, VariablesAnswer
from vedette.watch.dashboards.asking import said
from vedette.watch.dashboards.filling import ALL, Value, Values, filler
from vedette.watch.dashboards.schemas import Variable
from vedette.watch.dashboards.window import Window

_CALL = re.compile(r"\s*(\w+)\s*\((.*)\)\s*", re.DOTALL)
_MOST_OPTIONS, _MOST_NAMES = 1000, 50_000
_REMEMBERED, _FOR_S = 512, 15.0
_TIMEOUT_S = 15.0
_LONGEST_REGEX = 500


FieldValues = Callable[[ProjectId, Signal, str, str, Window], Awaitable[list[str]]]
"""The values of a field of the records of a signal that match a search, most frequent first."""


@dataclass(slots=True)
class Options:
    """Asks what can be chosen; equal questions within some seconds are asked once."""

    metrics: Queries
    field_values: FieldValues
    _remembered: dict[tuple[object, ...], tuple[float, list[str]]] = field(default_factory=dict)

    async def answer(
        self, project: ProjectId, variables: Sequence[Variable], chosen: Mapping[str, Sequence[str]], window: Window
    ) -> VariablesAnswer:
        """Return the options of each variable, in order: one may depend on those before it."""
        found: dict[str, VariableOptions] = {}
        values: dict[str, Value] = {}
        for each in variables:
            error = None
            try:
                options = await self.options_of(project, each, values, window)
            except VedetteError as failed:
                options, error = [], said(failed)
            picked = _picked(each, options, chosen.get(each.name))
            values[each.name] = _value(each, options, picked)
            found[each.name] = VariableOptions(options=options, chosen=picked, error=error)
        return VariablesAnswer(variables=found)

    async def resolved(
        self, project: ProjectId, variables: Sequence[Variable], chosen: Mapping[str, Sequence[str]], window: Window
    ) -> Values:
        """Return the values that stand for variables; options are asked only where `$__all` needs them."""
        values: dict[str, Value] = {
            name: Value(tuple(picked)) if ALL not in picked else Value((), raw=".*") for name, picked in chosen.items()
        }
        for each in variables:
            picked = list(chosen.get(each.name) or _listed(each.current))
            options: list[str] = []
            if ALL in picked or (not picked and each.type not in {"text", "constant"}):
                try:
                    options = await self.options_of(project, each, values, window)
                except VedetteError:
                    options = []
            picked = picked or _picked(each, options, None)
            values[each.name] = _value(each, options, picked)
        return values

    async def options_of(self, project: ProjectId, variable: Variable, values: Values, window: Window) -> list[str]:
        """Return what can be chosen for one variable; raises VedetteError when its query fails."""
        if variable.type == "query":
            fill = filler(values, window, None)
            found = await self._asked(project, variable.query, fill.promql(variable.query), window)
            found = _kept(found, variable.regex)
        else:
            found = list(variable.options)
        return _sorted(list(dict.fromkeys(found)), variable.sort)[:_MOST_OPTIONS]

    async def _asked(self, project: ProjectId, raw: str, text: str, window: Window) -> list[str]:
        # To the nearest minute: options need not follow every second, and equal questions share an answer.
        key = (project, text, window.start // 60, window.end // 60)
        known = self._remembered.get(key)
        if known and time.monotonic() < known[0]:
            return known[1]
        found = await self._query(project, text if raw else "", window)
        if not found:  # what is not there yet may come at any moment
            return found
        if len(self._remembered) >= _REMEMBERED:
            self._remembered.pop(next(iter(self._remembered)))
        self._remembered[key] = time.monotonic() + _FOR_S, found
        return found

    async def _query(self, project: ProjectId, text: str, window: Window) -> list[str]:
        match = _CALL.fullmatch(text)
        name, inner = (match[1], match[2].strip()) if match else ("", text)
        start_ms, end_ms = round(window.start * 1000), round(window.end * 1000)
        match name:
            case "label_values":
                selector, _, label = inner.rpartition(",")
                wanted = _selectors(selector)
                return await self.metrics.label_values(
                    project, label.strip(), wanted, start_ms, end_ms, limit=_MOST_OPTIONS
                )
            case "label_names":
                return await self.metrics.label_names(project, _selectors(inner), start_ms, end_ms, limit=_MOST_OPTIONS)
            case "metrics":
                names = await self.metrics.label_values(project, "__name__", [], start_ms, end_ms, limit=_MOST_NAMES)
                return _matching(names, inner or ".*")
            case "query_result":
                return _shown(await self.metrics.instant(project, inner, end_ms, timeout_s=_TIMEOUT_S))
            case "field_values":
                signal, _, rest = inner.partition(",")
                name, _, search = rest.partition(",")
                if signal.strip() not in get_args(Signal):
                    raise Invalid("there is no such signal", faults=[Fault("variable", signal[:60])])
                asked = cast("Signal", signal.strip())
                return await self.field_values(project, asked, name.strip(), search.strip(), window)
        raise Invalid(
            "the variable's query cannot be understood",
            faults=[
                Fault(
                    "variable",
                    "use label_values(series, label), label_names(), metrics(regex), query_result(PromQL) or "
                    "field_values(signal, field, search)",
                )
            ],
        )


def _selectors(text: str) -> list[Sequence[Matcher]]:
    """Return what a selector selects by, nothing for none; raises ParseError, and Invalid for what is none."""
    if not text.strip():
        return []
    parsed = parse(text)
    if not isinstance(parsed, VectorSelector):
        raise Invalid(
            "the variable's query cannot be understood", faults=[Fault("variable", 'name series: up{job=~".+"}')]
        )
    return [parsed.matchers]


def _value(variable: Variable, options: Sequence[str], picked: Sequence[str]) -> Value:
    if ALL not in picked:
        return Value(tuple(picked))
    if variable.all_value:
        return Value(tuple(options), raw=variable.all_value)
    return Value(tuple(options)) if options else Value((), raw=".*")


def _picked(variable: Variable, options: Sequence[str], chosen: Sequence[str] | None) -> list[str]:
    """Return what is chosen: as asked where that can be, else the dashboard's own choice, else the first."""
    if variable.type == "constant":
        return _listed(variable.current) or _listed(variable.query)
    if variable.type == "text":
        return list(chosen) if chosen is not None else _listed(variable.current)
    for wanted in (chosen or (), _listed(variable.current)):
        kept = [each for each in wanted if each in options or (each == ALL and variable.include_all)]
        if kept:
            return kept if variable.multi else kept[:1]
    if variable.include_all:
        return [ALL]
    return list(options[:1])


def _listed(current: str | Sequence[str]) -> list[str]:
    if isinstance(current, str):
        return [current] if current else []
    return list(current)


def _kept(found: list[str], regex: str) -> list[str]:
    """Return what a variable's regex leaves: its first group, or the one named `value`, of those it matches.

    Arrow's RE2 matches: it takes linear time whatever the expression.
    """
    if not regex or not found:
        return found
    text = regex[1 : regex.rindex("/")] if regex.startswith("/") and regex.rindex("/") > 0 else regex
    pattern = _with_named_groups(text)
    try:
        if "(?P<" not in pattern:
            return _matching(found, pattern)
        rows = pc.extract_regex(pa.array(found, pa.string()), pattern).to_pylist()
    except pa.ArrowInvalid as error:
        raise Invalid("the regular expression is faulty", faults=[Fault("variable.regex", str(error)[:300])]) from None
    return [row.get("value") or next(iter(row.values())) for row in rows if row is not None]


def _matching(found: list[str], pattern: str) -> list[str]:
    if len(pattern) > _LONGEST_REGEX:
        raise Invalid(
            "the regular expression is too long", faults=[Fault("variable.regex", f"{len(pattern)} characters")]
        )
    try:
        matches = pc.match_substring_regex(pa.array(found, pa.string()), pattern).to_pylist()
    except pa.ArrowInvalid as error:
        raise Invalid("the regular expression is faulty", faults=[Fault("variable.regex", str(error)[:300])]) from None
    return [each for each, is_match in zip(found, matches, strict=True) if is_match]


def _with_named_groups(pattern: str) -> str:
    """Return a pattern whose first group, or the groups that have names, are named, and no others capture."""
    if len(pattern) > _LONGEST_REGEX:
        raise Invalid(
            "the regular expression is too long", faults=[Fault("variable.regex", f"{len(pattern)} characters")]
        )
    has_names = re.search(r"\(\?P?<[A-Za-z]", pattern) is not None
    out, at, is_class = "", 0, False
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            out += pattern[at : at + 2]
            at += 2
            continue
        is_class = (is_class or character == "[") and character != "]"
        if character == "(" and not is_class:
            if pattern.startswith("(?<", at) and pattern[at + 3 : at + 4] not in {"=", "!"}:
                out, at = out + "(?P<", at + 3
                continue
            if not pattern.startswith("(?", at):
                out += "(?:" if has_names or "(?P<" in out else "(?P<value>"
                at += 1
                continue
        out += character
        at += 1
    return out


def _sorted(found: list[str], how: str) -> list[str]:
    if how == "none":
        return found
    if how.startswith("numeric"):
        return sorted(found, key=_number, reverse=how.endswith("descending"))
    return sorted(found, key=str.lower, reverse=how == "descending")


def _number(text: str) -> float:
    match = re.search(r"-?\d+(\.\d+)?", text)
    return float(match[0]) if match else float("inf")


def _shown(result: Result) -> list[str]:
    """Return the series of an answer as Grafana's `query_result` shows them: labels, value and time."""
    shown = []
    for labels, values in zip(result.labels, result.values, strict=True):
        inner = ",".join(f'{name}="{value}"' for name, value in labels if name != "__name__")
        metric = dict(labels).get("__name__", "")
        shown.append(f"{metric}{{{inner}}} {values[-1]:g} {int(result.times_ms[-1])}")
    return shown
