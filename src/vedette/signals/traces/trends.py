"""Figures of spans, for panels: of any spans, or quicker of those that are requests (`entry:true`)."""

from dataclasses import replace

from vedette.kit.ids import ProjectId
from vedette.kit.search import Every, Not, Term, parse_search
from vedette.signals.conditions import Column, Searchable
from vedette.signals.traces.reading import SEARCHABLE
from vedette.signals.trends import Function, Question, Source, Trend, trend
from vedette.storage.telemetry.reader import Reader

_QUANTILES: dict[Function, float] = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_COARSE_FROM_S, _COARSE_S = 300, 600
_STATUS = "if(StatusCode = '', 'unset', lower(StatusCode))"
_RAW = Source(
    table="otel_traces",
    searchable=SEARCHABLE,
    texts={
        "service": "ServiceName",
        "name": "SpanName",
        "kind": "lower(SpanKind)",
        "status": _STATUS,
        "trace_id": "TraceId",
        "span_id": "SpanId",
        "scope": "ScopeName",
        "entry": SEARCHABLE.fields["entry"].sql,
    },
    numbers={"duration": "Duration / 1e6"},
)


def _red(table: str, resolution_s: int) -> Source:
    """Return a table of requests: counts per bucket of duration (see migration 0001), exact to 5 %."""
    quantiles: dict[tuple[Function, str | None], str] = {
        (fn, "duration"): f"pow(1.1, quantileExactWeighted({level})(Bucket, Count)) * sqrt(1.1) / 1e6"
        for fn, level in _QUANTILES.items()
    }
    start, end = (f"toDateTime(intDiv({{{each}:Int64}}, 1000000000), 'UTC')" for each in ("from_ns", "to_ns"))
    return Source(
        table=table,
        searchable=Searchable(
            fields={
                "service": Column("ServiceName"),
                "name": Column("SpanName"),
                "status": Column("if(IsError, 'Error', '')", convert=str.capitalize),
                "entry": Column("'true'", convert=str.lower),
            },
            text=(),
            maps={"": ()},
        ),
        texts={"service": "ServiceName", "name": "SpanName"},
        measures=quantiles | {("avg", "duration"): "sum(DurationSum) / sum(Count) / 1e6"},
        count="sum(Count)",
        seconds="toUnixTimestamp(Minute)",
        bounds=f"Minute >= toDateTime(intDiv(toUnixTimestamp({start}), {resolution_s}) * {resolution_s}, 'UTC')"
        f" AND Minute < {end}",
        resolution_s=resolution_s,
    )


_REQUESTS = (_red("red_10m", 600), _red("red_1m", 60))


async def trace_trend(reader: Reader, project: ProjectId, question: Question) -> Trend:
    """Answer a question about spans; about requests from their figures, where those know every field."""
    is_quick = _is_entry(question.search) and _only_errors(question.search) and _only_errors(question.of or "")
    if is_quick and question.step_s is not None and _COARSE_FROM_S <= question.step_s < _COARSE_S:
        # Over hours the figures per ten minutes are a tenth of the rows, and still more than a hundred points a day.
        question = replace(question, step_s=_COARSE_S)
    return await trend(reader, project, question, (*_REQUESTS, _RAW) if is_quick else (_RAW,))


def _terms(search: str) -> tuple[object, ...]:
    node = parse_search(search)
    return node.nodes if isinstance(node, Every) else (node,)


def _is_entry(search: str) -> bool:
    return any(isinstance(each, Term) and (each.field, each.value) == ("entry", "true") for each in _terms(search))


def _only_errors(search: str) -> bool:
    """Say whether a search asks of the status only whether it is an error: the figures know no more."""
    plain = (each.node if isinstance(each, Not) else each for each in _terms(search))
    return all(
        isinstance(each, Term) and (each.field.lower() != "status" or each.value.lower() == "error") for each in plain
    )
