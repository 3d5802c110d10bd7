"""The answer to: is everything all right, and if not, where."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from vedette.guard.access import Project
from vedette.kit.ids import ProjectId, Signal
from vedette.kit.ledger import Ledger
from vedette.kit.timerange import TimeRange, rfc3339, unix_ns
from vedette.signals.errors import issues
from vedette.signals.errors.schemas import Issue
from vedette.signals.errors.states import IssueStates
from vedette.signals.metrics.queries import Queries
from vedette.storage.telemetry.reader import Reader
from vedette.storage.telemetry.writer import StoreHealth
from vedette.watch.overview.arrivals import arrivals, refusals
from vedette.watch.overview.hosts import hosts
from vedette.watch.overview.metered import TOO_MUCH, metered, metered_uptime
from vedette.watch.overview.requests import (
    QUERIES,
    RequestFigures,
    busiest_endpoints,
    request_figures,
    seconds,
    step_of,
)
from vedette.watch.overview.schemas import (
    ActiveUsers,
    Endpoint,
    Health,
    HealthState,
    Host,
    Overview,
    SignalArrivals,
    StoreState,
)
from vedette.watch.overview.targets import targets_down

_DAY_S = 86400
_UPTIME_FRESH_S = 30
_DEGRADED_ERRORS = 0.05
_DOWN_ERRORS = 0.5
_FEW_REQUESTS = 10
_SHOWN_ERRORS = 6


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of requests and whence; `unknown` says in words what is not."""

    source: Literal["traces", "metrics"]
    figures: RequestFigures
    endpoints: list[Endpoint]
    unknown: list[str]


@dataclass(slots=True)
class Now:
    """Joins all signals into one answer. `own_hosts` gives the latest reading of this machine."""

    reader: Reader
    metrics: Queries
    states: IssueStates
    ledger: Ledger
    store: StoreHealth
    own_hosts: Callable[[], list[Host]]
    own_project: ProjectId
    _uptime: dict[ProjectId, tuple[float, float | None]] = field(default_factory=dict)
    _stored: dict[ProjectId, dict[Signal, float]] = field(default_factory=dict)

    async def overview(self, project: Project, within: TimeRange) -> Overview:
        """Return everything the page shows; the questions run side by side."""
        now = time.time()
        (told, users, users_series, targets), (uptime, machines, errors, arrived) = await asyncio.gather(
            asyncio.gather(
                self._requests(project.id, within, now),
                self._active_users(project.id, now),
                self._users_series(project.id, within),
                self._targets_down(project.id, within),
            ),
            asyncio.gather(
                self._uptime_of(project.id, now),
                self._hosts(project.id, within),
                self._latest_errors(project.id, within),
                self.arrivals(project.id),
            ),
        )
        figures = told.figures
        figures.series.active_users = [users_series.get(each, 0) for each in figures.series.times]
        store = self._store_state()
        return Overview(
            project=project.name,
            from_=rfc3339(unix_ns(within.start)),
            to=rfc3339(unix_ns(within.end)),
            generated_at=rfc3339(unix_ns(datetime.now(UTC))),
            health=_health(told, targets, users, uptime, store, arrived),
            requests=figures.current,
            requests_from=told.source,
            previous=figures.previous,
            series=figures.series,
            active_users=users,
            endpoints=told.endpoints,
            hosts=machines,
            latest_errors=errors,
            arrivals=arrived,
            refusals=refusals(self.ledger, project.id),
            store=store,
        )

    async def arrivals(self, project: ProjectId) -> list[SignalArrivals]:
        """Return what arrives per signal."""
        stored = self._stored.get(project)
        if stored is None:
            rows = await self.reader.fetch(QUERIES["last_seen"], project=project)
            stored = self._stored[project] = {row["signal"]: row["time_ns"] / 1e9 for row in rows}
        return arrivals(self.ledger, project, stored)

    async def _requests(self, project: ProjectId, within: TimeRange, now: float) -> _Told:
        """Return what traces tell of requests or, where they tell of none, what metrics do."""
        figures, endpoints = await asyncio.gather(
            request_figures(self.reader, project, within, now), busiest_endpoints(self.reader, project, within, now)
        )
        unknown: list[str] = []
        if not figures.current.count:
            try:
                found = await metered(self.metrics, project, within, now)
            except TOO_MUCH as error:
                found, unknown = None, [f"requests of this range are not known: {error.detail}"]
            if found is not None:
                return _Told("metrics", found.figures, found.endpoints, found.unknown)
        return _Told("traces", figures, endpoints, unknown)

    async def _targets_down(self, project: ProjectId, within: TimeRange) -> tuple[str | None, list[str]]:
        """Say which targets are down, and why that is not known."""
        try:
            return await targets_down(self.metrics, project, within), []
        except TOO_MUCH as error:
            return None, [f"whether targets answer is not known: {error.detail}"]

    async def _hosts(self, project: ProjectId, within: TimeRange) -> list[Host]:
        """Return the hosts of a project and the machine Vedette runs on, whose history is in its own project."""
        own = self.own_hosts()
        if own and project != self.own_project:
            names = {each.name for each in own}
            recorded = await hosts(self.metrics, self.own_project, within, own)
            own = [each for each in recorded if each.name in names]
        return await hosts(self.metrics, project, within, own)

    async def _latest_errors(self, project: ProjectId, within: TimeRange) -> list[Issue]:
        page = await issues.page(
            self.reader, self.states, project, "", within, status="unresolved", cursor=None, limit=_SHOWN_ERRORS
        )
        return page.items

    async def _active_users(self, project: ProjectId, now: float) -> ActiveUsers:
        recent = {"recent_s": int(now) - 300, "from_s": int(now) - _DAY_S}
        rows = await self.reader.fetch(QUERIES["active_users"], recent, project=project)
        return ActiveUsers(**rows[0]) if rows else ActiveUsers(last_5m=0, last_24h=0)

    async def _users_series(self, project: ProjectId, within: TimeRange) -> dict[int, int]:
        bounds = seconds(within) | {"step_s": max(step_of(within), 300)}
        rows = await self.reader.fetch(QUERIES["active_users_series"], bounds, project=project)
        step_s = step_of(within)
        per_slot = {row["time_s"]: row["people"] for row in rows}
        if step_s >= 300:
            return per_slot
        return {slot + each: people for slot, people in per_slot.items() for each in range(0, 300, step_s)}

    async def _uptime_of(self, project: ProjectId, now: float) -> float | None:
        known = self._uptime.get(project)
        if known is None or now - known[0] > _UPTIME_FRESH_S:
            bounds = {"from_s": int(now) - _DAY_S, "to_s": int(now) + 60}
            rows = await self.reader.fetch(QUERIES["uptime"], bounds, project=project)
            minutes, failing = (rows[0]["minutes"], rows[0]["failing"]) if rows else (0, 0)
            share = 1 - failing / minutes if minutes else await self._metered_uptime(project, now)
            known = self._uptime[project] = (now, share)
        return known[1]

    async def _metered_uptime(self, project: ProjectId, now: float) -> float | None:
        try:
            return await metered_uptime(self.metrics, project, now)
        except TOO_MUCH:
            return None

    def _store_state(self) -> StoreState:
        if self.store.since is None:
            return StoreState(state="ok", since=None, detail="")
        since = rfc3339(int(self.store.since) * 1_000_000_000)
        return StoreState(state="not_writable", since=since, detail=self.store.detail)


