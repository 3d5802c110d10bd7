"""label_replace and label_join: they look at labels only."""

import re
from collections.abc import Callable, Sequence

import re2

from vedette.signals.metrics.promql.labels import is_name, value_of, with_label
from vedette.signals.metrics.promql.limits import ExecutionError
from vedette.signals.metrics.promql.vectors import Vector, merged

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_REFERENCE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")


def check_replace(target: str, pattern: str) -> None:
    """Raise ExecutionError for a pattern or a label's name that is none."""
    try:
        re2.compile(f"^(?s:{pattern})$", _OPTIONS)
    except (re2.error, UnicodeEncodeError):
        raise ExecutionError(f"invalid regular expression in label_replace(): {pattern}") from None
    if not is_name(target):
        raise ExecutionError(f"invalid destination label name in label_replace(): {target}")


def replace(vector: Vector, target: str, replacement: str, source: str, pattern: str) -> Vector:
    """Set a label to what a replacement makes of another one, in the series where that one matches the pattern."""
    expand = _expander(pattern, replacement)
    vector = vector.without_empty()
    made: dict[str, str | None] = {}
    labels = []
    for each in vector.labels:
        value = value_of(each, source)
        if value not in made:
            made[value] = expand(value)
        new = made[value]
        labels.append(each if new is None else with_label(each, target, new))
    return merged(vector.relabelled(labels))


def _expander(pattern: str, replacement: str) -> Callable[[str], str | None]:
    """Return what gives the replacement for a value, None when it does not match."""
    compiled = re2.compile(f"^(?s:{pattern})$", _OPTIONS)
    names = dict(compiled.groupindex)

    def expand(value: str) -> str | None:
        match = compiled.search(value)
        if match is None:
            return None

        def group(reference: re.Match[str]) -> str:
            if reference[1]:
                return "$"
            name = reference[2] or reference[3]
            number = int(name) if name.isdecimal() else names.get(name, -1)
            return (match.group(number) or "") if 0 <= number <= compiled.groups else ""

        return _REFERENCE.sub(group, replacement)

    return expand


def check_join(target: str, sources: Sequence[str]) -> None:
    """Raise ExecutionError for a label's name that is none."""
    for each in sources:
        if not is_name(each):
            raise ExecutionError(f"invalid source label name in label_join(): {each}")
    if not is_name(target):
        raise ExecutionError(f"invalid destination label name in label_join(): {target}")


def join(vector: Vector, target: str, separator: str, sources: Sequence[str]) -> Vector:
    """Set a label to the values of others."""
    vector = vector.without_empty()
    labels = [
        with_label(each, target, separator.join(value_of(each, name) for name in sources)) for each in vector.labels
    ]
    return merged(vector.relabelled(labels))
