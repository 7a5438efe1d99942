"""Depth as a depth camera gives it: true depth with the noise, the steps and the holes of one, as Z16.

Active stereo: the error is that of matching, sigma_z = z^2 sigma_d / (f B), alike over the matching window; holes are
what the other imager cannot see and what is out of range. Time of flight: shot noise on what surfaces reflect, edges
mixed. Structured light: by distance and slant. `sensors` has the sources.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensors.encodings import encode_depth
from sensors.imager import pixel_means
from sensors.stereo_depth import StereoCamera, noisy_depth
from sensors.structured_light import StructuredLightCamera, structured_light_depth
from sensors.tof_depth import TimeOfFlightCamera, tof_depth
from writers.encode import SMOOTH_PNG, png
from writers.infrared.settings import InfraredOutput
from writers.infrared.stereo import matched_depth
from writers.infrared.streams import Streams

Image = NDArray[np.floating]
Camera = StereoCamera | TimeOfFlightCamera | StructuredLightCamera


def needs_reflectance(camera: Any) -> bool:
    """Tell whether a camera's noise depends on what surfaces reflect."""
    return isinstance(camera, TimeOfFlightCamera)


def needs_incidence(camera: Any) -> bool:
    """Tell whether a camera's noise depends on the angle at which it sees surfaces."""
    return isinstance(camera, StructuredLightCamera)


def measured(
    camera: Camera, depth: Image, generator: np.random.Generator, reflectance: Image | None, incidence: Image | None
) -> Image:
    """Return what a camera measures, m; nan in holes.

    Args:
        camera: as large as the image.
        depth: (h, w) true metres along the optical axis; inf where nothing is.
        generator: of this frame's noise.
        reflectance: (h, w) 0..1, for time of flight.
        incidence: (h, w) radians between ray and normal, for structured light.
    """
    if isinstance(camera, TimeOfFlightCamera):
        assert reflectance is not None
        return tof_depth(depth, reflectance, camera, generator)
    if isinstance(camera, StructuredLightCamera):
        assert incidence is not None
        return structured_light_depth(depth, incidence, camera, generator)
    return noisy_depth(np.asarray(depth, np.float32), camera, generator)


def members(
    output: InfraredOutput,
    depth: Image,
    size: tuple[int, int],
    focal: float,
    streams: Streams,
    reflectance: Image | None = None,
    incidence: Image | None = None,
) -> Any:
    """Make the member of a depth output.

    Args:
        output: which camera.
        depth: (h, w) true metres along the optical axis; inf where nothing is.
        size: width and height, pixels.
        focal: length in pixels.
        streams: of this output at this frame.
        reflectance: see `measured`.
        incidence: see `measured`.

    Returns:
        Bytes by member, and what the JSON says of them.
    """
    camera = fitted(output, size, focal)
    seen = depth if output.ideal else measured(camera, depth, streams.of_frame(), reflectance, incidence)
    return _z16(output, seen), describe(output, camera)


def matched(
    output: InfraredOutput, left: Image, right: Image, size: tuple[int, int], focal: float, streams: Streams
) -> Any:
    """Make the members of a depth output whose imagers' radiance was traced.

    Args:
        output: which camera, which formats.
        left: (h s, w s) W m^-2 sr^-1.
        right: the same size.
        size: width and height, pixels.
        focal: length in pixels.
        streams: of this output at this frame.

    Returns:
        Bytes by member, and what the JSON says of them.
    """
    camera = fitted(output, size, focal)
    one, other = (pixel_means(each, *size, camera.name) for each in (left, right))
    seen, first, second = matched_depth(camera, one, other, streams.of_frame())
    made = _z16(output, seen)
    for side, picture in (("left", first), ("right", second)):
        if side in output.formats:
            made[f"{output.name}.{side}.png"] = png(picture)
    about = {key: value for key, value in describe(output, camera).items() if not key.startswith("disparity")}
    return made, {**about, "model": MATCHING, "projector_W": camera.projector_power, "unit_of_images": "counts"}


MATCHING = "semi-global matching of two traced images of projected dots"


def fitted(output: InfraredOutput, size: tuple[int, int], focal: float) -> Any:
    """Return the camera of an output with another size and focal length."""
    return replace(output.camera, width=size[0], height=size[1], focal_pixels=focal)


def _z16(output: InfraredOutput, metres: Image) -> dict[str, bytes]:
    return {f"{output.name}.png": png(encode_depth(metres, output.depth_scale), SMOOTH_PNG)}


def describe(output: InfraredOutput, camera: Camera) -> dict[str, Any]:
    """Return what a reader must know of a frame."""
    about: dict[str, Any] = {
        "camera": camera.name,
        "unit": "m",
        "depth_scale": output.depth_scale,
        "invalid": 0,
        "range_m": [camera.nearest, camera.farthest],
        "model": "true depth" if output.ideal else MODELS[type(camera)],
    }
    if isinstance(camera, StereoCamera):
        about["baseline_m"] = camera.baseline
        about["disparity_noise_px"] = 0.0 if output.ideal else camera.subpixel
        about["disparity_step_px"] = 0.0 if output.ideal else camera.quantum
    return about


MODELS: dict[type, str] = {
    StereoCamera: "noise of stereo matching on true depth",
    TimeOfFlightCamera: "noise of time of flight on true depth",
    StructuredLightCamera: "noise of structured light on true depth",
}
