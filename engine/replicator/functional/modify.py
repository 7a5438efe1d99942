"""rep.functional.modify: values written to prims at once. Prims are one prim, path or item, or a list of these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pxr import Usd, UsdShade

from engine.graph.attributes import attribute_for, typed
from engine.replicator.arguments import fail
from engine.replicator.functional import building
from engine.replicator.functional.authoring import bind_material
from engine.replicator.functional.authoring_pose import write_poses
from engine.replicator.functional.values import each, prims_of
from engine.replicator.missing import refuse

Y_UP = (0.0, 1.0, 0.0)


def pose(
    prims: Any,
    position_value: Any = None,
    rotation_value: Any = None,
    rotation_order: str = "XYZ",
    scale_value: Any = None,
    relative_to: Any = None,
    look_at_value: Any = None,
    look_at_up_axis: Any = Y_UP,
    pivot: Any = None,
    write_to_usd: bool = True,
) -> None:
    """Place prims; what is None stays as it is.

    Args:
        prims: prims to place.
        position_value: stage units, in the parent's frame, once or once a prim.
        rotation_value: XYZ degrees, a Gf quaternion or a Gf rotation.
        rotation_order: order in which the rotations are applied.
        scale_value: number or XYZ.
        relative_to: prim in whose frame the pose is given.
        look_at_value: world point, prim or path to turn -Z to; excludes `rotation_value`.
        look_at_up_axis: world direction kept up, also on a Z-up stage +Y unless given.
        pivot: point in [-1, 1] of the bounding box that the position places and rotations turn about.
        write_to_usd: accepted; the embedded engine always writes to USD.

    Raises:
        ValueError: if a value makes no sense or a prim has no transform.
    """
    values = {"position": position_value, "rotation": rotation_value, "scale": scale_value, "look_at": look_at_value}
    values |= {"pivot": pivot, "relative_to": relative_to, "rotation_order": rotation_order}
    found = prims_of("functional.modify.pose", prims)
    write_poses("functional.modify.pose", found, look_at_up_axis=look_at_up_axis, **values)


def position(prims: Any, value: Any, relative_to: Any = None, write_to_usd: bool = True) -> None:
    """Move prims (see `pose`)."""
    where = "functional.modify.position"
    write_poses(where, prims_of(where, prims), position=value, relative_to=relative_to)


def rotation(
    prims: Any,
    value: Any,
    value_rotation_order: str = "XYZ",
    relative_to: Any = None,
    write_to_usd: bool = True,
) -> None:
    """Turn prims (see `pose`)."""
    where = "functional.modify.rotation"
    found = prims_of(where, prims)
    write_poses(where, found, rotation=value, rotation_order=value_rotation_order, relative_to=relative_to)


def scale(prims: Any, value: Any, write_to_usd: bool = True) -> None:
    """Scale prims (see `pose`)."""
    where = "functional.modify.scale"
    write_poses(where, prims_of(where, prims), scale=value)


def look_at(prims: Any, value: Any, look_at_up_axis: Any = Y_UP, write_to_usd: bool = True) -> None:
    """Turn the -Z axis of prims to a point or prim (see `pose`)."""
    where = "functional.modify.look_at"
    write_poses(where, prims_of(where, prims), look_at=value, look_at_up_axis=look_at_up_axis)


def attribute(prims: Any, attribute_name: str, value: Any, write_to_usd: bool = True) -> None:
    """Write an attribute, making it where it is missing.

    Args:
        prims: prims to change; a material stands for its shader.
        attribute_name: USD name; `inputs:` may be left out for lights and shaders.
        value: one value, or a list or array of one value a prim.
        write_to_usd: accepted; the embedded engine always writes to USD.

    Raises:
        TypeError: if the name is no text.
        ValueError: if the value does not suit the attribute's type.
    """
    where = "functional.modify.attribute"
    found = prims_of(where, prims)
    if not isinstance(attribute_name, str) or not attribute_name:
        raise fail(where, "attribute_name", attribute_name, "the name of a USD attribute", TypeError)
    for index, prim in enumerate(found):
        target = attribute_for(prim, attribute_name, None, _sample(value, index, len(found), None))
        kind = str(target.GetTypeName())
        sample = _sample(value, index, len(found), kind)
        target.Set(np.asarray(sample).tolist() if kind.endswith("[]") else typed(sample, kind))


def _sample(value: Any, index: int, count: int, kind: str | None) -> Any:
    """Return one prim's share of a value: a list of `count` values if the values suit the type, else the whole."""
    if isinstance(value, str | bytes) or not isinstance(value, list | tuple | np.ndarray) or len(value) != count:
        return value
    nested = not np.isscalar(value[0])
    if kind is None:
        return value[index] if nested or count not in (2, 3, 4) else value
    depth = 0 if not nested else 1 if np.isscalar(value[0][0]) else 2
    wanted = 1 if kind.rstrip("[]")[-1].isdigit() or kind.startswith(("color", "quat", "point", "normal")) else 0
    return value[index] if depth > wanted + kind.endswith("[]") - 1 else value


def visibility(prims: Any, value: Any) -> None:
    """Show or hide prims: a bool, or one a prim."""
    where = "functional.modify.visibility"
    building.show(where, prims_of(where, prims), value, always=True)


def material(prims: Any, material_prim: Any) -> None:
    """Bind a material, or one a prim, stronger than the bindings of descendants."""
    where = "functional.modify.material"
    found = prims_of(where, prims)
    for prim, bound in zip(found, materials_of(where, material_prim, len(found)), strict=True):
        bind_material(prim, bound)


def materials_of(where: str, material_prim: Any, count: int) -> Sequence[Usd.Prim]:
    """Return the material of each prim.

    Raises:
        ValueError: if one of them is no Material.
    """
    found = prims_of(where, material_prim, "material")
    for prim in found:
        if not prim.IsA(UsdShade.Material):
            raise fail(where, "material", str(prim.GetPath()), f"a Material; this prim is of type {prim.GetTypeName()}")
    return each(where, "material", found, count)


def semantics(prims: Any, value: Any, mode: str = "add") -> None:
    """Write labels in the UsdSemantics schema; labels of the older schema are moved there.

    Args:
        prims: prims to label.
        value: {"class": "x" | ["x", "y"]}, [("class", "x")], or one of these a prim; None with mode "clear".
        mode: "add", "replace" labels of the same types, or "clear" all labels first.
    """
    where = "functional.modify.semantics"
    building.label(where, prims_of(where, prims), value, mode)


__all__ = ["attribute", "look_at", "material", "pose", "position", "rotation", "scale", "semantics", "visibility"]
__getattr__ = refuse("omni.replicator.core.functional.modify")
