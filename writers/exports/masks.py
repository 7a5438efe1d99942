"""Masks of objects: decoded, joined into one image, as one outline."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from writers.exports.coco import segmentation

Mask = NDArray[np.uint8]
Points = NDArray[np.int64]


def decode_png(key: str, name: str, data: bytes) -> NDArray[Any]:
    """Decode an image member, 16 bits kept.

    Raises:
        ValueError: if it is no image.
    """
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise ValueError(f"member '{name}' of sample '{key}' is no image that OpenCV can read")
    return image


def mask_of(key: str, item: dict[str, Any]) -> Mask:
    """Decode an object's run-length mask to (h, w), 1 where it is seen."""
    from pycocotools import mask as rle

    return np.asarray(rle.decode(segmentation(key, item)), np.uint8)


def run_lengths(mask: Mask) -> dict[str, Any]:
    """Return COCO's plain run lengths: column by column, background first, as a list of numbers."""
    flat = np.concatenate([[0], mask.ravel(order="F"), [2]])
    edges = np.flatnonzero(np.diff(flat))
    counts = np.diff(np.concatenate([[0], edges]))
    return {"counts": counts.tolist(), "size": list(mask.shape)}


def outline(mask: Mask) -> Points:
    """Draw one closed line round all pixels of a mask, holes and separate parts included.

    A part or a hole is entered from the nearest point of what is drawn already and left by the same way, so the way
    has no area. Filling by the even-odd rule, the line included, gives the mask back, plus the ways between parts.

    Args:
        mask: (h, w), not 0 where the object is.

    Returns:
        (n, 2) pixel columns and rows, at least 3.
    """
    found, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    rings = [ring.reshape(-1, 2).astype(np.int64) for ring in found]
    if not rings:
        return np.zeros((0, 2), np.int64)
    line = _straightened(_walk(rings, _joined(rings)))
    return line if len(line) >= 3 else np.concatenate([line, np.repeat(line[-1:], 3 - len(line), axis=0)])


def _joined(rings: list[Points]) -> list[list[tuple[int, int, int]]]:
    """Join rings by their shortest ways, as Prim's minimum spanning tree from the longest ring.

    Returns:
        For each ring its branches: (own point, other ring, the other's point); ring 0 of the walk is the longest.
    """
    from scipy.spatial import cKDTree

    branches: list[list[tuple[int, int, int]]] = [[] for _ in rings]
    first = int(np.argmax([len(ring) for ring in rings]))
    best = {ring: (np.inf, 0, 0, 0) for ring in range(len(rings)) if ring != first}
    newest = first
    while best:
        tree = cKDTree(rings[newest])
        for ring in best:
            distances, places = tree.query(rings[ring])
            point = int(np.argmin(distances))
            if distances[point] < best[ring][0]:
                best[ring] = (float(distances[point]), newest, int(places[point]), point)
        newest = min(best, key=lambda ring: (best[ring][0], ring))
        _, parent, own, point = best.pop(newest)
        branches[parent].append((own, newest, point))
    return branches


def _walk(rings: list[Points], branches: list[list[tuple[int, int, int]]]) -> Points:
    """Go round the longest ring, and round each branch where it leaves."""
    first = int(np.argmax([len(ring) for ring in rings]))
    line: list[Points] = []
    stack = [(first, 0, 0)]  # ring, where it was entered, steps gone
    while stack:
        ring, entry, gone = stack.pop()
        points, size = rings[ring], len(rings[ring])
        steps = sorted(((own - entry) % size, other, point) for own, other, point in branches[ring])
        ahead = [step for step in steps if step[0] >= gone]
        if ahead:
            step, other, point = ahead[0]
            branches[ring] = [branch for branch in branches[ring] if branch[1] != other]
            line.append(points[(entry + np.arange(gone, step + 1)) % size])
            stack += [(ring, entry, step), (other, point, 0)]
        else:
            around = size + 1 if ring != first else size  # a branch ends where it was entered
            line.append(points[(entry + np.arange(gone, around)) % size])
    return np.concatenate(line)


def _straightened(line: Points) -> Points:
    """Leave out points between two steps of one direction."""
    if len(line) < 4:
        return line
    steps = np.diff(line, axis=0, append=line[:1])
    turns = (steps != np.roll(steps, 1, axis=0)).any(axis=1)
    turns[0] = True
    return line[turns]
