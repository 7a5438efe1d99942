"""OmniGraph nodes written in Python, run from the folders of the extensions that a script names.

A node type `<extension>.<Name>` is a file with a static `compute(db)` beside its .ogn file, which names the node, its
inputs and outputs and their defaults. A node acts when its trigger fires, as Replicator's own do; one that has no
execution attributes only computes, when another asks for its outputs.

Source: OmniGraph documentation, Python nodes: `compute(db)`, `internal_state()`, `release(node)`, database attributes.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from pxr import Sdf

from engine.carb.logging import log_error, log_info, log_warn
from engine.graph import data_types
from engine.graph.data_types import Type
from engine.graph.graph import Moment
from engine.graph.handle import resolved
from engine.graph.node import Node, ValueNode, resolve_paths
from engine.replicator.arguments import fail
from engine.replicator.utils.ogn_files import NodeFile, find, load_class, node_file

__all__ = ["Database", "OgnNode", "load_class", "node_class", "node_file", "node_type"]
DISABLED, ENABLED = 0, (1, 2, 3)  # states of execution attributes (og.ExecutionAttributeState)


class Outputs(SimpleNamespace):
    """Outputs of a node; an array is copied when it is set, so that the node may go on changing its own."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, np.array(value) if isinstance(value, np.ndarray) else value)


class Database:
    """What `compute` is given: inputs, outputs, the node, its state and a log."""

    def __init__(self, node: OgnNode) -> None:
        self.node = node
        self.abi_node = node
        self.inputs = SimpleNamespace()
        self.outputs = Outputs()
        self.state = SimpleNamespace()
        self.shared_state = self.internal_state = self.per_instance_state = None

    log_error = staticmethod(log_error)
    log_warn = log_warning = staticmethod(log_warn)
    log_info = staticmethod(log_info)


