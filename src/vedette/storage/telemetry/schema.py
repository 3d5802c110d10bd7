"""Ordered migrations of the telemetry tables, and retention as TTL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from vedette.kit.ids import ProjectId, Signal
from vedette.storage.telemetry.port import TelemetryStore
from vedette.storage.telemetry.retention import Tier, longest

_FILE = re.compile(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True, slots=True)
class Kept:
    """A table that falls under a signal's retention, and the column that says how old a row is.

    `tiers` are further kinds of retention: the rows are kept as long as the longest of all.
    """

    table: str
    signal: Signal
    column: str
    tiers: tuple[Tier, ...] = ()

    def days(self, chosen: Mapping[str, int]) -> int:
        """Return the days its rows are kept, 0 = for ever."""
        return longest(chosen[each] for each in (self.signal, *self.tiers))


KEPT = (
    Kept("otel_traces", "traces", "Timestamp"),
    Kept("red_1m", "traces", "Minute"),
    Kept("red_10m", "traces", "Minute"),
    Kept("otel_logs", "logs", "Timestamp"),
    Kept("log_counts_1m", "logs", "Minute"),
    Kept("samples", "metrics", "Time"),
    Kept("histogram_samples", "metrics", "Time"),
    Kept("exemplars", "metrics", "Time"),
    Kept("samples_5m", "metrics", "Time", ("metrics_5m",)),
    Kept("samples_1h", "metrics", "Time", ("metrics_1h",)),
    Kept("histograms_5m", "metrics", "Time", ("metrics_5m",)),
    Kept("histograms_1h", "metrics", "Time", ("metrics_1h",)),
    Kept("series", "metrics", "Day", ("metrics_5m", "metrics_1h")),
    Kept("metric_families", "metrics", "LastSeen", ("metrics_5m", "metrics_1h")),
    Kept("error_events", "errors", "Timestamp"),
    Kept("error_issues_1h", "errors", "Hour"),
    Kept("error_issues", "errors", "LastSeen"),
    Kept("events", "events", "Timestamp"),
    Kept("active_people_5m", "events", "Slot"),
)


def migrate(store: TelemetryStore) -> list[int]:
    """Bring the tables up to date and return the versions applied now.

    Statements may run twice without harm: a kill between a statement and its entry in the book repeats it.
    """
    store.command(
        "CREATE TABLE IF NOT EXISTS schema_migrations (Version UInt32, AppliedAt DateTime DEFAULT now())"
        " ENGINE = MergeTree ORDER BY Version"
    )
    done = set(store.query("SELECT Version FROM schema_migrations")["Version"].to_pylist())
    applied = []
    for version, text in sorted(_migrations().items()):
        if version not in done:
            for statement in statements(text):
                store.command(statement)
            store.command(f"INSERT INTO schema_migrations (Version) VALUES ({version})")
            applied.append(version)
    return applied


def statements(text: str) -> list[str]:
    """Cut a migration at semicolons that end a line."""
    without_comments = re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE)
    return [each.strip() for each in re.split(r";\s*(?:\n|$)", without_comments) if each.strip()]


def apply_retention(
    store: TelemetryStore, default: Mapping[str, int], projects: Mapping[ProjectId, Mapping[str, int]]
) -> list[str]:
    """Set each table's TTL from days per signal (0 = for ever) and return the tables whose TTL changed."""
    current = {
        row["name"]: row["create_table_query"]
        for row in store.query(
            "SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase()"
        ).to_pylist()
    }
    changed = []
    for kept in KEPT:
        wanted = ttl(kept, default, projects)
        present = _TTL.search(current.get(kept.table, ""))
        if kept.table in current and _normal(present.group(1) if present else "") != _normal(wanted or ""):
            change = f"MODIFY TTL {wanted}" if wanted else "REMOVE TTL"
            store.command(f"ALTER TABLE {kept.table} {change} SETTINGS mutations_sync = 0")
            changed.append(kept.table)
    return changed


_TTL = re.compile(r"\bTTL (.*?)(?: SETTINGS |$)", re.DOTALL)


def ttl(kept: Kept, default: Mapping[str, int], projects: Mapping[ProjectId, Mapping[str, int]]) -> str | None:
    """Return the TTL expression of a table, None when nothing in it ever expires."""
    standard = kept.days(default)
    own = {
        project: own_days
        for project, chosen in sorted(projects.items())
        if (own_days := kept.days({**default, **chosen})) != standard
    }
    forever = [project for project, days in own.items() if days == 0]
    finite = {project: days for project, days in own.items() if days}
    if not standard and not finite:
        return None
    days = str(standard)
    if finite:
        days = f"transform(Project, {list(finite)}, {list(finite.values())}, {standard})"
    clause = f"toDateTime({kept.column}) + toIntervalDay({days})"
    if not standard:
        return f"{clause} DELETE WHERE Project IN ({', '.join(map(str, finite))})"
    if forever:
        return f"{clause} DELETE WHERE Project NOT IN ({', '.join(map(str, forever))})"
    return clause


def _normal(expression: str) -> str:
    text = re.sub(r"[\s()\[\]]", "", expression)
    return text.replace("DELETE", "").replace("'UTC'", "")


def _migrations() -> dict[int, str]:
    folder = resources.files(__package__).joinpath("migrations")
    found: dict[int, str] = {}
    for each in folder.iterdir():
        if match := _FILE.fullmatch(each.name):
            version = int(match.group(1))
            if version in found:
                raise ValueError(f"two migrations have the number {version}")
            found[version] = each.read_text()
    return found
