"""The demo: a server, the programs of a shop beside it, and a day of their past."""

import importlib.util
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal, Self
from urllib.parse import quote

from vedette.demo import credentials
from vedette.demo.child import Child
from vedette.demo.history import progress
from vedette.demo.releases import Releases
from vedette.demo.story import (
    AGENT_RELEASE,
    PAYMENTS_RELEASE,
    STABLE_RELEASE,
    WEB_RELEASE,
    WORKER_RELEASE,
    live_release,
)

Say = Callable[[str], None]
_NEEDED = (
    "opentelemetry.sdk",
    "opentelemetry.exporter.otlp.proto.http",
    "opentelemetry.exporter.otlp.proto.grpc",
    "opentelemetry.instrumentation.fastapi",
    "opentelemetry.instrumentation.httpx",
    "opentelemetry.instrumentation.logging",
    "sentry_sdk",
    "httpx",
)
_READY_WITHIN_S = 60
_HANDOVER_S = 6
_STEADY_S = 30
_MOST_DEATHS = 5
_HISTORY, _PROGRESS = "history", "history.json"


class CannotStart(Exception):
    """The demo cannot run here; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the demo runs and how much happens; `rate` is requests per second on average."""

    port: int
    otlp_grpc_port: int
    data_dir: Path
    history_hours: float
    rate: float

    @property
    def address(self) -> str:
        """Where people and programs find the server."""
        return f"http://127.0.0.1:{self.port}"


def run(plan: Plan, say: Say) -> int:
    """Run until SIGINT or SIGTERM and return the exit status; raises CannotStart."""
    _check_extras()
    _check_port(plan.port, "--port")
    _check_port(plan.otlp_grpc_port, "--otlp-grpc-port")
    folder = plan.data_dir.resolve() / "fleet"
    kept = folder / "credentials.json"
    if (plan.data_dir / "lock").exists() and not kept.exists():
        raise CannotStart(f"{plan.data_dir} belongs to a server that is not a demo; choose another --data-dir")
    folder.mkdir(parents=True, exist_ok=True)
    with _Interruption() as interruption:
        return _Fleet(plan, folder, credentials.keep(kept), say, interruption).run()


def _check_extras() -> None:
    for module in _NEEDED:
        try:
            missing = importlib.util.find_spec(module) is None
        except ModuleNotFoundError:
            missing = True
        if missing:
            raise CannotStart(f"the demo needs {module}, which is not installed: pip install 'vedette[demo]'")


def _check_port(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(f"port {port} cannot be used ({error.strerror}); choose another {option}") from None


class _Interruption:
    """SIGINT and SIGTERM as a flag."""

    def __init__(self) -> None:
        self.came = False

    def __enter__(self) -> Self:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)  # a second Ctrl-C during the last moments changes nothing

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self.came = True


