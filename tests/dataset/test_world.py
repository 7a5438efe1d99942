"""What a scenario puts on the stage: cameras, assets, units, and what the randomizers did."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import omni.kit.app
import omni.replicator.core as rep
import omni.usd
import pytest
from pxr import Gf, Usd, UsdGeom

from engine.replicator.render_settings import render_settings
from engine.stage.reader import StageReader
from replicator_scripts.dataset import set_quality
from scenes import readings, world
from scenes.builders import asset
from scenes.scenario import parse_scenario
from scenes.streams import Streams, changed_too_late, matching, rotate
from writers.camera import describe_camera

from .conftest import Studio, members, small


@pytest.fixture
def stage() -> Usd.Stage:
    omni.usd.get_context().new_stage()
    return omni.usd.get_context().get_stage()


def test_a_camera_looks_where_the_scenario_says(stage: Usd.Stage) -> None:
    for up_axis, eye, target in (("Z", (3.0, -2.0, 1.5), (0.5, 0.0, 0.2)), ("Y", (1.0, 2.0, 3.0), (0.0, 0.5, -1.0))):
        UsdGeom.SetStageUpAxis(stage, up_axis)
        options = {"position": list(eye), "look_at": list(target), "focal_length": 30}
        scenario = parse_scenario(small(cameras={f"c_{up_axis}": options}, stage={"up_axis": up_axis}))
        world.build_cameras(scenario, stage)
        camera = UsdGeom.Camera.Get(stage, f"/World/Cameras/c_{up_axis}").GetCamera(Usd.TimeCode.Default())
        view = camera.frustum.ComputeViewMatrix()
        seen = view.Transform(Gf.Vec3d(*target))
        distance = np.linalg.norm(np.subtract(target, eye))
        np.testing.assert_allclose(seen, (0, 0, -distance), atol=1e-5)
        up = view.TransformDir(Gf.Vec3d(0, 0, 1) if up_axis == "Z" else Gf.Vec3d(0, 1, 0))
        assert abs(up[0]) < 1e-6 and up[1] > 0
        assert camera.horizontalAperture / camera.verticalAperture == pytest.approx(64 / 48)


@pytest.mark.parametrize("unit", [1.0, 0.01])
def test_a_camera_has_the_clearance_that_is_asked_for(stage: Usd.Stage, unit: float) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, unit)
    cameras = {"free": {"clearance": 2.5, "position": [3.0, 0.0, 1.0]}, "plain": {}}
    world.build_cameras(parse_scenario(small(cameras=cameras, stage={"meters_per_unit": unit})), stage)
    boxes = UsdGeom.BBoxCache(Usd.TimeCode.Default(), [UsdGeom.Tokens.default_])
    box = boxes.ComputeWorldBound(stage.GetPrimAtPath("/World/Cameras/free")).ComputeAlignedRange()
    np.testing.assert_allclose(box.GetMidpoint(), (3.0, 0.0, 1.0), atol=1e-6)
    np.testing.assert_allclose(np.array(box.GetSize()) * unit, (5.0, 5.0, 5.0), rtol=1e-6)
    assert boxes.ComputeWorldBound(stage.GetPrimAtPath("/World/Cameras/plain")).GetRange().IsEmpty()
    assert not StageReader(stage).snapshot().instances  # nothing of it is drawn


@pytest.mark.parametrize("unit", [1.0, 0.01])
def test_a_lens_blurs_as_its_millimetres_say(stage: Usd.Stage, unit: float) -> None:
    options = {"focal_length": 50, "f_stop": 2.0, "focus_distance": 3.0, "clipping_range": [0.2, 80]}
    scenario = parse_scenario(small(cameras={"c": options}, stage={"meters_per_unit": unit}))
    UsdGeom.SetStageMetersPerUnit(stage, unit)
    world.build_cameras(scenario, stage)
    read = StageReader(stage).camera("/World/Cameras/c", 64, 48, 0.0)
    assert read.focal_length / (2 * read.f_stop) == pytest.approx(0.050 / 2 / 2.0)  # radius of the opening, metres
    assert read.focus_distance == pytest.approx(3.0)
    assert (read.near, read.far) == pytest.approx((0.2, 80.0))


def test_the_described_camera_projects_as_openusd_does() -> None:
    camera = Gf.Camera()
    camera.focalLength, camera.horizontalAperture, camera.verticalAperture = 30.0, 24.0, 18.0
    camera.horizontalApertureOffset, camera.verticalApertureOffset = 2.0, -1.5
    camera.transform = Gf.Matrix4d().SetLookAt(Gf.Vec3d(2, -3, 1), Gf.Vec3d(0, 0, 0.3), Gf.Vec3d(0, 0, 1)).GetInverse()
    frustum = camera.frustum
    described = describe_camera(
        {
            "renderProductResolution": np.array([640, 480]),
            "cameraAperture": np.array([24.0, 18.0]),
            "cameraApertureOffset": np.array([2.0, -1.5]),
            "cameraFocalLength": 30.0,
            "cameraViewTransform": np.array(frustum.ComputeViewMatrix()).ravel(),
            "metersPerSceneUnit": 1.0,
            "cameraModel": "pinhole",
        },
        "/c",
    )
    rng = np.random.default_rng(4)
    for point in rng.uniform(-0.5, 0.5, (20, 3)):
        x, y, _ = (frustum.ComputeViewMatrix() * frustum.ComputeProjectionMatrix()).Transform(Gf.Vec3d(*point))
        seen = np.array(described["camera_from_world"]) @ np.append(point, 1.0)
        pixel = np.array(described["intrinsics"]) @ [seen[0] / -seen[2], -seen[1] / -seen[2], 1.0]
        np.testing.assert_allclose(pixel[:2], [(x + 1) / 2 * 640, (1 - y) / 2 * 480], atol=1e-6)


def make_asset(path: Path, up_axis: str, unit: float) -> None:
    """Write a box of 0.3 x 0.2 x 0.5 m (0.5 upwards) standing on its origin, with a material-free mesh."""
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, up_axis)
    UsdGeom.SetStageMetersPerUnit(stage, unit)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/Box").GetPrim())
    mesh = UsdGeom.Mesh.Define(stage, "/Box/Mesh")
    corners = np.array([[x, y, z] for x in (-0.15, 0.15) for y in (-0.1, 0.1) for z in (0.0, 0.5)]) / unit
    if up_axis == "Y":
        corners = corners[:, [0, 2, 1]] * [1, 1, -1]
    mesh.CreatePointsAttr([Gf.Vec3f(*(float(v) for v in c)) for c in corners])
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    mesh.CreateFaceVertexCountsAttr([4] * 6)
    mesh.CreateFaceVertexIndicesAttr([v for face in faces for v in face])
    mesh.CreateSubdivisionSchemeAttr("none")
    stage.Save()


def boxed(file: str, up_axis: str = "Z", unit: float = 1.0) -> dict[str, Any]:
    """Return a scenario that shows nothing but the asset."""
    at, eye, aim = [0.2, 0.1, 0.0], [2.0, -1.0, 1.2], [0.2, 0.1, 0.25]
    if up_axis == "Y":
        at, eye, aim = ([x, z, -y] for x, y, z in (at, eye, aim))
    at, eye, aim = ([v / unit for v in place] for place in (at, eye, aim))
    box = {"asset": {"file": file, "label_class": "box", "position": at}}
    camera = {"position": eye, "look_at": aim, "clipping_range": [0.1, 20]}
    return small(
        scene={"box": box}, cameras={"camera": camera}, randomizers={}, classes=["box"], frames=1,
        stage={"up_axis": up_axis, "meters_per_unit": unit}, resolution=[96, 64],
    )  # fmt: skip


@pytest.mark.parametrize("suffix", ["usda", "usdc"])
def test_an_asset_of_any_units_and_up_axis_fits_any_stage(studio: Studio, suffix: str) -> None:
    found = []
    for up_axis, unit in (("Z", 1.0), ("Y", 0.01), ("Y", 1.0), ("Z", 0.001)):
        name = f"box_{up_axis}_{unit:g}".replace(".", "_") + f".{suffix}"
        make_asset(studio.folder / name, up_axis, unit)
        found.append(members(studio.make(boxed(name))))
    found.append(members(studio.make(boxed(f"box_Z_1.{suffix}", up_axis="Y", unit=0.01))))
    depths = [cv2.imdecode(np.frombuffer(f["000000000.depth.png"], np.uint8), cv2.IMREAD_UNCHANGED) for f in found]
    masks = [cv2.imdecode(np.frombuffer(f["000000000.instance.png"], np.uint8), cv2.IMREAD_UNCHANGED) for f in found]
    assert (masks[0] == 2).sum() > 200
    for depth, mask, made in zip(depths[1:], masks[1:], found[1:], strict=True):
        assert (mask != masks[0]).sum() <= 3  # pixels whose ray meets an edge
        both = (mask == 2) & (masks[0] == 2)
        assert np.abs(depth[both].astype(int) - depths[0][both]).max() <= 1  # half a millimetre
        about = json.loads(made["000000000.json"])
        assert about["counts"] == {"box": 1}
        solid = about["objects"][0]["box_3d"]
        size = np.subtract(solid["max"], solid["min"]) * np.linalg.norm(
            np.array(solid["world_from_local"])[:3, :3], axis=0
        )
        size = np.sort(size * about["camera"]["meters_per_unit"])
        np.testing.assert_allclose(size, [0.2, 0.3, 0.5], atol=1e-4)


def test_an_asset_without_units_is_in_centimetres_and_y_up_as_usd_says(stage: Usd.Stage, tmp_path: Path) -> None:
    path = tmp_path / "plain.usda"
    path.write_text('#usda 1.0\n(defaultPrim = "C")\ndef Cube "C" {\n    double size = 100\n}\n')
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    asset.build(stage, "/World/c", np.random.default_rng(0), file=str(path), scale=3.0, position=(5.0, 0.0, 0.0))
    box = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default"]).ComputeWorldBound(stage.GetPrimAtPath("/World/c"))
    np.testing.assert_allclose(box.ComputeAlignedRange().GetMin(), [3.5, -1.5, -1.5], atol=1e-9)
    np.testing.assert_allclose(box.ComputeAlignedRange().GetMax(), [6.5, 1.5, 1.5], atol=1e-9)


def test_readings_say_what_is_on_the_stage(stage: Usd.Stage) -> None:
    prim = UsdGeom.Xform.Define(stage, "/World/a")
    prim.AddTranslateOp().Set(Gf.Vec3d(1, 2, 3))
    prim.AddRotateZOp().Set(90.0)
    prim.AddScaleOp().Set(Gf.Vec3f(2, 3, 4))
    assert readings.positions("^/World/a$") == {"/World/a": [1, 2, 3]}
    (turn,) = readings.orientations("^/world/A$").values()
    np.testing.assert_allclose(turn, [np.sqrt(0.5), 0, 0, np.sqrt(0.5)], atol=1e-6)
    assert readings.materials("^/World/a$") == {"/World/a": ""}


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"^/World/herd/Cow_\d+$", "^/world/HERD/", "cow", "^/World/herd/?$", "^/World/thx*", "/World/herd/"),
        *("^/World/herd/cow_1|^/World/other", "^/World/nothing/x", "^/World/her.?/c", "^/World/herd/+cow"),
    ],
)
def test_prims_are_found_as_among_all_of_them(stage: Usd.Stage, pattern: str) -> None:
    """Only the prims below those that a pattern names are looked at; what is found must not depend on that."""
    paths = ("Herd/Cow_1/Body", "herd/cow_2", "herds/cow_3", "other/Herd", "herd", "th")
    for path in paths:
        stage.DefinePrim(f"/World/{path}", "Xform")
    stage.GetPrimAtPath("/World/other").SetActive(False)
    expression = re.compile(pattern, re.IGNORECASE)
    expected = [prim for prim in stage.TraverseAll() if expression.search(str(prim.GetPath()))]
    assert readings.matching(pattern) == expected and bool(expected) == ("nothing" not in pattern)


def test_sequences_begin_at_the_frame_s_item() -> None:
    assert rotate([1, 2, 3], 0) == [1, 2, 3]
    assert rotate([1, 2, 3], 4) == [2, 3, 1]


def test_distributions_draw_what_replicator_documents(stage: Usd.Stage) -> None:
    """Each draw is numpy's default_rng(SeedSequence((seed, 0))) with the seed of (scenario, frame, name, argument)."""
    from scenes.seeds import derive_seed

    for name in "ab":
        UsdGeom.Xform.Define(stage, f"/World/{name}")
    scenario = parse_scenario(small(scene={}, randomizers={
        "move": {"pose": {"prims": "^/World/[ab]$", "position": {"distribution.uniform": {"lower": [0, 0, 0], "upper": [1, 2, 3]}}}}
    }))  # fmt: skip
    streams = world.build_randomizers(scenario)
    omni.kit.app.get_app().update()  # the graph runs once before an event reaches it
    for frame in (7, 0, 7):
        world.randomize(scenario, streams, frame)
        rep.orchestrator.step(delta_time=0.0)
        stream = np.random.default_rng(np.random.SeedSequence((derive_seed(5, frame, "move", "position"), 0)))
        expected = stream.uniform([0, 0, 0], [1, 2, 3], size=(2, 3))
        got = [readings.positions(f"^/World/{name}$")[f"/World/{name}"] for name in "ab"]
        np.testing.assert_allclose(got, expected, atol=1e-6)


def test_what_is_changed_too_late_is_found(stage: Usd.Stage) -> None:
    for path in ("/World/a/b", "/World/ab", "/World/c"):
        UsdGeom.Xform.Define(stage, path)
    earlier, later = Streams("one"), Streams("two")
    earlier.reads("^/World/a$", None)
    later.shapes("^/World/(ab|c)$")
    assert changed_too_late(earlier, later) == ""
    later.shapes("^/World/a/b$")
    assert changed_too_late(earlier, later) == "/World/a/b"
    assert matching("^/World/A$") == ["/World/a"]


@pytest.mark.parametrize(("mode", "engine_mode"), [("realtime", "RealTime"), ("pathtracing", "PathTracing")])
def test_quality_reaches_the_renderer(mode: str, engine_mode: str) -> None:
    quality = parse_scenario(small(quality={"mode": mode, "samples": 7, "denoise": False, "max_bounces": 3})).quality
    set_quality(quality, band_samples=9)
    chosen = render_settings(quality.rt_subframes)
    assert chosen.band_samples == 9
    assert (chosen.mode, chosen.samples, chosen.denoise, chosen.max_bounces) == (engine_mode, 7, False, 3)
