"""Trees and cached values that no frame used for long are forgotten, whatever room there is."""

from __future__ import annotations

import numpy as np

from engine.render import cache, hits
from engine.stage.scene import Mesh


def mesh(key: str) -> Mesh:
    return Mesh(key, np.zeros((3, 3), np.float32), np.array([[0, 1, 2]], np.int32))


def test_trees_go_after_some_frames_without_use() -> None:
    made: list[str] = []
    trees = hits.KeptTrees(lambda item: made.append(item.key) or item.key)
    for frame in range(3 * hits.KEPT_FRAMES):
        trees.begin_frame()
        assert trees[mesh("always")] == "always" and trees[mesh(f"new {frame}")] == f"new {frame}"
        assert len(trees) <= hits.KEPT_FRAMES + 2
    assert made.count("always") == 1 and len(trees) == hits.KEPT_FRAMES + 2


def test_cached_values_go_after_some_frames_without_use() -> None:
    held: cache.BoundedCache[str] = cache.BoundedCache(10**9)
    for frame in range(3 * cache.KEPT_FRAMES):
        held.begin_frame()
        assert held.get("always", lambda: ("always", 10)) == "always"
        held.get(frame, lambda: ("new", 10))
    assert len(held) == cache.KEPT_FRAMES + 2 and held.bytes_held == 10 * len(held)
