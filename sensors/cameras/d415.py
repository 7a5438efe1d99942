"""Intel RealSense D415: active stereo 1280x720 (geometry as sapien 3.0.3 ships it or data sheets; dots are our own)."""

import math

from sensors.stereo_depth import StereoCamera

CAMERA = StereoCamera(
    name="d415",
    width=1280,
    height=720,
    focal_pixels=920.0,
    baseline=0.0545,
    projector_offset=0.027,
    projector_width=math.radians(72.0),
    projector_height=math.radians(46.0),
)
