"""OpenMATERIAL 3D as a second source: files with the structure of ASAM's schemas, written by hand, in small."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom, UsdShade

from scenes.infrared.materials import Resolver, material_of
from scenes.infrared.openmaterial import OpenMaterialWarning, read_openmaterial
from scenes.infrared.refraction import smooth_surface
from scenes.infrared.scattering import reflectance_of_table
from sensors.bands import BANDS
from sensors.checks import SensorError
from sensors.fresnel import fresnel_emissivity
from sensors.materials import Material
from sensors.near_infrared import reflectance

# Rounded optical constants of clean aluminium: um, n, k.
ALUMINIUM = [(2.0, 2.14, 20.7), (3.0, 4.37, 30.1), (4.0, 7.15, 39.2), (5.0, 10.4, 47.6), (8.0, 20.3, 68.2), (10.0, 26.0, 82.4), (14.0, 38.5, 107.0), (20.0, 60.5, 138.0)]  # fmt: skip


def metadata(name: str) -> dict[str, Any]:
    """Return what the standard requires of every file."""
    return {
        "name": name,
        "uuid": "fe7d7070-50e5-45f1-9f26-58ecacb6ac5e",
        "materialVersion": "1.0.0",
        "openMaterial3dVersion": "1.1.0",
        "copyrights": ["(C) 2026"],
        "license": "MPL-2.0",
        "authors": ["somebody"],
    }


def write(path: Path, **content: Any) -> str:
    """Write a JSON file and return its path."""
    path.write_text(json.dumps(content))
    return str(path)


def material(folder: Path, name: str, file: str = "m.xomp", **properties: Any) -> Material:
    """Write a material file and read it."""
    read_openmaterial.cache_clear()
    found = read_openmaterial(write(folder / file, metadata=metadata(name), materialProperties=properties), "")
    assert found is not None
    return found


def emitted(value: float, kelvin: float = 300.0) -> dict[str, Any]:
    """Return `emissivityData`."""
    return {"emissivityCoefficient": value, "temperature": kelvin, "sources": "estimate"}


@pytest.mark.parametrize(
    ("name", "value"), [("Concrete, grey", 0.85), ("aluminum", 0.07), ("gizmo", 0.8), ("gizmo", 0.05)]
)
def test_total_emissivity_is_hemispherical(tmp_path: Path, name: str, value: float) -> None:
    """The standard's coefficient is hemispherical: what comes out of the material's law of angle has that mean."""
    found = material(tmp_path, name, emissivityData=emitted(value))
    assert found.hemispherical_emissivity("lwir") == pytest.approx(value, rel=2e-3)


def test_name_gives_what_the_file_lacks(tmp_path: Path) -> None:
    """Heat capacity, near infrared and the other band come from the material that the name speaks of."""
    found = material(tmp_path, "Dark asphalt", emissivityData=emitted(0.9))
    assert (found.token, found.solar_absorptance) == ("asphalt", 0.92)
    assert found.emissivity["mwir"] == pytest.approx(0.93)  # reference 1.12
    hot = material(tmp_path, "Dark asphalt", "hot.xomp", emissivityData=emitted(0.6, 750.0))  # peak at 3.9 um
    assert hot.hemispherical_emissivity("mwir") == pytest.approx(0.6, rel=2e-3)
    assert hot.emissivity["lwir"] == pytest.approx(0.96)


def test_unnamed_metal_is_a_metal(tmp_path: Path) -> None:
    """So low an emissivity is a metal's, which rises towards grazing; otherwise it falls."""
    assert material(tmp_path, "gizmo", emissivityData=emitted(0.05)).is_metal
    assert not material(tmp_path, "gizmo", "b.xomp", emissivityData=emitted(0.8)).is_metal


