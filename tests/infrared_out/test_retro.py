"""Retroreflective sheeting and a flood beside the lens, on the path through buffers."""

from __future__ import annotations

import numpy as np
import pytest

from scenes.infrared.buffer_light import near_radiance
from scenes.infrared.state import InfraredState, Surface
from sensors.bands import find_band
from sensors.heat_balance import Weather
from sensors.material_table import find_material
from sensors.sky import Sky
from sensors.surface_radiance import Surroundings


def plate_radiance(attributes: tuple[str, ...], flood: tuple[float, float] | None) -> float:
    """One pixel of a painted plate that faces the camera at 2 m, at night."""
    material = find_material("steel", "paint", attributes)
    state = InfraredState(
        surfaces={"/World/Plate": Surface("/World/Plate", material, 283.0, "simready")},
        surroundings=Surroundings(Sky(283.0), 283.0, is_path_clear=True),
        weather=Weather(283.0),
        sun_direction=(0.0, 0.0, -1.0),
        bands={},
        around={},
    )
    size = (1, 1)
    view = {
        "instance_id_segmentation_fast": {"data": np.full(size, 2, np.uint32), "idToLabels": {"2": "/World/Plate"}},
        "normals": {"data": np.broadcast_to(np.array([0, 0, 1, 0], np.float32), (1, 1, 4))},
        "distance_to_camera": {"data": np.full(size, 2.0, np.float32)},
        "camera_params": {
            "cameraModel": "pinhole",
            "renderProductResolution": [1, 1],
            "cameraAperture": [20.0, 20.0],
            "cameraApertureOffset": [0.0, 0.0],
            "cameraFocalLength": 20.0,
            "cameraViewTransform": np.eye(4).ravel(),
        },
    }
    return float(near_radiance(view, state, find_band("nir850"), flood)[0, 0])


def test_sheeting_sends_the_flood_back() -> None:
    """301 times a plain plate's light; without a flood it is a plate like any other."""
    flood = (1.0, np.radians(45.0))
    plain, sheeting = (plate_radiance(attributes, flood) for attributes in ((), ("retroreflective",)))
    assert plain > 0
    assert sheeting / plain == pytest.approx(301.0, rel=1e-4)
    assert plate_radiance((), None) == plate_radiance(("retroreflective",), None)
