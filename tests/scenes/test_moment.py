"""The randomizer `moment`: light that is seen and weather that warms belong to the same hour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from pxr import Gf, Usd, UsdGeom

from engine.app import get_app
from engine.replicator import orchestrator
from scenes.errors import ScenarioError
from scenes.infrared.weather import conditions_of
from scenes.scenario import load_scenario
from tests.dataset.conftest import clean

__all__ = ["clean"]
WEATHER = {"day_of_year": 172, "latitude": 52.0, "hour": 12.0}


def written(folder: Path, moment: dict[str, Any], infrared: bool = True) -> Path:
    document: dict[str, Any] = {
        "classes": ["x"],
        "outputs": ["rgb"],
        "scene": {"sky": {"daylight": {}}, "lamp": {"lamps": {"lamps": 1, "intensity": 7.0}}},
        "cameras": {"main": {"position": [0, -2, 1], "look_at": [0, 0, 0]}},
        "randomizers": {"time": {"moment": {"lights": "/World/sky", **moment}}},
    }
    if infrared:
        document["infrared"] = {"weather": WEATHER}
    path = folder / "moments.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


async def begun(path: Path) -> tuple[Any, Usd.Stage, Any]:
    from scenes import world  # imports omni.*, which tests.dataset.conftest puts there

    scenario = load_scenario(path)
    stage = await world.build_stage(scenario)
    world.build_cameras(scenario, stage)
    orchestrator.set_capture_on_play(False)
    streams = world.build_randomizers(scenario)
    await get_app().next_update_async()  # the graph runs once before an event reaches it
    return scenario, stage, streams


async def moments(path: Path, frames: int) -> list[tuple[float, float, np.ndarray, np.ndarray, float, float]]:
    """Hour, cloud, sun of the weather, sun of the picture, its intensity, the lamp's intensity, of some frames."""
    from scenes import world

    scenario, stage, streams = await begun(path)
    found = []
    for frame in range(frames):
        world.randomize(scenario, streams, frame)
        await get_app().next_update_async()
        around = conditions_of(stage, scenario.infrared.weather)
        light = UsdGeom.Xformable(stage.GetPrimAtPath("/World/sky/Sun"))
        away = light.ComputeLocalToWorldTransform(Usd.TimeCode.Default()).TransformDir(Gf.Vec3d(0, 0, 1))
        bright = [
            stage.GetPrimAtPath(p).GetAttribute("inputs:intensity").Get()
            for p in ("/World/sky/Sun", "/World/lamp/Lamp_0")
        ]
        seen = np.array(away) / np.linalg.norm(away)
        found.append((around.settings.hour, around.settings.cloud, np.array(around.sun_direction), seen, *bright))
    return found


def test_sun_of_the_picture_is_the_sun_of_the_heat_balance_and_lamps_burn_at_night(tmp_path: Path) -> None:
    moment = {"hours": [1.0, 9.0, 15.5], "clouds": [0.0, 1.0], "lamps": "^/World/lamp/Lamp_", "lamp_intensity": 99.0}
    found = get_app().run_coroutine(moments(written(tmp_path, moment), 16))
    assert {hour for hour, *_ in found} == {1.0, 9.0, 15.5}
    assert {cloud for _, cloud, *_ in found} == {0.0, 1.0}
    for hour, cloud, warm, seen, sun, lamp in found:
        if hour == 1.0:
            assert warm[2] < 0
            assert lamp == 99.0
            continue
        assert seen == pytest.approx(warm, abs=1e-4)
        assert lamp == 0.0
        assert (sun > 0) == (cloud == 0.0)
        assert (warm[0] > 0) == (hour < 12)  # in the east before noon


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"lights": "/World/none"}, "lights '/World/none' has no dome light"),
        ({"hours": []}, r"hours is \[\] and clouds \[0.0\]; expected one of each at least"),
        ({"hours": [25.0]}, r"hour is 25.0 and cloud 0.0; expected 0 to 24 and 0 to 1"),
        ({"lamps": "^/World/none"}, r"lamps '\^/World/none' matches no light"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, change: dict[str, Any], text: str) -> None:
    path = written(tmp_path, {"hours": [3.0], "clouds": [0.0], **change})
    with pytest.raises(ScenarioError, match=text):
        get_app().run_coroutine(begun(path))


def test_without_weather_it_says_what_to_add(tmp_path: Path) -> None:
    path = written(tmp_path, {"hours": [3.0], "clouds": [0.0]}, infrared=False)
    with pytest.raises(ScenarioError, match="finds no weather at /World/Weather; add the section infrared"):
        get_app().run_coroutine(begun(path))
