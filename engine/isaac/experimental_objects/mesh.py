"""Mesh: polygon meshes, empty or of the seven primitives."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf, UsdGeom, Vt

from ..arrays import to_device, to_host
from ..core_utils.stage import get_current_stage
from ..views.fields import accessors, word
from ..views.values import words
from .shapes import Shape
from .typed_prim import instances

PRIMITIVES = ("Cone", "Cube", "Cylinder", "Disk", "Plane", "Sphere", "Torus")


@accessors(
    {
        "subdivision_specs": (
            word("subdivision_schemes", "subdivisionScheme", default="catmullClark"),
            word("interpolate_boundaries", "interpolateBoundary", default="edgeAndCorner"),
            word("triangle_subdivision_rules", "triangleSubdivisionRule", default="catmullClark"),
        )
    }
)
class Mesh(Shape):
    """Polygon meshes."""

    schema = UsdGeom.Mesh

    def __init__(self, paths: str | list[str], *, primitives: Any = None, **given: Any) -> None:
        """Find meshes or make them.

        Args:
            paths: existing meshes or new paths.
            primitives: Cone, Cube, Cylinder, Disk, Plane, Sphere or Torus, one for all or one each; None is empty.
            given: colours and placing.

        Raises:
            ValueError: if a primitive has another name.
        """
        self._kinds: dict[str, str] = {}
        if primitives is not None:
            _, missing = self.resolve_paths(paths)
            self._kinds = dict(zip(missing, words(primitives, max(1, len(missing)), "primitives"), strict=False))
        wrong = sorted(set(self._kinds.values()) - set(PRIMITIVES))
        if wrong:
            raise ValueError(f"Mesh: primitives {wrong} were given; expected {', '.join(PRIMITIVES)}")
        super().__init__(paths, **given)

    def _define(self, path: str) -> None:
        if path not in self._kinds:
            super()._define(path)
            return
        from ...replicator.functional.authoring import define_shape

        define_shape(get_current_stage(), self._kinds[path].lower(), path)

    @property
    def num_faces(self) -> list[int]:
        """Faces of each mesh."""
        return [geom.GetFaceCount() for geom in self.geoms]

    @staticmethod
    def fetch_instances(paths: Any) -> list[Any]:
        """Return a Mesh for each prim that is one, else None."""
        return instances(paths, [Mesh])

    def set_points(self, points: list[Any], *, indices: Any = None) -> None:
        """Set the vertices (m, 3) of each mesh."""
        self._write_points("points", points, indices)

    def get_points(self, *, indices: Any = None) -> list[Any]:
        """Return the vertices (m, 3) of each mesh."""
        return self._read("points", 3, indices)

    def set_normals(self, normals: list[Any], *, indices: Any = None) -> None:
        """Set the normals (m, 3) of each mesh."""
        self._write_points("normals", normals, indices)

    def get_normals(self, *, indices: Any = None) -> list[Any]:
        """Return the normals (m, 3) of each mesh."""
        return self._read("normals", 3, indices)

    def set_face_specs(
        self,
        vertex_indices: list[Any] | None = None,
        vertex_counts: list[Any] | None = None,
        varying_linear_interpolations: list[str] | None = None,
        hole_indices: list[Any] | None = None,
        *,
        indices: Any = None,
    ) -> None:
        """Set the corners, the corner counts, the texture interpolation and the holes of each mesh."""
        self._write_ints("faceVertexIndices", vertex_indices, indices)
        self._write_ints("faceVertexCounts", vertex_counts, indices)
        self._write_ints("holeIndices", hole_indices, indices)
        if varying_linear_interpolations is not None:
            prims = self._pick(indices)
            for prim, name in zip(
                prims, words(varying_linear_interpolations, len(prims), "interpolations"), strict=True
            ):
                UsdGeom.Mesh(prim).CreateFaceVaryingLinearInterpolationAttr().Set(name)

    def get_face_specs(self, *, indices: Any = None) -> tuple[list[Any], list[Any], list[str], list[Any]]:
        """Return corners, corner counts, texture interpolations and holes of each mesh."""
        styles = [UsdGeom.Mesh(p).GetFaceVaryingLinearInterpolationAttr().Get() for p in self._pick(indices)]
        return (
            self._read("faceVertexIndices", 0, indices),
            self._read("faceVertexCounts", 0, indices),
            styles,
            self._read("holeIndices", 0, indices),
        )

    def _write_points(self, name: str, values: list[Any], indices: Any) -> None:
        prims = self._pick(indices)
        for prim, rows in zip(prims, values, strict=True):
            vectors = [Gf.Vec3f(*row) for row in to_host(rows).reshape(-1, 3).tolist()]
            prim.GetAttribute(name).Set(Vt.Vec3fArray(vectors))
        self._changed(prims)

    def _write_ints(self, name: str, values: list[Any] | None, indices: Any) -> None:
        for prim, numbers in zip(self._pick(indices), values or [], strict=False):
            prim.GetAttribute(name).Set(Vt.IntArray(to_host(numbers).astype(int).ravel().tolist()))

    def _read(self, name: str, width: int, indices: Any) -> list[Any]:
        found = [np.array(prim.GetAttribute(name).Get() or []) for prim in self._pick(indices)]
        if width:
            return [to_device(array.astype(np.float32).reshape(-1, width)) for array in found]
        return [to_device(array.astype(np.int32).reshape(-1, 1), int) for array in found]
