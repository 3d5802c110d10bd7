"""Exceptions and stack traces of an event, in one form. Source: https://develop.sentry.dev/sdk/data-model/event-payloads/."""

from collections.abc import Mapping
from typing import Any

from vedette.ingest.leniency import Trimmer, text_of
from vedette.signals.errors.grouping import Frame, Raised

MOST_EXCEPTIONS = 50
MOST_FRAMES = 250
_CONTEXT_LINES = 20
_NAMELESS = {"?", "<anonymous>"}


def values_of(value: object) -> list[Any]:
    """Return the entries of an interface that may come as `{"values": […]}`, as a list or as one object."""
    if isinstance(value, Mapping):
        inner = value.get("values", [value] if value else [])
        value = list(inner.values()) if isinstance(inner, Mapping) else inner
    return [each for each in value if each is not None] if isinstance(value, list) else []


def exceptions_of(event: Mapping[str, Any], trim: Trimmer) -> list[dict[str, Any]]:
    """Return the exceptions, from the cause to what was caught last, each with its frames, oldest call first."""
    found = [_exception(each, trim) for each in values_of(event.get("exception"))[-MOST_EXCEPTIONS:]]
    if found and not found[-1]["frames"]:
        found[-1]["frames"] = _frames(event.get("stacktrace"), trim) or _thread_frames(event, trim)
    return found


def message_stack(event: Mapping[str, Any], trim: Trimmer) -> list[dict[str, Any]]:
    """Return the frames of an event without exception: of the event itself, or of the thread that sent it."""
    return _frames(event.get("stacktrace"), trim) or _thread_frames(event, trim)


def raised_of(exceptions: list[dict[str, Any]]) -> list[Raised]:
    """Return what grouping needs of normalised exceptions."""
    in_group = any(_mechanism(each).get("is_exception_group") for each in exceptions)
    return [
        Raised(
            each["type"],
            each["value"],
            grouping_frames(each["frames"]),
            is_synthetic=bool(_mechanism(each).get("synthetic")),
            is_in_group=in_group,
        )
        for each in exceptions
    ]


def grouping_frames(frames: list[dict[str, Any]]) -> list[Frame]:
    """Return what grouping needs of normalised frames."""
    return [
        Frame(each["module"], each["filename"] or each["abs_path"], each["function"], each["in_app"]) for each in frames
    ]


def culprit_of(exceptions: list[dict[str, Any]]) -> str:
    """Return where the last exception came from: the newest frame of the application."""
    for exception in reversed(exceptions):
        frames = exception["frames"]
        own = [frame for frame in frames if frame["in_app"]] or frames
        if own:
            where, function = own[-1]["module"] or own[-1]["filename"], own[-1]["function"]
            function = "" if function in _NAMELESS else function
            return f"{where} in {function}" if where and function else where or function
    return ""


def _exception(value: object, trim: Trimmer) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {"type": "Error", "value": trim.text(value), "module": "", "mechanism": None, "frames": []}
    mechanism = value.get("mechanism")
    kind, message = trim.name(value.get("type")), trim.text(value.get("value"))
    if not kind:
        kind, message = _split(message)
    return {
        "type": kind,
        "value": message,
        "module": trim.name(value.get("module")),
        "mechanism": trim.tree(mechanism) if isinstance(mechanism, dict) else None,
        "frames": _frames(value.get("stacktrace"), trim) or _frames(value.get("raw_stacktrace"), trim),
    }


def _split(message: str) -> tuple[str, str]:
    """Return type and value of an exception that came as text alone: "TypeError: x is undefined"."""
    head, colon, rest = message.partition(":")
    return (head, rest.strip()) if colon and head.isidentifier() else ("Error", message)


def _mechanism(exception: Mapping[str, Any]) -> Mapping[str, Any]:
    return exception["mechanism"] or {}


def _thread_frames(event: Mapping[str, Any], trim: Trimmer) -> list[dict[str, Any]]:
    threads = [each for each in values_of(event.get("threads")) if isinstance(each, Mapping)]
    threads.sort(key=lambda each: (not each.get("crashed"), not each.get("current")))
    return _frames(threads[0].get("stacktrace"), trim) if threads else []


def _frames(stacktrace: object, trim: Trimmer) -> list[dict[str, Any]]:
    frames = stacktrace.get("frames") if isinstance(stacktrace, Mapping) else stacktrace
    if not isinstance(frames, list):
        return []
    known = [each for each in frames if isinstance(each, Mapping)]
    if len(known) > MOST_FRAMES:  # the newest calls say most, the oldest how it began
        trim.cuts += 1
        known = known[: MOST_FRAMES // 5] + known[-(MOST_FRAMES - MOST_FRAMES // 5) :]
    return [_frame(each, trim) for each in known]


def _frame(frame: Mapping[str, Any], trim: Trimmer) -> dict[str, Any]:
    in_app = frame.get("in_app")
    found: dict[str, Any] = {
        "filename": trim.text(frame.get("filename"), 500),
        "abs_path": trim.text(frame.get("abs_path"), 1000),
        "module": trim.text(frame.get("module"), 500),
        "function": trim.text(frame.get("function"), 500),
        "lineno": _number(frame.get("lineno")),
        "colno": _number(frame.get("colno")),
        "in_app": in_app if isinstance(in_app, bool) else None,
        "context_line": _line(frame.get("context_line"), trim),
        "pre_context": _lines(frame.get("pre_context"), trim, newest=True),
        "post_context": _lines(frame.get("post_context"), trim),
    }
    if isinstance(frame.get("vars"), (dict, list)):
        found["vars"] = trim.tree(frame["vars"])
    for name in ("package", "instruction_addr", "symbol_addr", "platform"):
        if frame.get(name):
            found[name] = trim.name(frame[name])
    return found


def _line(value: object, trim: Trimmer) -> str | None:
    return None if value is None else trim.text(value, 1000)


def _lines(value: object, trim: Trimmer, *, newest: bool = False) -> list[str]:
    if not isinstance(value, list):
        return []
    kept = value[-_CONTEXT_LINES:] if newest else value[:_CONTEXT_LINES]
    return [trim.text(each, 1000) for each in kept]


def _number(value: object) -> int | None:
    text = text_of(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
