"""Skies: clear and cloudy daylight as lat-long radiance maps, with the sun apart.

The map's up is its top row; its centre looks along -Y and a quarter to its left is +X, as OpenUSD maps a lat-long dome
whose pole has been turned from Y to Z. Radiance is relative;
`Sky` says how bright the sun is on the same scale.

Source: A. J. Preetham, P. Shirley, B. Smits, "A Practical Analytic Model for Daylight", SIGGRAPH 1999 (Perez
distribution and zenith values); CIE S 011 standard overcast sky. Clouds are our own noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.landscape.noise import sample, smoothstep, tile_noise

Floats = NDArray[np.floating[Any]]

XYZ_TO_RGB = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
# Perez coefficients A..E of Y, x, y: (slope in turbidity, constant).
PEREZ = np.array(
    [
        [[0.1787, -1.4630], [-0.3554, 0.4275], [-0.0227, 5.3251], [0.1206, -2.5771], [-0.0670, 0.3703]],
        [[-0.0193, -0.2592], [-0.0665, 0.0008], [-0.0004, 0.2125], [-0.0641, -0.8989], [-0.0033, 0.0452]],
        [[-0.0167, -0.2608], [-0.0950, 0.0092], [-0.0079, 0.2102], [-0.0441, -1.6537], [-0.0109, 0.0529]],
    ]
)
ZENITH_X = np.array(
    [[0.00166, -0.00375, 0.00209, 0], [-0.02903, 0.06377, -0.03202, 0.00394], [0.11693, -0.21196, 0.06052, 0.25886]]
)
ZENITH_Y = np.array(
    [[0.00275, -0.00610, 0.00317, 0], [-0.04214, 0.08970, -0.04153, 0.00516], [0.15346, -0.26756, 0.06670, 0.26688]]
)


@dataclass(frozen=True)
class Sky:
    """A sky's parameters.

    Attributes:
        name: file-name part.
        elevation: sun's height above the horizon, degrees.
        azimuth: direction of the sun, degrees from +X towards +Y.
        cloud: cover 0 (clear) .. 1 (overcast).
        turbidity: haziness, 2 very clear .. 8 hazy.
        level: brightness of the scene against noon.
    """

    name: str
    elevation: float
    azimuth: float
    cloud: float
    turbidity: float
    level: float


SKIES = (
    Sky("dawn", 7.0, 75.0, 0.25, 3.5, 0.68),
    Sky("early", 13.0, 110.0, 0.15, 3.0, 0.80),
    Sky("morning", 28.0, 150.0, 0.35, 2.6, 0.95),
    Sky("noon", 58.0, 205.0, 0.20, 2.4, 1.00),
    Sky("fair", 47.0, 320.0, 0.50, 2.6, 1.00),
    Sky("afternoon", 33.0, 260.0, 0.30, 3.0, 0.95),
    Sky("evening", 12.0, 290.0, 0.40, 4.0, 0.75),
    Sky("dusk", 5.0, 20.0, 0.30, 4.5, 0.62),
    Sky("overcast", 40.0, 0.0, 1.0, 4.0, 0.92),
    Sky("grey", 25.0, 130.0, 0.95, 4.0, 0.78),
)
# The moon stands for the sun of a night; below the horizon there is none.
NIGHTS = (
    Sky("twilight", -1.0, 75.0, 0.25, 3.0, 0.20),
    Sky("dull_twilight", -1.0, 75.0, 0.95, 4.0, 0.13),
    Sky("moonlight", 38.0, 200.0, 0.15, 2.4, 0.06),
    Sky("night", 20.0, 60.0, 0.95, 4.0, 0.03),
)


def sun_direction(sky: Sky) -> Floats:
    """Return the unit vector towards the sun, z up."""
    e, a = np.radians([sky.elevation, sky.azimuth])
    return np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])


def sun_color(sky: Sky) -> Floats:
    """Return the sun's linear colour and strength outside clouds, 1 at the zenith.

    Source: Rayleigh and aerosol optical depth at 610, 550, 465 nm (Preetham 1999, appendix); Kasten air mass 1965.
    """
    height = max(sky.elevation, 0.5)
    mass = 1.0 / (np.sin(np.radians(height)) + 0.15 * (height + 3.885) ** -1.253)
    wavelength = np.array([0.610, 0.550, 0.465])
    rayleigh = 0.008735 * wavelength**-4.08
    aerosol = (0.04608 * sky.turbidity - 0.04586) * wavelength**-1.3
    return np.exp(-(rayleigh + aerosol) * (mass - 1.0))


def _perez(cos_theta: Floats, gamma: Floats, k: Floats) -> Floats:
    return (1 + k[0] * np.exp(k[1] / cos_theta)) * (1 + k[2] * np.exp(k[3] * gamma) + k[4] * np.cos(gamma) ** 2)


def clear_sky(directions: Floats, sky: Sky) -> Floats:
    """Return the linear radiance of a clear sky (Preetham), zenith luminance of order 1.

    Args:
        directions: (..., 3) unit vectors, z up; below the horizon the horizon's value is used.
        sky: sun and turbidity.

    Returns:
        (..., 3) linear RGB, ten kilocandela per square metre.
    """
    t = sky.turbidity
    zenith_sun = np.radians(90.0 - max(sky.elevation, 2.0))
    cos_theta = np.maximum(directions[..., 2], 0.03)
    gamma = np.arccos(np.clip(directions @ sun_direction(sky), -1, 1))
    chi = (4 / 9 - t / 120) * (np.pi - 2 * zenith_sun)
    powers = np.array([zenith_sun**3, zenith_sun**2, zenith_sun, 1.0])
    zenith = [
        (4.0453 * t - 4.9710) * np.tan(chi) - 0.2155 * t + 2.4192,
        np.array([t * t, t, 1]) @ ZENITH_X @ powers,
        np.array([t * t, t, 1]) @ ZENITH_Y @ powers,
    ]
    channels = []
    for index in range(3):
        k = PEREZ[index] @ np.array([t, 1.0])
        norm = _perez(np.array(1.0), np.array(zenith_sun), k)
        channels.append(zenith[index] * _perez(cos_theta, gamma, k) / norm)
    luminance, x, y = np.maximum(channels[0], 0.02) / 10, channels[1], channels[2]
    xyz = np.stack([x / y * luminance, luminance, (1 - x - y) / y * luminance], -1)
    return np.maximum(xyz @ XYZ_TO_RGB.T, 0.0)


def hazed(image: Floats, directions: Floats, sky: Sky) -> Floats:
    """Lay the haze of the lower air over a clear sky: pale near the horizon, warm under a low sun."""
    warm = sun_color(sky)
    warm = warm / warm.max()
    toward = np.clip(directions @ sun_direction(sky), -1, 1)
    low = float(np.clip((30.0 - sky.elevation) / 25.0, 0.0, 1.0))
    glow = (low * (0.35 + 0.65 * np.clip(toward, 0, 1) ** 2))[..., None]
    tint = np.array([0.86, 0.94, 1.0]) * (1 - glow) + (0.35 + 0.65 * warm) * glow
    light = (image @ np.array([0.2126, 0.7152, 0.0722]))[..., None]
    weight = 0.92 * np.exp(-np.maximum(directions[..., 2], 0.0) / 0.16)[..., None]
    return image + (light * tint * (1.4 - 0.4 * low) - image) * weight


def cloud_layer(directions: Floats, sky: Sky, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return cloud opacity (...) and shade (...) 0 dark underside .. 1 lit edge, from noise on a curved ceiling."""
    up = np.maximum(directions[..., 2], 0.0)
    u, v = directions[..., 0] / (up + 0.30), directions[..., 1] / (up + 0.30)
    field = tile_noise(rng, 1024, 7, octaves=7, gain=0.56)
    toward = sun_direction(sky)[:2] * 0.14
    density = sample(field, u / 6.0, v / 6.0)
    lit = sample(field, (u + toward[0]) / 6.0, (v + toward[1]) / 6.0)
    threshold = float(np.quantile(field[::4, ::4], 1.0 - min(sky.cloud, 0.97)))
    opacity = smoothstep(threshold - 0.01, threshold + 0.07, density)
    shade = np.clip(0.72 + (density - lit) * 4.5 - (density - threshold) * 1.6, 0.0, 1.0)
    return opacity * smoothstep(0.0, 0.05, directions[..., 2]), shade


