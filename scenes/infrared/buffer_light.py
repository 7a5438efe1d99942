"""Near-infrared radiance from a camera's buffers: sun, sky and a flood beside the lens, on what surfaces are made of.

    L = rho / pi (E_sun cos + E_sky (1 + lean) / 2 + E_ground (1 - lean) / 2 + E_flood cos / R^2)

No shadows, no texture (each material's usual reflectance) and no mirrors: the path tracer does those.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scenes.infrared.buffer_path import IDS, camera_turn, directions, rows_and_surfaces
from sensors.atmosphere import transmittance
from sensors.bands import Band
from sensors.illuminators import Flood
from sensors.material_table import find_material
from sensors.near_infrared import reflectance, retro_gain

if TYPE_CHECKING:
    from scenes.infrared.state import InfraredState

GROUND = "leaf_grass"
Payload = Mapping[str, Any]


def reflectances(view: Payload, state: InfraredState, band: Band) -> NDArray[np.float32]:
    """Return what each pixel's surface reflects in a near-infrared band: (h, w) float32 0..1; 0 where nothing is."""
    rows, surfaces = rows_and_surfaces(view, state)
    table = np.array([*(float(reflectance(s.material, band)) for s in surfaces), 0.0], np.float32)
    return table[rows]


def near_radiance(
    view: Payload, state: InfraredState, band: Band, flood: tuple[float, float] | None = None
) -> NDArray[np.float32]:
    """Return the radiance at the lens in a near-infrared band, W m^-2 sr^-1.

    Args:
        view: outputs of `SOURCES` for one render product.
        state: of the surfaces at this frame; its `near_sunlight` has the light of sun and sky.
        band: nir850 or nir940.
        flood: watts and half angle (radians) of a light at the camera that shines where it looks; None is none.

    Returns:
        (h, w) float32.
    """
    around = state.surroundings
    direct, diffuse = state.near_sunlight.get(band.surface, (0.0, 0.0))
    sun, up = (np.asarray(v, np.float32) for v in (state.sun_direction, around.up))
    bounced = float(reflectance(find_material(GROUND), band)) * (direct * max(float(sun @ up), 0.0) + diffuse)
    normals = np.asarray(view["normals"]["data"])[..., :3]
    rays, distance = directions(view["camera_params"]), np.asarray(view["distance_to_camera"]["data"])
    across = np.einsum("hwc,hwc->hw", normals, rays)
    facing = normals * -np.sign(across)[..., None]
    lean = facing @ up
    hit = np.asarray(view[IDS]["data"]) > 1
    lit = direct * np.maximum(facing @ sun, 0.0) + 0.5 * (diffuse * (1.0 + lean) + bounced * (1.0 - lean))
    tau = _through_air(band, np.where(hit, distance, 0.0).astype(np.float32), state)
    if flood is not None:
        ahead = np.maximum(rays @ -camera_turn(view["camera_params"])[:, 2].astype(np.float32), 0.0)
        light = Flood(*flood).intensity(ahead) * np.abs(across) / np.where(hit, distance, np.inf) ** 2 * tau
        lit = lit + light * _retro_gains(view, state)
    seen = reflectances(view, state, band) * lit / np.pi * tau
    past = np.where(rays @ up >= 0, diffuse, bounced) / np.pi
    return np.where(hit, seen, past).astype(np.float32)


def _retro_gains(view: Payload, state: InfraredState) -> NDArray[np.float32]:
    """Return how much brighter than Lambert's each pixel's surface is to a camera beside the light."""
    rows, surfaces = rows_and_surfaces(view, state)
    straight_back = float(retro_gain(0.0))
    table = [straight_back if s.material.retroreflective else 1.0 for s in surfaces]
    return np.array([*table, 1.0], np.float32)[rows]


def _through_air(band: Band, path: NDArray[np.float32], state: InfraredState) -> NDArray[np.floating]:
    return transmittance(band, path, state.surroundings.sky.vapour, state.surroundings.visibility)
