"""How far engines agree about one view: an independent check of depth and ids, as no two share any code."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

MILLIMETRE = 1e-3


def compare(first: Path, second: Path) -> dict[str, Any]:
    """Compare two saved views.

    Args:
        first, second: .npz files with depth (h, w) float metres along the optical axis, inf where nothing is, and item
            (h, w) int, -1 where nothing is.

    Returns:
        pixels: in all.
        same_item: fraction of pixels where both see the same item, or both nothing.
        same_depth: fraction, among the pixels where both see the same item, whose depths differ by at most 1 mm.
        depth_99: 99th percentile of the difference there, metres.
        worst_iou, mean_iou: intersection over union of the items' masks.
        items: how many items at least one of them sees.
    """
    a, b = np.load(first), np.load(second)
    if a["item"].shape != b["item"].shape:
        raise ValueError(f"{first.name} is {a['item'].shape}, {second.name} is {b['item'].shape}; expected one size")
    same = a["item"] == b["item"]
    both = same & (a["item"] >= 0)
    if not both.any():
        raise ValueError(f"{first.name} and {second.name} see no item at the same pixel; nothing can be compared")
    apart = np.abs(a["depth"][both].astype(np.float64) - b["depth"][both])
    seen = np.union1d(a["item"], b["item"])
    overlap = [iou(a["item"] == n, b["item"] == n) for n in seen[seen >= 0]]
    return {
        "pixels": int(same.size),
        "same_item": round(float(same.mean()), 6),
        "same_depth": round(float((apart <= MILLIMETRE).mean()), 6),
        "depth_99": float(f"{np.quantile(apart, 0.99):.3g}"),
        "worst_iou": round(min(overlap), 4),
        "mean_iou": round(float(np.mean(overlap)), 4),
        "items": len(overlap),
    }


def iou(first: np.ndarray, second: np.ndarray) -> float:
    """Return intersection over union of two masks, at least one of them not empty."""
    return float((first & second).sum() / (first | second).sum())


def compare_all(views: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """Compare every pair of saved views, named `first - second`."""
    return {f"{a} - {b}": compare(views[a], views[b]) for a, b in combinations(views, 2)}
