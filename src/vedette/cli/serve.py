"""`vedette serve`: the server, until it is told to stop."""

import contextlib
import logging
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import structlog
import typer
import uvicorn
from fastapi import FastAPI

from vedette.app import Started, create_app
from vedette.edge.connections import BoundedHttp
from vedette.edge.logs import configure_logs
from vedette.kit.errors import Fault, Invalid, VedetteError
from vedette.settings import Settings, load_settings
from vedette.storage.telemetry.port import StoreFault

log = structlog.get_logger(__name__)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.", show_default="8080")] = None,
    otlp_grpc_port: Annotated[int | None, typer.Option(help="Port of OTLP/gRPC; 0 = off.", show_default="4317")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder for all data.", show_default="vedette-data")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file.", show_default="vedette.toml")] = None,
) -> None:
    """Run the server. Every other setting: docs/settings.md."""
    settings = load_settings(
        {"host": host, "port": port, "otlp_grpc_port": otlp_grpc_port, "data_dir": data_dir}, config=config
    )
    run(settings)


def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, then finish what was begun."""
    log_tap = configure_logs(settings.log_level)
    allow_files()
    listening = _listen(settings.host, settings.port)
    app = create_app(settings, log_tap=log_tap)
    server = _Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http=BoundedHttp,
            ws="websockets-sansio",
            log_config=None,
            access_log=False,
            lifespan="on",
            server_header=False,
            timeout_graceful_shutdown=10,
            timeout_keep_alive=75,
            ws_max_size=1024 * 1024,
            backlog=2048,
        ),
        app,
        listening,
    )
    try:
        server.run(sockets=[listening])
    except SystemExit:
        if (failed := getattr(app.state, "failed", None)) is not None:
            raise explained(failed) from failed
        raise
    if not server.started:
        sys.exit(1)


class _Server(uvicorn.Server):
    """Says where it listens once it does."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, listening: socket.socket) -> None:
        super().__init__(config)
        self._app, self._listening = app, listening

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop in order and end with status 0; the one this replaces raises the signal again at the end."""
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        errors = logging.getLogger("uvicorn.error")
        errors.addFilter(_is_news)
        try:
            await super().startup(sockets=sockets)
        finally:
            errors.removeFilter(_is_news)
        if self.started:
            announce(self._app.state.started, self._app.state.settings, self._listening)


def _is_news(record: logging.LogRecord) -> bool:
    """Keep out of the log what `explained` says in plain words."""
    message = record.getMessage()
    return not message.startswith(("Traceback", "Application startup failed"))


def explained(failed: Exception) -> VedetteError:
    """Return why the server did not start, as the operator should read it; a defect of ours goes to the log whole."""
    match failed:
        case VedetteError():
            return failed
        case OSError():
            faults = [Fault(str(failed.filename or "system"), failed.strerror or str(failed))]
        case StoreFault():
            faults = [Fault("data_dir", f"the telemetry store cannot be opened: {str(failed)[:300]}")]
        case _:
            log.error("start failed", exc_info=failed)
            faults = [Fault("server", "an unexpected error; it stands in the log above")]
    faults.append(Fault("help", "`vedette doctor` looks at everything and says how to mend it"))
    return Invalid("the server cannot start", faults=faults)


def allow_files() -> None:
    """Use as many open files as the system allows: connections must not take those that the stores need."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS has a lower bound than it says
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def announce(started: Started, settings: Settings, listening: socket.socket) -> None:
    """Print the address, and the set-up link when nobody can sign in yet."""
    host, port = listening.getsockname()[:2]
    address = settings.public_url.rstrip("/") or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    lines = [f"Vedette is ready at {address} after {started.seconds:.1f} s."]
    if started.otlp_grpc_port:
        lines.append(f"OTLP over gRPC: {host}:{started.otlp_grpc_port}")
    if started.bootstrapped.setup_token:
        link = f"{address}/setup?token={started.bootstrapped.setup_token}"
        lines.append(f"Nobody can sign in yet. Make the first account here, once: {link}")
    print("\n".join(lines), flush=True)  # noqa: T201 - this is what the command says


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        fault = Fault("host, port", f"{host}:{port}: {error.strerror or error}")
        raise Invalid("cannot listen there", faults=[fault]) from None
    return listening
