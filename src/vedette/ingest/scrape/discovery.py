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

import httpx
import structlog
import yaml

from vedette import __version__
from vedette.ingest.scrape.client import SharedClient, server_name
from vedette.ingest.scrape.config import DnsDiscovery, FileDiscovery, HttpDiscovery, Job
from vedette.ingest.scrape.fetch import BodyTooLarge, limited
from vedette.ingest.scrape.lookup import LookupFailed, look_up

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


LookUp = Callable[[str, str], Awaitable[Sequence[Any]]]
"""Gives the records of a name of some kind, as dnspython has them; raises LookupFailed."""


async def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Discoverer:
    """One way to find targets, asked again every so often (None: never)."""

    find: Callable[[], Awaitable[Sequence[Group]]]
    every_s: float | None
    close: Callable[[], Awaitable[None]] = _nothing


def discoverers(job: Job, folder: Path) -> list[Discoverer]:
    """Return the ways a job finds its targets; relative files are looked for in `folder`."""
    static = tuple(Group(each.targets, dict(each.labels)) for each in job.static_configs)

    async def written_down() -> Sequence[Group]:
        return static

    # Files are looked at often: it is cheap, and nobody wants to wait for the full interval.
    return [
        *([Discoverer(written_down, None)] if static else []),
        *(Discoverer(_Files(each, folder).find, min(each.refresh_interval, 5)) for each in job.file_sd_configs),
        *(
            Discoverer(partial(in_dns, each, name), each.refresh_interval)
            for each in job.dns_sd_configs
            for name in each.names
        ),
        *(
            Discoverer(register.find, each.refresh_interval, register.client.close)
            for each in job.http_sd_configs
            for register in [_Register(each)]
        ),
    ]


class _Files:
    """Target files; one that is damaged keeps the targets it had."""

    def __init__(self, config: FileDiscovery, folder: Path) -> None:
        self._config, self._folder = config, folder
        self._read: dict[str, tuple[tuple[int, int], list[Group]]] = {}
        self._faults: dict[str, str] = {}

    async def find(self) -> Sequence[Group]:
        return await asyncio.to_thread(self._find)

    def _find(self) -> list[Group]:
        names = [
            name
            for pattern in self._config.files
            for name in sorted(glob.glob(str(self._folder / pattern)))[:_MOST_FILES]  # noqa: PTH207 - absolute ones too
        ]
        self._read = {name: each for name, each in self._read.items() if name in names}
        for name in names:
            try:
                self._look(name)
                self._faults.pop(name, None)
            except (DiscoveryError, OSError, ValueError, yaml.YAMLError, RecursionError) as error:
                self._tell(name, str(error)[:300])
        return [group for _, groups in self._read.values() for group in groups]

    def _look(self, name: str) -> None:
        path = Path(name)
        stat = path.stat()
        stamp = stat.st_mtime_ns, stat.st_size
        if name in self._read and self._read[name][0] == stamp:
            return
        if stat.st_size > _LARGEST_LIST:
            raise DiscoveryError(f"larger than {_LARGEST_LIST} bytes")
        text = path.read_text()
        document = json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text) or []
        self._read[name] = stamp, groups_of(document, {"__meta_filepath": name}, where=name)

    def _tell(self, name: str, what: str) -> None:
        if self._faults.get(name) != what:
            log.warning("targets cannot be read", file=name, error=what)
        self._faults[name] = what


async def in_dns(config: DnsDiscovery, name: str, look_up: LookUp = look_up) -> list[Group]:
    """Return the targets of a name; one that is not there has none, one that cannot be looked up keeps those it had."""
    try:
        records = await look_up(name, config.type)
    except LookupFailed as error:
        raise DiscoveryError(str(error)) from None
    groups = []
    for record in records:
        host, port, more = _of_record(record, config)
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        groups.append(Group((target,), {"__meta_dns_name": name, **more}))
    return sorted(groups, key=lambda group: group.targets)


def _of_record(record: Any, config: DnsDiscovery) -> tuple[str, int, dict[str, str]]:
    match config.type:
        case "SRV":
            labels = {
                "__meta_dns_srv_record_target": str(record.target),
                "__meta_dns_srv_record_port": str(record.port),
            }
            return str(record.target).rstrip("."), int(record.port), labels
        case "MX":
            return str(record.exchange).rstrip("."), config.port, {"__meta_dns_mx_record_target": str(record.exchange)}
        case "NS":
            return str(record.target).rstrip("."), config.port, {"__meta_dns_ns_record_target": str(record.target)}
        case _:
            return str(record.address), config.port, {}


class _Register:
    """A list of targets at an address."""

    def __init__(self, config: HttpDiscovery) -> None:
        self._config = config
        self._timeout_s = max(config.refresh_interval, 1)
        self.client = SharedClient(config, timeout_s=self._timeout_s)

    async def find(self) -> Sequence[Group]:
        config, timeout_s = self._config, self._timeout_s
        headers = {
            "Accept": "application/json",
            "User-Agent": f"Vedette/{__version__}",
            "X-Prometheus-Refresh-Interval-Seconds": f"{config.refresh_interval:g}",
        }
        try:
            async with asyncio.timeout(timeout_s):
                client = await self.client.get()
                request = client.build_request("GET", config.url, headers=headers, extensions=server_name(config))
                answer = await client.send(request, stream=True)
                try:
                    _check_answer(config.url, answer)
                    document = json.loads(await limited(answer, _LARGEST_LIST))
                finally:
                    await answer.aclose()
        except TimeoutError:
            raise DiscoveryError(f"{config.url}: no whole answer within {timeout_s:g} s") from None
        except (httpx.HTTPError, httpx.StreamError, OSError, ValueError, RecursionError, BodyTooLarge) as error:
            raise DiscoveryError(f"{config.url}: {type(error).__name__}: {error}"[:500]) from None
        return groups_of(document, {"__meta_url": config.url}, where=config.url)


def _check_answer(url: str, answer: httpx.Response) -> None:
    if answer.status_code != 200:
        raise DiscoveryError(f"{url}: server returned HTTP status {answer.status_code}")
    content_type = answer.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise DiscoveryError(f"{url}: unsupported content type {content_type[:100]!r}")


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
