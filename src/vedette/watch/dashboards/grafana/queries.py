"""Targets of Grafana's panels as queries: PromQL as it is, simple LogQL as a search."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vedette.kit.ids import Signal
from vedette.watch.dashboards.grafana.fields import Fields
from vedette.watch.dashboards.grafana.times import seconds_of
from vedette.watch.dashboards.schemas import Aggregate, Query

_MOST = 26
_PROMQL = ("prometheus", "victoriametrics", "mimir", "thanos", "cortex", "amazonprometheus")
_OTHERS = ("-- Grafana --", "-- Dashboard --", "grafana")
_MATCHER = re.compile(r'\s*([\w.]+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|`[^`]*`)\s*(?:,|$)')
_STREAM = re.compile(r"\{((?:[^{}\"`]|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|\$\{\w+(?::\w+)?\})*)\}")
_STAGE = re.compile(r'\s*(\|=|!=|\|~|!~)\s*("(?:[^"\\]|\\.)*"|`[^`]*`)|\s*\|\s*(\w+)([^|]*)')
_METRIC = re.compile(
    r"\s*(?:sum|max|topk\(\d+,\s*sum)?\s*(?:by\s*\(([^)]*)\))?\s*\(?\s*(count_over_time|rate)\s*\((.*)\[[^\]]*\]\s*\)\s*\)*"
    r"\s*(?:by\s*\(([^)]*)\))?\s*",
    re.DOTALL,
)
_FIELDS = {
    "app": "service", "job": "service", "service": "service", "service_name": "service",
    "level": "level", "detected_level": "level", "severity": "level",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sources:
    """What the data sources of a document are: kinds by name, from `__inputs` and its variables."""

    kinds: Mapping[str, str]

    def kind(self, datasource: object, otherwise: str = "") -> str:
        """Return the kind of a data source as panels and targets name it; empty when nothing says."""
        if isinstance(datasource, Mapping):
            named = datasource.get("type")
            uid = str(datasource.get("uid") or "")
            if uid in _OTHERS or named == "datasource":
                return "grafana"
            return str(named) if named else self._by_name(uid) or otherwise
        if isinstance(datasource, str) and datasource:
            return "grafana" if datasource in _OTHERS else self._by_name(datasource) or otherwise
        return otherwise

    def _by_name(self, name: str) -> str:
        bare = re.sub(r"^\$\{?|\}?$|^\[\[|\]\]$", "", name)
        known = self.kinds.get(bare, "")
        return known or next((each for each in (*_PROMQL, "loki") if each in bare.lower()), "")


def signal_of(kind: str) -> Signal | None:
    """Return which of our signals answers a kind of data source, None when none does."""
    if any(each in kind.lower() for each in _PROMQL):
        return "metrics"
    return "logs" if "loki" in kind.lower() else None


def queries_of(panel: Fields, sources: Sources, *, is_heatmap: bool, is_table: bool) -> list[Query]:
    """Take the targets of a panel."""
    kind = sources.kind(panel.raw("datasource"))
    least_s = _step(panel, "interval")
    found: list[Query] = []
    for place, target in enumerate(panel.each("targets")):
        query = _query(target, sources, kind, place, {each.id for each in found})
        if query is None:
            continue
        if len(found) >= _MOST:
            panel.lost("targets", f"more than {_MOST} queries")
            break
        changes: dict[str, object] = {"min_step_s": query.min_step_s or least_s}
        if query.signal == "metrics" and query.format == "series" and is_heatmap and "le" in query.text:
            changes["format"] = "heatmap"
        if is_table and query.signal == "metrics" and query.format == "series" and query.instant:
            changes["format"] = "table"
        found.append(query.model_copy(update=changes))
    return found


def _query(target: Fields, sources: Sources, panel_kind: str, place: int, taken: set[str]) -> Query | None:
    target.pass_over(
        "editorMode", "step", "metric", "range", "intervalFactor", "calculatedInterval", "datasourceErrors", "errors",
        "disableTextWrap", "fullMetaSearch", "includeNullMetadata", "useBackend", "key", "requestId", "utcOffsetSec",
        "dsType", "groupBy", "measurement", "policy", "resultFormat", "select", "tags", "alias", "orderByTime",
        "hide", "refId", "queryType", "maxLines", "direction", "target", "type", "scopedVars", "rawQuery", "$$hashKey",
    )  # fmt: skip
    kind = sources.kind(target.raw("datasource"), panel_kind)
    has_promql = isinstance(target.raw("expr"), str)
    if kind == "mixed" or not kind:
        kind = "prometheus" if has_promql else "unknown"
    signal = signal_of(kind)
    if signal is None or not has_promql:
        what = f"asks a data source of type {kind}, which is not among what this server answers"
        target.lost(
            "expr" if has_promql else "datasource", what if kind != "unknown" else "has no query in PromQL or LogQL"
        )
        return None
    text = target.text("expr", most=20_000)
    if not text.strip():
        return None
    if target.flag("exemplar"):
        target.report.lost("targets", "exemplars are shown in Metrics, not on panels")
    legend = target.text("legendFormat")
    base = Query(
        id=_id(target.raw("refId"), place, taken),
        signal=signal,
        text=text,
        legend="" if legend == "__auto" else legend,
        instant=target.flag("instant") and not target.flag("range"),
        hidden=target.flag("hide"),
        min_step_s=_step(target, "interval"),
    )
    if signal == "logs":
        return _logs(target, base)
    form = target.raw("format")
    target.rest()
    return base.model_copy(update={"format": {"table": "table", "heatmap": "heatmap"}.get(str(form), "series")})


def _id(raw: object, place: int, taken: set[str]) -> str:
    text = re.sub(r"[^A-Za-z0-9_]", "", str(raw or ""))[:16]
    if not text or not text[0].isalpha() or text in taken:
        text = next(each for each in [chr(65 + place % 26), *(f"Q{n}" for n in range(100))] if each not in taken)
    return text


def _step(fields: Fields, name: str) -> int | None:
    text = fields.text(name).lstrip(">").strip()
    if not text or "$" in text:
        return None
    seconds = seconds_of(text)
    if seconds is None:
        fields.lost(name, f"is no interval: {text[:40]}")
        return None
    return min(max(int(seconds), 1), 86_400)


def _logs(target: Fields, query: Query) -> Query | None:
    """Return a LogQL query as a search: stream selector, line filters, and a count or rate over them."""
    text = query.text
    aggregate = None
    if (metric := _METRIC.fullmatch(text)) is not None:
        by = [
            _FIELDS.get(each.strip(), each.strip())
            for each in (metric[1] or metric[4] or "").split(",")
            if each.strip()
        ]
        aggregate = Aggregate(fn="rate" if metric[2] == "rate" else "count", by=by[:3])
        text = metric[3]
    stream = _STREAM.match(text.strip())
    if stream is None:
        target.lost("expr", "this LogQL has no counterpart here; write it as a search")
        return None
    words = _selector(target, stream[1])
    rest = text.strip()[stream.end() :]
    at = 0
    while at < len(rest.rstrip()):
        stage = _STAGE.match(rest, at)
        if stage is None:
            target.lost("expr", f"not understood in LogQL: {rest[at : at + 60].strip()}")
            return None
        at = stage.end()
        words += _stage(target, stage)
    target.rest()
    return query.model_copy(update={"text": " ".join(words), "aggregate": aggregate})


def _selector(target: Fields, text: str) -> list[str]:
    words = []
    for name, operator, quoted in _MATCHER.findall(text):
        value, field = quoted[1:-1], _FIELDS.get(name, name)
        sign = "-" if operator.startswith("!") else ""
        if operator in ("=~", "!~"):
            word = _regex(field, value)
            if word is None:
                target.lost("expr", f"the regular expression of {name} has no counterpart in a search: {value[:60]}")
                continue
            words.append(sign + word)
        else:
            words.append(f"{sign}{field}:{_word(value)}")
    return words


def _regex(field: str, value: str) -> str | None:
    if value in (".*", ".+"):
        return f"{field}:*"
    if re.fullmatch(r"\$\w+|\$\{\w+(:\w+)?\}|\[\[\w+\]\]", value):
        return f"{field}:{value}"
    if re.fullmatch(r"[\w. /:|-]+", value) and "." not in value:
        options = [f"{field}:{_word(each)}" for each in value.split("|") if each]
        return options[0] if len(options) == 1 else f"({' OR '.join(options)})"
    simple = re.fullmatch(r"(\.\*)?([\w -]+)(\.\*)?", value)
    return f"{field}:{'*' if simple[1] else ''}{simple[2]}{'*' if simple[3] else ''}" if simple else None


def _stage(target: Fields, stage: re.Match[str]) -> Sequence[str]:
    operator, quoted, parser, rest = stage.groups()
    if operator in ("|=", "!="):
        return [("-" if operator == "!=" else "") + _word(quoted[1:-1], phrase=True)] if quoted[1:-1] else []
    if operator in ("|~", "!~"):
        simple = re.fullmatch(r"(\(\?i\))?([\w -]+)", quoted[1:-1])
        if simple:
            return [("-" if operator == "!~" else "") + _word(simple[2], phrase=True)]
        target.lost("expr", f"a filter by regular expression has no counterpart in a search: {quoted[:60]}")
        return []
    if parser in ("json", "logfmt", "unpack", "__error__"):
        return []
    compared = re.fullmatch(r'\s*(=|!=)\s*("(?:[^"\\]|\\.)*"|`[^`]*`)\s*', rest)
    if compared:
        sign = "-" if compared[1] == "!=" else ""
        return [] if parser == "__error__" else [f"{sign}{_FIELDS.get(parser, parser)}:{_word(compared[2][1:-1])}"]
    target.lost("expr", f"a stage of LogQL has no counterpart here: | {parser}{rest[:40]}")
    return []


def _word(text: str, *, phrase: bool = False) -> str:
    if re.fullmatch(r"[\w./@-]+|\$\w+|\$\{\w+(:\w+)?\}", text) and not (phrase and text in {"OR", "AND", "NOT"}):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
