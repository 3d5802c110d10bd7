"""Figures of the records a search finds: counted, rated, averaged, by fields, over time or as a table.

One planner for all signals. A signal says which tables can answer (`Source`), the cheapest first; the first that knows
every field of a question does. SQL is put together from the allow-lists of the source, values are bound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from vedette.kit.errors import Fault, Invalid
from vedette.kit.ids import ProjectId
from vedette.kit.search import Either, Every, Node, Not, Term, Text, parse_search
from vedette.signals.conditions import Condition, Searchable, condition
from vedette.storage.telemetry.port import Value
from vedette.storage.telemetry.reader import Reader

Function: TypeAlias = Literal[
    "count", "rate", "uniq", "sum", "avg", "min", "max", "p50", "p75", "p90", "p95", "p99", "share"
]
OTHER = "other"
_QUANTILES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_PLAIN = {"sum": "sum", "avg": "avg", "min": "min", "max": "max"}
_BY_VALUE = {"count", "rate", "uniq", "sum"}
_ADDITIVE = {"count", "rate"}
_MOST_ROWS = 100_000
_TIME = (
    "Timestamp >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')"
    " AND Timestamp < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')"
)
_SECONDS = "toUnixTimestamp(toDateTime(Timestamp, 'UTC'))"


@dataclass(frozen=True, slots=True)
class Source:
    """A table that can answer, and what it knows.

    `texts` are the fields to group by and count distinct values of, `numbers` those to average, both as SQL;
    `measures` are functions of a field (None: of records) that this table answers in its own way. A table of figures
    has a row per `resolution_s` and answers only for steps that are multiples of it. Without maps it knows no
    attributes.
    """

    table: str
    searchable: Searchable
    texts: Mapping[str, str]
    numbers: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[tuple[Function, str | None], str] = field(default_factory=dict)
    count: str = "count()"
    seconds: str = _SECONDS
    bounds: str = _TIME
    resolution_s: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """What to work out. `of` is the search whose part `share` gives; without `step_s` the answer is one figure a group.

    Groups are the values of the fields `by`; the `limit` most frequent (or largest) are kept apart, the rest is one
    group named "other" in each field.
    """

    search: str
    fn: Function
    start_ns: int
    end_ns: int
    step_s: int | None
    field: str | None = None
    of: str | None = None
    by: tuple[str, ...] = ()
    limit: int = 10


@dataclass(slots=True)
class Group:
    """One line, or one row: the values of the fields it is grouped by, and a figure per step (one without steps)."""

    keys: tuple[str, ...]
    values: list[float | None]


@dataclass(slots=True)
class Trend:
    """Groups, largest first; `times` are when the steps begin in Unix seconds, empty for a table."""

    times: list[int]
    groups: list[Group]


async def trend(reader: Reader, project: ProjectId, question: Question, sources: Sequence[Source]) -> Trend:
    """Answer a question; raises Invalid for a search or field that makes no sense."""
    node = parse_search(question.search)
    plan = _Plan(question, _choose(question, node, sources), node)
    rows = await _rows(reader, project, plan, None)
    if len(rows) > _MOST_ROWS:
        if not question.by:
            raise Invalid("the question has too many steps: ask for a shorter range")
        sql, params = plan.sql(None, is_total=True)
        largest = await reader.fetch(sql, params, project=project)
        rows = await _rows(reader, project, plan, [row["hash"] for row in largest[: question.limit]])
        return _arranged(question, rows)
    found = _arranged(question, rows)
    if len(found.groups) <= question.limit:
        return found
    if question.fn in _ADDITIVE:
        return _folded(question, found)
    kept = {each.keys for each in found.groups[: question.limit]}
    top = {row["hash"] for row in rows if tuple(row["keys"]) in kept}
    return _arranged(question, await _rows(reader, project, plan, sorted(top)))


async def _rows(reader: Reader, project: ProjectId, plan: "_Plan", top: Sequence[int] | None) -> list[dict[str, Any]]:
    sql, params = plan.sql(top, is_total=False)
    return await reader.fetch(sql, params, project=project)


def _folded(question: Question, found: Trend) -> Trend:
    """Return the largest groups and the sum of the others."""
    kept, others = found.groups[: question.limit], found.groups[question.limit :]
    columns = zip(*(each.values for each in others), strict=True)
    rest: list[float | None] = [sum(value or 0.0 for value in column) for column in columns]
    return Trend(found.times, [*kept, Group((OTHER,) * len(question.by), rest)])


def _choose(question: Question, node: Node, sources: Sequence[Source]) -> Source:
    asked = [node] + ([parse_search(question.of)] if question.of else [])
    for source in sources[:-1]:
        is_fine_enough = question.step_s is None or question.step_s % source.resolution_s == 0
        is_long_enough = question.end_ns - question.start_ns >= 10 * source.resolution_s * 10**9
        knows_fields = all(each.lower() in source.texts for each in question.by)
        knows_measure = (question.fn, question.field) in source.measures or question.fn in ("count", "rate", "share")
        is_known = knows_fields and knows_measure and all(_knows(source, each) for each in asked)
        if is_known and is_fine_enough and is_long_enough:
            return source
    return sources[-1]


def _knows(source: Source, node: Node) -> bool:
    match node:
        case Every(nodes) | Either(nodes):
            return all(_knows(source, each) for each in nodes)
        case Not(inner):
            return _knows(source, inner)
        case Text():
            return False
        case Term():
            return node.field.lower() in source.searchable.fields


class _Plan:
    """From a question to SQL."""

    def __init__(self, question: Question, source: Source, node: Node) -> None:
        self.question, self.source = question, source
        self._params: dict[str, Value] = {"from_ns": question.start_ns, "to_ns": question.end_ns}
        found = condition(node, source.searchable)
        self._params |= found.params
        self._where = found.sql
        self._keys = [self._text(each, f"by_{place}") for place, each in enumerate(question.by)]
        self._value = self._measure()

    def sql(self, top: Sequence[int] | None, *, is_total: bool) -> tuple[str, dict[str, Value]]:
        """Return the statement of the answer, or of the groups to keep apart; with `top` the rest becomes "other"."""
        question, params = self.question, dict(self._params)
        keys = f"[{', '.join(self._keys)}]" if self._keys else "emptyArrayString()"
        order, limit = "step", _MOST_ROWS + 1
        step = "0"
        if question.step_s is not None and not is_total:
            step = f"intDiv({self.source.seconds}, {{step_s:UInt32}}) * {{step_s:UInt32}}"
            params["step_s"] = question.step_s
        if top is not None:
            others = ", ".join(["'other'"] * len(self._keys))
            keys = f"if(has({{top:Array(UInt64)}}, cityHash64({keys})), {keys}, [{others}])"
            params["top"] = list(top)
        if is_total:
            order = ("value" if question.fn in _BY_VALUE else "records") + " DESC, keys"
            limit = question.limit + 1
        sql = (
            f"SELECT toInt64({step}) AS step, {keys} AS keys, cityHash64(keys) AS hash,"
            f" toFloat64({self._value}) AS value, {self.source.count} AS records"
            f" FROM {self.source.table} WHERE Project = {{project:UInt32}} AND {self.source.bounds} AND ({self._where})"
            f" GROUP BY step, keys ORDER BY {order} LIMIT {limit}"
        )
        return sql, params

    def _measure(self) -> str:
        question, source = self.question, self.source
        fn, name = question.fn, question.field
        if (own := source.measures.get((fn, name.lower() if name else None))) is not None:
            return own
        if fn in ("count", "rate"):
            return source.count
        if fn == "share":
            return self._share(condition(parse_search(question.of or ""), source.searchable))
        if not name:
            raise Invalid("the field is missing", faults=[Fault("aggregate.field", f"say what to take {fn} of")])
        if fn == "uniq":
            text = self._text(name, "of_field")
            return f"uniqIf({text}, {text} != '')"
        number = self._number(name)
        if fn in _PLAIN:
            return f"{_PLAIN[fn]}OrNull({number})"
        return f"quantileOrNull({_QUANTILES[fn]})({number})"

    def _share(self, of: Condition) -> str:
        if not self.question.of:
            raise Invalid(
                "the part is missing", faults=[Fault("aggregate.of", "say which records to take the share of")]
            )
        self._params |= {name.replace("search_", "of_"): value for name, value in of.params.items()}
        sql = of.sql.replace("{search_", "{of_")
        total = self.source.count
        part = f"countIf({sql})" if total == "count()" else total.replace("sum(Count)", f"sumIf(Count, {sql})")
        return f"{part} / {total}"

    def _text(self, name: str, bound: str) -> str:
        if (known := self.source.texts.get(name.lower())) is not None:
            return f"CAST({known} AS String)"
        return self._attribute(name, bound)

    def _number(self, name: str) -> str:
        if (known := self.source.numbers.get(name.lower())) is not None:
            return known
        if name.lower() in self.source.texts:
            return f"toFloat64OrNull(CAST({self.source.texts[name.lower()]} AS String))"
        return f"toFloat64OrNull({self._attribute(name, 'of_field')})"

    def _attribute(self, name: str, bound: str) -> str:
        """Return the value of an attribute, empty where there is none: the first of the maps that has it."""
        maps = self.source.searchable.maps
        prefix, _, rest = name.partition(".")
        if not (rest and prefix in maps):
            prefix, rest = "", name
        self._params[bound] = rest
        key = f"{{{bound}:String}}"
        *others, last = maps[prefix]
        sql = f"{last}[{key}]"
        for column in reversed(others):
            sql = f"if(mapContains({column}, {key}), {column}[{key}], {sql})"
        return f"CAST({sql} AS String)"


def _arranged(question: Question, rows: Sequence[Mapping[str, Any]]) -> Trend:
    """Put rows of (step, keys, value) into groups over the whole range."""
    times = _times(question)
    is_counted = question.fn in ("count", "rate", "uniq")
    place = {time: index for index, time in enumerate(times)}
    seconds = _covered_s(question, times)
    groups: dict[tuple[str, ...], Group] = {}
    weights: dict[tuple[str, ...], float] = {}
    for row in rows:
        keys = tuple(row["keys"])
        group = groups.get(keys)
        if group is None:
            empty: float | None = 0.0 if is_counted and times else None
            group = groups[keys] = Group(keys, [empty] * max(len(times), 1))
        at = place.get(row["step"], None if times else 0)
        if at is None:
            continue
        value = row["value"]
        if question.fn == "rate" and value is not None:
            value /= seconds[at]
        group.values[at] = value
        weights[keys] = weights.get(keys, 0) + ((value or 0) if question.fn in _BY_VALUE else row["records"])
    if not question.by and not groups and is_counted:
        groups[()] = Group((), [0.0] * max(len(times), 1))
    # "other" goes last however large it is.
    ordered = sorted(groups.values(), key=lambda each: (_is_other(each), -weights.get(each.keys, 0), each.keys))
    return Trend(times, ordered)


def _is_other(group: Group) -> bool:
    return bool(group.keys) and all(each == OTHER for each in group.keys)


def _times(question: Question) -> list[int]:
    if question.step_s is None:
        return []
    first = question.start_ns // 10**9 // question.step_s * question.step_s
    return list(range(first, -(-question.end_ns // 10**9), question.step_s))


def _covered_s(question: Question, times: Sequence[int]) -> list[float]:
    """Return how much of each step lies in the range, in seconds: the first and the last are often cut."""
    start, end = question.start_ns / 1e9, question.end_ns / 1e9
    if not times or question.step_s is None:
        return [max(end - start, 1e-9)]
    return [max(min(time + question.step_s, end) - max(time, start), 1.0) for time in times]
