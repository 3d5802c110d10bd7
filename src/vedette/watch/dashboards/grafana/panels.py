"""Panels of Grafana 7 and later as ours: types, field options, overrides, links."""

from collections.abc import Mapping
from typing import Any, cast, get_args

from pydantic import ValidationError

from vedette.watch.dashboards.grafana.columns import Columns
from vedette.watch.dashboards.grafana.fields import Fields
from vedette.watch.dashboards.grafana.old_panels import graph, singlestat, table_old
from vedette.watch.dashboards.grafana.overrides import matched, property_of
from vedette.watch.dashboards.grafana.queries import Sources, queries_of
from vedette.watch.dashboards.grafana.times import length_text
from vedette.watch.dashboards.grafana.values import links_of, mappings_of, thresholds_of
from vedette.watch.dashboards.schemas import (
    Grid,
    Override,
    Panel,
    PanelOptions,
    PanelType,
    Reduce,
)

_SAME: Mapping[str, PanelType] = {
    "timeseries": "timeseries", "graph": "timeseries", "stat": "stat", "singlestat": "stat", "gauge": "gauge",
    "bargauge": "bar", "table": "table", "table-old": "table", "heatmap": "heatmap", "histogram": "histogram",
    "logs": "logs", "text": "text", "row": "row", "heatmap-new": "heatmap",
}  # fmt: skip
_LIKE: Mapping[str, tuple[PanelType, str]] = {
    "piechart": ("bar", "a pie chart is drawn as bars"),
    "grafana-piechart-panel": ("bar", "a pie chart is drawn as bars"),
    "barchart": ("bar", "a bar chart is drawn as one bar for each series"),
    "state-timeline": ("status", "a state timeline is drawn as tiles with the latest state"),
    "status-history": ("status", "a status history is drawn as tiles with the latest state"),
    "grafana-polystat-panel": ("status", "a polystat is drawn as tiles, coloured by the panel's thresholds"),
    "vonage-status-panel": ("status", "a status panel is drawn as tiles, coloured by the panel's thresholds"),
    "trend": ("timeseries", "a trend is drawn over time"),
    "xychart": ("timeseries", "an XY chart is drawn over time"),
    "candlestick": ("timeseries", "candles are drawn as lines"),
}
KNOWN_TYPES = frozenset(get_args(PanelType))
_CALCS: Mapping[str, Reduce] = {
    "lastNotNull": "last", "last": "last", "firstNotNull": "first", "first": "first", "mean": "mean", "avg": "mean",
    "max": "max", "min": "min", "sum": "sum", "total": "sum", "range": "range", "delta": "delta", "diff": "delta",
    "count": "count", "current": "last",
}  # fmt: skip
_COLOR_MODES = {"value": "value", "background": "background", "background_solid": "background", "none": "none"}
_DRAWING = (
    "axisPlacement", "axisColorMode", "axisCenteredZero", "axisBorderShow", "axisGridShow", "barAlignment",
    "barWidthFactor", "hideFrom", "insertNulls", "inspect", "pointSize", "align", "width", "minWidth", "gradientMode",
    "axisWidth", "wrapText", "thresholdsStyle",
)  # fmt: skip
_SHOWING = (
    "tooltip", "alertThreshold", "justifyMode", "wideLayout", "percentChangeColorMode", "minVizHeight", "minVizWidth",
    "maxVizHeight", "sizing", "namePlacement", "valueMode", "showUnfilled", "cellHeight", "showThresholdLabels",
    "showThresholdMarkers", "barRadius", "barWidth", "groupWidth", "fullHighlight", "xTickLabelRotation",
    "xTickLabelSpacing", "showValue", "alignValue", "mergeValues", "rowHeight", "pieType", "displayLabels", "colWidth",
    "frameIndex", "code", "cellGap", "rowsFrame", "exemplars", "dataLinks", "cellValues", "enableLogDetails",
    "prettifyLogMessage", "dedupStrategy", "showCommonLabels", "showLabels", "sortOrder", "showHeader", "displayMode",
    "timezone",
)  # fmt: skip
_ABOUT_EDITING = (
    "pluginVersion", "editable", "error", "cacheTimeout", "queryCachingTTL", "hideTimeOverride", "height", "span",
    "minSpan", "maxPerRow", "scopedVars", "transparent", "autoMigrateFrom", "renderer", "isNew", "$$hashKey",
    "datasource", "id", "gridPos", "type", "collapsed", "panels", "repeatIteration", "repeatPanelId", "repeatedByRow",
    "default_title_for_rows", "queryOptions", "collapse", "showTitle", "titleSize", "grid",
)  # fmt: skip


