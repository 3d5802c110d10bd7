"""The shop's API: FastAPI, OTLP over HTTP, errors through sentry-sdk."""

import asyncio
import contextlib
import logging
import os
import random
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import httpx
import sentry_sdk
from fastapi import FastAPI, Header, HTTPException
from opentelemetry import metrics, propagate, trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from pydantic import BaseModel

from vedette.demo.programs import telemetry, web
from vedette.demo.programs.database import POOL_SIZE, Pool
from vedette.demo.programs.job_queue import JobQueue, connect
from vedette.demo.programs.kept_answers import KeptAnswers
from vedette.demo.programs.pricing import total
from vedette.demo.story import BY_ID, PRODUCTS, REVENUE_UNIT, Product

log = logging.getLogger("shop")
tracer = trace.get_tracer("shop")
INVOICE = "order.invoice"
JOBS = ("order.confirmation", INVOICE, "stock.update")
Who = Annotated[str, Header(alias="X-User-Id")]


class PaymentFailed(Exception):
    """The payment service could not charge an order."""


class CartItem(BaseModel):
    """What is put into a cart."""

    product_id: str
    quantity: int = 1


class Order(CartItem):
    """What is ordered, and how it is paid."""

    payment_method: str = "card"


class Shop:
    """The shop's API, one method per route."""

    def __init__(self, release: str, payments_url: str, jobs: JobQueue) -> None:
        meter = metrics.get_meter("shop")
        self._orders = meter.create_counter("shop.orders", "{order}", "Orders paid.")
        self._revenue = meter.create_counter("shop.revenue", REVENUE_UNIT, "What paid orders brought.")
        self._cart_items = meter.create_counter("shop.cart.items", "{item}", "Things put into carts.")
        self._release, self._jobs = release, jobs
        self._lists = KeptAnswers[list[dict[str, Any]]]("lists")
        self._stock, self._turns = Pool("stock", _connect), asyncio.Semaphore(POOL_SIZE)
        with self._stock.connection() as database:
            _fill(database)
        self._payments = httpx.AsyncClient(base_url=payments_url, timeout=6)

    def app(self) -> FastAPI:
        """Return the application."""
        app = FastAPI(title="shop", version=self._release, lifespan=self._lifespan)
        app.get("/api/products")(self.products)
        app.get("/api/search")(self.search)
        app.get("/api/products/{product_id}")(self.product)
        app.post("/api/cart/items", status_code=201)(self.add_to_cart)
        app.post("/api/signup", status_code=201)(self.signup)
        app.post("/api/checkout", status_code=201)(self.checkout)
        return app

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        log.info("shop %s started", self._release)
        yield
        await self._payments.aclose()
        log.info("shop %s stopped", self._release)

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[sqlite3.Connection]:
        """Lend a connection to a request, in turn when all are lent."""
        async with self._turns:
            with self._stock.connection() as database:
                yield database

    async def products(self, who: Who) -> list[dict[str, Any]]:
        """List what is sold."""
        _known(who)
        return await self._list("", "SELECT id, name, price FROM products ORDER BY name LIMIT 20")

    async def search(self, who: Who, q: str) -> list[dict[str, Any]]:
        """Find products by the first word of their name."""
        _known(who)
        word = q.split(maxsplit=1)[0]
        found = await self._list(word, "SELECT id, name, price FROM products WHERE name LIKE ?", f"%{word}%")
        if not found:
            log.warning("search for %r found nothing", q, extra={"search.query": q})
        return found

    async def _list(self, question: str, sql: str, *values: str) -> list[dict[str, Any]]:
        async def ask() -> list[dict[str, Any]]:
            async with self._session() as stock:
                return await _ask(stock, sql, *values)

        return await self._lists.get(question, time.time(), ask)

    async def product(self, who: Who, product_id: str) -> dict[str, Any]:
        """Show one product, and in which parts it can be paid."""
        _known(who)
        async with self._session() as stock:  # kept while the payment service answers, as frameworks do
            rows = await _ask(stock, "SELECT id, name, price, in_stock FROM products WHERE id = ?", product_id)
            if not rows:
                raise HTTPException(404, "no such product")
            plan = await self._payments.get(f"/instalments/{rows[0]['price']}")
            plan.raise_for_status()
        return rows[0] | {"instalments": plan.json()}

    async def add_to_cart(self, who: Who, item: CartItem) -> dict[str, str]:
        """Put a product into the cart."""
        _known(who)
        thing = _product(item.product_id)
        async with self._session() as stock:
            await _ask(stock, "UPDATE products SET reserved = reserved + 1 WHERE id = ?", thing.id)
        self._cart_items.add(item.quantity, {"product.category": thing.category})
        log.info("put %d of %s into the cart", item.quantity, thing.name, extra={"product.id": thing.id})
        return {"status": "added"}

    async def signup(self, who: Who) -> dict[str, str]:
        """Make an account."""
        _known(who)
        async with self._session() as stock:
            await _ask(stock, "INSERT INTO accounts (id) VALUES (?)", who)
        _enqueue(self._jobs, "account.welcome", {"user.id": who})
        log.info("account made for %s", who)
        return {"status": "created"}

    async def checkout(self, who: Who, order: Order) -> dict[str, Any]:
        """Charge an order and have it delivered."""
        _known(who)
        thing = _product(order.product_id)
        amount = total(thing, order.quantity, self._release)
        order_id = f"o-{random.getrandbits(40):010x}"
        trace.get_current_span().set_attributes({"order.id": order_id, "order.amount": amount})
        async with self._session() as stock:
            await _charge(self._payments, order_id, amount, order.payment_method)
            await _ask(stock, "UPDATE products SET in_stock = in_stock - ? WHERE id = ?", order.quantity, thing.id)
        labels = {"payment.method": order.payment_method}
        for name in JOBS:
            _enqueue(self._jobs, name, {"order.id": order_id, "product.id": thing.id, **labels})
        self._orders.add(1, labels)
        self._revenue.add(amount, labels)
        log.info("order %s paid: %.2f EUR", order_id, amount, extra={"order.id": order_id, "order.amount": amount})
        return {"order_id": order_id, "amount": amount}


