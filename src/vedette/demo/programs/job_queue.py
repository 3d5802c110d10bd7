"""The shop's queue of background jobs: one SQLite file between two programs, as small shops do it."""

import json
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


def connect(path: Path) -> sqlite3.Connection:
    """Open the file; statements take effect at once."""
    database = sqlite3.connect(path, isolation_level=None, timeout=10, check_same_thread=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    return database


@dataclass(frozen=True, slots=True)
class Job:
    """One job, and the trace context of whoever asked for it."""

    id: int
    name: str
    payload: dict[str, str]
    carrier: dict[str, str]
    queued_at_s: float


class JobQueue:
    """First in, first out."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS jobs"
            " (id INTEGER PRIMARY KEY, name TEXT, payload TEXT, carrier TEXT, queued_at_s REAL)"
        )

    def put(self, name: str, payload: Mapping[str, str], carrier: Mapping[str, str]) -> None:
        """Add a job."""
        self._database.execute(
            "INSERT INTO jobs (name, payload, carrier, queued_at_s) VALUES (?, ?, ?, ?)",
            (name, json.dumps(dict(payload)), json.dumps(dict(carrier)), time.time()),
        )

    def take(self) -> Job | None:
        """Remove and return the oldest job."""
        with closing(
            self._database.execute(
                "DELETE FROM jobs WHERE id = (SELECT min(id) FROM jobs)"
                " RETURNING id, name, payload, carrier, queued_at_s"
            )
        ) as cursor:
            row = cursor.fetchone()
        return Job(row[0], row[1], json.loads(row[2]), json.loads(row[3]), row[4]) if row else None

    def length(self) -> int:
        """Return how many jobs wait."""
        count: int = self._database.execute("SELECT count(*) FROM jobs").fetchone()[0]
        return count
