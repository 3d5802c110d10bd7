"""The machines that a project's metrics tell of, by the label `instance`."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from vedette.kit.ids import ProjectId
from vedette.kit.timerange import TimeRange
from vedette.signals.metrics.promql.result import Result
from vedette.signals.metrics.queries import Queries
from vedette.watch.overview.schemas import Host, HostSeries
from vedette.watch.phrases import spelled_out

_STEPS = 60
_LEAST_STEP_S = 15
_MOST = 50
_OVER_TIME: Final[Mapping[str, str]] = {
    name: spelled_out(text) for name, text in (("cpu", "@cpu_used[5m]"), ("memory", "@memory_used"))
}
_AT_THE_END: Final[Mapping[str, str]] = dict(_OVER_TIME) | {
    name: spelled_out(text)
    for name, text in (
        ("cpu_count", "@cpu_count"),
        ("memory_total_bytes", "@memory_bytes"),
        ("disk", 'max by (instance) (@disk_used{mountpoint="/"}) or max by (instance) (@disk_used)'),
        ("disk_total_bytes", 'max by (instance) (@disk_bytes{mountpoint="/"}) or max by (instance) (@disk_bytes)'),
        ("load1", "@load1"),
        ("network_receive_bps", "@received[5m]"),
        ("network_transmit_bps", "@sent[5m]"),
    )
}


async def hosts(queries: Queries, project: ProjectId, within: TimeRange, own: Iterable[Host]) -> list[Host]:
    """Return the hosts of a project; `own`, the machine Vedette runs on, comes first unless it is among them."""
    step_ms = 1000 * max(within.step_s(_STEPS), _LEAST_STEP_S)
    # On whole steps, so that what is known from before holds; of a single step nothing is kept.
    first_ms, last_ms = (int(each.timestamp() * 1000) // step_ms * step_ms for each in (within.start, within.end))
    least_ms = 1000 * _LEAST_STEP_S
    end_ms = int(within.end.timestamp() * 1000) // least_ms * least_ms
    drawn, latest = await asyncio.gather(
        asyncio.gather(*(queries.range(project, each, first_ms, last_ms, step_ms) for each in _OVER_TIME.values())),
        asyncio.gather(
            *(queries.range(project, each, end_ms - least_ms, end_ms, least_ms) for each in _AT_THE_END.values())
        ),
    )
    times = [each // 1000 for each in range(first_ms, last_ms + 1, step_ms)]
    lines = {name: _by_instance(result) for name, result in zip(_OVER_TIME, drawn, strict=True)}
    figures = {name: _by_instance(result) for name, result in zip(_AT_THE_END, latest, strict=True)}
    names = sorted({name for found in (*lines.values(), *figures.values()) for name in found})
    own = list(own)
    mine = {each.name for each in own}
    found = [
        _host(
            name,
            times,
            {figure: by_name.get(name, []) for figure, by_name in lines.items()},
            {figure: last for figure, by_name in figures.items() if (last := _last(by_name.get(name, []))) is not None},
            is_this_server=name in mine,
        )
        for name in names[:_MOST]
    ]
    return [each for each in own if each.name not in names] + found


def _host(
    name: str,
    times: list[int],
    lines: Mapping[str, list[float | None]],
    figures: Mapping[str, float],
    *,
    is_this_server: bool,
) -> Host:
    cpu, memory = (lines[each] or [None] * len(times) for each in ("cpu", "memory"))
    drawn = [place for place in range(len(times)) if cpu[place] is not None or memory[place] is not None]
    return Host(
        name=name,
        is_this_server=is_this_server,
        **{"cpu": _last(cpu), "memory": _last(memory), **figures},
        series=HostSeries(
            times=[times[each] for each in drawn],
            cpu=[cpu[each] for each in drawn],
            memory=[memory[each] for each in drawn],
        ),
    )


def _by_instance(result: Result) -> dict[str, list[float | None]]:
    """Return the values at each step by instance; NaN and what is missing are None."""
    known = result.present & np.isfinite(result.values)
    return {
        dict(labels).get("instance", "unknown"): [
            value if has else None for value, has in zip(values, is_known, strict=True)
        ]
        for labels, values, is_known in zip(result.labels, result.values.tolist(), known.tolist(), strict=True)
    }


def _last(values: Iterable[float | None]) -> float | None:
    return next((each for each in reversed(list(values)) if each is not None), None)
