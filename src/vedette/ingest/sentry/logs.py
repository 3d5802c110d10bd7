"""Log items of the Sentry protocol as rows of `otel_logs`. Source: https://develop.sentry.dev/sdk/telemetry/logs/."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from vedette.ingest.arrival import Arrival, Refused
from vedette.ingest.leniency import Trimmer
from vedette.ingest.sentry.events import hex_id
from vedette.storage.telemetry.writer import Decoded

_TEXT = pa.string()
_MAP = pa.map_(_TEXT, _TEXT)
SCHEMA = pa.schema(
    [
        ("Project", pa.uint32()),
        ("Timestamp", pa.timestamp("ns", "UTC")),
        ("ObservedTimestamp", pa.timestamp("ns", "UTC")),
        ("TraceId", _TEXT),
        ("SpanId", _TEXT),
        ("SeverityText", _TEXT),
        ("SeverityNumber", pa.uint8()),
        ("ServiceName", _TEXT),
        ("Body", _TEXT),
        ("ResourceAttributes", _MAP),
        ("ScopeName", _TEXT),
        ("ScopeVersion", _TEXT),
        ("LogAttributes", _MAP),
    ]
)
LogRow = tuple[Any, ...]

_SEVERITY = {"trace": 1, "debug": 5, "info": 9, "warn": 13, "warning": 13, "error": 17, "fatal": 21}
# What the SDK says of the process, in the words of OpenTelemetry's resources.
_RESOURCE = {
    "sentry.release": "service.version",
    "sentry.environment": "deployment.environment.name",
    "server.address": "host.name",
    "service.name": "service.name",
}


def log_row(log: object, arrival: Arrival) -> tuple[LogRow, int]:
    """Return the row of one log record and how many values were cut; raises Refused."""
    if not isinstance(log, Mapping):
        raise Refused("malformed_record", "a log record must be a JSON object")
    trim = Trimmer()
    attributes = _attributes(log.get("attributes"), arrival, trim)
    resource = {_RESOURCE[name]: value for name, value in attributes.items() if name in _RESOURCE}
    service = resource.get("service.name") or resource.get("service.version", "").rpartition("@")[0]
    level = trim.name(log.get("level")).lower()
    row = (
        int(arrival.project),
        arrival.time_of(log.get("timestamp"), "logs"),
        arrival.received_ns,
        hex_id(log.get("trace_id"), 32),
        hex_id(log.get("span_id") or attributes.get("sentry.trace.parent_span_id"), 16),
        level,
        _severity(log.get("severity_number"), level),
        service or "unknown_service",
        trim.text(log.get("body")),
        list((resource | {"service.name": service or "unknown_service"}).items()),
        attributes.pop("sentry.sdk.name", ""),
        attributes.pop("sentry.sdk.version", ""),
        [(name, value) for name, value in attributes.items() if name not in _RESOURCE],
    )
    return row, trim.cuts


def size_of(rows: Sequence[LogRow]) -> int:
    """About how much memory log rows take while they wait."""
    return sum(400 + len(row[8]) + sum(len(key) + len(value) for key, value in row[12]) for row in rows)


class _LogRows:
    """Log records of many requests become one table."""

    def decode(self, units: Sequence[Sequence[LogRow]]) -> Decoded[None]:
        columns = zip(*(row for unit in units for row in unit), strict=True)
        arrays = [pa.array(list(column), field.type) for column, field in zip(columns, SCHEMA, strict=True)]
        return Decoded({"otel_logs": pa.Table.from_arrays(arrays, schema=SCHEMA)}, [None] * len(units))


LOG_ROWS = _LogRows()


def _attributes(value: object, arrival: Arrival, trim: Trimmer) -> dict[str, str]:
    """Return attributes, which come as `{"value": …, "type": …}` or as bare values."""
    found: dict[str, str] = {}
    for key, each in value.items() if isinstance(value, Mapping) else ():
        plain = each.get("value") if isinstance(each, Mapping) and "value" in each else each
        if len(found) >= arrival.admission.max_attributes:
            trim.cuts += 1
        elif plain is not None:
            found[trim.name(key)] = trim.text(plain, 4000)
    return found


def _severity(number: object, level: str) -> int:
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= 24:
        return number
    return _SEVERITY.get(level, 9)
