"""The syntax tree of PromQL. Durations and times are in milliseconds.

Source of the grammar: https://prometheus.io/docs/prometheus/latest/querying/basics/ and its parser.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    """Where in the query's text (UTF-8 bytes) a node stands; `end` is exclusive."""

    start: int
    end: int


class Kind(Enum):
    """What an expression evaluates to."""

    SCALAR = "scalar"
    VECTOR = "instant vector"
    MATRIX = "range vector"
    STRING = "string"


MatchOp = Literal["=", "!=", "=~", "!~"]


@dataclass(frozen=True, slots=True)
class Matcher:
    """A condition on one label; `__name__` is the metric's name. Regular expressions are RE2 and match whole values."""

    name: str
    op: MatchOp
    value: str


At: TypeAlias = int | Literal["start", "end"]
"""The time an `@` modifier fixes, in Unix milliseconds, or an end of the query's range."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number literal; `is_duration` tells how it was written."""

    value: float
    span: Span
    is_duration: bool = False


@dataclass(frozen=True, slots=True)
class String:
    """A string literal."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class VectorSelector:
    """Series by their labels; the name, if given as such, is the first of `matchers` too."""

    name: str
    matchers: tuple[Matcher, ...]
    span: Span
    offset_ms: int = 0
    at: At | None = None


@dataclass(frozen=True, slots=True)
class MatrixSelector:
    """The samples of a selector's series in (t - range, t]."""

    vector: VectorSelector
    range_ms: int
    span: Span


@dataclass(frozen=True, slots=True)
class Subquery:
    """An expression evaluated at several times; `step_ms` None is the default evaluation interval."""

    expr: "Expr"
    range_ms: int
    step_ms: int | None
    span: Span
    offset_ms: int = 0
    at: At | None = None


@dataclass(frozen=True, slots=True)
class Unary:
    """`-` or `+` before an expression."""

    op: Literal["+", "-"]
    expr: "Expr"
    span: Span


Cardinality = Literal["one-to-one", "many-to-one", "one-to-many", "many-to-many"]


@dataclass(frozen=True, slots=True)
class Matching:
    """How the series of two vectors find each other; `is_on` False means `ignoring`."""

    cardinality: Cardinality = "one-to-one"
    labels: tuple[str, ...] = ()
    is_on: bool = False
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """Two expressions and an operator; `matching` is None unless both are vectors, `kind` is that of the result."""

    op: str
    left: "Expr"
    right: "Expr"
    span: Span
    returns_bool: bool = False
    matching: Matching | None = None
    kind: Kind = Kind.VECTOR


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregation; `parameter` is the k, the quantile or the label name of those that take one."""

    op: str
    expr: "Expr"
    span: Span
    parameter: "Expr | None" = None
    grouping: tuple[str, ...] = ()
    is_without: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    function: str
    arguments: tuple["Expr", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Paren:
    """An expression in parentheses."""

    expr: "Expr"
    span: Span


Expr: TypeAlias = (
    Number | String | VectorSelector | MatrixSelector | Subquery | Unary | Binary | Aggregate | Call | Paren
)
