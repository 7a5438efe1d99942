"""KITTI labels: by hand for a cube, and by projecting the labelled 3D boxes with P2 as KITTI's development kit does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from writers.exports import export
from writers.exports.kitti import level, upright
from writers.exports.solids import Solid
from writers.shards.plan import Plan

from .worlds import GROUP, Box, Eye, StandIn, draw, image, objects_of, one_cube, placed, several

FIELDS = ("truncated", "occluded", "alpha", "left", "top", "right", "bottom", "h", "w", "l", "x", "y", "z", "ry")


def read_labels(folder: Path, number: int = 0) -> list[dict[str, float | str]]:
    rows: list[dict[str, float | str]] = []
    for line in (folder / "training" / "label_2" / f"{number:06d}.txt").read_text().splitlines():
        name, *values = line.split(" ")
        assert len(values) == 14
        rows.append({"type": name, **dict(zip(FIELDS, map(float, values), strict=True))})
    return rows


def read_p2(folder: Path, number: int = 0) -> NDArray[np.float64]:
    text = (folder / "training" / "calib" / f"{number:06d}.txt").read_text()
    found = dict(line.split(": ") for line in text.splitlines())
    assert set(found) == {"P0", "P1", "P2", "P3", "R0_rect", "Tr_velo_to_cam", "Tr_imu_to_velo"}
    return np.array(found["P2"].split(), float).reshape(3, 4)


def project_label(label: dict, p2: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project the 8 corners as the development kit's computeBox3D.m does; returns (8, 2) pixels."""
    h, w, l, ry = (label[k] for k in ("h", "w", "l", "ry"))  # noqa: E741 - KITTI's letters
    turn = np.array([[np.cos(ry), 0, np.sin(ry)], [0, 1, 0], [-np.sin(ry), 0, np.cos(ry)]])
    x = [l / 2, l / 2, -l / 2, -l / 2] * 2
    y = [0, 0, 0, 0, -h, -h, -h, -h]
    z = [w / 2, -w / 2, -w / 2, w / 2] * 2
    corners = turn @ np.array([x, y, z]) + np.array([[label["x"]], [label["y"]], [label["z"]]])
    u, v, depth = p2 @ np.vstack([corners, np.ones(8)])
    assert (depth > 0).all()
    return np.stack([u / depth, v / depth], axis=1)


def test_a_cube_before_a_level_camera_has_the_numbers_had_by_hand(tmp_path: Path) -> None:
    export("kitti", one_cube(), tmp_path / "out")
    text = (tmp_path / "out" / "training" / "label_2" / "000000.txt").read_text()
    assert text == "crate 0.00 0 0.00 85.00 60.00 114.00 89.00 1.00 1.00 1.00 0.00 0.50 4.00 0.00\n"
    np.testing.assert_allclose(read_p2(tmp_path / "out"), [[100, 0, 100, 0], [0, 100, 75, 0], [0, 0, 1, 0]], atol=1e-9)
    assert (tmp_path / "out" / "keys.txt").read_text() == "000000 000000000\n"


@pytest.mark.parametrize("yaw", [-150.0, -40.0, 30.0, 100.0])
def test_turning_an_object_about_the_vertical_turns_rotation_y_the_other_way(tmp_path: Path, yaw: float) -> None:
    """The world's x is the camera's x and its y is the camera's z, so a turn from x to y is one from x to z: -yaw."""
    box = placed("post", (0.8, 0.4, 0.3), 1.0, 1.0, z=0.2, yaw=yaw)
    eye = Eye((0.0, -4.0, 0.5), (0.0, 0.0, 0.5))
    export("kitti", StandIn([draw("000000000", 0, [box], eye)], Plan({}, 0, 1, 1)), tmp_path / "out")
    (label,) = read_labels(tmp_path / "out")
    assert [label[k] for k in ("h", "w", "l")] == [0.3, 0.4, 0.8]
    assert [label[k] for k in ("x", "y", "z")] == pytest.approx([1.0, 0.3, 5.0], abs=0.005)
    assert label["ry"] == pytest.approx(-np.radians(yaw), abs=0.005)
    alpha = -np.radians(yaw) - np.arctan2(1.0, 5.0)
    assert np.cos(label["alpha"] - alpha) > 1 - 1e-4 and -np.pi <= label["alpha"] <= np.pi


