"""Product events and JavaScript errors as the shop's pages send them, papers and deploys; now or in its past."""

import random
import uuid
from datetime import UTC, datetime
from typing import Any

from vedette.demo.story import WEB_RELEASE, WORKER_RELEASE, Action, Visit

_HOST = "https://shop.example"
_EXPORT_FAILS = 0.006
_JS_ERRORS = {
    "home": ("TypeError", "Cannot read properties of undefined (reading 'price')", "renderTeaser", "teaser.js", 88),
    "search": ("RangeError", "Invalid array length", "highlight", "search.js", 41),
    "product": ("TypeError", "gallery.next is not a function", "nextImage", "gallery.js", 132),
    "add_to_cart": ("TypeError", "Failed to fetch", "addToCart", "cart.js", 57),
    "signup": ("SyntaxError", "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON", "submit", "signup.js", 23),
    "checkout": ("TypeError", "Cannot read properties of null (reading 'iban')", "readForm", "checkout.js", 210),
}
_OLD_BROWSER_ERROR = ("TypeError", "items.at is not a function", "lastItem", "list.js", 12)


def product_events(
    visit: Visit, action: Action, at: datetime, *, status: int, amount: float | None = None
) -> list[dict[str, Any]]:
    """Return what a page reports of one step, in the form of `POST /api/events`."""
    person, product, step = visit.person, action.product, action.step
    common = {"device": person.device, "browser": person.browser, "country": person.country, "release": WEB_RELEASE}
    path = step.page.format(product_id=product.id)
    about = {"product": product.name, "category": product.category, "price": product.price}
    found: list[tuple[str, dict[str, Any]]] = []
    if step.name != "add_to_cart":
        found.append(("page_view", {"path": path}))
    if step.name == "search":
        found.append(("search", {"query": action.term}))
    elif step.name == "product":
        found.append(("product_viewed", about))
    elif step.name == "add_to_cart" and status < 400:
        found.append(("add_to_cart", about | {"quantity": action.quantity}))
    elif step.name == "signup" and status < 400:
        found.append(("signup", {"method": "email"}))
    elif step.name == "checkout":
        found.append(("checkout_started", about | {"payment_method": action.payment}))
        if status < 400:
            found.append(("order_completed", {"value": amount, "currency": "EUR", "quantity": action.quantity}))
            if action.payment == "invoice":
                found.append(("document_uploaded", {"kind": "purchase order"}))
        else:
            found.append(("payment_failed", {"status": status, "payment_method": action.payment}))
    return [
        {
            "id": str(uuid.uuid4()),
            "name": name,
            "timestamp": at.isoformat(),
            "distinct_id": person.id,
            "session_id": visit.session_id,
            "properties": common | properties,
        }
        for name, properties in found
    ]


def paper_events(order_id: str, payment: str, at_s: float, dice: random.Random) -> list[dict[str, Any]]:
    """Return what the worker says once an order has its invoice: who pays by invoice sent a purchase order to read."""
    found: list[tuple[str, dict[str, Any]]] = []
    if payment == "invoice":
        accuracy = round(min(dice.gauss(96.2, 1.8), 100), 1)
        found.append(("document_extracted", {"kind": "purchase order", "accuracy": accuracy}))
    status = "failed" if dice.random() < _EXPORT_FAILS else "ok"
    found.append(("document_exported", {"kind": "invoice", "status": status}))
    common = {"order": order_id, "service": "worker", "release": WORKER_RELEASE}
    at = datetime.fromtimestamp(at_s, UTC).isoformat()
    return [
        {"id": str(uuid.uuid4()), "name": name, "timestamp": at, "properties": common | properties}
        for name, properties in found
    ]


def deploy_event(service: str, release: str, at_s: float) -> dict[str, Any]:
    """Return what a pipeline says when a release is out, in the form of `POST /api/events`."""
    return {
        "id": str(uuid.uuid4()),
        "name": "deploy",
        "timestamp": datetime.fromtimestamp(at_s, UTC).isoformat(),
        "properties": {"service": service, "version": release, "environment": "production"},
    }


def javascript_error(visit: Visit, action: Action, at_s: float) -> dict[str, Any]:
    """Return an event as the Sentry SDK of browsers makes it."""
    person = visit.person
    kind, message, function, file, line = _OLD_BROWSER_ERROR if person.has_old_browser else _JS_ERRORS[action.step.name]
    path = action.step.page.format(product_id=action.product.id)
    frames = [
        {"filename": f"{_HOST}/assets/vendor.js", "function": "dispatch", "lineno": 2, "colno": 51820, "in_app": False},
        {"filename": f"{_HOST}/assets/app.js", "function": "onEvent", "lineno": 301, "colno": 14, "in_app": True},
        {"filename": f"{_HOST}/assets/{file}", "function": function, "lineno": line, "colno": 9, "in_app": True},
    ]
    return {
        "timestamp": at_s,
        "platform": "javascript",
        "level": "error",
        "release": f"shop-web@{WEB_RELEASE}",
        "environment": "production",
        "transaction": action.step.page,
        "user": {"id": person.id, "geo": {"country_code": person.country}},
        "tags": {"device": person.device, "page": action.step.name},
        "request": {"url": f"{_HOST}{path}", "headers": {"Referer": f"{_HOST}/"}},
        "contexts": {
            "browser": {"name": person.browser, "version": person.browser_version},
            "os": {"name": person.system},
        },
        "breadcrumbs": {
            "values": [
                {"timestamp": at_s - 2.4, "category": "navigation", "data": {"from": "/", "to": path}},
                {"timestamp": at_s - 0.6, "category": "ui.click", "message": f"button.{action.step.name}"},
            ]
        },
        "exception": {
            "values": [
                {
                    "type": kind,
                    "value": message,
                    "mechanism": {"type": "onerror", "handled": False},
                    "stacktrace": {"frames": frames},
                }
            ]
        },
    }
