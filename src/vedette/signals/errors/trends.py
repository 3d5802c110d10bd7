"""Figures of error events, for panels."""

from vedette.kit.ids import ProjectId
from vedette.signals.errors.issues import SEARCHABLE
from vedette.signals.trends import Question, Source, Trend, trend
from vedette.storage.telemetry.reader import Reader

_RAW = Source(
    table="error_events",
    searchable=SEARCHABLE,
    texts={name: column.sql for name, column in SEARCHABLE.fields.items()},
)


async def error_trend(reader: Reader, project: ProjectId, question: Question) -> Trend:
    """Answer a question about error events."""
    return await trend(reader, project, question, (_RAW,))
