"""Pose actions: position, rotation, scale, look-at, orbit and placement in an image.

Angles are degrees, lengths stage units, rotations compose Rx*Ry*Rz on row vectors as UsdGeom rotateXYZ does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from pxr import Usd, UsdGeom

from engine.assets import stand_ins_allowed
from engine.carb.logging import log_warn
from engine.graph.graph import Moment
from engine.graph.node import Node, PrimSource, ValueNode, resolve_paths
from engine.graph.point_poses import InstanceHandle, instance_handles, poses_each
from engine.graph.sampling import values
from engine.graph.turns import matrices_from_euler, xyz_from_matrices
from engine.graph.xform_ops import XformHandle, handle_of, look_at_matrix

PURPOSES = [UsdGeom.Tokens.default_, UsdGeom.Tokens.render, UsdGeom.Tokens.proxy]


def rows_of(source: Any, moment: Moment, count: int, width: int = 3) -> Float[np.ndarray, "n w"]:
    """Return an input as (count, width) numbers: one value is broadcast to all axes, too few rows repeat."""
    rows = values(source, moment, count)
    if rows.shape[1] == 1 and width > 1:
        rows = np.repeat(rows, width, axis=1)
    if rows.shape[1] != width:
        raise ValueError(f"a sample of {rows.shape[1]} numbers was given; expected 1 or {width} numbers a prim")
    return rows[:count] if len(rows) >= count else rows[np.arange(count) % len(rows)]


def world_positions(moment: Moment, paths: list[str]) -> Float[np.ndarray, "n 3"]:
    """Return the origins of prims in world space, stage units (queued edits are written first)."""
    moment.edits.flush()
    cache = UsdGeom.XformCache(Usd.TimeCode.Default())
    prims = [existing(moment, path) for path in paths]
    return np.array([cache.GetLocalToWorldTransform(prim).ExtractTranslation() for prim in prims], dtype=np.float64)


def existing(moment: Moment, path: str) -> Usd.Prim:
    """Return the prim at `path`; below a stand-in it is made.

    Raises:
        ValueError: if there is none.
    """
    prim = moment.stage.GetPrimAtPath(path)
    if not prim and stand_ins_allowed():
        from engine.stand_in_prims import offer_prim

        prim = offer_prim(moment.stage, path)
    if not prim:
        raise ValueError(f"no prim at '{path}' on the stage; expected the path of an existing prim")
    return prim


def up_vector(stage: Usd.Stage, axis: Any = None) -> Float[np.ndarray, "3"]:
    """Return `axis` as a vector; None means the stage's up axis."""
    if axis is None:
        axis = (0, 0, 1) if UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.z else (0, 1, 0)
    return np.asarray(axis, dtype=np.float64)


def look_targets(source: Any, moment: Moment, count: int) -> Float[np.ndarray, "n 3"]:
    """Return one world point a prim: coordinates, a distribution (also of paths), or the mean of prims' origins."""
    if isinstance(source, ValueNode):
        drawn = source.draw(moment, count)
        if len(drawn) and isinstance(drawn[0], str):
            return world_positions(moment, [drawn[i % len(drawn)] for i in range(count)])
    if isinstance(source, str | PrimSource) or hasattr(source, "GetPath"):
        return np.repeat(world_positions(moment, resolve_paths(source, moment)).mean(0)[None], count, axis=0)
    if isinstance(source, list | tuple) and not np.isscalar(source[0]):
        points = [look_targets(part, moment, 1)[0] for part in source]
        return np.repeat(np.mean(points, axis=0)[None], count, axis=0)
    if isinstance(source, list | tuple) and isinstance(source[0], str):
        return np.repeat(world_positions(moment, list(source)).mean(0)[None], count, axis=0)
    return rows_of(source, moment, count)


def handles_at(moment: Moment, paths: list[str], cache: dict[Any, Any]) -> list[XformHandle | InstanceHandle]:
    """Return what poses are written to: one handle a prim, or one an instance of a point instancer of Replicator's."""
    found: list[XformHandle | InstanceHandle] = []
    for path in paths:
        prim = existing(moment, path)
        if poses_each(prim):
            moment.edits.flush()
            found += instance_handles(prim)
        else:
            found.append(handle_of(prim, cache))
    return found


class PlacingNode(Node):
    """Base of the actions that write poses."""

    def handles(self, moment: Moment) -> list[XformHandle | InstanceHandle]:
        """Return what this node poses."""
        return handles_at(moment, self.targets(moment), self.graph.cache)

    def samples_needed(self, moment: Moment) -> int:
        """Ask for one sample a prim, or one an instance of a point instancer."""
        return sum(self._places(moment, path) for path in self.targets(moment))

    def _places(self, moment: Moment, path: str) -> int:
        key = ("places", path)
        if key not in self.graph.cache:
            prim = moment.stage.GetPrimAtPath(path)
            each = bool(prim) and poses_each(prim)
            self.graph.cache[key] = len(UsdGeom.PointInstancer(prim).GetProtoIndicesAttr().Get() or ()) if each else 1
        return int(self.graph.cache[key])


