"""What a thermal camera receives, from buffers: ids, normals, directions and distances, and a table of surfaces.

    L = tau [eps(th) L_B(T) + (1 - eps(th)) L_env + rho_d E_sun cos / pi] + (1 - tau) L_B(T_air)

Surroundings are sky and ground, without other things: the path tracer does those. For mirrors the sky is looked up
where the reflected ray goes, for diffuse surfaces hemispheres of sky and ground are mixed by how the surface leans.
All image arithmetic is float32 (relative 1e-7, 1e-5 K); tables are built in float64.

Source: reference/infrared.md 1.2-1.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float, Integer
from numpy.typing import NDArray

from sensors.atmosphere import transmittance
from sensors.bands import Band, surface_column
from sensors.checks import SensorError, check_temperature
from sensors.materials import ANGLES, Material
from sensors.sky import Sky
from sensors.sun import band_irradiance

_SKY_STEPS = 1024
_BLOCK = 16384  # pixels worked on at once


@dataclass(frozen=True)
class Sunlight:
    """Direct sun.

    Args:
        direction: (3,) unit vector towards it, world.
        transmittance: of the air on the way in the band, 0..1.
    """

    direction: tuple[float, float, float]
    transmittance: float = 0.5


@dataclass(frozen=True)
class Surroundings:
    """Everything that surfaces reflect and that lies between them and the camera.

    Args:
        sky: air and clouds; its air temperature is that of the path too.
        ground_temperature: K of the ground that surfaces mirror and see.
        ground_emissivity: of that ground; it reflects the sky with the rest.
        sun: direct sunlight, or None at night.
        visibility: km, or None without haze.
        up: (3,) unit vector, world.
        is_path_clear: no air between surface and camera, for tests.
    """

    sky: Sky
    ground_temperature: float
    ground_emissivity: float = 0.95
    sun: Sunlight | None = None
    visibility: float | None = None
    up: tuple[float, float, float] = (0.0, 0.0, 1.0)
    is_path_clear: bool = False

    def __post_init__(self) -> None:
        check_temperature(self.ground_temperature, "surroundings: ground_temperature")

    def ground_radiance(self, band: Band) -> float:
        """Return the radiance of the ground, W m^-2 sr^-1."""
        own = float(band.radiance(self.ground_temperature))
        return self.ground_emissivity * own + (1.0 - self.ground_emissivity) * self.sky.hemisphere(band)


@dataclass(frozen=True)
class SurfaceTable:
    """Surfaces by row, in one band.

    Args:
        emissivity: (rows, ANGLES + 1) float32 by cosine.
        radiance: (rows,) float32 blackbody radiance at each surface's temperature, W m^-2 sr^-1.
        specular: (rows,) float32 part of the reflection that is a mirror's.
        temperature: (rows,) float32 K, the truth.
        normal_emissivity: (rows,) float32, the truth.
    """

    emissivity: NDArray[np.float32]
    radiance: NDArray[np.float32]
    specular: NDArray[np.float32]
    temperature: NDArray[np.float32]
    normal_emissivity: NDArray[np.float32]


def surface_table(band: Band, materials: Sequence[Material], temperatures: Sequence[float]) -> SurfaceTable:
    """Build the table of the surfaces of a scene; row i is surface i.

    Args:
        band: thermal.
        materials: (rows,) what each is made of.
        temperatures: (rows,) K.

    Raises:
        SensorError: if the two are not equally long, or a temperature cannot be.
    """
    if len(materials) != len(temperatures):
        raise SensorError(
            f"surfaces: {len(materials)} materials and {len(temperatures)} temperatures; expected as many"
        )
    kelvin = check_temperature(np.asarray(temperatures, np.float64), "surfaces")
    column = surface_column(band)
    curves: dict[int, NDArray[np.float32]] = {}
    for material in materials:
        if id(material) not in curves:
            curves[id(material)] = material.emissivity_table(column)
    emissivity = np.stack([curves[id(m)] for m in materials]) if materials else np.zeros((0, ANGLES + 1), np.float32)
    return SurfaceTable(
        emissivity=emissivity,
        radiance=band.radiance(kelvin).astype(np.float32),
        specular=np.array([m.specular for m in materials], np.float32),
        temperature=kelvin.astype(np.float32),
        normal_emissivity=emissivity[:, -1].copy(),
    )


def camera_radiance(
    band: Band,
    table: SurfaceTable,
    rows: Integer[np.ndarray, "h w"],
    normals: Float[np.ndarray, "h w 3"],
    directions: Float[np.ndarray, "h w 3"],
    distances: Float[np.ndarray, "h w"],
    surroundings: Surroundings,
    temperatures: Float[np.ndarray, "h w"] | None = None,
    sunlit: Float[np.ndarray, "h w"] | None = None,
) -> NDArray[np.float32]:
    """Return the radiance at the lens.

    Args:
        band: thermal.
        table: surfaces by row.
        rows: (h, w) row of each pixel, below 0 where the camera sees past everything.
        normals: (h, w, 3) unit, world.
        directions: (h, w, 3) unit, world, from the camera outwards.
        distances: (h, w) m along the ray; inf where nothing is.
        surroundings: sky, ground, sun and air.
        temperatures: (h, w) K where surfaces have temperatures by vertex or texture; nan elsewhere.
        sunlit: (h, w) 0..1 part of the sun that each pixel sees; None is all of it.

    Returns:
        (h, w) float32 W m^-2 sr^-1.

    Source: the sum at the head of this module.
    """
    around = _around(band, surroundings)
    if not len(table.radiance):  # nothing has a surface: one row that nobody looks up
        table = SurfaceTable(np.zeros((1, ANGLES + 1), np.float32), *(np.zeros(1, np.float32) for _ in range(4)))
    has_mirrors = bool(np.any(table.specular))
    images = (rows, normals, directions, distances, temperatures, sunlit)
    height, width = rows.shape
    found = np.empty((height, width), np.float32)
    step = max(1, _BLOCK // max(width, 1))
    for start in range(0, height, step):  # a block of pixels stays in the processor's cache
        part = slice(start, start + step)
        block = tuple(None if image is None else image[part] for image in images)
        found[part] = _block(band, table, around, has_mirrors, *block)  # type: ignore[arg-type]
    return found


@dataclass(frozen=True)
class _Around:
    """What is the same for all pixels: radiances in one band, W m^-2 sr^-1."""

    up: NDArray[np.float32]
    seen: NDArray[np.float32]  # (2 _SKY_STEPS + 1,) sky and ground along a ray, by the cosine to straight up
    hemisphere: np.float32
    ground: np.float32
    air: np.float32
    towards_sun: NDArray[np.float32]
    sun: np.float32  # of a white diffuse surface that faces it
    vapour: float
    visibility: float | None
    is_path_clear: bool


@lru_cache(maxsize=8)
def _around(band: Band, surroundings: Surroundings) -> _Around:
    sky, sun = surroundings.sky, surroundings.sun
    ground = surroundings.ground_radiance(band)
    cosines = (np.arange(_SKY_STEPS + 1) + 0.5) / _SKY_STEPS  # in the middle of the steps
    above = sky.radiance(band, np.minimum(cosines, 1.0))
    return _Around(
        up=np.asarray(surroundings.up, np.float32),
        seen=np.concatenate([np.full(_SKY_STEPS, ground), above]).astype(np.float32),
        hemisphere=np.float32(sky.hemisphere(band)),
        ground=np.float32(ground),
        air=np.float32(band.radiance(sky.air_temperature)),
        towards_sun=np.asarray((0.0, 0.0, 0.0) if sun is None else sun.direction, np.float32),
        sun=np.float32(0.0 if sun is None else band_irradiance(band, sun.transmittance) / np.pi),
        vapour=sky.vapour,
        visibility=surroundings.visibility,
        is_path_clear=surroundings.is_path_clear,
    )


def _block(
    band: Band,
    table: SurfaceTable,
    around: _Around,
    has_mirrors: bool,
    rows: NDArray[np.integer],
    normals: NDArray[np.floating],
    directions: NDArray[np.floating],
    distances: NDArray[np.floating],
    temperatures: NDArray[np.floating] | None,
    sunlit: NDArray[np.floating] | None,
) -> NDArray[np.float32]:
    """Return the radiance of some rows of the image: a hot kernel. Arguments as `camera_radiance`."""
    normals, directions = np.asarray(normals, np.float32), np.asarray(directions, np.float32)
    hit = rows >= 0
    index = np.where(hit, rows, 0).astype(np.intp, copy=False)

    # How the surface is seen, and how it leans: normals are turned towards the camera.
    across = _dot(normals, directions)
    cosine = np.minimum(np.abs(across), np.float32(1.0))
    turned = -np.sign(across)
    lean = (normals @ around.up) * turned
    ray_up = directions @ around.up

    # Emitted.
    emissivity = np.take(table.emissivity, index * (ANGLES + 1) + (cosine * ANGLES + np.float32(0.5)).astype(np.intp))
    own = np.take(table.radiance, index)
    if temperatures is not None:
        given = np.isfinite(temperatures)
        own = np.where(given, band.radiance_image(temperatures), own)

    # Reflected: a mirror's part along the reflected ray, the rest from both hemispheres, and the sun.
    half = np.float32(0.5) * (around.hemisphere - around.ground)
    reflected = half * lean + (half + around.ground)
    share = np.take(table.specular, index) if has_mirrors else np.float32(0.0)
    if has_mirrors:
        mirrored = _along(ray_up + np.float32(2.0) * cosine * lean, around)
        reflected += share * (mirrored - reflected)
    if around.sun > 0:
        lit = np.maximum((normals @ around.towards_sun) * turned, np.float32(0.0)) * around.sun
        lit *= np.float32(1.0) if sunlit is None else np.asarray(sunlit, np.float32)
        reflected += (np.float32(1.0) - share) * lit
    surface = emissivity * (own - reflected) + reflected

    # Through the air; past everything there is sky, and below the horizon ground.
    seen = surface if hit.all() else np.where(hit, surface, _along(ray_up, around))
    if around.is_path_clear:
        return seen.astype(np.float32, copy=False)
    path = np.where(hit, distances, np.float32(0.0)).astype(np.float32, copy=False)
    tau = transmittance(band, path, around.vapour, around.visibility)
    return (tau * (seen - around.air) + around.air).astype(np.float32, copy=False)


def _dot(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the dot products of (h, w, 3) vectors."""
    total = a[..., 0] * b[..., 0]
    total += a[..., 1] * b[..., 1]
    total += a[..., 2] * b[..., 2]
    return total


def _along(upward: NDArray[np.floating], around: _Around) -> NDArray[np.float32]:
    """Return the radiance of sky or ground along rays, by the cosine to straight up."""
    place = (upward + np.float32(1.0)) * np.float32(_SKY_STEPS)
    return np.take(around.seen, place.astype(np.intp), mode="clip")


def ray_directions(
    width: int, height: int, focal_pixels: float, world_from_camera: Float[np.ndarray, "3 3"] | None = None
) -> NDArray[np.float32]:
    """Return (h, w, 3) float32 unit directions through pixel centres; the camera looks along -Z, +Y up.

    Args:
        width: pixels.
        height: pixels.
        focal_pixels: focal length in pixels.
        world_from_camera: rotation; None is the camera's own frame.
    """
    x = (np.arange(width, dtype=np.float32) + 0.5 - 0.5 * width) / focal_pixels
    y = -(np.arange(height, dtype=np.float32) + 0.5 - 0.5 * height) / focal_pixels
    rays = np.empty((height, width, 3), np.float32)
    rays[..., 0], rays[..., 1], rays[..., 2] = x[None, :], y[:, None], -1.0
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    return rays if world_from_camera is None else (rays @ np.asarray(world_from_camera, np.float32).T)
