"""What is counted of HTTP requests."""

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary

UNMATCHED: Final = "unmatched"
CLOSED_BY_CLIENT: Final = 499  # the client went before there was an answer, as nginx counts it
_ENDPOINTS_AT_MOST: Final = 1000
_DIGITS_AT_MOST: Final = 18
_METHODS: Final = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"})

_log = logging.getLogger("vedette_sdk")


class Requests:
    """The instruments; every label has a bounded number of values, whatever clients send.

    A metric whose name the application has registered for itself is left to the application.
    """

    def __init__(self, registry: CollectorRegistry, buckets: Sequence[float]) -> None:
        where = ("method", "endpoint")
        self.answered = Counter("http_requests", "HTTP requests answered.", (*where, "status"), registry=None)
        self.seconds = Histogram(
            "http_request_duration_seconds", "Time to answer an HTTP request.", where, registry=None, buckets=buckets
        )
        self.open = Gauge(
            "http_requests_in_progress",
            "HTTP requests being answered.",
            ("method",),
            registry=None,
            multiprocess_mode="livesum",
        )
        self.received = Summary("http_request_size_bytes", "Size of bodies of HTTP requests.", where, registry=None)
        self.sent = Summary("http_response_size_bytes", "Size of bodies of HTTP responses.", where, registry=None)
        self.raised = Counter("http_exceptions", "Exceptions no handler took.", (*where, "exception"), registry=None)
        for each in (self.answered, self.seconds, self.open, self.received, self.sent, self.raised):
            try:
                registry.register(each)
            except ValueError as error:
                _log.warning("left to the application: %s", error)
        self._endpoints = {UNMATCHED}

    def start(self, method: str) -> "Request":
        """Count a request that begins."""
        return Request(self, method if method in _METHODS else "_OTHER")

    def known(self, endpoint: str) -> str:
        """Return the endpoint, or `other` when there are too many to tell apart."""
        if endpoint not in self._endpoints:
            if len(self._endpoints) >= _ENDPOINTS_AT_MOST:
                return "other"
            self._endpoints.add(endpoint)
        return endpoint


@dataclass(slots=True)
class Request:
    """One request on its way; sizes are in bytes, None where unknown."""

    _instruments: Requests
    method: str
    endpoint: str = UNMATCHED
    status: int = 0
    received: int | None = None
    sent: int | None = None
    exception: str = ""
    exemplar: dict[str, str] | None = None
    _began: float = field(default_factory=perf_counter)
    is_over: bool = False

    def __post_init__(self) -> None:
        self._instruments.open.labels(self.method).inc()

    def end(self) -> None:
        """Count it, once only; an error here is logged and never the application's."""
        if self.is_over:
            return
        self.is_over = True
        took = perf_counter() - self._began
        try:
            self._count(took)
        except Exception:  # noqa: BLE001 - the host's request goes on
            _log.exception("a request was not counted")

    def _count(self, took_s: float) -> None:
        counted = self._instruments
        counted.open.labels(self.method).dec()
        where = (self.method, counted.known(self.endpoint))
        counted.answered.labels(*where, str(self.status or 500)).inc(exemplar=self.exemplar)
        counted.seconds.labels(*where).observe(took_s, exemplar=self.exemplar)
        if self.received is not None:
            counted.received.labels(*where).observe(self.received)
        if self.sent is not None:
            counted.sent.labels(*where).observe(self.sent)
        if self.exception:
            counted.raised.labels(*where, self.exception).inc()


def size_in(content_length: str | bytes | None) -> int | None:
    """Read a Content-Length; None when there is none or it is not a number of that kind."""
    if not content_length or len(content_length) > _DIGITS_AT_MOST:
        return None
    return int(content_length) if content_length.isascii() and content_length.isdigit() else None


def exemplar_of_now() -> dict[str, str] | None:
    """Name the trace that is current, if OpenTelemetry is in use and keeps it."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    context = trace.get_current_span().get_span_context()
    if not context.is_valid or not context.trace_flags.sampled:
        return None
    return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
