"""Only what changed is read again, motion since the last captured frame, and memory."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, Vt

import engine.stage.materials
import engine.stage.shapes
from engine.stage.reader import StageReader

from .build import bind, label, mdl, mesh, only, preview


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The prims whose geometry or material is read, in order."""
    found: list[str] = []
    geometry, material = engine.stage.shapes.read_geometry, engine.stage.materials.Materials._read
    monkeypatch.setattr(
        engine.stage.shapes,
        "read_geometry",
        lambda prim, *rest: (found.append(str(prim.GetPath())), geometry(prim, *rest))[1],
    )
    monkeypatch.setattr(
        engine.stage.materials.Materials,
        "_read",
        lambda self, prim, time: (found.append(str(prim.GetPath())), material(self, prim, time))[1],
    )
    return found


def scene_of_three(stage: Usd.Stage) -> list[UsdGeom.Mesh]:
    paint = preview(stage, "/Looks/Paint", diffuseColor=(1, 0, 0))
    for group in range(2):
        UsdGeom.Xform.Define(stage, f"/World/G{group}")
    made = [mesh(stage, f"/World/G{n // 2}/M{n}", [(0, 0, 0), (1, 0, 0), (n, 1, 0)], [3], [0, 1, 2]) for n in range(3)]
    for each in made:
        bind(each, paint)
        each.AddTranslateOp().Set((0, 0, 0))
    return made


def test_moving_reads_no_geometry_and_no_material(stage: Usd.Stage, reads: list[str]) -> None:
    made = scene_of_three(stage)
    reader = StageReader(stage)
    first = reader.snapshot()
    assert sorted(reads) == ["/Looks/Paint", "/World/G0/M0", "/World/G0/M1", "/World/G1/M2"]
    reads.clear()
    made[0].GetPrim().GetAttribute("xformOp:translate").Set((1, 2, 3))
    UsdGeom.Xformable(stage.GetPrimAtPath("/World/G1")).AddTranslateOp().Set((7, 0, 0))
    second = reader.snapshot(0.1)
    assert reads == []
    for before, after in zip(first.instances, second.instances, strict=True):
        assert after.mesh is before.mesh and after.material is before.material
    assert second.instances[1] is first.instances[1]
    assert [i.world_from_local[0, 3] for i in second.instances] == [1.0, 0.0, 7.0]


def test_a_new_prim_does_not_touch_the_others(stage: Usd.Stage, reads: list[str]) -> None:
    scene_of_three(stage)
    reader = StageReader(stage)
    first = reader.snapshot()
    reads.clear()
    mesh(stage, "/World/New")
    second = reader.snapshot()
    assert reads == ["/World/New"]
    assert [i for i in second.instances if i.prim_path != "/World/New"] == list(first.instances)


def test_points_primvars_and_colours(stage: Usd.Stage, reads: list[str]) -> None:
    made = scene_of_three(stage)
    reader = StageReader(stage)
    first = reader.snapshot()
    reads.clear()
    made[1].GetPointsAttr().Set([(0, 0, 0), (5, 0, 0), (0, 5, 0)])
    second = reader.snapshot()
    assert reads == ["/World/G0/M1"]
    assert second.instances[1].mesh.key != first.instances[1].mesh.key
    assert second.instances[0] is first.instances[0]
    made[1].GetPointsAttr().Set(Vt.Vec3fArray.FromNumpy(first.instances[1].mesh.points))
    assert reader.snapshot().instances[1].mesh.key == first.instances[1].mesh.key


def test_an_edited_material_is_read_once(stage: Usd.Stage, reads: list[str]) -> None:
    scene_of_three(stage)
    reader = StageReader(stage)
    first = reader.snapshot()
    reads.clear()
    attribute = stage.GetPrimAtPath("/Looks/Paint/Surface").GetAttribute("inputs:diffuseColor")
    attribute.Set((0, 1, 0))
    second = reader.snapshot()
    assert reads == ["/Looks/Paint"]
    assert {i.material.base_color for i in second.instances} == {(0.0, 1.0, 0.0)}
    assert [i.mesh for i in second.instances] == [i.mesh for i in first.instances]
    attribute.Set((0, 1, 0))
    assert reader.snapshot().instances[0].material is second.instances[0].material