def test_refractive_indices(tmp_path: Path) -> None:
    """Emissivity of clean aluminium from n and k: 0.012 along the normal, 0.035 at 80 degrees in LWIR, rising."""
    rows = [[um * 1e-6, 297, n, k] for um, n, k in ALUMINIUM]
    write(tmp_path / "al_optical.xompt", metadata=metadata("al"), opticalProperties=rows)
    found = material(tmp_path, "gizmo", opticalPropertiesUri="al_optical.xompt")
    assert found.is_metal
    assert found.emissivity["lwir"] == pytest.approx(0.012, abs=0.003)  # reference 1.2
    assert found.emissivity["mwir"] == pytest.approx(0.017, abs=0.003)
    named = material(tmp_path, "aluminum", "named.xomp", opticalPropertiesUri="al_optical.xompt")
    assert named.emissivity["lwir"] == pytest.approx(0.09)  # a named one has the level of practice, with oxide and dirt


def test_temperature_of_the_table(tmp_path: Path) -> None:
    """Of several temperatures the one nearest to 300 K counts, and null is any."""
    rows = [[um * 1e-6, kelvin, n, 0.0] for um in (2.0, 20.0) for kelvin, n in ((900.0, 3.0), (290.0, 1.5))]
    write(tmp_path / "two_optical.xompt", metadata=metadata("x"), opticalProperties=rows)
    found = material(tmp_path, "gizmo", opticalPropertiesUri="two_optical.xompt")
    assert found.emissivity["lwir"] == pytest.approx(1 - (0.5 / 2.5) ** 2)
    rows = [[um * 1e-6, None, 1.5, 0.0] for um in (2.0, 20.0)]
    write(tmp_path / "any_optical.xompt", metadata=metadata("x"), opticalProperties=rows)
    found = material(tmp_path, "gizmo", "any.xomp", opticalPropertiesUri="any_optical.xompt")
    assert found.emissivity["mwir"] == pytest.approx(1 - (0.5 / 2.5) ** 2)
    assert found.emissivity_at("lwir", 0.5) == pytest.approx(fresnel_emissivity(1.5, 0.5), abs=1e-6)


def test_table_that_does_not_cover_the_band(tmp_path: Path) -> None:
    """A table of visible light says nothing of the thermal bands."""
    assert smooth_surface(np.array([[0.4, 1.5, 0.0], [2.5, 1.5, 0.0]]), BANDS["lwir"]) is None
    write(
        tmp_path / "v_optical.xompt",
        metadata=metadata("x"),
        opticalProperties=[[4e-7, 297, 1.5, 0], [2.5e-6, 297, 1.5, 0]],
    )
    found = material(tmp_path, "concrete", opticalPropertiesUri="v_optical.xompt")
    assert found.emissivity["lwir"] == pytest.approx(0.93)


@pytest.mark.parametrize(
    ("height", "length", "lobe", "roughness"),
    [(0.2e-6, 50e-6, "s", None), (10e-6, 200e-6, "s", 0.1), (50e-6, 100e-6, "d", None), (0.8, 1.0, "d", None)],
)
def test_roughness(tmp_path: Path, height: float, length: float, lobe: str, roughness: float | None) -> None:
    """Polished surfaces mirror, gentle slopes make a lobe, steep ones scatter; metres that are none are named."""
    data = {"surfaceHeightRms": height, "surfaceCorrelationLength": length, "sources": "estimate"}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = material(tmp_path, "concrete", surfaceRoughness=data)
    assert (found.lobe, found.roughness) == (lobe, pytest.approx(roughness) if roughness else None)
    texts = [str(w.message) for w in caught if w.category is OpenMaterialWarning]
    assert bool(texts) == (height > 0.01)
    assert all("surfaceHeightRms is 0.8 m and not used; expected metres, at most 0.01" in text for text in texts)


def test_retroreflection(tmp_path: Path) -> None:
    """Road signs send light back, paint does not."""
    for value, expected in ((0.3, False), (70.0, True)):
        data = {"coefficientOfRetroreflection": value, "sources": "estimate"}
        assert material(tmp_path, "aluminum", retroreflectivityData=data).retroreflective == expected


