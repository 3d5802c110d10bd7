"""Builds what dashboards need from the stores and signals of a server."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from pydantic import BaseModel

from vedette.kit.errors import Invalid
from vedette.kit.ids import ProjectId, Signal
from vedette.kit.timerange import TimeRange
from vedette.signals.errors import issues
from vedette.signals.errors.states import IssueStates
from vedette.signals.errors.trends import error_trend
from vedette.signals.events import reading as events
from vedette.signals.events.retention import retention
from vedette.signals.events.trends import event_trend
from vedette.signals.logs import reading as logs
from vedette.signals.logs.trends import log_trend
from vedette.signals.metrics.queries import Queries
from vedette.signals.traces import reading as traces
from vedette.signals.traces.trends import trace_trend
from vedette.signals.trends import Question
from vedette.storage.records import Records
from vedette.storage.telemetry.reader import Reader
from vedette.watch.dashboards.asking import Asker, Lists, Trends
from vedette.watch.dashboards.data import DashboardData
from vedette.watch.dashboards.live import LiveDashboards
from vedette.watch.dashboards.options import Options
from vedette.watch.dashboards.presence import Presence
from vedette.watch.dashboards.shares import Shares
from vedette.watch.dashboards.shelf import Shelf
from vedette.watch.dashboards.shipped import Shipped
from vedette.watch.dashboards.window import Window

_MOST_OPTIONS = 500


@dataclass(frozen=True, slots=True)
class DashboardParts:
    """What routes and live topics find on `app.state`."""

    shelf: Shelf
    shares: Shares
    data: DashboardData
    live: LiveDashboards


def dashboard_parts(records: Records, reader: Reader, metrics: Queries) -> DashboardParts:
    """Return the parts."""
    trends: Trends = {
        "logs": partial(log_trend, reader),
        "traces": partial(trace_trend, reader),
        "errors": partial(error_trend, reader),
        "events": partial(event_trend, reader),
    }

    async def field_values(project: ProjectId, signal: Signal, name: str, search: str, window: Window) -> list[str]:
        question = Question(
            search=search,
            fn="count",
            start_ns=round(window.start * 1e9),
            end_ns=round(window.end * 1e9),
            step_s=None,
            by=(name,),
            limit=_MOST_OPTIONS,
        )
        if signal not in trends:
            raise Invalid("metrics have labels: use label_values(series, label)")
        found = await trends[signal](project, question)
        return [each.keys[0] for each in found.groups if each.keys[0]]

    data = DashboardData(
        Asker(metrics, trends, _lists(reader, IssueStates(records)), partial(retention, reader)),
        Options(metrics, field_values),
        Presence(reader),
    )
    shelf = Shelf(records, Shipped())
    return DashboardParts(shelf, Shares(records), data, LiveDashboards(shelf, data))


def _lists(reader: Reader, states: IssueStates) -> Lists:
    async def log_records(project: ProjectId, search: str, within: TimeRange, limit: int) -> list[dict[str, object]]:
        return _plain((await logs.page(reader, project, search, within, cursor=None, limit=limit)).items)

    async def trace_list(project: ProjectId, search: str, within: TimeRange, limit: int) -> list[dict[str, object]]:
        return _plain((await traces.page(reader, project, search, within, cursor=None, limit=limit)).items)

    async def product_events(project: ProjectId, search: str, within: TimeRange, limit: int) -> list[dict[str, object]]:
        return _plain((await events.page(reader, project, search, within, cursor=None, limit=limit)).items)

    async def issue_list(project: ProjectId, search: str, within: TimeRange, limit: int) -> list[dict[str, object]]:
        found = await issues.page(
            reader, states, project, search, within, status="unresolved", cursor=None, limit=limit
        )
        return _plain(found.items)

    return {"logs": log_records, "traces": trace_list, "events": product_events, "errors": issue_list}


def _plain(items: Sequence[BaseModel]) -> list[dict[str, object]]:
    return [each.model_dump(mode="json") for each in items]
