"""A thermal camera from lens to counts: radiance in, a frame out. `expose` reads as the chain of a real one.

Source: reference/infrared.md 1.6, 1.7.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import Bool, Float, Float32

from sensors import bad_pixels, bolometer, noise, optics
from sensors.bands import Band, find_band
from sensors.checks import SensorError, check_temperature
from sensors.encodings import LinearCounts, count_range
from sensors.imager import supersampling
from sensors.thermal_frame import ThermalFrame


@dataclass(frozen=True)
class ThermalCamera:
    """A thermal camera's data sheet.

    Args:
        name: of the preset.
        width: pixels.
        height: pixels.
        pitch: um.
        f_number: focal length over aperture.
        focal_length: mm.
        band: name of its band.
        netd: noise as a temperature at 300 K, K.
        frame_rate: frames/s.
        time_constant: of slow pixels (microbolometers), s; None where pixels are fast (photon detectors).
        coldest: K at 0 counts.
        hottest: K at full scale.
        bits: of a count.
        aberration: Gaussian blur of the lens, um.
        ratios: of the other directions of noise to the random one.
        wander_time: s in which the fixed pattern becomes another one.
        shutter_interval: s between corrections by the shutter.
        shutter_time: s the image stands still for one.
        bad_fraction: of pixels that do not work.
        unmapped: part of those that the camera does not know of and shows.
        drift: K of apparent temperature that the whole image may be off between corrections (standard deviation).
        vignetting: corners are noisier by 1 / cos^4 (the correction evens out their signal).
    """

    name: str
    width: int
    height: int
    pitch: float
    f_number: float
    focal_length: float
    band: str
    netd: float
    frame_rate: float
    time_constant: float | None
    coldest: float
    hottest: float
    bits: int = 14
    aberration: float = 0.0
    ratios: noise.NoiseRatios = field(default_factory=noise.NoiseRatios)
    wander_time: float = 120.0
    shutter_interval: float = 180.0
    shutter_time: float = 0.5
    bad_fraction: float = 0.001
    unmapped: float = 0.02
    drift: float = 0.0
    vignetting: bool = True

    def __post_init__(self) -> None:
        check_temperature([self.coldest, self.hottest], f"camera '{self.name}': range")
        if self.coldest >= self.hottest:
            raise SensorError(
                f"camera '{self.name}': range is {self.coldest:g}..{self.hottest:g} K; expected coldest below hottest"
            )
        if not self.netd >= 0:
            raise SensorError(f"camera '{self.name}': netd is {self.netd:g} K; expected 0 or more, usually 0.02..0.1")

    def with_settings(self, **settings: object) -> ThermalCamera:
        """Return this camera with some settings changed."""
        return replace(self, **settings)  # type: ignore[arg-type]

    @property
    def focal_pixels(self) -> float:
        """Focal length in pixels."""
        return self.focal_length * 1000.0 / self.pitch

    @property
    def spectrum(self) -> Band:
        """Its band."""
        return find_band(self.band)

    @property
    def scale(self) -> LinearCounts:
        """What its counts mean."""
        return count_range(self.spectrum, self.coldest, self.hottest, self.bits)


@dataclass
class ThermalState:
    """What a camera keeps from frame to frame.

    Args:
        pattern: (h, w) float32 fixed pattern, W m^-2 sr^-1.
        bad: (h, w) pixels that do not work.
        shown: (h, w) those of them that the camera does not fill.
        stuck: (h, w) float32 0..1 place in the range at which these stand.
        offset: W m^-2 sr^-1 that the whole image is off.
        signal: (h, w) float32 what slow pixels hold; None before the first frame.
        seconds: since the last correction.
        shut: s for which the shutter stays closed.
        last: the frame before; None before the first.
    """

    pattern: Float32[np.ndarray, "h w"]
    bad: Bool[np.ndarray, "h w"]
    shown: Bool[np.ndarray, "h w"]
    stuck: Float32[np.ndarray, "h w"]
    offset: float = 0.0
    signal: Float32[np.ndarray, "h w"] | None = None
    seconds: float = 0.0
    shut: float = 0.0
    last: ThermalFrame | None = None


def start(camera: ThermalCamera, generator: np.random.Generator) -> ThermalState:
    """Draw one copy of a camera: its fixed pattern and bad pixels. Once a camera, from the camera's own generator."""
    size = (camera.height, camera.width)
    sigma = bolometer.noise_radiance(camera.spectrum, camera.netd)
    pattern = noise.fixed_pattern(*size, sigma, camera.ratios, generator)
    bad = bad_pixels.bad_pixel_map(*size, camera.bad_fraction, generator)
    shown = bad & (generator.uniform(size=size) < camera.unmapped)
    stuck = generator.uniform(size=size).astype(np.float32)
    offset = camera.drift * float(camera.spectrum.slope(bolometer.NETD_AT)) * generator.standard_normal()
    return ThermalState(pattern, bad, shown, stuck, offset)