@pytest.mark.parametrize("views", [1, 2])
def test_projected_boxes_have_the_loose_boxes_for_cameras_that_look_down(tmp_path: Path, views: int) -> None:
    dataset = several(views=views)
    counts = export("kitti", dataset, tmp_path / "out")
    assert counts["images"] == 4 * views and counts["objects"] >= 15
    for number, row in enumerate(dataset.rows):
        labels, items = read_labels(tmp_path / "out", number), objects_of(row)
        assert len(labels) == len(items)
        for label, item in zip(labels, items, strict=True):
            pixels = project_label(label, read_p2(tmp_path / "out", number))
            x, y, width, height = item["loose_box"]
            # loose boxes are rounded outwards; two decimals are 5 mm, 0.6 pixels here
            assert pixels.min(axis=0) == pytest.approx([x + 0.5, y + 0.5], abs=1.2)
            assert pixels.max(axis=0) == pytest.approx([x + width - 0.5, y + height - 0.5], abs=1.2)
            inside = [max(x, 0), max(y, 0), min(x + width, 200) - 1, min(y + height, 150) - 1]
            assert [label[k] for k in ("left", "top", "right", "bottom")] == inside
            share = 1 - (inside[2] - inside[0] + 1) * (inside[3] - inside[1] + 1) / (width * height)
            assert label["truncated"] == pytest.approx(share, abs=0.005)
            hidden = 1 - item["visible_fraction"]
            assert label["occluded"] == (0 if hidden <= 0.05 else 1 if hidden <= 0.5 else 2)


def test_truncation_occlusion_and_dimensions_vary_as_the_scene_does(tmp_path: Path) -> None:
    export("kitti", several(), tmp_path / "out")
    labels = [label for number in (0, 2, 3) for label in read_labels(tmp_path / "out", number)]
    assert {label["occluded"] for label in labels} == {0.0, 1.0}
    assert sum(0.2 < label["truncated"] < 0.9 for label in labels) == 3  # the crate at the left side
    sizes = {(label["type"], label["l"], label["w"], label["h"]) for label in labels}
    assert sizes == {(box.name, *(round(v, 2) for v in box.size)) for box in GROUP}
    assert read_labels(tmp_path / "out", 1) == []  # the empty frame has an empty file


def test_tight_boxes_are_the_visible_pixels(tmp_path: Path) -> None:
    dataset = several(frames=1)
    export("kitti", dataset, tmp_path / "out", boxes="tight", images="none")
    for label, item in zip(read_labels(tmp_path / "out"), objects_of(dataset.rows[0]), strict=True):
        x, y, width, height = item["box"]
        assert [label[k] for k in ("left", "top", "right", "bottom")] == [x, y, x + width - 1, y + height - 1]
    assert not (tmp_path / "out" / "training" / "image_2").exists()


def test_the_camera_s_own_frame_keeps_p2_plain_and_locations_true(tmp_path: Path) -> None:
    dataset = several(frames=1)
    for frame in ("level", "camera"):
        export("kitti", dataset, tmp_path / frame, frame=frame)
    np.testing.assert_allclose(
        read_p2(tmp_path / "camera"), [[170, 0, 100, 0], [0, 170, 75, 0], [0, 0, 1, 0]], atol=1e-9
    )
    assert np.abs(read_p2(tmp_path / "level") - read_p2(tmp_path / "camera")).max() > 1
    for own, leveled in zip(read_labels(tmp_path / "camera"), read_labels(tmp_path / "level"), strict=True):
        middles = []
        for label, name in ((own, "camera"), (leveled, "level")):
            middle = np.array([label["x"], label["y"] - label["h"] / 2, label["z"], 1.0])
            u, v, depth = read_p2(tmp_path / name) @ middle
            middles.append([u / depth, v / depth])
        assert middles[0] == pytest.approx(middles[1], abs=1.5)


