"""Wire shapes of the overview."""

from typing import Literal

from pydantic import BaseModel

from vedette.kit.ids import Signal
from vedette.signals.errors.schemas import Issue

HealthState = Literal["ok", "degraded", "down", "no_data"]


class Health(BaseModel):
    """The health card (EXT-7). `uptime` is the share of the last day's minutes with traffic that were not failing."""

    state: HealthState
    reasons: list[str]
    uptime: float | None
    mean_response_ms: float | None
    active_users: int
    error_rate: float | None


class Requests(BaseModel):
    """Entry spans (kind server or consumer) of a range; without any, what metrics of HTTP servers tell."""

    count: int
    rate_per_s: float
    error_rate: float | None
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class RequestSeries(BaseModel):
    """The same per step; `times` are Unix seconds at which the steps begin; None where there was no traffic."""

    step_s: int
    times: list[int]
    request_rate: list[float | None]
    error_rate: list[float | None]
    p50_ms: list[float | None]
    p95_ms: list[float | None]
    p99_ms: list[float | None]
    active_users: list[int]


class ActiveUsers(BaseModel):
    """Distinct people in product events."""

    last_5m: int
    last_24h: int


class Endpoint(BaseModel):
    """One operation of one service; of metrics the service is the job, and a duration may not be told."""

    service: str
    name: str
    count: int
    rate_per_s: float
    error_rate: float
    p95_ms: float | None


class HostSeries(BaseModel):
    """Load of a host over the range, as shares from 0 to 1."""

    times: list[int]
    cpu: list[float | None]
    memory: list[float | None]


class Host(BaseModel):
    """The resources of one machine; shares from 0 to 1, rates in bytes a second, None where not reported."""

    name: str
    is_this_server: bool
    cpu: float | None = None
    cpu_count: int | None = None
    memory: float | None = None
    memory_total_bytes: float | None = None
    disk: float | None = None
    disk_total_bytes: float | None = None
    load1: float | None = None
    network_receive_bps: float | None = None
    network_transmit_bps: float | None = None
    series: HostSeries


class ArrivalSeries(BaseModel):
    """Records per step."""

    times: list[int]
    counts: list[int]


class SignalArrivals(BaseModel):
    """What arrives of one signal. `total` counts since the server started; `lag_s` is how old the newest record is."""

    signal: Signal
    records_per_s: float
    last_5m: int
    total: int
    first_record_at: str | None
    last_record_at: str | None
    lag_s: float | None
    series: ArrivalSeries


class RefusalCount(BaseModel):
    """Records not kept in the last hour, for one reason."""

    protocol: str
    signal: str
    reason: str
    count: int
    last_at: str


class StoreState(BaseModel):
    """Whether the telemetry store takes data."""

    state: Literal["ok", "not_writable"]
    since: str | None
    detail: str


class Overview(BaseModel):
    """Everything the page Now shows."""

    project: str
    from_: str
    to: str
    generated_at: str
    health: Health
    requests: Requests
    requests_from: Literal["traces", "metrics"]
    previous: Requests
    series: RequestSeries
    active_users: ActiveUsers
    endpoints: list[Endpoint]
    hosts: list[Host]
    latest_errors: list[Issue]
    arrivals: list[SignalArrivals]
    refusals: list[RefusalCount]
    store: StoreState

    model_config = {"populate_by_name": True, "alias_generator": lambda name: "from" if name == "from_" else name}


class LiveArrivals(BaseModel):
    """The live topic `arrivals`."""

    signals: list[SignalArrivals]


class ConnectProject(BaseModel):
    """The project that data goes to."""

    id: int
    name: str


class Connect(BaseModel):
    """What the page Connect needs: the real address, the project, and what has arrived."""

    address: str
    otlp_grpc: str | None
    project: ConnectProject
    signals: list[SignalArrivals]