def expose(
    camera: ThermalCamera,
    state: ThermalState,
    radiance: Float[np.ndarray, "h w"],
    generator: np.random.Generator,
    seconds: float | None = None,
) -> ThermalFrame:
    """Take one frame.

    Args:
        camera: its data sheet.
        state: of this copy of it; changed.
        radiance: (height * s, width * s) W m^-2 sr^-1 at the lens, s samples along a pixel's side (3 or more keep
            aliasing as a real detector has it; 1 is a render at the camera's own size).
        generator: source of this frame's noise.
        seconds: since the frame before; None is one frame at the camera's rate.

    Returns:
        The frame.

    Raises:
        SensorError: if the image does not fit the camera.
    """
    elapsed = 1.0 / camera.frame_rate if seconds is None else seconds
    arriving = through_lens(camera, radiance)
    signal = follow(camera, state, arriving, elapsed)
    noisy = signal + frame_noise(camera, signal, generator)
    noisy += wandering_pattern(camera, state, elapsed, generator)
    if state.last is not None and state.shut > 0:
        return replace(state.last, is_frozen=True)
    whole = with_bad_pixels(camera, state, noisy)
    counts = camera.scale.encode(whole)
    state.last = ThermalFrame(camera.name, camera.band, whole, counts, camera.scale)
    return state.last


def through_lens(camera: ThermalCamera, radiance: Float[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Return the radiance that each pixel averages: blurred by the lens, then by the pixel. (height, width) float32."""
    factor = supersampling(radiance.shape, camera.width, camera.height, camera.name)
    fine = np.asarray(radiance, np.float32)
    blurred = optics.blur(fine, camera.pitch / factor, camera.spectrum.center, camera.f_number, camera.aberration)
    return optics.box_downsample(blurred, factor)


def follow(
    camera: ThermalCamera, state: ThermalState, arriving: Float32[np.ndarray, "h w"], elapsed: float
) -> Float32[np.ndarray, "h w"]:
    """Return what the pixels hold: slow ones are behind what arrives."""
    if camera.time_constant is not None:
        arriving = bolometer.follow(state.signal, arriving, bolometer.lag_factor(elapsed, camera.time_constant))
    state.signal = arriving
    return arriving


def frame_noise(
    camera: ThermalCamera, signal: Float32[np.ndarray, "h w"], generator: np.random.Generator
) -> Float32[np.ndarray, "h w"]:
    """Draw one frame's noise in radiance.

    A bolometer's is the same at every signal; a photon detector's is shot noise, sigma ~ sqrt(L), through the NETD
    at 300 K.
    """
    sigma = bolometer.noise_radiance(camera.spectrum, camera.netd)
    drawn = noise.temporal_noise(camera.height, camera.width, sigma, camera.ratios, generator)
    if camera.time_constant is None:
        anchor = np.float32(camera.spectrum.radiance(bolometer.NETD_AT))
        drawn *= np.sqrt(np.maximum(signal, np.float32(0.0)) / anchor)
    if camera.vignetting:
        drawn /= optics.cos4_falloff(camera.width, camera.height, camera.focal_pixels)
    return drawn


def wandering_pattern(
    camera: ThermalCamera, state: ThermalState, elapsed: float, generator: np.random.Generator
) -> Float32[np.ndarray, "h w"]:
    """Return the fixed pattern now, a bit further from the last correction; when one is due it starts from nothing."""
    sigma = bolometer.noise_radiance(camera.spectrum, camera.netd)
    fresh = noise.fixed_pattern(camera.height, camera.width, sigma, camera.ratios, generator)
    state.seconds += elapsed
    state.shut = max(0.0, state.shut - elapsed)
    if state.seconds >= camera.shutter_interval:
        correct(state)
        state.shut = camera.shutter_time
    state.pattern = noise.wander(state.pattern, fresh, elapsed, camera.wander_time)
    return state.pattern + np.float32(state.offset)


def correct(state: ThermalState) -> None:
    """Close the shutter: the fixed pattern and the common offset are measured and taken away."""
    state.pattern = np.zeros_like(state.pattern)
    state.offset, state.seconds = 0.0, 0.0


def with_bad_pixels(
    camera: ThermalCamera, state: ThermalState, image: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w"]:
    """Return the image with known bad pixels filled from their neighbours and unknown ones stuck."""
    if not state.bad.any():
        return image
    filled = bad_pixels.fill(image, state.bad)
    if state.shown.any():
        low, high = camera.spectrum.radiance(np.array([camera.coldest, camera.hottest]))
        filled = np.where(state.shown, (low + state.stuck * (high - low)).astype(np.float32), filled)
    return filled
