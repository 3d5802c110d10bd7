"""A dashboard as Grafana's JSON (schema version 39), asking a Prometheus data source that a variable names.

What Grafana cannot ask or draw is listed under `__vedette`, which Grafana passes over.
"""

from collections.abc import Sequence
from typing import Any

from vedette.watch.dashboards.answers import Dashboard
from vedette.watch.dashboards.filling import ALL
from vedette.watch.dashboards.grafana.times import interval_text
from vedette.watch.dashboards.schemas import Annotation, Link, Mapping, Override, Panel, Query, Thresholds, Variable

_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_TYPES = {
    "timeseries": "timeseries", "stat": "stat", "gauge": "gauge", "bar": "bargauge", "table": "table",
    "heatmap": "heatmap", "histogram": "histogram", "logs": "logs", "errors": "table", "status": "stat", "text": "text",
    "row": "row",
}  # fmt: skip
_UNITS = {"count": "locale"}
_CALCS = {"last": "lastNotNull", "first": "firstNotNull", "delta": "diff"}
_SORTS = {"none": 0, "ascending": 1, "descending": 2, "numeric": 3, "numeric_descending": 4}
_VARIABLES = {"query": "query", "custom": "custom", "interval": "interval", "text": "textbox", "constant": "constant"}


def write_grafana(dashboard: Dashboard) -> dict[str, Any]:
    """Return the JSON of a dashboard for Grafana."""
    lost: list[dict[str, str]] = []
    return {
        "__inputs": [],
        "__requires": [{"type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0"}],
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": dashboard.tags,
        "schemaVersion": 39,
        "version": dashboard.version,
        "editable": True,
        "graphTooltip": 1,
        "time": {"from": dashboard.time.start, "to": dashboard.time.end},
        "timepicker": {},
        "timezone": "browser",
        "refresh": interval_text(dashboard.refresh_s) if dashboard.refresh_s else "",
        "links": [_link(each) | {"type": "link"} for each in dashboard.links],
        "annotations": {"list": _annotations(dashboard.annotations, lost)},
        "templating": {"list": [_datasource(), *(_variable(each, lost) for each in dashboard.variables)]},
        "panels": _panels(dashboard.panels, lost),
        "__vedette": {"not_exported": lost},
    }


