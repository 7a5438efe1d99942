"""rep.functional.randomizer: places lie where they should, and draws come from the generator given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pxr import Usd, UsdGeom
from scipy import stats

from engine.carb.settings import get_settings
from engine.replicator.functional import create, create_batch, randomizer
from engine.replicator.rng import ReplicatorRNG

Generator = np.random.default_rng


def places(prims: list[Usd.Prim]) -> np.ndarray:
    cache = UsdGeom.XformCache()
    return np.array([cache.GetLocalToWorldTransform(p).ExtractTranslation() for p in prims])


def colors(prims: list[Usd.Prim]) -> np.ndarray:
    return np.array([UsdGeom.Gprim(p).GetDisplayColorAttr().Get()[0] for p in prims])


def test_scattered_prims_lie_on_the_surface_uniformly() -> None:
    plane = create.plane(position=(1, 2, 3), scale=(4, 2, 1))
    prims = create_batch.xform(count=400)
    randomizer.scatter_2d(prims, plane, offset=0.5, rng=Generator(1))
    found = places(prims)
    np.testing.assert_allclose(found[:, 2], 3.5, atol=1e-6)
    for axis, low, size in ((0, -1, 4), (1, 1, 2)):
        assert stats.kstest(found[:, axis], stats.uniform(low, size).cdf).pvalue > 0.01


def test_larger_surfaces_get_more_prims() -> None:
    small, large = create.plane(position=(0, 0, 0)), create.plane(position=(0, 0, 10), scale=(3, 1, 1))
    prims = create_batch.xform(count=400)
    randomizer.scatter_2d(prims, [small, large], rng=Generator(2))
    on_large = int((places(prims)[:, 2] > 5).sum())
    assert stats.binomtest(on_large, 400, 0.75).pvalue > 0.01


def test_parents_do_not_matter() -> None:
    plane, parent = create.plane(scale=5), create.xform(position=(3, 0, 0), rotation=(0, 90, 0), scale=2)
    prims = create_batch.xform(count=5, parent=parent)
    randomizer.scatter_2d(prims, plane, rng=Generator(3))
    np.testing.assert_allclose(places(prims)[:, 2], 0.0, atol=1e-6)


def test_boxes_keep_apart() -> None:
    plane, wall = create.plane(scale=10), create.cube(scale=(4, 4, 1))
    prims = create_batch.cube(count=12, scale=0.8)
    randomizer.scatter_2d(prims, plane, no_collision_prims=wall, check_for_collisions=True, rng=Generator(4))
    found = places(prims)[:, :2]
    for i, a in enumerate(found):
        assert (np.abs(a) > 2.4 - 1e-9).any()  # half the wall and half the box
        for b in found[:i]:
            assert (np.abs(a - b) > 0.8 - 1e-9).any()


def test_extents_bound_the_places() -> None:
    prims = create_batch.xform(count=50)
    randomizer.scatter_2d(prims, create.plane(scale=10), extents=((0, -1, None), (2, 1, None)), rng=Generator(5))
    found = places(prims)
    assert (found[:, 0] >= 0).all() and (found[:, 0] <= 2).all() and (np.abs(found[:, 1]) <= 1).all()


def test_no_room_is_an_error() -> None:
    prims = create_batch.cube(count=3, scale=2)
    with pytest.raises(ValueError, match=r"10000|10,000|no place"):
        randomizer.scatter_2d(prims, create.plane(scale=2), check_for_collisions=True, rng=Generator(6))


def test_prims_fill_volumes() -> None:
    sphere, hole = create.sphere(scale=2), create.cube(scale=0.5)
    prims = create_batch.xform(count=200)
    randomizer.scatter_3d(prims, sphere, volume_excl_prims=hole, rng=Generator(7))
    found = places(prims)
    radius = np.linalg.norm(found, axis=1)
    assert radius.max() <= 1.0 + 1e-6 and (np.abs(found).max(axis=1) > 0.25 - 1e-9).all()
    wanted = 0.5**3 * 4 / 3 * np.pi - 0.5**3
    share = wanted / (4 / 3 * np.pi - 0.5**3)
    assert stats.binomtest(int((radius < 0.5).sum()), 200, share).pvalue > 0.01


@pytest.mark.parametrize(("once", "share"), [(True, 1 / 3), (False, 1 / 2)])
def test_overlapping_volumes_count_once_unless_told_otherwise(once: bool, share: float) -> None:
    boxes = [create.cube(scale=(2, 1, 1)), create.cube(scale=(2, 1, 1), position=(1, 0, 0))]  # x from -1 to 1, 0 to 2
    prims = create_batch.xform(count=300)
    randomizer.scatter_3d(prims, boxes, prevent_vol_overlap=once, rng=Generator(9))
    x = places(prims)[:, 0]
    assert x.min() >= -1 and x.max() <= 2
    assert stats.binomtest(int(((x > 0) & (x < 1)).sum()), 300, share).pvalue > 0.01


def test_a_box_of_extents_can_be_filled() -> None:
    prims = create_batch.xform(count=10)
    randomizer.scatter_3d(prims, extents=((1, 2, 3), (2, 3, 4)), rng=Generator(8))
    np.testing.assert_array_equal(places(prims), Generator(8).uniform((1, 2, 3), (2, 3, 4), (10, 3)))


def test_colors_are_uniform_draws() -> None:
    prims = create_batch.cube(count=4)
    rng = ReplicatorRNG(seed=11)
    randomizer.display_color(prims, rng=rng)
    wanted = np.random.default_rng(np.random.SeedSequence((11, 0)))
    np.testing.assert_allclose(colors(prims), wanted.uniform(0, 1, (4, 3)).astype(np.float32))
    randomizer.display_color(prims, rng=rng)
    np.testing.assert_allclose(colors(prims), wanted.uniform(0, 1, (4, 3)).astype(np.float32))


def test_what_lies_below_one_prim_gets_one_color() -> None:
    parent = create.xform()
    below = [create.cube(parent=parent), create.sphere(parent=parent)]
    randomizer.display_color(parent, rng=Generator(0))
    assert (colors(below)[0] == colors(below)[1]).all()


def test_without_a_generator_the_global_seed_decides_and_the_stream_goes_on() -> None:
    prims = create_batch.cube(count=2)
    randomizer.display_color(prims)
    first = colors(prims)
    stream = np.random.default_rng(np.random.SeedSequence((42, 0)))
    np.testing.assert_allclose(first, stream.uniform(0, 1, (2, 3)).astype(np.float32))
    randomizer.display_color(prims)
    np.testing.assert_allclose(colors(prims), stream.uniform(0, 1, (2, 3)).astype(np.float32))
    get_settings().set("/omni/replicator/globalSeed", 7)
    randomizer.display_color(prims)
    assert not np.allclose(first, colors(prims))


def test_replicator_rng_is_numpys_stream() -> None:
    rng = ReplicatorRNG(seed=3)
    wanted = np.random.default_rng(np.random.SeedSequence((3, 0)))
    assert isinstance(rng.generator, np.random.Generator)
    np.testing.assert_array_equal(rng.generator.uniform(size=5), wanted.uniform(size=5))
    unseeded = np.random.default_rng(np.random.SeedSequence((42, 0)))
    np.testing.assert_array_equal(ReplicatorRNG().generator.normal(size=5), unseeded.normal(size=5))


MISTAKES: list[tuple[Any, type[Exception], str]] = [
    (lambda p, s: randomizer.scatter_2d(p, s, rng=3), TypeError, r"rng=3 was given; expected a rep.rng.ReplicatorRNG"),
    (lambda p, s: randomizer.scatter_2d(p, s, extents=(1, 2)), ValueError, r"extents=\(1, 2\) was given; expected two c"),
    (lambda p, s: randomizer.scatter_2d(p, s, extents=((1, 1, 1), (0, 2, 2))), ValueError, r"expected two corners of th"),
    (lambda p, s: randomizer.scatter_2d(p, p), ValueError, r"surface_prims='/Xform' was given; expected prims that are"),
    (lambda p, s: randomizer.scatter_2d(p, s, offset="x"), TypeError, r"offset='x' was given; expected a number"),
    (lambda p, s: randomizer.scatter_3d(p), ValueError, r"volume_prims=None was given; expected closed meshes, or ext"),
    (lambda p, s: randomizer.scatter_3d(p, s, resolution_scaling=-1), ValueError, r"resolution_scaling=-1 was given"),
    (lambda p, s: randomizer.display_color("/No"), ValueError, r"prims='/No' was given; expected a prim on the stage"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "text"), MISTAKES, ids=range(len(MISTAKES)))
def test_mistakes_are_named(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call(create.xform(), create.plane())
