"""Every setting once: name, default, unit, help. `docs/settings.md` is generated from this table.

A setting is read, strongest first, from the command line, the environment (`VEDETTE_<NAME>`), `vedette.toml`.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from vedette.kit.errors import Fault, Invalid

PREFIX = "VEDETTE_"
CONFIG_FILE = "vedette.toml"
_NOT_SETTINGS = {"VEDETTE_SKIP_WEB"}

Mebibyte = 1024 * 1024
Port = Annotated[int, Field(ge=0, le=65535)]
Days = Annotated[int, Field(ge=0, le=36500)]


class Settings(BaseSettings):
    """The settings of one server; unknown names are an error that says which."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Port = Field(8080, description="Port of the UI, the API and every protocol that speaks HTTP; 0 = a free one.")
    otlp_grpc_port: Port = Field(4317, description="Port of OTLP over gRPC; 0 = off.")
    data_dir: Path = Field(Path("vedette-data"), description="Folder that holds everything Vedette keeps.")
    records_url: str = Field(
        "", description="Where records are kept; empty = SQLite in the data folder, or postgresql://…"
    )
    public_url: str = Field(
        "", description="Address under which people and SDKs reach this server; empty = as they came."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level of Vedette's own log."
    )

    bootstrap_email: str = Field("", description="First start: address of the first admin.")
    bootstrap_password: SecretStr = Field(SecretStr(""), description="First start: password of the first admin.")
    bootstrap_token: SecretStr = Field(SecretStr(""), description="First start: an API token with the role admin.")
    bootstrap_key: SecretStr = Field(SecretStr(""), description="First start: ingest key of project 1, `default`.")
    bootstrap_own_key: SecretStr = Field(SecretStr(""), description="First start: ingest key of project 2, `vedette`.")

    session_days: int = Field(14, ge=1, le=365, description="Days without use after which a person must sign in again.")
    secure_cookies: Literal["auto", "always", "never"] = Field(
        "auto", description="Whether session cookies travel over TLS only; auto = when the person came over TLS."
    )

    retention_traces: Days = Field(14, description="Days spans are kept; 0 = for ever.")
    retention_logs: Days = Field(14, description="Days log records are kept; 0 = for ever.")
    retention_metrics: Days = Field(90, description="Days metric samples are kept; 0 = for ever.")
    retention_metrics_5m: Days = Field(
        400,
        description="Days metric samples summed up over 5 minutes are kept, at least as long as samples; 0 = for ever.",
    )
    retention_metrics_1h: Days = Field(
        1825,
        description="Days metric samples summed up over an hour are kept, at least as long as samples; 0 = for ever.",
    )
    retention_errors: Days = Field(90, description="Days error events are kept; 0 = for ever.")
    retention_events: Days = Field(365, description="Days product events are kept; 0 = for ever.")

    max_body_bytes: int = Field(20 * Mebibyte, ge=1024, description="Largest request body as sent, in bytes.")
    max_decompressed_bytes: int = Field(
        64 * Mebibyte, ge=1024, description="Largest request body after decompression, in bytes."
    )
    max_attributes: int = Field(512, ge=1, description="Most attributes one record may carry; more refuses the record.")
    max_future_minutes: int = Field(
        60 * 24, ge=1, description="Minutes a time stamp may lie in the future; later ones are refused."
    )
    queue_bytes: int = Field(
        64 * Mebibyte,
        ge=Mebibyte,
        description="Bytes that may wait per signal to be written; beyond it clients get 429.",
    )
    commit_interval_ms: int = Field(
        50, ge=0, le=5000, description="Least milliseconds between two commits of one signal under load."
    )

    scrape_config_file: str = Field(
        "", description="A Prometheus configuration whose `scrape_configs` are scraped; followed as it changes."
    )
    scrape_project: str = Field("default", description="Project of what `scrape_config_file` scrapes.")
    rule_files: str = Field(
        "", description="Prometheus rule files with recording rules, separated by commas; may hold `*`."
    )

    memory_limit_mb: int = Field(1024, ge=256, description="Memory the storage engine may use, in MiB.")
    query_memory_mb: int = Field(512, ge=64, description="Memory one query may use, in MiB.")
    query_timeout_s: int = Field(30, ge=1, le=3600, description="Seconds one query may take.")
    query_max_samples: int = Field(
        50_000_000, ge=1000, description="Most samples a PromQL query may read, and cells it may hold at a time."
    )
    query_max_series: int = Field(500_000, ge=10, description="Most series a selector of a PromQL query may match.")
    query_cache_mb: int = Field(
        64, ge=0, description="MiB for results of PromQL range queries that are kept for the next look; 0 = none."
    )
    query_connections: int = Field(4, ge=1, le=64, description="Queries that may run at the same time.")
    min_free_disk_mb: int = Field(
        256,
        ge=0,
        description="MiB of disk to leave free: below it nothing more is taken (503) until there is room again.",
    )
    host_interval_s: float = Field(
        5.0, ge=1, le=3600, description="Seconds between two readings of this machine; see `collect_host`."
    )
    collect_host: bool = Field(True, description="Whether CPU, memory, disk and network of this machine are recorded.")
    observe_itself: bool = Field(
        True, description="Whether Vedette records its own requests, jobs and logs in project `vedette`."
    )

    @classmethod
    def settings_customise_sources(  # noqa: D102
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)

    def retention_days(self) -> dict[str, int]:
        """Return the days each signal, and what is derived from it, is kept by default, 0 = for ever."""
        return {
            "traces": self.retention_traces,
            "logs": self.retention_logs,
            "metrics": self.retention_metrics,
            "metrics_5m": self.retention_metrics_5m,
            "metrics_1h": self.retention_metrics_1h,
            "errors": self.retention_errors,
            "events": self.retention_events,
        }


