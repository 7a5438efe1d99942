"""KITTI object detection: `training/image_2`, `label_2`, `calib`, numbered by frame and view; `keys.txt` names samples.

How a dataset's objects map to the 15 columns of a label line:

- type: class, spaces as underscores. truncated: share of the loose box (the whole object's) outside the image.
- occluded: 0 where at least 95 % of the object's pixels inside the image are visible, 1 from 50 %, else 2; 3 unknown.
- bbox: first and last pixel column and row, from 0: the loose box cut to the image (`boxes="tight"`: visible pixels).
- KITTI turns objects about one axis, the vertical of a level camera. Cameras here may look down, so labels are in a
  level frame at the camera: y down along gravity, z the level direction of view, x right; and P2 = K R, with R the
  tilt of the camera, projects that frame into the image exactly. For a level camera R is the identity and P2 = [K | 0].
  With `frame="camera"` labels are in the camera's own frame and P2 = [K | 0] always, for readers that take the focal
  length from P2; of a tilted camera's boxes the tilt is then lost.
- dimensions: height along the object's axis nearest to the vertical, length along the first of its other two axes (x
  before y before z), width along the last. A box that leans is bounded by an upright one.
- location: middle of the bottom face. rotation_y: 0 where the length axis points along +x, turning from x to -z.
  alpha: rotation_y less the direction from the camera, atan2(x, z).

An object without 3D box has KITTI's values for unknown: -1, -1, -1, -1000, -1000, -1000, -10. There is no lidar: Tr_*
and R0_rect are identities, P0 to P3 are equal.

Source: Geiger et al., "Are we ready for Autonomous Driving?"; KITTI object development kit, readme.txt.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from writers.encode import png
from writers.exports.masks import decode_png
from writers.exports.solids import Array, Solid, camera_from_world, intrinsics, solid_of
from writers.exports.views import RGB, Source, View, number_classes, views

FULLY_VISIBLE, PARTLY_VISIBLE = 0.95, 0.5  # shares, as Replicator's KittiWriter has them
UP = {"y": np.array([0.0, 1.0, 0.0]), "z": np.array([0.0, 0.0, 1.0])}
UNKNOWN = [-1.0, -1.0, -1.0, -1000.0, -1000.0, -1000.0, -10.0]


def write(
    dataset: Source,
    folder: Path,
    *,
    classes: list[str] | None = None,
    images: str = "copy",
    boxes: str = "loose",
    frame: str = "level",
    up: str = "z",
) -> dict[str, int]:
    """Write the dataset as KITTI object detection.

    Args:
        dataset: an open dataset.
        folder: to fill.
        classes: which classes; None is all.
        images: "copy" (as PNG, which KITTI's readers want) or "none".
        boxes: "loose" or "tight", see above.
        frame: "level" or "camera", see above.
        up: the world's vertical axis, "z" or "y".

    Returns:
        Counts of images and objects.

    Raises:
        ValueError: for an unknown choice.
    """
    for name, value, known in (
        ("boxes", boxes, ("loose", "tight")),
        ("frame", frame, ("level", "camera")),
        ("up", up, ("z", "y")),
    ):
        if value not in known:
            raise ValueError(f"{name} is '{value}'; expected {' or '.join(known)}")
    numbers = number_classes(dataset, classes)
    training = folder / "training"
    for part in ("label_2", "calib", *(["image_2"] if images == "copy" else [])):
        (training / part).mkdir(parents=True)
    counts = {"images": 0, "objects": 0}
    with open(folder / "keys.txt", "w") as keys:
        for view in views(dataset, RGB if images == "copy" else ()):
            number = f"{view.index:06d}"
            turn = level(view.about["camera"], UP[up]) if frame == "level" else np.eye(3)
            lines = [_label(view, item, turn, boxes) for item in view.objects(numbers)]
            (training / "label_2" / f"{number}.txt").write_text("".join(f"{line}\n" for line in lines))
            (training / "calib" / f"{number}.txt").write_text(_calibration(view, turn))
            if images == "copy":
                (training / "image_2" / f"{number}.png").write_bytes(_png(view))
            keys.write(f"{number} {view.key}\n")
            counts["images"] += 1
            counts["objects"] += len(lines)
    return counts


def level(camera: dict[str, Any], up: Array) -> Array:
    """Return the (3, 3) rotation from the camera frame to the level frame at the camera.

    Looking straight up or down, the level frame's z is where the image's top is.

    Args:
        camera: as `writers.camera.describe_camera` gives it.
        up: (3,) the world's vertical.
    """
    down = -(camera_from_world(camera)[0] @ up)
    down /= np.linalg.norm(down)
    ahead = np.array([0.0, 0.0, 1.0]) - down[2] * down
    if np.linalg.norm(ahead) < 1e-6:
        ahead = np.array([0.0, -1.0, 0.0]) + down[1] * down
    ahead /= np.linalg.norm(ahead)
    return np.stack([np.cross(down, ahead), down, ahead])


def upright(solid: Solid, turn: Array) -> list[float]:
    """Bound a box by an upright one.

    Args:
        solid: in the camera frame.
        turn: (3, 3) rotation from the camera frame to the label's.

    Returns:
        KITTI's height, width, length, x, y, z (metres) and rotation_y (radians).
    """
    axes, corners = turn @ solid.rotation, solid.corners() @ turn.T
    vertical = int(np.argmax(np.abs(axes[1])))
    length_axis = axes[:, 1 if vertical == 0 else 0]
    rotation = float(np.arctan2(-length_axis[2], length_axis[0]))
    along = np.array([np.cos(rotation), 0.0, -np.sin(rotation)])
    across = np.array([np.sin(rotation), 0.0, np.cos(rotation)])
    frame = np.stack([along, [0.0, 1.0, 0.0], across])
    inside = corners @ frame.T
    low, high = inside.min(axis=0), inside.max(axis=0)
    bottom = frame.T @ np.array([(low[0] + high[0]) / 2, high[1], (low[2] + high[2]) / 2])
    length, height, width = high - low
    return [float(v) for v in (height, width, length, *bottom, rotation)]


def _label(view: View, item: dict[str, Any], turn: Array, boxes: str) -> str:
    solid = UNKNOWN if item["box_3d"] is None else upright(solid_of(item["box_3d"], view.about["camera"]), turn)
    alpha = -10.0 if solid is UNKNOWN else _wrapped(solid[6] - float(np.arctan2(solid[3], solid[5])))
    x, y, width, height = item["loose_box"] if boxes == "loose" and item["loose_box"] else item["box"]
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = (min(end, limit) - 1 for end, limit in zip((x + width, y + height), view.size, strict=True))
    numbers = [alpha, x0, y0, x1, y1, *solid]
    columns = [item["class"].replace(" ", "_"), f"{_truncation(view, item):.2f}", str(_occlusion(item))]
    return " ".join([*columns, *(f"{round(value, 2) + 0.0:.2f}" for value in numbers)])  # + 0.0: no minus before zero


def _truncation(view: View, item: dict[str, Any]) -> float:
    if not item["loose_box"]:
        return -1.0
    x, y, width, height = item["loose_box"]
    inside = [
        max(0, min(start + length, limit) - max(0, start))
        for start, length, limit in zip((x, y), (width, height), view.size, strict=True)
    ]
    return 1.0 - inside[0] * inside[1] / max(1, width * height)


def _occlusion(item: dict[str, Any]) -> int:
    share = item["visible_fraction"]
    if share is None:
        return 3
    return 0 if share >= FULLY_VISIBLE else 1 if share >= PARTLY_VISIBLE else 2


def _wrapped(angle: float) -> float:
    return float((angle + np.pi) % (2 * np.pi) - np.pi)


def _calibration(view: View, turn: Array) -> str:
    matrix = np.zeros((3, 4))
    matrix[:, :3] = intrinsics(view.key, view.about["camera"]) @ turn.T
    identity = np.eye(3, 4)
    rows = {f"P{number}": matrix for number in range(4)}
    rows |= {"R0_rect": np.eye(3), "Tr_velo_to_cam": identity, "Tr_imu_to_velo": identity}
    return "".join(f"{name}: {' '.join(f'{v:.12e}' for v in values.ravel())}\n" for name, values in rows.items())


def _png(view: View) -> bytes:
    name, data = view.picture()
    if name == "rgb.png":
        return data
    return png(cv2.cvtColor(decode_png(view.key, name, data), cv2.COLOR_BGR2RGB))
