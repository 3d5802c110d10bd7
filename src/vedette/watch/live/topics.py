"""What can be watched live."""

from datetime import UTC, datetime

from vedette.guard.access import Project
from vedette.kit.timerange import parse_range
from vedette.watch.dashboards.live import EVERY_S, LiveDashboards
from vedette.watch.live.hub import Params, Topic
from vedette.watch.overview.now import Now
from vedette.watch.overview.schemas import LiveArrivals


def topics(now: Now, dashboards: LiveDashboards) -> list[Topic]:
    """Return the topics of the overview and of dashboards."""

    async def overview(project: Project, params: Params) -> bytes:
        within = parse_range(params.get("from", "now-1h"), params.get("to", "now"), now=datetime.now(UTC))
        return (await now.overview(project, within)).model_dump_json(by_alias=True).encode()

    async def arrivals(project: Project, _params: Params) -> bytes:
        return LiveArrivals(signals=await now.arrivals(project.id)).model_dump_json().encode()

    async def dashboard(project: Project, params: Params) -> bytes:
        return await dashboards.answer(project.id, params)

    return [Topic("overview", overview, 2), Topic("arrivals", arrivals, 1), Topic("dashboard", dashboard, EVERY_S)]
