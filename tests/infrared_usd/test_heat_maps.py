"""Temperatures from images as users author them: `ir:temperature:texture` through `author` to the pixels."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom, Vt

from engine.render.buffers import Aov
from scenes.infrared import author
from tests.bands.stages import camera, planck, plane, render
from tests.infrared_usd.stages import bind, infrared, made_of, open_stage, say, session

SIZE = 8
CENTI = (29000 + np.add.outer(np.arange(SIZE) * 160, np.arange(SIZE) * 20)).astype(np.uint16)  # absolute, kelvin/100


def quad(stage: Usd.Stage, path: str, size: float = 2.0) -> Usd.Prim:
    """A square with an image upright on it."""
    prim = plane(stage, path, size)
    primvar = UsdGeom.PrimvarsAPI(prim).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, "vertex")
    primvar.Set(Vt.Vec2fArray([(0, 0), (1, 0), (1, 1), (0, 1)]))
    return prim


def wear(prim: Usd.Prim, file: object, **numbers: float) -> Usd.Prim:
    """Author the image of a prim; `scale` and `bias` are its numbers."""
    prim.CreateAttribute("ir:temperature:texture", Sdf.ValueTypeNames.Asset).Set(Sdf.AssetPath(str(file)))
    return say(prim, **{f"temperature__texture{name.title()}": value for name, value in numbers.items()})


def seen(stage: Usd.Stage, size: int = SIZE) -> np.ndarray:
    """True temperatures where 2 m about the origin fill the picture."""
    degrees = 2 * np.degrees(np.arctan(0.2))
    return render(stage, camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0), degrees), Aov.BAND_KELVIN, size)


@pytest.fixture
def heat(tmp_path: Path) -> Path:
    file = tmp_path / "heat.png"
    assert cv2.imwrite(str(file), CENTI)
    return file


def test_a_map_of_temperatures_in_centikelvin(heat: Path) -> None:
    """The documented example: scale 655.35 and the base taken off again give the file's own temperatures."""
    stage = open_stage()
    prim = say(quad(stage, "/World/Panel"), temperature=300.0, emissivity__lwir=1.0)
    wear(prim, heat, scale=655.35, bias=-300.0)
    text = stage.GetRootLayer().ExportToString()
    state = author(stage, infrared("thermal_lwir"), 1, 0)
    assert stage.GetRootLayer().ExportToString() == text
    assert state.of("/World/Panel").temperature == 300.0
    assert seen(stage) == pytest.approx(CENTI / 100.0, abs=2e-3)
    degrees = 2 * np.degrees(np.arctan(0.2))
    path = camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0), degrees)
    radiance = render(stage, path, size=SIZE, band_samples=4)[..., 0]
    emitted = np.array([[planck(kelvin, "lwir_7_13") for kelvin in row] for row in CENTI / 100.0])
    assert radiance == pytest.approx(emitted, rel=2e-3)  # 5 m of air


def test_a_material_in_a_file_of_its_own_and_an_instance(tmp_path: Path, heat: Path) -> None:
    """A path beside the asset's layer; each instance has its own base below the image of the shared material."""
    asset = Usd.Stage.CreateNew(str(tmp_path / "panel.usda"))
    asset.SetDefaultPrim(UsdGeom.Xform.Define(asset, "/Panel").GetPrim())
    look = made_of(asset, "/Panel/Looks/Skin", "steel", "paint")
    wear(look.GetPrim(), f"./{heat.name}", scale=655.35, bias=-290.0)
    bind(quad(asset, "/Panel/Front", 1.0), look)
    asset.Save()
    stage = open_stage()
    for name, x, kelvin in (("A", -0.5, 280.0), ("B", 0.5, 310.0)):
        top = UsdGeom.Xform.Define(stage, f"/World/{name}")
        top.GetPrim().GetReferences().AddReference(str(tmp_path / "panel.usda"))
        top.GetPrim().SetInstanceable(True)
        UsdGeom.XformCommonAPI(top).SetTranslate((x, 0.5, 0))
        say(top.GetPrim(), temperature=kelvin)
    author(stage, infrared("thermal_lwir"), 1, 0)
    found = seen(stage, 2 * SIZE)[:SIZE]
    rise = CENTI / 100.0 - 290.0
    assert found[:, :SIZE] == pytest.approx(280.0 + rise, abs=2e-3)
    assert found[:, SIZE:] == pytest.approx(310.0 + rise, abs=2e-3)


def test_all_below_an_instance_that_names_it(tmp_path: Path, heat: Path) -> None:
    """Named on the instance or above, nothing has to be opened; drawn temperatures are below it too."""
    stage = open_stage()
    quad(stage, "/World/Library/Panel/Front")
    top = UsdGeom.Xform.Define(stage, "/World/Panel").GetPrim()
    top.GetReferences().AddInternalReference("/World/Library/Panel")
    top.SetInstanceable(True)
    stage.GetPrimAtPath("/World/Library").SetActive(False)
    wear(top, heat, scale=10.0)
    state = author(stage, infrared("thermal_lwir"), 1, 0)
    assert "/World/Panel.instanceable" not in session(stage)
    assert stage.GetPrimAtPath("/World/Panel").IsInstance()
    base = state.of("/World/Panel/Front").temperature
    assert seen(stage) == pytest.approx(base + 10.0 * CENTI / 65535.0, abs=2e-3)


