"""Scripts of ours in the styles of NVIDIA's published ones, run as a user runs them and held against closed forms."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pxr import Usd

SCRIPTS = Path(__file__).parent / "scripts"
ROOT = Path(__file__).resolve().parents[2]
FOCAL, APERTURE = 24.0, 20.955


def run(name: str, folder: Path, *options: str) -> None:
    command = [sys.executable, "-m", "engine", *options, f"--set=/omni/replicator/backends/disk/root_dir={folder}"]
    done = subprocess.run(
        [*command, str(SCRIPTS / f"{name}.py")],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def found(folder: Path):
    return json.loads((folder / "found.json").read_text())


def draws(seed: int, node: int, low, high, count: int) -> np.ndarray:
    generator = np.random.default_rng(np.random.SeedSequence((seed, node)))
    return np.array([generator.uniform(low, high, size=(1, 3))[0] for _ in range(count)])


def corners(place: np.ndarray) -> np.ndarray:
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return place + 0.5 * signs


def projected(points: np.ndarray, camera: dict, width: int, height: int) -> np.ndarray:
    """Return pixel coordinates through the matrices that the writer wrote down (row vectors)."""
    view = np.reshape(camera["cameraViewTransform"], (4, 4))
    projection = np.reshape(camera["cameraProjection"], (4, 4))
    clip = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ view @ projection
    ndc = clip[:, :2] / clip[:, 3:]
    return (ndc * [1, -1] + 1) / 2 * [width, height]


def test_the_tutorial_writes_the_frames_whose_values_numpy_draws(tmp_path):
    run("tutorial", tmp_path, "--save-stage", "left.usda")
    out = tmp_path / "out"
    assert len(list(out.glob("rgb_*.png"))) == len(list(out.glob("semantic_segmentation_[0-9]*.png"))) == 4
    places = draws(11, 0, (-3, -3, 0), (3, 3, 0), 5)
    for number in range(4):
        boxes = np.load(out / f"bounding_box_2d_loose_{number:04d}.npy")
        paths = json.loads((out / f"bounding_box_2d_loose_prim_paths_{number:04d}.json").read_text())
        camera = json.loads((out / f"camera_params_{number:04d}.json").read_text())
        row = boxes[paths.index("/Replicator/Cube_Xform")]
        pixels = projected(corners(places[number]), camera, 96, 64)
        got = [row["x_min"], row["y_min"], row["x_max"], row["y_max"]]
        np.testing.assert_allclose(got, [*pixels.min(axis=0), *pixels.max(axis=0)], atol=1.0)
        assert np.asarray(Image.open(out / f"rgb_{number:04d}.png")).std() > 5
    left = Usd.Stage.Open(str(tmp_path / "left.usda"))
    last = left.GetPrimAtPath("/Replicator/Cube_Xform").GetAttribute("xformOp:translate").Get()
    np.testing.assert_allclose(last, places[4])  # the fourth execution ends the run and is not captured


def test_a_writer_of_one_s_own_and_events_between_steps(tmp_path):
    run("events_and_writer", tmp_path)
    records = [json.loads((tmp_path / "boxes" / f"boxes_{i}.json").read_text()) for i in range(4)]
    assert len(list((tmp_path / "boxes").glob("rgb_*.png"))) == 4
    places = [np.zeros(3), *draws(3, 0, (-2, -2, 0), (2, 2, 0), 2)]
    focal = FOCAL / APERTURE * 128
    for record, place in zip(records, [places[0], places[1], places[1], places[2]], strict=True):
        assert record["prims"] == ["/World/Box"]
        near = focal / (10 - 0.5)  # pixels a metre on the face that looks at the camera, 9.5 m away
        # straight down with image-up = -X: right is +Y, down is +X
        centre, half = 64 + near * np.array([place[1], place[0]]), near * 0.5
        np.testing.assert_allclose(record["boxes"][0][:2], centre - half, atol=1.01 + abs(place[:2]).max())
        np.testing.assert_allclose(record["boxes"][0][2:], centre + half, atol=1.01 + abs(place[:2]).max())
    assert records[1]["drawn"]["place"] == records[2]["drawn"]["place"] != records[3]["drawn"]["place"]
    np.testing.assert_array_equal(np.reshape(records[3]["drawn"]["place"], 3), places[2])


def test_several_cameras_with_one_switched_off(tmp_path):
    run("many_cameras", tmp_path)
    answer = found(tmp_path)
    first, second = answer["frames"]
    assert {name: pytest.approx([h, 1.0], rel=1e-5) for name, h in (("view_0", 4.0), ("view_1", 9.0))} == first
    assert list(second) == ["view_0"]
    assert answer["half"] == pytest.approx(2.0, rel=1e-5)


def test_labels_of_subsets_cover_half_the_picture_each(tmp_path):
    run("subsets", tmp_path)
    assert found(tmp_path) == {"red": 400, "blue": 400}


def test_a_coroutine_of_the_editor(tmp_path):
    run("coroutine", tmp_path)
    frames = found(tmp_path)
    assert len(frames) == 3 and len({tuple(frame["place"]) for frame in frames}) == 3
    for frame in frames:
        np.testing.assert_allclose(np.array(frame["transform"])[3, :3], frame["place"], atol=1e-6)
        assert frame["x_max"] == pytest.approx(0.5, abs=1e-5)
