"""The machine's past: what the server and the fleet's agent record of it, for the hours before they ran.

Shares of CPU are made up; memory, disks and counters lead to what the machine says now, so that lines stay whole.
"""

import random
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil

import psutil
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_CUMULATIVE
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from vedette.demo.history.day import Past, rhythm
from vedette.demo.history.otlp import NS, Value, attributes, resource
from vedette.demo.programs import agent
from vedette.demo.story import AGENT_RELEASE

Reading = tuple[str, str, dict[str, Value], float]
_COUNTERS = {"system.disk.io", "system.network.io"}
_STEPS = 500


@dataclass(frozen=True, slots=True)
class _Moment:
    """What the machine did: shares of CPU time by state, the load, and how far it was from what it is now."""

    cpu: dict[str, float]
    load: float
    memory_less: float
    disk_less: float
    counted: float


class Machine:
    """Makes requests with readings of parts of a past."""

    def __init__(self, past: Past) -> None:
        self._past, self._host = past, socket.gethostname()
        self._memory_bytes, self._disk_bytes = psutil.virtual_memory().total, shutil.disk_usage("/").total
        self._available = psutil.virtual_memory().available / self._memory_bytes
        self._memory = [(value / self._memory_bytes, about) for value, about in agent.memory()]
        self._disks, self._disk = list(agent.filesystems()), psutil.disk_usage("/").percent / 100
        self._counters = [("system.disk.io", *each) for each in agent.disk_bytes()]
        self._counters += [("system.network.io", *each) for each in agent.network_bytes()]
        at = [past.begin_s + (past.end_s - past.begin_s) * step / _STEPS for step in range(_STEPS + 1)]
        dice = random.Random(past.begin_s)
        self._work = [0.0, *accumulate(rhythm(begin) * dice.lognormvariate(0, 0.4) for begin, _ in pairwise(at))]

    def requests(self, begin_s: float, end_s: float, every_s: float) -> tuple[bytes, bytes]:
        """Return a part of the past as the server records it, and as the fleet's agent does."""
        dice = random.Random(begin_s)
        times = [begin_s + step * every_s for step in range(ceil((end_s - begin_s) / every_s))]
        moments = [(at_s, self._moment(at_s, dice)) for at_s in times]
        own = Resource(attributes=attributes({"service.name": "vedette-host", "service.instance.id": self._host}))
        its = resource("host-agent", AGENT_RELEASE, self._host, self._host)
        return (
            self._request(own, [(at_s, list(self._recorded(each))) for at_s, each in moments]),
            self._request(its, [(at_s, list(self._reported(each))) for at_s, each in moments]),
        )

    def _moment(self, at_s: float, dice: random.Random) -> _Moment:
        past = self._past
        strain = 0.2 if past.is_out(at_s) else 0.0
        user = min(max(0.08 + 0.1 * rhythm(at_s) + strain + dice.gauss(0, 0.02), 0.01), 0.7)
        cpu = {"user": user, "system": user * 0.3, "iowait": user * 0.05}
        cpu["idle"] = 1 - sum(cpu.values())
        ago = 1 - past.share(at_s)
        step = min(int((1 - ago) * _STEPS), _STEPS - 1)
        within = (1 - ago) * _STEPS - step
        worked = self._work[step] + within * (self._work[step + 1] - self._work[step])
        return _Moment(
            cpu=cpu,
            load=(1 - cpu["idle"]) * (psutil.cpu_count() or 1) * 1.1,
            memory_less=0.05 * (rhythm(past.end_s) - rhythm(at_s)) + 0.02 * ago + dice.gauss(0, 0.001),
            disk_less=0.004 * ago,
            counted=0.5 + 0.5 * worked / self._work[-1],
        )

    def _recorded(self, moment: _Moment) -> Iterator[Reading]:
        for state, share in moment.cpu.items():
            yield "system.cpu.utilization", "1", {"cpu.mode": state, "state": state}, share
        memory = _share(1 - self._available - moment.memory_less)
        yield "system.memory.usage", "By", {"state": "used"}, memory * self._memory_bytes
        yield "system.memory.usage", "By", {"state": "available"}, (1 - memory) * self._memory_bytes
        yield "system.memory.utilization", "1", {"state": "used"}, memory
        disk = _share(self._disk - moment.disk_less)
        yield "system.filesystem.utilization", "1", {"state": "used", "mountpoint": "/"}, disk
        yield "system.filesystem.limit", "By", {"mountpoint": "/"}, self._disk_bytes
        yield from self._both(moment)

    def _reported(self, moment: _Moment) -> Iterator[Reading]:
        for state, share in moment.cpu.items():
            yield "system.cpu.utilization", "1", {"state": state}, share
        used = self._memory[0][0]
        memory = _share(used - moment.memory_less)
        for share, about in self._memory:
            then = memory if about["state"] == "used" else share * (1 - memory) / (1 - used)
            yield "system.memory.usage", "By", {**about}, then * self._memory_bytes
            yield "system.memory.utilization", "1", {**about}, then
        for share, about in self._disks:
            yield "system.filesystem.utilization", "1", {**about}, _share(share - moment.disk_less)
        yield from self._both(moment)

    def _both(self, moment: _Moment) -> Iterator[Reading]:
        yield "system.cpu.load_average.1m", "{thread}", {}, moment.load
        yield "system.memory.limit", "By", {}, self._memory_bytes
        for name, value, about in self._counters:
            yield name, "By", {**about}, int(value * moment.counted)

    def _request(self, source: Resource, readings: list[tuple[float, list[Reading]]]) -> bytes:
        request = ExportMetricsServiceRequest()
        scope = request.resource_metrics.add(resource=source).scope_metrics.add()
        for at_s, found in readings:
            for name, unit, labels, value in found:
                metric = scope.metrics.add(name=name, unit=unit)
                points = metric.gauge.data_points
                if name in _COUNTERS:
                    points = metric.sum.data_points
                    metric.sum.is_monotonic = True
                    metric.sum.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
                points.add(time_unix_nano=int(at_s * NS), as_double=value, attributes=attributes(labels))
        return request.SerializeToString()


def _share(value: float) -> float:
    return min(max(value, 0.01), 0.99)
