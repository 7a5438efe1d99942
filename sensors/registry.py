"""Cameras by name: a module of `sensors/cameras` with a `CAMERA` is found by being there."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import sensors.cameras as folder
from sensors.checks import unknown


def camera_names() -> tuple[str, ...]:
    """Return the names of all cameras, sorted: the names of their files."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(folder.__path__)))


def find_camera(name: str) -> Any:
    """Return a camera: a ThermalCamera, MonoCamera, StereoCamera, TimeOfFlightCamera or StructuredLightCamera.

    Raises:
        SensorError: if there is none of that name, with the nearest.
    """
    if name not in camera_names():
        raise unknown("camera", name, camera_names())
    return importlib.import_module(f"{folder.__name__}.{name}").CAMERA
