"""The newest value of series: steps are multiples of their length, the latest of them may be minutes ago."""

from dataclasses import replace
from typing import Final

from vedette.watch.dashboards.answers import Frame, SeriesOut
from vedette.watch.dashboards.asking import Answered, Asked
from vedette.watch.dashboards.schemas import Panel
from vedette.watch.dashboards.window import Window

_KINDS: Final = {"timeseries", "stat", "gauge", "bar", "status", "table"}


def newest_of(panel: Panel, asked: Asked, window: Window) -> Asked | None:
    """Return the question for the value right now, where the panel should show it after the last whole step.

    Not of a range in the past, and not where values are drawn or added up a step each.
    """
    options = panel.options
    is_wanted = panel.type in _KINDS and options.draw != "bars" and options.reduce in {None, "last"}
    is_series = asked.signal == "metrics" and asked.is_grid and asked.format == "series"
    if not (is_wanted and is_series and window.is_current and window.end - asked.end >= 1):
        return None
    return replace(asked, start=window.start, end=window.end, instant=True)


def with_newest(answered: Answered, newest: Answered) -> Answered:
    """Return the series with their newest values behind the others; a series that is new began with holes."""
    if len(answered.frames) != 1 or len(newest.frames) != 1:
        return answered
    frame, last = answered.frames[0], newest.frames[0]
    if not last.times or not last.series or not frame.times or frame.times[-1] >= last.times[-1]:
        return answered
    values = {tuple(sorted(each.labels.items())): each.values[-1] for each in last.series}
    series = [
        SeriesOut.model_construct(
            name="",
            labels=each.labels,
            values=[*each.values, values.pop(tuple(sorted(each.labels.items())), None)],
        )
        for each in frame.series or ()
    ]
    holes: list[float | None] = [None] * len(frame.times)
    series += [
        SeriesOut.model_construct(name="", labels=dict(labels), values=[*holes, value])
        for labels, value in values.items()
    ]
    times = [*frame.times, last.times[-1]]
    return Answered((Frame.model_construct(query="", kind="series", times=times, series=series),), answered.warnings)
