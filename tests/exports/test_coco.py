"""COCO instances and panoptic, judged by pycocotools and by the panoptic quality of ground truth against itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from writers.exports import export
from writers.exports.coco import write_instances
from writers.shards.sample import Sample

from .worlds import StandIn, image, objects_of, one_cube, several


def average_precision(truth: COCO, kind: str) -> float:
    """AP over IoU 0.5 to 0.95 with the ground truth as predictions."""
    found = [
        {**{k: a[k] for k in ("image_id", "category_id", "bbox", "segmentation")}, "score": 0.9}
        for a in truth.loadAnns(truth.getAnnIds())
    ]
    judge = COCOeval(truth, truth.loadRes(found), kind)
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    return float(judge.stats[0])


def test_a_cube_before_a_level_camera_has_the_numbers_had_by_hand(tmp_path: Path) -> None:
    """The front face, 3.5 m away, spans 100 * 1 / 3.5 = 28.57 pixels: 28 pixel centres each way."""
    export("coco", one_cube(), tmp_path / "out")
    document = json.loads((tmp_path / "out" / "instances.json").read_text())
    assert document["images"] == [{"id": 1, "file_name": "000000000.rgb.png", "width": 200, "height": 150}]
    (annotation,) = document["annotations"]
    assert annotation["bbox"] == [86.0, 61.0, 28.0, 28.0] and annotation["area"] == 784
    assert (annotation["id"], annotation["image_id"], annotation["category_id"]) == (65536 + 2, 1, 1)
    assert [(c["id"], c["name"]) for c in document["categories"]] == [(1, "crate"), (2, "post"), (3, "tile")]
    assert document["info"] == {"description": "Replicant scenario boxes, seed 7", "version": "1.0"}


def test_ground_truth_as_predictions_has_average_precision_one(tmp_path: Path) -> None:
    counts = export("coco", several(), tmp_path / "out")
    truth = COCO(str(tmp_path / "out" / "instances.json"))
    assert counts == {"images": 4, "objects": len(truth.getAnnIds())} and counts["objects"] >= 14
    assert average_precision(truth, "bbox") == pytest.approx(1.0)
    assert average_precision(truth, "segm") == pytest.approx(1.0)


def test_masks_and_images_are_those_of_the_samples(tmp_path: Path) -> None:
    dataset = several(image="jpg")
    export("coco", dataset, tmp_path / "out")
    truth, rows = COCO(str(tmp_path / "out" / "instances.json")), {row.key: row for row in dataset.rows}
    checked = 0
    for entry in truth.loadImgs(truth.getImgIds()):
        row = rows[entry["file_name"].split(".")[0]]
        assert (tmp_path / "out" / "images" / entry["file_name"]).read_bytes() == row.members["rgb.jpg"]
        ids = image(row.members["instance.png"])
        for annotation in truth.loadAnns(truth.getAnnIds(imgIds=entry["id"])):
            np.testing.assert_array_equal(truth.annToMask(annotation), ids == annotation["id"] % 65536)
            checked += 1
    assert checked == len(truth.getAnnIds())


def test_image_ids_depend_on_frame_and_view_alone(tmp_path: Path) -> None:
    whole, later = several(views=2), several(views=2, frames=2, start=2)
    for name, dataset in (("whole", whole), ("later", later)):
        export("coco", dataset, tmp_path / name, images="none")
    files = [json.loads((tmp_path / name / "instances.json").read_text()) for name in ("whole", "later")]
    names = [{entry["file_name"]: entry["id"] for entry in document["images"]} for document in files]
    assert names[0]["000000003_camera1.rgb.png"] == 3 * 2 + 1 + 1
    assert len(names[1]) == 4 and names[1].items() <= names[0].items()
    assert not (tmp_path / "whole" / "images").exists()


def test_the_one_file_is_the_same_and_needs_json_alone(tmp_path: Path) -> None:
    dataset = several()
    export("coco", dataset, tmp_path / "out")
    counts = write_instances(dataset, tmp_path / "instances.json")
    assert counts == {"images": 4, "objects": 15}
    assert (tmp_path / "instances.json").read_bytes() == (tmp_path / "out" / "instances.json").read_bytes()
    bare = [Sample(row.key, {k: v for k, v in row.members.items() if k in ("json", "rgb.png")}) for row in dataset.rows]
    write_instances(StandIn(bare, dataset.plan), tmp_path / "bare.json", {"description": "given"})
    assert json.loads((tmp_path / "bare.json").read_text())["info"] == {"description": "given"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bare.json", "instances.json", "out"]


def test_the_one_file_is_whole_or_absent(tmp_path: Path) -> None:
    dataset = several()
    dataset.rows[-1].members.pop("json")
    with pytest.raises(ValueError, match="sample '000000003' has no json member"):
        write_instances(dataset, tmp_path / "instances.json")
    assert not list(tmp_path.iterdir())


def test_chosen_classes_are_numbered_in_the_order_given(tmp_path: Path) -> None:
    export("coco", several(), tmp_path / "out", classes=["tile", "post"])
    document = json.loads((tmp_path / "out" / "instances.json").read_text())
    assert [(c["id"], c["name"]) for c in document["categories"]] == [(1, "tile"), (2, "post")]
    assert sorted({a["category_id"] for a in document["annotations"]}) == [1, 2]
    assert len(document["annotations"]) == 9 and len(document["images"]) == 4


def test_a_dataset_without_what_coco_needs_is_refused(tmp_path: Path) -> None:
    dataset = several()
    bare = [Sample(row.key, {"json": row.members["json"]}) for row in dataset.rows]
    with pytest.raises(ValueError, match="the dataset has no rgb"):
        export("coco", StandIn(bare, dataset.plan), tmp_path / "out")
    about = json.loads(dataset.rows[0].members["json"])
    del about["objects"][0]["segmentation"]
    dataset.rows[0].members["json"] = json.dumps(about).encode()
    with pytest.raises(ValueError, match="object 2 of sample '000000000' has no segmentation"):
        export("coco", dataset, tmp_path / "out")
    assert not list(tmp_path.iterdir())


def rgb_to_id(path: Path) -> NDArray[np.int64]:
    """Read segment ids as the format says: R + 256 G + 65536 B."""
    blue, green, red = np.moveaxis(image(path.read_bytes()).astype(np.int64), -1, 0)
    return red + 256 * green + 65536 * blue


def panoptic_quality(document: dict[str, Any], truth: Path, other: Path) -> dict[int, float]:
    """PQ a category: sum of the IoU of matches (IoU > 0.5) / (matches + half of all that is unmatched)."""
    sums: dict[int, list[float]] = {}
    for annotation in document["annotations"]:
        a, b = rgb_to_id(truth / annotation["file_name"]), rgb_to_id(other / annotation["file_name"])
        for info in annotation["segments_info"]:
            inside = a == info["id"]
            assert inside.sum() == info["area"] > 0
            rival = np.bincount(b[inside]).argmax()
            union = (inside | (b == rival)).sum()
            iou = (inside & (b == rival)).sum() / union if rival else 0.0
            sums.setdefault(info["category_id"], []).append(iou if iou > 0.5 else 0.0)
    return {category: float(np.mean(values)) for category, values in sums.items()}


def test_panoptic_segments_are_the_objects_and_have_quality_one(tmp_path: Path) -> None:
    dataset = several()
    counts = export("coco_panoptic", dataset, tmp_path / "out")
    document = json.loads((tmp_path / "out" / "panoptic.json").read_text())
    assert counts == {"images": 4, "segments": 15} and len(document["annotations"]) == 4
    assert all(category["isthing"] == 1 for category in document["categories"])
    for row, annotation in zip(dataset.rows, document["annotations"], strict=True):
        ids = rgb_to_id(tmp_path / "out" / "panoptic" / annotation["file_name"])
        np.testing.assert_array_equal(ids, image(row.members["instance.png"]))
        assert [info["bbox"] for info in annotation["segments_info"]] == [item["box"] for item in objects_of(row)]
        assert [info["area"] for info in annotation["segments_info"]] == [item["area"] for item in objects_of(row)]
    folder = tmp_path / "out" / "panoptic"
    assert panoptic_quality(document, folder, folder) == {1: 1.0, 2: 1.0, 3: 1.0}
    assert (tmp_path / "out" / "images" / "000000002.rgb.png").read_bytes() == dataset.rows[2].members["rgb.png"]


def test_stuff_is_one_segment_an_image_and_unowned_pixels_of_things_are_a_crowd(tmp_path: Path) -> None:
    dataset = several(frames=1)
    (row,) = dataset.rows
    semantic = image(row.members["semantic.png"])
    assert not semantic[:20].any()
    semantic[:10], semantic[10:20] = 2, 3  # posts and tiles that no object owns
    import cv2

    row.members["semantic.png"] = cv2.imencode(".png", semantic)[1].tobytes()
    export("coco_panoptic", dataset, tmp_path / "out", stuff=["tile"])
    document = json.loads((tmp_path / "out" / "panoptic.json").read_text())
    assert [category["isthing"] for category in document["categories"]] == [1, 1, 0]
    infos = {info["id"]: info for info in document["annotations"][0]["segments_info"]}
    ids = rgb_to_id(tmp_path / "out" / "panoptic" / "000000000.png")
    tiles = sum(item["area"] for item in objects_of(row) if item["class"] == "tile")
    assert infos[65539]["area"] == tiles + 2000 == (ids == 65539).sum() and infos[65539]["iscrowd"] == 0
    assert infos[65538] == {"id": 65538, "category_id": 2, "area": 2000, "bbox": [0, 0, 200, 10], "iscrowd": 1}
    assert sorted(infos) == [2, 3, 5, 65538, 65539]


def test_a_stuff_class_must_be_a_class(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stuff class 'sky' is not among the classes crate, post, tile"):
        export("coco_panoptic", several(), tmp_path / "out", stuff=["sky"])
