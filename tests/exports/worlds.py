"""Boxes before a pinhole camera, drawn ray by ray: pictures, masks, depth and labels for export tests.

Nothing here uses the exports' own geometry: pixels come from slab tests of rays, boxes from pixels and from corners
written out.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as rle

from writers.shards.plan import Plan
from writers.shards.sample import Sample

Array = NDArray[np.float64]
CLASSES = ["crate", "post", "tile"]
SPEC = {"scenario": {"name": "boxes", "seed": 7}}
COLORS = {"crate": (60, 130, 200), "post": (200, 90, 60), "tile": (90, 180, 90)}


@dataclass(frozen=True, eq=False)
class Box:
    """A box: class, size along its axes (m), world_from_local (origin at the middle of its bottom)."""

    name: str
    size: tuple[float, float, float]
    world_from_local: Array

    @property
    def low(self) -> Array:
        return np.array([-self.size[0] / 2, -self.size[1] / 2, 0.0])

    @property
    def high(self) -> Array:
        return np.array([self.size[0] / 2, self.size[1] / 2, self.size[2]])


def placed(name: str, size: tuple[float, float, float], x: float, y: float, z: float = 0.0, yaw: float = 0.0) -> Box:
    """Put a box on a place, turned about the vertical (degrees)."""
    matrix = np.eye(4)
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    matrix[:3, :3] = [[c, -s, 0], [s, c, 0], [0, 0, 1]]
    matrix[:3, 3] = [x, y, z]
    return Box(name, size, matrix)


@dataclass(frozen=True, eq=False)
class Eye:
    """A camera: place, point looked at (z up), focal length and image size in pixels."""

    place: tuple[float, float, float]
    target: tuple[float, float, float]
    focal: float = 100.0
    size: tuple[int, int] = (200, 150)
    model: str = "pinhole"

    @property
    def world_from_camera(self) -> Array:
        """USD's camera frame: x right, y up, looking along -z."""
        ahead = np.subtract(self.target, self.place)
        back = -ahead / np.linalg.norm(ahead)
        right = np.cross([0.0, 0.0, 1.0], back)
        right /= np.linalg.norm(right)
        matrix = np.eye(4)
        matrix[:3, :3] = np.stack([right, np.cross(back, right), back], axis=1)
        matrix[:3, 3] = self.place
        return matrix

    def describe(self) -> dict[str, Any]:
        width, height = self.size
        return {
            "prim": "/World/Cameras/camera",
            "width": width,
            "height": height,
            "intrinsics": [[self.focal, 0, width / 2], [0, self.focal, height / 2], [0, 0, 1]],
            "camera_from_world": np.linalg.inv(self.world_from_camera).tolist(),
            "meters_per_unit": 1.0,
            "model": self.model,
        }

    def rays(self) -> Array:
        """(h, w, 3) directions in the world whose length along the camera's axis is 1."""
        width, height = self.size
        y, x = np.mgrid[:height, :width] + 0.5
        local = np.stack([(x - width / 2) / self.focal, (height / 2 - y) / self.focal, -np.ones_like(x)], axis=-1)
        return local @ self.world_from_camera[:3, :3].T


def depth_of(box: Box, eye: Eye) -> Array:
    """(h, w) depth along the camera's axis at which rays enter a box, inf where they miss it."""
    local = np.linalg.inv(box.world_from_local)
    start = local[:3, :3] @ np.array(eye.place) + local[:3, 3]
    rays = eye.rays() @ local[:3, :3].T
    with np.errstate(divide="ignore"):
        first, second = (box.low - start) / rays, (box.high - start) / rays
    enter, leave = np.minimum(first, second).max(axis=-1), np.maximum(first, second).min(axis=-1)
    return np.where((enter <= leave) & (enter > 0), enter, np.inf)


