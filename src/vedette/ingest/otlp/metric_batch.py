"""The data points of several requests in one run of bytes, in the order they were sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from vedette.ingest.otlp.metric_wire import Metric, Points, Unusual, cut
from vedette.ingest.otlp.steady import PADDING, Bytes, Ints
from vedette.ingest.otlp.streams import Catalogue, Stream, Target
from vedette.ingest.otlp.wire import OtlpOutcome, OtlpUnit, parse
from vedette.kit.errors import VedetteError


@dataclass(frozen=True, slots=True)
class Run:
    """The points of one metric of a request: from `first` up to `last`; `target` counts resources as they were sent."""

    stream: Stream
    is_delta: bool
    unit: int
    target: int
    first: int
    last: int


@dataclass(slots=True)
class Batch:
    """Points, numbered through; a run and its points belong to one unit."""

    payload: bytes
    begins: Ints
    ends: Ints
    runs: Sequence[Run]
    targets: Sequence[tuple[int, Target]]
    """Unit and resource."""
    data: Bytes = field(init=False)
    run_of: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.data = np.frombuffer(self.payload, np.uint8)
        self.run_of = np.repeat(np.arange(len(self.runs)), [run.last - run.first for run in self.runs])

    def per_point(self, of_run: Callable[[Run], int]) -> NDArray[np.int64]:
        """Return something of its run for each point."""
        return np.array([of_run(run) for run in self.runs], np.int64)[self.run_of]

    def bytes_of(self, point: int) -> bytes:
        """Return the message of a point."""
        return self.payload[self.begins[point] : self.ends[point]]


class BatchMaker:
    """Puts requests one after the other."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._payloads: list[bytes] = []
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._runs: list[Run] = []
        self._targets: list[tuple[int, Target]] = []
        self._counts: list[int] = []

    def add(self, number: int, unit: OtlpUnit, outcome: OtlpOutcome, *, check: bool) -> None:
        """Add a request, or say in its outcome that it is none; without a check points may be none all the same."""
        try:
            payload = unit.payload
            if check:
                parse(payload, ExportMetricsServiceRequest)
            try:
                self._cut(number, unit, payload)
            except Unusual:
                payload = _usual(payload)
                self._cut(number, unit, payload)
        except VedetteError as error:
            outcome.error = error

    def _cut(self, number: int, unit: OtlpUnit, payload: bytes) -> None:
        points = Points()
        runs: list[Run] = []
        targets: list[tuple[int, Target]] = []
        before, first_target = len(self._begins), len(self._targets)

        def enter(resource: bytes) -> Callable[[Metric], None]:
            target = self._catalogue.target(unit.project, resource)
            place = first_target + len(targets)
            targets.append((number, target))
            last = before + len(points.begins)

            def found(metric: Metric) -> None:
                nonlocal last
                stream = self._catalogue.stream(target, metric)
                first, last = last, before + len(points.begins)
                if stream.kind:
                    runs.append(Run(stream, metric.is_delta, number, place, first, last))

            return found

        cut(payload, 0, len(payload), points, enter)
        self._begins += points.begins
        self._ends += points.ends
        self._runs += runs
        self._targets += targets
        self._payloads.append(payload)
        self._counts.append(len(points.begins))

    def batch(self) -> Batch:
        """Return all that was added."""
        base = np.cumsum([0, *(len(payload) for payload in self._payloads)])[:-1]
        shift = np.repeat(base, self._counts)
        return Batch(
            b"".join([*self._payloads, PADDING]),
            np.array(self._begins, np.int64) + shift,
            np.array(self._ends, np.int64) + shift,
            self._runs,
            self._targets,
        )


def _usual(payload: bytes) -> bytes:
    """Return a request as protobuf writes it, without what is not known; raises Invalid."""
    request = parse(payload, ExportMetricsServiceRequest)
    request.DiscardUnknownFields()
    return request.SerializeToString()
