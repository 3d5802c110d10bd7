"""Parameters that many reads share."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query

from vedette.kit.paging import Cursor, parse_cursor
from vedette.kit.timerange import TimeRange, parse_range

_TIME = "RFC 3339, Unix seconds, `now` or `now-15m` (s, m, h, d, w)."


async def _range(
    start: Annotated[str, Query(alias="from", description=_TIME, max_length=64)] = "now-1h",
    end: Annotated[str, Query(alias="to", description=_TIME, max_length=64)] = "now",
) -> TimeRange:
    return parse_range(start, end, now=datetime.now(UTC))


async def _cursor(
    cursor: Annotated[str | None, Query(description="`next` of the page before.", max_length=64)] = None,
) -> Cursor | None:
    return parse_cursor(cursor) if cursor else None


RangeParam = Annotated[TimeRange, Depends(_range)]
CursorParam = Annotated[Cursor | None, Depends(_cursor)]
LimitParam = Annotated[int, Query(ge=1, le=1000, description="Most records of one page.")]
SearchParam = Annotated[str, Query(alias="query", description="See the search language.", max_length=4000)]
