"""Label sets: what operators take from them, and how messages print them."""

import re
from collections.abc import Iterable, Sequence

from vedette.signals.metrics.promql.facts import LabelSets, fact
from vedette.signals.metrics.promql.source import Labels
from vedette.signals.metrics.promql.syntax.quoting import quote

NAME = "__name__"
METADATA = frozenset({NAME, "__type__", "__unit__"})
"""Labels that say what a metric is; they go when a value means something else than before."""

_BARE_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def value_of(labels: Labels, name: str) -> str:
    """Return a label's value, empty when it is not there."""
    for pair in labels:
        if pair[0] == name:
            return pair[1]
    return ""


def without(labels: Labels, names: Iterable[str]) -> Labels:
    """Return the labels less some."""
    return tuple([pair for pair in labels if pair[0] not in names])


def only(labels: Labels, names: Iterable[str]) -> Labels:
    """Return just the labels named."""
    return tuple([pair for pair in labels if pair[0] in names])


def with_label(labels: Labels, name: str, value: str) -> Labels:
    """Return the labels with one set; an empty value removes it."""
    rest = [pair for pair in labels if pair[0] != name]
    if value:
        rest.append((name, value))
        rest.sort()
    return tuple(rest)


def drop_metadata(labels: Sequence[Labels]) -> list[Labels]:
    """Return each label set less name, type and unit."""

    def drop() -> list[Labels]:
        return LabelSets(
            each[1:] if each and each[0][0] == NAME and (len(each) < 2 or each[1][0][:2] != "__")
            else without(each, METADATA)
            for each in labels
        )  # fmt: skip

    return fact(labels, "without metadata", drop)


def drop_name(labels: Sequence[Labels]) -> list[Labels]:
    """Return each label set less the metric's name."""
    return [each[1:] if each and each[0][0] == NAME else without(each, (NAME,)) for each in labels]


def is_name(text: str) -> bool:
    """Whether this can be a label's name: any text but none; U+FFFD stands for bytes that were no UTF-8."""
    return bool(text) and "\ufffd" not in text


def show(labels: Labels) -> str:
    """Print as error messages do: `{__name__="up", job="api"}`."""
    return "{" + ", ".join(f"{_show_name(name)}={quote(value)}" for name, value in labels) + "}"


def _show_name(name: str) -> str:
    return name if _BARE_NAME.fullmatch(name) else quote(name)
