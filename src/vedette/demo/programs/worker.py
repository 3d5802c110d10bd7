"""The background worker: jobs from the queue, spans that continue and link to whoever asked, metrics of the queue."""

import logging
import os
import random
import sqlite3
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import sentry_sdk
from opentelemetry import metrics, propagate, trace
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

from vedette.demo import events
from vedette.demo.happenings import paper_events
from vedette.demo.programs import telemetry
from vedette.demo.programs.database import Pool
from vedette.demo.programs.job_queue import Job, JobQueue, connect
from vedette.demo.story import JOB_BOUNDS_S

log = logging.getLogger("worker")
tracer = trace.get_tracer("worker")
NEWSLETTER_EVERY_S, NEWSLETTER_SIZE = 600, 40
# Seconds a job takes: middle and spread.
_TAKES = {
    "order.confirmation": (0.12, 0.4),
    "order.invoice": (0.45, 0.5),
    "stock.update": (0.05, 0.3),
    "account.welcome": (0.1, 0.4),
    "newsletter.send": (0.3, 0.3),
}


class MailboxFull(Exception):
    """A mail came back."""


class Worker:
    """Takes one job after the other."""

    def __init__(self, path: Path) -> None:
        self._pool = Pool("jobs", partial(connect, path))
        self._jobs = JobQueue(self._pool.borrow())  # one connection is always with the queue
        with self._pool.connection() as database:
            database.execute("CREATE TABLE IF NOT EXISTS last_runs (name TEXT PRIMARY KEY, at_s REAL)")
        meter = metrics.get_meter("worker")
        self._duration = meter.create_histogram(
            "jobs.duration", "s", "How long jobs took.", explicit_bucket_boundaries_advisory=JOB_BOUNDS_S
        )
        self._wait = meter.create_histogram(
            "jobs.wait", "s", "How long jobs waited in the queue.", explicit_bucket_boundaries_advisory=JOB_BOUNDS_S
        )
        self._processed = meter.create_counter("jobs.processed", "{job}", "Jobs by outcome.")
        meter.create_observable_gauge("jobs.queue.length", [self._length], "{job}", "Jobs that wait.")
        self._newsletter = int(time.time() // NEWSLETTER_EVERY_S)

    def run(self) -> None:
        """Work until told to stop."""
        log.info("worker started")
        while True:
            self._plan()
            job = self._jobs.take()
            if job is None:
                time.sleep(0.25)
            else:
                self._do(job)

    def _length(self, _: CallbackOptions) -> Iterable[Observation]:
        yield Observation(self._jobs.length(), {"queue": "jobs"})

    def _plan(self) -> None:
        turn = int(time.time() // NEWSLETTER_EVERY_S)
        if turn == self._newsletter:
            return
        self._newsletter = turn
        with tracer.start_as_current_span("plan newsletter", kind=SpanKind.PRODUCER):
            log.info("newsletter planned for %d people", NEWSLETTER_SIZE)
            carrier: dict[str, str] = {}
            propagate.inject(carrier)
            for _ in range(NEWSLETTER_SIZE):
                self._jobs.put("newsletter.send", {}, carrier)

    def _do(self, job: Job) -> None:
        parent = propagate.extract(job.carrier)
        asked_by = trace.get_current_span(parent).get_span_context()
        began, outcome = time.perf_counter(), "done"
        self._wait.record(time.time() - job.queued_at_s, {"job.name": job.name})
        with tracer.start_as_current_span(
            f"process {job.name}",
            parent,
            SpanKind.CONSUMER,
            {"messaging.system": "sqlite", "messaging.destination.name": "jobs", "job.name": job.name, **job.payload},
            [Link(asked_by)] if asked_by.is_valid else None,
            record_exception=False,
        ) as span:
            try:
                with self._pool.connection() as database:
                    self._work(job, database)
                log.info("job %s done", job.name, extra={"job.id": job.id, **job.payload})
            except MailboxFull as error:
                outcome = "failed"
                span.record_exception(error)
                span.set_status(Status(StatusCode.ERROR, str(error)))
                sentry_sdk.capture_exception(error)
                log.warning("job %s failed: %s", job.name, error, extra={"job.id": job.id})
        self._duration.record(time.perf_counter() - began, {"job.name": job.name})
        self._processed.add(1, {"job.name": job.name, "outcome": outcome})

    def _work(self, job: Job, database: sqlite3.Connection) -> None:
        middle, spread = _TAKES.get(job.name, (0.1, 0.3))
        time.sleep(min(middle * random.lognormvariate(0, spread), 3))
        database.execute("INSERT OR REPLACE INTO last_runs VALUES (?, ?)", (job.name, time.time()))
        if job.name in {"order.confirmation", "newsletter.send"} and random.random() < 0.015:
            raise MailboxFull("552 mailbox is full")
        if job.name == "order.invoice":
            _report(job)


def _report(job: Job) -> None:
    found = paper_events(job.payload["order.id"], job.payload.get("payment.method", ""), time.time(), random.Random())
    try:
        events.send(os.environ["EVENTS_URL"], os.environ["EVENTS_KEY"], found)
    except OSError as error:
        log.warning("events of order %s not sent: %s", job.payload["order.id"], error)


def main() -> None:
    """Run the worker."""
    telemetry.begin("http", serves=False)
    Worker(Path(os.environ["DEMO_QUEUE"])).run()
