"""Samples with everything that makes PromQL hard: resets, gaps, ends, NaN, infinities, histograms, ragged labels.

No sample is taken at a full second, so that it does not matter to which of two ranges their common bound belongs.
"""

import math
import random
import struct
from collections.abc import Callable, Iterator

from promql.remote import Series

STEP_MS = 15_000
HOURS = 1.5
STALE = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]
BOUNDS = ("0.1", "0.25", "0.5", "1", "2.5", "+Inf")
JOBS = {"api": ("a", "b", "c"), "web": ("a", "b"), "worker": ("d",)}

Value = Callable[[int], float | None]


def varied_series(start_ms: int) -> list[Series]:
    """Return the series; their samples begin at `start_ms` and go on for 1.5 hours."""
    dice = random.Random(3)  # noqa: S311 - the same samples each time
    found: list[Series] = []
    for number, (labels, value) in enumerate(_all(dice)):
        offset = 123 + (number * 977) % 14_000
        offset += offset % 1000 == 0
        steps = int(HOURS * 3_600_000 / STEP_MS)
        times = (start_ms + step * STEP_MS + offset for step in range(steps))
        samples = [(at, each) for step, at in enumerate(times) if (each := value(step)) is not None]
        found.append(Series(labels, samples))
    return found


def by_time(series: list[Series], start_ms: int, minutes: int = 10) -> Iterator[list[Series]]:
    """Give the samples piece by piece, in the order of time."""
    span = minutes * 60_000
    for begin in range(start_ms, start_ms + int(HOURS * 3_600_000) + span, span):
        pieces = [Series(each.labels, [s for s in each.samples if begin <= s[0] < begin + span]) for each in series]
        if some := [each for each in pieces if each.samples]:
            yield some


def _all(dice: random.Random) -> Iterator[tuple[dict[str, str], Value]]:
    for job, instances in JOBS.items():
        for instance in instances:
            where = {"job": job, "instance": instance}
            zone = {"zone": "eu"} if instance != "b" else {}
            yield {"__name__": "up", **where}, lambda step: 0.0 if step % 97 == 40 else 1.0
            yield {"__name__": "temperature", **where, **zone}, _wave(dice, gap=instance == "b", ends=instance == "c")
            yield {"__name__": "build_info", **where, "version": f"1.{ord(instance) - 96}"}, lambda _: 1.0
            yield {"__name__": "sparse", **where}, _sparse(dice)
            for code in ("200", "404", "500"):
                yield {"__name__": "requests_total", **where, "code": code}, _counter(dice, resets=instance == "a")
                yield {"__name__": "errors_total", **where, "code": code}, _counter(dice, resets=False, pace=0.1)
            yield from _histogram(dice, where)
        yield {"__name__": "limit", "job": job}, lambda step, job=job: float(10 * len(job) + step % 7)
    odd: dict[str, Value] = {
        "nan": lambda step: math.nan if step % 5 == 0 else float(step % 9),
        "inf": lambda step: math.inf if step % 7 == 0 else -float(step % 4),
        "small": lambda step: 1e-300 * (step + 1),
        "large": lambda step: 1e300 * math.sin(step),
        "zero": lambda _: 0.0,
        "late": lambda step: float(step) if step > 200 else None,
        'ünï cödé "quoted"': float,
    }
    for kind, value in odd.items():
        yield {"__name__": "odd", "kind": kind}, value


def _wave(dice: random.Random, *, gap: bool, ends: bool) -> Value:
    phase, noise = dice.uniform(0, 6), [dice.gauss(0, 2) for _ in range(400)]

    def value(step: int) -> float | None:
        if gap and 100 <= step < 130:
            return None
        if ends and step >= 150:
            return STALE if step == 150 else None if step < 220 else 40.0 + noise[step]
        return 20 + 15 * math.sin(step / 20 + phase) + noise[step]

    return value


def _counter(dice: random.Random, *, resets: bool, pace: float = 10) -> Value:
    total, values = 100_000 * dice.random() + 50_000, []
    for step in range(400):
        total = (
            float(dice.randrange(5))
            if resets and step in {57, 190, 191}
            else total + round(dice.expovariate(1 / pace), 3)
        )
        values.append(total)
    return lambda step: values[step]


def _sparse(dice: random.Random) -> Value:
    values = {step: dice.uniform(-5, 5) for step in range(0, 400, dice.choice([13, 16, 25]))}
    return values.get


def _histogram(dice: random.Random, where: dict[str, str]) -> Iterator[tuple[dict[str, str], Value]]:
    rows, counts, total = [], [10_000.0 * (place + 1) for place in range(len(BOUNDS))], 50_000.0
    for _ in range(400):
        seen = 0
        for place in range(len(BOUNDS)):
            seen += dice.randrange(6)
            counts[place] += seen
        total += dice.random() * seen
        rows.append((list(counts), total))
    for place, bound in enumerate(BOUNDS):
        labels = {"__name__": "latency_seconds_bucket", **where, "le": bound}
        yield labels, lambda step, place=place: rows[step][0][place]
    yield {"__name__": "latency_seconds_count", **where}, lambda step: rows[step][0][-1]
    yield {"__name__": "latency_seconds_sum", **where}, lambda step: rows[step][1]