def lat_long_directions(height: int) -> Floats:
    """Return unit vectors (height, 2 height, 3): top row up, middle column -Y, azimuth growing to the left."""
    theta = (np.arange(height) + 0.5) / height * np.pi
    phi = np.pi / 2 - (np.arange(2 * height) + 0.5) / (2 * height) * 2 * np.pi
    sin = np.sin(theta)[:, None]
    return np.stack([sin * np.cos(phi), sin * np.sin(phi), np.cos(theta)[:, None] + 0 * phi], -1)


def radiance_map(sky: Sky, rng: np.random.Generator, height: int = 512) -> Floats:
    """Paint a sky.

    Returns:
        (height, 2 height, 3) float32 linear radiance; the lower half is dim ground bounce.
    """
    directions = lat_long_directions(height)[: height // 2]
    image = hazed(clear_sky(directions, sky), directions, sky)
    warm = sun_color(sky)
    mean = float(image.mean())
    opacity, shade = cloud_layer(directions, sky, rng)
    glow = np.exp(-np.arccos(np.clip(directions @ sun_direction(sky), -1, 1)) * 2.5)
    bright = mean * (0.85 + 1.7 * shade + 1.8 * glow * shade)
    tint = 0.55 + 0.45 * warm / warm.max()
    image = image + (bright[..., None] * tint - image) * (0.94 * opacity)[..., None]
    if sky.cloud > 0.8:
        overcast = mean * 1.1 * (1.6 + 1.4 * np.maximum(directions[..., 2], 0)) / 3 * (0.80 + 0.4 * shade)
        image = image + (overcast[..., None] * [0.97, 1.0, 1.04] - image) * smoothstep(0.8, 1.0, np.array(sky.cloud))
    ground = np.broadcast_to(np.array([0.10, 0.12, 0.06]) * mean * 1.5, image.shape)
    return np.concatenate([image, ground]).astype(np.float32)


def horizontal_irradiance(image: Floats) -> Floats:
    """Integrate radiance over the upper hemisphere with the cosine: (3,) irradiance on level ground."""
    height = image.shape[0]
    directions = lat_long_directions(height)
    solid = (np.pi / height) ** 2 * np.sin((np.arange(height) + 0.5) / height * np.pi)[:, None]
    weight = solid * np.maximum(directions[..., 2], 0.0)
    return (image * weight[..., None]).sum(axis=(0, 1))
