"""OpenTelemetry metric names as Prometheus names.

Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
"""

import re
from functools import lru_cache

_UNITS = {
    "d": "days", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds", "us": "microseconds",
    "ns": "nanoseconds", "By": "bytes", "KiBy": "kibibytes", "MiBy": "mebibytes", "GiBy": "gibibytes",
    "TiBy": "tebibytes", "KBy": "kilobytes", "MBy": "megabytes", "GBy": "gigabytes", "TBy": "terabytes",
    "m": "meters", "V": "volts", "A": "amperes", "J": "joules", "W": "watts", "g": "grams", "Cel": "celsius",
    "Hz": "hertz", "%": "percent", "$": "dollars",
}  # fmt: skip
_PER = {"s": "second", "m": "minute", "min": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year"}
_ILLEGAL_NAME = re.compile(r"[^a-zA-Z0-9_:]")
_ILLEGAL_LABEL = re.compile(r"[^a-zA-Z0-9_]")
_ANNOTATION = re.compile(r"\{[^}]*\}")


@lru_cache(maxsize=8192)
def metric_name(name: str, unit: str, *, is_counter: bool, is_gauge: bool) -> str:
    """Return the Prometheus name: legal characters, the unit in words, `_total` behind counters."""
    parts = [each for each in _ILLEGAL_NAME.sub("_", name).split("_") if each]
    for word in _unit_words(unit, is_gauge=is_gauge):
        if word not in parts:
            parts.append(word)
    if is_counter:
        parts = [each for each in parts if each != "total"] + ["total"]
    text = "_".join(parts) or "_"
    return f"_{text}" if text[0].isdigit() else text


@lru_cache(maxsize=65536)
def label_name(key: str) -> str:
    """Return a legal label name; one that begins with a digit gets `key_` before it."""
    text = re.sub(r"__+", "_", _ILLEGAL_LABEL.sub("_", key))
    if not text:
        return "_"
    return f"key_{text}" if text[0].isdigit() else text


def labels_of(attributes: dict[str, str]) -> dict[str, str]:
    """Return attributes as labels; values whose keys become the same label are joined with `;` in key order."""
    labels: dict[str, str] = {}
    for key in sorted(attributes):
        label = label_name(key)
        labels[label] = f"{labels[label]};{attributes[key]}" if label in labels else attributes[key]
    return labels


def target_labels(resource: dict[str, str]) -> dict[str, str]:
    """Return `job` and `instance` of a resource, empty ones left out.

    A resource that is a machine and no service, as the Collector's hostmetrics have it, is the instance of its name:
    else the series of all machines would be one.
    """
    service, namespace = resource.get("service.name", ""), resource.get("service.namespace", "")
    instance = resource.get("service.instance.id", "")
    labels = {
        "job": f"{namespace}/{service}" if namespace and service else service,
        "instance": instance if service or instance else resource.get("host.name", ""),
    }
    return {name: value for name, value in labels.items() if value}


def _unit_words(unit: str, *, is_gauge: bool) -> list[str]:
    unit = _ANNOTATION.sub("", unit).strip()
    if unit == "1":
        return ["ratio"] if is_gauge else []
    main, _, per = unit.partition("/")
    words = [_UNITS.get(main, _ILLEGAL_NAME.sub("", main))] if main else []
    if per:
        words += ["per", _PER.get(per, _ILLEGAL_NAME.sub("", per))]
    return [each for each in words if each]