def test_a_camera_straight_down_has_the_image_s_top_ahead() -> None:
    eye = Eye((0.0, 0.0, 3.0), (0.0, 1e-9, 0.0))
    turn = level(eye.describe(), np.array([0.0, 0.0, 1.0]))
    np.testing.assert_allclose(turn @ [0, 0, 1], [0, 1, 0], atol=1e-6)  # the direction of view is down
    np.testing.assert_allclose(turn @ [0, -1, 0], [0, 0, 1], atol=1e-6)  # up in the image is ahead
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)


def test_a_lying_object_has_its_height_along_the_vertical_and_a_leaning_one_is_bounded() -> None:
    lying = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])  # its x axis is vertical
    height, width, length, *_ = upright(Solid(lying, np.array([0.0, 0, 5]), np.array([3.0, 2, 1])), np.eye(3))
    assert (height, width, length) == pytest.approx((3, 1, 2))
    angle = np.radians(20)
    lean = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    solid = Solid(lean, np.array([0.0, 0, 5]), np.array([1.0, 2, 1]))
    height, width, length, x, y, z, turn = upright(solid, np.eye(3))
    assert height == pytest.approx(2 * np.cos(angle) + np.sin(angle)) and length == pytest.approx(1)
    assert width == pytest.approx(np.cos(angle) + 2 * np.sin(angle))
    assert (x, y, z, turn) == pytest.approx((0, height / 2, 5, 0))


def test_an_object_without_3d_box_has_the_values_for_unknown(tmp_path: Path) -> None:
    import json

    dataset = one_cube()
    about = json.loads(dataset.rows[0].members["json"])
    about["objects"][0].update(box_3d=None, loose_box=None, visible_fraction=None, **{"class": "crate"})
    dataset.rows[0].members["json"] = json.dumps(about).encode()
    export("kitti", dataset, tmp_path / "out")
    (label,) = read_labels(tmp_path / "out")
    assert [label[k] for k in ("h", "w", "l", "x", "y", "z", "ry", "alpha")] == [
        -1,
        -1,
        -1,
        -1000,
        -1000,
        -1000,
        -10,
        -10,
    ]
    assert (label["truncated"], label["occluded"], label["left"]) == (-1, 3, 86)


def test_images_are_png_with_the_samples_pixels(tmp_path: Path) -> None:
    for kind in ("png", "jpg"):
        dataset = several(frames=1, image=kind)
        export("kitti", dataset, tmp_path / kind)
        written = image((tmp_path / kind / "training" / "image_2" / "000000.png").read_bytes())
        np.testing.assert_array_equal(written, image(dataset.rows[0].members[f"rgb.{kind}"]))


def test_bad_options_and_cameras_are_refused(tmp_path: Path) -> None:
    for name, text in (("boxes", "loose or tight"), ("frame", "level or camera"), ("up", "z or y")):
        with pytest.raises(ValueError, match=f"{name} is 'odd'; expected {text}"):
            export("kitti", one_cube(), tmp_path / "out", **{name: "odd"})
    fish = StandIn(
        [
            draw(
                "000000000",
                0,
                [Box("crate", (1, 1, 1), np.eye(4))],
                Eye((0, -4, 0.5), (0, 0, 0.5), model="fisheyePolynomial"),
            )
        ],
        Plan({}, 0, 1, 1),
    )
    with pytest.raises(ValueError, match=r"sample '000000000' was seen by a camera of model 'fisheyePolynomial'"):
        export("kitti", fish, tmp_path / "out")


def test_class_names_with_spaces_stay_one_column(tmp_path: Path) -> None:
    dataset = one_cube()
    dataset.classes[0] = "big crate"
    row = dataset.rows[0]
    row.members["json"] = row.members["json"].replace(b'"crate"', b'"big crate"')
    export("kitti", dataset, tmp_path / "out")
    assert [label["type"] for label in read_labels(tmp_path / "out")] == ["big_crate"]
