"""Thermal radiance from a camera's buffers and the state of the surfaces: what runs where nothing traces bands.

Pure functions of arrays, labels and the state; no stage, no Replicator. Temperatures that vary over one mesh and parts
of a mesh with materials of their own are beyond it: ids name whole prims.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sensors.bands import Band
from sensors.checks import SensorError
from sensors.surface_radiance import SurfaceTable, camera_radiance, surface_table

if TYPE_CHECKING:
    from scenes.infrared.state import InfraredState, Surface

IDS = "instance_id_segmentation_fast"
SOURCES = (IDS, "normals", "distance_to_camera", "camera_params")
BLOCK = 16384  # pixels worked on at once
FIRST_ID = 2  # Replicator keeps 0 for background and 1 for what has no label
Payload = Mapping[str, Any]


def buffer_radiance(view: Payload, state: InfraredState, band: Band) -> NDArray[np.float32]:
    """Return the radiance at the lens, W m^-2 sr^-1.

    Args:
        view: outputs of `SOURCES` for one render product, each {"data": array, ...} or a flat dictionary of info.
        state: of the surfaces at this frame.
        band: thermal, of the camera.

    Returns:
        (h, w) float32.

    Raises:
        SensorError: for a lens that is no pinhole.
    """
    rows, found = rows_and_surfaces(view, state)
    return camera_radiance(
        band,
        _table_of(found, band),
        rows,
        np.asarray(view["normals"]["data"])[..., :3],
        directions(view["camera_params"]),
        np.asarray(view["distance_to_camera"]["data"]),
        state.around.get(band.surface, state.surroundings),
        sunlit_temperatures(view, state, rows, found),
    )


def surfaces(view: Payload, state: InfraredState, band: Band) -> tuple[NDArray[np.int32], SurfaceTable]:
    """Return each pixel's row, -1 where nothing is, and the table of the surfaces in the picture."""
    rows, found = rows_and_surfaces(view, state)
    return rows, _table_of(found, band)


def _table_of(found: list[Surface], band: Band) -> SurfaceTable:
    return surface_table(band, [s.material for s in found], [s.temperature for s in found])


