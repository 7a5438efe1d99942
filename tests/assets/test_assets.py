"""Addresses of assets: where they are looked for, what stands in for them, and the error when neither is there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pxr import Sdf, Usd, UsdGeom, UsdPhysics, UsdSemantics

import engine.replicator as rep
from engine import assets, stand_ins
from engine.isaac import storage
from engine.kit import client
from engine.replicator.utils.files import get_usd_files
from engine.usd_context import get_context

HOST = "https://omniverse-content-production.s3.us-west-2.amazonaws.com/Assets/Isaac/5.1"


@pytest.fixture(autouse=True)
def _stage(monkeypatch):
    monkeypatch.delenv(assets.VARIABLE, raising=False)
    monkeypatch.delenv(assets.STAND_INS, raising=False)
    get_context().new_stage()
    assets.install()


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A folder of assets with one cube of 2 m."""
    file = tmp_path / "Isaac" / "Props" / "cube.usda"
    file.parent.mkdir(parents=True)
    stage = Usd.Stage.CreateNew(str(file))
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/Prop").GetPrim())
    UsdGeom.Cube.Define(stage, "/Prop/Cube")
    stage.Save()
    monkeypatch.setenv(assets.VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def boxes(monkeypatch):
    monkeypatch.setenv(assets.STAND_INS, "1")


def reference(address: str) -> Usd.Prim:
    prim = get_context().get_stage().DefinePrim("/World/Thing", "Xform")
    prim.GetReferences().AddReference(address)
    return prim


def size(prim: Usd.Prim) -> list[float]:
    box = UsdGeom.BBoxCache(Usd.TimeCode.Default(), ["default"]).ComputeWorldBound(prim).ComputeAlignedRange()
    return [round(float(side), 5) for side in box.GetSize()]


@pytest.mark.parametrize(
    "address",
    [
        f"{HOST}/Isaac/Props/cube.usda",
        "omniverse://localhost/NVIDIA/Assets/Isaac/4.2/Isaac/Props/cube.usda",
        "omniverse://nucleus.company.com/Isaac/Props/cube.usda",
    ],
)
def test_an_address_of_a_server_is_found_below_the_folder(tree, address):
    assert assets.find(address) == str(tree / "Isaac/Props/cube.usda")
    assert size(reference(address)) == [2, 2, 2]


def test_a_missing_asset_is_an_error_that_says_what_to_do(tree):
    with pytest.raises(assets.MissingAssetError, match=r"/World/Thing: asset 'omniverse://host/Isaac/x.usd' is not on"):
        reference("omniverse://host/Isaac/x.usd")
    with pytest.raises(FileNotFoundError, match=f"set {assets.VARIABLE} to a folder that holds /Isaac/x.usd, or give"):
        get_context().open_stage(f"{tree}/Isaac/x.usd")
    with pytest.raises(assets.MissingAssetError, match="folder: asset"):
        get_usd_files("omniverse://host/Isaac/Props/Fruit")


def test_payloads_and_lists_of_references_are_looked_up_too(tree):
    address = f"{HOST}/Isaac/Props/cube.usda"
    prim = get_context().get_stage().DefinePrim("/World/Payload", "Xform")
    prim.GetPayloads().AddPayload(Sdf.Payload(address))
    assert size(prim) == [2, 2, 2]
    prim.GetReferences().SetReferences([Sdf.Reference(address)])
    assert prim.GetMetadata("references").explicitItems[0].assetPath == assets.find(address)


def test_other_paths_are_left_to_usd(tree):
    assert assets.need("/nowhere/x.usda") == "/nowhere/x.usda"
    assert assets.need("relative.usda") == "relative.usda"


@pytest.mark.parametrize(("axis", "metres"), [("Z", 1.0), ("Y", 0.01)])
def test_a_stand_in_is_a_labelled_box_in_the_units_of_the_stage(boxes, capsys, axis, metres):
    stage = get_context().get_stage()
    UsdGeom.SetStageUpAxis(stage, axis)
    UsdGeom.SetStageMetersPerUnit(stage, metres)
    prim = reference(f"omniverse://host/Isaac/Props/SM_Forklift_A0{axis}_01.usd")
    wanted = np.array([1.2, 2.4, 1.6] if axis == "Z" else [1.2, 1.6, 2.4]) / metres
    np.testing.assert_allclose(size(prim), wanted, rtol=1e-4)
    assert list(UsdSemantics.LabelsAPI.Get(prim, "class").GetLabelsAttr().Get()) == ["forklift"]
    assert "is a box of 1.2 x 2.4 x 1.6 m labelled 'forklift'" in capsys.readouterr().err


def test_faces_of_a_stand_in_look_outward(boxes):
    mesh = UsdGeom.Mesh(reference("omniverse://host/Isaac/Props/pallet.usd").GetChild("Box"))
    points = np.array(mesh.GetPointsAttr().Get())
    corners = np.array(mesh.GetFaceVertexIndicesAttr().Get()).reshape(6, 4)
    normals = [np.cross(points[c[1]] - points[c[0]], points[c[2]] - points[c[1]]) for c in corners]
    outward = points[corners].mean(axis=1) - points.mean(axis=0)
    assert (np.einsum("ij,ij->i", np.array(normals), outward) > 0).all()
    assert points[:, 2].min() == 0  # a pallet stands on the ground


def test_a_label_of_the_script_replaces_the_stand_in_s(boxes):
    prim = reference("omniverse://host/Isaac/Props/traffic_cone.usd")
    UsdSemantics.LabelsAPI.Apply(prim, "class").CreateLabelsAttr(["hazard"])
    assert list(UsdSemantics.LabelsAPI.Get(prim, "class").GetLabelsAttr().Get()) == ["hazard"]


def test_the_label_given_to_from_usd_replaces_the_stand_in_s(boxes):
    rep.create.from_usd("omniverse://host/Isaac/Props/apple.usd", semantics=[("class", "fruit")])
    rep.create.from_usd("omniverse://host/Isaac/Props/apple.usd", name="Bare")
    stage = get_context().get_stage()
    labels = [
        list(UsdSemantics.LabelsAPI.Get(stage.GetPrimAtPath(path), "class").GetLabelsAttr().Get())
        for path in ("/Replicator/Ref_Xform", "/Replicator/Ref_Xform/Ref", "/Replicator/Bare_Xform/Bare")
    ]
    assert labels == [["fruit"], [], ["apple"]]


def test_the_mesh_of_a_ycb_asset_is_named_after_its_file(boxes):
    prim = reference("omniverse://host/Isaac/Props/YCB/Axis_Aligned/003_cracker_box.usd")
    assert prim.GetChild("_03_cracker_box").GetTypeName() == "Mesh"


def test_an_environment_is_a_lit_floor(boxes):
    get_context().open_stage(storage.get_assets_root_path() + "/Isaac/Environments/Simple_Warehouse/warehouse.usd")
    stage = get_context().get_stage()
    floor = stage.GetPrimAtPath("/StandIn/Box")
    assert UsdGeom.BBoxCache(0, ["default"]).ComputeWorldBound(floor).ComputeAlignedRange().GetMax()[2] == 0
    assert stage.GetPrimAtPath("/StandIn/Light").GetTypeName() == "DomeLight"
    assert stand_ins.is_place("/Isaac/Samples/Replicator/Infinigen/dining_rooms/dining_rooms_a.usd")
    assert stand_ins.is_place("/NVIDIA/Assets/Scenes/Templates/Interior/ZetCG_ExhibitionHall.usd")
    assert not stand_ins.is_place("/NVIDIA/Assets/Scenes/Templates/Basic/display_riser.usd")
    assert not stand_ins.is_place("/Isaac/Props/mushroom.usd")
    assert not stand_ins.is_place("C:/objects/Room_Essentials_Mug_White_Yellow.usd")
    assert not stand_ins.is_place("/Isaac/Environments/Simple_Warehouse/Props/SM_CardBoxC_01.usd")


@pytest.mark.parametrize(
    ("address", "label", "largest"),
    [
        ("/Isaac/Environments/Simple_Warehouse/Props/SM_CardBoxC_01.usd", "cardboxc", 0.22),
        ("/Isaac/Environments/Simple_Warehouse/Props/SM_PaletteA_01.usd", "palettea", 1.2),
        ("/Isaac/Props/YCB/Axis_Aligned/003_cracker_box.usd", "cracker_box", 0.21),
        ("/Isaac/Props/YCB/Axis_Aligned/024_bowl.usd", "bowl", 0.12),
        ("/NVIDIA/Assets/Unheard_Of.usd", "unheard_of", 0.5),
        ("/Assets/Vegetation/Trees/American_Beech.usd", "american_beech", 1.5),
        ("/Props/Kitchen_Cabinet.usd", "kitchen_cabinet", 2.5),
        ("/Props/TrashBin_A.usd", "trashbin", 0.6),
        ("/asset/Collected_Spoon_Small/Spoon_Small.usd", "spoon_small", 0.2),
    ],
)
def test_names_give_labels_and_sizes(address, label, largest):
    assert stand_ins.label_of(address) == label
    assert max(stand_ins.size_of(address)) == largest


def test_an_asset_with_physics_is_a_rigid_body(boxes):
    prim = reference("omniverse://host/Isaac/Props/YCB/Axis_Aligned_Physics/003_cracker_box.usd")
    assert prim.HasAPI(UsdPhysics.RigidBodyAPI) and prim.GetChild("_03_cracker_box").HasAPI(UsdPhysics.CollisionAPI)
    assert prim.GetAttribute("physics:velocity").Set((0, 0, -1))
    assert prim.GetAttribute("physxRigidBody:disableGravity").Set(True)


def test_pictures_have_stand_ins(boxes):
    image = np.asarray(Image.open(assets.offer("omniverse://host/NVIDIA/Materials/wood.jpg")))
    assert image.shape == (64, 64, 3) and len(np.unique(image.reshape(-1, 3), axis=0)) == 2
    assert Path(assets.offer("https://host/Skies/evening.exr")).read_bytes().startswith(b"#?RADIANCE")


def test_folders_have_three_stand_ins(boxes):
    files = get_usd_files("omniverse://host/Isaac/Props/Fruit/")
    assert [Path(file).name for file in files] == ["fruit_a.usd", "fruit_b.usd", "fruit_c.usd"]
    assert client.list("omniverse://host/Isaac/Props/Fruit")[0] == client.Result.OK
    assert client.stat(files[0])[0] == client.Result.OK


def test_storage_speaks_of_the_folder(tree):
    assert storage.get_isaac_asset_root_path() == f"{tree}/Isaac"
    assert storage.get_nvidia_asset_root_path() == f"{tree}/NVIDIA"
    assert storage.get_full_asset_path("/Isaac/Props/cube.usda") == f"{tree}/Isaac/Props/cube.usda"
    assert storage.get_full_asset_path("/Isaac/none.usd") is None
    assert storage.find_nucleus_server("") == (True, str(tree))
    assert storage.is_file(f"{HOST}/Isaac/Props/cube.usda") and storage.is_dir(f"{HOST}/Isaac/Props")
    assert storage.get_url_root(f"{HOST}/x") == HOST.partition("/Assets")[0] and storage.get_url_root("/a/b") == ""


def test_awaited_forms(tree, tmp_path):
    from engine.app import get_app

    run = get_app().run_coroutine
    asyncio.set_event_loop(get_app().loop)
    assert run(storage.list_folder(f"{tree}/Isaac")) == ([], [f"{tree}/Isaac/Props"])
    assert run(storage.recursive_list_folder(str(tree / "Isaac"))) == [f"{tree}/Isaac/Props/cube.usda"]
    assert run(storage.get_assets_root_path_async()) == str(tree)
    assert run(storage.download_assets_async(f"{HOST}/Isaac/Props", str(tmp_path / "copy"))) == client.Result.OK
    assert (tmp_path / "copy" / "cube.usda").is_file()


def test_without_folder_and_stand_ins_the_root_is_an_error():
    with pytest.raises(
        RuntimeError, match=r"downloads no assets; set REPLICANT_ASSETS to a local folder .* --stand-ins"
    ):
        storage.get_assets_root_path()


def test_wrappers_are_put_on_once():
    before = Usd.References.AddReference
    assets.install()
    assert Usd.References.AddReference is before
