"""Samples of every kind of member, from a seeded generator."""

from __future__ import annotations

from typing import Any

import numpy as np

from writers.encode import depth_png, ids_png, json_bytes, npy, png
from writers.shards.sample import Sample

CLASSES = ["cow", "hen"]
SIZE = (24, 32)


def about(frame: int, seed: int = 7) -> dict[str, Any]:
    """Return the JSON of a frame: a cow in each, a hen in even ones."""
    things = [("cow", 2, [3, 4, 10, 6], 1.0), ("hen", 300, [15, 10, 8, 9], 0.5)][: 2 - frame % 2]
    objects = [
        {"id": number, "prim": f"/World/{name}", "class": name, "area": 40, "box": box, "visible_fraction": seen}
        for name, number, box, seen in things
    ]
    camera = {"prim": "/World/Cameras/main", "width": SIZE[1], "height": SIZE[0]}
    counts = {item["class"]: 1 for item in objects}
    return {
        "frame": frame,
        "seed": seed,
        "camera": camera,
        "depth_scale": 0.001,
        "classes": CLASSES,
        "objects": objects,
        "counts": counts,
    }


def draw(frame: int, seed: int = 7, key: str | None = None) -> Sample:
    """Return the sample of a frame; its depth reaches beyond 8 bits and its ids too."""
    chance = np.random.default_rng((seed, frame))
    ids = np.where(chance.random(SIZE) < 0.5, 300, 2)
    members = {
        "rgb.png": png(chance.integers(0, 256, (*SIZE, 3), np.uint8)),
        "depth.png": depth_png(chance.uniform(1, 40, SIZE), 0.001),
        "instance.png": ids_png(ids),
        "flow.npy": npy(chance.normal(size=(*SIZE, 2)).astype(np.float32)),
        "json": json_bytes(about(frame, seed)),
    }
    return Sample(key or f"{frame:09d}", members)


def several(frames: int, start: int = 0) -> list[Sample]:
    """Return consecutive samples."""
    return [draw(frame) for frame in range(start, start + frames)]