def test_numbers_change_and_the_image_goes(heat: Path) -> None:
    """Edits are seen at the next frame, what was derived is taken back, and surfaces stay as they were."""
    stage = open_stage()
    look = made_of(stage, "/World/Looks/Skin", "steel", "paint")
    prim = bind(say(quad(stage, "/World/Panel"), temperature=290.0), look)
    author(stage, infrared("thermal_lwir"), 1, 0)
    before = session(stage)
    wear(look.GetPrim(), heat, scale=10.0)
    author(stage, infrared("thermal_lwir"), 1, 1)
    said = session(stage)
    assert said["/World/Looks/Skin.band:temperatureOffset:scale"] == 10.0
    assert said["/World/Looks/Skin.band:temperatureOffset:bias"] == 0.0
    say(look.GetPrim(), temperature__textureBias=2.0)
    author(stage, infrared("thermal_lwir"), 1, 2)
    assert session(stage)["/World/Looks/Skin.band:temperatureOffset:bias"] == 2.0
    assert seen(stage) == pytest.approx(292.0 + 10.0 * CENTI / 65535.0, abs=2e-3)
    for name in ("texture", "textureScale", "textureBias"):
        look.GetPrim().RemoveProperty(f"ir:temperature:{name}")
    author(stage, infrared("thermal_lwir"), 1, 3)
    assert session(stage) == before
    assert prim


def text_file(stage: Usd.Stage, prim: Usd.Prim, folder: Path) -> None:
    (folder / "notes.txt").write_text("warm")
    wear(prim, folder / "notes.txt")


def not_a_number(stage: Usd.Stage, prim: Usd.Prim, folder: Path) -> None:
    cv2.imwrite(str(folder / "nan.tiff"), np.array([[1.0, np.nan]], np.float32))
    wear(prim, folder / "nan.tiff")


def no_coordinates(stage: Usd.Stage, prim: Usd.Prim, folder: Path) -> None:
    UsdGeom.PrimvarsAPI(prim).RemovePrimvar("st")
    wear(prim, folder / "heat.png")


def no_asset(stage: Usd.Stage, prim: Usd.Prim, folder: Path) -> None:
    say(prim, temperature__texture="heat.png")


def on_a_subset(stage: Usd.Stage, prim: Usd.Prim, folder: Path) -> None:
    part = UsdGeom.Subset.CreateGeomSubset(UsdGeom.Mesh(prim), "Pane", "face", Vt.IntArray([0]), "materialBind")
    wear(part.GetPrim(), folder / "heat.png")


def on_a_copy(stage: Usd.Stage, prim: Usd.Prim, folder: Path) -> None:
    many = UsdGeom.PointInstancer.Define(stage, "/World/Many")
    wear(quad(stage, "/World/Many/Leaf"), folder / "heat.png")
    many.CreatePrototypesRel().AddTarget("/World/Many/Leaf")


BAD: list[tuple[Any, str]] = [
    (lambda s, p, f: wear(p, "gone.png"), r"/World/P.ir:temperature:texture: 'gone.png' is not a file that can be"),
    (text_file, r"/World/P.ir:temperature:texture: '.*notes.txt' is not a file that can be read; expected an image"),
    (no_asset, r"/World/P.ir:temperature:texture: is 'heat.png'; expected an asset"),
    (lambda s, p, f: say(p, temperature__textureScale=2.0), r"/World/P: ir:temperature:textureScale or .* stands with"),
    (lambda s, p, f: wear(p, f / "heat.png", scale=2e5), r"/World/P.ir:temperature:textureScale: is 200000; expected"),
    (
        lambda s, p, f: wear(p, f / "heat.png", scale=655.35, bias=-575.5),
        r"/World/P: with /World/P.ir:temperature:texture: temperature is 14.5 K; expected kelvin",
    ),
    (
        lambda s, p, f: wear(p, f / "heat.png", scale=-1000.0),
        r"/World/P: with /World/P.ir:temperature:texture: temperature is -161.738 K; expected kelvin above 0",
    ),
    (
        lambda s, p, f: wear(p, f / "heat.png", scale=9e4),
        r"/World/P: with .*:texture: is 41\d+\.?\d*; expected 60 to 6000 K",
    ),
    (not_a_number, r"/World/P: with /World/P.ir:temperature:texture: temperature is nan; expected finite kelvin"),
    (no_coordinates, r"/World/P: has no texture coordinates for /World/P.ir:temperature:texture; expected primvars:st"),
    (on_a_subset, r"/World/P/Pane.ir:temperature:texture: is on a GeomSubset; expected it on the subset's material"),
    (on_a_copy, r"/World/Many/Leaf.ir:temperature:texture: is on a prim that the PointInstancer /World/Many copies"),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("spoil", "text"), BAD, ids=[text[:45] for _, text in BAD])
def test_what_cannot_be_is_refused(spoil: Any, text: str, tmp_path: Path, heat: Path) -> None:
    stage = open_stage()
    prim = say(quad(stage, "/World/P"), temperature=300.0)
    spoil(stage, prim, tmp_path)
    with pytest.raises(ValueError, match=text):
        author(stage, infrared("thermal_lwir"), 1, 0)
    for path in ("/World/P", "/World/Many"):
        stage.RemovePrim(path)
    author(stage, infrared("thermal_lwir"), 1, 0)  # one bad frame spoils no other


def test_an_image_that_goes_away_or_grows_too_cold(heat: Path) -> None:
    """Files are looked at every frame."""
    stage = open_stage()
    wear(say(quad(stage, "/World/P"), temperature=300.0), heat, scale=-400.0)
    author(stage, infrared("thermal_lwir"), 1, 0)
    cv2.imwrite(str(heat), np.full((2, 2), 65535, np.uint16))
    os.utime(heat, ns=(1, 1))
    with pytest.raises(ValueError, match=r"/World/P.ir:temperature:texture: temperature is -100 K"):
        author(stage, infrared("thermal_lwir"), 1, 1)
    heat.unlink()
    with pytest.raises(ValueError, match=r"/World/P.ir:temperature:texture: '.*heat.png' is not a file that can be"):
        author(stage, infrared("thermal_lwir"), 1, 2)
