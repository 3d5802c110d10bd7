"""Flask: a WSGI middleware, told the routes by Flask's signals."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import flask
from flask import Flask, got_request_exception, request_finished, request_started

from vedette_sdk.requests import Request, exemplar_of_now, size_in

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from vedette_sdk.metrics import Metrics

_KEY: Final = "vedette_sdk.request"
_MARK: Final = "vedette_sdk"
_REASON: Final = {200: "OK", 401: "Unauthorized"}

_log = logging.getLogger("vedette_sdk")


def instrument(app: Flask, metrics: "Metrics") -> None:
    """Wrap the application and listen to it, unless that is done."""
    if _MARK in app.extensions:
        _log.warning("the application is instrumented already")
        return
    app.extensions[_MARK] = metrics
    request_started.connect(_started, app, weak=False)
    request_finished.connect(_finished, app, weak=False)
    got_request_exception.connect(_raised, app, weak=False)
    app.wsgi_app = _Counted(app.wsgi_app, metrics)  # type: ignore[method-assign]


def _counted_now() -> Request | None:
    counted = flask.request.environ.get(_KEY)
    return counted if isinstance(counted, Request) else None


def _started(*_: Any, **__: Any) -> None:
    if (counted := _counted_now()) and flask.request.url_rule is not None:
        counted.endpoint = flask.request.url_rule.rule


def _finished(*_: Any, **__: Any) -> None:
    if counted := _counted_now():
        counted.exemplar = exemplar_of_now()


def _raised(*_: Any, exception: BaseException, **__: Any) -> None:
    if counted := _counted_now():
        counted.exception = type(exception).__qualname__


class _Counted:
    """Offers the metrics and counts what goes through to the application."""

    def __init__(self, app: "WSGIApplication", metrics: "Metrics") -> None:
        self._app = app
        self._metrics = metrics

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method = str(environ["REQUEST_METHOD"])
        if environ.get("PATH_INFO") == self._metrics.path and method in {"GET", "HEAD"}:
            return self._answer(environ, start_response)
        request = environ[_KEY] = self._metrics.requests.start(method)
        request.received = size_in(environ.get("CONTENT_LENGTH"))

        def observed(status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:
            request.status = size_in(status[:3]) or 0
            request.sent = size_in(next((value for name, value in headers if name.lower() == "content-length"), None))
            return start_response(status, headers, *more)

        try:
            body = self._app(environ, observed)
        except BaseException:
            request.end()
            raise
        file = environ.get("wsgi.file_wrapper")
        if isinstance(file, type) and isinstance(body, file):
            request.end()  # the server may send it by itself, past everything in Python
            return body
        return _Body(body, request)

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        names = ("HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_AUTHORIZATION")
        answer = self._metrics.answer(*(str(environ.get(name, "")) for name in names))
        start_response(f"{answer.status} {_REASON[answer.status]}", answer.headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]


class _Body:
    """The body of an answer; the request is over when the server has all of it or closes it."""

    def __init__(self, body: Iterable[bytes], request: Request) -> None:
        self._body = body
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        yield from self._body
        self._request.end()

    def close(self) -> None:
        """Close the application's own body and count the request."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._request.end()
