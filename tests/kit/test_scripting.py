"""Scripts on prims: made and ended as the stage says, called as the timeline plays."""

from __future__ import annotations

import sys

import pytest
from pxr import Sdf

from engine.app import get_app
from engine.kit import commands, scripting
from engine.timeline import get_timeline_interface
from engine.usd_context import get_context

SCRIPT = """\
from engine.kit.scripting import BehaviorScript

LOG = []


class Base(BehaviorScript):
    def on_init(self):
        LOG.append(("init", str(self.prim_path), self.prim.GetTypeName()))

    def on_destroy(self):
        LOG.append(("destroy", str(self.prim_path)))

    def on_play(self):
        LOG.append("play")

    def on_pause(self):
        LOG.append("pause")

    def on_stop(self):
        LOG.append("stop")

    def on_update(self, now, passed):
        LOG.append((round(now * 60, 6), round(passed * 60, 6)))
"""


def log_of(path):
    """Return the log of the newest module made from a file."""
    return [m for n, m in sys.modules.items() if n.startswith("behavior_script_") and m.__file__ == str(path)][-1].LOG


@pytest.fixture
def prim():
    get_context().new_stage()
    yield get_context().get_stage().DefinePrim("/World/Thing", "Xform")
    get_timeline_interface().stop()
    get_context().new_stage()
    get_app().update()


def test_a_script_lives_from_its_entry_to_its_removal(prim, tmp_path):
    file = tmp_path / "behavior.py"
    file.write_text(SCRIPT)
    assert commands.execute("ApplyScriptingAPICommand", paths=[prim.GetPath()])[0]
    scripts = prim.GetAttribute(scripting.SCRIPTS)
    assert scripting.SCHEMA in prim.GetPrimTypeInfo().GetAppliedAPISchemas() and scripts.Get() is None
    scripts.Set([Sdf.AssetPath(str(file))])
    get_app().update()
    log = log_of(file)
    timeline = get_timeline_interface()
    timeline.play()
    get_app().update()
    get_app().update()
    timeline.pause()
    get_app().update()
    timeline.stop()
    scripts.Set([])
    get_app().update()
    get_app().update()
    path = "/World/Thing"
    assert log == [("init", path, "Xform"), "play", (1, 1), (2, 1), "pause", "stop", ("destroy", path)]


def test_removing_the_schema_ends_the_script(prim, tmp_path):
    file = tmp_path / "other.py"
    file.write_text(SCRIPT)
    scripting.apply_scripting_api([prim.GetPath()])
    prim.GetAttribute(scripting.SCRIPTS).Set([Sdf.AssetPath(str(file))])
    get_app().update()
    commands.execute("RemoveScriptingAPICommand", paths=[prim.GetPath()])
    get_app().update()
    assert log_of(file)[-1] == ("destroy", "/World/Thing")
    assert (
        not prim.HasAttribute(scripting.SCRIPTS)
        and scripting.SCHEMA not in prim.GetPrimTypeInfo().GetAppliedAPISchemas()
    )


def test_what_is_no_python_file_is_an_error():
    with pytest.raises(FileNotFoundError, match=r"omni:scripting:scripts: '/none/thing.txt' is not a Python file"):
        scripting.script_classes("/none/thing.txt")
    assert commands.execute("LockSpecsCommand", spec_paths=[])[0]
