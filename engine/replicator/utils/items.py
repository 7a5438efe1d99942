"""ReplicatorItem and ReplicatorWrapper: what every graph-style call returns, and the contexts it opens."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

from pxr import Usd

from engine.graph.graph import current_stage, get_graph
from engine.graph.node import Node, resolve_paths


class ReplicatorItem:
    """A node of the graph. `with item:` makes it the trigger, or the input prims, of what is created inside."""

    def __init__(self, create_fn: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        result = create_fn(*args, **kwargs)
        self.node: Node = result.node if isinstance(result, ReplicatorItem) else result

    @staticmethod
    def of(node: Node) -> ReplicatorItem:
        """Wrap an existing node."""
        return ReplicatorItem(lambda: node)

    @staticmethod
    def _get_context() -> Node | None:
        """Return the innermost trigger's node."""
        stack = get_graph().exec_stack
        return stack[-1] if stack else None

    @staticmethod
    def _get_prim_context() -> ReplicatorItem | None:
        """Return the innermost item opened as input prims."""
        stack = get_graph().prim_stack
        return stack[-1] if stack else None

    def __enter__(self) -> ReplicatorItem:
        stack: list[Any] = self._stack()
        stack.append(self.node if self.node.is_trigger else self)
        return self

    def __exit__(self, *exc: object) -> None:
        stack = self._stack()
        if stack:
            stack.pop()

    def _stack(self) -> list[Any]:
        graph = get_graph()
        return graph.exec_stack if self.node.is_trigger else graph.prim_stack

    def __repr__(self) -> str:
        return f"{self.node.type_name} '{self.node.name}'"

    @property
    def inputs(self) -> dict[str, Any]:
        """Inputs by name."""
        return self.node.inputs

    @property
    def outputs(self) -> dict[str, Any]:
        """Outputs by name."""
        return self.node.outputs

    def get_inputs(self) -> dict[str, Any]:
        """Return the inputs by name."""
        return dict(self.node.inputs)

    def get_outputs(self) -> dict[str, Any]:
        """Return the outputs by name."""
        return {**self.node.outputs, **self.get_output_prims(as_paths=True)}

    def get_input(self, name: str) -> Any:
        """Return one input.

        Raises:
            ValueError: if the node has no such input.
        """
        if name not in self.node.inputs:
            known = ", ".join(sorted(self.node.inputs)) or "none"
            raise ValueError(f"{self!r} has no input '{name}'; expected one of: {known}")
        return self.node.inputs[name]

    def set_input(self, name: str, value: Any) -> None:
        """Set one input to a constant or connect it to an item."""
        self.node.connect(name, value)

    def get_output(self, name: str) -> Any:
        """Return one output; "prims" are paths."""
        if name in ("prims", "primsIn"):
            return resolve_paths(self.node)
        if name not in self.node.outputs:
            known = ", ".join(sorted({"prims", *self.node.outputs}))
            raise ValueError(f"{self!r} has no output '{name}'; expected one of: {known}")
        return self.node.outputs[name]

    def get_input_prims(self) -> dict[str, list[Usd.Prim]]:
        """Return the prims the node works on."""
        return {"prims": _prims(self.node.targets())}

    def get_output_prims(self, as_paths: bool = False) -> dict[str, Any]:
        """Return the prims the node answers, as prims or paths."""
        paths = resolve_paths(self.node)
        return {"prims": paths if as_paths else _prims(paths)}


def _prims(paths: list[str]) -> list[Usd.Prim]:
    stage = current_stage()
    return [prim for prim in map(stage.GetPrimAtPath, paths) if prim]


def ReplicatorWrapper(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make `function` return a ReplicatorItem and take the open prim context as its `input_prims`."""
    takes_prims = "input_prims" in inspect.signature(function).parameters

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        bound = takes_prims and inspect.signature(function).bind_partial(*args, **kwargs).arguments.get("input_prims")
        if takes_prims and not bound and bound is not None and not isinstance(bound, ReplicatorItem):
            bound = None
        if takes_prims and bound is None:
            kwargs["input_prims"] = ReplicatorItem._get_prim_context()
        result = function(*args, **kwargs)
        return ReplicatorItem.of(result) if isinstance(result, Node) else result

    return wrapped


def register_into(module: ModuleType, function: Callable[..., Any], override: bool, name: str | None) -> None:
    """Add a wrapped function to a module as `X.register` does.

    Raises:
        ValueError: if the name is taken and `override` is False, or `function` cannot be called.
    """
    where = module.__name__.rsplit(".", 1)[-1]
    if not callable(function):
        raise ValueError(f"{where}.register: fn={function!r} was given; expected a function")
    name = name or function.__name__
    if not override and hasattr(module, name):
        raise ValueError(f"{where}.register: '{name}' exists already; pass override=True or another fn_name")
    setattr(module, name, ReplicatorWrapper(function))
