"""isaacsim.sensors.experimental.rtx: cameras of Isaac Sim 6. Lidar, radar and acoustic sensors are not simulated."""

from __future__ import annotations

from .camera_sensor import CameraSensor
from .rtx_camera import RtxCamera
from .tiled_camera_sensor import TiledCameraSensor

__all__ = ["CameraSensor", "RtxCamera", "TiledCameraSensor"]