class _Fleet:
    """All children, in the order they are started; they are stopped in reverse, the server last."""

    def __init__(
        self, plan: Plan, folder: Path, account: credentials.Credentials, say: Say, interruption: _Interruption
    ) -> None:
        self._plan, self._folder, self._account, self._say = plan, folder, account, say
        self._interruption = interruption
        self._shop_socket, self._payments_socket = _listen(), _listen()
        self._server = self._make_server()
        self._programs: dict[str, Child] = {}
        self._leaving: list[tuple[float, Child]] = []
        self._deaths: dict[str, int] = {}
        self._release = ""
        self._releases = Releases(
            folder / "released",
            self._events_url,
            account.key,
            before=STABLE_RELEASE if plan.history_hours > 0 else "",
            say=say,
        )

    def run(self) -> int:
        try:
            self._server.start()
            if not self._wait_until_ready():
                return 0
            self._start_programs()
            self._greet()
            while not self._interruption.came:
                self._watch()
                time.sleep(0.3)
        finally:
            self._say("Stopping …")
            self._stop()
        self._say("Everything has stopped.")
        return 0

    def _greet(self) -> None:
        history = f"\nThe last {self._plan.history_hours:g} hours are being filled in." if self._has_history() else ""
        self._say(
            f"\nVedette with a live demo shop:  {self._plan.address}\n"
            f"    e-mail    {self._account.email}\n"
            f"    password  {self._account.password}\n"
            f"{history}\nCtrl-C stops everything."
        )

    def _wait_until_ready(self) -> bool:
        deadline = time.monotonic() + _READY_WITHIN_S
        while time.monotonic() < deadline:
            if self._interruption.came:
                return False
            if self._server.status is not None:
                raise CannotStart(f"the server {self._server.reason}")
            try:
                with urllib.request.urlopen(f"{self._plan.address}/readyz", timeout=2):  # noqa: S310 - our own server
                    return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise CannotStart(f"the server was not ready within {_READY_WITHIN_S} s; its log: {self._server.log}")

    def _start_programs(self) -> None:
        self._release = live_release(time.time())
        made = [
            self._program("payments", PAYMENTS_RELEASE, protocol="grpc", listening=self._payments_socket),
            self._shop(),
            self._program("worker", WORKER_RELEASE),
            self._program("browser", WEB_RELEASE, service="shop-web"),
            self._program("agent", AGENT_RELEASE, service="host-agent", instance=socket.gethostname()),
        ]
        if self._has_history():
            made.append(self._program(_HISTORY, WEB_RELEASE, arguments=["vedette.demo.history"]))
        for child in made:
            child.start()
            self._programs[child.name] = child
        self._releases.announce(self._release)

    @property
    def _events_url(self) -> str:
        return f"{self._plan.address}/api/events"

    def _has_history(self) -> bool:
        return self._plan.history_hours > 0 and not progress.is_complete(self._folder / _PROGRESS)

    def _watch(self) -> None:
        if self._server.status is not None:
            raise CannotStart(f"the server {self._server.reason}")
        for name, child in list(self._programs.items()):
            if child.status is not None:
                self._ended(name, child)
        now = time.monotonic()
        for since, child in list(self._leaving):
            if now - since > _HANDOVER_S:
                child.ask_to_stop()
                if child.status is not None:
                    self._leaving.remove((since, child))
        release = live_release(time.time())
        if release != self._release and "shop" in self._programs:
            self._deploy(release)

    def _ended(self, name: str, child: Child) -> None:
        del self._programs[name]
        if name == _HISTORY and child.status == 0:
            self._say("The past is filled in.")
            return
        if time.monotonic() - child.started_at > _STEADY_S:
            self._deaths[name] = 0
        self._deaths[name] = self._deaths.get(name, 0) + 1
        again = name != _HISTORY and self._deaths[name] < _MOST_DEATHS
        self._say(f"{name} {child.reason}\n    {'Starting it again.' if again else 'It stays away.'}")
        if again:
            child.start()
            self._programs[name] = child

    def _deploy(self, release: str) -> None:
        """Start a release on the same socket; the one before leaves a few seconds later."""
        self._release = release
        self._leaving.append((time.monotonic(), self._programs["shop"]))
        self._programs["shop"] = self._shop()
        self._programs["shop"].start()
        self._releases.announce(release)

    def _stop(self) -> None:
        programs = [*self._programs.values(), *(child for _, child in self._leaving)]
        for child in programs:
            child.ask_to_stop()
        for child in programs:
            child.stopped(within_s=5)
        self._server.ask_to_stop()
        self._server.stopped(within_s=20)

    def _make_server(self) -> Child:
        plan = self._plan
        options = ["--port", str(plan.port), "--otlp-grpc-port", str(plan.otlp_grpc_port)]
        return Child(
            "server",
            ["vedette.cli", "serve", *options, "--data-dir", str(plan.data_dir)],
            self._account.bootstrap(),
            self._folder / "server.log",
        )

    def _shop(self) -> Child:
        return self._program("shop", self._release, listening=self._shop_socket, log=f"shop-{self._release}")

    def _program(
        self,
        name: str,
        release: str,
        *,
        service: str = "",
        instance: str = "",
        protocol: Literal["http", "grpc"] = "http",
        listening: socket.socket | None = None,
        arguments: list[str] | None = None,
        log: str = "",
    ) -> Child:
        plan, service = self._plan, service or name
        port = plan.port if protocol == "http" else plan.otlp_grpc_port
        environment = {
            "OTEL_SERVICE_NAME": service,
            "OTEL_RESOURCE_ATTRIBUTES": (
                f"service.version={release},service.instance.id={quote(instance or f'{service}-1')},"
                f"deployment.environment.name=production,host.name={quote(socket.gethostname())}"
            ),
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{self._account.key}",
            "OTEL_SEMCONV_STABILITY_OPT_IN": "http",
            "OTEL_BSP_SCHEDULE_DELAY": "1000",
            "OTEL_BLRP_SCHEDULE_DELAY": "1000",
            "OTEL_METRIC_EXPORT_INTERVAL": "10000",
            "SENTRY_DSN": f"http://{self._account.key}@127.0.0.1:{plan.port}/1",
            "SENTRY_RELEASE": f"{service}@{release}",
            "SENTRY_ENVIRONMENT": "production",
            "SHOP_URL": _address(self._shop_socket),
            "PAYMENTS_URL": _address(self._payments_socket),
            "EVENTS_URL": self._events_url,
            "EVENTS_KEY": self._account.key,
            "DEMO_OWN_KEY": self._account.own_key,
            "DEMO_QUEUE": str(self._folder / "jobs.db"),
            "DEMO_RATE": str(plan.rate),
            "DEMO_HISTORY_HOURS": str(plan.history_hours),
            "DEMO_HISTORY_PROGRESS": str(self._folder / _PROGRESS),
        }
        inherited = []
        if listening is not None:
            environment["DEMO_SOCKET"] = str(listening.fileno())
            inherited = [listening.fileno()]
        arguments = arguments or ["vedette.demo.programs", name]
        return Child(name, arguments, environment, self._folder / f"{log or name}.log", inherited)


def _listen() -> socket.socket:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()
    return f"http://{host}:{port}"
