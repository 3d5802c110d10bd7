"""Error events of the Sentry protocol as rows. Source: https://develop.sentry.dev/sdk/data-model/event-payloads/."""

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from vedette.ingest.arrival import Arrival
from vedette.ingest.leniency import Trimmer, text_of, time_ns
from vedette.ingest.sentry.stacks import (
    culprit_of,
    exceptions_of,
    grouping_frames,
    message_stack,
    raised_of,
    values_of,
)
from vedette.signals.errors import grouping
from vedette.signals.errors.rows import LEVELS, ErrorRow, Handled

MOST_BREADCRUMBS = 100
LONGEST_VALUE = 1000
_LEVELS = {"critical": "fatal", "log": "info", "warn": "warning", "trace": "debug"}
_HEX = re.compile(r"[0-9a-f]+")
_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sdifr]")


def error_row(event: Mapping[str, Any], arrival: Arrival) -> tuple[ErrorRow, int]:
    """Return the row of an event and how many of its values were cut; raises Refused for its time alone."""
    trim = Trimmer()
    exceptions = exceptions_of(event, trim)
    template, message = _message(event, trim)
    stack = [] if exceptions else message_stack(event, trim)
    fingerprint = [trim.text(each, 500) for each in _list(event.get("fingerprint"))[:32]]
    logger = trim.name(event.get("logger"))
    raised = raised_of(exceptions) or ([grouping.Raised("Message", template, grouping_frames(stack))] if stack else [])
    grouped = grouping.group(raised, message=template, logger=logger, fingerprint=fingerprint)
    main: dict[str, Any] = exceptions[-1] if exceptions else {"type": "Message", "value": message, "frames": stack}
    shown = exceptions or ([main | {"mechanism": None}] if stack else [])
    contexts, user, tags = _interface(event, "contexts", trim), _user(event, trim), tags_of(event, arrival, trim)
    trace, sdk = _mapping(contexts.get("trace")), _interface(event, "sdk", trim)
    trace_id = hex_id(trace.get("trace_id") or _mapping(arrival.headers.get("trace")).get("trace_id"), 32)
    release, transaction = trim.name(event.get("release")), trim.text(event.get("transaction"), 500)
    payload = {
        "exceptions": shown,
        "message": message,
        "fingerprint": fingerprint,
        "grouping": {"version": grouping.VERSION, "method": grouped.method, "parts": list(grouped.parts)},
        "user": trim.tree(user),
        "request": trim.tree(_request(_interface(event, "request", trim))),
        "breadcrumbs": [_breadcrumb(each, trim) for each in _last_breadcrumbs(event, trim)],
        "contexts": trim.tree(contexts),
        "extra": trim.tree(_interface(event, "extra", trim)),
        "dist": trim.name(event.get("dist")),
        "modules": trim.tree(_interface(event, "modules", trim)),
    }
    row = ErrorRow(
        project=arrival.project,
        timestamp_ns=arrival.time_of(event.get("timestamp"), "errors"),
        received_ns=arrival.received_ns,
        event_id=event_id_of(event, arrival),
        issue_id=grouped.issue_id,
        type=main["type"],
        value=trim.text(main["value"] or message, LONGEST_VALUE),
        culprit=culprit_of([main]) or transaction,
        level=_level(event.get("level")),
        platform=trim.name(event.get("platform")) or "other",
        release=release,
        environment=trim.name(event.get("environment")),
        server_name=trim.name(event.get("server_name")),
        transaction=transaction,
        service=service_of(event, tags, release, trim),
        logger=logger,
        handled=_handled(exceptions),
        trace_id=trace_id,
        span_id=hex_id(trace.get("span_id"), 16),
        user_id=_user_id(user, trim),
        sdk_name=trim.name(sdk.get("name")),
        sdk_version=trim.name(sdk.get("version")),
        payload=orjson.dumps(payload, option=orjson.OPT_NON_STR_KEYS).decode(),
        tags=tags,
    )
    return row, trim.cuts


def event_id_of(event: Mapping[str, Any], arrival: Arrival) -> str:
    """Return the event's id as 32 hexadecimal digits: its own, the envelope's, or a new one."""
    for value in (event.get("event_id"), arrival.headers.get("event_id")):
        text = text_of(value).strip().replace("-", "").lower()
        if len(text) == 32 and _HEX.fullmatch(text):
            return text
    return uuid.uuid4().hex


def hex_id(value: object, digits: int) -> str:
    """Return a trace or span id, empty when it is none."""
    text = text_of(value).strip().replace("-", "").lower()
    return text if len(text) == digits and _HEX.fullmatch(text) and text.strip("0") else ""


