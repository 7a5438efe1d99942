"""Intel RealSense D435: active stereo 848x480 (geometry as sapien 3.0.3 ships it or data sheets; dots are our own)."""

import math

from sensors.stereo_depth import StereoCamera

CAMERA = StereoCamera(
    name="d435",
    width=848,
    height=480,
    focal_pixels=430.14,
    baseline=0.05015,
    projector_offset=0.029,
    projector_width=math.radians(102.0),
    projector_height=math.radians(62.0),
)
