"""What a published script without a check of its own must leave behind: files and stage, read with other readers.

Each check takes the row's folder and returns what is wrong, or "". `stage.usda` there is the stage the script left.
The scripts are in centimetres on a Y-up stage; Replicator's sphere has radius 50 and its plane side 100.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from pxr import Usd, UsdGeom, UsdLux

STAGE = "stage.usda"
OWN_PALETTE = {(0, 0, 0, 0), (128, 64, 128, 255), (244, 35, 232, 255), (102, 102, 156, 255)}
ORBIT_PALETTE = {(0, 0, 0, 0), (255, 25, 171, 255), (149, 255, 25, 255), (25, 240, 255, 255), (255, 197, 25, 255)}
ORBIT_PALETTE |= {(255, 249, 25, 255)}
RADIUS, HALF_SIDE = 50.0, 50.0
SAGITTA = 1.5  # how far the faces of a tessellated sphere of radius 50 lie inside it
Frames = list[dict[str, str]]


def label_frames(cwd: Path) -> Frames:
    """Return colour or id to "type:label,..." of every `semantic_segmentation_labels_*.json`, frame by frame."""
    frames = []
    for path in sorted(cwd.rglob("semantic_segmentation_labels_*.json")):
        labels = json.loads(path.read_text(encoding="utf-8"))
        frames.append({key: ",".join(f"{k}:{v}" for k, v in label.items()) for key, label in labels.items()})
    return frames


def filtered(cwd: Path) -> str:
    """Check that `class:!sphere` leaves cubes and plane in every frame, and no sphere."""
    for frame in label_frames(cwd):
        found = set(frame.values())
        if not {"class:cube", "class:plane"} <= found or "class:sphere" in found:
            return f"labels {sorted(found)}, expected cube and plane and no sphere"
    return ""


def several_types(cwd: Path) -> str:
    """Check that labels of three semantic types are there."""
    wanted = {"class:sphere", "class2:cube", "class3:plane"}
    for frame in label_frames(cwd):
        if not wanted <= set(frame.values()):
            return f"labels {sorted(frame.values())}, expected {sorted(wanted)}"
    return ""


def own_palette(cwd: Path) -> str:
    """Check that the writer's masks hold its own colours and nothing else, and at least three of them."""
    for path in sorted(cwd.rglob("seg_*.png")):
        pixels = np.asarray(Image.open(path).convert("RGBA")).reshape(-1, 4)
        found = {tuple(int(v) for v in colour) for colour in np.unique(pixels, axis=0)}
        if not found <= OWN_PALETTE or len(found) < 3:
            return f"{path.name} holds {sorted(found)}, expected colours of the writer's palette"
    return ""


def visible_in_turn(cwd: Path) -> str:
    """Check that of torus, sphere and cube each is alone in one of every four frames, after one with all of them."""
    shapes = ("class:torus", "class:sphere", "class:cube")
    for number, frame in enumerate(label_frames(cwd)):
        seen = [shape for shape in shapes if shape in frame.values()]
        alone = number % 4
        wrong = seen != [shapes[alone - 1]] if alone else not seen
        if wrong:
            return f"frame {number} shows {seen}, expected {[shapes[alone - 1]] if alone else 'all three'}"
    return ""


def labels_removed(cwd: Path) -> str:
    """Check that the spheres have no labels any more and the cubes still have theirs."""
    stage = _stage(cwd)
    for prim in stage.Traverse():
        if prim.GetName().startswith(("Sphere_Xform", "Cube_Xform")):
            schemas = prim.GetPrimTypeInfo().GetAppliedAPISchemas()
            labelled = any(str(name).startswith("Semantics") for name in schemas)
            if labelled != prim.GetName().startswith("Cube"):
                return f"{prim.GetPath()} has{'' if labelled else ' no'} labels"
    return "" if stage.GetPrimAtPath("/Replicator/Cube_Xform") else "no cube on the stage"


def lights_changed(cwd: Path) -> str:
    """Check that three sphere lights hold different intensities from 1 to 50000 and lie where they were put."""
    stage = _stage(cwd)
    lights = [prim for prim in stage.Traverse() if prim.IsA(UsdLux.SphereLight)]
    values = {round(float(UsdLux.SphereLight(prim).GetIntensityAttr().Get()), 3) for prim in lights}
    if len(values) != 3 or not all(1 <= value <= 50000 for value in values):
        return f"intensities {sorted(values)}, expected three from 1 to 50000"
    for prim in lights:
        place = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(prim).ExtractTranslation())
        if (place < [-300, 300, -300]).any() or (place > [300, 1000, 300]).any():
            return f"{prim.GetPath()} at {place.round(1).tolist()}, outside its range"
    return ""


