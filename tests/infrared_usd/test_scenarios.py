"""Our own scenarios beyond the visible: nothing is guessed, nothing is missing, animals are warm."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pxr import Usd, UsdGeom

from engine.app import get_app
from engine.replicator import orchestrator
from scenes.errors import ScenarioError
from scenes.infrared import Infrared, InfraredState, author
from scenes.scenario import load_scenario
from scenes.steps import read_steps
from tests.dataset.conftest import clean

__all__ = ["clean"]
ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "scenes").glob("*.yaml"))


async def shown(name: str, frames: int) -> list[InfraredState]:
    """Author some frames of a scenario in all bands, without a picture."""
    from scenes import world  # imports omni.*, which tests.dataset.conftest puts there

    scenario = load_scenario(name)
    stage = await world.build_stage(scenario)
    world.build_cameras(scenario, stage)
    orchestrator.set_capture_on_play(False)
    streams = world.build_randomizers(scenario)
    await get_app().next_update_async()  # the graph runs once before an event reaches it
    section = scenario.infrared
    every = Infrared(section.weather, section.materials, section.temperatures, section.cameras)
    states = []
    for frame in range(frames):
        world.randomize(scenario, streams, frame)
        await get_app().next_update_async()
        state = author(stage, every, scenario.seed, frame)
        seen = {path: surface for path, surface in state.surfaces.items() if is_seen(stage, path)}
        states.append(replace(state, surfaces=seen))
    return states


def is_seen(stage: Usd.Stage, path: str) -> bool:
    prim = stage.GetPrimAtPath(path)
    shape = prim if prim.IsA(UsdGeom.Imageable) else prim.GetParent()
    return UsdGeom.Imageable(shape).ComputeVisibility() != UsdGeom.Tokens.invisible


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_everything_says_what_it_is_made_of(name: str) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        states = get_app().run_coroutine(shown(name, 2))
    said = [str(each.message) for each in told if "material" in str(each.message) or "infrared" in str(each.message)]
    assert said == []
    for state in states:
        assert len(state.surfaces) > 5
        assert {surface.source for surface in state.surfaces.values()} <= {"scenario", "ir", "simready", "label"}
        kelvin = np.array([surface.temperature for surface in state.surfaces.values()])
        assert 240 < kelvin.min() <= kelvin.max() < 700


@pytest.mark.slow
def test_cows_are_warm_on_cold_grass() -> None:
    states = get_app().run_coroutine(shown("pasture_night", 2))
    for state in states:
        cows = [s.temperature for p, s in state.surfaces.items() if "/Cow_" in p and s.material.token == "fur_hair"]
        grass = [s.temperature for p, s in state.surfaces.items() if "/Turf/" in p]
        assert len(cows) >= 5
        assert len(grass) >= 5
        assert min(cows) > max(grass) + 1.0
        assert len(set(cows)) == len(cows)
    first, second = ({p: s.temperature for p, s in state.surfaces.items() if "/Cow_" in p} for state in states)
    assert all(first[path] != second[path] for path in first.keys() & second.keys())


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("weather", {"air_temperature": 12.5}, r"randomizers.now.weather: air_temperature: .*looks like Celsius: give 285.65"),
        ("weather", {"air_temperature": {"distribution.uniform": {"lower": -5, "upper": 25}}}, r"now.weather: .*if it is Celsius, give 268.15"),
        ("weather", {"hour": 25}, r"now.weather: hour can be 25; expected 0 to 24"),
        ("weather", {}, r"now.weather: sets nothing; give any of air_temperature"),
        ("temperature", {"prims": "/World", "value": 37.0}, r"now.temperature: value: .*looks like Celsius: give 310.15"),
        ("temperature", {"prims": "/World"}, r"now.temperature: sets nothing; give value"),
    ],
)  # fmt: skip
def test_celsius_in_a_randomizer_is_refused_when_the_scenario_is_read(
    kind: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ScenarioError, match=message):
        read_steps({"now": {kind: options}}, "randomizers", "scenario.yaml")
    assert read_steps({"now": {"weather": {"hour": 12.0}}}, "randomizers", "scenario.yaml")
