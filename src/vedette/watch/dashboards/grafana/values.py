"""What Grafana's panels say of values: thresholds, words for some of them, and links."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ValidationError

from vedette.watch.dashboards.grafana.fields import Fields
from vedette.watch.dashboards.schemas import Link, Threshold, Thresholds
from vedette.watch.dashboards.schemas import Mapping as ValueMapping


def thresholds_of(raw: Fields) -> Thresholds:
    """Take thresholds."""
    steps = []
    for place, each in enumerate(raw.each("steps")):
        color = each.text("color", most=40) or "green"
        value = None if place == 0 else each.number("value")
        each.pass_over("value", "state", "index", "line", "op", "yaxis", "fill", "fillColor", "lineColor", "colorMode")
        each.rest()
        steps.append(Threshold(value=value, color=color))
    mode: Literal["absolute", "percentage"] = "percentage" if raw.text("mode") == "percentage" else "absolute"
    # Green alone is what Grafana writes where there are none.
    return Thresholds(mode=mode, steps=[] if len(steps) == 1 and steps[0].color == "green" else steps[:50])


def mappings_of(defaults: Fields) -> list[ValueMapping]:
    """Take value mappings, those of Grafana 8 on and the numbered kinds before."""
    found: list[ValueMapping] = []
    for each in defaults.each("mappings"):
        kind, options = each.raw("type"), each.raw("options")
        each.pass_over("id", "operator", "op")
        if kind == "value" and isinstance(options, Mapping):
            found += [_mapping("value", {"value": str(value)}, result) for value, result in options.items()]
        elif kind in ("range", "regex", "special") and isinstance(options, Mapping):
            match = {"range": {"from": options.get("from"), "to": options.get("to")}}.get(
                str(kind), {"value": str(options.get("pattern") or options.get("match") or "")}
            )
            found.append(_mapping(str(kind), match, options.get("result")))
        elif kind in (1, "1"):
            found.append(_mapping("value", {"value": each.text("value")}, {"text": each.text("text")}))
        elif kind in (2, "2"):
            match = {"from": each.number("from"), "to": each.number("to")}
            found.append(_mapping("range", match, {"text": each.text("text")}))
        else:
            each.lost("type", f"there is no mapping of type {kind}")
    if len(found) > 100:
        defaults.lost("mappings", "more than 100")
    return found[:100]


def _mapping(kind: str, match: Mapping[str, Any], result: Any) -> ValueMapping:
    result = result if isinstance(result, Mapping) else {}
    color = result.get("color")
    values = {
        "type": kind,
        "text": str(result.get("text") or "")[:200],
        "color": color[:40] if isinstance(color, str) else None,
    }
    cut = {name: value[:200] if isinstance(value, str) else value for name, value in match.items()}
    try:
        return ValueMapping.model_validate(values | cut)
    except ValidationError:
        return ValueMapping.model_validate(values | {"type": "special", "value": "none"})


def links_of(raw: Fields, name: str) -> list[Link]:
    """Take links with an address."""
    found = []
    for each in raw.each(name):
        each.pass_over(
            "targetBlank",
            "type",
            "dashboard",
            "dashUri",
            "keepTime",
            "includeVars",
            "params",
            "asDropdown",
            "icon",
            "tags",
            "tooltip",
            "oneClick",
            "sort",
            "internal",
        )
        url = each.text("url", most=2000) or str(each.raw("dashUri") or "")[:2000]
        title = each.text("title")
        if not url:
            each.lost("url", f"a link without an address: {title}")
            continue
        try:
            found.append(Link(title=title, url=url))
        except ValidationError as error:
            each.lost("url", str(error.errors()[0]["msg"]))
    if len(found) > 20:
        raw.lost(name, "more than 20 links")
    return found[:20]
