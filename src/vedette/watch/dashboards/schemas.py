"""The document of a dashboard: what people edit, keep as code, import and export.

Every field is bounded and an unknown one is an error that says where it is. Sizes and grid follow Grafana (24 columns,
rows of 30 px), so that layouts carry over.
"""

import re
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from vedette.kit.ids import Signal
from vedette.kit.timerange import length_s

MOST_PANELS = 200
MOST_COLUMNS = 24
MOST_ROWS = 100_000
_SCHEME = re.compile(r"[\x00-\x20]*([A-Za-z][A-Za-z0-9+.\s-]*):")


def _printable(text: str) -> str:
    if "\0" in text:
        raise ValueError("has a NUL character")
    return text


def _address(text: str) -> str:
    scheme = _SCHEME.match(_printable(text))
    if scheme and scheme[1].lower() not in {"http", "https", "mailto"}:
        raise ValueError("must be an http, https or mailto address, or one of this server")
    return text


def _length(text: str) -> str:
    length_s(text)
    return text


Name: TypeAlias = Annotated[str, StringConstraints(max_length=200), AfterValidator(_printable)]
Line: TypeAlias = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_printable)]
LongText: TypeAlias = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_printable)]
Title: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_printable)
]
Uid: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
VariableName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
TimeText: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_printable)]
LengthText: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20), AfterValidator(_length)]
Url: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_address)]
Color: TypeAlias = Annotated[str, StringConstraints(max_length=40), AfterValidator(_printable)]
Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
PanelType: TypeAlias = Literal[
    "timeseries", "stat", "gauge", "bar", "table", "heatmap", "histogram", "logs", "errors", "status", "text", "row"
]
Function: TypeAlias = Literal[
    "count", "rate", "uniq", "sum", "avg", "min", "max", "p50", "p75", "p90", "p95", "p99", "share", "retention"
]
Reduce: TypeAlias = Literal["last", "first", "mean", "max", "min", "sum", "range", "delta", "count"]


class Model(BaseModel):
    """A part of the document: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")


class Grid(Model):
    """Where a panel is: columns of 24, rows of 30 px. A panel that does not say it is placed below the others."""

    x: Annotated[int, Field(ge=0, lt=MOST_COLUMNS)] = 0
    y: Annotated[int, Field(ge=0, le=MOST_ROWS)] = 0
    w: Annotated[int, Field(ge=1, le=MOST_COLUMNS)] = 12
    h: Annotated[int, Field(ge=1, le=200)] = 8


class Aggregate(Model):
    """What to work out of the records a search finds.

    `field` is what `uniq`, `sum`, `avg`, `min`, `max` and the quantiles are of; `of` is the search whose part `share`
    gives (from 0 to 1); `by` makes a group for each value of up to three fields. `retention`, of events only, makes a
    row of people first seen in each week (with steps of a day: each day) and the part seen again in each later one.
    """

    fn: Function = "count"
    field: Name | None = None
    of: Line | None = None
    by: Annotated[list[Name], Field(max_length=3)] = []


class Query(Model):
    """One question of a panel: PromQL for metrics, else the search language of the signal.

    Without `aggregate` a signal other than metrics gives its records. `limit` bounds records and groups (what is over
    becomes "other"). `instead_of` names the query that must have given nothing before this one is asked.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,15}$")] = "A"
    signal: Signal = "metrics"
    text: LongText = ""
    legend: Name = ""
    instant: bool = False
    format: Literal["series", "table", "heatmap"] = "series"
    aggregate: Aggregate | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] | None = None
    min_step_s: Annotated[int, Field(ge=1, le=86_400)] | None = None
    instead_of: Annotated[str, StringConstraints(max_length=16)] | None = None
    hidden: bool = False


class Threshold(Model):
    """A colour from this value on; `value` null is the lowest step."""

    value: Number | None = None
    color: Color


class Thresholds(Model):
    """Steps in the unit of the panel, or in percent of the way from `min` to `max`."""

    mode: Literal["absolute", "percentage"] = "absolute"
    steps: Annotated[list[Threshold], Field(max_length=50)] = []


