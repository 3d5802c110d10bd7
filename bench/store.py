"""What lies in the store of a stopped server; a process of its own, as the engine opens a store once per process."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits

_SIZES = """
SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts
FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC
"""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and bytes of one table, of project `default` and all projects together."""

    rows: int
    own_rows: int
    bytes: int
    parts: int

    @property
    def bytes_per_row(self) -> float:
        """Bytes on disk of one row."""
        return self.bytes / self.rows if self.rows else 0


def tables(data: Path) -> dict[str, Table]:
    """Return the tables of a store that no server holds."""
    done = subprocess.run([sys.executable, "-m", "bench.store", str(data)], check=True, capture_output=True, text=True)
    return {name: Table(**values) for name, values in json.loads(done.stdout).items()}


def _read(data: Path) -> dict[str, dict[str, int]]:
    store = EmbeddedStore(data, EngineLimits(1024, 512, 60, 0))
    found = {}
    for row in store.query(_SIZES).to_pylist():
        name = row.pop("table")
        counted = f"SELECT count() AS own FROM `{name}` WHERE Project = 1"
        has_project = "Project" in {each["name"] for each in store.query(f"DESCRIBE `{name}`").to_pylist()}
        row["own_rows"] = store.query(counted)["own"][0].as_py() if has_project else row["rows"]
        found[name] = row
    store.close()
    return found


if __name__ == "__main__":
    print(json.dumps(_read(Path(sys.argv[1]))))
