"""Label sets: what is a legal one, and the id of the series it names."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from vedette.kit.ids import ProjectId

Labels: TypeAlias = tuple[tuple[str, str], ...]
"""Pairs sorted by name, `__name__` among them, no empty values."""

NAME = "__name__"
_LONGEST_NAME = 1024
_LONGEST_VALUE = 64 * 1024


class LabelFault(Exception):
    """A label set that names no series, with the reason it is counted under."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def labels_of(pairs: Iterable[tuple[str, str]] | Mapping[str, str]) -> Labels:
    """Return pairs in canonical form: sorted, without empty values."""
    pairs = pairs.items() if isinstance(pairs, Mapping) else pairs
    return tuple(sorted((name, value) for name, value in pairs if value))


def name_of(labels: Labels) -> str:
    """Return the metric's name, empty when there is none."""
    for name, value in labels:
        if name == NAME:
            return value
    return ""


def check(labels: Labels, *, most: int) -> None:
    """Raise LabelFault unless canonical labels name a series.

    Source: https://prometheus.io/docs/specs/prw/remote_write_spec/#labels; any UTF-8 is legal since Prometheus 3.
    """
    if not name_of(labels):
        raise LabelFault("missing_name", f"a series has no metric name: {shown(labels)}")
    if len(labels) > most:
        raise LabelFault("too_many_labels", f"{len(labels)} labels are more than {most}: {shown(labels)}")
    previous = None
    for name, value in labels:
        if not name:
            raise LabelFault("invalid_label", f"a label has no name: {shown(labels)}")
        if name == previous:
            raise LabelFault("duplicate_label", f"the label {name[:100]!r} is there twice: {shown(labels)}")
        if len(name) > _LONGEST_NAME or len(value) > _LONGEST_VALUE:
            raise LabelFault("label_too_long", f"the label {name[:100]!r} is too long: {len(value)} characters")
        previous = name


def shown(labels: Labels) -> str:
    """Return labels for a message, cut to a readable length."""
    inner = ", ".join(f'{name[:60]}="{value[:60]}"' for name, value in labels[:20] if name != NAME)
    return f"{name_of(labels)[:100]}{{{inner[:400]}}}"


def series_id(project: ProjectId, labels: Labels) -> int:
    """Return the 64-bit id of a series: the same labels always have the same id."""
    digest = hashlib.blake2b(digest_size=8)
    digest.update(f"{project}\0{name_of(labels)}\0".encode(errors="replace"))
    for name, value in labels:
        if name != NAME:
            digest.update(f"{name}\0{value}\0".encode(errors="replace"))
    return int.from_bytes(digest.digest(), "little")
