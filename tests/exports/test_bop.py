"""BOP: poses by hand and by projection, counts and boxes from pixels, tar shards by webdataset."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import webdataset
from numpy.typing import NDArray

from writers.exports import export
from writers.exports.bop_labels import VARIANTS, Models
from writers.exports.masks import run_lengths
from writers.exports.solids import Solid, solid_of
from writers.shards.plan import Plan

from .worlds import Eye, StandIn, draw, image, objects_of, one_cube, placed, several


def table(folder: Path, name: str, scene: str = "000000") -> dict[int, Any]:
    return {int(k): v for k, v in json.loads((folder / "train_pbr" / scene / f"{name}.json").read_text()).items()}


def pixels_of(camera: dict[str, Any], pose: dict[str, Any], model: dict[str, float]) -> NDArray[np.float64]:
    """Project the corners of a model's box as the format says: s p = K (R p_m + t)."""
    size = np.array([model[f"size_{axis}"] for axis in "xyz"])
    low = np.array([model[f"min_{axis}"] for axis in "xyz"])
    corners = low + size * np.array([[k >> 2 & 1, k >> 1 & 1, k & 1] for k in range(8)])
    rotation = np.array(pose["cam_R_m2c"]).reshape(3, 3)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(rotation) == pytest.approx(1)
    points = corners @ rotation.T + pose["cam_t_m2c"]
    found = points @ np.array(camera["cam_K"]).reshape(3, 3).T
    return found[:, :2] / found[:, 2:]


def test_a_cube_before_a_level_camera_has_the_numbers_had_by_hand(tmp_path: Path) -> None:
    counts = export("bop", one_cube(), tmp_path / "out")
    assert counts == {"scenes": 1, "images": 1, "objects": 1, "models": 1}
    (pose,) = table(tmp_path / "out", "scene_gt")[0]
    assert pose["obj_id"] == 1
    assert pose["cam_t_m2c"] == pytest.approx([0, 0, 4000])
    assert pose["cam_R_m2c"] == pytest.approx([1, 0, 0, 0, 0, -1, 0, 1, 0])  # x right, y away, z up
    camera = table(tmp_path / "out", "scene_camera")[0]
    assert camera["cam_K"] == [100, 0, 100, 0, 100, 75, 0, 0, 1] and camera["depth_scale"] == pytest.approx(0.5)
    assert camera["cam_R_w2c"] == pytest.approx([1, 0, 0, 0, 0, -1, 0, 1, 0])
    assert camera["cam_t_w2c"] == pytest.approx([0, 500, 4000])
    (info,) = table(tmp_path / "out", "scene_gt_info")[0]
    assert info == {
        "bbox_obj": [85, 60, 29, 29],
        "bbox_visib": [86, 61, 27, 27],
        "px_count_all": 784,
        "px_count_valid": 784,
        "px_count_visib": 784,
        "visib_fract": 1.0,
    }
    models = json.loads((tmp_path / "out" / "models" / "models_info.json").read_text())
    assert models["1"]["diameter"] == pytest.approx(1000 * np.sqrt(3))
    assert [models["1"][k] for k in ("min_x", "min_y", "min_z", "size_x", "size_y", "size_z")] == [-500] * 3 + [
        1000
    ] * 3
    depth = image((tmp_path / "out" / "train_pbr" / "000000" / "depth" / "000000.png").read_bytes())
    assert depth.dtype == np.uint16 and depth[75, 100] * camera["depth_scale"] == 3500.0  # millimetres
    sensor = json.loads((tmp_path / "out" / "camera.json").read_text())
    assert sensor == {"cx": 100, "cy": 75, "depth_scale": 0.5, "fx": 100, "fy": 100, "height": 150, "width": 200}


