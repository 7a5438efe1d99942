"""skeleton_data against closed form: an arm of two bones seen from in front."""

from __future__ import annotations

import ast
import json
from typing import Any

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom, UsdSkel, Vt

from engine.annotate.output import AnnotatorOutput
from engine.stage.reader import StageReader
from tests.annotate.building import annotate, camera, moved, scene
from tests.stage.build import label, mesh
from tests.stage.rigs import beam, bind, quaternion, translation

JOINTS = ("Shoulder", "Shoulder/Elbow", "Shoulder/Elbow/Tip", "Shoulder/Elbow/Far")
AT = ((0.25, 0, 0), (1, 0, 0), (2, 0, 0), (9, 0, 0))  # of the parent


def arm_of_four(stage: Usd.Stage, root: str = "/Arm") -> UsdSkel.Animation:
    """A beam with joints inside it, at a place past its end, and far out of the picture."""
    UsdSkel.Root.Define(stage, root)
    bones = UsdSkel.Skeleton.Define(stage, f"{root}/Bones")
    bones.CreateJointsAttr(JOINTS)
    rest = [translation(*at) for at in AT]
    posed = [rest[0], rest[1] * rest[0], rest[2] * rest[1] * rest[0], rest[3] * rest[1] * rest[0]]
    bones.CreateRestTransformsAttr(Vt.Matrix4dArray(rest))
    bones.CreateBindTransformsAttr(Vt.Matrix4dArray(posed))
    moves = UsdSkel.Animation.Define(stage, f"{root}/Moves")
    moves.CreateJointsAttr(JOINTS)
    moves.CreateTranslationsAttr([Gf.Vec3f(*at) for at in AT])
    moves.CreateScalesAttr([Gf.Vec3h(1, 1, 1)] * 4)
    moves.CreateRotationsAttr([Gf.Quatf(1)] * 4)
    UsdSkel.BindingAPI.Apply(bones.GetPrim()).CreateAnimationSourceRel().SetTargets([moves.GetPath()])
    made = beam(stage, f"{root}/Beam")
    x = np.array(made.GetPointsAttr().Get())[:, 0]
    bind(made, f"{root}/Bones", x > 1.2, np.ones(len(x)), 1)
    return moves


def turn_elbow(moves: UsdSkel.Animation, degrees: float) -> None:
    straight = Gf.Quatf(1)
    moves.GetRotationsAttr().Set(Vt.QuatfArray([straight, quaternion((0, 0, 1), degrees), straight, straight]))


def seen(stage: Usd.Stage, **more: Any) -> AnnotatorOutput:
    """What the annotator says from 5 m in front, 20 pixels a metre at the arm."""
    unit = UsdGeom.GetStageMetersPerUnit(stage)
    view = camera(moved(z=5 * unit), size=(160, 120), focal=100.0, near=0.001, **more)
    return annotate("skeleton_data", StageReader(stage).snapshot(), view)


@pytest.fixture
def stage() -> Usd.Stage:
    made = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageMetersPerUnit(made, 0.01)
    return made


def test_joints_in_the_world_and_in_the_image(stage: Usd.Stage) -> None:
    turn_elbow(arm_of_four(stage), 90)
    info = seen(stage).info
    world = np.array([(0.25, 0, 0), (1.25, 0, 0), (1.25, 2, 0), (1.25, 9, 0)])
    assert info["numSkeletons"] == 1 and info["globalTranslations"].dtype == np.float32
    np.testing.assert_allclose(info["globalTranslations"], world, atol=1e-6)
    np.testing.assert_allclose(
        info["restGlobalTranslations"], [(x, 0, 0) for x in (0.25, 1.25, 3.25, 10.25)], atol=1e-6
    )
    np.testing.assert_allclose(info["restLocalTranslations"], AT, atol=1e-6)
    half = np.sqrt(0.5)
    np.testing.assert_allclose(info["restLocalRotations"], [(1, 0, 0, 0)] * 4, atol=1e-6)
    np.testing.assert_allclose(
        info["localRotations"], [(1, 0, 0, 0), (half, 0, 0, half), *[(1, 0, 0, 0)] * 2], atol=1e-6
    )
    np.testing.assert_allclose(
        info["translations2d"], np.stack([80 + 20 * world[:, 0], 60 - 20 * world[:, 1]], 1), atol=1e-4
    )
    assert info["skeletonParents"].tolist() == [-1, 0, 1, 1] and info["skeletonParents"].dtype == np.int32
    assert ast.literal_eval(info["skeletonJoints"][0]) == list(JOINTS)
    assert (info["skelName"], info["skelPath"]) == (["Bones"], ["/Arm/Bones"])
    assert (info["assetPath"], info["animationVariant"]) == (["None"], ["None"])
    assert info["inView"].tolist() == [True]


