"""Thermal members: radiance through a camera's lens and detector, and the numbers that files hold of it.

Frames of a dataset are independent of each other, so what needs the frame before is left out: a bolometer's lag, the
wandering of the fixed pattern and the shutter that stops it. The pattern, the bad pixels and the common offset are
those of one copy of the camera; random noise is new in each frame.
"""

from __future__ import annotations

import inspect
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensors import agc, palettes, thermal_camera
from sensors.bands import find_band
from sensors.encodings import Rbfo, fit_rbfo
from sensors.imager import pixel_means
from sensors.thermal_camera import ThermalCamera, ThermalState
from sensors.thermal_frame import GAINS, ThermalFrame
from writers.encode import SMOOTH_PNG, npy, png
from writers.infrared.settings import InfraredOutput
from writers.infrared.streams import Streams
from writers.infrared.tiff import tiff

INDEPENDENT = "independent: no lag of slow pixels, no wandering pattern, no shutter"
Image = NDArray[np.float32]


def fitted(camera: ThermalCamera, width: int, height: int, focal_pixels: float) -> ThermalCamera:
    """Return a camera as it is seen through another one's lens: its own pixels and blur, that size and focal length."""
    return camera.with_settings(width=width, height=height, focal_length=focal_pixels * camera.pitch / 1000.0)


@lru_cache(maxsize=16)
def copy_of(camera: ThermalCamera, seed: int) -> ThermalState:
    """Return what one copy of a camera keeps; nobody may change it."""
    return thermal_camera.start(camera, np.random.default_rng(seed))


def expose(camera: ThermalCamera, radiance: Image, streams: Streams) -> ThermalFrame:
    """Take a frame that knows of no other.

    Args:
        camera: its data sheet, as large as the image or a whole part of it.
        radiance: (h s, w s) W m^-2 sr^-1 at the lens.
        streams: of this output at this frame.
    """
    copy = copy_of(camera, streams.copy_seed)
    arriving = thermal_camera.through_lens(camera, radiance)
    noisy = arriving + thermal_camera.frame_noise(camera, arriving, streams.of_frame())
    noisy += copy.pattern + np.float32(copy.offset)
    whole = thermal_camera.with_bad_pixels(camera, copy, noisy)
    return ThermalFrame(camera.name, camera.band, whole, camera.scale.encode(whole), camera.scale)


def unchanged(camera: ThermalCamera, radiance: Image) -> ThermalFrame:
    """Return the frame of a camera without faults: the mean radiance of each pixel."""
    mean = pixel_means(radiance, camera.width, camera.height, camera.name)
    return ThermalFrame(camera.name, camera.band, mean, camera.scale.encode(mean), camera.scale)


@lru_cache(maxsize=8)
def raw16_constants(band: str) -> Rbfo:
    """Return the constants of a band's RAW16."""
    return fit_rbfo(find_band(band))


def members(output: InfraredOutput, radiance: Image, size: tuple[int, int], focal: float, streams: Streams) -> Any:
    """Make the members of a thermal output.

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
    frame = unchanged(camera, radiance) if output.ideal else expose(camera, radiance, streams)
    made: dict[str, bytes] = {}
    for name in output.formats:
        made.update(_FORMATS[name](output, frame))
    return made, describe(output, camera, frame)


def _radiance(output: InfraredOutput, frame: ThermalFrame) -> dict[str, bytes]:
    return {f"{output.name}.radiance.npy": npy(frame.radiance)}


def _temperature(output: InfraredOutput, frame: ThermalFrame) -> dict[str, bytes]:
    return {f"{output.name}.temperature.npy": npy(frame.apparent_temperature())}


def _tlinear(output: InfraredOutput, frame: ThermalFrame) -> dict[str, bytes]:
    return {f"{output.name}.tlinear.png": png(frame.tlinear(output.tlinear), SMOOTH_PNG)}


def _raw16(output: InfraredOutput, frame: ThermalFrame) -> dict[str, bytes]:
    return {f"{output.name}.raw16.png": png(frame.raw16(raw16_constants(frame.band)), SMOOTH_PNG)}


def _tlinear_tiff(output: InfraredOutput, frame: ThermalFrame) -> dict[str, bytes]:
    text = f"apparent temperature: K = {output.tlinear:g} * value; band {frame.band}"
    return {f"{output.name}.tlinear.tiff": tiff(frame.tlinear(output.tlinear), text)}


def _raw16_tiff(output: InfraredOutput, frame: ThermalFrame) -> dict[str, bytes]:
    constants = raw16_constants(frame.band)
    said = ", ".join(f"{name}={value}" for name, value in constants.metadata().items())
    text = f"counts; apparent K = B / ln(R1 / (R2 (value + O)) + F); {said}"
    return {f"{output.name}.raw16.tiff": tiff(frame.raw16(constants), text)}


def _agc(output: InfraredOutput, frame: ThermalFrame) -> dict[str, bytes]:
    grey = frame.picture(output.gain)
    colors = palettes.palette(output.palette)
    is_grey = bool((colors == colors[:, :1]).all())
    picture = np.ascontiguousarray(colors[:, 0])[grey] if is_grey else palettes.colorize(grey, output.palette)
    return {f"{output.name}.agc.png": png(picture)}


_FORMATS = {
    "radiance": _radiance,
    "temperature": _temperature,
    "tlinear": _tlinear,
    "raw16": _raw16,
    "agc": _agc,
    "tlinear_tiff": _tlinear_tiff,
    "raw16_tiff": _raw16_tiff,
}


def describe(output: InfraredOutput, camera: ThermalCamera, frame: ThermalFrame) -> dict[str, Any]:
    """Return what a reader must know of a frame, units and constants included."""
    about: dict[str, Any] = {
        **frame.metadata(),
        "band": frame.band,
        "f_number": camera.f_number,
        "pitch_um": camera.pitch,
        "frames": INDEPENDENT,
        "ideal": output.ideal,
        "netd_K_at_300": 0.0 if output.ideal else camera.netd,
        "range_K": [camera.coldest, camera.hottest],
    }
    if {"tlinear", "tlinear_tiff"} & set(output.formats):
        about["tlinear"] = {"kelvin_per_count": output.tlinear, "offset_K": 0.0, "unit": "K"}
    if {"raw16", "raw16_tiff"} & set(output.formats):
        about["raw16"] = {**raw16_constants(frame.band).metadata(), **NO_BELIEFS, "unit": "K"}
    if "agc" in output.formats:
        about["agc"] = {"gain": output.gain, "palette": output.palette, "parameters": gain_parameters(output.gain)}
    return about


# The object parameters of FLIR's files with which its formula gives apparent temperature: a black object, no distance.
NO_BELIEFS = {
    "emissivity": 1.0,
    "object_distance_m": 0.0,
    "atmospheric_temperature_K": 293.15,
    "reflected_temperature_K": 293.15,
    "relative_humidity": 0.5,
    "atmospheric_transmission": 1.0,
}


def gain_parameters(gain: str) -> dict[str, Any]:
    """Return the numbers that a gain control works with."""
    if gain == "lepton":
        return asdict(agc.HistogramEqualisation())
    if gain == "equalised":
        return {"limit": "none"}
    signature = inspect.signature(GAINS[gain])
    return {each.name: each.default for each in signature.parameters.values() if each.default is not each.empty}