def panel_of(raw: Fields, sources: Sources, grid: Grid | None, panel_id: int) -> Panel:
    """Return a panel; what it loses is reported."""
    name = str(raw.raw("type") or "")[:100]
    own = raw.inner("__vedette").text("type")
    kind, about = (cast("PanelType", own), "") if own in KNOWN_TYPES else _LIKE.get(name, (_SAME.get(name), ""))
    if about:
        raw.lost("type", about)
    raw.pass_over(*_ABOUT_EDITING)
    if raw.raw("libraryPanel") is not None and "targets" not in raw:
        raw.lost(
            "libraryPanel", "a library panel is kept in Grafana, not in this document: export it with its elements"
        )
        kind = "text"
    if kind is None:
        if raw.raw("targets"):
            raw.lost("type", f"there is no panel of type {name or 'none'} here; its queries are drawn over time")
            kind = "timeseries"
        else:
            raw.lost("type", f"there is no panel of type {name or 'none'} here; a text stands in its place")
            kind = "text"
    made = _Made(raw, kind, name)
    made.read(sources)
    raw.rest()
    return made.panel(grid, panel_id)


def place(grid: Grid | None) -> dict[str, Grid]:
    """Return what to say of a panel's place: nothing when it comes where there is room."""
    return {} if grid is None else {"grid": grid}


