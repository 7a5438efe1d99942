"""Assets that are drawn before one of them is shown, and physics put back when a time trigger fires."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Usd, UsdGeom, UsdSkel

from engine.graph import triggers
from engine.graph.graph import Clock, Moment
from engine.graph.sampling import entries
from engine.replicator import create, distribution, get, modify, randomizer, trigger


@pytest.fixture
def files(tmp_path):
    paths = [str(tmp_path / f"{name}.usda") for name in "abc"]
    for path in paths:
        stage = Usd.Stage.CreateNew(path)
        stage.SetDefaultPrim(UsdGeom.Cube.Define(stage, "/Root").GetPrim())
        stage.Save()
    return paths


def shown(stage):
    prim = stage.GetPrimAtPath("/Replicator/Instances/Instance_Xform/Instance")
    return prim.GetPrimStack()[0].referenceList.GetAddedOrExplicitItems()[0].assetPath


def test_a_choice_takes_the_entries_of_a_sequence(graph):
    items = distribution.choice(distribution.sequence(["a", "b", "c"]), num_samples=5)
    assert entries(items.node) == ["a", "b", "c"] and items.node.inputs["numSamples"] == 5
    assert entries(distribution.uniform(0, 1).node) == []
    with pytest.raises(TypeError, match=r"choices=.* was given; expected a list"):
        distribution.choice(distribution.uniform(0, 1))


def test_instantiate_draws_its_assets_anew_in_every_firing(stage, graph, files):
    with trigger.on_frame():
        randomizer.instantiate(distribution.choice(distribution.sequence(files), num_samples=4), size=1)
    graph.initialize()
    graph.preview(Clock())
    found = [shown(stage)]
    for frame in range(1, 9):
        graph.evaluate(Clock(frame))
        found.append(shown(stage))
    # the choice node is the second with a seed (the sequence is the first), the pick from its draws the third
    drawn, picked = (np.random.default_rng(np.random.SeedSequence((7, number))) for number in (1, 2))
    wanted = [files[drawn.choice(3, size=4)[picked.choice(4, size=1)[0]]] for _ in range(9)]
    assert found == wanted and len(set(found)) > 1


def test_instances_of_points_take_the_prototypes_of_what_was_drawn(stage, graph, files):
    item = randomizer.instantiate(distribution.choice(files, num_samples=4), size=6, mode="point_instance")
    graph.initialize()
    graph.evaluate(Clock())
    instancer = UsdGeom.PointInstancer.Get(stage, item.node.paths()[0])
    drawn, picked = (np.random.default_rng(np.random.SeedSequence((7, number))) for number in (0, 1))
    pool = drawn.choice(3, size=4)
    assert list(instancer.GetProtoIndicesAttr().Get()) == pool[picked.choice(4, size=6)].tolist()


@pytest.mark.parametrize(("asked", "resets"), [(True, 2), (False, 0)])
def test_on_time_puts_physics_back_before_its_actions(graph, monkeypatch, asked, resets):
    class Running:
        count = 0

        def reset(self):
            Running.count += 1

    monkeypatch.setattr(triggers, "if_running", Running)
    trigger.on_time(interval=1, reset_physics=asked)
    graph.preview(Clock())
    for frame in range(1, 5):
        graph.evaluate(Clock(frame, frame * 0.5, 0.5))
    assert Running.count == resets


def test_a_sequence_goes_through_the_prims_of_an_item(stage, graph):
    paths = [f"/World/Thing_{i}" for i in range(3)]
    for path in paths:
        UsdGeom.Xform.Define(stage, path)
    node = distribution.sequence(get.prims("Thing")).node
    assert node.inputs["items"] == paths
    assert node.draw(Moment(stage, Clock(), 1), 4) == [*paths, paths[0]]


def test_an_item_without_prims_chooses_nothing(stage, graph, capsys):
    skeleton = UsdSkel.Skeleton.Define(stage, "/World/Skeleton").GetPrim()
    for made in (distribution.sequence, distribution.choice):
        values = made(get.skelanimation("none"))
        with create.group(["/World/Skeleton"]):
            modify.animation(values)
    graph.initialize()
    graph.evaluate(Clock())
    assert not UsdSkel.BindingAPI(skeleton).GetAnimationSourceRel().GetTargets()
    said = capsys.readouterr().err
    assert "distribution.sequence: items=" in said and "distribution.choice: choices=" in said
    assert said.count("holds no prims; nothing is chosen") == 2
