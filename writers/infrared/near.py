"""Near-infrared members: radiance through a lens to counts, with shot and read noise and the pixels' own gains."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensors.bands import find_band
from sensors.imager import MonoCamera, auto_exposed, pixel_means, to_8_bit
from sensors.photon_detector import digitise
from writers.encode import npy, png
from writers.infrared.settings import InfraredOutput
from writers.infrared.streams import Streams
from writers.infrared.tiff import tiff

Image = NDArray[np.float32]


def fitted(camera: MonoCamera, width: int, height: int, focal_pixels: float) -> MonoCamera:
    """Return a camera as it is seen through another one's lens: its own pixels and blur, that size and focal length."""
    return camera.with_settings(width=width, height=height, focal_length=focal_pixels * camera.pitch / 1000.0)


@lru_cache(maxsize=16)
def gains_of(width: int, height: int, prnu: float, seed: int) -> NDArray[np.float32]:
    """Return the fixed pattern of one copy of a camera; nobody may change it."""
    pattern = MonoCamera("", width, height, 1.0, 1.0, 1.0, prnu=prnu).pixel_gains(np.random.default_rng(seed))
    return np.asarray(pattern, np.float32)


def members(output: InfraredOutput, radiance: Image, size: tuple[int, int], focal: float, streams: Streams) -> Any:
    """Make the members of a near-infrared output.

    Args:
        output: which camera, which formats.
        radiance: (h s, w s) W m^-2 sr^-1 at the lens.
        size: width and height, pixels.
        focal: length in pixels.
        streams: of this output at this frame.

    Returns:
        Bytes by member, and what the JSON says of them.
    """
    camera = fitted(output.camera, *size, focal)
    if output.exposure is None:
        camera = auto_exposed(camera, radiance)
    else:
        camera = camera.with_settings(exposure=output.exposure)
    mean = pixel_means(radiance, camera.width, camera.height, camera.name)
    if output.ideal:
        counts = digitise(camera.electrons(mean), camera.full_well / camera.gain, camera.bits, camera.black_level)
    else:
        gains = gains_of(camera.width, camera.height, camera.prnu, streams.copy_seed)
        counts = camera.expose(radiance, streams.of_frame(), gains)
    made = {}
    if "mono8" in output.formats:
        made[f"{output.name}.png"] = png(to_8_bit(counts, camera.bits))
    if "mono16" in output.formats:
        made[f"{output.name}.png"] = png(counts)
    if "tiff" in output.formats:
        text = f"counts of {camera.bits} bits, linear in radiance; black is {camera.black_level}"
        made[f"{output.name}.tiff"] = tiff(counts.astype(np.uint16), text)
    if "radiance" in output.formats:
        made[f"{output.name}.radiance.npy"] = npy(mean)
    return made, describe(output, camera)


def describe(output: InfraredOutput, camera: MonoCamera) -> dict[str, Any]:
    """Return what a reader must know of a frame."""
    band = find_band(camera.band)
    about = {
        "camera": camera.name,
        "band": camera.band,
        "band_um": [band.lower, band.upper],
        "exposure_s": camera.exposure,
        "gain": camera.gain,
        "f_number": camera.f_number,
        "pitch_um": camera.pitch,
        "efficiency": camera.efficiency,
        "full_well_electrons": camera.full_well,
        "read_noise_electrons": camera.read_noise,
        "unit": "counts, linear in radiance",
        "radiance_unit": "W m-2 sr-1",
        "ideal": output.ideal,
        "frames": "independent: each with an exposure of its own" if output.exposure is None else "independent",
    }
    if "tiff" in output.formats:
        about["tiff"] = {"bits": camera.bits, "black_level": camera.black_level}
    is_deep = "mono16" in output.formats
    about["bits"] = camera.bits if is_deep else min(camera.bits, 8)
    about["black_level"] = camera.black_level if is_deep else camera.black_level >> max(camera.bits - 8, 0)
    return about
