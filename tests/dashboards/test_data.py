"""Panels ask every signal; what fails or is missing says so and costs nothing else."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from payloads import PROTOBUF, gauge
from support import eventually


def of(signal, text="", fn="count", **rest):
    aggregate = {name: rest.pop(name) for name in ("field", "by", "of") if name in rest}
    return {"id": "A", "signal": signal, "text": text, "aggregate": {"fn": fn} | aggregate} | rest


def test_logs_are_counted_by_fields_over_time(project, series_of):
    """A line per value, its steps adding up to what was sent."""
    project.send_logs("a", "b", "c")
    project.send_logs("boom", severity_number=17)

    counts = series_of(project.ask(of("logs", by=["level"], legend="{{level}}")))
    searched = series_of(project.ask(of("logs", "boom", legend="found")))

    assert {name: sum(values) for name, values in counts.items()} == {"info": 3, "error": 1}
    assert {name: sum(values) for name, values in searched.items()} == {"found": 1}


def test_figures_per_minute_and_raw_records_agree(project, series_of):
    """The same question, once with a search that needs the records."""
    project.send_logs(*["a"] * 7)

    quick = project.ask(of("logs", "service:shop"), max_points=10)["frames"][0]
    slow = project.ask(of("logs", "service:shop a"), max_points=10)["frames"][0]

    assert quick["times"] == slow["times"]
    assert [each["values"] for each in quick["series"]] == [each["values"] for each in slow["series"]]


def test_spans_have_rates_shares_and_quantiles(project):
    """Of requests, from their figures per minute or from the spans."""
    project.send_spans(*["GET /"] * 3)
    project.send_spans("POST /pay", trace_id=b"u" * 16)

    def table(search, fn, **rest):
        return project.ask(of("traces", search, fn, format="table", **rest))["frames"][0]["rows"]

    assert table("entry:true", "count", by=["name"]) == [["GET /", 3], ["POST /pay", 1]]
    assert table("entry:true", "share", of="name:POST*") == [[0.25]]
    assert table("entry:true", "p95", field="duration")[0][0] == pytest.approx(5, rel=0.06)
    assert table("duration:>1", "p95", field="duration") == [[5.0]]
    assert table("entry:true", "rate")[0][0] == pytest.approx(4 / 900, rel=0.01)


def test_the_rest_of_many_groups_is_other(project):
    """The largest are kept apart; nothing is lost from the sum."""
    project.send_spans(*["a"] * 5, *["b"] * 3, "c", "d")

    rows = project.ask(of("traces", "", by=["name"], format="table", limit=2))["frames"][0]["rows"]
    lines = project.ask(of("traces", "", by=["name"], limit=2, legend="{{name}}"))["frames"][0]["series"]

    assert rows == [["a", 5], ["b", 3], ["other", 2]]
    assert [(each["name"], sum(each["values"])) for each in lines] == [("a", 5), ("b", 3), ("other", 2)]


def test_events_count_people_and_average_properties(project):
    """Distinct people, and numbers among the properties."""
    for person, amount in (("p1", 10), ("p2", 20), ("p1", 30)):
        project.send_event("paid", person, amount=amount, plan="pro")

    people = project.ask(of("events", "name:paid", "uniq", field="distinct_id", instant=True))
    amount = project.ask(of("events", "name:paid", "avg", field="amount", by=["plan"], format="table"))

    assert people["frames"][0]["series"][0]["values"] == [2]
    assert amount["frames"][0]["rows"] == [["pro", 20]]


def test_people_come_back_in_later_weeks(project):
    """Each week's new people, and the part of them seen again; who cannot be known again does not count."""
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    seen = {"p1": (0, 1, 3), "p2": (0, 3), "p3": (1, 2), "": (0, 1, 2), "early": (-5, 1)}
    events = [
        {"name": "visit", "distinct_id": person, "timestamp": (monday + timedelta(weeks=week, days=2)).isoformat()}
        for person, weeks in seen.items()
        for week in weeks
    ]
    events += [each | {"distinct_id": "s", "session_id": "s"} for each in events if each["distinct_id"] == ""]
    project.server.post("/api/events", key=project.key, json=events).raise_for_status()
    month = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-30T00:00:00Z"}

    frame = project.ask(of("events", "", "retention"), kind="table", **month)["frames"][0]

    assert [each["name"] for each in frame["columns"]] == ["first seen", "people", "week 1", "week 2", "week 3"]
    assert frame["rows"] == [["2026-03-02", 2, 0.5, 0, 1], ["2026-03-09", 1, 1, 0, None]]
    assert "only events" in project.ask(of("logs", "", "retention"))["errors"][0]["message"]


