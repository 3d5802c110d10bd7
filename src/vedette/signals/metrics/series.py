"""The index of series: which match, what they are labelled with, and the names and values that labels have."""

import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.labels import NAME, Labels
from vedette.signals.metrics.promql.facts import LabelSets
from vedette.signals.metrics.promql.tree import Matcher
from vedette.storage.telemetry.port import TelemetryStore, Value

_MOST_REMEMBERED = 200_000
_MOST_QUESTIONS = 500
_FEW = 500
_HOUR_MS = 3_600_000
_ALL_HOURS = 0xFFFFFF


class TooManySeries(VedetteError):
    """More series match than one question may read."""

    code, status, title = "too_many_series", 422, "Too many series"


@dataclass(frozen=True, slots=True)
class Selected:
    """Series in the order of name and id; `kinds` tells by bits whether they have floats (1) and histograms (2)."""

    names: list[str]
    ids: NDArray[np.uint64]
    kinds: NDArray[np.uint8]
    labels: LabelSets


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a WHERE clause and the values it binds."""

    sql: str
    values: dict[str, Value]


def condition(project: ProjectId, matchers: Iterable[Matcher], start_ms: int, end_ms: int) -> Condition:
    """Return what rows of `series` match and have samples in the hours that `start_ms` < t <= `end_ms` touches."""
    first, last = (start_ms + 1) // _HOUR_MS, end_ms // _HOUR_MS
    values: dict[str, Value] = {
        "project": int(project),
        "from_day": _day(first // 24),
        "to_day": _day(last // 24),
        "from_hours": (_ALL_HOURS << (first % 24)) & _ALL_HOURS,
        "to_hours": _ALL_HOURS >> (23 - last % 24),
    }
    parts = [_WITHIN]
    for number, matcher in enumerate(matchers):
        column = _COLUMNS.get(matcher.name)
        if column is None:
            column = f"Labels[{{l{number}:String}}]"
            values[f"l{number}"] = matcher.name
        values[f"v{number}"] = matcher.value
        if matcher.op in {"=~", "!~"}:
            values[f"v{number}"] = f"^(?s:{matcher.value})$"
        parts.append(_OPERATORS[matcher.op].format(column=column, value=f"{{v{number}:String}}"))
    return Condition(" AND ".join(parts), values)


_WITHIN = (
    "Project = {project:UInt32} AND Day >= toDate32({from_day:Int32}) AND Day <= toDate32({to_day:Int32})"
    " AND bitAnd(Hours, bitAnd(if(Day = toDate32({from_day:Int32}), {from_hours:UInt32}, 16777215),"
    " if(Day = toDate32({to_day:Int32}), {to_hours:UInt32}, 16777215))) != 0"
)
_COLUMNS = {NAME: "Name", "job": "Job", "instance": "Instance"}
_OPERATORS = {
    "=": "{column} = {value}",
    "!=": "{column} != {value}",
    "=~": "match({column}, {value})",
    "!~": "NOT match({column}, {value})",
}


def _day(day: int) -> int:
    """Keep a day within the years 1900 to 2149: the engine takes larger numbers for seconds."""
    return min(max(day, -25567), 65535)


class SeriesIndex:
    """Answers from the table `series`. All methods block.

    Labels of series met lately are remembered, and which series a selector found, until `edition` says that the
    project has news.
    """

    def __init__(self, store: TelemetryStore, edition: Callable[[ProjectId], int]) -> None:
        self._store, self._edition = store, edition
        self._lock = threading.Lock()
        self._labels: dict[int, Labels] = {}
        self._found: dict[tuple[object, ...], tuple[int, Selected]] = {}
        self._found_series = 0

    def select(
        self, project: ProjectId, matchers: Sequence[Matcher], start_ms: int, end_ms: int, *, most: int
    ) -> Selected:
        """Return the series that match; raises TooManySeries beyond `most`."""
        where = condition(project, matchers, start_ms, end_ms)
        question = (tuple(matchers), most, *where.values.items())
        edition = self._edition(project)
        known = self._found.get(question)
        if known is not None and known[0] == edition:
            return known[1]
        found = self._select(where, most)
        self._remember(question, edition, found)
        return found

    def _select(self, where: Condition, most: int) -> Selected:
        table = self._store.query(
            "SELECT Name, SeriesId, groupBitOr(Kinds) AS Kind FROM series"
            f" WHERE {where.sql} GROUP BY Name, SeriesId ORDER BY Name, SeriesId LIMIT {most + 1}",
            where.values,
        )
        if table.num_rows > most:
            raise TooManySeries(f"more than {most} series match; narrow the selector or the range")
        ids = table["SeriesId"].to_numpy()
        names = table["Name"].to_pylist()
        return Selected(names, ids, table["Kind"].to_numpy(), LabelSets(self._labels_of(ids, where)))

    def label_sets(
        self, project: ProjectId, matchers: Sequence[Matcher], start_ms: int, end_ms: int, *, limit: int
    ) -> list[Labels]:
        """Return the labels of at most `limit` matching series."""
        where = condition(project, matchers, start_ms, end_ms)
        return list(self._fetch(where, f"LIMIT {limit}").values())

    def names(
        self, project: ProjectId, selectors: Sequence[Sequence[Matcher]], start_ms: int, end_ms: int, *, limit: int
    ) -> list[str]:
        """Return the label names that matching series have, sorted; no selector means every series."""
        found: set[str] = set()
        for matchers in selectors or [[]]:
            where = condition(project, matchers, start_ms, end_ms)
            table = self._store.query(
                "SELECT DISTINCT arrayJoin(mapKeys(Labels)) AS Text FROM series"
                f" WHERE {where.sql} ORDER BY Text LIMIT {limit}",
                where.values,
            )
            found.update(table["Text"].to_pylist())
        return sorted(found)[:limit]

    def values(
        self,
        project: ProjectId,
        label: str,
        selectors: Sequence[Sequence[Matcher]],
        start_ms: int,
        end_ms: int,
        *,
        limit: int,
    ) -> list[str]:
        """Return the values that a label has among matching series, sorted."""
        found: set[str] = set()
        for matchers in selectors or [[]]:
            where = condition(project, matchers, start_ms, end_ms)
            column = _COLUMNS.get(label, "Labels[{label:String}]")
            table = self._store.query(
                f"SELECT DISTINCT toString({column}) AS Text FROM series"
                f" WHERE {where.sql} ORDER BY Text LIMIT {limit + 1}",
                where.values | {"label": label},
            )
            found.update(table["Text"].to_pylist())
        return sorted(found - {""})[:limit]

    def _remember(self, question: tuple[object, ...], edition: int, found: Selected) -> None:
        if len(found.ids) > _MOST_REMEMBERED // 2:
            return
        with self._lock:
            if len(self._found) >= _MOST_QUESTIONS or self._found_series + len(found.ids) > _MOST_REMEMBERED:
                self._found, self._found_series = {}, 0
            self._found[question] = (edition, found)
            self._found_series += len(found.ids)

    def _labels_of(self, ids: NDArray[np.uint64], where: Condition) -> list[Labels]:
        remembered, wanted = self._labels, ids.tolist()
        missing = [each for each in wanted if each not in remembered]
        fresh: dict[int, Labels] = {}
        if missing:
            if len(missing) <= _FEW:
                where = Condition(f"{where.sql} AND SeriesId IN {{ids:Array(UInt64)}}", where.values | {"ids": missing})
            fresh = self._fetch(where)
            if len(fresh) <= _MOST_REMEMBERED // 2:  # more would only push out what is asked again and again
                with self._lock:
                    if len(self._labels) + len(fresh) > _MOST_REMEMBERED:
                        self._labels = {}
                    self._labels.update(fresh)
        return [remembered.get(each) or fresh[each] for each in wanted]

    def _fetch(self, where: Condition, tail: str = "") -> dict[int, Labels]:
        table = self._store.query(
            f"SELECT SeriesId, Labels AS Pairs FROM series WHERE {where.sql} LIMIT 1 BY SeriesId {tail}",
            where.values,
        )
        ids = table["SeriesId"].to_pylist()
        return dict(zip(ids, maps_to_labels(table["Pairs"].combine_chunks()), strict=True))


def maps_to_labels(maps: pa.MapArray) -> list[Labels]:
    """Return a map column as tuples of pairs, which stand in the order they were written in.

    Most pairs stand in very many series: they are made once.
    """
    if not len(maps):
        return []
    offsets = maps.offsets.to_pylist()
    names, name_codes = _coded(maps.keys)
    values, value_codes = _coded(maps.items)
    unique, places = np.unique(name_codes * len(values) + value_codes, return_inverse=True)
    distinct = [(names[code // len(values)], values[code % len(values)]) for code in unique.tolist()]
    pairs = [distinct[place] for place in places.tolist()]
    return [tuple(pairs[start:end]) for start, end in itertools.pairwise(offsets)]


def _coded(texts: pa.Array) -> tuple[list[str], NDArray[np.int64]]:
    """Return the distinct texts and, for each text, which of these it is."""
    coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)
