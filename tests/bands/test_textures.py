"""Temperatures from images: the texels of the file, in kelvin, where the camera sees them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, Vt

from engine.render.buffers import Aov
from engine.stage.reader import StageReader
from tests.bands.stages import camera, floats, material, new_stage, number, planck, plane, render, surface

SIZE = 8
CENTI = np.add.outer(np.arange(SIZE) * 1600, np.arange(SIZE) * 200).astype(np.uint16)  # kelvin/100, unlike each other


def lay(prim: Usd.Prim, file: Path, scale: float = 1.0, bias: float = 0.0) -> None:
    """Author a texture of temperatures as plain data."""
    prim.CreateAttribute("band:temperatureOffset:file", Sdf.ValueTypeNames.Asset).Set(str(file))
    number(prim, "band:temperatureOffset:scale", scale)
    number(prim, "band:temperatureOffset:bias", bias)


def with_uvs(prim: Usd.Prim) -> Usd.Prim:
    """Give a plane the coordinates that lay an image upright on it, seen from above with +y up."""
    primvar = UsdGeom.PrimvarsAPI(prim).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, "vertex")
    primvar.Set(Vt.Vec2fArray([(0, 0), (1, 0), (1, 1), (0, 1)]))
    return prim


def above(stage: Usd.Stage) -> str:
    """A camera for which a plane of 2 m fills the picture."""
    return camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0), degrees=2 * np.degrees(np.arctan(0.2)))


def plate(stage: Usd.Stage, **values: float) -> Usd.Prim:
    return with_uvs(plane(stage, "/World/Plate", 2, kelvin=280.0, lwir={"emissivity": 1.0, **values}))


def test_each_pixel_has_the_kelvin_of_its_texel(tmp_path: Path) -> None:
    """16 bit as TLinear has it, base + bias + 655.35 texel, upright; the radiance is Planck's at that temperature."""
    cv2.imwrite(str(tmp_path / "heat.png"), CENTI)
    stage = new_stage(lwir={"sky": 0.0})
    lay(plate(stage), tmp_path / "heat.png", 655.35, -3.0)
    expected = 280.0 - 3.0 + CENTI / 100.0
    path = above(stage)
    assert render(stage, path, Aov.BAND_KELVIN, size=SIZE) == pytest.approx(expected, abs=1e-3)
    finer = render(stage, path, Aov.BAND_KELVIN, size=4 * SIZE)
    assert finer == pytest.approx(np.repeat(np.repeat(expected, 4, 0), 4, 1), abs=1e-3)
    radiance = render(stage, path, size=SIZE, band_samples=4)[..., 0]
    emitted = np.vectorize(planck)(expected)
    assert radiance == pytest.approx(emitted, rel=1e-4)


@pytest.mark.parametrize(
    ("name", "texels", "values"),
    [
        ("grey.png", np.array([[0, 51], [102, 255]], np.uint8), [[0, 0.2], [0.4, 1]]),
        ("float.tiff", np.array([[-4.5, 0.25], [12.0, 30.5]], np.float32), [[-4.5, 0.25], [12.0, 30.5]]),
        ("red.png", np.dstack([np.full((2, 2), 99), np.full((2, 2), 7), [[0, 51], [255, 102]]]), [[0, 0.2], [1, 0.4]]),
    ],
    ids=["8 bit", "float", "red of BGR"],
)
def test_files_are_raw_data(tmp_path: Path, name: str, texels: np.ndarray, values: list[list[float]]) -> None:
    """8 bit is 0..1 without sRGB, floating point is as it is, and of colours red counts."""
    assert cv2.imwrite(str(tmp_path / name), texels if texels.ndim == 2 else texels.astype(np.uint8))
    stage = new_stage(lwir={})
    lay(plate(stage), tmp_path / name, 10.0, 1.0)
    kelvin = render(stage, above(stage), Aov.BAND_KELVIN, size=2)
    assert kelvin == pytest.approx(281.0 + 10.0 * np.array(values), abs=1e-3)


