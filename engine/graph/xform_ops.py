"""Where a prim's pose is written: its translate, rotate and scale ops, found or made once and then reused.

Angles are degrees and vectors stage units, as in USD. A rotation here is a column-vector 3x3 matrix in the
parent frame.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float
from pxr import Gf, Sdf, Usd, UsdGeom

from engine.graph.edits import EditQueue
from engine.graph.turns import xyz_from_matrices

VECTOR_TYPES: dict[str, type] = {"double3": Gf.Vec3d, "float3": Gf.Vec3f, "half3": Gf.Vec3h}
PIVOT = "xformOp:translate:pivot"
TILT = 1e-7  # rad
INVERTED_PIVOT = "!invert!" + PIVOT


class XformHandle:
    """Cached attributes of one prim.

    Attributes:
        prim: the prim whose ops these are.
        inner: rotation of the cameras nested in this prim, one or a stereo pair (identity where there is none).
    """

    def __init__(self, prim: Usd.Prim) -> None:
        self.prim = prim
        self._order_attr = UsdGeom.Xformable(prim).GetXformOpOrderAttr()
        self._normalise()
        self.translate = self._op("xformOp:translate", Sdf.ValueTypeNames.Double3)
        self.orient = prim.GetAttribute("xformOp:orient")
        if not self.orient or "xformOp:orient" not in self._names():
            self.orient = None
            self.rotate = self._op(self._rotate_name(), Sdf.ValueTypeNames.Float3)
        self.scale = self._op("xformOp:scale", Sdf.ValueTypeNames.Float3)
        self._write_order(["xformOp:translate", self._rotate_name(), "xformOp:scale"])
        self._make = {a.GetName(): VECTOR_TYPES[str(a.GetTypeName())] for a in (self.translate, self.scale)}
        self._order = self._order_attr.Get()
        self._rotation_name = self._rotate_name()
        self.inner = _nested_camera_rotation(prim)

    def alive(self) -> bool:
        """Tell whether the prim still exists and its ops are the ones found."""
        return self.prim.IsValid() and self._order_attr.Get() == self._order

    def set_translate(self, edits: EditQueue, value: Float[np.ndarray, "3"]) -> None:
        """Queue a translation, stage units."""
        edits.set(self.translate, self._make["xformOp:translate"](*value.tolist()))

    def set_scale(self, edits: EditQueue, value: Float[np.ndarray, "3"]) -> None:
        """Queue a scale."""
        edits.set(self.scale, self._make["xformOp:scale"](*value.tolist()))

    def set_rotation(self, edits: EditQueue, euler: Any, matrix: Float[np.ndarray, "3 3"] | None = None) -> None:
        """Queue a rotation.

        Args:
            euler: (3,) XYZ angles in degrees as rotateXYZ reads them, or None to use `matrix`.
            matrix: column-vector rotation.
        """
        if self.orient is None and euler is not None and self._rotation_name == "xformOp:rotateXYZ":
            edits.set(self.rotate, Gf.Vec3f(*[float(v) for v in euler]))
            return
        from scipy.spatial.transform import Rotation  # half a second, and hardly a script comes here

        turn = Rotation.from_euler("xyz", euler, degrees=True) if matrix is None else Rotation.from_matrix(matrix)
        if self.orient is None:
            axes = self._rotation_name.removeprefix("xformOp:rotate").lower()
            angles = dict(zip(axes, turn.as_euler(axes, degrees=True), strict=True))
            edits.set(self.rotate, Gf.Vec3f(*[float(angles[axis]) for axis in "xyz"]))
            return
        x, y, z, w = turn.as_quat().tolist()
        double = str(self.orient.GetTypeName()) == "quatd"
        edits.set(self.orient, Gf.Quatd(w, x, y, z) if double else Gf.Quatf(w, x, y, z))

    def set_pivot(self, edits: EditQueue, point: Float[np.ndarray, "3"]) -> None:
        """Make a local point the one that translation places and rotation turns about."""
        attribute = self.prim.CreateAttribute(INVERTED_PIVOT.removeprefix("!invert!"), Sdf.ValueTypeNames.Float3, False)
        order = list(self._order or [])
        if INVERTED_PIVOT not in order:
            self._order_attribute().Set([*[n for n in order if n != PIVOT], INVERTED_PIVOT])
            self._order = self._order_attribute().Get()
        edits.set(attribute, Gf.Vec3f(*[float(v) for v in point]))

    def get_translate(self) -> Float[np.ndarray, "3"]:
        """Read the translation, stage units."""
        return np.asarray(self.translate.Get() or (0.0, 0.0, 0.0), dtype=np.float64)

    def get_euler(self) -> Float[np.ndarray, "3"]:
        """Read the rotation as XYZ degrees."""
        if self.orient is None and self._rotation_name == "xformOp:rotateXYZ":
            return np.asarray(self.rotate.Get() or (0.0, 0.0, 0.0), dtype=np.float64)
        matrix = np.asarray(UsdGeom.Xformable(self.prim).GetLocalTransformation())[:3, :3].T
        matrix = matrix / np.linalg.norm(matrix, axis=0)
        return xyz_from_matrices(matrix)

    def _order_attribute(self) -> Usd.Attribute:
        return UsdGeom.Xformable(self.prim).GetXformOpOrderAttr()

    def _names(self) -> list[str]:
        return list(self._order_attribute().Get() or [])

    def _rotate_name(self) -> str:
        if self.orient:
            return "xformOp:orient"
        rotations = [n for n in self._names() if n.startswith("xformOp:rotate") and len(n) == len("xformOp:rotateXYZ")]
        return rotations[0] if rotations else "xformOp:rotateXYZ"

    def _op(self, name: str, type_name: Sdf.ValueTypeName) -> Usd.Attribute:
        attribute = self.prim.GetAttribute(name)
        return attribute if attribute else self.prim.CreateAttribute(name, type_name, False)

    def _write_order(self, wanted: list[str]) -> None:
        present = self._names()
        if not all(name in present for name in wanted):
            extra = [n for n in present if n in (PIVOT, INVERTED_PIVOT)]
            head = [n for n in extra if n == PIVOT]
            tail = [n for n in extra if n == INVERTED_PIVOT]
            defaults = {"xformOp:scale": Gf.Vec3f(1.0)}
            for name in wanted:
                attribute = self.prim.GetAttribute(name)
                if attribute.Get() is None:
                    attribute.Set(defaults.get(name, self._zero(attribute)))
            self._order_attribute().Set([wanted[0], *head, *wanted[1:], *tail])

    @staticmethod
    def _zero(attribute: Usd.Attribute) -> Any:
        kind = str(attribute.GetTypeName())
        quaternions = {"quatf": Gf.Quatf(1.0), "quatd": Gf.Quatd(1.0)}
        return quaternions[kind] if kind in quaternions else VECTOR_TYPES[kind](0.0)

    def _normalise(self) -> None:
        """Turn op stacks other than translate/rotate/scale into translate, orient, scale of the same transform."""
        simple = ("xformOp:translate", "xformOp:orient", "xformOp:scale", PIVOT, INVERTED_PIVOT)
        names = self._names()
        rotations = [n for n in names if n.startswith("xformOp:rotate") and len(n) == len("xformOp:rotateXYZ")]
        if all(n in simple or n in rotations for n in names) and len(rotations) <= 1:
            return
        transform = Gf.Transform(UsdGeom.Xformable(self.prim).GetLocalTransformation())
        self._order_attribute().Set([])
        quaternion = transform.GetRotation().GetQuat()
        for name, kind, value in (
            ("xformOp:translate", Sdf.ValueTypeNames.Double3, Gf.Vec3d(transform.GetTranslation())),
            ("xformOp:orient", Sdf.ValueTypeNames.Quatd, Gf.Quatd(quaternion)),
            ("xformOp:scale", Sdf.ValueTypeNames.Double3, Gf.Vec3d(transform.GetScale())),
        ):
            self.prim.RemoveProperty(name)
            self.prim.CreateAttribute(name, kind, False).Set(value)
        self._order_attribute().Set(["xformOp:translate", "xformOp:orient", "xformOp:scale"])


def _nested_camera_rotation(prim: Usd.Prim) -> Float[np.ndarray, "3 3"]:
    cameras = [c for c in prim.GetChildren() if c.IsA(UsdGeom.Camera)]
    if not cameras or not prim.HasAttribute("replicatorXform"):
        return np.eye(3)
    matrix = np.asarray(UsdGeom.Xformable(cameras[0]).GetLocalTransformation())
    return matrix[:3, :3].T


def handle_of(prim: Usd.Prim, cache: dict[Any, Any]) -> XformHandle:
    """Return the prim's handle from `cache`, making it where it is missing or stale."""
    key = ("xform", str(prim.GetPath()))
    handle = cache.get(key)
    if handle is None or handle.prim.GetStage() is not prim.GetStage() or not handle.alive():
        handle = cache[key] = XformHandle(prim)
    return handle


def look_at_matrix(
    eye: Float[np.ndarray, "3"], target: Float[np.ndarray, "3"], up: Float[np.ndarray, "3"]
) -> Float[np.ndarray, "3 3"]:
    """Return the rotation whose -Z axis points from `eye` to `target`, with +Y as near `up` as it can be.

    Args:
        eye, target: points in one frame, same unit.
        up: direction. A view along it is tilted by 1e-7 rad towards the X axis (Y if up is along X).

    Source: PoseWriter's golden views in isaacsim.replicator.writers 5.1 to 6.2: from (0, 0, 10) straight down image-up
    is -X, and the camera's Z axis leans by 1e-7, in degrees as single precision by 2^-17.
    """
    back = eye - target
    length = np.linalg.norm(back)
    if length < 1e-12:
        return np.eye(3)
    back = back / length
    if np.linalg.norm(np.cross(up, back)) < 1e-9 * np.linalg.norm(up):
        back = back + TILT * np.array([1.0, 0.0, 0.0] if np.abs(up[1:]).max() > 1e-9 else [0.0, 1.0, 0.0])
        back = back / np.linalg.norm(back)
    right = np.cross(up, back)
    right = right / np.linalg.norm(right)
    return np.stack([right, np.cross(back, right), back], axis=1)
