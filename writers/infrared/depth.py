"""Depth as an active stereo camera gives it: true depth with the noise, the steps and the holes of one, as Z16.

The error is that of matching, sigma_z = z^2 sigma_d / (f B), alike over the matching window; holes are what the other
imager cannot see, what is out of range and what throws too little of the projector's light back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensors.encodings import encode_depth
from sensors.stereo_depth import StereoCamera, noisy_depth
from writers.encode import SMOOTH_PNG, png
from writers.infrared.settings import InfraredOutput
from writers.infrared.streams import Streams


def fitted(camera: StereoCamera, width: int, height: int, focal_pixels: float) -> StereoCamera:
    """Return a camera with another size and focal length."""
    return replace(camera, width=width, height=height, focal_pixels=focal_pixels)


def members(
    output: InfraredOutput, depth: NDArray[np.floating], size: tuple[int, int], focal: float, streams: Streams
) -> Any:
    """Make the member of a depth output.

    Args:
        output: which camera.
        depth: (h, w) true metres along the optical axis; inf where nothing is.
        size: width and height, pixels.
        focal: length in pixels.
        streams: of this output at this frame.

    Returns:
        Bytes by member, and what the JSON says of them.
    """
    camera = fitted(output.camera, *size, focal)
    seen = depth if output.ideal else noisy_depth(np.asarray(depth, np.float32), camera, streams.of_frame())
    about = {
        "camera": camera.name,
        "unit": "m",
        "depth_scale": output.depth_scale,
        "invalid": 0,
        "baseline_m": camera.baseline,
        "range_m": [camera.nearest, camera.farthest],
        "disparity_noise_px": 0.0 if output.ideal else camera.subpixel,
        "disparity_step_px": 0.0 if output.ideal else camera.quantum,
        "model": "noise of matching on true depth",
        "ideal": output.ideal,
    }
    return {f"{output.name}.png": png(encode_depth(seen, output.depth_scale), SMOOTH_PNG)}, about
