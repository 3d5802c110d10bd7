"""Product events from JSON to rows, each record judged by itself."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from vedette.ingest.arrival import Arrival, Refused
from vedette.ingest.leniency import parse_json, text_of, time_ns
from vedette.kit.errors import Fault, Invalid
from vedette.signals.events.rows import EventRow

LONGEST_NAME = 200
LONGEST_ID = 200
LONGEST_VALUE = 16_384
_SHOWN = 60
_NAMES = ("name", "event")
_TIMES = ("timestamp", "time")
_PEOPLE = ("distinct_id", "distinctId", "user_id", "userId")
_SESSIONS = ("session_id", "sessionId")
_IDS = ("id", "event_id", "eventId", "uuid")
_KNOWN = {*_NAMES, *_TIMES, *_PEOPLE, *_SESSIONS, *_IDS, "properties"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the record at `index` of the request is not kept."""

    index: int
    reason: str
    detail: str


@dataclass(slots=True)
class Sorted:
    """The records of one request, those to keep and those not."""

    rows: list[EventRow] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def read_records(body: bytes) -> list[Any]:
    """Return the records of a body: one object, a list, `{"events": […]}`, or one object a line. Raises Invalid."""
    if not body.strip():
        raise Invalid("the body is empty", faults=[Fault("body", "send one event, a list, or one event a line")])
    try:
        found = parse_json(body, "body")
    except Invalid:
        lines = [(number, line) for number, line in enumerate(body.splitlines(), 1) if line.strip()]
        if len(lines) < 2:
            raise
        return [parse_json(line, f"line {number}") for number, line in lines]
    if isinstance(found, dict) and isinstance(found.get("events"), list):
        found = found["events"]
    records = found if isinstance(found, list) else [found]
    if not records:
        raise Invalid("there are no events", faults=[Fault("body", "the list is empty")])
    return records


def sort_records(records: list[Any], arrival: Arrival) -> Sorted:
    """Turn records into rows; those that cannot be kept are refused with a reason."""
    result = Sorted()
    for index, record in enumerate(records):
        try:
            result.rows.append(_row(record, arrival))
        except Refused as refusal:
            result.refused.append(Refusal(index, refusal.reason, refusal.detail))
    return result


def _row(record: object, arrival: Arrival) -> EventRow:
    if not isinstance(record, dict):
        raise Refused("malformed_record", "an event must be a JSON object")
    if "eventType" in record:
        record = _from_analytics(record)
    properties = record.get("properties")
    if properties is not None and not isinstance(properties, dict):
        raise Refused("invalid_properties", "`properties` must be an object")
    # What has no place of its own is a property: nothing that was sent is dropped.
    others = {name: value for name, value in record.items() if name not in _KNOWN}
    return EventRow(
        project=arrival.project,
        timestamp_ns=_time(_first(record, _TIMES), arrival),
        received_ns=arrival.received_ns,
        event_id=_id(record, _IDS),
        name=_name(_first(record, _NAMES)),
        distinct_id=_id(record, _PEOPLE),
        session_id=_id(record, _SESSIONS),
        properties=dict(_properties(others | (properties or {}), arrival)),
    )


def _from_analytics(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return `{eventType, data: {sessionId, userId?, timestamp?, …}}` in our own form."""
    data = record.get("data")
    if data is not None and not isinstance(data, dict):
        raise Refused("invalid_properties", "`data` must be an object")
    data = dict(data or {})
    session, person = data.pop("sessionId", None), data.pop("userId", None)
    outer = {name: value for name, value in record.items() if name not in {"eventType", "data"}}
    known = {"id": data.pop("eventId", None), "timestamp": data.pop("timestamp", None)}
    named = {"name": record["eventType"], "session_id": session, "distinct_id": session if person is None else person}
    return outer | {key: value for key, value in known.items() if value is not None} | named | {"properties": data}


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if record.get(name) is not None), None)


def _name(value: object) -> str:
    if value is None:
        raise Refused("missing_name", "`name` is missing")
    name = text_of(value).strip() if isinstance(value, str) else ""
    if not name or len(name) > LONGEST_NAME:
        raise Refused("invalid_name", f"`name` must be text of 1 to {LONGEST_NAME} characters")
    return name


def _id(record: Mapping[str, Any], names: tuple[str, ...]) -> str:
    value = _first(record, names)
    if value is None:
        return ""
    if isinstance(value, (dict, list, bool)) or (isinstance(value, float) and not math.isfinite(value)):
        raise Refused("invalid_id", f"`{names[0]}` must be text or a number")
    text = text_of(value).strip()
    if len(text) > LONGEST_ID:
        raise Refused("invalid_id", f"`{names[0]}` has more than {LONGEST_ID} characters")
    return text


def _time(value: object, arrival: Arrival) -> int:
    if value is not None and time_ns(value) is None:
        shown = text_of(value)[:_SHOWN]
        raise Refused("invalid_timestamp", f"`timestamp` {shown!r} is not RFC 3339 or Unix seconds or milliseconds")
    return arrival.time_of(value, "events")


def _properties(given: Mapping[str, Any], arrival: Arrival) -> Iterator[tuple[str, str]]:
    if len(given) > arrival.admission.max_attributes:
        raise Refused("too_many_attributes", f"more than {arrival.admission.max_attributes} properties")
    for key, value in given.items():
        name = text_of(key)
        if not name or len(name) > LONGEST_NAME:
            raise Refused("invalid_properties", f"a property's name must have 1 to {LONGEST_NAME} characters")
        text = _value(value)
        if len(text) > LONGEST_VALUE:
            raise Refused("value_too_long", f"`{name[:_SHOWN]}` has more than {LONGEST_VALUE} characters")
        yield name, text


def _value(value: object) -> str:
    if isinstance(value, str):
        return text_of(value)
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # numbers beyond 64 bits, lone surrogates, depth beyond orjson's
        return text_of(value)