class Mapping(Model):
    """Words for a value: `value` (equal), `range` (from, to, inclusive), `regex`, or `special` (null, nan, empty …)."""

    type: Literal["value", "range", "regex", "special"] = "value"
    value: Name = ""
    start: Annotated[Number | None, Field(alias="from")] = None
    end: Annotated[Number | None, Field(alias="to")] = None
    text: Name = ""
    color: Color | None = None

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)


class Link(Model):
    """Where to go from here; variables in the address are filled in.

    A link that names `${__value}`, `${__series.name}`, `${__field.labels.x}` or `${__data.fields.x}` leads from each
    value, with what it stands for.
    """

    title: Name = ""
    url: Url


class Override(Model):
    """How series or columns of one name differ from the panel; null leaves it as the panel says.

    `negate` draws below the axis what is counted upwards: it is done to the answer already. `links` lead from the
    cells of a column, `width` (px) is that of a column.
    """

    match: Literal["name", "regex", "query"] = "name"
    value: Name
    unit: Name | None = None
    color: Color | None = None
    decimals: Annotated[int, Field(ge=0, le=12)] | None = None
    name: Name | None = None
    axis: Literal["left", "right"] | None = None
    draw: Literal["line", "bars", "points"] | None = None
    fill: Annotated[int, Field(ge=0, le=100)] | None = None
    stack: bool | None = None
    negate: bool | None = None
    line_width: Annotated[int, Field(ge=0, le=10)] | None = None
    dashed: bool | None = None
    hidden: bool | None = None
    width: Annotated[int, Field(ge=20, le=2000)] | None = None
    links: Annotated[list[Link], Field(max_length=10)] | None = None


class PanelOptions(Model):
    """How a panel draws; each kind takes what is for it.

    timeseries: stack, fill (opacity in percent), line_width, draw, interpolation, points, connect_nulls, log_base,
    soft_min, soft_max · stat, gauge, bar, status: reduce, sparkline, color_by, text_size, orientation, label ·
    table: columns, join_by (in which rows of several queries agree), sort, filterable ·
    heatmap, histogram: buckets, palette · logs, errors: wrap, show_time ·
    text: markdown · row: collapsed.
    """

    stack: Literal["none", "normal", "percent"] | None = None
    fill: Annotated[int, Field(ge=0, le=100)] | None = None
    line_width: Annotated[int, Field(ge=0, le=10)] | None = None
    draw: Literal["line", "bars", "points"] | None = None
    interpolation: Literal["linear", "smooth", "step"] | None = None
    points: Literal["auto", "always", "never"] | None = None
    connect_nulls: bool | None = None
    log_base: Literal[2, 10] | None = None
    soft_min: Number | None = None
    soft_max: Number | None = None
    reduce: Reduce | None = None
    sparkline: bool | None = None
    color_by: Literal["value", "background", "series", "none"] | None = None
    orientation: Literal["auto", "horizontal", "vertical"] | None = None
    text_size: Annotated[int, Field(ge=6, le=400)] | None = None
    label: Name | None = None
    columns: Annotated[list[Name], Field(max_length=50)] | None = None
    join_by: Name | None = None
    sort: Name | None = None
    sort_descending: bool | None = None
    filterable: bool | None = None
    buckets: Annotated[int, Field(ge=1, le=200)] | None = None
    palette: Name | None = None
    wrap: bool | None = None
    show_time: bool | None = None
    markdown: LongText | None = None
    collapsed: bool | None = None
    legend_values: Annotated[list[Reduce], Field(max_length=9)] | None = None
    color: Color | None = None


