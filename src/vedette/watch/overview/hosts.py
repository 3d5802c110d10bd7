"""The machines that report `system.*` metrics (OpenTelemetry semantic conventions), by the label `instance`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from vedette.kit.ids import ProjectId
from vedette.kit.timerange import TimeRange
from vedette.storage.telemetry.reader import Reader
from vedette.watch.overview.requests import QUERIES, seconds
from vedette.watch.overview.schemas import Host, HostSeries

_CPU = "system_cpu_utilization_ratio"
_MEMORY = "system_memory_utilization_ratio"
_MEMORY_LIMIT = "system_memory_limit_bytes"
_DISK = "system_filesystem_utilization_ratio"
_DISK_LIMIT = "system_filesystem_limit_bytes"
_LOAD = "system_cpu_load_average_1m"
_CPUS = "system_cpu_logical_count"
_NETWORK = "system_network_io_bytes_total"
_NAMES = (_CPU, _MEMORY, _MEMORY_LIMIT, _DISK, _DISK_LIMIT, _LOAD, _CPUS, _NETWORK)
_STEPS = 60
_MOST = 50


@dataclass(frozen=True, slots=True)
class _Step:
    time_s: int
    mean: float
    rate: float | None


Series = tuple[Mapping[str, str], list[_Step]]


async def hosts(reader: Reader, project: ProjectId, within: TimeRange, own: Iterable[Host]) -> list[Host]:
    """Return the hosts of a project; `own`, the machine Vedette runs on, comes first unless it is among them."""
    step_s = max(within.step_s(_STEPS), 15)
    bounds = seconds(within)
    described = await reader.fetch(
        QUERIES["host_series"],
        {"names": list(_NAMES), "from_s": max(bounds["from_s"] - 7200, 0)},
        project=project,
    )
    samples = []
    if described:
        samples = await reader.fetch(
            QUERIES["host_samples"],
            bounds | {"step_s": step_s, "names": list(_NAMES), "series": [row["series"] for row in described]},
            project=project,
        )
    steps: dict[int, list[_Step]] = defaultdict(list)
    for row in samples:
        steps[row["series"]].append(_step(row))
    by_host: dict[str, dict[str, list[Series]]] = defaultdict(lambda: defaultdict(list))
    for row in described:
        if row["series"] in steps:
            name = row["labels"].get("instance") or row["labels"].get("host_name") or "unknown"
            by_host[name][row["name"]].append((row["labels"], steps[row["series"]]))
    found = [_host(name, series) for name, series in sorted(by_host.items())][:_MOST]
    names = {each.name for each in found}
    own = list(own)
    for each in found:
        each.is_this_server = each.name in {mine.name for mine in own}
    return [mine for mine in own if mine.name not in names] + found


def _step(row: Mapping[str, Any]) -> _Step:
    elapsed_s = (row["last_ms"] - row["first_ms"]) / 1000
    grown = row["last_value"] - row["first_value"]
    return _Step(row["time_s"], row["mean"], grown / elapsed_s if elapsed_s > 0 and grown >= 0 else None)


def _host(name: str, series: Mapping[str, list[Series]]) -> Host:
    idle = _mean_per_step(_with(series[_CPU], "state", "idle"))
    cpu = {time_s: max(1 - value, 0.0) for time_s, value in idle.items()}
    memory = _mean_per_step(_with(series[_MEMORY], "state", "used"))
    times = sorted(cpu.keys() | memory.keys())
    root = _with(series[_DISK], "mountpoint", "/") or series[_DISK]
    limit = _with(series[_DISK_LIMIT], "mountpoint", "/") or series[_DISK_LIMIT]
    cpus = _latest(series[_CPUS])
    return Host(
        name=name,
        is_this_server=False,
        cpu=_last(cpu),
        cpu_count=int(cpus) if cpus else None,
        memory=_last(memory),
        memory_total_bytes=_latest(series[_MEMORY_LIMIT]),
        disk=_latest(_with(root, "state", "used") or root),
        disk_total_bytes=_latest(limit),
        load1=_latest(series[_LOAD]),
        network_receive_bps=_rate(_direction(series[_NETWORK], "receive")),
        network_transmit_bps=_rate(_direction(series[_NETWORK], "transmit")),
        series=HostSeries(
            times=times, cpu=[cpu.get(each) for each in times], memory=[memory.get(each) for each in times]
        ),
    )


def _with(series: Iterable[Series], suffix: str, value: str) -> list[Series]:
    """Select by a label whose name ends like this: `state` was renamed `system_cpu_state` and the like."""
    return [each for each in series if any(name.endswith(suffix) and found == value for name, found in each[0].items())]


def _direction(series: Iterable[Series], direction: str) -> list[Series]:
    return [
        each for each in _with(series, "direction", direction)
        if not any(name in {"device", "network_interface_name"} and value == "lo" for name, value in each[0].items())
    ]  # fmt: skip


def _mean_per_step(series: Iterable[Series]) -> dict[int, float]:
    values: dict[int, list[float]] = defaultdict(list)
    for _, steps in series:
        for step in steps:
            values[step.time_s].append(step.mean)
    return {time_s: fmean(each) for time_s, each in values.items()}


def _last(values: Mapping[int, float]) -> float | None:
    return values[max(values)] if values else None


def _latest(series: Iterable[Series]) -> float | None:
    return _last(_mean_per_step(series))


def _rate(series: Iterable[Series]) -> float | None:
    rates = [
        rate
        for _, steps in series
        if (rate := next((s.rate for s in reversed(steps) if s.rate is not None), None)) is not None
    ]
    return sum(rates) if rates else None
