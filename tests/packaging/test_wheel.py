"""The wheel carries everything: it runs away from the source tree, UI included."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from support import Server

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this tree; the UI is built by its own hook."""
    folder = tmp_path_factory.mktemp("wheel")
    scripts = Path(sys.executable).parent
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)],
        check=True,
        timeout=300,
        env=os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"},
    )
    (found,) = folder.glob("vedette-*.whl")
    return found


@pytest.mark.xdist_group("wheel")
def test_files_that_are_not_code_are_in_it(wheel):
    """SQL, schemas, migrations, the UI, the licence; no tests and no sources of the UI."""
    names = zipfile.ZipFile(wheel).namelist()

    assert "vedette/web_dist/index.html" in names
    assert "vedette/ingest/otlp/otlp.proto" in names
    assert "vedette/storage/telemetry/migrations/0001_traces.sql" in names
    assert "vedette/signals/logs/queries.sql" in names
    assert any(name.startswith("vedette/storage/records/migrations/versions/") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "web/", "bench/"))]


@pytest.mark.xdist_group("wheel")
def test_it_serves_the_ui_from_another_environment(wheel, tmp_path):
    """An environment with nothing but the wheel and its dependencies."""
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel], check=True, timeout=120)
    # The dependencies are those of this environment; the wheel's own site-packages comes first.
    (site,) = (environment / "lib").glob("python*/site-packages")
    (site / "zz-dependencies.pth").write_text(sysconfig.get_path("purelib"))
    server = Server(tmp_path, python=str(python))
    server.start()

    page = httpx.get(f"{server.url}/logs", timeout=60)
    where = subprocess.run(
        [python, "-c", "import vedette; print(vedette.__file__)"], capture_output=True, text=True, check=True
    )

    assert page.headers["content-type"].startswith("text/html")
    assert "<div id=" in page.text
    assert where.stdout.strip().startswith(str(environment))
    assert server.stop() == 0


@pytest.mark.xdist_group("wheel")
def test_the_sdk_wants_prometheus_client_and_nothing_else(tmp_path):
    """Neither a framework nor the server: an application installs it beside its own."""
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path)]
    subprocess.run([*command, str(ROOT / "sdk" / "python")], check=True, timeout=300)
    (wheel,) = tmp_path.glob("vedette_sdk-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    metadata = next(name for name in names if name.endswith("METADATA"))
    wanted = [each for each in zipfile.ZipFile(wheel).read(metadata).decode().splitlines() if "Requires-Dist" in each]
    assert [each.split()[1].split(">")[0] for each in wanted] == ["prometheus-client"]
    assert "vedette_sdk/py.typed" in names

    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import vedette_sdk; "
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'vedette', 'flask', 'starlette', 'fastapi'}))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, wheel], check=True, capture_output=True, text=True, timeout=60
    )
    assert said.stdout.strip() == "[]"