class _Made:
    """A panel while it is read."""

    def __init__(self, raw: Fields, kind: PanelType, name: str) -> None:
        self.raw, self.kind, self.name = raw, kind, name
        self.values: dict[str, Any] = {}
        self.options: dict[str, Any] = {}
        self.overrides: list[Override] = []
        self.columns = Columns(has_several=False)

    def read(self, sources: Sources) -> None:
        raw, values = self.raw, self.values
        values["title"], values["description"] = raw.text("title"), raw.text("description", most=20_000)
        is_heatmap = self.kind in ("heatmap", "histogram")
        values["queries"] = queries_of(raw, sources, is_heatmap=is_heatmap, is_table=self.kind == "table")
        values["links"] = links_of(raw, "links")
        if repeat := raw.text("repeat"):
            values["repeat"] = repeat
            values["repeat_direction"] = "v" if raw.raw("repeatDirection") == "v" else "h"
        raw.pass_over("repeatDirection")
        self.columns = Columns(has_several=len(values["queries"]) > 1)
        for one in raw.each("transformations"):
            if not (self.kind == "table" and self.columns.take(one)):
                raw.report.lost(f"{raw.at('transformations')}", f"transformations are not done here: {one.text('id')}")
        if raw.raw("alert"):
            raw.lost("alert", "alert rules of panels are not carried over")
        self._times()
        raw.default("maxDataPoints", 100)
        old = {"graph": graph, "singlestat": singlestat, "table-old": table_old}.get(self.name)
        if old is not None and "fieldConfig" not in self._with_defaults():
            old(raw, values, self.options, self.overrides)
        else:
            self._fields()
            self._options()
            if self.kind == "table":
                self.options |= self.columns.options()
                self.overrides = [*self.columns.overrides(), *self.overrides]
            if old is not None:
                old(raw, values, self.options, self.overrides)

    def _with_defaults(self) -> tuple[str, ...]:
        """Return the name of the field options when they say anything: old panels often have empty ones."""
        config = self.raw.raw("fieldConfig")
        defaults = config.get("defaults") if isinstance(config, Mapping) else None
        has_some = isinstance(defaults, Mapping) and any(
            defaults.get(each) for each in ("unit", "thresholds", "custom")
        )
        return ("fieldConfig",) if has_some and self.name != "graph" else ()

    def _times(self) -> None:
        for name, ours in (("timeFrom", "range"), ("timeShift", "shift")):
            if not (text := self.raw.text(name)):
                continue
            self.values[ours] = length_text(text)
            if self.values[ours] is None:
                self.raw.lost(name, f"is no length of time here, the panel has that of its dashboard: {text[:40]}")

    def panel(self, grid: Grid | None, panel_id: int) -> Panel:
        values = self.values | {"overrides": self.overrides[:100], "options": self._checked_options()}
        if len(self.overrides) > 100:
            self.raw.lost("fieldConfig.overrides", "more than 100")
        try:
            return Panel(id=panel_id, type=self.kind, **place(grid), **values)
        except ValidationError as error:
            for each in error.errors():
                field = str(each["loc"][0])
                self.raw.lost(field, str(each["msg"]))
                values.pop(field, None)
            return Panel(id=panel_id, type=self.kind, **place(grid), **values)

    def _checked_options(self) -> PanelOptions:
        try:
            return PanelOptions(**self.options)
        except ValidationError as error:
            for each in error.errors():
                self.raw.lost("options", f"{each['loc'][0]}: {each['msg']}")
                self.options.pop(str(each["loc"][0]), None)
            return PanelOptions(**self.options)

    def _fields(self) -> None:
        config = self.raw.inner("fieldConfig")
        defaults = config.inner("defaults")
        defaults.pass_over("unitScale", "fieldMinMax")
        if unit := defaults.text("unit"):
            self.values["unit"] = unit
        self.values |= {
            name: value
            for name, value in (("min", defaults.number("min")), ("max", defaults.number("max")))
            if value is not None
        }
        if (decimals := defaults.whole("decimals", 0, 12)) is not None:
            self.values["decimals"] = decimals
        self.values["thresholds"] = thresholds_of(defaults.inner("thresholds"))
        self.values["mappings"] = mappings_of(defaults)
        self._color(defaults.inner("color"))
        self.values["links"] = (self.values["links"] + links_of(defaults, "links"))[:20]
        if name := defaults.text("displayName"):
            if "${" in name:
                defaults.lost("displayName", "names made of fields: use the legend of the query")
            else:
                self.overrides.append(Override(match="regex", value=".*", name=name))
        if defaults.raw("noValue") not in (None, ""):
            defaults.lost("noValue", "a panel without values says so in its own words")
        self._custom(defaults.inner("custom"))
        defaults.rest()
        for one in config.each("overrides"):
            self._override(one)
        config.rest()

    def _color(self, color: Fields) -> None:
        mode = color.text("mode")
        if mode in ("fixed", "shades") and (fixed := color.text("fixedColor", most=40)):
            self.options["color"] = fixed
        elif mode not in ("", "thresholds", "palette-classic", "palette-classic-by-name"):
            color.lost("mode", f"there is no colour scheme {mode} here")
        color.pass_over("fixedColor", "seriesBy")

    def _custom(self, custom: Fields) -> None:
        custom.pass_over(*_DRAWING)
        self._lines(custom)
        self._axis(custom)
        if custom.flag("filterable"):
            self.options["filterable"] = True
        cell = custom.inner("cellOptions")
        mode = cell.text("type") or custom.text("displayMode")
        if mode.startswith("color-"):
            self.options["color_by"] = "background" if "background" in mode else "value"
        elif mode not in ("", "auto"):
            cell.lost("type", f"cells are shown as text and colours, not as {mode}")
        if custom.text("transform") not in ("", "constant"):
            self.overrides.append(Override(match="regex", value=".*", negate=True))
        if str(custom.inner("lineStyle").raw("fill") or "solid") != "solid":
            self.overrides.append(Override(match="regex", value=".*", dashed=True))
        custom.rest()

    def _lines(self, custom: Fields) -> None:
        shapes = {"linear": "linear", "smooth": "smooth", "stepAfter": "step", "stepBefore": "step"}
        style, points, nulls = custom.text("drawStyle"), custom.text("showPoints"), custom.raw("spanNulls")
        mode = custom.inner("stacking").text("mode")
        found = {
            "draw": style if style in ("line", "bars", "points") else None,
            "fill": custom.whole("fillOpacity", 0, 100),
            "line_width": custom.whole("lineWidth", 0, 10),
            "interpolation": shapes.get(custom.text("lineInterpolation")),
            "points": points if points in ("auto", "always", "never") else None,
            "connect_nulls": bool(nulls) if isinstance(nulls, bool | int | float) else None,
            "stack": mode if mode in ("none", "normal", "percent") else None,
        }
        self.options |= {name: value for name, value in found.items() if value is not None}

    def _axis(self, custom: Fields) -> None:
        scale = custom.inner("scaleDistribution")
        if scale.text("type") == "log":
            self.options["log_base"] = 2 if scale.number("log") == 2 else 10
        elif scale.text("type") not in ("", "linear"):
            scale.lost("type", "axes are linear or logarithmic")
        for name, ours in (("axisSoftMin", "soft_min"), ("axisSoftMax", "soft_max")):
            if (value := custom.number(name)) is not None:
                self.options[ours] = value
        if label := custom.text("axisLabel"):
            self.options["label"] = label

    def _override(self, one: Fields) -> None:
        kind, values = matched(one.inner("matcher"))
        if kind is None or not values:
            one.lost("matcher", f"overrides match names, patterns and queries, not {one.inner('matcher').text('id')}")
            return
        if self.kind == "table" and kind == "name":
            values = [self.columns.ours(each) for each in values]
        found: dict[str, Any] = {}
        for place, each in enumerate(one.raw("properties") or ()):
            if isinstance(each, Mapping) and each.get("id") == "mappings" and self.kind == "table":
                # Words are what they are in whichever column.
                self.values["mappings"] = [
                    *self.values.get("mappings", ()),
                    *mappings_of(Fields({"mappings": each.get("value")}, one.where, self.raw.report)),
                ][:100]
            elif isinstance(each, Mapping):
                where = f"{one.at('properties')}[{place}]"
                found |= property_of(str(each.get("id")), each.get("value"), where, self.raw)
        if found:
            for value in values[:50]:
                try:
                    self.overrides.append(Override(match=kind, value=value, **found))
                except ValidationError as error:
                    one.lost("properties", str(error.errors()[0]["msg"]))

    def _options(self) -> None:
        options = self.raw.inner("options")
        if self.name == "grafana-polystat-panel":
            if (text := str(options.raw("globalOperator") or "")) in _CALCS:
                self.options["reduce"] = _CALCS[text]
            return
        options.pass_over(*_SHOWING)
        if self.kind in ("timeseries", "histogram"):
            self._legend(options.inner("legend"))
        else:
            options.pass_over("legend")
        self._figure(options)
        match self.kind:
            case "text":
                self._text(options)
            case "table":
                self._table(options)
            case "heatmap":
                self._heatmap(options)
            case "logs":
                wraps, shows_time = options.flag("wrapLogMessage"), options.flag("showTime", otherwise=True)
                self.options |= {"wrap": wraps, "show_time": shows_time}
            case "histogram":
                if count := options.whole("bucketCount", 1, 200):
                    self.options["buckets"] = count
        options.rest()

    def _reducing(self, reducing: Fields) -> None:
        for calc in reducing.texts("calcs")[:1]:
            if calc in _CALCS:
                self.options["reduce"] = _CALCS[calc]
            else:
                reducing.lost("calcs", f"values cannot be reduced by {calc}; the last one is shown")
        if reducing.text("fields") not in {"", "/.*/", "Value"}:
            reducing.lost("fields", "every number is shown")
        if reducing.flag("values"):
            reducing.lost("values", "each series is reduced to one value")

    def _figure(self, options: Fields) -> None:
        self._reducing(options.inner("reduceOptions"))
        if mode := _COLOR_MODES.get(options.text("colorMode")):
            self.options["color_by"] = mode
        if graph_mode := options.text("graphMode"):
            self.options["sparkline"] = graph_mode == "area"
        if (orientation := options.text("orientation")) in ("auto", "horizontal", "vertical"):
            self.options["orientation"] = orientation
        if options.text("textMode") not in ("", "auto", "value_and_name", "value"):
            options.lost("textMode", "a figure is shown with its name")
        if (size := options.inner("text").whole("valueSize", 6, 400)) is not None:
            self.options["text_size"] = size
        if options.flag("showPercentChange"):
            options.lost("showPercentChange", "the change since before is not shown")

    def _legend(self, legend: Fields) -> None:
        mode = legend.text("displayMode")
        is_shown = legend.flag("showLegend", otherwise=True)
        if mode in ("list", "table") and is_shown:
            self.values["legend"] = mode
        elif not is_shown or mode == "hidden":
            self.values["legend"] = "hidden"
        calcs = [_CALCS[each] for each in legend.texts("calcs") if each in _CALCS]
        if calcs:
            self.options["legend_values"] = list(dict.fromkeys(calcs))
        if missing := [each for each in legend.texts("calcs") if each not in _CALCS]:
            legend.lost("calcs", f"not shown in legends: {', '.join(missing)[:100]}")
        legend.pass_over(
            "placement", "sortBy", "sortDesc", "width", "isVisible", "asTable", "values", "show", "enableFacetedFilter"
        )
        legend.rest()

    def _text(self, options: Fields) -> None:
        mode = options.text("mode")
        self.options["markdown"] = options.text("content", most=20_000) or self.raw.text("content", most=20_000)
        if mode == "html" and "<" in self.options["markdown"]:
            options.lost("mode", "HTML is shown as text; write Markdown")
        self.raw.pass_over("mode", "content", "style")

    def _table(self, options: Fields) -> None:
        for each in options.each("sortBy"):
            name = self.columns.ours(each.text("displayName"))
            self.options |= {"sort": name, "sort_descending": each.flag("desc")}
            break
        if options.inner("footer").flag("show"):
            options.lost("footer", "tables have no footer")

    def _heatmap(self, options: Fields) -> None:
        if options.flag("calculate"):
            options.lost("calculate", "buckets come from histograms; they are not worked out from plain values")
        options.pass_over("calculation", "yAxis", "legend", "filterValues")
        if scheme := options.inner("color").text("scheme"):
            self.options["palette"] = scheme
