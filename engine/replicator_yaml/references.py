"""Names of groups among values: what they stand for, and which groups one needs before it can run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.graph.node import ValueNode, node_of
from engine.replicator_yaml.document import Document
from engine.replicator_yaml.functions import WITH, Kind, is_call, is_with, kind_of, rep_function
from engine.replicator_yaml.reader import Located

INPUTS = "inputs"


class Scope:
    """Names and their values; what is not found here is looked for in the outer scope."""

    def __init__(self, values: dict[str, Any] | None = None, outer: Scope | None = None) -> None:
        self.values = values if values is not None else {}
        self.outer = outer

    def __contains__(self, name: str) -> bool:
        return name in self.values or (self.outer is not None and name in self.outer)

    def __getitem__(self, name: str) -> Any:
        if name in self.values or self.outer is None:
            return self.values[name]
        return self.outer[name]

    def names(self) -> list[str]:
        """Return every name that can be seen from here."""
        return [*self.values, *(self.outer.names() if self.outer is not None else ())]

    def text(self, word: str, kind: Kind) -> Any:
        """Return what a word stands for: the value of the group it names, or itself.

        A label "cube" or a path pattern "cube" is not the group `cube` of prims: where an argument is text, only a
        group that holds text is meant, where it is labels, only one that holds text or a distribution.
        """
        if word not in self:
            return word
        value = self[word]
        textual = isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))
        drawn = isinstance(node_of(value), ValueNode)
        if kind is Kind.ANY or (textual and kind is Kind.LABELS) or isinstance(value, str):
            return value
        return value if drawn and kind is Kind.LABELS else word


def is_registration(key: str, node: Located) -> bool:
    """Tell whether an entry defines a function: `randomizer.register` with the function's name below it."""
    return key.endswith(".register") and isinstance(node.value, dict) and "fn" not in node.value


def needs(
    node: Located, document: Document, kind: Kind = Kind.ANY, hidden: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Yield the groups that an entry refers to, so that they can be run before it wherever they stand.

    Args:
        node: the entry.
        document: where the groups are.
        kind: how its text is read.
        hidden: names that mean something else here.
    """
    if isinstance(node.value, str):
        if node.value in document.names - hidden and (kind is Kind.ANY or _is_plain(document.find(node.value))):
            yield node.value
    elif isinstance(node.value, list):
        for child in node.value:
            yield from needs(child, document, kind, hidden)
    elif isinstance(node.value, dict):
        for key, child in document.expanded(node).value.items():
            yield from _needs_of_entry(key, child, document, kind, hidden)


def _needs_of_entry(key: str, child: Located, document: Document, kind: Kind, hidden: frozenset[str]) -> Iterator[str]:
    if is_with(key):
        if key.removeprefix(WITH) in document.names - hidden:
            yield key.removeprefix(WITH)
        yield from needs(child, document, Kind.ANY, hidden)
    elif is_registration(key, child):
        for body in child.value.values():
            inside = body.value if isinstance(body.value, dict) else {}
            own = {*inside, *(inside[INPUTS].value or {} if INPUTS in inside else ())}
            yield from needs(body, document, Kind.ANY, hidden | own)
    elif is_call(key):
        function, group = rep_function(key), key.partition(".")[0]
        if function is None and group in document.names - hidden:
            yield group
        for name, argument in child.value.items() if isinstance(child.value, dict) else ():
            yield from needs(argument, document, kind_of(function, name), hidden)
    else:
        yield from needs(child, document, kind, hidden)


def _is_plain(group: Located) -> bool:
    return not isinstance(group.value, dict) or any(key.startswith("distribution.") for key in group.value)
