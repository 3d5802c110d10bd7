"""The benchmarks run, and notice when a record is missing."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_tiny_run_measures_ingest_and_a_full_store(tmp_path: Path) -> None:
    """Every accepted record is found in the store, every question is answered, and the figures are written."""
    options = [
        "--quick",
        "--seconds",
        "0.5",
        "--size",
        "20000",
        "--folder",
        tmp_path,
        "--results",
        tmp_path / "results",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "bench", "spans-grpc", "store", *map(str, options)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (tmp_path / "results").iterdir()
    result = json.loads(path.read_text())
    assert [each["name"] for each in result["ingest"]] == ["spans-grpc"]
    assert all(each["sent_rows"] == each["stored_rows"] > 0 for each in result["ingest"])
    assert [each["fault"] for each in result["store"]["answers"] if each["fault"]] == []
    assert result["store"]["tables"]["otel_traces"]["rows"] >= 20_000
