"""What a link opens without sign-in: one dashboard, its own queries, and nothing else."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from vedette.edge.problems import responses
from vedette.guard.access.throttle import Throttle, network_of
from vedette.kit.errors import Fault, Invalid, NotFound
from vedette.watch.dashboards.answers import (
    Chosen,
    Dashboard,
    DataAnswer,
    DataRequest,
    SharedDashboard,
    VariablesAnswer,
    VariablesRequest,
)
from vedette.watch.dashboards.data import DashboardData
from vedette.watch.dashboards.routes import DataDep, SharesDep, ShelfDep, sent
from vedette.watch.dashboards.schemas import TimeText, Variable
from vedette.watch.dashboards.shares import OpenShare
from vedette.watch.dashboards.window import Window, window_of

router = APIRouter(prefix="/api/shared", tags=["dashboards"])

LONGEST_RANGE_S: Final = 32 * 86_400
_LONGEST_VARS = 4000
# A wall that shows a shared dashboard asks every few seconds; a stranger who guesses tokens is slowed down long before.
_requests = Throttle(600, 60)
_wrong_tokens = Throttle(20, 60)

TokenPath = Annotated[str, Path(min_length=1, max_length=128)]
From = Annotated[TimeText, Query(alias="from")]
To = Annotated[TimeText, Query(alias="to")]
Vars = Annotated[
    str, Query(alias="vars", max_length=_LONGEST_VARS, description='The values of variables: {"host": ["a", "b"]}.')
]
_OPEN = responses(400, 404, 429, 503)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A link that is valid, and the dashboard it shows."""

    share: OpenShare
    dashboard: Dashboard


async def _opened(request: Request, shelf: ShelfDep, shares: SharesDep, token: TokenPath) -> _Opened:
    address = network_of(request.client.host if request.client else "")
    _wrong_tokens.enter(address)
    try:
        share = await asyncio.to_thread(shares.opened, token)
        dashboard = await asyncio.to_thread(shelf.read, share.project, share.uid)
    except NotFound:
        raise NotFound("this link is not valid, or not any more") from None
    _wrong_tokens.take_back(address)
    _requests.enter(f"{address} {share.project} {share.uid}")
    return _Opened(share, dashboard.model_copy(update={"updated_by": ""}))


Opened = Annotated[_Opened, Depends(_opened)]


@router.get("/{token}", responses=_OPEN)  # noqa: FAST003 - `_opened` takes it
async def read_shared(opened: Opened) -> SharedDashboard:
    """Show the dashboard of a link."""
    return SharedDashboard(dashboard=opened.dashboard, expires_at=opened.share.expires_at)


@router.get("/{token}/data", response_model=DataAnswer, responses=_OPEN)  # noqa: FAST003 - `_opened` takes it
async def read_shared_data(
    data: DataDep,
    opened: Opened,
    start: From = "now-1h",
    end: To = "now",
    values: Vars = "{}",
    max_points: Annotated[int, Query(ge=2, le=1000)] = 300,
) -> Response:
    """Answer the panels of a link's dashboard, over at most a month; variables take only what can be chosen."""
    dashboard, project = opened.dashboard, opened.share.project
    window = _window(start, end, max_points, snap_s=max(dashboard.refresh_s, 1))
    asked = DataRequest.model_construct(
        panels=dashboard.panels,
        variables=await _choosable(data, opened, _chosen(values), window),
        definitions=dashboard.variables,
        annotations=dashboard.annotations,
        start=start,
        end=end,
        max_points=max_points,
    )
    answer = await data.answer_over(project, asked, window, is_following=True)
    # Where records are kept and opened is not for strangers.
    return sent(answer.model_copy(update={"marks": [mark.model_copy(update={"link": None}) for mark in answer.marks]}))


@router.get("/{token}/variables", responses=_OPEN)  # noqa: FAST003 - `_opened` takes it
async def read_shared_variables(
    data: DataDep, opened: Opened, start: From = "now-1h", end: To = "now", values: Vars = "{}"
) -> VariablesAnswer:
    """Say what can be chosen for the variables of a link's dashboard."""
    window = _window(start, end, 300)
    chosen = await _choosable(data, opened, _chosen(values), window)
    asked = VariablesRequest(variables=_fixed(opened.dashboard), values=chosen)
    return await data.options_over(opened.share.project, asked, window)


def _fixed(dashboard: Dashboard) -> list[Variable]:
    """Return the variables of a dashboard, those that take any text as they are set: nobody else chooses there."""
    return [
        each.model_copy(update={"type": "constant", "query": ""}) if each.type == "text" else each
        for each in dashboard.variables
    ]


async def _choosable(data: DashboardData, opened: _Opened, asked: Chosen, window: Window) -> Chosen:
    """Return what is asked for as far as it can be chosen: a stranger's text never becomes part of a query."""
    request = VariablesRequest(variables=_fixed(opened.dashboard), values=asked)
    answer = await data.options_over(opened.share.project, request, window)
    return {name: each.chosen for name, each in answer.variables.items()}


def _chosen(text: str) -> Chosen:
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid("vars is not JSON", faults=[Fault("vars", 'must be like {"host": ["a"]}')]) from None
    try:
        return VariablesRequest(variables=[], values=parsed).values
    except ValueError:
        raise Invalid("vars is not valid", faults=[Fault("vars", 'must be like {"host": ["a"]}')]) from None


def _window(start: str, end: str, max_points: int, *, snap_s: int = 1) -> Window:
    window = window_of(start, end, now=datetime.now(UTC), max_points=max_points, snap_s=min(snap_s, 60))
    if window.end - window.start > LONGEST_RANGE_S:
        raise Invalid("the range is too long", faults=[Fault("from", "a shared link shows at most 32 days")])
    return window