def test_rebinding(stage: Usd.Stage, reads: list[str]) -> None:
    made = scene_of_three(stage)
    blue = mdl(stage, "/Looks/Blue", diffuse_color_constant=(Sdf.ValueTypeNames.Color3f, (0, 0, 1)))
    reader = StageReader(stage)
    reader.snapshot()
    reads.clear()
    UsdShade.MaterialBindingAPI(made[2].GetPrim()).Bind(blue)
    scene = reader.snapshot()
    assert reads == ["/Looks/Blue"]
    assert [i.material.path for i in scene.instances] == ["/Looks/Paint", "/Looks/Paint", "/Looks/Blue"]
    bind(UsdGeom.Xform.Get(stage, "/World/G0"), blue, bindingStrength=UsdShade.Tokens.strongerThanDescendants)
    assert {i.material.path for i in reader.snapshot().instances} == {"/Looks/Blue"}


def test_a_shader_outside_the_material(stage: Usd.Stage) -> None:
    shared = UsdShade.Shader.Define(stage, "/Shared/Surface")
    shared.CreateIdAttr("UsdPreviewSurface")
    shared.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set((1, 0, 0))
    material = UsdShade.Material.Define(stage, "/P")
    material.CreateSurfaceOutput().ConnectToSource(shared.ConnectableAPI(), "surface")
    bind(mesh(stage, "/M"), material)
    reader = StageReader(stage)
    assert only(reader.snapshot()).material.base_color == (1.0, 0.0, 0.0)
    shared.GetInput("diffuseColor").Set((0, 0, 1))
    assert only(reader.snapshot()).material.base_color == (0.0, 0.0, 1.0)


def test_removing_activating_and_variants(stage: Usd.Stage) -> None:
    scene_of_three(stage)
    reader = StageReader(stage)
    assert len(reader.snapshot().instances) == 3
    stage.GetPrimAtPath("/World/G0").SetActive(False)
    assert [i.prim_path for i in reader.snapshot().instances] == ["/World/G1/M2"]
    stage.GetPrimAtPath("/World/G0").SetActive(True)
    assert len(reader.snapshot().instances) == 3
    stage.RemovePrim("/World/G0/M0")
    assert len(reader.snapshot().instances) == 2
    mesh(stage, "/World/G0/M0")
    assert len(reader.snapshot().instances) == 3


def test_swapped_instances_read_each_asset_once(stage: Usd.Stage, tmp_path: Path, reads: list[str]) -> None:
    files = [saved_asset(tmp_path, number) for number in range(3)]
    slot = UsdGeom.Xform.Define(stage, "/World/Slot").GetPrim()
    slot.SetInstanceable(True)
    reader = StageReader(stage)
    for number in (0, 1, 2, 1, 0, 2):
        slot.GetReferences().SetReferences([Sdf.Reference(files[number])])
        item = only(reader.snapshot())
        assert item.mesh.points[3, 2] == number and item.material.roughness == number / 4
    assert reads.count("/World/Slot/Part") == 3
    edited = Usd.Stage.Open(files[2])
    UsdGeom.Mesh.Get(edited, "/A/Part").GetPointsAttr().Set([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 9)])
    assert only(reader.snapshot()).mesh.points[3, 2] == 9
    edited.Reload()
    assert only(reader.snapshot()).mesh.points[3, 2] == 2


def test_units_and_up_axis_can_change(stage: Usd.Stage) -> None:
    mesh(stage, "/M").AddTranslateOp().Set((1, 0, 0))
    reader = StageReader(stage)
    assert only(reader.snapshot()).world_from_local[0, 3] == 1.0
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    scene = reader.snapshot()
    assert only(scene).world_from_local[0, 3] == 0.01 and scene.meters_per_unit == 0.01


