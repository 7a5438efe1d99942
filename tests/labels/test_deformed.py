"""Skinned meshes in every label buffer: equal to a plain mesh of the same points; motion against closed form."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom, UsdSkel, Vt

from engine.annotate.motion_vectors import flow
from engine.render.buffers import Aov, RenderSettings
from engine.render.tracer import LABEL_AOVS, LabelTracer
from engine.stage.reader import StageReader
from engine.stage.scene import Camera
from tests.annotate.building import annotate, camera, look_at
from tests.stage.build import label
from tests.stage.rigs import arm, bend, bent, copied, random_rig

VIEW = camera(look_at((1, 0.5, 4), (1, 0.5, 0), (0, 1, 0)), size=(120, 90), focal=100.0)


def metres(stage: Usd.Stage) -> Usd.Stage:
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    return stage


@pytest.fixture
def stage() -> Usd.Stage:
    return metres(Usd.Stage.CreateInMemory())


def test_every_buffer_and_box_sees_the_skinned_mesh(stage: Usd.Stage) -> None:
    made = random_rig(stage, np.random.default_rng(3))
    label(made, **{"class": "rig"})
    baked = metres(copied(stage))
    assert UsdSkel.BakeSkinning(baked.Traverse(), Gf.Interval.GetFullInterval())
    baked.GetPrimAtPath("/Rig").SetTypeName("Xform")
    baked.RemovePrim("/Rig/Bones")
    ours, theirs = (StageReader(each).snapshot() for each in (stage, baked))
    item = ours.instances[0]
    middle = (item.world_from_local @ np.append(item.mesh.extent.mean(axis=0), 1))[:3]
    view = camera(look_at(middle + [5, 3, 4], middle), size=(120, 90), focal=80.0)
    one, other = (LabelTracer().render(s, view, LABEL_AOVS, 0, RenderSettings()) for s in (ours, theirs))
    assert (one[Aov.INSTANCE] == 0).sum() > 500
    differs = one[Aov.TRIANGLE] != other[Aov.TRIANGLE]
    assert differs.mean() < 1e-3  # the points differ by rounding
    for aov in (Aov.DISTANCE, Aov.DEPTH, Aov.POSITION, Aov.NORMAL):
        np.testing.assert_allclose(one[aov][~differs], other[aov][~differs], atol=1e-3)
    for name in ("bounding_box_2d_tight", "bounding_box_2d_loose", "bounding_box_3d"):
        first, second = (annotate(name, s, view).data for s in (ours, theirs))
        assert len(first) == len(second) == 1
        for field in first.dtype.names:
            np.testing.assert_allclose(first[field], second[field], atol=1.01 if "2d" in name else 1e-4)


@pytest.mark.parametrize("camera_moves", [False, True])
def test_motion_of_a_bending_arm(stage: Usd.Stage, camera_moves: bool) -> None:
    moves = arm(stage)
    reader = StageReader(stage)
    bend(moves, 10, 20)
    reader.snapshot()
    reader.mark_captured()
    bend(moves, 15, 50)
    scene = reader.snapshot()
    before = look_at((1.2, 0.4, 4.2), (1, 0.5, 0), (0, 1, 0)) if camera_moves else None
    view = camera(VIEW.world_from_camera, size=(120, 90), focal=100.0, previous=before)
    buffers = LabelTracer().render(scene, view, LABEL_AOVS, 0, RenderSettings())
    found = flow(buffers, scene, view)
    hit = buffers[Aov.INSTANCE] >= 0
    points = buffers[Aov.POSITION][hit].astype(np.float64)
    upper, lower = unbent(points, 15, 0), unbent(points, 15, 50)
    rigid = (upper[:, 0] < 0.99) | (lower[:, 0] > 1.51)  # between the rings at 1 and 1.5 the beam stretches
    assert rigid.sum() > 150 and (lower[rigid, 0] > 1.51).sum() > 50
    authored = np.where(upper[:, :1] < 0.99, upper, lower)[rigid]
    expected = pixels(bent(authored, 10, 20), view, view.previous_world_from_camera) - pixels(
        points[rigid], view, view.world_from_camera
    )
    np.testing.assert_allclose(found[hit][rigid], expected, atol=1e-3)
    assert np.abs(expected).max() > 5


def unbent(points: np.ndarray, shoulder: float, elbow: float) -> np.ndarray:
    """Undo `bent` as if all belonged to the lower arm (the upper one with elbow 0)."""

    def turn(p: np.ndarray, degrees: float) -> np.ndarray:
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        return p @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T

    return turn(turn(points, -shoulder) - [1, 0, 0], -elbow) + [1, 0, 0]


def pixels(points: np.ndarray, view: Camera, world_from_camera: np.ndarray) -> np.ndarray:
    local = points @ np.linalg.inv(world_from_camera)[:3, :3].T + np.linalg.inv(world_from_camera)[:3, 3]
    return np.stack([view.cx - view.fx * local[:, 0] / local[:, 2], view.cy + view.fy * local[:, 1] / local[:, 2]], 1)


def test_motion_of_a_sheet_whose_points_a_script_moves(stage: Usd.Stage) -> None:
    sheet = UsdGeom.Mesh.Define(stage, "/Sheet")
    corners = np.array([(0, 0, 0), (2, 0, 0), (2, 1, 0), (0, 1, 0)], np.float32)
    sheet.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(corners))
    sheet.CreateFaceVertexCountsAttr([4])
    sheet.CreateFaceVertexIndicesAttr([0, 1, 2, 3])
    reader = StageReader(stage)
    reader.snapshot()
    reader.mark_captured()
    sheet.GetPointsAttr().Set(Vt.Vec3fArray.FromNumpy(corners * np.array([0.5, 1, 1], np.float32)))
    scene = reader.snapshot()
    buffers = LabelTracer().render(scene, VIEW, LABEL_AOVS, 0, RenderSettings())
    hit = buffers[Aov.INSTANCE] >= 0
    found = flow(buffers, scene, VIEW)[hit]
    assert hit.sum() > 300
    np.testing.assert_allclose(found[:, 0], 25 * buffers[Aov.POSITION][hit][:, 0], atol=1e-3)  # twice as far, 25 px/m
    np.testing.assert_allclose(found[:, 1], 0, atol=1e-3)
