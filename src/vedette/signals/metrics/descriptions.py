"""What is known of series beside their samples: the meaning of metric families, and exemplars."""

from collections.abc import Iterator
from dataclasses import dataclass

from vedette.kit.ids import ProjectId
from vedette.signals.metrics.labels import NAME, Labels
from vedette.signals.metrics.promql.tree import (
    Aggregate,
    Binary,
    Call,
    Expr,
    Matcher,
    MatrixSelector,
    Paren,
    Subquery,
    Unary,
    VectorSelector,
)
from vedette.signals.metrics.series import maps_to_labels
from vedette.storage.telemetry.port import TelemetryStore, Value

_MOST_EXEMPLARS = 10_000


@dataclass(frozen=True, slots=True)
class Described:
    """A metric family as last described by a sender."""

    name: str
    type: str
    unit: str
    help: str


@dataclass(frozen=True, slots=True)
class FoundExemplar:
    """One exemplar; time in Unix milliseconds."""

    labels: Labels
    value: float
    time_ms: int


@dataclass(frozen=True, slots=True)
class FoundExemplars:
    """The exemplars of one series, oldest first."""

    series: Labels
    exemplars: list[FoundExemplar]


class Descriptions:
    """Reads `metric_families` and `exemplars`; blocks."""

    def __init__(self, store: TelemetryStore) -> None:
        self._store = store

    def families(self, project: ProjectId, *, metric: str, limit: int) -> list[Described]:
        """Return the families of a project by name, or the one named."""
        table = self._store.query(
            "SELECT toString(Name) AS Family, toString(argMax(Type, LastSeen)) AS Kind,"
            " toString(argMax(Unit, LastSeen)) AS Measure, argMax(Help, LastSeen) AS Text"
            " FROM metric_families"
            " WHERE Project = {project:UInt32} AND ({metric:String} = '' OR Name = {metric:String})"
            f" GROUP BY Name ORDER BY Name LIMIT {limit}",
            {"project": int(project), "metric": metric},
        )
        return [Described(row["Family"], row["Kind"], row["Measure"], row["Text"]) for row in table.to_pylist()]

    def exemplars(self, project: ProjectId, tree: Expr, start_ms: int, end_ms: int) -> list[FoundExemplars]:
        """Return the exemplars of every selector in a query, the newest when there are very many."""
        found: dict[Labels, dict[FoundExemplar, None]] = {}
        for selector in selectors(tree):
            for series, exemplar in self._of(project, selector, start_ms, end_ms):
                found.setdefault(series, {})[exemplar] = None
        return [
            FoundExemplars(series, sorted(exemplars, key=lambda each: each.time_ms))
            for series, exemplars in sorted(found.items())
        ]

    def _of(
        self, project: ProjectId, selector: VectorSelector, start_ms: int, end_ms: int
    ) -> Iterator[tuple[Labels, FoundExemplar]]:
        values: dict[str, Value] = {"project": int(project), "start": start_ms, "end": end_ms}
        parts = [
            "Project = {project:UInt32}",
            "Time >= fromUnixTimestamp64Milli({start:Int64}) AND Time <= fromUnixTimestamp64Milli({end:Int64})",
        ]
        for number, matcher in enumerate(selector.matchers):
            parts.append(_matches(matcher, number, values))
        table = self._store.query(
            "SELECT toUnixTimestamp64Milli(Time) AS Millis, Value, Labels, SeriesLabels FROM exemplars"
            f" WHERE {' AND '.join(parts)} ORDER BY Time DESC LIMIT {_MOST_EXEMPLARS}",
            values,
        )
        series = maps_to_labels(table["SeriesLabels"].combine_chunks())
        labels = maps_to_labels(table["Labels"].combine_chunks())
        times, numbers = table["Millis"].to_pylist(), table["Value"].to_pylist()
        for place, (time_ms, value) in enumerate(zip(times, numbers, strict=True)):
            yield series[place], FoundExemplar(labels[place], value, time_ms)


def _matches(matcher: Matcher, number: int, values: dict[str, Value]) -> str:
    column = "Name"
    if matcher.name != NAME:
        column, values[f"l{number}"] = f"SeriesLabels[{{l{number}:String}}]", matcher.name
    is_regex = matcher.op in {"=~", "!~"}
    values[f"v{number}"] = f"^(?s:{matcher.value})$" if is_regex else matcher.value
    bound = f"{{v{number}:String}}"
    condition = f"match({column}, {bound})" if is_regex else f"{column} = {bound}"
    return condition if matcher.op in {"=", "=~"} else f"NOT ({condition})"


def selectors(tree: Expr) -> Iterator[VectorSelector]:
    """Give every selector of a query."""
    match tree:
        case VectorSelector():
            yield tree
        case MatrixSelector():
            yield tree.vector
        case Binary():
            yield from selectors(tree.left)
            yield from selectors(tree.right)
        case Call():
            for each in tree.arguments:
                yield from selectors(each)
        case Aggregate():
            yield from selectors(tree.expr)
            if tree.parameter is not None:
                yield from selectors(tree.parameter)
        case Subquery() | Unary() | Paren():
            yield from selectors(tree.expr)
        case _:
            return
