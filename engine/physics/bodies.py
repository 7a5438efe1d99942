"""The bodies of a simulation on the stage: where each one's pose is written, and what it was at the start.

A pose is written to the ops that a prim has: translate, then orient or rotateXYZ, then scale. Other stacks are
replaced by translate, orient, scale of the same transform while the simulation runs, as Isaac Sim does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Float
from pxr import Gf, Sdf, Usd, UsdGeom

from engine.graph.turns import xyz_from_matrices

TRANSLATE, ORIENT, ROTATE, SCALE = "xformOp:translate", "xformOp:orient", "xformOp:rotateXYZ", "xformOp:scale"
ORDER, RESET = "xformOpOrder", "!resetXformStack!"
VELOCITY, SPIN = "physics:velocity", "physics:angularVelocity"
WRITTEN = (TRANSLATE, ORIENT, ROTATE, SCALE, ORDER, VELOCITY, SPIN)
VECTORS = {"double3": Gf.Vec3d, "float3": Gf.Vec3f, "half3": Gf.Vec3h, "vector3f": Gf.Vec3f}
QUATERNIONS = {"quatd": Gf.Quatd, "quatf": Gf.Quatf, "quath": Gf.Quath}
SCALE_TOLERANCE = 1e-6
Pose = tuple[Float[np.ndarray, "3"], Float[np.ndarray, "4"]]
Velocity = tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]]
State = Mapping[str, tuple[Pose, Velocity]]


class BodyPrim:
    """One body on the stage.

    Attributes:
        prim: the prim.
        scale: (3,) lengths of the axes of its world frame, stage units a local unit.
    """

    def __init__(self, prim: Usd.Prim) -> None:
        self.prim = prim
        self._saved = {name: _authored(prim, name) for name in WRITTEN}
        self._last: tuple[bytes, bytes] = (b"", b"")
        self.refresh()

    def refresh(self) -> None:
        """Read frame and scale again, after the prim or a frame above it was edited."""
        world = UsdGeom.Xformable(self.prim).ComputeLocalToWorldTransform(Usd.TimeCode.Default())
        self.scale = np.linalg.norm(np.asarray(world)[:3, :3], axis=1)
        self._pose = _pose_of(world)
        order = list(UsdGeom.Xformable(self.prim).GetXformOpOrderAttr().Get() or [])
        self._reset_stack = RESET in order
        parent = Gf.Matrix4d(1.0)
        if not self._reset_stack:
            parent = UsdGeom.Xformable(self.prim).ComputeParentToWorldTransform(Usd.TimeCode.Default())
        self._inverse = np.asarray(parent.GetInverse())
        self._parent_turn = np.asarray(parent.RemoveScaleShear().ExtractRotationMatrix())
        self._last = (b"", b"")

    def pose(self) -> Pose:
        """Return the world pose read last."""
        return self._pose

    def velocity(self, known: Velocity) -> Velocity:
        """Return the velocities that are on the stage, or `known` where none are."""
        straight, turning = (self.prim.GetAttribute(name) for name in (VELOCITY, SPIN))
        values = [attribute.Get() if attribute else None for attribute in (straight, turning)]
        linear = known[0] if values[0] is None else np.asarray(values[0], dtype=np.float64)
        angular = known[1] if values[1] is None else np.radians(np.asarray(values[1], dtype=np.float64))
        return linear, angular

    def write(self, pose: Pose, velocity: Velocity) -> None:
        """Write a world pose and velocities, if they are not those written last."""
        key = (pose[0].tobytes() + pose[1].tobytes(), velocity[0].tobytes() + velocity[1].tobytes())
        if key[0] != self._last[0]:
            self._write_pose(pose)
        if key[1] != self._last[1]:
            self._set(VELOCITY, Sdf.ValueTypeNames.Vector3f, Gf.Vec3f(*velocity[0].tolist()))
            self._set(SPIN, Sdf.ValueTypeNames.Vector3f, Gf.Vec3f(*np.degrees(velocity[1]).tolist()))
        self._last = key

    def restore(self) -> None:
        """Put every attribute back to what it was at the start."""
        for name, (had, value) in self._saved.items():
            attribute = self.prim.GetAttribute(name)
            if had and value is not None:
                attribute.Set(value)
            elif attribute and attribute.IsAuthored():
                attribute.Clear() if had else self.prim.RemoveProperty(name)

    def _write_pose(self, pose: Pose) -> None:
        place = np.append(pose[0], 1.0) @ self._inverse
        w, x, y, z = pose[1].tolist()
        turn = np.asarray(Gf.Matrix3d(Gf.Quatd(w, x, y, z))) @ self._parent_turn.T
        self._order_ops()
        self._set(TRANSLATE, Sdf.ValueTypeNames.Double3, Gf.Vec3d(*place[:3].tolist()))
        if ROTATE in self._names:
            self._set(ROTATE, Sdf.ValueTypeNames.Float3, Gf.Vec3f(*xyz_from_matrices(turn.T).tolist()))
        else:
            quaternion = Gf.Matrix3d(*turn.ravel().tolist()).ExtractRotation().GetQuat()
            self._set(ORIENT, Sdf.ValueTypeNames.Quatf, quaternion)

    def _order_ops(self) -> None:
        """Make the prim's ops translate, rotation, scale."""
        attribute = UsdGeom.Xformable(self.prim).GetXformOpOrderAttr()
        names = list(attribute.Get() or [])
        wanted = [name for name in names if name in (RESET, TRANSLATE, ORIENT, ROTATE, SCALE)]
        if names != wanted or (ORIENT in names and ROTATE in names):
            scale = Gf.Transform(UsdGeom.Xformable(self.prim).GetLocalTransformation()).GetScale()
            wanted = [*wanted[: int(self._reset_stack)], TRANSLATE, ORIENT, SCALE]
            self._set(SCALE, Sdf.ValueTypeNames.Float3, Gf.Vec3d(scale))
        turn = ROTATE if ROTATE in wanted else ORIENT
        wanted = [*[RESET] * self._reset_stack, TRANSLATE, turn, *[SCALE] * (SCALE in wanted)]
        if wanted != names:
            attribute = UsdGeom.Xformable(self.prim).CreateXformOpOrderAttr()
            attribute.Set(wanted)
        self._names = wanted

    def _set(self, name: str, kind: Sdf.ValueTypeName, value: Any) -> None:
        """Write a value in the attribute's own type, where its strongest opinion is."""
        attribute = self.prim.GetAttribute(name)
        if not attribute:
            attribute = self.prim.CreateAttribute(name, kind, custom=False)
        type_name = str(attribute.GetTypeName())
        make = QUATERNIONS.get(type_name) or VECTORS[type_name]
        stage = self.prim.GetStage()
        stack = attribute.GetPropertyStack(Usd.TimeCode.Default())
        strongest = stack[0].layer if stack and stack[0].HasDefaultValue() else None
        if strongest is None or strongest == stage.GetEditTarget().GetLayer():
            attribute.Set(make(value))
        else:
            with Usd.EditContext(stage, strongest):
                attribute.Set(make(value))


