"""Meshes that skeletons deform: against closed form, UsdSkel's own skinning query and its baker."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdSkel, Vt

import engine.stage.skeletons
from engine.stage.reader import StageReader
from engine.stage.scene import Instance, SceneSnapshot

from .build import label, mesh, primvar
from .rigs import animation, arm, beam, bend, bent, bind, blend_shapes, copied, random_rig, skeleton, translation


def points(stage: Usd.Stage, path: str, seconds: float = 0.0) -> np.ndarray:
    return only_of(StageReader(stage).snapshot(seconds), path).mesh.points


def only_of(scene: SceneSnapshot, path: str) -> Instance:
    found = [item for item in scene.instances if item.prim_path == path]
    assert len(found) == 1
    return found[0]


@pytest.fixture
def skinned(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The prims that are skinned, in order."""
    found: list[str] = []
    real = engine.stage.skeletons.deformed
    monkeypatch.setattr(
        engine.stage.skeletons,
        "deformed",
        lambda rest, *more: (found.append(str(rest.prim.GetPath())), real(rest, *more))[1],
    )
    yield found


@pytest.mark.parametrize(("shoulder", "elbow"), [(0, 0), (0, 90), (30, -45), (170, 120)])
def test_an_arm_of_two_bones(stage: Usd.Stage, shoulder: float, elbow: float) -> None:
    bend(arm(stage), shoulder, elbow)
    authored = UsdGeom.Mesh.Get(stage, "/Arm/Beam").GetPointsAttr().Get()
    found = points(stage, "/Arm/Beam")
    np.testing.assert_allclose(found, bent(authored, shoulder, elbow), atol=1e-6)
    assert (shoulder, elbow) == (0, 0) or np.abs(found - np.array(authored)).max() > 0.4


def test_weights_share_points_between_bones(stage: Usd.Stage) -> None:
    bend(arm(stage), 0, 90)
    made = UsdGeom.Mesh.Get(stage, "/Arm/Beam")
    count = len(made.GetPointsAttr().Get())
    bind(made, "/Arm/Bones", [[0, 1]] * count, [[0.25, 0.75]] * count, 2)
    authored = np.array(made.GetPointsAttr().Get(), np.float64)
    turned = np.stack([1 - authored[:, 1], authored[:, 0] - 1, authored[:, 2]], axis=1)
    np.testing.assert_allclose(points(stage, "/Arm/Beam"), 0.25 * authored + 0.75 * turned, atol=1e-6)


@pytest.mark.parametrize("dual", [False, True])
@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.4])
def test_as_the_skinning_query_says(stage: Usd.Stage, dual: bool, seconds: float) -> None:
    made = random_rig(stage, np.random.default_rng(5), dual=dual)
    time = Usd.TimeCode(seconds * 24)
    cache, root = UsdSkel.Cache(), UsdSkel.Root.Get(stage, "/Rig")
    cache.Populate(root, Usd.PrimDefaultPredicate)
    bones = UsdSkel.Skeleton.Get(stage, "/Rig/Bones")
    expected = made.GetPointsAttr().Get()
    transforms = cache.GetSkelQuery(bones).ComputeSkinningTransforms(time)
    assert cache.GetSkinningQuery(made.GetPrim()).ComputeSkinnedPoints(transforms, expected, time)
    xforms = UsdGeom.XformCache(time)
    to_world = np.array(xforms.GetLocalToWorldTransform(bones.GetPrim()))
    item = only_of(StageReader(stage).snapshot(seconds), "/Rig/Beam")
    ours = item.mesh.points @ item.world_from_local[:3, :3].T + item.world_from_local[:3, 3]
    theirs = np.array(expected) @ to_world[:3, :3] + to_world[3, :3]
    np.testing.assert_allclose(ours, theirs, atol=2e-5)


