"""Memory stays flat over frames that each bring new meshes, materials and textures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import mitsuba as mi

from engine.render.cache import BoundedCache
from engine.render.mitsuba_meshes import ShapeStore
from tests.render.color_scenes import WHITE, at, camera, item, looking, quad, radiance

ROOT = Path(__file__).resolve().parents[2]


def test_200_frames_of_new_assets_do_not_grow(tmp_path: Path) -> None:
    """Each frame brings 1.6 MB of new textures and meshes: a leak of one in ten would show as 30 MB."""
    command = [sys.executable, "-m", "tests.render.memory_levels", str(tmp_path), "200"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    levels = json.loads(done.stdout.splitlines()[-1])
    assert len(levels) == 200
    assert max(levels[-20:]) - max(levels[60:80]) < 15.0, levels[::20]


def test_a_cache_keeps_what_recent_frames_used_and_lets_the_oldest_go() -> None:
    cache: BoundedCache[str] = BoundedCache(10)
    for name in "abc":
        cache.begin_frame()
        assert cache.get(name, lambda name=name: (name, 6)) == name
    assert len(cache) == 2 and cache.bytes_held == 12  # what the last two frames used stays, though it is too much
    cache.begin_frame()
    assert len(cache) == 1 and cache.bytes_held == 6
    assert cache.get("c", lambda: ("built again", 6)) == "c"
    assert cache.get("a", lambda: ("built again", 6)) == "built again"


def test_instances_follow_a_group_that_was_let_go_and_built_again() -> None:
    """Frames whose emitters are hidden use no groups: these age away meanwhile, and Mitsuba finds no key for them."""
    one = item(quad(), at(0, 0, 0), WHITE)
    radiance([one], [], camera(looking((0, 0, 2), (0, 0, 0), (0, 1, 0)), 4, 4), samples=1)  # chooses Mitsuba's variant
    store = ShapeStore(limit_bytes=1)
    for hidden in (False, True, True, True, False):
        store.begin_frame()
        shapes = store.hidden(one) if hidden else store.instanced([one])
        properties = mi.Properties("scene")
        for number, shape in enumerate(shapes):
            properties[f"object_{number}"] = shape
        assert mi.PluginManager.instance().create_object(properties) is not None
