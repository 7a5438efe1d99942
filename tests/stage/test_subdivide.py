"""Subdivision against values known in closed form, and where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom

from engine.carb.settings import get_settings
from engine.stage.meshes import read_cage
from engine.stage.reader import StageReader
from engine.stage.refinement_level import GLOBAL_LEVEL
from engine.stage.subdivide import Refined, refine

from .build import area, mesh, only, primvar, volume
from .test_meshes import CUBE_FACES, CUBE_POINTS

NOW = Usd.TimeCode.Default()
TETRAHEDRON = [(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]
TETRA_FACES = [0, 1, 2, 0, 3, 1, 0, 2, 3, 1, 3, 2]


def cube(stage: Usd.Stage, scheme: str = "catmullClark") -> UsdGeom.Mesh:
    return mesh(stage, "/M", CUBE_POINTS, [4] * 6, CUBE_FACES, scheme)


def ask(made: UsdGeom.Mesh, level: int) -> None:
    made.GetPrim().CreateAttribute("refinementEnableOverride", Sdf.ValueTypeNames.Bool).Set(True)
    made.GetPrim().CreateAttribute("refinementLevel", Sdf.ValueTypeNames.Int).Set(level)


def refined(made: UsdGeom.Mesh, level: int) -> tuple[np.ndarray, Refined]:
    cage, _ = read_cage(made.GetPrim(), NOW)
    assert cage is not None
    found = refine(made.GetPrim(), cage, level, NOW)
    return found.from_points @ cage.points, found


def test_first_step_of_catmull_clark_on_a_cube(stage: Usd.Stage) -> None:
    """Face points stay at 1, edge points come to 3/4, old points to 5/9 of their distance."""
    points, found = refined(cube(stage), 1)
    size = np.sort(np.abs(points), axis=1)
    np.testing.assert_allclose(size[:8], np.full((8, 3), 5 / 9))
    np.testing.assert_allclose(size[8:20], np.tile([0, 0.75, 0.75], (12, 1)))
    np.testing.assert_allclose(size[20:], np.tile([0, 0, 1.0], (6, 1)))
    assert len(found.counts) == 24 and (found.counts == 4).all()
    assert list(found.parents) == [face for face in range(6) for _ in range(4)]


def test_loop_on_a_tetrahedron(stage: Usd.Stage) -> None:
    """Edge points: 3/8 of the ends and 1/8 of the other two, which add up to minus the ends; valence 3 has beta 3/16."""
    points, found = refined(mesh(stage, "/M", TETRAHEDRON, [3] * 4, TETRA_FACES, "loop"), 1)
    old = np.array(TETRAHEDRON, float)
    np.testing.assert_allclose(points[:4], old * (7 / 16) - old * (3 / 16), atol=1e-12)
    pairs = [(a, b) for a in range(4) for b in range(a + 1, 4)]
    np.testing.assert_allclose(points[4:], [(old[a] + old[b]) * (3 / 8 - 1 / 8) for a, b in pairs], atol=1e-12)
    assert len(found.counts) == 16


@pytest.mark.parametrize("scheme", ["catmullClark", "loop", "bilinear"])
def test_weights_add_up_to_one(stage: Usd.Stage, scheme: str) -> None:
    made = mesh(stage, "/M", TETRAHEDRON, [3] * 3, TETRA_FACES[:9], scheme)  # open
    made.CreateCreaseIndicesAttr([0, 1])
    made.CreateCreaseLengthsAttr([2])
    made.CreateCreaseSharpnessesAttr([1.5])
    _, found = refined(made, 3)
    np.testing.assert_allclose(found.from_points.sum(axis=1), 1.0)
    np.testing.assert_allclose(found.from_corners.sum(axis=1), 1.0)
    assert found.from_points.min() >= 0


def test_a_closed_sphere_like_mesh_keeps_facing_outward(stage: Usd.Stage) -> None:
    ask(cube(stage), 3)
    item = only(StageReader(stage).snapshot())
    assert len(item.mesh.triangles) == 6 * 4**3 * 2
    radius = np.linalg.norm(item.mesh.points, axis=1)
    assert 0 < volume(item) < 8 and radius.min() > 0.75 and radius.max() < 1.01
    corners = item.mesh.points[item.mesh.triangles]
    assert (np.einsum("mci,mci->mc", item.mesh.corner_normals, corners) > 0.7).all()


def test_a_plane_stays_the_plane_it_was(stage: Usd.Stage) -> None:
    """Boundaries are kept, corners are sharp: a square remains that square."""
    ask(mesh(stage, "/M", scheme="catmullClark"), 3)
    item = only(StageReader(stage).snapshot())
    assert area(item) == pytest.approx(1.0)
    np.testing.assert_allclose(item.mesh.extent, [[0, 0, 0], [1, 1, 0]], atol=1e-6)


def test_round_corners_without_the_corner_rule(stage: Usd.Stage) -> None:
    made = mesh(stage, "/M", scheme="catmullClark")
    made.CreateInterpolateBoundaryAttr("edgeOnly")
    ask(made, 1)
    points = only(StageReader(stage).snapshot()).mesh.points
    assert points[:, :2].sum(axis=1).min() == pytest.approx(0.25)  # (1/8, 1/8, 0)


def test_fully_creased_edges_stay_where_they_are(stage: Usd.Stage) -> None:
    made = cube(stage)
    rings = [[0, 1, 3, 2, 0], [4, 5, 7, 6, 4], [0, 4], [1, 5], [2, 6], [3, 7]]
    made.CreateCreaseIndicesAttr([point for ring in rings for point in ring])
    made.CreateCreaseLengthsAttr([len(ring) for ring in rings])
    made.CreateCreaseSharpnessesAttr([10.0] * len(rings))
    ask(made, 3)
    item = only(StageReader(stage).snapshot())
    assert area(item) == pytest.approx(24.0) and volume(item) == pytest.approx(8.0)


def test_bilinear_changes_no_shape(stage: Usd.Stage) -> None:
    ask(cube(stage, "bilinear"), 2)
    item = only(StageReader(stage).snapshot())
    assert len(item.mesh.triangles) == 6 * 16 * 2 and volume(item) == pytest.approx(8.0)


@pytest.mark.parametrize("interpolation", ["vertex", "varying", "faceVarying", "uniform"])
def test_primvars_follow(stage: Usd.Stage, interpolation: str) -> None:
    made = mesh(stage, "/M", scheme="catmullClark")
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    values = [(0.25, 0.75)] if interpolation == "uniform" else corners
    primvar(made, "st", Sdf.ValueTypeNames.TexCoord2fArray, interpolation, values)
    ask(made, 2)
    item = only(StageReader(stage).snapshot())
    where = item.mesh.points[item.mesh.triangles][..., :2]
    if interpolation == "uniform":
        assert (item.mesh.corner_uvs == (0.25, 0.75)).all()
    elif interpolation == "vertex":  # moves with the surface
        np.testing.assert_allclose(item.mesh.corner_uvs, where, atol=1e-6)
    else:  # linear in the authored face: a regular grid
        assert sorted(set(np.round(item.mesh.corner_uvs.ravel(), 6))) == [0, 0.25, 0.5, 0.75, 1]


def test_holes_and_subsets_of_refined_meshes(stage: Usd.Stage) -> None:
    made = cube(stage, "bilinear")
    made.CreateHoleIndicesAttr([0])
    UsdGeom.Subset.CreateGeomSubset(made, "lid", "face", [1], "materialBind")
    ask(made, 2)
    scene = StageReader(stage).snapshot()
    assert [(i.subset_path, round(area(i), 4)) for i in scene.instances] == [("/M/lid", 4.0), ("", 16.0)]


@pytest.fixture
def global_level() -> Iterator[None]:
    get_settings().set(GLOBAL_LEVEL, 1)
    yield
    get_settings().destroy_item(GLOBAL_LEVEL)


def test_the_cage_is_drawn_unless_asked(stage: Usd.Stage) -> None:
    made = cube(stage)
    reader = StageReader(stage)
    assert volume(only(reader.snapshot())) == pytest.approx(8.0)
    ask(made, 1)
    assert volume(only(reader.snapshot())) < 6.0
    made.GetPrim().GetAttribute("refinementEnableOverride").Set(False)
    assert volume(only(reader.snapshot())) == pytest.approx(8.0)


def test_the_global_level(stage: Usd.Stage, global_level: None) -> None:
    cube(stage)
    mesh(stage, "/N", CUBE_POINTS, [4] * 6, CUBE_FACES, "none")
    smooth, polygonal = StageReader(stage).snapshot().instances
    assert len(smooth.mesh.triangles) == 48 and len(polygonal.mesh.triangles) == 12
