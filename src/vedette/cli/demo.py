"""`vedette demo`: a server with a live demo shop beside it."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the server.")] = 8080,
    otlp_grpc_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of OTLP over gRPC.")] = 4317,
    data_dir: Annotated[Path, typer.Option(help="Folder for all data of the demo.")] = Path("demo-data"),
    history_hours: Annotated[
        float, typer.Option(min=0, max=72, help="Hours of past to fill in at the first start; 0 = none.")
    ] = 24,
    rate: Annotated[float, typer.Option(min=0.05, max=50, help="Requests per second of the visitors, on average.")] = 1,
) -> None:
    """Run a server with a small live shop beside it, to look around. Ctrl-C stops everything."""
    options = {
        "--port": port,
        "--otlp-grpc-port": otlp_grpc_port,
        "--data-dir": data_dir,
        "--history-hours": history_hours,
        "--rate": rate,
    }
    # The fleet's own process watches a few children: it goes on without the server's libraries, which cost 300 MB.
    arguments = [sys.executable, "-m", "vedette.demo", *(str(part) for pair in options.items() for part in pair)]
    os.execv(sys.executable, arguments)  # noqa: S606 - ourselves
