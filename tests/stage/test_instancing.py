"""Native instances and point instancers, against pxr's bounds and transforms."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, Vt

from engine.stage.reader import StageReader
from engine.stage.scene import SceneSnapshot

from .build import bind, label, mesh, preview, primvar, world_points


def bounds(scene: SceneSnapshot) -> np.ndarray:
    points = np.concatenate([world_points(item) for item in scene.instances])
    return np.stack([points.min(0), points.max(0)])


def pxr_bounds(stage: Usd.Stage, path: str = "/") -> np.ndarray:
    cache = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default", "render"])
    box = cache.ComputeWorldBound(stage.GetPrimAtPath(path)).ComputeAlignedRange()
    return np.array([box.GetMin(), box.GetMax()]) * UsdGeom.GetStageMetersPerUnit(stage)


@pytest.fixture
def wheel() -> Usd.Stage:
    """An asset: two boxes with labels and a material, one of them an instance of a third asset."""
    bolt = Usd.Stage.CreateInMemory()
    UsdGeom.Cube.Define(bolt, "/Bolt/Head").AddScaleOp().Set((0.1, 0.1, 0.3))
    asset = Usd.Stage.CreateInMemory()
    asset.bolt = bolt  # type: ignore[attr-defined]
    rim = UsdGeom.Cube.Define(asset, "/Wheel/Rim")
    rim.AddTranslateOp().Set((1, 0, 0))
    label(rim, **{"class": "rim"})
    bind(rim, preview(asset, "/Wheel/Looks/Paint", diffuseColor=(1, 0, 0)))
    inner = UsdGeom.Xform.Define(asset, "/Wheel/Bolt")
    inner.AddTranslateOp().Set((0, 2, 0))
    inner.GetPrim().GetReferences().AddReference(bolt.GetRootLayer().identifier, "/Bolt")
    inner.GetPrim().SetInstanceable(True)
    return asset


def place(stage: Usd.Stage, path: str, asset: Usd.Stage, x: float, instanceable: bool = True) -> Usd.Prim:
    made = UsdGeom.Xform.Define(stage, path)
    made.AddTranslateOp().Set((x, 0, 0))
    made.GetPrim().GetReferences().AddReference(asset.GetRootLayer().identifier, "/Wheel")
    made.GetPrim().SetInstanceable(instanceable)
    return made.GetPrim()


def test_nested_native_instances(stage: Usd.Stage, wheel: Usd.Stage) -> None:
    for number in range(3):
        label(place(stage, f"/Car/W{number}", wheel, 10.0 * number), **{"class": f"wheel{number}"})
    scene = StageReader(stage).snapshot()
    assert [i.prim_path for i in scene.instances] == [
        f"/Car/W{n}/{part}" for n in range(3) for part in ("Rim", "Bolt/Head")
    ]
    assert len({i.mesh.key for i in scene.instances}) == 1  # all are cubes of size 2
    for n in range(3):
        rim, head = scene.instances[2 * n : 2 * n + 2]
        assert rim.mesh is scene.instances[0].mesh and rim.material is scene.instances[0].material
        assert rim.material.base_color == (1.0, 0.0, 0.0)
        assert [(p.path, p.labels["class"]) for p in rim.labels] == [
            (f"/Car/W{n}/Rim", ("rim",)),
            (f"/Car/W{n}", (f"wheel{n}",)),
        ]
        assert [p.labels["class"] for p in head.labels] == [(f"wheel{n}",)]
    np.testing.assert_allclose(bounds(scene), pxr_bounds(stage), atol=1e-6)


def test_instances_and_copies_look_alike(stage: Usd.Stage, wheel: Usd.Stage) -> None:
    place(stage, "/A", wheel, 0.0, instanceable=True)
    place(stage, "/B", wheel, 0.0, instanceable=False)
    scene = StageReader(stage).snapshot()
    half = len(scene.instances) // 2
    for one, other in zip(scene.instances[:half], scene.instances[half:], strict=True):
        assert one.mesh is other.mesh
        np.testing.assert_array_equal(one.world_from_local, other.world_from_local)
        assert one.material.base_color == other.material.base_color


def test_an_edit_of_the_asset_reaches_all_instances(stage: Usd.Stage, wheel: Usd.Stage) -> None:
    for number in range(2):
        place(stage, f"/W{number}", wheel, 10.0 * number)
    reader = StageReader(stage)
    reader.snapshot()
    UsdGeom.Cube.Get(wheel, "/Wheel/Rim").GetSizeAttr().Set(6.0)
    scene = reader.snapshot()
    assert [float(i.mesh.extent[1, 0]) for i in scene.instances] == [3.0, 1.0, 3.0, 1.0]
    np.testing.assert_allclose(bounds(scene), pxr_bounds(stage), atol=1e-6)


def test_primvars_from_outside_an_instance(stage: Usd.Stage, wheel: Usd.Stage) -> None:
    plain = Usd.Stage.CreateInMemory()
    mesh(plain, "/Wheel/M")
    for number, color in enumerate([(1, 0, 0), (0, 1, 0), None]):
        prim = place(stage, f"/W{number}", plain, number)
        if color:
            primvar(prim, "displayColor", Sdf.ValueTypeNames.Color3fArray, "constant", [color])
    assert [i.display_color for i in StageReader(stage).snapshot().instances] == [(1, 0, 0), (0, 1, 0), None]


def test_bindings_from_outside_an_instance(stage: Usd.Stage) -> None:
    plain = Usd.Stage.CreateInMemory()
    made = mesh(plain, "/Wheel/M")
    UsdGeom.Subset.CreateGeomSubset(made, "half", "face", [0], "materialBind")
    for number in range(3):
        prim = place(stage, f"/W{number}", plain, number)
        if number:
            bind(prim, preview(stage, f"/Looks/L{number}", roughness=number / 4))
    reader = StageReader(stage)
    scene = reader.snapshot()
    assert [i.material.roughness for i in scene.instances] == [0.5, 0.25, 0.5]
    assert [i.subset_path for i in scene.instances] == [f"/W{n}/M/half" for n in range(3)]
    assert len({id(i.mesh) for i in scene.instances}) == 1
    stage.RemovePrim("/W0")
    UsdGeom.PrimvarsAPI(stage.GetPrimAtPath("/W1")).CreatePrimvar(
        "displayColor", Sdf.ValueTypeNames.Color3fArray, "constant"
    ).Set([(1, 0, 0)])
    assert [i.material.roughness for i in reader.snapshot().instances] == [0.25, 0.5]


def instancer(
    stage: Usd.Stage, path: str, prototypes: list[str], generator: np.random.Generator, count: int
) -> UsdGeom.PointInstancer:
    made = UsdGeom.PointInstancer.Define(stage, path)
    made.CreatePrototypesRel().SetTargets([Sdf.Path(p) for p in prototypes])
    made.CreateProtoIndicesAttr(Vt.IntArray.FromNumpy(generator.integers(0, len(prototypes), count).astype(np.int32)))
    made.CreatePositionsAttr(Vt.Vec3fArray.FromNumpy(generator.uniform(-9, 9, (count, 3)).astype(np.float32)))
    made.CreateScalesAttr(Vt.Vec3fArray.FromNumpy(generator.uniform(0.3, 2, (count, 3)).astype(np.float32)))
    turns = [Gf.Quath(*(generator.normal(size=4) + 0.01).tolist()).GetNormalized() for _ in range(count)]
    made.CreateOrientationsAttr(turns)
    return made


def test_point_instancer_with_nested_instancer_and_references(stage: Usd.Stage, wheel: Usd.Stage) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    generator = np.random.default_rng(5)
    UsdGeom.Xform.Define(stage, "/World").AddRotateXYZOp().Set((10, 20, 30))
    made = instancer(
        stage, "/World/Field", ["/World/Field/Ball", "/World/Field/Wheel", "/World/Field/Inner"], generator, 12
    )
    ball = UsdGeom.Cube.Define(stage, "/World/Field/Ball")
    ball.AddTranslateOp().Set((0, 0, 4))
    place(stage, "/World/Field/Wheel", wheel, 3.0)
    instancer(stage, "/World/Field/Inner", ["/World/Field/Inner/Leaf"], generator, 3).AddTranslateOp().Set((1, 1, 1))
    UsdGeom.Cube.Define(stage, "/World/Field/Inner/Leaf").AddScaleOp().Set((0.2, 0.3, 0.4))
    made.CreateInvisibleIdsAttr([2, 5])
    scene = StageReader(stage).snapshot()
    names = [i.prim_path for i in scene.instances]
    assert len(set(names)) == len(names) and not any("instance_2/" in n or n.endswith("Ball_instance_2") for n in names)
    assert all(Sdf.Path.IsValidPathString(n)[0] for n in names)
    drawn = {0: 1, 1: 2, 2: 3}
    kept = [k for n, k in enumerate(made.GetProtoIndicesAttr().Get()) if n not in (2, 5)]
    assert len(names) == sum(drawn[k] for k in kept) and set(kept) == {0, 1, 2}
    per_instance = np.array(made.ComputeInstanceTransformsAtTime(Usd.TimeCode.Default(), Usd.TimeCode.Default()))
    world = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(made.GetPrim()))
    shown = [n for n in range(12) if n not in (2, 5)]
    for number, rows in zip(shown, per_instance, strict=True):
        if made.GetProtoIndicesAttr().Get()[number] == 0:
            (item,) = [i for i in scene.instances if i.prim_path == f"/World/Field/Ball_instance_{number}"]
            np.testing.assert_allclose(item.world_from_local[:3], (rows @ world).T[:3] * 0.01, atol=1e-6)
    np.testing.assert_array_less(pxr_bounds(stage)[0] - 1e-6, bounds(scene)[0])
    np.testing.assert_array_less(bounds(scene)[1], pxr_bounds(stage)[1] + 1e-6)


def test_point_instances_carry_prototype_and_instancer_labels(stage: Usd.Stage) -> None:
    made = instancer(stage, "/Herd", ["/Herd/Cow"], np.random.default_rng(1), 2)
    label(made, **{"class": "herd"})
    cow = UsdGeom.Xform.Define(stage, "/Herd/Cow")
    label(cow, **{"class": "cow"})
    label(UsdGeom.Cube.Define(stage, "/Herd/Cow/Head"), part="head")
    scene = StageReader(stage).snapshot()
    assert [[(p.path, dict(p.labels)) for p in item.labels] for item in scene.instances] == [
        [
            (f"/Herd/Cow_instance_{n}/Head", {"part": ("head",)}),
            (f"/Herd/Cow_instance_{n}", {"class": ("cow",)}),
            ("/Herd", {"class": ("herd",)}),
        ]
        for n in range(2)
    ]
    assert len({id(p) for i in scene.instances for p in i.labels}) == 5  # the herd is one
    assert [p.path for p in scene.labelled].count("/Herd") == 1 and len(scene.labelled) == 5


def test_prototypes_outside_the_instancer_are_drawn_for_themselves_too(stage: Usd.Stage) -> None:
    UsdGeom.Cube.Define(stage, "/Box")
    made = instancer(stage, "/Field", ["/Box"], np.random.default_rng(1), 2)
    reader = StageReader(stage)
    assert [i.prim_path for i in reader.snapshot().instances] == [
        "/Box",
        "/Field/Box_instance_0",
        "/Field/Box_instance_1",
    ]
    UsdGeom.Cube.Get(stage, "/Box").GetSizeAttr().Set(8.0)
    assert [float(i.mesh.extent[1, 0]) for i in reader.snapshot().instances] == [4.0] * 3
    made.MakeInvisible()
    assert [i.prim_path for i in reader.snapshot().instances] == ["/Box"]


def test_hidden_parts_of_a_prototype(stage: Usd.Stage) -> None:
    instancer(stage, "/Field", ["/Field/P"], np.random.default_rng(1), 1)
    UsdGeom.Cube.Define(stage, "/Field/P/Seen")
    hidden = UsdGeom.Cube.Define(stage, "/Field/P/Hidden")
    hidden.MakeInvisible()
    reader = StageReader(stage)
    assert [i.prim_path for i in reader.snapshot().instances] == ["/Field/P_instance_0/Seen"]
    hidden.MakeVisible()
    assert len(reader.snapshot().instances) == 2


def test_a_material_of_a_prototype_can_change(stage: Usd.Stage) -> None:
    instancer(stage, "/Field", ["/Field/P"], np.random.default_rng(1), 2)
    paint = preview(stage, "/Looks/Paint", diffuseColor=(1, 0, 0))
    bind(UsdGeom.Cube.Define(stage, "/Field/P"), paint)
    reader = StageReader(stage)
    assert {i.material.base_color for i in reader.snapshot().instances} == {(1.0, 0.0, 0.0)}
    stage.GetPrimAtPath("/Looks/Paint/Surface").GetAttribute("inputs:diffuseColor").Set((0, 1, 0))
    assert {i.material.base_color for i in reader.snapshot().instances} == {(0.0, 1.0, 0.0)}


def test_bad_instancers(stage: Usd.Stage, warnings: list[str]) -> None:
    short = instancer(stage, "/Short", ["/Short/P"], np.random.default_rng(1), 3)
    UsdGeom.Cube.Define(stage, "/Short/P")
    short.GetPositionsAttr().Set([(0, 0, 0)])
    off = instancer(stage, "/Off", ["/Off/P"], np.random.default_rng(1), 3)
    UsdGeom.Cube.Define(stage, "/Off/P")
    off.GetProtoIndicesAttr().Set([0, 7, 0])
    scene = StageReader(stage).snapshot()
    assert [i.prim_path for i in scene.instances] == ["/Off/P_instance_0", "/Off/P_instance_2"]
    assert (
        "/Short: the instancer is left out: it has 1 positions and 3 protoIndices; expected equal numbers" in warnings
    )
    assert "/Off: 1 instances are left out: their protoIndices are such as 7; expected 0 to 0" in warnings
