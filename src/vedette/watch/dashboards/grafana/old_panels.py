"""Panels from before Grafana 7.4: graph, singlestat and the first table, whose options stand beside the queries."""

from collections.abc import Mapping
from typing import Any

from vedette.watch.dashboards.grafana.fields import Fields
from vedette.watch.dashboards.schemas import Mapping as ValueMapping
from vedette.watch.dashboards.schemas import Override, Threshold, Thresholds

_VALUES = {
    "avg": "mean", "current": "last", "max": "max", "min": "min", "total": "sum", "first": "first", "delta": "delta",
    "range": "range", "diff": "delta",
}  # fmt: skip
_GRAPH_EDITING = (
    "dashLength", "dashes", "spaceLength", "paceLength", "pointradius", "fillGradient", "hiddenSeries", "timeRegions",
    "tooltip", "xaxis", "yaxis", "x-axis", "y-axis", "aliasColors", "options", "fieldConfig", "leftYAxisLabel",
    "dashLengthPx", "zerofill", "annotate", "resolution", "interactive", "spyable", "scale", "tooltipDecimals", "sort",
    "datasourceErrors", "errors", "decimals", "alertThreshold",
)  # fmt: skip


def graph(raw: Fields, values: dict[str, Any], options: dict[str, Any], overrides: list[Override]) -> None:
    """Take the options of a graph."""
    raw.pass_over(*_GRAPH_EDITING)
    _axes(raw, values, options)
    is_bars, is_points = raw.flag("bars"), raw.flag("points")
    is_line = raw.flag("lines", otherwise=True)
    options["draw"] = "line" if is_line or not (is_bars or is_points) else "bars" if is_bars else "points"
    if (fill := raw.whole("fill", 0, 10)) is not None:
        options["fill"] = fill * 10
    if (width := raw.whole("linewidth", 0, 10)) is not None:
        options["line_width"] = width
    if raw.flag("stack"):
        options["stack"] = "percent" if raw.flag("percentage") else "normal"
    raw.pass_over("percentage")
    if raw.flag("steppedLine"):
        options["interpolation"] = "step"
    options["connect_nulls"] = raw.text("nullPointMode") == "connected"
    _legend(raw.inner("legend"), values, options)
    steps = [
        Threshold(value=value, color=each.text("fillColor", most=40) or _CRITICAL.get(each.text("colorMode"), "orange"))
        for each in raw.each("thresholds")
        if (value := each.number("value")) is not None
    ]
    if steps:
        values["thresholds"] = Thresholds(steps=[Threshold(color="green"), *steps][:50])
    colors = raw.raw("aliasColors")
    if isinstance(colors, Mapping):
        overrides += [
            Override(value=str(name)[:200], color=str(color)[:40]) for name, color in list(colors.items())[:100] if name
        ]
    for each in raw.each("seriesOverrides"):
        _series_override(each, overrides)


_CRITICAL = {"critical": "red", "warning": "orange", "ok": "green"}


def _axes(raw: Fields, values: dict[str, Any], options: dict[str, Any]) -> None:
    formats = raw.raw("y_formats")
    if isinstance(formats, list) and formats and isinstance(formats[0], str):
        values["unit"] = formats[0][:200]
    for place, axis in enumerate(raw.each("yaxes")):
        axis.pass_over("show", "decimals", "$$hashKey")
        unit, low, high, base = axis.text("format"), axis.number("min"), axis.number("max"), axis.number("logBase")
        if place:
            continue
        if unit:
            values["unit"] = unit
        values |= {name: value for name, value in (("min", low), ("max", high)) if value is not None}
        if base and base > 1:
            options["log_base"] = 2 if base == 2 else 10
        if label := axis.text("label"):
            options["label"] = label
    if (decimals := raw.whole("decimals", 0, 12)) is not None:
        values["decimals"] = decimals


def _legend(legend: Fields, values: dict[str, Any], options: dict[str, Any]) -> None:
    is_shown = legend.flag("show", otherwise=True)
    values["legend"] = "hidden" if not is_shown else "table" if legend.flag("alignAsTable") else "list"
    if legend.flag("values"):
        shown = [_VALUES[name] for name in ("min", "max", "avg", "current", "total") if legend.flag(name)]
        if shown:
            options["legend_values"] = shown
    legend.pass_over(
        "rightSide", "sideWidth", "sort", "sortDesc", "hideEmpty", "hideZero", "min", "max", "avg", "current", "total"
    )
    legend.rest()


