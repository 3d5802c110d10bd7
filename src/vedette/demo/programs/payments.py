"""The payment service: FastAPI, OTLP over gRPC. Its gateway is slow at times and fails at times."""

import asyncio
import logging
import random
import time

import sentry_sdk
from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import JSONResponse
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.trace import Status, StatusCode
from pydantic import BaseModel

from vedette.demo.programs import telemetry, web
from vedette.demo.programs.quota import Quota
from vedette.demo.story import SLOW_INSTALMENTS_S, is_gateway_failing, is_gateway_slow

log = logging.getLogger("payments")
tracer = trace.get_tracer("payments")
DECLINED_SHARE = 0.03
# Buckets that fit themselves to what is measured.
_FINE = View(instrument_name="payments.gateway.duration", aggregation=ExponentialBucketHistogramAggregation())


class GatewayError(Exception):
    """The card gateway refused to work."""


class RatesMissing(Exception):
    """The gateway did not say what instalments cost."""


class Charge(BaseModel):
    """What to take from whom."""

    order_id: str
    amount: float
    method: str


def create_app() -> FastAPI:
    """Return the service's API."""
    meter = metrics.get_meter("payments")
    duration = meter.create_histogram("payments.gateway.duration", "s", "How long the gateway took.")
    charges = meter.create_counter("payments.charges", "{charge}", "Charges by outcome.")
    quota = Quota("cardnet")
    app = FastAPI(title="payments")

    @app.get("/instalments/{amount}")
    async def instalments(amount: float) -> list[dict[str, float]]:
        quota.use()
        now = time.time()
        extra = random.uniform(*SLOW_INSTALMENTS_S) if is_gateway_slow(now) else 0
        await asyncio.sleep(random.lognormvariate(-5, 0.5) + extra)
        if is_gateway_failing(now) and random.random() < 0.5:
            raise RatesMissing("cardnet sent no rates")
        return [{"months": months, "rate": round(amount / months * 1.02, 2)} for months in (3, 6, 12)]

    @app.post("/charges")
    async def charge(request: Charge) -> Response:
        began, outcome = time.perf_counter(), "paid"
        quota.use()
        try:
            await _gateway(request)
            if random.random() < DECLINED_SHARE:
                outcome = "declined"
                log.warning("charge of order %s declined by the bank", request.order_id)
                raise HTTPException(402, "declined")
        except GatewayError as error:
            outcome = "failed"
            sentry_sdk.capture_exception(error)
            log.warning("charge of order %s failed: %s", request.order_id, error, extra={"order.id": request.order_id})
            return JSONResponse({"detail": "the gateway failed"}, 502)
        finally:
            duration.record(time.perf_counter() - began, {"gateway.provider": "cardnet"})
            charges.add(1, {"outcome": outcome, "payment.method": request.method})
        log.info("charged %.2f EUR for order %s", request.amount, request.order_id)
        return JSONResponse({"status": outcome}, 201)

    return app


async def _gateway(request: Charge) -> None:
    attributes: dict[str, str | float] = {
        "server.address": "gateway.cardnet.example",
        "http.request.method": "POST",
        "payment.amount": request.amount,
        "payment.method": request.method,
    }
    with tracer.start_as_current_span("POST cardnet", kind=trace.SpanKind.CLIENT, attributes=attributes) as span:
        now = time.time()
        extra = random.uniform(0.9, 2.6) if is_gateway_slow(now) else 0
        await asyncio.sleep(random.lognormvariate(-2.6, 0.4) + extra)
        if is_gateway_failing(now) and random.random() < 0.8:
            span.set_status(Status(StatusCode.ERROR, "503 from cardnet"))
            raise GatewayError("cardnet answered 503 Service Unavailable")


def main() -> None:
    """Run the payment service."""
    telemetry.begin("grpc", views=[_FINE])
    web.serve(create_app())
