"""isaacsim.sensors.camera (omni.isaac.sensor in 4.x): a camera prim with a render product and annotators."""

from __future__ import annotations

from .camera import Camera, get_all_camera_objects
from .camera_view import CameraView

__all__ = ["Camera", "CameraView", "get_all_camera_objects"]
