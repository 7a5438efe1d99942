"""Every distribution against plain NumPy, draw by draw."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Sdf, UsdGeom

from engine.carb.settings import get_settings
from engine.graph.graph import FIRST_NODE_ID, Clock
from engine.replicator import distribution, get, modify, trigger

from .conftest import make_xforms

CLOCK = Clock()


def numpy_stream(*entropy: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(entropy))


def translations(stage, paths):
    return np.array([stage.GetPrimAtPath(p).GetAttribute("xformOp:translate").Get() for p in paths])


def posed(stage, count, make):
    """Build on_frame -> pose(position=make()) over `count` prims."""
    paths = make_xforms(stage, count)
    with trigger.on_frame(), get.prim_at_path(paths):
        item = make()
        modify.pose(position=item)
    return paths, item


def test_uniform_draws_what_numpy_draws(stage, graph):
    paths, _ = posed(stage, 4, lambda: distribution.uniform((-1, 0, 5), (1, 2, 9)))
    rng = numpy_stream(7, FIRST_NODE_ID)
    graph.initialize()
    graph.preview(CLOCK)
    assert np.array_equal(translations(stage, paths), rng.uniform((-1, 0, 5), (1, 2, 9), size=(4, 3)))
    for _ in range(3):
        graph.evaluate(CLOCK)
        assert np.array_equal(translations(stage, paths), rng.uniform((-1, 0, 5), (1, 2, 9), size=(4, 3)))


def test_uniform_takes_bounds_in_either_order(stage, graph):
    paths, _ = posed(stage, 200, lambda: distribution.uniform((3600, 400, -5), (-900, 700, -5)))
    rng = numpy_stream(7, FIRST_NODE_ID)
    graph.preview(CLOCK)
    drawn = translations(stage, paths)
    assert np.array_equal(drawn, (3600, 400, -5) + np.array((-4500, 300, 0)) * rng.random((200, 3)))
    assert (drawn.min(axis=0) >= (-900, 400, -5)).all() and (drawn.max(axis=0) <= (3600, 700, -5)).all()


def test_normal_draws_what_numpy_draws(stage, graph):
    paths, _ = posed(stage, 3, lambda: distribution.normal((0, 1, 2), (1, 1, 0.5)))
    rng = numpy_stream(7, FIRST_NODE_ID)
    graph.preview(CLOCK)
    assert np.array_equal(translations(stage, paths), rng.normal((0, 1, 2), (1, 1, 0.5), size=(3, 3)))


def test_log_uniform_is_the_exponential_of_a_uniform_draw(stage, graph):
    paths, _ = posed(stage, 50, lambda: distribution.log_uniform((0.1, 1, 1), (10, 100, 2)))
    rng = numpy_stream(7, FIRST_NODE_ID)
    graph.preview(CLOCK)
    expected = np.exp(rng.uniform(np.log([0.1, 1, 1]), np.log([10, 100, 2]), size=(50, 3)))
    assert np.array_equal(translations(stage, paths), expected)


def test_choice_draws_what_numpy_draws(stage, graph):
    choices = [(1.0, 2.0, 3.0), (4.0, 5.0, 6.0), (7.0, 8.0, 9.0)]
    paths, _ = posed(stage, 20, lambda: distribution.choice(choices, weights=[1, 2, 5]))
    rng = numpy_stream(7, FIRST_NODE_ID)
    graph.preview(CLOCK)
    expected = rng.choice(np.array(choices), axis=0, size=20, p=np.array([1, 2, 5]) / 8, replace=True)
    assert np.array_equal(translations(stage, paths), expected)


def test_choice_without_replacement(stage, graph):
    choices = [(float(i), 0.0, 0.0) for i in range(6)]
    paths, _ = posed(stage, 6, lambda: distribution.choice(choices, with_replacements=False))
    graph.preview(CLOCK)
    assert sorted(translations(stage, paths)[:, 0]) == [0, 1, 2, 3, 4, 5]


def test_choice_seed_zero_is_a_seed(stage, graph):
    choices = [(float(i), 0.0, 0.0) for i in range(9)]
    paths, _ = posed(stage, 12, lambda: distribution.choice(choices, seed=0))
    graph.preview(CLOCK)
    assert np.array_equal(translations(stage, paths), numpy_stream(0, 0).choice(np.array(choices), axis=0, size=12))


@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_seed_zero_of_uniform_and_normal_is_unset(stage, graph, kind):
    paths, _ = posed(stage, 2, lambda: getattr(distribution, kind)((0, 0, 0), (1, 1, 1), seed=0))
    graph.preview(CLOCK)
    expected = getattr(numpy_stream(7, FIRST_NODE_ID), kind)((0, 0, 0), (1, 1, 1), size=(2, 3))
    assert np.array_equal(translations(stage, paths), expected)


def test_explicit_seed_ignores_global_seed_and_creation_order(stage, graph):
    distribution.uniform(0, 1)
    paths, _ = posed(stage, 2, lambda: distribution.uniform((0, 0, 0), (1, 1, 1), seed=123))
    get_settings().set("/omni/replicator/globalSeed", 99)
    graph.preview(CLOCK)
    expected = numpy_stream(123, 0).uniform((0, 0, 0), (1, 1, 1), size=(2, 3))
    assert np.array_equal(translations(stage, paths), expected)


def test_node_id_counts_every_item_with_a_seed(stage, graph):
    distribution.uniform(0, 1, seed=5)
    distribution.choice([1, 2])
    distribution.combine([distribution.uniform(0, 1), 3.0])  # combine itself has no seed
    distribution.sequence([1, 2])
    paths, _ = posed(stage, 1, lambda: distribution.uniform((0, 0, 0), (1, 1, 1)))
    graph.preview(CLOCK)
    expected = numpy_stream(7, FIRST_NODE_ID + 4).uniform((0, 0, 0), (1, 1, 1), size=(1, 3))
    assert np.array_equal(translations(stage, paths), expected)


def test_initialize_and_a_new_global_seed_restart_the_stream(stage, graph):
    paths, _ = posed(stage, 2, lambda: distribution.uniform((0, 0, 0), (1, 1, 1)))
    graph.preview(CLOCK)
    first = translations(stage, paths)
    graph.evaluate(CLOCK)
    assert not np.array_equal(translations(stage, paths), first)
    graph.initialize()
    graph.preview(CLOCK)
    assert np.array_equal(translations(stage, paths), first)
    get_settings().set("/omni/replicator/globalSeed", 8)
    graph.evaluate(CLOCK)
    expected = numpy_stream(8, FIRST_NODE_ID).uniform((0, 0, 0), (1, 1, 1), size=(2, 3))
    assert np.array_equal(translations(stage, paths), expected)


def test_a_new_seed_of_a_node_and_a_new_global_seed_restart_an_explicit_stream(stage, graph):
    items = []

    def make():
        items.append(distribution.uniform((0, 0, 0), (1, 1, 1), seed=5))
        return items[0]

    paths, _ = posed(stage, 2, make)
    graph.preview(CLOCK)
    items[0].set_input("seed", 6)
    graph.evaluate(CLOCK)
    assert np.array_equal(translations(stage, paths), numpy_stream(6, 0).uniform((0, 0, 0), (1, 1, 1), size=(2, 3)))
    graph.evaluate(CLOCK)
    assert not np.array_equal(translations(stage, paths), numpy_stream(6, 0).uniform((0, 0, 0), (1, 1, 1), size=(2, 3)))
    get_settings().set("/omni/replicator/globalSeed", 9)
    graph.evaluate(CLOCK)
    assert np.array_equal(translations(stage, paths), numpy_stream(6, 0).uniform((0, 0, 0), (1, 1, 1), size=(2, 3)))


def test_sequence_advances_by_the_prims_it_served(stage, graph):
    items = [(float(i), 0.0, 0.0) for i in range(5)]
    paths, _ = posed(stage, 2, lambda: distribution.sequence(items))
    seen = []
    for _ in range(3):
        graph.evaluate(CLOCK)
        seen += translations(stage, paths)[:, 0].tolist()
    assert seen == [0, 1, 2, 3, 4, 0]
    graph.initialize()
    graph.preview(CLOCK)
    assert translations(stage, paths)[:, 0].tolist() == [0, 1]


def test_sequence_stride(stage, graph):
    items = [(float(i), 0.0, 0.0) for i in range(5)]
    paths, _ = posed(stage, 2, lambda: distribution.sequence(items, stride=1))
    graph.evaluate(CLOCK)
    graph.evaluate(CLOCK)
    assert translations(stage, paths)[:, 0].tolist() == [1, 2]


def test_unordered_sequence_is_a_numpy_shuffle_a_round(stage, graph):
    items = [(float(i), 0.0, 0.0) for i in range(4)]
    paths, _ = posed(stage, 1, lambda: distribution.sequence(items, ordered=False))
    rng = numpy_stream(7, FIRST_NODE_ID)
    expected = np.concatenate([rng.permutation(4), rng.permutation(4)])
    seen = []
    for _ in range(8):
        graph.evaluate(CLOCK)
        seen.append(translations(stage, paths)[0, 0])
    assert seen == expected.tolist()


def test_combine_puts_columns_side_by_side(stage, graph):
    parts = lambda: distribution.combine([distribution.uniform(0, 1), 5, distribution.normal(0, 1)])  # noqa: E731
    paths, _ = posed(stage, 3, parts)
    graph.preview(CLOCK)
    got = translations(stage, paths)
    assert np.array_equal(got[:, 0], numpy_stream(7, FIRST_NODE_ID).uniform(0, 1, size=(3, 1))[:, 0])
    assert np.array_equal(got[:, 1], [5, 5, 5])
    assert np.array_equal(got[:, 2], numpy_stream(7, FIRST_NODE_ID + 1).normal(0, 1, size=(3, 1))[:, 0])


def test_named_draws_are_published(stage, graph):
    paths, _ = posed(stage, 3, lambda: distribution.uniform((0, 0, 0), (1, 1, 1), name="where"))
    graph.preview(CLOCK)
    assert np.array_equal(graph.distribution_outputs["where"], translations(stage, paths))


def test_num_samples_without_prims(stage, graph):
    from engine.graph.graph import Moment

    item = distribution.uniform(0, 1, num_samples=5)
    assert item.node.draw(Moment(stage, CLOCK, 1), 1).shape == (5, 1)


def test_two_consumers_share_one_draw(stage, graph):
    first, second = make_xforms(stage, 2), make_xforms(stage, 3, "/Other")
    with trigger.on_frame():
        item = distribution.uniform((0, 0, 0), (1, 1, 1))
        modify.pose(position=item, input_prims=first)
        modify.pose(position=item, input_prims=second)
    graph.preview(CLOCK)
    expected = numpy_stream(7, FIRST_NODE_ID).uniform((0, 0, 0), (1, 1, 1), size=(3, 3))
    assert np.array_equal(translations(stage, second), expected)
    assert np.array_equal(translations(stage, first), expected[:2])


def test_attribute_values_are_choices(stage, graph):
    prim = stage.DefinePrim("/World/Light", "SphereLight")
    with trigger.on_frame(), get.prim_at_path("/World/Light"):
        modify.attribute("intensity", [1.0, 2.0, 4.0, 8.0])
    rng = numpy_stream(7, FIRST_NODE_ID)
    for _ in range(6):
        graph.evaluate(CLOCK)
        assert prim.GetAttribute("inputs:intensity").Get() == rng.choice([1.0, 2.0, 4.0, 8.0], size=1)[0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: distribution.uniform("a", 1),
            TypeError,
            "distribution.uniform: lower='a' was given; expected a number",
        ),
        (lambda: distribution.uniform((0, 0), (1, 1, 1)), ValueError, "expected equal lengths"),
        (lambda: distribution.uniform(float("nan"), 1), ValueError, "expected a finite number or a flat vector"),
        (
            lambda: distribution.uniform(0, 1, num_samples=0),
            ValueError,
            "num_samples=0 was given; expected a number not",
        ),
        (lambda: distribution.uniform(0, 1, seed=1.5), TypeError, "seed=1.5 was given; expected a whole number"),
        (lambda: distribution.normal(0, -1), ValueError, "std=-1 was given; expected numbers not below 0"),
        (lambda: distribution.log_uniform(0, 1), ValueError, "lower=0 was given; expected numbers above 0"),
        (lambda: distribution.choice([]), ValueError, "choices=.. was given; expected a list with at least one entry"),
        (lambda: distribution.choice("abc"), TypeError, "choices='abc' was given; expected a list"),
        (lambda: distribution.choice([1, 2], weights=[1, -1]), ValueError, "expected 2 numbers not below 0"),
        (lambda: distribution.sequence(3), TypeError, "items=3 was given; expected a list"),
        (lambda: distribution.sequence([1], stride=-1), ValueError, "stride=-1 was given"),
        (lambda: distribution.combine(["x"]), TypeError, "expected distributions and numbers"),
    ],
)
def test_bad_arguments(stage, call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_prims_are_posed_through_standard_ops(stage, graph):
    paths, _ = posed(stage, 1, lambda: distribution.uniform((0, 0, 0), (1, 1, 1)))
    graph.preview(CLOCK)
    prim = stage.GetPrimAtPath(paths[0])
    assert prim.GetAttribute("xformOp:translate").GetTypeName() == Sdf.ValueTypeNames.Double3
    assert list(UsdGeom.Xformable(prim).GetXformOpOrderAttr().Get()) == [
        "xformOp:translate",
        "xformOp:rotateXYZ",
        "xformOp:scale",
    ]


def test_weights_that_do_not_fit_make_all_odds_equal(stage, capsys):
    node = distribution.choice(["a", "b"], weights=[1, 0, 0], seed=3).node
    assert node.inputs["weights"] is None
    assert "weights=[1, 0, 0] was given for 2 choices; expected one a choice" in capsys.readouterr().err
