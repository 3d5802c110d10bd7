"""Who comes back: of the people first seen in a week, the part that was seen again in each week after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vedette.kit.ids import ProjectId
from vedette.kit.search import parse_search
from vedette.signals.conditions import condition
from vedette.signals.events.reading import SEARCHABLE
from vedette.storage.telemetry.named import load_queries
from vedette.storage.telemetry.reader import Reader

_QUERIES = load_queries(__package__)
DAY_S: Final = 86_400
WEEK_S: Final = 7 * DAY_S
_MONDAY_S: Final = 4 * DAY_S
"""The first Monday of Unix time; weeks begin on Mondays, in UTC."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """The people first seen in one period: when it began (Unix seconds), how many, and how many came back later.

    `later` goes from the number of the period after the first one, from 1 on, to the people seen in it; periods that
    are over and have nobody are there, periods that are not over are not.
    """

    start: int
    people: int
    later: Mapping[int, int]


async def retention(
    reader: Reader, project: ProjectId, search: str, start_ns: int, end_ns: int, period_s: int = WEEK_S
) -> list[Cohort]:
    """Return the cohorts whose period touches a range, the earliest first; raises Invalid for a faulty search.

    Only events that match the search count, both for when a person is first seen and for coming back. A person is a
    distinct id: events that have none, or only that of their session, are of nobody who could be known again.
    """
    wanted = condition(parse_search(search), SEARCHABLE)
    shift_s = _MONDAY_S if period_s == WEEK_S else 0
    rows = await reader.fetch(
        _QUERIES["retention"].replace("/*search*/", wanted.sql),
        wanted.params | {"from_ns": start_ns, "to_ns": end_ns, "period_s": period_s, "shift_s": shift_s},
        project=project,
    )
    running = (end_ns // 10**9 - shift_s) // period_s
    found: dict[int, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row["cohort"], {})[row["later"]] = row["people"]
    return [
        Cohort(
            cohort * period_s + shift_s,
            people[0],
            {later: people.get(later, 0) for later in range(1, running - cohort)},
        )
        for cohort, people in found.items()
    ]