def loose_box(box: Box, eye: Eye) -> list[int]:
    """[x, y, width, height] of the projected corners, rounded outwards."""
    corners = np.array([[*p, 1.0] for p in itertools.product(*zip(box.low, box.high, strict=True))])
    x, y, z, _ = np.linalg.inv(eye.world_from_camera) @ box.world_from_local @ corners.T
    u, v = eye.size[0] / 2 + eye.focal * x / -z, eye.size[1] / 2 - eye.focal * y / -z
    x0, y0 = int(np.floor(u.min() + 1e-6)), int(np.floor(v.min() + 1e-6))
    return [x0, y0, int(np.ceil(u.max() - 1e-6)) - x0, int(np.ceil(v.max() - 1e-6)) - y0]


def draw(
    key: str, frame: int, boxes: list[Box], eye: Eye, image: str = "png", thermal: bool = False, side: Eye | None = None
) -> Sample:
    """Draw one sample of boxes; ids are 2, 3, ... in their order.

    A thermal picture shows each box at 290 K + its id against 280 K, seen by `eye`, or by `side` if there is one.
    """
    depths = np.stack([depth_of(box, eye) for box in boxes])
    nearest, winner = depths.min(axis=0), depths.argmin(axis=0)
    ids = np.where(np.isfinite(nearest), winner + 2, 0).astype(np.uint16)
    objects = [describe(box, number, ids, depths[number], eye) for number, box in enumerate(boxes)]
    objects = [item for item in objects if item["area"]]
    rgb = np.full((*ids.shape, 3), 40, np.uint8)
    semantic = np.zeros_like(ids)
    for number, box in enumerate(boxes):
        shade = 1.0 - 0.3 * number / len(boxes)
        rgb[ids == number + 2] = [round(v * shade) for v in COLORS[box.name]]
        semantic[ids == number + 2] = CLASSES.index(box.name) + 1
    about = {
        "frame": frame,
        "seed": 7,
        "drawn": {},
        "camera": eye.describe(),
        "depth_scale": 0.0005,
        "classes": CLASSES,
        "counts": dict(Counter(item["class"] for item in objects)),
        "objects": objects,
    }
    stored = np.where(np.isfinite(nearest), np.round(nearest / 0.0005), 0).astype(np.uint16)
    members = {
        f"rgb.{image}": _encoded(f".{image}", rgb[..., ::-1]),
        "depth.png": _encoded(".png", stored),
        "semantic.png": _encoded(".png", semantic),
        "instance.png": _encoded(".png", ids),
        "json": json.dumps(about).encode(),
    }
    if thermal:
        warm = ids
        said: dict[str, Any] = {"tlinear": {"kelvin_per_count": 0.01, "offset_K": 0.0, "unit": "K"}}
        if side is not None:
            beside = json.loads(draw(key, frame, boxes, side).members["json"])
            warm = image_of(boxes, side)
            said |= {"view": beside["camera"], "objects": beside["objects"], "counts": beside["counts"]}
        kelvin = np.where(warm > 0, 290.0 + warm, 280.0)
        members["thermal_lwir.tlinear.png"] = _encoded(".png", np.round(kelvin * 100).astype(np.uint16))
        members["thermal_lwir.agc.png"] = _encoded(".png", (warm * 20).astype(np.uint8))
        members["json"] = json.dumps({**about, "infrared": {"thermal_lwir": said}}).encode()
    return Sample(key, members)


def image_of(boxes: list[Box], eye: Eye) -> NDArray[np.uint16]:
    """(h, w) ids that a camera sees."""
    depths = np.stack([depth_of(box, eye) for box in boxes])
    return np.where(np.isfinite(depths.min(axis=0)), depths.argmin(axis=0) + 2, 0).astype(np.uint16)


