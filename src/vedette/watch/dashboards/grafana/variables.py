"""Template variables of Grafana as ours."""

import re
from typing import Any

from pydantic import ValidationError

from vedette.watch.dashboards.filling import ALL
from vedette.watch.dashboards.grafana.fields import Fields
from vedette.watch.dashboards.grafana.queries import Sources, signal_of
from vedette.watch.dashboards.schemas import Variable

_SORTS = {1: "ascending", 2: "descending", 3: "numeric", 4: "numeric_descending", 5: "ascending", 6: "descending"}
_KINDS = {"query": "query", "custom": "custom", "interval": "interval", "textbox": "text", "constant": "constant"}
_EDITING = (
    "refresh", "skipUrlSync", "useTags", "tagsQuery", "tagValuesQuery", "tags", "auto_count", "auto_min", "allFormat",
    "multiFormat", "refresh_on_load", "queryValue", "allowCustomValue", "definition", "options", "datasource", "type",
    "label", "id", "global", "index", "state", "error", "tagValues", "$$hashKey", "hideVariable",
    "showTags", "staticOptions",
)  # fmt: skip


def variable_of(raw: Fields, sources: Sources) -> Variable | None:
    """Return a variable, None (reported) for one that has no counterpart."""
    kind, name = str(raw.raw("type") or "query"), raw.text("name", most=64)
    if kind == "datasource":
        raw.lost("type", f"the data source variable {name} is not needed: this server answers every query")
        return None
    if kind not in _KINDS:
        raw.lost("type", f"there are no variables of type {kind[:40]} here: {name}")
        return None
    raw.pass_over(*_EDITING)
    values: dict[str, Any] = {
        "name": name,
        "label": raw.text("label"),
        "type": _KINDS[kind],
        "multi": raw.flag("multi"),
        "include_all": raw.flag("includeAll"),
        "all_value": raw.text("allValue", most=1000) or None,
        "hidden": raw.number("hide") == 2 or raw.raw("hide") == "hideVariable",
        "current": _current(raw),
    }
    query = raw.raw("query")
    text = query if isinstance(query, str) else str(query.get("query") or "") if isinstance(query, dict) else ""
    text = text or raw.text("definition", most=20_000)
    match kind:
        case "query":
            signal = signal_of(sources.kind(raw.raw("datasource"), "prometheus"))
            if signal != "metrics":
                raw.lost("query", f"asks another data source than Prometheus: {name}")
            values |= {"query": text[:20_000], "regex": raw.text("regex", most=1000)}
            values["sort"] = _SORTS.get(int(raw.number("sort") or 0), "none")
        case "custom" | "interval":
            values["options"] = _options(raw, text)
            if kind == "interval" and raw.flag("auto"):
                raw.lost("auto", f"an interval chosen by itself is $__interval: {name}")
            raw.pass_over("sort", "regex")
        case "constant" | "textbox":
            values["current"] = text[:1000] or values["current"]
            raw.pass_over("sort", "regex")
    raw.pass_over("query", "auto")
    raw.rest()
    try:
        return Variable.model_validate(values)
    except ValidationError as error:
        raw.lost("name", f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}")
        return None


def _current(raw: Fields) -> str | list[str]:
    current = raw.raw("current")
    value = current.get("value") if isinstance(current, dict) else None
    if isinstance(value, list):
        values = [str(each)[:1000] for each in value[:1000]]
        return values[0] if len(values) == 1 else values
    text = str(value)[:1000] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if text.startswith("$__auto_interval"):
        return ""
    return ALL if text in (ALL, "$__all") else text


def _options(raw: Fields, text: str) -> list[str]:
    """Return the options of a list; `word : value` has words that are only shown."""
    found = []
    for each in re.split(r"(?<!\\),", text):
        option = each.replace("\\,", ",").strip()
        shown, colon, value = option.partition(" : ")
        if colon:
            raw.lost("query", f"options have no names besides their values: {shown.strip()[:60]}")
            option = value.strip()
        if option:
            found.append(option[:1000])
    if len(found) > 1000:
        raw.lost("query", "more than 1000 options")
    return found[:1000]
