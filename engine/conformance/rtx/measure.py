"""How far two images are apart, in the numbers that NVIDIA's tests use and a few that say more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

CLASS_STEP = 24  # levels: colours of classes lie further apart than an encoder moves them


@dataclass(frozen=True)
class Difference:
    """One image against its golden.

    Attributes:
        name: file name.
        mean: mean absolute difference over all channels, alpha too, levels of 255: NVIDIA's measure.
        bias: mean of ours minus golden.
        p95: 95th percentile of the absolute difference.
        iou: least intersection over union of the golden's colours, where areas are compared; else nan.
    """

    name: str
    mean: float
    bias: float
    p95: float
    iou: float = float("nan")


def load(path: Path) -> UInt8[np.ndarray, "h w c"]:
    """Return an image's channels."""
    pixels = np.asarray(Image.open(path))
    return pixels[..., None] if pixels.ndim == 2 else pixels


def difference(golden: Path, ours: Path, areas: bool = False) -> Difference:
    """Compare an image with its golden.

    Args:
        golden: NVIDIA's.
        ours: the engine's, same size.
        areas: also compare the areas of each colour.

    Raises:
        ValueError: if they differ in shape.
    """
    expected, found = load(golden), load(ours)
    if {expected.shape[2], found.shape[2]} == {3, 4}:
        expected, found = expected[..., :3], found[..., :3]  # as NVIDIA's comparison does
    if expected.shape != found.shape:
        raise ValueError(f"'{ours}' has shape {found.shape}, expected that of the golden image, {expected.shape}")
    signed = found.astype(np.float64) - expected
    return Difference(
        ours.name,
        float(np.abs(signed).mean()),
        float(signed.mean()),
        float(np.percentile(np.abs(signed), 95)),
        least_overlap(expected, found) if areas else float("nan"),
    )


def least_overlap(expected: UInt8[np.ndarray, "h w c"], found: UInt8[np.ndarray, "h w c"]) -> float:
    """Return the least intersection over union of the colours that cover more than a thousandth of the golden."""
    colours, counts = np.unique(expected.reshape(-1, expected.shape[2]), axis=0, return_counts=True)
    kept = colours[counts > expected.shape[0] * expected.shape[1] / 1000]
    overlaps = []
    for colour in kept.astype(int):
        here = np.abs(expected.astype(int) - colour).max(axis=2) < CLASS_STEP
        there = np.abs(found.astype(int) - colour).max(axis=2) < CLASS_STEP
        overlaps.append(float((here & there).sum() / max((here | there).sum(), 1)))
    return min(overlaps)


def side_by_side(golden: Path, ours: Path, gain: float = 8.0) -> Image.Image:
    """Return golden, ours and their difference (times `gain`, on mid grey) in a row: for the user's own eyes only."""
    expected, found = (load(path)[..., :3].astype(np.float64) for path in (golden, ours))
    apart = np.clip(127.5 + gain * (found - expected), 0, 255)
    row = np.concatenate([expected, found, apart], axis=1).astype(np.uint8)
    return Image.fromarray(np.repeat(row, 3, axis=2) if row.shape[2] == 1 else row)
