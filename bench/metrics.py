"""Metrics: the same samples and the same questions to Vedette, Prometheus and VictoriaMetrics, one after the other."""

import argparse
import http.client
import json
import math
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.metric_samples import STEP_MS, Requests, Shape, labels_of, requests
from bench.metric_servers import WRITE_PATH, MetricServer, Vedette, prometheus, rest, victoria_metrics
from bench.report import Machine, machine, table
from bench.server import MemoryWatch

_RESULTS = Path(__file__).parent / "results"
_TOLERANCE = 1e-9
_REFERENCE = "Prometheus"


@dataclass(frozen=True, slots=True)
class Question:
    """A request to the HTTP API of Prometheus; `minutes` before the end of the samples to it, None = an instant."""

    name: str
    text: str
    minutes: int | None = None
    step_s: int = 15
    path: str = ""

    def request(self, end_ms: int, number: int = 0) -> tuple[str, Mapping[str, str]]:
        """Return path and parameters; queries of other numbers mean the same in other words, which no cache knows."""
        end_s, text = end_ms // 1000, self.text + " " * number
        if self.path:
            return self.path, {"start": str(end_s - 3600), "end": str(end_s)}
        if self.minutes is None:
            return "/api/v1/query", {"query": text, "time": str(end_s)}
        start, step = str(end_s - self.minutes * 60), str(self.step_s)
        return "/api/v1/query_range", {"query": text, "start": start, "end": str(end_s), "step": step}


@dataclass(slots=True)
class Answered:
    """How long a question took, in milliseconds, and how its answer differs from the reference's, if it does."""

    median_ms: float = math.nan
    most_ms: float = math.nan
    again_ms: float = math.nan
    """Median of asking the same once more, one step later each time, as a page does that follows; NaN for instants."""
    differs: str = ""
    fault: str = ""


@dataclass(slots=True)
class Marks:
    """What one server reached."""

    name: str
    version: str
    seconds: float = 0
    samples_per_s: float = 0
    refused: dict[str, int] = field(default_factory=dict)
    loading_mb: float = 0
    loading_anonymous_mb: float = 0
    asking_mb: float = 0
    asking_anonymous_mb: float = 0
    rest_s: float = 0
    """How long it went on working after the last sample was taken, and after the last question."""
    folder_bytes_per_sample: float = 0
    bytes_per_sample: float = 0
    """Of samples and index, without the log of writes."""
    answers: dict[str, Answered] = field(default_factory=dict)


def questions(shape: Shape) -> list[Question]:
    """Return what is asked."""
    series = next(labels for labels in labels_of(shape) if labels[0][1] == "m")
    one = "m{" + ",".join(f'{name}="{value}"' for name, value in series[1:]) + "}"
    spans = [("instant", None), ("1 h", 60), ("6 h", 360)]
    found = []
    for name, text in (
        ("sum by (job)(rate(m[5m]))", "sum by (job)(rate(m[5m]))"),
        ("topk(10, rate(m[5m]))", "topk(10, rate(m[5m]))"),
        ("histogram_quantile", "histogram_quantile(0.9, sum by (le)(rate(b_bucket[5m])))"),
        ("avg_over_time(m[1h]) by job", "sum by (job)(avg_over_time(m[1h]))"),
    ):
        for span, minutes in spans:
            step_s = 60 if "avg_over_time" in text and minutes == 360 else 15
            found.append(Question(f"{name}, {span}", text, minutes, step_s))
    found.append(Question("avg_over_time(m[1h]), instant", "avg_over_time(m[1h])"))
    found += [Question(f"one series, {span}", one, minutes) for span, minutes in spans]
    found.append(Question("label values", "", path="/api/v1/label/instance/values"))
    return found


