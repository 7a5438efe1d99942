"""CocoWriter read back by pycocotools, KittiWriter by its benchmark's rules, both on a stage with known answers."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

import engine.replicator as rep
from engine.replicator.functional import create, modify
from tests.replicator.small_stage import SIZE, floor_with_boxes, from_above, names, seen_from_above


def picture(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.array(image)


def run(writer_name: str, products: Any, frames: int = 1, **options: Any) -> Any:
    writer = rep.WriterRegistry.get(writer_name)
    writer.initialize(**options)
    writer.attach(products)
    for _ in range(frames):
        rep.orchestrator.step(delta_time=0.0)
    rep.orchestrator.stop()
    rep.orchestrator.wait_until_complete()
    return writer


def read_coco(path: Path) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def test_coco_boxes_and_areas_are_those_of_the_panoptic_masks(tmp_path: Path) -> None:
    floor_with_boxes()
    tmp_path = tmp_path / "out"
    run("CocoWriter", from_above("left"), 2, output_dir=str(tmp_path), dataset_id="d7", frame_padding=3)
    pictures = [f"left/{kind}_Eye_d7.{i:03}.png" for kind in ("panoptic", "rgb") for i in (0, 1)]
    assert names(tmp_path) == sorted(["coco_annotations_d7.json", "metadata.txt", *pictures])
    coco = read_coco(tmp_path / "coco_annotations_d7.json")
    assert [c["name"] for c in coco.loadCats(coco.getCatIds())] == ["crate", "parcel"]
    owner = seen_from_above().owner
    for image in coco.loadImgs(coco.getImgIds()):
        assert (image["width"], image["height"]) == SIZE and (tmp_path / image["file_name"]).is_file()
        found = coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
        panoptic = picture(tmp_path / image["file_name"].replace("rgb_", "panoptic_")).astype(np.int64)
        ids = panoptic @ [1, 256, 65536]
        assert len(found) == 2
        for annotation in found:
            name = coco.loadCats([annotation["category_id"]])[0]["name"]
            region = owner == {"crate": 1, "parcel": 2}[name]
            assert len(np.unique(ids[region])) == 1 and (np.isin(ids, ids[region]) == region).all()
            encoded = coco_mask.encode(np.asfortranarray(region.astype(np.uint8)))
            assert annotation["area"] == coco_mask.area(encoded)
            assert annotation["bbox"] == coco_mask.toBbox(encoded).tolist()
            assert (annotation["iscrowd"], annotation["bbox_mode"], annotation["segmentation"]) == (0, 1, [])
    assert len({a["id"] for a in coco.anns.values()}) == 4


def test_coco_categories_of_the_user(tmp_path: Path) -> None:
    floor_with_boxes()
    categories = {"parcel": {"name": "parcel", "id": 77, "supercategory": "box"}}
    licences = [{"id": 1, "name": "CC0"}]
    options = {"coco_categories": categories, "coco_license_info": licences, "output_dir": str(tmp_path / "out")}
    run("CocoWriter", from_above(), **options)
    document = json.loads((tmp_path / "out" / "coco_annotations_0.json").read_text())
    assert [a["category_id"] for a in document["annotations"]] == [77]
    assert document["categories"] == [categories["parcel"]] and document["licenses"] == licences


def test_coco_takes_a_list_of_categories_and_ignores_switches_of_basic_writer(tmp_path: Path, capfd) -> None:
    floor_with_boxes()
    categories = [{"name": "parcel", "id": 77}, {"name": "crate", "id": 5}]
    switches = {"rgb": True, "bounding_box_2d_tight": True, "use_common_output_dir": True}
    run("CocoWriter", from_above(), output_dir=str(tmp_path / "out"), coco_categories=categories, **switches)
    document = json.loads((tmp_path / "out" / "coco_annotations_0.json").read_text())
    assert sorted(a["category_id"] for a in document["annotations"]) == [5, 77]
    assert document["categories"] == categories
    printed = "".join(capfd.readouterr())
    assert "CocoWriter ignores rgb, bounding_box_2d_tight, use_common_output_dir" in printed


def test_coco_file_appears_every_25_frames_and_at_the_end(tmp_path: Path) -> None:
    floor_with_boxes()
    tmp_path = tmp_path / "out"
    writer = rep.WriterRegistry.get("CocoWriter", {"output_dir": str(tmp_path)})
    writer.attach(from_above(size=(16, 12)))
    counts = []
    for _ in range(26):
        rep.orchestrator.step(delta_time=0.0)
        path = tmp_path / "coco_annotations_0.json"
        counts.append(len(json.loads(path.read_text())["images"]) if path.is_file() else 0)
    assert counts == [0] * 24 + [25, 25]
    writer.detach()
    assert len(read_coco(tmp_path / "coco_annotations_0.json").imgs) == 26


def test_coco_never_writes_into_a_folder_that_is_there(tmp_path: Path) -> None:
    for _ in range(2):
        run("CocoWriter", from_above(), output_dir=str(tmp_path / "out"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "out_0001"]


def test_kitti_files_and_pictures(tmp_path: Path) -> None:
    floor_with_boxes()
    options = {"output_dir": str(tmp_path), "colorize_instance_segmentation": True}
    run("KittiWriter", from_above(), 2, **options)
    folders = ("rgb", "semantic", "semantic_segmentation", "instance_segmentation", "instance_rgb", "depth")
    made = [f"Eye/{folder}/{i}.png" for folder in folders for i in (0, 1)]
    assert names(tmp_path) == sorted(
        ["metadata.txt", "Eye/object_detection/0.txt", "Eye/object_detection/1.txt", *made]
    )
    seen = seen_from_above()
    depth = picture(tmp_path / "Eye/depth/0.png")
    assert depth.dtype.itemsize >= 2
    np.testing.assert_allclose(depth / 256.0, seen.depth * seen.slant, atol=1 / 256)
    classes, instances = picture(tmp_path / "Eye/semantic/0.png"), picture(tmp_path / "Eye/instance_segmentation/0.png")
    for number in range(3):
        assert len(np.unique(classes[seen.owner == number])) == 1
    assert classes.dtype == np.uint8 and set(np.unique(classes)) == {0, 1, 2}
    np.testing.assert_array_equal(instances, np.where(classes > 0, classes.astype(int) * 256 + 1, 0))


def labels(path: Path) -> list[list[str]]:
    return [line.split(" ") for line in path.read_text().splitlines()]


def test_kitti_label_lines_have_fifteen_fields_and_the_box_of_the_mask(tmp_path: Path) -> None:
    floor_with_boxes()
    size = (240, 160)
    run("KittiWriter", from_above(size=size), output_dir=str(tmp_path), omit_semantic_type=True)
    lines = labels(tmp_path / "Eye/object_detection/0.txt")
    owner = seen_from_above(size).owner
    assert [line[0] for line in lines] == ["crate", "parcel"]
    for number, line in enumerate(lines, 1):
        rows, columns = np.nonzero(owner == number)
        assert len(line) == 15 and line[1:4] == ["0.00", "0", "0.00"]
        extent = [columns.min(), rows.min(), columns.max(), rows.max()]
        assert [float(v) for v in line[4:8]] == extent
        assert line[8:] == ["0.00"] * 7


def test_kitti_leaves_low_boxes_out(tmp_path: Path) -> None:
    floor_with_boxes()
    run("KittiWriter", from_above(), output_dir=str(tmp_path), omit_semantic_type=True, bbox_height_threshold=8)
    assert [line[0] for line in labels(tmp_path / "Eye/object_detection/0.txt")] == ["crate"]


@pytest.mark.parametrize(("cover", "level"), [(None, "0"), (0.25, "1"), (0.75, "2")])
def test_kitti_occlusion_levels(tmp_path: Path, cover: float | None, level: str) -> None:
    create.plane(scale=4, position=(0, 0, 0), name="Target", semantics={"class": "target"})
    if cover is not None:  # an unlabelled plane just above hides this share of the target from the left
        create.plane(scale=(4 * cover, 5, 1), position=(-2 + 2 * cover, 0, 0.01), name="Cover")
    run("KittiWriter", from_above(size=(240, 160)), output_dir=str(tmp_path), omit_semantic_type=True)
    assert [line[:4] for line in labels(tmp_path / "Eye/object_detection/0.txt")] == [["target", "0.00", level, "0.00"]]


def test_kitti_names_folders_as_the_benchmark_and_by_render_product(tmp_path: Path) -> None:
    products = [from_above("left", (16, 12)), from_above("right", (16, 12))]
    run("KittiWriter", products, output_dir=str(tmp_path), use_kitti_dir_names=True)
    folders = {str(Path(name).parent) for name in names(tmp_path)} - {"."}
    parts = ("image_02", "label_02", "semantic", "semantic_rgb", "instance", "depth")
    assert folders == {f"{p}/{c}/{part}" for p, c in (("left", "Eye"), ("right", "Eye_01")) for part in parts}


@pytest.mark.parametrize("as_file", [False, True])
def test_kitti_colours_follow_a_mapping(tmp_path: Path, as_file: bool) -> None:
    floor_with_boxes()
    mapping = {"crate": [255, 0, 0, 255], "parcel": [0, 0, 255, 255], "unlabelled": [9, 9, 9, 255]}
    (tmp_path / "map.json").write_text(json.dumps(mapping))
    chosen = {"mapping_path": str(tmp_path / "map.json")} if as_file else {"mapping_dict": mapping}
    run("KittiWriter", from_above(), output_dir=str(tmp_path / "out"), **chosen)
    colours, owner = picture(tmp_path / "out/Eye/semantic_segmentation/0.png"), seen_from_above().owner
    for number, name in enumerate(("unlabelled", "crate", "parcel")):
        assert (colours[owner == number] == mapping[name]).all()


def test_kitti_classes_keep_their_index_through_the_run(tmp_path: Path) -> None:
    floor_with_boxes()
    writer = rep.WriterRegistry.get("KittiWriter", {"output_dir": str(tmp_path)})
    writer.attach(from_above())
    found = []
    for hidden in ("/Crate", "/Parcel"):
        modify.visibility(["/Crate", "/Parcel"], True)
        modify.visibility(hidden, False)
        rep.orchestrator.step(delta_time=0.0)
    rep.orchestrator.wait_until_complete()
    found = [set(np.unique(picture(tmp_path / f"Eye/semantic/{i}.png"))) - {0} for i in (0, 1)]
    assert found == [{1}, {2}]


@pytest.mark.parametrize("name", ["CocoWriter", "KittiWriter"])
def test_mistakes_are_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"{name}: neither output_dir nor backend was given; expected one of them"):
        rep.WriterRegistry.get(name).initialize()
    with pytest.raises(ValueError, match=rf"{name}: region='r' of S3 was given without a bucket; expected s3_bucket"):
        rep.WriterRegistry.get(name).initialize(output_dir=str(tmp_path), s3_region="r")


def test_the_fps_writer_counts(capsys: pytest.CaptureFixture[str]) -> None:
    writer = rep.WriterRegistry.get("FPSWriter", {"annotators": ["camera_params"]})
    writer.attach(from_above())
    for _ in range(3):
        rep.orchestrator.step(delta_time=0.0)
    assert len(writer.fps) == 2 and min(writer.fps) > 0
    assert capsys.readouterr().out.count("[FPSWriter]") == 2
