from __future__ import annotations

import pytest
from pxr import Usd, UsdGeom

from engine.carb.settings import get_settings
from engine.graph.graph import Graph, get_graph
from engine.usd_context import get_context


@pytest.fixture
def stage() -> Usd.Stage:
    """A new Z-up metre stage with an empty graph and global seed 7."""
    get_graph()  # connects the graph to stage changes
    get_context().new_stage()
    get_settings().set("/omni/replicator/globalSeed", 7)
    stage = get_context().get_stage()
    assert stage is not None
    return stage


@pytest.fixture
def graph(stage: Usd.Stage) -> Graph:
    return get_graph()


def make_xforms(stage: Usd.Stage, count: int, root: str = "/World") -> list[str]:
    """Author `count` Xforms and return their paths."""
    paths = [f"{root}/Thing_{i}" for i in range(count)]
    for path in paths:
        UsdGeom.Xform.Define(stage, path)
    return paths
