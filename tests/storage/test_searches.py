"""Searches as the engine carries them out, against what they mean."""

import gc
import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.kit.errors import Invalid
from vedette.kit.search import Either, Every, Node, Not, Term, Text, parse_search
from vedette.signals.conditions import condition
from vedette.signals.errors import issues
from vedette.signals.events import reading as events
from vedette.signals.logs import reading as logs
from vedette.signals.traces import reading as traces
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits
from vedette.storage.telemetry.schema import migrate

# A process holds one store at a time: tests that use this one stay on one worker.
pytestmark = pytest.mark.xdist_group("store")

SEARCHABLE = {
    "otel_logs": logs.SEARCHABLE,
    "otel_traces": traces.SEARCHABLE,
    "error_events": issues.SEARCHABLE,
    "events": events.SEARCHABLE,
}
LEVELS = {"debug": 1, "info": 2, "Error": 4, "critical": 5}
# body, service, severity number, attributes
ROWS = [
    ("", "", 0, {}),
    ("100% of C:\\temp_dir", "web", 9, {"code": "5", "path": "C:\\x"}),
    ("100 of it", "Web", 17, {"code": "50", "path": "C:x"}),
    ('it\'s "quoted" {x:String}\n\ttab', "a_b", 5, {"code": "nan", "path": "%"}),
    ("aXb a*b", "a%b", 21, {"code": "five", "path": "_"}),
    ("Größe ÉCOLE 東京 🙂", "ax b", 1, {"code": "-1e3", "path": ""}),
    ("\\%_*\\\\", "{x:String}", 24, {"code": "inf", "empty": ""}),
]
TEXTS = st.one_of(
    st.sampled_from([part for row in ROWS for part in (*re.split(r"(?<=\W)", row[0]), row[1], *row[3].values())]),
    st.text(alphabet="ab%_\\*'\"{}:x 1\n\té", max_size=6),
)
LEAVES = st.one_of(
    st.builds(Text, TEXTS, st.booleans()),
    st.builds(
        Term, st.sampled_from(["body", "service", "path", "empty", "resource.x"]), TEXTS, is_pattern=st.booleans()
    ),
    st.builds(Term, st.just("level"), st.sampled_from(sorted(LEVELS)), st.sampled_from(["=", ">", "<="])),
    st.builds(
        Term, st.just("code"), st.sampled_from(["5", "-7", "inf", "nan"]), st.sampled_from([">", ">=", "<", "<="])
    ),
)
NODES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, max_size=3).map(lambda nodes: Every(tuple(nodes))),
        st.lists(inner, min_size=1, max_size=3).map(lambda nodes: Either(tuple(nodes))),
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = EmbeddedStore(tmp_path_factory.mktemp("store"), EngineLimits(min_free_disk_mb=0), readers=1, writers=1)
    migrate(store)
    columns = {
        "SpanId": pa.array([str(number) for number in range(len(ROWS))]),
        "Body": pa.array([row[0] for row in ROWS]),
        "ServiceName": pa.array([row[1] for row in ROWS]),
        "SeverityNumber": pa.array([row[2] for row in ROWS], pa.uint8()),
        "LogAttributes": pa.array([list(row[3].items()) for row in ROWS], pa.map_(pa.string(), pa.string())),
    }
    store.insert("otel_logs", pa.table(columns))
    for table in ("otel_traces", "error_events", "events"):
        store.command(f"INSERT INTO {table} (Project) VALUES (1)")
    yield store
    store.close()
    gc.collect()


@given(NODES)
@settings(max_examples=150)
def test_the_engine_finds_what_the_search_means(store, node):
    """Literal %, _ and backslashes, quotes, other scripts, numbers that are none, and the opposite of each."""
    wanted = condition(node, logs.SEARCHABLE)

    found = store.query(f"SELECT SpanId FROM otel_logs WHERE ({wanted.sql})", wanted.params)

    assert {int(row["SpanId"]) for row in found.to_pylist()} == {
        number for number, row in enumerate(ROWS) if _matches(node, row)
    }


@pytest.mark.parametrize("table", sorted(SEARCHABLE))
@given(field=st.data())
@settings(max_examples=40)
def test_every_field_takes_every_value(store, table, field):
    """Each record either meets a search or meets its opposite; what cannot be compared is refused."""
    searchable = SEARCHABLE[table]
    name = field.draw(
        st.sampled_from([*searchable.fields, "any.attribute", *(f"{each}.x" for each in searchable.maps)])
    )
    value = field.draw(
        st.one_of(TEXTS, st.sampled_from(["nan", "-inf", "1e999", "9" * 400, "error", "\0", "x" * 3900]))
    )
    term = Term(name, value, field.draw(st.sampled_from(["=", ">", "<="])), field.draw(st.booleans()))
    try:
        wanted = condition(Either((term, Not(term))), searchable)
    except Invalid as error:
        assert error.faults
    else:
        found = store.query(f"SELECT count() AS n FROM {table} WHERE ({wanted.sql})", wanted.params).to_pylist()
        assert found == store.query(f"SELECT count() AS n FROM {table}").to_pylist()


@pytest.mark.parametrize("table", sorted(SEARCHABLE))
@pytest.mark.parametrize(
    "text",
    ["a" * 4000, " OR ".join(f"a{number}:>{number}" for number in range(64)), " ".join(["-(a*:*b* OR c)"] * 32)],
)
def test_the_longest_searches_are_answered(store, table, text):
    """4,000 characters, 64 conditions."""
    wanted = condition(parse_search(text), SEARCHABLE[table])

    store.query(f"SELECT count() FROM {table} WHERE ({wanted.sql})", wanted.params)


def _matches(node: Node, row: tuple[str, str, int, dict[str, str]]) -> bool:  # noqa: PLR0911
    body, service, severity, attributes = row
    match node:
        case Every(nodes):
            return all(_matches(each, row) for each in nodes)
        case Either(nodes):
            return any(_matches(each, row) for each in nodes)
        case Not(inner):
            return not _matches(inner, row)
        case Text(value, is_pattern):
            return _like(f"*{value}*", body) if is_pattern else value.lower() in body.lower()
        case Term(field="level", value=value, operator=operator):
            actual = 2 if severity == 0 else min((severity - 1) // 4, 5)
            return _compare(actual, operator, LEVELS[value])
        case Term(field="code", value=value, operator=operator):
            return _is_number(attributes.get("code")) and _compare(float(attributes["code"]), operator, float(value))
        case Term(field=field, value=value, is_pattern=is_pattern):
            actual = {"body": body, "service": service}.get(field, attributes.get(field))
            return actual is not None and (_like(value, actual) if is_pattern else actual == value)


def _like(pattern: str, text: str) -> bool:
    parts = (re.escape(each) for each in pattern.split("*"))
    return re.fullmatch(".*".join(parts), text, re.IGNORECASE | re.DOTALL) is not None


def _is_number(text: str | None) -> bool:
    return text is not None and re.fullmatch(r"-?[0-9.e]+|nan|inf", text) is not None


def _compare(left: float, operator: str, right: float) -> bool:
    return {"=": left == right, ">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[
        operator
    ]
