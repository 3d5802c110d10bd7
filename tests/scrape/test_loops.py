"""What scrapes bring into the store: formats, repeated samples, limits, and ends that come only when they should."""

import asyncio
import gc
import gzip
import itertools
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from pushgateway.messages import delimited, family
from scrape.targets import Handler, exposing
from vedette.ingest.scrape.loop import ScrapeLoop
from vedette.ingest.scrape.manager import ScrapeManager
from vedette.ingest.scrape.targets import targets_document
from vedette.kit.ids import ProjectId
from vedette.kit.instruments import Instruments
from vedette.kit.ledger import Ledger
from vedette.signals.metrics.book import Shelf
from vedette.signals.metrics.intake import Assembler, Limits, MetricIntake
from vedette.signals.metrics.promql.limits import Limits as EvaluationLimits
from vedette.signals.metrics.queries import Queries, QueryLimits
from vedette.signals.metrics.series import SeriesIndex
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.schema import migrate
from vedette.storage.telemetry.writer import Writers

PROTOBUF = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
INTERVAL_S = 0.25
_PROJECTS = itertools.count(100)


class Scraping:
    """A scraper with a store, followed through a configuration file and asked in PromQL; one project each."""

    def __init__(self, folder: Path, intake: MetricIntake, queries: Queries) -> None:
        self.project = ProjectId(next(_PROJECTS))
        self.file, self._queries = folder / "prometheus.yml", queries
        self.ledger = Ledger(Instruments())
        self.file.write_text("")
        self.manager = ScrapeManager(intake, self.ledger, self._find, file=self.file, project="any")

    async def _find(self, _: str) -> ProjectId:
        return self.project

    async def configure(self, *jobs: dict[str, Any]) -> None:
        times = {"scrape_interval": f"{INTERVAL_S * 1000:.0f}ms", "scrape_timeout": "200ms"}
        self.file.write_text(yaml.safe_dump({"global": times, "scrape_configs": list(jobs)}))
        self.manager._seen = None  # as if five seconds had passed
        if await self.manager._reread():
            await self.manager._apply()

    @property
    def loops(self) -> list[ScrapeLoop]:
        return [loop for pool in self.manager.targets(self.project) for loop in pool.loops.values()]

    def error(self) -> str:
        active = targets_document(self.manager.targets(self.project))["activeTargets"]
        return str(active[0]["lastError"]) if active else ""

    async def value(self, query: str) -> float | None:
        result = await self._queries.instant(self.project, query, int(time.time() * 1000))
        return float(result.values[0, 0]) if len(result.labels) else None

    async def histogram(self, query: str) -> Any:
        result = await self._queries.instant(self.project, query, int(time.time() * 1000))
        return result.histograms[0, 0] if len(result.labels) and result.histograms is not None else None

    async def series(self, query: str) -> list[dict[str, str]]:
        return [
            dict(each) for each in (await self._queries.instant(self.project, query, int(time.time() * 1000))).labels
        ]

    async def presence(self, query: str, since_s: float) -> list[bool]:
        end_ms = int(time.time() * 1000)
        result = await self._queries.range(self.project, query, int(since_s * 1000), end_ms, 50)
        return [bool(each) for each in result.present[0]] if len(result.labels) else []

    def refused(self) -> dict[str, int]:
        return {each.reason: each.count for each in self.ledger.refusals(self.project)}


@pytest_asyncio.fixture
async def scraping(tmp_path: Path) -> AsyncIterator[Scraping]:
    instruments, folder = Instruments(), tmp_path / "data"
    folder.mkdir()
    store = EmbeddedStore(folder, EngineLimits(min_free_disk_mb=0))
    migrate(store)
    writers = Writers(store, instruments, queue_bytes=50_000_000, interval_s=0)
    writers.start()
    shelf = Shelf(most_labels=60)
    intake = MetricIntake(writers, shelf, Assembler(Limits(Retention({"metrics": 0}), 600), shelf))
    queries = Queries(
        store, SeriesIndex(store, shelf.edition), instruments, QueryLimits(EvaluationLimits()), concurrency=2
    )
    made = Scraping(tmp_path, intake, queries)
    await made.manager.start()
    yield made
    await made.manager.stop()
    queries.close()
    await writers.close()
    store.close()
    gc.collect()


async def until(claim: Callable[[], Any], *, within_s: float = 90) -> Any:
    async with asyncio.timeout(within_s):
        while True:
            found = claim()
            found = await found if asyncio.iscoroutine(found) else found
            if found:
                return found
            await asyncio.sleep(0.05)


def job(*addresses: str, **more: Any) -> dict[str, Any]:
    return {"job_name": "j", "static_configs": [{"targets": list(addresses)}], **more}