def test_edits_under_an_edit_layer(stage: Usd.Stage) -> None:
    made = mesh(stage, "/M")
    move = made.AddTranslateOp()
    reader = StageReader(stage)
    reader.snapshot()
    layer = Sdf.Layer.CreateAnonymous()
    stage.GetSessionLayer().subLayerPaths.append(layer.identifier)
    with Usd.EditContext(stage, layer), Sdf.ChangeBlock():
        pass
    with Usd.EditContext(stage, layer):
        move.Set((4, 0, 0))
    assert only(reader.snapshot()).world_from_local[0, 3] == 4.0


def test_motion_of_instances(stage: Usd.Stage) -> None:
    made = mesh(stage, "/M")
    move = made.AddTranslateOp()
    still = mesh(stage, "/Still")
    assert still
    reader = StageReader(stage)
    for frame in range(4):
        move.Set((float(frame), 0, 0))
        scene = reader.snapshot(frame / 30)
        again = reader.snapshot(frame / 30)  # asking twice is not a frame
        for found in (scene, again):
            item, other = found.instances
            assert item.world_from_local[0, 3] == frame
            assert item.previous_world_from_local[0, 3] == max(frame - 1, 0)
            np.testing.assert_array_equal(other.previous_world_from_local, other.world_from_local)
        reader.mark_captured()
    item, other = reader.snapshot(1.0).instances
    assert item.previous_world_from_local is item.world_from_local
    mesh(stage, "/Late").AddTranslateOp().Set((9, 0, 0))
    late = reader.snapshot(1.0).instances[2]
    np.testing.assert_array_equal(late.previous_world_from_local, late.world_from_local)


def test_motion_of_point_instances(stage: Usd.Stage) -> None:
    made = UsdGeom.PointInstancer.Define(stage, "/F")
    UsdGeom.Cube.Define(stage, "/F/P")
    made.CreatePrototypesRel().AddTarget("/F/P")
    made.CreateProtoIndicesAttr([0, 0])
    made.CreatePositionsAttr([(0, 0, 0), (5, 0, 0)])
    reader = StageReader(stage)
    reader.snapshot()
    reader.mark_captured()
    made.GetPositionsAttr().Set([(1, 0, 0), (5, 0, 0)])
    one, other = reader.snapshot().instances
    assert (one.previous_world_from_local[0, 3], one.world_from_local[0, 3]) == (0.0, 1.0)
    np.testing.assert_array_equal(other.previous_world_from_local, other.world_from_local)
    reader.mark_captured()
    one, other = reader.snapshot().instances
    assert one.previous_world_from_local is one.world_from_local


def saved_asset(folder: Path, number: int) -> str:
    asset = Usd.Stage.CreateNew(str(folder / f"asset{number}.usda"))
    asset.SetDefaultPrim(UsdGeom.Xform.Define(asset, "/A").GetPrim())
    made = mesh(asset, "/A/Part", [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, number)])
    bind(made, preview(asset, "/A/Looks/Paint", roughness=number / 4))
    asset.Save()
    return str(folder / f"asset{number}.usda")


