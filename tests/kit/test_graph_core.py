"""Graphs that scripts build with omni.graph.core."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from pxr import Gf, UsdGeom

import engine.kit.graph_core as og
from engine.app import get_app
from engine.graph.data_types import brought, empty, parse
from engine.timeline import get_timeline_interface

KEYS = og.Controller.Keys


@pytest.fixture(autouse=True)
def stopped():
    yield
    get_timeline_interface().stop()


def adding(path="/Sum", **options):
    """Make a graph that adds 2 and 3."""
    return og.Controller.edit(
        {"graph_path": path} | options,
        {
            KEYS.CREATE_NODES: [
                ("two", "omni.graph.nodes.ConstantDouble"),
                ("three", "omni.graph.nodes.ConstantDouble"),
                ("sum", "omni.graph.nodes.Add"),
            ],
            KEYS.SET_VALUES: [("two.inputs:value", 2.0), ("three.inputs:value", 3.0)],
            KEYS.CONNECT: [("two.inputs:value", "sum.inputs:a"), ("three.inputs:value", "sum.inputs:b")],
        },
    )


def test_a_push_graph_computes_in_every_app_frame(fresh_stage):
    graph, nodes, prims, named = adding(evaluator_name="push")
    assert [node.name for node in nodes] == ["two", "three", "sum"] and prims == []
    assert named["sum"] is nodes[2] and graph.get_nodes() == nodes
    assert fresh_stage.GetPrimAtPath("/Sum").GetTypeName() == "OmniGraph"
    assert fresh_stage.GetPrimAtPath("/Sum/sum").GetAttribute("node:type").Get() == "omni.graph.nodes.Add"
    total = og.Controller.attribute("/Sum/sum.outputs:sum")
    get_app().update()
    assert og.Controller.get(total) == 5.0
    og.Controller.set(og.Controller.attribute("inputs:value", nodes[0]), 10.0)
    assert og.DataView.get(total) == 5.0
    get_app().update()
    assert total.get() == 13.0


def test_a_graph_on_demand_waits_to_be_asked():
    graph, *_ = adding(pipeline_stage=og.GraphPipelineStage.GRAPH_PIPELINE_STAGE_ONDEMAND)
    total = og.Controller.attribute("/Sum/sum.outputs:sum")
    get_app().update()
    assert total.get() is None
    og.Controller.evaluate_sync(graph)
    assert total.get() == 5.0
    graph.change_pipeline_stage(og.GraphPipelineStage.GRAPH_PIPELINE_STAGE_SIMULATION)
    graph.set_disabled(True)
    og.Controller.set("/Sum/two.inputs:value", {"type": "double", "value": 7.0})
    get_app().update()
    assert total.get() == 5.0
    asyncio.run(og.Controller.evaluate("/Sum"))
    assert total.get() == 10.0


def test_an_action_graph_follows_its_event_while_the_timeline_plays(fresh_stage):
    UsdGeom.Xform.Define(fresh_stage, "/Box").AddTranslateOp().Set(Gf.Vec3d(0, 0, 0))
    og.Controller.edit(
        {"graph_path": "/Action", "evaluator_name": "execution"},
        {
            KEYS.CREATE_NODES: [
                ("tick", "omni.graph.action.OnPlaybackTick"),
                ("count", "omni.graph.action.Counter"),
                ("place", "omni.graph.nodes.MakeVector3"),
                ("write", "omni.graph.nodes.WritePrimAttribute"),
            ],
            KEYS.SET_VALUES: [("write.inputs:prim", ["/Box"]), ("write.inputs:name", "xformOp:translate")],
            KEYS.CONNECT: [
                ("tick.outputs:tick", "count.inputs:execIn"),
                ("count.outputs:execOut", "write.inputs:execIn"),
                ("count.outputs:count", "place.inputs:x"),
                ("tick.outputs:deltaSeconds", "place.inputs:z"),
                ("place.outputs:tuple", "write.inputs:value"),
            ],
        },
    )
    box = fresh_stage.GetPrimAtPath("/Box").GetAttribute("xformOp:translate")
    get_app().update()
    assert box.Get() == Gf.Vec3d(0, 0, 0)
    get_timeline_interface().play()
    for _ in range(3):
        get_app().update()
    np.testing.assert_allclose(box.Get(), [3, 0, 1 / get_timeline_interface().get_time_codes_per_seconds()])


@pytest.mark.parametrize("condition", [True, False])
def test_branches_impulses_and_once(condition, capfd):
    graph, nodes, *_ = og.Controller.edit(
        {"graph_path": "/Action", "evaluator_name": "execution"},
        {
            KEYS.CREATE_NODES: [
                ("impulse", "omni.graph.action.OnImpulseEvent"),
                ("once", "omni.graph.action.Once"),
                ("branch", "omni.graph.action.Branch"),
                ("yes", "omni.graph.ui_nodes.PrintText"),
                ("no", "omni.graph.ui_nodes.PrintText"),
            ],
            KEYS.SET_VALUES: [
                ("impulse.inputs:onlyPlayback", False),
                ("branch.inputs:condition", condition),
                *[(f"{name}.inputs:text", f"it is {name}") for name in ("yes", "no")],
                *[(f"{name}.inputs:logLevel", "Warning") for name in ("yes", "no")],
            ],
            KEYS.CONNECT: [
                ("impulse.outputs:execOut", "once.inputs:execIn"),
                ("once.outputs:once", "branch.inputs:execIn"),
                ("branch.outputs:execTrue", "yes.inputs:execIn"),
                ("branch.outputs:execFalse", "no.inputs:execIn"),
            ],
        },
    )
    for _ in range(2):
        graph.evaluate()
    text = "".join(capfd.readouterr())
    assert "it is" not in text
    for _ in range(2):
        og.Controller.attribute("state:enableImpulse", nodes[0]).set(True)
        graph.evaluate()
        graph.evaluate()
    text = "".join(capfd.readouterr())
    assert text.count("it is yes") == condition and text.count("it is no") == (not condition)


def test_custom_events_reach_action_graphs():
    import engine.replicator as rep

    graph, nodes, *_ = og.Controller.edit(
        {"graph_path": "/Action", "evaluator_name": "execution"},
        {
            KEYS.CREATE_NODES: [
                ("event", "omni.graph.action.OnCustomEvent"),
                ("count", "omni.graph.action.Counter"),
                ("send", "omni.graph.action.SendCustomEvent"),
                ("other", "omni.graph.action.OnCustomEvent"),
                ("flips", "omni.graph.action.FlipFlop"),
            ],
            KEYS.SET_VALUES: [
                ("event.inputs:eventName", "go"),
                ("event.inputs:onlyPlayback", False),
                ("send.inputs:eventName", "gone"),
                ("other.inputs:eventName", "gone"),
                ("other.inputs:onlyPlayback", False),
            ],
            KEYS.CONNECT: [
                ("event.outputs:execOut", "count.inputs:execIn"),
                ("count.outputs:execOut", "send.inputs:execIn"),
                ("other.outputs:execOut", "flips.inputs:execIn"),
            ],
        },
    )
    rep.utils.send_og_event("go")  # before the graph has run once
    counts = []
    for event in ("", "go", "stay", "go", ""):
        if event:
            rep.utils.send_og_event(event)
        graph.evaluate()
        counts.append((int(nodes[1].outputs["count"]), bool(nodes[4].outputs["isA"])))
    assert counts == [(0, False), (1, True), (1, True), (2, False), (2, False)]


def test_a_script_node_with_attributes_of_its_own():
    script = (
        "def setup(db):\n    db.state.calls = 0\n"
        "def compute(db):\n    db.state.calls += 1\n    db.outputs.twice = 2 * db.inputs.number + db.state.calls\n"
    )
    og.Controller.edit(
        "/Script",
        {
            KEYS.CREATE_NODES: ("script", "omni.graph.scriptnode.ScriptNode"),
            KEYS.CREATE_ATTRIBUTES: [("script.inputs:number", "double"), ("script.outputs:twice", "double")],
            KEYS.SET_VALUES: [("script.inputs:script", script), ("script.inputs:number", 4)],
        },
    )
    for expected in (9.0, 10.0):
        og.Controller.evaluate_sync("/Script")
        assert og.Controller.attribute("/Script/script.outputs:twice").get() == expected


def test_replicators_distributions_feed_other_nodes():
    controller = og.Controller()
    graph = controller.create_graph("/World/PushGraph")
    uniform = controller.create_node(("uniform", graph), "omni.replicator.core.OgnSampleUniform")
    index = controller.create_node(("index", graph), "omni.graph.nodes.ArrayIndex")
    assert uniform.get_prim_path() == "/World/PushGraph/uniform"
    graph.evaluate()  # nothing to draw from yet
    uniform.get_attribute("inputs:lower").set([[4.0]])
    uniform.get_attribute("inputs:upper").set([[4.0]])
    uniform.get_attribute("inputs:numSamples").set(3)
    controller.connect(uniform.get_attribute("outputs:samples"), index.get_attribute("inputs:array"))
    graph.evaluate()
    assert np.asarray(index.get_attribute("outputs:value").get()).item() == 4.0
    assert uniform.get_attribute("outputs:samples").get().shape == (3, 1)


def test_variables_and_disconnecting():
    graph, nodes, *_ = og.Controller.edit(
        "/Vars",
        {
            KEYS.CREATE_VARIABLES: [("speed", "double", 3.0)],
            KEYS.CREATE_NODES: [("read", "omni.graph.core.ReadVariable"), ("text", "omni.graph.nodes.ToString")],
            KEYS.SET_VALUES: [("read.inputs:variableName", "speed")],
            KEYS.CONNECT: [("read.outputs:value", "text.inputs:value")],
        },
    )
    graph.evaluate()
    converted = nodes[1].get_attribute("outputs:converted")
    assert converted.get() == "3.0" and nodes[1].get_attribute("inputs:value").get_upstream_connection_count() == 1
    og.Controller.edit(graph, {KEYS.DISCONNECT: [("read.outputs:value", "text.inputs:value")]})
    graph.evaluate()
    assert converted.get() == "None" and nodes[1].get_attribute("inputs:value").get_upstream_connections() == []
    og.Controller.edit(graph, {KEYS.DELETE_NODES: ["read"]})
    assert [node.name for node in graph.get_nodes()] == ["text"] and not nodes[0].is_valid()


def test_prims_are_made_and_a_new_stage_forgets_graphs(fresh_stage):
    from engine.usd_context import get_context

    graph, _, prims, named = og.Controller.edit(
        "/G", {KEYS.CREATE_PRIMS: [("/Box", {"size": ("double", 2.0)}, "Cube"), ("/Empty", "Xform")]}
    )
    assert UsdGeom.Cube(prims[0]).GetSizeAttr().Get() == 2.0 and named["/Empty"] == prims[1]
    assert og.get_graph_by_path("/G") is graph and graph.is_valid() and og.get_all_graphs() == [graph]
    get_context().new_stage()
    assert og.get_all_graphs() == [] and og.get_graph_by_path("/G") is None and not graph.is_valid()


def test_an_error_in_a_node_is_logged_and_the_others_go_on(capfd):
    graph, nodes, *_ = adding()
    broken = graph.create_node("broken", "omni.graph.nodes.ArrayIndex")
    broken.get_attribute("inputs:array").set([])
    for _ in range(2):
        graph.evaluate()
    text = "".join(capfd.readouterr())
    assert text.count("/Sum/broken (omni.graph.nodes.ArrayIndex): IndexError") == 1
    assert nodes[2].get_attribute("outputs:sum").get() == 5.0


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (lambda: og.Controller.create_graph("no path"), "create_graph: 'no path' was given; expected an absolute"),
        (lambda: adding(evaluator_name="pull"), "evaluator_name='pull' was given; expected one of push"),
        (lambda: (adding(), og.Controller.create_graph("/Sum")), "there is a graph at '/Sum' already"),
        (lambda: og.Controller.graph("/Gone"), "no graph at '/Gone'; there are: /Replicator/SDGPipeline"),
        (lambda: (adding(), og.Controller.node("four", "/Sum")), "no node 'four' in graph '/Sum'"),
        (lambda: og.Controller.node("/Gone/node"), "no node '/Gone/node'; expected the path of a node"),
        (
            lambda: (adding(), og.Controller.attribute("/Sum/sum.inputs:c")),
            "has no attribute 'inputs:c'; there are: in",
        ),
        (lambda: og.Controller.attribute("inputs:c"), "'inputs:c' was given; expected 'node.inputs:x'"),
        (lambda: adding()[0].create_node("sum", "omni.graph.nodes.Add"), "there is a node 'sum' already"),
        (
            lambda: adding()[0].create_node("a b", "omni.graph.nodes.Add"),
            "'a b' was given; expected the name of a prim",
        ),
        (lambda: adding()[0].create_node("x", "omni.graph.nodes.Gone"), "expected a Python node of an --ext-folder"),
        (
            lambda: adding()[0].create_node("x", "isaacsim.ros2.bridge.ROS2PublishClock"),
            "'isaacsim.ros2.bridge.ROS2PublishClock' was given, which the embedded engine does not have: ROS 2 bridges",
        ),
        (lambda: og.Controller.edit("/E", {"draw": []}), "key 'draw' was given; expected one of: delete_nodes"),
        (lambda: og.Controller.edit("/E", {KEYS.EXPOSE_PRIMS: []}), "'expose_prims' was given; expected ReadPrimAttr"),
        (lambda: og.Controller.edit("/E", {KEYS.CREATE_NODES: [("sub", {})]}), "a graph inside a node was given"),
        (lambda: og.Controller.edit("/Sum", {KEYS.SET_VALUES: [("x.inputs:a", 1)]}), "no node 'x' in graph '/Sum'"),
        (lambda: (adding(), og.Controller.set("/Sum/sum.inputs:z", 1)), "has no attribute 'inputs:z'"),
    ],
)
def test_errors_say_what_was_given(action, text):
    with pytest.raises(og.OmniGraphError) as caught:
        action()
    assert text in str(caught.value)


def test_a_comparison_and_a_prim_that_are_not_there_are_logged(capfd):
    graph, *_ = og.Controller.edit(
        "/G",
        {
            KEYS.CREATE_NODES: [("ask", "omni.graph.nodes.Compare"), ("read", "omni.graph.nodes.ReadPrimAttribute")],
            KEYS.SET_VALUES: [
                ("ask.inputs:operation", "~"),
                ("read.inputs:prim", ["/Gone"]),
                ("read.inputs:name", "x"),
            ],
        },
    )
    graph.evaluate()
    text = "".join(capfd.readouterr())
    assert "operation='~' was given; expected one of: == !=" in text
    assert "prim '/Gone' and name 'x' were given; expected an attribute of an existing prim" in text


@pytest.mark.parametrize(
    ("name", "base", "width", "depth"),
    [
        ("float[3][]", og.BaseDataType.FLOAT, 3, 1),
        ("int", og.BaseDataType.INT, 1, 0),
        ("uint64[]", og.BaseDataType.UINT64, 1, 1),
        ("pointd[3]", og.BaseDataType.DOUBLE, 3, 0),
        ("matrixd[4]", og.BaseDataType.DOUBLE, 16, 0),
        ("token", og.BaseDataType.TOKEN, 1, 0),
        ("any", og.BaseDataType.UNKNOWN, 1, 0),
    ],
)
def test_types_by_their_names(name, base, width, depth):
    kind = parse(name)
    assert (kind.base_type, kind.tuple_count, kind.array_depth) == (base, width, depth)


def test_values_are_brought_into_their_types():
    assert brought(np.nonzero([0, 1, 1]), parse("int[]")).tolist() == [1, 2]
    assert brought([[1, 2, 3]], parse("double[3][]")).shape == (1, 3)
    assert brought(np.float64(2.0), parse("int")) == 2 and brought("x", parse("float")) == "x"
    assert brought((1, 2, 3), parse("float[3]")).dtype == np.float32
    assert empty(parse("string")) == "" and empty(parse("int[]")).shape == (0,) and empty(parse("target")) == []
    assert og.Type(og.BaseDataType.FLOAT, 3, 1).get_type_name() == "float[3][]"
    assert og.Type(og.BaseDataType.FLOAT, 3, 1) == og.Type(og.BaseDataType.FLOAT, 3, 1)
