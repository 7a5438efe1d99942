"""Tiled render products: one image whose tiles are what each camera alone gives."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Usd

import engine.replicator as rep
from engine.replicator.viewport_manager import tile_grid
from tests.replicator.small_stage import floor_with_boxes

TILE = (32, 24)
IMAGES = ("distance_to_camera", "semantic_segmentation", "normals", "motion_vectors", "instance_id_segmentation_fast")


def cameras(count: int) -> list[str]:
    made = [
        rep.functional.create.camera(position=(2.0 * i, 0.5 * i, 8 + i), clipping_range=(0.1, 100), name=f"Eye{i}")
        for i in range(count)
    ]
    return [str(prim.GetPath()) for prim in made]


@pytest.mark.parametrize(
    ("count", "grid"), [(1, (1, 1)), (2, (2, 1)), (3, (2, 2)), (4, (2, 2)), (5, (3, 2)), (7, (3, 3)), (12, (4, 3))]
)
def test_the_grid_is_isaac_sims(count: int, grid: tuple[int, int]) -> None:
    assert tile_grid(count) == grid


def test_the_prim_names_all_cameras(stage: Usd.Stage) -> None:
    paths = cameras(3)
    product = rep.create.render_product_tiled(paths, TILE)
    prim = stage.GetPrimAtPath(product.path)
    assert [str(p) for p in prim.GetRelationship("camera").GetTargets()] == paths
    assert tuple(prim.GetAttribute("resolution").Get()) == (64, 48) == product.resolution
    assert rep.create.render_product_tiled(paths, TILE) is product
    assert rep.create.render_product_tiled(paths, TILE, force_new=True) is not product
    assert rep.create.render_product_tiled(paths, TILE, name="grid").name == "grid"
    assert rep.create.render_product(paths[0], (64, 48)) is not product


@pytest.mark.parametrize("count", [2, 3, 5])
def test_each_tile_is_what_its_camera_sees(count: int) -> None:
    floor_with_boxes()
    paths = cameras(count)
    tiled = rep.create.render_product_tiled(cameras=paths, tile_resolution=TILE)
    alone = [rep.create.render_product(path, TILE, force_new=True) for path in paths]
    whole, parts = {}, {}
    for name in IMAGES:
        whole[name] = rep.annotators.get(name).attach(tiled)
        parts[name] = [rep.annotators.get(name).attach(product) for product in alone]
    rep.orchestrator.step()
    for path in paths:
        rep.functional.modify.position(path, (1.0, 0.0, 9.0))
    rep.orchestrator.step(delta_time=0)
    columns = tile_grid(count)[0]
    for name in IMAGES:
        image = _array(whole[name].get_data())
        assert image.shape[:2] == (tile_grid(count)[1] * TILE[1], columns * TILE[0])
        for i, annotator in enumerate(parts[name]):
            y, x = i // columns * TILE[1], i % columns * TILE[0]
            wanted = _array(annotator.get_data())
            assert np.array_equal(image[y : y + TILE[1], x : x + TILE[0]], wanted), (name, i)
    assert np.abs(_array(whole["motion_vectors"].get_data())).max() > 0.5
    if columns * tile_grid(count)[1] > count:
        assert np.isinf(_array(whole["distance_to_camera"].get_data())[-1, -1])


def _array(data: object) -> np.ndarray:
    return data["data"] if isinstance(data, dict) else data  # type: ignore[return-value]


def test_boxes_and_points_are_those_of_all_tiles() -> None:
    floor_with_boxes()
    paths = cameras(2)
    tiled = rep.create.render_product_tiled(paths, TILE)
    alone = [rep.create.render_product(path, TILE, force_new=True) for path in paths]
    box = rep.annotators.get("bounding_box_2d_tight").attach(tiled)
    boxes = [rep.annotators.get("bounding_box_2d_tight").attach(product) for product in alone]
    cloud = rep.annotators.get("pointcloud").attach(tiled)
    clouds = [rep.annotators.get("pointcloud").attach(product) for product in alone]
    rep.orchestrator.step()
    first, second = (b.get_data()["data"].copy() for b in boxes)
    for field in ("x_min", "x_max"):
        second[field] += TILE[0]
    assert len(first) and len(second)
    assert np.array_equal(box.get_data()["data"], np.concatenate([first, second]))
    found, wanted = (cloud.get_data()["data"], np.concatenate([c.get_data()["data"] for c in clouds]))
    assert len(found) == len(wanted) > 50
    assert np.allclose(np.sort(found, axis=0), np.sort(wanted, axis=0))


def test_what_is_of_one_camera_is_refused_by_name() -> None:
    floor_with_boxes()
    product = rep.create.render_product_tiled(cameras(2), TILE)
    rep.annotators.get("camera_params").attach(product)
    with pytest.raises(
        ValueError, match=r"annotator 'camera_params' is of one camera.*shows 2; expected rep.create.rend"
    ):
        rep.orchestrator.step()


def test_writers_write_the_whole_image(tmp_path: object) -> None:
    floor_with_boxes()
    product = rep.create.render_product_tiled(cameras(3), TILE)
    writer = rep.WriterRegistry.get("BasicWriter", {"output_dir": str(tmp_path), "distance_to_camera": True})
    writer.attach(product)
    rep.orchestrator.step()
    rep.orchestrator.wait_until_complete()
    assert np.load(f"{tmp_path}/distance_to_camera_0000.npy").shape == (48, 64)
