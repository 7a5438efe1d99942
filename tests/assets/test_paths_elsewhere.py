"""Paths of another machine: drive letters, home folders of others, files beside a script that did not come along."""

from __future__ import annotations

from pathlib import Path

import pytest
from pxr import Usd, UsdGeom

import engine.replicator as rep
from engine import assets
from engine.kit import client
from engine.replicator.utils.files import get_usd_files
from engine.usd_context import get_context


@pytest.fixture(autouse=True)
def _stage(monkeypatch):
    monkeypatch.delenv(assets.VARIABLE, raising=False)
    monkeypatch.delenv(assets.STAND_INS, raising=False)
    get_context().new_stage()
    assets.install()


@pytest.fixture
def boxes(monkeypatch):
    monkeypatch.setenv(assets.STAND_INS, "1")


@pytest.mark.parametrize(
    "address",
    [
        "C:/Users/me/props/Traffic_Cone.usd",
        r"D:\props\Traffic_Cone.usd",
        "/home/other/Traffic_Cone.usd",
        "./Traffic_Cone.usd",
    ],
)
def test_a_box_stands_in_for_a_file_of_another_machine(boxes, address):
    item = rep.create.from_usd(address)
    prim = item.get_output_prims()["prims"][0]
    assert prim.GetChild("Ref").GetChild("Box").GetTypeName() == "Mesh"
    labels = prim.GetChild("Ref").GetAttribute("semantics:labels:class").Get()
    assert list(labels) == ["traffic_cone"]


def test_without_stand_ins_such_a_file_is_an_error_that_names_them():
    with pytest.raises(FileNotFoundError, match=r"create.from_usd: usd='C:/a.usd' was given; .*--stand-ins"):
        rep.create.from_usd("C:/a.usd")
    with pytest.raises(
        FileNotFoundError, match=r"path='D:/all' was given; expected an existing local folder .*--stand-ins"
    ):
        get_usd_files("D:/all")


def test_a_folder_of_another_machine_holds_three_stand_ins(boxes):
    assert get_usd_files(r"D:/omniverse/Gears/") == [f"D:/omniverse/Gears/gears_{letter}.usd" for letter in "abc"]
    item = rep.randomizer.instantiate(get_usd_files("/home/other/gears"), size=2, mode="reference")
    prims = item.get_output_prims()["prims"]
    assert [bool(prim.GetChild("Instance").GetChild("Box")) for prim in prims] == [True, True]


def test_a_file_where_a_folder_is_expected_is_the_only_one(boxes, tmp_path):
    assert get_usd_files("omniverse://host/Snacks/red.usd") == ["omniverse://host/Snacks/red.usd"]
    stage = Usd.Stage.CreateNew(str(tmp_path / "here.usda"))
    UsdGeom.Cube.Define(stage, "/Cube")
    stage.Save()
    assert get_usd_files(str(tmp_path / "here.usda")) == [str(Path(tmp_path / "here.usda"))]


def test_the_folder_of_ycb_objects_holds_those(boxes):
    files = get_usd_files(
        "omniverse://localhost/NVIDIA/Assets/Isaac/2023.1.1/Isaac/Props/YCB/Axis_Aligned", recursive=True
    )
    assert len(files) == 21 and files[1].endswith("/YCB/Axis_Aligned/003_cracker_box.usd")
    box = rep.create.from_usd(files[1]).get_output_prims()["prims"][0]
    size = UsdGeom.BBoxCache(0, ["default"]).ComputeWorldBound(box).ComputeAlignedRange().GetSize()
    assert tuple(round(side, 3) for side in size) == (0.16, 0.06, 0.21)


def test_a_part_of_a_stand_in_is_made_when_a_script_names_it(boxes, capsys):
    stage = get_context().get_stage()
    rep.create.from_usd("omniverse://host/Library/Pressure Gauge.usd")
    path = "/Replicator/Ref_Xform/Ref/Gauge/Metal/Hand"
    rep.get.prim_at_path(path)
    hand = stage.GetPrimAtPath(path)
    assert hand.GetTypeName() == "Xform" and "is a cube of 0.1 m in a stand-in" in capsys.readouterr().err
    box = UsdGeom.BBoxCache(0, ["default"]).ComputeWorldBound(hand).ComputeAlignedRange()
    assert tuple(round(side, 5) for side in box.GetSize()) == (0.1, 0.1, 0.1)
    rep.get.prim_at_path("/World/Nowhere")
    assert not stage.GetPrimAtPath("/World/Nowhere")


def test_search_paths_are_kept_in_order():
    client.add_default_search_path("/a")
    client.add_default_search_path("/b")
    client.add_default_search_path("/a")
    assert client.get_default_search_paths() == ["/a", "/b"]
    client.remove_default_search_path("/a")
    client.remove_default_search_path("/b")
    assert client.get_default_search_paths() == []
