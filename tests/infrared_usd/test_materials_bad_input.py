"""Surfaces and temperatures that cannot be: each is named, with what was expected."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from pxr import Sdf, Usd

from scenes.errors import ScenarioError
from scenes.infrared.authored import UnknownAttribute, read_number, read_temperature
from scenes.infrared.band_values import band_surface
from scenes.infrared.materials import material_of
from scenes.infrared.overrides import parse_overrides
from sensors.bands import MissingBandData
from sensors.checks import SensorError
from sensors.material_table import UnknownMaterial
from tests.infrared_usd.hand_written import author, found


def test_unknown_token_names_the_nearest(stage: Usd.Stage) -> None:
    """A wrong token is named with its attribute, and the next source counts."""
    with pytest.warns(UnknownMaterial) as caught:
        _, source = material_of(stage.GetPrimAtPath("/World/Bad"))
    first = str(caught[0].message)
    where = "/World/Looks/wrong.omni:simready:nonvisual:base"
    assert first == f"{where}: non-visual material 'asfalt' is unknown and not used; did you mean 'asphalt'?"
    assert source == "default"


@pytest.mark.parametrize(
    ("name", "wrong", "near"), [("coating", "pant", "paint"), ("attributes", "emisive", "emissive")]
)
def test_unknown_coating_and_attribute(stage: Usd.Stage, name: str, wrong: str, near: str) -> None:
    """A wrong coating or attribute is named and left out; the base still counts."""
    path = f"/World/Looks/translucent__glass.omni:simready:nonvisual:{name}"
    stage.GetAttributeAtPath(path).Set([wrong] if name == "attributes" else wrong)
    with pytest.warns(UnknownMaterial, match=f"{path}: non-visual .* '{wrong}' is unknown and .*'{near}'"):
        material, source = material_of(stage.GetPrimAtPath("/World/Body/Pane"))
    assert (material.token, material.coating, source) == ("clear_glass", "none", "simready")


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"ir:emissivity:lwir": 1.2}, r"/World/Body.ir:emissivity:lwir: is 1.2; expected a number from 0 to 1"),
        ({"ir:solarAbsorptance": -0.1}, r"/World/Body.ir:solarAbsorptance: is -0.1; expected a number from 0 to 1"),
        (
            {"ir:emissivity:lwir": 0.9, "ir:reflectance:lwir": 0.3},
            r"/World/Body: lwir: emissivity 0.9 \+ reflectance 0.3 \+ transmittance 0 = 1.2; expected at most 1",
        ),
        (
            {"ir:emissivity:mwir": 0.3, "ir:reflectance:mwir": 0.3, "ir:transmittance:mwir": 0.3},
            r"/World/Body: mwir: emissivity, reflectance and transmittance add up to 0.9; expected 1: author two",
        ),
    ],
)
def test_impossible_surfaces_are_refused(stage: Usd.Stage, attributes: dict[str, float], text: str) -> None:
    """Fractions out of range and surfaces that give back more than they get, with prim and attribute."""
    for name, value in attributes.items():
        author(stage, "/World/Body", name, value)
    with pytest.raises(SensorError, match=text):
        material_of(stage.GetPrimAtPath("/World/Body"))


def test_wrong_types_and_names(stage: Usd.Stage) -> None:
    """A string for a number is refused; a name that is nearly one of ours is named with the nearest."""
    author(stage, "/World/Body", "ir:emissivity:lwir", "high", Sdf.ValueTypeNames.String)
    with pytest.raises(SensorError, match=r"/World/Body.ir:emissivity:lwir: is 'high'; expected a number from 0 to 1"):
        material_of(stage.GetPrimAtPath("/World/Body"))
    author(stage, "/World/Block", "ir:emisivity:lwir", 0.5)
    with pytest.warns(
        UnknownAttribute,
        match=r"ir:emisivity:lwir: is no attribute of IrSurfaceAPI and is ignored; did you mean 'ir:emissivity:lwir'",
    ):
        material_of(stage.GetPrimAtPath("/World/Block"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            -5.0,
            r"/World/Body.ir:temperature: temperature is -5 K; expected kelvin above 0; if it is Celsius, give 268.15",
        ),
        (
            21.5,
            r"/World/Body.ir:temperature: temperature is 21.5 K; expected kelvin, and this looks like Celsius: give 294.65",
        ),
        (float("nan"), r"/World/Body.ir:temperature: temperature is nan; expected finite kelvin"),
        (1e5, r"/World/Body.ir:temperature: is 100000; expected 60 to 6000 K"),
    ],
)
def test_temperatures_that_cannot_be(stage: Usd.Stage, value: float, text: str) -> None:
    """Below 0 K, Celsius by mistake, not a number, hotter than the tables go."""
    author(stage, "/World/Body", "ir:temperature", value)
    with pytest.raises(SensorError, match=text):
        read_temperature(stage.GetPrimAtPath("/World/Body"), Usd.TimeCode.Default())


def test_numbers_of_prims(stage: Usd.Stage) -> None:
    """Good numbers are read, absent ones are None, wrong ones name unit and limits."""
    prim, now = stage.GetPrimAtPath("/World/Body"), Usd.TimeCode.Default()
    assert read_temperature(prim, now) is None and read_number(prim, "ir:heatFlux", now) is None
    author(stage, "/World/Body", "ir:temperature", 310.5)
    author(stage, "/World/Body", "ir:heatFlux", 120.0)
    assert read_temperature(prim, now) == pytest.approx(310.5)
    assert read_number(prim, "ir:heatFlux", now) == 120.0
    author(stage, "/World/Body", "ir:heatFlux", 1e9)
    with pytest.raises(SensorError, match=r"/World/Body.ir:heatFlux: is 1e\+09; expected -100000 to 1e\+06 W/m2"):
        read_number(prim, "ir:heatFlux", now)
    author(stage, "/World/Body", "ir:temperatureOffset", "warm", Sdf.ValueTypeNames.String)
    with pytest.raises(SensorError, match=r"ir:temperatureOffset: is 'warm'; expected one number \(K\)"):
        read_number(prim, "ir:temperatureOffset", now)


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        (
            {"cow": "animal_fir"},
            r"infrared.materials.cow: non-visual material 'animal_fir' is unknown; did you mean 'animal_fur'",
        ),
        ({"cow": "steel/pain"}, r"infrared.materials.cow: non-visual coating 'pain' is unknown; did you mean 'paint'"),
        ({"^/World/(": "steel"}, r"infrared.materials.\^/World/\(: is no regular expression"),
        ({"cow": 3}, r"infrared.materials.cow: is 3; expected a material such as 'steel/paint', or a mapping"),
        (
            {"cow": {"emisivity": {}}},
            r"infrared.materials.cow.emisivity: is not a known key; did you mean 'emissivity'",
        ),
        (
            {"cow": {"emissivity": 0.9}},
            r"infrared.materials.cow.emissivity: is 0.9; expected a mapping such as \{lwir: 0.9\}",
        ),
        (
            {"cow": {"emissivity": {"liwr": 0.9}}},
            r"infrared.materials.cow.emissivity.liwr: is unknown; expected lwir, mwir, .*'lwir'",
        ),
        (
            {"cow": {"emissivity": {"lwir": 1.9}}},
            r"infrared.materials.cow.emissivity.lwir: is 1.9; expected a number from 0 to 1",
        ),
        ({"cow": {"roughness": "big"}}, r"infrared.materials.cow.roughness: is 'big'; expected a number from 0 to 1"),
        (
            {"cow": {"emissivity": {"lwir": 0.9}, "reflectance": {"lwir": 0.2}}},
            r"infrared.materials.cow: lwir: emissivity 0.9 \+ .*= 1.1",
        ),
        ({"cow": {"coating": "paint"}}, r"infrared.materials.cow: has a coating or attributes and no base"),
    ],
)
def test_wrong_scenario_entries(entries: dict[str, Any], text: str) -> None:
    """Each mistake is named by its key, with what was expected."""
    with pytest.raises(ScenarioError, match=text):
        parse_overrides(entries)


def test_calibration_target_must_be_authored(stage: Usd.Stage) -> None:
    """The calibration token has no values of its own; authored ones are taken and never coated over."""
    author(
        stage,
        "/World/Looks/example",
        "omni:simready:nonvisual:base",
        "calibration_lambertian",
        Sdf.ValueTypeNames.Token,
    )
    material, _ = found(stage, "/World/Tube")
    with pytest.warns(
        MissingBandData, match=r"material 'calibration_lambertian' \(/World/Looks/example\) has no emissivity in lwir"
    ):
        band_surface(material, "lwir")
    author(stage, "/World/Looks/example", "ir:emissivity:lwir", 0.5)
    assert band_surface(found(stage, "/World/Tube")[0], "lwir")["emissivity"] == pytest.approx(0.5)


def test_numbers_alone_leave_other_bands_to_be_named(stage: Usd.Stage) -> None:
    """A prim of which only LWIR is known is no default; a band without data is named when it is asked for."""
    author(stage, "/World/Plain", "ir:emissivity:lwir", 0.4)
    material, source = found(stage, "/World/Plain")
    assert source == "ir"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert band_surface(material, "lwir")["emissivity"] == pytest.approx(0.4)
        assert "luminance" in band_surface(material, "nir850")
    with pytest.warns(
        MissingBandData,
        match=r"material 'none' \(ir:\* of /World/Plain\) has no emissivity in mwir; using 0.92. Author it: ir:emissivity:mwir",
    ):
        band_surface(material, "mwir")
