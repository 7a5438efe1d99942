"""Intel RealSense D455: active stereo 1280x720 (geometry as sapien 3.0.3 ships it or data sheets; dots are our own)."""

import math

from sensors.stereo_depth import StereoCamera

CAMERA = StereoCamera(
    name="d455",
    width=1280,
    height=720,
    focal_pixels=645.0,
    baseline=0.095,
    projector_offset=0.050,
    projector_width=math.radians(102.0),
    projector_height=math.radians(62.0),
)
