"""References in other units, SimReady assets by words, and prims found by what usdrt asks for."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path

import numpy as np
import pytest
from pxr import Usd, UsdGeom, UsdPhysics

from engine.assets import MissingAssetError
from engine.usd_context import get_context


def box_file(path: Path, metres: float, axis: str) -> str:
    """Write a stage with a box 100 units wide, 200 deep in the second axis and 300 in the third."""
    stage = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageMetersPerUnit(stage, metres)
    UsdGeom.SetStageUpAxis(stage, axis)
    top = UsdGeom.Xform.Define(stage, "/Top")
    stage.SetDefaultPrim(top.GetPrim())
    cube = UsdGeom.Cube.Define(stage, "/Top/Box")
    cube.CreateSizeAttr(100.0)
    cube.CreateExtentAttr([(-50, -50, -50), (50, 50, 50)])
    UsdGeom.XformCommonAPI(cube).SetScale((1, 2, 3))
    stage.GetRootLayer().Save()
    return str(path)


def size(stage, path):
    bound = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default"]).ComputeWorldBound(stage.GetPrimAtPath(path))
    return np.array(bound.ComputeAlignedRange().GetSize())


def test_references_in_other_units_get_ops_that_make_up_for_it(fresh_stage, tmp_path):
    assembler = importlib.import_module("omni.metrics.assembler.core").get_metrics_assembler_interface()
    UsdGeom.SetStageMetersPerUnit(fresh_stage, 1.0)
    UsdGeom.SetStageUpAxis(fresh_stage, "Z")
    same = box_file(tmp_path / "same.usda", 1.0, "Z")
    other = box_file(tmp_path / "other.usda", 0.01, "Y")
    for name, file in (("Same", same), ("Other", other), ("Loaded", other)):
        prim = UsdGeom.Xform.Define(fresh_stage, f"/{name}").GetPrim()
        prim.GetPayloads().AddPayload(file) if name == "Loaded" else prim.GetReferences().AddReference(file)
    UsdGeom.XformCommonAPI(fresh_stage.GetPrimAtPath("/Other")).SetTranslate((7, 0, 0))
    for _ in range(2):  # the second time changes nothing
        assert assembler.resolve_stage(get_context().get_stage_id()) == {"ret_val": True}
        assert size(fresh_stage, "/Same") == pytest.approx([100, 200, 300])
        assert size(fresh_stage, "/Other") == pytest.approx([1, 3, 2])  # Y is up there: its third side is the depth
        assert size(fresh_stage, "/Loaded") == pytest.approx([1, 3, 2])
    names = [op.GetOpName() for op in UsdGeom.Xformable(fresh_stage.GetPrimAtPath("/Other")).GetOrderedXformOps()]
    assert names == ["xformOp:translate", "xformOp:rotateX:unitsResolve", "xformOp:scale:unitsResolve"]


def test_simready_assets_are_found_in_the_folder_of_assets(monkeypatch, tmp_path):
    explorer = importlib.import_module("omni.simready.explorer")
    assert explorer.get_instance().browser_model is not None
    base = tmp_path / "NVIDIA" / "Assets" / "simready_content" / "common"
    for name in ("bowl_red/bowl_red.usd", "bowl_red/parts.usd", "bowl_blue/bowl_blue.usd", "plate_a/plate_a.usd"):
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text("#usda 1.0\n")
    monkeypatch.setenv("REPLICANT_ASSETS", str(tmp_path))
    found = asyncio.run(explorer.find_assets(["Bowl"]))
    assert [asset.name for asset in found] == ["bowl_blue", "bowl_red"]
    assert found[1].main_url == str(base / "bowl_red" / "bowl_red.usd")
    assert [asset.name for asset in asyncio.run(explorer.find_assets(["bowl", "red"]))] == ["bowl_red"]
    assert len(asyncio.run(explorer.find_assets())) == 3


def test_simready_assets_that_are_not_here_have_stand_ins_or_an_error(fresh_stage, monkeypatch, tmp_path):
    explorer = importlib.import_module("omni.simready.explorer")
    monkeypatch.setenv("REPLICANT_ASSETS", str(tmp_path))
    with pytest.raises(MissingAssetError, match=r"find_assets: asset '.*simready_content' is not on this machine"):
        asyncio.run(explorer.find_assets(["table"]))
    monkeypatch.setenv("REPLICANT_STAND_INS", "1")
    tables = asyncio.run(explorer.find_assets(["table", "furniture"]))
    assert [asset.name for asset in tables] == ["table_furniture_a", "table_furniture_b", "table_furniture_c"]
    prim = fresh_stage.DefinePrim("/Table")
    prim.GetReferences().AddReference(tables[0].main_url)
    assert UsdPhysics.RigidBodyAPI(prim).GetRigidBodyEnabledAttr().Set(False)
    assert prim.GetAttribute("xformOp:translate").Set((1, 2, 3))
    assert max(size(fresh_stage, "/Table")) * UsdGeom.GetStageMetersPerUnit(fresh_stage) == pytest.approx(1.4)


def test_usdrt_finds_prims_by_type_and_by_applied_schema(fresh_stage):
    usdrt = importlib.import_module("usdrt")
    stage = usdrt.Usd.Stage.Attach(get_context().get_stage_id())
    assert stage.GetPrimsWithAppliedAPIName("PhysxSceneAPI") == []
    scene = UsdPhysics.Scene.Define(fresh_stage, "/Scene").GetPrim()
    scene.AddAppliedSchema("PhysxSceneAPI")
    cube, ball = UsdGeom.Cube.Define(fresh_stage, "/Cube").GetPrim(), UsdGeom.Sphere.Define(fresh_stage, "/Ball")
    UsdPhysics.RigidBodyAPI.Apply(cube)
    Usd.CollectionAPI.Apply(ball.GetPrim(), "lights")
    assert [str(path) for path in stage.GetPrimsWithAppliedAPIName("PhysxSceneAPI")] == ["/Scene"]
    assert [str(path) for path in stage.GetPrimsWithAppliedAPIName("CollectionAPI")] == ["/Ball"]
    assert [str(path) for path in stage.GetPrimsWithTypeName("Gprim")] == ["/Cube", "/Ball"]
    assert [str(path) for path in stage.GetPrimsWithTypeName("Sphere")] == ["/Ball"]
    found = stage.GetPrimsWithTypeAndAppliedAPIName("Gprim", ["PhysicsRigidBodyAPI"])
    assert [str(path) for path in found] == ["/Cube"]


def test_a_listed_folder_says_which_entries_may_have_children(tmp_path):
    client = importlib.import_module("omni.client")
    (tmp_path / "below").mkdir()
    (tmp_path / "file.usd").write_text("x")
    result, entries = client.list(str(tmp_path))
    flags = {entry.relative_path: bool(entry.flags & client.ItemFlags.CAN_HAVE_CHILDREN) for entry in entries}
    assert result == client.Result.OK and flags == {"below": True, "file.usd": False}
    assert client.stat(str(tmp_path / "file.usd"))[1].flags & client.ItemFlags.READABLE_FILE
