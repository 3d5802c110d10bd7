"""The decoder of metrics means what a plain reading of the messages means, whether it knows their bytes or not."""

import struct
import time
from dataclasses import replace

import numpy as np
import pytest
from google.protobuf.internal.decoder import _DecodeVarint
from google.protobuf.internal.encoder import _VarintBytes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from otlp.plain_metrics import PlainReader, Said
from vedette.ingest.otlp.metrics import MetricsDecoder
from vedette.ingest.otlp.wire import OtlpUnit
from vedette.kit.ids import ProjectId
from vedette.signals.metrics.book import Shelf
from vedette.signals.metrics.intake import Assembler, Limits
from vedette.signals.metrics.labels import series_id
from vedette.signals.metrics.points import STALE
from vedette.storage.telemetry.retention import Retention

PATIENT = settings(max_examples=150, suppress_health_check=list(HealthCheck))
NOW_NS = time.time_ns()
KINDS = ("gauge", "sum", "histogram", "exponential_histogram", "summary")
NUMBERS = (0.0, 1.0, 0.25, -3.5, float("inf"), float("nan"), 1e300)


OUT_OF_TIME = {"too_old", "in_future"}  # what the assembler refuses, later


class Listening(Assembler):
    """Remembers what it was last given, series by their labels."""

    def assemble(self, book, projects, floats, rest, labels_of, outcomes):
        keep = floats.slots >= 0
        slots, times, values = (each[keep].tolist() for each in (floats.slots, floats.times_ms, floats.values))
        natives = [
            (int(run.slots[row]), int(run.times_ms[row]), run.columns.row(row))
            for run in rest.all_runs()
            for row in range(len(run.slots))
        ]
        numbers = np.unique(np.array([*slots, *(slot for slot, _, _ in natives)], np.int32))
        labels = dict(zip(numbers.tolist(), labels_of(numbers), strict=True)) if len(numbers) else {}
        assert all(book.ids[slot] == series_id(book.projects[slot], each) for slot, each in labels.items())
        self.heard = Said(
            samples=[(labels[slot], time_ms, value) for slot, time_ms, value in zip(slots, times, values, strict=True)],
            histograms=[(labels[slot], time_ms, histogram) for slot, time_ms, histogram in natives],
            exemplars=[(each.series, each.time_ms, each.value) for _, each in rest.exemplars],
            families={(each.name, each.type) for _, each in rest.families},
        )
        return super().assemble(book, projects, floats, rest, labels_of, outcomes)


def decoder():
    shelf = Shelf(most_labels=8)
    assembler = Listening(Limits(Retention({"metrics": 0}), 3600), shelf)
    return MetricsDecoder(shelf, assembler, max_attributes=4), assembler


def said_of(decode, assembler, payload):
    """Decode one request and return what it says, as the plain reader does."""
    decoded = decode.decode([OtlpUnit(ProjectId(1), payload, "otlp_http")])
    if decoded.on_committed:
        decoded.on_committed()
    (outcome,) = decoded.outcomes
    if outcome.error is not None:
        return Said(is_malformed=True)
    refused = {reason: count for reason, count in outcome.refused.items() if reason not in OUT_OF_TIME}
    accepted = outcome.accepted if refused == outcome.refused else None
    return replace(assembler.heard, accepted=accepted, refused=refused)


def bits(value):
    return struct.pack("<d", value)


def comparable(said):
    """Everything said, in an order of its own, with the bits of values; samples of one series keep their order."""
    return {
        "malformed": said.is_malformed,
        "accepted": said.accepted,
        "refused": said.refused,
        "samples": sorted(
            ((labels, time_ms, bits(value)) for labels, time_ms, value in said.samples), key=lambda each: each[:2]
        ),
        "histograms": sorted((labels, time_ms, written(each)) for labels, time_ms, each in said.histograms),
        "exemplars": sorted((labels, time_ms, bits(value)) for labels, time_ms, value in said.exemplars),
        "families": said.families,
    }


def written(histogram):
    return (
        histogram.schema,
        bits(histogram.zero_threshold),
        bits(histogram.zero_count),
        bits(histogram.count),
        bits(histogram.sum),
        *([side.indexes.tolist(), side.counts.tolist()] for side in (histogram.positive, histogram.negative)),
        int(histogram.hint),
    )


def assert_same(payloads):
    """Read requests one after the other with one decoder: what is new at first is known later."""
    decode, assembler = decoder()
    plain = PlainReader(max_attributes=4, max_labels=8)
    for payload in payloads:
        found, expected = said_of(decode, assembler, payload), plain.read(1, payload)
        if found.accepted is None:
            expected.accepted = None
        assert comparable(found) == comparable(expected)


@st.composite
def requests(draw):
    """A few requests of the same few metrics; times move on, values and the rest change now and then."""
    dice = draw(st.randoms(use_true_random=True))
    shared = [_metric_plan(dice) for _ in range(dice.randrange(1, 5))]
    resources = [_attributes(dice, ("service.name", "service.instance.id", "host.name", "x")) for _ in range(2)]
    return [_request(dice, step, shared, resources) for step in range(dice.randrange(2, 5))]


