"""Nodes of an extension that decide which others run: a trigger that is asked, a gate, a count, and what they drive."""

from __future__ import annotations

import json

import numpy as np
import pytest

import engine.replicator as rep
from engine.graph.graph import get_graph
from engine.graph.sampling import stream
from engine.kit import ext_folders
from engine.kit.graph_core import Controller
from engine.replicator.utils import ReplicatorItem, ReplicatorWrapper, utils
from engine.usd_context import get_context

NODES = {
    "OgnOnAsk": (
        "import numpy as np\n"
        "class State:\n    def __init__(self):\n        self.frames = np.zeros(3)\n"
        "class OgnOnAsk:\n"
        "    @staticmethod\n    def internal_state():\n        return State()\n"
        "    @staticmethod\n    def compute(db):\n"
        "        db.outputs.frames = db.per_instance_state.frames\n"
        "        db.per_instance_state.frames += [1, 2, 3]\n"  # what was set stays as it was
        "        db.outputs.execOut = 1\n        return True\n",
        {
            "scheduling": "compute-on-request",
            "inputs": {"run": {"type": "bool"}},
            "outputs": {"execOut": {"type": "execution"}, "frames": {"type": "int[]"}},
        },
    ),
    "OgnOnOdd": (
        "class State:\n    frames = 0\n"
        "class OgnOnOdd:\n"
        "    @staticmethod\n    def internal_state():\n        return State()\n"
        "    @staticmethod\n    def compute(db):\n"
        "        db.per_instance_state.frames += 1\n"
        "        db.outputs.execOut = db.per_instance_state.frames % 2\n",
        {"inputs": {}, "outputs": {"execOut": {"type": "execution"}}},
    ),
    "OgnGate": (
        "import numpy as np\n"
        "class OgnGate:\n"
        "    @staticmethod\n    def compute(db):\n"
        "        db.outputs.indices = np.nonzero(db.inputs.frames % db.inputs.interval == 0)\n"
        "        db.outputs.execOut = 1\n        return True\n",
        {
            "inputs": {"execIn": {"type": "execution"}, "frames": {"type": "int[]"}, "interval": {"type": "int"}},
            "outputs": {"execOut": {"type": "execution"}, "indices": {"type": "int[]"}},
        },
    ),
    "OgnCount": (
        "class OgnCount:\n    @staticmethod\n    def compute(db):\n        db.outputs.count = len(db.inputs.indices)\n",
        {"inputs": {"indices": {"type": "int[]"}}, "outputs": {"count": {"type": "int"}}},
    ),
    "OgnWrite": (
        "written = []\n"
        "class OgnWrite:\n    @staticmethod\n    def compute(db):\n"
        "        written.append((db.inputs.prims, db.inputs.indices, db.inputs.values, db.inputs.lowest))\n"
        "        return True\n",
        {
            "inputs": {
                "execIn": {"type": "execution"},
                "prims": {"type": "string"},
                "indices": {"type": "int[]"},
                "values": {"type": "float[]"},
                "lowest": {"type": "float[]"},
            },
            "outputs": {"execOut": {"type": "execution"}},
        },
    ),
}


@pytest.fixture
def extension(tmp_path, monkeypatch):
    folder = tmp_path / "flow.new.nodes"
    nodes = folder / "python" / "nodes"
    nodes.mkdir(parents=True)
    (folder / "config").mkdir()
    (folder / "config" / "extension.toml").write_text('[[python.module]]\nname = "flow.new.nodes"\n')
    for name, (source, declared) in NODES.items():
        (nodes / f"{name}.py").write_text(source)
        (nodes / f"{name}.ogn").write_text(json.dumps({f"flow.nodes.{name}": declared}))
    (nodes / "OgnBroken.py").write_text("")
    (nodes / "OgnBroken.ogn").write_text("{not json")
    ext_folders.add_folder(folder)
    for name in NODES:
        monkeypatch.delitem(utils_types(), f"flow.nodes.{name}", raising=False)
    get_context().new_stage()
    rep.set_global_seed(11)
    return folder


def utils_types():
    """Return the table of node types."""
    from engine.replicator.utils import nodes

    return nodes.NODE_TYPES


@ReplicatorWrapper
def on_ask():
    """A trigger of the extension."""
    return rep.utils.create_node("flow.nodes.OgnOnAsk")


@ReplicatorWrapper
def every(interval):
    """A gate of the extension, below the open trigger."""
    node = rep.utils.create_node("flow.nodes.OgnGate")
    trigger = ReplicatorItem._get_context()
    node.get_attribute("inputs:interval").set(interval)
    trigger.get_attribute("outputs:execOut").connect(node.get_attribute("inputs:execIn"), True)
    trigger.get_attribute("outputs:frames").connect(node.get_attribute("inputs:frames"), True)
    return node


