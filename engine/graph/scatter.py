"""Scatter and rotation randomizers: actions that place prims on surfaces, in volumes, and turn them."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float
from pxr import Usd, UsdGeom

from engine.carb.logging import log_warn
from engine.graph.graph import Moment
from engine.graph.node import resolve_paths
from engine.graph.point_poses import InstanceHandle
from engine.graph.pose import PURPOSES, existing, handles_at, parent_frames
from engine.graph.projecting import PROXY
from engine.graph.sampling import SeededNode
from engine.graph.surface import Boxes, box_sampler, place_prims, surface_sampler, volume_sampler

Triangles = Float[np.ndarray, "m 3 3"]


def fan(counts: Any, indices: Any, faces: Any = None) -> Any:
    """Return (m, 3) vertex indices of polygons split into fans.

    Args:
        counts: corners of each face.
        indices: vertex of each corner.
        faces: faces wanted; None means all.
    """
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    chosen = range(len(counts)) if faces is None else faces
    corners = [(starts[f], starts[f] + k, starts[f] + k + 1) for f in chosen for k in range(1, counts[f] - 1)]
    return np.asarray(indices)[np.array(corners, dtype=np.int64).reshape(-1, 3)]


def local_triangles(prim: Usd.Prim) -> Triangles | None:
    """Return the triangles of a Mesh or GeomSubset in its own frame, None for other prims."""
    subset = UsdGeom.Subset(prim) if prim.IsA(UsdGeom.Subset) else None
    mesh = UsdGeom.Mesh(prim.GetParent() if subset else prim)
    if not mesh:
        return None
    points = np.asarray(mesh.GetPointsAttr().Get() or np.empty((0, 3)), dtype=np.float64)
    counts = np.asarray(mesh.GetFaceVertexCountsAttr().Get() or [], dtype=np.int64)
    faces = np.asarray(subset.GetIndicesAttr().Get()) if subset else None
    return points[fan(counts, mesh.GetFaceVertexIndicesAttr().Get() or [], faces)]


def world_triangles(moment: Moment, cache: dict[Any, Any], paths: list[str]) -> list[Triangles]:
    """Return the world triangles of every mesh at or below `paths`, one array a mesh."""
    frames = UsdGeom.XformCache(Usd.TimeCode.Default())
    found = []
    for path in paths:
        root = existing(moment, path)
        meshes = [root] if root.IsA(UsdGeom.Subset) else [p for p in Usd.PrimRange(root) if p.IsA(UsdGeom.Mesh)]
        meshes = [prim for prim in meshes if not prim.HasRelationship(PROXY)]  # projections lie on the surface itself
        for prim in meshes:
            key = ("triangles", str(prim.GetPath()))
            if key not in cache:
                cache[key] = local_triangles(prim)
            matrix = np.asarray(frames.GetLocalToWorldTransform(prim))
            found.append(cache[key] @ matrix[:3, :3] + matrix[3, :3])
    return [t for t in found if len(t)]


def world_boxes(moment: Moment, paths: list[str], relative: bool) -> Boxes:
    """Return the world boxes of prims, relative to their own origins where asked."""
    boxes = UsdGeom.BBoxCache(Usd.TimeCode.Default(), PURPOSES)
    frames = UsdGeom.XformCache(Usd.TimeCode.Default())
    low, high = np.zeros((len(paths), 3)), np.zeros((len(paths), 3))
    for i, path in enumerate(paths):
        prim = existing(moment, path)
        box = boxes.ComputeWorldBound(prim).ComputeAlignedRange()
        origin = np.array(frames.GetLocalToWorldTransform(prim).ExtractTranslation()) if relative else np.zeros(3)
        if not box.IsEmpty():
            low[i], high[i] = np.array(box.GetMin()) - origin, np.array(box.GetMax()) - origin
    return Boxes(low, high)


def boxes_about(moment: Moment, handles: list[Any]) -> Boxes:
    """Return the boxes of what is placed, about its own place: world axes, for a point instance those of its prim."""
    prims = [str(handle.prim.GetPath()) for handle in handles]
    if not any(isinstance(handle, InstanceHandle) for handle in handles):
        return world_boxes(moment, prims, relative=True)
    found = []
    for handle, path in zip(handles, prims, strict=True):
        if isinstance(handle, InstanceHandle):
            found.append(handle.box())
        else:
            one = world_boxes(moment, [path], relative=True)
            found.append((one.low[0], one.high[0]))
    return Boxes(np.array([low for low, _ in found]), np.array([high for _, high in found]))


class ScatterNode(SeededNode):
    """Base of both scatter actions."""

    def run(self, moment: Moment) -> None:
        """Place every target."""
        paths = self.targets(moment)
        if not paths or not self.has_place(moment):
            return
        moment.edits.flush()
        low = np.array([-np.inf if v is None else v for v in self.inputs["minSamp"]], dtype=np.float64)
        high = np.array([np.inf if v is None else v for v in self.inputs["maxSamp"]], dtype=np.float64)
        apart = bool(self.inputs["checkForCollisions"])
        handles = handles_at(moment, paths, self.graph.cache)
        boxes = boxes_about(moment, handles)
        obstacles = world_boxes(moment, resolve_paths(self.inputs.get("noCollPrims"), moment), relative=False)
        places = place_prims(self.sampler(moment, low, high), self.generator, boxes, (low, high), obstacles, apart)
        inverse = np.linalg.inv(parent_frames(moment, handles))
        local = np.einsum("nij,nj->ni", inverse, np.concatenate([places, np.ones((len(places), 1))], axis=1))
        for handle, row in zip(handles, local[:, :3], strict=True):
            handle.set_translate(moment.edits, row)

    def has_place(self, moment: Moment) -> bool:
        """Tell whether there is somewhere to place things."""
        return True

    def sampler(self, moment: Moment, low: Any, high: Any) -> Any:
        """Return the sampler of candidate places."""
        raise TypeError(f"node '{self.name}' of type {self.type_name} samples nothing; expected a scatter node")

    def meshes(self, moment: Moment, key: str) -> list[Triangles]:
        """Return the world triangles behind an input.

        Raises:
            ValueError: if prims are given but none of them is or holds a mesh.
        """
        paths = resolve_paths(self.inputs.get(key), moment)
        found = world_triangles(moment, self.graph.cache, paths)
        if not found and paths:
            raise ValueError(f"{self.name}: prims {', '.join(paths)} hold no mesh; expected Mesh or GeomSubset prims")
        return found


class Scatter2D(ScatterNode):
    """rep.randomizer.scatter_2d: area-weighted places on surfaces."""

    type_name = "omni.replicator.core.OgnScatter2D"

    def has_place(self, moment: Moment) -> bool:
        """Tell whether there is a surface; a search that found none is said."""
        if resolve_paths(self.inputs.get("surfacePrims"), moment):
            return True
        log_warn("randomizer.scatter_2d: surface_prims holds no prims; expected meshes, the prims stay where they are")
        return False

    def sampler(self, moment: Moment, low: Any, high: Any) -> Any:
        """Return a sampler over all surfaces together."""
        return surface_sampler(np.concatenate(self.meshes(moment, "surfacePrims")), float(self.inputs["offset"]))


class Scatter3D(ScatterNode):
    """rep.randomizer.scatter_3d: places in closed meshes, or in the box of min_samp and max_samp."""

    type_name = "omni.replicator.core.OgnScatter3D"

    def sampler(self, moment: Moment, low: Any, high: Any) -> Any:
        """Return a sampler over the volumes."""
        volumes = self.meshes(moment, "volumePrims")
        excluded = self.meshes(moment, "volumeExclPrims")
        if volumes:
            return volume_sampler(volumes, excluded, bool(self.inputs["preventVolOverlap"]))
        return box_sampler(low, high)


class RotationNode(SeededNode):
    """rep.randomizer.rotation: uniform random orientations, kept inside a range of Euler angles.

    Draws outside the range are drawn again, up to 100 times; what is still outside is scaled into it. The angles are
    those of turns about the moving axes, though the prim's rotateXYZ takes them about fixed ones: so does Replicator
    (`_out_augm_annot_*/annot_rgb_1.png` of Isaac Sim 6.2). A uniform orientation stays one.
    """

    type_name = "omni.replicator.core.OgnSampleRotation"

    def run(self, moment: Moment) -> None:
        """Turn every target."""
        handles = handles_at(moment, self.targets(moment), self.graph.cache)
        for handle, euler in zip(handles, self.angles(len(handles)), strict=True):
            handle.set_rotation(moment.edits, euler)

    def angles(self, count: int) -> Float[np.ndarray, "n 3"]:
        """Draw `count` XYZ Euler angles, degrees."""
        low, high = np.asarray(self.inputs["minAngle"]), np.asarray(self.inputs["maxAngle"])
        generator = self.generator
        from scipy.spatial.transform import Rotation  # half a second of import, for this node alone

        angles = Rotation.random(count, random_state=generator).as_euler("XYZ", degrees=True)
        for _ in range(100):
            outside = ((angles < low) | (angles > high)).any(axis=1)
            if not outside.any():
                return angles
            fresh = Rotation.random(int(outside.sum()), random_state=generator)
            angles[outside] = fresh.as_euler("XYZ", degrees=True)
        outside = ((angles < low) | (angles > high)).any(axis=1)
        full = np.array([180.0, 90.0, 180.0])
        angles[outside] = low + (angles[outside] + full) / (2 * full) * (high - low)
        return angles
