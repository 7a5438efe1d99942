"""Conversion of samples to USD values, and nodes that cannot sample."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Gf

from engine.graph.attributes import typed
from engine.graph.graph import Clock, Moment
from engine.graph.node import ValueNode
from engine.graph.scatter import ScatterNode
from engine.replicator import create


@pytest.mark.parametrize(
    ("sample", "kind", "expected"),
    [
        (np.array([2.7]), "int", 2),
        (np.array([1]), "bool", True),
        (0.5, "color3f", Gf.Vec3f(0.5, 0.5, 0.5)),
        ((1, 2), "float2", Gf.Vec2f(1, 2)),
        ((1, 0, 0, 0), "quatf", Gf.Quatf(1, 0, 0, 0)),
        ("a", "token", "a"),
    ],
)
def test_samples_become_usd_values(sample, kind, expected):
    assert typed(sample, kind) == expected


def test_wrong_widths():
    with pytest.raises(ValueError, match="3 numbers were given for an attribute of type float; expected one"):
        typed((1, 2, 3), "float")
    with pytest.raises(ValueError, match="2 numbers were given for an attribute of type color3f; expected 1 or 3"):
        typed((1, 2), "color3f")


def test_base_nodes_sample_nothing(stage, graph):
    moment = Moment(stage, Clock(), 1)
    with pytest.raises(TypeError, match="draws no samples; expected a distribution node"):
        ValueNode(graph).draw(moment, 1)
    with pytest.raises(TypeError, match="samples nothing; expected a scatter node"):
        ScatterNode(graph).sampler(moment, None, None)


def test_stereo_products_are_named_by_side(stage, graph, monkeypatch):
    import engine.replicator.viewport_manager as manager

    made = []
    monkeypatch.setattr(manager, "create_render_product", lambda path, size, new, name, rv: made.append((path, name)))
    rig = create.stereo_camera(0.1)
    create.render_product(rig, (8, 8))
    assert [name for _, name in made] == ["Replicator_L", "Replicator_R"]
    with pytest.raises(ValueError, match="expected one name, or 2 names"):
        create.render_product(rig, (8, 8), name=["a"])
