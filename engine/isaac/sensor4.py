"""omni.isaac.sensor, the sensors of 4.x in one package: cameras work, the others are not simulated and say so."""

from __future__ import annotations

from .camera import Camera, CameraView, get_all_camera_objects
from .experimental_prims.unsupported import _Unsupported

__all__ = [
    "Camera",
    "CameraView",
    "ContactSensor",
    "EffortSensor",
    "IMUSensor",
    "LidarRtx",
    "RotatingLidarPhysX",
    "get_all_camera_objects",
]


class ContactSensor(_Unsupported):
    """Forces of touch: not measured."""

    what = "contact sensors"


class EffortSensor(_Unsupported):
    """Efforts of joints: not measured."""

    what = "effort sensors"


class IMUSensor(_Unsupported):
    """Accelerations: not measured."""

    what = "inertial sensors"


class LidarRtx(_Unsupported):
    """A laser scanner: not simulated."""

    what = "laser scanners"


class RotatingLidarPhysX(LidarRtx):
    """A laser scanner: not simulated."""
