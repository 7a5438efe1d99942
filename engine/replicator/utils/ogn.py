"""OmniGraph nodes written in Python, run from the folders of the extensions that a script names.

A node type `<extension>.<Class>` is a file `<Class>.py` with a static `compute(db)` beside `<Class>.ogn`, which names
its inputs and their defaults. The nodes act when their trigger fires, as Replicator's own do.

Source: OmniGraph documentation, Python nodes: `compute(db)`, `internal_state()`, `release(node)`, database attributes.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pxr import Sdf

from engine.carb.logging import log_error, log_info, log_warn
from engine.graph.graph import Moment
from engine.graph.node import Node, ValueNode
from engine.kit import ext_folders
from engine.replicator.arguments import fail


class Database:
    """What `compute` is given: inputs, outputs, the node, its state and a log."""

    def __init__(self, node: OgnNode) -> None:
        self.node = node
        self.abi_node = node
        self.inputs = SimpleNamespace()
        self.outputs = SimpleNamespace()
        self.shared_state = self.internal_state = self.per_instance_state = None

    log_error = staticmethod(log_error)
    log_warn = log_warning = staticmethod(log_warn)
    log_info = staticmethod(log_info)


class OgnNode(Node):
    """A node whose action is the `compute` of a Python class."""

    implementation: Any = None
    declared: dict[str, dict[str, Any]] = {}

    def __init__(self, graph: Any, name: str | None = None, **inputs: Any) -> None:
        unknown = sorted(set(inputs) - set(self.declared))
        if unknown:
            raise fail(f"utils.create_node('{self.type_name}')", unknown[0], inputs[unknown[0]], self._expected())
        defaults = {key: entry.get("default") for key, entry in self.declared.items() if entry["type"] != "target"}
        super().__init__(graph, name, **(defaults | inputs))
        self.inputs["nodeId"] = getattr(self, "node_id", 0)
        self._database = Database(self)
        make = getattr(self.implementation, "internal_state", None)
        state = make() if make else None
        self._database.shared_state = self._database.internal_state = self._database.per_instance_state = state

    def _expected(self) -> str:
        return f"an input that its .ogn file declares: {', '.join(self.declared)}"

    def get_attribute_exists(self, name: str) -> bool:
        """Tell whether the node has an attribute `inputs:x`."""
        return name.removeprefix("inputs:") in self.inputs

    def run(self, moment: Moment) -> None:
        """Call `compute` with the values of this firing."""
        moment.edits.flush()
        for key, value in self.inputs.items():
            setattr(self._database.inputs, key, self._value(key, value, moment))
        self.implementation.compute(self._database)

    def _value(self, key: str, value: Any, moment: Moment) -> Any:
        if self.declared.get(key, {}).get("type") == "target":
            return [Sdf.Path(path) for path in self.targets(moment)]
        if isinstance(value, ValueNode):
            samples = value.draw(moment, 1)
            return samples[0] if len(samples) == 1 else samples
        return value


def node_type(type_name: str) -> type[OgnNode] | None:
    """Return the node class of `<extension>.<Class>` if an extension folder holds it, else None.

    Raises:
        ValueError: if there is a Python file without its .ogn file.
    """
    extension, _, name = type_name.rpartition(".")
    file = node_file(extension, name)
    if file is None:
        return None
    description = file.with_suffix(".ogn")
    if not description.is_file():
        raise ValueError(f"utils.create_node('{type_name}'): {file} has no {description.name} beside it")
    declared = json.loads(description.read_text(encoding="utf-8"))[name]["inputs"]
    targets = {key: entry for key, entry in declared.items() if entry["type"] == "target"}
    members = {
        "type_name": type_name,
        "has_seed": "seed" in declared,
        "declared": declared | ({} if "prims" in targets else {"prims": {"type": "target"}}),
        "implementation": load_class(extension, name, file),
    }
    return type(name, (OgnNode,), members)


def node_file(extension: str, name: str) -> Path | None:
    """Return the Python file of a node of an extension folder that a script names, None where there is none.

    It lies in `python/nodes` in a source tree, in `<package>/ogn/python/nodes` in a build.
    """
    folder = ext_folders.extensions().get(extension)
    if folder is None:
        return None
    places = (folder / "python" / "nodes", folder.joinpath(*extension.split(".")) / "ogn" / "python" / "nodes")
    return next((place / f"{name}.py" for place in places if (place / f"{name}.py").is_file()), None)


def load_class(extension: str, name: str, file: Path) -> Any:
    """Return the class that a node's file defines; the file is run once."""
    module_name = f"ogn_{extension}_{name}".replace(".", "_")
    known = sys.modules.get(module_name)
    if known is None or known.__file__ != str(file):
        spec = importlib.util.spec_from_file_location(module_name, file)
        assert spec is not None and spec.loader is not None  # it is a .py file
        known = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(known)
        sys.modules[module_name] = known
    return getattr(known, name)