def test_projected_models_have_the_loose_boxes_and_masks_the_pixels(tmp_path: Path) -> None:
    dataset = several()
    export("bop", dataset, tmp_path / "out", objects="model")
    scene = tmp_path / "out" / "train_pbr" / "000000"
    cameras, poses, infos = (table(tmp_path / "out", name) for name in ("scene_camera", "scene_gt", "scene_gt_info"))
    models = {int(k): v for k, v in json.loads((tmp_path / "out" / "models" / "models_info.json").read_text()).items()}
    assert sorted(models) == [1000, 1001, 2000, 3000, 3001]  # two sizes of crates and of tiles
    assert sorted(cameras) == sorted(poses) == sorted(infos) == [0, 1, 2, 3] and poses[1] == []
    checked = 0
    for number, row in enumerate(dataset.rows):
        ids, depth = image(row.members["instance.png"]), image(row.members["depth.png"])
        assert (scene / "rgb" / f"{number:06d}.png").read_bytes() == row.members["rgb.png"]
        for place, (item, pose, info) in enumerate(zip(objects_of(row), poses[number], infos[number], strict=True)):
            assert pose["obj_id"] // VARIANTS == dataset.classes.index(item["class"]) + 1
            found = pixels_of(cameras[number], pose, models[pose["obj_id"]])
            x, y, width, height = item["loose_box"]
            assert np.floor(found.min(axis=0) + 1e-3).tolist() == [x, y]
            assert np.ceil(found.max(axis=0) - 1e-3).tolist() == [x + width, y + height]
            assert info["bbox_obj"] == [x, y, width - 1, height - 1]
            mask = image((scene / "mask_visib" / f"{number:06d}_{place:06d}.png").read_bytes())
            np.testing.assert_array_equal(mask, np.where(ids == item["id"], 255, 0))
            assert info["px_count_visib"] == (mask > 0).sum()
            assert info["visib_fract"] == pytest.approx(item["visible_fraction"], abs=2e-3)
            assert info["px_count_all"] == round(info["px_count_visib"] / item["visible_fraction"])
            assert info["px_count_valid"] == info["px_count_all"] - ((mask > 0) & (depth == 0)).sum()
            checked += 1
    assert checked == 15


def test_classes_of_several_sizes_have_no_model_box(tmp_path: Path) -> None:
    export("bop", several(), tmp_path / "out")
    models = json.loads((tmp_path / "out" / "models" / "models_info.json").read_text())
    assert list(models) == ["2"]
    assert {pose["obj_id"] for poses in table(tmp_path / "out", "scene_gt").values() for pose in poses} == {1, 2, 3}
    assert "- 3: tile" in (tmp_path / "out" / "dataset_info.md").read_text()


def test_scenes_hold_a_thousand_images(tmp_path: Path) -> None:
    eye = Eye((0.0, -4.0, 0.5), (0.0, 0.0, 0.5), focal=5, size=(10, 8))
    tiny = draw("000000000", 0, [placed("crate", (1, 1, 1), 0, 0)], eye)
    rows = []
    for frame in (5, 6, 1004, 1005):
        about = json.loads(tiny.members["json"])
        about["frame"] = frame
        rows.append(type(tiny)(f"{frame:09d}", {**tiny.members, "json": json.dumps(about).encode()}))
    counts = export("bop", StandIn(rows, Plan({}, 5, 1001, 8)), tmp_path / "out", part="train")
    assert counts["scenes"] == 2
    found = sorted(path.relative_to(tmp_path / "out" / "train").as_posix() for path in tmp_path.rglob("rgb/*"))
    assert found == ["000000/rgb/000000.png", "000000/rgb/000001.png", "000000/rgb/000999.png", "000001/rgb/000000.png"]


def test_without_images_there_is_only_json(tmp_path: Path) -> None:
    export("bop", several(), tmp_path / "out", images="none")
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".json", ".md"}


def test_webdataset_reads_the_shards_and_the_key_file_finds_them(tmp_path: Path) -> None:
    dataset = several()
    counts = export("bop_webdataset", dataset, tmp_path / "out", shard_images=3)
    assert counts == {"shards": 2, "images": 4, "objects": 15, "models": 1}
    export("bop", dataset, tmp_path / "scenes")
    places = json.loads((tmp_path / "out" / "key_to_shard.json").read_text())
    assert places == {"000000_000000": 0, "000000_000001": 0, "000000_000002": 0, "000000_000003": 1}
    urls = [str(tmp_path / "out" / f"shard-{number:06d}.tar") for number in range(2)]
    rows = list(webdataset.WebDataset(urls, shardshuffle=False))
    assert [row["__key__"] for row in rows] == list(places)
    for number, (row, sample) in enumerate(zip(rows, dataset.rows, strict=True)):
        names = {name for name in row if not name.startswith("__")}
        assert names == {"rgb.png", "depth.png", "camera.json", "gt.json", "gt_info.json", "mask_visib.json"}
        assert row["rgb.png"] == sample.members["rgb.png"] and row["depth.png"] == sample.members["depth.png"]
        for member, name in (
            ("camera.json", "scene_camera"),
            ("gt.json", "scene_gt"),
            ("gt_info.json", "scene_gt_info"),
        ):
            assert json.loads(row[member]) == table(tmp_path / "scenes", name)[number]
        ids, masks = image(sample.members["instance.png"]), json.loads(row["mask_visib.json"])
        assert list(masks) == [str(place) for place in range(len(objects_of(sample)))]
        for item, run in zip(objects_of(sample), masks.values(), strict=True):
            np.testing.assert_array_equal(unrolled(run), ids == item["id"])


def unrolled(run: dict[str, Any]) -> NDArray[np.bool_]:
    """Draw plain run lengths: column by column, background first."""
    values = np.arange(len(run["counts"])) % 2 == 1
    return np.repeat(values, run["counts"]).reshape(run["size"], order="F")


