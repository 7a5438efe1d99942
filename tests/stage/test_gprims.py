"""Intrinsic shapes against pxr's own extents and closed-form volumes and areas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pxr import Usd, UsdGeom

from engine.stage.reader import StageReader

from .build import area, only, volume

PI = np.pi
SHAPES: list[tuple[str, dict[str, Any], float]] = [  # type, attributes, volume
    ("Cube", {"size": 3.0}, 27.0),
    ("Sphere", {"radius": 2.0}, 4 / 3 * PI * 8),
    ("Cylinder", {"radius": 0.5, "height": 3.0, "axis": "X"}, PI * 0.25 * 3),
    ("Cylinder", {"radius": 0.5, "height": 3.0, "axis": "Y"}, PI * 0.25 * 3),
    ("Cylinder_1", {"radiusTop": 0.5, "radiusBottom": 1.0, "height": 2.0, "axis": "Z"}, PI * 2 / 3 * (1 + 0.5 + 0.25)),
    ("Cone", {"radius": 1.5, "height": 2.0, "axis": "Y"}, PI * 2.25 * 2 / 3),
    ("Cone", {"radius": 1.5, "height": 2.0, "axis": "Z"}, PI * 2.25 * 2 / 3),
    ("Capsule", {"radius": 0.5, "height": 2.0, "axis": "X"}, PI * 0.25 * 2 + 4 / 3 * PI * 0.125),
    ("Capsule_1", {"radiusTop": 0.5, "radiusBottom": 0.5, "height": 2.0, "axis": "Z"}, PI * 0.5 + PI / 6),
]


def define(stage: Usd.Stage, kind: str, attributes: dict[str, Any]) -> Usd.Prim:
    prim = stage.DefinePrim("/Shape", kind)
    for name, value in attributes.items():
        prim.GetAttribute(name).Set(value)
    return prim


@pytest.mark.parametrize(("kind", "attributes", "expected"), SHAPES)
def test_extent_volume_and_normals(stage: Usd.Stage, kind: str, attributes: dict[str, Any], expected: float) -> None:
    prim = define(stage, kind, attributes)
    item = only(StageReader(stage).snapshot())
    extent = UsdGeom.Boundable.ComputeExtentFromPlugins(UsdGeom.Boundable(prim), Usd.TimeCode.Default())
    np.testing.assert_allclose(item.mesh.extent, np.array(extent), atol=2e-3 * np.abs(extent).max())
    assert volume(item) == pytest.approx(expected, rel=5e-3)
    a, b, c = (item.mesh.points[item.mesh.triangles[:, i]] for i in range(3))
    facing = np.cross(b - a, c - a)
    facing /= np.linalg.norm(facing, axis=1, keepdims=True)
    assert (np.einsum("mi,mci->mc", facing, item.mesh.corner_normals) > 0.85).all()
    np.testing.assert_allclose(np.linalg.norm(item.mesh.corner_normals, axis=2), 1, atol=1e-5)
    assert item.mesh.corner_uvs.min() >= -1e-6 and item.mesh.corner_uvs.max() <= 1 + 1e-6


def test_unequal_capsule_lies_in_its_spheres_hull(stage: Usd.Stage) -> None:
    define(stage, "Capsule_1", {"radiusTop": 0.5, "radiusBottom": 1.0, "height": 2.0, "axis": "Z"})
    item = only(StageReader(stage).snapshot())
    points = item.mesh.points.astype(np.float64)
    along = np.clip(points[:, 2] / 2 + 0.5, 0, 1)
    assert points[:, 2].min() == pytest.approx(-2.0) and points[:, 2].max() == pytest.approx(1.5)
    tangent = np.arcsin(0.5 / 2)  # the touching cone leaves the spheres at this latitude
    low = points[np.isclose(np.linalg.norm(points - [0, 0, -1], axis=1), 1.0, atol=1e-6)]
    assert low[:, 2].max() == pytest.approx(-1 + np.sin(tangent), abs=1e-6)
    assert volume(item) > 0 and along.min() == 0.0


@pytest.mark.parametrize(("axis", "normal"), [("X", (1, 0, 0)), ("Y", (0, 1, 0)), ("Z", (0, 0, 1))])
def test_plane(stage: Usd.Stage, axis: str, normal: tuple[float, ...]) -> None:
    prim = define(stage, "Plane", {"width": 3.0, "length": 5.0, "axis": axis})
    item = only(StageReader(stage).snapshot())
    extent = UsdGeom.Boundable.ComputeExtentFromPlugins(UsdGeom.Boundable(prim), Usd.TimeCode.Default())
    np.testing.assert_allclose(item.mesh.extent, np.array(extent))
    a, b, c = (item.mesh.points[item.mesh.triangles[:, i]] for i in range(3))
    facing = np.cross(b - a, c - a)
    np.testing.assert_allclose(facing / np.linalg.norm(facing, axis=1, keepdims=True), [normal] * 2)
    np.testing.assert_allclose(item.mesh.corner_normals, np.full((2, 3, 3), normal))
    assert area(item) == pytest.approx(15.0)


def test_equal_shapes_share_one_mesh(stage: Usd.Stage) -> None:
    UsdGeom.Sphere.Define(stage, "/A")
    UsdGeom.Sphere.Define(stage, "/B")
    one, other = StageReader(stage).snapshot().instances
    assert one.mesh is other.mesh


@pytest.mark.parametrize(
    ("kind", "attributes"), [("Sphere", {"radius": -1.0}), ("Cone", {"height": 0.0}), ("Cube", {"size": float("nan")})]
)
def test_bad_sizes(stage: Usd.Stage, warnings: list[str], kind: str, attributes: dict[str, Any]) -> None:
    define(stage, kind, attributes)
    assert not StageReader(stage).snapshot().instances
    assert warnings[0].startswith(f"/Shape: the {kind} is left out: its sizes are [") and "expected" in warnings[0]


def test_constant_display_color(stage: Usd.Stage) -> None:
    UsdGeom.Cube.Define(stage, "/C").CreateDisplayColorAttr([(1, 0.5, 0)])
    assert only(StageReader(stage).snapshot()).display_color == (1.0, 0.5, 0.0)
