"""Reading somebody else's JSON so that nothing is dropped silently: what nobody takes is reported."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vedette.watch.dashboards.answers import NotMapped

_MOST_NOTES = 2000
_LONGEST_VALUE = 80


@dataclass(slots=True)
class Report:
    """What could not be carried over, in the order it was met."""

    notes: list[NotMapped] = field(default_factory=list)

    def lost(self, where: str, what: str) -> None:
        """Note a loss; the same one once."""
        note = NotMapped(where=where[:300], what=what[:500])
        if len(self.notes) < _MOST_NOTES and note not in self.notes[-50:]:
            self.notes.append(note)


class Fields:
    """An object of the document: each field is taken by somebody, meaningless here, or reported.

    A field of another type than expected is reported and treated as if it was not there.
    """

    def __init__(self, raw: object, where: str, report: Report) -> None:
        self.where, self.report = where, report
        self._raw: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
        self._taken: set[str] = set()
        if raw is not None and not isinstance(raw, Mapping):
            report.lost(where, "is no object")

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def at(self, name: str) -> str:
        """Return where a field is, in the words of the document."""
        return f"{self.where}.{name}" if self.where else name

    def raw(self, name: str) -> Any:
        """Take a field as it is."""
        self._taken.add(name)
        return self._raw.get(name)

    def text(self, name: str, otherwise: str = "", *, most: int = 200) -> str:
        """Take a text, cut to what fits (which is reported)."""
        value = self.raw(name)
        if value is None:
            return otherwise
        if not isinstance(value, str):
            self.lost(name, "is no text")
            return otherwise
        if len(value) > most:
            self.lost(name, f"has {len(value)} characters, of which the first {most} are kept")
        return _plain(value[:most])

    def flag(self, name: str, *, otherwise: bool = False) -> bool:
        """Take a true or false."""
        value = self.raw(name)
        return value if isinstance(value, bool) else otherwise

    def number(self, name: str) -> float | None:
        """Take a finite number; texts that are one count too, as old documents write them."""
        value = self.raw(name)
        if value is None or value == "" or isinstance(value, bool):
            return None
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            self.lost(name, "is no number")
            return None
        if number != number or abs(number) == float("inf"):  # noqa: PLR0124 - NaN
            return None
        return int(number) if number.is_integer() and abs(number) < 2**53 else number

    def whole(self, name: str, least: int, most: int) -> int | None:
        """Take a whole number, moved into bounds."""
        number = self.number(name)
        return None if number is None else int(min(max(number, least), most))

    def inner(self, name: str) -> "Fields":
        """Take an object."""
        return Fields(self.raw(name), self.at(name), self.report)

    def each(self, name: str) -> Iterator["Fields"]:
        """Take a list of objects."""
        value = self.raw(name)
        if value is not None and not isinstance(value, Sequence):
            self.lost(name, "is no list")
            return
        for place, one in enumerate(value or ()):
            yield Fields(one, f"{self.at(name)}[{place}]", self.report)

    def texts(self, name: str, *, most: int = 1000) -> list[str]:
        """Take a list of texts."""
        value = self.raw(name)
        return (
            [_plain(str(each)[:most]) for each in value if isinstance(each, str | int | float)]
            if isinstance(value, list)
            else []
        )

    def pass_over(self, *names: str) -> None:
        """Say that fields mean nothing here: they serve another editor, or say what is so anyway."""
        self._taken.update(names)

    def default(self, name: str, *values: object) -> None:
        """Say that a field means nothing here while it has one of these values."""
        if name in self._raw and self._raw[name] in (*values, None):
            self._taken.add(name)

    def lost(self, name: str, what: str) -> None:
        """Report a field."""
        self.report.lost(self.at(name), what)

    def rest(self) -> None:
        """Report what nobody took, except what is empty."""
        for name, value in self._raw.items():
            if name in self._taken or value in (None, "", False, [], {}):
                continue
            self.lost(str(name)[:100], f"is not known here{_shown(value)}")


def _plain(text: str) -> str:
    """Return a text without what cannot be kept: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _shown(value: object) -> str:
    return f": {str(value)[:_LONGEST_VALUE]}" if isinstance(value, str | int | float | bool) else ""