def test_records_come_as_lists_or_tables(project):
    """A list for the panels that show records, rows for a table."""
    project.send_logs("hello")
    project.send_event("deploy", version="1.2")

    listed = project.ask({"id": "A", "signal": "logs"}, kind="logs")["frames"][0]
    table = project.ask({"id": "A", "signal": "events", "text": "name:deploy"}, kind="table")["frames"][0]

    logs = project.ask({"id": "A", "signal": "logs"}, kind="table")["frames"][0]

    assert (listed["kind"], listed["items"][0]["body"]) == ("logs", "hello")
    assert [each["leads_to"] for each in logs["columns"]] == [None, None, None, None, "record"]
    assert logs["rows"][0][-1] == listed["items"][0]["id"]
    assert [each["name"] for each in table["columns"]] == ["time", "name", "person", "version"]
    assert table["rows"][0][1:] == ["deploy", "p1", "1.2"]


def send_gauge(project, name, value, **attributes):
    content = gauge(name, value, **attributes).SerializeToString()
    project.server.post("/v1/metrics", key=project.key, content=content, headers=PROTOBUF).raise_for_status()


def test_metrics_are_asked_in_promql(project):
    """Over time, at one time, and as a table; names by the template."""
    send_gauge(project, "pool_size", 3, db="a")
    send_gauge(project, "pool_size", 5, db="b")
    query = {"id": "A", "text": "pool_size", "legend": "pool {{db}}"}

    lines = project.ask(query | {"instant": True})["frames"][0]["series"]
    table = project.ask({"id": "A", "text": "sum(pool_size)", "format": "table"})["frames"][0]

    assert sorted((each["name"], each["values"]) for each in lines) == [("pool a", [3]), ("pool b", [5])]
    assert table["rows"] == [[8]]
    time.sleep(1)
    over_time = project.ask(query, max_points=900)["frames"][0]
    assert len({len(each["values"]) for each in over_time["series"]} | {len(over_time["times"])}) == 1


def test_the_newest_value_is_behind_the_last_whole_step(project):
    """A step of five minutes does not hide for five minutes what has come in."""
    send_gauge(project, "pool_size", 3)
    query = {"id": "A", "text": "pool_size"}

    lines = project.ask(query, **{"from": "now-24h", "max_points": 300})["frames"][0]
    bars = project.ask(query, panel={"options": {"draw": "bars"}}, **{"from": "now-24h", "max_points": 300})

    assert lines["series"][0]["values"][-1] == 3
    assert lines["times"][-2] % 300 == 0
    assert 0 < lines["times"][-1] - lines["times"][-2] <= 300
    assert all(time % 300 == 0 for time in bars["frames"][0]["times"])