def sunlit_temperatures(
    view: Payload, state: InfraredState, rows: NDArray[np.int32], found: list[Surface]
) -> NDArray[np.float32] | None:
    """Return temperatures by how each pixel's surface faces the sun of the day, K; nothing shades another here.

    Args:
        view: outputs of `SOURCES` for one render product.
        state: with the sun's path.
        rows: (h, w) of `found`, -1 where nothing is.
        found: the surfaces.

    Returns:
        (h, w) float32, nan where the sun has warmed nothing; None where it has nowhere.
    """
    path = np.asarray(state.sun_path, np.float32)
    if not len(path) or not any(surface.suns for surface in found):
        return None
    suns = np.zeros((len(found) + 1, len(path)), np.float32)
    dark = np.full(len(found) + 1, np.nan, np.float32)
    for row, surface in enumerate(found):
        if surface.suns:
            suns[row], dark[row] = surface.suns, surface.temperature - surface.lit
    parts = np.flatnonzero(suns.any(axis=0))
    normals, rays = view["normals"]["data"], directions(view["camera_params"])
    kelvin = np.empty(rows.shape, np.float32)
    lines = max(1, BLOCK // max(rows.shape[1], 1))
    for start in range(0, len(rows), lines):  # a block of pixels stays in the processor's cache
        block = slice(start, start + lines)
        index = rows[block].ravel()
        x, y, z = np.ascontiguousarray(np.asarray(normals[block])[..., :3].reshape(-1, 3).T)
        ray_x, ray_y, ray_z = rays[block].reshape(-1, 3).T
        turned = -np.sign(x * ray_x + y * ray_y + z * ray_z)
        warmer = dark.take(index, mode="wrap")
        for part in parts:
            facing = x * path[part, 0]
            facing += y * path[part, 1]
            facing += z * path[part, 2]
            facing *= turned
            np.maximum(facing, np.float32(0.0), out=facing)
            facing *= suns[:, part].take(index, mode="wrap")
            warmer += facing
        kelvin[block] = warmer.reshape(-1, rows.shape[1])
    return kelvin


def rows_and_surfaces(view: Payload, state: InfraredState) -> tuple[NDArray[np.int32], list[Surface]]:
    """Return each pixel's row, -1 where nothing is, and the surfaces by row.

    Prims of one material and temperature share a row, so that a field of grass is one.
    """
    ids = np.asarray(view[IDS]["data"])
    lookup = np.full(int(ids.max(initial=0)) + 1, -1, np.int32)
    number: dict[tuple[object, ...], int] = {}
    found: list[Surface] = []
    for key, path in view[IDS]["idToLabels"].items():
        identifier = int(key)
        if not FIRST_ID <= identifier < len(lookup):
            continue
        surface = state.of(str(path))
        same = (id(surface.material), surface.temperature, surface.lit, surface.suns)
        if same not in number:
            number[same] = len(found)
            found.append(surface)
        lookup[identifier] = number[same]
    return lookup.take(ids.astype(np.int32, copy=False)), found


def cosines(view: Payload) -> NDArray[np.float32]:
    """Return the cosine of the angle at which each pixel's surface is seen: (h, w) float32 0..1."""
    normals = np.asarray(view["normals"]["data"])[..., :3]
    found = np.abs(np.einsum("hwc,hwc->hw", normals, directions(view["camera_params"])))
    return np.minimum(found, np.float32(1.0))


def directions(params: Payload) -> NDArray[np.float32]:
    """Return unit vectors from the camera through pixel centres: (h, w, 3) float32, world.

    Args:
        params: the annotator `camera_params`.

    Raises:
        SensorError: for a lens that is no pinhole.
    """
    model = str(params.get("cameraModel", "pinhole"))
    if model not in ("pinhole", "perspective"):
        raise SensorError(f"camera model '{model}': thermal images from buffers need a pinhole; expected pinhole")
    width, height = (int(v) for v in params["renderProductResolution"])
    aperture, offset = (np.asarray(params[key], np.float64) for key in ("cameraAperture", "cameraApertureOffset"))
    scale = width / float(aperture[0])
    focal = float(params["cameraFocalLength"]) * scale
    center = width / 2 - float(offset[0]) * scale, height / 2 + float(offset[1]) * scale
    turn = camera_turn(params).astype(np.float32)
    return _turned_rays(width, height, focal, *center, turn.tobytes())


def camera_turn(params: Payload) -> NDArray[np.float64]:
    """Return the (3, 3) rotation whose columns are the camera's axes in the world: right, up, back."""
    turned = np.asarray(params["cameraViewTransform"], np.float64).reshape(4, 4)[:3, :3]
    return turned / np.linalg.norm(turned, axis=0)


@lru_cache(maxsize=8)
def _turned_rays(width: int, height: int, focal: float, cx: float, cy: float, turn: bytes) -> NDArray[np.float32]:
    """Return the camera's rays in the world; once for all bands and frames of a camera that stands still."""
    columns = np.frombuffer(turn, np.float32).reshape(3, 3)
    rays = camera_rays(width, height, focal, cx, cy).reshape(-1, 3) @ np.ascontiguousarray(columns.T)
    rays.setflags(write=False)
    return rays.reshape(height, width, 3)


@lru_cache(maxsize=8)
def camera_rays(width: int, height: int, focal: float, cx: float, cy: float) -> NDArray[np.float32]:
    """Return unit vectors in the camera's frame (looks along -Z, +Y up); nobody may change them."""
    rays = np.empty((height, width, 3), np.float32)
    rays[..., 0] = ((np.arange(width) + 0.5 - cx) / focal)[None, :]
    rays[..., 1] = -((np.arange(height) + 0.5 - cy) / focal)[:, None]
    rays[..., 2] = -1.0
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    rays.setflags(write=False)
    return rays
