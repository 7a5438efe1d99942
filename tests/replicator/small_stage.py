"""A stage whose depth, boxes and points are known without rendering: boxes on a floor, seen from straight above."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.replicator.functional import create
from engine.replicator.viewport_manager import HydraTexture, create_render_product

HEIGHT = 10.0  # metres of the camera above the floor
SIZE = (48, 32)
BOXES = (((-1, -1, 0), (1, 1, 2)), ((2.5, 0.5, 0), (3.5, 1.5, 1)))  # crate and parcel, metres


def floor_with_boxes(labels: bool = True) -> None:
    """Author a floor at z = 0, a cube of 2 m, a cube of 1 m, and a light."""
    create.dome_light(intensity=500)
    create.plane(scale=(40, 40, 1), name="Floor")
    big = {"class": "crate", "shape": "big"} if labels else None
    small = {"class": "parcel", "shape": "small"} if labels else None
    create.cube(position=(0, 0, 1), scale=2, name="Crate", semantics=big)
    create.cube(position=(3, 1, 0.5), name="Parcel", semantics=small)


def from_above(name: str | None = None, size: tuple[int, int] = SIZE) -> HydraTexture:
    """Return a render product that looks down, +X to the right and +Y up in the picture."""
    camera = create.camera(position=(0, 0, HEIGHT), rotation=(0, 0, 0), name="Eye", clipping_range=(0.1, 100))
    return create_render_product(str(camera.GetPath()), size, name=name)


@dataclass(frozen=True)
class Seen:
    """What each pixel centre sees, computed with the slab method from the numbers above.

    Attributes:
        depth: metres below the camera.
        owner: 0 floor, 1 crate, 2 parcel.
        normal: of the face that is hit.
        points: world metres.
        slant: distance over depth.
    """

    depth: np.ndarray
    owner: np.ndarray
    normal: np.ndarray
    points: np.ndarray
    slant: np.ndarray


def seen_from_above(size: tuple[int, int] = SIZE) -> Seen:
    """Intersect the ray of each pixel centre with the floor and both boxes."""
    rows, columns = np.mgrid[: size[1], : size[0]] + 0.5
    step = 20.955 / 24.0 / size[0]
    rays = np.dstack([(columns - size[0] / 2) * step, -(rows - size[1] / 2) * step, -np.ones_like(rows)])
    eye = np.array([0.0, 0.0, HEIGHT])
    depth, owner = np.full(rows.shape, HEIGHT), np.zeros(rows.shape, int)
    normal = np.zeros((*rows.shape, 3))
    normal[..., 2] = 1
    for number, (low, high) in enumerate(BOXES, 1):
        ends = np.stack([(np.array(corner) - eye) / rays for corner in (low, high)])
        enter, leave = ends.min(axis=0), ends.max(axis=0)
        hit = (enter.max(axis=-1) < leave.min(axis=-1)) & (enter.max(axis=-1) < depth)
        depth[hit], owner[hit] = enter.max(axis=-1)[hit], number
        axis = enter.argmax(axis=-1)[hit]
        normal[hit] = np.eye(3)[axis] * -np.sign(rays[hit][np.arange(len(axis)), axis])[:, None]
    return Seen(depth, owner, normal, eye + rays * depth[..., None], np.linalg.norm(rays, axis=-1))


def names(folder: Path) -> list[str]:
    """Return every file below a folder, relative, sorted."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