class OgnNode(Node):
    """A node whose action is the `compute` of a Python class.

    Attributes:
        implementation: the class with `compute`.
        declared: inputs as the .ogn file declares them.
        declared_outputs: outputs, likewise.
        on_request: the node computes only when it is asked to.
        flows: nodes that run after this one, by execution output.
        requested: it has been asked to compute.
    """

    implementation: Any = None
    declared: dict[str, dict[str, Any]] = {}
    declared_outputs: dict[str, dict[str, Any]] = {}
    types: dict[str, Type] = {}
    output_types: dict[str, Type] = {}
    on_request = False
    gives_itself = False

    def __init__(self, graph: Any, name: str | None = None, **inputs: Any) -> None:
        unknown = sorted(set(inputs) - set(self.declared))
        if unknown:
            raise fail(f"utils.create_node('{self.type_name}')", unknown[0], inputs[unknown[0]], self._expected())
        self.flows: dict[str, list[Node]] = {key: [] for key in self.output_types if self.is_execution(key)}
        self.requested = False
        self._serial = -1
        self.types, self.output_types = dict(self.types), dict(self.output_types)
        super().__init__(graph, name)
        for key, value in (self._defaults() | inputs).items():  # an input may be called "name" or "graph"
            self.connect(key, value)
        self.outputs.update({key: data_types.empty(kind) for key, kind in self.output_types.items()})
        self.inputs["nodeId"] = getattr(self, "node_id", 0)
        self._database = Database(self)
        vars(self._database.outputs).update(self.outputs)
        make = getattr(self.implementation, "internal_state", None)
        state = make() if make else None
        self._database.shared_state = self._database.internal_state = self._database.per_instance_state = state

    def _defaults(self) -> dict[str, Any]:
        return {
            key: [] if entry["type"] == "target" else entry.get("default", data_types.empty(self.types[key]))
            for key, entry in self.declared.items()
        }

    def _expected(self) -> str:
        return f"an input that its .ogn file declares: {', '.join(self.declared)}"

    @property
    def chain(self) -> list[Node]:
        """What runs after the node when it enables its first execution output."""
        return next(iter(self.flows.values()), [])

    @property
    def waits(self) -> bool:
        """Whether the node runs only when another lets it: it has an execution input."""
        return any(data_types.is_execution(kind) for kind in self.types.values())

    @property
    def only_computes(self) -> bool:
        """Whether the node has outputs, no execution attributes and no prims: it computes when it is asked."""
        acts = self.waits or self.flows or any(kind.role.name in ("TARGET", "BUNDLE") for kind in self.types.values())
        return bool(self.output_types) and not acts

    def allows(self, name: str) -> bool:
        """Tell whether the node has an attribute."""
        return self.get_attribute_exists(name)

    def attribute_type(self, name: str) -> Type:
        """Return the type that the .ogn file declares."""
        side, _, key = name.partition(":")
        return (self.output_types if side == "outputs" else self.types).get(key, data_types.UNKNOWN)

    def is_execution(self, key: str) -> bool:
        """Tell whether output `key` says when other nodes run."""
        return data_types.is_execution(self.output_types.get(key, data_types.UNKNOWN))

    def followed_by(self, node: Node, key: str) -> None:
        """Run `node` whenever this one has computed and enabled output `key`."""
        followers = self.flows.get(key, self.chain)
        if node not in followers:
            self.graph.unchain(node, None, only_impulse=True)
            followers.append(node)

    def samples_needed(self, moment: Moment) -> int:
        """Return how many samples the node wants: one a prim, or whatever is drawn where its prims are a name."""
        return 0 if self.declared.get("prims", {}).get("type") != "target" else super().samples_needed(moment)

    def request_compute(self) -> bool:
        """Let the node compute when its graph is evaluated next."""
        self.requested = True
        return True

    def supply(self, key: str, moment: Moment) -> Any:
        """Return the value of output `key`; a node that only computes does so first, once a firing."""
        if not self.waits and not self.flows and self._serial != moment.serial:
            self.compute(moment)
        return self.outputs.get(key)

    def run(self, moment: Moment) -> None:
        """Call `compute` with the values of this firing, then run what follows an enabled execution output."""
        if self.waits or self.flows or self._serial != moment.serial:
            self.compute(moment)
        for key, followers in self.flows.items():
            if self.outputs.get(key) in ENABLED:
                for node in list(followers):
                    node.run(moment)

    def compute(self, moment: Moment) -> None:
        """Call `compute` with the values of this firing and keep its outputs."""
        moment.edits.flush()
        self._serial, self.requested = moment.serial, False
        for key in self.flows:
            setattr(self._database.outputs, key, DISABLED)
        for key, value in self.inputs.items():
            setattr(self._database.inputs, key, self._value(key, value, moment))
        self.implementation.compute(self._database)
        for key, value in vars(self._database.outputs).items():
            self.outputs[key] = data_types.brought(value, self.output_types.get(key, data_types.UNKNOWN))

    def _value(self, key: str, value: Any, moment: Moment) -> Any:
        if self.declared.get(key, {}).get("type") == "target":
            return [Sdf.Path(path) for path in resolve_paths(value, moment)]
        kind = self.types.get(key, data_types.UNKNOWN)
        if isinstance(value, ValueNode):
            samples = value.draw(moment, 1)
            return data_types.brought(samples[0] if len(samples) == 1 else samples, kind)
        return data_types.brought(resolved(value, moment), kind)


def node_class(
    type_name: str, implementation: Any, inputs: dict[str, Any], outputs: dict[str, Any], on_request: bool = False
) -> type[OgnNode]:
    """Return the node class of an implementation.

    Args:
        type_name: name of the node type.
        implementation: class with a static `compute(db)`.
        inputs: declarations as in a .ogn file: name to {"type": ..., "default": ...}.
        outputs: likewise.
        on_request: the node computes only when it is asked to.
    """
    types, output_types = data_types.types_of(inputs), data_types.types_of(outputs)
    waits = any(data_types.is_execution(kind) for kind in types.values())
    targets = any(entry.get("type") == "target" for entry in inputs.values())
    members = {
        "type_name": type_name,
        "has_seed": "seed" in inputs,
        "is_trigger": not targets and any(data_types.is_execution(kind) for kind in output_types.values()),
        "declared": inputs,
        "declared_outputs": outputs,
        "types": types,
        "output_types": output_types,
        "on_request": on_request and not waits,
        "implementation": implementation,
    }
    return type(type_name.rpartition(".")[2], (OgnNode,), members)


def node_type(type_name: str) -> type[OgnNode] | None:
    """Return the node class of a type that an extension folder holds, else None.

    Raises:
        ValueError: if there is a Python file without its .ogn file.
    """
    found: NodeFile | None = find(type_name)
    if found is None:
        return None
    inputs = found.declared.get("inputs", {})
    if "prims" not in inputs and not any(entry.get("type") == "execution" for entry in inputs.values()):
        inputs = inputs | ({} if found.declared.get("outputs") else {"prims": {"type": "target"}})
    on_request = found.declared.get("scheduling") == "compute-on-request"
    return node_class(type_name, found.load(), inputs, found.declared.get("outputs", {}), on_request)