def _authored(prim: Usd.Prim, name: str) -> tuple[bool, Any]:
    attribute = prim.GetAttribute(name)
    return (True, attribute.Get()) if attribute and attribute.IsAuthored() else (False, None)


def _pose_of(world: Gf.Matrix4d) -> Pose:
    quaternion = world.RemoveScaleShear().ExtractRotationQuat().GetNormalized()
    place = np.asarray(world.ExtractTranslation(), dtype=np.float64)
    return place, np.asarray([quaternion.GetReal(), *quaternion.GetImaginary()], dtype=np.float64)


class StageBodies:
    """Every body of a simulation."""

    def __init__(self, stage: Usd.Stage) -> None:
        self._stage = stage
        self._bodies: dict[str, BodyPrim] = {}

    def follow(self, paths: Iterable[str]) -> None:
        """Take these bodies; those known before keep what was saved at the start."""
        for path in paths:
            if path in self._bodies:
                self._bodies[path].refresh()
            else:
                self._bodies[path] = BodyPrim(self._stage.GetPrimAtPath(path))
        gone = set(self._bodies) - set(paths)
        for path in gone:
            del self._bodies[path]

    def write(self, state: State) -> None:
        """Write poses and velocities."""
        for path, (pose, velocity) in state.items():
            body = self._bodies.get(path)
            if body is not None and body.prim:
                body.write(pose, velocity)

    def restore(self) -> None:
        """Put all bodies back to the start and forget them."""
        for body in self._bodies.values():
            if body.prim:
                body.restore()
        self._bodies = {}

    def resized(self, moved: set[Sdf.Path]) -> bool:
        """Read the frames of bodies at or below `moved` again; tells whether one's scale changed."""
        changed = False
        for body in self._below(moved):
            before = body.scale
            body.refresh()
            changed = changed or not np.allclose(before, body.scale, rtol=SCALE_TOLERANCE, atol=0.0)
        return changed

    def moved_poses(self, moved: set[Sdf.Path]) -> dict[str, Pose]:
        """Return the poses on the stage of bodies at or below `moved`."""
        return {str(body.prim.GetPath()): body.pose() for body in self._below(moved)}

    def edited_velocities(self, pushed: set[Sdf.Path], known: Mapping[str, Velocity]) -> dict[str, Velocity]:
        """Return the velocities on the stage of bodies whose velocity attributes were edited."""
        paths = [str(path) for path in sorted(pushed) if str(path) in self._bodies and str(path) in known]
        return {path: self._bodies[path].velocity(known[path]) for path in paths}

    def _below(self, moved: set[Sdf.Path]) -> list[BodyPrim]:
        if not moved:
            return []
        return [b for path, b in self._bodies.items() if any(p in moved for p in Sdf.Path(path).GetPrefixes())]
