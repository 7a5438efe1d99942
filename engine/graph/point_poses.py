"""Poses of the single instances of a PointInstancer, with the methods of the handle of a prim.

`rep.randomizer.instantiate(mode="point_instance")` answers one prim, and what is written to it goes to each instance:
places, turns and scales lie in arrays of the instancer, in its own frame.

Source: Replicator documentation, "Randomizing appearance, placement and orientation of existing 3D assets": one
`modify.pose` scatters the props of a point instancer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float
from pxr import Gf, Usd, UsdGeom, Vt

from engine.graph.edits import EditQueue

MARK = "replicatorXform"  # custom attribute of the prims that Replicator made to be posed


def poses_each(prim: Usd.Prim) -> bool:
    """Tell whether a prim is an instancer that Replicator made, whose instances are posed one by one."""
    return prim.IsA(UsdGeom.PointInstancer) and prim.HasAttribute(MARK)


class Column:
    """One array of an instancer, written once however many of its rows were set."""

    def __init__(self, attribute: Usd.Attribute, rows: Float[np.ndarray, "n k"]) -> None:
        self.rows = rows
        self._attribute = attribute
        self._queued = False

    def put(self, edits: EditQueue, index: int, row: Any) -> None:
        """Queue one row."""
        self.rows[index] = row
        if not self._queued:
            self._queued = True
            edits.set(self, None)

    def Set(self, value: Any) -> None:
        """Write the array, as the queue asks of an attribute."""
        self._queued = False
        if self.rows.shape[1] == 4:
            self._attribute.Set(Vt.QuathArray([Gf.Quath(*map(float, row)) for row in self.rows]))
            return
        self._attribute.Set(Vt.Vec3fArray.FromNumpy(self.rows.astype(np.float32)))


class InstanceHandle:
    """One instance: where it is, how it is turned and scaled.

    Attributes:
        prim: the instancer.
        parent: the prim in whose frame poses are given, the instancer as well.
        boxed: the prototype, whose box is that of the instance.
        inner: identity, there is no camera in an instance.
    """

    def __init__(self, prim: Usd.Prim, index: int, boxed: Usd.Prim, columns: tuple[Column, Column, Column]) -> None:
        self.prim = self.parent = prim
        self.boxed = boxed
        self.inner = np.eye(3)
        self._index = index
        self._positions, self._turns, self._scales = columns

    def set_translate(self, edits: EditQueue, value: Float[np.ndarray, "3"]) -> None:
        """Queue a place, stage units."""
        self._positions.put(edits, self._index, value)

    def set_scale(self, edits: EditQueue, value: Float[np.ndarray, "3"]) -> None:
        """Queue a scale."""
        self._scales.put(edits, self._index, value)

    def set_rotation(self, edits: EditQueue, euler: Any, matrix: Float[np.ndarray, "3 3"] | None = None) -> None:
        """Queue a turn: (3,) XYZ degrees as rotateXYZ reads them, or a column-vector rotation."""
        from scipy.spatial.transform import Rotation  # half a second, and hardly a script comes here

        turn = Rotation.from_euler("xyz", euler, degrees=True) if matrix is None else Rotation.from_matrix(matrix)
        x, y, z, w = turn.as_quat().tolist()
        self._turns.put(edits, self._index, (w, x, y, z))

    def set_pivot(self, edits: EditQueue, point: Float[np.ndarray, "3"]) -> None:
        """Refuse: the arrays of an instancer have no place for a pivot.

        Raises:
            ValueError: always.
        """
        raise ValueError(
            f"modify.pose: pivot was given for the point instances of '{self.prim.GetPath()}'; expected none, or "
            'instantiate(mode="scene_instance")'
        )

    def get_translate(self) -> Float[np.ndarray, "3"]:
        """Return the place, stage units."""
        return np.asarray(self._positions.rows[self._index], dtype=np.float64).copy()

    def get_euler(self) -> Float[np.ndarray, "3"]:
        """Return the turn as XYZ degrees."""
        return self._rotation().as_euler("xyz", degrees=True)

    def box(self) -> tuple[Float[np.ndarray, "3"], Float[np.ndarray, "3"]]:
        """Return the corners of the box round the instance about its place, axes of the instancer."""
        cache = UsdGeom.BBoxCache(Usd.TimeCode.Default(), [UsdGeom.Tokens.default_, UsdGeom.Tokens.render])
        found = cache.ComputeUntransformedBound(self.boxed).ComputeAlignedRange()
        if found.IsEmpty():
            return np.zeros(3), np.zeros(3)
        corners = np.array([np.array(found.GetCorner(i)) for i in range(8)]) * self._scales.rows[self._index]
        turned = self._rotation().apply(corners)
        return turned.min(axis=0), turned.max(axis=0)

    def _rotation(self) -> Any:
        from scipy.spatial.transform import Rotation

        w, x, y, z = self._turns.rows[self._index]
        return Rotation.from_quat((x, y, z, w))


def instance_handles(prim: Usd.Prim) -> list[InstanceHandle]:
    """Return a handle for each instance, as the stage has them now."""
    instancer = UsdGeom.PointInstancer(prim)
    numbers = list(instancer.GetProtoIndicesAttr().Get() or [])
    count = len(numbers)
    turns = [(q.GetReal(), *q.GetImaginary()) for q in instancer.GetOrientationsAttr().Get() or []]
    columns = (
        Column(instancer.GetPositionsAttr(), _rows(instancer.GetPositionsAttr().Get(), count, (0.0, 0.0, 0.0))),
        Column(instancer.CreateOrientationsAttr(), _rows(turns, count, (1.0, 0.0, 0.0, 0.0))),
        Column(instancer.CreateScalesAttr(), _rows(instancer.GetScalesAttr().Get(), count, (1.0, 1.0, 1.0))),
    )
    roots = [prim.GetStage().GetPrimAtPath(path) for path in instancer.GetPrototypesRel().GetForwardedTargets()]
    return [InstanceHandle(prim, index, roots[number], columns) for index, number in enumerate(numbers)]


def _rows(found: Any, count: int, usual: tuple[float, ...]) -> Float[np.ndarray, "n k"]:
    rows = np.asarray(found if found is not None else (), dtype=np.float64).reshape(-1, len(usual))
    return rows.copy() if len(rows) == count else np.tile(np.asarray(usual, dtype=np.float64), (count, 1))
