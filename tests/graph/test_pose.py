"""Poses against USD's own matrices and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom

from engine.graph.graph import Clock
from engine.graph.xform_ops import look_at_matrix
from engine.replicator import create, distribution, get, modify, settings

from .conftest import make_xforms


def world(stage, path):
    return np.array(UsdGeom.XformCache().GetLocalToWorldTransform(stage.GetPrimAtPath(path)))


def run(graph):
    graph.run_pending(Clock())


def test_rotation_composes_rx_ry_rz_on_row_vectors(stage, graph):
    (path,) = make_xforms(stage, 1)
    modify.pose(rotation=(20, 30, 40), input_prims=path)
    run(graph)
    turns = [Gf.Rotation(Gf.Vec3d(*axis), angle) for axis, angle in zip(np.eye(3), (20, 30, 40), strict=True)]
    expected = np.array(Gf.Matrix3d(turns[0] * turns[1] * turns[2]))
    np.testing.assert_allclose(world(stage, path)[:3, :3], expected, atol=1e-6)


def test_rotation_order(stage, graph):
    (path,) = make_xforms(stage, 1)
    modify.pose(rotation=(20, 30, 40), rotation_order="ZXY", input_prims=path)
    run(graph)
    x, y, z = [Gf.Rotation(Gf.Vec3d(*axis), angle) for axis, angle in zip(np.eye(3), (20, 30, 40), strict=True)]
    np.testing.assert_allclose(world(stage, path)[:3, :3], np.array(Gf.Matrix3d(z * x * y)), atol=1e-6)


def test_single_axes_keep_the_others(stage, graph):
    (path,) = make_xforms(stage, 1)
    modify.pose(position=(1, 2, 3), rotation=(10, 20, 30), scale=2, input_prims=path)
    modify.pose(position_y=9, rotation_z=-5, input_prims=path, write_to_usd=True)
    run(graph)
    prim = stage.GetPrimAtPath(path)
    assert tuple(prim.GetAttribute("xformOp:translate").Get()) == (1, 9, 3)
    np.testing.assert_allclose(prim.GetAttribute("xformOp:rotateXYZ").Get(), (10, 20, -5), atol=1e-5)
    assert tuple(prim.GetAttribute("xformOp:scale").Get()) == (2, 2, 2)


def test_orient_op_of_functional_prims_is_reused(stage, graph):
    (path,) = make_xforms(stage, 1)
    xform = UsdGeom.Xformable(stage.GetPrimAtPath(path))
    xform.AddTranslateOp()
    xform.AddOrientOp(UsdGeom.XformOp.PrecisionDouble).Set(Gf.Quatd(1))
    xform.AddScaleOp()
    modify.pose(rotation=(0, 0, 90), input_prims=path)
    run(graph)
    np.testing.assert_allclose(world(stage, path)[0, :3], (0, 1, 0), atol=1e-6)
    assert "xformOp:rotateXYZ" not in list(xform.GetXformOpOrderAttr().Get())


def test_a_matrix_op_becomes_simple_ops_of_the_same_transform(stage, graph):
    (path,) = make_xforms(stage, 1)
    matrix = Gf.Matrix4d().SetRotate(Gf.Rotation(Gf.Vec3d(1, 1, 0), 35)) * Gf.Matrix4d().SetTranslate((1, 2, 3))
    UsdGeom.Xformable(stage.GetPrimAtPath(path)).AddTransformOp().Set(matrix)
    modify.pose(position=(4, 5, 6), input_prims=path)
    run(graph)
    np.testing.assert_allclose(world(stage, path)[:3, :3], np.array(matrix)[:3, :3], atol=1e-6)
    np.testing.assert_allclose(world(stage, path)[3, :3], (4, 5, 6))


def test_look_at_points_minus_z_at_the_target_below_a_moved_parent(stage, graph):
    root = UsdGeom.Xform.Define(stage, "/World")
    root.AddTranslateOp().Set((10, 0, 0))
    root.AddRotateZOp().Set(30)
    (path,) = make_xforms(stage, 1)
    modify.pose(position=(1, 2, 3), look_at=(0, 0, 0), input_prims=path)
    run(graph)
    matrix = world(stage, path)
    np.testing.assert_allclose(-matrix[2, :3], -matrix[3, :3] / np.linalg.norm(matrix[3, :3]), atol=1e-6)
    assert matrix[1, 2] > 0  # +Y of the prim leans to the stage's up


@pytest.mark.parametrize("axis", ["Y", "Z"])
def test_camera_looks_at_the_mean_of_prims(stage, graph, axis):
    settings.set_stage_up_axis(axis)
    first, second = make_xforms(stage, 2)
    modify.pose(position=(0, 2, 0), input_prims=first)
    modify.pose(position=(4, 2, 2), input_prims=second)
    run(graph)
    create.camera(position=(5, 7, 9), look_at=[first, second])
    matrix = world(stage, "/Replicator/Camera_Xform/Camera")
    direction = np.array([2, 2, 1]) - [5, 7, 9]
    np.testing.assert_allclose(-matrix[2, :3], direction / np.linalg.norm(direction), atol=1e-6)
    np.testing.assert_allclose(matrix[3, :3], (5, 7, 9), atol=1e-9)
    assert abs(matrix[0, 2 if axis == "Z" else 1]) < 1e-6  # no roll


def test_z_up_camera_without_rotation_looks_along_minus_x(stage, graph):
    create.camera()
    matrix = world(stage, "/Replicator/Camera_Xform/Camera")
    np.testing.assert_allclose(-matrix[2, :3], (-1, 0, 0), atol=1e-6)
    np.testing.assert_allclose(matrix[1, :3], (0, 0, 1), atol=1e-6)


def test_look_at_matrix_survives_a_view_along_up():
    """PoseWriter's golden view of Isaac Sim 5.1 from (0, 0, 10) straight down: image-up is -X."""
    matrix = look_at_matrix(np.zeros(3), np.array([0.0, 0, -5]), np.array([0.0, 0, 1]))
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(matrix[:, 2], [1e-7, 0, 1], atol=1e-12)
    np.testing.assert_allclose(matrix[:, 1], [-1, 0, 1e-7], atol=1e-12)
    up_is_x = look_at_matrix(np.zeros(3), np.array([-5.0, 0, 0]), np.array([2.0, 0, 0]))
    np.testing.assert_allclose(up_is_x[:, 2], [1, 1e-7, 0], atol=1e-12)