def _protobuf() -> bytes:
    native = {
        "histogram": {
            "sampleCount": 5, "sampleSum": 12.5, "schema": 1, "zeroThreshold": 0.001, "zeroCount": 1,
            "positiveSpan": [{"offset": 0, "length": 2}], "positiveDelta": [1, 2],
            "bucket": [{"cumulativeCount": 2, "upperBound": 1.0}],
        }
    }  # fmt: skip
    return delimited(
        family("took_seconds", 4, [({"path": "/"}, native)], help="Time."),
        family("jobs_total", 0, [({}, {"counter": {"value": 3}})]),
        family("size", 2, [({}, {"summary": {"sampleCount": 1, "sampleSum": 2,
                                             "quantile": [{"quantile": 0.5, "value": 2}]}})]),
    )  # fmt: skip


async def test_native_histograms_come_by_protobuf(scraping: Scraping):
    """They are asked for, kept as they are, and end like other series; classic buckets come beside them on demand."""
    content: list[bytes] = [_protobuf()]
    with exposing(behave=lambda handler: handler.answer(content[0], PROTOBUF)) as target:
        await scraping.configure(job(target.address, scrape_native_histograms=True))
        histogram = await until(lambda: scraping.histogram("took_seconds"))
        assert target.seen[0]["accept"].startswith("application/vnd.google.protobuf;proto=io.prometheus.client.")
        assert (histogram.count, histogram.sum, histogram.schema, histogram.zero_count) == (5.0, 12.5, 1, 1.0)
        assert await scraping.value("jobs_total") == 3.0
        assert await scraping.value('size{quantile="0.5"}') == 2.0
        assert await scraping.value("took_seconds_bucket") is None
        assert await scraping.value("scrape_samples_scraped") == 5.0

        await scraping.configure(
            job(target.address, scrape_native_histograms=True, always_scrape_classic_histograms=True)
        )
        assert await until(lambda: scraping.value('took_seconds_bucket{le="+Inf"}')) == 5.0
        content[0] = delimited(family("jobs_total", 0, [({}, {"counter": {"value": 4}})]))
        await until(lambda: scraping.value("jobs_total == 4"))
        assert await scraping.histogram("took_seconds") is None


async def test_protobuf_without_native_histograms_is_classic(scraping: Scraping):
    """A job that asks for protobuf only for its speed gets buckets, with the last one that was left out."""
    with exposing(behave=lambda handler: handler.answer(_protobuf(), PROTOBUF)) as target:
        await scraping.configure(job(target.address, scrape_protocols=["PrometheusProto"]))
        assert await until(lambda: scraping.value('took_seconds_bucket{le="1.0"}')) == 2.0
        assert await scraping.value('took_seconds_bucket{le="+Inf"}') == 5.0
        assert await scraping.histogram("took_seconds") is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xff\xff\xff\xff\xff\xff", "length"),
        (b"\x05abc", "unexpected EOF"),
        (b"\x03abc", "MetricFamily"),
        (delimited(family("h", 4, [({}, {"histogram": {"sampleCount": 1, "zeroThreshold": 0.1,
                                                      "positiveSpan": [{"offset": 0, "length": 2}]}})])), "spans"),
    ],
)  # fmt: skip
async def test_damaged_protobuf_is_refused(scraping: Scraping, body: bytes, said: str):
    with exposing(behave=lambda handler: handler.answer(body, PROTOBUF)) as target:
        await scraping.configure(job(target.address, scrape_native_histograms=True))
        assert said in await until(scraping.error)
        assert scraping.refused()["malformed"] >= 1


async def test_of_samples_that_became_equal_the_first_stays(scraping: Scraping):
    """Relabelling that makes series equal is counted, and no reason to fail."""
    rule = {"action": "labeldrop", "regex": "pod"}
    with exposing(body='m{pod="a"} 1\nm{pod="b"} 2\nm{pod="a"} 3\n') as target:
        await scraping.configure(job(target.address, metric_relabel_configs=[rule]))
        assert await until(lambda: scraping.value("m")) == 1.0
        assert await scraping.value("up") == 1.0
        assert scraping.refused()["duplicate_sample"] >= 2


async def test_too_many_targets_are_listed_and_down(scraping: Scraping):
    """All of them, with the limit as the reason; with more room they are scraped."""
    with exposing() as one, exposing() as two:
        await scraping.configure(job(one.address, two.address, target_limit=1))
        await until(lambda: [loop.health.is_up for loop in scraping.loops] == [False, False])
        assert scraping.error() == "target_limit exceeded (number of targets: 2, limit: 1)"
        assert one.seen == []
        await scraping.configure(job(one.address, two.address, target_limit=2))
        await until(lambda: scraping.value("sum(up) == 2"))


