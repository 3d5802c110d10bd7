"""Which series belong together: groups by labels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.signals.metrics.promql.facts import fact
from vedette.signals.metrics.promql.labels import NAME
from vedette.signals.metrics.promql.source import Labels


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """G groups: the labels of each, and for each series the number of its group."""

    labels: list[Labels]
    members: NDArray[np.intp]


def group(labels: Sequence[Labels], names: Sequence[str], *, is_without: bool) -> Groups:
    """Put series into groups by the labels named, or, when `is_without`, by all others but the metric's name."""
    return fact(labels, ("groups", tuple(names), is_without), lambda: _group(labels, names, is_without=is_without))


def _group(labels: Sequence[Labels], names: Sequence[str], *, is_without: bool) -> Groups:
    if not is_without and not names:
        return Groups([()] if labels else [], np.zeros(len(labels), np.intp))
    places: dict[Labels, int] = {}
    if is_without:
        dropped = frozenset((NAME, *names))
        keys = [tuple([pair for pair in each if pair[0] not in dropped]) for each in labels]
    elif len(set(names)) == 1:
        name = names[0]
        keys = [tuple([pair for pair in each if pair[0] == name]) for each in labels]
    else:
        kept = frozenset(names)
        keys = [tuple([pair for pair in each if pair[0] in kept]) for each in labels]
    members = np.array([places.setdefault(key, len(places)) for key in keys], np.intp)
    return Groups(list(places), members)
