"""The routes of Prometheus' API that tell about rules and about the server; and the explanation of a query."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from starlette.requests import HTTPConnection

from vedette import __version__
from vedette.edge.problems import responses
from vedette.guard.access import CurrentPrincipal, CurrentProject
from vedette.signals.metrics.api.answering import ERRORS, PrometheusRoute, success
from vedette.signals.metrics.api.parameters import ParametersDep
from vedette.signals.metrics.promql.explain import Explained, explain
from vedette.signals.metrics.promql.parser import parse
from vedette.signals.metrics.rules.keeper import RuleKeeper
from vedette.signals.metrics.rules.listing import Wanted, alerts_document, rules_document

router = APIRouter(prefix="/api/v1", tags=["prometheus"], route_class=PrometheusRoute, responses=ERRORS)
explaining = APIRouter(prefix="/api/metrics", tags=["metrics"])

# The version of Prometheus whose language and API this is: Grafana chooses what it asks by it.
_SPEAKS = "3.5.0"


async def _keeper(connection: HTTPConnection) -> RuleKeeper:
    return cast("RuleKeeper", connection.app.state.rules)


@router.get("/rules", response_class=Response)
async def rules(
    keeper: Annotated[RuleKeeper, Depends(_keeper)], project: CurrentProject, given: ParametersDep
) -> Response:
    """List the rules that are evaluated, by group."""
    wanted = Wanted(
        type=given.text("type"),
        rule_names=given.all("rule_name[]"),
        rule_groups=given.all("rule_group[]"),
        files=given.all("file[]"),
        selectors=given.selectors(),
        group_limit=given.whole("group_limit", 0),
        group_next_token=given.text("group_next_token"),
    )
    return success(rules_document(keeper.groups(project.id), wanted))


@router.get("/alerts", response_class=Response)
async def alerts(_project: CurrentProject) -> Response:
    """List the alerts of alerting rules."""
    return success(alerts_document())


@router.get("/status/buildinfo", response_class=Response)
async def build_information(_person: CurrentPrincipal) -> Response:
    """Tell which Prometheus this speaks like, and which Vedette it is."""
    return success(
        {
            "version": _SPEAKS,
            "revision": f"vedette-{__version__}",
            "branch": "vedette",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        }
    )


class Explanation(BaseModel):
    """A part of a query: where it stands in the text (UTF-8 bytes) and what it does."""

    text: str
    start: int
    end: int
    kind: str
    sentence: str
    children: list["Explanation"]


@explaining.get("/explain", responses=responses(400, 401))
async def explain_query(_person: CurrentPrincipal, query: Annotated[str, Query(max_length=20_000)]) -> Explanation:
    """Say in words what each part of a PromQL query does."""
    return _explanation(explain(parse(query), query))


def _explanation(part: Explained) -> Explanation:
    return Explanation(
        text=part.text,
        start=part.start,
        end=part.end,
        kind=part.kind.value,
        sentence=part.sentence,
        children=[_explanation(each) for each in part.children],
    )