class Panel(Model):
    """One panel. A row is a panel too; the panels below it, up to the next row, are its own.

    `repeat` names a variable: the panel is drawn once for each of its values, in a row (`repeat_direction` h) or a
    column (v). `needs` says what must arrive for the panel to show anything; it is shown while there is nothing.
    `range` (7d) is how far the panel looks back from the end of the dashboard's range, whatever its beginning, and
    `shift` how much earlier all of that is.
    """

    id: Annotated[int, Field(ge=0, le=1_000_000)]
    type: PanelType = "timeseries"
    title: Name = ""
    description: LongText = ""
    grid: Grid = Grid()
    queries: Annotated[list[Query], Field(max_length=26)] = []
    unit: Name = "none"
    decimals: Annotated[int, Field(ge=0, le=12)] | None = None
    min: Number | None = None
    max: Number | None = None
    thresholds: Thresholds = Thresholds()
    mappings: Annotated[list[Mapping], Field(max_length=100)] = []
    overrides: Annotated[list[Override], Field(max_length=100)] = []
    legend: Literal["list", "table", "hidden"] = "list"
    options: PanelOptions = PanelOptions()
    links: Annotated[list[Link], Field(max_length=20)] = []
    repeat: VariableName | None = None
    repeat_direction: Literal["h", "v"] = "h"
    needs: Name | None = None
    range: LengthText | None = None
    shift: LengthText | None = None

    @model_validator(mode="after")
    def _queries_differ(self) -> Self:
        if len({each.id for each in self.queries}) < len(self.queries):
            raise ValueError("two queries have the same id")
        return self


class Variable(Model):
    """A value people choose above the panels; `$name` stands for it in queries, titles and links.

    Kinds: `query` (label_values(…), label_names(), metrics(…), query_result(…), field_values(signal, field)), `custom`
    and `interval` (options), `text` (typed freely), `constant`. `regex` keeps matching options only, its first group is
    the value. `current` is what is chosen at first, `$__all` every option.
    """

    name: VariableName
    label: Name = ""
    type: Literal["query", "custom", "interval", "text", "constant"] = "query"
    query: LongText = ""
    regex: Line = ""
    options: Annotated[list[Line], Field(max_length=1000)] = []
    sort: Literal["none", "ascending", "descending", "numeric", "numeric_descending"] = "none"
    multi: bool = False
    include_all: bool = False
    all_value: Line | None = None
    current: Line | Annotated[list[Line], Field(max_length=1000)] = ""
    hidden: bool = False


class Annotation(Model):
    """Marks over the panels: when the series of a metric query are above nothing, or the records a search finds."""

    name: Name
    signal: Signal = "events"
    text: LongText = ""
    label: Name = ""
    tags: Annotated[list[Name], Field(max_length=10)] = []
    color: Color = ""
    enabled: bool = True
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class DefaultTime(Model):
    """The range shown at first."""

    start: Annotated[TimeText, Field(alias="from")] = "now-1h"
    end: Annotated[TimeText, Field(alias="to")] = "now"

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)


class Content(Model):
    """What people edit of a dashboard."""

    title: Title
    description: LongText = ""
    tags: Annotated[list[Annotated[Title, StringConstraints(max_length=50)]], Field(max_length=50)] = []
    variables: Annotated[list[Variable], Field(max_length=50)] = []
    panels: Annotated[list[Panel], Field(max_length=MOST_PANELS)] = []
    annotations: Annotated[list[Annotation], Field(max_length=20)] = []
    links: Annotated[list[Link], Field(max_length=50)] = []
    time: DefaultTime = DefaultTime()
    refresh_s: Annotated[int, Field(ge=0, le=86_400)] = 30

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        if len({each.id for each in self.panels}) < len(self.panels):
            raise ValueError("two panels have the same id")
        if len({each.name for each in self.variables}) < len(self.variables):
            raise ValueError("two variables have the same name")
        return self

    @model_validator(mode="after")
    def _all_have_a_place(self) -> Self:
        """Panels without a place come below the others, two in a line."""
        x, y = 0, max((each.grid.y + each.grid.h for each in self.panels if "grid" in each.model_fields_set), default=0)
        for panel in self.panels:
            if "grid" in panel.model_fields_set:
                continue
            size = Grid(w=24, h=1) if panel.type == "row" else Grid()
            if x + size.w > MOST_COLUMNS:
                x, y = 0, y + Grid().h
            panel.grid = size.model_copy(update={"x": x, "y": min(y, MOST_ROWS)})
            x += size.w
            if panel.type == "row":
                x, y = 0, y + 1
        return self
