"""The `infrared` section of a scenario: what it means, and one clear error for whatever is wrong with it."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from scenes.errors import ScenarioError
from scenes.infrared import Infrared
from scenes.infrared.settings import OUTPUTS, UnusedCamera, WeatherSettings, find_kind, read_infrared
from scenes.scenario import parse_scenario

SMALL: dict[str, Any] = {"scene": {"table": {"table": {}}}, "cameras": {"main": {}}, "outputs": ["rgb", "thermal_lwir"]}


def section(**infrared: Any) -> Infrared:
    return parse_scenario({**SMALL, "infrared": infrared}, "night.yaml").infrared


def test_a_camera_without_its_output_is_named() -> None:
    given = {"cameras": {"thermal_lwir": {}, "thermal_mwir": {"preset": "insb_mwir"}}}
    with pytest.warns(UnusedCamera, match=r"infrared.cameras.thermal_mwir: there is no output 'thermal_mwir', so noth"):
        found = read_infrared(given, ["rgb", "thermal_lwir"])
    assert found.outputs == ("thermal_lwir",)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnusedCamera)
        read_infrared({"cameras": {"thermal_lwir": {}}}, ["thermal_lwir"])


def test_defaults_where_there_is_no_section() -> None:
    found = parse_scenario(SMALL).infrared
    assert found.outputs == ("thermal_lwir",)
    assert {name: (band.lower, band.upper) for name, band in found.bands.items()} == {"lwir": (7.5, 13.5)}
    assert found.weather == WeatherSettings()
    assert parse_scenario({**SMALL, "outputs": ["rgb"], "infrared": {}}).infrared.bands == {}


def test_bands_are_those_of_the_cameras() -> None:
    found = parse_scenario(
        {**SMALL, "outputs": list(OUTPUTS), "infrared": {"cameras": {"thermal_lwir": {"preset": "lepton35"}}}}
    )
    bands = found.infrared.bands
    assert list(bands) == ["lwir", "mwir", "nir850", "nir940"]
    assert (bands["lwir"].lower, bands["lwir"].upper) == (8.0, 14.0)
    assert list(parse_scenario({**SMALL, "outputs": ["ir_truth"]}).infrared.bands) == ["lwir"]
    assert parse_scenario({**SMALL, "outputs": ["ir_depth"]}).infrared.bands == {}


def test_a_whole_section() -> None:
    found = section(
        weather={"air_temperature": 275, "hour": 23.5},
        materials={
            "cow": "animal_fur",
            "^/World/W": {"base": "glass", "coating": "clearcoat", "emissivity": {"lwir": 0.84}},
        },
        temperatures={"cow": "cow", "^/World/cars/Car_1": "car_driven", "box": 320, "wall": "heatBalance"},
        cameras={"thermal_lwir": {"netd": 0.06, "palette": "iron", "offset": [0.05, 0, 0], "formats": ["radiance"]}},
        path="buffers",
    )
    assert found.weather.air_temperature == 275.0
    assert found.weather.latitude == 52.0
    assert found.temperatures == {"cow": "cow", "^/World/cars/Car_1": "driven_car", "box": 320.0, "wall": "heatBalance"}
    camera = found.camera("thermal_lwir")
    assert (camera.offset, camera.own_view, camera.sheet.netd) == ((0.05, 0.0, 0.0), True, 0.06)
    assert not found.camera("thermal_mwir").own_view


def test_kinds_in_any_order_of_words() -> None:
    assert find_kind("car_driven") == find_kind("driven_car") == "driven_car"
    with pytest.raises(ValueError, match=r"kind of temperatures 'driven_cow' is unknown"):
        find_kind("driven_cow")


BAD = [
    ({"wether": {}}, r"^infrared.wether: is not a known key; did you mean 'weather'"),
    ({"path": "rays"}, r"infrared.path: is 'rays'; expected auto, trace or buffers"),
    ({"samples": 0}, r"infrared.samples: is 0; expected a whole number of 1 or more"),
    ({"samples": 4.5}, r"infrared.samples: is 4.5; expected a whole number of 1 or more"),
    ({"weather": {"air_temperature": 12.5}}, r"infrared.weather.air_temperature: .*12.5 K.*Celsius: give 285.65"),
    ({"weather": {"ground_temperature": -3}}, r"infrared.weather.ground_temperature: temperature is -3 K"),
    ({"weather": {"relative_humidity": 70}}, r"infrared.weather.relative_humidity: is 70.0; expected 0 to 1"),
    ({"weather": {"hour": 25}}, r"infrared.weather.hour: is 25.0; expected 0 to 24"),
    ({"weather": {"rain": 1}}, r"infrared.weather.rain: is not a known key"),
    (
        {"weather": {"wind": {"distribution.uniform": {"lower": 0, "upper": 1}}}},
        r"infrared.weather.wind: takes no dist",
    ),
    ({"materials": {"cow": "fure"}}, r"infrared.materials.cow: .*'fure' is unknown; did you mean"),
    ({"materials": {"cow": {"base": "glass", "emissivity": {"lwir": 1.2}}}}, r"infrared.materials.cow.*1.2.*0 to 1"),
    ({"materials": {"^/W(": "wood"}}, r"infrared.materials.\^/W\(: is not a regular expression"),
    (
        {"materials": ["wood"]},
        r"infrared.materials: is \['wood'\]; expected a mapping of class labels or \^expressions",
    ),
    (
        {"temperatures": {"cow": "caw"}},
        r"infrared.temperatures.cow: kind of temperatures 'caw' is unknown; did you mean",
    ),
    ({"temperatures": {"cow": 37.5}}, r"infrared.temperatures.cow: .*looks like Celsius: give 310.65"),
    (
        {"temperatures": {"cow": True}},
        r"infrared.temperatures.cow: is True; expected kelvin, ambient, heatBalance or a",
    ),
    ({"temperatures": {1: 300}}, r"infrared.temperatures: has the key 1; expected a class label or an \^expression"),
    ({"cameras": {"thermal": {}}}, r"infrared.cameras.thermal: is not a known key; did you mean 'thermal_"),
    ({"cameras": {"thermal_lwir": {"preset": "d435"}}}, r"infrared.cameras.thermal_lwir.preset: .*'d435'"),
    (
        {"cameras": {"thermal_lwir": {"own_view": "yes"}}},
        r"infrared.cameras.thermal_lwir.own_view: is 'yes'; expected t",
    ),
    (
        {"cameras": {"thermal_lwir": {"offset": [1, 2]}}},
        r"infrared.cameras.thermal_lwir.offset: is \[1, 2\]; expected",
    ),
    ({"cameras": 3}, r"infrared.cameras: is 3; expected a mapping of output"),
    ({"cameras": {"nir850": {"palettte": "iron"}}}, r"infrared.cameras.nir850.palettte: is unknown"),
]


@pytest.mark.parametrize(("given", "text"), BAD, ids=[text[:45] for _, text in BAD])
def test_wrong_sections_name_the_key(given: dict[str, Any], text: str) -> None:
    with pytest.raises(ScenarioError, match=text):
        section(**given)


def test_a_section_is_a_mapping() -> None:
    with pytest.raises(ScenarioError, match=r"infrared: is 'night'; expected a mapping"):
        parse_scenario({**SMALL, "infrared": "night"})


def test_an_output_that_does_not_exist() -> None:
    with pytest.raises(
        ScenarioError, match=r"outputs\[0\]: is 'thermal'; expected one of .*thermal_lwir.*; did you mean"
    ):
        parse_scenario({**SMALL, "outputs": ["thermal"]})
