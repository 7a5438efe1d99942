"""isaacsim.sensors.camera: axes, pixels and images, small."""

from __future__ import annotations

import importlib
import math

import numpy as np
import pytest
from PIL import Image
from pxr import Gf, UsdGeom, UsdLux

from engine.app import get_app
from engine.isaac.camera import Camera, CameraView, get_all_camera_objects
from engine.isaac.camera.axes import from_usd, to_usd
from engine.isaac.core_api.objects import VisualCuboid
from engine.isaac.core_utils.rotations import quat_to_rot_matrix
from engine.isaac.experimental_objects import Cube
from engine.isaac.rendering_manager import RenderingEvent, RenderingManager, ViewportManager

HALF = math.sqrt(0.5)
DOWN = [HALF, 0, HALF, 0]  # world axes: +X forward turned to -Z


@pytest.fixture
def lit_stage(fresh_stage):
    UsdLux.DomeLight.Define(fresh_stage, "/Sky").CreateIntensityAttr(500)
    return fresh_stage


def test_axes_agree_on_where_the_camera_looks():
    for axes, forward, up in (
        ("usd", [0, 0, -1], [0, 1, 0]),
        ("ros", [0, 0, 1], [0, -1, 0]),
        ("world", [1, 0, 0], [0, 0, 1]),
    ):
        matrix = quat_to_rot_matrix(from_usd([1, 0, 0, 0], axes))
        assert matrix @ forward == pytest.approx([0, 0, -1], abs=1e-6)
        assert matrix @ up == pytest.approx([0, 1, 0], abs=1e-6)
        turned = quat_to_rot_matrix(from_usd(to_usd([0.5, 0.5, 0.5, 0.5], axes), axes))
        assert turned == pytest.approx(quat_to_rot_matrix([0.5, 0.5, 0.5, 0.5]), abs=1e-6)
    with pytest.raises(ValueError, match="camera_axes='left' was given; expected one of: usd, ros, world"):
        to_usd([1, 0, 0, 0], "left")


def test_a_new_camera_looks_along_x_with_square_pixels(fresh_stage):
    camera = Camera("/Cam", position=[1, 2, 3], resolution=(160, 120))
    matrix = UsdGeom.Xformable(fresh_stage.GetPrimAtPath("/Cam")).ComputeLocalToWorldTransform(0)
    assert np.array(matrix.TransformDir(Gf.Vec3d(0, 0, -1))) == pytest.approx([1, 0, 0])
    assert np.array(matrix.TransformDir(Gf.Vec3d(0, 1, 0))) == pytest.approx([0, 0, 1])
    assert camera.get_world_pose()[1] == pytest.approx([1, 0, 0, 0], abs=1e-6)
    assert camera.get_vertical_aperture() == pytest.approx(camera.get_horizontal_aperture() * 120 / 160)
    camera.set_world_pose(orientation=DOWN)
    camera.post_reset()
    assert camera.get_world_pose()[1] == pytest.approx([1, 0, 0, 0], abs=1e-6)
    with pytest.raises(ValueError, match="Frequency and dt can't be both specified"):
        Camera("/Other", frequency=10, dt=0.1)
    fresh_stage.DefinePrim("/Cube", "Cube")
    with pytest.raises(TypeError, match="prim path /Cube does not correspond to a Camera prim"):
        Camera("/Cube")
    with pytest.raises(RuntimeError, match=r"no render product yet; call initialize\(\) first"):
        camera.add_normals_to_frame()


def test_pixels_and_points(fresh_stage):
    camera = Camera("/Cam", position=[0, 0, 10], orientation=DOWN, resolution=(200, 100))
    camera.set_focal_length(2.0)
    camera.set_horizontal_aperture(4.0)
    # focal length in pixels: 200 * 2 / 4 = 100
    assert camera.get_intrinsics_matrix() == pytest.approx(np.array([[100, 0, 100], [0, 100, 50], [0, 0, 1]]))
    assert camera.get_horizontal_fov() == pytest.approx(math.pi / 2)
    # world +X is up in the image, +Y is left: a point (1, 2) at 10 m lies 20 pixels left and 10 above the centre
    pixels = camera.get_image_coords_from_world_points(np.array([[1.0, 2.0, 0.0]]))
    assert pixels[0] == pytest.approx([100 - 20, 50 - 10], abs=1e-4)
    assert camera.get_world_points_from_image_coords(pixels, [10.0])[0] == pytest.approx([1, 2, 0], abs=1e-4)
    camera.set_opencv_fisheye_properties(cx=100, cy=50, fx=80, fy=80, fisheye=[0.1, 0, 0, 0])
    with pytest.raises(ValueError, match="its lens is opencvFisheye; expected a pinhole"):
        camera.get_intrinsics_matrix()


