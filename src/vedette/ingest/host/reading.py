"""One reading of the machine and of this process.

Source of names and units: https://opentelemetry.io/docs/specs/semconv/system/system-metrics/ and …/process-metrics/
"""

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

from vedette.signals.metrics.naming import labels_of, metric_name
from vedette.signals.metrics.points import Family

_LOOPBACK = {"lo", "lo0"}
_PSEUDO_DISKS = ("loop", "ram", "zram")


class Measured(NamedTuple):
    """One value of one series."""

    family: Family
    labels: dict[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Gauges:
    """The figures a person looks at first; shares from 0 to 1, rates in bytes a second."""

    name: str
    cpu: float
    cpu_count: int
    memory: float
    memory_total_bytes: int
    disk: float
    disk_total_bytes: int
    load1: float
    network_receive_bps: float | None
    network_transmit_bps: float | None


class HostReader:
    """Reads the machine; CPU shares and network rates are those since the reading before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = psutil.Process()
        self._identity = {"job": "vedette-host", "instance": socket.gethostname()}
        self._cpu_before = psutil.cpu_times()
        self._network_before: tuple[float, int, int] | None = None
        self._process.cpu_percent()

    def read(self) -> tuple[Gauges, list[Measured]]:
        """Return the first figures and every series of one reading; takes a few milliseconds."""
        measured: list[Measured] = []
        idle = 1.0
        for state, share in self._cpu_shares().items():
            measured.append(self._gauge("system.cpu.utilization", "1", share, cpu_mode=state, state=state))
            idle = share if state == "idle" else idle
        load1, load5, load15 = os.getloadavg()
        for minutes, load in ((1, load1), (5, load5), (15, load15)):
            measured.append(self._gauge(f"system.cpu.load_average.{minutes}m", "{thread}", load))
        cpus = psutil.cpu_count() or 1
        measured.append(self._gauge("system.cpu.logical.count", "{cpu}", cpus))
        memory = psutil.virtual_memory()
        used = memory.total - memory.available
        measured += [
            self._gauge("system.memory.usage", "By", used, state="used"),
            self._gauge("system.memory.usage", "By", memory.available, state="available"),
            self._gauge("system.memory.utilization", "1", used / memory.total, state="used"),
            self._gauge("system.memory.limit", "By", memory.total),
        ]
        disk = psutil.disk_usage(str(self._folder))
        mount = _mount_of(self._folder)
        measured += [
            self._gauge("system.filesystem.usage", "By", disk.used, state="used", mountpoint=mount),
            self._gauge("system.filesystem.usage", "By", disk.free, state="free", mountpoint=mount),
            self._gauge("system.filesystem.utilization", "1", disk.percent / 100, state="used", mountpoint=mount),
            self._gauge("system.filesystem.limit", "By", disk.total, mountpoint=mount),
        ]
        measured += self._disk_io()
        network, received, sent = self._network()
        measured += network + list(self._own_process())
        gauges = Gauges(
            self._identity["instance"], max(1 - idle, 0.0), cpus, used / memory.total, memory.total,
            disk.percent / 100, disk.total, load1, received, sent,
        )  # fmt: skip
        return gauges, measured

    def _cpu_shares(self) -> dict[str, float]:
        now, before = psutil.cpu_times(), self._cpu_before
        self._cpu_before = now
        spent = {name: max(getattr(now, name) - getattr(before, name), 0.0) for name in now._fields}
        # The kernel counts the time of guests in user and nice already.
        spent = {name: value for name, value in spent.items() if not name.startswith("guest")}
        total = sum(spent.values())
        return {name: value / total if total else float(name == "idle") for name, value in spent.items()}

    def _disk_io(self) -> list[Measured]:
        found = []
        with contextlib.suppress(OSError, RuntimeError):
            for device, each in (psutil.disk_io_counters(perdisk=True) or {}).items():
                if not device.startswith(_PSEUDO_DISKS):
                    for direction, value in (("read", each.read_bytes), ("write", each.write_bytes)):
                        found.append(self._counter("system.disk.io", "By", value, device=device, direction=direction))
        return found

    def _network(self) -> tuple[list[Measured], float | None, float | None]:
        found, received, sent = [], 0, 0
        for device, each in psutil.net_io_counters(pernic=True).items():
            for direction, value in (("receive", each.bytes_recv), ("transmit", each.bytes_sent)):
                labels = {"device": device, "direction": direction}
                found.append(self._counter("system.network.io", "By", value, **labels))
            if device not in _LOOPBACK:
                received += each.bytes_recv
                sent += each.bytes_sent
        before, self._network_before = self._network_before, (time.monotonic(), received, sent)
        if before is None:
            return found, None, None
        elapsed = max(time.monotonic() - before[0], 0.001)
        return found, max(received - before[1], 0) / elapsed, max(sent - before[2], 0) / elapsed

    def _own_process(self) -> Iterator[Measured]:
        with self._process.oneshot():
            memory = self._process.memory_info()
            yield self._gauge("process.cpu.utilization", "1", self._process.cpu_percent() / 100, **_OWN)
            yield self._gauge("process.memory.usage", "By", memory.rss, **_OWN)
            yield self._gauge("process.memory.virtual", "By", memory.vms, **_OWN)
            yield self._gauge("process.thread.count", "{thread}", self._process.num_threads(), **_OWN)
            if hasattr(self._process, "num_fds"):
                yield self._gauge("process.open_file_descriptor.count", "{count}", self._process.num_fds(), **_OWN)

    def _gauge(self, name: str, unit: str, value: float, **attributes: str) -> Measured:
        family = Family(metric_name(name, unit, is_counter=False, is_gauge=True), name, "gauge", unit)
        return Measured(family, labels_of(attributes) | self._identity, value)

    def _counter(self, name: str, unit: str, value: float, **attributes: str) -> Measured:
        family = Family(metric_name(name, unit, is_counter=True, is_gauge=False), name, "counter", unit)
        return Measured(family, labels_of(attributes) | self._identity, value)


_OWN = {"process": "vedette"}


def _mount_of(folder: Path) -> str:
    folder = folder.resolve()
    while not folder.is_mount() and folder != folder.parent:
        folder = folder.parent
    return str(folder)
