"""From a checked envelope to committed rows, and what the sender is told."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from starlette.requests import HTTPConnection

from vedette.guard.access import Project
from vedette.ingest.arrival import Arrival, Refused
from vedette.ingest.door import Door, door_of
from vedette.ingest.leniency import parse_json
from vedette.ingest.retries import Retries
from vedette.ingest.sentry.envelope import Envelope, Item
from vedette.ingest.sentry.events import error_row, event_id_of
from vedette.ingest.sentry.logs import LOG_ROWS, LogRow, log_row
from vedette.ingest.sentry.logs import size_of as size_of_logs
from vedette.ingest.sentry.spans import SPAN_ROWS, Span, spans_of
from vedette.ingest.sentry.spans import size_of as size_of_spans
from vedette.kit.errors import Fault, Invalid, VedetteError
from vedette.kit.ids import ProjectId, Signal
from vedette.signals.errors.rows import ERROR_ROWS, ErrorRow
from vedette.storage.telemetry.named import load_queries
from vedette.storage.telemetry.reader import Reader

PROTOCOL = "sentry"
_QUERIES = load_queries(__package__)
_NOT_KEPT = {
    "attachment", "check_in", "client_report", "event_user_report", "feedback", "form_data", "metric_buckets",
    "metric_meta", "nel", "otel_span", "profile", "profile_chunk", "raw_security", "replay_event", "replay_recording",
    "replay_video", "security", "session", "sessions", "span", "statsd", "trace_metric", "unreal_report", "user_report",
}  # fmt: skip
Result = TypeVar("Result")


@dataclass(slots=True)
class Parsed:
    """The rows of one envelope, and what of it is not kept."""

    event_id: str | None = None
    errors: list[ErrorRow] = field(default_factory=list)
    transactions: list[tuple[str, list[Span]]] = field(default_factory=list)
    logs: list[LogRow] = field(default_factory=list)
    refused: Counter[tuple[Signal, str]] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it is kept."""
        return not (self.errors or self.transactions or self.logs)


def parse_envelope(envelope: Envelope, arrival: Arrival) -> Parsed:
    """Turn items into rows. One item that cannot be read or kept costs the others nothing."""
    parsed = Parsed()
    for number, item in enumerate(envelope.items):
        _take(item, f"item {number}", arrival, parsed)
    if parsed.event_id is None and envelope.headers.get("event_id"):
        parsed.event_id = event_id_of(envelope.headers, arrival)
    return parsed


def parse_event(event: object, arrival: Arrival) -> Parsed:
    """Turn the body of the older `store` endpoint into rows."""
    parsed = Parsed()
    _event(event, "body", arrival, parsed)
    return parsed


def _take(item: Item, where: str, arrival: Arrival, parsed: Parsed) -> None:
    match item.type:
        case "event" | "transaction":
            _event(_json(item, where, parsed), where, arrival, parsed, kind=item.type)
        case "log" | "otel_log":
            _logs(_json(item, where, parsed), where, arrival, parsed)
        case kind:
            parsed.refused["errors", f"unsupported_item:{kind if kind in _NOT_KEPT else 'other'}"] += 1


def _json(item: Item, where: str, parsed: Parsed) -> Any:
    try:
        return parse_json(item.payload, where)
    except Invalid as error:
        parsed.faults.extend(error.faults)
        return None


_SIGNALS: Mapping[str, Signal] = {"transaction": "traces", "log": "logs"}


def _event(event: object, where: str, arrival: Arrival, parsed: Parsed, kind: str = "event") -> None:
    if not isinstance(event, dict):
        _refuse(parsed, where, _SIGNALS.get(kind, "errors"), Refused("malformed_record", "must be a JSON object"))
        return
    event = cast("dict[str, Any]", event)
    event_id = event["event_id"] = event_id_of(event, arrival)
    parsed.event_id = parsed.event_id or event_id
    if kind == "transaction" or event.get("type") == "transaction":
        if spans := _kept(lambda: spans_of(event, arrival), where, "traces", parsed):
            parsed.transactions.append((event_id, spans))
    elif row := _kept(lambda: error_row(event, arrival), where, "errors", parsed):
        parsed.errors.append(row)


