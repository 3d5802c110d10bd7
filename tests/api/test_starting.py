"""A server that cannot start says why in plain words, and `vedette doctor` what to do about it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import Server, free_port


def _run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run a command in a folder; return its status and all it said."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VEDETTE_")}
    done = subprocess.run(
        [sys.executable, "-m", "vedette.cli", *arguments],
        cwd=folder,
        env=environment | {"VEDETTE_PORT": str(free_port()), "VEDETTE_OTLP_GRPC_PORT": "0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _damaged(folder: Path) -> tuple[str, str, str]:
    (folder / "data").mkdir()
    (folder / "data" / "records.sqlite3").write_bytes(b"these are no records" * 500)
    return "the records database is damaged", "data", "restore a backup"


def _not_a_folder(folder: Path) -> tuple[str, str, str]:
    (folder / "file").write_text("")
    return "File exists", "file", "Choose another `data_dir`"


@pytest.mark.parametrize("spoil", [_damaged, _not_a_folder])
def test_what_is_wrong_with_the_data_is_said(tmp_path: Path, spoil):
    """Status 1 and no traceback; doctor says how to mend it."""
    why, name, mend = spoil(tmp_path)

    status, said = _run(tmp_path, "serve", "--data-dir", name)
    assert (status, "Traceback" in said) == (1, False)
    assert "error: " in said
    assert why in said

    status, said = _run(tmp_path, "doctor", "--data-dir", name)
    assert (status, "Traceback" in said) == (1, False)
    assert mend in said


def test_two_servers_do_not_share_a_folder_or_a_port(server: Server, tmp_path: Path):
    """The second one says which is taken."""
    for arguments, why in (
        (("--data-dir", str(server.folder / "data")), "is in use by another Vedette"),
        (("--port", str(server.port)), "Address already in use"),
        (("--otlp-grpc-port", str(server.grpc_port)), f"cannot listen on port {server.grpc_port}"),
    ):
        status, said = _run(tmp_path, "serve", *arguments)
        assert (status, "Traceback" in said) == (1, False)
        assert why in said


def test_settings_that_are_a_folder_are_no_settings(tmp_path: Path):
    """Named, as any other fault of the settings."""
    status, said = _run(tmp_path, "serve", "--config", str(tmp_path))

    assert (status, "Traceback" in said) == (1, False)
    assert "Is a directory" in said
