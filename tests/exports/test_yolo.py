"""YOLO labels, read back by hand as Ultralytics reads them, against the masks and boxes they came from."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from writers.exports import export
from writers.exports.masks import outline
from writers.exports.yolo import part_of

from .worlds import image, objects_of, one_cube, several

ALL = (1,)


def lines(folder: Path, key: str, part: str = "train") -> list[list[float]]:
    text = (folder / "labels" / part / f"{key}.txt").read_text()
    return [[float(word) for word in line.split()] for line in text.splitlines()]


def filled(points: NDArray[np.floating], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Fill a polygon as Ultralytics does: scale to pixels, cut off the fractions, fillPoly."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [(points * shape[::-1]).astype(np.int32)], 1)
    return mask > 0


def test_a_cube_before_a_level_camera_has_the_numbers_had_by_hand(tmp_path: Path) -> None:
    export("yolo", one_cube(), tmp_path / "out", split=ALL)
    (line,) = lines(tmp_path / "out", "000000000")
    assert line == pytest.approx([0, 100 / 200, 75 / 150, 28 / 200, 28 / 150], abs=1e-6)


def test_boxes_come_back(tmp_path: Path) -> None:
    dataset = several()
    counts = export("yolo", dataset, tmp_path / "out", split=ALL)
    assert counts == {"train": 4, "val": 0, "objects": 15}
    for row in dataset.rows:
        found, wanted = lines(tmp_path / "out", row.key), objects_of(row)
        assert len(found) == len(wanted)
        for (number, x, y, width, height), item in zip(found, wanted, strict=True):
            assert dataset.classes[int(number)] == item["class"]
            box = [(x - width / 2) * 200, (y - height / 2) * 150, width * 200, height * 150]
            assert box == pytest.approx(item["box"], abs=2e-4)
        assert (tmp_path / "out" / "images" / "train" / f"{row.key}.png").read_bytes() == row.members["rgb.png"]


def test_outlines_fill_to_the_masks_with_holes_and_parts(tmp_path: Path) -> None:
    dataset = several()
    export("yolo", dataset, tmp_path / "out", task="segment", split=ALL)
    holes = parts = 0
    for row in dataset.rows:
        ids = image(row.members["instance.png"])
        for line, item in zip(lines(tmp_path / "out", row.key), objects_of(row), strict=True):
            mask, points = ids == item["id"], np.array(line[1:]).reshape(-1, 2)
            again = filled(points, mask.shape)
            pieces, _ = cv2.connectedComponents(mask.astype(np.uint8))
            extra = again & ~mask
            assert not (mask & ~again).any()
            assert extra.sum() <= (pieces - 2) * 20  # the way between parts, a pixel wide
            parts += pieces > 2
            holes += (
                cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)[1][0, :, 3].max() >= 0
            )
            x, y = points.min(axis=0) * (200, 150), points.max(axis=0) * (200, 150)
            assert [*np.floor(x), *(np.floor(y) - np.floor(x) + 1)] == pytest.approx(item["box"])
    assert parts >= 3 and holes >= 2


@pytest.mark.parametrize("seed", range(6))
def test_outlines_of_noise_lose_no_pixel(seed: int) -> None:
    """Blobs of noise with many parts and nested holes: all pixels are inside, and what is added are ways between."""
    noise = cv2.GaussianBlur(np.random.default_rng(seed).random((60, 80)), (0, 0), 2.0)
    mask = (noise > np.quantile(noise, 0.35 + 0.1 * seed)).astype(np.uint8)
    pieces, _ = cv2.connectedComponents(mask)
    again = filled((outline(mask) + 0.5) / (80, 60), mask.shape)
    assert not (mask.astype(bool) & ~again).any()
    assert (again & ~mask.astype(bool)).sum() <= 15 * max(0, pieces - 2)
    assert pieces > 2 or seed < 2


@pytest.mark.parametrize("pixels", [[(3, 4)], [(3, 4), (3, 5)], [(0, 0), (7, 9)]])
def test_the_smallest_masks_still_have_three_points(pixels: list[tuple[int, int]]) -> None:
    mask = np.zeros((8, 10), np.uint8)
    for y, x in pixels:
        mask[y, x] = 1
    points = outline(mask)
    assert len(points) >= 3 and {(y, x) for x, y in points.tolist()} == set(pixels)
    assert len(outline(np.zeros((3, 3), np.uint8))) == 0


def test_keypoints_of_a_cube_are_where_they_are_by_hand(tmp_path: Path) -> None:
    """Near corners, 3.5 m away, are 100 * 0.5 / 3.5 pixels off the middle; far ones, at 4.5 m, are behind the cube."""
    export("yolo", one_cube(), tmp_path / "out", task="pose", split=ALL)
    (line,) = lines(tmp_path / "out", "000000000")
    points = np.array(line[5:]).reshape(9, 3) * (200, 150, 1)
    expected = []
    for x in (-0.5, 0.5):
        for y in (-0.5, 0.5):
            for z in (0.0, 1.0):
                scale = 100 / (4 + y)
                expected.append([100 + scale * x, 75 - scale * (z - 0.5), 2 if y < 0 else 1])
    expected.append([100, 75, 1])
    np.testing.assert_allclose(points, expected, atol=2e-4)
    content = yaml.safe_load((tmp_path / "out" / "data.yaml").read_text())
    assert content["kpt_shape"] == [9, 3]
    mirrored = points[content["flip_idx"]]  # the object's left and right change places: y and -y
    np.testing.assert_allclose(mirrored[:4], points[[2, 3, 0, 1]])


def test_keypoints_outside_the_image_are_not_labelled(tmp_path: Path) -> None:
    dataset = several(frames=1)
    export("yolo", dataset, tmp_path / "out", task="pose", split=ALL)
    found = lines(tmp_path / "out", "000000000")
    cut = [item["class"] == "crate" and item["box"][0] == 0 for item in objects_of(dataset.rows[0])].index(True)
    points = np.array(found[cut][5:]).reshape(9, 3)
    outside = points[:, 2] == 0
    assert 1 <= outside.sum() <= 6 and (points[outside] == 0).all()
    for line in found:
        points = np.array(line[5:]).reshape(9, 3)
        assert set(points[:, 2].tolist()) <= {0.0, 1.0, 2.0} and points.min() >= 0 and points[:, :2].max() <= 1


def test_turned_boxes_hold_the_masks_tightly(tmp_path: Path) -> None:
    dataset = several()
    export("yolo", dataset, tmp_path / "out", task="obb", split=ALL)
    for row in dataset.rows:
        ids = image(row.members["instance.png"])
        for line, item in zip(lines(tmp_path / "out", row.key), objects_of(row), strict=True):
            corners = (np.array(line[1:]).reshape(4, 2) * (200, 150)).astype(np.float32)
            ys, xs = np.nonzero(ids == item["id"])
            distances = [cv2.pointPolygonTest(corners, (x + 0.5, y + 0.5), True) for x, y in zip(xs, ys, strict=True)]
            assert min(distances) > -0.01 or item["box"][0] == 0  # clipped to the image where it reaches the border
            assert cv2.contourArea(corners) <= item["box"][2] * item["box"][3] + 1


def test_data_yaml_names_parts_and_classes_in_order(tmp_path: Path) -> None:
    export("yolo", several(), tmp_path / "out", classes=["tile", "crate"])
    content = yaml.safe_load((tmp_path / "out" / "data.yaml").read_text())
    assert content == {
        "train": "images/train",
        "val": "images/val",
        "test": "images/test",
        "names": {0: "tile", 1: "crate"},
    }
    assert all((tmp_path / "out" / content[part]).is_dir() for part in ("train", "val", "test"))


def test_the_split_follows_its_shares_keeps_views_together_and_moves_no_frame() -> None:
    keys = [f"{frame:09d}" for frame in range(4000)]
    parts = [part_of(key, (8, 1, 1)) for key in keys]
    shares = [parts.count(name) / 4000 for name in ("train", "val", "test")]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.02)
    assert all(part_of(f"{key}_left", (8, 1, 1)) == part for key, part in zip(keys, parts, strict=True))
    assert {part_of(key, (1, 0, 1)) for key in keys} == {"train", "test"}


def test_bad_options_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"task is 'count'; expected one of detect, segment, pose, obb"):
        export("yolo", several(), tmp_path / "out", task="count")
    for split in ((0, 0), (1, 1, 1, 1), (2, -1)):
        with pytest.raises(ValueError, match=r"expected one to three shares of train, val, test"):
            export("yolo", several(), tmp_path / "out", split=split)
