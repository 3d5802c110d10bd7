"""Overrides of Grafana's panels: which series or columns they are about, and what they change."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import ValidationError

from vedette.watch.dashboards.grafana.fields import Fields
from vedette.watch.dashboards.schemas import Link

_MATCHES: Mapping[str, Literal["name", "regex", "query"]] = {
    "byName": "name", "byRegexp": "regex", "byFrameRefID": "query",
}  # fmt: skip


def matched(matcher: Fields) -> tuple[Literal["name", "regex", "query"] | None, list[str]]:
    """Return how an override matches and what; None for ways there are none of here."""
    kind, wanted = matcher.text("id"), matcher.raw("options")
    if kind == "byNames" and isinstance(wanted, Mapping):
        listed = wanted.get("names")
        names = [str(each) for each in listed] if isinstance(listed, list) else []
        if wanted.get("mode", "include") == "include":
            return "name", names
        return "regex", [f"^(?!(?:{'|'.join(re.escape(each) for each in names)})$)"] if names else []
    if kind not in _MATCHES or not isinstance(wanted, str):
        return None, []
    is_slashed = kind == "byRegexp" and len(wanted) > 1 and wanted[0] == wanted[-1] == "/"
    return _MATCHES[kind], [wanted[1:-1] if is_slashed else wanted]


def _links(value: Any) -> list[Link] | None:
    """Return the links of an override that can be kept, None when none can."""
    found = []
    for each in value if isinstance(value, list) else ():
        try:
            found.append(Link(title=str(each.get("title") or "")[:200], url=str(each.get("url") or "")))
        except (ValidationError, AttributeError):
            continue
    return found[:10] or None


def _has(value: Any, name: str) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get(name), str)


def _stands_on_others(value: Any) -> bool:
    """Tell whether a series is stacked; one in a group of its own, often `false`, stands alone."""
    if not isinstance(value, Mapping):
        return bool(value)
    return value.get("mode") != "none" and value.get("group", "A") == "A"


def _within(value: Any, most: int) -> int | None:
    return int(min(max(value, 0), most)) if isinstance(value, int | float) else None


_PROPERTIES: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "unit": ("unit", lambda value: value if isinstance(value, str) else None),
    "displayName": ("name", lambda value: value if isinstance(value, str) else None),
    "decimals": ("decimals", lambda value: min(max(value, 0), 12) if isinstance(value, int) else None),
    "color": ("color", lambda value: str(value["fixedColor"])[:40] if _has(value, "fixedColor") else None),
    "custom.axisPlacement": ("axis", lambda value: value if value in ("left", "right") else None),
    "custom.drawStyle": ("draw", lambda value: value if value in ("line", "bars", "points") else None),
    "custom.fillOpacity": ("fill", lambda value: _within(value, 100)),
    "custom.lineWidth": ("line_width", lambda value: _within(value, 10)),
    "custom.stacking": ("stack", _stands_on_others),
    "custom.transform": ("negate", lambda value: True if value == "negative-Y" else None),
    "custom.lineStyle": ("dashed", lambda value: value.get("fill") != "solid" if isinstance(value, Mapping) else None),
    "custom.hideFrom": ("hidden", lambda value: bool(value.get("viz")) if isinstance(value, Mapping) else None),
    "custom.hidden": ("hidden", bool),
    "custom.width": ("width", lambda value: int(min(max(value, 20), 2000)) if isinstance(value, int | float) else None),
    "links": ("links", _links),
}
_ABOUT_COLUMNS = {
    "custom.align",
    "custom.minWidth",
    "custom.inspect",
    "custom.pointSize",
    "custom.filterable",
}


def property_of(name: str, value: Any, where: str, raw: Fields) -> dict[str, Any]:
    """Return what one property of an override changes."""
    if name in _ABOUT_COLUMNS:
        return {}
    ours, read = _PROPERTIES.get(name, ("", lambda _: None))
    if (found := read(value)) is None:
        raw.report.lost(where, f"an override cannot change {name[:60]}")
        return {}
    return {ours: found}
