"""Which form a JSON document has, and the other way: a dashboard as a file."""

from typing import Any, Literal

from pydantic import ValidationError

from vedette.kit.errors import Fault, Invalid
from vedette.watch.dashboards.answers import Dashboard, DashboardIn, NotMapped
from vedette.watch.dashboards.schemas import Content

Format = Literal["vedette", "grafana"]


def read_any(document: dict[str, Any]) -> tuple[str | None, Content, list[NotMapped]]:
    """Return the uid a document names, the dashboard, and what it lost; raises Invalid for what is no dashboard."""
    return (*read_own(document), [])


def read_own(document: dict[str, Any]) -> tuple[str | None, Content]:
    """Read a dashboard in Vedette's own form; raises Invalid that says what is wrong where."""
    try:
        read = DashboardIn.model_validate(document)
    except ValidationError as error:
        raise Invalid("this is no dashboard", faults=faults_of(error)) from None
    return read.uid, read.content()


def faults_of(error: ValidationError) -> list[Fault]:
    """Say where and what, in the words of the document: `panels[3].queries[0].text`."""
    return [Fault(_path(each["loc"]), each["msg"]) for each in error.errors()[:50]]


def _path(places: tuple[int | str, ...]) -> str:
    text = ""
    for place in places:
        text += f"[{place}]" if isinstance(place, int) else f".{place}"
    return text.lstrip(".") or "document"


def export(dashboard: Dashboard, form: Format) -> dict[str, Any]:
    """Return a dashboard as JSON that `read_any` reads again."""
    if form == "grafana":
        raise Invalid("cannot be exported")
    document = dashboard.model_dump(mode="json", by_alias=True, include={"uid", *Content.model_fields})
    return {"kind": "dashboard"} | document
