"""What pages and shipped dashboards ask of metrics that every instrumentation names its own way.

A query may say `sum(@http_requests{job=~"$service"}[5m])`. What is asked, and what people find in the editor when they
copy a shipped dashboard, is plain PromQL that reads the names of OpenTelemetry's conventions, old and new, of the
Collector's hostmetrics, of node_exporter and of the usual Prometheus clients, whichever there are.

`@name(arguments){matchers}[window] offset 1h`: all but the name may be left out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

_PHRASE = re.compile(
    r"@(?P<name>[a-z_0-9]+)(?:\((?P<arguments>[^()]*)\))?(?:\{(?P<matchers>[^{}]*)\})?"
    r"(?:\[(?P<window>[^\]]+)\])?(?P<offset> offset \w+)?"
)
_MOUNTED: Final = 'fstype!~"tmpfs|ramfs|overlay|squashfs"'
_WIRED: Final = 'device!~"lo|lo0|veth.*|docker.*|br-.*"'
_ENDPOINT: Final = ("http_request_method", "http_method", "method")
_ENDPOINT_OF: Final = ("http_route", "http_target", "endpoint", "handler", "path", "route", "uri")
_HISTOGRAMS: Final = (
    "http_server_request_duration_seconds",
    "http_server_requests_seconds",
    "http_request_duration_seconds",
)
_IN_MILLISECONDS: Final = "http_server_duration_milliseconds"
_CODES: Final = ("http_response_status_code", "http_status_code", "status", "status_code", "code")


def spelled_out(text: str) -> str:
    """Return a query with its phrases as PromQL; raises KeyError for one that is not known."""
    return _PHRASE.sub(lambda found: _spelled(found.groupdict()), text)


@dataclass(frozen=True, slots=True)
class _Of:
    """What a phrase is asked about."""

    arguments: tuple[str, ...]
    matchers: str
    window: str
    offset: str

    def now(self, name: str, *more: str) -> str:
        """Return a selector of the metric's series, those with further matchers only."""
        matchers = ", ".join(each for each in (*more, self.matchers) if each)
        return f"{name}{{{matchers}}}{self.offset}" if matchers else f"{name}{self.offset}"

    def rate_of_5m(self, name: str, *more: str) -> str:
        """Return the rate over five minutes, whatever the window."""
        return replace(self, window="5m").over("rate", name, *more)

    def over(self, function: str, name: str, *more: str) -> str:
        """Return a function of the selector over the window."""
        matchers = ", ".join(each for each in (*more, self.matchers) if each)
        selector = f"{name}{{{matchers}}}" if matchers else name
        return f"{function}({selector}[{self.window}]{self.offset})"


def _spelled(phrase: Mapping[str, str | None]) -> str:
    arguments = tuple(each.strip() for each in (phrase["arguments"] or "").split(",") if each.strip())
    asked = _Of(arguments, phrase["matchers"] or "", phrase["window"] or "5m", phrase["offset"] or "")
    return f"({_PHRASES[phrase['name'] or ''](asked)})"


def _either(*queries: str) -> str:
    return " or ".join(queries)


# Requests of web services. Arguments: `increase` instead of the rate; `operation`, `code`: make this label of the names
# each instrumentation has for method and route, or for the status; a quoted regex: only answers with such a status.


def _http_requests(of: _Of) -> str:
    function = "increase" if "increase" in of.arguments else "rate"
    statuses = next((each for each in of.arguments if each.startswith('"')), "")

    def counted(name: str, *labels: str) -> str:
        if not statuses:
            return of.over(function, name)
        return _either(*(of.over(function, name, f"{label}=~{statuses}") for label in labels))

    stable, usual = "http_server_request_duration_seconds", "http_requests_total"
    native = of.over(function, stable, *([f"http_response_status_code=~{statuses}"] if statuses else ()))
    found = _either(
        counted(f"{stable}_count", "http_response_status_code"),
        f"histogram_count({native})",
        _unless(of, counted("http_server_duration_milliseconds_count", "http_status_code"), f"{stable}_count"),
        counted("http_server_requests_seconds_count", "status"),
        counted(usual, "status", "status_code", "code"),
        _unless(of, counted("http_request_duration_seconds_count", "status", "status_code", "code"), usual),
    )
    if "operation" in of.arguments:
        found = _with_operation(found)
    return _with_code(found) if "code" in of.arguments else found


def _http_quantile(of: _Of) -> str:
    """Milliseconds; the first argument is the quantile, others are labels to have it by."""
    quantile, *by = of.arguments

    def of_buckets(name: str) -> str:
        rates = of.over("rate", f"{name}_bucket")
        return f"histogram_quantile({quantile}, sum by ({', '.join(['le', *by])}) ({_labelled(rates, by)}))"

    def of_native(name: str) -> str:
        return f"histogram_quantile({quantile}, sum by ({', '.join(by)}) ({_labelled(of.over('rate', name), by)}))"

    stable, *others = _HISTOGRAMS
    seconds = _either(of_buckets(stable), of_native(stable), *map(of_buckets, others))
    return _either(f"1000 * ({seconds})", of_buckets(_IN_MILLISECONDS))


