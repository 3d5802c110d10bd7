"""Tell the past of the demo shop, once; an interrupted telling goes on where it stopped."""

import json
import os
import random
import socket
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from vedette.demo.happenings import deploy_event, paper_events, product_events
from vedette.demo.history import progress
from vedette.demo.history.day import Past
from vedette.demo.history.errors import envelope, errors_of
from vedette.demo.history.machine import Machine
from vedette.demo.history.metrics import Metrics
from vedette.demo.history.otlp import Logs, Spans
from vedette.demo.history.sender import Sender
from vedette.demo.history.traces import tell
from vedette.demo.programs.shop import INVOICE

_PROTOBUF, _JSON = "application/x-protobuf", "application/json"
_MOST_SPANS, _MOST_LOGS, _MOST_EVENTS, _MOST_SAMPLES = 8192, 8192, 1000, 10_000
_PARTS = 24
# The past is told with fewer requests than the fleet makes now: it has to be there within seconds.
_SHARE = 0.5
# Between two readings of the metrics; queries look back five minutes, so lines stay whole.
_READING_S = 120


class Telling:
    """Everything one past leaves behind, on its way to the server."""

    def __init__(self, sender: Sender, key: str, dsn: str, begin_s: float) -> None:
        self._sender, self._key, self._dsn = sender, key, dsn
        self._host = socket.gethostname()
        self._spans, self._logs = Spans(self._host), Logs(self._host)
        self._metrics = Metrics(self._host, begin_s)
        self._events: list[dict[str, Any]] = []

    def tell(self, past: Past, begin_s: float, end_s: float, *, is_silent: bool) -> None:
        """Tell a part of the past; a silent part was sent before and is only counted."""
        next_reading = begin_s + _READING_S
        if not is_silent:
            self._events += [deploy_event("shop", release, at_s) for at_s, release in past.deploys(begin_s, end_s)]
        for request in sorted(past.requests(begin_s, end_s), key=lambda each: each.at_s):
            while request.at_s >= next_reading and next_reading < end_s:
                self._read(next_reading, is_silent=is_silent)
                next_reading += _READING_S
            told = tell(request, self._spans, self._logs)
            self._metrics.note(request, told)
            if not is_silent:
                for event in errors_of(request, told, self._host):
                    self._send_error(event)
                at = datetime.fromtimestamp(request.at_s, UTC)
                self._events += product_events(
                    request.visit, request.action, at, status=request.status, amount=request.amount
                )
                for job in told.jobs:
                    if job.name == INVOICE:
                        dice = random.Random(request.trace)
                        self._events += paper_events(told.order_id, request.action.payment, job.at_s, dice)
            self._flush(is_silent=is_silent)
        self._read(end_s, is_silent=is_silent)
        self._flush(is_silent=is_silent, everything=True)

    def _read(self, at_s: float, *, is_silent: bool) -> None:
        if not is_silent:
            self._metrics.read(at_s)

    def _flush(self, *, is_silent: bool, everything: bool = False) -> None:
        otlp = {"Content-Type": _PROTOBUF, "Authorization": f"Bearer {self._key}"}
        for source, path, most in (
            (self._spans, "/v1/traces", _MOST_SPANS),
            (self._logs, "/v1/logs", _MOST_LOGS),
            (self._metrics, "/v1/metrics", _MOST_SAMPLES),
        ):
            if source.count >= most or (everything and source.count):
                body = source.take()
                if not is_silent:
                    self._sender.send(path, body, otlp)
        if len(self._events) >= _MOST_EVENTS or (everything and self._events):
            body = json.dumps(self._events).encode()
            self._sender.send("/api/events", body, {"Content-Type": _JSON, "X-Vedette-Key": self._key})
            self._events = []

    def _send_error(self, event: dict[str, Any]) -> None:
        headers = {
            "Content-Type": "application/x-sentry-envelope",
            "X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={self._key}, sentry_client=sentry.python/2",
        }
        self._sender.send("/api/1/envelope/", envelope(event, self._dsn), headers)


def main() -> int:
    """Send what was not sent yet; return the exit status."""
    path = Path(os.environ["DEMO_HISTORY_PROGRESS"])
    done = progress.read(path, float(os.environ["DEMO_HISTORY_HOURS"]))
    done.write(path)
    past = Past(done.begin_s, done.end_s, float(os.environ["DEMO_RATE"]) * _SHARE)
    sender = Sender(os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"])
    both = [
        {"Content-Type": _PROTOBUF, "Authorization": f"Bearer {os.environ[key]}"}
        for key in ("DEMO_OWN_KEY", "EVENTS_KEY")
    ]
    telling = Telling(sender, os.environ["EVENTS_KEY"], os.environ["SENTRY_DSN"], done.begin_s)
    machine = Machine(past)
    began, part_s = time.monotonic(), (done.end_s - done.begin_s) / _PARTS
    for part in range(_PARTS):
        begin_s = done.begin_s + part * part_s
        is_silent = begin_s + part_s / 2 < done.sent_until_s
        telling.tell(past, begin_s, begin_s + part_s, is_silent=is_silent)
        if is_silent:
            continue
        for body, headers in zip(machine.requests(begin_s, begin_s + part_s, _READING_S), both, strict=True):
            sender.send("/v1/metrics", body, headers)
        sender.mark(partial(_note, done, path, begin_s + part_s))
    sender.close()
    if sender.is_unreachable:
        return 1
    _note(done, path, done.end_s)
    print(f"sent in {time.monotonic() - began:.1f} s; refused: {sender.refused or 'nothing'}")  # noqa: T201
    return 0


def _note(done: progress.Progress, path: Path, until_s: float) -> None:
    done.sent_until_s = until_s
    done.write(path)


if __name__ == "__main__":
    sys.exit(main())
