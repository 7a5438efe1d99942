"""Skies as light settings: texture file, dome and sun intensities that expose like a camera would."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np

from scenes.asset_cache import asset_file
from scenes.landscape.sky import NIGHTS, SKIES, Sky, horizontal_irradiance, radiance_map, sun_color

SUN_ANGLE = 0.53  # degrees
SUN_TO_SKY = 17.0  # irradiance of a clear high sun on the scale of the painted skies
EXPOSURE = 3900.0  # level irradiance times pi at level 1, in the units of UsdLux intensity


@dataclass(frozen=True)
class Preset:
    """One sky, ready for UsdLux.

    Attributes:
        name: its name.
        texture: absolute path of the lat-long map (.hdr).
        dome_intensity: inputs:intensity of the dome light.
        sun_intensity: inputs:intensity of the distant light.
        sun_color: linear colour, largest part 1.
        sun_rotation: XYZ degrees that turn -Z towards where the light goes.
        sky: what it was painted from.
    """

    name: str
    texture: str
    dome_intensity: float
    sun_intensity: float
    sun_color: tuple[float, float, float]
    sun_rotation: tuple[float, float, float]
    sky: Sky


def _write_sky(path: Path, sky: Sky, seed: int) -> None:
    image = radiance_map(sky, np.random.default_rng(seed))
    cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))


@cache
def presets() -> tuple[Preset, ...]:
    """Return every sky; textures are made on first use."""
    return tuple(_preset(sky, seed) for seed, sky in enumerate(SKIES, start=101))


@cache
def night_presets() -> tuple[Preset, ...]:
    """Return the skies before dawn and after dusk; textures are made on first use."""
    return tuple(_preset(sky, seed) for seed, sky in enumerate(NIGHTS, start=201))


def known_presets() -> dict[str, Preset]:
    """Return every sky by name, the nights last."""
    return {preset.name: preset for preset in (*presets(), *night_presets())}


def _preset(sky: Sky, seed: int) -> Preset:
    texture = asset_file("sky", {**vars(sky), "seed": seed}, partial(_write_sky, sky=sky, seed=seed), suffix=".hdr")
    image = np.asarray(cv2.imread(str(texture), cv2.IMREAD_UNCHANGED), np.float32)[..., ::-1]
    diffuse = float(horizontal_irradiance(image).mean())
    color = sun_color(sky)
    clear = 1.0 if sky.cloud < 0.8 and sky.elevation > 0 else 0.0
    low = float(np.clip((30.0 - sky.elevation) / 25.0, 0.0, 1.0))
    direct = SUN_TO_SKY * clear * (1.0 - 0.5 * sky.cloud) * (1.0 + 1.5 * low)
    level = direct * float(color.mean()) * float(np.sin(np.radians(sky.elevation)))
    gain = EXPOSURE * sky.level / (diffuse + level)
    largest = float(color.max())
    red, green, blue = (round(float(c) / largest, 4) for c in color)
    return Preset(
        sky.name,
        str(texture),
        round(gain, 3),
        round(gain * direct * largest, 3),
        (red, green, blue),
        (0.0, 90.0 - sky.elevation, sky.azimuth),
        sky,
    )
