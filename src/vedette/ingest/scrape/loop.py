"""Scraping one target on its interval."""

import asyncio
import hashlib
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ParamSpec, TypeVar

import numpy as np
import structlog

from vedette.ingest.exposition.body import BodyParser, Format
from vedette.ingest.exposition.exposed import Exposed, ExpositionError
from vedette.ingest.exposition.protobuf import Wanted
from vedette.ingest.scrape.client import SharedClient
from vedette.ingest.scrape.config import Job
from vedette.ingest.scrape.fetch import ScrapeError, fetch
from vedette.ingest.scrape.limits import LimitExceeded, coarsened, without_repeats
from vedette.ingest.scrape.target import Target, finish
from vedette.kit.errors import VedetteError
from vedette.kit.ids import ProjectId
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.histograms.histogram import Histogram
from vedette.signals.metrics.intake import MetricIntake
from vedette.signals.metrics.labels import NAME, Labels, labels_of
from vedette.signals.metrics.points import STALE, Exemplar, Points

_P = ParamSpec("_P")
_T = TypeVar("_T")

log = structlog.get_logger(__name__)

_PROTOCOL = "scrape"
_SMALL = 1000
_LINE = 64
_MOST_AT_ONCE = 50_000
_STALE_HISTOGRAM = Histogram(0, 0.0, 0.0, 0.0, float(STALE))
_REPORTED = (
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
)


@dataclass(slots=True)
class Health:
    """How the last scrape went; times are Unix seconds."""

    is_up: bool | None = None
    error: str = ""
    last_s: float = 0.0
    duration_s: float = 0.0
    samples: int = 0


@dataclass(frozen=True, slots=True)
class Alive:
    """Series that have not ended, by the identity of their labels, which the parser keeps."""

    floats: Mapping[int, Labels] = field(default_factory=dict)
    histograms: Mapping[int, Labels] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.floats) + len(self.histograms)

    def without(self, others: "Alive") -> "Alive":
        """Return the series of these that others do not have."""
        return Alive(_without(self.floats, others.floats), _without(self.histograms, others.histograms))


def _without(some: Mapping[int, Labels], others: Mapping[int, Labels]) -> dict[int, Labels]:
    left = {key: labels for key, labels in some.items() if key not in others}
    if left:  # the same labels may be another object, once a parser has forgotten them
        fresh = {labels for key, labels in others.items() if key not in some}
        left = {key: labels for key, labels in left.items() if labels not in fresh}
    return left


