"""Cars: a closed shell of the size given, parts that cover it, and a bonnet that tells whether the car was driven."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pxr import Usd, UsdGeom

from scenes.builders import cabin, cars
from scenes.infrared import Infrared, author
from scenes.infrared.weather import build_weather
from scenes.tokens import BASE
from scenes.vehicles import fittings
from scenes.vehicles.car import KINDS, car_asset, engine_glow, model_car
from scenes.vehicles.shell import MODELS, build_shell, quads_of


@pytest.mark.parametrize("kind", KINDS)
def test_shell_is_closed_and_has_the_size_of_its_model(kind: str) -> None:
    model = MODELS[kind]
    points, quads, _, _ = quads_of(build_shell(model))
    edges = [(int(a), int(b)) for q in quads for a, b in zip(q, np.roll(q, -1), strict=True) if a != b]
    there = set(edges)
    assert len(there) == len(edges)
    assert all((b, a) in there for a, b in there)
    size = np.ptp(points, axis=0)
    assert size == pytest.approx([model.length, model.width, model.height - model.clearance], abs=0.08)
    a, b, c, d = (points[quads[:, k]] for k in range(4))
    volume = (np.einsum("ij,ij->i", a, np.cross(b, c)) + np.einsum("ij,ij->i", a, np.cross(c, d))).sum() / 6
    assert 0.45 * size.prod() < volume < 0.95 * size.prod()  # positive: faces look outwards


def test_parts_of_a_car_cover_its_shell_once_and_lie_where_they_belong() -> None:
    parts = {part.name: part for part in model_car("hatchback", 3)}
    model = MODELS["hatchback"]
    _, quads, _, row = quads_of(build_shell(model))
    shell = sum(len(parts[name].faces) for name in ("Body", "Bonnet", "Windows", "Trim"))
    assert shell == 2 * (row >= 0).sum() + (row < 0).sum()
    assert len(quads) == len(row)
    bonnet, lamps, tyres = (parts[name].points for name in ("Bonnet", "Lamps", "Tyres"))
    assert bonnet[:, 0].min() > 0.8
    assert bonnet[:, 2].min() > 0.55
    assert lamps[:, 0].min() > 1.3
    assert tyres[:, 2].min() == pytest.approx(0.0, abs=1e-6)
    assert tyres[:, 2].max() == pytest.approx(2 * model.wheel, abs=1e-6)
    tokens = {name: part.look.token for name, part in parts.items()}
    assert (tokens["Windows"], tokens["Tyres"], tokens["Body"]) == ("clear_glass", "rubber", "steel")
    assert parts["Plates"].look.attributes == ("retroreflective",)


def test_rays_meet_the_nearest_triangle_and_plates_need_a_surface() -> None:
    points = np.array([[0.0, -1, -1], [0, 1, -1], [0, 0, 1], [2, -1, -1], [2, 1, -1], [2, 0, 1]])
    triangles = np.array([[0, 1, 2], [3, 4, 5]])
    found = fittings.hits(points, triangles, np.array([[5.0, 0, 0], [5.0, 3, 0]]), np.array([-1.0, 0, 0]))
    assert found[0] == pytest.approx(3.0)
    assert np.isinf(found[1])
    with pytest.raises(ValueError, match="lies beside the surface; expected it on the surface"):
        fittings.laid(points, triangles, np.array([[5.0, 3, 0], [5, 4, 0], [5, 4, 1]]), np.array([-1.0, 0, 0]))


def test_engine_warms_the_middle_of_the_bonnet_most() -> None:
    glow = engine_glow(MODELS["saloon"], np.array([[1.74, 0.05, 0.9], [1.3, 0.6, 0.9]]))
    assert glow[0] == pytest.approx(0.0, abs=0.01)
    assert -9.0 <= glow[1] < -4.0


@pytest.fixture(scope="module")
def street_of_two(tmp_path_factory: pytest.TempPathFactory) -> Usd.Stage:
    patch = pytest.MonkeyPatch()
    patch.setenv("REPLICANT_CACHE", str(tmp_path_factory.mktemp("cache")))
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, "Z")
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
    states = ["driven", "parked"]
    cars.build(stage, "/World/cars", np.random.default_rng(4), count=2, looks=1, kinds=["hatchback"], states=states)
    patch.undo()
    return stage


def test_a_driven_car_is_warm_at_its_bonnet_and_a_parked_ones_roof_is_colder_than_air(street_of_two: Usd.Stage) -> None:
    stage = street_of_two
    infrared = Infrared(outputs=("thermal_lwir",))
    night = type(infrared.weather)(air_temperature=283.15, hour=2.0, cloud=0.0, wind=1.0)
    infrared = Infrared(weather=night, outputs=("thermal_lwir",))
    build_weather(stage, night)
    state = author(stage, infrared, 1, 0)

    def kelvin(path: str) -> float:
        return state.of(f"/World/cars/{path}").temperature

    assert kelvin("Car_00/Body/Bonnet") > 283.15 + 9.0
    assert kelvin("Car_00/Body/Tyres") > 283.15 + 9.0
    assert kelvin("Car_00/Body/Exhaust") > kelvin("Car_00/Body/Bonnet") + 30.0
    bonnet, body = kelvin("Car_01/Body/Bonnet"), kelvin("Car_01/Body/Body")
    assert body - 3.0 < bonnet < body < 283.15  # a bonnet lies under more of the sky than the sides do
    assert kelvin("Car_00/Body/Body") == pytest.approx(kelvin("Car_01/Body/Body"))
    assert {surface.source for surface in state.surfaces.values()} == {"simready"}


def test_states_and_looks_are_variants_and_every_material_has_a_token(street_of_two: Usd.Stage) -> None:
    car = street_of_two.GetPrimAtPath("/World/cars/Car_01")
    assert list(car.GetAttribute("semantics:labels:class").Get()) == ["car"]
    body = street_of_two.GetPrimAtPath("/World/cars/Car_01/Body")
    seen = {}
    for name in ("electric", "driven", "parked"):
        car.GetVariantSets().GetVariantSet("state").SetVariantSelection(name)
        bonnet = UsdGeom.PrimvarsAPI(body.GetChild("Bonnet")).GetPrimvar("ir:temperatureOffset")
        seen[name] = (body.GetAttribute("ir:temperature:model").Get(), bool(bonnet))
    assert seen == {
        "electric": ("driven_electric_car", True),
        "driven": ("driven_car", True),
        "parked": ("parked_car", False),
    }
    materials = [p for p in Usd.PrimRange(body) if p.GetTypeName() == "Material"]
    assert len(materials) >= 12
    assert all(prim.GetAttribute(BASE).Get() for prim in materials)


def test_what_there_is_not_is_refused(tmp_path: Path) -> None:
    stage, rng = Usd.Stage.CreateInMemory(), np.random.default_rng(1)
    with pytest.raises(ValueError, match="car 'tank' is unknown; choose from hatchback"):
        car_asset("tank", 1)
    with pytest.raises(ValueError, match="kind of car 'tank' is unknown; choose from hatchback"):
        cars.build(stage, "/World/cars", rng, kinds=["tank"])
    with pytest.raises(ValueError, match="state 'flying' is unknown; choose from driven"):
        cars.build(stage, "/World/cars", rng, states=["flying"])
    with pytest.raises(ValueError, match="count is 1 and looks 0; expected 0 or more, and 1 or more"):
        cars.build(stage, "/World/cars", rng, count=1, looks=0)
    with pytest.raises(ValueError, match="band 'lwir' is unknown; choose nir850 or nir940"):
        cabin.build(stage, "/World/cabin", rng, band="lwir")
    with pytest.raises(ValueError, match=r"flood is -1\.0, glow 0\.0, half_angle 40\.0; expected 0 or more"):
        cabin.build(stage, "/World/cabin", rng, flood=-1.0)
