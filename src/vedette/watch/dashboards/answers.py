"""Wire shapes of the dashboards API around the document: what is sent besides it, and what panels are answered with."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vedette.watch.dashboards.schemas import (
    Annotation,
    Content,
    Line,
    Name,
    Panel,
    TimeText,
    Uid,
    Variable,
    VariableName,
)

_BY_ALIAS = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)
Chosen = dict[VariableName, Annotated[list[Line], Field(max_length=1000)]]
"""The values of variables by name; `$__all` stands for every option."""


class Dashboard(Content):
    """A dashboard with what the server knows of it; `shipped` ones are part of Vedette and can only be copied."""

    uid: Uid
    version: int
    shipped: bool
    updated_at: datetime
    updated_by: str


class DashboardIn(Content):
    """A dashboard to keep. What only the server knows may be sent back with it and is passed over.

    A change names the `version` it is based on; a new one may name its `uid`. `message` says why, in the history.
    """

    kind: Literal["dashboard"] = "dashboard"
    uid: Uid | None = None
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    message: Line = ""
    shipped: bool = False
    updated_at: datetime | None = None
    updated_by: Annotated[str, StringConstraints(max_length=400)] = ""

    def content(self) -> Content:
        """Return what is kept."""
        return Content.model_validate(self.model_dump(include=set(Content.model_fields)))


class DashboardSummary(BaseModel):
    """A dashboard in a list."""

    uid: str
    title: str
    description: str
    tags: list[str]
    panels: int
    shipped: bool
    version: int
    updated_at: datetime
    updated_by: str


class DashboardList(BaseModel):
    """Dashboards by title, those of the project first; all in one page."""

    items: list[DashboardSummary]
    next: str | None = None


class VersionSummary(BaseModel):
    """One version: who kept it, when, and why."""

    version: int
    updated_at: datetime
    updated_by: str
    message: str


class VersionList(BaseModel):
    """Versions, latest first; the last hundred are kept."""

    items: list[VersionSummary]
    next: str | None = None


class ShareIn(BaseModel):
    """For how long a link shall open."""

    model_config = ConfigDict(extra="forbid")

    expires_in_s: Annotated[int, Field(ge=60, le=366 * 86_400)] = 7 * 86_400
    name: Name = ""


class Share(BaseModel):
    """A link to one dashboard that opens without sign-in."""

    id: int
    name: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None


class NewShare(Share):
    """A new link; its token is shown this once."""

    token: str
    url: str


class ShareList(BaseModel):
    """Links to a dashboard, revoked and expired ones too, newest first."""

    items: list[Share]
    next: str | None = None


class SharedDashboard(BaseModel):
    """What a link shows, and until when."""

    dashboard: Dashboard
    expires_at: datetime


class NotMapped(BaseModel):
    """Something of an imported document that could not be carried over."""

    where: str
    what: str


class Imported(BaseModel):
    """An imported dashboard (kept unless it was a dry run) and what it lost."""

    dashboard: Dashboard
    report: list[NotMapped]


class DataRequest(BaseModel):
    """Panels to answer over a range; `definitions` say what `$__all` stands for."""

    model_config = _BY_ALIAS

    panels: Annotated[list[Panel], Field(max_length=200)]
    variables: Annotated[Chosen, Field(max_length=50)] = {}
    definitions: Annotated[list[Variable], Field(max_length=50)] = []
    annotations: Annotated[list[Annotation], Field(max_length=20)] = []
    start: Annotated[TimeText, Field(alias="from")] = "now-1h"
    end: Annotated[TimeText, Field(alias="to")] = "now"
    max_points: Annotated[int, Field(ge=2, le=2000)] = 300


class SeriesOut(BaseModel):
    """A line: a value for each time, null where there is none."""

    name: str
    labels: dict[str, str]
    values: list[float | None]


class ColumnOut(BaseModel):
    """A column of a table. One that `leads_to` a page holds the ids its rows open there, and is not for reading."""

    name: str
    type: Literal["time", "number", "text"]
    unit: str | None = None
    leads_to: Literal["trace", "issue", "record"] | None = None


class Frame(BaseModel):
    """What one query gave. `times` are Unix seconds; the series of a heatmap are its buckets, lowest first.

    Of the last `unfinished` steps not everything is counted yet: they are not over, or were a moment ago.
    """

    query: str
    kind: Literal["series", "table", "logs", "errors", "heatmap", "traces", "events"]
    times: list[float] | None = None
    series: list[SeriesOut] | None = None
    columns: list[ColumnOut] | None = None
    rows: list[list[float | str | None]] | None = None
    items: list[dict[str, Any]] | None = None
    unfinished: int | None = None


class QueryError(BaseModel):
    """Why one query has no frame."""

    query: str
    message: str


class Needs(BaseModel):
    """What must arrive before a panel shows anything, and the page that says how to send it.

    `has_others`: there are records of the signal, just none of these in the range.
    """

    signal: str
    what: str
    how: str
    has_others: bool = False


class PanelData(BaseModel):
    """What a panel draws."""

    frames: list[Frame] = []
    errors: list[QueryError] = []
    warnings: list[str] = []
    needs: Needs | None = None


class Mark(BaseModel):
    """Something that happened, over all panels; times are Unix seconds."""

    time: float
    end: float | None = None
    text: str
    tags: list[str] = []
    link: str | None = None
    color: str = ""
    source: str = ""


class DataAnswer(BaseModel):
    """Answers by panel id. The range is the one asked for, in Unix seconds, and the step its points are apart."""

    model_config = _BY_ALIAS

    start: Annotated[float, Field(alias="from")]
    end: Annotated[float, Field(alias="to")]
    step_s: float
    panels: dict[str, PanelData]
    marks: list[Mark] = []
    marks_errors: list[QueryError] = []


class DataPart(BaseModel):
    """Some of an answer: what is there already of the panels, or the marks."""

    panels: dict[str, PanelData] = {}
    marks: list[Mark] = []
    marks_errors: list[QueryError] = []


class LiveData(DataAnswer):
    """The same over the WebSocket, with the version of the dashboard it belongs to."""

    uid: str
    version: int


class VariablesRequest(BaseModel):
    """Variables whose options are wanted; `values` are those chosen so far, for variables that depend on others."""

    model_config = _BY_ALIAS

    variables: Annotated[list[Variable], Field(max_length=50)]
    values: Annotated[Chosen, Field(max_length=50)] = {}
    start: Annotated[TimeText, Field(alias="from")] = "now-1h"
    end: Annotated[TimeText, Field(alias="to")] = "now"


class VariableOptions(BaseModel):
    """What can be chosen, what is chosen then, and why there is nothing to choose from."""

    options: list[str]
    chosen: list[str]
    error: str | None = None


class VariablesAnswer(BaseModel):
    """Options by the name of the variable."""

    variables: dict[str, VariableOptions]