def test_what_covers_a_joint(stage: Usd.Stage) -> None:
    arm_of_four(stage)
    info = seen(stage).info
    assert ast.literal_eval(info["occlusionTypes"][0]) == ["None", "None", "BACKGROUND", "OUT_OF_VIEW"]
    assert info["jointOcclusions"].tolist() == [False, False, True, True]
    wall = mesh(stage, "/Wall", [(1, -1, 1), (2, -1, 1), (2, 1, 1), (1, 1, 1)])
    info = seen(stage).info
    assert ast.literal_eval(info["occlusionTypes"][0]) == ["None", "UNLABELLED", "BACKGROUND", "OUT_OF_VIEW"]
    label(wall, **{"class": "wall"})
    assert ast.literal_eval(seen(stage).info["occlusionTypes"][0])[:2] == ["None", "wall"]
    UsdGeom.Xformable(wall.GetPrim()).AddTranslateOp().Set((0, 0, -2))
    assert seen(stage).info["jointOcclusions"].tolist() == [False, False, True, True]


def test_a_joint_behind_the_camera_is_nowhere(stage: Usd.Stage) -> None:
    arm_of_four(stage)
    UsdGeom.Xformable(stage.GetPrimAtPath("/Arm")).AddTranslateOp().Set((0, 0, 6))
    info = seen(stage).info
    assert info["translations2d"].tolist() == [[-1, -1]] * 4 and info["inView"].tolist() == [False]


def test_joints_through_a_fisheye(stage: Usd.Stage) -> None:
    """An equidistant lens: the angle from the axis is 0.01 rad a pixel."""
    arm_of_four(stage)
    info = seen(stage, model="fisheyePolynomial", attributes={"fthetaPolyB": 0.01, "fthetaMaxFov": 180.0}).info
    angle = np.arctan2([0.25, 1.25, 3.25, 10.25], 5)
    np.testing.assert_allclose(info["translations2d"], np.stack([80 + angle / 0.01, np.full(4, 60.0)], 1), atol=1e-3)


def test_several_skeletons_one_after_the_other(stage: Usd.Stage) -> None:
    arm_of_four(stage)
    arm_of_four(stage, "/Other")
    UsdGeom.Xformable(stage.GetPrimAtPath("/Other")).AddTranslateOp().Set((0, 1, 0))
    UsdSkel.Skeleton.Get(stage, "/Other/Bones").GetJointsAttr().Set(["A"])
    one = Vt.Matrix4dArray([Gf.Matrix4d(1)])
    UsdSkel.Skeleton.Get(stage, "/Other/Bones").GetRestTransformsAttr().Set(one)
    UsdSkel.Skeleton.Get(stage, "/Other/Bones").GetBindTransformsAttr().Set(one)
    info = seen(stage).info
    assert info["numSkeletons"] == 2 and info["skelPath"] == ["/Arm/Bones", "/Other/Bones"]
    for key, width in (("globalTranslations", 3), ("localRotations", 4), ("translations2d", 2)):
        assert info[key].shape == (5, width) and info[f"{key}Sizes"].tolist() == [4, 1]
    assert info["jointOcclusions"].shape == (5,) and info["occlusionTypesSizes"].tolist() == [4, 1]
    np.testing.assert_allclose(info["globalTranslations"][4], [0, 1, 0], atol=1e-6)


def test_the_document_says_the_same(stage: Usd.Stage) -> None:
    turn_elbow(arm_of_four(stage), 30)
    info = seen(stage).info
    record = json.loads(info["skeletonData"])["skeleton_0"]
    assert set(record) == {
        *("skel_name", "skel_path", "asset_path", "animation_variant", "skeleton_parents", "rest_global_translations"),
        *("rest_local_translations", "rest_local_rotations", "global_translations", "local_rotations"),
        *("translations_2d", "skeleton_joints", "joint_occlusions", "occlusion_types", "in_view"),
    }
    np.testing.assert_array_equal(np.array(record["global_translations"], np.float32), info["globalTranslations"])
    np.testing.assert_array_equal(record["joint_occlusions"], info["jointOcclusions"])
    assert record["skeleton_joints"] == list(JOINTS) and record["in_view"] is True


def test_no_skeletons() -> None:
    info = annotate("skeleton_data", scene(), camera()).info
    assert info["numSkeletons"] == 0 and info["skelPath"] == [] and json.loads(info["skeletonData"]) == {}
    assert info["globalTranslations"].shape == (0, 3) and info["inView"].shape == (0,)
