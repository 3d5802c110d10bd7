"""Targets: from what discovery found to an address and labels, by relabelling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from vedette.ingest.exposition.exposed import Finish
from vedette.ingest.scrape.config import Job, seconds
from vedette.ingest.scrape.discovery import Group
from vedette.ingest.scrape.limits import check_labels
from vedette.ingest.scrape.relabel import relabel
from vedette.signals.metrics.labels import NAME, Labels, labels_of

_CONVERTS = "__convert_classic_histograms_to_nhcb__"
_CLASSIC_TOO = "__always_scrape_classic_histograms__"
_NATIVE = "__scrape_native_histograms__"
_OF_PATHS = "/$&+,:;=@~"
# Years, weeks and days are written only when nothing is left over.
_UNITS = (
    ("y", 31_536_000_000, True), ("w", 604_800_000, True), ("d", 86_400_000, True), ("h", 3_600_000, False),
    ("m", 60_000, False), ("s", 1000, False), ("ms", 1, False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """What is scraped: `labels` go on its samples, `discovered` are those before relabelling."""

    url: str
    labels: Mapping[str, str]
    discovered: Mapping[str, str]
    interval_s: float
    timeout_s: float
    scrapes_native: bool = False
    scrapes_classic_too: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for targets that are scraped alike."""
        how = (self.interval_s, self.timeout_s, self.scrapes_native, self.scrapes_classic_too)
        return self.url, tuple(sorted(self.labels.items())), how


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
        "__scrape_interval__": written(job.scrape_interval),
        "__scrape_timeout__": written(job.scrape_timeout),
        "__metrics_path__": job.metrics_path,
        "__scheme__": job.scheme,
        _CONVERTS: str(job.convert_classic_histograms_to_nhcb).lower(),
        _CLASSIC_TOO: str(job.always_scrape_classic_histograms).lower(),
        _NATIVE: str(job.scrape_native_histograms).lower(),
        **{f"__param_{name}": values[0] for name, values in job.params.items() if values},
    }
    return {**defaults, **{name: value for name, value in group.labels.items() if value}, "__address__": address}


def _target(job: Job, labels: Mapping[str, str], discovered: Mapping[str, str]) -> Target:
    address = labels.get("__address__", "")
    if not address:
        raise ValueError("no address")
    if "/" in address or any(letter.isspace() for letter in address):
        raise ValueError(f"{address!r} is not a valid hostname")
    interval_s, timeout_s = seconds(labels.get("__scrape_interval__")), seconds(labels.get("__scrape_timeout__"))
    if not interval_s or not timeout_s or timeout_s > interval_s:
        raise ValueError("scrape interval and timeout must be positive, the timeout not the longer one")
    own = {name: value for name, value in labels.items() if not name.startswith("__")}
    own.setdefault("instance", address)
    return Target(
        _url(job, labels, address),
        own,
        dict(discovered),
        interval_s,
        timeout_s,
        _is_true(labels.get(_NATIVE, "")),
        _is_true(labels.get(_CLASSIC_TOO, "")),
    )


def _url(job: Job, labels: Mapping[str, str], address: str) -> str:
    params: dict[str, list[str]] = {name: list(values) for name, values in job.params.items()}
    for name, value in labels.items():
        if name.startswith("__param_"):
            key = name.removeprefix("__param_")
            params[key] = [value, *params.get(key, [])[1:]]
    query = urlencode(sorted(params.items()), doseq=True)
    path = quote(labels.get("__metrics_path__", ""), safe=_OF_PATHS)
    start = f"{labels.get('__scheme__', '')}://{address}{'' if path.startswith('/') or not path else '/'}"
    return f"{start}{path}?{query}" if query else f"{start}{path}"


def _is_true(text: str) -> bool:
    """Read what Go's strconv.ParseBool reads; raises ValueError."""
    if text in {"", "0", "f", "F", "false", "False", "FALSE"}:
        return False
    if text in {"1", "t", "T", "true", "True", "TRUE"}:
        return True
    raise ValueError(f"{text[:50]!r} is neither true nor false")


def written(duration_s: float) -> str:
    """Write a duration as Prometheus does: `1m30s`."""
    left, parts = round(duration_s * 1000), []
    for unit, size, is_exact in _UNITS:
        if left >= size and not (is_exact and left % size):
            parts.append(f"{left // size}{unit}")
            left %= size
    return "".join(parts) or "0s"


def finish(job: Job, target: Target) -> Finish:
    """Return what makes a sample's labels final: the target's added, then relabelled."""
    own = dict(target.labels)

    def final(exposed: Labels) -> Labels | None:
        labels = dict(exposed)
        for name, value in own.items():
            theirs = labels.get(name)
            if theirs is not None and not job.honor_labels:
                conflicting = f"exported_{name}"
                while labels.get(conflicting) or own.get(conflicting):
                    conflicting = f"exported_{conflicting}"
                labels[conflicting] = theirs
            if theirs is None or not job.honor_labels:
                labels[name] = value
        if job.metric_relabel_configs:
            relabelled = relabel(labels, job.metric_relabel_configs)
            if not relabelled:
                return None
            if not relabelled.get(NAME):
                raise ValueError("missing metric name (__name__ label) after relabelling")
            labels = relabelled
        result = labels_of(labels)
        check_labels(job, result)
        return result

    return final
