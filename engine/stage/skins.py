"""Prims that a skeleton deforms: what binds them, and their geometry in a pose."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64
from pxr import Usd, UsdGeom, UsdSkel

from engine.stage.complaints import Complaints
from engine.stage.geometry import Geometry
from engine.stage.joint_poses import columns
from engine.stage.meshes import smooth_normals, unit
from engine.stage.scene import Matrix
from engine.stage.skinning import (
    Influences,
    Matrices,
    Target,
    add_offsets,
    shape_weights,
    skinned,
    skinned_normals,
)


@dataclass(frozen=True, eq=False)
class Binding:
    """What deforms a prim.

    Attributes:
        influences: None where only blend shapes do.
        joints: number in the skeleton of each joint that the influences count.
        bind: (4, 4) the prim's points to the skeleton's bind pose.
        shapes: targets of each blend shape by name.
    """

    influences: Influences | None
    joints: np.ndarray
    bind: Matrix
    shapes: dict[str, tuple[Target, ...]]


def read_binding(
    query: UsdSkel.SkinningQuery, order: tuple[str, ...], points: int, complaints: Complaints
) -> Binding | None:
    """Read what binds a prim; None, with a warning where it is broken, if nothing deforms it.

    Args:
        query: the prim's, fresh.
        order: joints of its skeleton.
        points: how many the prim has.
        complaints: where warnings go.
    """
    prim, place = query.GetPrim(), {name: number for number, name in enumerate(order)}
    shapes = _read_shapes(prim, points, complaints) if query.HasBlendShapes() and prim.IsA(UsdGeom.PointBased) else {}
    influences = _read_influences(query, points, complaints) if query.HasJointInfluences() else None
    own = query.GetJointOrder()
    names = order if own is None else tuple(str(name) for name in own)
    joints = np.array([place.get(name, -1) for name in names], np.int64)
    if influences is not None:
        last = int(influences.joints.max(initial=-1))
        if influences.joints.min(initial=0) < 0 or last >= len(joints) or (joints[influences.joints] < 0).any():
            complaints.warn(
                f"{prim.GetPath()}: no joint moves it: its jointIndices reach to {last} and it knows {len(joints)} "
                "joints; expected joints of its skeleton"
            )
            influences = None
    if influences is None and not shapes:
        return None
    return Binding(influences, joints, columns(query.GetGeomBindTransform())[0], shapes)


def _read_influences(query: UsdSkel.SkinningQuery, points: int, complaints: Complaints) -> Influences | None:
    found = query.ComputeJointInfluences()
    joints, weights = (np.asarray(array) for array in found) if found else (np.empty(0), np.empty(0))
    each = query.GetNumInfluencesPerComponent()
    expected = each * (1 if query.IsRigidlyDeformed() else points)
    if not each or len(joints) != expected or len(weights) != expected or not np.isfinite(weights).all():
        complaints.warn(
            f"{query.GetPrim().GetPath()}: no joint moves it: it has {len(joints)} jointIndices and {len(weights)} "
            f"jointWeights; expected {expected} of each, {each} for each of {points} points"
        )
        return None
    dual = str(query.GetSkinningMethod()) == "dualQuaternion"
    return Influences(joints.reshape(-1, each), weights.reshape(-1, each).astype(np.float64), dual)


def _read_shapes(prim: Usd.Prim, points: int, complaints: Complaints) -> dict[str, tuple[Target, ...]]:
    binding = UsdSkel.BindingAPI(prim)
    names = binding.GetBlendShapesAttr().Get() or ()
    targets = binding.GetBlendShapeTargetsRel().GetForwardedTargets()
    found = {}
    for name, path in zip(names, targets, strict=False):
        shape = UsdSkel.BlendShape(prim.GetStage().GetPrimAtPath(path))
        made = _targets(shape, points) if shape else ()
        if made:
            found[str(name)] = made
        else:
            complaints.warn(
                f"{prim.GetPath()}: blend shape '{name}' is left out: '{path}' has no offsets that fit its {points} "
                "points; expected a BlendShape with one offset a point or a pointIndex"
            )
    return found


def _targets(shape: UsdSkel.BlendShape, points: int) -> tuple[Target, ...]:
    """Read a blend shape's targets by weight; () if one does not fit."""
    indices = shape.GetPointIndicesAttr().Get()
    chosen = np.asarray(indices, np.int32) if indices else None
    count = points if chosen is None else len(chosen)
    if chosen is not None and (chosen.min() < 0 or chosen.max() >= points):
        return ()
    made = []
    for source, weight in [(shape, 1.0), *((i, i.GetWeight()) for i in shape.GetInbetweens())]:
        whole = source is shape
        offsets = np.asarray((source.GetOffsetsAttr().Get() if whole else source.GetOffsets()) or (), np.float64)
        turns = (source.GetNormalOffsetsAttr().Get() if whole else source.GetNormalOffsets()) or ()
        if len(offsets) != count or weight is None or (weight in (0.0, 1.0) and not whole):
            return ()
        normals = np.asarray(turns, np.float64) if len(turns) == count else None
        made.append(Target(float(weight), offsets, normals, chosen))
    return tuple(made)


def deformed(
    rest: Geometry, binding: Binding, matrices: Matrices, weights: dict[str, float], time: Usd.TimeCode
) -> Geometry:
    """Return a prim's geometry in a pose.

    Args:
        rest: the prim as authored.
        binding: what deforms it.
        matrices: (j, 4, 4) bind pose to the prim's frame, of each joint of the skeleton.
        weights: of blend shapes by name.
        time: when.
    """
    points, topology = _cage(rest, time), rest.topology
    shapes = [
        pair for name, t in binding.shapes.items() if weights.get(name) for pair in shape_weights(weights[name], t)
    ]
    cage = add_offsets(points, shapes)
    normals = rest.normals
    if normals is not None and not rest.smooth and any(target.normals is not None for target, _ in shapes):
        normals = normals + add_offsets(np.zeros_like(cage), shapes, normals=True)[topology.triangles]
    if binding.influences is not None:
        joints = matrices[binding.joints] @ binding.bind
        cage = skinned(cage, joints, binding.influences)
        if normals is not None and not rest.smooth:
            normals = skinned_normals(normals, topology.triangles, joints, binding.influences)
    moved = cage if topology.weights is None else topology.weights.from_points @ cage
    moved = np.ascontiguousarray(moved, np.float32)
    if rest.smooth:
        normals = smooth_normals(moved, topology.triangles)[topology.triangles]
    elif normals is not None:
        normals = unit(np.asarray(normals, np.float32), moved, topology.triangles)
    return replace(rest, points=moved, normals=normals, time=time, _meshes={}, _warmer={})


def _cage(rest: Geometry, time: Usd.TimeCode) -> Float64[np.ndarray, "n 3"]:
    """Return the points that influences count: those of the mesh before it was refined."""
    if rest.topology.weights is None:
        return rest.points.astype(np.float64)
    return np.asarray(UsdGeom.Mesh(rest.prim).GetPointsAttr().Get(time), np.float64)
