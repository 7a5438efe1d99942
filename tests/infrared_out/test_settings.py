"""What a scenario may say of its infrared cameras, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sensors.checks import SensorError
from writers.infrared.settings import chosen_path, read_output, read_outputs


def test_usual_cameras() -> None:
    found = read_outputs(["rgb", "thermal_lwir", "nir850", "ir_truth"])
    assert list(found) == ["thermal_lwir", "nir850"]
    assert found["thermal_lwir"].preset == "boson640" and found["thermal_lwir"].formats == ("tlinear", "agc")
    assert found["nir850"].formats == ("mono8",) and not found["nir850"].own_view
    assert chosen_path(None) == "auto" and chosen_path({"path": "buffers"}) == "buffers"


def test_a_scenario_changes_the_data_sheet() -> None:
    given = {"preset": "lepton35", "netd": 0.1, "hottest": 500, "formats": ["raw16", "agc"], "offset": [0.05, 0, 0]}
    output = read_output("thermal_lwir", given)
    assert (output.camera.netd, output.camera.hottest, output.camera.width) == (0.1, 500.0, 160)
    assert output.formats == ("agc", "raw16") and output.own_view
    near = read_output("nir850", {"bits": 16, "exposure": 0.002, "flood": {"power": 2, "half_angle": 30}})
    assert near.formats == ("mono16",) and near.exposure == 0.002 and near.flood == (2.0, math.radians(30))


WRONG: list[tuple[str, Any, str]] = [
    ("thermal_lwir", 5, r"infrared.cameras.thermal_lwir: is 5; expected a mapping, e.g. {preset: boson640}"),
    ("thermal_lwir", {"presets": "a"}, r"infrared.cameras.thermal_lwir.presets: is unknown; did you mean 'preset'\?"),
    ("thermal_lwir", {"preset": "boson"}, r"thermal_lwir.preset: camera for thermal_lwir 'boson' is unknown; did you"),
    ("thermal_lwir", {"preset": "insb_mwir"}, r"camera for thermal_lwir 'insb_mwir' is unknown .known: boson640, lep"),
    ("nir850", {"preset": "mono_nir940"}, r"camera for nir850 'mono_nir940' is unknown"),
    ("thermal_lwir", {"netd": "low"}, r"thermal_lwir.netd: is 'low'; expected a number, 0.04 in the preset"),
    (
        "thermal_lwir",
        {"netd": -1},
        r"infrared.cameras.thermal_lwir: camera 'boson640': netd is -1 K; expected 0 or more",
    ),
    ("thermal_lwir", {"coldest": -20}, r"camera 'boson640': range: temperature is -20 K; expected kelvin above 0"),
    ("thermal_lwir", {"formats": ["tiff"]}, r"thermal_lwir.formats: has 'tiff'; expected some of tlinear, agc, rad"),
    ("thermal_lwir", {"formats": []}, r"thermal_lwir.formats: is empty; expected some of tlinear, agc, radiance"),
    ("nir850", {"formats": ["mono8", "mono16"]}, r"nir850.formats: has mono8 and mono16, which are one member; choose"),
    ("nir850", {"bits": 12}, r"infrared.cameras.nir850.bits: is 12; expected 8 or 16"),
    ("nir850", {"exposure": -1}, r"infrared.cameras.nir850.exposure: is -1; expected a number above 0"),
    ("nir850", {"flood": {"watts": 1}}, r"nir850.flood: is {'watts': 1}; expected {power: watts, half_angle: degrees}"),
    ("thermal_lwir", {"gain": "log"}, r"thermal_lwir.gain: is 'log'; expected one of linear, plateau, equalised"),
    ("thermal_lwir", {"palette": "ironbow"}, r"thermal_lwir.palette: is 'ironbow'; expected one of white_hot, black"),
    ("thermal_lwir", {"tlinear": 0}, r"infrared.cameras.thermal_lwir.tlinear: is 0; expected a number above 0"),
    ("thermal_lwir", {"formats": 3}, r"thermal_lwir.formats: is 3; expected a list, some of tlinear, agc, radiance"),
    ("ir_depth", {"formats": [["z16"]]}, r"ir_depth.formats: has '\['z16'\]'; expected some of z16, left, right"),
    ("thermal_lwir", {"ideal": "no"}, r"infrared.cameras.thermal_lwir.ideal: is 'no'; expected true or false"),
    ("thermal_lwir", {"own_view": "no"}, r"infrared.cameras.thermal_lwir.own_view: is 'no'; expected true or false"),
    ("thermal_lwir", {"vignetting": 1}, r"infrared.cameras.thermal_lwir.vignetting: is 1; expected true or false"),
    ("thermal_lwir", {"width": 0}, r"thermal_lwir.width: is 0; expected a number above 0, 640 in the preset"),
    ("thermal_lwir", {"width": 320.5}, r"thermal_lwir.width: is 320.5; expected a whole number, 640 in the preset"),
    ("thermal_lwir", {"f_number": 0}, r"thermal_lwir.f_number: is 0; expected a number above 0, 1.0 in the preset"),
    ("nir850", {"read_noise": -4}, r"nir850.read_noise: is -4; expected a number above 0, 4.0 in the preset"),
    ("ir_depth", {"baseline": float("nan")}, r"ir_depth.baseline: is nan; expected a number above 0, 0.05015 in"),
    ("ir_depth", {"depth_scale": True}, r"infrared.cameras.ir_depth.depth_scale: is True; expected a number above 0"),
]


@pytest.mark.parametrize(("output", "given", "text"), WRONG)
def test_what_cannot_be_is_refused(output: str, given: Any, text: str) -> None:
    with pytest.raises(SensorError, match=text):
        read_output(output, given)


def test_sections_that_are_none_are_refused() -> None:
    with pytest.raises(SensorError, match=r"infrared.cameras: is 3; expected a mapping of outputs"):
        read_outputs(["thermal_lwir"], {"cameras": 3})
    with pytest.raises(
        SensorError, match=r"infrared.cameras.thermal: is no infrared camera; expected one of thermal_l"
    ):
        read_outputs(["thermal_lwir"], {"cameras": {"thermal": {}}})
    with pytest.raises(SensorError, match=r"infrared.path: is 'rays'; expected one of auto, trace, buffers"):
        chosen_path({"path": "rays"})