def test_a_texture_comes_from_above_and_goes_before_the_materials(tmp_path: Path) -> None:
    """What a prim inherits counts instead of what its material says; vertices and constants add to either."""
    for name, level in (("one", 51), ("two", 102)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((2, 2), level, np.uint8))
    stage = new_stage(lwir={})
    group = UsdGeom.Xform.Define(stage, "/World/Group").GetPrim()
    for path, x in (("/World/Group/In", -0.5), ("/World/Out", 0.5)):
        prim = with_uvs(plane(stage, path, 1, kelvin=280.0))
        UsdGeom.XformCommonAPI(prim).SetTranslate(Gf.Vec3d(x, 0, 0))
        made = UsdShade.Material(stage.GetPrimAtPath("/World/Paint")) or material(stage, "/World/Paint")
        UsdShade.MaterialBindingAPI.Apply(prim).Bind(made)
    lay(made.GetPrim(), tmp_path / "one.png", 10.0)
    reader = StageReader(stage)
    assert {item.warmth.texture.path for item in reader.snapshot().instances} == {str(tmp_path / "one.png")}
    lay(group, tmp_path / "two.png", 10.0)
    number(made.GetPrim(), "band:temperatureOffset", 1.0)
    floats(stage.GetPrimAtPath("/World/Out"), "primvars:band:temperatureOffset", [0.5] * 4)
    UsdGeom.PrimvarsAPI(stage.GetPrimAtPath("/World/Out")).GetPrimvar("band:temperatureOffset").SetInterpolation(
        "vertex"
    )
    found = {item.prim_path: item.warmth for item in reader.snapshot().instances}
    assert found["/World/Group/In"].texture.path == str(tmp_path / "two.png")
    assert found["/World/Out"].texture.path == str(tmp_path / "one.png")
    kelvin = render(stage, above(stage), Aov.BAND_KELVIN, size=4)[1]
    assert kelvin == pytest.approx([285.0, 285.0, 283.5, 283.5], abs=1e-3)


def test_edits_and_new_files_are_seen(tmp_path: Path) -> None:
    """Bias, scale and file may change between frames; geometry is not read again for it."""
    cv2.imwrite(str(tmp_path / "a.png"), np.full((2, 2), 255, np.uint8))
    stage = new_stage(lwir={})
    prim = plate(stage)
    lay(prim, tmp_path / "a.png", 4.0)
    reader = StageReader(stage)
    before = reader.snapshot().instances[0]
    assert reader.snapshot().instances[0] is before
    number(prim, "band:temperatureOffset:bias", 2.5)
    after = reader.snapshot().instances[0]
    assert after.mesh is before.mesh
    assert (before.warmth.texture.bias[0], after.warmth.texture.bias[0]) == (0.0, 2.5)
    prim.RemoveProperty("band:temperatureOffset:file")
    assert reader.snapshot().instances[0].warmth.texture is None


def test_copies_wear_the_texture_of_their_material(tmp_path: Path) -> None:
    """A PointInstancer draws copies of a prim whose material has one."""
    cv2.imwrite(str(tmp_path / "heat.png"), CENTI)
    stage = new_stage(lwir={})
    instancer = UsdGeom.PointInstancer.Define(stage, "/World/Many")
    prim = with_uvs(plane(stage, "/World/Many/Plate", 2))
    made = material(stage, "/World/Looks/Warm")
    lay(made.GetPrim(), tmp_path / "heat.png", 655.35)
    UsdShade.MaterialBindingAPI.Apply(prim).Bind(made)
    instancer.CreatePrototypesRel().AddTarget("/World/Many/Plate")
    instancer.CreateProtoIndicesAttr([0])
    instancer.CreatePositionsAttr([Gf.Vec3f(0)])
    surface(instancer.GetPrim(), 280.0)
    kelvin = render(stage, above(stage), Aov.BAND_KELVIN, size=SIZE)
    assert kelvin == pytest.approx(280.0 + CENTI / 100.0, abs=1e-3)


@pytest.mark.parametrize("wrong", ["no file", "no coordinates"])
def test_what_cannot_be_laid_on_is_left_out_with_a_warning(
    wrong: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = new_stage(lwir={})
    prim = plate(stage)
    if wrong == "no coordinates":
        cv2.imwrite(str(tmp_path / "heat.png"), CENTI)
        UsdGeom.PrimvarsAPI(prim).RemovePrimvar("st")
    lay(prim, tmp_path / "heat.png", 655.35)
    assert render(stage, above(stage), Aov.BAND_KELVIN, size=4) == pytest.approx(280.0)
    told = {
        "no file": f"/World/Plate: texture '{tmp_path}/heat.png' is not a file that can be read",
        "no coordinates": f"/World/Plate: the temperature texture '{tmp_path}/heat.png' is left out: the mesh has no",
    }
    assert told[wrong] in caplog.text + "".join(capsys.readouterr())
