"""OmniGraph nodes in Python, taken from an extension folder."""

from __future__ import annotations

import json

import numpy as np
import pytest
from pxr import Sdf

import engine.replicator as rep
from engine.graph.sampling import stream
from engine.kit import ext_folders
from engine.usd_context import get_context

NODE = """\
import engine.replicator as rep


class State:
    def __init__(self):
        self.rng, self.calls = rep.rng.ReplicatorRNG(), 0


class OgnLift:
    @staticmethod
    def internal_state():
        return State()

    @staticmethod
    def compute(db):
        from engine.usd_context import get_context

        state = db.shared_state
        if state.rng.seed != db.inputs.seed:
            state.rng.initialize(db.inputs.seed, db.node, db.node.get_attribute("inputs:nodeId").get())
        state.calls += 1
        for path in db.inputs.prims:
            prim = get_context().get_stage().GetPrimAtPath(path)
            height = db.inputs.base + state.rng.generator.uniform()
            prim.GetAttribute("xformOp:translate").Set((0, 0, height))
        db.outputs.calls = state.calls
        return db.node.get_attribute_exists("inputs:base")
"""
INPUTS = {
    "prims": {"type": "target"},
    "base": {"type": "double", "default": 10.0},
    "seed": {"type": "int", "default": -1},
}


@pytest.fixture
def extension(tmp_path):
    folder = tmp_path / "lift.nodes"
    nodes = folder / "python" / "nodes"
    nodes.mkdir(parents=True)
    (folder / "config").mkdir()
    (folder / "config" / "extension.toml").write_text('[[python.module]]\nname = "lift.nodes"\n')
    (nodes / "OgnLift.py").write_text(NODE)
    (nodes / "OgnLift.ogn").write_text(json.dumps({"OgnLift": {"inputs": INPUTS, "outputs": {}}}))
    (nodes / "OgnBare.py").write_text("class OgnBare:\n    pass\n")
    ext_folders.add_folder(folder)
    get_context().new_stage()
    return folder


def heights(count: int) -> list[float]:
    """Return where two cubes are after each frame."""
    stage, found = get_context().get_stage(), []
    for _ in range(count):
        rep.orchestrator.step()
        for path in ("/Replicator/Cube_Xform", "/Replicator/Cube_Xform_01"):
            found.append(stage.GetPrimAtPath(Sdf.Path(path)).GetAttribute("xformOp:translate").Get()[2])
    return found


@pytest.mark.parametrize("seed", [7, -1])
def test_compute_runs_with_its_state_and_the_stream_of_the_seed(extension, seed):
    rep.set_global_seed(3)
    rep.orchestrator.set_capture_on_play(False)
    cubes = rep.create.cube(count=2)
    with rep.trigger.on_frame():
        node = rep.utils.create_node("lift.nodes.OgnLift", base=20.0, seed=seed)
        rep.utils.set_target_prims(node, "inputs:prims", cubes)
    found = heights(2)
    entropy = stream(seed, node.node_id)
    drawn = 20.0 + np.array([entropy.uniform() for _ in range(8)])
    start = int(np.argmin(abs(drawn - found[0])))  # the preview draws first
    np.testing.assert_allclose(found, drawn[start : start + 4])


def test_an_input_that_is_not_declared_is_an_error(extension):
    with pytest.raises(
        ValueError, match=r"OgnLift'\): height=1 was given; expected an input that its .ogn file declares"
    ):
        rep.utils.create_node("lift.nodes.OgnLift", height=1)


def test_a_node_without_its_description_and_one_that_is_not_there(extension):
    with pytest.raises(ValueError, match=r"OgnBare.py has no OgnBare.ogn beside it"):
        rep.utils.create_node("lift.nodes.OgnBare")
    with pytest.raises(ValueError, match=r"node_type_id='lift.nodes.OgnNone' was given; expected one of"):
        rep.utils.create_node("lift.nodes.OgnNone")