async def _charge(payments: httpx.AsyncClient, order_id: str, amount: float, method: str) -> None:
    try:
        answer = await payments.post("/charges", json={"order_id": order_id, "amount": amount, "method": method})
    except httpx.TimeoutException as error:
        raise PaymentFailed("the payment service did not answer in time") from error
    if answer.status_code == 402:
        log.warning("order %s: the card was declined", order_id, extra={"order.id": order_id})
        raise HTTPException(402, "the card was declined")
    if not answer.is_success:
        log.warning("order %s could not be paid", order_id, extra={"order.id": order_id})
        raise PaymentFailed(f"the payment service answered {answer.status_code}")


def _known(who: str) -> None:
    trace.get_current_span().set_attribute("user.id", who)
    sentry_sdk.set_user({"id": who})


def _product(product_id: str) -> Product:
    if product_id not in BY_ID:
        raise HTTPException(404, "no such product")
    return BY_ID[product_id]


def _enqueue(jobs: JobQueue, name: str, payload: dict[str, str]) -> None:
    attributes = {"messaging.system": "sqlite", "messaging.destination.name": "jobs", "job.name": name}
    with tracer.start_as_current_span("send jobs", kind=trace.SpanKind.PRODUCER, attributes=attributes):
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        jobs.put(name, payload, carrier)


def _connect() -> sqlite3.Connection:
    database = sqlite3.connect("file:stock?mode=memory&cache=shared", isolation_level=None, uri=True)
    database.row_factory = sqlite3.Row
    return database


def _fill(database: sqlite3.Connection) -> None:
    database.execute("CREATE TABLE products (id PRIMARY KEY, name, price, in_stock, reserved)")
    database.execute("CREATE TABLE accounts (id)")
    rows = [(each.id, each.name, each.price, 5000, 0) for each in PRODUCTS]
    database.executemany("INSERT INTO products VALUES (?, ?, ?, ?, ?)", rows)


async def _ask(database: sqlite3.Connection, statement: str, *values: object) -> list[dict[str, Any]]:
    verb, table = statement.split(maxsplit=1)[0], "accounts" if "accounts" in statement else "products"
    attributes = {
        "db.system.name": "sqlite",
        "db.operation.name": verb,
        "db.collection.name": table,
        "db.query.text": statement,
    }
    with tracer.start_as_current_span(f"{verb} {table}", kind=trace.SpanKind.CLIENT, attributes=attributes):
        await asyncio.sleep(random.lognormvariate(-5.3, 0.6))
        return [dict(row) for row in database.execute(statement, values)]


def main() -> None:
    """Run the shop."""
    telemetry.begin("http")
    HTTPXClientInstrumentor().instrument()
    release = os.environ["SENTRY_RELEASE"].partition("@")[2]
    jobs = JobQueue(connect(Path(os.environ["DEMO_QUEUE"])))
    web.serve(Shop(release, os.environ["PAYMENTS_URL"], jobs).app())
