"""YAML with the file and line of every value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from engine.carb.logging import log_warn
from engine.replicator_yaml.errors import ParserError

# YAML 1.1 as PyYAML reads it takes 1e-3 for text; YAML 1.2 (section 10.3.2) and everybody else take it for a number.
EXPONENT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+$")


@dataclass(frozen=True, eq=False)
class Located:
    """A value and where it stands.

    Attributes:
        value: a scalar, a list of Located, or Located by key.
        file: the file.
        line: line of its key, or of the value itself in a list, from 1.
    """

    value: Any
    file: str
    line: int

    def error(self, key: str, message: str) -> ParserError:
        """Return the error that points here."""
        return ParserError(self.file, self.line, key, message)


class _Loader(yaml.SafeLoader):
    """SafeLoader with numbers like 1e-3."""


_Loader.add_implicit_resolver("tag:yaml.org,2002:float", EXPONENT, list("-+.0123456789"))


def read_groups(path: Path) -> dict[str, Located]:
    """Read the groups of a file, in order.

    Raises:
        ParserError: if it cannot be read or is no mapping of names to groups.
    """
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ParserError(file, 0, "", f"cannot be read ({error.strerror}); expected a YAML file") from error
    except UnicodeDecodeError as error:
        raise ParserError(file, 0, "", f"is not text in UTF-8 ({error.reason} at byte {error.start})") from error
    try:
        return _groups(file, text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context
        raise ParserError(file, mark.line + 1 if mark else 0, "", f"is not YAML: {problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, ParserError):
            raise
        raise ParserError(file, 0, "", f"is not YAML: {error}") from error


def _groups(file: str, text: str) -> dict[str, Located]:
    loader = _Loader(text)
    root = loader.get_single_node()
    if not isinstance(root, yaml.MappingNode) or not root.value:
        raise ParserError(file, 1, "", "holds no groups; expected 'group_name:' with a function below it")
    groups: dict[str, Located] = _located(loader, root, file, 1, ()).value
    return groups


def _located(loader: _Loader, node: yaml.Node, file: str, line: int, above: tuple[int, ...]) -> Located:
    """Return one YAML node with its place; `above` are the nodes it lies in."""
    if id(node) in above:
        raise ParserError(file, line, "", "an alias (*name) stands inside what it is an alias of")
    inside = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        entries: dict[str, Located] = {}
        for key_node, value_node in node.value:
            key, at = _key(loader, key_node, file), key_node.start_mark.line + 1
            if key in entries:
                log_warn(f"{file}:{at}: '{key}' is given again: it replaces the one on line {entries[key].line}")
            entries[key] = _located(loader, value_node, file, at, inside)
        return Located(entries, file, line)
    if isinstance(node, yaml.SequenceNode):
        rows = [_located(loader, child, file, child.start_mark.line + 1, inside) for child in node.value]
        return Located(rows, file, line)
    return Located(loader.construct_object(node, deep=True), file, line)


def _key(loader: _Loader, node: yaml.Node, file: str) -> str:
    value = loader.construct_object(node, deep=True) if isinstance(node, yaml.ScalarNode) else None
    if isinstance(value, str):
        return value
    text = node.value if isinstance(node, yaml.ScalarNode) else "a list or mapping"
    raise ParserError(file, node.start_mark.line + 1, "", f"the key {text} is no name; expected text (quote it)")
