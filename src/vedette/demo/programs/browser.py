"""The visitors' browsers: page spans that begin each trace, product events, JavaScript errors."""

import asyncio
import logging
import os
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import sentry_sdk
from opentelemetry import trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.trace import Span, Status, StatusCode
from sentry_sdk.types import Event

from vedette.demo.happenings import javascript_error, product_events
from vedette.demo.programs import telemetry
from vedette.demo.story import REQUESTS_PER_VISIT, Action, Visit, live_rhythm, visit

log = logging.getLogger("browser")
tracer = trace.get_tracer("browser")
JS_ERROR_SHARE, OLD_BROWSER_ERROR_SHARE = 0.004, 0.12
_MOST_EVENTS = 500


class Analytics:
    """Product events, sent every second or two; what cannot be sent waits, up to a bound."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._headers = url, {"X-Vedette-Key": key}
        self._waiting: list[dict[str, Any]] = []

    def add(self, events: list[dict[str, Any]]) -> None:
        """Note events."""
        self._waiting = [*self._waiting, *events][-_MOST_EVENTS:]

    async def run(self, http: httpx.AsyncClient) -> None:
        """Send for ever."""
        while True:
            await asyncio.sleep(1.5)
            events, self._waiting = self._waiting, []
            if not events:
                continue
            try:
                answer = await http.post(self._url, json=events, headers=self._headers)
                answer.raise_for_status()
            except httpx.HTTPError as error:
                log.warning("product events not sent: %s", error)
                self.add(events)


async def browse(shop: httpx.AsyncClient, analytics: Analytics, planned: Visit) -> None:
    """Live through one visit; people who meet an error leave."""
    for action in planned.actions:
        if not await _step(shop, analytics, planned, action):
            return
        await asyncio.sleep(random.lognormvariate(0.6, 0.6))


async def _step(shop: httpx.AsyncClient, analytics: Analytics, planned: Visit, action: Action) -> bool:
    step, person = action.step, planned.person
    attributes: dict[str, str] = {
        "url.path": step.page.format(product_id=action.product.id),
        "session.id": planned.session_id,
        "user.id": person.id,
        "browser.name": person.browser,
        "browser.version": person.browser_version,
        "device.type": person.device,
        "geo.country.iso_code": person.country,
    }
    with tracer.start_as_current_span(f"{step.name} {step.page}", attributes=attributes) as span:
        status, answer = await _request(shop, planned, action)
        if status >= 400:
            span.set_status(Status(StatusCode.ERROR, f"the shop answered {status}"))
        share = OLD_BROWSER_ERROR_SHARE if person.has_old_browser else JS_ERROR_SHARE
        if random.random() < share:
            _report(planned, action, span)
    analytics.add(product_events(planned, action, datetime.now(UTC), status=status, amount=answer.get("amount")))
    return status < 500


async def _request(shop: httpx.AsyncClient, planned: Visit, action: Action) -> tuple[int, Mapping[str, Any]]:
    path = action.step.route.format(product_id=action.product.id)
    body: dict[str, object] | None = None
    if action.step.method == "POST":
        body = {"product_id": action.product.id, "quantity": action.quantity, "payment_method": action.payment}
    try:
        answer = await shop.request(
            action.step.method,
            path,
            params={"q": action.term} if action.term else None,
            json=body,
            headers={"X-User-Id": planned.person.id},
        )
    except httpx.HTTPError as error:
        log.warning("%s %s: %s", action.step.method, path, str(error) or type(error).__name__)
        return 599, {}
    content = answer.json() if answer.is_success else {}
    return answer.status_code, content if isinstance(content, dict) else {}


def _report(planned: Visit, action: Action, span: Span) -> None:
    context = span.get_span_context()
    event = javascript_error(planned, action, time.time())
    event["contexts"]["trace"] = {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
    sentry_sdk.capture_event(cast("Event", event))


async def visit_for_ever(rate: float) -> None:
    """Send visitors; `rate` is requests per second on average."""
    background: set[asyncio.Task[None]] = set()
    async with (
        httpx.AsyncClient(base_url=os.environ["SHOP_URL"], timeout=10) as shop,
        httpx.AsyncClient(timeout=10) as plain,
    ):
        HTTPXClientInstrumentor.instrument_client(shop)
        analytics = Analytics(os.environ["EVENTS_URL"], os.environ["EVENTS_KEY"])
        sending = asyncio.create_task(analytics.run(plain))
        log.info("visitors are coming")
        while not sending.done():
            visitor = asyncio.create_task(browse(shop, analytics, visit(random.Random())))
            background.add(visitor)
            visitor.add_done_callback(background.discard)
            await asyncio.sleep(random.expovariate(rate * live_rhythm(time.time()) / REQUESTS_PER_VISIT))
        await sending


def main() -> None:
    """Run the browsers."""
    telemetry.begin("http", serves=False)
    asyncio.run(visit_for_ever(float(os.environ["DEMO_RATE"])))
