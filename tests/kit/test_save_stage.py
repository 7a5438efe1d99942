from __future__ import annotations

from pxr import Usd

from .running import HEAD, run


def test_the_stage_a_script_leaves_is_saved(tmp_path):
    source = "import omni.replicator.core as rep\nrep.functional.create.cube(name='Made', position=(1, 2, 3))\n"
    done = run(tmp_path, source, "--save-stage", str(tmp_path / "left.usda"))
    assert done.returncode == 0, done.stderr
    stage = Usd.Stage.Open(str(tmp_path / "left.usda"))
    prim = stage.GetPrimAtPath("/Made")
    assert tuple(prim.GetAttribute("xformOp:translate").Get()) == (1, 2, 3)


def test_a_closed_stage_is_not_saved(tmp_path):
    done = run(tmp_path, HEAD + "app.close()\n", "--save-stage", str(tmp_path / "left.usda"))
    assert "the script closed its stage, nothing is saved" in done.stderr
    assert not (tmp_path / "left.usda").exists()