def _http_buckets(of: _Of) -> str:
    """Rates of buckets by `le`, by the label `histogram`, which is the metric's name, and by the arguments."""
    by = ("le", *of.arguments)

    def of_name(name: str) -> str:
        summed = f"sum by ({', '.join(by)}) ({_labelled(of.over('rate', f'{name}_bucket'), by)})"
        return f'label_replace({summed}, "histogram", "{name}", "", "")'

    return _either(*map(of_name, (*_HISTOGRAMS, _IN_MILLISECONDS)))


def _http_native(of: _Of) -> str:
    """Rates of native histograms, in seconds, by the arguments."""
    return f"sum by ({', '.join(of.arguments)}) ({_labelled(of.over('rate', _HISTOGRAMS[0]), of.arguments)})"


def _http_spent(of: _Of) -> str:
    """Milliseconds spent on requests per second."""
    stable, *others = _HISTOGRAMS
    seconds = _either(
        of.over("rate", f"{stable}_sum"),
        f"histogram_sum({of.over('rate', stable)})",
        *(of.over("rate", f"{each}_sum") for each in others),
    )
    return _either(f"1000 * ({seconds})", of.over("rate", f"{_IN_MILLISECONDS}_sum"))


def _labelled(query: str, labels: Sequence[str]) -> str:
    return _with_operation(query) if "operation" in labels else query


def _unless(of: _Of, query: str, better: str) -> str:
    """Leave out targets that tell the same by another name; its rates are at hand, since they are asked for, too."""
    told = of.now(better) if "increase" in of.arguments else of.over("rate", better)
    return f"({query}) unless on (job, instance) {told}"


def _with_operation(query: str) -> str:
    names = ", ".join(f'"{each}"' for each in (*_ENDPOINT, *_ENDPOINT_OF))
    joined = f'label_join({query}, "operation", " ", {names})'
    return rf'label_replace({joined}, "operation", "$1 $2", "operation", " *(\\S*) *(.*?) *")'


def _with_code(query: str) -> str:
    names = ", ".join(f'"{each}"' for each in _CODES)
    return f'label_join({query}, "code", "", {names})'


# Machines, by the label `instance`; disks also by `mountpoint`.

_UTILIZATION: Final = "system_cpu_utilization_ratio"
_IDLE, _BUSY, _USED = 'state="idle"', 'state!="idle"', 'state="used"'
_USED_SHARE = 'state=~"used|"'  # the Collector leaves the state out


def _cpu_used(of: _Of) -> str:
    idle = (
        of.now(_UTILIZATION, _IDLE),
        of.over("rate", "system_cpu_time_seconds_total", _IDLE),
        of.over("rate", "node_cpu_seconds_total", 'mode="idle"'),
    )
    return _either(*(f"1 - avg by (instance) ({each})" for each in idle))


def _cpu_by_state(of: _Of) -> str:
    of_node = of.over("rate", "node_cpu_seconds_total", 'mode!="idle"')
    times = of.over("rate", "system_cpu_time_seconds_total", _BUSY)
    return _either(
        of.now(_UTILIZATION, _BUSY),
        f"{times} unless on (instance) {of.now(_UTILIZATION)}",
        f'label_replace({of_node}, "state", "$1", "mode", "(.*)")',
    )


def _cpu_most(of: _Of) -> str:
    idle = (
        of.rate_of_5m("system_cpu_time_seconds_total", _IDLE),
        of.rate_of_5m("node_cpu_seconds_total", 'mode="idle"'),
    )
    return _either(
        f"1 - min by (instance) ({of.over('min_over_time', _UTILIZATION, _IDLE)})",
        *(f"1 - min by (instance) (min_over_time(avg by (instance) ({each})[{of.window}:5m]))" for each in idle),
    )


def _cpu_count(of: _Of) -> str:
    cores = "count by (instance) (count by (instance, cpu) ({}))"
    return _either(
        f"max by (instance) ({of.now('system_cpu_logical_count')})",
        cores.format(of.now("system_cpu_time_seconds_total", _IDLE)),
        cores.format(of.now("node_cpu_seconds_total", 'mode="idle"')),
    )


def _memory_used(of: _Of) -> str:
    total, free = of.now("node_memory_MemTotal_bytes"), of.now("node_memory_MemAvailable_bytes")
    used, all_states = of.now("system_memory_usage_bytes", _USED), of.now("system_memory_usage_bytes")
    return _either(
        f"max by (instance) ({of.now('system_memory_utilization_ratio', _USED)})",
        f"sum by (instance) ({used}) / sum by (instance) ({all_states})",
        f"1 - max by (instance) ({free}) / max by (instance) ({total})",
    )