def write(values):
    """Write as many samples as the open gate lets through."""
    node = utils.create_node("flow.nodes.OgnWrite")
    node.get_attribute("inputs:prims").set("objects")
    gate = ReplicatorItem._get_context()
    assert gate.get_node_type().get_node_type() == "flow.nodes.OgnGate"
    counter = ReplicatorItem(utils.create_node, "flow.nodes.OgnCount")
    gate.get_attribute("outputs:indices").connect(counter.node.get_attribute("inputs:indices"), True)
    counter.node.get_attribute("outputs:count").connect(values.node.get_attribute("inputs:numSamples"), True)
    gate.get_attribute("outputs:indices").connect(node.get_attribute("inputs:indices"), True)
    values.node.get_attribute("inputs:lower").connect(node.get_attribute("inputs:lowest"), True)
    utils.auto_connect(values.node, node)
    return node


def written():
    """Return what the writing node was given, and forget it."""
    import sys

    module = sys.modules["ogn_flow_new_nodes_OgnWrite"]
    found, module.written[:] = list(module.written), []
    return found


def test_a_trigger_that_is_asked_runs_its_gates_and_what_they_let_through(extension):
    with on_ask() as trigger, every(2):
        values = rep.distribution.uniform((5.0, 6.0), (7.0, 8.0))
        write(values)
    graph = Controller().graph(utils.GRAPH_PATH)
    graph.evaluate()
    assert written() == []  # nobody asked
    entropy = stream(None, values.node.node_id)
    for indices in ([0, 1, 2], [1], [0, 1, 2], [1]):  # frames 0 0 0, 1 2 3, 2 4 6, 3 6 9
        trigger.node.request_compute()
        graph.evaluate()
        ((prims, given, drawn, lowest),) = written()
        assert prims == "objects" and given.tolist() == indices and given.dtype == np.int32
        expected = entropy.uniform((5, 6), (7, 8), size=(len(indices), 2))
        np.testing.assert_allclose(drawn.reshape(-1, 2), expected, rtol=1e-6)
        assert lowest.tolist() == [5.0, 6.0]


def test_stepping_the_orchestrator_asks_nobody(extension):
    with on_ask() as trigger, every(1):
        write(rep.distribution.uniform(0, 1))
    rep.orchestrator.set_capture_on_play(False)
    rep.orchestrator.step()
    assert written() == [] and trigger.node.outputs["frames"].size == 0


def test_a_trigger_of_an_extension_decides_in_every_frame(extension):
    with ReplicatorItem.of(rep.utils.create_node("flow.nodes.OgnOnOdd")):
        node = rep.utils.create_node("flow.nodes.OgnWrite")
    rep.orchestrator.set_capture_on_play(False)
    counts = []
    for _ in range(4):
        rep.orchestrator.step()
        counts.append(len(written()))
    assert sum(counts) in (2, 3) and set(counts) == {0, 1}
    assert node.outputs["execOut"] == 0


def test_ending_an_execution_connection_ends_the_running(extension):
    with on_ask() as trigger, every(1) as gate:
        node = write(rep.distribution.uniform(0, 1))
    utils._disconnect(node.get_attribute("inputs:execIn"))
    trigger.node.request_compute()
    get_graph().run_requested(get_graph_clock())
    assert written() == []
    gate.node.get_attribute("outputs:execOut").connect(node.get_attribute("inputs:execIn"), True)
    trigger.node.request_compute()
    get_graph().run_requested(get_graph_clock())
    assert len(written()) == 1


def get_graph_clock():
    """Return the time of the timeline."""
    from engine.kit.graph_core.graphs import clock

    return clock()


def test_an_extensions_gate_may_follow_replicators_trigger(extension):
    trigger = rep.trigger.on_frame()
    node = rep.utils.create_node("flow.nodes.OgnWrite")
    trigger.node.get_attribute("outputs:execOut").connect(node.get_attribute("inputs:execIn"), True)
    rep.orchestrator.set_capture_on_play(False)
    for _ in range(2):
        rep.orchestrator.step()
    assert len(written()) == 2


def test_a_node_without_execution_output_cannot_be_followed(extension):
    count = rep.utils.create_node("flow.nodes.OgnCount")
    cube = rep.create.cube()
    node = rep.utils.create_node("flow.nodes.OgnWrite")
    with pytest.raises(ValueError, match="was connected to run 'OgnWrite'; expected a trigger or a node with an exec"):
        cube.node.get_attribute("outputs:execOut").connect(node.get_attribute("inputs:execIn"), True)
    assert count.only_computes and not count.flows


def test_parameters_of_distributions_are_asked_by_name(extension):
    node = rep.distribution.normal((1.0, 2.0), (0.5, 0.5)).node
    assert node.get_attribute_exists("inputs:mean") and not node.get_attribute_exists("inputs:lower")
    array = node.get_attribute("inputs:mean").get_array(on_gpu=False, get_for_write=False, reserved_element_count=0)
    assert array.tolist() == [1.0, 2.0]
