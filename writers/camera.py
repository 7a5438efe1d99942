"""A camera in numbers: intrinsics in pixels, extrinsics as a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def describe_camera(params: Mapping[str, Any], prim: str) -> dict[str, Any]:
    """Give intrinsics (pixels) and extrinsics (column vectors, stage units) of one view.

    Args:
        params: the annotator `camera_params`.
        prim: path of the camera prim.

    Source: OpenUSD's GfCamera: fx = focal length * width / horizontal aperture, square pixels; the aperture offsets
    move the film window right and up, hence the principal point left and down. `cameraViewTransform` acts on row
    vectors, row by row.
    """
    width, height = (int(v) for v in params["renderProductResolution"])
    aperture = np.asarray(params["cameraAperture"], np.float64)
    offset = np.asarray(params["cameraApertureOffset"], np.float64)
    focal = float(params["cameraFocalLength"]) * width / aperture[0]
    camera_from_world = np.asarray(params["cameraViewTransform"], np.float64).reshape(4, 4).T
    return {
        "prim": prim,
        "width": width,
        "height": height,
        "intrinsics": [
            [focal, 0.0, width / 2 - float(offset[0]) * width / aperture[0]],
            [0.0, focal, height / 2 + float(offset[1]) * width / aperture[0]],
            [0.0, 0.0, 1.0],
        ],
        "camera_from_world": camera_from_world.tolist(),
        "meters_per_unit": float(params["metersPerSceneUnit"]),
        "model": str(params["cameraModel"]),
    }
