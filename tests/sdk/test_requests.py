"""What is counted of requests, by each framework."""

import asyncio
from typing import Any

import flask
import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import FileResponse
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry, Counter
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse
from werkzeug.test import EnvironBuilder, run_wsgi_app

from sdk.shop import by_fastapi, by_flask, by_starlette
from vedette_sdk import Metrics


def _counting(app: Any) -> CollectorRegistry:
    registry = CollectorRegistry()
    Metrics(registry=registry).instrument(app)
    return registry


async def _get(app: Any, *paths: str, method: str = "GET") -> None:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        for path in paths:
            await client.request(method, path)


def _counted(registry: CollectorRegistry, name: str = "http_requests_total", *labels: str) -> dict[str, float]:
    """Return the samples of a name by the values of these labels."""
    shown = labels or ("method", "endpoint", "status")
    samples = [each for family in registry.collect() for each in family.samples if each.name == name]
    return {" ".join(each.labels[label] for label in shown): each.value for each in samples}


async def test_endpoints_of_fastapi_are_routes_with_their_prefixes() -> None:
    """Routers, applications mounted in others, and what no route takes."""
    app = by_fastapi()
    registry = _counting(app)
    paths = ("/items/1", "/items/2", "/items/x", "/v1/acme/files/a/b", "/sub/inside/1", "/sub/nothing", "/.env")
    await _get(app, *paths)
    await _get(app, "/items/1", method="POST")
    await _get(app, "/items/1", method="BREW")
    assert _counted(registry) == {
        "GET /items/{item} 200": 2,
        "GET /items/{item} 422": 1,
        "GET /v1/{tenant}/files/{rest} 200": 1,
        "GET /sub/inside/{name} 200": 1,
        "GET /sub/{path} 404": 1,
        "GET unmatched 404": 1,
        "POST /items/{item} 405": 1,
        "_OTHER /items/{item} 405": 1,
    }


async def test_endpoints_of_starlette_are_routes_with_their_mounts() -> None:
    """A mount's parameter is a name, not its value; what is not there is the mount's."""
    app = by_starlette()
    registry = _counting(app)
    await _get(app, "/", "/deep/a/at/007", "/deep/b/at/8", "/deep/b/at/x")
    assert _counted(registry) == {
        "GET / 200": 1,
        "GET /deep/{key}/at/{number} 200": 2,
        "GET /deep/{key}/{path} 404": 1,
    }


async def test_the_root_path_of_a_proxy_is_not_of_the_endpoint() -> None:
    """The server puts it before every path."""
    app = by_starlette()
    registry = _counting(app)
    transport = httpx.ASGITransport(app, root_path="/shop")
    async with httpx.AsyncClient(transport=transport, base_url="http://host") as client:
        assert (await client.get("/shop/deep/a/at/7")).status_code == 200
        assert "http_requests_total" in (await client.get("/shop/metrics")).text
    assert _counted(registry) == {"GET /deep/{key}/at/{number} 200": 1}


def test_endpoints_of_flask_are_rules_with_their_blueprints() -> None:
    """As Flask writes them."""
    app = by_flask()
    registry = _counting(app)
    client = app.test_client()
    for path in ("/items/1", "/items/2", "/v1/acme/files/a/b", "/broken", "/.env"):
        client.get(path, buffered=True)
    client.post("/items/1", buffered=True)
    assert _counted(registry) == {
        "GET /items/<int:item> 200": 2,
        "GET /v1/<tenant>/files/<path:rest> 200": 1,
        "GET /broken 500": 1,
        "GET unmatched 404": 1,
        "POST unmatched 405": 1,
    }
    assert _counted(registry, "http_exceptions_total", "endpoint", "exception") == {"/broken KeyError": 1}


async def test_an_exception_is_counted_by_its_type_and_passed_on() -> None:
    """With the status its client saw."""
    app = by_fastapi()
    registry = _counting(app)
    await _get(app, "/broken")
    with pytest.raises(KeyError):
        await httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop").get("/broken")
    assert _counted(registry) == {"GET /broken 500": 2}
    assert _counted(registry, "http_exceptions_total", "endpoint", "exception") == {"/broken KeyError": 2}
    assert _counted(registry, "http_requests_in_progress", "method") == {"GET": 0}


async def test_sizes_are_those_of_bodies() -> None:
    """Of streams too, where the framework tells."""
    app, other = by_fastapi(), by_flask()
    registry, others = _counting(app), _counting(other)
    await _get(app, "/slow")
    other.test_client().get("/items/3", buffered=True)
    assert _counted(registry, "http_response_size_bytes_sum", "endpoint") == {"/slow": 8}
    assert _counted(others, "http_response_size_bytes_sum", "endpoint") == {"/items/<int:item>": 2}


async def test_work_after_the_answer_is_not_waiting_of_the_client() -> None:
    """A request is over with its last byte, whatever the application still does."""
    app, at_the_end = FastAPI(), []

    @app.get("/later")
    def later() -> PlainTextResponse:
        return PlainTextResponse("x", background=BackgroundTask(look))

    def look() -> None:
        at_the_end.append(_counted(registry))

    registry = _counting(app)
    await _get(app, "/later")
    assert at_the_end == [{"GET /later 200": 1}]


