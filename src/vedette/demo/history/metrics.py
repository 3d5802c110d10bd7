"""The metrics the fleet's programs would have sent: cumulative counts of what happened, minute by minute."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_CUMULATIVE, Metric, ScopeMetrics
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from vedette.demo.history.day import Request
from vedette.demo.history.distributions import Distribution, FineDistribution, Labels
from vedette.demo.history.otlp import NS, Value, attributes, resource
from vedette.demo.history.traces import Told
from vedette.demo.programs.database import POOL_SIZE
from vedette.demo.programs.kept_answers import HitRate
from vedette.demo.programs.quota import CALLS_PER_MINUTE, MinuteCount
from vedette.demo.story import JOB_BOUNDS_S, PAYMENTS_RELEASE, REVENUE_UNIT, WORKER_RELEASE

# The bounds the SDK's instrumentation of HTTP uses.
_HTTP_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)


@dataclass(frozen=True, slots=True)
class _Instrument:
    service: str
    name: str
    unit: str
    help: str


_HTTP = "http.server.request.duration", "s", "Duration of HTTP server requests."
_SHOP_HTTP, _PAYMENTS_HTTP = _Instrument("shop", *_HTTP), _Instrument("payments", *_HTTP)
_ORDERS = _Instrument("shop", "shop.orders", "{order}", "Orders paid.")
_REVENUE = _Instrument("shop", "shop.revenue", REVENUE_UNIT, "What paid orders brought.")
_CART = _Instrument("shop", "shop.cart.items", "{item}", "Things put into carts.")
_GATEWAY = _Instrument("payments", "payments.gateway.duration", "s", "How long the gateway took.")
_CHARGES = _Instrument("payments", "payments.charges", "{charge}", "Charges by outcome.")
_JOB_DURATION = _Instrument("worker", "jobs.duration", "s", "How long jobs took.")
_JOB_WAIT = _Instrument("worker", "jobs.wait", "s", "How long jobs waited in the queue.")
_PROCESSED = _Instrument("worker", "jobs.processed", "{job}", "Jobs by outcome.")
_QUEUE = _Instrument("worker", "jobs.queue.length", "{job}", "Jobs that wait.")
_HIT_RATE = _Instrument("shop", "cache.hit_rate", "", "The part of questions answered from the cache.")
_CALLS = _Instrument("payments", "quota.requests.current_minute", "", "Calls since the minute began.")
_CALLS_LIMIT = _Instrument("payments", "quota.rpm.limit", "", "Calls a minute may have.")


class _Pool:
    """From when to when connections were lent, beside those that always are; `most` at once."""

    def __init__(self, service: str, *, always: int, most: int) -> None:
        self.count, self.max = (
            _Instrument(service, f"db.client.connection.{each}", "{connection}", help_)
            for each, help_ in (("count", "Connections by what they do."), ("max", "Connections there may be."))
        )
        self._always, self._most = always, most
        self._lent: list[tuple[float, float]] = []

    def lend(self, at_s: float, took_s: float) -> None:
        self._lent.append((at_s, at_s + took_s))

    def used(self, at_s: float) -> int:
        self._lent = [each for each in self._lent if each[1] > at_s]
        return min(self._always + sum(begin <= at_s for begin, _ in self._lent), self._most)


class Metrics:
    """Counts what is told and reads it out as requests."""

    def __init__(self, host: str, begin_s: float) -> None:
        self._host, self._begin_ns = host, int(begin_s * NS)
        self._sums: dict[tuple[_Instrument, Labels], float] = {}
        self._distributions: dict[tuple[_Instrument, Labels], Distribution] = {}
        self._gauges: dict[tuple[_Instrument, Labels], float] = {}
        self._fine: dict[tuple[_Instrument, Labels], FineDistribution] = {}
        self._pools = {
            "stock": _Pool("shop", always=0, most=POOL_SIZE),
            "jobs": _Pool("worker", always=1, most=2),
        }
        self._hit_rate, self._calls = HitRate(), MinuteCount()
        self._dice = random.Random(begin_s)
        self._release = ""
        self._begin()

    def _begin(self) -> None:
        self._request = ExportMetricsServiceRequest()
        self._scopes: dict[str, ScopeMetrics] = {}
        self.count = 0

    def note(self, request: Request, told: Told) -> None:
        """Count one request and what came of it."""
        step, action = request.action.step, request.action
        self._release = request.release
        self._http(_SHOP_HTTP, step.method, step.route, request.status, request.shop_s)
        self._pools["stock"].lend(request.at_s, request.database_s + request.payments_s)
        if step.name in ("home", "search"):
            self._hit_rate.ask(action.term, request.at_s)
        elif step.name == "product":
            self._calls.note(request.at_s)
            status = 500 if request.failure == "rates" else 200
            self._http(_PAYMENTS_HTTP, "GET", "/instalments/{amount}", status, request.payments_s)
        elif step.name == "add_to_cart":
            self._add(_CART, {"product.category": action.product.category}, action.quantity)
        elif step.name == "checkout" and request.failure != "pricing":
            self._calls.note(request.at_s)
            status = {"declined": 402, "gateway": 502}.get(request.failure, 201)
            self._http(_PAYMENTS_HTTP, "POST", "/charges", status, request.payments_s)
            key = _GATEWAY, (("gateway.provider", "cardnet"),)
            self._fine.setdefault(key, FineDistribution()).add(
                request.gateway_s, request.at_s + request.shop_s, (request.trace, told.payments_span)
            )
            outcome = {"declined": "declined", "gateway": "failed"}.get(request.failure, "paid")
            self._add(_CHARGES, {"outcome": outcome, "payment.method": action.payment}, 1)
            if not request.failure:
                self._add(_ORDERS, {"payment.method": action.payment}, 1)
                self._add(_REVENUE, {"payment.method": action.payment}, request.amount or 0)
        for job in told.jobs:
            self._pools["jobs"].lend(job.at_s - job.took_s, job.took_s)
            self._observe(_JOB_DURATION, {"job.name": job.name}, job.took_s, JOB_BOUNDS_S)
            self._observe(_JOB_WAIT, {"job.name": job.name}, job.waited_s, JOB_BOUNDS_S)
            self._add(_PROCESSED, {"job.name": job.name, "outcome": "done"}, 1)

    def read(self, at_s: float) -> None:
        """Read every instrument, as the SDK does every few seconds."""
        at_ns = int(at_s * NS)
        newsletter = max(0.0, 40 - (at_s % 600) / 0.3) if at_s % 600 < 12 else 0.0
        self._gauges[_QUEUE, (("queue", "jobs"),)] = math.floor(self._dice.expovariate(1.5) + newsletter)
        self._read_pools(at_s)
        self._read_cache_and_quota(at_s)
        for (instrument, labels), value in self._sums.items():
            data = self._metric(instrument).sum
            data.aggregation_temporality, data.is_monotonic = AGGREGATION_TEMPORALITY_CUMULATIVE, True
            data.data_points.add(
                time_unix_nano=at_ns,
                start_time_unix_nano=self._begin_ns,
                as_double=value,
                attributes=attributes(dict(labels)),
            )
        for (instrument, labels), each in self._distributions.items():
            each.read(self._metric(instrument).histogram, self._begin_ns, at_ns, labels)
        for (instrument, labels), fine in self._fine.items():
            fine.read(self._metric(instrument).exponential_histogram, self._begin_ns, at_ns, labels)
        for (instrument, labels), value in self._gauges.items():
            points = self._metric(instrument).gauge.data_points
            points.add(time_unix_nano=at_ns, as_double=value, attributes=attributes(dict(labels)))
        self.count += len(self._sums) + len(self._gauges) + 17 * len(self._distributions)

    def _read_pools(self, at_s: float) -> None:
        """Note what the pools say of themselves; a sum that may fall is kept as a gauge is."""
        for name, pool in self._pools.items():
            of, used = ("db.client.connection.pool.name", name), pool.used(at_s)
            for state, value in (("used", used), ("idle", POOL_SIZE - used)):
                self._gauges[pool.count, (of, ("db.client.connection.state", state))] = value
            self._gauges[pool.max, (of,)] = POOL_SIZE

    def _read_cache_and_quota(self, at_s: float) -> None:
        cache = _HIT_RATE, (("cache", "lists"),)
        self._gauges.pop(cache, None)
        if (rate := self._hit_rate.read()) is not None:
            self._gauges[cache] = rate
        provider = ("provider", "cardnet")
        self._gauges[_CALLS, (provider,)] = self._calls.read(at_s - 1)  # of a minute that is over
        self._gauges[_CALLS_LIMIT, (provider,)] = CALLS_PER_MINUTE

    def take(self) -> bytes:
        """Return what was read and begin another request."""
        body = self._request.SerializeToString()
        self._begin()
        return body

    def _http(self, instrument: _Instrument, method: str, route: str, status: int, took_s: float) -> None:
        labels: dict[str, Value] = {
            "http.request.method": method,
            "url.scheme": "http",
            "network.protocol.version": "1.1",
            "http.response.status_code": status,
            "http.route": route,
        }
        if status >= 500:
            labels["error.type"] = str(status)
        self._observe(instrument, labels, took_s, _HTTP_BOUNDS)

    def _add(self, instrument: _Instrument, labels: Mapping[str, Value], value: float) -> None:
        key = (instrument, tuple(labels.items()))
        self._sums[key] = self._sums.get(key, 0) + value

    def _observe(
        self, instrument: _Instrument, labels: Mapping[str, Value], value: float, bounds: tuple[float, ...]
    ) -> None:
        self._distributions.setdefault((instrument, tuple(labels.items())), Distribution(bounds)).add(value)

    def _metric(self, instrument: _Instrument) -> Metric:
        if instrument.service not in self._scopes:
            within = self._request.resource_metrics.add(resource=self._resource(instrument.service))
            self._scopes[instrument.service] = within.scope_metrics.add()
        return self._scopes[instrument.service].metrics.add(
            name=instrument.name, unit=instrument.unit, description=instrument.help
        )

    def _resource(self, service: str) -> Resource:
        release = {"payments": PAYMENTS_RELEASE, "worker": WORKER_RELEASE}.get(service, self._release)
        return resource(service, release, self._host)
