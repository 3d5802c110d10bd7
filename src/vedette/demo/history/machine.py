"""The machine's past: the series the server records of the machine it runs on, for the hours before it ran."""

import random
import shutil
import socket
from collections.abc import Iterator

import psutil
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from vedette.demo.history.day import Past, rhythm
from vedette.demo.history.otlp import NS, Value, attributes

Reading = tuple[str, str, dict[str, Value], float]


def machine_request(past: Past, begin_s: float, end_s: float, every_s: float) -> bytes:
    """Return a metrics request with readings of a part of the past."""
    request = ExportMetricsServiceRequest()
    identity: dict[str, Value] = {"service.name": "vedette-host", "service.instance.id": socket.gethostname()}
    scope = request.resource_metrics.add(resource=Resource(attributes=attributes(identity))).scope_metrics.add()
    memory_bytes, disk_bytes = psutil.virtual_memory().total, shutil.disk_usage("/").total
    dice = random.Random(begin_s)
    at_s = begin_s
    while at_s < end_s:
        for name, unit, labels, value in _readings(past, at_s, dice, memory_bytes, disk_bytes):
            points = scope.metrics.add(name=name, unit=unit).gauge.data_points
            points.add(time_unix_nano=int(at_s * NS), as_double=value, attributes=attributes(labels))
        at_s += every_s
    return request.SerializeToString()


def _readings(past: Past, at_s: float, dice: random.Random, memory_bytes: int, disk_bytes: int) -> Iterator[Reading]:
    strain = 0.2 if past.is_out(at_s) else 0.0
    user = min(max(0.08 + 0.1 * rhythm(at_s) + strain + dice.gauss(0, 0.02), 0.01), 0.9)
    system = user * 0.3
    for state, share in (("user", user), ("system", system), ("idle", max(1 - user - system, 0.0))):
        yield "system.cpu.utilization", "1", {"cpu.mode": state, "state": state}, share
    yield "system.cpu.load_average.1m", "{thread}", {}, (user + system) * (psutil.cpu_count() or 1) * 1.1
    memory = 0.22 + 0.05 * rhythm(at_s) + 0.04 * past.share(at_s) + dice.gauss(0, 0.003)
    yield "system.memory.usage", "By", {"state": "used"}, memory * memory_bytes
    yield "system.memory.usage", "By", {"state": "available"}, (1 - memory) * memory_bytes
    yield "system.memory.utilization", "1", {"state": "used"}, memory
    yield "system.memory.limit", "By", {}, memory_bytes
    disk = (psutil.disk_usage("/").percent / 100) - 0.004 * (1 - past.share(at_s))
    yield "system.filesystem.utilization", "1", {"state": "used", "mountpoint": "/"}, disk
    yield "system.filesystem.limit", "By", {"mountpoint": "/"}, disk_bytes