def _logs(payload: object, where: str, arrival: Arrival, parsed: Parsed) -> None:
    items = payload.get("items", [payload]) if isinstance(payload, dict) else [payload]
    for number, log in enumerate(items if isinstance(items, list) else [items]):
        if row := _kept(lambda log=log: log_row(log, arrival), f"{where}, record {number}", "logs", parsed):  # type: ignore[misc]
            parsed.logs.append(row)


def _kept(read: Callable[[], tuple[Result, int]], where: str, signal: Signal, parsed: Parsed) -> Result | None:
    try:
        result, cuts = read()
    except Refused as refusal:
        _refuse(parsed, where, signal, refusal)
        return None
    if cuts:
        parsed.refused[signal, "value_trimmed"] += cuts
    return result


def _refuse(parsed: Parsed, where: str, signal: Signal, refusal: Refused) -> None:
    parsed.refused[signal, refusal.reason] += 1
    if not any(fault.where == where for fault in parsed.faults):
        parsed.faults.append(Fault(where, refusal.detail))


class SentryIntake:
    """Commits what envelopes bring; one per server, because it remembers which events it has stored."""

    def __init__(self, door: Door, reader: Reader) -> None:
        self._door = door

        async def recall(project: ProjectId) -> Sequence[str]:
            return [row["EventId"] for row in await reader.fetch(_QUERIES["recent_event_ids"], project=project)]

        self._events = Retries(recall)
        self._transactions = Retries()

    async def keep(self, project: Project, parsed: Parsed) -> None:
        """Commit the rows and enter everything in the ledger.

        Raises Invalid when nothing of the envelope could be kept, Busy or Unavailable when it should be sent again.
        """
        for (signal, reason), count in parsed.refused.items():
            self._door.ledger.refused(project.id, PROTOCOL, signal, reason, count)
        if parsed.faults and parsed.is_empty:
            raise Invalid("nothing of this could be kept", faults=parsed.faults[:20])
        await self._keep_errors(project, parsed.errors)
        await self._keep_transactions(project, parsed.transactions)
        if parsed.logs:
            with self._counted(project, "logs"):
                await self._door.writers.logs.write(LOG_ROWS, parsed.logs, size_of_logs(parsed.logs))
            self._accepted(project, "logs", [row[1] for row in parsed.logs])

    async def _keep_errors(self, project: Project, rows: Sequence[ErrorRow]) -> None:
        if not rows:
            return
        with self._counted(project, "errors"):
            async with self._events.fresh(project.id, [row.event_id for row in rows]) as fresh:
                new = list({row.event_id: row for row in rows if row.event_id in fresh}.values())
                if new:
                    await self._door.writers.errors.write(ERROR_ROWS, new, sum(row.size_bytes for row in new))
        self._accepted(project, "errors", [row.timestamp_ns for row in new])

    async def _keep_transactions(self, project: Project, transactions: Sequence[tuple[str, list[Span]]]) -> None:
        if not transactions:
            return
        with self._counted(project, "traces"):
            async with self._transactions.fresh(project.id, [event_id for event_id, _ in transactions]) as fresh:
                new = {event_id: spans for event_id, spans in transactions if event_id in fresh}
                rows = [span for spans in new.values() for span in spans]
                if rows:
                    await self._door.writers.traces.write(SPAN_ROWS, rows, size_of_spans(rows))
        self._accepted(project, "traces", [span[1] + span[12] for span in rows])

    @contextmanager
    def _counted(self, project: Project, signal: Signal) -> Iterator[None]:
        try:
            yield
        except VedetteError as error:
            raise self._door.refused(project, PROTOCOL, signal, error) from None

    def _accepted(self, project: Project, signal: Signal, times_ns: Sequence[int]) -> None:
        if times_ns:
            newest = max(times_ns) / 1e9
            self._door.ledger.accepted(project.id, signal, len(times_ns), protocol=PROTOCOL, newest=newest)


def intake_of(connection: HTTPConnection) -> SentryIntake:
    """Return the intake of the running application, made when the first envelope comes."""
    state = connection.app.state
    if not hasattr(state, "sentry_intake"):
        state.sentry_intake = SentryIntake(door_of(connection), cast("Reader", state.reader))
    return cast("SentryIntake", state.sentry_intake)
