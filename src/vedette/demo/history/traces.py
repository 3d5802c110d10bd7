"""One request of the past as the spans and log records its programs would have written."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from vedette.demo.history.day import Request
from vedette.demo.history.otlp import Logs, Spans, Value
from vedette.demo.programs.shop import JOBS
from vedette.demo.story import PAYMENTS_RELEASE, WEB_RELEASE, WORKER_RELEASE

_INTERNAL, _SERVER, _CLIENT = Span.SPAN_KIND_INTERNAL, Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT
_PRODUCER, _CONSUMER = Span.SPAN_KIND_PRODUCER, Span.SPAN_KIND_CONSUMER
_STATEMENTS = {
    "home": ("SELECT products", "SELECT id, name, price FROM products ORDER BY name LIMIT 20"),
    "search": ("SELECT products", "SELECT id, name, price FROM products WHERE name LIKE ?"),
    "product": ("SELECT products", "SELECT id, name, price, in_stock FROM products WHERE id = ?"),
    "add_to_cart": ("UPDATE products", "UPDATE products SET reserved = reserved + 1 WHERE id = ?"),
    "signup": ("INSERT accounts", "INSERT INTO accounts (id) VALUES (?)"),
    "checkout": ("UPDATE products", "UPDATE products SET in_stock = in_stock - ? WHERE id = ?"),
}
_JOB_S = {"order.confirmation": 0.12, "order.invoice": 0.45, "stock.update": 0.05, "account.welcome": 0.1}


@dataclass(frozen=True, slots=True)
class JobDone:
    """A job that followed a request."""

    name: str
    at_s: float
    waited_s: float
    took_s: float


@dataclass(frozen=True, slots=True)
class Told:
    """What else came of a request: where its errors belong, and its jobs."""

    shop_span: int
    browser_span: int
    payments_span: int
    order_id: str
    jobs: tuple[JobDone, ...]


def tell(request: Request, spans: Spans, logs: Logs) -> Told:
    """Add the spans and log records of a request."""
    dice = random.Random(request.trace)
    return _Telling(request, dice, spans, logs).tell()


class _Telling:
    def __init__(self, request: Request, dice: random.Random, spans: Spans, logs: Logs) -> None:
        self._request, self._dice, self._spans, self._logs = request, dice, spans, logs
        self._shop = ("shop", request.release)
        self._payments = ("payments", PAYMENTS_RELEASE)
        self._ids = iter(lambda: dice.getrandbits(63) | 1, 0)
        self._order_id = f"o-{dice.getrandbits(40):010x}"

    def tell(self) -> Told:
        request = self._request
        step, person = request.action.step, request.visit.person
        page, call, served = next(self._ids), next(self._ids), next(self._ids)
        path = step.route.format(product_id=request.action.product.id)
        error = f"the shop answered {request.status}" if request.status >= 400 else None
        whole = request.shop_s + request.network_s
        web = ("shop-web", WEB_RELEASE)
        self._span(
            web, f"{step.name} {step.page}", _INTERNAL, (page, 0), (0, whole + 0.004),
            {
                "url.path": step.page.format(product_id=request.action.product.id),
                "session.id": request.visit.session_id,
                "user.id": person.id,
                "browser.name": person.browser,
                "browser.version": person.browser_version,
                "device.type": person.device,
                "geo.country.iso_code": person.country,
            },
            error,
        )  # fmt: skip
        http: dict[str, Value] = {"http.request.method": step.method, "http.response.status_code": request.status}
        url: dict[str, Value] = {"url.full": f"http://shop{path}"}
        self._span(web, step.method, _CLIENT, (call, page), (0.001, whole), http | url, error)
        begin = 0.001 + request.network_s / 2
        self._span(
            self._shop, f"{step.method} {step.route}", _SERVER, (served, call), (begin, request.shop_s),
            http | {"http.route": step.route, "url.path": path, "url.scheme": "http", "user.id": person.id},
            "" if request.status >= 500 else None,
        )  # fmt: skip
        payments = self._shop_works(served, begin + 0.001)
        jobs = tuple(self._jobs(served, begin + request.shop_s))
        self._log_shop(served, begin + request.shop_s)
        return Told(served, page, payments, self._order_id, jobs)

    def _span(
        self,
        service: tuple[str, str],
        name: str,
        kind: Span.SpanKind.ValueType,
        ids: tuple[int, int],
        times_s: tuple[float, float],
        values: dict[str, Value],
        error: str | None = None,
    ) -> Span:
        """Add a span; `times_s` are when it began after the request and how long it took."""
        at = (self._request.at_s + times_s[0], times_s[1])
        return self._spans.add(service, name, kind, (self._request.trace, *ids), at, values, error=error)

    def _shop_works(self, parent: int, begin: float) -> int:
        request, name = self._request, self._request.action.step.name
        payments = 0
        if name == "checkout" and request.failure != "pricing":
            payments = self._payment(parent, begin)
            begin += request.payments_s
        if request.database_s and not (name == "checkout" and request.failure):
            title, statement = _STATEMENTS[name]
            verb, table = title.split()
            self._span(
                self._shop, title, _CLIENT, (next(self._ids), parent), (begin, request.database_s),
                {
                    "db.system.name": "sqlite",
                    "db.operation.name": verb,
                    "db.collection.name": table,
                    "db.query.text": statement,
                },
            )  # fmt: skip
        if name == "product":
            payments = self._instalments(parent, begin + request.database_s)
        return payments

    def _instalments(self, parent: int, begin: float) -> int:
        call, served, took = next(self._ids), next(self._ids), self._request.payments_s
        path = f"/instalments/{self._request.action.product.price}"
        fails = self._request.failure == "rates"
        error = "" if fails else None
        http: dict[str, Value] = {"http.request.method": "GET", "http.response.status_code": 500 if fails else 200}
        url: dict[str, Value] = {"url.full": f"http://payments{path}"}
        self._span(self._shop, "GET", _CLIENT, (call, parent), (begin, took), http | url, error)
        self._span(
            self._payments, "GET /instalments/{amount}", _SERVER,
            (served, call), (begin + 0.0008, took - 0.001),
            http | {"http.route": "/instalments/{amount}", "url.path": path, "url.scheme": "http"},
            error,
        )  # fmt: skip
        return served

    def _payment(self, parent: int, begin: float) -> int:
        request = self._request
        call, served, gateway = next(self._ids), next(self._ids), next(self._ids)
        status = {"declined": 402, "gateway": 502}.get(request.failure, 201)
        http: dict[str, Value] = {"http.request.method": "POST", "http.response.status_code": status}
        error = "" if status >= 400 else None
        took = request.payments_s
        url: dict[str, Value] = {"url.full": "http://payments/charges"}
        self._span(self._shop, "POST", _CLIENT, (call, parent), (begin, took), http | url, error)
        self._span(
            self._payments, "POST /charges", _SERVER, (served, call), (begin + 0.0008, took - 0.001),
            http | {"http.route": "/charges", "url.path": "/charges", "url.scheme": "http"},
            "" if status >= 500 else None,
        )  # fmt: skip
        self._span(
            self._payments, "POST cardnet", _CLIENT, (gateway, served), (begin + 0.0012, request.gateway_s),
            {
                "server.address": "gateway.cardnet.example",
                "http.request.method": "POST",
                "payment.amount": request.amount or 0.0,
                "payment.method": request.action.payment,
            },
            "503 from cardnet" if request.failure == "gateway" else None,
        )  # fmt: skip
        at, ids = request.at_s + begin + took - 0.001, (request.trace, served)
        order = {"order.id": self._order_id}
        severity, text = {
            "gateway": (
                "WARNING",
                f"charge of order {self._order_id} failed: cardnet answered 503 Service Unavailable",
            ),
            "declined": ("WARNING", f"charge of order {self._order_id} declined by the bank"),
        }.get(request.failure, ("INFO", f"charged {request.amount:.2f} EUR for order {self._order_id}"))
        self._logs.add(self._payments, severity, text, at, ids, order)
        return served

    def _jobs(self, parent: int, begin: float) -> Iterator[JobDone]:
        request, step = self._request, self._request.action.step.name
        names = JOBS if step == "checkout" else ("account.welcome",) if step == "signup" else ()
        if request.failure:
            return
        waited = self._dice.expovariate(3)
        for name in names:
            sent, done = next(self._ids), next(self._ids)
            about: dict[str, Value] = {
                "messaging.system": "sqlite",
                "messaging.destination.name": "jobs",
                "job.name": name,
            }
            self._span(self._shop, "send jobs", _PRODUCER, (sent, parent), (begin - 0.0006, 0.0002), about)
            took = _JOB_S[name] * self._dice.lognormvariate(0, 0.4)
            worker = ("worker", WORKER_RELEASE)
            order: dict[str, Value] = {"order.id": self._order_id}
            at = (begin + waited, took)
            span = self._span(worker, f"process {name}", _CONSUMER, (done, sent), at, about | order)
            span.links.add(trace_id=request.trace.to_bytes(16, "big"), span_id=sent.to_bytes(8, "big"))
            ended = request.at_s + begin + waited + took
            self._logs.add(worker, "INFO", f"job {name} done", ended, (request.trace, done), order)
            yield JobDone(name, ended, waited, took)
            waited += took

    def _log_shop(self, span: int, ended: float) -> None:
        request, action = self._request, self._request.action
        path = action.step.route.format(product_id=action.product.id)
        access = f'127.0.0.1:{50000 + span % 9000} - "{action.step.method} {path} HTTP/1.1" {request.status}'
        self._logs.add(self._shop, "INFO", access, request.at_s + ended, (request.trace, span))
        name, order = action.step.name, {"order.id": self._order_id}
        said: tuple[str, str, dict[str, str]] | None = None
        if name == "add_to_cart":
            text = f"put {action.quantity} of {action.product.name} into the cart"
            said = "INFO", text, {"product.id": action.product.id}
        elif name == "signup":
            said = "INFO", f"account made for {request.visit.person.id}", {}
        elif name == "search" and action.term in {"rain jacket", "backpack"}:
            said = "WARNING", f"search for {action.term!r} found nothing", {"search.query": action.term}
        elif name == "checkout" and not request.failure:
            said = "INFO", f"order {self._order_id} paid: {request.amount:.2f} EUR", order
        elif request.failure == "declined":
            said = "WARNING", f"order {self._order_id}: the card was declined", order
        elif request.failure == "gateway":
            said = "WARNING", f"order {self._order_id} could not be paid", order
        elif request.failure == "pricing":
            text = f"PricingRuleMissing: no pricing rule for category {action.product.category!r}"
            said = "ERROR", text, {"exception.type": "PricingRuleMissing"}
        if said:
            severity, body, values = said
            self._logs.add(self._shop, severity, body, request.at_s + ended, (request.trace, span), values)