def describe(box: Box, number: int, ids: NDArray[np.uint16], alone: Array, eye: Eye) -> dict[str, Any]:
    """The object's entry in the sample's json."""
    seen = ids == number + 2
    ys, xs = np.nonzero(seen)
    run = rle.encode(np.asfortranarray(seen, np.uint8))
    return {
        "id": number + 2,
        "prim": f"/World/Box_{number}",
        "class": box.name,
        "labels": {"class": box.name},
        "area": int(seen.sum()),
        "box": [int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1] if len(xs) else [0, 0, 0, 0],
        "loose_box": loose_box(box, eye),
        "visible_fraction": round(seen.sum() / max(1, np.isfinite(alone).sum()), 6),
        "box_3d": {
            "min": box.low.tolist(),
            "max": box.high.tolist(),
            "world_from_local": box.world_from_local.tolist(),
        },
        "segmentation": {"size": list(run["size"]), "counts": run["counts"].decode()},
    }


def _encoded(extension: str, image: NDArray[Any]) -> bytes:
    done, data = cv2.imencode(extension, np.ascontiguousarray(image))
    assert done
    return data.tobytes()


@dataclass
class StandIn:
    """A dataset in memory, with the methods of `writers.reader.Dataset` that exports use."""

    rows: list[Sample]
    plan: Plan
    classes: list[str] = field(default_factory=lambda: list(CLASSES))
    passes: int = 0

    def samples(self, members: set[str] | None = None) -> Iterator[Sample]:
        self.passes += 1
        for row in self.rows:
            yield Sample(row.key, {k: v for k, v in row.members.items() if members is None or k in members})


LEVEL = Eye((0.0, -4.0, 0.5), (0.0, 0.0, 0.5))
CUBE = placed("crate", (1.0, 1.0, 1.0), 0.0, 0.0)
PITCHED = Eye((0.9, -1.9, 2.0), (0.0, 0.0, 0.3), focal=170.0)
GROUP = [
    placed("crate", (1.0, 0.6, 0.5), 0.0, 0.0, yaw=25.0),
    placed("post", (0.06, 0.06, 1.3), 0.3, -0.6),  # stands before the crate and cuts it in two
    placed("tile", (0.2, 0.2, 0.02), -0.2, -0.06, z=0.5, yaw=70.0),  # lies on the crate: a hole in its mask
    placed("crate", (0.7, 0.5, 0.4), -1.6, -0.3, yaw=-60.0),  # reaches beyond the left side
    placed("tile", (0.3, 0.2, 0.05), 0.9, 0.6, yaw=10.0),
]


def one_cube() -> StandIn:
    """One cube before a level camera: every number can be had by hand."""
    return StandIn([draw("000000000", 0, [CUBE], LEVEL)], Plan(SPEC, 0, 1, 8))


def several(
    views: int = 1, frames: int = 4, start: int = 0, image: str = "png", thermal: bool = False, side: Eye | None = None
) -> StandIn:
    """Frames of several boxes that hide each other and turn from frame to frame; the second frame is empty."""
    rows = []
    for frame in range(start, start + frames):
        turn = placed("crate", (1, 1, 1), 0, 0, yaw=11.0 * frame).world_from_local
        boxes = [Box(box.name, box.size, turn @ box.world_from_local) for box in GROUP]
        if frame == start + 1:
            boxes = [placed("post", (0.1, 0.1, 0.1), 0.0, -50.0)]  # behind the camera
        for view in range(views):
            eye = Eye((0.9 - view, -1.9, 2.0 - 0.8 * view), (0.0, 0.0, 0.3), focal=170.0)
            key = f"{frame:09d}" + (f"_camera{view}" if views > 1 else "")
            rows.append(draw(key, frame, boxes, eye, image, thermal, side))
    return StandIn(rows, Plan(SPEC, start, frames, 8, views))


def image(data: bytes) -> NDArray[Any]:
    """Decode an image, 16 bits kept."""
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    return decoded


def objects_of(row: Sample) -> list[dict[str, Any]]:
    """The objects of a sample."""
    listed: list[dict[str, Any]] = json.loads(row.members["json"])["objects"]
    return listed
