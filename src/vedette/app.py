"""The composition root: every part is built, joined, started and stopped here, in reverse order of building."""

import contextlib
import fcntl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import cast

import structlog
from fastapi import FastAPI
from starlette.datastructures import State
from starlette.middleware.gzip import GZipMiddleware

from vedette import __version__
from vedette.edge import pages, problems
from vedette.edge.bodies import BodyLimits
from vedette.edge.cors import CrossOriginIngest
from vedette.edge.logs import LogTap
from vedette.edge.observed import ObserveRequests, RequestSeen
from vedette.edge.safety import SafeAnswers
from vedette.guard.access import Access, Bootstrap, Bootstrapped
from vedette.guard.access.routes import router as access_routes
from vedette.guard.privacy.retention import Retentions
from vedette.guard.privacy.retention import router as retention_routes
from vedette.ingest.door import Admission, Door
from vedette.ingest.events.routes import router as send_events_routes
from vedette.ingest.host.collector import HostCollector
from vedette.ingest.itself.observer import OwnTelemetry
from vedette.ingest.otlp import http as otlp_http
from vedette.ingest.otlp.grpc import OtlpGrpcServer
from vedette.ingest.otlp.intake import services as otlp_services
from vedette.ingest.otlp.metrics import MetricsDecoder
from vedette.ingest.pushgateway.pushes import Pushes
from vedette.ingest.pushgateway.routes import router as pushgateway_routes
from vedette.ingest.remote_write.routes import RemoteWrite
from vedette.ingest.remote_write.routes import router as remote_write_routes
from vedette.ingest.remote_write.v1 import WriteV1Decoder
from vedette.ingest.remote_write.v2 import WriteV2Decoder
from vedette.ingest.scrape.jobs_store import ScrapeJobs
from vedette.ingest.scrape.manager import ScrapeManager
from vedette.ingest.scrape.prometheus import router as targets_routes
from vedette.ingest.scrape.routes import router as scrape_jobs_routes
from vedette.ingest.sentry.routes import router as sentry_routes
from vedette.kit.errors import Fault, Invalid
from vedette.kit.ids import ProjectId
from vedette.kit.instruments import Instruments
from vedette.kit.ledger import Ledger
from vedette.settings import Settings
from vedette.signals.errors.routes import router as errors_routes
from vedette.signals.errors.states import IssueStates
from vedette.signals.events.routes import router as events_routes
from vedette.signals.logs.routes import router as logs_routes
from vedette.signals.metrics.api.routes import router as prometheus_routes
from vedette.signals.metrics.api.status import explaining as explain_routes
from vedette.signals.metrics.api.status import router as rules_routes
from vedette.signals.metrics.book import Shelf
from vedette.signals.metrics.intake import Assembler, Limits, MetricIntake
from vedette.signals.metrics.promql.limits import Limits as EvaluationLimits
from vedette.signals.metrics.queries import Queries, QueryLimits
from vedette.signals.metrics.result_cache import ResultCache
from vedette.signals.metrics.rollups.hours import Hours
from vedette.signals.metrics.rollups.job import Roller
from vedette.signals.metrics.rollups.source import Rollups
from vedette.signals.metrics.rows import with_digits
from vedette.signals.metrics.rules.evaluation import Evaluator
from vedette.signals.metrics.rules.files import RuleFiles
from vedette.signals.metrics.rules.keeper import RuleKeeper
from vedette.signals.metrics.rules.reading import Defaults as RuleDefaults
from vedette.signals.metrics.samples import newest_sample_ms
from vedette.signals.metrics.series import SeriesIndex
from vedette.signals.traces.routes import router as traces_routes
from vedette.storage.jobs import Job, JobRunner, OnFinished
from vedette.storage.records import Leases, Records, sqlite_url
from vedette.storage.telemetry.embedded import EmbeddedStore
from vedette.storage.telemetry.engine_config import EngineLimits
from vedette.storage.telemetry.footprint import release_code_pages
from vedette.storage.telemetry.journal import JournaledStore
from vedette.storage.telemetry.protobuf import ProtobufReader
from vedette.storage.telemetry.reader import Reader
from vedette.storage.telemetry.retention import Retention
from vedette.storage.telemetry.schema import migrate
from vedette.storage.telemetry.writer import Writers
from vedette.watch.dashboards.parts import dashboard_parts
from vedette.watch.dashboards.routes import router as dashboards_routes
from vedette.watch.dashboards.shared_routes import router as shared_routes
from vedette.watch.live.hub import Hub
from vedette.watch.live.routes import router as live_routes
from vedette.watch.live.topics import topics
from vedette.watch.overview.now import Now
from vedette.watch.overview.routes import router as overview_routes
from vedette.watch.overview.schemas import Host, HostSeries
from vedette.watch.state import router as state_routes

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Started:
    """What `vedette serve` tells whoever started it."""

    bootstrapped: Bootstrapped
    otlp_grpc_port: int | None
    seconds: float


