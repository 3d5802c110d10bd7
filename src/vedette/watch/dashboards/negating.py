"""Series that are drawn below the axis: sent out, against received."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from vedette.watch.dashboards.answers import Frame, SeriesOut
from vedette.watch.dashboards.schemas import Override


def negated(frames: list[Frame], overrides: Sequence[Override]) -> list[Frame]:
    """Return the frames with the values of series negated whose override says so."""
    wanted = [each for each in overrides if each.negate]
    if not wanted:
        return frames
    return [_negated(frame, wanted) if frame.kind == "series" else frame for frame in frames]


def _negated(frame: Frame, overrides: Sequence[Override]) -> Frame:
    names = [each.name for each in frame.series or ()]
    chosen = [any(column) for column in zip(*(_matches(each, frame.query, names) for each in overrides), strict=True)]
    series = [
        SeriesOut.model_construct(
            name=each.name, labels=each.labels, values=[None if value is None else -value for value in each.values]
        )
        if is_chosen
        else each
        for each, is_chosen in zip(frame.series or (), chosen, strict=True)
    ]
    return frame.model_copy(update={"series": series})


def _matches(override: Override, query: str, names: Sequence[str]) -> list[bool]:
    """Say which series an override is for; a faulty pattern is for none. RE2 takes linear time."""
    if override.match == "query":
        return [query == override.value] * len(names)
    if override.match == "name":
        return [name == override.value for name in names]
    try:
        found: list[bool] = pc.match_substring_regex(pa.array(names, pa.string()), override.value).to_pylist()
    except pa.ArrowInvalid:
        return [False] * len(names)
    return found
