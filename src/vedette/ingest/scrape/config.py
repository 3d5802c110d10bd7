"""Prometheus' `scrape_configs`. Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import re2
import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from vedette.kit.errors import Fault, Invalid

_Model = TypeVar("_Model", bound=BaseModel)

_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_UNITS_S = (31_536_000, 604_800, 86_400, 3600, 60, 1, 0.001)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGTPE]?)i?B", re.IGNORECASE)
_LARGEST_CONFIG = 4 * 1024 * 1024
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.dot_nl = True
# Parts of a prometheus.yml that are not about scraping.
OTHERS_OWN = {
    "alerting", "remote_write", "remote_read", "storage", "tracing", "rule_files", "runtime", "otlp",
    "scrape_config_files",
}  # fmt: skip


def seconds(value: object) -> float:
    """Return a duration such as `1m30s` in seconds; raises ValueError."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == 0:
        return 0.0
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        raise ValueError(f"not a valid duration string: {str(value)[:50]!r}")
    return sum(int(count) * unit for count, unit in zip(match.groups(), _UNITS_S, strict=True) if count)


def _size(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _SIZE.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f"not a valid size: {str(value)[:50]!r}")
    return int(float(match[1]) * 1024 ** " KMGTPE".index(match[2].upper() or " "))  # KB and KiB are the same here


def pattern(text: str) -> "re2._Regexp[str]":
    """Compile a relabelling pattern, which matches whole values; raises ValueError."""
    try:
        return re2.compile(f"^(?s:{text})$", _OPTIONS)
    except re2.error as error:
        raise ValueError(f"not a valid regular expression: {error}") from None


Duration = Annotated[float, BeforeValidator(seconds)]
Size = Annotated[int, BeforeValidator(_size)]


def _text(value: object) -> object:
    """Take numbers and truth values for text, as Prometheus' reader does."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else value


Text = Annotated[str, BeforeValidator(_text)]


class Strict(BaseModel):
    """Unknown fields are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


TlsVersion = Literal["", "TLS10", "TLS11", "TLS12", "TLS13"]


class Tls(Strict):
    """How a target's certificate is checked, and the one shown to it."""

    ca: str = ""
    ca_file: str = ""
    cert: str = ""
    cert_file: str = ""
    key: str = Field("", repr=False)
    key_file: str = ""
    server_name: str = ""
    insecure_skip_verify: bool = False
    min_version: TlsVersion = ""
    max_version: TlsVersion = ""

    @model_validator(mode="after")
    def _whole(self) -> "Tls":
        for name in ("ca", "cert", "key"):
            if getattr(self, name) and getattr(self, f"{name}_file"):
                raise ValueError(f"at most one of {name} and {name}_file must be configured")
        if bool(self.cert or self.cert_file) != bool(self.key or self.key_file):
            raise ValueError("a client certificate and its key must be configured together")
        return self


class Proxy(Strict):
    """The way to a server."""

    proxy_url: str = Field("", repr=False)
    no_proxy: str = ""
    proxy_from_environment: bool = False

    @model_validator(mode="after")
    def _one_proxy(self) -> "Proxy":
        if self.proxy_from_environment and (self.proxy_url or self.no_proxy):
            raise ValueError("if proxy_from_environment is configured, proxy_url and no_proxy must not be")
        if self.no_proxy and not self.proxy_url:
            raise ValueError("if no_proxy is configured, proxy_url must also be configured")
        if "/" in self.no_proxy:
            raise ValueError("no_proxy names hosts and domains; ranges of addresses are not supported")
        return self


class BasicAuth(Strict):
    """A user name and password."""

    username: Text = ""
    username_file: str = ""
    password: Text = Field("", repr=False)
    password_file: str = ""

    @model_validator(mode="after")
    def _one_of_each(self) -> "BasicAuth":
        for name in ("username", "password"):
            if getattr(self, name) and getattr(self, f"{name}_file"):
                raise ValueError(f"at most one of basic_auth {name} & {name}_file must be configured")
        return self


class Authorization(Strict):
    """The header `Authorization`."""

    type: str = "Bearer"
    credentials: Text = Field("", repr=False)
    credentials_file: str = ""

    @model_validator(mode="after")
    def _one(self) -> "Authorization":
        if self.credentials and self.credentials_file:
            raise ValueError("at most one of authorization credentials & credentials_file must be configured")
        if self.type.strip().lower() == "basic":
            raise ValueError('authorization type cannot be set to "basic", use "basic_auth" instead')
        return self


