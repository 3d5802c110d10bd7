"""Which form a JSON document has, and the other way: a dashboard as a file."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ValidationError

from vedette.kit.errors import Fault, Invalid
from vedette.watch.dashboards.answers import Dashboard, DashboardIn, NotMapped
from vedette.watch.dashboards.grafana.dashboards import read_grafana
from vedette.watch.dashboards.grafana.writing import write_grafana
from vedette.watch.dashboards.schemas import Content

Format = Literal["vedette", "grafana"]
_DEEPEST, _MOST_VALUES = 40, 300_000
_OURS = ("queries", "grid")
_THEIRS = ("gridPos", "targets", "fieldConfig", "datasource", "span", "pluginVersion")


def read_any(document: Mapping[str, Any]) -> tuple[str | None, Content, list[NotMapped]]:
    """Return the uid a document names, the dashboard, and what it lost; raises Invalid for what is no dashboard."""
    _check_size(document)
    document = _unwrapped(document)
    if _is_ours(document):
        return (*read_own(document), [])
    if not _is_grafana(document):
        what = "has neither `panels` nor `rows`" if "panels" not in document else "has no panels of Grafana or Vedette"
        raise Invalid("this is no dashboard", faults=[Fault("document", what)])
    content, report = read_grafana(document)
    uid = document.get("uid")
    is_usable = isinstance(uid, str) and 0 < len(uid) <= 64 and uid.replace("-", "").replace("_", "").isalnum()
    return uid if is_usable and isinstance(uid, str) and uid.isascii() else None, content, report


def read_own(document: Mapping[str, Any]) -> tuple[str | None, Content]:
    """Read a dashboard in Vedette's own form; raises Invalid that says what is wrong where."""
    try:
        read = DashboardIn.model_validate(document)
    except ValidationError as error:
        raise Invalid("this is no dashboard", faults=faults_of(error)) from None
    return read.uid, read.content()


def faults_of(error: ValidationError) -> list[Fault]:
    """Say where and what, in the words of the document: `panels[3].queries[0].text`."""
    return [Fault(_path(each["loc"]), each["msg"]) for each in error.errors()[:50]]


def export(dashboard: Dashboard, form: Format) -> dict[str, Any]:
    """Return a dashboard as JSON that `read_any` reads again."""
    if form == "grafana":
        return write_grafana(dashboard)
    document = dashboard.model_dump(mode="json", by_alias=True, include={"uid", *Content.model_fields})
    return {"kind": "dashboard"} | document


def _path(places: tuple[int | str, ...]) -> str:
    text = ""
    for place in places:
        text += f"[{place}]" if isinstance(place, int) else f".{place}"
    return text.lstrip(".") or "document"


def _unwrapped(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the dashboard inside what Grafana's API and its file provisioning put around it."""
    inner = document.get("dashboard")
    if isinstance(inner, Mapping) and "panels" not in document:
        return inner
    spec = document.get("spec")
    if isinstance(spec, Mapping) and str(document.get("apiVersion", "")).startswith("dashboard.grafana.app/"):
        if "elements" in spec:
            what = "is of Grafana's schema v2: export it as a classic dashboard"
            raise Invalid("this dashboard cannot be read", faults=[Fault("spec.elements", what)])
        return spec
    return document


def _is_ours(document: Mapping[str, Any]) -> bool:
    is_empty = document.get("panels") == [] and "title" in document and "templating" not in document
    if document.get("kind") == "dashboard" or (is_empty and "schemaVersion" not in document):
        return True
    return "schemaVersion" not in document and any(any(name in panel for name in _OURS) for panel in _panels(document))


def _is_grafana(document: Mapping[str, Any]) -> bool:
    if any(name in document for name in ("schemaVersion", "templating", "rows", "__inputs", "gnetId")):
        return "panels" in document or "rows" in document
    return any(any(name in panel for name in _THEIRS) for panel in _panels(document))


def _panels(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    panels = document.get("panels")
    return [each for each in panels if isinstance(each, Mapping)] if isinstance(panels, list) else []


def _check_size(document: object) -> None:
    """Refuse what is deeper or has more values than any dashboard; walks level by level, never into itself."""
    level: list[object] = [document]
    count = 0
    for _ in range(_DEEPEST):
        below: list[object] = []
        for each in level:
            if isinstance(each, Mapping):
                below += each.values()
            elif isinstance(each, list):
                below += each
        count += len(below)
        if count > _MOST_VALUES:
            raise Invalid("this is no dashboard", faults=[Fault("document", f"has more than {_MOST_VALUES} values")])
        if not below:
            return
        level = below
    raise Invalid("this is no dashboard", faults=[Fault("document", f"is deeper than {_DEEPEST} levels")])
