"""isaacsim.test.utils.image_comparison: the mean difference of images."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from PIL import Image


def compute_difference_metrics(golden: np.ndarray, test: np.ndarray) -> dict[str, float]:
    """Return mean, maximum and root mean square of the absolute difference.

    Raises:
        ValueError: if the shapes differ.
    """
    if golden.shape != test.shape:
        raise ValueError(f"images of different shape: golden {golden.shape}, test {test.shape}")
    difference = np.abs(golden.astype(np.float64) - test.astype(np.float64))
    root = float(np.sqrt(np.mean(difference**2)))
    return {"mean_abs": float(difference.mean()), "max_abs": float(difference.max(initial=0.0)), "rmse": root}


def compare_images_in_directories(
    golden_dir: str,
    test_dir: str,
    path_pattern: str = r"\.png$",
    mean_tolerance: float | None = None,
    **accepted: object,
) -> dict[str, object]:
    """Compare images of the same name in two folders.

    Args:
        golden_dir: the expected images.
        test_dir: the images to judge.
        path_pattern: regular expression that a file name must hold.
        mean_tolerance: largest mean absolute difference, 0 to 255; None for equal pixels.
        **accepted: further options of Isaac Sim's function, not used.

    Returns:
        A dict with `all_passed` (false if there was nothing to compare) and `results`, name to metrics.
    """
    names = sorted(p.name for p in Path(golden_dir).glob("*") if re.search(path_pattern, p.name))
    results, passed = {}, bool(names)
    for name in names:
        other = Path(test_dir) / name
        if not other.is_file():
            results[name], passed = {"missing": 1.0}, False
            continue
        metrics = compute_difference_metrics(np.array(Image.open(Path(golden_dir) / name)), np.array(Image.open(other)))
        results[name] = metrics
        passed = passed and metrics["mean_abs"] <= (mean_tolerance or 0.0)
    return {"all_passed": passed, "results": results}
