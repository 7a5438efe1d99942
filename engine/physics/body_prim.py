"""One body on the stage: the attributes that its pose and velocity are written to, and what they were at the start.

A pose is written to the ops that a prim has: translate, then orient or rotateXYZ, then scale. Other stacks are
replaced by translate, orient, scale of the same transform while the simulation runs, as Isaac Sim does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom

from engine.physics.state import Pose, Velocity

TRANSLATE, ORIENT, ROTATE, SCALE = "xformOp:translate", "xformOp:orient", "xformOp:rotateXYZ", "xformOp:scale"
ORDER, RESET = "xformOpOrder", "!resetXformStack!"
VELOCITY, SPIN = "physics:velocity", "physics:angularVelocity"
WRITTEN = (TRANSLATE, ORIENT, ROTATE, SCALE, ORDER, VELOCITY, SPIN)
VECTORS = {"double3": Gf.Vec3d, "float3": Gf.Vec3f, "half3": Gf.Vec3h, "vector3f": Gf.Vec3f}
QUATERNIONS = {"quatd": Gf.Quatd, "quatf": Gf.Quatf, "quath": Gf.Quath}
NOW = Usd.TimeCode.Default()
Setter = Callable[..., None]


class BodyPrim:
    """One body on the stage.

    Attributes:
        prim: the prim.
        scale: (3,) lengths of the axes of its world frame, stage units a local unit.
        pose: the world pose read last.
        parent_inverse: (4, 4) row-vector matrix from the world to the frame above.
        parent_turn: (4,) rotation of the frame above, wxyz.
        setters: functions that write translation, rotation, velocity and spin; made by `prepare`.
        turns_by_angles: the rotation is written as XYZ degrees, not as a quaternion.
    """

    def __init__(self, prim: Usd.Prim) -> None:
        self.prim = prim
        self._saved = {name: _authored(prim, name) for name in WRITTEN}
        self.refresh()

    def refresh(self) -> None:
        """Read the frames again, after the prim or one above it was edited."""
        world = UsdGeom.Xformable(self.prim).ComputeLocalToWorldTransform(NOW)
        self.scale = np.linalg.norm(np.asarray(world)[:3, :3], axis=1)
        self.pose: Pose = _pose_of(world)
        order = list(UsdGeom.Xformable(self.prim).GetXformOpOrderAttr().Get() or [])
        self._resets = RESET in order
        parent = Gf.Matrix4d(1.0)
        if not self._resets:
            parent = UsdGeom.Xformable(self.prim).ComputeParentToWorldTransform(NOW)
        self.parent_inverse = np.asarray(parent.GetInverse())
        self.parent_turn = _pose_of(parent)[1]
        self.setters: tuple[Setter, ...] = ()
        self.turns_by_angles = False

    def velocity(self, known: Velocity) -> Velocity:
        """Return the velocities that are on the stage, or `known` where none are."""
        straight, turning = (self.prim.GetAttribute(name).Get() for name in (VELOCITY, SPIN))
        linear = known[0] if straight is None else np.asarray(straight, dtype=np.float64)
        angular = known[1] if turning is None else np.radians(np.asarray(turning, dtype=np.float64))
        return linear, angular

    def prepare(self) -> None:
        """Order the ops, and find where each value is written."""
        order = self._order_ops()
        self.turns_by_angles = ROTATE in order
        turn = (ROTATE, Sdf.ValueTypeNames.Float3) if self.turns_by_angles else (ORIENT, Sdf.ValueTypeNames.Quatf)
        self.setters = (
            self._setter(TRANSLATE, Sdf.ValueTypeNames.Double3),
            self._setter(*turn),
            self._setter(VELOCITY, Sdf.ValueTypeNames.Vector3f),
            self._setter(SPIN, Sdf.ValueTypeNames.Vector3f),
        )

    def restore(self) -> None:
        """Put every attribute back to what it was at the start."""
        for name, (had, value) in self._saved.items():
            attribute = self.prim.GetAttribute(name)
            if had and value is not None:
                attribute.Set(value)
            elif attribute and attribute.IsAuthored():
                attribute.Clear() if had else self.prim.RemoveProperty(name)

    def _order_ops(self) -> list[str]:
        """Make the prim's ops translate, rotation, scale; returns them."""
        names = list(UsdGeom.Xformable(self.prim).GetXformOpOrderAttr().Get() or [])
        wanted = [name for name in (RESET, TRANSLATE, ORIENT, ROTATE, SCALE) if name in names]
        if names != wanted or (ORIENT in names and ROTATE in names):
            scale = Gf.Transform(UsdGeom.Xformable(self.prim).GetLocalTransformation()).GetScale()
            self._setter(SCALE, Sdf.ValueTypeNames.Float3)(*scale)
            wanted = [TRANSLATE, ORIENT, SCALE]
        turn = ROTATE if ROTATE in wanted else ORIENT
        wanted = [*[RESET] * self._resets, TRANSLATE, turn, *[SCALE] * (SCALE in wanted)]
        if wanted != names:
            UsdGeom.Xformable(self.prim).CreateXformOpOrderAttr().Set(wanted)
        return wanted

    def _setter(self, name: str, kind: Sdf.ValueTypeName) -> Setter:
        """Return a function that writes in the attribute's own type, where its strongest opinion is."""
        attribute = self.prim.GetAttribute(name)
        if not attribute:
            attribute = self.prim.CreateAttribute(name, kind, custom=False)
        make = (VECTORS | QUATERNIONS)[str(attribute.GetTypeName())]
        stage = self.prim.GetStage()
        strongest = _strongest(attribute)
        if strongest not in stage.GetLayerStack():  # of a referenced file, which weaker layers of the stage win over
            strongest = None
        if strongest is None or strongest == stage.GetEditTarget().GetLayer():
            return lambda *values: attribute.Set(make(*values))

        def elsewhere(*values: float) -> None:
            with Usd.EditContext(stage, strongest):
                attribute.Set(make(*values))

        return elsewhere


def _strongest(attribute: Usd.Attribute) -> Any:
    """Return the layer of the strongest default value, or None."""
    stack = attribute.GetPropertyStack(NOW)
    return stack[0].layer if stack and stack[0].HasDefaultValue() else None


def _authored(prim: Usd.Prim, name: str) -> tuple[bool, Any]:
    attribute = prim.GetAttribute(name)
    return (True, attribute.Get()) if attribute and attribute.IsAuthored() else (False, None)


def _pose_of(world: Gf.Matrix4d) -> Pose:
    quaternion = world.RemoveScaleShear().ExtractRotationQuat().GetNormalized()
    place = np.asarray(world.ExtractTranslation(), dtype=np.float64)
    return place, np.asarray([quaternion.GetReal(), *quaternion.GetImaginary()], dtype=np.float64)