def _health(
    told: _Told,
    targets: tuple[str | None, list[str]],
    users: ActiveUsers,
    uptime: float | None,
    store: StoreState,
    arrived: list[SignalArrivals],
) -> Health:
    figures, (down, unknown) = told.figures, targets
    current, previous = figures.current, figures.previous
    state: HealthState = "ok"
    reasons: list[str] = []
    recent = [each for each in figures.series.error_rate[-5:] if each is not None]
    if current.error_rate is not None and current.count >= _FEW_REQUESTS:
        if recent and min(recent) > _DOWN_ERRORS:
            state = "down"
            reasons.append(f"{min(recent):.0%} or more of the requests of the last minutes failed")
        elif current.error_rate > _DEGRADED_ERRORS:
            state = "degraded"
            reasons.append(f"{current.error_rate:.1%} of requests failed")
    if current.p95_ms and previous.p95_ms and previous.count >= _FEW_REQUESTS and current.p95_ms > 2 * previous.p95_ms:
        state = "degraded" if state == "ok" else state
        reasons.append(f"p95 rose from {previous.p95_ms:.0f} to {current.p95_ms:.0f} ms")
    if down is not None:
        state = "degraded" if state == "ok" else state
        reasons.append(down)
    if store.state != "ok":
        state = "down"
        reasons.insert(0, f"Vedette cannot write: {store.detail}")
    if state == "ok" and not current.count and not any(each.last_5m for each in arrived):
        state = "no_data"
        reasons.append("nothing arrived in this range")
    return Health(
        state=state,
        reasons=[*reasons, *told.unknown, *unknown],
        uptime=uptime,
        mean_response_ms=current.mean_ms,
        active_users=users.last_5m,
        error_rate=current.error_rate,
    )
