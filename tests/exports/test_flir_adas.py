"""Pairs of colour and thermal pictures, read by pycocotools and Pillow; COCO of thermal pictures."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from writers.exports import export
from writers.exports.flir_adas import flir_numbers
from writers.shards.sample import Sample

from .worlds import Eye, StandIn, image, objects_of, several

BESIDE = Eye((1.3, -1.9, 2.0), (0.4, 0.0, 0.3), focal=90.0, size=(160, 128))
ALL_TRAIN = [1, 0, 0]


def read(folder: Path) -> COCO:
    return COCO(str(folder / "coco.json"))


def boxes_of(coco: COCO, image_id: int) -> dict[int, list[float]]:
    found = coco.loadAnns(coco.getAnnIds(imgIds=[image_id]))
    return {item["id"] % (1 << 16): item["bbox"] for item in found}


def test_pairs_have_one_id_the_same_boxes_and_each_their_own_picture(tmp_path: Path) -> None:
    dataset = several(frames=6, thermal=True)
    counts = export("flir_adas", dataset, tmp_path / "out", split=ALL_TRAIN, encoding="kept")
    total = sum(len(objects_of(row)) for row in dataset.rows)
    assert counts == {"train": 6, "val": 0, "test": 0, "rgb objects": total, "thermal objects": total} and total > 10
    color, warm = (read(tmp_path / "out" / f"images_{side}_train") for side in ("rgb", "thermal"))
    pairs = json.loads((tmp_path / "out" / "rgb_to_thermal_map.json").read_text())
    assert len(color.imgs) == len(warm.imgs) == len(pairs) == 6
    for row, number in zip(dataset.rows, sorted(color.imgs), strict=True):
        wanted = {item["id"]: [float(v) for v in item["box"]] for item in objects_of(row)}
        assert boxes_of(color, number) == boxes_of(warm, number) == wanted
        first, second = color.imgs[number]["file_name"], warm.imgs[number]["file_name"]
        assert pairs[Path(first).name] == Path(second).name
        seen = np.asarray(Image.open(tmp_path / "out" / "images_thermal_train" / second))
        assert seen.dtype == np.uint8 and seen.shape == (150, 200)
        for identifier, (x, y, width, height) in boxes_of(warm, number).items():
            rows, columns = np.nonzero(seen == identifier * 20)
            assert [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1] == [x, y, width, height]
        assert (tmp_path / "out" / "images_rgb_train" / first).read_bytes() == row.members["rgb.png"]


def test_sixteen_bits_are_beside_with_their_meaning(tmp_path: Path) -> None:
    dataset = several(frames=2, thermal=True)
    export("flir_adas", dataset, tmp_path / "out", split=ALL_TRAIN)
    folder = tmp_path / "out" / "images_thermal_train"
    frames = json.loads((folder / "index.json").read_text())["frames"]
    assert [frame["datasetFrameId"] for frame in frames] == [row.key for row in dataset.rows]
    with Image.open(folder / frames[0]["analyticsFile"]) as file:
        counts, described = np.asarray(file).astype(int), json.loads(file.tag_v2[270])
    assert counts.dtype == int and described == frames[0]["analyticsMeaning"]
    kelvin = counts * described["kelvin_per_count"]
    assert described["encoding"] == "tlinear" and described["unit"] == "K"
    ids = image(dataset.rows[0].members["instance.png"]).astype(int)
    np.testing.assert_allclose(kelvin, np.where(ids > 0, 290.0 + ids, 280.0), atol=1e-9)
    assert "analyticsFile" not in json.loads((tmp_path / "out/images_rgb_train/index.json").read_text())["frames"][0]


def test_what_reads_the_published_dataset_reads_this(tmp_path: Path) -> None:
    """Names, folders and fields as programs that load FLIR ADAS v2 put them together."""
    dataset = several(frames=6, thermal=True)
    export("flir_adas", dataset, tmp_path / "out", split=[1, 0, 1])
    out = tmp_path / "out"
    folders = {f"images_{s}_{p}" for s in ("rgb", "thermal") for p in ("train", "val")} | {
        f"video_{s}_test" for s in ("rgb", "thermal")
    }
    assert {path.name for path in out.iterdir() if path.is_dir()} == folders
    boxes = 0
    for name in folders:
        index = json.loads((out / name / "index.json").read_text())
        labels = {item["name"]: item["id"] for item in read(out / name).loadCats(read(out / name).getCatIds())}
        files = set()
        for frame in index["frames"]:
            video, number = frame["videoMetadata"]["videoId"], frame["videoMetadata"]["frameIndex"]
            stem = f"video-{video}-frame-{number:06d}-{frame['datasetFrameId']}"
            assert stem.split("-")[-1] == frame["datasetFrameId"] and video in {v["id"] for v in index["videos"]}
            picture = out / name / "data" / f"{stem}.jpg"
            assert hashlib.md5(picture.read_bytes()).hexdigest() == frame["md5"]
            assert Image.open(picture).size == (frame["width"], frame["height"])
            if "thermal" in name:
                counts = out / name / "analyticsData" / f"{stem}.tiff"
                assert hashlib.md5(counts.read_bytes()).hexdigest() == frame["analyticsMd5"]
                assert cv2.imread(str(counts), cv2.IMREAD_UNCHANGED).dtype == np.uint16
            files.add(f"data/{stem}.jpg")
            for item in frame["annotations"]:
                assert item["labels"][0] in labels and set(item["boundingBox"]) == set("xywh")
                boxes += 1
        coco = read(out / name)
        assert {item["file_name"] for item in coco.imgs.values()} == files
        assert len(coco.anns) == sum(len(frame["annotations"]) for frame in index["frames"])
        rows = (out / name / "coco_annotation_counts.tsv").read_text().splitlines()
        assert rows[0] == "Label\tCount" and rows[-1] == f"Total\t{len(coco.anns)}"
    assert boxes > 10
    test = json.loads((out / "rgb_to_thermal_vid_map.json").read_text())
    assert test and set(test) == {path.name for path in (out / "video_rgb_test/data").iterdir()}
    assert all((out / "video_thermal_test/data" / other).is_file() for other in test.values())


def test_classes_have_the_published_numbers() -> None:
    assert flir_numbers(["cow", "person", "car", "house", "dog"]) == {
        **{"cow": 80, "person": 1, "car": 3, "house": 81, "dog": 17}
    }


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"encoding is 'png'; expected jpg or kept"):
        export("flir_adas", several(thermal=True), tmp_path / "out", encoding="png")


def test_a_thermal_camera_of_its_own_has_its_own_boxes(tmp_path: Path) -> None:
    dataset = several(frames=1, thermal=True, side=BESIDE)
    export("flir_adas", dataset, tmp_path / "out", split=ALL_TRAIN, encoding="kept")
    export("coco", dataset, tmp_path / "coco", image="thermal_lwir")
    warm = read(tmp_path / "out" / "images_thermal_train")
    lone = COCO(str(tmp_path / "coco" / "instances.json"))
    assert (warm.imgs[1]["width"], warm.imgs[1]["height"]) == BESIDE.size
    seen = np.asarray(Image.open(tmp_path / "out" / "images_thermal_train" / warm.imgs[1]["file_name"]))
    found = boxes_of(warm, 1)
    assert found and found == boxes_of(lone, 1) != boxes_of(read(tmp_path / "out" / "images_rgb_train"), 1)
    for identifier, (x, y, width, height) in found.items():
        rows, columns = np.nonzero(seen == identifier * 20)
        assert [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1] == [x, y, width, height]


def test_parts_are_those_of_the_frames(tmp_path: Path) -> None:
    dataset = several(frames=12, views=2, thermal=True)
    counts = export("flir_adas", dataset, tmp_path / "out", split=[2, 1, 1])
    names = {"train": "images_{}_train", "val": "images_{}_val", "test": "video_{}_test"}
    assert sum(counts[part] for part in names) == 24 and min(counts[part] for part in names) > 0
    for part, name in names.items():
        keys = [
            {
                Path(item["file_name"]).stem.rpartition("-")[2]
                for item in read(tmp_path / "out" / name.format(side)).imgs.values()
            }
            for side in ("rgb", "thermal")
        ]
        assert keys[0] == keys[1] and len(keys[0]) == counts[part]
        frames = {key.partition("_")[0] for key in keys[0]}
        assert len(keys[0]) == 2 * len(frames)  # both views of a frame are in one part


@pytest.mark.parametrize(("kind", "member"), [("thermal_lwir", "agc.png"), ("thermal_lwir.tlinear", "tlinear.png")])
def test_coco_takes_the_pictures_of_another_output(tmp_path: Path, kind: str, member: str) -> None:
    dataset = several(thermal=True)
    export("coco", dataset, tmp_path / "warm", image=kind)
    export("coco", dataset, tmp_path / "color")
    warm, color = (COCO(str(tmp_path / name / "instances.json")) for name in ("warm", "color"))
    assert len(warm.anns) > 5 and warm.anns == color.anns
    for number, entry in warm.imgs.items():
        assert entry["file_name"] == f"{color.imgs[number]['file_name'].partition('.')[0]}.thermal_lwir.{member}"
        assert Image.open(tmp_path / "warm" / "images" / entry["file_name"]).size == (200, 150)


def test_yolo_takes_the_pictures_of_another_output(tmp_path: Path) -> None:
    dataset = several(thermal=True, side=BESIDE)
    export("yolo", dataset, tmp_path / "out", image="thermal_lwir", split=ALL_TRAIN)
    lines = 0
    for row in dataset.rows:
        seen = np.asarray(Image.open(tmp_path / "out" / "images" / "train" / f"{row.key}.png"))
        assert seen.shape == (128, 160)
        for line in (tmp_path / "out" / "labels" / "train" / f"{row.key}.txt").read_text().splitlines():
            _, x, y, width, height = (float(word) for word in line.split())
            box = [x - width / 2, y - height / 2, width, height] * np.array([160, 128, 160, 128])
            columns, rows = round(box[0]), round(box[1])
            part = seen[rows : rows + round(box[3]), columns : columns + round(box[2])]
            edges = [set(part[0]), set(part[-1]), set(part[:, 0]), set(part[:, -1])]
            assert set.intersection(*edges) - {0}  # one object reaches all four sides
            lines += 1
    assert lines > 5


def test_what_cannot_be_paired_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"sample '000000000' has no thermal_lwir; make the dataset with output therm"):
        export("flir_adas", several(), tmp_path / "out")
    with pytest.raises(ValueError, match=r"sample '000000000' has no thermal_mwir; make the dataset with output therm"):
        export("flir_adas", several(thermal=True), tmp_path / "out", thermal="thermal_mwir")
    with pytest.raises(ValueError, match=r"split is \[0, 0\]; expected one to three shares of train, val, test"):
        export("flir_adas", several(thermal=True), tmp_path / "out", split=[0, 0])
    with pytest.raises(
        ValueError, match=r"the dataset has no nir850, and this format names an image a sample; make it"
    ):
        export("coco", several(), tmp_path / "out", image="nir850", images="none")
    rows = several(thermal=True).rows
    bare = [Sample(row.key, {k: v for k, v in row.members.items() if not k.startswith("rgb")}) for row in rows]
    with pytest.raises(ValueError, match=r"sample '000000000' has no rgb"):
        export("flir_adas", StandIn(bare, several().plan), tmp_path / "out")
    assert not list(tmp_path.iterdir())
