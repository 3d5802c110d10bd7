"""YAML as nodes that know their place, so that a fault can be pointed at."""

from collections.abc import Iterator

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_NULL = "tag:yaml.org,2002:null"
_MOST_NODES = 200_000


class Misplaced(Exception):
    """Something in a YAML document is not what it should be."""

    def __init__(self, node: Node | None, what: str) -> None:
        super().__init__(what)
        self.place, self.what = place_of(node), what


def place_of(node: Node | None) -> str:
    """Return line:column, counted from 1."""
    if node is None:
        return "1:1"
    return f"{node.start_mark.line + 1}:{node.start_mark.column + 1}"


class Document:
    """One YAML document. Aliases and merge keys work; what would unfold into too much is refused."""

    def __init__(self, text: str) -> None:
        self._left = _MOST_NODES
        try:
            self._loader = yaml.SafeLoader(text)
            self.root = self._loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            self.root = None
            fault = Misplaced(None, f"not YAML: {error.problem or error}")
            fault.place = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
            raise fault from None
        except yaml.YAMLError as error:
            raise Misplaced(None, f"not YAML: {error}") from None
        except RecursionError:
            raise Misplaced(None, "nested too deeply") from None

    def fields(self, node: Node | None, known: frozenset[str], what: str) -> dict[str, Node]:
        """Return the fields of a mapping. Raises Misplaced for one that is not known or there twice."""
        fields = dict(self.pairs(node, what))
        check_known(fields, known, what)
        return fields

    def pairs(self, node: Node | None, what: str) -> Iterator[tuple[str, Node]]:
        """Give the keys and values of a mapping, those it merges before its own; none for null."""
        if is_null(node):
            return
        if not isinstance(node, MappingNode):
            raise Misplaced(node, f"{what} must be a mapping")
        own = set()
        for key, _ in node.value:
            name = text_of(key, f"a key of {what}")
            if name in own:
                raise Misplaced(key, f"{what} has the field {name!r} twice")
            own.add(name)
        self._loader.flatten_mapping(node)
        for key, value in node.value:
            self._count(key)
            yield text_of(key, f"a key of {what}"), value

    def items(self, node: Node | None, what: str) -> list[Node]:
        """Return the items of a list; none for null."""
        if is_null(node):
            return []
        if not isinstance(node, SequenceNode):
            raise Misplaced(node, f"{what} must be a list")
        for each in node.value:
            self._count(each)
        return list(node.value)

    def _count(self, node: Node) -> None:
        self._left -= 1
        if self._left < 0:
            raise Misplaced(node, f"the file unfolds into more than {_MOST_NODES} nodes")


def check_known(fields: dict[str, Node], known: frozenset[str], what: str) -> None:
    """Raise Misplaced for a field that is not known."""
    for name, value in fields.items():
        if name not in known:
            raise Misplaced(value, f"{what} has no field {name!r}")


def is_null(node: Node | None) -> bool:
    """Say whether there is nothing or `null`."""
    return node is None or (isinstance(node, ScalarNode) and node.tag == _NULL)


def text_of(node: Node | None, what: str) -> str:
    """Return a scalar as it is written, empty for null."""
    if node is None or is_null(node):
        return ""
    if not isinstance(node, ScalarNode):
        raise Misplaced(node, f"{what} must be a text")
    return str(node.value)