def tags_of(event: Mapping[str, Any], arrival: Arrival, trim: Trimmer) -> dict[str, str]:
    """Return tags, whether they came as an object or as pairs; values that are not text are JSON text."""
    found: dict[str, str] = {}
    for key, value in _pairs(event.get("tags")):
        name = trim.name(key)
        if not name or value is None:
            continue
        if len(found) >= arrival.admission.max_attributes and name not in found:
            trim.cuts += 1
            continue
        found[name] = trim.text(value, 2000)
    return found


def service_of(event: Mapping[str, Any], tags: Mapping[str, str], release: str, trim: Trimmer) -> str:
    """Return the service: named by a tag or OpenTelemetry's resource, else the name in the release `name@version`."""
    resource = _mapping(_mapping(_mapping(event.get("contexts")).get("otel")).get("resource"))
    told = trim.name(resource.get("service.name"))
    named = tags.get("service.name") or tags.get("service") or ("" if _is_default(told) else told)
    return named or release.rpartition("@")[0] or told


def _is_default(service: str) -> bool:
    """Say whether an SDK, not a person, chose the name: @sentry/node calls every service "node"."""
    return service == "node" or service.startswith("unknown_service")


def _message(event: Mapping[str, Any], trim: Trimmer) -> tuple[str, str]:
    """Return the template of the message, for grouping, and the message as people read it."""
    entry = event.get("logentry") or event.get("sentry.interfaces.Message") or event.get("message")
    if not isinstance(entry, Mapping):
        return trim.text(entry), trim.text(entry)
    template, formatted = trim.text(entry.get("message")), trim.text(entry.get("formatted"))
    if not formatted:
        formatted = _filled(template, entry.get("params"), trim)
    return template or formatted, formatted or template


def _filled(template: str, params: object, trim: Trimmer) -> str:
    """Fill `%s` and `%(name)s` in; not with the operator `%`, which would obey a width of a billion."""
    named = _mapping(params)
    values = iter(_list(params) if not named else [])

    def fill(match: re.Match[str]) -> str:
        if name := match.group(1):
            return text_of(named[name]) if name in named else match.group()
        return text_of(next(values, match.group()))

    return trim.text(_PLACEHOLDER.sub(fill, template))


def _last_breadcrumbs(event: Mapping[str, Any], trim: Trimmer) -> list[Any]:
    found = values_of(event.get("breadcrumbs"))
    trim.cuts += len(found) > MOST_BREADCRUMBS
    return found[-MOST_BREADCRUMBS:]


def _breadcrumb(value: object, trim: Trimmer) -> dict[str, Any]:
    crumb = _mapping(value) or {"message": value}
    moment = time_ns(crumb.get("timestamp"))
    return {
        "timestamp_ns": moment,
        "type": trim.name(crumb.get("type")) or "default",
        "category": trim.name(crumb.get("category")),
        "level": _level(crumb.get("level"), "info"),
        "message": trim.text(crumb.get("message")),
        "data": trim.tree(_mapping(crumb.get("data"))),
    }


def _request(given: Mapping[str, Any]) -> dict[str, Any]:
    request = dict(given)
    for name in ("headers", "cookies", "env"):
        if isinstance(request.get(name), list):
            request[name] = {text_of(key): each for key, each in _pairs(request[name])}
    return request


def _handled(exceptions: list[dict[str, Any]]) -> Handled:
    said = [(each["mechanism"] or {}).get("handled") for each in exceptions]
    if any(each is False for each in said):
        return "no"
    return "yes" if any(each is True for each in said) else "unknown"


def _user(event: Mapping[str, Any], trim: Trimmer) -> Mapping[str, Any]:
    """Return the user; one that is not an object is its id."""
    user = event.get("user")
    return {"id": user} if isinstance(user, (str, int)) and user else _interface(event, "user", trim)


def _user_id(user: Mapping[str, Any], trim: Trimmer) -> str:
    for name in ("id", "email", "username", "ip_address"):
        if (text := trim.name(user.get(name))) and text != "{{auto}}":
            return text
    return ""


def _level(value: object, otherwise: str = "error") -> str:
    text = text_of(value).strip().lower()
    text = _LEVELS.get(text, text)
    return text if text in LEVELS else otherwise


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _interface(event: Mapping[str, Any], name: str, trim: Trimmer) -> Mapping[str, Any]:
    """Return a part of the event that must be an object; anything else cannot be shown and is counted as cut."""
    value = event.get(name)
    trim.cuts += bool(value) and not isinstance(value, Mapping)
    return _mapping(value)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _pairs(value: object) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list):
        for each in value:
            if isinstance(each, (list, tuple)) and len(each) == 2:
                yield each[0], each[1]
            elif isinstance(each, Mapping) and "key" in each:
                yield each["key"], each.get("value")
