"""Poses written straight to prims: translate, orient and scale ops, Euler angles, look-at and pivots.

Angles are degrees, lengths stage units. A rotation (x, y, z) is Rx*Ry*Rz on row vectors, as UsdGeom rotateXYZ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from pxr import Gf, Sdf, Usd, UsdGeom

from engine.graph.graph import Moment
from engine.graph.pose import local_bounds, parent_frames, up_vector
from engine.graph.turns import matrices_from_euler
from engine.graph.xform_ops import XformHandle, look_at_matrix
from engine.replicator.arguments import exclusive, fail
from engine.replicator.functional.values import each, moment_of, numbers, one_prim, prims_of, world_origin

OPS = ("xformOp:translate", "xformOp:orient", "xformOp:scale")
SENSORS = ("OmniLidar", "OmniRadar")  # their schema is not part of OpenUSD, so they are no Xformable here
ORDERS = ("XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")
STAGE_UP = "stage"


def pose_handle(prim: Usd.Prim) -> XformHandle:
    """Return the prim's pose ops; a prim that has no rotation yet gets translate, orient and scale.

    Raises:
        ValueError: if the prim can hold no transform.
    """
    if not prim.IsA(UsdGeom.Xformable) and str(prim.GetTypeName()) not in SENSORS:
        kind = str(prim.GetTypeName()) or "untyped"
        raise ValueError(f"prim '{prim.GetPath()}' is {kind} and has no transform; expected an Xformable prim")
    xform = UsdGeom.Xformable(prim)
    names = list(xform.GetXformOpOrderAttr().Get() or [])
    if not any(word in name for name in names for word in ("rotate", "orient", "transform")):
        _write_fresh_ops(prim, Gf.Transform(xform.GetLocalTransformation()) if names else Gf.Transform())
    return XformHandle(prim)


def _write_fresh_ops(prim: Usd.Prim, transform: Gf.Transform) -> None:
    vectors = {OPS[0]: transform.GetTranslation(), OPS[2]: transform.GetScale()}
    for name, value in vectors.items():
        attribute = prim.GetAttribute(name) or prim.CreateAttribute(name, Sdf.ValueTypeNames.Double3, False)
        attribute.Set(type(attribute.Get() or Gf.Vec3d())(value))
    if not prim.GetAttribute(OPS[1]):
        prim.CreateAttribute(OPS[1], Sdf.ValueTypeNames.Quatd, False)
    double = str(prim.GetAttribute(OPS[1]).GetTypeName()) == "quatd"
    prim.GetAttribute(OPS[1]).Set(Gf.Quatd(1.0) if double else Gf.Quatf(1.0))
    UsdGeom.Xformable(prim).CreateXformOpOrderAttr().Set(list(OPS))


def look_points(where: str, value: Any, count: int, frame: Float[np.ndarray, "4 4"]) -> Float[np.ndarray, "n 3"]:
    """Return one world point a prim.

    Args:
        where: calling function.
        value: point, one point a prim, or prims: as many as there are prims to turn stand for one each, otherwise
            their mean is meant.
        count: prims to turn.
        frame: world from the frame of coordinates.
    """
    first = value[0] if isinstance(value, list | tuple) and len(value) else value
    if isinstance(first, str | Sdf.Path | Usd.Prim) or hasattr(first, "node"):
        origins = np.array([world_origin(prim) for prim in prims_of(where, value, "look_at")])
        return origins if len(origins) == count else np.repeat(origins.mean(0)[None], count, axis=0)
    points = numbers(where, "look_at", value, count)
    assert points is not None
    return points @ frame[:3, :3].T + frame[:3, 3]


def euler_matrices(where: str, angles: Float[np.ndarray, "n 3"], order: str) -> Float[np.ndarray, "n 3 3"]:
    """Return column-vector rotations from (x, y, z) degrees.

    Raises:
        ValueError: if the order is none of the six.
    """
    if str(order).upper() not in ORDERS:
        raise fail(where, "rotation_order", order, f"one of: {', '.join(ORDERS)}")
    axes = str(order).upper()
    return matrices_from_euler(axes, angles[:, ["XYZ".index(a) for a in axes]])


def rotations(
    where: str, value: Any, order: str, count: int
) -> tuple[Float[np.ndarray, "n 3"] | None, Float[np.ndarray, "n 3 3"]] | None:
    """Return rotations once a prim: XYZ Euler angles where they were given as such, and column-vector matrices.

    Args:
        where: calling function.
        value: degrees, Gf quaternion or Gf rotation, once or once a prim; None gives None.
        order: of the Euler angles.
        count: prims to turn.
    """
    if value is None:
        return None
    items = value if isinstance(value, list | tuple) else [value]
    if len(items) and isinstance(items[0], Gf.Quatf | Gf.Quatd | Gf.Quath | Gf.Rotation):
        given = each(where, "rotation", list(items), count)
        whole = [item if isinstance(item, Gf.Rotation) else Gf.Rotation(Gf.Quatd(item)) for item in given]
        turns = [np.asarray(Gf.Matrix3d(item), dtype=np.float64).T for item in whole]
        return None, np.array(turns)
    angles = numbers(where, "rotation", value, count)
    assert angles is not None
    return angles if str(order).upper() == "XYZ" else None, euler_matrices(where, angles, order)


def unit_axes(matrix: Float[np.ndarray, "4 4"]) -> Float[np.ndarray, "3 3"]:
    """Return the rotation of a column-vector matrix, its scale removed."""
    return matrix[:3, :3] / np.maximum(np.linalg.norm(matrix[:3, :3], axis=0), 1e-300)


def reference_frame(where: str, relative_to: Any) -> Float[np.ndarray, "4 4"] | None:
    """Return world from the frame that a pose is given in; None means each prim's parent."""
    if relative_to is None:
        return None
    prim = one_prim(where, relative_to, "relative_to")
    return np.asarray(UsdGeom.XformCache(Usd.TimeCode.Default()).GetLocalToWorldTransform(prim)).T


