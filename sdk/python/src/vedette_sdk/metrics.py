"""The metrics of a process and how they are offered."""

import gzip
import hmac
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final, Self
from weakref import WeakKeyDictionary

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from vedette_sdk.readings import Readings, Source
from vedette_sdk.requests import Requests

_log = logging.getLogger("vedette_sdk")

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

# Module of the framework, its application's class, the module here that knows it.
_FRAMEWORKS: Final = (
    ("starlette.applications", "Starlette", "vedette_sdk.starlette_app"),
    ("flask", "Flask", "vedette_sdk.flask_app"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answers to who asks for the metrics."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(slots=True)
class _Kept:
    """What all `Metrics` of one registry share: a registry takes a name once only."""

    requests: Requests
    readings: Readings
    buckets: tuple[float, ...]


_kept: "WeakKeyDictionary[CollectorRegistry, _Kept]" = WeakKeyDictionary()


@dataclass(slots=True)
class Metrics:
    """Count the requests of web applications, watch quotas and caches, offer all metrics of the registry.

    `path` is where the metrics are offered; with a `token` only to requests with `Authorization: Bearer <token>`.
    `buckets` are the upper bounds, in seconds, of the durations' histogram. The registry is the one in which
    prometheus_client's own metrics, and those an application makes with it, stand by default.
    """

    path: str = "/metrics"
    token: str = field(default="", repr=False)
    buckets: Sequence[float] = _SECONDS
    registry: CollectorRegistry = REGISTRY
    _mine: _Kept = field(init=False, repr=False)

    def __post_init__(self) -> None:
        buckets = tuple(float(each) for each in self.buckets)
        kept = _kept.get(self.registry)
        if kept is None:
            kept = _Kept(Requests(self.registry, buckets), Readings(), buckets)
            self.registry.register(kept.readings)
            _kept[self.registry] = kept
        elif kept.buckets != buckets:
            _log.warning("durations are counted already: their buckets stay %s", kept.buckets)
        self._mine = kept

    @property
    def requests(self) -> Requests:
        """The instruments of HTTP requests, for a framework that is not known here."""
        return self._mine.requests

    def instrument(self, app: Any) -> Self:
        """Count the requests of a FastAPI, Starlette or Flask application and offer the metrics in it.

        Call it before the application serves; raises TypeError for anything else.
        """
        for module, name, ours in _FRAMEWORKS:
            framework = sys.modules.get(module)
            if framework is not None and isinstance(app, getattr(framework, name)):
                import_module(ours).instrument(app, self)
                return self
        raise TypeError(f"a FastAPI, Starlette or Flask application is wanted, not {type(app).__qualname__}")

    def watch_quota(self, source: Source, provider: str = "") -> Self:
        """Offer a quota as gauges `quota_<figure>{provider}`, read whenever the metrics are asked for.

        The source is None (no such part: nothing happens), or a function. What it returns has, as keys or attributes,
        any of `requests_current_minute`, `rpm_limit`, `requests_today`, `rpd_limit`, `tokens_current_minute`,
        `tpm_limit`, `tokens_today`, `tpd_limit`; None leaves it out this time. A second source of a provider replaces
        the first.
        """
        self._mine.readings.watch("quota", provider, source)
        return self

    def watch_cache(self, source: Source, cache: str = "") -> Self:
        """Offer a cache as `cache_hits_total`, `cache_misses_total`, `cache_hit_rate` and `cache_entries{cache}`.

        The source is as in `watch_quota`; it returns what has any of `hits`, `misses`, `hit_rate` (0 to 1; worked out
        when it has the other two), `entries` or `currsize`: the `cache_info` of a function under `functools.lru_cache`
        is one.
        """
        self._mine.readings.watch("cache", cache, source)
        return self

    def answer(self, accept: str = "", accept_encoding: str = "", authorization: str = "") -> Answer:
        """Answer a request for the metrics, given the values of these headers."""
        if self.token and not hmac.compare_digest(authorization.encode(), f"Bearer {self.token}".encode()):
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("WWW-Authenticate", "Bearer")]
            return Answer(401, headers, b"These metrics need the header 'Authorization: Bearer <token>'.\n")
        encode, content_type = choose_encoder(accept)
        body = encode(self._asked())
        headers = [("Content-Type", content_type)]
        if "gzip" in accept_encoding.lower():
            body = gzip.compress(body, 1)
            headers.append(("Content-Encoding", "gzip"))
        return Answer(200, [*headers, ("Content-Length", str(len(body)))], body)

    def _asked(self) -> CollectorRegistry:
        """Return the registry to show: where several processes serve, the sums of all of them."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return self.registry
        joined = CollectorRegistry()
        MultiProcessCollector(joined)  # type: ignore[no-untyped-call]
        joined.register(self._mine.readings)
        return joined
