"""Errors of the past as the Sentry SDK of Python would have sent them, with frames of the programs' real source."""

import inspect
import json
import random
import uuid
from datetime import UTC, datetime
from functools import cache
from types import ModuleType
from typing import Any

import sentry_sdk

from vedette.demo.happenings import javascript_error
from vedette.demo.history.day import Request
from vedette.demo.history.traces import Told
from vedette.demo.programs import payments, pricing, shop
from vedette.demo.story import PAYMENTS_RELEASE

_CONTEXT = 5
_SHOP, _PAYMENTS = shop.__name__, payments.__name__
Frame = dict[str, Any]


def errors_of(request: Request, told: Told, host: str) -> list[dict[str, Any]]:
    """Return the error events of a request."""
    found = []
    ended = request.at_s + request.shop_s + request.network_s / 2
    if request.failure == "pricing":
        frames = [_frame(shop, "total(thing"), _frame(pricing, "raise PricingRuleMissing")]
        value = f"no pricing rule for category {request.action.product.category!r}"
        error = _exception("PricingRuleMissing", value, "vedette.demo.programs.pricing", frames, handled=False)
        found.append(_event(request, "shop", request.release, told.shop_span, ended, host, error))
    elif request.failure == "gateway":
        frames = [_frame(shop, "await _charge("), _frame(shop, "raise PaymentFailed(f")]
        value = "the payment service answered 502"
        error = _exception("PaymentFailed", value, _SHOP, frames, handled=False)
        found.append(_event(request, "shop", request.release, told.shop_span, ended, host, error))
        frames = [_frame(payments, "await _gateway("), _frame(payments, "raise GatewayError(")]
        value = "cardnet answered 503 Service Unavailable"
        error = _exception("GatewayError", value, _PAYMENTS, frames, handled=True)
        found.append(_event(request, "payments", PAYMENTS_RELEASE, told.payments_span, ended - 0.001, host, error))
    elif request.failure == "rates":
        path = f"/instalments/{request.action.product.price}"
        frames = [_frame(shop, "plan.raise_for_status()")]
        value = f"Server error '500 Internal Server Error' for url 'http://payments{path}'"
        error = _exception("HTTPStatusError", value, "httpx", frames, handled=False)
        found.append(_event(request, "shop", request.release, told.shop_span, ended, host, error))
        frames = [_frame(payments, "raise RatesMissing(")]
        error = _exception("RatesMissing", "cardnet sent no rates", _PAYMENTS, frames, handled=False)
        found.append(_event(request, "payments", PAYMENTS_RELEASE, told.payments_span, ended - 0.001, host, error))
    if request.javascript_fails:
        event = javascript_error(request.visit, request.action, request.at_s + 0.2)
        event["contexts"]["trace"] = _trace(request, told.browser_span)
        found.append(event | {"event_id": _event_id(request, "javascript")})
    return found


def envelope(event: dict[str, Any], dsn: str) -> bytes:
    """Return an envelope with one event. Source: https://develop.sentry.dev/sdk/foundations/transport/envelopes/."""
    head = {"event_id": event["event_id"], "dsn": dsn, "sent_at": datetime.now(UTC).isoformat()}
    return b"\n".join(json.dumps(each).encode() for each in (head, {"type": "event"}, event))


def _event(
    request: Request, service: str, release: str, span: int, at_s: float, host: str, error: dict[str, Any]
) -> dict[str, Any]:
    step = request.action.step
    is_shop = service == "shop"
    route = step.route if is_shop else "/instalments/{amount}" if request.failure == "rates" else "/charges"
    path = route.format(product_id=request.action.product.id, amount=request.action.product.price)
    return {
        "event_id": _event_id(request, service),
        "timestamp": at_s,
        "platform": "python",
        "level": "error",
        "release": f"{service}@{release}",
        "environment": "production",
        "server_name": host,
        "transaction": route,
        "user": {"id": request.visit.person.id} if is_shop else {},
        "request": {
            "method": step.method,
            "url": f"http://{service}{path}",
            "headers": {"content-type": "application/json", "x-user-id": request.visit.person.id},
        },
        "contexts": {
            "trace": _trace(request, span),
            "runtime": {"name": "CPython", "version": "3.11.7"},
        },
        "breadcrumbs": {
            "values": [
                {
                    "timestamp": at_s - 0.02,
                    "type": "http",
                    "category": "httplib",
                    "data": {"url": "http://payments/charges", "method": "POST"},
                }
            ]
            if is_shop and request.payments_s
            else []
        },
        "sdk": {"name": "sentry.python.fastapi", "version": sentry_sdk.VERSION},
        "exception": {"values": [error]},
    }


def _exception(kind: str, value: str, module: str, frames: list[Frame], *, handled: bool) -> dict[str, Any]:
    mechanism = {"type": "generic" if handled else "starlette", "handled": handled}
    stacktrace = {"frames": frames}
    return {"type": kind, "value": value, "module": module, "mechanism": mechanism, "stacktrace": stacktrace}


def _trace(request: Request, span: int) -> dict[str, str]:
    return {"trace_id": f"{request.trace:032x}", "span_id": f"{span:016x}"}


def _event_id(request: Request, kind: str) -> str:
    return uuid.UUID(int=random.Random(f"{request.trace}-{kind}").getrandbits(128)).hex


@cache
def _frame(module: ModuleType, fragment: str) -> Frame:
    """Return the frame of the line of a module that holds a fragment."""
    lines = inspect.getsource(module).splitlines()
    number = next(number for number, line in enumerate(lines) if fragment in line)
    path = module.__name__.replace(".", "/") + ".py"
    return {
        "module": module.__name__,
        "filename": path,
        "abs_path": f"/srv/{path}",
        "function": _function_around(lines, number),
        "lineno": number + 1,
        "context_line": lines[number],
        "pre_context": lines[max(number - _CONTEXT, 0) : number],
        "post_context": lines[number + 1 : number + 1 + _CONTEXT],
        "in_app": True,
    }


def _function_around(lines: list[str], number: int) -> str:
    indent = len(lines[number]) - len(lines[number].lstrip())
    for line in reversed(lines[:number]):
        text = line.lstrip()
        if len(line) - len(text) < indent and text.startswith(("def ", "async def ")):
            return text.removeprefix("async ").removeprefix("def ").partition("(")[0]
    return "<module>"