def write_poses(where: str, prims: Sequence[Usd.Prim], **pose: Any) -> None:
    """Write the poses of prims as one change.

    Args:
        where: calling function, for errors.
        prims: prims to place.
        **pose: `position`, `rotation` (degrees, Gf quaternion or rotation), `rotation_order`, `scale`, `look_at` (world
            point, prim or path), `look_at_up_axis` ("stage" or None: the stage's), `pivot` (in [-1, 1] of the bounding
            box), `relative_to` (prim in whose frame position, rotation and look-at points are; None: the parent's, and
            the world's for look-at points). Values are given once, or once a prim.

    Raises:
        ValueError: if rotation and look_at are given together, or a value makes no sense.
    """
    given = {key: value for key, value in pose.items() if value is not None}
    exclusive(where, rotation=given.get("rotation"), look_at=given.get("look_at"))
    if not prims or not set(given) - {"look_at_up_axis", "relative_to", "rotation_order"}:
        return
    count = len(prims)
    rows = {key: numbers(where, key, given.get(key), count) for key in ("position", "scale", "pivot")}
    turns = rotations(where, given.get("rotation"), given.get("rotation_order", "XYZ"), count)
    frame = reference_frame(where, given.get("relative_to"))
    handles = [pose_handle(prim) for prim in prims]
    moment = moment_of(prims)
    parents = parent_frames(moment, handles)
    frames = parents if frame is None else np.repeat(frame[None], count, axis=0)
    into_parent = np.linalg.inv(parents) @ frames
    places = rows["position"]
    if places is not None:
        places = np.einsum("nij,nj->ni", into_parent[:, :3, :3], places) + into_parent[:, :3, 3]
    _write_vectors(moment, handles, places, rows["scale"], rows["pivot"])
    if turns is not None:
        _write_rotations(moment, handles, *turns, None if frame is None else into_parent)
    if "look_at" in given:
        world = np.eye(4) if frame is None else frame
        points = look_points(where, given["look_at"], count, world)
        up = given.get("look_at_up_axis", STAGE_UP)
        ups = None if isinstance(up, str) else numbers(where, "look_at_up_axis", up, count)
        ups = np.broadcast_to(up_vector(moment.stage), (count, 3)) if ups is None else ups
        _write_look_at(moment, handles, parents, places, points, ups)
    moment.edits.flush()


def _write_vectors(moment: Moment, handles: list[XformHandle], places: Any, scales: Any, pivots: Any) -> None:
    for i, handle in enumerate(handles):
        if places is not None:
            handle.set_translate(moment.edits, places[i])
        if scales is not None:
            handle.set_scale(moment.edits, scales[i])
    if pivots is not None:
        for handle, row, (low, high) in zip(handles, pivots, local_bounds(moment, handles), strict=True):
            handle.set_pivot(moment.edits, (low + high) / 2 + row * (high - low) / 2)


def _write_rotations(
    moment: Moment,
    handles: list[XformHandle],
    angles: Float[np.ndarray, "n 3"] | None,
    matrices: Float[np.ndarray, "n 3 3"],
    frames: Float[np.ndarray, "n 4 4"] | None,
) -> None:
    for i, handle in enumerate(handles):
        if frames is None and angles is not None:
            handle.set_rotation(moment.edits, angles[i])
        else:
            turn = np.eye(3) if frames is None else unit_axes(frames[i])
            handle.set_rotation(moment.edits, None, turn @ matrices[i])


def _write_look_at(
    moment: Moment, handles: list[XformHandle], parents: Any, places: Any, points: Any, ups: Any
) -> None:
    for i, handle in enumerate(handles):
        place = handle.get_translate() if places is None else places[i]
        eye = parents[i, :3, :3] @ place + parents[i, :3, 3]
        matrix = unit_axes(parents[i]).T @ look_at_matrix(eye, points[i], ups[i]) @ handle.inner.T
        handle.set_rotation(moment.edits, None, matrix)


def set_pose(
    prim: Usd.Prim,
    position: Any = None,
    rotation: Any = None,
    scale: Any = None,
    look_at: Any = None,
    look_at_up_axis: Any = None,
    pivot: Any = None,
) -> None:
    """Place one prim in its parent's frame (arguments as for `write_poses`; None leaves a part as it is)."""
    look_at_up_axis = STAGE_UP if look_at_up_axis is None else look_at_up_axis
    pose = {"position": position, "rotation": rotation, "scale": scale, "look_at": look_at, "pivot": pivot}
    write_poses("set_pose", [prim], look_at_up_axis=look_at_up_axis, **pose)