class OAuth2(Proxy):
    """Client credentials, exchanged for a token."""

    client_id: str = Field(min_length=1)
    grant_type: Literal["", "client_credentials"] = ""
    client_secret: str = Field("", repr=False)
    client_secret_file: str = ""
    token_url: str = Field(pattern=r"^https?://")
    scopes: tuple[str, ...] = ()
    endpoint_params: Mapping[str, str] = {}
    tls_config: Tls = Tls()


class HeaderValues(Strict):
    """Values of a header of one's own."""

    values: tuple[str, ...] = ()
    secrets: tuple[str, ...] = Field((), repr=False)
    files: tuple[str, ...] = ()


class Client(Proxy):
    """How HTTP requests are made."""

    basic_auth: BasicAuth | None = None
    authorization: Authorization | None = None
    oauth2: OAuth2 | None = None
    bearer_token: str = Field("", repr=False)
    bearer_token_file: str = ""
    tls_config: Tls = Tls()
    follow_redirects: bool = True
    enable_http2: bool = True
    http_headers: Mapping[str, HeaderValues] = {}

    @model_validator(mode="after")
    def _one_way(self) -> "Client":
        ways = (self.basic_auth, self.authorization, self.oauth2, self.bearer_token or self.bearer_token_file or None)
        if sum(each is not None for each in ways) > 1:
            raise ValueError("at most one of basic_auth, oauth2, bearer_token & authorization must be configured")
        return self


Action = Literal[
    "replace", "keep", "drop", "keepequal", "dropequal", "hashmod", "labelmap", "labeldrop", "labelkeep",
    "lowercase", "uppercase",
]  # fmt: skip


_ONLY: Mapping[str, set[str]] = {
    "labeldrop": {"regex"},
    "labelkeep": {"regex"},
    "keepequal": {"source_labels", "target_label"},
    "dropequal": {"source_labels", "target_label"},
}


class Relabel(Strict):
    """One relabelling rule."""

    source_labels: tuple[str, ...] = ()
    separator: Text = ";"
    regex: Text = "(.*)"
    modulus: int = Field(0, ge=0)
    target_label: str = ""
    replacement: Text = "$1"
    action: Annotated[Action, BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)] = (
        "replace"
    )

    @model_validator(mode="after")
    def _whole(self) -> "Relabel":
        pattern(self.regex)
        needs_target = self.action in {"replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"}
        if needs_target and not self.target_label:
            raise ValueError(f"relabel configuration for {self.action} action requires 'target_label' value")
        if self.action == "hashmod" and not self.modulus:
            raise ValueError("relabel configuration for hashmod requires non-zero modulus")
        if "replacement" in self.model_fields_set and self.action in {"lowercase", "uppercase"}:
            raise ValueError(f"'replacement' can not be set for {self.action} action")
        allowed = _ONLY.get(self.action)
        if allowed is not None and self.model_fields_set - allowed - {"action"}:
            names = " and ".join(f"'{name}'" for name in sorted(allowed))
            raise ValueError(f"{self.action} action requires only {names}, and no other fields")
        return self


class StaticGroup(Strict):
    """Targets that are written down."""

    targets: tuple[Text, ...] = ()
    labels: Mapping[str, Text] = {}


class FileDiscovery(Strict):
    """Targets in files, which may be globs."""

    files: tuple[Annotated[str, Field(pattern=r"^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$")], ...] = Field(
        min_length=1
    )
    refresh_interval: Duration = 300.0


class DnsDiscovery(Strict):
    """Targets by DNS."""

    names: tuple[str, ...] = Field(min_length=1)
    type: Annotated[
        Literal["SRV", "A", "AAAA", "MX", "NS"],
        BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
    ] = "SRV"
    port: int = Field(0, ge=0, le=65535)
    refresh_interval: Duration = 30.0

    @model_validator(mode="after")
    def _has_port(self) -> "DnsDiscovery":
        if self.type != "SRV" and not self.port:
            raise ValueError("a port is required in DNS-SD configs for all record types except SRV")
        return self


class HttpDiscovery(Client):
    """Targets listed at an address."""

    url: str = Field(pattern=r"^https?://")
    refresh_interval: Duration = 60.0


