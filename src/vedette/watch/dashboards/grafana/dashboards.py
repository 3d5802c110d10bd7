"""A whole dashboard of Grafana as ours: panels laid out, rows opened, variables, annotations, links, times."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from vedette.kit.errors import Fault, Invalid
from vedette.watch.dashboards.answers import NotMapped
from vedette.watch.dashboards.grafana.fields import Fields, Report
from vedette.watch.dashboards.grafana.panels import panel_of, place
from vedette.watch.dashboards.grafana.queries import Sources, signal_of
from vedette.watch.dashboards.grafana.times import relative, seconds_of
from vedette.watch.dashboards.grafana.values import links_of
from vedette.watch.dashboards.grafana.variables import variable_of
from vedette.watch.dashboards.schemas import (
    MOST_PANELS,
    Annotation,
    Content,
    DefaultTime,
    Grid,
    Panel,
    PanelOptions,
    Variable,
)

_OLDEST_SCHEMA, _NEWEST_SCHEMA = 1, 42
_EDITING = (
    "id", "uid", "version", "editable", "gnetId", "iteration", "schemaVersion", "style", "hideControls", "graphTooltip",
    "sharedCrosshair", "fiscalYearStartMonth", "liveNow", "weekStart", "timepicker", "revision", "preload",
    "originalTitle",
    "__requires", "nav", "scopedMeta", "folderUid", "slug", "isStarred", "kind", "apiVersion", "templating",
    "annotations", "__vedette",
)  # fmt: skip
_PIXELS = 30


def read_grafana(document: Mapping[str, Any]) -> tuple[Content, list[NotMapped]]:
    """Return a dashboard and what it lost; raises Invalid for what has the form of none."""
    report = Report()
    raw = Fields(document, "", report)
    if not isinstance(document.get("panels", []), list) or not isinstance(document.get("rows") or [], list):
        name = "panels" if not isinstance(document.get("panels", []), list) else "rows"
        raise Invalid("this is no dashboard", faults=[Fault(name, "must be a list")])
    raw.pass_over(*_EDITING)
    version = raw.number("schemaVersion")
    if version is not None and not _OLDEST_SCHEMA <= version <= _NEWEST_SCHEMA:
        raw.lost("schemaVersion", f"{version:g} is newer than what is known here ({_NEWEST_SCHEMA})")
    sources = _sources(raw)
    panels = _panels(raw, sources)
    variables = _variables(raw, sources)
    content: dict[str, Any] = {
        "title": raw.text("title").strip() or "Imported dashboard",
        "description": raw.text("description", most=20_000),
        "tags": [tag for each in raw.texts("tags")[:50] if (tag := each.strip()[:50].strip())],
        "variables": variables,
        "panels": panels,
        "annotations": _annotations(raw, sources),
        "links": links_of(raw, "links"),
        "time": _time(raw),
        "refresh_s": _refresh(raw),
    }
    if raw.text("timezone") not in ("", "browser"):
        raw.lost("timezone", "times are shown in the reader's zone")
    if raw.raw("__elements"):
        raw.lost("__elements", "library panels are not carried over")
    raw.rest()
    return Content(**content), report.notes


def _sources(raw: Fields) -> Sources:
    kinds = {
        str(each.raw("name") or ""): str(each.raw("pluginId") or "")
        for each in raw.each("__inputs")
        if each.raw("type") == "datasource"
    }
    for each in Fields(raw.raw("templating"), "templating", Report()).each("list"):
        if each.raw("type") == "datasource":
            kinds[str(each.raw("name") or "")] = str(each.raw("query") or "")
    return Sources(kinds)


def _variables(raw: Fields, sources: Sources) -> list[Variable]:
    found: dict[str, Variable] = {}
    for each in raw.inner("templating").each("list"):
        variable = variable_of(each, sources)
        if variable is not None and variable.name in found:
            each.lost("name", f"a second variable {variable.name}")
        elif variable is not None and len(found) < 50:
            found[variable.name] = variable
        elif variable is not None:
            each.lost("name", "more than 50 variables")
    # Constants may come as inputs of a dashboard that was exported to be shared.
    for each in raw.each("__inputs"):
        if each.raw("type") == "constant":
            name, value = each.text("name", most=64), each.text("value", most=1000)
            try:
                found.setdefault(name, Variable(name=name, type="constant", current=value, hidden=True))
            except ValidationError:
                each.lost("name", "is no name of a variable")
    return list(found.values())[:50]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A panel as it comes, where it goes (None: wherever there is room), and whether it is a row."""

    raw: Fields
    grid: Grid | None
    is_row: bool = False
    is_collapsed: bool = False
    repeat: str = ""


