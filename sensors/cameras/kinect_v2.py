"""Kinect v2: time of flight 512x424, focal length 366 px (figures of noise are estimates)."""

from sensors.tof_depth import TimeOfFlightCamera

CAMERA = TimeOfFlightCamera(name="kinect_v2", width=512, height=424, focal_pixels=366.0)
