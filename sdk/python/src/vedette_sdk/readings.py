"""Figures that an application keeps elsewhere, read when the metrics are asked for."""

import logging
import threading
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

Kind = Literal["quota", "cache"]
Source = Callable[[], Any] | None

_LABEL: Final[Mapping[Kind, str]] = {"quota": "provider", "cache": "cache"}
_HELP: Final[Mapping[str, str]] = {
    "quota_requests_current_minute": "Requests of the current minute.",
    "quota_rpm_limit": "Requests allowed per minute.",
    "quota_requests_today": "Requests of today.",
    "quota_rpd_limit": "Requests allowed per day.",
    "quota_tokens_current_minute": "Tokens of the current minute.",
    "quota_tpm_limit": "Tokens allowed per minute.",
    "quota_tokens_today": "Tokens of today.",
    "quota_tpd_limit": "Tokens allowed per day.",
    "cache_hits": "Look-ups that found an entry.",
    "cache_misses": "Look-ups that found none.",
    "cache_hit_rate": "Share of look-ups that found an entry, 0 to 1.",
    "cache_entries": "Entries in the cache.",
}
_COUNTERS: Final = ("cache_hits", "cache_misses")

_log = logging.getLogger("vedette_sdk")


class Readings(Collector):
    """Asks every source each time; one that fails is left out, counted and logged once."""

    def __init__(self) -> None:
        self._sources: dict[tuple[Kind, str], Callable[[], Any]] = {}
        self._failed: Tally[str] = Tally()
        self._lock = threading.Lock()

    def watch(self, kind: Kind, name: str, source: Source) -> None:
        """Ask this source from now on; raises TypeError for what cannot be asked."""
        if source is None:
            return
        if not callable(source):
            raise TypeError(f"a {kind} is watched by a function that returns its figures, not {source!r}")
        with self._lock:
            self._sources[kind, name] = source

    def describe(self) -> Iterable[Metric]:
        """Claim no name, so that nothing is asked when this is registered."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Return what the sources say now."""
        with self._lock:
            sources = list(self._sources.items())
        families: dict[str, Metric] = {}
        for (kind, name), source in sources:
            try:
                figures = _figures(kind, source())
            except Exception as error:  # noqa: BLE001 - the host's own code
                self._count_failure(f"{kind} {name}".rstrip(), error)
                continue
            for metric, figure in figures.items():
                family = families.get(metric) or families.setdefault(metric, _family(metric, _LABEL[kind]))
                family.add_metric([name], figure)  # type: ignore[attr-defined]
        failures = CounterMetricFamily("vedette_sdk_failed_readings", "Sources that failed.", labels=["source"])
        for each, count in self._failed.items():
            failures.add_metric([each], count)
        return [*families.values(), failures]

    def _count_failure(self, source: str, error: Exception) -> None:
        with self._lock:
            self._failed[source] += 1
            is_first = self._failed[source] == 1
        if is_first:
            _log.warning("%s is left out of the metrics: %s: %s", source, type(error).__name__, error)


def _family(metric: str, label: str) -> Metric:
    kind = CounterMetricFamily if metric in _COUNTERS else GaugeMetricFamily
    return kind(metric, _HELP[metric], labels=[label])


def _figures(kind: Kind, reading: Any) -> dict[str, float]:
    """Return the figures by metric; raises TypeError or ValueError for what is no number."""
    if reading is None:
        return {}
    said = reading if isinstance(reading, Mapping) else _Attributes(reading)
    names = (each for each in _HELP if each.startswith(f"{kind}_"))
    asked = ((name, said.get(name.removeprefix(f"{kind}_"))) for name in names)
    figures = {name: float(figure) for name, figure in asked if figure is not None}
    if kind == "cache":
        entries, looked_up = said.get("currsize"), figures.get("cache_hits", 0) + figures.get("cache_misses", 0)
        if entries is not None:
            figures.setdefault("cache_entries", float(entries))
        if looked_up and {"cache_hits", "cache_misses"} <= figures.keys():
            figures.setdefault("cache_hit_rate", figures["cache_hits"] / looked_up)
        if not 0 <= figures.get("cache_hit_rate", 0) <= 1:
            raise ValueError(f"a hit rate is between 0 and 1, not {figures['cache_hit_rate']:g}")
    if not figures:
        raise ValueError(f"none of the figures of a {kind} in {type(reading).__name__}")
    return figures


class _Attributes:
    """Attributes of an object, asked for as keys of a mapping are."""

    def __init__(self, of: object) -> None:
        self._of = of

    def get(self, name: str) -> Any:
        return getattr(self._of, name, None)
