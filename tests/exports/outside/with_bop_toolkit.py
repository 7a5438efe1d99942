"""Run in an environment of its own: read the BOP exports of a folder with a checkout of BOP's toolkit.

Asserts that projected models and masks agree with the info, and that what depth shows under each mask lies in the
object's box. Prints how many objects it checked in each of the two formats.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(sys.argv[1])
sys.path.insert(0, sys.argv[2])

from bop_toolkit_lib import inout, misc  # noqa: E402
from bop_toolkit_lib.dataset import bop_webdataset  # noqa: E402


def check(camera: dict, pose: dict, info: dict, mask: np.ndarray, depth: np.ndarray, models: dict) -> None:
    ys, xs = mask.nonzero()
    assert list(misc.calc_2d_bbox(xs, ys)) == info["bbox_visib"] and len(xs) == info["px_count_visib"]
    model = models[pose["obj_id"]]
    low = np.array([model[f"min_{axis}"] for axis in "xyz"])
    high = low + [model[f"size_{axis}"] for axis in "xyz"]
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, 8).T
    matrix, rotation, translation = camera["cam_K"].reshape(3, 3), pose["cam_R_m2c"], pose["cam_t_m2c"]
    seen = misc.project_pts(corners, matrix, rotation, translation)
    x, y, width, height = info["bbox_obj"]
    assert np.abs(seen.min(axis=0) - [x, y]).max() < 1.01
    assert np.abs(seen.max(axis=0) - [x + width + 1, y + height + 1]).max() < 1.01
    z = depth[ys, xs]
    points = np.stack(
        [(xs + 0.5 - matrix[0, 2]) / matrix[0, 0] * z, (ys + 0.5 - matrix[1, 2]) / matrix[1, 1] * z, z], axis=1
    )
    local = (points - translation.T) @ rotation
    assert ((local > low - 1) & (local < high + 1)).all()  # millimetres


scene = ROOT / "bop" / "train_pbr" / "000000"
cameras = inout.load_scene_camera(scene / "scene_camera.json")
poses, infos = (
    inout.load_scene_gt(scene / "scene_gt.json"),
    inout.load_json(scene / "scene_gt_info.json", keys_to_int=True),
)
models = inout.load_json(ROOT / "bop" / "models" / "models_info.json", keys_to_int=True)
counts = {"scenes": 0, "webdataset": 0}
for image, listed in poses.items():
    depth = inout.load_depth(scene / "depth" / f"{image:06d}.png") * cameras[image]["depth_scale"]
    for place, pose in enumerate(listed):
        mask = inout.load_im(scene / "mask_visib" / f"{image:06d}_{place:06d}.png")
        check(cameras[image], pose, infos[image][place], mask, depth, models)
        counts["scenes"] += 1
for key, shard in inout.load_json(ROOT / "bop_webdataset" / "key_to_shard.json").items():
    path = ROOT / "bop_webdataset" / f"shard-{shard:06d}.tar"
    if not poses[int(key.split("_")[1])]:
        continue  # the toolkit cannot stack the masks of an image without objects
    row = bop_webdataset.load_image_data(path, key, load_gt=True, load_gt_info=True, rgb_suffix=".png")
    row["camera"]["cam_K"] = np.array(row["camera"]["cam_K"])
    for pose, info, mask in zip(row["gt"], row["gt_info"], row["mask_visib"], strict=True):
        check(row["camera"], pose, info, mask, row["im_depth"], models)
        counts["webdataset"] += 1
print(json.dumps(counts))