def create_app(settings: Settings, *, log_tap: LogTap | None = None) -> FastAPI:
    """Return the application; everything is built when its lifespan begins and closed when it ends."""
    instruments = Instruments()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            try:
                app.state.started = await _start(app, settings, instruments, stack)
            except Exception as error:
                app.state.failed = error
                raise
            yield

    app = FastAPI(
        title="Vedette",
        version=__version__,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.instruments = instruments
    app.state.log_tap = log_tap

    def seen(request: RequestSeen) -> None:
        if (own := cast("OwnTelemetry | None", getattr(app.state, "own", None))) is not None:
            own.request(request)

    app.add_middleware(SafeAnswers)
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=4)
    app.add_middleware(CrossOriginIngest, prefixes=("/v1/",))
    app.add_middleware(ObserveRequests, instruments=instruments, hook=seen)
    problems.install(app)
    reading = (
        prometheus_routes,
        rules_routes,
        explain_routes,
        targets_routes,
        scrape_jobs_routes,
        logs_routes,
        traces_routes,
        errors_routes,
        events_routes,
        overview_routes,
        live_routes,
        dashboards_routes,
    )
    # Routes are tried in this order: those asked most come first.
    taking = (remote_write_routes, sentry_routes, send_events_routes, pushgateway_routes)
    for each in (*taking, state_routes, *reading, access_routes, retention_routes, shared_routes):
        app.include_router(each)
    return app


async def _start(  # noqa: PLR0915 - a list of parts, in the order in which they need each other
    app: FastAPI, settings: Settings, instruments: Instruments, stack: contextlib.AsyncExitStack
) -> Started:
    began = time.perf_counter()
    folder = settings.data_dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    stack.enter_context(owned(folder))

    records = Records(settings.records_url or sqlite_url(folder))
    stack.callback(records.close)
    records.migrate()
    access = Access(
        records,
        session_lifetime=timedelta(days=settings.session_days),
        secure_cookies=settings.secure_cookies,
        public_url=settings.public_url,
    )
    stack.callback(access.close)
    bootstrapped = access.bootstrap(_bootstrap(settings))
    stack.callback(access.write_usage)

    engine = EmbeddedStore(folder, _engine_limits(settings), readers=settings.query_connections)
    with contextlib.ExitStack() as unless_journaled:
        unless_journaled.callback(engine.close)
        migrate(engine)
        store = JournaledStore(engine, {"samples": with_digits})
        unless_journaled.pop_all()
    stack.callback(store.close)
    retention = Retention(settings.retention_days())
    retentions = Retentions(records, store, retention)
    retentions.load()
    reader = Reader(store, instruments, connections=settings.query_connections)
    stack.callback(reader.close)
    writers = Writers(
        store,
        instruments,
        queue_bytes=settings.queue_bytes,
        interval_s=settings.commit_interval_ms / 1000,
    )
    writers.start()
    stack.push_async_callback(writers.close)

    ledger = Ledger(instruments)
    door = Door(
        access,
        writers,
        ledger,
        instruments,
        BodyLimits(settings.max_body_bytes, settings.max_decompressed_bytes),
        Admission(retention, settings.max_attributes, settings.max_future_minutes * 60),
    )
    state = app.state
    state.records, state.access, state.reader, state.writers = records, access, reader, writers
    state.ledger, state.door, state.retentions = ledger, door, retentions

    protobuf = ProtobufReader(store)
    shelf = Shelf(most_labels=settings.max_attributes, newest_ms=newest_sample_ms(store))
    index = SeriesIndex(store, shelf.edition)
    limits = _query_limits(settings)
    rolled = Hours(store)
    rollups = Rollups(rolled, retention)
    cache = ResultCache(shelf.changes, settings.query_cache_mb * 1024 * 1024)
    state.queries = Queries(
        store,
        index,
        instruments,
        limits,
        concurrency=settings.query_connections,
        rollups=rollups,
        cache=cache,
        shelf=shelf,
    )
    stack.callback(state.queries.close)
    assembler = Assembler(Limits(retention, settings.max_future_minutes * 60), shelf, rolled)
    otlp_metrics = _take_metrics(app, settings, protobuf, shelf, assembler)
    services = otlp_services(door, protobuf, otlp_metrics)
    app.include_router(otlp_http.router(services))
    app.include_router(pages.router(Path(str(resources.files("vedette").joinpath("web_dist")))))

    grpc_port = None
    if settings.otlp_grpc_port:
        grpc_server = OtlpGrpcServer(door, services, host=settings.host, port=settings.otlp_grpc_port)
        grpc_port = await grpc_server.start()
        stack.push_async_callback(grpc_server.stop)
    state.otlp_grpc_port = grpc_port

    await _watch_metrics(state, settings, ledger, access, stack)
    own_hosts, on_finished = _observe_itself(app, settings, folder, bootstrapped.own.id, stack)
    now = Now(reader, state.queries, IssueStates(records), ledger, writers.health, own_hosts, bootstrapped.own.id)
    state.now = now
    parts = dashboard_parts(records, reader, state.queries)
    state.shelf, state.shares, state.dashboard_data = parts.shelf, parts.shares, parts.data
    state.hub = Hub(topics(state.now, parts.live))
    stack.push_async_callback(state.hub.close)

    keeping = Job("retention", retentions.refresh, timedelta(seconds=30), everywhere=True)
    jobs = [*access.jobs(), keeping, Roller(store, rolled, retention).job()]
    runner = JobRunner(jobs, Leases(records), on_finished=on_finished)
    await runner.start()
    stack.push_async_callback(runner.stop)
    release_code_pages()
    log.info("ready", version=__version__, data_dir=str(folder), seconds=round(time.perf_counter() - began, 2))
    return Started(bootstrapped, grpc_port, time.perf_counter() - began)


