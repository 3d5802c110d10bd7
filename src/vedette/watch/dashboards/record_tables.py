"""Records as rows of a table, where a panel is one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from vedette.kit.ids import Signal
from vedette.signals.events.retention import Cohort
from vedette.watch.dashboards.answers import ColumnOut, Frame

_Type = Literal["time", "number", "text"]
_COLUMNS: Mapping[Signal, Sequence[tuple[str, str, _Type, str | None]]] = {
    "logs": [
        ("time", "timestamp", "time", None),
        ("level", "severity", "text", None),
        ("service", "service", "text", None),
        ("body", "body", "text", None),
    ],
    "traces": [
        ("time", "timestamp", "time", None),
        ("name", "root_name", "text", None),
        ("service", "root_service", "text", None),
        ("duration", "duration_ms", "number", "ms"),
        ("spans", "span_count", "number", None),
        ("errors", "error_count", "number", None),
    ],
    "errors": [
        ("type", "type", "text", None),
        ("message", "value", "text", None),
        ("events", "events", "number", None),
        ("users", "users", "number", None),
        ("last seen", "last_seen", "time", None),
    ],
    "events": [
        ("time", "timestamp", "time", None),
        ("name", "name", "text", None),
        ("person", "distinct_id", "text", None),
    ],
}
_IDS: Mapping[Signal, tuple[str, Literal["trace", "issue", "record"]]] = {
    "traces": ("trace_id", "trace"), "errors": ("id", "issue"), "logs": ("id", "record"),
}  # fmt: skip
_MOST_PROPERTIES = 4
_MOST_PERIODS = 16


def record_table(signal: Signal, items: Sequence[Mapping[str, object]]) -> Frame:
    """Return records as rows; events have columns for the properties most of them have. Times are Unix seconds."""
    known = _COLUMNS[signal]
    properties = _common_properties(items) if signal == "events" else []
    columns = [ColumnOut(name=name, type=kind, unit=unit) for name, _, kind, unit in known]
    columns += [ColumnOut(name=name, type="text") for name in properties]
    ids = _IDS.get(signal)
    columns += [ColumnOut(name=ids[0], type="text", leads_to=ids[1])] if ids else []
    rows = [
        [_cell(item.get(field), kind) for _, field, kind, _ in known]
        + [_cell(_properties(item).get(name), "text") for name in properties]
        + ([_cell(item.get(ids[0]), "text")] if ids else [])
        for item in items
    ]
    return Frame.model_construct(query="", kind="table", columns=columns, rows=rows)


def retention_table(cohorts: Sequence[Cohort], period: Literal["day", "week"]) -> Frame:
    """Return a row per cohort: when and how many, then the part of them (0 to 1) seen in each later period."""
    most = min(max((len(each.later) for each in cohorts), default=0), _MOST_PERIODS)
    columns = [ColumnOut(name="first seen", type="text"), ColumnOut(name="people", type="number", unit="short")]
    columns += [ColumnOut(name=f"{period} {later}", type="number", unit="percentunit") for later in range(1, most + 1)]
    rows: list[list[float | str | None]] = [
        [
            datetime.fromtimestamp(each.start, UTC).date().isoformat(),
            each.people,
            *(each.later[later] / each.people if later in each.later else None for later in range(1, most + 1)),
        ]
        for each in cohorts
    ]
    return Frame.model_construct(query="", kind="table", columns=columns, rows=rows)


def _cell(value: object, kind: _Type) -> float | str | None:
    if value is None:
        return None
    if kind == "time":
        return datetime.fromisoformat(str(value)).timestamp()
    return float(value) if kind == "number" and isinstance(value, int | float) else str(value)


def _common_properties(items: Sequence[Mapping[str, object]]) -> list[str]:
    counts: dict[str, int] = {}
    for item in items:
        for name in _properties(item):
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))[:_MOST_PROPERTIES]


def _properties(item: Mapping[str, object]) -> Mapping[str, object]:
    found = item.get("properties")
    return found if isinstance(found, Mapping) else {}