async def test_a_changed_job_makes_no_gap(scraping: Scraping):
    """Series that the new loop brings go on, those that it does not bring end."""
    with exposing(body="stays 1\ngoes 1\n") as target:
        await scraping.configure(job(target.address))
        await until(lambda: scraping.value("goes"))
        since_s = time.time()
        drop = {"source_labels": ["__name__"], "regex": "goes", "action": "drop"}
        await scraping.configure(job(target.address, metric_relabel_configs=[drop]))
        await until(lambda: _is_none(scraping.value("goes")))
        await asyncio.sleep(4 * INTERVAL_S)
        for query in ("stays", "up"):
            assert all(await scraping.presence(query, since_s)), query


async def _is_none(value: Any) -> bool:
    return await value is None


async def test_series_with_times_of_their_own_do_not_end(scraping: Scraping):
    """Unless the job tracks them."""
    now_ms = int(time.time() * 1000)
    with exposing(body=f"timed 1 {now_ms}\nplain 1\n") as target:
        await scraping.configure(
            {**job(target.address), "job_name": "a"},
            {**job(target.address), "job_name": "b", "track_timestamps_staleness": True},
        )
        await until(lambda: scraping.value("count(timed) == 2 and count(plain) == 2"))
        target.body = "other 1\n"
        await until(lambda: _is_none(scraping.value("plain")))
        assert [each["job"] for each in await scraping.series("timed")] == ["a"]


@pytest.mark.parametrize("members", [(b"a 1\n", b"b 2\n"), (b"a 1\nb 2\n",)], ids=["two members", "one member"])
async def test_gzip_is_read_whole(scraping: Scraping, members: tuple[bytes, ...]):
    """In several members too."""
    body = b"".join(map(gzip.compress, members))
    with exposing(behave=lambda handler: handler.answer(body, Content_Encoding="gzip")) as target:
        await scraping.configure(job(target.address))
        assert await until(lambda: scraping.value("b")) == 2.0


async def test_gzip_that_was_cut_off_is_refused(scraping: Scraping):
    body = gzip.compress(b"a 1\nb 2\n" * 1000)[:-20]
    with exposing(behave=lambda handler: handler.answer(body, Content_Encoding="gzip")) as target:
        await scraping.configure(job(target.address))
        assert "middle of gzip" in await until(scraping.error)
        assert await scraping.value("a") is None


async def test_credentials_in_files_may_change(scraping: Scraping, tmp_path: Path):
    """The file is read for every request; its name is relative to the configuration."""
    (tmp_path / "token").write_text("first\n")
    with exposing() as target:
        await scraping.configure(job(target.address, authorization={"credentials_file": "token"}))
        await until(lambda: target.seen)
        (tmp_path / "token").write_text("second\n")
        await until(lambda: target.seen[-1]["authorization"] == "Bearer second")
        assert target.seen[0]["authorization"] == "Bearer first"
        (tmp_path / "token").unlink()
        assert "No such file" in await until(scraping.error)


async def test_tokens_are_got_and_kept(scraping: Scraping):
    """OAuth 2 client credentials: one request for the token, whatever the number of scrapes."""
    with exposing(body='{"access_token": "abc", "expires_in": 60}', content_type="application/json") as issuer:
        token = {"client_id": "me", "client_secret": "s", "token_url": f"http://{issuer.address}/token"}
        with exposing() as target:
            await scraping.configure(job(target.address, oauth2=token))
            await until(lambda: len(target.seen) >= 3)
    assert {each["authorization"] for each in target.seen} == {"Bearer abc"}
    assert len(issuer.seen) == 1


async def test_redirects_are_followed_or_not(scraping: Scraping):
    def elsewhere(handler: Handler) -> None:
        if handler.path == "/metrics":
            handler.send_response(302)
            handler.send_header("Location", "/real")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        else:
            handler.answer(b"moved 1\n")

    with exposing(behave=elsewhere) as target:
        await scraping.configure(job(target.address))
        assert await until(lambda: scraping.value("moved")) == 1.0
        await scraping.configure(job(target.address, follow_redirects=False))
        assert "302" in await until(scraping.error)


async def test_many_targets_that_hang_keep_no_other_waiting(scraping: Scraping):
    """Beyond the number of connections that HTTP clients open by themselves."""
    with exposing(behave=lambda _: time.sleep(1)) as hanging, exposing() as good:
        labels = [{"targets": [hanging.address], "labels": {"n": str(number)}} for number in range(150)]
        static = [*labels, {"targets": [good.address]}]
        await scraping.configure({"job_name": "j", "static_configs": static, "scrape_timeout": "250ms"})
        await until(lambda: len(good.seen) >= 8)
        assert len(hanging.seen) > 150
