"""Grafana's dashboards in and out: nothing is dropped silently."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.kit.errors import Invalid
from vedette.watch.dashboards.answers import Dashboard
from vedette.watch.dashboards.grafana import export, read_any

PROMETHEUS = {"type": "prometheus", "uid": "${ds}"}


def grafana(*panels, **rest):
    return {"title": "Theirs", "schemaVersion": 39, "panels": list(panels)} | rest


def panel(kind="timeseries", **rest):
    return {"id": 1, "type": kind, "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}, "targets": []} | rest


def imported(*panels, **rest):
    _, content, report = read_any(grafana(*panels, **rest))
    return content, [(each.where, each.what) for each in report]


def test_a_table_keeps_its_columns():
    """Joined by one, renamed, ordered, hidden and sorted; columns that were numbered are one."""
    organize = {
        "excludeByName": {"Time": True, "job 1": True, "job 2": True, "pod": False},
        "indexByName": {"Value #B": 2, "Value #A": 1, "pod": 0, "job 1": 3},
        "renameByName": {"Value #A": "CPU", "pod": "Pod"},
    }
    content, report = imported(
        panel(
            "table",
            targets=[{"refId": each, "expr": "a", "datasource": PROMETHEUS, "format": "table"} for each in "AB"],
            transformations=[
                {"id": "joinByField", "options": {"byField": "pod"}},
                {"id": "organize", "options": organize},
                {"id": "sortBy", "options": {"sort": [{"field": "CPU", "desc": True}]}},
            ],
            fieldConfig={
                "defaults": {},
                "overrides": [
                    {
                        "matcher": {"id": "byName", "options": "CPU"},
                        "properties": [
                            {"id": "unit", "value": "percentunit"},
                            {"id": "custom.width", "value": 90},
                            {"id": "links", "value": [{"title": "Pod", "url": "/d/x?pod=${__data.fields.pod}"}]},
                        ],
                    },
                    {
                        "matcher": {"id": "byNames", "options": {"mode": "exclude", "names": ["a.b"]}},
                        "properties": [{"id": "decimals", "value": 1}],
                    },
                ],
            },
        )
    )
    (table,) = content.panels

    assert report == []
    assert table.options.columns == ["pod", "A", "B"]
    assert (table.options.join_by, table.options.sort, table.options.sort_descending) == ("pod", "A", True)
    assert [each.model_dump(exclude_none=True) for each in table.overrides] == [
        {"match": "name", "value": "A", "name": "CPU"},
        {"match": "name", "value": "pod", "name": "Pod"},
        {"match": "name", "value": "job", "hidden": True},
        {
            "match": "name",
            "value": "A",
            "unit": "percentunit",
            "width": 90,
            "links": [{"title": "Pod", "url": "/d/x?pod=${__data.fields.pod}"}],
        },
        {"match": "regex", "value": "^(?!(?:a\\.b)$)", "decimals": 1},
    ]


def test_a_time_series_keeps_how_it_is_drawn():
    """Queries, unit, thresholds, overrides, legend: all of it has a counterpart."""
    content, report = imported(
        panel(
            title="Requests",
            datasource=PROMETHEUS,
            targets=[
                {"refId": "A", "expr": "rate(a[$__rate_interval])", "legendFormat": "{{job}}", "interval": "1m"},
                {"refId": "B", "expr": "b", "instant": True, "format": "table", "hide": True, "range": False},
            ],
            fieldConfig={
                "defaults": {
                    "unit": "reqps",
                    "min": 0,
                    "decimals": 1,
                    "thresholds": {
                        "mode": "absolute",
                        "steps": [{"color": "green", "value": None}, {"color": "red", "value": 80}],
                    },
                    "custom": {
                        "drawStyle": "bars",
                        "fillOpacity": 30,
                        "stacking": {"mode": "normal"},
                        "lineInterpolation": "stepAfter",
                    },
                },
                "overrides": [
                    {
                        "matcher": {"id": "byRegexp", "options": "/.*sent/"},
                        "properties": [
                            {"id": "custom.transform", "value": "negative-Y"},
                            {"id": "color", "value": {"mode": "fixed", "fixedColor": "blue"}},
                            {"id": "custom.stacking", "value": {"mode": "normal", "group": "A"}},
                        ],
                    },
                    {
                        "matcher": {"id": "byName", "options": "Total"},
                        "properties": [{"id": "custom.stacking", "value": {"mode": "normal", "group": False}}],
                    },
                ],
            },
            options={"legend": {"displayMode": "table", "showLegend": True, "calcs": ["mean", "lastNotNull"]}},
        )
    )

    (made,) = content.panels
    assert report == []
    assert [(each.id, each.text, each.legend, each.instant, each.format, each.hidden) for each in made.queries] == [
        ("A", "rate(a[$__rate_interval])", "{{job}}", False, "series", False),
        ("B", "b", "", True, "table", True),
    ]
    assert made.queries[0].min_step_s == 60
    assert (made.unit, made.min, made.decimals, made.legend) == ("reqps", 0, 1, "table")
    assert [(each.value, each.color) for each in made.thresholds.steps] == [(None, "green"), (80, "red")]
    assert (made.options.draw, made.options.fill, made.options.stack, made.options.interpolation) == (
        "bars", 30, "normal", "step",
    )  # fmt: skip
    assert made.options.legend_values == ["mean", "last"]
    assert [(each.match, each.value, each.negate, each.color, each.stack) for each in made.overrides] == [
        ("regex", ".*sent", True, "blue", True),
        ("name", "Total", None, None, False),
    ]


def test_old_rows_graphs_and_single_figures():
    """As Grafana 4 wrote them: twelve columns, options beside the queries."""
    _, content, report = read_any(
        {
            "title": "Old",
            "schemaVersion": 14,
            "rows": [
                {
                    "title": "Web",
                    "showTitle": True,
                    "height": "300px",
                    "panels": [
                        {
                            "id": 1,
                            "type": "graph",
                            "span": 8,
                            "title": "Requests",
                            "stack": True,
                            "fill": 3,
                            "bars": True,
                            "lines": False,
                            "yaxes": [{"format": "ops", "min": "0"}, {"format": "short"}],
                            "aliasColors": {"ok": "#0f0"},
                            "seriesOverrides": [{"alias": "/sent/", "transform": "negative-Y"}],
                            "targets": [{"refId": "A", "expr": "rate(a[5m])"}],
                            "nullPointMode": "connected",
                        },
                        {
                            "id": 2,
                            "type": "singlestat",
                            "span": 4,
                            "format": "percent",
                            "valueName": "avg",
                            "colorBackground": True,
                            "colors": ["green", "orange", "red"],
                            "thresholds": "50,80",
                            "targets": [{"refId": "A", "expr": "b"}],
                            "valueMaps": [{"value": "1", "op": "=", "text": "up"}],
                        },
                    ],
                }
            ],
        }
    )

    row, graph, single = content.panels
    assert report == []
    assert (row.type, row.title, row.grid.h) == ("row", "Web", 1)
    assert (graph.type, graph.grid.w, graph.grid.h, graph.unit) == ("timeseries", 16, 10, "ops")
    assert (graph.options.draw, graph.options.stack, graph.options.fill) == ("bars", "normal", 30)
    assert [(each.match, each.value) for each in graph.overrides] == [("name", "ok"), ("regex", "sent")]
    assert (single.type, single.grid.x, single.unit) == ("stat", 16, "percent")
    assert (single.options.reduce, single.options.color_by) == ("mean", "background")
    assert [(each.value, each.color) for each in single.thresholds.steps] == [
        (None, "green"), (50, "orange"), (80, "red"),
    ]  # fmt: skip
    assert [(each.value, each.text) for each in single.mappings] == [("1", "up")]


def test_collapsed_rows_are_opened_and_move_the_rest_down():
    """Here the panels of a row stand below it."""
    inner = panel(id=3, title="inner", gridPos={"x": 0, "y": 1, "w": 24, "h": 6})
    row = {
        "id": 2,
        "type": "row",
        "title": "Row",
        "collapsed": True,
        "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1},
        "panels": [inner],
    }
    below = panel(id=4, title="below", gridPos={"x": 0, "y": 1, "w": 24, "h": 8})

    content, _ = imported(row, below)

    assert [(each.title, each.grid.y) for each in content.panels] == [("Row", 0), ("inner", 1), ("below", 7)]
    assert content.panels[0].options.collapsed


def test_panels_without_a_place_get_one():
    """Two in a line, in their order, below those that have one."""
    bare = {"type": "timeseries", "title": "Bare", "targets": [{"expr": "up"}]}
    content, report = imported(panel(), bare, bare | {"type": "row"}, bare | {"type": "stat"}, bare, bare)
    assert report == []
    assert [(each.type, each.grid.x, each.grid.y, each.grid.w) for each in content.panels] == [
        ("timeseries", 0, 0, 12),
        ("timeseries", 0, 8, 12),
        ("row", 0, 16, 24),
        ("stat", 0, 17, 12),
        ("timeseries", 12, 17, 12),
        ("timeseries", 0, 25, 12),
    ]


def test_variables():
    """Query, custom, interval, text and constant; a data source variable is not needed."""
    content, report = imported(
        templating={
            "list": [
                {"name": "ds", "type": "datasource", "query": "prometheus"},
                {
                    "name": "job",
                    "type": "query",
                    "query": {"query": "label_values(up, job)", "refId": "x"},
                    "sort": 1,
                    "multi": True,
                    "includeAll": True,
                    "allValue": ".+",
                    "current": {"value": ["$__all"]},
                    "regex": "/a(.*)/",
                    "datasource": PROMETHEUS,
                    "hide": 0,
                    "refresh": 2,
                },
                {"name": "size", "type": "custom", "query": "a,b\\,c", "current": {"value": "a"}},
                {
                    "name": "every",
                    "type": "interval",
                    "query": "1m,5m",
                    "auto": True,
                    "current": {"value": "$__auto_interval_every"},
                },
                {"name": "word", "type": "textbox", "query": "hello", "hide": 2},
                {"name": "filter", "type": "adhoc"},
            ]
        }
    )

    assert [(each.name, each.type, each.current) for each in content.variables] == [
        ("job", "query", "$__all"), ("size", "custom", "a"), ("every", "interval", ""), ("word", "text", "hello"),
    ]  # fmt: skip
    job = content.variables[0]
    assert (job.query, job.regex, job.sort, job.all_value) == ("label_values(up, job)", "/a(.*)/", "ascending", ".+")
    assert content.variables[1].options == ["a", "b,c"]
    assert [where for where, _ in report] == [
        "templating.list[0].type",
        "templating.list[3].auto",
        "templating.list[5].type",
    ]


@pytest.mark.parametrize(
    ("expr", "text", "aggregate"),
    [
        (
            '{app="shop", level=~"error|warn"} |= "time out" != "retry"',
            'service:shop (level:error OR level:warn) "time out" -retry',
            None,
        ),
        ('sum by (level) (count_over_time({job="shop"} | json [$__interval]))', "service:shop", ("count", ["level"])),
        ('sum(rate({service_name=~"$service"}[5m]))', "service:$service", ("rate", [])),
    ],
)
def test_simple_logql_is_a_search(expr, text, aggregate):
    """Selectors, line filters, and counts over them."""
    content, report = imported(panel(datasource={"type": "loki", "uid": "x"}, targets=[{"refId": "A", "expr": expr}]))

    (query,) = content.panels[0].queries
    assert report == []
    assert (query.signal, query.text) == ("logs", text)
    assert (query.aggregate and (query.aggregate.fn, query.aggregate.by)) == aggregate


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"type": "geomap"}, "panels[0].type", "no panel of type geomap"),
        ({"type": "piechart"}, "panels[0].type", "drawn as bars"),
        ({"transformations": [{"id": "organize"}]}, "panels[0].transformations", "organize"),
        ({"type": "table", "transformations": [{"id": "groupBy"}]}, "panels[0].transformations", "groupBy"),
        ({"alert": {"name": "x"}}, "panels[0].alert", "alert rules"),
        ({"timeFrom": "now/d"}, "panels[0].timeFrom", "no length of time"),
        ({"libraryPanel": {"uid": "x"}, "targets": None}, "panels[0].targets", ""),
        (
            {"targets": [{"rawSql": "SELECT 1", "datasource": {"type": "mysql"}}]},
            "panels[0].targets[0].datasource",
            "mysql",
        ),
        ({"targets": [{"expr": "a", "exemplar": True}]}, "targets", "exemplars"),
        ({"options": {"dreams": 3}}, "panels[0].options.dreams", "not known here: 3"),
        (
            {"fieldConfig": {"defaults": {"custom": {"lineStyle": {"fill": "dash"}, "glow": "x"}}}},
            "panels[0].fieldConfig.defaults.custom.glow",
            "not known",
        ),
        (
            {"fieldConfig": {"overrides": [{"matcher": {"id": "byType", "options": "number"}}]}},
            "panels[0].fieldConfig.overrides[0].matcher",
            "byType",
        ),
        (
            {
                "fieldConfig": {
                    "overrides": [
                        {
                            "matcher": {"id": "byName", "options": "a"},
                            "properties": [{"id": "custom.wings", "value": 1}],
                        }
                    ]
                }
            },
            "panels[0].fieldConfig.overrides[0].properties[0]",
            "custom.wings",
        ),
        ({"links": [{"title": "x", "url": "javascript:alert(1)"}]}, "panels[0].links[0].url", "must be an http"),
        ({"surprise": {"a": 1}}, "panels[0].surprise", "not known"),
    ],
)
def test_what_has_no_counterpart_is_reported(changes, where, what):
    """With its place in the document."""
    changes = {name: value for name, value in changes.items() if value is not None}
    if "libraryPanel" in changes:
        made = {"id": 1, "type": "timeseries", "gridPos": {}} | changes
        where, what = "panels[0].libraryPanel", "library panel"
    else:
        made = panel(**changes)

    _, report = imported(made)

    assert [each for each in report if each[0] == where and what in each[1]], report


def test_annotations_links_times_and_refresh():
    """Of the whole dashboard."""
    content, report = imported(
        annotations={
            "list": [
                {"builtIn": 1, "name": "Annotations & Alerts", "datasource": "-- Grafana --"},
                {
                    "name": "Deploys",
                    "expr": "changes(v[1m]) > 0",
                    "titleFormat": "{{v}}",
                    "datasource": PROMETHEUS,
                    "enable": True,
                },
                {"name": "Tagged", "datasource": {"type": "grafana", "uid": "-- Grafana --"}, "tags": ["x"]},
            ]
        },
        links=[
            {"title": "Docs", "url": "https://example.com", "type": "link"},
            {"title": "All", "type": "dashboards", "tags": []},
        ],
        time={"from": "now-6M", "to": "now"},
        refresh="1m",
        timezone="utc",
    )

    assert [(each.name, each.text, each.label) for each in content.annotations] == [
        ("Deploys", "changes(v[1m]) > 0", "{{v}}")
    ]
    assert [each.url for each in content.links] == ["https://example.com"]
    assert (content.time.start, content.refresh_s) == ("now-180d", 60)
    assert [where for where, _ in report] == ["annotations.list[2].datasource", "links[1].url", "timezone"]


def test_what_both_can_say_survives_the_way_there_and_back():
    """Exported and imported again it is the same dashboard."""
    document = {
        "title": "Shop",
        "tags": ["shop"],
        "refresh_s": 30,
        "time": {"from": "now-6h", "to": "now"},
        "links": [{"title": "Docs", "url": "https://example.com"}],
        "variables": [
            {
                "name": "job",
                "query": "label_values(up, job)",
                "multi": True,
                "include_all": True,
                "current": ["a", "b"],
            },
            {"name": "size", "type": "custom", "options": ["a", "b,c"], "current": "a"},
        ],
        "annotations": [
            {"name": "Deploys", "signal": "metrics", "text": "changes(v[1m]) > 0", "label": "{{v}}", "color": "blue"}
        ],
        "panels": [
            {
                "id": 1,
                "type": "timeseries",
                "title": "A",
                "grid": {"x": 0},
                "queries": [{"id": "A", "text": "up", "legend": "{{job}}", "min_step_s": 60}],
                "unit": "s",
                "thresholds": {"steps": [{"value": None, "color": "green"}, {"value": 3, "color": "red"}]},
                "options": {
                    "fill": 20,
                    "stack": "percent",
                    "interpolation": "smooth",
                    "label": "seconds",
                    "legend_values": ["mean", "last"],
                },
                "overrides": [{"match": "name", "value": "a", "axis": "right", "color": "red", "dashed": True}],
                "mappings": [
                    {"type": "range", "from": 0, "to": 1, "text": "low", "color": "green"},
                    {"type": "value", "value": "2", "text": "two"},
                ],
                "repeat": "job",
                "repeat_direction": "v",
                "range": "7d",
                "shift": "1h",
            },
            {
                "id": 2,
                "type": "status",
                "title": "B",
                "grid": {"x": 12},
                "queries": [{"text": "up", "instant": True}],
                "options": {"reduce": "last"},
            },
            {
                "id": 3,
                "type": "row",
                "title": "More",
                "grid": {"y": 8, "w": 24, "h": 1},
                "options": {"collapsed": True},
                "repeat": "job",
            },
            {"id": 4, "type": "text", "grid": {"y": 9}, "options": {"markdown": "# Hello"}},
            {
                "id": 6,
                "type": "table",
                "grid": {"x": 12, "y": 9},
                "queries": [{"text": "up", "format": "table", "instant": True}],
                "options": {"sort": "value", "sort_descending": True, "color_by": "background"},
            },
            {"id": 5, "type": "row", "title": "Rest", "grid": {"y": 17, "w": 24, "h": 1}},
            {
                "id": 7,
                "type": "heatmap",
                "grid": {"y": 18},
                "queries": [{"text": "sum by (le) (a_bucket)", "format": "heatmap"}],
            },
        ],
    }
    _, content, _ = read_any(document | {"kind": "dashboard"})
    kept = Dashboard.model_validate(
        content.model_dump(by_alias=True)
        | {"uid": "shop", "version": 1, "shipped": False, "updated_at": "2025-01-01T00:00:00Z", "updated_by": ""}
    )

    uid, again, report = read_any(json.loads(json.dumps(export(kept, "grafana"))))

    assert uid == "shop"
    assert again == content
    assert [each.what for each in report if "data source variable" not in each.what] == []
    assert read_any(export(kept, "vedette")) == ("shop", content, [])


def test_what_grafana_cannot_ask_is_listed_in_the_export():
    """Queries of other signals than metrics."""
    document = {"kind": "dashboard", "title": "x", "panels": [{"id": 1, "queries": [{"signal": "logs"}]}]}
    _, content, _ = read_any(document)
    kept = Dashboard.model_validate(
        content.model_dump(by_alias=True)
        | {"uid": "x", "version": 1, "shipped": False, "updated_at": "2025-01-01T00:00:00Z", "updated_by": ""}
    )

    assert "asks logs" in export(kept, "grafana")["__vedette"]["not_exported"][0]["what"]


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({}, "document"),
        ({"hello": "world"}, "document"),
        ({"panels": 3, "schemaVersion": 39}, "panels"),
        ({"panels": [{"id": 1}]}, "document"),
        ({"kind": "dashboard", "panels": []}, "title"),
        ({"kind": "dashboard", "title": "x", "panels": [{"id": "a"}]}, "panels[0].id"),
        ({"apiVersion": "dashboard.grafana.app/v2beta1", "spec": {"elements": {}}}, "spec.elements"),
    ],
)
def test_what_is_no_dashboard_says_what_and_where(project, document, where):
    """400, and nothing is kept."""
    answer = project.api.post("/api/dashboards/import", json=document)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["where"] == where


def test_importing_keeps_or_only_says(project):
    """A dry run keeps nothing; a taken uid is replaced only when that is wanted."""
    document = grafana(panel("piechart", title="A"), uid="theirs")

    dry = project.api.post("/api/dashboards/import?dry_run=true", json=document).json()
    assert project.api.get("/api/dashboards/theirs").status_code == 404
    first = project.api.post("/api/dashboards/import", json={"dashboard": document, "meta": {}}).json()
    beside = project.api.post("/api/dashboards/import", json=document).json()
    over = project.api.post("/api/dashboards/import?overwrite=true", json=document | {"title": "New"}).json()

    assert dry["report"] == first["report"] == [{"where": "panels[0].type", "what": "a pie chart is drawn as bars"}]
    assert (first["dashboard"]["uid"], over["dashboard"]["uid"], over["dashboard"]["version"]) == (
        "theirs",
        "theirs",
        2,
    )
    assert beside["dashboard"]["uid"] != "theirs"
    exported = project.api.get("/api/dashboards/theirs/export?format=grafana").json()
    assert (exported["schemaVersion"], exported["title"]) == (39, "New")


@pytest.mark.parametrize(
    "text",
    [
        '{"panels":' + "[" * 100_000,
        '{"panels":' + "[" * 900 + "]" * 900 + "}",
        '{"schemaVersion": 39, "panels": [' + ",".join(['{"a":' * 50 + "1" + "}" * 50]) + "]}",
        json.dumps({"schemaVersion": 39, "panels": [{"targets": [0] * 400_000}]}),
    ],
)
def test_hostile_documents_are_refused(project, text):
    """Deep, wide or cut: 400 in no time."""
    answer = project.api.post("/api/dashboards/import", content=text, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.elapsed.total_seconds() < 5


def test_more_panels_than_fit_are_reported():
    """The first two hundred are kept."""
    content, report = imported(*(panel(id=n + 1) for n in range(210)))

    assert len(content.panels) == 200
    assert ("panels", "10 panels beyond the first 200 are left out") in report


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_NAMES = [
    "type", "title", "targets", "fieldConfig", "options", "gridPos", "datasource", "links", "repeat", "transformations",
    "id", "panels", "yaxes", "seriesOverrides", "legend", "thresholds", "gauge", "valueMaps", "sparkline", "interval",
    "styles",
]  # fmt: skip


@settings(max_examples=300)
@given(
    kind=st.sampled_from(
        ["timeseries", "graph", "table", "singlestat", "table-old", "stat", "row", "text", "heatmap", "x"]
    ),
    changes=st.dictionaries(st.sampled_from(_NAMES), _JSON, max_size=6),
    rest=st.dictionaries(
        st.sampled_from(["templating", "annotations", "links", "time", "refresh", "rows", "tags", "__inputs", "title"]),
        _JSON,
    ),
)
def test_whatever_is_in_it_the_answer_is_a_dashboard_or_a_reason(kind, changes, rest):
    """Fields of any type and value never bring the import down."""
    try:
        _, content, report = read_any(grafana({"type": kind} | changes, **rest))
    except Invalid:
        return
    assert len(content.panels) <= 200
    assert all(each.what for each in report)
