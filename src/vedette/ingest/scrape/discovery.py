"""Where targets are: written down, in files, in DNS, or listed at an address.

Source of the formats: https://prometheus.io/docs/prometheus/latest/http_sd/ and …/configuration/.
"""

import asyncio
import glob
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import dns.asyncresolver
import dns.exception
import httpx
import structlog
import yaml

from vedette.ingest.scrape.client import http_client
from vedette.ingest.scrape.config import DnsDiscovery, FileDiscovery, HttpDiscovery, Job

log = structlog.get_logger(__name__)

_LARGEST_LIST = 16 * 1024 * 1024
_MOST_FILES = 1000


class DiscoveryError(Exception):
    """Targets could not be found out; those known stay."""


@dataclass(frozen=True, slots=True)
class Group:
    """Targets and the labels they share, `__meta_…` ones among them."""

    targets: tuple[str, ...]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Discoverer:
    """One way to find targets, asked again every so often (None: never)."""

    find: Callable[[], Awaitable[Sequence[Group]]]
    every_s: float | None


def discoverers(job: Job, folder: Path) -> list[Discoverer]:
    """Return the ways a job finds its targets; relative files are looked for in `folder`."""
    static = tuple(Group(each.targets, dict(each.labels)) for each in job.static_configs)

    async def written_down() -> Sequence[Group]:
        return static

    async def in_files(config: FileDiscovery) -> Sequence[Group]:
        return await asyncio.to_thread(_in_files, config, folder)

    # Files are looked at often: it is cheap, and nobody wants to wait for the full interval.
    return [
        *([Discoverer(written_down, None)] if static else []),
        *(Discoverer(partial(in_files, each), min(each.refresh_interval, 5)) for each in job.file_sd_configs),
        *(Discoverer(partial(_in_dns, each), each.refresh_interval) for each in job.dns_sd_configs),
        *(Discoverer(partial(_at_address, each), each.refresh_interval) for each in job.http_sd_configs),
    ]


def _in_files(config: FileDiscovery, folder: Path) -> list[Group]:
    groups: list[Group] = []
    for pattern in config.files:
        names = sorted(glob.glob(str(folder / pattern)))[:_MOST_FILES]  # noqa: PTH207 - absolute patterns too
        for name in names:
            path = Path(name)
            try:
                if path.stat().st_size > _LARGEST_LIST:
                    raise DiscoveryError(f"{path}: larger than {_LARGEST_LIST} bytes")
                text = path.read_text()
                document = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
            except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
                raise DiscoveryError(f"{path}: {str(error)[:300]}") from None
            groups += groups_of(document, {"__meta_filepath": name}, where=name)
    return groups


async def _in_dns(config: DnsDiscovery) -> list[Group]:
    groups = []
    for name in config.names:
        try:
            answer = await dns.asyncresolver.resolve(name, config.type, lifetime=10)
        except dns.exception.DNSException as error:
            raise DiscoveryError(f"{config.type} {name}: {error}") from None
        for record in answer:
            host, port, more = _of_record(record, config)
            labels = {"__meta_dns_name": name, **more}
            groups.append(Group((f"[{host}]:{port}" if ":" in host else f"{host}:{port}",), labels))
    return groups


def _of_record(record: Any, config: DnsDiscovery) -> tuple[str, int, dict[str, str]]:
    match config.type:
        case "SRV":
            host, port = str(record.target).rstrip("."), config.port or int(record.port)
            return host, port, {"__meta_dns_srv_record_target": str(record.target),
                                "__meta_dns_srv_record_port": str(record.port)}  # fmt: skip
        case "MX":
            return str(record.exchange).rstrip("."), config.port, {"__meta_dns_mx_record_target": str(record.exchange)}
        case "NS":
            return str(record.target).rstrip("."), config.port, {"__meta_dns_ns_record_target": str(record.target)}
        case _:
            return str(record.address), config.port, {}


async def _at_address(config: HttpDiscovery) -> list[Group]:
    try:
        async with http_client(config, timeout_s=config.refresh_interval) as client:
            answer = await client.get(config.url, headers={"Accept": "application/json"})
        if answer.status_code != 200:
            raise DiscoveryError(f"{config.url}: server returned HTTP status {answer.status_code}")
        if answer.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise DiscoveryError(f"{config.url}: unsupported content type {answer.headers.get('content-type')!r}")
        document = json.loads(answer.content)
    except (httpx.HTTPError, OSError, ValueError) as error:
        raise DiscoveryError(f"{config.url}: {error}") from None
    return groups_of(document, {"__meta_url": config.url}, where=config.url)


def groups_of(document: object, more: Mapping[str, str], *, where: str) -> list[Group]:
    """Read `[{"targets": […], "labels": {…}}]`; raises DiscoveryError."""
    if not isinstance(document, list):
        raise DiscoveryError(f"{where}: is no list of target groups")
    groups = []
    for number, each in enumerate(document):
        targets = each.get("targets") if isinstance(each, dict) else None
        labels = (each.get("labels") or {}) if isinstance(each, dict) else None
        if not isinstance(targets, list) or not isinstance(labels, dict):
            raise DiscoveryError(f"{where}: [{number}] has no list `targets` and mapping `labels`")
        groups.append(Group(tuple(map(str, targets)), {**{str(k): str(v) for k, v in labels.items()}, **more}))
    return groups
