"""Kinect v1: structured light 640x480, focal length 585 px (Nguyen 2012, SimKinect)."""

from sensors.structured_light import StructuredLightCamera

CAMERA = StructuredLightCamera(name="kinect_v1", width=640, height=480, focal_pixels=585.0)
