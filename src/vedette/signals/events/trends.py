"""Figures of product events, for panels."""

from vedette.kit.ids import ProjectId
from vedette.signals.conditions import Searchable
from vedette.signals.events.reading import SEARCHABLE
from vedette.signals.trends import Question, Source, Trend, trend
from vedette.storage.telemetry.reader import Reader

_RAW = Source(
    table="events",
    searchable=SEARCHABLE,
    texts={name: column.sql for name, column in SEARCHABLE.fields.items()},
)
_PEOPLE = Source(
    table="active_people_5m",
    searchable=Searchable(fields={}, text=(), maps={"": ()}),
    texts={},
    measures={("uniq", "distinct_id"): "uniqMerge(People)"},
    seconds="toUnixTimestamp(Slot)",
    bounds=(
        "Slot >= toStartOfFiveMinutes(toDateTime(intDiv({from_ns:Int64}, 1000000000), 'UTC'))"
        " AND Slot < toDateTime(intDiv({to_ns:Int64}, 1000000000), 'UTC')"
    ),
    resolution_s=300,
)


async def event_trend(reader: Reader, project: ProjectId, question: Question) -> Trend:
    """Answer a question about product events; distinct people of all of them from figures per five minutes."""
    is_people = (question.fn, question.field) == ("uniq", "distinct_id")
    return await trend(reader, project, question, (_PEOPLE, _RAW) if is_people else (_RAW,))
