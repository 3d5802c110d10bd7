"""A small shop by each framework, and a program that serves one: `python shop.py flask 8000`."""

import sys
from functools import lru_cache
from typing import Any

import flask
import uvicorn
from fastapi import APIRouter, FastAPI
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route
from werkzeug.serving import make_server

from vedette_sdk import Metrics


@lru_cache
def price(item: int) -> int:
    return item * 7


class Quota:
    """Of a model: ten requests of sixty."""

    requests_current_minute = 10
    rpm_limit = 60


def by_fastapi() -> FastAPI:
    app, tenant, sub = FastAPI(), APIRouter(prefix="/v1/{tenant}"), FastAPI()

    @app.get("/items/{item}")
    def item(item: int) -> int:
        return price(item)

    @app.get("/broken")
    def broken() -> None:
        raise KeyError("nobody is told")

    @tenant.get("/files/{rest:path}")
    def file(tenant: str, rest: str) -> str:
        return f"{tenant} {rest}"

    @app.get("/slow")
    def slow() -> StreamingResponse:
        return StreamingResponse(iter([b"one", b"three"]))

    @sub.get("/inside/{name}")
    def inside(name: str) -> str:
        return name

    app.include_router(tenant)
    app.mount("/sub", sub)
    return app


def by_starlette() -> Starlette:
    def text(_: Any) -> PlainTextResponse:
        return PlainTextResponse("x")

    deep = Mount("/deep/{key}", routes=[Route("/at/{number:int}", text)])
    return Starlette(routes=[Route("/", text), deep])


def by_flask() -> flask.Flask:
    app = flask.Flask("shop")
    shelf = flask.Blueprint("shelf", "shelf", url_prefix="/v1/<tenant>")

    @app.get("/items/<int:item>")
    def item(item: int) -> str:
        return str(price(item))

    @app.get("/broken")
    def broken() -> str:
        raise KeyError("nobody is told")

    @app.get("/slow")
    def slow() -> flask.Response:
        return flask.Response(iter([b"one", b"three"]))

    @shelf.get("/files/<path:rest>")
    def file(tenant: str, rest: str) -> str:
        return f"{tenant} {rest}"

    app.register_blueprint(shelf)
    return app


def serve(framework: str, port: int) -> None:
    def failing() -> None:
        raise ConnectionError("the cache is not there")

    metrics = Metrics().watch_quota(Quota, "gemini").watch_cache(price.cache_info, "prices").watch_cache(failing, "far")
    if framework == "flask":
        app = by_flask()
        metrics.instrument(app)
        make_server("127.0.0.1", port, app, threaded=True).serve_forever()
    else:
        uvicorn.run(traced(by_fastapi(), metrics), host="127.0.0.1", port=port, log_level="warning")


def traced(app: FastAPI, metrics: Any) -> FastAPI:
    """Trace by OpenTelemetry as its environment variables say, and count."""
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=200))
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider)
    metrics.instrument(app)
    return app


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
