"""From a parsed search to a SQL condition, for the columns one signal allows."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from vedette.kit.errors import Fault, Invalid
from vedette.kit.search import Either, Every, Node, Not, Term, Text
from vedette.storage.telemetry.port import Value


@dataclass(frozen=True, slots=True)
class Column:
    """A field people may search: a SQL expression, and for a number how its text is read (ValueError: it is none)."""

    sql: str
    number: Callable[[str], float] | None = None
    convert: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Searchable:
    """What a search may touch: named fields, the text that bare words are found in, maps of attributes.

    `maps` go from a prefix to map columns; the empty prefix serves every field that has no name of its own, looking
    into its columns in order.
    """

    fields: Mapping[str, Column]
    text: Sequence[str]
    maps: Mapping[str, Sequence[str]]


@dataclass(slots=True)
class Condition:
    """A SQL condition and its bound values. Same search, same text."""

    sql: str
    params: dict[str, Value] = field(default_factory=dict)


def condition(node: Node, searchable: Searchable) -> Condition:
    """Return the condition of a search; raises Invalid for a value that does not fit its field."""
    renderer = _Renderer(searchable)
    sql = renderer.node(node)
    return Condition(sql, renderer.params)


class _Renderer:
    def __init__(self, searchable: Searchable) -> None:
        self._searchable = searchable
        self.params: dict[str, Value] = {}

    def node(self, node: Node) -> str:
        match node:
            case Every(nodes):
                return " AND ".join(f"({self.node(each)})" for each in nodes) or "1"
            case Either(nodes):
                return " OR ".join(f"({self.node(each)})" for each in nodes)
            case Not(inner):
                return f"NOT ({self.node(inner)})"
            case Text():
                return self._text(node)
            case Term():
                return self._term(node)

    def _text(self, node: Text) -> str:
        if node.is_pattern:
            name = self._bind(like(node.value, anywhere=True))
            return " OR ".join(f"{column} ILIKE {name}" for column in self._searchable.text)
        name = self._bind(node.value)
        if node.value.isascii():
            return " OR ".join(f"positionCaseInsensitive({column}, {name}) > 0" for column in self._searchable.text)
        return " OR ".join(f"positionCaseInsensitiveUTF8({column}, {name}) > 0" for column in self._searchable.text)

    def _term(self, term: Term) -> str:
        column = self._searchable.fields.get(term.field.lower())
        if column is None:
            return self._attribute(term)
        if column.number is not None:
            return f"{column.sql} {term.operator} {self._number(term, column.number)}"
        if term.is_pattern:
            return f"{column.sql} ILIKE {self._bind(like(term.value))}"
        return f"{column.sql} {term.operator} {self._bind(column.convert(term.value))}"

    def _attribute(self, term: Term) -> str:
        prefix, _, rest = term.field.partition(".")
        if not (rest and prefix in self._searchable.maps):
            prefix, rest = "", term.field
        key = self._bind(rest)
        columns = self._searchable.maps[prefix]
        return " OR ".join(
            self._in_map(f"{column}[{key}]", f"mapContains({column}, {key})", term) for column in columns
        )

    def _in_map(self, value: str, is_there: str, term: Term) -> str:
        if term.operator != "=":
            # NULL, from what is no number, would also make the opposite of this condition fail.
            return f"ifNull(toFloat64OrNull({value}) {term.operator} {self._number(term)}, 0)"
        if term.value == "*" and term.is_pattern:
            return is_there
        if term.is_pattern:
            return f"({value} ILIKE {self._bind(like(term.value))} AND {is_there})"
        return f"({value} = {self._bind(term.value)} AND {is_there})"

    def _number(self, term: Term, read: Callable[[str], float] = float) -> str:
        try:
            value = read(term.value)
        except ValueError:
            where = f"query, character {term.position + 1}"
            fault = Fault(where, f"`{term.field}` cannot be compared with {term.value[:40]!r}")
            raise Invalid("the search cannot be understood", faults=[fault]) from None
        return self._bind(value, "Float64")

    def _bind(self, value: Value, kind: str = "String") -> str:
        name = f"search_{len(self.params)}"
        self.params[name] = value
        return f"{{{name}:{kind}}}"


def like(text: str, *, anywhere: bool = False) -> str:
    """Return the LIKE pattern of a text in which `*` stands for any characters."""
    pattern = re.sub(r"([\\%_])", r"\\\1", text).replace("*", "%")
    return f"%{pattern}%" if anywhere else pattern