def measure(shape: Shape, folder: Path, *, only: Sequence[str], runs: int, say: Callable[[str], None]) -> list[Marks]:
    """Measure the servers that are installed, one after the other."""
    say(f"{shape.samples:,} samples of {shape.series:,} series over {shape.hours:g} h; making requests …")
    made = requests(shape)
    say(f"{sum(map(len, made.bodies)):,} requests of {shape.batch:,} samples, {made.bytes_per_sample:.1f} B/sample")
    servers: list[MetricServer | None] = [
        prometheus(folder / "prometheus"),
        victoria_metrics(folder / "victoria-metrics"),
        Vedette(folder / "vedette"),
    ]
    reference: dict[str, Any] = {}
    return [
        _measured(server, made, runs, reference, say)
        for server in servers
        if server is not None and (not only or server.name.lower() in only)
    ]


def tables(found: Sequence[Marks]) -> str:
    """Return the marks as tables: servers, then questions."""
    servers = [
        ("server", "samples/s", "at rest after", "peak MB loading (anon)", "peak MB asked (anon)", "B/sample", "folder")
    ]
    servers += [
        (
            f"{each.name} {each.version}",
            f"{each.samples_per_s:,.0f}" + (f" REFUSED {each.refused}" if each.refused else ""),
            f"{each.rest_s:.0f} s",
            f"{each.loading_mb:,.0f} ({each.loading_anonymous_mb:,.0f})",
            f"{each.asking_mb:,.0f} ({each.asking_anonymous_mb:,.0f})",
            f"{each.bytes_per_sample:.2f}",
            f"{each.folder_bytes_per_sample:.2f}",
        )
        for each in found
    ]
    asked = [("median ms", *(each.name for each in found), *(f"{each.name} agrees" for each in found[1:]))]
    for name in found[0].answers:
        cells = [each.answers[name] for each in found]
        asked.append(
            (
                name,
                *(answer.fault[:30] or _shown(answer) for answer in cells),
                *(answer.differs[:60] or "yes" for answer in cells[1:]),
            )
        )
    return f"{table(servers)}\n\n{table(asked)}"


def _shown(answer: Answered) -> str:
    again = "" if math.isnan(answer.again_ms) else f", again {answer.again_ms:,.1f}"
    return f"{answer.median_ms:,.1f}{again}"


def _measured(
    server: MetricServer, made: Requests, runs: int, reference: dict[str, Any], say: Callable[[str], None]
) -> Marks:
    server.start()
    try:
        marks = Marks(server.name, server.version)
        with MemoryWatch(server.pid) as peak:
            marks.seconds, marks.refused = _load(server, made)
        marks.samples_per_s = made.shape.samples / marks.seconds
        marks.loading_mb, marks.loading_anonymous_mb = peak.largest.resident_mb, peak.largest.anonymous_mb
        say(f"{server.name}: {marks.samples_per_s:,.0f} samples/s")
        server.settle()
        marks.rest_s = rest(server.pid)
        with MemoryWatch(server.pid) as peak:
            for question in questions(made.shape):
                marks.answers[question.name] = _ask(server, question, made.shape.end_ms, runs, reference)
                say(f"{server.name}: {question.name}: {marks.answers[question.name]}")
        marks.asking_mb, marks.asking_anonymous_mb = peak.largest.resident_mb, peak.largest.anonymous_mb
        marks.rest_s += rest(server.pid)
    finally:
        server.stop()
    whole, samples = server.disk_bytes()
    marks.folder_bytes_per_sample, marks.bytes_per_sample = whole / made.shape.samples, samples / made.shape.samples
    return marks


