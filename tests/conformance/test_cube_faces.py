"""The order of a mesh cube's faces, which scripts rely on when they label GeomSubsets by face number."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import UsdGeom

import engine.replicator as rep
from engine.usd_context import get_context

Y_UP = [(0, 0, 1), (0, 0, -1), (0, 1, 0), (0, -1, 0), (-1, 0, 0), (1, 0, 0)]  # Kit's own cube on a Y-up stage


@pytest.mark.parametrize("axis", ["Y", "Z"])
def test_faces_are_numbered_as_in_kit(axis):
    get_context().new_stage()
    UsdGeom.SetStageUpAxis(get_context().get_stage(), axis)
    mesh = UsdGeom.Mesh(rep.functional.create.cube())
    points = np.array(mesh.GetPointsAttr().Get())
    corners = np.array(mesh.GetFaceVertexIndicesAttr().Get()).reshape(6, 4)
    outward = [np.cross(points[c[1]] - points[c[0]], points[c[2]] - points[c[1]]) for c in corners]
    np.testing.assert_allclose(np.array(mesh.GetNormalsAttr().Get()).reshape(6, 4, 3)[:, 0], outward, atol=1e-6)
    np.testing.assert_allclose(points[corners].mean(axis=1), 0.5 * np.array(outward), atol=1e-6)
    # NVIDIA's sdg_geomsubset.py (Z-up) sees faces 0, 2 and 5 from the direction (1, 1, 1)
    assert [i for i, normal in enumerate(outward) if sum(normal) > 0] == [0, 2, 5]
    if axis == "Y":
        np.testing.assert_allclose(outward, Y_UP, atol=1e-6)
