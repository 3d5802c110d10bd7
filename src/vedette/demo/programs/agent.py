"""What a team runs on each machine: its figures, with the attributes of the OpenTelemetry Collector's hostmetrics.

Sources: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/hostmetricsreceiver and
https://opentelemetry.io/docs/specs/semconv/system/system-metrics/ (the limits).
"""

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import psutil
from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation

from vedette.demo.programs import telemetry

log = logging.getLogger("agent")
Figure = tuple[float, dict[str, str]]
Callback = Callable[[CallbackOptions], Iterable[Observation]]
_PSEUDO_NETWORKS = ("lo", "veth", "docker", "br-")


def cpu_shares() -> Iterator[Figure]:
    """Yield the share of time by state since the reading before; all CPUs together."""
    spent = psutil.cpu_times_percent()._asdict()
    for state, percent in spent.items():
        if not state.startswith("guest"):  # the kernel counts it in user and nice already
            yield percent / 100, {"state": state}


def memory() -> Iterator[Figure]:
    """Yield bytes by state; together they are all there is."""
    now = psutil.virtual_memory()
    rest = {"free": now.free, "cached": getattr(now, "cached", 0), "buffered": getattr(now, "buffers", 0)}
    for state, size_bytes in {"used": now.total - sum(rest.values()), **rest}.items():
        yield size_bytes, {"state": state}


def filesystems() -> Iterator[Figure]:
    """Yield the used share by mount point; that of the root when nothing else is known."""
    for mount, about in _mounts():
        yield psutil.disk_usage(mount).percent / 100, about


def disk_bytes() -> Iterator[Figure]:
    """Yield bytes since the machine started by whole disk and direction."""
    for device, counts in (psutil.disk_io_counters(perdisk=True) or {}).items():
        is_part = sys.platform == "linux" and not Path("/sys/block", device).exists()
        if not is_part and not device.startswith(("loop", "ram", "zram")):
            yield counts.read_bytes, {"device": device, "direction": "read"}
            yield counts.write_bytes, {"device": device, "direction": "write"}


def network_bytes() -> Iterator[Figure]:
    """Yield bytes since the machine started by network card and direction."""
    for device, counts in psutil.net_io_counters(pernic=True).items():
        if not device.startswith(_PSEUDO_NETWORKS):
            yield counts.bytes_recv, {"device": device, "direction": "receive"}
            yield counts.bytes_sent, {"device": device, "direction": "transmit"}


def _mounts() -> list[tuple[str, dict[str, str]]]:
    found = [
        (each.mountpoint, {"device": each.device, "mountpoint": each.mountpoint, "type": each.fstype})
        for each in psutil.disk_partitions()
        if Path(each.mountpoint).is_dir() and os.access(each.mountpoint, os.R_OK)
    ]
    return found or [("/", {"mountpoint": "/"})]


def _filesystem_bytes() -> Iterator[Figure]:
    for mount, about in _mounts():
        usage = psutil.disk_usage(mount)
        yield usage.used, about | {"state": "used"}
        yield usage.free, about | {"state": "free"}


def _memory_shares() -> list[Figure]:
    total_bytes = psutil.virtual_memory().total
    return [(size_bytes / total_bytes, about) for size_bytes, about in memory()]


def _filesystem_limits() -> Iterator[Figure]:
    for mount, about in _mounts():
        yield psutil.disk_usage(mount).total, about


def _load(place: int) -> list[Figure]:
    return [(os.getloadavg()[place], {})]


def _asked(figures: Callable[[], Iterable[Figure]]) -> list[Callback]:
    return [lambda _: (Observation(value, about) for value, about in figures())]


def report() -> None:
    """Make the instruments; the SDK asks them."""
    meter = metrics.get_meter("hostmetrics")
    gauge, total, amount = (
        meter.create_observable_gauge,
        meter.create_observable_counter,
        meter.create_observable_up_down_counter,
    )
    gauge("system.cpu.utilization", _asked(cpu_shares), "1", "Share of time by state.")
    for place, minutes in enumerate((1, 5, 15)):
        name = f"system.cpu.load_average.{minutes}m"
        gauge(name, _asked(partial(_load, place)), "{thread}", f"Threads that run or wait, {minutes} min.")
    amount("system.cpu.logical.count", _asked(lambda: [(psutil.cpu_count() or 1, {})]), "{cpu}", "CPUs.")
    amount("system.memory.usage", _asked(memory), "By", "Memory by state.")
    gauge("system.memory.utilization", _asked(_memory_shares), "1", "Share of memory by state.")
    amount("system.memory.limit", _asked(lambda: [(psutil.virtual_memory().total, {})]), "By", "Memory there is.")
    amount("system.filesystem.usage", _asked(_filesystem_bytes), "By", "Bytes of filesystems by state.")
    gauge("system.filesystem.utilization", _asked(filesystems), "1", "Share of filesystems in use.")
    amount("system.filesystem.limit", _asked(_filesystem_limits), "By", "Bytes filesystems can hold.")
    total("system.disk.io", _asked(disk_bytes), "By", "Bytes read from and written to disks.")
    total("system.network.io", _asked(network_bytes), "By", "Bytes received and sent.")


def main() -> None:
    """Report until told to stop."""
    telemetry.begin("http", serves=False)
    report()
    log.info("the figures of this machine are reported")
    while True:
        signal.pause()