def _load(server: MetricServer, made: Requests) -> tuple[float, dict[str, int]]:
    """Send everything; return the seconds it took and how many requests were refused, by status."""
    refused: dict[str, int] = {}
    ready = threading.Barrier(len(made.bodies) + 1)

    def send(bodies: Sequence[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        connection.connect()
        headers = {
            "Content-Type": "application/x-protobuf",
            "Content-Encoding": "snappy",
            "X-Prometheus-Remote-Write-Version": "0.1.0",
            **server.write_headers,
        }
        ready.wait()
        for body in bodies:
            connection.request("POST", WRITE_PATH, body, headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status >= 300:
                key = f"{answer.status} {said[:100]!r}"
                refused[key] = refused.get(key, 0) + 1
        connection.close()

    threads = [threading.Thread(target=send, args=(bodies,)) for bodies in made.bodies]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, refused


def _ask(server: MetricServer, question: Question, end_ms: int, runs: int, reference: dict[str, Any]) -> Answered:
    """Ask once for the answer, then `runs` times for the time it takes, and as often for that of the next looks."""
    later: list[float] = []
    try:
        data, _ = server.query(*question.request(end_ms))
        times = [server.query(*question.request(end_ms, number))[1] for number in range(1, runs + 1)]
        if question.minutes is not None:
            moved = [question.request(end_ms + step * question.step_s * 1000) for step in range(1, runs + 1)]
            later = [server.query(path, params)[1] for path, params in moved]
    except (LookupError, OSError) as error:
        return Answered(fault=str(error) or repr(error))
    differs = ""
    if server.name == _REFERENCE:
        reference[question.name] = data
    elif question.name in reference:
        differs = difference(reference[question.name], data)
    again = statistics.median(later) if later else math.nan
    return Answered(statistics.median(times), max(times), again, differs)


def difference(expected: Any, found: Any) -> str:
    """Return in what two answers differ, nothing if they are equal to 1e-9 relative."""
    if not isinstance(expected, dict):
        return "" if sorted(expected) == sorted(found) else f"{len(found)} values, not {len(expected)}"
    ours, theirs = dict(_points(found["result"])), dict(_points(expected["result"]))
    if missing := theirs.keys() ^ ours.keys():
        return f"{len(missing)} of {len(theirs)} points are in one answer only, as {next(iter(missing))}"
    furthest = max((_apart(ours[key], value) for key, value in theirs.items()), default=0)
    return "" if furthest <= _TOLERANCE else f"up to {furthest:.2g} apart"


def _points(result: Any) -> Iterator[tuple[tuple[str, float], float]]:
    for each in result:
        labels = json.dumps(each["metric"], sort_keys=True)
        for moment, value in each.get("values") or [each["value"]]:
            yield (labels, float(moment)), float(value)


def _apart(a: float, b: float) -> float:
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0
    return abs(a - b) / max(abs(a), abs(b))


def main() -> int:
    """Measure, print tables, write JSON; the status is 1 when a sample was refused or Vedette's answers differ."""
    options = argparse.ArgumentParser(prog="python -m bench.metrics", description=__doc__)
    options.add_argument("only", nargs="*", help="vedette, prometheus, victoriametrics; nothing = all")
    options.add_argument("--scale", type=float, default=1, help="how many series: 1 = 10,000, 0.1 = 1,000")
    options.add_argument("--hours", type=float, default=6, help="how long they go on, every 15 s")
    options.add_argument("--runs", type=int, default=5, help="how often each question is timed")
    options.add_argument("--folder", type=Path, help="where stores are made; default: the system's temporary folder")
    options.add_argument("--results", type=Path, default=_RESULTS, help="where JSON is written")
    chosen = options.parse_args()
    shape = Shape(series=max(1, round(chosen.scale * 10)) * 1_000, hours=chosen.hours)
    about = machine()
    print(", ".join(f"{name}: {value}" for name, value in asdict(about).items()), flush=True)
    with tempfile.TemporaryDirectory(prefix="vedette-bench-", dir=chosen.folder) as folder:
        found = measure(shape, Path(folder), only=chosen.only, runs=chosen.runs, say=_say)
    print(f"\n{tables(found)}\n\nwritten to {_write(chosen.results, about, shape, found)}")
    return 1 if any(each.refused or _is_wrong(each) for each in found) else 0


def _is_wrong(marks: Marks) -> bool:
    return marks.name == "Vedette" and any(answer.differs or answer.fault for answer in marks.answers.values())


def _write(folder: Path, about: Machine, shape: Shape, found: Sequence[Marks]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"metrics-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.json"
    about_samples = {**asdict(shape), "step_ms": STEP_MS}
    path.write_text(
        json.dumps(
            {"machine": asdict(about), "shape": about_samples, "servers": [asdict(each) for each in found]}, indent=1
        )
    )
    return path


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
