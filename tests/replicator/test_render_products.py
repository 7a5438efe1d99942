"""Names, reuse, switching and destroying render products."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pxr import Usd, UsdGeom

import engine.replicator as rep
from engine.carb.settings import get_settings
from engine.replicator.viewport_manager import create_render_product, get_render_product, render_products
from tests.replicator.recording import Recorder, product

PREFIX = "/exts/omni.kit.hydra_texture/renderProduct/path/prefix"


def test_products_are_named_and_reused_as_replicator_does(stage: Usd.Stage) -> None:
    first = product(stage)
    assert (first.path, first.name, str(first)) == (
        "/Render/OmniverseKit/HydraTextures/Replicator",
        "Replicator",
        "/Render/OmniverseKit/HydraTextures/Replicator",
    )
    assert create_render_product("/Camera", (64, 48)) is first
    assert create_render_product("/Camera", (64, 48), force_new=True).name == "Replicator_01"
    assert create_render_product("/Camera", (32, 48)).name == "Replicator_02"
    assert create_render_product("/Camera", (64, 48), name="front").path == "/Render/OmniverseKit/HydraTextures/front"
    assert create_render_product("/Camera", (64, 48), name="front").name == "front_01"
    assert len(render_products()) == 5


def test_the_prim_holds_camera_and_resolution(stage: Usd.Stage) -> None:
    made = product(stage)
    prim = stage.GetPrimAtPath(made.path)
    assert prim.GetTypeName() == "RenderProduct"
    assert tuple(prim.GetAttribute("resolution").Get()) == (64, 48)
    assert [str(p) for p in prim.GetRelationship("camera").GetTargets()] == ["/Camera"]
    texture = made.hydra_texture
    assert (texture.width, texture.height, texture.get_camera_path()) == (64, 48, "/Camera")
    UsdGeom.Camera.Define(stage, "/Other")
    texture.set_camera_path("/Other")
    texture.width = 16
    assert (made.camera_path, made.resolution) == ("/Other", (16, 48))


def test_the_prefix_setting_moves_products(stage: Usd.Stage) -> None:
    get_settings().set(PREFIX, "RenderProduct_")
    made = product(stage)
    assert (made.path, made.name) == ("/Render/RenderProduct_Replicator", "Replicator")


def test_scripts_take_names_out_of_paths_by_the_prefix() -> None:
    """NVIDIA's test_pytorch_writer.py splits paths at the setting."""
    code = f"""
import engine.replicator.viewport_manager
from engine.carb.settings import get_settings
print(get_settings().get_as_string("{PREFIX}"))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "OmniverseKit/HydraTextures/"


def test_destroy_removes_the_prim_and_ends_captures(stage: Usd.Stage) -> None:
    made = product(stage)
    recorder = Recorder()
    recorder.attach(made)
    rep.orchestrator.step()
    made.destroy()
    made.destroy()
    assert not stage.GetPrimAtPath(made.path)
    rep.orchestrator.step()
    assert len(recorder.frames) == 1
    with pytest.raises(
        ValueError, match=r"render product '/Render/OmniverseKit/HydraTextures/Replicator' was given; expected one"
    ):
        get_render_product(made.path)


def test_switched_off_products_are_not_captured(stage: Usd.Stage) -> None:
    first, second = product(stage), product(stage, "second")
    recorder = Recorder(structure="renderProduct")
    recorder.attach([first, second])
    second.hydra_texture.set_updates_enabled(False)
    rep.orchestrator.step()
    first.hydra_texture.set_updates_enabled(False)
    rep.orchestrator.step()
    assert [sorted(frame["renderProducts"]) for frame in recorder.frames] == [["Replicator"]]


def test_vp_manager_adopts_a_product_someone_else_authored(stage: Usd.Stage) -> None:
    UsdGeom.Camera.Define(stage, "/Camera")
    made = product(stage)
    other = stage.DefinePrim("/Render/Mine", "RenderProduct")
    other.CreateRelationship("camera").SetTargets(["/Camera"])
    assert rep.vp_manager.attach_hydra_texture("/Render/Mine").camera_path == "/Camera"
    assert get_render_product(made) is made


def test_products_of_a_layer_go_when_it_is_made_again(stage: Usd.Stage) -> None:
    outside = product(stage)
    for _ in range(3):
        with rep.new_layer():
            made = rep.create.render_product(rep.create.camera(), (64, 48))
        with rep.new_layer("Other"):
            pass
        assert [p.name for p in render_products()] == [outside.name, made.name]
    assert made.path == "/Render/OmniverseKit/HydraTextures/Replicator_01"