def _metric_plan(dice):
    return {
        "kind": dice.choice(KINDS),
        "name": dice.choice(["requests", "0bad name", "latency.s", ""]),
        "unit": dice.choice(["", "s", "1", "By/s"]),
        "temporality": dice.choice([0, 1, 1, 2, 2]),
        "monotonic": dice.random() < 0.5,
        "points": [_point_plan(dice) for _ in range(dice.randrange(4))],
    }


def _point_plan(dice):
    bounds = dice.choice([(), (1,), (0.5, 1, 2.5), (1, 1, 2), (1.0, float("inf")), tuple(range(20))])
    return {
        "attributes": _attributes(dice, ("a", "b.c", "b_c", "le", "http.route")),
        "bounds": bounds,
        "counts": max(len(bounds) + dice.choice([1, 1, 1, 0, 2, -1]), 0),
        "has_sum": dice.random() < 0.8,
        "has_start": dice.random() < 0.7,
        "scale": dice.choice([0, 0, 3, -4, 12, -5, 20]),
        "sides": dice.choice([(5, 0), (0, 3), (2, 2), (0, 0), (160, 0)]),
        "is_integer": dice.random() < 0.5,
        "extremes": dice.choice([(), ("min",), ("min", "max"), ("max",)]),
    }


def _attributes(dice, keys):
    return [(key, dice.choice(["x", "y", "", 7, True, ["a"]])) for key in keys if dice.random() < 0.6]


def _put(attributes, pairs):
    for key, value in pairs:
        held = attributes.add(key=key).value
        if isinstance(value, bool):
            held.bool_value = value
        elif isinstance(value, str):
            held.string_value = value
        elif isinstance(value, int):
            held.int_value = value
        else:
            held.array_value.values.add().string_value = value[0]


def _request(dice, step, plans, resources):
    request = ExportMetricsServiceRequest()
    for pairs in resources[: dice.randrange(1, 3)]:
        sent = request.resource_metrics.add()
        if pairs or dice.random() < 0.5:
            _put(sent.resource.attributes, pairs)
        scope = sent.scope_metrics.add(schema_url=dice.choice(["", "https://opentelemetry.io/schemas/1.26.0"]))
        scope.scope.name = "test"
        for plan in plans:
            _fill(dice, step, plan, scope.metrics.add(name=plan["name"], unit=plan["unit"], description="Told."))
    return request.SerializeToString()


def _fill(dice, step, plan, metric):
    data = getattr(metric, plan["kind"])
    data.SetInParent()
    if plan["kind"] not in {"gauge", "summary"}:
        data.aggregation_temporality = plan["temporality"]
    if plan["kind"] == "sum":
        data.is_monotonic = plan["monotonic"]
    for each in plan["points"]:
        for _ in range(dice.choice([1, 1, 1, 2, 0])):
            _point(dice, step, plan["kind"], each, data.data_points.add())


def _point(dice, step, kind, plan, point):
    point.time_unix_nano = NOW_NS + (step * 10 + dice.choice([0, 0, 0, 1, -15])) * 10**9
    if plan["has_start"]:
        point.start_time_unix_nano = NOW_NS - 10**12
    _put(point.attributes, plan["attributes"])
    if dice.random() < 0.1:
        point.flags = 1
    if kind in {"gauge", "sum"}:
        if plan["is_integer"]:
            point.as_int = dice.choice([0, 1, -5, 2**63 - 1, 2**53 + 1])
        elif dice.random() < 0.95:
            point.as_double = dice.choice(NUMBERS)
    elif kind == "summary":
        point.count, point.sum = dice.randrange(5), dice.choice(NUMBERS)
        for quantile in (0.5, 0.99):
            point.quantile_values.add(quantile=quantile, value=dice.choice(NUMBERS))
    else:
        _fill_histogram(dice, kind, plan, point)
    if kind in {"sum", "histogram", "exponential_histogram"} and dice.random() < 0.15:
        point.exemplars.add(time_unix_nano=point.time_unix_nano, as_double=1.5, trace_id=b"\x01" * 16)


def _fill_histogram(dice, kind, plan, point):
    point.count = dice.choice([0, 4, 2**60])
    if plan["has_sum"] != (dice.random() < 0.1):
        point.sum = dice.choice(NUMBERS)
    for each in plan["extremes"]:
        setattr(point, each, dice.choice(NUMBERS))
    if kind == "histogram":
        point.explicit_bounds.extend(plan["bounds"])
        point.bucket_counts.extend(
            dice.choice([0, 1, 300, 2**50, 2**63]) for _ in range(plan["counts"] + dice.choice([0] * 9 + [1]))
        )
        return
    point.scale, point.zero_count = plan["scale"], dice.choice([0, 3])
    point.zero_threshold = dice.choice([0.0, 0.0, 1e-6, -1.0, float("inf")])
    for side, size in zip((point.positive, point.negative), plan["sides"], strict=True):
        if size:
            side.offset = dice.choice([0, -3, 7, -200, 0, -3, 7, -200, 2**31 - 1, -(2**31)])
            side.bucket_counts.extend(dice.choice([0, 0, 1, 130, 70_000, 2**40]) for _ in range(size))
            side.bucket_counts[-1] = dice.choice([0, 1, 1, 2**60])


