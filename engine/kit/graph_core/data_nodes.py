"""Nodes that only compute, and those that read and write attributes of prims.

Source: OmniGraph node library, omni.graph.nodes, omni.graph.core; isaacsim.core.nodes.
"""

from __future__ import annotations

import operator
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from pxr import Usd

from ...graph.graph import current_stage
from .built_in import EXECUTION, TIME, BuiltIn, declared, timeline_now
from .errors import OmniGraphError
from .states import ExecutionAttributeState

CONSTANTS = {
    "Bool": "bool",
    "UChar": "uchar",
    "Int": "int",
    "Int2": "int[2]",
    "Int3": "int[3]",
    "Int4": "int[4]",
    "Int64": "int64",
    "UInt": "uint",
    "UInt64": "uint64",
    "Half": "half",
    "Float": "float",
    "Float2": "float[2]",
    "Float3": "float[3]",
    "Float4": "float[4]",
    "Double": "double",
    "Double2": "double[2]",
    "Double3": "double[3]",
    "Double4": "double[4]",
    "Color3f": "colorf[3]",
    "Color4f": "colorf[4]",
    "Point3d": "pointd[3]",
    "Point3f": "pointf[3]",
    "Quatd": "quatd[4]",
    "Quatf": "quatf[4]",
    "String": "string",
    "Token": "token",
    "Path": "path",
}
ARITHMETIC = {
    "Add": (np.add, "sum"),
    "Subtract": (np.subtract, "difference"),
    "Multiply": (np.multiply, "product"),
    "Divide": (np.divide, "result"),
}
COMPARISONS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
AXES = ("x", "y", "z", "w")
PRIM = declared(prim="target", usePath="bool", primPath="token", name="token")


def _nothing(db: Any) -> bool:
    """Hold a value that others are connected to."""
    return True


def _arithmetic(function: Callable[..., Any], output: str) -> BuiltIn:
    def compute(db: Any) -> bool:
        setattr(db.outputs, output, function(np.asarray(db.inputs.a), np.asarray(db.inputs.b)))
        return True

    return BuiltIn(compute, declared(a="any", b="any"), declared(**{output: "any"}))


def _made_vector(width: int) -> BuiltIn:
    def compute(db: Any) -> bool:
        db.outputs.tuple = np.array([float(getattr(db.inputs, axis)) for axis in AXES[:width]])
        return True

    return BuiltIn(compute, declared(**dict.fromkeys(AXES[:width], "double")), declared(tuple=f"double[{width}]"))


def _broken_vector(width: int) -> BuiltIn:
    def compute(db: Any) -> bool:
        for axis, value in zip(AXES, np.ravel(db.inputs.tuple), strict=False):
            setattr(db.outputs, axis, float(value))
        return True

    return BuiltIn(compute, declared(tuple="any"), declared(**dict.fromkeys(AXES[:width], "double")))


def _compare(db: Any) -> bool:
    sign = str(db.inputs.operation or ">")
    if sign not in COMPARISONS:
        raise OmniGraphError(f"Compare: operation={sign!r} was given; expected one of: {' '.join(COMPARISONS)}")
    db.outputs.result = COMPARISONS[sign](db.inputs.a, db.inputs.b)
    return True


def _both(db: Any) -> bool:
    db.outputs.result = bool(db.inputs.a) and bool(db.inputs.b)
    return True


def _either(db: Any) -> bool:
    db.outputs.result = bool(db.inputs.a) or bool(db.inputs.b)
    return True


def _to_string(db: Any) -> bool:
    db.outputs.converted = str(db.inputs.value)
    return True


def _append_string(db: Any) -> bool:
    db.outputs.value = f"{db.inputs.value}{db.inputs.suffix}"
    return True


def _array_index(db: Any) -> bool:
    db.outputs.value = np.asarray(db.inputs.array)[int(db.inputs.index)]
    return True


def _read_time(db: Any) -> bool:
    for name, value in timeline_now().items():
        setattr(db.outputs, name, value)
    return True