class PoseNode(PlacingNode):
    """rep.modify.pose: position, pivot, rotation, scale or size, then look-at."""

    type_name = "omni.replicator.core.OgnWritePrimPose"

    def run(self, moment: Moment) -> None:
        """Write the pose of every target."""
        handles = self.handles(moment)
        if not handles:
            return
        translations = self._write_position(moment, handles)
        self._write_pivot(moment, handles)
        self._write_rotation(moment, handles)
        self._write_scale(moment, handles)
        if self._has_target(moment):
            points = look_targets(self.inputs["lookAt"], moment, len(handles))
            ups = self.inputs.get("lookAtUpAxis")
            up = up_vector(moment.stage)[None] if ups is None else rows_of(ups, moment, len(handles))
            look_at(moment, handles, points, up, translations)

    def _has_target(self, moment: Moment) -> bool:
        """Tell whether there is something to look at; a search that found nothing is said."""
        source = self.inputs.get("lookAt")
        if isinstance(source, PrimSource) and not source.paths(moment):
            log_warn(f"modify.pose: look_at={source.name} holds no prims; expected some, the rotation is left alone")
            return False
        return source is not None

    def _rows(self, key: str, moment: Moment, count: int, width: int = 3) -> Float[np.ndarray, "n w"] | None:
        source = self.inputs.get(key)
        return None if source is None else rows_of(source, moment, count, width)

    def _axes(self, stem: str, moment: Moment, base: Any, count: int) -> Float[np.ndarray, "n 3"] | None:
        """Overwrite single axes (`position_x` ...) of the current values, which `base()` reads."""
        columns = [self._rows(f"{stem}_{axis}", moment, count, 1) for axis in "xyz"]
        if all(column is None for column in columns):
            return None
        moment.edits.flush()
        rows = base()
        for index, column in enumerate(columns):
            if column is not None:
                rows[:, index] = column[:, 0]
        return rows

    def _write_position(
        self, moment: Moment, handles: Sequence[XformHandle | InstanceHandle]
    ) -> Float[np.ndarray, "n 3"] | None:
        count = len(handles)
        rows = self._rows("position", moment, count)
        if rows is None:
            rows = self._axes("position", moment, lambda: np.array([h.get_translate() for h in handles]), count)
        if rows is not None:
            for handle, row in zip(handles, rows, strict=True):
                handle.set_translate(moment.edits, row)
        return rows

    def _write_pivot(self, moment: Moment, handles: Sequence[XformHandle | InstanceHandle]) -> None:
        rows = self._rows("pivot", moment, len(handles))
        if rows is None:
            return
        bounds = local_bounds(moment, handles)
        for handle, row, (low, high) in zip(handles, rows, bounds, strict=True):
            handle.set_pivot(moment.edits, (low + high) / 2 + row * (high - low) / 2)

    def _write_rotation(self, moment: Moment, handles: Sequence[XformHandle | InstanceHandle]) -> None:
        count = len(handles)
        rows = self._rows("rotation", moment, count)
        if rows is None:
            rows = self._axes("rotation", moment, lambda: np.array([h.get_euler() for h in handles]), count)
        if rows is None:
            return
        order = str(self.inputs.get("rotationOrder") or "XYZ")
        if order != "XYZ":
            angles = rows[:, ["XYZ".index(axis) for axis in order]]
            rows = xyz_from_matrices(matrices_from_euler(order, angles))
        for handle, row in zip(handles, rows, strict=True):
            handle.set_rotation(moment.edits, row)

    def _write_scale(self, moment: Moment, handles: Sequence[XformHandle | InstanceHandle]) -> None:
        rows = self._rows("scale", moment, len(handles))
        size = self._rows("size", moment, len(handles))
        if size is not None:
            extents = np.array([high - low for low, high in local_bounds(moment, handles)])
            rows = size / np.where(extents > 1e-12, extents, 1.0)
        if rows is not None:
            for handle, row in zip(handles, rows, strict=True):
                handle.set_scale(moment.edits, row)


def local_bounds(moment: Moment, handles: Sequence[XformHandle | InstanceHandle]) -> list[tuple[Any, Any]]:
    """Return each prim's box in its own frame, before its own transform (stage units)."""
    moment.edits.flush()
    cache = UsdGeom.BBoxCache(Usd.TimeCode.Default(), PURPOSES)
    prims = [handle.boxed if isinstance(handle, InstanceHandle) else handle.prim for handle in handles]
    ranges = [cache.ComputeUntransformedBound(prim).ComputeAlignedRange() for prim in prims]
    return [
        (np.zeros(3), np.zeros(3)) if box.IsEmpty() else (np.array(box.GetMin()), np.array(box.GetMax()))
        for box in ranges
    ]


def parent_frames(moment: Moment, handles: Sequence[XformHandle | InstanceHandle]) -> Float[np.ndarray, "n 4 4"]:
    """Return world-from-parent matrices (column vectors, stage units)."""
    parents = {h.parent if isinstance(h, InstanceHandle) else h.prim.GetParent() for h in handles}
    if not any(p.IsA(UsdGeom.Xformable) for p in parents):
        return np.repeat(np.eye(4)[None], len(handles), axis=0)
    moment.edits.flush()
    cache = UsdGeom.XformCache(Usd.TimeCode.Default())
    return np.array([np.asarray(_frame(cache, h)).T for h in handles])


