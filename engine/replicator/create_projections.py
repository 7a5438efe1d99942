"""rep.create.projection_material and mesh_decal: images laid on part of a surface."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Sdf, Usd, UsdGeom, UsdShade

from engine.graph import projections
from engine.graph.authoring import shared
from engine.graph.graph import Clock, current_stage, get_graph
from engine.graph.looks import drop_instancing
from engine.graph.node import resolve_paths
from engine.graph.projecting import PROXY
from engine.graph.turns import matrices_from_euler
from engine.replicator import arguments as check
from engine.replicator.placing import item_of, label
from engine.replicator.utils.items import ReplicatorWrapper

DECALS = "Decals"


def _existing(where: str, argument: str, value: Any) -> list[Usd.Prim]:
    """Return the prims an argument names.

    Raises:
        ValueError: if it names none, or one that is not there.
    """
    stage, found = current_stage(), []
    for path in resolve_paths(check.source(value)):
        prim = stage.GetPrimAtPath(path) if Sdf.Path.IsValidPathString(path)[0] and path.startswith("/") else None
        if not prim:
            raise check.fail(where, argument, path, "an item, or the path of an existing prim")
        found.append(prim)
    if not found:
        raise check.fail(where, argument, value, "at least one prim")
    return found


@ReplicatorWrapper
def projection_material(
    proxy_prim: Any,
    semantics: Any = None,
    material: Any = None,
    offset_scale: float = 0.01,
    input_prims: Any = None,
    name: str | None = None,
) -> Any:
    """Project an image onto prims, along the X axis of a proxy, over the part of their surface in the proxy's box.

    The projection is a mesh `<target>/Projection/<proxy>` that follows the proxy and the target. Its image is set with
    `rep.modify.projection_material`; where the image is transparent the target shows.

    Args:
        proxy_prim: prims whose place and size are the projectors'; mostly invisible cubes.
        semantics: labels of the projections.
        material: material to bind instead of the projection's own: item or path.
        offset_scale: distance of the projection above the surface, centimetres.
        input_prims: prims to project on; None takes those of `with item:`.
        name: name of the node.
    """
    where = "create.projection_material"
    offset = float(check.number(where, "offset_scale", offset_scale, 0))
    proxies = _existing(where, "proxy_prim", proxy_prim)
    bound = _existing(where, "material", material)[0] if material is not None else None
    graph, made = get_graph(), []
    for target in _existing(where, "input_prims", input_prims):
        drop_instancing(target)
        for proxy in proxies:
            node = projections.Projection(graph, name, str(target.GetPath()), str(proxy.GetPath()), offset)
            made.append(current_stage().GetPrimAtPath(node.path))
    for prim in made if bound else ():
        shared().bind_material(prim, bound)
    label(where, made, semantics)
    graph.settle(Clock())
    return item_of(made)


def create_mesh_decal(
    prim_path: Any,
    decal_path: Any = None,
    material_path: Any = None,
    texture_group: Any = None,
    diffuse: str | None = None,
    normal: str | None = None,
    roughness: str | None = None,
    metallic: str | None = None,
    opacity: str | None = None,
    position: Any = (0.0, 0.0, 0.0),
    rotation: Any = (0.0, 0.0, 0.0),
    scale: Any = (1.0, 1.0, 1.0),
    offset_normal: float = 0.1,
    offset_depth: float = 0.0,
) -> str:
    """Lay a decal on a prim's surface and return its path.

    Args:
        prim_path: prim or path of what it lies on.
        decal_path: a decal to make anew; None makes another, `<prim>/Decals/Decal`.
        material_path: material to bind instead of the decal's own.
        texture_group, diffuse, normal, roughness, metallic, opacity: texture files, see
            `rep.modify.projection_material`; opacity is a mask.
        position: of the decal's box, world, stage units.
        rotation: of the box, XYZ degrees; the image is projected along its X axis.
        scale: edges of the box, metres.
        offset_normal: distance of the decal above the surface, centimetres.
        offset_depth: how far the box is moved along its X axis, centimetres.
    """
    where, stage = "create_mesh_decal", current_stage()
    target = _existing(where, "prim_path", prim_path)[0]
    drop_instancing(target)
    metre = 1.0 / UsdGeom.GetStageMetersPerUnit(stage)
    rows = {"position": position, "rotation": rotation, "scale": scale}
    rows = {key: np.broadcast_to(check.vector(where, key, value), (3,)).astype(float) for key, value in rows.items()}
    turn = matrices_from_euler("XYZ", rows["rotation"][None])[0]
    box = np.eye(4)
    box[:3, :3] = turn * (rows["scale"] * metre)
    depth = float(check.number(where, "offset_depth", offset_depth)) * projections.CENTIMETRE * metre
    box[:3, 3] = rows["position"] + turn[:, 0] * depth
    offset = float(check.number(where, "offset_normal", offset_normal, 0)) * projections.CENTIMETRE * metre
    patch = projections.patch_on(target, box, offset)
    files = projections.grouped(texture_group) if texture_group else {}
    named = {"diffuse": diffuse, "normal": normal, "roughness": roughness, "metallic": metallic, "opacity": opacity}
    files |= {key: str(file) for key, file in named.items() if file is not None}
    prim = _decal(target, str(decal_path) if decal_path is not None else None)
    projections.write_patch(prim, patch)
    if material_path is not None:
        shared().bind_material(prim, _existing(where, "material_path", material_path)[0])
    elif not UsdShade.MaterialBindingAPI(prim).GetDirectBinding().GetMaterial():
        shared().bind_material(prim, projections.define_look(stage))
    if files:
        look, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
        projections.write_textures(look.GetPrim(), files)
    return str(prim.GetPath())


def _decal(target: Usd.Prim, path: str | None) -> Usd.Prim:
    """Return the decal's Mesh below its target, made where it is missing."""
    stage = target.GetStage()
    if path is None:
        folder = f"{target.GetPath()}/{DECALS}"
        UsdGeom.Scope.Define(stage, folder)
        path = shared().free_path(stage, folder, "Decal")
    prim = projections.define_patch(stage, path)
    prim.CreateRelationship(PROXY)
    return prim


@ReplicatorWrapper
def mesh_decal(semantics: Any = None, input_prims: Any = None, name: str | None = None, **options: Any) -> Any:
    """Lay a decal on prims (other arguments as for `rep.create_mesh_decal`).

    Args:
        semantics: labels of the decals.
        input_prims: prims to lay it on; None takes those of `with item:`.
        name: accepted.
        **options: arguments of `rep.create_mesh_decal`, `prim_path` aside.
    """
    where = "create.mesh_decal"
    targets = _existing(where, "input_prims", input_prims)
    made = [current_stage().GetPrimAtPath(create_mesh_decal(target.GetPath(), **options)) for target in targets]
    label(where, made, semantics)
    return item_of(made)