def scattered(cwd: Path, count: int, surfaces: int, apart: bool, upper: tuple[float, ...] = (np.inf,) * 3) -> str:
    """Check small spheres: on a surface each, apart from one another and from a cylinder, below a limit.

    Args:
        cwd: folder with the stage.
        count: how many there must be.
        surfaces: 1 for the plane alone, 2 for plane and large sphere.
        apart: whether no two may overlap, nor one and the cylinder.
        upper: largest world coordinates.
    """
    stage = _stage(cwd)
    frames = UsdGeom.XformCache()
    names = [prim for prim in stage.GetPrimAtPath("/Replicator").GetChildren() if "Sphere_Xform" in prim.GetName()]
    scale = [frames.GetLocalToWorldTransform(prim).GetRow3(0).GetLength() for prim in names]
    small = [prim for prim, size in zip(names, scale, strict=True) if size < 1]
    places = np.array([frames.GetLocalToWorldTransform(prim).ExtractTranslation() for prim in small]).reshape(-1, 3)
    if len(places) != count:
        return f"{len(places)} small spheres, expected {count}"
    plane = _local(stage, "/Replicator/Plane_Xform", places)
    on_plane = (np.abs(plane[:, 1]) < 1e-3) & (np.abs(plane[:, [0, 2]]) < HALF_SIDE + 1e-3).all(axis=1)
    on_ball = np.zeros(count, dtype=bool)
    if surfaces == 2:
        distance = np.linalg.norm(_local(stage, "/Replicator/Sphere_Xform", places), axis=1)
        on_ball = (distance > RADIUS - SAGITTA) & (distance < RADIUS + 1e-3)
    if not (on_plane | on_ball).all() or (surfaces == 2 and not (on_plane.any() and on_ball.any())):
        return f"{on_plane.sum()} on the plane and {on_ball.sum()} on the sphere, expected {count} on {surfaces}"
    if (places > np.asarray(upper) + 1e-6).any():
        return f"a place {places.max(axis=0).round(2).tolist()} beyond the limit {upper}"
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2) + np.eye(count) * 1e9
    if apart and gaps.min() < 2 * 0.4 * RADIUS:
        return f"two spheres of radius {0.4 * RADIUS} are {gaps.min():.1f} apart"
    return _clear_of_cylinder(stage, places) if apart else ""


def _clear_of_cylinder(stage: Usd.Stage, places: np.ndarray) -> str:
    if not stage.GetPrimAtPath("/Replicator/Cylinder_Xform"):
        return ""
    inside = _local(stage, "/Replicator/Cylinder_Xform", places)
    within = (np.hypot(inside[:, 0], inside[:, 2]) < 50) & (np.abs(inside[:, 1]) < 50)
    return f"{within.sum()} spheres inside the cylinder" if within.any() else ""


def _local(stage: Usd.Stage, path: str, points: np.ndarray) -> np.ndarray:
    """Return world points in the frame of a prim."""
    matrix = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(stage.GetPrimAtPath(path)).GetInverse())
    return points @ matrix[:3, :3] + matrix[3, :3]


def _stage(cwd: Path) -> Usd.Stage:
    return Usd.Stage.Open(str(cwd / STAGE))


def scratched(cwd: Path) -> str:
    """Check that the box's colour and intensity are draws from [0, 1) and [0, 10), no longer the ones authored."""
    stage = _stage(cwd)
    prim = stage.GetPrimAtPath("/World/RoundedCube2/Cube/Cube")
    for name, upper in (("random_color", 1.0), ("random_intensity", 10.0)):
        value = np.array(prim.GetAttribute(f"primvars:{name}").Get())
        if not (value.shape == (3,) and (value >= 0).all() and (value < upper).all() and len(set(value)) == 3):
            return f"primvars:{name} is {value}, expected three draws below {upper:.0f}"
    return ""


def on_orbit(cwd: Path) -> str:
    """Check that the camera is 12 from the barycentre, 20 degrees up, at an azimuth of the list, and masks show it."""
    stage = _stage(cwd)
    camera = stage.GetPrimAtPath("/Replicator/Camera_Xform")
    away = np.array(UsdGeom.XformCache().GetLocalToWorldTransform(camera).ExtractTranslation()) - (-7.5, 6.2, 2.0)
    azimuth = np.degrees(np.arctan2(away[1], away[0]))
    flat = float(np.hypot(away[0], away[1]))
    close = np.abs(np.array([-105, -95, -85, -75, -65, -55, -45, -35]) - azimuth).min()
    if (
        close > 0.01
        or abs(flat - 12 * np.cos(np.radians(20))) > 1e-3
        or abs(away[2] - 12 * np.sin(np.radians(20))) > 1e-3
    ):
        return f"the camera is {away} from the barycentre (azimuth {azimuth:.2f}), expected 12 at 20 degrees up"
    for path in sorted(cwd.rglob("semantic_*.png")):
        found = {tuple(int(v) for v in c) for c in np.unique(np.asarray(Image.open(path)).reshape(-1, 4), axis=0)}
        if not found <= ORBIT_PALETTE or len(found) < 4:
            return f"{path.name} holds {sorted(found)}, expected colours of the writer's mapping"
    return ""


def filmed(cwd: Path) -> str:
    """Check that every video has 120 frames or more and shows something."""
    import cv2

    for path in sorted(cwd.rglob("*.mp4")):
        video, frames = cv2.VideoCapture(str(path)), []
        while True:
            there, picture = video.read()
            if not there:
                break
            frames.append(picture)
        if len(frames) < 120:
            return f"{path.name} has {len(frames)} frames, expected 120 or more"
        if all((frame == frame[0, 0]).all() for frame in frames):
            return f"{path.name} shows nothing"
    return ""


CHECKS: dict[int, Callable[[Path], str]] = {
    28: filtered,
    29: several_types,
    30: labels_removed,
    32: own_palette,
    33: lights_changed,
    34: visible_in_turn,
    36: lambda cwd: scattered(cwd, 30, 1, apart=True),
    37: lambda cwd: scattered(cwd, 40, 2, apart=True),
    38: lambda cwd: scattered(cwd, 40, 2, apart=True),
    39: lambda cwd: scattered(cwd, 60, 2, apart=False, upper=(0, 110, 30)),
    40: lambda cwd: scattered(cwd, 30, 1, apart=False),
    41: scratched,
    43: on_orbit,
    44: filmed,
}