Protocol = Literal[
    "PrometheusProto", "PrometheusText0.0.4", "PrometheusText1.0.0", "OpenMetricsText0.0.1", "OpenMetricsText1.0.0",
]  # fmt: skip
DEFAULT_PROTOCOLS: tuple[Protocol, ...] = (
    "OpenMetricsText1.0.0", "OpenMetricsText0.0.1", "PrometheusText1.0.0", "PrometheusText0.0.4",
)  # fmt: skip


def _unique(protocols: tuple[Protocol, ...]) -> tuple[Protocol, ...]:
    if len(set(protocols)) != len(protocols):
        raise ValueError("duplicated protocol in scrape_protocols")
    return protocols


Protocols = Annotated[tuple[Protocol, ...], AfterValidator(_unique)]
Validation = Literal["", "utf8", "legacy"]
Escaping = Literal["", "allow-utf-8", "underscores", "dots", "values"]


class Limits(Strict):
    """What a scrape may bring; 0 = anything."""

    sample_limit: int = Field(0, ge=0)
    label_limit: int = Field(0, ge=0)
    label_name_length_limit: int = Field(0, ge=0)
    label_value_length_limit: int = Field(0, ge=0)
    target_limit: int = Field(0, ge=0)
    keep_dropped_targets: int = Field(0, ge=0)
    body_size_limit: Size = 0


class Defaults(Limits):
    """The part `global`."""

    scrape_interval: Duration = 60.0
    scrape_timeout: Duration = 10.0
    evaluation_interval: Duration = 60.0
    rule_query_offset: Duration = 0.0
    external_labels: Mapping[str, Text] = {}
    query_log_file: str = ""
    scrape_failure_log_file: str = ""
    scrape_protocols: Protocols = ()
    metric_name_validation_scheme: Validation = ""
    metric_name_escaping_scheme: Escaping = ""
    scrape_native_histograms: bool = False
    convert_classic_histograms_to_nhcb: bool = False
    always_scrape_classic_histograms: bool = False
    extra_scrape_metrics: bool = False


class Job(Client, Limits):
    """One of `scrape_configs`; `project` is Vedette's own: where its samples go."""

    job_name: Text = Field(min_length=1)
    project: str = ""
    scrape_interval: Duration = 0.0
    scrape_timeout: Duration = 0.0
    metrics_path: str = "/metrics"
    scheme: Literal["http", "https"] = "http"
    params: Mapping[str, tuple[Text, ...]] = {}
    honor_labels: bool = False
    honor_timestamps: bool = True
    track_timestamps_staleness: bool = False
    enable_compression: bool = True
    scrape_protocols: Protocols = ()
    fallback_scrape_protocol: Protocol | Literal[""] = ""
    scrape_failure_log_file: str = ""
    metric_name_validation_scheme: Validation = ""
    metric_name_escaping_scheme: Escaping = ""
    scrape_native_histograms: bool = False
    scrape_classic_histograms: bool = False
    always_scrape_classic_histograms: bool = False
    convert_classic_histograms_to_nhcb: bool = False
    native_histogram_bucket_limit: int = Field(0, ge=0)
    native_histogram_min_bucket_factor: float = 0
    extra_scrape_metrics: bool = False
    static_configs: tuple[StaticGroup, ...] = ()
    file_sd_configs: tuple[FileDiscovery, ...] = ()
    dns_sd_configs: tuple[DnsDiscovery, ...] = ()
    http_sd_configs: tuple[HttpDiscovery, ...] = ()
    relabel_configs: tuple[Relabel, ...] = ()
    metric_relabel_configs: tuple[Relabel, ...] = ()


