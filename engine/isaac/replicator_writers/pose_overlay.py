"""The overlay of PoseWriter: boxes and axes drawn over the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from engine.isaac.replicator_writers.pose_objects import KEYPOINTS, PosedObject
from engine.isaac.replicator_writers.pose_projection import pixels

EDGES = {"red": "LDB LDF LUF LUB", "blue": "RDB RDF RUF RUB"}  # left and right face
ACROSS = ("LDB RDB", "LDF RDF", "LUB RUB", "LUF RUF")
AXES = ("red", "green", "blue")


def overlay(picture: np.ndarray, objects: Sequence[PosedObject]) -> Image.Image:
    """Return the picture (h, w, 3 or 4; uint8) with each box's edges and the local axes from its centre."""
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    for one in objects:
        flat = {name: tuple(row) for name, row in zip(KEYPOINTS, one.keypoints(KEYPOINTS)[2].tolist(), strict=True)}
        for colour, names in EDGES.items():
            ring = [flat[name] for name in names.split()]
            draw.line([*ring, ring[0]], fill=colour, width=2)
        for names in ACROSS:
            draw.line([flat[name] for name in names.split()], fill="green", width=2)
        _axes(draw, one)
    return image


def _axes(draw: ImageDraw.ImageDraw, one: PosedObject) -> None:
    middle, length = (one.low + one.high) / 2, float(np.mean(one.high - one.low)) / 4
    local = middle + np.concatenate([np.zeros((1, 3)), np.eye(3) * length])
    world = local @ one.world_from_local[:3, :3] + one.world_from_local[3, :3]
    seen = world @ one.camera_from_world[:3, :3] + one.camera_from_world[3, :3]
    flat = np.nan_to_num(pixels(seen, one.camera)).tolist()
    for colour, tip in zip(AXES, flat[1:], strict=True):
        draw.line([tuple(flat[0]), tuple(tip)], fill=colour, width=2)