@pytest.mark.parametrize("seconds", [0.0, 10 / 24])
@pytest.mark.parametrize("kind", ["flat", "normals", "faces", "smooth", "refined", "shapes"])
def test_as_usdskel_bakes(stage: Usd.Stage, kind: str, seconds: float) -> None:
    rng = np.random.default_rng(8)
    made = random_rig(stage, rng)
    corners, count = len(made.GetFaceVertexIndicesAttr().Get()), len(made.GetPointsAttr().Get())
    if kind in ("normals", "faces", "shapes"):
        number = corners if kind == "faces" else count
        normals = [Gf.Vec3f(*map(float, v)).GetNormalized() for v in rng.normal(size=(number, 3))]
        made.CreateNormalsAttr(Vt.Vec3fArray(normals))
        made.SetNormalsInterpolation("faceVarying" if kind == "faces" else "vertex")
    if kind in ("smooth", "refined"):
        made.CreateSubdivisionSchemeAttr("catmullClark")
    if kind == "refined":
        made.GetPrim().CreateAttribute("refinementEnableOverride", Sdf.ValueTypeNames.Bool).Set(True)
        made.GetPrim().CreateAttribute("refinementLevel", Sdf.ValueTypeNames.Int).Set(1)
    if kind == "shapes":
        blend_shapes(stage, made, UsdSkel.Animation.Get(stage, "/Rig/Moves"), rng)
    baked = copied(stage)
    assert UsdSkel.BakeSkinning(baked.Traverse(), Gf.Interval.GetFullInterval())
    ours = only_of(StageReader(stage).snapshot(seconds), "/Rig/Beam")
    theirs = only_of(StageReader(plain(baked)).snapshot(seconds), "/Rig/Beam")
    assert len(ours.mesh.points) == (count if kind != "refined" else len(theirs.mesh.points)) > 0
    np.testing.assert_allclose(ours.mesh.points, theirs.mesh.points, atol=1e-4)
    assert (ours.mesh.corner_normals is None) == (kind == "flat")
    if kind not in ("flat", "refined"):  # the quads of a refined mesh are cut along the diagonals of the rest pose
        np.testing.assert_array_equal(ours.mesh.triangles, theirs.mesh.triangles)
        np.testing.assert_allclose(ours.mesh.corner_normals, theirs.mesh.corner_normals, atol=2e-3)


def plain(baked: Usd.Stage) -> Usd.Stage:
    """A baked stage without anything of UsdSkel in it, only samples of points."""
    for prim in list(baked.Traverse()):
        if prim.GetTypeName() == "SkelRoot":
            prim.SetTypeName("Xform")
    for prim in [p for p in baked.Traverse() if p.GetTypeName() in ("Skeleton", "SkelAnimation")]:
        baked.RemovePrim(prim.GetPath())
    return baked


def test_blend_shapes_alone_need_no_joints(stage: Usd.Stage) -> None:
    moves = arm(stage)
    made = beam(stage, "/Arm/Face")
    UsdSkel.BindingAPI.Apply(made.GetPrim()).CreateSkeletonRel().SetTargets(["/Arm/Bones"])
    shape = UsdSkel.BlendShape.Define(stage, "/Arm/Face/Up")
    shape.CreateOffsetsAttr([(0, 0, 2)])
    shape.CreatePointIndicesAttr([3])
    UsdSkel.BindingAPI(made.GetPrim()).CreateBlendShapesAttr(["up"])
    UsdSkel.BindingAPI(made.GetPrim()).CreateBlendShapeTargetsRel().SetTargets([shape.GetPath()])
    moves.CreateBlendShapesAttr(["up"])
    moves.CreateBlendShapeWeightsAttr([0.5])
    expected = np.array(made.GetPointsAttr().Get())
    expected[3, 2] += 1
    reader = StageReader(stage)
    np.testing.assert_allclose(only_of(reader.snapshot(), "/Arm/Face").mesh.points, expected, atol=1e-6)
    shape.GetOffsetsAttr().Set([(0, 0, 4)])
    expected[3, 2] += 1
    np.testing.assert_allclose(only_of(reader.snapshot(), "/Arm/Face").mesh.points, expected, atol=1e-6)


