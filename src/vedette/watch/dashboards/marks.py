"""Annotations: what happened, as marks over all panels."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from vedette.kit.ids import ProjectId
from vedette.watch.dashboards.answers import Frame, Mark
from vedette.watch.dashboards.asking import Asked, Asker, legend
from vedette.watch.dashboards.filling import Filler
from vedette.watch.dashboards.schemas import Annotation
from vedette.watch.dashboards.window import Window

_LONGEST_TEXT = 300


async def marks_of(
    asker: Asker, project: ProjectId, annotation: Annotation, fill: Filler, window: Window
) -> list[Mark]:
    """Return the marks of one annotation in the range, the newest when there are too many."""
    is_metrics = annotation.signal == "metrics"
    text = fill.promql(annotation.text) if is_metrics else fill.search(annotation.text)
    asked = Asked(
        annotation.signal, text, window.start, window.end, window.step_s, limit=None if is_metrics else annotation.limit
    )
    (frame,) = (await asker.ask(project, asked)).frames
    template = fill.plain(annotation.label)
    marks = _spells(frame, annotation, template, window.step_s) if is_metrics else _records(frame, annotation, template)
    return sorted(marks, key=lambda mark: mark.time)[-annotation.limit :]


def _spells(frame: Frame, annotation: Annotation, template: str, step_s: int) -> list[Mark]:
    """Return a mark for each stretch of time in which a series is there and not 0, as Grafana does."""
    marks = []
    times = frame.times or []
    for series in frame.series or ():
        began: float | None = None
        last = 0.0
        for time, value in zip(times, series.values, strict=True):
            if value:
                began, last = time if began is None else began, time
            elif began is not None:
                marks.append(_mark(annotation, template, series.labels, began, last, step_s))
                began = None
        if began is not None:
            marks.append(_mark(annotation, template, series.labels, began, last, step_s))
    return marks


def _mark(
    annotation: Annotation, template: str, labels: dict[str, str], began: float, last: float, step_s: int
) -> Mark:
    return Mark(
        time=began,
        end=last + step_s if last > began else None,
        text=legend(template, labels)[:_LONGEST_TEXT] or annotation.name,
        tags=[labels[each] for each in annotation.tags if labels.get(each)],
        color=annotation.color,
        source=annotation.name,
    )


def _records(frame: Frame, annotation: Annotation, template: str) -> list[Mark]:
    """Return a mark for each record."""
    marks = []
    for item in frame.items or ():
        fields = _fields(item)
        title = legend(template, fields) if template else _title(item)
        marks.append(
            Mark(
                time=_seconds(str(item.get("timestamp") or item.get("last_seen") or "")),
                text=title[:_LONGEST_TEXT] or annotation.name,
                tags=[fields[each] for each in annotation.tags if fields.get(each)],
                link=_link(annotation.signal, item),
                color=annotation.color,
                source=annotation.name,
            )
        )
    return marks


def _fields(item: dict[str, Any]) -> dict[str, str]:
    """Return what a template may name: the fields of a record, and its attributes, properties or tags."""
    fields: dict[str, str] = {}
    for inner in ("resource", "attributes", "properties", "tags"):
        if isinstance(value := item.get(inner), dict):
            fields |= {str(name): str(each) for name, each in value.items()}
    return fields | {name: str(each) for name, each in item.items() if isinstance(each, str | int | float)}


def _title(item: dict[str, Any]) -> str:
    properties = item.get("properties") or {}
    words: Sequence[object] = (
        [item["name"], properties.get("version") or properties.get("release") or ""]
        if "name" in item
        else [item.get("body") or item.get("root_name") or item.get("type") or "", item.get("value") or ""]
    )
    return " ".join(str(each) for each in words if each)


def _link(signal: str, item: dict[str, Any]) -> str | None:
    match signal:
        case "traces":
            return f"/traces/{item['trace_id']}"
        case "errors":
            return f"/errors/{item['id']}"
        case "logs":
            return f"/logs?record={quote(item['id'])}"
        case "events":
            return f"/events?query={quote('name:' + str(item['name']))}"
    return None


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0