def test_an_incremental_reading_equals_a_fresh_one(stage: Usd.Stage, tmp_path: Path) -> None:
    """Random edits of every kind; after each, a reader that followed them sees what a new reader sees."""
    generator = np.random.default_rng(4)
    looks = [preview(stage, f"/Looks/L{n}", roughness=n / 4) for n in range(3)]
    asset = Usd.Stage.CreateInMemory()
    mesh(asset, "/A/Part")
    UsdGeom.Xform.Define(stage, "/World")
    paths = ["/World"]
    files = [saved_asset(tmp_path, number) for number in range(3)]
    slots = [UsdGeom.Xform.Define(stage, f"/World/Slot{n}").GetPrim() for n in range(3)]
    reader = StageReader(stage)
    for step in range(160):
        path = paths[generator.integers(len(paths))]
        prim = stage.GetPrimAtPath(path)
        action = int(generator.integers(11))
        if action <= 1:
            kind = (UsdGeom.Cube, UsdGeom.Xform)[action]
            paths.append(str(kind.Define(stage, f"{path}/P{step}").GetPath()))
        elif action == 2:
            UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(*generator.uniform(-1, 1, 3)))
        elif action == 3:
            UsdGeom.Imageable(prim).GetVisibilityAttr().Set(
                str(generator.choice(["inherited", "inherited", "invisible"]))
            )
        elif action == 4:
            bind(prim, looks[generator.integers(3)])
        elif action == 5:
            label(prim, **{"class": f"c{generator.integers(3)}"})
        elif action == 6:
            made = UsdGeom.Xform.Define(stage, f"{path}/R{step}").GetPrim()
            made.GetReferences().AddReference(asset.GetRootLayer().identifier, "/A")
            made.SetInstanceable(bool(generator.random() < 0.5))
        elif action == 7 and path.count("/") > 2:
            stage.RemovePrim(path)
            paths = [p for p in paths if p != path and not p.startswith(path + "/")]
        elif action == 8:
            stage.GetPrimAtPath(f"/Looks/L{step % 3}/Surface").GetAttribute("inputs:roughness").Set(
                float(generator.random())
            )
        elif action >= 9:
            slot = slots[generator.integers(3)]
            slot.GetReferences().SetReferences([Sdf.Reference(files[generator.integers(3)])])
            slot.SetInstanceable(bool(generator.random() < 0.8))
        followed, fresh = reader.snapshot(step / 10), StageReader(stage).snapshot(step / 10)
        assert [i.prim_path for i in followed.instances] == [i.prim_path for i in fresh.instances]
        assert [(p.path, p.labels) for p in followed.labelled] == [(p.path, p.labels) for p in fresh.labelled]
        for one, other in zip(followed.instances, fresh.instances, strict=True):
            assert (one.mesh.key, one.material) == (other.mesh.key, other.material), (step, action, path, one.prim_path)
            np.testing.assert_array_equal(one.world_from_local, other.world_from_local)
            assert [(p.path, p.labels) for p in one.labels] == [(p.path, p.labels) for p in other.labels]
            for label_one, label_other in zip(one.labels, other.labels, strict=True):
                np.testing.assert_array_equal(label_one.world_from_local, label_other.world_from_local)
    assert len(paths) > 10


def churn(stage: Usd.Stage, reader: StageReader, frame: int) -> None:
    """Create, read and remove a few prims with a mesh, a material and labels."""
    points = [(0, 0, 0), (1, 0, 0), (frame, 1, 0), (0, 1, 1)]
    made = mesh(stage, f"/World/M{frame}", points)
    label(made, **{"class": "x"})
    bind(made, preview(stage, f"/Looks/P{frame}", roughness=0.5))
    UsdGeom.Cube.Define(stage, f"/World/C{frame}")
    reader.snapshot(frame / 30)
    reader.mark_captured()
    for path in (f"/World/M{frame}", f"/Looks/P{frame}", f"/World/C{frame}"):
        stage.RemovePrim(path)


def settled() -> int:
    """Return how many objects are left once those that other tests left behind, in chains of cycles, are gone."""
    count = len(gc.get_objects())
    while True:
        gc.collect()
        if len(gc.get_objects()) >= count:
            return count
        count = len(gc.get_objects())


def test_memory_is_flat_over_frames_of_create_and_remove(stage: Usd.Stage) -> None:
    reader = StageReader(stage)
    for frame in range(60):
        churn(stage, reader, frame)
    before = settled()
    for frame in range(60, 160):
        churn(stage, reader, frame)
    assert settled() - before < 50
    assert len(reader._nodes) <= 5 and len(reader._worlds) == 2 and len(reader._materials._looks) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_memory_is_flat_over_a_thousand_frames(stage: Usd.Stage) -> None:
    reader = StageReader(stage)
    for frame in range(400):
        churn(stage, reader, frame)
    tracemalloc.start()
    for frame in range(400, 600):  # tracemalloc's own tables grow at first
        churn(stage, reader, frame)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for frame in range(600, 1000):
        churn(stage, reader, frame)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 50_000, f"{grown} bytes more after 400 frames"


def test_reader_lets_go_of_its_stage(tmp_path: Path) -> None:
    stage = Usd.Stage.CreateInMemory()
    mesh(stage, "/M")
    reader = StageReader(stage)
    reader.snapshot()
    del reader
    gc.collect()
    mesh(stage, "/N")  # no listener is left to fail