@dataclass(slots=True, eq=False)
class ScrapeLoop:
    """One target, scraped until stopped. Whatever the target does costs only itself.

    While `forced_error` is set nothing is fetched, and every scrape fails with it.
    """

    project: ProjectId
    job: Job
    target: Target
    client: SharedClient
    intake: MetricIntake
    ledger: Ledger
    forced_error: str = ""
    health: Health = field(default_factory=Health)
    alive: Alive = field(default_factory=Alive)
    next_s: float = 0.0
    _known: Alive = field(default_factory=Alive)
    _parser: BodyParser = field(init=False)
    _task: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        wanted = Wanted(
            self.target.scrapes_native, self.target.scrapes_classic_too or self.job.scrape_classic_histograms
        )
        self._parser = BodyParser(finish(self.job, self.target), wanted)

    def start(self) -> None:
        """Begin to scrape, at a moment of the interval that is this target's own."""
        self._task = asyncio.create_task(self._run(), name=f"scrape-{self.job.job_name}")

    async def stop(self) -> None:
        """Stop; the series do not end by that."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def reported(self) -> list[Labels]:
        """The series that tell of the scrapes themselves."""
        return [self._own(name) for name in _REPORTED]

    async def _run(self) -> None:
        interval = self.target.interval_s
        digest = hashlib.blake2b(repr(self.target.key).encode(), digest_size=8).digest()
        offset = int.from_bytes(digest, "big") / 2**64 * interval
        self.next_s = _on_grid(time.time(), interval, offset) + interval
        while True:
            await asyncio.sleep(max(self.next_s - time.time(), 0))
            now = time.time()
            if not 0 <= now - self.next_s < interval:  # the clock was set, or the process stood still
                self.next_s = _on_grid(now, interval, offset)
            # Times on the grid compress well and make rates even: a few milliseconds of lateness are not worth telling.
            at_s = self.next_s if now - self.next_s < min(interval / 100, 0.05) else now
            self.next_s += interval
            try:
                await self.scrape(round(at_s * 1000))
            except Exception:
                log.exception("scrape failed", job=self.job.job_name, url=self.target.url)

    async def scrape(self, at_ms: int) -> None:
        """Scrape once and write what came, with what is to be said about the scrape itself."""
        started = time.perf_counter()
        exposed, error, scraped, kept, added = Exposed(), "", 0, 0, 0
        try:
            exposed = await self._exposed()
            scraped, kept = exposed.lines, len(exposed.series) + len(exposed.histograms)
            added = await _aside(kept, self._limit, exposed)
        except (ScrapeError, ExpositionError) as failure:
            error, exposed, reason = str(failure), Exposed(), getattr(failure, "reason", "malformed")
            scraped = max(scraped, getattr(failure, "lines", 0))
            kept = kept or scraped
            if reason:
                self.ledger.refused(self.project, _PROTOCOL, "metrics", reason, max(scraped, 1))
        duration_s = time.perf_counter() - started
        self.health = Health(not error, error, at_ms / 1000, duration_s, len(exposed.series))
        before, self.alive = self.alive, await _aside(len(exposed.series), self._tracked, exposed)
        values = (float(not error), duration_s, float(scraped), float(kept), float(added))
        ended = await _aside(len(before), before.without, self.alive)
        await self._write(exposed, list(zip(self.reported, values, strict=True)), at_ms, ended=ended)

    async def end(self, ended: Alive, at_ms: int, *, with_reported: bool) -> None:
        """Write that series have ended, those about the scrapes too unless another loop goes on with them."""
        reported = [(labels, float(STALE)) for labels in self.reported] if with_reported else []
        await self._write(Exposed(), reported, at_ms, ended=ended)

    async def _exposed(self) -> Exposed:
        if self.forced_error:
            raise ScrapeError(self.forced_error)
        try:
            client = await self.client.get()
        except (OSError, ValueError, ssl.SSLError) as error:
            raise ScrapeError(f"the HTTP client cannot be set up: {error}"[:500]) from None
        body, form = await fetch(client, self.target.url, self.job, self.target.timeout_s)
        return await self._parsed(body, form)

    async def _parsed(self, body: bytes, form: Format) -> Exposed:
        return await _aside(len(body) // _LINE, self._parser.parse, body, form)

    def _limit(self, exposed: Exposed) -> int:
        """Leave repeated samples out, and return how many series are new.

        Raises ScrapeError when there is more than the job allows.
        """
        repeated = without_repeats(exposed, honors_times=self.job.honor_timestamps)
        if repeated:
            self.ledger.refused(self.project, _PROTOCOL, "metrics", "duplicate_sample", repeated)
        count, limit = len(exposed.series) + len(exposed.histograms), self.job.sample_limit
        if limit and count > limit:
            raise ScrapeError(f"sample limit exceeded: {count} samples, {limit} allowed", "sample_limit")
        try:
            exposed.histograms = [(labels, at, coarsened(each, self.job)) for labels, at, each in exposed.histograms]
        except LimitExceeded as error:
            raise ScrapeError(str(error), "bucket_limit") from None
        before, self._known = self._known, _alive(exposed)
        known = (
            self._known.floats.keys() & before.floats.keys(),
            self._known.histograms.keys() & before.histograms.keys(),
        )
        return len(self._known) - sum(map(len, known))

    def _tracked(self, exposed: Exposed) -> Alive:
        """Return the series whose end would be told: not those with times of their own, unless the job says so."""
        is_all = not self.job.honor_timestamps or self.job.track_timestamps_staleness
        if is_all or exposed.times_ms.count(None) == len(exposed.times_ms):
            return self._known if exposed.series or exposed.histograms else Alive()
        pairs = zip(exposed.series, exposed.times_ms, strict=True)
        floats = {id(labels): labels for labels, at in pairs if at is None}
        return Alive(floats, {id(labels): labels for labels, at, _ in exposed.histograms if at is None})

    def _own(self, name: str) -> Labels:
        return labels_of({**self.target.labels, NAME: name})

    async def _write(
        self, exposed: Exposed, reported: Sequence[tuple[Labels, float]], at_ms: int, *, ended: Alive
    ) -> None:
        parts = await _aside(len(exposed.series), self._points, exposed, reported, at_ms, ended)
        for points in parts:
            if not await self._written(points):
                return

    def _points(
        self, exposed: Exposed, reported: Sequence[tuple[Labels, float]], at_ms: int, ended: Alive
    ) -> Sequence[Points]:
        honored = self.job.honor_timestamps
        times = [at_ms if at is None or not honored else at for at in exposed.times_ms]
        series = [*exposed.series, *ended.floats.values(), *(labels for labels, _ in reported)]
        values = [*exposed.values, *([STALE] * len(ended.floats)), *(value for _, value in reported)]
        times += [at_ms] * (len(series) - len(times))
        histograms = [
            (labels, at_ms if at is None or not honored else at, each) for labels, at, each in exposed.histograms
        ]
        histograms += [(labels, at_ms, _STALE_HISTOGRAM) for labels in ended.histograms.values()]
        whole = Points(
            series,
            np.array(times, np.int64),
            np.array(values, np.float64),
            histograms=histograms,
            exemplars=[_timed(each, at_ms) for each in exposed.exemplars],
            families=list(exposed.families.values()),
        )
        return _parts(whole)

    async def _written(self, points: Points) -> bool:
        try:
            written = await self.intake.write(self.project, points)
        except VedetteError as error:
            count = len(points.series) + len(points.histograms)
            self.ledger.refused(self.project, _PROTOCOL, "metrics", error.code, count)
            self.health.error = f"not stored: {error.detail}"
            return False
        count = written.samples + written.histograms
        self.ledger.accepted(self.project, "metrics", count, protocol=_PROTOCOL, newest=written.newest_s)
        for reason, refused in written.refused.items():
            self.ledger.refused(self.project, _PROTOCOL, "metrics", reason, refused)
        return True


async def _aside(size: int, function: Callable[_P, _T], *given: _P.args, **named: _P.kwargs) -> _T:
    """Call a function, in a thread when what it has to do is long."""
    if size < _SMALL:
        return function(*given, **named)
    return await asyncio.to_thread(function, *given, **named)


def _alive(exposed: Exposed) -> Alive:
    floats = dict(zip(map(id, exposed.series), exposed.series, strict=True))
    return Alive(floats, {id(labels): labels for labels, _, _ in exposed.histograms})


def _on_grid(now_s: float, interval_s: float, offset_s: float) -> float:
    """Return the last moment at or before now that is `offset_s` into an interval."""
    return (now_s - offset_s) // interval_s * interval_s + offset_s


def _timed(exemplar: Exemplar, at_ms: int) -> Exemplar:
    return exemplar if exemplar.time_ms else replace(exemplar, time_ms=at_ms)


def _parts(whole: Points) -> Sequence[Points]:
    """Cut the points of a large target, so that no writer has to hold all of them."""
    if len(whole.series) <= _MOST_AT_ONCE:
        return [whole]
    cuts = range(_MOST_AT_ONCE, len(whole.series), _MOST_AT_ONCE)
    first = replace(
        whole, series=whole.series[:_MOST_AT_ONCE], times_ms=whole.times_ms[:_MOST_AT_ONCE],
        values=whole.values[:_MOST_AT_ONCE],
    )  # fmt: skip
    return [
        first,
        *(
            Points(
                whole.series[start : start + _MOST_AT_ONCE],
                whole.times_ms[start : start + _MOST_AT_ONCE],
                whole.values[start : start + _MOST_AT_ONCE],
            )
            for start in cuts
        ),
    ]