def _panels(raw: Fields, sources: Sources) -> list[Panel]:
    panels: list[Panel] = []
    taken: set[int] = set()
    placed = [*_laid_out(raw), *_old_rows(raw)]
    for each in placed:
        if len(panels) >= MOST_PANELS:
            raw.lost("panels", f"{len(placed) - MOST_PANELS} panels beyond the first {MOST_PANELS} are left out")
            break
        wanted = each.raw.number("id")
        panel_id = int(wanted) if wanted is not None and 0 <= wanted <= 1_000_000 else 0
        while panel_id in taken or panel_id == 0:
            panel_id = max(taken, default=0) + 1
        taken.add(panel_id)
        panels.append(_row(each, panel_id) if each.is_row else panel_of(each.raw, sources, each.grid, panel_id))
    return panels


def _row(placed: _Placed, panel_id: int) -> Panel:
    options = PanelOptions(collapsed=True) if placed.is_collapsed else PanelOptions()
    return Panel(
        id=panel_id,
        type="row",
        title=placed.raw.text("title"),
        **place(placed.grid),
        options=options,
        repeat=placed.repeat or None,
    )


def _laid_out(raw: Fields) -> Iterator[_Placed]:
    """Give panels from top to bottom; what stands inside a collapsed row comes below it and moves the rest down."""
    panels = list(raw.each("panels"))
    moved = 0
    for panel in sorted((each for each in panels if each.raw("gridPos")), key=lambda each: _place(each)[:2]):
        y, x, w, h = _place(panel)
        if panel.raw("type") != "row":
            yield _Placed(panel, _grid(x, y + moved, w, h))
            continue
        inner = sorted(panel.each("panels"), key=lambda each: _place(each)[:2])
        yield _Placed(
            panel, _grid(0, y + moved, 24, 1), is_row=True,
            is_collapsed=panel.flag("collapsed"), repeat=panel.text("repeat"),
        )  # fmt: skip
        if not inner:
            continue
        top = _place(inner[0])[0]
        deepest = 0
        for each in inner:
            inner_y, inner_x, inner_w, inner_h = _place(each)
            deepest = max(deepest, inner_y - top + inner_h)
            yield _Placed(each, _grid(inner_x, y + moved + 1 + inner_y - top, inner_w, inner_h))
        moved += deepest
    for panel in (each for each in panels if not each.raw("gridPos")):
        yield from _anywhere(panel)


def _anywhere(panel: Fields) -> Iterator[_Placed]:
    """Give a panel whose document does not say where it is, a row with what is inside it."""
    if panel.raw("type") != "row":
        yield _Placed(panel, None)
        return
    yield _Placed(panel, None, is_row=True, is_collapsed=panel.flag("collapsed"), repeat=panel.text("repeat"))
    yield from (_Placed(each, None) for each in panel.each("panels"))


def _place(panel: Fields) -> tuple[int, int, int, int]:
    """Return y, x, width and height in grid units; what is missing gets the place a new panel has in Grafana."""
    grid = Fields(panel.raw("gridPos"), panel.at("gridPos"), Report())
    y, x = grid.whole("y", 0, 90_000), grid.whole("x", 0, 23)
    w, h = grid.whole("w", 1, 24), grid.whole("h", 1, 200)
    return y or 0, x or 0, w or 12, h or 8