def _panels(panels: Sequence[Panel], lost: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return the panels; those of a collapsed row stand inside it, and what is below it moves up."""
    written: list[dict[str, Any]] = []
    row: dict[str, Any] | None = None
    moved = top = 0
    for panel in sorted(panels, key=lambda each: (each.grid.y, each.grid.x)):
        if panel.type == "row":
            if row is not None:
                moved += panel.grid.y - top - 1
            one = _row(panel)
            one["gridPos"]["y"] -= moved
            written.append(one)
            row, top = (one, panel.grid.y) if panel.options.collapsed else (None, 0)
            continue
        one = _panel(panel, lost)
        if row is not None:
            one["gridPos"]["y"] -= moved
            row["panels"].append(one)
        else:
            one["gridPos"]["y"] -= moved
            written.append(one)
    return written


def _row(panel: Panel) -> dict[str, Any]:
    row = {
        "id": panel.id,
        "type": "row",
        "title": panel.title,
        "collapsed": bool(panel.options.collapsed),
        "gridPos": {"x": 0, "y": panel.grid.y, "w": 24, "h": 1},
        "panels": [],
    }
    return row | ({"repeat": panel.repeat} if panel.repeat else {})


def _panel(panel: Panel, lost: list[dict[str, str]]) -> dict[str, Any]:
    where = f"panel {panel.id} ({panel.title})"
    targets = [each for query in panel.queries if (each := _target(query, panel, where, lost)) is not None]
    if panel.type == "errors":
        lost.append({"where": where, "what": "a list of errors is an empty table in Grafana"})
    written: dict[str, Any] = {
        "id": panel.id,
        "type": _TYPES[panel.type],
        "title": panel.title,
        "description": panel.description,
        "gridPos": panel.grid.model_dump(),
        "datasource": _SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": _defaults(panel), "overrides": [_override(each) for each in panel.overrides]},
        "options": _options(panel),
        "links": [_link(each) for each in panel.links],
    }
    if panel.type in ("status", "errors"):
        written["__vedette"] = {"type": panel.type}
    steps = {query.min_step_s for query in panel.queries}
    if len(steps) == 1 and (step := next(iter(steps))):
        written["interval"] = interval_text(step)
    if panel.repeat:
        written |= {"repeat": panel.repeat, "repeatDirection": panel.repeat_direction}
    if panel.range:
        written["timeFrom"] = panel.range
    if panel.shift:
        written["timeShift"] = panel.shift
    return written


def _target(query: Query, panel: Panel, where: str, lost: list[dict[str, str]]) -> dict[str, Any] | None:
    if query.signal != "metrics":
        what = f"query {query.id} asks {query.signal}, which Grafana's Prometheus data source does not know"
        lost.append({"where": where, "what": what})
        return None
    target: dict[str, Any] = {
        "refId": query.id,
        "datasource": _SOURCE,
        "expr": query.text,
        "legendFormat": query.legend or "__auto",
        "format": {"series": "time_series"}.get(query.format, query.format),
        "instant": query.instant,
        "range": not query.instant,
    }
    if query.hidden:
        target["hide"] = True
    if query.min_step_s and len({each.min_step_s for each in panel.queries}) > 1:
        target["interval"] = interval_text(query.min_step_s)
    if query.instead_of:
        lost.append({"where": where, "what": f"query {query.id} is asked only when {query.instead_of} gives nothing"})
    return target


def _defaults(panel: Panel) -> dict[str, Any]:
    options = panel.options
    custom: dict[str, Any] = {
        name: value
        for name, value in (
            ("drawStyle", options.draw),
            ("fillOpacity", options.fill),
            ("lineWidth", options.line_width),
            ("lineInterpolation", {"step": "stepAfter"}.get(options.interpolation or "", options.interpolation)),
            ("showPoints", options.points),
            ("spanNulls", options.connect_nulls),
            ("axisSoftMin", options.soft_min),
            ("axisSoftMax", options.soft_max),
            ("filterable", options.filterable),
            ("axisLabel", options.label),
        )
        if value is not None
    }
    if options.stack:
        custom["stacking"] = {"mode": options.stack, "group": "A"}
    if options.log_base:
        custom["scaleDistribution"] = {"type": "log", "log": options.log_base}
    if panel.type == "table" and options.color_by in ("background", "value"):
        custom["cellOptions"] = {"type": "color-background" if options.color_by == "background" else "color-text"}
    color = {"mode": "fixed", "fixedColor": options.color} if options.color else {"mode": _scheme(panel)}
    defaults: dict[str, Any] = {
        "unit": _UNITS.get(panel.unit, panel.unit),
        "color": color,
        "thresholds": _thresholds(panel.thresholds),
        "mappings": [_mapping(each, place) for place, each in enumerate(panel.mappings)],
        "custom": custom,
    }
    for name in ("decimals", "min", "max"):
        if (value := getattr(panel, name)) is not None:
            defaults[name] = value
    return defaults


def _scheme(panel: Panel) -> str:
    return "palette-classic" if panel.type in ("timeseries", "histogram", "heatmap") else "thresholds"


def _thresholds(thresholds: Thresholds) -> dict[str, Any]:
    steps = [each.model_dump() for each in thresholds.steps] or [{"color": "green", "value": None}]
    return {"mode": thresholds.mode, "steps": steps}


def _mapping(mapping: Mapping, place: int) -> dict[str, Any]:
    result: dict[str, Any] = {"text": mapping.text, "index": place}
    if mapping.color:
        result["color"] = mapping.color
    match mapping.type:
        case "value":
            options: dict[str, Any] = {mapping.value: result}
        case "range":
            options = {"from": mapping.start, "to": mapping.end, "result": result}
        case "regex":
            options = {"pattern": mapping.value, "result": result}
        case "special":
            options = {"match": mapping.value, "result": result}
    return {"type": mapping.type, "options": options}


def _override(override: Override) -> dict[str, Any]:
    matcher = {"name": "byName", "regex": "byRegexp", "query": "byFrameRefID"}[override.match]
    wanted = f"/{override.value}/" if override.match == "regex" else override.value
    properties: list[dict[str, Any]] = [
        {"id": name, "value": value}
        for name, value in (
            ("unit", _UNITS.get(override.unit or "", override.unit)),
            ("decimals", override.decimals),
            ("displayName", override.name),
            ("custom.axisPlacement", override.axis),
            ("custom.drawStyle", override.draw),
            ("custom.fillOpacity", override.fill),
        )
        if value is not None
    ]
    if override.color:
        properties.append({"id": "color", "value": {"mode": "fixed", "fixedColor": override.color}})
    if override.stack is not None:
        properties.append(
            {"id": "custom.stacking", "value": {"mode": "normal" if override.stack else "none", "group": "A"}}
        )
    if override.line_width is not None:
        properties.append({"id": "custom.lineWidth", "value": override.line_width})
    if override.dashed:
        properties.append({"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [10, 10]}})
    if override.negate:
        properties.append({"id": "custom.transform", "value": "negative-Y"})
    if override.width is not None:
        properties.append({"id": "custom.width", "value": override.width})
    if override.links:
        properties.append({"id": "links", "value": [_link(each) for each in override.links]})
    if override.hidden:
        properties.append({"id": "custom.hideFrom", "value": {"viz": True, "legend": False, "tooltip": False}})
    return {"matcher": {"id": matcher, "options": wanted}, "properties": properties}


def _options(panel: Panel) -> dict[str, Any]:
    options = panel.options
    match panel.type:
        case "text":
            return {"mode": "markdown", "content": options.markdown or ""}
        case "timeseries" | "histogram":
            buckets = {"bucketCount": options.buckets} if panel.type == "histogram" and options.buckets else {}
            return {"legend": _legend(panel)} | buckets
        case "stat" | "gauge" | "bar" | "status":
            return _figure(panel)
        case "table" if options.sort:
            return {"sortBy": [{"displayName": options.sort, "desc": bool(options.sort_descending)}]}
        case "logs":
            return {"wrapLogMessage": bool(options.wrap), "showTime": options.show_time is not False}
    return {"color": {"scheme": options.palette}} if options.palette else {}


def _legend(panel: Panel) -> dict[str, Any]:
    return {
        "showLegend": panel.legend != "hidden",
        "displayMode": "list" if panel.legend == "hidden" else panel.legend,
        "placement": "bottom",
        "calcs": [_CALCS.get(each, each) for each in panel.options.legend_values or ()],
    }


def _figure(panel: Panel) -> dict[str, Any]:
    options, reduce = panel.options, panel.options.reduce or "last"
    found: dict[str, Any] = {"reduceOptions": {"calcs": [_CALCS.get(reduce, reduce)], "fields": "", "values": False}}
    if options.orientation:
        found["orientation"] = options.orientation
    if options.text_size:
        found["text"] = {"valueSize": options.text_size}
    if options.color_by:
        found["colorMode"] = {"series": "value"}.get(options.color_by, options.color_by)
    if options.sparkline is not None:
        found["graphMode"] = "area" if options.sparkline else "none"
    return found


def _link(link: Link) -> dict[str, Any]:
    return {"title": link.title, "url": link.url, "targetBlank": False}


def _datasource() -> dict[str, Any]:
    return {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "current": {}}


def _variable(variable: Variable, lost: list[dict[str, str]]) -> dict[str, Any]:
    current = variable.current
    values = [current] if isinstance(current, str) else list(current)
    written: dict[str, Any] = {
        "name": variable.name,
        "label": variable.label,
        "type": _VARIABLES[variable.type],
        "hide": 2 if variable.hidden else 0,
        "multi": variable.multi,
        "includeAll": variable.include_all,
        "current": {
            "text": ["All" if each == ALL else each for each in values] if variable.multi else "".join(values[:1]),
            "value": values if variable.multi else "".join(values[:1]),
        },
    }
    if variable.all_value:
        written["allValue"] = variable.all_value
    match variable.type:
        case "query":
            if variable.query.lstrip().startswith("field_values"):
                lost.append(
                    {"where": f"variable {variable.name}", "what": "asks records, which Prometheus does not have"}
                )
            written |= {
                "datasource": _SOURCE,
                "query": {"query": variable.query, "refId": "variable"},
                "definition": variable.query,
                "regex": variable.regex,
                "sort": _SORTS[variable.sort],
                "refresh": 2,
            }
        case "custom" | "interval":
            written["query"] = ",".join(each.replace(",", "\\,") for each in variable.options)
        case "text" | "constant":
            written["query"] = current if isinstance(current, str) else ",".join(current)
    return written


def _annotations(annotations: Sequence[Annotation], lost: list[dict[str, str]]) -> list[dict[str, Any]]:
    written = []
    for each in annotations:
        if each.signal != "metrics":
            lost.append(
                {"where": f"annotation {each.name}", "what": f"asks {each.signal}, which Prometheus does not have"}
            )
            continue
        written.append(
            {
                "name": each.name,
                "datasource": _SOURCE,
                "expr": each.text,
                "titleFormat": each.label,
                "tagKeys": ",".join(each.tags),
                "iconColor": each.color,
                "enable": each.enabled,
            }
        )
    return written