@PATIENT
@given(requests())
def test_decoder_equals_a_plain_reading(payloads):
    """Samples, native histograms, exemplars and counts of refusals are those of a point-by-point reading."""
    assert_same([payload for each in payloads for payload in (each, each)])


@PATIENT
@given(requests(), st.data())
def test_damaged_requests_are_refused_as_a_whole(payloads, data):
    """A byte changed anywhere: what protobuf's own parser takes is read, what it refuses costs nobody else anything."""
    broken = bytearray(data.draw(st.sampled_from(payloads)))
    if not broken:
        return
    broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    assert_same([*payloads, bytes(broken), payloads[-1]])


@PATIENT
@given(requests())
def test_requests_of_several_projects_at_once(payloads):
    """A batch says of each request what it would say of it alone, if it has a project of its own."""
    together, _ = decoder()
    units = [OtlpUnit(ProjectId(number), payload, "otlp_http") for number, payload in enumerate(payloads, 1)]
    outcomes = [together.decode(units).outcomes for _ in range(2)]
    alone, _ = decoder()
    expected = [[alone.decode([unit]).outcomes[0] for unit in units] for _ in range(2)]
    assert [(each.accepted, each.refused) for turn in outcomes for each in turn] == [
        (each.accepted, each.refused) for turn in expected for each in turn
    ]


def fields_of(message):
    """The fields of a message, each with its tag."""
    fields, place = [], 0
    while place < len(message):
        begin = place
        tag, place = _DecodeVarint(message, place)
        if tag & 7 == 0:
            _, place = _DecodeVarint(message, place)
        elif tag & 7 == 2:
            size, place = _DecodeVarint(message, place)
            place += size
        else:
            place += 8 if tag & 7 == 1 else 4
        fields.append((tag, message[begin:place]))
    return fields


INNER = [{0x0A}, {0x12}, {0x12}, {0x2A, 0x3A, 0x4A, 0x52, 0x5A}, {0x0A}]  # tags on the way to a point


def shuffled(dice, message, levels=0):
    """The same message with its fields, and those of what leads to points, in another order."""
    parts = []
    for tag, whole in fields_of(message):
        if levels < len(INNER) and tag in INNER[levels]:
            _, begin = _DecodeVarint(whole, 1)
            content = shuffled(dice, whole[begin:], levels + 1)
            parts.append(bytes([tag]) + _VarintBytes(len(content)) + content)
        else:
            parts.append(whole)
    dice.shuffle(parts)
    return b"".join(parts)


@PATIENT
@given(requests(), st.randoms(use_true_random=True))
def test_fields_in_another_order_mean_the_same(payloads, dice):
    """Any order is legal, on every level."""
    disordered = [shuffled(dice, each) for each in payloads]
    assert_same([payload for each in disordered for payload in (each, each)])


@pytest.mark.parametrize("sides", [(4096, 0), (4097, 0), (2048, 2049)])
def test_histograms_may_have_4096_buckets(sides):
    """A bucket may be a single byte on the wire, and a series in the store."""
    request = ExportMetricsServiceRequest()
    metrics = request.resource_metrics.add().scope_metrics.add().metrics
    exponential = metrics.add(name="m").exponential_histogram.data_points.add(time_unix_nano=NOW_NS)
    exponential.positive.bucket_counts.extend([1] * sides[0])
    exponential.negative.bucket_counts.extend([1] * sides[1])
    if not sides[1]:
        explicit = metrics.add(name="n").histogram.data_points.add(time_unix_nano=NOW_NS)
        explicit.bucket_counts.extend([1] * sides[0])
    payload = request.SerializeToString()
    decode, assembler = decoder()
    few = ExportMetricsServiceRequest.FromString(payload)  # so that the series are known
    for metric in few.resource_metrics[0].scope_metrics[0].metrics:
        for data in (metric.exponential_histogram, metric.histogram):
            for point in data.data_points:
                for side in {"positive", "negative", "bucket_counts"} & set(point.DESCRIPTOR.fields_by_name):
                    point.ClearField(side)
    assert said_of(decode, assembler, few.SerializeToString()).accepted
    refused = said_of(decode, assembler, payload).refused
    assert refused == ({} if sum(sides) <= 4096 else {"too_many_buckets": 1 if sides[1] else 2})


def test_a_series_that_ends_and_comes_back_goes_on_adding_up():
    """A delta without a value ends the series; its total is not lost."""
    payloads = []
    for step, (value, flags) in enumerate([(3, 0), (0, 1), (4, 0)]):
        request = ExportMetricsServiceRequest()
        metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
        metric.sum.aggregation_temporality = 1
        metric.sum.data_points.add(time_unix_nano=NOW_NS + step * 10**9, as_int=value, flags=flags)
        payloads.append(request.SerializeToString())
    decode, assembler = decoder()
    values = [said_of(decode, assembler, each).samples[0][2] for each in payloads]
    assert values[0] == 3
    assert bits(values[1]) == bits(STALE)
    assert values[2] == 7
