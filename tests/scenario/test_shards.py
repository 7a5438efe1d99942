"""Shards: whole or not there, fixed bytes, read back by the public readers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import webdataset
from pycocotools.coco import COCO

from writers.coco import CocoInstances
from writers.encode import depth_png, ids_png, jpeg, json_bytes, npy, png
from writers.shards import Sample, WebDatasetSink, sink_class


def sample(key: str, value: int = 0) -> Sample:
    return Sample(key, {"json": json_bytes({"v": value}), "depth.png": depth_png(np.full((4, 5), 1.5 + value), 0.001)})


def fill(folder: Path, count: int = 5, size: int = 2) -> WebDatasetSink:
    with WebDatasetSink(folder, size) as sink:
        for n in range(count):
            sink.write(sample(f"{n:09d}", n))
    return sink


def test_webdataset_reads_every_sample(tmp_path: Path) -> None:
    sink = fill(tmp_path)
    assert [e.samples for e in sink.index] == [2, 2, 1]
    urls = [str(tmp_path / e.name) for e in sink.index]
    rows = list(webdataset.WebDataset(urls, shardshuffle=False))
    assert [r["__key__"] for r in rows] == [f"{n:09d}" for n in range(5)]
    for n, row in enumerate(rows):
        assert json.loads(row["json"]) == {"v": n}
        depth = cv2.imdecode(np.frombuffer(row["depth.png"], np.uint8), cv2.IMREAD_UNCHANGED)
        assert depth.dtype == np.uint16
        np.testing.assert_array_equal(depth, 1500 + 1000 * n)


def test_same_samples_same_bytes_and_true_hashes(tmp_path: Path) -> None:
    first, second = fill(tmp_path / "a"), fill(tmp_path / "b")
    assert first.entries() == second.entries()
    for entry in first.index:
        data = (tmp_path / "a" / entry.name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry.sha256
        assert len(data) == entry.bytes


def test_nothing_half_written_after_an_exception(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="stop"), WebDatasetSink(tmp_path, 2) as sink:
        for n in range(3):
            sink.write(sample(f"{n:09d}"))
        raise RuntimeError("stop")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["shard-000000.tar"]
    assert len(sink.index) == 1


def test_bad_samples_are_refused(tmp_path: Path) -> None:
    sink = WebDatasetSink(tmp_path, 8)
    with pytest.raises(ValueError, match="has a dot or slash"):
        sink.write(sample("a.b"))
    sink.write(sample("a"))
    with pytest.raises(ValueError, match="written twice in a row"):
        sink.write(sample("a"))
    with pytest.raises(ValueError, match="readers want the same members"):
        sink.write(Sample("b", {"json": b"{}"}))
    with pytest.raises(ValueError, match="samples_per_shard is 0"):
        WebDatasetSink(tmp_path, 0)
    with pytest.raises(ValueError, match="shard format 'zip' is unknown; choose from webdataset"):
        sink_class("zip")


def test_encoders_round_trip() -> None:
    rng = np.random.default_rng(3)
    rgb = rng.integers(0, 256, (7, 9, 3), dtype=np.uint8)
    back = cv2.cvtColor(cv2.imdecode(np.frombuffer(png(rgb), np.uint8), cv2.IMREAD_UNCHANGED), cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(back, rgb)
    smooth = np.full((32, 32, 3), (200, 40, 90), np.uint8)
    lossy = cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg(smooth), np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert np.abs(lossy.astype(int) - smooth).max() <= 3
    ids = rng.integers(0, 60000, (7, 9))
    np.testing.assert_array_equal(cv2.imdecode(np.frombuffer(ids_png(ids), np.uint8), cv2.IMREAD_UNCHANGED), ids)
    with pytest.raises(ValueError, match="does not fit a 16-bit mask"):
        ids_png(np.array([[70000]]))
    assert npy(np.arange(3)).startswith(b"\x93NUMPY")
    depth = np.array([[0.0, np.inf, 1.0, 70.0]])
    stored = cv2.imdecode(np.frombuffer(depth_png(depth, 0.001), np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(stored, [[0, 0, 1000, 0]])
    with pytest.raises(TypeError, match="not JSON serialisable"):
        json_bytes({1, 2})
    with pytest.raises(ValueError, match="could not encode"):
        png(np.zeros((0, 4), np.uint8))


def test_coco_is_read_by_pycocotools(tmp_path: Path) -> None:
    mask = np.zeros((20, 30), np.uint32)
    mask[4:10, 6:18] = 2
    mask[12:15, 1:4] = 3
    objects = [
        {"id": 2, "class": "cow", "box": [6, 4, 12, 6], "visible_fraction": 0.5},
        {"id": 3, "class": "rock", "box": [1, 12, 3, 3], "visible_fraction": 1.0},
    ]
    coco = CocoInstances(tmp_path, ["cow"], {"description": "test"})
    coco.add(7, "0.rgb.jpg", mask, objects)
    coco.save(tmp_path / "instances.json")
    assert [p.name for p in tmp_path.iterdir()] == ["instances.json"]
    read = COCO(str(tmp_path / "instances.json"))
    (annotation,) = read.loadAnns(read.getAnnIds())
    np.testing.assert_array_equal(read.annToMask(annotation), mask == 2)
    assert (annotation["image_id"], annotation["id"]) == (7, 7 * 65536 + 2)
    assert annotation["area"] == 72
    assert annotation["bbox"] == [6, 4, 12, 6]
    assert read.loadCats(annotation["category_id"])[0]["name"] == "cow"
