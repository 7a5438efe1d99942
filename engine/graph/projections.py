"""Images projected onto prims: the part of a prim's surface in a box, as a mesh of its own just above it."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, Vt

from engine.graph.attributes import typed
from engine.graph.authoring import shared
from engine.graph.graph import Graph, Moment, current_stage
from engine.graph.node import Node
from engine.graph.pose import PURPOSES, existing, rows_of
from engine.graph.projecting import PROXY, Patch, project
from engine.graph.sampling import objects
from engine.graph.xform_ops import handle_of
from engine.stage.complaints import Complaints
from engine.stage.meshes import read_geometry

FOLDER = "Projection"
LOOKS, MATERIAL = "/Looks", "ProjectPBRMaterial"
CENTIMETRE = 0.01
CLEARANCE = 2e-4  # metres, and as much a metre from the origin: less and rays through clear parts miss what is below
TEXTURES = {
    "diffuse": ("diffuse_texture",),
    "normal": ("normalmap_texture",),
    "roughness": ("reflectionroughness_texture",),
    "metallic": ("metallic_texture",),
    "opacity": ("opacity_texture",),
}
GROUPED = {  # words in the names of files of a texture group, and their one-letter endings
    "normal": ("normal", "_n"),
    "roughness": ("rough", "_r"),
    "metallic": ("metal", "_m"),
    "opacity": ("opacity", "mask", "_o"),
}
Matrix = Float[np.ndarray, "4 4"]


def world_matrix(prim: Usd.Prim) -> Matrix:
    """Return world_from_prim, column vectors, stage units."""
    return np.asarray(UsdGeom.XformCache(Usd.TimeCode.Default()).GetLocalToWorldTransform(prim)).T


def box_of(prim: Usd.Prim) -> Matrix:
    """Return world_from_box: the unit cube round the origin onto a prim's own box, a metre's cube where it has none."""
    bounds = UsdGeom.BBoxCache(Usd.TimeCode.Default(), PURPOSES, False, True)  # a proxy is often invisible
    box = bounds.ComputeUntransformedBound(prim).ComputeAlignedRange()
    metre = 1.0 / UsdGeom.GetStageMetersPerUnit(prim.GetStage())
    size = np.full(3, metre) if box.IsEmpty() else np.array(box.GetSize())
    fit = np.eye(4)
    fit[:3, :3] = np.diag(np.maximum(size, 1e-6 * metre))
    fit[:3, 3] = np.zeros(3) if box.IsEmpty() else np.array(box.GetMidpoint())
    return world_matrix(prim) @ fit


def surfaces(target: Usd.Prim) -> list[tuple[Usd.Prim, Any, Any]]:
    """Return (prim, corner points, corner normals or None) of everything drawn at or below a prim, its own frame.

    Raises:
        ValueError: if nothing is drawn there.
    """
    found = []
    walk = iter(Usd.PrimRange(target))
    for prim in walk:
        if prim.GetRelationship(PROXY) or prim.GetName() == FOLDER:
            walk.PruneChildren()
        elif prim.IsA(UsdGeom.Gprim):
            geometry = read_geometry(prim, Usd.TimeCode.Default(), Complaints())
            if geometry is not None:
                points = geometry.points.astype(np.float64)[geometry.topology.triangles]
                found.append((prim, points, geometry.normals))
    if not found:
        raise ValueError(f"prim '{target.GetPath()}' holds no mesh to project on; expected a prim that holds one")
    return found


def patch_on(target: Usd.Prim, world_from_box: Matrix, offset: float) -> Patch:
    """Return what of a prim's surfaces lies in a box, in the prim's frame, `offset` stage units or more above them."""
    parts, world_from_target = [], world_matrix(target)
    metre = 1.0 / UsdGeom.GetStageMetersPerUnit(target.GetStage())
    farthest = np.abs(world_from_box[:3, 3]).max() + np.abs(world_from_box[:3, :3]).sum(axis=1).max()
    offset = max(offset, CLEARANCE * (metre + float(farthest)))
    for prim, points, normals in surfaces(target):
        target_from_mesh = np.linalg.inv(world_from_target) @ world_matrix(prim)
        patch = project(points, normals, np.linalg.inv(world_from_box) @ world_matrix(prim))
        turned = patch.normals @ np.linalg.inv(target_from_mesh[:3, :3])
        turned /= np.maximum(np.linalg.norm(turned, axis=2, keepdims=True), 1e-300)
        placed = patch.points @ target_from_mesh[:3, :3].T + target_from_mesh[:3, 3]
        inverse = np.linalg.inv(world_from_target[:3, :3])
        outward = turned @ inverse
        outward /= np.maximum(np.linalg.norm(outward, axis=2, keepdims=True), 1e-300)
        parts.append(Patch(placed + offset * outward @ inverse.T, turned, patch.uvs))
    return Patch(*(np.concatenate([getattr(p, key) for p in parts]) for key in ("points", "normals", "uvs")))


def write_patch(prim: Usd.Prim, patch: Patch) -> None:
    """Write a patch as the triangles of a Mesh; an empty one is hidden."""
    mesh, count = UsdGeom.Mesh(prim), len(patch.points)
    points = patch.points.reshape(-1, 3).astype(np.float32)
    normals = np.ascontiguousarray(patch.normals.reshape(-1, 3), np.float32)
    uvs = UsdGeom.PrimvarsAPI(prim).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, "faceVarying")
    with Sdf.ChangeBlock():
        mesh.GetPointsAttr().Set(Vt.Vec3fArray.FromNumpy(points))
        mesh.GetFaceVertexCountsAttr().Set(Vt.IntArray.FromNumpy(np.full(count, 3, np.int32)))
        mesh.GetFaceVertexIndicesAttr().Set(Vt.IntArray.FromNumpy(np.arange(3 * count, dtype=np.int32)))
        mesh.GetNormalsAttr().Set(Vt.Vec3fArray.FromNumpy(normals))
        uvs.Set(Vt.Vec2fArray.FromNumpy(np.ascontiguousarray(patch.uvs.reshape(-1, 2), np.float32)))
        if count:
            corners = [Gf.Vec3f(*points.min(0).tolist()), Gf.Vec3f(*points.max(0).tolist())]
            mesh.GetExtentAttr().Set(corners)
        token = UsdGeom.Tokens.inherited if count else UsdGeom.Tokens.invisible
        mesh.GetVisibilityAttr().Set(token)


def define_patch(stage: Usd.Stage, path: str) -> Usd.Prim:
    """Author the Mesh that a patch will be written to."""
    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.faceVarying)
    mesh.CreateDoubleSidedAttr(True)
    for create in (mesh.CreatePointsAttr, mesh.CreateFaceVertexCountsAttr, mesh.CreateFaceVertexIndicesAttr):
        create()
    mesh.CreateExtentAttr()
    mesh.CreateVisibilityAttr()
    return mesh.GetPrim()


def define_look(stage: Usd.Stage) -> Usd.Prim:
    """Author the material of a projection: an OmniPBR cut out where its texture is transparent."""
    UsdGeom.Scope.Define(stage, LOOKS)
    path = shared().free_path(stage, LOOKS, MATERIAL)
    return shared().define_omnipbr(stage, path, enable_opacity=True, opacity_threshold=0.5)


def write_textures(material: Usd.Prim, files: dict[str, str]) -> None:
    """Write the texture files of a projection's material; the diffuse one's alpha cuts it out where no other does."""
    shader = UsdShade.Shader(next(p for p in Usd.PrimRange(material) if p.IsA(UsdShade.Shader)))
    values: dict[str, Any] = {name: file for kind, file in files.items() for name in TEXTURES[kind]}
    if "opacity" in files:
        values |= {"enable_opacity_texture": True, "opacity_mode": 1}
    elif "diffuse" in files:
        values |= {"enable_opacity_texture": True, "opacity_mode": 0, "opacity_texture": files["diffuse"]}
    for name, value in values.items():
        kind = {bool: Sdf.ValueTypeNames.Bool, int: Sdf.ValueTypeNames.Int}.get(type(value), Sdf.ValueTypeNames.Asset)
        attribute = shader.GetInput(name) or shader.CreateInput(name, kind)
        attribute.Set(typed(value, str(kind)))


def grouped(files: Any) -> dict[str, str]:
    """Tell by their names which textures the files of a group are."""
    found: dict[str, str] = {}
    for file in [files] if isinstance(files, str) else files:
        stem = str(file).replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
        kinds = [kind for kind, words in GROUPED.items() if any(w in stem[1:] for w in words[:-1])]
        kinds = kinds or [kind for kind, words in GROUPED.items() if stem.endswith(words[-1])]
        found[kinds[0] if kinds else "diffuse"] = str(file)
    return found


class Projection(Node):
    """rep.create.projection_material: keeps one projection where its proxy is."""

    type_name = "omni.replicator.core.OgnProjectionMaterial"

    def __init__(self, graph: Graph, name: str | None, target: str, proxy: str, offset: float) -> None:
        super().__init__(graph, name, target=target, proxy=proxy, offset=offset)
        self._seen: list[Matrix] = []
        stage = current_stage()
        UsdGeom.Scope.Define(stage, f"{target}/{FOLDER}")
        self.path = shared().free_path(stage, f"{target}/{FOLDER}", Sdf.Path(proxy).name)
        prim = define_patch(stage, self.path)
        prim.CreateRelationship(PROXY).SetTargets([Sdf.Path(proxy)])
        shared().bind_material(prim, define_look(stage))
        graph.followers.append(self)

    def run(self, moment: Moment) -> None:
        """Project anew if the proxy or the target has moved, or their sizes have changed."""
        target, proxy, prim = (moment.stage.GetPrimAtPath(p) for p in (*self._ends(), self.path))
        if not (target and proxy and prim):
            return
        seen = [world_matrix(target), box_of(proxy)]
        if self._seen and all(np.array_equal(a, b) for a, b in zip(seen, self._seen, strict=True)):
            return
        self._seen = seen
        unit = CENTIMETRE / UsdGeom.GetStageMetersPerUnit(moment.stage)
        write_patch(prim, patch_on(target, seen[1], float(self.inputs["offset"]) * unit))
        _publish(prim, seen[1])

    def _ends(self) -> tuple[str, str]:
        return str(self.inputs["target"]), str(self.inputs["proxy"])


def _publish(prim: Usd.Prim, world_from_box: Matrix) -> None:
    """Write where the projector is as Replicator's own materials read it: primvars of the projection."""
    size = np.linalg.norm(world_from_box[:3, :3], axis=0)
    turn = Gf.Matrix3d(*(world_from_box[:3, :3] / size).T.ravel().tolist()).ExtractRotation().GetQuat()
    names, primvars = Sdf.ValueTypeNames, UsdGeom.PrimvarsAPI(prim)
    quat = Gf.Vec4f(*turn.GetImaginary(), turn.GetReal())
    primvars.CreatePrimvar("projection_position", names.Float3).Set(Gf.Vec3f(*world_from_box[:3, 3].tolist()))
    primvars.CreatePrimvar("projection_quat", names.Float4).Set(quat)
    primvars.CreatePrimvar("projection_scale", names.Float3).Set(Gf.Vec3f(*size.tolist()))