def test_lens_models_are_authored(fresh_stage):
    camera = Camera("/Cam", resolution=(200, 100))
    camera.set_opencv_pinhole_properties(cx=99, cy=51, fx=80, fy=81, pinhole=[0.1, 0.2, 0.3])
    prim = fresh_stage.GetPrimAtPath("/Cam")
    assert prim.GetAttribute("omni:lensdistortion:model").Get() == "opencvPinhole"
    assert prim.GetAttribute("omni:lensdistortion:opencvPinhole:p1").Get() == pytest.approx(0.3)
    assert tuple(prim.GetAttribute("omni:lensdistortion:opencvPinhole:imageSize").Get()) == (200, 100)
    cx, cy, fx, fy, coefficients = camera.get_opencv_pinhole_properties()
    assert (cx, cy, fx, fy) == (99, 51, 80, 81) and coefficients[:2] == pytest.approx([0.1, 0.2])
    assert camera.get_ftheta_properties() is None
    camera.set_lens_distortion_model("pinhole")
    assert camera.get_lens_distortion_model() == "pinhole"
    camera.set_projection_type("fisheyePolynomial")
    camera.set_fisheye_polynomial_properties(200, 100, 100, 50, 180, [0, 0.01, 0, 0, 0])
    assert camera.get_fisheye_polynomial_properties()[5][1] == pytest.approx(0.01)
    with pytest.raises(TypeError, match=r"set_ftheta_properties: \['focal'\] given; expected nominal_height"):
        camera.set_ftheta_properties(focal=1)


def test_images_follow_the_scene_from_frame_to_frame(lit_stage):
    cube = VisualCuboid("/Cube", size=1.0, position=[0, 0, 0.5], color=[1, 0, 0])
    camera = Camera("/Cam", position=[0, 0, 10], orientation=DOWN, resolution=(64, 48))
    camera.initialize()
    camera.add_distance_to_image_plane_to_frame()
    depth = camera.get_depth()
    assert depth[24, 32] == pytest.approx(9.0, abs=1e-4)
    cube.set_world_pose(position=[0, 0, 1.5])
    assert camera.get_depth()[24, 32] == pytest.approx(9.0, abs=1e-4)  # the same app frame
    get_app().update()
    assert camera.get_depth()[24, 32] == pytest.approx(8.0, abs=1e-4)
    image = camera.get_rgb()
    assert image.shape == (48, 64, 3) and image[24, 32, 0] > 2 * image[24, 32, 1]
    frame = camera.get_current_frame()
    assert {"rgb", "distance_to_image_plane", "rendering_time"} <= set(frame)
    points = camera.get_pointcloud()
    assert points[24 * 64 + 32][2] == pytest.approx(2.0, abs=1e-3)
    camera.remove_distance_to_image_plane_from_frame()
    assert camera.get_depth() is None
    camera.destroy()
    assert camera.get_render_product_path() is None