def test_a_shape_that_hangs_on_one_joint(stage: Usd.Stage) -> None:
    bend(arm(stage), 0, 90)
    ball = UsdGeom.Cube.Define(stage, "/Arm/Hand")
    ball.CreateSizeAttr(0.2)
    ball.AddTranslateOp().Set((2, 0, 0))
    api = bind(ball, "/Arm/Bones", [1], [1.0], 1, constant=True)
    api.CreateGeomBindTransformAttr(translation(2, 0, 0))
    item = only_of(StageReader(stage).snapshot(), "/Arm/Hand")
    world = item.mesh.points @ item.world_from_local[:3, :3].T + item.world_from_local[:3, 3]
    np.testing.assert_allclose(world.mean(axis=0), [1, 1, 0], atol=1e-6)
    corners = item.mesh.points[item.mesh.triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    assert item.mesh.corner_normals is not None
    np.testing.assert_allclose(item.mesh.corner_normals, np.repeat(faces[:, None], 3, 1), atol=1e-6)


def test_skinned_again_only_when_the_animation_moves(stage: Usd.Stage, skinned: list[str]) -> None:
    moves = arm(stage)
    root = UsdGeom.Xformable(stage.GetPrimAtPath("/Arm")).AddTransformOp()
    other = mesh(stage, "/Other")
    reader = StageReader(stage)
    rng = np.random.default_rng(1)
    first = only_of(reader.snapshot(), "/Arm/Beam")
    assert skinned == ["/Arm/Beam"]
    skinned.clear()
    for frame in range(1, 4):
        root.Set(Gf.Matrix4d(1).SetRotate(Gf.Rotation(Gf.Vec3d(*rng.normal(size=3)), 20.0 * frame)))
        other.GetDisplayColorAttr().Set([(0.1 * frame, 0, 0)])
        UsdGeom.Xform.Define(stage, f"/New{frame}")
        moved = only_of(reader.snapshot(frame / 24), "/Arm/Beam")
        assert moved.mesh is first.mesh and not np.array_equal(moved.world_from_local, first.world_from_local)
    assert skinned == []
    bend(moves, 0, 10)
    assert only_of(reader.snapshot(4 / 24), "/Arm/Beam").mesh is not first.mesh
    assert skinned == ["/Arm/Beam"]
    bend(moves, 0, 10)
    reader.snapshot(5 / 24)
    assert skinned == ["/Arm/Beam"]


def test_time_moves_a_sampled_animation(stage: Usd.Stage, skinned: list[str]) -> None:
    moves = arm(stage)
    bend(moves, 0, 0, 0.0)
    bend(moves, 0, 90, 24.0)
    reader = StageReader(stage)
    authored = np.array(UsdGeom.Mesh.Get(stage, "/Arm/Beam").GetPointsAttr().Get())
    for seconds, elbow in ((0.0, 0.0), (1.0, 90.0), (2.0, 90.0), (0.5, 45.0)):
        found = only_of(reader.snapshot(seconds), "/Arm/Beam").mesh.points
        np.testing.assert_allclose(found, bent(authored, 0, elbow), atol=1e-6)
    assert len(skinned) == 3


def test_the_mesh_alone_moves_nothing(stage: Usd.Stage) -> None:
    """Where a skinned mesh stands in the world follows from its skeleton, not from its own transform."""
    bend(arm(stage), 0, 90)
    made = UsdGeom.Mesh.Get(stage, "/Arm/Beam")
    reader = StageReader(stage)

    def world() -> np.ndarray:
        item = only_of(reader.snapshot(), "/Arm/Beam")
        return item.mesh.points @ item.world_from_local[:3, :3].T + item.world_from_local[:3, 3]

    before = world()
    place = made.AddTranslateOp()
    place.Set((5, 0, 0))
    np.testing.assert_allclose(world(), before, atol=1e-6)
    UsdGeom.Xformable(stage.GetPrimAtPath("/Arm/Bones")).AddTranslateOp().Set((0, 0, 3))
    np.testing.assert_allclose(world(), before + [0, 0, 3], atol=1e-6)


def test_binding_another_animation(stage: Usd.Stage) -> None:
    arm(stage)
    other = animation(stage, "/Library/Other", ("Shoulder", "Shoulder/Elbow"))
    bend(other, 0, 90)
    reader = StageReader(stage)
    authored = np.array(UsdGeom.Mesh.Get(stage, "/Arm/Beam").GetPointsAttr().Get())
    np.testing.assert_allclose(only_of(reader.snapshot(), "/Arm/Beam").mesh.points, authored, atol=1e-6)
    bones = UsdSkel.BindingAPI(stage.GetPrimAtPath("/Arm/Bones"))
    bones.GetAnimationSourceRel().SetTargets([other.GetPath()])
    found = only_of(reader.snapshot(), "/Arm/Beam").mesh.points
    np.testing.assert_allclose(found, bent(authored, 0, 90), atol=1e-6)
    bend(other, 0, 45)
    found = only_of(reader.snapshot(), "/Arm/Beam").mesh.points
    np.testing.assert_allclose(found, bent(authored, 0, 45), atol=1e-6)
    bind(UsdGeom.Mesh.Get(stage, "/Arm/Beam"), "/Arm/Bones", [1] * len(authored), [1.0] * len(authored), 1)
    found = only_of(reader.snapshot(), "/Arm/Beam").mesh.points
    np.testing.assert_allclose(
        found, bent(authored + [10, 0, 0], 0, 45) - [10 * 0.5**0.5] * 2 @ np.eye(2, 3), atol=1e-5
    )


def test_instances_of_one_asset_hold_their_own_poses(stage: Usd.Stage) -> None:
    arm(stage, "/Asset/Arm")
    stage.GetPrimAtPath("/Asset").SetSpecifier(Sdf.SpecifierOver)
    stage.GetPrimAtPath("/Asset/Arm/Bones").RemoveProperty("skel:animationSource")
    poses = {"A": 90.0, "B": 20.0}
    for name, elbow in poses.items():
        prim = stage.DefinePrim(f"/World/{name}", "Xform")
        prim.GetReferences().AddInternalReference("/Asset")
        prim.SetInstanceable(True)
        moves = animation(stage, f"/Moves/{name}", ("Shoulder", "Shoulder/Elbow"))
        bend(moves, 0, elbow)
        UsdSkel.BindingAPI.Apply(prim).CreateAnimationSourceRel().SetTargets([moves.GetPath()])
    scene = StageReader(stage).snapshot()
    authored = np.array(UsdGeom.Mesh.Get(stage, "/Asset/Arm/Beam").GetPointsAttr().Get())
    for name, elbow in poses.items():
        found = only_of(scene, f"/World/{name}/Arm/Beam").mesh.points
        np.testing.assert_allclose(found, bent(authored, 0, elbow), atol=1e-6)


def test_prototypes_of_point_instancers_are_skinned(stage: Usd.Stage) -> None:
    instancer = UsdGeom.PointInstancer.Define(stage, "/Many")
    moves = arm(stage, "/Many/Arm")
    instancer.CreatePrototypesRel().SetTargets(["/Many/Arm"])
    instancer.CreateProtoIndicesAttr([0, 0])
    instancer.CreatePositionsAttr([(0, 0, 0), (0, 0, 5)])
    bend(moves, 0, 90)
    reader = StageReader(stage)
    authored = np.array(UsdGeom.Mesh.Get(stage, "/Many/Arm/Beam").GetPointsAttr().Get())
    for elbow in (90, 30, 60):
        bend(moves, 0, elbow)
        scene = reader.snapshot()
        assert len(scene.instances) == 2
        for item in scene.instances:
            np.testing.assert_allclose(item.mesh.points, bent(authored, 0, elbow), atol=1e-6)
    bend(moves, 0, 10, 0.0)
    bend(moves, 0, 20, 24.0)
    for seconds, elbow in ((0.0, 10), (1.0, 20)):
        found = reader.snapshot(seconds).instances[1].mesh.points
        np.testing.assert_allclose(found, bent(authored, 0, elbow), atol=1e-6)


def test_motion_remembers_the_former_shape(stage: Usd.Stage) -> None:
    moves = arm(stage)
    reader = StageReader(stage)
    first = only_of(reader.snapshot(), "/Arm/Beam")
    assert first.previous_mesh is None
    reader.mark_captured()
    bend(moves, 0, 30)
    reader.snapshot()
    bend(moves, 0, 60)
    second = only_of(reader.snapshot(), "/Arm/Beam")
    assert second.previous_mesh is first.mesh
    reader.mark_captured()
    third = only_of(reader.snapshot(), "/Arm/Beam")
    assert third.previous_mesh is None and third.mesh is second.mesh


def test_points_that_a_script_writes_are_motion_too(stage: Usd.Stage) -> None:
    made = mesh(stage, "/Sheet")
    reader = StageReader(stage)
    first = only_of(reader.snapshot(), "/Sheet")
    reader.mark_captured()
    made.GetPointsAttr().Set([(0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)])
    assert only_of(reader.snapshot(), "/Sheet").previous_mesh is first.mesh
    reader.mark_captured()
    primvar(made, "displayColor", Sdf.ValueTypeNames.Color3fArray, "constant", [(1, 0, 0)])
    assert only_of(reader.snapshot(), "/Sheet").previous_mesh is None


def test_what_the_snapshot_says_of_a_skeleton(stage: Usd.Stage) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    moves = arm(stage)
    UsdGeom.Xformable(stage.GetPrimAtPath("/Arm")).AddTranslateOp().Set((0, 0, 100))
    mesh(stage, "/Arm/Hat")
    mesh(stage, "/Wall")
    bend(moves, 90, 0)
    label(stage.GetPrimAtPath("/Arm"), **{"class": "arm"})
    (found,) = StageReader(stage).snapshot().skeletons
    assert (found.prim_path, found.joints) == ("/Arm/Bones", ("Shoulder", "Shoulder/Elbow"))
    assert found.parents.tolist() == [-1, 0] and found.drawn == {"/Arm/Beam", "/Arm/Hat"}
    elbow = found.world_from_skeleton @ found.posed[1]
    np.testing.assert_allclose(elbow[:3, 3], [0, 0.01, 1], atol=1e-9)
    np.testing.assert_allclose((found.world_from_skeleton @ found.rest[1])[:3, 3], [0.01, 0, 1], atol=1e-9)


def test_hidden_skeletons_are_not_there(stage: Usd.Stage) -> None:
    arm(stage)
    reader = StageReader(stage)
    assert len(reader.snapshot().skeletons) == 1
    UsdGeom.Imageable(stage.GetPrimAtPath("/Arm")).MakeInvisible()
    assert reader.snapshot().skeletons == ()
    stage.RemovePrim("/Arm")
    assert reader.snapshot().skeletons == ()


def test_a_skeleton_without_a_root_is_reported_and_deforms_nothing(stage: Usd.Stage) -> None:
    moves = arm(stage)
    bend(moves, 0, 90)
    stage.GetPrimAtPath("/Arm").SetTypeName("Xform")
    scene = StageReader(stage).snapshot()
    authored = np.array(UsdGeom.Mesh.Get(stage, "/Arm/Beam").GetPointsAttr().Get())
    np.testing.assert_array_equal(only_of(scene, "/Arm/Beam").mesh.points, authored)
    np.testing.assert_allclose(scene.skeletons[0].local[1][:2, :2], [[0, -1], [1, 0]], atol=1e-6)


def test_nothing_of_usdskel_is_loaded_without_skeletons() -> None:
    code = (
        "import sys; from pxr import Usd, UsdGeom; from engine.stage.reader import StageReader\n"
        "stage = Usd.Stage.CreateInMemory(); UsdGeom.Cube.Define(stage, '/Cube')\n"
        "assert len(StageReader(stage).snapshot().instances) == 1\n"
        "print([m for m in sys.modules if m in ('engine.stage.skeletons', 'pxr.UsdSkel')])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


BROKEN = {
    "joints that are no tree": (
        lambda s: s.CreateJointsAttr(["A/B", "A"]),
        r"/Arm/Bones: the skeleton moves nothing: ",
    ),
    "too few poses": (
        lambda s: s.CreateBindTransformsAttr(Vt.Matrix4dArray(1)),
        r"it has 1 bindTransforms for 2 joints; expected one finite matrix a joint",
    ),
    "a flat pose": (
        lambda s: s.CreateBindTransformsAttr(Vt.Matrix4dArray([Gf.Matrix4d(0), Gf.Matrix4d(1)])),
        r"a matrix of its bindTransforms is flat; expected matrices that can be inverted",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_skeletons_move_nothing(stage: Usd.Stage, warnings: list[str], kind: str) -> None:
    bend(arm(stage), 0, 90)
    change, said = BROKEN[kind]
    change(UsdSkel.Skeleton.Get(stage, "/Arm/Bones"))
    authored = np.array(UsdGeom.Mesh.Get(stage, "/Arm/Beam").GetPointsAttr().Get())
    np.testing.assert_array_equal(points(stage, "/Arm/Beam"), authored)
    assert sum(said in text for text in warnings) == 1


def test_broken_bindings_and_animations_are_told(stage: Usd.Stage, warnings: list[str]) -> None:
    moves = arm(stage)
    bend(moves, 0, 90)
    made = UsdGeom.Mesh.Get(stage, "/Arm/Beam")
    authored = np.array(made.GetPointsAttr().Get())
    bind(made, "/Arm/Bones", [0] * 7, [1.0] * 7, 1)
    np.testing.assert_array_equal(points(stage, "/Arm/Beam"), authored)
    bind(made, "/Arm/Bones", [9] * 20, [1.0] * 20, 1)
    np.testing.assert_array_equal(points(stage, "/Arm/Beam"), authored)
    bind(made, "/Arm/Bones", [1] * 20, [1.0] * 20, 1)
    moves.GetTranslationsAttr().Set([(0, 0, 0)])
    np.testing.assert_array_equal(points(stage, "/Arm/Beam"), authored)
    for said in (
        "/Arm/Beam: no joint moves it: it has 7 jointIndices and 7 jointWeights; expected 20 of each, 1 for each of 20",
        "/Arm/Beam: no joint moves it: its jointIndices reach to 9 and it knows 2 joints; expected joints of its skel",
        "/Arm/Moves: the animation moves nothing: it has 1 translations, 2 rotations, 2 scales for 2 joints; expected",
    ):
        assert sum(said in text for text in warnings) == 1, (said, warnings)


def test_blend_shapes_that_fit_nothing_are_told(stage: Usd.Stage, warnings: list[str]) -> None:
    moves = arm(stage)
    shape = UsdSkel.BlendShape.Define(stage, "/Arm/Beam/Up")
    shape.CreateOffsetsAttr([(0, 0, 2)])
    api = UsdSkel.BindingAPI(stage.GetPrimAtPath("/Arm/Beam"))
    api.CreateBlendShapesAttr(["up"])
    api.CreateBlendShapeTargetsRel().SetTargets([shape.GetPath()])
    moves.CreateBlendShapesAttr(["up"])
    moves.CreateBlendShapeWeightsAttr([1.0])
    points(stage, "/Arm/Beam")
    said = "/Arm/Beam: blend shape 'up' is left out: '/Arm/Beam/Up' has no offsets that fit its 20 points; expected a"
    assert sum(said in text for text in warnings) == 1


def test_a_pose_without_rest_or_bind_matrices(stage: Usd.Stage) -> None:
    for number, keep in enumerate(("bind", "rest")):
        root = f"/Arm{number}"
        bend(arm(stage, root), 0, 90)
        bones = UsdSkel.Skeleton.Get(stage, f"{root}/Bones")
        (bones.GetRestTransformsAttr() if keep == "bind" else bones.GetBindTransformsAttr()).Clear()
        authored = np.array(UsdGeom.Mesh.Get(stage, f"{root}/Beam").GetPointsAttr().Get())
        np.testing.assert_allclose(points(stage, f"{root}/Beam"), bent(authored, 0, 90), atol=1e-6)


def test_skeletons_keep_their_order_and_find_their_file(stage: Usd.Stage, tmp_path: object) -> None:
    asset = Usd.Stage.CreateNew(f"{tmp_path}/arm.usda")
    arm(asset, "/Arm")
    asset.SetDefaultPrim(asset.GetPrimAtPath("/Arm"))
    asset.Save()
    prim = stage.DefinePrim("/World/A", "SkelRoot")
    prim.GetReferences().AddReference(f"{tmp_path}/arm.usda")
    sets = stage.GetPrimAtPath("/World").GetVariantSets().AddVariantSet("animation")
    sets.AddVariant("walk")
    sets.SetVariantSelection("walk")
    skeleton(stage, "/Alone", ("A",), [translation(0, 0, 0)], [translation(0, 0, 0)])
    first, second = StageReader(stage).snapshot().skeletons
    assert (first.prim_path, first.asset_path, first.variant) == ("/World/A/Bones", f"{tmp_path}/arm.usda", "walk")
    assert (second.prim_path, second.asset_path, second.variant) == ("/Alone", "", "")
