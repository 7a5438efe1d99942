"""rep.create: prims authored at once, returned as graph items; distributions among the arguments become actions."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pxr import Sdf

from engine.assets import stand_in_for, unlabel_stand_in
from engine.graph.authoring import shared
from engine.graph.graph import current_stage, get_graph
from engine.graph.node import Node
from engine.graph.sources import Group
from engine.replicator import arguments as check
from engine.replicator.create_graph_materials import mdl_from_json
from engine.replicator.create_lights import light
from engine.replicator.create_materials import material_omnipbr
from engine.replicator.create_projections import mesh_decal, projection_material
from engine.replicator.create_rtx_sensors import omni_lidar, omni_radar
from engine.replicator.create_sensors import camera, render_product, render_product_tiled, stereo_camera
from engine.replicator.placing import POSE_KEYS, bind, item_of, label, new_xforms, place, show
from engine.replicator.utils.files import get_usd_files
from engine.replicator.utils.items import ReplicatorItem, ReplicatorWrapper, register_into


def make_shape(kind: str, as_mesh: bool, options: dict[str, Any]) -> Node:
    """Author the shapes of one `rep.create.<kind>` call."""
    where, stage = f"create.{kind}", current_stage()
    title = options["name"] or kind.capitalize()
    xforms = new_xforms(where, f"{title}_Xform", options["count"], options["parent"])
    shapes = [shared().define_shape(stage, kind, f"{x.GetPath()}/{title}", as_mesh=as_mesh) for x in xforms]
    place(where, xforms, look_at_up_axis=options["look_at_up_axis"], **{key: options[key] for key in POSE_KEYS})
    label(where, xforms, options["semantics"])
    show(where, xforms, options["visible"])
    bind(where, shapes, options["material"])
    return item_of(xforms)


def _shape(kind: str) -> Callable[..., ReplicatorItem]:
    def with_mesh(
        position: Any = None,
        scale: Any = None,
        pivot: Any = None,
        rotation: Any = None,
        look_at: Any = None,
        look_at_up_axis: Any = None,
        semantics: Any = None,
        material: Any = None,
        visible: Any = True,
        as_mesh: bool = True,
        count: int = 1,
        name: str | None = None,
        parent: Any = None,
    ) -> Any:
        options = dict(locals())
        return make_shape(kind, bool(options.pop("as_mesh")), {k: v for k, v in options.items() if k != "kind"})

    return _named(with_mesh, kind)


def _mesh_shape(kind: str) -> Callable[..., ReplicatorItem]:
    def only_mesh(
        position: Any = None,
        scale: Any = None,
        pivot: Any = None,
        rotation: Any = None,
        look_at: Any = None,
        look_at_up_axis: Any = None,
        semantics: Any = None,
        material: Any = None,
        visible: Any = True,
        count: int = 1,
        name: str | None = None,
        parent: Any = None,
    ) -> Any:
        options = dict(locals())
        return make_shape(kind, True, {k: v for k, v in options.items() if k != "kind"})

    return _named(only_mesh, kind)


def _named(function: Callable[..., Any], kind: str) -> Callable[..., ReplicatorItem]:
    function.__name__ = function.__qualname__ = kind
    function.__doc__ = (
        f"Create {kind} prims, each an Xform with a {kind.capitalize()} below it.\n\n"
        "Args:\n    position, scale, rotation, pivot, look_at, look_at_up_axis: as for `rep.modify.pose`.\n"
        '    semantics: {"class": "x"} or [("class", "x")].\n    material: item, path or distribution.\n'
        "    visible: bool or distribution.\n    count: prims to make.\n    name: name of the Xforms.\n"
        "    parent: prim to make them under."
    )
    return ReplicatorWrapper(function)


sphere, cube, cylinder, cone = (_shape(kind) for kind in ("sphere", "cube", "cylinder", "cone"))
torus, disk, plane = (_mesh_shape(kind) for kind in ("torus", "disk", "plane"))


@ReplicatorWrapper
def xform(
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    semantics: Any = None,
    visible: Any = True,
    count: int = 1,
    name: str | None = None,
    parent: Any = None,
) -> Any:
    """Create empty Xforms (arguments as for the shapes)."""
    where = "create.xform"
    prims = new_xforms(where, name or "Xform", count, parent)
    place(
        where,
        prims,
        position=position,
        scale=scale,
        rotation=rotation,
        look_at=look_at,
        look_at_up_axis=look_at_up_axis,
    )
    label(where, prims, semantics)
    show(where, prims, visible)
    return item_of(prims)


@ReplicatorWrapper
def from_usd(
    usd: Any,
    position: Any = None,
    scale: Any = None,
    rotation: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    semantics: Any = None,
    count: int = 1,
    name: str = "Ref",
    parent: Any = None,
) -> Any:
    """Create references to a USD file, each below an Xform (other arguments as for the shapes).

    Args:
        usd: path of a USD file.
    """
    where = "create.from_usd"
    if not isinstance(usd, str | Path) or not str(usd):
        raise check.fail(where, "usd", usd, "the path of a USD file", TypeError)
    if Sdf.Layer.FindOrOpen(str(usd)) is None:
        found = stand_in_for(str(usd))
        if found == str(usd):
            expected = "the path of a USD file that can be read (or --stand-ins for a box in its place)"
            raise check.fail(where, "usd", usd, expected, FileNotFoundError)
        usd = found
    prims = new_xforms(where, f"{name}_Xform", count, parent)
    for prim in prims:
        child = current_stage().DefinePrim(prim.GetPath().AppendChild(name))
        child.GetReferences().AddReference(str(usd))
        if semantics is not None:
            unlabel_stand_in(child)
    pose = {"position": position, "scale": scale, "rotation": rotation, "look_at": look_at}
    place(where, prims, look_at_up_axis=look_at_up_axis, **pose)
    label(where, prims, semantics)
    return item_of(prims)


@ReplicatorWrapper
def from_dir(dir_path: str, recursive: bool = False, path_filter: str | None = None, semantics: Any = None) -> Any:
    """Create a reference to every USD file of a folder and return them as a group."""
    files = get_usd_files(dir_path, recursive, path_filter)
    if not files:
        raise check.fail("create.from_dir", "dir_path", dir_path, "a folder that holds USD files")
    return Group(get_graph(), None, [from_usd(file, semantics=semantics).node for file in files])


@ReplicatorWrapper
def group(items: Any, semantics: Any = None, name: str | None = None) -> Any:
    """Gather items, prims or paths into one item."""
    if isinstance(items, str) or not isinstance(items, list | tuple):
        items = [items]
    if not items:
        raise check.fail("create.group", "items", items, "at least one item, prim or path")
    node = Group(get_graph(), name, items)
    if semantics is not None:
        label("create.group", [current_stage().GetPrimAtPath(path) for path in node.paths()], semantics)
    return node


def register(fn: Callable[..., Any], override: bool = True, fn_name: str | None = None) -> None:
    """Add `fn` as `rep.create.<name>`."""
    register_into(sys.modules[__name__], fn, override, fn_name)


def __getattr__(name: str) -> Any:
    if name == "tiled_sensor":
        raise AttributeError(
            "rep.create.tiled_sensor is not in the embedded engine; use rep.create.render_product_tiled"
        )
    raise AttributeError(f"rep.create has no '{name}'; see docs/parity.md for what the embedded engine has")


__all__ = ["camera", "cone", "cube", "cylinder", "disk", "from_dir", "from_usd", "group", "light", "material_omnipbr"]
__all__ += ["plane", "register", "render_product", "render_product_tiled", "sphere", "stereo_camera", "torus", "xform"]
__all__ += ["mdl_from_json", "mesh_decal", "omni_lidar", "omni_radar", "projection_material"]
