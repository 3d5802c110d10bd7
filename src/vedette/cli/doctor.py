"""`vedette doctor`: what is wrong with this installation, and how to mend it."""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from vedette.app import owned
from vedette.kit.errors import Invalid, VedetteError
from vedette.settings import Settings, load_settings
from vedette.storage.records import Records, sqlite_url
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits
from vedette.storage.telemetry.port import StoreFault
from vedette.storage.telemetry.schema import migrate
from vedette.storage.telemetry.writer import probe

_MEBIBYTE = 1024 * 1024
_LEAST_MEMORY_MB = 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `mend` says what to do about it."""

    name: str
    state: Literal["ok", "warning", "error"]
    detail: str
    mend: str = ""


def doctor(
    data_dir: Annotated[Path | None, typer.Option(help="Folder for all data.", show_default="vedette-data")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file.", show_default="vedette.toml")] = None,
) -> None:
    """Say what is wrong with this installation and how to mend it; status 1 when something is."""
    console = Console(highlight=False, soft_wrap=True)
    signs = {"ok": "[green]ok[/]", "warning": "[yellow]warning[/]", "error": "[red]error[/]"}
    failed = False
    for finding in findings(data_dir, config):
        failed = failed or finding.state == "error"
        console.print(f"{signs[finding.state]:<18} {finding.name}: {finding.detail}", markup=True)
        if finding.mend:
            console.print(f"          {finding.mend}")
    if failed:
        raise typer.Exit(1)


def findings(data_dir: Path | None, config: Path | None) -> Iterator[Finding]:
    """Look at everything, the settings first: without them nothing else can be found."""
    try:
        settings = load_settings({"data_dir": data_dir}, config=config)
    except VedetteError as error:
        for fault in error.faults:
            yield Finding("settings", "error", f"{fault.where}: {fault.what}", "Every setting is in docs/settings.md.")
        return
    yield Finding("settings", "ok", f"data in {settings.data_dir.resolve()}")
    yield _python()
    yield _ui()
    yield _memory(settings)
    yield from _disk(settings)
    yield from _stores(settings)
    for name, port in (("port", settings.port), ("otlp_grpc_port", settings.otlp_grpc_port)):
        if port:
            yield _port(settings.host, name, port)


def _python() -> Finding:
    return Finding("Python", "ok", f"{sys.version.split()[0]} at {sys.executable}")


def _ui() -> Finding:
    if resources.files("vedette").joinpath("web_dist", "index.html").is_file():
        return Finding("UI", "ok", "built")
    return Finding("UI", "warning", "not built", "Run `make web` in the source tree, or install a wheel.")


def _memory(settings: Settings) -> Finding:
    total_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _MEBIBYTE
    detail = f"{total_mb} MiB, of which the engine may use {settings.memory_limit_mb}"
    if total_mb < max(_LEAST_MEMORY_MB, settings.memory_limit_mb * 5 // 4):
        return Finding("memory", "warning", detail, "Lower `memory_limit_mb` and `query_memory_mb`.")
    return Finding("memory", "ok", detail)


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.resolve()
    if folder.exists() and not folder.is_dir():
        yield Finding("data folder", "error", f"{folder} is not a folder", "Choose another `data_dir`.")
        return
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK) or os.statvfs(folder).f_flag & os.ST_RDONLY:
        yield Finding(
            "data folder",
            "error",
            f"{folder} cannot be written",
            "Give the user that runs Vedette the right to write there.",
        )
        return
    free_mb = shutil.disk_usage(folder).free // _MEBIBYTE
    if free_mb < settings.min_free_disk_mb:
        yield Finding(
            "disk",
            "error",
            f"{free_mb} MiB free, less than `min_free_disk_mb` = {settings.min_free_disk_mb}: nothing is taken",
            "Free room, move `data_dir` to a larger disk, or shorten the retention.",
        )
    else:
        yield Finding("disk", "ok", f"{free_mb} MiB free")


def _stores(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.resolve()
    if not folder.is_dir():
        yield Finding("stores", "ok", "not made yet; the first start makes them")
        return
    yield _tried("records", lambda: _records(settings, folder), "See the records database, or restore a backup.")
    try:
        with owned(folder):
            yield _tried(
                "telemetry", lambda: _telemetry(folder), "Restore a backup, or move the folder away to start anew."
            )
    except Invalid:
        yield Finding("telemetry", "ok", "in use by a running server; its /readyz says whether it can be written")
    except OSError as error:
        yield Finding("telemetry", "error", str(error), "Give the user that runs Vedette the right to write there.")


def _tried(name: str, attempt: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(name, "ok", attempt())
    except VedetteError as error:
        return Finding(name, "error", error.detail, mend)
    except (StoreFault, OSError) as error:
        return Finding(name, "error", str(error)[:300], mend)


def _records(settings: Settings, folder: Path) -> str:
    records = Records(settings.records_url or sqlite_url(folder))
    try:
        records.migrate()
        return "SQLite" if records.is_sqlite else "PostgreSQL"
    finally:
        records.close()


def _telemetry(folder: Path) -> str:
    store = EmbeddedStore(folder, EngineLimits(), readers=1, writers=1)
    try:
        migrate(store)
        probe(store)
        used = store.query("SELECT sum(bytes_on_disk) AS bytes, sum(rows) AS rows FROM system.parts WHERE active")
        row = used.to_pylist()[0]
        return f"{row['rows']:,} rows in {row['bytes'] / _MEBIBYTE:,.1f} MiB, can be written"
    finally:
        store.close()


def _port(host: str, name: str, port: int) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            mend = f"Stop what listens there, or choose another `{name}`."
            return Finding(name, "warning", f"{host}:{port}: {error.strerror}", mend)
    return Finding(name, "ok", f"{host}:{port} is free")