def _series_override(each: Fields, overrides: list[Override]) -> None:
    alias, fill, stack = each.text("alias"), each.whole("fill", 0, 10), each.raw("stack")
    is_bars, is_points = each.flag("bars"), each.flag("points")
    found: dict[str, Any] = {
        "color": each.text("color", most=40) or None,
        "axis": "right" if each.number("yaxis") == 2 else None,
        "fill": None if fill is None else fill * 10,
        "stack": None if stack is None else bool(stack),
        "negate": True if each.text("transform") == "negative-Y" else None,
        "draw": "bars" if is_bars else "points" if is_points else None,
        "dashed": each.flag("dashes") or None,
        "line_width": each.whole("linewidth", 0, 10),
        "hidden": each.flag("hiddenSeries") or None,
    }
    each.pass_over(
        "$$hashKey", "zindex", "legend", "pointradius", "lines", "dashLength", "spaceLength", "hideTooltip",
        "fillGradient", "nullPointMode", "steppedLine", "fillBelowTo", "sort",
    )  # fmt: skip
    each.rest()
    if alias and any(value is not None for value in found.values()):
        is_regex = len(alias) > 1 and alias[0] == alias[-1] == "/"
        overrides.append(
            Override(match="regex" if is_regex else "name", value=alias[1:-1] if is_regex else alias, **found)
        )


def singlestat(raw: Fields, values: dict[str, Any], options: dict[str, Any], _overrides: list[Override]) -> None:
    """Take the options of a single figure."""
    raw.pass_over(
        "colors", "mappingType", "mappingTypes", "valueFontSize", "prefixFontSize", "postfixFontSize", "tableColumn",
        "maxDataPoints", "options", "fieldConfig", "nullPointMode", "NonZero", "colorPrefix", "colorPostfix",
        "percentage",
    )  # fmt: skip
    if unit := raw.text("format"):
        values["unit"] = unit
    if (decimals := raw.whole("decimals", 0, 12)) is not None:
        values["decimals"] = decimals
    options["reduce"] = _VALUES.get(raw.text("valueName"), "last")
    is_background, is_value = raw.flag("colorBackground"), raw.flag("colorValue")
    options["color_by"] = "background" if is_background else "value" if is_value else "none"
    sparkline = raw.inner("sparkline")
    options["sparkline"] = sparkline.flag("show")
    for name in ("prefix", "postfix"):
        if raw.text(name).strip():
            raw.lost(name, "words around a figure: use a unit or a mapping")
    gauge = raw.inner("gauge")
    if gauge.flag("show"):
        values |= {
            name: value
            for name, value in (("min", gauge.number("minValue")), ("max", gauge.number("maxValue")))
            if value is not None
        }
        raw.lost("gauge", "the figure is shown without its gauge; choose the panel type gauge")
    colors = [str(each)[:40] for each in raw.raw("colors") or () if isinstance(each, str)]
    bounds = [each for each in raw.text("thresholds").split(",") if each.strip()]
    if (is_background or is_value) and colors:
        steps = [Threshold(color=colors[0])]
        for bound, color in zip(bounds, colors[1:], strict=False):
            try:
                steps.append(Threshold(value=float(bound), color=color))
            except ValueError:
                raw.lost("thresholds", f"is no number: {bound[:40]}")
        values["thresholds"] = Thresholds(steps=steps)
    values["mappings"] = _old_mappings(raw)
    if raw.text("nullText"):
        raw.lost("nullText", "a panel without values says so in its own words")


def _old_mappings(raw: Fields) -> list[ValueMapping]:
    found = []
    for each in raw.each("valueMaps"):
        each.pass_over("op")
        value, text = str(each.raw("value")), each.text("text")
        kind = "special" if value == "null" else "value"
        if not (kind == "special" and text == "N/A"):
            found.append(ValueMapping.model_validate({"type": kind, "value": value[:200], "text": text}))
    for each in raw.each("rangeMaps"):
        if each.raw("from") == each.raw("to") == "null":  # no value at all
            each.pass_over("text")
            continue
        low, high = each.number("from"), each.number("to")
        if low is not None or high is not None:
            found.append(
                ValueMapping.model_validate({"type": "range", "from": low, "to": high, "text": each.text("text")})
            )
    return found[:100]


def table_old(raw: Fields, values: dict[str, Any], options: dict[str, Any], _overrides: list[Override]) -> None:
    """Take the options of the first table."""
    raw.pass_over("fontSize", "scroll", "showHeader", "pageSize", "options", "fieldConfig", "columns", "filterNull")
    sort = raw.raw("sort")
    if isinstance(sort, Mapping) and sort.get("desc") is not None:
        options["sort_descending"] = bool(sort["desc"])
    if raw.text("transform") not in ("", "table", "timeseries_to_rows", "timeseries_aggregations"):
        raw.lost("transform", "tables show the rows of their queries")
    for each in raw.each("styles"):
        unit = each.text("unit")
        if unit and unit != "short":
            values.setdefault("unit", unit)
        each.lost("pattern", f"styles of columns are not carried over: {each.text('pattern')[:60]}")
