"""Poses of single point instances, and numbers of instances that are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Usd, UsdGeom

from engine.graph.graph import Clock
from engine.replicator import create, distribution, get, modify, randomizer, trigger


@pytest.fixture
def files(tmp_path):
    paths = [str(tmp_path / f"{name}.usda") for name in "abc"]
    for path in paths:
        stage = Usd.Stage.CreateNew(path)
        stage.SetDefaultPrim(UsdGeom.Cube.Define(stage, "/Root").GetPrim())
        stage.Save()
    return paths


def drawn(number):
    """Return the stream of the node with this number in a graph of global seed 7."""
    return np.random.default_rng(np.random.SeedSequence((7, number)))


def places(item):
    """Return the row-vector matrices of the visible instances, as USD itself computes them."""
    instancer = UsdGeom.PointInstancer(item.get_output_prims()["prims"][0])
    found = instancer.ComputeInstanceTransformsAtTime(0, 0, UsdGeom.PointInstancer.ExcludeProtoXform)
    return np.array(found).reshape(-1, 4, 4)


def test_each_point_instance_gets_a_place_a_turn_and_a_scale_of_its_own(stage, graph, files):
    with trigger.on_frame():
        item = randomizer.instantiate(files, size=6, mode="point_instance")
        with item:
            modify.pose(
                position=distribution.uniform((-5, 0, 1), (5, 9, 2)),
                rotation=distribution.uniform((0, 0, 0), (0, 0, 90)),
                scale=distribution.uniform(0.5, 2.0),
            )
    graph.evaluate(Clock(1))
    found = places(item)
    where = drawn(1).uniform((-5, 0, 1), (5, 9, 2), size=(6, 3))
    angle = np.radians(drawn(2).uniform((0, 0, 0), (0, 0, 90), size=(6, 3))[:, 2])
    size = drawn(3).uniform(0.5, 2.0, size=(6, 1))[:, 0]
    assert np.allclose(found[:, 3, :3], where, atol=1e-6)
    x_axes = np.stack([np.cos(angle), np.sin(angle), np.zeros(6)], axis=1) * size[:, None]
    assert np.allclose(found[:, 0, :3], x_axes, atol=4e-3)  # half-precision quaternions


def test_single_axes_and_look_at_work_for_point_instances(stage, graph, files):
    item = randomizer.instantiate(files, size=3, mode="point_instance")
    with item:
        modify.pose(position=[(1, 0, 0), (0, 2, 0), (0, 0, -3)])
        modify.pose(position_x=distribution.sequence([4.0, 5.0, 6.0]), look_at=(0, 0, 0))
    graph.run_pending(Clock())
    found = places(item)
    assert np.allclose(found[:, 3, :3], [(4, 0, 0), (5, 2, 0), (6, 0, -3)])
    views = -found[:, 2, :3]
    wanted = -found[:, 3, :3] / np.linalg.norm(found[:, 3, :3], axis=1)[:, None]
    assert np.allclose(views, wanted, atol=4e-3)
    with item:
        modify.pose(pivot=(0, 0, -1))
    with pytest.raises(
        ValueError, match=r"pivot was given for the point instances of '/Replicator/Instances/.*expected none"
    ):
        graph.run_pending(Clock())


def test_point_instances_scatter_apart_on_a_surface(stage, graph, files):
    plane = create.plane(scale=20)
    item = randomizer.instantiate(files, size=8, mode="point_instance")
    with item:
        modify.pose(scale=0.5)
        randomizer.rotation((0, 0, 0), (0, 0, 180))
        randomizer.scatter_2d(plane, check_for_collisions=True)
    graph.run_pending(Clock())
    centres = places(item)[:, 3, :3]
    assert np.allclose(centres[:, 2], 0, atol=1e-5) and np.abs(centres[:, :2]).max() <= 10
    gaps = np.abs(centres[:, None, :2] - centres[None, :, :2]).max(axis=2) + 100 * np.eye(8)
    assert gaps.min() > 0.99  # half-metre scaled cubes of 2 are boxes of at least 1
    assert len(np.unique(centres[:, 0])) == 8


def test_an_instancer_of_the_user_moves_as_one(stage, graph):
    instancer = UsdGeom.PointInstancer.Define(stage, "/World/Grass")
    instancer.CreateProtoIndicesAttr([0, 0])
    instancer.CreatePositionsAttr([(1, 0, 0), (2, 0, 0)])
    modify.pose(position=(0, 0, 5), input_prims="/World/Grass")
    graph.run_pending(Clock())
    assert [tuple(p) for p in instancer.GetPositionsAttr().Get()] == [(1, 0, 0), (2, 0, 0)]
    assert UsdGeom.XformCache().GetLocalToWorldTransform(instancer.GetPrim()).ExtractTranslation() == (0, 0, 5)


@pytest.mark.parametrize("mode", ["reference", "scene_instance", "point_instance"])
def test_a_drawn_size_shows_so_many(stage, graph, files, mode):
    with trigger.on_frame():
        item = randomizer.instantiate(files, size=distribution.choice([0, 2, 5]), mode=mode)
        with item:
            modify.pose(position=distribution.uniform((0, 0, 0), (1, 1, 1)))
    sizes = drawn(0)
    seen = set()
    for frame in range(1, 9):
        graph.evaluate(Clock(frame))
        wanted = int([0, 2, 5][sizes.choice(3, size=1)[0]])
        seen.add(wanted)
        if mode == "point_instance":
            instancer = UsdGeom.PointInstancer(item.get_output_prims()["prims"][0])
            assert sum(instancer.ComputeMaskAtTime(0) or [True] * 5) == wanted
            continue
        slots = [prim.GetChild("Instance") for prim in item.get_output_prims()["prims"]]
        assert len(slots) == 5 and sum(slot.HasAuthoredReferences() for slot in slots) == wanted
    assert seen == {0, 2, 5}


def test_a_size_without_bound_is_an_error(stage, graph, files):
    with pytest.raises(ValueError, match=r"size=.* was given; expected a whole number, or a choice, a sequence"):
        randomizer.instantiate(files, size=distribution.normal(3, 1))
    item = randomizer.instantiate(files, size=distribution.uniform(0, 2.5))
    assert len(item.get_output_prims()["prims"]) == 3


def test_a_look_at_is_drawn_among_paths(stage, graph):
    spots = {f"/World/Spot_{i}": (float(3 * i), 4.0, 0.0) for i in range(3)}
    for path, place in spots.items():
        UsdGeom.XformCommonAPI(UsdGeom.Xform.Define(stage, path)).SetTranslate(place)
    camera = create.camera()
    with trigger.on_frame(), camera:
        modify.pose(position=(0, 0, 2), look_at=distribution.choice(list(spots)))
    picks = drawn(0)
    for frame in range(1, 5):
        graph.evaluate(Clock(frame))
        target = list(spots.values())[picks.choice(3, size=1)[0]]
        lens = next(p for p in Usd.PrimRange(camera.get_output_prims()["prims"][0]) if p.IsA(UsdGeom.Camera))
        matrix = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(lens))
        view = np.array(target) - (0, 0, 2)
        assert np.allclose(-matrix[2, :3], view / np.linalg.norm(view), atol=1e-5)


def test_searches_that_find_nothing_are_said_and_leave_things_alone(stage, graph, capsys):
    cube = create.cube(position=(1, 2, 3))
    with cube:
        modify.pose(look_at=get.prims("none"))
        randomizer.scatter_2d(get.prims("none"))
    graph.run_pending(Clock())
    prim = cube.get_output_prims()["prims"][0]
    matrix = UsdGeom.XformCache().GetLocalToWorldTransform(prim)
    assert matrix.ExtractTranslation() == (1, 2, 3) and matrix.ExtractRotationMatrix()[0] == (1, 0, 0)
    said = capsys.readouterr().err
    assert "look_at=" in said and "surface_prims holds no prims; expected meshes" in said
