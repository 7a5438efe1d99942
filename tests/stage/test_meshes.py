"""Meshes: cutting, orientation, primvars, and what is wrong with bad ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, Vt

from engine.stage.reader import StageReader
from engine.stage.triangulate import triangulate

from .build import SQUARE, area, areas, mesh, only, primvar, volume

TYPES = Sdf.ValueTypeNames
CUBE_POINTS = [(x, y, z) for z in (-1, 1) for y in (-1, 1) for x in (-1, 1)]
CUBE_FACES = [0, 2, 3, 1, 4, 5, 7, 6, 0, 1, 5, 4, 2, 6, 7, 3, 0, 4, 6, 2, 1, 3, 7, 5]


def shoelace(polygon: np.ndarray) -> float:
    x, y = polygon.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def star(generator: np.random.Generator, corners: int) -> np.ndarray:
    """A simple polygon, as good as always concave: points at random distances round the origin."""
    angle = np.sort(generator.uniform(0, 2 * np.pi, corners))
    while np.diff(angle, append=angle[0] + 2 * np.pi).max() > 3.0:
        angle = np.sort(generator.uniform(0, 2 * np.pi, corners))
    return generator.uniform(0.2, 1.0, corners)[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)


@pytest.mark.parametrize("corners", [4, 5, 6, 9, 17, 40])
def test_concave_polygons_keep_their_area_and_facing(corners: int) -> None:
    generator = np.random.default_rng(corners)
    turn = np.array(Gf.Matrix3d(Gf.Rotation(Gf.Vec3d(1, 2, 3), 70)))
    for _ in range(20):
        flat = star(generator, corners)
        points = np.pad(flat, ((0, 0), (0, 1))) @ turn + [3, 4, 5]
        cut, faces = triangulate(points, np.array([corners]), np.arange(corners))
        assert cut.shape == (corners - 2, 3) and set(faces) == {0} and set(cut.ravel()) == set(range(corners))
        a, b, c = (points[cut[:, i]] for i in range(3))
        signed = np.cross(b - a, c - a) @ turn[2] / 2
        assert (signed >= -1e-9).all()
        assert signed.sum() == pytest.approx(shoelace(flat), rel=1e-9)


def test_faces_of_all_sizes_come_out_in_order(stage: Usd.Stage) -> None:
    ring = [(np.cos(t), np.sin(t), 0) for t in np.arange(7) * 2 * np.pi / 7]
    mesh(stage, "/M", [*SQUARE, *ring], [3, 7, 2, 4], [0, 1, 2, *range(4, 11), 0, 1, 0, 1, 2, 3])
    item = only(StageReader(stage).snapshot())
    heptagon = 7 / 2 * np.sin(2 * np.pi / 7)
    assert len(item.mesh.triangles) == 1 + 5 + 2
    assert areas(item)[0] == pytest.approx(0.5)
    assert areas(item)[1:6].sum() == pytest.approx(heptagon, rel=1e-6)
    assert area(item) == pytest.approx(0.5 + heptagon + 1.0, rel=1e-6)


def test_holes_are_not_drawn(stage: Usd.Stage) -> None:
    made = mesh(stage, "/M", CUBE_POINTS, [4] * 6, CUBE_FACES)
    made.CreateHoleIndicesAttr([0, 3])
    assert area(only(StageReader(stage).snapshot())) == pytest.approx(4 * 4.0)


@pytest.mark.parametrize(("orientation", "sign"), [("rightHanded", 1), ("leftHanded", -1)])
def test_orientation(stage: Usd.Stage, orientation: str, sign: int) -> None:
    made = mesh(stage, "/M", CUBE_POINTS, [4] * 6, CUBE_FACES)
    made.CreateOrientationAttr(orientation)
    item = only(StageReader(stage).snapshot())
    assert volume(item) == pytest.approx(sign * 8.0)
    assert item.mesh.corner_normals is None


def test_normals_are_flat_for_polygons_and_smooth_for_subdivision_surfaces(stage: Usd.Stage) -> None:
    mesh(stage, "/Flat", CUBE_POINTS, [4] * 6, CUBE_FACES)
    mesh(stage, "/Smooth", CUBE_POINTS, [4] * 6, CUBE_FACES, "catmullClark")
    flat, smooth = StageReader(stage).snapshot().instances
    assert flat.mesh.corner_normals is None
    corners = smooth.mesh.points[smooth.mesh.triangles]
    outward = np.einsum("mci,mci->mc", smooth.mesh.corner_normals, corners)
    assert (outward > 0.5).all()
    np.testing.assert_allclose(np.linalg.norm(smooth.mesh.corner_normals, axis=2), 1.0, atol=1e-6)


QUADS = [(x, y, 0) for y in range(2) for x in range(3)]
QUAD_FACES = [0, 1, 4, 3, 1, 2, 5, 4]


def expected_by_hand(interpolation: str, values: np.ndarray, point: int, face: int, corner: int) -> np.ndarray:
    return values[
        {"constant": 0, "uniform": face, "vertex": point, "varying": point, "faceVarying": corner}[interpolation]
    ]


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize(
    ("interpolation", "count"), [("constant", 1), ("uniform", 2), ("vertex", 6), ("varying", 6), ("faceVarying", 8)]
)
def test_every_interpolation_reaches_the_right_corner(
    stage: Usd.Stage, interpolation: str, count: int, indexed: bool
) -> None:
    made = mesh(stage, "/M", QUADS, [4, 4], QUAD_FACES)
    generator = np.random.default_rng(3)
    uvs, colors = generator.uniform(size=(count, 2)), generator.uniform(size=(count, 3))
    order = generator.permutation(count)
    stored = np.argsort(order) if indexed else np.arange(count)
    indices = Vt.IntArray.FromNumpy(order.astype(np.int32)) if indexed else None
    primvar(made, "st", TYPES.TexCoord2fArray, interpolation, uvs[stored].astype(np.float32), indices)
    primvar(made, "displayColor", TYPES.Color3fArray, interpolation, colors[stored].astype(np.float32), indices)
    primvar(made, "normals", TYPES.Normal3fArray, interpolation, colors[stored].astype(np.float32), indices)
    item = only(StageReader(stage).snapshot())
    assert len(item.mesh.triangles) == 4
    for triangle, face in enumerate((0, 0, 1, 1)):
        for corner, point in enumerate(item.mesh.triangles[triangle]):
            place = 4 * face + QUAD_FACES[4 * face : 4 * face + 4].index(point)

            where = (int(point), face, place)
            uv, color = (expected_by_hand(interpolation, values, *where) for values in (uvs, colors))
            np.testing.assert_allclose(item.mesh.corner_uvs[triangle, corner], uv, atol=1e-6)
            unit = color / np.linalg.norm(color)
            np.testing.assert_allclose(item.mesh.corner_normals[triangle, corner], unit, atol=1e-5)
            if interpolation == "constant":
                assert item.mesh.corner_colors is None
                assert item.display_color == pytest.approx(tuple(colors[0]))
            else:
                np.testing.assert_allclose(item.mesh.corner_colors[triangle, corner], color, atol=1e-6)


@pytest.mark.parametrize("name", ["st", "st0", "st_0", "UVMap", "anything"])
def test_usual_names_of_texture_coordinates(stage: Usd.Stage, name: str) -> None:
    made = mesh(stage, "/M")
    primvar(made, name, TYPES.TexCoord2fArray, "vertex", [(0, 0), (2, 0), (2, 2), (0, 2)])
    item = only(StageReader(stage).snapshot())
    np.testing.assert_array_equal(item.mesh.corner_uvs, 2 * item.mesh.points[item.mesh.triangles][..., :2])


def test_primvars_are_inherited_only_when_constant(stage: Usd.Stage) -> None:
    top = UsdGeom.Xform.Define(stage, "/X")
    primvar(top, "displayColor", TYPES.Color3fArray, "constant", [(0.1, 0.2, 0.3)])
    primvar(top, "st", TYPES.TexCoord2fArray, "vertex", [(0, 0)])
    mesh(stage, "/X/M")
    item = only(StageReader(stage).snapshot())
    assert item.display_color == pytest.approx((0.1, 0.2, 0.3))
    assert item.mesh.corner_uvs is None


def test_display_opacity_without_a_material(stage: Usd.Stage) -> None:
    made = mesh(stage, "/M")
    primvar(made, "displayOpacity", TYPES.FloatArray, "constant", [0.25])
    item = only(StageReader(stage).snapshot())
    assert item.material.opacity == 0.25 and item.material.model == "default"


@pytest.mark.parametrize("sided", [True, False])
def test_double_sided(stage: Usd.Stage, sided: bool) -> None:
    mesh(stage, "/M").CreateDoubleSidedAttr(sided)
    assert only(StageReader(stage).snapshot()).mesh.double_sided is sided


def test_broken_normals_become_the_face_normal(stage: Usd.Stage) -> None:
    made = mesh(stage, "/M")
    made.CreateNormalsAttr([(0, 0, 0), (0, 0, 1), (float("nan"), 0, 0), (0, 0, 2)])
    np.testing.assert_allclose(only(StageReader(stage).snapshot()).mesh.corner_normals, np.full((2, 3, 3), [0, 0, 1.0]))


def test_hide_for_camera(stage: Usd.Stage) -> None:
    primvar(mesh(stage, "/M"), "hideForCamera", TYPES.Bool, "constant", True)
    assert only(StageReader(stage).snapshot()).primary_visible is False


NAN = float("nan")
BAD: list[tuple[dict[str, Any], str]] = [
    ({"points": [(0, 0, 0), (1, NAN, 0), (0, 1, 0), (0, float("inf"), 0)]}, "2 of its 4 points are NaN or infinite"),
    ({"points": []}, "it has no points"),
    ({"counts": [], "indices": []}, "it has no faces"),
    ({"counts": [3]}, "faceVertexCounts add up to 3 and there are 4 faceVertexIndices"),
    ({"indices": [0, 1, 2, 7]}, "faceVertexIndices reach from 0 to 7; expected 0 to 3"),
    ({"indices": [0, -1, 2, 3]}, "faceVertexIndices reach from -1 to 3; expected 0 to 3"),
    ({"counts": [2, 2]}, "none of its faces has three corners"),
]


@pytest.mark.parametrize(("wrong", "text"), BAD, ids=[text[:24] for _, text in BAD])
def test_bad_meshes_are_left_out_with_one_warning(
    stage: Usd.Stage, warnings: list[str], wrong: dict[str, Any], text: str
) -> None:
    mesh(stage, "/World/Bad", **wrong)
    good = mesh(stage, "/World/Good")
    reader = StageReader(stage)
    assert only(reader.snapshot()).prim_path == "/World/Good"
    UsdGeom.Xformable(good).AddTranslateOp().Set((1, 0, 0))
    assert only(reader.snapshot(1.0)).prim_path == "/World/Good"
    (message,) = warnings
    assert message.startswith("/World/Bad: the mesh is left out: ") and text in message


def test_a_mended_mesh_is_drawn(stage: Usd.Stage) -> None:
    made = mesh(stage, "/M", counts=[3])
    reader = StageReader(stage)
    assert not reader.snapshot().instances
    made.GetFaceVertexCountsAttr().Set([4])
    assert area(only(reader.snapshot())) == pytest.approx(1.0)


def test_wrong_primvars_are_ignored_with_a_warning(stage: Usd.Stage, warnings: list[str]) -> None:
    made = mesh(stage, "/M")
    primvar(made, "st", TYPES.TexCoord2fArray, "vertex", [(0, 0)] * 3)
    primvar(made, "displayColor", TYPES.Color3fArray, "vertex", [(0, 0, 0)] * 2, [0, 1, 2, 3])
    item = only(StageReader(stage).snapshot())
    assert item.mesh.corner_uvs is None and item.mesh.corner_colors is None
    assert any("/M: 'st' has 3 values with interpolation 'vertex', expected 4; it is ignored" in w for w in warnings)
    assert any("/M: primvar 'displayColor' is ignored: its indices reach from 0 to 3" in w for w in warnings)


def test_values_that_fit_another_interpolation_are_read_as_that(stage: Usd.Stage, warnings: list[str]) -> None:
    made = mesh(stage, "/M", QUADS, [4, 4], QUAD_FACES)
    primvar(made, "st", TYPES.TexCoord2fArray, "vertex", [(i, 0) for i in range(8)])
    item = only(StageReader(stage).snapshot())
    assert sorted(set(item.mesh.corner_uvs[..., 0].ravel())) == list(range(8))
    assert "it is read as faceVarying" in warnings[0]


def test_unsupported_gprims_are_named(stage: Usd.Stage, warnings: list[str]) -> None:
    UsdGeom.NurbsCurves.Define(stage, "/World/Hair")
    assert not StageReader(stage).snapshot().instances
    assert warnings == [warnings[0]] and "/World/Hair: prims of type NurbsCurves are not drawn" in warnings[0]
