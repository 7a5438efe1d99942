"""The checks of published scripts: each passes on what is right and names what is wrong."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from PIL import Image
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux, UsdSemantics

from engine.conformance import checks
from engine.conformance.rows import ROWS


def write_labels(folder, frames):
    for number, labels in enumerate(frames):
        text = json.dumps({str(i): dict([label.split(":")]) for i, label in enumerate(labels)})
        (folder / f"semantic_segmentation_labels_{number:04d}.json").write_text(text)


def test_every_check_belongs_to_a_row():
    assert set(checks.CHECKS) <= {row.number for row in ROWS}


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (checks.filtered, ["class:cube", "class:plane"], ["class:cube", "class:plane", "class:sphere"]),
        (checks.several_types, ["class:sphere", "class2:cube", "class3:plane"], ["class:sphere", "class3:plane"]),
    ],
)
def test_labels(tmp_path, check, right, wrong):
    write_labels(tmp_path, [right])
    assert check(tmp_path) == ""
    write_labels(tmp_path, [right, wrong])
    assert "expected" in check(tmp_path)


def test_shapes_one_at_a_time(tmp_path):
    alone = [["class:torus"], ["class:sphere"], ["class:cube"]]
    write_labels(tmp_path, [["class:torus", "class:cube"], *alone])
    assert checks.visible_in_turn(tmp_path) == ""
    write_labels(tmp_path, [["class:torus", "class:cube"], alone[1]])
    assert checks.visible_in_turn(tmp_path).startswith("frame 1 shows ['class:sphere']")


def test_a_palette(tmp_path):
    pixels = np.array([[colour] for colour in sorted(checks.OWN_PALETTE)], dtype=np.uint8)
    Image.fromarray(pixels, "RGBA").save(tmp_path / "seg_0.png")
    assert checks.own_palette(tmp_path) == ""
    pixels[0] = 7
    Image.fromarray(pixels, "RGBA").save(tmp_path / "seg_0.png")
    assert "expected colours of the writer's palette" in checks.own_palette(tmp_path)


def small_stage(folder, places, big=True):
    stage = Usd.Stage.CreateNew(str(folder / checks.STAGE))
    UsdGeom.SetStageUpAxis(stage, "Y")
    plane = UsdGeom.Xform.Define(stage, "/Replicator/Plane_Xform")
    plane.AddRotateXYZOp().Set(Gf.Vec3f(20, 0, 0))
    plane.AddScaleOp().Set(Gf.Vec3f(4, 4, 4))
    ball = UsdGeom.Xform.Define(stage, "/Replicator/Sphere_Xform")
    ball.AddTranslateOp().Set(Gf.Vec3d(0, 300, 0))
    ball.AddScaleOp().Set(Gf.Vec3f(2.4, 2.4, 2.4))
    UsdGeom.Xform.Define(stage, "/Replicator/Cylinder_Xform")
    for number, place in enumerate(places):
        small = UsdGeom.Xform.Define(stage, f"/Replicator/Sphere_Xform_{number + 1:02d}")
        small.AddTranslateOp().Set(Gf.Vec3d(*place))
        small.AddScaleOp().Set(Gf.Vec3f(0.4, 0.4, 0.4))
    stage.Save()


def on_plane(x, along):
    return (x, -along * np.sin(np.radians(20)), along * np.cos(np.radians(20)))


@pytest.mark.parametrize(
    ("places", "count", "message"),
    [
        ([on_plane(100, 100), (0, 420, 0)], 2, ""),
        ([on_plane(100, 100)], 2, "1 small spheres, expected 2"),
        ([on_plane(100, 100), (0, 450, 0)], 2, "1 on the plane and 0 on the sphere"),
        ([on_plane(100, 100), on_plane(130, 100), (0, 420, 0)], 3, "two spheres of radius 20.0 are 30.0 apart"),
        ([on_plane(10, 10), (0, 420, 0)], 2, "1 spheres inside the cylinder"),
        ([on_plane(180, 100), (0, 420, 0)], 2, "beyond the limit"),
    ],
)
def test_scattered_places(tmp_path, places, count, message):
    small_stage(tmp_path, places)
    found = checks.scattered(tmp_path, count, 2, apart=True, upper=(150, 500, 500))
    assert message in found and bool(message) == bool(found)


def test_labels_and_lights_of_a_stage(tmp_path):
    stage = Usd.Stage.CreateNew(str(tmp_path / checks.STAGE))
    cube = UsdGeom.Xform.Define(stage, "/Replicator/Cube_Xform").GetPrim()
    UsdSemantics.LabelsAPI.Apply(cube, "class")
    sphere = UsdGeom.Xform.Define(stage, "/Replicator/Sphere_Xform").GetPrim()
    for number in range(3):
        light = UsdLux.SphereLight.Define(stage, f"/Light_{number}")
        light.CreateIntensityAttr(10.0 + number)
        light.AddTranslateOp().Set(Gf.Vec3d(0, 400, 0))
    stage.Save()
    assert checks.labels_removed(tmp_path) == "" and checks.lights_changed(tmp_path) == ""
    UsdSemantics.LabelsAPI.Apply(sphere, "class")
    light.CreateIntensityAttr(60000.0)
    stage.Save()
    assert checks.labels_removed(tmp_path) == "/Replicator/Sphere_Xform has labels"
    assert "expected three from 1 to 50000" in checks.lights_changed(tmp_path)


def test_primvars_that_were_drawn(tmp_path):
    stage = Usd.Stage.CreateNew(str(tmp_path / checks.STAGE))
    prim = stage.DefinePrim("/World/RoundedCube2/Cube/Cube", "Mesh")
    for name in ("random_color", "random_intensity"):
        prim.CreateAttribute(f"primvars:{name}", Sdf.ValueTypeNames.Float3).Set((0.1, 0.2, 0.3))
    stage.Save()
    assert checks.scratched(tmp_path) == ""
    prim.GetAttribute("primvars:random_color").Set((1.0, 1.0, 1.0))
    stage.Save()
    assert checks.scratched(tmp_path).startswith("primvars:random_color is [1. 1. 1.]")


def test_a_camera_on_its_orbit(tmp_path):
    stage = Usd.Stage.CreateNew(str(tmp_path / checks.STAGE))
    place = UsdGeom.Xform.Define(stage, "/Replicator/Camera_Xform").AddTranslateOp()
    az, el = np.radians(-65), np.radians(20)
    away = 12 * np.array([np.cos(az) * np.cos(el), np.sin(az) * np.cos(el), np.sin(el)])
    place.Set(Gf.Vec3d(*(away + (-7.5, 6.2, 2.0)).tolist()))
    stage.Save()
    pixels = np.array([[colour] for colour in sorted(checks.ORBIT_PALETTE)], dtype=np.uint8)
    Image.fromarray(pixels, "RGBA").save(tmp_path / "semantic_0.png")
    assert checks.on_orbit(tmp_path) == ""
    Image.fromarray(pixels[:2], "RGBA").save(tmp_path / "semantic_0.png")
    assert checks.on_orbit(tmp_path).endswith("expected colours of the writer's mapping")
    place.Set(Gf.Vec3d(0, 0, 5))
    stage.Save()
    assert "expected 12 at 20 degrees up" in checks.on_orbit(tmp_path)


def test_videos(tmp_path):
    for name, count, value in (("a", 120, 200), ("b", 5, 200)):
        video = cv2.VideoWriter(str(tmp_path / f"{name}.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 10, (32, 32))
        for _ in range(count):
            frame = np.zeros((32, 32, 3), np.uint8)
            frame[:16] = value
            video.write(frame)
        video.release()
        assert checks.filmed(tmp_path) == ("" if name == "a" else "b.mp4 has 5 frames, expected 120 or more")