_INHERITED = [
    *Limits.model_fields, "scrape_protocols", "metric_name_validation_scheme", "metric_name_escaping_scheme",
    "scrape_native_histograms", "convert_classic_histograms_to_nhcb", "always_scrape_classic_histograms",
    "extra_scrape_metrics",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Configuration:
    """Jobs with the defaults filled in; `ignored` names parts that are not about scraping."""

    jobs: tuple[Job, ...]
    external_labels: Mapping[str, str]
    rule_files: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def in_folder(model: _Model, folder: Path) -> _Model:
    """Return a model whose files with relative names are those of a folder; those of discovery are left as they are."""
    changed: dict[str, Any] = {}
    for name in model.model_fields_set:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            changed[name] = in_folder(value, folder)
        elif name.endswith("_file") and value:
            changed[name] = str(folder / value)
        elif isinstance(model, HeaderValues) and name == "files":
            changed[name] = tuple(str(folder / each) for each in value)
        elif name == "http_headers":
            changed[name] = {key: in_folder(each, folder) for key, each in value.items()}
        elif name == "http_sd_configs":
            changed[name] = tuple(in_folder(each, folder) for each in value)
    return model.model_copy(update=changed) if changed else model


def read(text: str, *, where: str) -> Configuration:
    """Read a configuration, YAML or JSON; raises Invalid naming every mistake with its place."""
    if len(text) > _LARGEST_CONFIG:
        raise Invalid("the configuration is too large", faults=[Fault(where, f"{len(text)} characters")])
    try:
        document = yaml.safe_load(text) or {}
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Invalid("the configuration is no YAML", faults=[Fault(where, str(error)[:500])]) from None
    if not isinstance(document, dict):
        raise Invalid("the configuration is not valid", faults=[Fault(where, "is no mapping")])
    known = {"global", "scrape_configs"} | OTHERS_OWN
    faults = [Fault(f"{where}: {name}", "there is no such part") for name in map(str, document) if name not in known]
    defaults = _checked(Defaults, document.get("global") or {}, f"{where}: global", faults)
    if defaults is not None and defaults.scrape_timeout > max(defaults.scrape_interval, 10):
        faults.append(Fault(f"{where}: global.scrape_timeout", "scrape timeout greater than scrape interval"))
    raw = document.get("scrape_configs") or []
    if not isinstance(raw, list):
        faults.append(Fault(f"{where}: scrape_configs", "is no list"))
        raw = []
    jobs = [
        job
        for number, each in enumerate(raw)
        if (job := _job(each, defaults or Defaults(), f"{where}: scrape_configs[{number}]", faults)) is not None
    ]
    names = [job.job_name for job in jobs]
    faults += [
        Fault(f"{where}: scrape_configs", f"found multiple scrape configs with job name {name!r}")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if faults or defaults is None:
        raise Invalid("the configuration is not valid", faults=faults[:100])
    rules = document.get("rule_files") or []
    return Configuration(
        tuple(jobs),
        dict(defaults.external_labels),
        tuple(map(str, rules)) if isinstance(rules, list) else (),
        tuple(sorted(set(map(str, document)) & (OTHERS_OWN - {"rule_files"}))),
    )


def read_job(document: object, *, where: str = "scrape") -> Job:
    """Read one job, as people enter it; raises Invalid."""
    faults: list[Fault] = []
    job = _job(document, Defaults(), where, faults)
    if faults or job is None:
        raise Invalid("the scrape configuration is not valid", faults=faults)
    return job


def _job(document: object, defaults: Defaults, where: str, faults: list[Fault]) -> Job | None:
    if isinstance(document, dict):
        for name in list(document):
            if isinstance(name, str) and name.endswith("_sd_configs") and name not in Job.model_fields:
                faults.append(Fault(f"{where}.{name}", "this kind of service discovery is not supported"))
                document = {key: value for key, value in document.items() if key != name}
    job = _checked(Job, document, where, faults)
    if job is None:
        return None
    interval = job.scrape_interval or defaults.scrape_interval
    timeout = job.scrape_timeout or min(defaults.scrape_timeout, interval)
    if timeout > interval:
        faults.append(Fault(f"{where}.scrape_timeout", "scrape timeout greater than scrape interval"))
    inherited = {
        name: getattr(defaults, name)
        for name in _INHERITED
        if name not in job.model_fields_set or (name in Limits.model_fields and not getattr(job, name))
    }
    return job.model_copy(update={"scrape_interval": interval, "scrape_timeout": timeout, **inherited})


def _checked(model: type[_Model], document: object, where: str, faults: list[Fault]) -> _Model | None:
    try:
        return model.model_validate(_without_nulls(document))
    except ValidationError as error:
        faults += [Fault(_path(where, each["loc"]), _message(each)) for each in error.errors()]
        return None


def _without_nulls(document: object) -> object:
    """Leave out fields that are named but say nothing, such as lists whose entries are commented out."""
    if isinstance(document, dict):
        return {name: _without_nulls(value) for name, value in document.items() if value is not None}
    return [_without_nulls(each) for each in document] if isinstance(document, list) else document


def _path(where: str, location: Iterable[Any]) -> str:
    return where + "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in location)


def _message(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such field"
    return str(error["msg"]).removeprefix("Value error, ")