def load_settings(
    overrides: Mapping[str, object] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Settings:
    """Join the command line, the environment and the file; raise Invalid naming every setting that is wrong."""
    environ = os.environ if environ is None else environ
    values: dict[str, object] = {}
    faults: list[Fault] = []
    for where, source in (
        (str(config or CONFIG_FILE), _from_file(config)),
        ("environment", _from_environment(environ)),
    ):
        for name, value in source.items():
            if name in Settings.model_fields:
                values[name] = value
            else:
                shown = PREFIX + name.upper() if where == "environment" else name
                faults.append(Fault(f"{where}: {shown}", "there is no such setting"))
    values |= {name: value for name, value in (overrides or {}).items() if value is not None}
    if faults:
        raise Invalid("settings are not valid", faults=faults)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise Invalid(
            "settings are not valid",
            faults=[Fault(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()],
        ) from None


def settings_page() -> str:
    """Return the text of `docs/settings.md`."""
    lines = [
        "# Settings",
        "",
        "Every setting is a line of `vedette.toml` in the folder Vedette starts in, an environment variable, or (where",
        "`vedette serve --help` lists it) a flag; flags win over the environment, the environment over the file. An",
        "unknown name stops the start and says which.",
        "",
        "| name in `vedette.toml` | environment | default | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = default.get_secret_value() if isinstance(default, SecretStr) else default
        text = str(shown).lower() if isinstance(shown, bool) else str(shown)
        cells = (f"`{name}`", f"`{PREFIX}{name.upper()}`", f"`{text}`" if text else "empty", str(field.description))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name not in _NOT_SETTINGS
    }


def _from_file(config: Path | None) -> dict[str, object]:
    path = config or Path(CONFIG_FILE)
    if not path.exists():
        if config is not None:
            raise Invalid("settings are not valid", faults=[Fault(str(path), "there is no such file")])
        return {}
    try:
        return tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Invalid("settings are not valid", faults=[Fault(str(path), str(error))]) from None
