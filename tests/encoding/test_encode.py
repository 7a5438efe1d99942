"""Encoders: exact values back, and the same bytes whatever OpenCV runs on."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from writers.encode import depth_png, ids_png, jpeg, normals_png, opaque, png

ROOT = Path(__file__).resolve().parents[2]


def decoded(data: bytes) -> NDArray:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def scene() -> dict[str, NDArray]:
    """Draw a picture with everything that encoders choose by: slopes, noise, edges, large areas."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:240, 0:320].astype(np.float32)
    ids = ((x // 40) + 9 * (y // 30)).astype(np.uint32)
    ids[100:180, 90:260] = 65535
    depth = 2 + y / 50 + np.where(ids == 65535, rng.normal(0, 0.01, x.shape), 0).astype(np.float32)
    rgb = np.stack([x % 256, y, (x + y) % 256], 2) + rng.integers(-8, 8, (240, 320, 3))
    normals = np.stack([np.sin(x / 50), np.cos(x / 50) * np.sin(y / 60), np.cos(x / 50) * np.cos(y / 60)], 2)
    return {"rgb": np.clip(rgb, 0, 255).astype(np.uint8), "ids": ids, "depth": depth, "normals": normals}


def all_bytes() -> dict[str, bytes]:
    image = scene()
    return {
        "jpg": jpeg(image["rgb"]),
        "png": png(image["rgb"]),
        "ids": ids_png(image["ids"]),
        "depth": depth_png(image["depth"], 0.0005),
        "normals": normals_png(image["normals"]),
    }


def test_lossless_members_give_their_values_back() -> None:
    image, data = scene(), all_bytes()
    np.testing.assert_array_equal(decoded(data["png"]), image["rgb"])
    np.testing.assert_array_equal(decoded(data["ids"]), image["ids"])
    np.testing.assert_allclose(
        decoded(data["depth"]) * 0.0005, image["depth"], rtol=0, atol=0.000251
    )  # float32 rounds the quotient
    back = decoded(data["normals"]) / 127.5 - 1
    np.testing.assert_allclose(back, image["normals"], rtol=0, atol=0.5001 / 127.5)


def test_depth_without_a_value_is_zero() -> None:
    depth = np.array([[np.inf, np.nan, -np.inf, -1.0, 65.535, 65.536, 0.0004, 0.0006]], np.float32)
    for kind in (np.float32, np.float64):
        stored = decoded(depth_png(depth.astype(kind), 0.001))
        assert stored.dtype == np.uint16
        assert stored.tolist() == [[0, 0, 0, 0, 65535, 0, 0, 1]]


def test_axes_of_normals() -> None:
    normals = np.array([[[1, -1, 0], [0, 0, 0]]], np.float32)
    before = normals.copy()
    assert decoded(normals_png(normals)).tolist() == [[[255, 0, 128], [128, 128, 128]]]
    np.testing.assert_array_equal(normals, before)


def test_a_fourth_channel_is_dropped() -> None:
    rng = np.random.default_rng(2)
    rgba = rng.integers(0, 256, (9, 7, 4), dtype=np.uint8)
    np.testing.assert_array_equal(opaque(rgba), rgba[..., :3])
    np.testing.assert_array_equal(opaque(rgba[:, ::-1, :3]), rgba[:, ::-1, :3])
    normals = rng.normal(size=(9, 7, 4)).astype(np.float32) / 4
    assert normals_png(normals) == normals_png(np.ascontiguousarray(normals[..., :3]))


def test_jpeg_keeps_all_colour_samples_at_quality_95(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg(scene()["rgb"]))
    with Image.open(tmp_path / "a.jpg") as image:
        assert [layer[1:3] for layer in image.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]
        assert image.quantization[0][0] == 2  # 16 of the standard table at quality 95
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = (255, 0, 0)
    lossy = decoded(jpeg(stripes)).astype(int)
    assert np.abs(lossy - stripes).mean() < 6, "thin coloured stripes survive"


def test_depth_is_smaller_than_by_run_lengths_alone() -> None:
    y, x = np.mgrid[0:480, 0:640].astype(np.float32)
    depth = 1 / (0.2 + 0.001 * x + 0.0001 * y)  # a slanted plane
    stored = np.rint(depth / 0.0005).astype(np.uint16)
    assert len(depth_png(depth, 0.0005)) < 0.7 * len(png(stored))


@pytest.mark.parametrize("variables", [{"OPENCV_CPU_DISABLE": "AVX2,AVX,SSE4.2,SSE4.1"}, {"JSIMD_FORCENONE": "1"}])
def test_the_same_bytes_without_vector_instructions(variables: dict[str, str]) -> None:
    code = (
        "import hashlib; from tests.encoding.test_encode import all_bytes;"
        "print(*(hashlib.sha256(data).hexdigest() for data in all_bytes().values()))"
    )
    environment = {**os.environ, **variables, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [hashlib.sha256(data).hexdigest() for data in all_bytes().values()]


def test_the_same_bytes_with_any_number_of_threads_of_opencv() -> None:
    before, found = cv2.getNumThreads(), []
    try:
        for threads in (1, 2, 8):
            cv2.setNumThreads(threads)
            found.append(all_bytes())
    finally:
        cv2.setNumThreads(before)
    assert found[0] == found[1] == found[2]
