"""Grafana's words for times and intervals."""

import re

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_592_000, "y": 31_536_000}
_INTERVAL = re.compile(r"(\d{1,6}(?:\.\d+)?)(ms|[smhdwMy])")
_NOW = re.compile(r"now(?:-(\d{1,6})([smhdwMy]))?")


def seconds_of(text: str) -> float | None:
    """Return the length of an interval (30s, 5m, 1d), None for what is none."""
    match = _INTERVAL.fullmatch(text.strip())
    return float(match[1]) * _SECONDS[match[2]] if match else None


def relative(text: str) -> str | None:
    """Return a relative time in our units (s, m, h, d, w), None for what has no counterpart (`now/d`)."""
    match = _NOW.fullmatch(text.strip())
    if match is None:
        return None
    if match[2] in ("M", "y"):
        return f"now-{int(int(match[1]) * _SECONDS[match[2]] // 86_400)}d"
    return text.strip()


def length_text(text: str) -> str | None:
    """Return how far back a panel looks (7d, now-7d) in our units, None for what has no counterpart (`now/d`)."""
    start = relative(f"now-{text.strip().removeprefix('now-')}")
    return start.removeprefix("now-") if start else None


def interval_text(seconds: int) -> str:
    """Return seconds as Grafana writes an interval."""
    for unit in ("d", "h", "m"):
        length = int(_SECONDS[unit])
        if seconds >= length and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
