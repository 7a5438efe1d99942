"""Play simulates, pause holds, stop puts back; a stage without physics never comes near PhysX."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom, UsdPhysics

import engine.physics.coupling
from engine.app import get_app
from engine.carb.settings import get_settings
from engine.physics import if_running
from engine.replicator import orchestrator, physics, settings, trigger
from engine.timeline import get_timeline_interface

from .bodies import ball, box

pytest.importorskip("ovphysx")


def height(prim: Usd.Prim) -> float:
    world = UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(Usd.TimeCode.Default())
    return float(world.ExtractTranslation()[2])


def drop(steps: int) -> float:
    return 9.81 / 3600 * steps * (steps + 1) / 2


def test_play_pause_stop(stage: Usd.Stage) -> None:
    prim, timeline = ball(stage, "/Ball", (0, 0, 10)), get_timeline_interface()
    get_app().update()
    assert if_running(stage) is None
    timeline.play()
    for _ in range(30):
        get_app().update()
    running = if_running(stage)
    assert running is not None and running.steps == 30
    fallen = height(prim)
    assert 10 - fallen == pytest.approx(drop(32), abs=2e-5)  # two to warm up
    timeline.pause()
    for _ in range(5):
        get_app().update()
    assert height(prim) == fallen
    timeline.play()
    get_app().update()
    assert height(prim) < fallen
    timeline.stop()
    assert height(prim) == 10.0 and not running.is_started
    timeline.play()
    get_app().update()
    assert running.steps == 1 and 10 - height(prim) == pytest.approx(drop(3), abs=2e-5)


def test_orchestrator_steps_move_bodies_by_their_time(stage: Usd.Stage) -> None:
    prim = ball(stage, "/Ball", (0, 0, 10))
    orchestrator.set_capture_on_play(False)
    orchestrator.step()
    assert height(prim) == 10.0
    orchestrator.step(delta_time=0.0)
    assert height(prim) == 10.0
    orchestrator.step(delta_time=0.5)
    assert 10 - height(prim) == pytest.approx(drop(32), abs=2e-5)
    orchestrator.stop()


def test_timeline_and_physics_may_have_their_own_rates(stage: Usd.Stage) -> None:
    ball(stage, "/Ball", (0, 0, 10))
    settings.set_physx_timestep(240)
    assert settings.get_physx_timestep() == 240
    timeline = get_timeline_interface()
    timeline.set_time_codes_per_second(100.0)
    timeline.play()
    for _ in range(100):
        get_app().update()
    running = if_running(stage)
    assert running is not None and running.steps == 240 and running.dt == pytest.approx(1 / 240)


def test_physics_that_appears_while_the_timeline_plays(stage: Usd.Stage) -> None:
    get_timeline_interface().play()
    get_app().update()
    assert if_running(stage) is None
    prim = box(stage, "/Late", (0, 0, 10))
    for _ in range(10):
        get_app().update()
    assert 10 - height(prim) == pytest.approx(drop(10), abs=2e-5)


def test_simulations_can_be_switched_off(stage: Usd.Stage) -> None:
    prim = ball(stage, "/Ball", (0, 0, 10))
    get_settings().set("/app/player/playSimulations", False)
    try:
        get_timeline_interface().play()
        get_app().update()
    finally:
        get_settings().destroy_item("/app/player/playSimulations")
    assert height(prim) == 10.0 and if_running(stage) is None


def test_the_stage_shows_the_first_warm_up_step_and_later_steps_all(stage: Usd.Stage) -> None:
    prim, timeline = ball(stage, "/Ball", (0, 0, 3)), get_timeline_interface()
    timeline.play()
    assert height(prim) == pytest.approx(2.9972751, abs=2e-6)  # ar_capture_pipeline.py, after SimulationContext.reset
    get_app().update()
    assert 3 - height(prim) == pytest.approx(drop(3), abs=2e-5)


def test_simulations_switched_on_while_the_timeline_plays_move_again(stage: Usd.Stage) -> None:
    prim, settings_of_app, timeline = ball(stage, "/Ball", (0, 0, 10)), get_settings(), get_timeline_interface()
    try:
        for round_of_six in (1, 2, 3):
            settings_of_app.set("/app/player/playSimulations", False)
            timeline.play()
            settings_of_app.set("/app/player/playSimulations", True)
            for _ in range(6):
                get_app().update()
            timeline.pause()
            assert 10 - height(prim) == pytest.approx(drop(6 * round_of_six), abs=2e-5)
    finally:
        settings_of_app.destroy_item("/app/player/playSimulations")


def test_without_physx_there_is_one_warning(
    stage: Usd.Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prim = ball(stage, "/Ball", (0, 0, 10))
    monkeypatch.setattr(engine.physics.coupling, "is_available", lambda: False)
    get_timeline_interface().play()
    for _ in range(3):
        get_app().update()
    said = capsys.readouterr().err
    assert said.count("pip install 'replicant[physics]'") == 1 and "no body moves" in said
    assert height(prim) == 10.0


def test_a_stage_without_physics_never_imports_physx() -> None:
    code = """
import sys
from engine.app import get_app
from engine.timeline import get_timeline_interface
from engine.usd_context import get_context
from pxr import UsdGeom
get_context().new_stage()
UsdGeom.Cube.Define(get_context().get_stage(), "/Cube")
get_timeline_interface().play()
for _ in range(3):
    get_app().update()
UsdGeom.Cube.Define(get_context().get_stage(), "/Other")
get_app().update()
get_timeline_interface().stop()
print(sorted({name.partition(".")[0] for name in sys.modules} & {"ovphysx", "ovstage", "warp"}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_graphs_drop_things_and_let_them_settle(stage: Usd.Stage) -> None:
    cube = box(stage, "/Cube", (0, 0, 10))
    box(stage, "/Floor", (0, 0, -0.5), moves=False, scale=(20, 20, 1))
    orchestrator.set_capture_on_play(False)
    with trigger.on_frame():
        physics.reset()
        physics.simulate(time=2.5, step_dt=1 / 60)
    for _ in range(2):
        cube.GetAttribute("xformOp:translate").Set(Gf.Vec3d(0, 0, 10))
        orchestrator.step(delta_time=0.0)
        assert height(cube) == pytest.approx(0.5, abs=0.01)
    orchestrator.stop()


def test_mistakes_of_simulate_are_named(stage: Usd.Stage) -> None:
    with pytest.raises(ValueError, match=r"physics.simulate: step_dt=0 was given; expected seconds above 0"):
        physics.simulate(time=1, step_dt=0)
    with pytest.raises(ValueError, match=r"physics.simulate: time=-1 was given"):
        physics.simulate(time=-1)


def test_on_time_puts_bodies_back_first(stage: Usd.Stage) -> None:
    prim = ball(stage, "/Ball", (0, 0, 10))
    with trigger.on_time(interval=0.5, enable_capture_on_play=False):
        physics.mass(mass=1.0, input_prims=["/Ball"])
    orchestrator.step()
    heights = []
    for _ in range(12):
        orchestrator.step(delta_time=0.1)
        heights.append(height(prim))
    orchestrator.stop()
    assert heights[3] < 9.3 and heights[4] == 10.0 and np.argmin(heights[:5]) == 3


def test_bodies_without_colliders_fall_too(stage: Usd.Stage) -> None:
    frame = UsdGeom.Xform.Define(stage, "/Frame")
    frame.AddTranslateOp().Set((0, 0, 3))
    UsdPhysics.RigidBodyAPI.Apply(frame.GetPrim())
    get_timeline_interface().play()
    for _ in range(10):
        get_app().update()
    assert height(frame.GetPrim()) < 3
