"""A dataset as the public readers see it: webdataset, pycocotools, OpenCV."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import omni.replicator.core as rep
import omni.usd
import pytest
import webdataset
from numpy.typing import NDArray
from pycocotools.coco import COCO

from scenes.limits import OUTPUT_NAMES
from writers.dataset import KNOWN, make_annotators

from .conftest import Studio, small

ALL = ["rgb", "depth", "normals", "flow", "semantic", "instance", "boxes"]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    studio = Studio(tmp_path_factory.mktemp("readers"))
    return studio.make(small(outputs=ALL, frames=4, resolution=[96, 64]))


def rows(dataset: Path) -> list[dict[str, Any]]:
    urls = [str(path) for path in sorted((dataset / "shards").glob("*.tar"))]
    found = list(webdataset.WebDataset(urls, shardshuffle=False))
    assert len(found) == 4
    return found


def image(data: bytes) -> NDArray[Any]:
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    return decoded


def test_webdataset_finds_every_member_of_every_sample(dataset: Path) -> None:
    names = {"rgb.png", "depth.png", "normals.png", "flow.npy", "semantic.png", "instance.png", "json"}
    for number, row in enumerate(rows(dataset)):
        assert row["__key__"] == f"{number:09d}"
        assert {name for name in row if not name.startswith("__")} == names
        assert image(row["rgb.png"]).shape == (64, 96, 3)
        for name in ("depth.png", "semantic.png", "instance.png"):
            assert image(row[name]).dtype == np.uint16 and image(row[name]).shape == (64, 96)
        about = json.loads(row["json"])
        assert (about["frame"], about["seed"]) == (number, 5)


def check_identities(row: dict[str, Any]) -> int:
    """Assert what holds in every sample, and return its number of objects."""
    about, mask, semantic = json.loads(row["json"]), image(row["instance.png"]), image(row["semantic.png"])
    objects = about["objects"]
    assert {item["id"] for item in objects} == set(np.unique(mask).tolist()) - {0, 1}
    counts: dict[str, int] = {}
    for item in objects:
        inside = mask == item["id"]
        ys, xs = np.nonzero(inside)
        x, y, width, height = item["box"]
        assert (x, y, x + width - 1, y + height - 1) == (xs.min(), ys.min(), xs.max(), ys.max())
        assert item["area"] == inside.sum()
        assert set(semantic[inside].tolist()) == {about["classes"].index(item["class"]) + 1}
        assert 0 < item["visible_fraction"] <= 1
        left, top, whole_width, whole_height = item["loose_box"]
        assert left <= x and top <= y
        assert x + width <= left + whole_width and y + height <= top + whole_height
        counts[item["class"]] = counts.get(item["class"], 0) + 1
    assert counts == about["counts"]
    assert not semantic[mask < 2].any()
    return len(objects)


def test_boxes_areas_and_counts_agree_with_the_masks(dataset: Path) -> None:
    assert sum(check_identities(row) for row in rows(dataset)) >= 8


@pytest.mark.slow
def test_identities_hold_on_two_hundred_frames(tmp_path: Path) -> None:
    document = small(frames=200)
    document["writer"]["samples_per_shard"] = 64
    made = Studio(tmp_path).make(document)
    urls = [str(path) for path in sorted((made / "shards").glob("*.tar"))]
    found = list(webdataset.WebDataset(urls, shardshuffle=False))
    assert len(found) == 200 and len(urls) == 4
    objects = [check_identities(row) for row in found]
    fractions = [item["visible_fraction"] for row in found for item in json.loads(row["json"])["objects"]]
    assert sum(objects) > 400 and sum(fraction < 1 for fraction in fractions) > 20
    assert len({row["depth.png"] for row in found}) == 200


def test_the_camera_and_the_3d_boxes_put_every_object_where_its_mask_is(dataset: Path) -> None:
    checked = 0
    for row in rows(dataset):
        about = json.loads(row["json"])
        camera = about["camera"]
        for item in about["objects"]:
            solid = item["box_3d"]
            corners = np.array(np.meshgrid(*zip(solid["min"], solid["max"], strict=True))).reshape(3, -1)
            world = np.array(solid["world_from_local"]) @ np.vstack([corners, np.ones(8)])
            x, y, z, _ = np.array(camera["camera_from_world"]) @ world
            assert (z < 0).all()
            pixels = np.array(camera["intrinsics"]) @ np.array([x / -z, -y / -z, np.ones(8)])
            left, top, width, height = item["box"]
            assert pixels[0].min() - 1 <= left and left + width <= pixels[0].max() + 1
            assert pixels[1].min() - 1 <= top and top + height <= pixels[1].max() + 1
            checked += 1
    assert checked >= 8


def test_depth_times_the_ray_is_on_the_table_top(dataset: Path) -> None:
    """Most pixels show the table: the points that depth and camera give lie at its height, 0.74 m."""
    for row in rows(dataset):
        about = json.loads(row["json"])
        depth = image(row["depth.png"]).astype(np.float64) * about["depth_scale"]
        camera = about["camera"]
        y, x = np.mgrid[: depth.shape[0], : depth.shape[1]] + 0.5
        (fx, _, cx), (_, fy, cy), _ = camera["intrinsics"]
        points = np.stack([(x - cx) / fx * depth, -(y - cy) / fy * depth, -depth, np.ones_like(depth)], axis=-1)
        world = points @ np.linalg.inv(np.array(camera["camera_from_world"])).T
        on_top = np.abs(world[..., 2] - 0.74) < 0.001
        assert on_top.mean() > 0.2


def test_pycocotools_reads_the_instances(dataset: Path) -> None:
    coco = COCO(str(dataset / "instances.json"))
    assert [category["name"] for category in coco.loadCats(coco.getCatIds())] == ["can", "ball", "book", "mug"]
    assert sorted(coco.getImgIds()) == [1, 2, 3, 4]
    found = {row["__key__"]: row for row in rows(dataset)}
    annotations = 0
    for entry in coco.loadImgs(coco.getImgIds()):
        key, member = entry["file_name"].split(".", 1)
        row = found[key]
        assert image(row[member]).shape[:2] == (entry["height"], entry["width"])
        mask = image(row["instance.png"])
        objects = {item["id"]: item for item in json.loads(row["json"])["objects"]}
        mine = coco.loadAnns(coco.getAnnIds(imgIds=entry["id"]))
        assert len(mine) == len(objects)
        for annotation in mine:
            item = objects[annotation["id"] % 65536]
            np.testing.assert_array_equal(coco.annToMask(annotation), mask == item["id"])
            assert annotation["area"] == item["area"] and annotation["bbox"] == item["box"]
            assert coco.loadCats(annotation["category_id"])[0]["name"] == item["class"]
            annotations += 1
    assert annotations == len(coco.getAnnIds()) >= 8


def test_the_json_has_what_every_randomizer_drew(dataset: Path) -> None:
    lenses = []
    for row in rows(dataset):
        drawn = json.loads(row["json"])["drawn"]
        names = {"seen.value", "places.yaw", "places.places", "clutter_places.places", "clutter_turns.turns"}
        names |= {"looks.bound", "power.value", "lens.value"}
        names |= {"view.center", "view.distance", "view.azimuth", "view.elevation"}
        assert set(drawn) == names
        assert len(drawn["seen.value"]) == len(drawn["places.places"]) == 4
        assert all(len(q) == 4 and abs(np.linalg.norm(q) - 1) < 1e-4 for q in drawn["clutter_turns.turns"].values())
        assert all(path.endswith("/Look") for path in drawn["looks.bound"].values())
        lenses.append(drawn["lens.value"][0][0])
        camera = json.loads(row["json"])["camera"]
        assert camera["intrinsics"][0][0] == pytest.approx(lenses[-1] / 36 * 96)
        eye = np.linalg.inv(np.array(camera["camera_from_world"]))[:3, 3]
        distance = np.linalg.norm(eye - np.array(drawn["view.center"][0]))
        assert distance == pytest.approx(drawn["view.distance"][0][0], abs=1e-4)
    assert lenses == [24.0, 30.0, 36.0, 24.0]


def test_the_manifest_is_true_and_names_no_machine(dataset: Path) -> None:
    text = (dataset / "manifest.json").read_text()
    manifest = json.loads(text)
    assert manifest["samples"] == 4 and manifest["frames"] == {"start": 0, "count": 4}
    assert [entry["samples"] for entry in manifest["shards"]] == [2, 2]
    assert sum(manifest["objects"].values()) == sum(len(json.loads(row["json"])["objects"]) for row in rows(dataset))
    listed = [dataset / "shards" / entry["name"] for entry in manifest["shards"]]
    listed += [dataset / entry["name"] for entry in manifest["files"]]
    on_disk = {path for path in dataset.rglob("*") if path.is_file()} - {dataset / "manifest.json"}
    records = {dataset / "records" / f"shard-00000{n}.json" for n in (0, 1)}
    assert set(listed) == on_disk - records and records <= on_disk
    for entry, path in zip(manifest["shards"] + manifest["files"], listed, strict=True):
        data = path.read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert manifest["command"] == (
        "./launch.sh run --scenario small.yaml --frames 4 --seed 5 --resolution 96x64 "
        "--outputs rgb,depth,normals,flow,semantic,instance,boxes"
    )
    assert manifest["scenario"]["seed"] == 5 and manifest["versions"]["usd-core"]
    assert str(dataset.parent) not in text


def test_the_contact_sheet_shows_rgb_masks_boxes_and_depth(dataset: Path) -> None:
    sheet = image((dataset / "preview.png").read_bytes())
    assert sheet.shape == (22 + 2 * 320, 4 * 480, 3)
    tiles = [sheet[22:342, 480 * n : 480 * (n + 1)].reshape(-1, 3).std(axis=0).max() for n in range(4)]
    assert min(tiles) > 5
    rgb, boxes = sheet[22:342, :480], sheet[22:342, 960:1440]
    assert 0.001 < (rgb != boxes).any(axis=2).mean() < 0.3


def test_two_cameras_give_two_samples_a_frame(tmp_path: Path) -> None:
    lens = {"focal_length": 24, "horizontal_aperture": 36, "clipping_range": [0.05, 50]}
    other = {**lens, "position": [0.0, -1.0, 1.6], "look_at": [0.0, 0.0, 0.75]}
    made = Studio(tmp_path).make(small(cameras={"camera": lens, "side": other}, outputs=["rgb", "boxes"], frames=2))
    urls = [str(path) for path in sorted((made / "shards").glob("*.tar"))]
    found = {row["__key__"]: row for row in webdataset.WebDataset(urls, shardshuffle=False)}
    assert list(found) == ["000000000_camera", "000000000_side", "000000001_camera", "000000001_side"]
    sides = [json.loads(found[key]["json"])["camera"] for key in ("000000000_side", "000000001_side")]
    assert sides[0] == sides[1] and sides[0]["prim"] == "/World/Cameras/side"
    eye = np.linalg.inv(np.array(sides[0]["camera_from_world"]))[:3, 3]
    np.testing.assert_allclose(eye, [0.0, -1.0, 1.6], atol=1e-6)
    assert sorted(COCO(str(made / "instances.json")).getImgIds()) == [1, 2, 3, 4]


def test_any_replicator_script_can_write_such_a_dataset(tmp_path: Path) -> None:
    """Graph style: the writer comes from the registry, and the end of the run completes it."""
    omni.usd.get_context().new_stage()
    cube = rep.create.cube(semantics=[("class", "cube")], position=(0, 0, 0))
    camera = rep.create.camera(position=(6, 0, 0), look_at=(0, 0, 0))
    product = rep.create.render_product(camera, (64, 48))
    writer = rep.WriterRegistry.get("DatasetWriter")
    writer.initialize(output_dir=str(tmp_path), outputs=["depth", "boxes"], classes=["cube"])
    writer.attach(product)
    with rep.trigger.on_frame(max_execs=3), cube:
        rep.modify.pose(position=rep.distribution.uniform((0, -1, -1), (0, 1, 1), seed=3, name="place"))
    rep.orchestrator.run_until_complete()
    found = list(webdataset.WebDataset([str(tmp_path / "shards" / "shard-000000.tar")], shardshuffle=False))
    places = np.random.default_rng(np.random.SeedSequence((3, 0))).uniform((0, -1, -1), (0, 1, 1), size=(3, 3))
    assert [row["__key__"] for row in found] == ["000000000", "000000001", "000000002"]
    for row, place in zip(found, places, strict=True):
        about = json.loads(row["json"])
        (item,) = about["objects"]
        np.testing.assert_allclose(about["drawn"]["place"], [place], atol=1e-9)
        np.testing.assert_allclose(np.array(item["box_3d"]["world_from_local"])[:3, 3], place, atol=1e-6)


def test_scenarios_and_the_writer_know_the_same_outputs() -> None:
    assert set(OUTPUT_NAMES) == set(KNOWN)
    with pytest.raises(ValueError, match=r"output 'smell' is unknown; choose from rgb"):
        make_annotators(["smell"])
