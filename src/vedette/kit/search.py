"""The search language of every list: words, "phrases", `field:value`, comparisons, `-not`, OR, parentheses, `*`.

    timeout service:checkout -level:debug (duration:>250 OR http.status_code:5*)

Terms side by side must all match. A backslash takes the next character as it is.
"""

from dataclasses import dataclass
from typing import Literal

from vedette.kit.errors import Fault, Invalid

_MOST_TERMS = 64
_DEEPEST = 20
Operator = Literal["=", ">", ">=", "<", "<="]
_OPERATORS: tuple[Operator, ...] = (">=", "<=", ">", "<", "=")


@dataclass(frozen=True, slots=True)
class Text:
    """A word or phrase found anywhere in the text of a record; in a pattern `*` matches any characters."""

    value: str
    is_pattern: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A condition on one field."""

    field: str
    value: str
    operator: Operator = "="
    is_pattern: bool = False
    position: int = 0


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class Every:
    """All of these; without any it matches everything."""

    nodes: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these."""

    nodes: tuple["Node", ...]


Node = Text | Term | Not | Every | Either


def parse_search(text: str) -> Node:
    """Return what a search asks for; raises Invalid with the character where it went wrong, counted from 1."""
    parser = _Parser(text.rstrip())
    node = parser.either(0)
    if not parser.at_end:
        raise parser.fault("this `)` closes nothing")
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.terms = text, 0, 0
        self._skip()

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.text)

    def fault(self, what: str, at: int | None = None) -> Invalid:
        where = f"query, character {(self.at if at is None else at) + 1}"
        return Invalid("the search cannot be understood", faults=[Fault(where, what)])

    def either(self, depth: int) -> Node:
        self._check(depth)
        nodes = [self._every(depth)]
        while self._keyword("OR"):
            nodes.append(self._every(depth))
        return nodes[0] if len(nodes) == 1 else Either(tuple(nodes))

    def _every(self, depth: int) -> Node:
        nodes: list[Node] = []
        while not self.at_end and self.text[self.at] != ")" and not self._peek("OR"):
            if self._keyword("AND") and (self.at_end or self._peek("OR")):
                raise self.fault("nothing follows AND")
            nodes.append(self._one(depth))
        if not nodes and (depth or self.at):
            raise self.fault("something to search for is missing here")
        return nodes[0] if len(nodes) == 1 else Every(tuple(nodes))

    def _one(self, depth: int) -> Node:
        if self._keyword("NOT"):
            return Not(self._needed(depth, "NOT"))
        character = self.text[self.at] if not self.at_end else ""
        if character == "-" and self.at + 1 < len(self.text) and not self.text[self.at + 1].isspace():
            self.at += 1
            return Not(self._needed(depth, "-"))
        if character == "(":
            opened = self.at
            self.at += 1
            self._skip()
            node = self.either(depth + 1)
            if self.at_end:
                raise self.fault("this `(` is never closed", opened)
            self.at += 1
            self._skip()
            return node
        return self._term()

    def _needed(self, depth: int, after: str) -> Node:
        if self.at_end or self.text[self.at] == ")":
            raise self.fault(f"nothing follows {after}")
        self._check(depth + 1)
        return self._one(depth + 1)

    def _check(self, depth: int) -> None:
        if depth > _DEEPEST:
            raise self.fault(f"more than {_DEEPEST} negations or parentheses inside each other")

    def _term(self) -> Node:
        self.terms += 1
        if self.terms > _MOST_TERMS:
            raise self.fault(f"more than {_MOST_TERMS} conditions")
        start = self.at
        value, is_pattern, colon = self._word(stop_at_colon=True)
        if not colon:
            self._skip()
            return Text(value, is_pattern)
        operator: Operator = "="
        for each in _OPERATORS:
            if self.text.startswith(each, self.at):
                operator = each
                self.at += len(each)
                break
        if self.at_end or self.text[self.at].isspace() or self.text[self.at] == ")":
            raise self.fault(f"a value is missing after `{value}:`")
        wanted, is_pattern, _ = self._word(stop_at_colon=False)
        self._skip()
        return Term(value, wanted, operator, is_pattern and operator == "=", start)

    def _word(self, *, stop_at_colon: bool) -> tuple[str, bool, bool]:
        """Read a word or phrase; return it, whether it has a `*` that means any characters, and whether `:` follows."""
        out: list[str] = []
        is_pattern = False
        if self.text[self.at] == '"':
            return self._phrase(), False, False
        while not self.at_end:
            character = self.text[self.at]
            if character.isspace() or character in "()":
                break
            if character == "\\" and self.at + 1 < len(self.text):
                out.append(self.text[self.at + 1])
                self.at += 2
                continue
            is_address = self.text.startswith("://", self.at)
            if character == ":" and stop_at_colon and out and not is_address and self._is_field("".join(out)):
                self.at += 1
                return "".join(out), False, True
            is_pattern = is_pattern or character == "*"
            out.append(character)
            self.at += 1
        return "".join(out), is_pattern, False

    @staticmethod
    def _is_field(text: str) -> bool:
        return not text[0].isdigit() and all(each.isalnum() or each in "._-@/" for each in text)

    def _phrase(self) -> str:
        opened, out = self.at, []
        self.at += 1
        while not self.at_end and self.text[self.at] != '"':
            if self.text[self.at] == "\\" and self.at + 1 < len(self.text):
                self.at += 1
            out.append(self.text[self.at])
            self.at += 1
        if self.at_end:
            raise self.fault("this quote is never closed", opened)
        self.at += 1
        return "".join(out)

    def _peek(self, word: str) -> bool:
        end = self.at + len(word)
        return self.text.startswith(word, self.at) and (end >= len(self.text) or self.text[end] in " \t\n()")

    def _keyword(self, word: str) -> bool:
        if not self._peek(word):
            return False
        self.at += len(word)
        self._skip()
        return True

    def _skip(self) -> None:
        while not self.at_end and self.text[self.at].isspace():
            self.at += 1
