"""Node types that a script registers by code: a class with `initialize_type` and `compute(context, node)`.

Replicator's registry can make annotators of them (`engine.replicator.annotator_nodes`); graphs of scripts cannot hold
them.

Source: OmniGraph documentation, omni.graph.core.register_node_type, NodeType.add_input, Node.log_compute_message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...carb.logging import log_error, log_info, log_warn
from .errors import OmniGraphError
from .states import Severity

SEVERAL = re.compile(r"([a-z]+)([234])(d?)(\[\])?")
NEEDED = ("get_node_type", "initialize_type", "compute")


@dataclass
class TypeDeclaration:
    """What `initialize_type` is given: it notes what the type's attributes are.

    Attributes:
        inputs, outputs: by name without the namespace, each {"type": ..., "default": ...} as .ogn files say it.
    """

    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add_input(self, name: str, type_name: str, required: bool = True, default: Any = None) -> None:
        """Declare an input."""
        _note(self.inputs, name, type_name, default)

    def add_output(self, name: str, type_name: str, required: bool = True, default: Any = None) -> None:
        """Declare an output."""
        _note(self.outputs, name, type_name, default)

    def set_metadata(self, key: str, value: str) -> bool:
        """Accept what only editors show."""
        return True


@dataclass(frozen=True)
class PythonType:
    """A registered type."""

    implementation: Any
    declared: TypeDeclaration

    def run(self, values: Mapping[str, Any], name: str) -> tuple[bool, dict[str, Any]]:
        """Compute once.

        Args:
            values: of the inputs.
            name: of what is computed, for messages.

        Returns:
            Whether it worked, and the outputs that were set.
        """
        node = PythonNode(values, name)
        return self.implementation.compute(None, node) is not False, node.outputs


class PythonNode:
    """The node that `compute` is given.

    Args:
        values: of the inputs.
        name: of what is computed, for messages.

    Attributes:
        outputs: those that were set.
    """

    def __init__(self, values: Mapping[str, Any], name: str) -> None:
        self._values, self._name = values, name
        self.outputs: dict[str, Any] = {}

    def get_attribute(self, name: str) -> PythonAttribute:
        """Return an attribute by its full name, such as `inputs:data`.

        Raises:
            OmniGraphError: if the type has no such input.
        """
        space, _, bare = name.partition(":")
        if space == "outputs":
            return PythonAttribute(self.outputs, bare)
        if space != "inputs" or bare not in self._values:
            known = ", ".join(f"inputs:{one}" for one in self._values)
            raise OmniGraphError(f"'{self._name}' has no attribute '{name}'; expected outputs:... or one of: {known}")
        return PythonAttribute(dict(self._values), bare)

    def log_compute_message(self, severity: Severity, message: str) -> bool:
        """Log a message of the node."""
        log = {Severity.ERROR: log_error, Severity.WARNING: log_warn}.get(severity, log_info)
        log(f"annotator '{self._name}': {message}")
        return True


@dataclass(frozen=True)
class PythonAttribute:
    """One attribute of the node."""

    _values: dict[str, Any]
    _name: str

    def get(self, *_: Any) -> Any:
        """Return its value, None for an output that was not set."""
        return self._values.get(self._name)

    def get_array(self, *_: Any) -> Any:
        """Return its value, an array."""
        return self.get()

    def set(self, value: Any, *_: Any) -> bool:
        """Give it a value."""
        self._values[self._name] = value
        return True


_types: dict[str, PythonType] = {}


def register_node_type(name: Any, version: int) -> None:
    """Register a node type that is a Python class; a later one of the same name takes its place.

    Args:
        name: the class.
        version: of the type.

    Raises:
        OmniGraphError: if it lacks one of the functions of a node type.
    """
    lacks = [needed for needed in NEEDED if not callable(getattr(name, needed, None))]
    if lacks:
        raise OmniGraphError(f"register_node_type: {name!r} has no {', '.join(lacks)}; expected a class that has it")
    declared = TypeDeclaration()
    name.initialize_type(declared)
    _types[str(name.get_node_type())] = PythonType(name, declared)


def deregister_node_type(name: str) -> bool:
    """Forget a node type; false if it is not registered."""
    return _types.pop(name, None) is not None


def python_type(name: str) -> PythonType | None:
    """Return a registered type, None if there is none of the name."""
    return _types.get(name)


def _note(listed: dict[str, dict[str, Any]], name: str, type_name: str, default: Any) -> None:
    if several := SEVERAL.fullmatch(type_name):  # "float2" and "matrix4d" are "float[2]" and "matrixd[4]" in .ogn files
        type_name = f"{several[1]}{several[3]}[{several[2]}]{several[4] or ''}"
    given = {} if default is None else {"default": default}
    listed[name.partition(":")[2] or name] = {"type": type_name, **given}
