"""The embedded store: values travel unharmed, errors are told apart, migrations run once, retention is TTL."""

import gc

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.kit.errors import Unavailable
from vedette.kit.ids import ProjectId
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits
from vedette.storage.telemetry.port import StoreFault
from vedette.storage.telemetry.schema import KEPT, apply_retention, migrate, statements, ttl

DAYS = {
    "traces": 14,
    "logs": 14,
    "metrics": 90,
    "metrics_5m": 400,
    "metrics_1h": 1825,
    "errors": 90,
    "events": 365,
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = EmbeddedStore(tmp_path_factory.mktemp("store"), EngineLimits(min_free_disk_mb=0))
    yield store
    store.close()
    gc.collect()


# A process holds one store at a time: tests that use this one stay on one worker.
pytestmark = pytest.mark.xdist_group("store")


@given(st.text(max_size=50), st.lists(st.text(max_size=20), max_size=4))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bound_texts_arrive_as_they_are(store, text, texts):
    """Tabs, newlines, quotes, backslashes, zero bytes: a value is never part of the statement."""
    text, texts = (text.encode(errors="ignore").decode(), [each.encode(errors="ignore").decode() for each in texts])

    rows = store.query("SELECT {text:String} AS text, {texts:Array(String)} AS texts", {"text": text, "texts": texts})

    assert rows.to_pylist() == [{"text": text, "texts": texts}]


def test_rows_are_there_when_insert_returns(store):
    """Dictionaries, maps and times go in as Arrow has them."""
    columns = "a LowCardinality(String), m Map(String, String)"
    store.command(f"CREATE TABLE IF NOT EXISTS kept ({columns}) ENGINE = MergeTree ORDER BY a")
    rows = pa.table(
        {
            "a": pa.chunked_array([pa.array(["x"]).dictionary_encode(), pa.array(["y"]).dictionary_encode()]),
            "m": pa.array([[("k", "v")], []], pa.map_(pa.string(), pa.string())),
        }
    )

    store.insert("kept", rows)

    assert store.query("SELECT a, m['k'] AS v FROM kept ORDER BY a").to_pylist() == [
        {"a": "x", "v": "v"},
        {"a": "y", "v": ""},
    ]


def test_a_faulty_statement_is_our_defect(store):
    """It keeps the engine's code."""
    with pytest.raises(StoreFault) as fault:
        store.query("SELECT * FROM nowhere")

    assert fault.value.code == 60


def test_a_query_that_needs_too_much_is_ended(store):
    """Memory and time are bounded; the caller may try again later."""
    with pytest.raises(Unavailable, match="overloaded"):
        store.query("SELECT count() FROM numbers(1000000000000)", timeout_s=0.2)
    with pytest.raises(Unavailable, match="overloaded"):
        store.query("SELECT groupArray(number) FROM numbers(200000000)")


@pytest.mark.parametrize(
    "faulty", ["SELECT throwIf(number = 10) FROM numbers(100)", "SELECT groupArray(number) FROM numbers(200000000)"]
)
def test_a_failed_query_leaves_nothing_in_the_next_answer(store, faulty):
    """The engine would put what the failed one had written before the answer."""
    for _ in range(10):
        with pytest.raises((StoreFault, Unavailable)):
            store.query(faulty)

        assert store.query("SELECT number FROM numbers(3)")["number"].to_pylist() == [0, 1, 2]


def test_migrations_run_once(store):
    """A second run finds nothing to do."""
    first = migrate(store)

    assert first == sorted(first)
    assert migrate(store) == []
    tables = set(store.query("SELECT name FROM system.tables WHERE database = currentDatabase()")["name"].to_pylist())
    assert {each.table for each in KEPT} <= tables


def test_retention_is_changed_only_when_it_differs(store):
    """Per signal and project; 0 keeps for ever."""
    migrate(store)
    apply_retention(store, DAYS, {})
    chosen = {ProjectId(1): {"logs": 3}, ProjectId(2): {"logs": 0}}

    assert apply_retention(store, DAYS, {}) == []
    assert apply_retention(store, DAYS, chosen) == ["otel_logs", "log_counts_1m"]
    assert apply_retention(store, DAYS, chosen) == []
    assert apply_retention(store, DAYS | {"logs": 0}, {}) == ["otel_logs", "log_counts_1m"]
    assert apply_retention(store, DAYS | {"logs": 0}, {}) == []


@pytest.mark.parametrize(
    ("standard", "projects", "expression"),
    [
        (14, {}, "toDateTime(Timestamp) + toIntervalDay(14)"),
        (0, {}, None),
        (
            0,
            {1: 7},
            "toDateTime(Timestamp) + toIntervalDay(transform(Project, [1], [7], 0)) DELETE WHERE Project IN (1)",
        ),
        (14, {1: 0}, "toDateTime(Timestamp) + toIntervalDay(14) DELETE WHERE Project NOT IN (1)"),
        (14, {1: 7, 2: 14}, "toDateTime(Timestamp) + toIntervalDay(transform(Project, [1], [7], 14))"),
    ],
)
def test_days_become_a_ttl(standard, projects, expression):
    """What expires when, as the engine's own clause."""
    kept = next(each for each in KEPT if each.table == "otel_logs")
    own = {ProjectId(project): {"logs": days} for project, days in projects.items()}

    assert ttl(kept, {"logs": standard}, own) == expression


@pytest.mark.parametrize(
    ("table", "raw", "days"),
    [
        ("samples", 90, "90"),
        ("samples_5m", 90, "400"),
        ("samples_5m", 500, "500"),
        ("samples_1h", 90, "1825"),
        ("series", 90, "1825"),
        ("series", 2000, "2000"),
        ("series", 0, None),
    ],
)
def test_rollups_and_the_index_outlive_samples(table, raw, days):
    """Rollups are never gone before the samples, the index of series not before the last of them."""
    kept = next(each for each in KEPT if each.table == table)

    expression = ttl(kept, DAYS | {"metrics": raw}, {})

    assert expression == (days and f"toDateTime({kept.column}) + toIntervalDay({days})")


def test_a_project_that_keeps_samples_longer_keeps_rollups_longer():
    """A shorter time than that of rollups changes nothing for them."""
    kept = next(each for each in KEPT if each.table == "samples_5m")
    own = {ProjectId(1): {"metrics": 3}, ProjectId(2): {"metrics": 500}}

    assert ttl(kept, DAYS, own) == "toDateTime(Time) + toIntervalDay(transform(Project, [2], [500], 400))"


def test_a_migration_is_cut_at_semicolons_that_end_a_line():
    """Comments are dropped; a semicolon inside a line is not an end."""
    assert statements("-- first;\nSELECT 1;\nSELECT ';' AS x\n;\n") == ["SELECT 1", "SELECT ';' AS x"]


def test_an_answer_outlives_the_questions_after_it(store):
    """It stands on the memory of the engine, which is kept until the table is gone."""
    kept = store.query("SELECT number AS n, toString(number) AS s FROM numbers(300000)")

    for _ in range(20):
        store.query("SELECT number + 1 AS n FROM numbers(300000)")
    gc.collect()

    assert kept["n"].to_pylist() == list(range(300_000))
    assert kept["s"][299_999].as_py() == "299999"


def test_an_answer_without_rows_has_columns(store):
    """A question that nothing answers is not an error."""
    assert store.query("SELECT 1 AS a, 'x' AS b WHERE 0").column_names == ["a", "b"]