def _memory_most(of: _Of) -> str:
    used = of.over("max_over_time", "system_memory_usage_bytes", _USED)
    free = of.over("min_over_time", "node_memory_MemAvailable_bytes")
    return _either(
        f"max by (instance) ({of.over('max_over_time', 'system_memory_utilization_ratio', _USED)})",
        f"sum by (instance) ({used}) / sum by (instance) ({of.now('system_memory_usage_bytes')})",
        f"1 - min by (instance) ({free}) / max by (instance) ({of.now('node_memory_MemTotal_bytes')})",
    )


def _memory_used_bytes(of: _Of) -> str:
    total, free = of.now("node_memory_MemTotal_bytes"), of.now("node_memory_MemAvailable_bytes")
    return _either(
        f"max by (instance) ({of.now('system_memory_usage_bytes', _USED)})", f"max by (instance) ({total} - {free})"
    )


def _memory_bytes(of: _Of) -> str:
    return _either(
        f"max by (instance) ({of.now('system_memory_limit_bytes')})",
        f"sum by (instance) ({of.now('system_memory_usage_bytes')})",
        f"max by (instance) ({of.now('node_memory_MemTotal_bytes')})",
    )


def _disk_used(of: _Of) -> str:
    used, every = of.now("system_filesystem_usage_bytes", _USED), of.now("system_filesystem_usage_bytes")
    free, size = of.now("node_filesystem_avail_bytes", _MOUNTED), of.now("node_filesystem_size_bytes", _MOUNTED)
    return _either(
        f"max by (instance, mountpoint) ({of.now('system_filesystem_utilization_ratio', _USED_SHARE)})",
        f"sum by (instance, mountpoint) ({used}) / sum by (instance, mountpoint) ({every})",
        f"1 - max by (instance, mountpoint) ({free}) / max by (instance, mountpoint) ({size})",
    )


def _disk_bytes(of: _Of) -> str:
    return _either(
        f"max by (instance, mountpoint) ({of.now('system_filesystem_limit_bytes')})",
        f"sum by (instance, mountpoint) ({of.now('system_filesystem_usage_bytes')})",
        f"max by (instance, mountpoint) ({of.now('node_filesystem_size_bytes', _MOUNTED)})",
    )


def _disk_growth(of: _Of) -> str:
    """How fast the share of a disk that is used grows, per second."""
    used = of.over("deriv", "system_filesystem_usage_bytes", _USED)
    free = of.over("deriv", "node_filesystem_avail_bytes", _MOUNTED)
    every, size = of.now("system_filesystem_usage_bytes"), of.now("node_filesystem_size_bytes", _MOUNTED)
    of_share = of.over("deriv", "system_filesystem_utilization_ratio", _USED_SHARE)
    return _either(
        f"max by (instance, mountpoint) ({of_share})",
        f"sum by (instance, mountpoint) ({used}) / sum by (instance, mountpoint) ({every})",
        f"max by (instance, mountpoint) (-{free}) / max by (instance, mountpoint) ({size})",
    )


def _load1(of: _Of) -> str:
    return _either(
        f"max by (instance) ({of.now('system_cpu_load_average_1m')})", f"max by (instance) ({of.now('node_load1')})"
    )


def _moved(name: str, direction: str, of_node: str, *only: str) -> Callable[[_Of], str]:
    moving = f'direction="{direction}"'

    def spell(of: _Of) -> str:
        return _either(
            f"sum by (instance) ({of.over('rate', name, moving, *only)})",
            f"sum by (instance) ({of.over('rate', of_node, *only)})",
        )

    return spell


_PHRASES: Final[Mapping[str, Callable[[_Of], str]]] = {
    "http_requests": _http_requests,
    "http_quantile": _http_quantile,
    "http_buckets": _http_buckets,
    "http_native": _http_native,
    "http_spent": _http_spent,
    "cpu_used": _cpu_used,
    "cpu_by_state": _cpu_by_state,
    "cpu_most": _cpu_most,
    "cpu_count": _cpu_count,
    "memory_used": _memory_used,
    "memory_most": _memory_most,
    "memory_used_bytes": _memory_used_bytes,
    "memory_bytes": _memory_bytes,
    "disk_used": _disk_used,
    "disk_bytes": _disk_bytes,
    "disk_growth": _disk_growth,
    "load1": _load1,
    "received": _moved("system_network_io_bytes_total", "receive", "node_network_receive_bytes_total", _WIRED),
    "sent": _moved("system_network_io_bytes_total", "transmit", "node_network_transmit_bytes_total", _WIRED),
    "disk_read": _moved("system_disk_io_bytes_total", "read", "node_disk_read_bytes_total"),
    "disk_written": _moved("system_disk_io_bytes_total", "write", "node_disk_written_bytes_total"),
}
