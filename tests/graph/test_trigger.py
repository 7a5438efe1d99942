"""When chains run: frames, times, events, conditions, budgets, contexts."""

from __future__ import annotations

import pytest

from engine.graph.graph import Clock, get_graph
from engine.graph.node import Node
from engine.replicator import get, modify, trigger, utils
from engine.replicator.utils.items import ReplicatorItem, ReplicatorWrapper
from engine.usd_context import get_context

from .conftest import make_xforms


class Count(Node):
    """Counts its runs."""

    def __init__(self, graph, log, label):
        self.log, self.label = log, label
        super().__init__(graph)

    def run(self, moment):
        self.log.append(self.label)


def counter(graph, log, label="x"):
    graph.schedule(Count(graph, log, label))


def test_frame_zero_is_the_preview_and_every_later_frame_fires(graph):
    log = []
    with trigger.on_frame() as item:
        counter(graph, log)
    graph.initialize()
    graph.preview(Clock())
    assert (len(log), graph.trigger_outputs, graph.fired(item)) == (1, {"on_frame": 0}, True)
    for frame in (1, 2):
        graph.evaluate(Clock(frame))
    assert (len(log), graph.trigger_outputs) == (3, {"on_frame": 2})


def test_interval_fires_every_third_frame(graph):
    log = []
    with trigger.on_frame(interval=3) as item:
        counter(graph, log)
    graph.preview(Clock())
    fired = []
    for frame in range(1, 8):
        graph.evaluate(Clock(frame))
        fired.append(graph.fired(item))
    assert fired == [False, False, True, False, False, True, False]
    assert len(log) == 3


@pytest.mark.parametrize("key", ["max_execs", "num_frames"])
def test_max_execs_ends_the_run(graph, key):
    log = []
    with trigger.on_frame(**{key: 2}):
        counter(graph, log)
    graph.preview(Clock())
    states = []
    for frame in range(1, 5):
        graph.evaluate(Clock(frame))
        states.append(graph.finished)
    assert states == [False, True, True, True]
    assert len(log) == 3  # preview and two executions
    graph.initialize()
    assert (graph.finished, graph.trigger_outputs) == (False, {"on_frame": 0})


def test_finished_waits_for_all_limited_triggers(graph):
    trigger.on_frame()
    assert (graph.finished, graph.has_triggers) == (False, True)
    trigger.on_frame(max_execs=1, name="short")
    trigger.on_frame(max_execs=2, name="long", rt_subframes=5)
    graph.evaluate(Clock(1))
    assert (graph.finished, graph.rt_subframes) == (False, 5)
    graph.evaluate(Clock(2))
    assert graph.finished


def test_on_time_fires_when_the_interval_has_passed(graph):
    log = []
    with trigger.on_time(interval=0.5):
        counter(graph, log)
    graph.preview(Clock())
    fired = [graph.evaluate(Clock(i, i * 0.2)) or len(log) for i in range(1, 7)]
    assert fired == [1, 1, 2, 2, 2, 3]  # at 0.6 s and 1.2 s


def test_on_time_end_is_quiet_in_the_preview(graph):
    log = []
    with trigger.on_time_end(interval=1):
        counter(graph, log)
    graph.preview(Clock())
    graph.evaluate(Clock(1, 0.5))
    assert log == []
    graph.evaluate(Clock(2, 1.0))
    assert log == ["x"]


def test_custom_event_fires_once_for_each_sending(graph):
    log = []
    with trigger.on_custom_event("go"):
        counter(graph, log)
    graph.preview(Clock())
    assert log == []
    utils.send_og_event("go")
    utils.send_og_event(event_name="other")
    graph.run_pending(Clock())
    graph.run_pending(Clock())
    assert log == ["x"]
    utils.send_og_event("go")
    graph.evaluate(Clock(1))
    assert (log, graph.trigger_outputs) == (["x", "x"], {"go": 2})


def test_condition_and_key(graph):
    log, open_gate = [], []
    with trigger.on_condition(lambda: bool(open_gate), max_execs=1):
        counter(graph, log, "condition")
    with trigger.on_key_press("A", "SHIFT"):
        counter(graph, log, "key")
    graph.evaluate(Clock(1))
    assert log == []
    open_gate.append(1)
    graph.fire_event("key:A+SHIFT")
    graph.evaluate(Clock(2))
    graph.evaluate(Clock(3))
    assert log == ["key", "condition"]


