"""Panels as they are drawn: one that is repeated, or stands in a row that is, once for each value."""

from collections.abc import Sequence
from dataclasses import dataclass

from vedette.watch.dashboards.filling import Value, Values
from vedette.watch.dashboards.schemas import MOST_PANELS, Panel

_WITHOUT_DATA = {"row", "text"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A panel with the values its queries see; `key` is its id, with the value behind it when it is repeated."""

    key: str
    panel: Panel
    values: Values


def drawn(panels: Sequence[Panel], values: Values) -> list[Drawn]:
    """Return what is drawn and has queries, in the order of the page, at most as many as a dashboard may have."""
    found: list[Drawn] = []
    row: Panel | None = None
    for panel in sorted(panels, key=lambda each: (each.grid.y, each.grid.x)):
        if panel.type == "row":
            row = panel
            continue
        if panel.type in _WITHOUT_DATA or not (panel.queries or panel.needs):
            continue
        name = panel.repeat or (row.repeat if row else None)
        chosen = values.get(name) if name else None
        if name is None or chosen is None or not chosen.values:
            found.append(Drawn(str(panel.id), panel, values))
            continue
        found += [Drawn(f"{panel.id}/{each}", panel, {**values, name: Value((each,))}) for each in chosen.values]
    return found[:MOST_PANELS]
