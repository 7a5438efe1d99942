"""isaacsim.core.utils.mesh: vertices in another prim's frame."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Usd, UsdGeom

from .stage import get_stage_units
from .transformations import get_relative_transform


def get_mesh_vertices_relative_to(mesh_prim: Any, coord_prim: Usd.Prim) -> np.ndarray:
    """Return the vertices (n, 3) of a mesh in the frame of another prim, metres."""
    mesh = UsdGeom.Mesh(mesh_prim)
    points = np.array(mesh.GetPointsAttr().Get(), dtype=float)
    matrix = get_relative_transform(mesh.GetPrim(), coord_prim)
    return (points @ matrix[:3, :3].T + matrix[:3, 3]) * get_stage_units()  # type: ignore[no-any-return]