def test_actions_outside_triggers_run_once(graph):
    log = []
    counter(graph, log)
    graph.run_pending(Clock())
    graph.run_pending(Clock())
    graph.initialize()
    graph.preview(Clock())
    assert log == ["x"]


def test_chains_run_in_creation_order(graph):
    log = []
    with trigger.on_frame():
        for label in "abc":
            counter(graph, log, label)
    graph.evaluate(Clock(1))
    assert log == ["a", "b", "c"]


def test_a_new_stage_starts_a_new_graph_with_its_prim(stage, graph):
    trigger.on_frame()
    assert stage.GetPrimAtPath("/Replicator/SDGPipeline").GetTypeName() == "OmniGraph"
    get_context().new_stage()
    assert get_graph() is not graph
    assert not get_graph().has_triggers


def test_items_answer_inputs_outputs_and_prims(stage, graph):
    paths = make_xforms(stage, 2)
    prims = get.prim_at_path(paths)
    with prims:
        item = modify.pose(position=(1, 2, 3), name="mine")
    assert isinstance(item, ReplicatorItem)
    assert item.node.name == "mine"
    assert [str(p.GetPath()) for p in item.get_input_prims()["prims"]] == paths
    assert [str(p.GetPath()) for p in prims.get_output_prims()["prims"]] == paths
    assert prims.get_output("prims") == paths
    item.set_input("position", (4, 5, 6))
    assert item.get_input("position") == (4, 5, 6)
    assert item.node.get_attribute("inputs:position").get() == (4, 5, 6)
    with pytest.raises(ValueError, match="has no input 'nothing'; expected one of: "):
        item.get_input("nothing")
    with pytest.raises(ValueError, match="has no output 'nothing'; expected one of: "):
        item.get_output("nothing")


def test_wrapper_passes_the_open_prims_and_wraps_nodes(stage, graph):
    paths = make_xforms(stage, 1)

    @ReplicatorWrapper
    def lift(height, input_prims=None):
        node = utils.create_node("omni.replicator.core.OgnWritePrimPose", position=(0, 0, height))
        utils.set_target_prims(node, "inputs:prims", input_prims)
        return node

    with trigger.on_frame(), get.prim_at_path(paths):
        item = lift(2.5)
    graph.evaluate(Clock(1))
    assert isinstance(item, ReplicatorItem)
    assert tuple(stage.GetPrimAtPath(paths[0]).GetAttribute("xformOp:translate").Get()) == (0, 0, 2.5)
    assert utils.get_node_targets(item.node, "inputs:prims") == paths


def test_a_node_type_of_ones_own(stage, graph):
    seen = []
    utils.register_node_type("my.Node", lambda prims, radius: seen.append((len(prims), radius)))
    with trigger.on_frame():
        utils.create_node("my.Node", radius=2, prims=make_xforms(stage, 3))
    graph.evaluate(Clock(1))
    assert seen == [(3, 2)]
    with pytest.raises(ValueError, match=r"node_type_id='no\.Node' was given; expected one of"):
        utils.create_node("no.Node")
    with pytest.raises(TypeError, match="register_node_type: action=3 was given"):
        utils.register_node_type("x", 3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: trigger.on_frame(interval=0),
            ValueError,
            "trigger.on_frame: interval=0 was given; expected a number not",
        ),
        (lambda: trigger.on_frame(max_execs=-1), ValueError, "max_execs=-1 was given"),
        (lambda: trigger.on_frame(interval=1.5), TypeError, "interval=1.5 was given; expected a whole number"),
        (lambda: trigger.on_time(interval=0), ValueError, "interval=0 was given; expected a number of seconds above 0"),
        (lambda: trigger.on_custom_event(""), TypeError, "event_name='' was given; expected the name of an event"),
        (lambda: trigger.on_condition(3), TypeError, "condition=3 was given; expected a function"),
        (lambda: trigger.on_key_press(None), TypeError, "key=None was given; expected the name of a key"),
        (lambda: utils.send_og_event(1), TypeError, "event_name=1 was given"),
        (lambda: trigger.register(5), ValueError, "trigger.register: fn=5 was given; expected a function"),
    ],
)
def test_bad_arguments(stage, call, error, message):
    with pytest.raises(error, match=message):
        call()