def _grid(x: int, y: int, w: int, h: int) -> Grid:
    return Grid(x=x, y=min(y, 100_000), w=min(w, 24 - x), h=h)


def _old_rows(raw: Fields) -> Iterator[_Placed]:
    """Give the panels of rows as they were before Grafana 5: twelve columns, heights in pixels."""
    y = 0
    for row in raw.each("rows"):
        title, height = row.text("title"), _units(row.raw("height"))
        is_collapsed = row.flag("collapse")
        if title and (row.flag("showTitle") or is_collapsed):
            yield _Placed(row, _grid(0, y, 24, 1), is_row=True, is_collapsed=is_collapsed, repeat=row.text("repeat"))
            y += 1
        x = deepest = 0
        for panel in row.each("panels"):
            w = (panel.whole("span", 1, 12) or 4) * 2
            h = _units(panel.raw("height")) if panel.raw("height") else height
            if x + w > 24:
                x, y, deepest = 0, y + deepest, 0
            yield _Placed(panel, _grid(x, y, w, h))
            x, deepest = x + w, max(deepest, h)
        y += deepest


def _units(height: object) -> int:
    text = str(height or "250").removesuffix("px")
    return min(max(round(float(text) / _PIXELS), 1), 200) if text.replace(".", "", 1).isdigit() else 8


def _annotations(raw: Fields, sources: Sources) -> list[Annotation]:
    found: list[Annotation] = []
    for each in raw.inner("annotations").each("list"):
        if each.raw("builtIn"):
            continue
        signal = signal_of(sources.kind(each.raw("datasource"), "prometheus" if each.raw("expr") else ""))
        name, expr = each.text("name") or "Annotations", each.text("expr", most=20_000)
        if signal is None or not expr:
            each.lost("datasource", f"annotations come from metrics and records, not from this source: {name}")
            continue
        if signal == "logs":
            each.lost("expr", f"write this LogQL as a search: {name}")
            continue
        if each.flag("useValueForTime"):
            each.lost("useValueForTime", "a mark stands where its series changes")
        each.pass_over(
            "iconColor",
            "enable",
            "hide",
            "step",
            "type",
            "target",
            "limit",
            "showIn",
            "matchAny",
            "filter",
            "builtIn",
            "mappings",
            "tags",
            "textFormat",
            "tagKeys",
            "$$hashKey",
            "showLine",
            "lineColor",
            "iconSize",
            "placement",
        )
        found.append(
            Annotation(
                name=name,
                signal=signal,
                text=expr,
                label=each.text("titleFormat") or each.text("textFormat"),
                tags=[tag.strip()[:200] for tag in each.text("tagKeys", most=1000).split(",") if tag.strip()][:10],
                color=each.text("iconColor", most=40),
                enabled=each.flag("enable", otherwise=True),
            )
        )
        each.rest()
    if len(found) > 20:
        raw.lost("annotations", "more than 20")
    return found[:20]


def _time(raw: Fields) -> DefaultTime:
    time = raw.inner("time")
    ends = []
    for name, otherwise in (("from", "now-6h"), ("to", "now")):
        text = time.text(name, otherwise, most=64) or otherwise
        ours = relative(text) if text.startswith("now") else text
        if ours is None:
            time.lost(name, f"times are rounded to steps only: {text} is read as {otherwise}")
        ends.append(ours or otherwise)
    time.rest()
    return DefaultTime(start=ends[0], end=ends[1])


def _refresh(raw: Fields) -> int:
    value = raw.raw("refresh")
    if not isinstance(value, str) or not value:
        return 0
    seconds = seconds_of(value)
    if seconds is None:
        raw.lost("refresh", f"is no interval: {value[:40]}")
        return 0
    return min(max(int(seconds), 1), 86_400)