async def test_a_client_that_goes_is_counted_as_499() -> None:
    """The server cancels what would have answered."""
    app, began = FastAPI(), asyncio.Event()

    @app.get("/long")
    async def long() -> None:
        began.set()
        await asyncio.sleep(60)

    registry = _counting(app)
    asking = asyncio.create_task(_get(app, "/long"))
    await began.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert _counted(registry) == {"GET /long 499": 1}


def test_files_of_flask_and_fastapi_are_sent_whole(tmp_path: Any) -> None:
    """Nothing stands between a file and the server that sends it."""
    file = tmp_path / "file.bin"
    file.write_bytes(bytes(range(256)) * 1000)
    app = flask.Flask("files")
    app.add_url_rule("/file", view_func=lambda: flask.send_file(file))
    other = FastAPI()
    other.add_api_route("/file", lambda: FileResponse(file), response_model=None)
    registry, others = _counting(app), _counting(other)
    assert app.test_client().get("/file", buffered=True).data == file.read_bytes()
    asyncio.run(_get(other, "/file"))
    assert _counted(registry, "http_response_size_bytes_sum", "endpoint") == {"/file": 256_000}
    assert _counted(others, "http_response_size_bytes_sum", "endpoint") == {"/file": 256_000}


def test_endpoints_have_an_end() -> None:
    """An application that makes routes as it goes does not fill the memory."""
    app = flask.Flask("many")
    for number in range(1200):
        app.add_url_rule(f"/r{number}", f"r{number}", lambda: "x")
    registry = _counting(app)
    client = app.test_client()
    for number in range(1200):
        client.get(f"/r{number}", buffered=True)
    counted = _counted(registry, "http_requests_total", "endpoint")
    assert len(counted) == 1000
    assert counted["other"] == 201


def test_requests_carry_the_trace_that_is_kept() -> None:
    """A sampled one; the exemplar is what a graph leads to the trace by."""
    app = flask.Flask("traced")
    tracer = TracerProvider().get_tracer("test")

    @app.before_request
    def begin() -> None:
        flask.g.span = tracer.start_as_current_span("request")
        flask.g.span.__enter__()

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        flask.g.span.__exit__(None, None, None)

    @app.get("/")
    def index() -> str:
        return f"{trace.get_current_span().get_span_context().trace_id:032x}"

    registry = _counting(app)
    trace_id = app.test_client().get("/", buffered=True).text
    [sample] = [s for family in registry.collect() for s in family.samples if s.name == "http_requests_total"]
    assert sample.exemplar is not None
    assert sample.exemplar.labels["trace_id"] == trace_id


def test_a_metric_of_the_application_stays_its_own(caplog: pytest.LogCaptureFixture) -> None:
    """What has the same name is not counted twice, all else is."""
    registry = CollectorRegistry()
    own = Counter("http_requests_total", "Ours.", registry=registry)
    own.inc(7)
    app = by_flask()
    Metrics(registry=registry).instrument(app)
    app.test_client().get("/items/1", buffered=True)
    values = [s.value for family in registry.collect() for s in family.samples if s.name == "http_requests_total"]
    assert values == [7]
    assert _counted(registry, "http_request_duration_seconds_count", "endpoint") == {"/items/<int:item>": 1}
    assert "left to the application" in caplog.text


def test_applications_of_one_process_are_counted_together() -> None:
    """Each may be given `Metrics` of its own."""
    registry, apps = CollectorRegistry(), (by_flask(), by_flask())
    for app in apps:
        Metrics(registry=registry).instrument(app)
        app.test_client().get("/items/1", buffered=True)
    assert _counted(registry) == {"GET /items/<int:item> 200": 2}


@pytest.mark.parametrize("length", ["²", "٣", "-5", "1e3", "9" * 5000, "", " 5"])
def test_a_length_that_is_none_costs_nothing(length: str) -> None:
    """Whatever a client or a server makes of it, the request is answered and counted."""
    app = by_flask()
    registry = _counting(app)
    environ = {**EnvironBuilder("/items/1").get_environ(), "CONTENT_LENGTH": length}
    run_wsgi_app(app.wsgi_app, environ, buffered=True)
    assert sum(_counted(registry).values()) == 1
    assert _counted(registry, "http_request_size_bytes_count", "endpoint") == {}


@pytest.mark.parametrize("make", [by_flask, by_fastapi])
def test_instrumenting_twice_counts_once(make: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A factory that is called for an application and by its tests does no harm."""
    app = make()
    registry = _counting(app)
    Metrics(registry=registry).instrument(app)
    if isinstance(app, flask.Flask):
        app.test_client().get("/items/1", buffered=True)
    else:
        asyncio.run(_get(app, "/items/1"))
    assert list(_counted(registry).values()) == [1]
    assert "instrumented already" in caplog.text


def test_what_is_no_application_is_refused() -> None:
    """With what would be one."""
    with pytest.raises(TypeError, match="a FastAPI, Starlette or Flask application is wanted, not int"):
        Metrics(registry=CollectorRegistry()).instrument(7)
