"""BasisCurves as tubes: points against the curves' own definitions, shapes against closed form."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom

from engine.stage.curves import PIECES, SIDES, Kind, sampled
from engine.stage.reader import StageReader
from engine.stage.scene import Mesh

from .build import only


def curves(stage: Usd.Stage, points: object, counts: object, **attributes: object) -> UsdGeom.BasisCurves:
    made = UsdGeom.BasisCurves.Define(stage, "/Wire")
    made.CreatePointsAttr([tuple(map(float, p)) for p in points])
    made.CreateCurveVertexCountsAttr(list(counts))
    for name, value in {"type": "linear", **attributes}.items():
        made.GetPrim().GetAttribute(name).Set(value)
    return made


def read(stage: Usd.Stage) -> Mesh:
    return only(StageReader(stage).snapshot()).mesh


def outward(mesh: Mesh) -> bool:
    """Whether faces wind the way their normals point."""
    corners = mesh.points[mesh.triangles].astype(np.float64)
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return bool(((faces * mesh.corner_normals.mean(axis=1)).sum(axis=1) > 0).all())


def volume(mesh: Mesh) -> float:
    a, b, c = (mesh.points[mesh.triangles[:, i]].astype(np.float64) for i in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def test_a_straight_wire_is_a_prism(stage: Usd.Stage) -> None:
    curves(stage, [(0, 0, 0), (0, 0, 1), (0, 0, 3)], [3], widths=[0.2])
    mesh = read(stage)
    area = SIDES / 2 * 0.1**2 * np.sin(2 * np.pi / SIDES)
    assert len(mesh.points) == 3 * SIDES and outward(mesh)
    np.testing.assert_allclose(volume(mesh), 3 * area, rtol=1e-5)
    np.testing.assert_allclose(np.hypot(mesh.points[:, 0], mesh.points[:, 1]), 0.1, rtol=1e-5)
    side = mesh.corner_normals[np.abs(mesh.corner_normals[..., 2]).max(axis=1) < 0.5]
    np.testing.assert_allclose(np.linalg.norm(side, axis=-1), 1, rtol=1e-5)


def test_widths_grow_along_the_curve_and_differ_between_curves(stage: Usd.Stage) -> None:
    points = [(0, 0, 0), (0, 0, 1), (0, 0, 2), (5, 0, 0), (5, 0, 1)]
    curves(stage, points, [3, 2], widths=[0.2, 0.4, 0.6, 1.0, 2.0])
    mesh = read(stage)
    centre = np.where(mesh.points[:, 0] > 2.5, 5.0, 0.0)
    radius = np.hypot(mesh.points[:, 0] - centre, mesh.points[:, 1])
    np.testing.assert_allclose(radius, np.repeat([0.1, 0.2, 0.3, 0.5, 1.0], SIDES), rtol=1e-5)


def test_each_curve_may_have_a_width(stage: Usd.Stage) -> None:
    curves(stage, [(0, 0, 0), (0, 0, 1), (5, 0, 0), (5, 0, 1), (5, 0, 2)], [2, 3], widths=[0.2, 0.6])
    extent = read(stage).extent
    np.testing.assert_allclose([extent[0, 0], extent[1, 0]], [-0.1, 5.3], atol=1e-5)


def test_a_bezier_curve_follows_its_polynomial() -> None:
    rng = np.random.default_rng(1)
    vertices = rng.normal(size=(7, 3))
    found = sampled(vertices, Kind("bezier", "nonperiodic"))
    assert len(found) == 2 * PIECES + 1
    for segment in range(2):
        a, b, c, d = vertices[3 * segment : 3 * segment + 4]
        for piece in range(PIECES):
            t = piece / PIECES
            expected = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t * t * (1 - t) * c + t**3 * d
            np.testing.assert_allclose(found[segment * PIECES + piece], expected, atol=1e-12)
    np.testing.assert_allclose(found[-1], vertices[-1], atol=1e-12)


@pytest.mark.parametrize("wrap", ["nonperiodic", "periodic", "pinned"])
def test_catmull_rom_goes_through_its_vertices(wrap: str) -> None:
    vertices = np.random.default_rng(2).normal(size=(6, 3))
    found = sampled(vertices, Kind("catmullRom", wrap))[::PIECES]
    expected = {"nonperiodic": vertices[1:-1], "periodic": np.roll(vertices, -1, axis=0), "pinned": vertices}[wrap]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_bspline_is_scipys() -> None:
    interpolate = pytest.importorskip("scipy.interpolate")
    vertices = np.random.default_rng(3).normal(size=(8, 3))
    found = sampled(vertices, Kind("bspline", "nonperiodic"))
    knots = np.arange(-3, len(vertices) + 1, dtype=float)
    spline = interpolate.BSpline(knots, vertices, 3)
    np.testing.assert_allclose(found, spline(np.linspace(0, len(vertices) - 3, len(found))), atol=1e-12)
    pinned = sampled(vertices, Kind("bspline", "pinned"))
    np.testing.assert_allclose(pinned[[0, -1]], vertices[[0, -1]], atol=1e-12)


def test_a_ring_closes(stage: Usd.Stage) -> None:
    angle = 2 * np.pi * np.arange(40) / 40
    points = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    curves(stage, points, [40], type="cubic", basis="catmullRom", wrap="periodic", widths=[0.1])
    mesh = read(stage)
    edges = np.sort(mesh.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all() and outward(mesh)
    area = SIDES / 2 * 0.05**2 * np.sin(2 * np.pi / SIDES)
    np.testing.assert_allclose(volume(mesh), 2 * np.pi * area, rtol=1e-3)


def test_curves_that_change_are_read_again(stage: Usd.Stage) -> None:
    made = curves(stage, [(0, 0, 0), (0, 0, 1)], [2], widths=[0.2])
    reader = StageReader(stage)
    first = only(reader.snapshot()).mesh
    assert only(reader.snapshot()).mesh is first
    made.GetWidthsAttr().Set([0.4])
    np.testing.assert_allclose(only(reader.snapshot()).mesh.extent[1, 2], 1)
    assert only(reader.snapshot()).mesh is not first
    made.GetPointsAttr().Set([(0, 0, 0), (0, 0, 2)], 0.0)
    made.GetPointsAttr().Set([(0, 0, 0), (0, 0, 4)], 24.0)
    assert [only(reader.snapshot(s)).mesh.extent[1, 2] for s in (0.0, 0.5, 1.0)] == [2, 3, 4]


WRONG = {
    "its curveVertexCounts add up to 5 for 2 points; expected finite points": {"counts": [5]},
    "its widths do not fit its interpolation; expected one, one a curve, a vertex or a segment end": {
        "widths": [1.0, 2.0, 3.0]
    },
    "its basis is 'hermite'; expected one of: bezier, bspline, catmullRom": {"type": "cubic", "basis": "hermite"},
    "none of its curves has a segment": {"type": "cubic", "basis": "bspline"},
}


@pytest.mark.parametrize("said", WRONG)
def test_broken_curves_are_left_out(stage: Usd.Stage, warnings: list[str], said: str) -> None:
    given = dict(WRONG[said])
    curves(stage, [(0, 0, 0), (0, 0, 1)], given.pop("counts", [2]), **{"widths": [0.1], **given})
    assert not StageReader(stage).snapshot().instances
    assert warnings == [f"/Wire: the BasisCurves is left out: {said}"]


def test_the_colour_of_a_wire(stage: Usd.Stage) -> None:
    made = curves(stage, [(0, 0, 0), (0, 0, 1)], [2])
    UsdGeom.PrimvarsAPI(made).CreatePrimvar("displayColor", Sdf.ValueTypeNames.Color3fArray).Set([(1, 0, 0)])
    item = only(StageReader(stage).snapshot())
    assert item.display_color == (1, 0, 0) and item.mesh.corner_uvs.shape == (len(item.mesh.triangles), 3, 2)
