from __future__ import annotations

import pytest

from engine.app import get_app
from engine.carb.settings import get_settings
from engine.isaac import idle
from engine.isaac.idle import Idle

from .running import HEAD, run


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(idle, "SECONDS", 0.0)
    get_settings().set(idle.UPDATES, 20)
    yield
    get_settings().destroy_item(idle.UPDATES)


def frames_until_over(watch: Idle, each=lambda: None, most: int = 100) -> int | None:
    for number in range(most):
        if watch.is_over():
            return number
        each()
        get_app().update()
    return None


def test_an_application_in_which_nothing_goes_on_counts_as_closed(soon, capsys):
    assert frames_until_over(Idle()) == 20
    assert "nothing has gone on for 20 app frames" in capsys.readouterr().err


def test_a_stage_that_changes_keeps_it_open(soon, fresh_stage):
    names = iter(range(200))
    assert frames_until_over(Idle(), lambda: fresh_stage.DefinePrim(f"/p{next(names)}")) is None


def test_captured_frames_keep_it_open(soon):
    import omni.replicator.core as rep

    product = rep.create.render_product(rep.create.camera(position=(0, 0, 3)), (4, 4))
    rep.AnnotatorRegistry.get_annotator("distance_to_camera").attach(product)
    assert frames_until_over(Idle(), rep.orchestrator.step, 50) is None
    rep.orchestrator.stop()


def test_zero_lets_it_wait_for_ever(soon):
    get_settings().set(idle.UPDATES, 0)
    assert frames_until_over(Idle()) is None


def test_a_script_that_waits_for_its_window_to_be_closed_ends(tmp_path):
    source = HEAD + "import carb.settings\nfrom engine.isaac import idle\nidle.SECONDS = 0.0\n"
    source += "while app.is_running():\n    app.update()\nprint('left')\napp.close()\n"
    done = run(tmp_path, source)
    assert done.returncode == 0 and "left" in done.stdout, done.stderr
    assert "there is no window to close" in done.stderr


def test_an_application_that_another_module_makes_finds_no_editors_light(tmp_path):
    (tmp_path / "its_app.py").write_text("from isaacsim import SimulationApp\napp = SimulationApp()\n")
    source = "import its_app, omni.usd\n"
    source += "print([p.GetName() for p in omni.usd.get_context().get_stage().Traverse()])\n"
    done = run(tmp_path, source)
    assert done.returncode == 0 and "defaultLight" not in done.stdout, done.stdout + done.stderr
