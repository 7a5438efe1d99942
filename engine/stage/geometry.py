"""One drawable prim as triangles, from which meshes are made for its subsets and materials."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
from jaxtyping import Float32, Int32
from pxr import Usd

from engine.stage.complaints import Complaints
from engine.stage.labels import Labels
from engine.stage.primvars import Topology, Values, read_primvar, to_corners, uv_primvar
from engine.stage.scene import Mesh, Rgb

DISPLAY_COLOR = "displayColor"
WARMER = "band:temperatureOffset"  # primvar: kelvin that a vertex, corner or face is warmer than the prim


@dataclass(frozen=True, eq=False)
class Part:
    """Some faces of a prim that are drawn together.

    Attributes:
        subset: name of the GeomSubset below the prim, "" for what no subset claims.
        faces: face numbers; None for all.
        labels: of the subset itself.
    """

    subset: str = ""
    faces: Int32[np.ndarray, "k"] | None = None
    labels: Labels | None = None

    def path(self, owner: str) -> str:
        """Return the subset's path below its mesh, "" without a subset."""
        return f"{owner}/{self.subset}" if self.subset else ""

    def bindable(self, owner: Usd.Prim) -> Usd.Prim:
        """Return the prim whose material binding counts."""
        return owner.GetChild(self.subset) if self.subset else owner


@dataclass(frozen=True)
class Needs:
    """What a material asks of a mesh: its texture coordinates, and the primvar its colour is read from."""

    uvs: str | None = None
    color: str | None = DISPLAY_COLOR


@dataclass(eq=False)
class Geometry:
    """The triangles of one prim at one time.

    Attributes:
        prim: the prim, or the last used one of the instance proxies that share it.
        time: when it was read.
        varies: it, or a primvar of it, may vary over time.
        points: (n, 3) local stage units.
        topology: triangles.
        normals: (m, 3, 3) corner normals; None for flat shading.
        own_uvs: (m, 3, 2) coordinates of an intrinsic shape; None reads primvars.
        double_sided: UsdGeomGprim doubleSided.
        parts: subsets and remainder.
        smooth: the normals follow from the points.
    """

    prim: Usd.Prim
    time: Usd.TimeCode
    varies: bool
    points: Float32[np.ndarray, "n 3"]
    topology: Topology
    normals: Float32[np.ndarray, "m 3 3"] | None
    own_uvs: Float32[np.ndarray, "m 3 2"] | None
    double_sided: bool
    parts: tuple[Part, ...]
    complaints: Complaints
    smooth: bool = False
    _meshes: dict[Any, tuple[Mesh, Rgb | None]] = field(default_factory=dict)
    _primvars: dict[str, Values | None] = field(default_factory=dict)
    _warmer: dict[str, Float32[np.ndarray, "m 3"] | None] = field(default_factory=dict)

    def mesh(self, part: Part, needs: Needs, shared: MutableMapping[str, Mesh]) -> tuple[Mesh, Rgb | None]:
        """Return a part's triangles and its constant colour.

        Args:
            part: one of `parts`.
            needs: what its material asks for.
            shared: meshes by key; an equal one is returned instead of a copy.
        """
        key = (part.subset, needs)
        if key not in self._meshes:
            self._meshes[key] = self._build(part, needs, shared)
        return self._meshes[key]

    def opacity(self) -> float:
        """Return displayOpacity, its mean where it varies over the surface."""
        found = self._primvar("displayOpacity")
        return 1.0 if found is None or not len(found.values) else float(np.clip(found.values.mean(), 0.0, 1.0))

    def warmer(self, part: Part) -> Float32[np.ndarray, "m 3"] | None:
        """Return kelvin that a part's triangle corners are warmer than the prim; the same array until `cool`."""
        if part.subset not in self._warmer:
            found = self._primvar(WARMER)
            if found is None or found.values.ndim != 1 or not np.isfinite(found.values).all():
                self._warmer[part.subset] = None
            else:
                chosen = slice(None) if part.faces is None else np.flatnonzero(np.isin(self.topology.faces, part.faces))
                spread = to_corners(found, self.topology, self.prim, self.complaints)
                self._warmer[part.subset] = None if spread is None else np.ascontiguousarray(spread[chosen], np.float32)
        return self._warmer[part.subset]

    def cool(self) -> None:
        """Forget how warm the corners are: it was authored anew."""
        self._warmer.clear()
        self._primvars.pop(WARMER, None)

    def _build(self, part: Part, needs: Needs, shared: MutableMapping[str, Mesh]) -> tuple[Mesh, Rgb | None]:
        triangles, points = self.topology.triangles, self.points
        chosen = slice(None) if part.faces is None else np.flatnonzero(np.isin(self.topology.faces, part.faces))
        if part.faces is not None:
            used, inverse = np.unique(triangles[chosen], return_inverse=True)
            points, triangles = points[used], inverse.reshape(-1, 3).astype(np.int32)
        colors, constant = self._colors(needs.color)
        arrays = (
            points,
            triangles,
            _picked(self.normals, chosen),
            _picked(self._uvs(needs.uvs), chosen),
            _picked(colors, chosen),
        )
        key = content_key(arrays, self.double_sided)
        mesh = shared.get(key)
        if mesh is None:
            mesh = shared[key] = Mesh(key, *arrays, double_sided=self.double_sided)
        return mesh, constant

    def _primvar(self, name: str) -> Values | None:
        if name not in self._primvars:
            self._primvars[name] = read_primvar(self.prim, name, self.time, self.complaints)
            found = self._primvars[name]
            self.varies |= found is not None and found.varies
        return self._primvars[name]

    def _uvs(self, wanted: str | None) -> Float32[np.ndarray, "m 3 2"] | None:
        name = uv_primvar(self.prim, wanted) if self.own_uvs is None else None
        found = self._primvar(name) if name else None
        if found is None or found.values.ndim != 2 or found.values.shape[1] < 2:
            return self.own_uvs
        spread = to_corners(found, self.topology, self.prim, self.complaints)
        return None if spread is None else np.ascontiguousarray(spread[..., :2], np.float32)

    def _colors(self, name: str | None) -> tuple[Float32[np.ndarray, "m 3 3"] | None, Rgb | None]:
        """Return colours that vary over the surface, or one for all of it."""
        found = self._primvar(name) if name else None
        if found is None or not len(found.values):
            return None, None
        values = found.values if found.values.ndim == 2 else np.repeat(found.values[:, None], 3, axis=1)
        if values.shape[1] < 3 or not np.isfinite(values).all():
            self.complaints.warn(
                f"{self.prim.GetPath()}: colour primvar '{name}' is ignored: it has {values.shape[1]} finite "
                "components a value; expected 3"
            )
            return None, None
        if found.interpolation == "constant" or len(values) == 1:
            return None, (float(values[0, 0]), float(values[0, 1]), float(values[0, 2]))
        plain = Values(found.name, found.interpolation, values[:, :3], found.varies)
        spread = None if self.own_uvs is not None else to_corners(plain, self.topology, self.prim, self.complaints)
        return (None if spread is None else np.ascontiguousarray(spread, np.float32)), None


def _picked(array: np.ndarray | None, chosen: Any) -> np.ndarray | None:
    return None if array is None else np.ascontiguousarray(array[chosen])


def content_key(arrays: tuple[np.ndarray | None, ...], double_sided: bool) -> str:
    """Name a mesh by its content, so that equal keys mean equal meshes whoever reads them."""
    digest = blake2b(b"1" if double_sided else b"0", digest_size=16)
    for array in arrays:
        digest.update(b"-" if array is None else f"{array.shape}".encode())
        if array is not None:
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
