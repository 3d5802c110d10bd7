"""What is worked out of the labels of series that are asked for again and again: their groups, names and the like."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final, TypeVar, cast

from vedette.signals.metrics.labels import Labels

T = TypeVar("T")

_MOST_FACTS: Final = 16


class LabelSets(list[Labels]):
    """The labels of a selection that outlives a question, and what questions worked out of them. Never changed."""

    __slots__ = ("_facts",)

    def __init__(self, labels: Iterable[Labels] = ()) -> None:
        super().__init__(labels)
        self._facts: dict[Hashable, object] = {}

    def fact(self, key: Hashable, work: Callable[[], T]) -> T:
        """Return what `work` returned under this key before, or now."""
        if key in self._facts:
            return cast("T", self._facts[key])
        found = work()
        if len(self._facts) >= _MOST_FACTS:
            self._facts = {}
        self._facts[key] = found
        return found


def fact(labels: Sequence[Labels], key: Hashable, work: Callable[[], T]) -> T:
    """Return what `work` makes of the labels; once only where they are kept for further questions."""
    return labels.fact(key, work) if isinstance(labels, LabelSets) else work()


def as_list(labels: Sequence[Labels]) -> list[Labels]:
    """Return labels as a list, with what is known of them."""
    return labels if isinstance(labels, LabelSets) else list(labels)
