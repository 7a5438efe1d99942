"""The street, the places of cows that rose, and moments: what is where, made of what, warm when, lit when."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom, UsdLux

from scenes.animals.lair import AGES, Form, pressed, write_lair
from scenes.builders import risen, street
from scenes.landscape.daylight import Preset, night_presets, presets
from scenes.street import street as streets
from scenes.street.forms import box, panel, wall
from scenes.street.house import house
from scenes.tokens import ATTRIBUTES, BASE


def area(points: np.ndarray, triangles: np.ndarray) -> float:
    a, b, c = (points[triangles[:, k]] for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def test_forms_have_their_sizes_and_face_outwards() -> None:
    front = panel((0, 0, 0), (2, 0, 0), (0, 0, 1), 0.5)
    assert front.normals[0] == pytest.approx([0, -1, 0])
    assert np.ptp(front.uvs, axis=0) == pytest.approx([4.0, 2.0])
    solid = box((0, 0, 0), (1, 2, 3))
    a, b, c = (solid.points[solid.triangles[:, k]] for k in range(3))
    assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6 == pytest.approx(6.0)  # the enclosed volume
    pierced = wall(4.0, 3.0, [(1.0, 2.0, 1.0, 2.0)], 0.1, 1.0)
    assert area(pierced.points, pierced.triangles) == pytest.approx(12.0 - 1.0 + 4 * 0.1)


def test_a_house_has_glass_of_glass_in_the_openings_of_its_walls() -> None:
    parts = {part.name: part for part in house(np.random.default_rng(2), 8.0, 2)}
    tokens = {name: part.look.token for name, part in parts.items()}
    assert tokens["Windows"] == "clear_glass"
    assert tokens["Roof"] == "brick"
    glass, front = parts["Windows"].points, parts["Facade"].points
    assert front.min(axis=0) == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert front[:, 0].max() == pytest.approx(8.0)
    assert ((glass[:, 1] > 0.05) & (glass[:, 1] < 7.95)).all()
    assert parts["Windows"].look.roughness < 0.05  # mirrors the sky


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Usd.Stage:
    patch = pytest.MonkeyPatch()
    patch.setenv("REPLICANT_CACHE", str(tmp_path_factory.mktemp("cache")))
    patch.setattr(streets, "REACH", 12.0)  # short: two or three houses a side
    made = Usd.Stage.CreateInMemory()
    made.SetDefaultPrim(UsdGeom.Xform.Define(made, "/World").GetPrim())
    street.build(made, "/World/street", np.random.default_rng(1), houses=1, trees=2, lamps=2)
    patch.undo()
    return made


def test_street_is_labelled_and_every_material_has_a_token(stage: Usd.Stage) -> None:
    labels: dict[str, set[str]] = {}
    for prim in stage.Traverse():
        value = prim.GetAttribute("semantics:labels:class").Get()
        if value:
            labels.setdefault(value[0], set()).add(prim.GetName())
    assert {"house", "tree", "street_lamp", "wall"} <= set(labels)
    assert all(name.startswith("Hedge") for name in labels.get("hedge", ()))
    materials = [prim for prim in stage.Traverse() if prim.GetTypeName() == "Material"]
    assert len(materials) > 12
    assert [str(prim.GetPath()) for prim in materials if not prim.GetAttribute(BASE).Get()] == []
    lines = stage.GetPrimAtPath("/World/street/Looks/Markings").GetAttribute(ATTRIBUTES).Get()
    assert list(lines) == ["retroreflective"]


def test_things_may_stand_on_pavements_and_lanes_that_nobody_sees(stage: Usd.Stage) -> None:
    for name, area_ in streets.PATCHES.items():
        mesh = UsdGeom.Mesh.Get(stage, f"/World/street/{name}")
        assert mesh.GetVisibilityAttr().Get() == "invisible"
        points = np.asarray(mesh.GetPointsAttr().Get())
        assert points[:, 2] == pytest.approx(area_[4])
    assert streets.PATCHES["Pavement_1"][2] > streets.HALF
    assert abs(streets.PATCHES["Kerb_0"][3]) < streets.HALF


def test_houses_are_heated_and_their_roofs_are_not(stage: Usd.Stage) -> None:
    first = stage.GetPrimAtPath("/World/street/Houses").GetChildren()[0]
    assert first.GetAttribute("ir:temperature:model").Get() == "heated_building"
    assert first.GetChild("Roof").GetAttribute("ir:temperature:model").Get() == "heatBalance"
    lamp = UsdLux.SphereLight.Get(stage, "/World/street/Lamps/Lamp_00/Light")
    assert lamp.GetIntensityAttr().Get() == 0.0


def test_where_a_cow_lay_is_warmest_in_the_middle_and_cools_with_time(tmp_path: Path) -> None:
    form = Form(seed=3)
    places = np.array([[0.0, 0.0], [1.25, 1.25], [-1.25, 0.0]])
    inside = pressed(places, form)
    assert inside[0] == pytest.approx(1.0)
    assert inside[1:] == pytest.approx([0.0, 0.0], abs=0.02)
    write_lair(tmp_path / "lair.usdc", form)
    made = Usd.Stage.Open(str(tmp_path / "lair.usdc"))
    variants = made.GetDefaultPrim().GetVariantSets().GetVariantSet("age")
    peaks = []
    for name in AGES:
        variants.SetVariantSelection(name)
        mesh = made.GetPrimAtPath("/Form/Ground")
        primvar = UsdGeom.PrimvarsAPI(mesh).GetPrimvar("ir:temperatureOffset")
        values = np.asarray(primvar.Get())
        assert primvar.GetInterpolation() == UsdGeom.Tokens.vertex
        assert len(values) == len(UsdGeom.Mesh(mesh).GetPointsAttr().Get())
        assert values.min() >= 0.0
        peaks.append(float(values.max()))
    assert peaks == sorted(peaks, reverse=True)
    assert peaks[0] > 10 * peaks[-1]


def brightness(sky: Preset) -> float:
    """Light of a sky on level ground, sun and all, in no unit: from its texture and its numbers."""
    upper = np.asarray(cv2.imread(sky.texture, cv2.IMREAD_UNCHANGED), np.float64)[:256]
    height = np.cos((np.arange(256) + 0.5) / 512 * np.pi)[:, None, None]
    weight = height * np.sqrt(1 - height**2)
    sun = sky.sun_intensity * np.mean(sky.sun_color) * max(np.sin(np.radians(sky.sky.elevation)), 0.0)
    return float(sky.dome_intensity * 4 * np.pi * (upper * weight).mean() * np.pi / 4 + sun)


def test_nights_are_dark_and_no_part_of_the_days_draws() -> None:
    assert len(presets()) == 10  # what the randomizer daylight draws by default, as before
    day = min(brightness(sky) for sky in presets())
    dusk, dull, moon, night = (brightness(sky) for sky in night_presets())
    assert 0.5 * day > dusk > dull > moon > night > 0.0
    assert not {sky.name for sky in presets()} & {sky.name for sky in night_presets()}
    assert night_presets()[0].sun_intensity == 0.0


def test_what_there_is_not_is_refused() -> None:
    made, rng = Usd.Stage.CreateInMemory(), np.random.default_rng(1)
    with pytest.raises(ValueError, match="houses is 3; expected 0, 1 or 2"):
        street.build(made, "/World/street", rng, houses=3)
    with pytest.raises(ValueError, match="lamps is -1; expected 0 or more"):
        street.build(made, "/World/street", rng, lamps=-1)
    with pytest.raises(ValueError, match="breed 'unicorn' is unknown; choose from"):
        risen.build(made, "/World/risen", rng, breeds=["unicorn"])
    with pytest.raises(ValueError, match="count is -2; expected 0 or more"):
        risen.build(made, "/World/risen", rng, count=-2)


def test_cows_that_rose_are_labelled_and_their_places_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stand_in(*_: object) -> Path:
        path = tmp_path / "cow.usda"
        layer = Sdf.Layer.CreateNew(str(path)) if not path.exists() else None
        if layer:
            made = Usd.Stage.Open(layer)
            made.SetDefaultPrim(UsdGeom.Xform.Define(made, "/Cow").GetPrim())
            layer.Save()
        return path

    monkeypatch.setattr(risen, "cow_asset", stand_in)
    monkeypatch.setenv("REPLICANT_CACHE", str(tmp_path))
    made = Usd.Stage.CreateInMemory()
    risen.build(made, "/World/risen", np.random.default_rng(1), count=1)
    assert list(made.GetPrimAtPath("/World/risen/Pair_00/Cow").GetAttribute("semantics:labels:class").Get()) == ["cow"]
    lair = made.GetPrimAtPath("/World/risen/Pair_00/Lair")
    assert not lair.GetAttribute("semantics:labels:class")
    seen = []
    for name in AGES:
        lair.GetVariantSets().GetVariantSet("age").SetVariantSelection(name)
        mesh = made.GetPrimAtPath("/World/risen/Pair_00/Lair/Form/Ground")
        seen.append(max(UsdGeom.PrimvarsAPI(mesh).GetPrimvar("ir:temperatureOffset").Get()))
    assert seen == sorted(seen, reverse=True) and len(set(seen)) == len(AGES)