@pytest.mark.parametrize("seed", range(4))
def test_run_lengths_draw_their_mask(seed: int) -> None:
    mask = (np.random.default_rng(seed).random((7, 5)) < 0.5).astype(np.uint8)
    mask[0, 0] = mask[-1, -1] = seed % 2
    np.testing.assert_array_equal(unrolled(run_lengths(mask)), mask > 0)


def test_tars_have_fixed_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        export("bop_webdataset", several(), tmp_path / name)
    assert (tmp_path / "a" / "shard-000000.tar").read_bytes() == (tmp_path / "b" / "shard-000000.tar").read_bytes()


def test_scaled_sheared_and_mirrored_frames_give_a_rotation_and_the_size() -> None:
    camera = Eye((0.0, -4.0, 0.5), (0.0, 0.0, 0.5)).describe()
    local = placed("crate", (1, 1, 1), 0.3, 0.2, z=0.1, yaw=33).world_from_local
    scaled = local @ np.diag([2.0, 0.5, 1.0, 1.0])
    solid = solid_of({"min": [0, 0, 0], "max": [1, 1, 1], "world_from_local": scaled.tolist()}, camera)
    assert solid.size == pytest.approx([2, 0.5, 1])
    corners = np.array([[x, y, z, 1] for x in (0, 1) for y in (0, 1) for z in (0, 1)]) @ scaled.T
    seen = corners @ np.array(camera["camera_from_world"]).T @ np.diag([1, -1, -1, 1])
    np.testing.assert_allclose(solid.corners(), seen[:, :3], atol=1e-12)
    mirrored = local @ np.diag([-1.0, 1.0, 1.0, 1.0])
    turned = solid_of({"min": [0, 0, 0], "max": [1, 1, 1], "world_from_local": mirrored.tolist()}, camera)
    assert np.linalg.det(turned.rotation) == pytest.approx(1)
    both = [
        np.array(sorted(np.round(each, 9).tolist()))
        for each in (
            turned.corners(),
            (
                np.array([[x, y, z, 1] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
                @ mirrored.T
                @ np.array(camera["camera_from_world"]).T
                @ np.diag([1, -1, -1, 1])
            )[:, :3],
        )
    ]
    np.testing.assert_allclose(*both, atol=1e-8)
    shear = local @ np.array([[1, 0.1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])
    near = solid_of({"min": [0, 0, 0], "max": [1, 1, 1], "world_from_local": shear.tolist()}, camera)
    np.testing.assert_allclose(near.rotation @ near.rotation.T, np.eye(3), atol=1e-12)


def test_units_of_the_stage_become_millimetres(tmp_path: Path) -> None:
    """The cube again, in a stage of centimetres."""
    dataset = one_cube()
    about = json.loads(dataset.rows[0].members["json"])
    camera, box = about["camera"], about["objects"][0]["box_3d"]
    camera["meters_per_unit"] = 0.01
    for matrix in (camera["camera_from_world"], box["world_from_local"]):
        for row in matrix[:3]:
            row[3] *= 100
    box["min"], box["max"] = [v * 100 for v in box["min"]], [v * 100 for v in box["max"]]
    dataset.rows[0].members["json"] = json.dumps(about).encode()
    export("bop", dataset, tmp_path / "out")
    export("bop", one_cube(), tmp_path / "metres")
    for name in ("scene_gt", "scene_camera"):
        a, b = (json.dumps(table(tmp_path / folder, name)) for folder in ("out", "metres"))
        assert json.loads(a, parse_float=lambda v: round(float(v), 6)) == json.loads(
            b, parse_float=lambda v: round(float(v), 6)
        )


def test_more_sizes_than_can_be_numbered_and_bad_choices_are_refused(tmp_path: Path) -> None:
    models = Models("model")
    solids = [Solid(np.eye(3), np.zeros(3), np.full(3, 0.1 + 0.001 * n)) for n in range(VARIANTS + 1)]
    numbers = [models.number("cow", 4, solid) for solid in solids[:VARIANTS]]
    assert numbers == list(range(4000, 5000)) and models.number("cow", 4, solids[7]) == 4007
    with pytest.raises(ValueError, match="class 'cow' has more than 1000 sizes; export with --objects class"):
        models.number("cow", 4, solids[VARIANTS])
    with pytest.raises(ValueError, match="objects is 'mesh'; expected class or model"):
        export("bop", one_cube(), tmp_path / "out", objects="mesh")
    with pytest.raises(ValueError, match="shard_images is 1001; expected 1 to 1000"):
        export("bop_webdataset", one_cube(), tmp_path / "out", shard_images=1001)