class ModifyProjection(Node):
    """rep.modify.projection_material: new textures, and a new place of the proxy."""

    type_name = "omni.replicator.core.OgnModifyProjectionMaterial"

    def run(self, moment: Moment) -> None:
        """Write one sample of every input to every projection.

        Raises:
            ValueError: if a prim is no projection.
        """
        paths = self.targets(moment)
        poses = {key: self.inputs[key] for key in ("position", "rotation", "scale") if self.inputs.get(key) is not None}
        rows = {key: rows_of(value, moment, len(paths)) for key, value in poses.items()}
        columns = {
            key: objects(self.inputs[key], moment, len(paths))
            for key in ("texture_group", *TEXTURES)
            if self.inputs.get(key) is not None
        }
        for index, path in enumerate(paths):
            prim = existing(moment, path)
            proxies = prim.GetRelationship(PROXY).GetTargets() if prim.HasRelationship(PROXY) else []
            if not proxies:
                raise ValueError(
                    f"modify.projection_material: '{path}' is no projection; expected what "
                    "rep.create.projection_material returned"
                )
            for key, values in rows.items():
                self._move(moment, str(proxies[0]), key, values[index])
            files = grouped(columns["texture_group"][index]) if "texture_group" in columns else {}
            files |= {key: str(column[index]) for key, column in columns.items() if key != "texture_group"}
            material, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
            write_textures(material.GetPrim(), files)

    def _move(self, moment: Moment, proxy: str, key: str, row: Any) -> None:
        handle = handle_of(existing(moment, proxy), self.graph.cache)
        if key == "position":
            handle.set_translate(moment.edits, row)
        elif key == "rotation":
            handle.set_rotation(moment.edits, row)
        else:
            handle.set_scale(moment.edits, row)