def test_views_of_many_cameras_lie_side_by_side(lit_stage):
    Cube("/Floor", sizes=2.0, positions=[0, 0, -1.0], scales=[50, 50, 1])
    for index in range(3):
        Camera(f"/Cam_{index}", position=[0, 0, 5.0 + index], orientation=DOWN)
    view = CameraView("/Cam_*", camera_resolution=(16, 12))
    assert view.count == 3 and view.tiled_resolution == (32, 24)
    tiled = view.get_depth_tiled()
    assert tiled.shape == (24, 32, 1)
    assert [tiled[6, 8, 0], tiled[6, 24, 0], tiled[18, 8, 0]] == pytest.approx([5, 6, 7], abs=1e-4)
    assert not tiled[18, 24, 0]
    images = view.get_rgb()
    assert images.shape == (3, 12, 16, 3) and 0 <= images.min() <= images.max() <= 1
    flat = np.zeros((24, 32), np.float32)
    assert view.get_depth_tiled(out=flat) is flat and (flat == np.asarray(tiled)[:, :, 0]).all()
    assert view.get_world_poses()[1][0] == pytest.approx(DOWN, abs=1e-6)
    view.set_focal_lengths([2.0, 3.0, 4.0])
    assert view.get_focal_lengths() == pytest.approx([2, 3, 4])
    with pytest.raises(ValueError, match=r"CameraView.get_data\('normals'\): expected one of: rgb, depth"):
        view.get_data("normals")
    assert [camera.name for camera in get_all_camera_objects("/Cam_1")] == ["Cam_1"]


def test_viewport_and_rendering_managers(fresh_stage):
    camera = UsdGeom.Camera.Define(fresh_stage, "/Cam")
    ViewportManager.set_camera("/Cam")
    assert ViewportManager.get_camera().GetPath() == "/Cam" and ViewportManager.wait_for_viewport() == (True, 0)
    ViewportManager.set_resolution((320, 200))
    assert ViewportManager.get_resolution() == (320, 200)
    ViewportManager.set_camera_view(camera, eye=[0, -5, 1], target=[0, 0, 1])
    matrix = camera.ComputeLocalToWorldTransform(0)
    assert np.array(matrix.TransformDir(Gf.Vec3d(0, 0, -1))) == pytest.approx([0, 1, 0], abs=1e-6)
    assert np.array(matrix.ExtractTranslation()) == pytest.approx([0, -5, 1])
    with pytest.raises(ValueError, match="is not a valid USD Camera prim"):
        ViewportManager.set_camera("/Nothing")
    frames = []
    number = RenderingManager.register_callback(RenderingEvent.NEW_FRAME, callback=frames.append)
    RenderingManager.render()
    RenderingManager.deregister_callback(number)
    RenderingManager.render()
    assert len(frames) == 1
    RenderingManager.set_dt(1 / 24)
    assert RenderingManager.get_dt() == pytest.approx(1 / 24) and fresh_stage.GetTimeCodesPerSecond() == pytest.approx(
        24
    )
    RenderingManager.set_dt(1 / 60)
    with pytest.raises(ValueError, match="Rendering dt must be positive, got 0"):
        RenderingManager.set_dt(0)
    with pytest.raises(ValueError, match="Invalid rendering event: 3"):
        RenderingManager.register_callback(3, callback=frames.append)
    with pytest.raises(ValueError, match="Invalid callback unique identifier"):
        RenderingManager.deregister_callback(99)


def test_a_viewport_can_be_captured(lit_stage, tmp_path):
    utility = importlib.import_module("omni.kit.viewport.utility")
    VisualCuboid("/Cube", size=1.0, color=[1, 0, 0])
    Camera("/Cam", position=[0, 0, 5], orientation=DOWN)
    viewport = utility.create_viewport_window("mine", width=32, height=24, camera_path="/Cam").viewport_api
    utility.capture_viewport_to_file(viewport, str(tmp_path / "sub" / "seen.png"))
    image = np.array(Image.open(tmp_path / "sub" / "seen.png"))
    assert image.shape == (24, 32, 4) and image[12, 16, 0] > 2 * image[12, 16, 1]
    told = []
    utility.capture_viewport_to_buffer(viewport, lambda *facts: told.append(facts))
    assert told[0][1:] == (24 * 32 * 4, 32, 24, "RGBA8_UNORM")
    with pytest.raises(ValueError, match="no file_path was given; expected the name of an image file"):
        utility.capture_viewport_to_file(viewport)


def test_the_render_product_of_a_viewport_without_a_window_is_none(fresh_stage):
    camera = Camera("/Cam", resolution=(32, 24), render_product_path="")
    camera.initialize()
    assert camera.get_render_product_path() and camera.get_rgba().shape == (24, 32, 4)