def _prim_attribute(db: Any) -> Usd.Attribute:
    """Return the attribute of a prim that a node names.

    Raises:
        OmniGraphError: if there is none.
    """
    targets = [] if db.inputs.usePath else list(db.inputs.prim)
    path = str(targets[0]) if targets else str(db.inputs.primPath)
    prim = current_stage().GetPrimAtPath(path) if path else None
    attribute = prim.GetAttribute(str(db.inputs.name)) if prim else None
    if not attribute:
        raise OmniGraphError(
            f"{db.node.get_prim_path()}: prim '{path}' and name '{db.inputs.name}' were given; expected an attribute "
            "of an existing prim"
        )
    return attribute


def _read_prim_attribute(db: Any) -> bool:
    value = _prim_attribute(db).Get()
    db.outputs.value = np.array(value) if hasattr(value, "__len__") and not isinstance(value, str) else value
    return True


def _write_prim_attribute(db: Any) -> bool:
    attribute = _prim_attribute(db)
    value = db.inputs.value
    if isinstance(value, np.ndarray | list | tuple):
        value = type(attribute.GetTypeName().defaultValue)(*np.asarray(value).tolist())
    attribute.Set(value)
    db.outputs.execOut = ExecutionAttributeState.ENABLED
    return True


def _read_variable(db: Any) -> bool:
    db.outputs.value = db.node.graph.variables.get(str(db.inputs.variableName))
    return True


def _write_variable(db: Any) -> bool:
    db.node.graph.variables[str(db.inputs.variableName)] = db.inputs.value
    db.outputs.value, db.outputs.execOut = db.inputs.value, ExecutionAttributeState.ENABLED
    return True


def _read_simulation_time(db: Any) -> bool:
    from engine.physics import if_running

    running = if_running()
    db.outputs.simulationTime = running.time if running is not None else timeline_now()["time"]
    return True


def _read_system_time(db: Any) -> bool:
    db.outputs.systemTime = time.time()
    return True


NODES = {
    f"omni.graph.nodes.Constant{name}": BuiltIn(_nothing, declared(value=kind)) for name, kind in CONSTANTS.items()
}
NODES |= {f"omni.graph.nodes.{name}": _arithmetic(*pair) for name, pair in ARITHMETIC.items()}
NODES |= {f"omni.graph.nodes.MakeVector{width}": _made_vector(width) for width in (2, 3, 4)}
NODES |= {f"omni.graph.nodes.BreakVector{width}": _broken_vector(width) for width in (2, 3, 4)}
NODES |= {
    "omni.graph.nodes.Compare": BuiltIn(
        _compare, declared(a="any", b="any", operation="token"), declared(result="bool")
    ),
    "omni.graph.nodes.BooleanAnd": BuiltIn(_both, declared(a="any", b="any"), declared(result="bool")),
    "omni.graph.nodes.BooleanOr": BuiltIn(_either, declared(a="any", b="any"), declared(result="bool")),
    "omni.graph.nodes.ToString": BuiltIn(_to_string, declared(value="any"), declared(converted="string")),
    "omni.graph.nodes.AppendString": BuiltIn(
        _append_string, declared(value="string", suffix="string"), declared(value="string")
    ),
    "omni.graph.nodes.ArrayIndex": BuiltIn(_array_index, declared(array="any", index="int"), declared(value="any")),
    "omni.graph.nodes.ReadTime": BuiltIn(_read_time, {}, TIME),
    "omni.graph.nodes.ReadPrimAttribute": BuiltIn(_read_prim_attribute, PRIM, declared(value="any")),
    "omni.graph.nodes.WritePrimAttribute": BuiltIn(
        _write_prim_attribute, {"execIn": EXECUTION} | PRIM | declared(value="any"), {"execOut": EXECUTION}
    ),
    "omni.graph.core.ReadVariable": BuiltIn(
        _read_variable, declared(graph="target", variableName="token"), declared(value="any")
    ),
    "omni.graph.core.WriteVariable": BuiltIn(
        _write_variable,
        {"execIn": EXECUTION} | declared(graph="target", variableName="token", value="any"),
        {"execOut": EXECUTION} | declared(value="any"),
    ),
    "isaacsim.core.nodes.IsaacReadSimulationTime": BuiltIn(
        _read_simulation_time, declared(resetOnStop="bool"), declared(simulationTime="double")
    ),
    "isaacsim.core.nodes.IsaacReadSystemTime": BuiltIn(_read_system_time, {}, declared(systemTime="double")),
}
