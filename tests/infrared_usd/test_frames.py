"""Infrared outputs through the whole of `generate`: frames that know of no other, own views, randomizers, errors."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenes.errors import ScenarioError
from tests.bands.stages import mesh
from tests.dataset.conftest import Studio, clean, members, one_code, studio
from tests.infrared_usd.stages import open_stage, say

__all__ = ["clean", "one_code", "studio"]
TABLE = "^/World/table$"
NIGHT: dict[str, Any] = {
    "seed": 3,
    "frames": 3,
    "resolution": [48, 36],
    "classes": ["mug"],
    "outputs": ["instance", "boxes", "thermal_lwir", "thermal_mwir", "ir_truth"],
    "quality": {"samples": 1, "denoise": False, "max_bounces": 1, "rt_subframes": 1},
    "writer": {"samples_per_shard": 2, "image_format": "png", "preview": 0},
    "infrared": {
        "weather": {"air_temperature": 283.15, "hour": 23.5, "cloud": 0},
        "temperatures": {"mug": "mug_of_tea"},
        "cameras": {"thermal_mwir": {"formats": ["radiance", "temperature"], "ideal": True}},
    },
    "scene": {"table": {"table": {"size": [0.9, 0.7]}}, "mugs": {"household": {"kinds": ["mug"], "copies": 2}}},
    "cameras": {"main": {"position": [0, -1.2, 1.5], "look_at": [0, 0, 0.75]}},
    "randomizers": {
        "places": {"scatter": {"prims": "^/World/mugs/Mug_\\d+$", "surfaces": "^/World/table/Top/Surface$"}},
        "air": {"weather": {"air_temperature": {"distribution.uniform": {"lower": 270, "upper": 290}}, "hour": 3}},
        "board": {
            "temperature": {"prims": TABLE, "value": {"distribution.uniform": {"lower": 295, "upper": 305}}},
        },
        "shine": {"emissivity": {"prims": TABLE, "lwir": {"distribution.uniform": {"lower": 0.2, "upper": 0.9}}}},
    },
}


def night(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(NIGHT)), **changes}


def array(data: bytes) -> np.ndarray:
    return np.load(io.BytesIO(data))


def test_a_frame_alone_has_the_same_bytes(studio: Studio) -> None:
    whole = members(studio.make(night()))
    alone = members(studio.make(night(), "--start", "1", "--frames", "1"))
    assert {name.partition(".")[0] for name in whole} == {f"00000000{n}" for n in range(3)}
    assert len(alone) >= 8
    assert alone == {name: data for name, data in whole.items() if name.startswith("000000001")}


def test_what_was_drawn_is_noted_and_seen(studio: Studio) -> None:
    made = members(studio.make(night()))
    boards = []
    for frame in range(3):
        about = json.loads(made[f"00000000{frame}.json"])
        drawn = {name: float(np.ravel(value)[0]) for name, value in about["drawn"].items() if not name.startswith("pl")}
        assert set(drawn) >= {"air.air_temperature", "board.value", "shine.lwir"}
        kelvin = array(made[f"00000000{frame}.ir_truth.temperature.npy"])
        emissivity = array(made[f"00000000{frame}.ir_truth.emissivity.npy"])
        values = np.unique(np.round(kelvin[np.isfinite(kelvin)], 2))
        assert np.abs(values - drawn["board.value"]).min() < 0.01
        assert values.max() > 330  # the mugs
        on_board = np.abs(kelvin - drawn["board.value"]) < 0.01
        assert np.median(emissivity[on_board][..., 0]) == pytest.approx(drawn["shine.lwir"], abs=0.03)
        boards.append(drawn["board.value"])
    assert len(set(boards)) == 3


def test_a_camera_of_its_own_and_one_that_shares(studio: Studio) -> None:
    section = NIGHT["infrared"] | {
        "cameras": {
            "thermal_lwir": {"preset": "lepton35", "offset": [0.05, 0.0, 0.0], "formats": ["radiance"], "ideal": True},
            "thermal_mwir": {"formats": ["radiance"], "ideal": True},
        }
    }
    made = members(studio.make(night(infrared=section, frames=1)))
    assert array(made["000000000.thermal_lwir.radiance.npy"]).shape == (120, 160)
    assert array(made["000000000.thermal_mwir.radiance.npy"]).shape == (36, 48)
    about = json.loads(made["000000000.json"])
    view = about["infrared"]["thermal_lwir"]["view"]
    assert view["intrinsics"][0][0] == pytest.approx(1.77 / 0.012, rel=0.02)  # lepton35's lens over its pitch
    own, main = (np.linalg.inv(np.asarray(each["camera_from_world"])) for each in (view, about["camera"]))
    assert np.allclose(own[:3, :3], main[:3, :3], atol=1e-6)
    assert np.linalg.inv(main) @ own[:, 3] == pytest.approx([0.05, 0, 0, 1], abs=1e-5)


def test_a_section_without_outputs_is_harmless(studio: Studio) -> None:
    plain = members(studio.make(night(outputs=["depth", "instance"], randomizers={}, infrared={})))
    without = night(outputs=["depth", "instance"], randomizers={})
    without.pop("infrared")
    assert members(studio.make(without)) == plain


def test_outputs_without_a_section_have_defaults(studio: Studio) -> None:
    document = night(outputs=["thermal_lwir"], randomizers={}, frames=1)
    document.pop("infrared")
    assert "000000000.thermal_lwir.tlinear.png" in members(studio.make(document))


HIDDEN = [
    (
        {"temperatures": {TABLE: 300.0}},
        r"randomizers.board: sets temperature of '/World/table', which infrared.temperatures.\^/World/table\$ sets too",
    ),
    ({"materials": {TABLE: "wood"}}, r"randomizers.shine: sets emissivity of '/World/table', which infrared.materials"),
]


@pytest.mark.parametrize(("section", "text"), HIDDEN)
def test_randomizers_that_would_not_be_seen_are_refused(studio: Studio, section: dict[str, Any], text: str) -> None:
    with pytest.raises(ScenarioError, match=text):
        studio.make(night(infrared=section))


BAD = [
    ({"weather": {}}, r"randomizers.a.weather: sets nothing; give any of air_temperature, "),
    ({"weather": {"air_temperature": 12}}, r"air_temperature: temperature is 12 K; .*Celsius"),
    (
        {"weather": {"cloud": {"distribution.uniform": {"lower": 0, "upper": 8}}}},
        r"cloud can be 8; expected 0 \(clear\)",
    ),
    ({"weather": {"wind": "strong"}}, r"wind is 'strong'; expected a number or a distribution of numbers, 0 to 60 m/s"),
    ({"temperature": {"prims": TABLE}}, r"randomizers.a.temperature: sets nothing; give value \(K\) or offset"),
    (
        {"temperature": {"prims": TABLE, "value": {"distribution.choice": {"choices": [290, 30]}}}},
        r"value: .*30 K.*Celsius",
    ),
    ({"temperature": {"prims": "^/None$", "value": 300}}, r"prims '\^/None\$' matches no prim"),
    ({"emissivity": {"prims": TABLE}}, r"randomizers.a.emissivity: sets nothing; give any of lwir, mwir"),
    ({"emissivity": {"prims": TABLE, "lwir": 1.5}}, r"lwir can be 1.5; expected 0 to 1"),
]


@pytest.mark.parametrize(("step", "text"), BAD, ids=[text[:40] for _, text in BAD])
def test_bad_randomizers_name_the_argument(studio: Studio, step: dict[str, Any], text: str) -> None:
    with pytest.raises(ScenarioError, match=text):
        studio.make(night(randomizers={"a": step}))


def test_a_bad_frame_names_the_prim(studio: Studio, tmp_path: Path) -> None:
    step = {"temperature": {"prims": TABLE, "offset": {"distribution.uniform": {"lower": -400, "upper": -300}}}}
    with pytest.raises(ScenarioError, match=r"frame 0 cannot be made: /World/table.*: with ir:temperatureOffset: temp"):
        studio.make(night(randomizers={"a": step}))


def test_weather_that_is_not_there_is_named() -> None:
    from engine.usd_context import get_context
    from randomizers.weather import weather
    from scenes.streams import Streams

    get_context().new_stage()
    with pytest.raises(ValueError, match=r"finds no weather at .*/Weather; make it first: scenes.infrared.weather"):
        weather(Streams("air"), wind=1.0)


def test_a_flood_beside_the_lens_lights_what_is_ahead(studio: Studio) -> None:
    """1 W within 45 degrees on a wall 1 m ahead at night: rho I0 / pi, I0 = .4775 W/sr; without it the wall is dark."""
    wall = {"asset": {"file": "wall.usda"}}
    stage = open_stage()
    corners = [(-3, 0, -3), (3, 0, -3), (3, 0, 3), (-3, 0, 3)]
    say(mesh(stage, "/World/Face", corners, [(0, 1, 2, 3)]), material="concrete", reflectance__nir850=0.5)
    stage.GetRootLayer().Export(str(studio.folder / "wall.usda"))
    seen = []
    for flood in (None, {"power": 1.0, "half_angle": 45.0}):
        camera = {"formats": ["radiance"], "ideal": True, **({"flood": flood} if flood else {})}
        document = night(
            outputs=["nir850"], frames=1, randomizers={}, scene={"wall": wall}, resolution=[32, 32],
            cameras={"main": {"position": [0, -1, 0], "look_at": [0, 0, 0], "focal_length": 100}},
            infrared={"weather": {"hour": 0}, "cameras": {"nir850": camera}},
        )  # fmt: skip
        seen.append(array(members(studio.make(document))["000000000.nir850.radiance.npy"]))
    assert seen[0].max() < 1e-12  # its own warmth
    assert seen[1].mean() == pytest.approx(0.5 * 0.4775 / np.pi, rel=0.03)
