"""The comparison with golden images: its numbers on tiny pictures, and its complaints."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.conformance.rtx.measure import difference
from engine.conformance.rtx.run import compare, extensions_folder, shortened
from engine.conformance.rtx.suites import SUITES, choose


def saved(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def test_numbers_of_a_known_difference(tmp_path: Path) -> None:
    golden = np.zeros((10, 10, 4), np.uint8)
    golden[:5] = 200
    ours = golden.copy()
    ours[4, :, :3] = 0
    found = difference(saved(tmp_path / "g.png", golden), saved(tmp_path / "o.png", ours), areas=True)
    assert found.mean == pytest.approx(200 * 30 / 400) and found.bias == pytest.approx(-15.0)
    assert found.iou < 0.99


def test_complaints(tmp_path: Path) -> None:
    small = saved(tmp_path / "s.png", np.zeros((4, 4), np.uint8))
    with pytest.raises(ValueError, match=r"has shape \(4, 4, 1\), expected that of the golden image, \(5, 5, 1\)"):
        difference(saved(tmp_path / "l.png", np.zeros((5, 5), np.uint8)), small)
    with pytest.raises(ValueError, match="no suite 'x'; choose from rand_lights"):
        choose("x")
    with pytest.raises(FileNotFoundError, match="expected the unzipped wheels"):
        extensions_folder(tmp_path)
    script = tmp_path / "repo" / SUITES[-1].target
    script.parent.mkdir(parents=True)
    script.write_text("print(1)\n")
    with pytest.raises(ValueError, match="has no line NUM_FRAMES"):
        shortened(SUITES[-1], tmp_path / "repo", tmp_path / "work")


def test_a_missing_image_fails_the_comparison(tmp_path: Path) -> None:
    golden = replace(SUITES[0].goldens[0], folder="_out", output="made", pattern="*.png")
    for name in ("a.png", "b.png"):
        saved(tmp_path / "ext" / "e" / "golden" / "_out" / name, np.zeros((2, 2), np.uint8))
    saved(tmp_path / "made" / "a.png", np.zeros((2, 2), np.uint8))
    assert not compare(golden, tmp_path / "ext", tmp_path).passed
    saved(tmp_path / "made" / "b.png", np.zeros((2, 2), np.uint8))
    assert compare(golden, tmp_path / "ext", tmp_path).passed
