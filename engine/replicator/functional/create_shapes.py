"""Shapes, groups and copies: the calls that make several prims at once (rep.functional.create_batch)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pxr import Sdf, Tf, Usd, UsdGeom, UsdUtils

from engine.graph.graph import current_stage
from engine.replicator.arguments import fail
from engine.replicator.functional.authoring import bind_material, define_shape
from engine.replicator.functional.building import build, split
from engine.replicator.functional.modify import materials_of
from engine.replicator.functional.values import one_prim

COMMON = (
    "    position, rotation, scale, look_at, look_at_up_axis, pivot, relative_to: as for `modify.pose`; look-at keeps\n"
    "        the stage's up axis up.\n"
    '    semantics: {"class": "x"} or [("class", "x")].\n    visible: False hides the prims.\n'
    "    name: prim name; a taken one gets the suffix _01, _02 ...\n    parent: prim or path to make them under.\n"
    "    count: prims to make; every other argument is one value or one a prim.\n"
)


def _shapes(kind: str, arguments: dict[str, Any]) -> list[Usd.Prim]:
    shared, own = split(arguments)
    where, stage = f"functional.create.{kind}", current_stage()
    as_mesh = bool(own.get("as_mesh", True))
    bound = None if own["material"] is None else materials_of(where, own["material"], shared["count"])
    prims = build(where, kind.capitalize(), lambda path: define_shape(stage, kind, path, as_mesh), **shared)
    for prim, material in zip(prims, bound or (), strict=False):
        bind_material(prim, material)
    return prims


def _named(function: Any, kind: str, mesh_choice: bool) -> Any:
    function.__name__ = function.__qualname__ = kind
    choice = "    as_mesh: author a Mesh, not the UsdGeom primitive.\n" if mesh_choice else ""
    own = f"{choice}    material: material prim or path to bind.\n"
    function.__doc__ = f"Create {kind} prims, one metre in size.\n\nArgs:\n{COMMON}{own}"
    return function


def _shape(kind: str) -> Any:
    def with_choice(
        position: Any = None,
        scale: Any = None,
        rotation: Any = None,
        look_at: Any = None,
        look_at_up_axis: Any = None,
        pivot: Any = None,
        relative_to: Any = None,
        semantics: Any = None,
        visible: Any = True,
        as_mesh: bool = True,
        material: Any = None,
        name: Any = None,
        parent: Any = None,
        *,
        count: int = 1,
    ) -> list[Usd.Prim]:
        return _shapes(kind, {key: value for key, value in locals().items() if key != "kind"})

    return _named(with_choice, kind, True)


def _mesh_shape(kind: str) -> Any:
    def only_mesh(
        position: Any = None,
        scale: Any = None,
        rotation: Any = None,
        look_at: Any = None,
        look_at_up_axis: Any = None,
        pivot: Any = None,
        relative_to: Any = None,
        semantics: Any = None,
        visible: Any = True,
        material: Any = None,
        name: Any = None,
        parent: Any = None,
        *,
        count: int = 1,
    ) -> list[Usd.Prim]:
        return _shapes(kind, {key: value for key, value in locals().items() if key != "kind"})

    return _named(only_mesh, kind, False)


sphere, cube, cylinder, cone, capsule = (_shape(kind) for kind in ("sphere", "cube", "cylinder", "cone", "capsule"))
torus, disk, plane = (_mesh_shape(kind) for kind in ("torus", "disk", "plane"))


def xform(
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    pivot: Any = None,
    relative_to: Any = None,
    semantics: Any = None,
    visible: Any = True,
    name: Any = None,
    parent: Any = None,
    *,
    count: int = 1,
) -> list[Usd.Prim]:
    """Create empty Xforms (arguments as for the shapes)."""
    shared, _ = split(locals())
    stage = current_stage()
    return build("functional.create.xform", "Xform", lambda path: UsdGeom.Xform.Define(stage, path).GetPrim(), **shared)


def scope(
    name: Any = None, parent: Any = None, semantics: Any = None, visible: Any = True, *, count: int = 1
) -> list[Usd.Prim]:
    """Create Scopes: groups without a transform (arguments as for the shapes)."""
    shared, _ = split(locals())
    stage = current_stage()
    return build("functional.create.scope", "Scope", lambda path: UsdGeom.Scope.Define(stage, path).GetPrim(), **shared)


def reference(
    usd_path: Any = None,
    prim_path: Any = None,
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    pivot: Any = None,
    relative_to: Any = None,
    semantics: Any = None,
    visible: Any = True,
    name: Any = None,
    parent: Any = None,
    *,
    count: int = 1,
) -> list[Usd.Prim]:
    """Create references to a USD file or to a prim (other arguments as for the shapes).

    Args:
        usd_path: USD file; None refers to this stage.
        prim_path: prim of the file or stage to refer to; None is the file's default prim.

    Raises:
        FileNotFoundError: if the file cannot be read.
        ValueError: if neither is given, or there is no such prim.
    """
    where = "functional.create.reference"
    file, root = _reference_target(where, usd_path, prim_path)
    shared, _ = split(locals() | {"name": "Ref" if name is None else name})
    stage = current_stage()

    def define(path: str) -> Usd.Prim:
        prim = stage.DefinePrim(path)
        prim.GetReferences().AddReference(file, root)
        if not prim.IsA(UsdGeom.Imageable):
            prim.SetTypeName("Xform")
        return prim

    return build(where, "Ref", define, **shared)


def _reference_target(where: str, usd_path: Any, prim_path: Any) -> tuple[str, Sdf.Path]:
    if usd_path is None and prim_path is None:
        raise ValueError(f"{where}: usd_path and prim_path are both None; expected at least one of them")
    root = Sdf.Path() if prim_path is None else Sdf.Path(str(getattr(prim_path, "GetPath", lambda: prim_path)()))
    if usd_path is None:
        one_prim(where, str(root), "prim_path")
        return "", root
    if not isinstance(usd_path, str | Path) or not str(usd_path):
        raise fail(where, "usd_path", usd_path, "the path of a USD file", TypeError)
    try:
        layer = Sdf.Layer.FindOrOpen(str(usd_path))
    except Tf.ErrorException as error:
        raise fail(where, "usd_path", usd_path, f"a USD file that can be read ({error})") from error
    if layer is None:
        raise fail(where, "usd_path", usd_path, "the path of a USD file that can be read", FileNotFoundError)
    if not root.isEmpty and not layer.GetPrimAtPath(root):
        raise fail(where, "prim_path", prim_path, f"a prim of '{usd_path}'")
    return str(usd_path), root


def clone(
    source_path: Any,
    parent: Any = None,
    name: Any = None,
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    pivot: Any = None,
    relative_to: Any = None,
    semantics: Any = None,
    visible: Any = True,
    *,
    count: int = 1,
) -> list[Usd.Prim]:
    """Copy a prim and all below it, references kept (other arguments as for the shapes).

    Args:
        source_path: prim or path. Its name and parent are those of the copies unless others are given; its pose too.
    """
    where = "functional.create.clone"
    source = one_prim(where, source_path, "source_path")
    shared, _ = split(locals())
    if all(shared[key] is None for key in ("position", "scale", "rotation", "look_at", "pivot", "relative_to")):
        shared = {key: shared[key] for key in ("semantics", "visible", "name", "parent", "count")}
    if parent is None:
        shared["parent"] = str(source.GetParent().GetPath())
    return build(where, source.GetName(), lambda path: _copy(source, path), **shared)


def _copy(source: Usd.Prim, path: str) -> Usd.Prim:
    """Copy the opinions of every layer of the stage, the strongest winning."""
    stage, merged = source.GetStage(), Sdf.Layer.CreateAnonymous()
    for layer in stage.GetLayerStack():
        if layer.GetPrimAtPath(source.GetPath()):
            part = Sdf.Layer.CreateAnonymous()
            Sdf.CreatePrimInLayer(part, source.GetPath())
            Sdf.CopySpec(layer, source.GetPath(), part, source.GetPath())
            UsdUtils.StitchLayers(merged, part)
    layer = stage.GetEditTarget().GetLayer()
    Sdf.CreatePrimInLayer(layer, path)
    Sdf.CopySpec(merged, source.GetPath(), layer, path)
    return stage.GetPrimAtPath(path)
