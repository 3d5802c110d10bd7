"""A dashboard followed live: worked out anew when its refresh is due, its last step moved, or somebody edited it."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from vedette.kit.errors import Fault, Invalid
from vedette.kit.ids import ProjectId
from vedette.watch.dashboards.answers import Chosen, Dashboard, DataRequest, LiveData, VariablesRequest
from vedette.watch.dashboards.data import DashboardData
from vedette.watch.dashboards.shelf import Shelf
from vedette.watch.dashboards.window import Window, window_of

EVERY_S = 1.0
_REMEMBERED = 200
_MOST_POINTS = 2000

_Key = tuple[ProjectId, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class _Last:
    """The last answer to a question, and what it was worked out from; `moment` is when its range was set."""

    dashboard: Dashboard
    window: Window
    answer: bytes
    moment: float


class LiveDashboards:
    """Answers `{uid, from, to, vars, max_points}`; asked every second, it does nothing while nothing can be new."""

    def __init__(self, shelf: Shelf, data: DashboardData) -> None:
        self._shelf, self._data = shelf, data
        self._last: OrderedDict[_Key, _Last] = OrderedDict()

    async def answer(self, project: ProjectId, params: Mapping[str, str]) -> bytes:
        """Return the JSON of `LiveData`; raises NotFound, Invalid."""
        key = (project, tuple(sorted(params.items())))
        last = self._last.get(key)
        uid = params.get("uid", "")
        version = await asyncio.to_thread(self._shelf.version, project, uid)
        is_edited = last is None or last.dashboard.version != version
        if last is None or is_edited:
            dashboard = await asyncio.to_thread(self._shelf.read, project, uid)
        else:
            dashboard = last.dashboard
        now = time.time()
        if last is not None and not is_edited and not _is_due(dashboard, last, now):
            return last.answer
        request = _request(dashboard, params)
        window = window_of(
            request.start,
            request.end,
            now=datetime.fromtimestamp(now, UTC),
            max_points=request.max_points,
        )
        if last is not None and not is_edited and window == last.window:
            last.moment = now
            return last.answer
        found = await self._data.answer_over(project, request, window, is_following=True)
        live = LiveData.model_construct(**dict(found), uid=uid, version=dashboard.version)
        self._remember(key, _Last(dashboard, window, live.model_dump_json(by_alias=True).encode(), now))
        return self._last[key].answer

    def _remember(self, key: _Key, last: _Last) -> None:
        self._last[key] = last
        self._last.move_to_end(key)
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)


def _is_due(dashboard: Dashboard, last: _Last, now: float) -> bool:
    """Say whether the refresh of a dashboard has come; one without refresh only follows edits."""
    return bool(dashboard.refresh_s) and now // dashboard.refresh_s > last.moment // dashboard.refresh_s


def _request(dashboard: Dashboard, params: Mapping[str, str]) -> DataRequest:
    try:
        points = min(max(int(params.get("max_points", "300")), 2), _MOST_POINTS)
    except ValueError:
        raise Invalid("max_points is no number", faults=[Fault("params.max_points", "2 to 2000")]) from None
    return DataRequest.model_construct(
        panels=dashboard.panels,
        variables=_chosen(params.get("vars", "")),
        definitions=dashboard.variables,
        annotations=dashboard.annotations,
        start=params.get("from") or dashboard.time.start,
        end=params.get("to") or dashboard.time.end,
        max_points=points,
    )


def _chosen(text: str) -> Chosen:
    """Read the values of variables: a JSON object of lists."""
    if not text:
        return {}
    try:
        return VariablesRequest(variables=[], values=orjson.loads(text)).values
    except ValueError:
        raise Invalid("vars is not valid", faults=[Fault("params.vars", 'must be like {"host": ["a"]}')]) from None
