"""Targets: from what discovery found to an address and labels, by relabelling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from vedette.ingest.exposition.text import Finish
from vedette.ingest.scrape.config import Job, seconds
from vedette.ingest.scrape.discovery import Group
from vedette.ingest.scrape.relabel import relabel
from vedette.signals.metrics.labels import NAME, Labels, labels_of

_META = "__meta_"


@dataclass(frozen=True, slots=True)
class Target:
    """What is scraped: `labels` go on its samples, `discovered` are those before relabelling."""

    url: str
    labels: Mapping[str, str]
    discovered: Mapping[str, str]
    interval_s: float
    timeout_s: float

    @property
    def key(self) -> tuple[str, tuple[tuple[str, str], ...], float, float]:
        """Equal for targets that are scraped alike."""
        return self.url, tuple(sorted(self.labels.items())), self.interval_s, self.timeout_s


@dataclass(frozen=True, slots=True)
class Found:
    """The targets of a job, those that relabelling dropped, and what is wrong with others."""

    targets: tuple[Target, ...]
    dropped: tuple[Mapping[str, str], ...]
    faults: tuple[str, ...]


def targets_of(job: Job, groups: Sequence[Group]) -> Found:
    """Return the targets of groups; equal ones once."""
    found: dict[object, Target] = {}
    dropped: list[Mapping[str, str]] = []
    faults: list[str] = []
    for group in groups:
        for address in group.targets:
            discovered = _discovered(job, group, address)
            labels = relabel(discovered, job.relabel_configs)
            if labels is None:
                dropped.append(discovered)
                continue
            try:
                target = _target(job, labels, discovered)
            except ValueError as error:
                faults.append(f"{address}: {error}")
                continue
            found[target.key] = target
    return Found(tuple(found.values()), tuple(dropped), tuple(faults))


def _discovered(job: Job, group: Group, address: str) -> dict[str, str]:
    defaults = {
        "job": job.job_name,
        "__scrape_interval__": f"{round(job.scrape_interval * 1000)}ms",
        "__scrape_timeout__": f"{round(job.scrape_timeout * 1000)}ms",
        "__metrics_path__": job.metrics_path,
        "__scheme__": job.scheme,
        **{f"__param_{name}": values[0] for name, values in job.params.items() if values},
    }
    return {**defaults, **group.labels, "__address__": address}


def _target(job: Job, labels: Mapping[str, str], discovered: Mapping[str, str]) -> Target:
    address = labels.get("__address__", "")
    if not address:
        raise ValueError("no address")
    if "/" in address or any(letter.isspace() for letter in address):
        raise ValueError(f"{address!r} is not a valid hostname")
    interval_s, timeout_s = seconds(labels.get("__scrape_interval__")), seconds(labels.get("__scrape_timeout__"))
    if not interval_s or not timeout_s or timeout_s > interval_s:
        raise ValueError("scrape interval and timeout must be positive, the timeout not the longer one")
    params: dict[str, list[str]] = {name: list(values) for name, values in job.params.items()}
    for name, value in labels.items():
        if name.startswith("__param_"):
            key = name.removeprefix("__param_")
            params[key] = [value, *params.get(key, [])[1:]]
    query = urlencode(params, doseq=True)
    path = labels.get("__metrics_path__", "")
    url = f"{labels.get('__scheme__', 'http')}://{address}{path if path.startswith('/') else '/' + path}"
    own = {name: value for name, value in labels.items() if not name.startswith("__")}
    own.setdefault("instance", address)
    return Target(f"{url}?{query}" if query else url, own, dict(discovered), interval_s, timeout_s)


class LimitExceeded(ValueError):
    """A sample's labels are over a limit of the job: the scrape fails."""


def finish(job: Job, target: Target) -> Finish:
    """Return what makes a sample's labels final: the target's added, then relabelled."""
    own = dict(target.labels)

    def final(exposed: Labels) -> Labels | None:
        labels = dict(exposed)
        for name, value in own.items():
            theirs = labels.get(name)
            if theirs is not None and not job.honor_labels:
                conflicting = f"exported_{name}"
                while conflicting in labels or conflicting in own:
                    conflicting = f"exported_{conflicting}"
                labels[conflicting] = theirs
            if theirs is None or not job.honor_labels:
                labels[name] = value
        if job.metric_relabel_configs:
            relabelled = relabel(labels, job.metric_relabel_configs)
            if relabelled is None or not relabelled.get(NAME):
                return None
            labels = relabelled
        result = labels_of(labels)
        _check(job, result)
        return result

    return final


def _check(job: Job, labels: Labels) -> None:
    if job.label_limit and len(labels) > job.label_limit:
        raise LimitExceeded(f"label_limit exceeded: {len(labels)} labels")
    for name, value in labels:
        if job.label_name_length_limit and len(name) > job.label_name_length_limit:
            raise LimitExceeded(f"label_name_length_limit exceeded: {name[:50]!r}")
        if job.label_value_length_limit and len(value) > job.label_value_length_limit:
            raise LimitExceeded(f"label_value_length_limit exceeded: {name[:50]!r}")
