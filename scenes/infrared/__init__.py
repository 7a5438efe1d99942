"""Infrared on a stage: what surfaces are made of and how warm they are, as plain data for engine and annotators.

`author` resolves materials and temperatures of a frame and writes them on the session layer; `current` gives the same
to whoever makes images from buffers. Physics is in `sensors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenes.infrared.settings import Infrared, WeatherSettings

if TYPE_CHECKING:
    from scenes.infrared.authoring import author, current
    from scenes.infrared.materials import material_of
    from scenes.infrared.state import InfraredState, Surface

__all__ = ["Infrared", "InfraredState", "Surface", "WeatherSettings", "author", "current", "material_of"]
_HOMES = {
    "author": "authoring",
    "current": "authoring",
    "material_of": "materials",
    "InfraredState": "state",
    "Surface": "state",
}


def __getattr__(name: str) -> Any:
    """Load what needs USD when it is asked for: a scenario can be checked without it."""
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
