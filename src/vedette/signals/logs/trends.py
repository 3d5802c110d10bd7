"""Figures of log records, for panels."""

from vedette.kit.ids import ProjectId
from vedette.signals.conditions import Column, Searchable
from vedette.signals.logs.reading import SEARCHABLE, level_number
from vedette.signals.logs.schemas import SEVERITIES
from vedette.signals.trends import Question, Source, Trend, trend
from vedette.storage.telemetry.reader import Reader

_NAMES = ", ".join(f"'{each}'" for each in SEVERITIES)


def _name_of(severity: str) -> str:
    return f"arrayElement([{_NAMES}], {severity} + 1)"


_RAW = Source(
    table="otel_logs",
    searchable=SEARCHABLE,
    texts={
        "service": "ServiceName",
        "level": _name_of(SEARCHABLE.fields["level"].sql),
        "severity": _name_of(SEARCHABLE.fields["level"].sql),
        "body": "Body",
        "trace_id": "TraceId",
        "span_id": "SpanId",
        "scope": "ScopeName",
        "event": "EventName",
    },
)
_BY_MINUTE = Source(
    table="log_counts_1m",
    searchable=Searchable(
        fields={
            "service": Column("ServiceName"),
            "level": Column("Severity", number=level_number),
            "severity": Column("Severity", number=level_number),
        },
        text=(),
        maps={"": ()},
    ),
    texts={"service": "ServiceName", "level": _name_of("Severity"), "severity": _name_of("Severity")},
    count="sum(Count)",
    seconds="toUnixTimestamp(Minute)",
    bounds=(
        "Minute >= toStartOfMinute(toDateTime(intDiv({from_ns:Int64}, 1000000000), 'UTC'))"
        " AND Minute < toDateTime(intDiv({to_ns:Int64}, 1000000000), 'UTC')"
    ),
    resolution_s=60,
)


async def log_trend(reader: Reader, project: ProjectId, question: Question) -> Trend:
    """Answer a question about log records; by service and severity from figures per minute."""
    return await trend(reader, project, question, (_BY_MINUTE, _RAW))