def test_a_step_that_is_not_over_says_so(project):
    """What was counted of it so far is no fall."""
    project.send_logs("a")
    day = {"from": "now-24h", "max_points": 24}

    now = project.ask(of("logs"), **day)["frames"][0]
    then = project.ask(of("logs"), **day | {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"})["frames"][0]

    assert now["unfinished"] in {1, 2}
    assert sum(now["series"][0]["values"][-now["unfinished"] :]) == 1
    assert then["unfinished"] == 0


def test_answers_come_as_they_are_ready(project):
    """A line for each panel, and one for the marks."""
    project.send_event("deploy", version="1.2")
    panels = [{"id": number, "queries": [of("events", "name:deploy", instant=True)]} for number in (1, 2)]
    body = {"panels": panels, "annotations": [{"name": "Deploys", "text": "name:deploy"}]}

    answer = project.api.post("/api/dashboards/data", json=body, headers={"Accept": "application/x-ndjson"})
    lines = [json.loads(line) for line in answer.text.splitlines()]

    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert sorted(key for line in lines for key in line["panels"]) == ["1", "2"]
    assert [mark["source"] for line in lines for mark in line["marks"]] == ["Deploys"]


def test_variables_are_filled_in(project):
    """Several values match each, `$__all` every option."""
    for database in ("a.1", "b"):
        send_gauge(project, "pool_size", 1, db=database)
    definition = {"name": "db", "query": "label_values(pool_size, db)", "multi": True, "include_all": True}
    query = {"id": "A", "text": 'count(pool_size{db=~"$db"})', "instant": True}

    def counted(*chosen):
        asked = project.ask(query, variables={"db": list(chosen)}, definitions=[definition])
        return [each["values"] for each in asked["frames"][0]["series"]]

    assert counted("a.1") == [[1]]
    assert counted("a.1", "b") == [[2]]
    assert counted("$__all") == [[2]]
    assert counted("a.") == []
    options = project.api.post("/api/dashboards/variables", json={"variables": [definition]}).json()["variables"]["db"]
    assert options == {"options": ["a.1", "b"], "chosen": ["$__all"], "error": None}


def test_a_panel_is_repeated_for_each_value(project):
    """Its answers stand under the id and the value."""
    send_gauge(project, "pool_size", 1, db="a")
    send_gauge(project, "pool_size", 2, db="b")
    panel = {"id": 7, "repeat": "db", "queries": [{"text": 'pool_size{db="$db"}', "instant": True}]}
    body = {"panels": [panel], "variables": {"db": ["a", "b"]}}

    panels = project.api.post("/api/dashboards/data", json=body).json()["panels"]

    assert {key: each["frames"][0]["series"][0]["values"] for key, each in panels.items()} == {"7/a": [1], "7/b": [2]}


def test_a_panel_may_look_further_back_or_at_another_time(project):
    """Whatever the range of the dashboard, whose length of steps grows with it."""
    now = int(time.time())
    project.send_logs("a")
    eventually(lambda: project.ask(of("logs"))["frames"][0]["series"])

    def times(**panel):
        (frame,) = project.ask(of("logs"), panel=panel, max_points=60)["frames"]
        return frame["times"], sum(frame["series"][0]["values"])

    plain, own = times(), times(range="2d")
    shifted, _ = times(shift="1d")

    assert len(own[0]) == pytest.approx(len(plain[0]), rel=0.5)
    assert own[0][0] == pytest.approx(now - 2 * 86_400, abs=3600)
    assert own[0][-1] == pytest.approx(now, abs=3600)
    assert (plain[1], own[1]) == (1, 1)
    assert shifted[-1] == pytest.approx(now - 86_400, abs=60)


@pytest.mark.parametrize("length", ["0s", "7 days", "-1d", "\u0667d", "999999999w"])
def test_what_is_no_length_of_time_is_refused(project, length):
    """Saying where it stands."""
    body = {"panels": [{"id": 1, "range": length}], "from": "now-1h"}

    answer = project.api.post("/api/dashboards/data", json=body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["where"] == "body.panels.0.range"


def test_looking_back_ends_where_time_begins(project):
    """A panel never shows what is after the range of its dashboard."""
    start, end = "1970-01-01T00:00:00Z", "1970-01-01T01:00:00Z"

    answer = project.ask(of("logs"), panel={"range": "7d"}, **{"from": start, "to": end})

    assert answer["errors"] == []
    assert all(time <= 3600 for frame in answer["frames"] for time in frame["times"])


def test_one_faulty_query_costs_only_itself(project):
    """It says why, as its language does; the others answer."""
    project.send_logs("a")

    answer = project.ask(
        of("logs") | {"id": "A"},
        of("logs", "service:(") | {"id": "B"},
        {"id": "C", "text": "sum("},
        of("traces", "", "avg") | {"id": "D"},
        {"id": "E", "text": "up[5m]", "instant": True},
    )

    assert [each["query"] for each in answer["frames"]] == ["A"]
    said = {each["query"]: each["message"] for each in answer["errors"]}
    assert said.keys() == {"B", "C", "D", "E"}
    assert "character 10" in said["B"]
    assert said["C"] == "1:5: parse error: unclosed left parenthesis"


def test_a_signal_without_data_says_how_to_connect_it(project):
    """And is asked again as soon as there is some."""
    query = of("events")

    what = "product events: POST /api/events"
    needs = {"signal": "events", "what": what, "how": "/connect?signal=events", "has_others": False}
    assert project.ask(query)["needs"] == needs

    project.send_event("paid")
    eventually(lambda: project.ask(query)["needs"] is None)


def test_a_count_of_nothing_is_nought(project):
    """Once the signal is there; a panel that waits for one certain record goes on saying so."""
    project.send_event("paid")
    refunds = of("events", "name:refund", "count")

    answer = project.ask(refunds)

    assert answer["needs"] is None
    assert set(answer["frames"][0]["series"][0]["values"]) == {0}
    assert project.ask(refunds, panel={"needs": "refunds"})["needs"]["what"] == "refunds"
    assert project.ask(refunds | {"instant": True}, panel={"needs": "refunds"})["needs"] is None


def test_a_share_of_nought_is_a_figure(project):
    """None of the records is one that was looked for."""
    project.send_event("paid")
    query = of("events", "name:paid", "share") | {"id": "A"}
    query["aggregate"]["of"] = "name:refund"

    answer = project.ask(query, panel={"needs": "payments"})

    assert answer["needs"] is None


def test_what_a_panel_needs_is_said_until_it_is_there(project):
    """In the words of the panel."""
    project.send_event("paid")
    query = {"id": "A", "signal": "events", "text": "name:deploy"}

    needs = project.ask(query, kind="table", panel={"needs": "deploys"})["needs"]
    project.send_event("deploy")

    assert (needs["signal"], needs["what"], needs["has_others"]) == ("events", "deploys", True)
    assert project.ask(query, kind="table", panel={"needs": "deploys"})["needs"] is None


def test_a_query_stands_in_for_one_that_gives_nothing(project):
    """Requests from metrics where there are any, else from traces."""
    project.send_spans("GET /")
    first = {"id": "A", "text": "sum(http_requests_total)", "instant": True}
    second = of("traces", "entry:true", instant=True) | {"id": "B", "instead_of": "A"}

    def asked():
        return [(each["query"], each["series"][0]["values"]) for each in project.ask(first, second)["frames"]]

    assert asked() == [("B", [1])]
    send_gauge(project, "http_requests_total", 42)
    assert asked() == [("A", [42])]


def test_buckets_become_a_heatmap(project):
    """Counts between the bounds, lowest first, from classic buckets."""
    for bound, count in (("0.1", 1), ("1", 4), ("+Inf", 5)):
        send_gauge(project, "wait_bucket", count, le=bound)
    query = {"id": "A", "text": "sum by (le) (wait_bucket)", "format": "heatmap"}

    def asked():
        (frame,) = project.ask(query, kind="heatmap", max_points=900)["frames"]
        return frame if len(frame["series"]) == 3 else None

    frame = eventually(asked)
    assert [each["labels"] for each in frame["series"]] == [
        {"from": "-Inf", "le": "0.1"}, {"from": "0.1", "le": "1"}, {"from": "1", "le": "+Inf"},
    ]  # fmt: skip
    assert [max(value or 0 for value in each["values"]) for each in frame["series"]] == [1, 3, 1]


def test_what_is_negated_hangs_below_the_axis(project):
    """By name, pattern or query."""
    send_gauge(project, "sent", 3)
    send_gauge(project, "received", 4)
    queries = ({"id": "A", "text": "sent", "instant": True}, {"id": "B", "text": "received", "instant": True})

    answer = project.ask(*queries, panel={"overrides": [{"match": "regex", "value": "^se", "negate": True}]})

    assert [each["series"][0]["values"] for each in answer["frames"]] == [[-3], [4]]


def test_annotations_mark_events_and_spells_of_series(project):
    """An event is a moment, a series that is there a spell."""
    project.send_event("deploy", version="1.2", service="shop")
    send_gauge(project, "maintenance", 1, reason="backup")
    annotations = [
        {"name": "Deploys", "signal": "events", "text": "name:deploy", "label": "{{version}}", "tags": ["service"]},
        {"name": "Work", "signal": "metrics", "text": "maintenance", "label": "{{reason}}"},
        {"name": "Broken", "signal": "metrics", "text": "sum("},
    ]
    body = {"panels": [], "annotations": annotations, "max_points": 900, "from": "now-15m"}

    eventually(lambda: len(project.api.post("/api/dashboards/data", json=body).json()["marks"]) == 2)
    answer = project.api.post("/api/dashboards/data", json=body).json()

    marks = {each["source"]: each for each in answer["marks"]}
    assert (marks["Deploys"]["text"], marks["Deploys"]["tags"]) == ("1.2", ["shop"])
    assert marks["Deploys"]["link"] == "/events?query=name%3Adeploy"
    assert marks["Work"]["text"] == "backup"
    assert [each["query"] for each in answer["marks_errors"]] == ["Broken"]


def test_every_shipped_panel_is_answered_without_errors(project):
    """With data or without: an empty panel says what it needs."""
    listed = [each["uid"] for each in project.api.get("/api/dashboards").json()["items"] if each["shipped"]]
    assert len(listed) >= 11
    for uid in listed:
        shipped = project.api.get(f"/api/dashboards/{uid}").json()
        body = {
            "panels": shipped["panels"],
            "definitions": shipped["variables"],
            "annotations": shipped["annotations"],
            "from": shipped["time"]["from"],
        }

        answer = project.api.post("/api/dashboards/data", json=body).json()

        assert {key: each["errors"] for key, each in answer["panels"].items() if each["errors"]} == {}
        assert answer["marks_errors"] == []
        is_full = [any(frame.get("series") for frame in each["frames"]) for each in answer["panels"].values()]
        assert all(each["needs"] or full for each, full in zip(answer["panels"].values(), is_full, strict=True))