def _take_metrics(
    app: FastAPI, settings: Settings, protobuf: ProtobufReader, shelf: Shelf, assembler: Assembler
) -> MetricsDecoder:
    """Build the ways in for metrics, which share one book of series; return OTLP's decoder."""
    app.state.metric_intake = MetricIntake(app.state.writers, shelf, assembler)
    app.state.remote_write = RemoteWrite(
        WriteV1Decoder(protobuf, shelf, assembler), WriteV2Decoder(protobuf, shelf, assembler)
    )
    return MetricsDecoder(shelf, assembler, max_attributes=settings.max_attributes)


async def _watch_metrics(
    state: State, settings: Settings, ledger: Ledger, access: Access, stack: contextlib.AsyncExitStack
) -> None:
    """Start what works by itself: scrapes and recording rules."""

    async def find_project(name: str) -> ProjectId | None:
        project = await access.projects.find_soon(name)
        return project.id if project else None

    file = Path(settings.scrape_config_file) if settings.scrape_config_file else None
    state.pushes = Pushes(state.records, state.metric_intake, ledger, most_labels=settings.max_attributes)
    stack.push_async_callback(state.pushes.stop)
    await state.pushes.start()
    state.scrape_jobs = ScrapeJobs(state.records, lambda: state.scrapes.changed())  # noqa: PLW0108 - it is made below
    scrapes = ScrapeManager(
        state.metric_intake,
        ledger,
        find_project,
        file=file,
        project=settings.scrape_project,
        kept=state.scrape_jobs.kept,
    )
    stack.push_async_callback(scrapes.stop)
    await scrapes.start()
    patterns = [each.strip() for each in settings.rule_files.split(",") if each.strip()]
    if file is not None and scrapes.configuration is not None:
        patterns += [str(file.parent / each) for each in scrapes.configuration.rule_files]
    defaults = RuleDefaults(project=settings.scrape_project)
    evaluator = Evaluator(state.queries, state.metric_intake)
    state.scrapes, state.rules = scrapes, RuleKeeper(RuleFiles(patterns, defaults), evaluator, find_project)
    stack.push_async_callback(state.rules.stop)
    await state.rules.start()


def _observe_itself(
    app: FastAPI, settings: Settings, folder: Path, project: ProjectId, stack: contextlib.AsyncExitStack
) -> tuple[Callable[[], list[Host]], OnFinished | None]:
    """Start what records this machine and this server; return the latest reading and what jobs report to."""
    state = app.state
    writers, ledger = cast("Writers", state.writers), cast("Ledger", state.ledger)
    intake = cast("MetricIntake", state.metric_intake)
    collector = None
    if settings.collect_host:
        collector = HostCollector(folder, project, intake, ledger, every_s=settings.host_interval_s)
        collector.start()
        stack.push_async_callback(collector.stop)

    def own_hosts() -> list[Host]:
        if collector is None or collector.latest is None:
            return []
        series = HostSeries(times=[], cpu=[], memory=[])
        return [Host(is_this_server=True, series=series, **asdict(collector.latest))]

    if not settings.observe_itself:
        return own_hosts, None
    own = state.own = OwnTelemetry(project, writers, intake, ledger, state.instruments)
    own.start()
    stack.push_async_callback(own.stop)
    if (tap := cast("LogTap | None", state.log_tap)) is not None:
        tap.listen(own.log_event)
        stack.callback(tap.listen, None)
    return own_hosts, own.job


@contextlib.contextmanager
def owned(folder: Path) -> Iterator[None]:
    """Hold the data folder for this process; raises Invalid when another one does."""
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fault = Fault("data_dir", f"{folder} is in use by another Vedette")
            raise Invalid("the data folder is taken", faults=[fault]) from None
        yield


def _bootstrap(settings: Settings) -> Bootstrap:
    return Bootstrap(
        email=settings.bootstrap_email,
        password=settings.bootstrap_password.get_secret_value(),
        token=settings.bootstrap_token.get_secret_value(),
        key=settings.bootstrap_key.get_secret_value(),
        own_key=settings.bootstrap_own_key.get_secret_value(),
    )


def _query_limits(settings: Settings) -> QueryLimits:
    evaluation = EvaluationLimits(max_samples=settings.query_max_samples, max_cells=settings.query_max_samples)
    return QueryLimits(evaluation, settings.query_max_series, settings.query_timeout_s)


def _engine_limits(settings: Settings) -> EngineLimits:
    return EngineLimits(
        settings.memory_limit_mb, settings.query_memory_mb, settings.query_timeout_s, settings.min_free_disk_mb
    )
