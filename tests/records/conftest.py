"""Records on both engines: SQLite files and a throw-away PostgreSQL cluster."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from vedette.storage.records import Records

_STARTS_WITHIN_S = 30


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: float(each.parts[-3]))
    if not found:
        pytest.skip("no PostgreSQL in /usr/lib/postgresql/*/bin: apt-get install postgresql")
    return found[-1].parent


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL that listens on a socket in a new folder; give the URL without the database name."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="vedette-pg-"))
    unprivileged = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        unprivileged = {"user": "postgres", "group": "postgres", "extra_groups": []}
    data = folder / "data"
    initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8"]
    subprocess.run(initdb, check=True, cwd=folder, stdout=subprocess.DEVNULL, **unprivileged)
    options = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "max_connections": 60}
    flags = [f"--{name}={value}" for name, value in options.items()]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, *flags], cwd=folder, stdout=log, stderr=log, **unprivileged
        )
    try:
        _wait_until_ready(process, folder)
        yield f"postgresql://postgres@/%s?host={folder}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        shutil.rmtree(folder)


def _wait_until_ready(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while True:
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
            time.sleep(0.05)
        else:
            return


_numbers = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Return a function that gives the URL of an empty database."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/records-{next(_numbers)}.sqlite3"
    cluster = request.getfixturevalue("postgresql")

    def create() -> str:
        name = f"vedette_{next(_numbers)}"
        with psycopg.connect(cluster % "postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return cluster % name

    return create


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    """Return the URL of an empty database."""
    return new_url()


@pytest.fixture
def records(url: str) -> Iterator[Records]:
    """Give migrated records."""
    records = Records(url)
    records.migrate()
    yield records
    records.close()
