"""Near-infrared cameras: radiance through a lens to counts, with shot and read noise.

Source: reference/infrared.md 1.6, 1.11; EMVA 1288 for the chain from photons to counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, UInt16
from numpy.typing import ArrayLike

from sensors import optics
from sensors.bands import find_band
from sensors.checks import SensorError
from sensors.photon_detector import detect, digitise, electrons

SHORTEST, LONGEST = 2e-5, 0.033  # s, of automatic exposure
MOST_GAIN = 16.0


@dataclass(frozen=True)
class MonoCamera:
    """A monochrome sensor that sees a near-infrared band.

    Args:
        name: of the preset.
        width: pixels.
        height: pixels.
        pitch: um.
        f_number: focal length over aperture.
        focal_length: mm.
        band: name of the band that its filter passes.
        efficiency: electrons a photon.
        transmittance: of lens and filter, 0..1.
        exposure: s.
        full_well: electrons at full scale.
        read_noise: electrons, standard deviation.
        dark_current: electrons/s.
        prnu: spread of the pixels' gain (fixed pattern), 0..1.
        bits: of a count.
        black_level: counts in the dark.
        gain: of the amplifier; full scale is full_well / gain electrons.
        vignetting: whether corners darken by cos^4.
    """

    name: str
    width: int
    height: int
    pitch: float
    f_number: float
    focal_length: float
    band: str = "nir850"
    efficiency: float = 0.40
    transmittance: float = 0.85
    exposure: float = 0.005
    full_well: float = 10000.0
    read_noise: float = 4.0
    dark_current: float = 20.0
    prnu: float = 0.01
    bits: int = 10
    black_level: int = 16
    gain: float = 1.0
    vignetting: bool = True

    def with_settings(self, **settings: object) -> MonoCamera:
        """Return this camera with some settings changed, for instance exposure or gain."""
        return replace(self, **settings)  # type: ignore[arg-type]

    @property
    def focal_pixels(self) -> float:
        """Focal length in pixels."""
        return self.focal_length * 1000.0 / self.pitch

    def electrons(self, radiance: ArrayLike) -> Float[np.ndarray, "..."]:
        """Return the mean electrons of a radiance (W m^-2 sr^-1, any shape) on the axis."""
        at_detector = optics.image_irradiance(radiance, self.f_number, self.transmittance)
        wavelength = find_band(self.band).center
        return electrons(at_detector, wavelength, self.pitch, self.exposure, self.efficiency)

    def pixel_gains(self, generator: np.random.Generator) -> Float[np.ndarray, "h w"]:
        """Draw the fixed pattern of this camera (height, width) float32, mean 1: once a camera, not once a frame."""
        return (1.0 + self.prnu * generator.standard_normal((self.height, self.width), np.float32)).astype(np.float32)

    def expose(
        self,
        radiance: Float[np.ndarray, "h w"],
        generator: np.random.Generator,
        gains: Float[np.ndarray, "h w"] | None = None,
    ) -> UInt16[np.ndarray, "h w"]:
        """Take one frame.

        Args:
            radiance: (height * s, width * s) W m^-2 sr^-1 with s samples along a pixel's side, s a whole number.
            generator: source of this frame's noise.
            gains: fixed pattern from `pixel_gains`; None is perfectly even.

        Returns:
            (height, width) counts.

        Raises:
            SensorError: if the image does not fit the sensor.
        """
        factor = supersampling(radiance.shape, self.width, self.height, self.name)
        wavelength = find_band(self.band).center
        seen = optics.blur(np.asarray(radiance, np.float32), self.pitch / factor, wavelength, self.f_number)
        seen = np.maximum(optics.box_downsample(seen, factor), 0.0)
        if self.vignetting:
            seen = seen * optics.cos4_falloff(self.width, self.height, self.focal_pixels)
        mean = self.electrons(seen)
        if gains is not None:
            mean = mean * gains
        read = detect(mean, self.read_noise, self.dark_current * self.exposure, self.full_well, generator)
        return digitise(read, self.full_well / self.gain, self.bits, self.black_level)


def supersampling(shape: tuple[int, ...], width: int, height: int, name: str) -> int:
    """Return the samples along a pixel's side of an image for a sensor.

    Raises:
        SensorError: if it is not a whole multiple of the sensor.
    """
    factor = shape[1] // width if len(shape) == 2 and width else 0
    if factor < 1 or shape[0] != height * factor or shape[1] != width * factor:
        given = "x".join(str(n) for n in shape[1::-1])
        raise SensorError(f"camera '{name}': image is {given}; expected {width}x{height} or a whole multiple of it")
    return factor


def pixel_means(radiance: Float[np.ndarray, "h w"], width: int, height: int, name: str) -> Float[np.ndarray, "h w"]:
    """Return what a sensor without lens and noise averages over each pixel: (height, width) float32.

    Args:
        radiance: (height * s, width * s) with s samples along a pixel's side.
        width, height: of the sensor, pixels.
        name: of the camera, for the error.

    Raises:
        SensorError: if the image is not a whole multiple of the sensor.
    """
    factor = supersampling(radiance.shape, width, height, name)
    return optics.box_downsample(np.asarray(radiance, np.float32), factor)


def auto_exposed(camera: MonoCamera, radiance: Float[np.ndarray, "h w"], level: float = 0.7) -> MonoCamera:
    """Return the camera with exposure, then gain, set for a scene.

    Args:
        camera: its exposure counts as unset.
        radiance: (h, w) W m^-2 sr^-1.
        level: part of full scale that the brightest percent gets.
    """
    bright = float(np.percentile(radiance, 99.0))
    a_second = float(camera.with_settings(exposure=1.0).electrons(bright))
    wanted = level * camera.full_well / max(a_second, 1e-9)
    exposure = float(np.clip(wanted, SHORTEST, LONGEST))
    return camera.with_settings(exposure=exposure, gain=float(np.clip(wanted / exposure, 1.0, MOST_GAIN)))


def to_8_bit(counts: UInt16[np.ndarray, "h w"], bits: int) -> np.ndarray:
    """Return counts of `bits` bits as 8-bit ones, (h, w) uint8: what an eye or block matching gets."""
    return (counts >> (bits - 8)).astype(np.uint8) if bits > 8 else counts.astype(np.uint8)


def check_bits(bits: int, key: str) -> int:
    """Return the bits of a mono output, 8 or 16.

    Raises:
        SensorError: for others.
    """
    if bits not in (8, 16):
        raise SensorError(f"{key}: is {bits}; expected 8 or 16")
    return bits
