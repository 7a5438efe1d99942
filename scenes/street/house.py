"""Houses: walls with real openings, glazed windows, a door, a tiled roof and a chimney."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.farm.forms import joined, moved
from scenes.household.shapes import Shape
from scenes.landscape.paint import to_srgb
from scenes.meshes import smooth_normals
from scenes.parts import Look, Part
from scenes.street import paint
from scenes.street.forms import Opening, box, panel, wall

Floats = NDArray[np.floating[Any]]
REVEAL, FRAME = 0.11, 0.055
DEPTH = 8.0


def _openings(rng: np.random.Generator, width: float, floors: int, door: float) -> list[Opening]:
    """Return the windows of a facade, the door first."""
    found: list[Opening] = [(door, door + 0.98, 0.02, 2.14)]
    count = max(round((width - 1.0) / 2.1), 2)
    wide = float(rng.uniform(1.0, 1.45))
    centres = np.linspace(0.5 + wide / 2 + 0.3, width - 0.8 - wide / 2, count)
    for floor in range(floors):
        low = 0.85 + 2.75 * floor
        for x in centres:
            if floor == 0 and abs(x - door - 0.49) < wide / 2 + 0.75:
                continue
            found.append((float(x - wide / 2), float(x + wide / 2), low, low + (1.35 if floor else 1.45)))
    return found


def _window(opening: Opening) -> tuple[Shape, Shape, Shape]:
    """Return glass, frame and sill of one window."""
    left, right, low, high = opening
    y = REVEAL - 0.01
    glass = panel((left + FRAME, y, low + FRAME), (right - left - 2 * FRAME, 0, 0), (0, 0, high - low - 2 * FRAME))
    middle, bar = 0.5 * (left + right), 0.5 * FRAME
    cross = low + 0.68 * (high - low)
    frame = [
        box((left, y - 0.03, low), (left + FRAME, y + 0.05, high)),
        box((right - FRAME, y - 0.03, low), (right, y + 0.05, high)),
        box((left + FRAME, y - 0.03, low), (right - FRAME, y + 0.05, low + FRAME)),
        box((left + FRAME, y - 0.03, high - FRAME), (right - FRAME, y + 0.05, high)),
        box((middle - bar, y - 0.025, low + FRAME), (middle + bar, y + 0.05, high - FRAME)),
        box((left + FRAME, y - 0.02, cross - bar), (middle - bar, y + 0.05, cross + bar)),
        box((middle + bar, y - 0.02, cross - bar), (right - FRAME, y + 0.05, cross + bar)),
    ]  # fmt: skip
    return glass, joined(frame), box((left - 0.06, -0.06, low - 0.06), (right + 0.06, REVEAL, low))


def _roof(width: float, eaves: float, rise: float) -> Shape:
    """Return two slopes with eaves and verges, each 12 cm thick."""
    over, half = 0.35, 0.5 * DEPTH
    slope = rise / half
    parts = []
    for side in (-1.0, 1.0):
        edge = np.array([-0.15, half + side * (half + over), eaves - over * slope])
        ridge = np.array([-0.15, half, eaves + rise])
        along, up = np.array([width + 0.3, 0.0, 0.0]), ridge - edge
        thick = np.array([0.0, 0.0, -0.12])
        if side < 0:
            parts += [panel(edge, along, up, 2.4), panel(edge + thick, along, -thick, 2.4)]
        else:
            parts += [panel(edge + along, -along, up, 2.4), panel(edge + along + thick, -along, -thick, 2.4)]
        for x, way in ((0.0, -1.0), (1.0, 1.0)):
            foot = edge + x * along + thick
            face = panel(foot, up, -thick, 2.4) if way * side > 0 else panel(foot + up, -up, -thick, 2.4)
            parts.append(face)
        parts.append(panel(edge + thick + (along if side < 0 else 0), -along * -np.sign(side), up, 2.4))
    return joined(parts)


def house(rng: np.random.Generator, width: float, floors: int = 2) -> list[Part]:
    """Return the parts of a house whose front lies in the plane y = 0 and faces -y, x from 0 to `width`."""
    eaves, rise = 0.45 + 2.75 * floors, float(rng.uniform(2.2, 3.0))
    door = float(rng.choice([0.55, width - 1.6]))
    openings = _openings(rng, width, floors, door)
    bricks = bool(rng.random() < 0.55)
    scale, token = (1.8, "brick") if bricks else (3.0, "concrete")
    image = to_srgb(paint.brick(rng) if bricks else paint.plaster(rng))
    front = wall(width, eaves, openings, REVEAL, scale)
    back = [(x0, x1, z0, z1) for x0, x1, z0, z1 in openings[1:]]
    rear = wall(width, eaves, back, REVEAL, scale)
    rear = _turned_round(rear, width)
    gables = [_gable(0.0, -1.0, eaves, rise, scale), _gable(width, 1.0, eaves, rise, scale)]
    windows = [_window(o) for o in openings[1:]]
    behind = [tuple(_turned_round(shape, width) for shape in trio) for trio in windows]
    glass, frames, sills = (joined([trio[k] for trio in [*windows, *behind]]) for k in range(3))
    left, right, low, high = openings[0]
    leaf = joined([box((left, REVEAL - 0.04, low), (right, REVEAL + 0.02, high))])
    red, green, blue = rng.choice(paint.PLASTERS, axis=0) * rng.uniform(0.05, 0.6, 3)
    chimney_x = float(rng.choice([0.5, width - 1.3]))
    foot = np.array([chimney_x, DEPTH / 2 - 0.35, eaves + rise - 0.9])
    stack = box(foot, foot + [0.8, 0.7, 1.8], 1.8)
    step = box((left - 0.2, -0.6, 0), (right + 0.2, 0.0, 0.02), 1.0)
    white = (0.68, 0.68, 0.66) if rng.random() < 0.7 else (0.10, 0.11, 0.11)
    return [
        _part("Facade", joined([front, rear, *gables]), Look(token, image=image, roughness=0.95)),
        _part("Windows", glass, Look("clear_glass", color=(0.010, 0.012, 0.013), roughness=0.02)),
        _part("FrameParts", frames, Look("pvc", color=white, roughness=0.4)),
        _part("SillParts", joined([sills, step]), Look("stone", color=(0.35, 0.34, 0.32), roughness=0.9)),
        _part("Door", leaf, Look("wood", "paint", color=(float(red), float(green), float(blue)), roughness=0.35)),
        _part("Roof", _roof(width, eaves, rise), Look("brick", image=to_srgb(paint.tiles(rng)), roughness=0.9)),
        _part("Chimney", stack, Look("brick", image=to_srgb(paint.brick(rng, 256)), roughness=0.95)),
    ]  # fmt: skip


def _part(name: str, shape: Shape, look: Look) -> Part:
    return Part(name, shape.points, shape.triangles, shape.normals, look, shape.uvs)


def _turned_round(shape: Shape, width: float) -> Shape:
    """Turn what belongs to the front to the back."""
    flip = np.array([-1.0, -1.0, 1.0])
    return moved(Shape(shape.points * flip, shape.triangles, shape.normals * flip, shape.uvs), [width, DEPTH, 0.0])


def _gable(x: float, side: float, eaves: float, rise: float, scale: float) -> Shape:
    """Return one end wall, a pentagon that faces -x or +x."""
    half = DEPTH / 2
    points = np.array([[x, 0, 0], [x, DEPTH, 0], [x, DEPTH, eaves], [x, half, eaves + rise - 0.06], [x, 0, eaves]])
    triangles = np.array([[0, 1, 2], [0, 2, 4], [4, 2, 3]])
    triangles = triangles if side > 0 else triangles[:, ::-1]
    return Shape(points, triangles, smooth_normals(points, triangles), points[:, 1:] / scale)