def table(value: Callable[[float], float], nanometres: float = 905.0, farthest: float = 90.0) -> list[list[float]]:
    """Return a BRDF table of a function of the exit zenith, the same for all azimuths."""
    angles = np.radians(np.linspace(0.0, farthest, 46))
    return [[nanometres * 1e-9, 0.0, t, azimuth, value(t)] for t in angles for azimuth in (0.0, 3.141592653589793)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(lambda t: 0.3 / np.pi, 0.3), (lambda t: 0.2 * np.cos(t), 2 * np.pi * 0.2 / 3), (lambda t: 0.5 * np.cos(t) ** 3, np.pi / 5)],
)  # fmt: skip
def test_scattering(tmp_path: Path, value: Callable[[float], float], expected: float) -> None:
    """Tables of 905 nm give both near-infrared bands; integrals over the hemisphere in closed form."""
    rows = table(value)
    write(tmp_path / "a_brdf.xompt", metadata=metadata("x"), brdf={"wavelengths": [9.05e-7], "lookupTable": rows})
    found = material(tmp_path, "Dark asphalt", brdfUris=["a_brdf.xompt"])
    for name in ("nir850", "nir940"):
        assert float(reflectance(found, BANDS[name], 0.5)) == pytest.approx(expected, abs=2e-3)
    assert found.emissivity["lwir"] == pytest.approx(0.96)


def test_scattering_that_says_nothing(tmp_path: Path) -> None:
    """Visible wavelengths, tables of few angles and impossible ones."""
    plain = np.array(table(lambda t: 0.1))
    assert reflectance_of_table(np.array(table(lambda t: 0.1, 550.0)), 0.85) is None
    assert reflectance_of_table(np.array(table(lambda t: 0.1, farthest=40.0)), 0.85) is None
    assert reflectance_of_table(plain[:2], 0.85) is None
    assert reflectance_of_table(plain + [0, 0.5, 0, 0, 0], 0.85) is None
    assert reflectance_of_table(plain * np.nan, 0.85) is None
    brdf = {"wavelengths": [9.05e-7], "lookupTable": table(lambda t: 0.9)}
    write(tmp_path / "b_brdf.xompt", metadata=metadata("x"), brdf=brdf)
    with pytest.raises(
        SensorError, match=r"b_brdf.xompt: reflectance in nir850: is 2.8.*; expected a number from 0 to 1"
    ):
        material(tmp_path, "asphalt", brdfUris=["b_brdf.xompt"])


@pytest.fixture
def car(tmp_path: Path) -> Path:
    """Write an asset with its map and two materials, and return its file."""
    read_openmaterial.cache_clear()
    write(tmp_path / "tyre.xomp", metadata=metadata("rubber"), materialProperties={"emissivityData": emitted(0.86)})
    write(tmp_path / "body.xomp", metadata=metadata("steel"), materialProperties={})
    rows = [["Tyre", "tyre.xomp", "black"], ["rgb:255;0;0", "body.xomp", "red"]]
    write(tmp_path / "car.xomm", metadata=metadata("map"), materialMapping=rows)
    content = {"materialMappingUri": "car.xomm", "materialReplacements": [["Paint", "rgb:255;0;0"]]}
    write(tmp_path / "car.xoma", metadata=metadata("car"), **content)
    return tmp_path / "car.xoma"