def test_size_scales_to_the_extent(stage, graph):
    item = create.cube()
    modify.pose(size=(2, 3, 4), input_prims=item)
    run(graph)
    box = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default"]).ComputeWorldBound(
        stage.GetPrimAtPath("/Replicator/Cube_Xform")
    )
    np.testing.assert_allclose(box.ComputeAlignedRange().GetSize(), (2, 3, 4), atol=1e-6)


def test_pivot_is_what_position_places(stage, graph):
    create.cube(position=(1, 1, 1), pivot=(0, 0, -1))
    matrix = world(stage, "/Replicator/Cube_Xform")
    np.testing.assert_allclose(np.array([0, 0, -0.5, 1]) @ matrix, (1, 1, 1, 1), atol=1e-6)


@pytest.mark.parametrize(("axis", "expected"), [("Z", (1, 2 + 3**0.5, 2)), ("Y", (1, 3, 1 + 3**0.5))])
def test_orbit_is_a_place_on_a_sphere(stage, graph, axis, expected):
    settings.set_stage_up_axis(axis)
    (path,) = make_xforms(stage, 1)
    modify.pose_orbit(barycentre=(1, 2, 1), distance=2, azimuth=90, elevation=30, input_prims=path)
    run(graph)
    matrix = world(stage, path)
    np.testing.assert_allclose(matrix[3, :3], expected, atol=1e-6)
    np.testing.assert_allclose(-matrix[2, :3], (np.array([1, 2, 1]) - expected) / 2, atol=1e-6)


def test_camera_relative_place(stage, graph):
    product = stage.DefinePrim("/Render/P", "RenderProduct")
    from pxr import Sdf

    product.CreateAttribute("resolution", Sdf.ValueTypeNames.Int2).Set(Gf.Vec2i(200, 100))
    camera = create.camera(position=(0, 0, 5), focal_length=20, horizontal_aperture=20)
    (path,) = make_xforms(stage, 1)
    modify.pose_camera_relative(camera, "/Render/P", 4, 1, -1, input_prims=path)
    run(graph)
    # looks along -X, image right is +Y: half width 4 * 0.5, half height half of that
    np.testing.assert_allclose(world(stage, path)[3, :3], (-4, 2, 4), atol=1e-6)


def test_a_distribution_may_be_the_look_at_target(stage, graph):
    (path,) = make_xforms(stage, 1)
    modify.pose(position=(0, 0, 3), look_at=distribution.choice([(0.0, 4.0, 0.0)]), input_prims=path)
    run(graph)
    np.testing.assert_allclose(-world(stage, path)[2, :3], (0, 0.8, -0.6), atol=1e-6)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"position": (1, 2)}, ValueError, r"modify.pose: position=\(1, 2\) was given; expected a number or 3 numbers"),
        ({"position": "x"}, TypeError, "position='x' was given"),
        ({"position": (0, 0, 0), "position_x": 1}, ValueError, "position and position_x were given together"),
        ({"rotation": (0, 0, 0), "look_at": (0, 0, 0)}, ValueError, "rotation and look_at were given together"),
        ({"size": 1, "scale": 1}, ValueError, "scale and size were given together"),
        ({"rotation": 0, "rotation_order": "ABC"}, ValueError, "rotation_order='ABC' was given; expected one of: XYZ"),
    ],
)
def test_bad_arguments(stage, options, error, message):
    with pytest.raises(error, match=message):
        modify.pose(input_prims=make_xforms(stage, 1), **options)


def test_missing_prims(stage, graph, capsys):
    modify.pose(position=1)
    run(graph)
    assert (
        "modify.pose: input_prims=None was given outside `with item:`; it works on no prims" in capsys.readouterr().err
    )
    with get.prim_at_path("/Nowhere"):
        modify.pose(position=1)
    with pytest.raises(ValueError, match="no prim at '/Nowhere' on the stage"):
        run(graph)


def test_wrong_width_of_a_distribution(stage, graph):
    modify.pose(position=distribution.uniform((0, 0), (1, 1)), input_prims=make_xforms(stage, 1))
    with pytest.raises(ValueError, match="a sample of 2 numbers was given; expected 1 or 3"):
        run(graph)


def test_orbit_and_relative_arguments(stage, graph):
    (path,) = make_xforms(stage, 1)
    with pytest.raises(TypeError, match="pose_orbit: distance=None was given"):
        modify.pose_orbit((0, 0, 0), None, 0, 0, input_prims=path)
    with pytest.raises(ValueError, match="render_product='/None' was given; expected a render product"):
        modify.pose_camera_relative(path, "/None", 1, input_prims=path)
    product = stage.DefinePrim("/Render/P", "RenderProduct")
    from pxr import Sdf

    product.CreateAttribute("resolution", Sdf.ValueTypeNames.Int2).Set(Gf.Vec2i(20, 10))
    modify.pose_camera_relative(path, "/Render/P", 1, input_prims=path)
    with pytest.raises(ValueError, match="is no camera and holds none"):
        run(graph)