def _frame(cache: UsdGeom.XformCache, handle: Any) -> Any:
    if isinstance(handle, InstanceHandle):
        return cache.GetLocalToWorldTransform(handle.parent)
    return cache.GetParentToWorldTransform(handle.prim)


def look_at(
    moment: Moment,
    handles: Sequence[XformHandle | InstanceHandle],
    points: Float[np.ndarray, "n 3"],
    up: Any,
    translations: Any,
) -> None:
    """Turn every prim so that its -Z axis (of the nested camera, where there is one) points at its point.

    Args:
        moment: the firing being evaluated.
        handles: prims to turn.
        points: world targets, stage units.
        up: (n, 3) or (1, 3) up directions, world.
        translations: (n, 3) local translations if known, else None to read them.
    """
    if translations is None:
        moment.edits.flush()
        translations = np.array([h.get_translate() for h in handles])
    frames = parent_frames(moment, handles)
    for i, handle in enumerate(handles):
        eye = frames[i, :3, :3] @ translations[i] + frames[i, :3, 3]
        turn = frames[i, :3, :3] / np.linalg.norm(frames[i, :3, :3], axis=0)
        matrix = turn.T @ look_at_matrix(eye, points[i], up[i % len(up)]) @ handle.inner.T
        handle.set_rotation(moment.edits, xyz_from_matrices(matrix), matrix)


class OrbitNode(PlacingNode):
    """rep.modify.pose_orbit: a place on a sphere round a centre.

    Source: Z-up x = cos(az) cos(el) d, y = sin(az) cos(el) d, z = sin(el) d, plus the centre; y and z swap for Y-up.
    """

    type_name = "omni.replicator.core.OgnOrbit"

    def run(self, moment: Moment) -> None:
        """Write position and, where asked, the look-at of every target."""
        handles = self.handles(moment)
        if not handles:
            return
        count = len(handles)
        centre = look_targets(self.inputs["barycentre"], moment, count)
        distance, azimuth, elevation = (
            rows_of(self.inputs[key], moment, count, 1)[:, 0] for key in ("distance", "azimuth", "elevation")
        )
        az, el = np.radians(azimuth), np.radians(elevation)
        offset = np.stack([np.cos(az) * np.cos(el), np.sin(az) * np.cos(el), np.sin(el)], axis=1) * distance[:, None]
        if UsdGeom.GetStageUpAxis(moment.stage) == UsdGeom.Tokens.y:
            offset = offset[:, [0, 2, 1]]
        world = np.concatenate([centre + offset, np.ones((count, 1))], axis=1)
        local = np.einsum("nij,nj->ni", np.linalg.inv(parent_frames(moment, handles)), world)[:, :3]
        for handle, row in zip(handles, local, strict=True):
            handle.set_translate(moment.edits, row)
        if self.inputs.get("lookAtBarycentre", True):
            look_at(moment, handles, centre, up_vector(moment.stage)[None], local)


class CameraRelativeNode(PlacingNode):
    """rep.modify.pose_camera_relative: a place in front of a camera, by image position and distance."""

    type_name = "omni.replicator.core.OgnCameraRelativePosition"

    def run(self, moment: Moment) -> None:
        """Write the position of every target."""
        handles = self.handles(moment)
        if not handles:
            return
        count = len(handles)
        distance, horizontal, vertical = (
            rows_of(self.inputs[key], moment, count, 1)[:, 0] for key in ("distance", "horizontal", "vertical")
        )
        moment.edits.flush()
        camera = UsdGeom.Camera(camera_prim(existing(moment, resolve_paths(self.inputs["camera"], moment)[0])))
        half_width = camera.GetHorizontalApertureAttr().Get() / camera.GetFocalLengthAttr().Get() / 2
        width, height = self.inputs["resolution"]
        x, y = horizontal * half_width * distance, vertical * half_width * height / width * distance
        points = np.stack([x, y, -distance, np.ones(count)], axis=1)
        matrix = np.asarray(UsdGeom.XformCache().GetLocalToWorldTransform(camera.GetPrim())).T
        scale = np.linalg.norm(matrix[:3, :3], axis=0)
        matrix[:3, :3] /= scale
        inverse = np.linalg.inv(parent_frames(moment, handles))
        for handle, row in zip(handles, np.einsum("nij,nj->ni", inverse, points @ matrix.T)[:, :3], strict=True):
            handle.set_translate(moment.edits, row)


def camera_prim(prim: Usd.Prim) -> Usd.Prim:
    """Return `prim` or the first camera below it.

    Raises:
        ValueError: if there is none.
    """
    found = next((p for p in Usd.PrimRange(prim) if p.IsA(UsdGeom.Camera)), None)
    if found is None:
        raise ValueError(f"prim '{prim.GetPath()}' is no camera and holds none; expected a camera or its Xform")
    return found
