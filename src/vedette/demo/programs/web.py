"""Serve an ASGI application on the socket the fleet holds, so that a new release takes over without a gap."""

import os
import socket

import uvicorn
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor


def serve(app: FastAPI) -> None:
    """Serve until told to stop; `DEMO_SOCKET` is the inherited file descriptor."""
    FastAPIInstrumentor.instrument_app(app, exclude_spans=["receive", "send"])
    listening = socket.socket(fileno=int(os.environ["DEMO_SOCKET"]))
    config = uvicorn.Config(app, log_config=None, timeout_keep_alive=75, timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listening])
