"""Fixtures that every test may use: a real server in a process of its own, on free ports."""

import gc
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from support import Server
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits
from vedette.storage.telemetry.schema import migrate

# A busy machine is slow, not wrong.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of a worker; tests make their own project where they count."""
    running = Server(tmp_path_factory.mktemp("server"))
    running.start()
    yield running
    assert running.stop() == 0, running.log[-4000:]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """An empty store; a process holds one at a time."""
    store = EmbeddedStore(tmp_path_factory.mktemp("store"), EngineLimits(min_free_disk_mb=0))
    migrate(store)
    yield store
    store.close()
    gc.collect()


@pytest.fixture
def project_name() -> str:
    """A name no other test uses."""
    return f"p{secrets.token_hex(6)}"


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Servers of a test's own, for what would disturb others."""
    made: list[Server] = []

    def make(**environment: str) -> Server:
        folder = tmp_path / f"server{len(made)}"
        folder.mkdir()
        made.append(Server(folder, {f"VEDETTE_{name.upper()}": value for name, value in environment.items()}))
        return made[-1]

    yield make
    for each in made:
        if each.process and each.process.poll() is None:
            each.kill()