def test_usd_refers_to_an_asset_file(car: Path, tmp_path: Path) -> None:
    """One attribute on the asset's root: materials below are looked up by name, relative to the layer that says so."""
    stage = Usd.Stage.CreateNew(str(tmp_path / "scene.usda"))
    root = UsdGeom.Xform.Define(stage, "/Car").GetPrim()
    root.CreateAttribute("ir:openmaterial", Sdf.ValueTypeNames.Asset).Set(Sdf.AssetPath("./car.xoma"))
    prims = []
    for name in ("Tyre", "Paint", "Glass_clear"):
        look = UsdShade.Material.Define(stage, f"/Car/Looks/{name}")
        cube = UsdGeom.Cube.Define(stage, f"/Car/{name}_mesh").GetPrim()
        UsdShade.MaterialBindingAPI.Apply(cube).Bind(look)
        prims.append(cube)
    with pytest.warns(UserWarning, match="/Car/Glass_clear_mesh: no material data; taken as 'clear_glass'"):
        answers = Resolver().resolve(prims)
    assert [(m.token, source) for m, source in answers] == [
        ("rubber", "openmaterial"),
        ("steel", "openmaterial"),
        ("clear_glass", "words"),
    ]
    assert answers[0][0].hemispherical_emissivity("lwir") == pytest.approx(0.86, rel=2e-3)
    paint = stage.GetPrimAtPath("/Car/Looks/Paint")
    paint.CreateAttribute("omni:simready:nonvisual:base", Sdf.ValueTypeNames.Token).Set("aluminum")
    assert material_of(prims[1])[1] == "simready"
    tyre = stage.GetPrimAtPath("/Car/Looks/Tyre")
    tyre.CreateAttribute("ir:emissivity:lwir", Sdf.ValueTypeNames.Float).Set(0.5)
    changed, source = material_of(prims[0])
    assert (changed.token, changed.emissivity["lwir"], source) == ("rubber", pytest.approx(0.5), "ir")


def test_usd_material_refers_to_a_material_file(car: Path, tmp_path: Path) -> None:
    """The attribute on a material counts before the one of the asset."""
    stage = Usd.Stage.CreateNew(str(tmp_path / "scene.usda"))
    look = UsdShade.Material.Define(stage, "/Looks/Anything").GetPrim()
    look.CreateAttribute("ir:openmaterial", Sdf.ValueTypeNames.Asset).Set(Sdf.AssetPath("./tyre.xomp"))
    cube = UsdGeom.Cube.Define(stage, "/Cube").GetPrim()
    UsdShade.MaterialBindingAPI.Apply(cube).Bind(UsdShade.Material(look))
    assert material_of(cube)[0].token == "rubber"
    look.GetAttribute("ir:openmaterial").Set(Sdf.AssetPath("./gone.xomp"))
    with pytest.raises(SensorError, match=r"/Cube: ir:openmaterial: .*gone.xomp: cannot be read \(No such file"):
        material_of(cube)


def test_files_that_cannot_be(tmp_path: Path) -> None:
    """Wrong endings, wrong JSON and missing parts are named with the file and the key."""
    good = {"metadata": metadata("x")}
    cases: list[tuple[str, Any, str]] = [
        ("a.json", {}, r"a.json: is no OpenMATERIAL 3D file; expected a name that ends with .xomp, .xomm, .xoma"),
        ("b.xomp", "{", r"b.xomp: is no JSON"),
        ("c.xomp", [], r"c.xomp: is a list; expected a JSON object"),
        ("d.xomp", good, r"d.xomp: 'materialProperties' is None; expected an object, as OpenMATERIAL 3D requires it"),
        ("e.xomp", good | {"materialProperties": {"emissivityData": {"emissivityCoefficient": "high"}}}, r"e.xomp: 'emissivityCoefficient' is 'high'; expected a number"),
        ("f.xomp", good | {"materialProperties": {"emissivityData": emitted(1.4)}}, r"f.xomp: emissivityCoefficient: is 1.4; expected a number from 0 to 1"),
        ("g.xomp", good | {"materialProperties": {"emissivityData": emitted(0.9, 20.0)}}, r"g.xomp: emissivityData: temperature is 20 K; expected kelvin, and this looks like Celsius"),
        ("h.xomm", {"materialMapping": [["Tyre"]]}, r"h.xomm: 'materialMapping\[0\]' is \['Tyre'\]; expected 3 values"),
    ]  # fmt: skip
    for name, content, text in cases:
        (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
        with pytest.raises(SensorError, match=text):
            read_openmaterial(str(tmp_path / name), "x")
    assert read_openmaterial(write(tmp_path / "i.xomm", materialMapping=[]), "x") is None
    assert read_openmaterial(write(tmp_path / "j.xoma", metadata=metadata("x")), "x") is None
