"""Members: what is encoded comes back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from writers.encode import depth_png, ids_png, jpeg, json_bytes, npy, png


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
