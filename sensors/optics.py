"""What a lens does to an image of radiance: blur by diffraction, motion and the pixel, vignetting, irradiance.

Radiance is blurred, never temperature. Render at least 3 samples a pixel and box-average for the pixel's own blur:
this keeps aliasing, as a real detector has it. Source: reference/infrared.md 1.6; Goodman, Fourier Optics.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from sensors.checks import SensorError


def diffraction_mtf(frequency: ArrayLike, wavelength: float, f_number: float) -> NDArray[np.float64]:
    """Return the contrast that a perfect round lens leaves.

    Args:
        frequency: cycles/mm at the detector, any shape.
        wavelength: um.
        f_number: focal length over aperture.

    Source: (2/pi)(acos s - s sqrt(1 - s^2)), s = nu lam F.
    """
    s = np.clip(np.abs(np.asarray(frequency, np.float64)) * wavelength * 1e-3 * f_number, 0.0, 1.0)
    return 2.0 / np.pi * (np.arccos(s) - s * np.sqrt(1.0 - s**2))


def gaussian_mtf(frequency: ArrayLike, sigma: float) -> NDArray[np.float64]:
    """Return the contrast that a Gaussian blur of a standard deviation (um) leaves at frequencies (cycles/mm)."""
    return np.exp(-2.0 * (np.pi * np.asarray(frequency, np.float64) * sigma * 1e-3) ** 2)


def blur(
    image: Float[np.ndarray, "h w"],
    sample_pitch: float,
    wavelength: float,
    f_number: float,
    aberration: float = 0.0,
    motion: float = 0.0,
) -> Float[np.ndarray, "h w"]:
    """Blur an image of radiance by diffraction, aberration and horizontal motion.

    Args:
        image: (h, w) W m^-2 sr^-1.
        sample_pitch: um between samples at the detector (the pixel pitch over the supersampling).
        wavelength: um.
        f_number: focal length over aperture.
        aberration: standard deviation of a Gaussian, um.
        motion: um of travel at the detector while it looks.

    Returns:
        (h, w), same dtype; borders are mirrored. The mean of a flat image stays.
    """
    from scipy import fft

    reach = _reach(sample_pitch, wavelength, f_number, aberration, motion)
    height, width = (fft.next_fast_len(n + 2 * reach, real=True) for n in image.shape)
    beyond = [(reach, n - m - reach) for n, m in zip((height, width), image.shape, strict=True)]
    padded = np.pad(image, beyond, mode="symmetric")
    transfer = _transfer(height, width, sample_pitch, wavelength, f_number, aberration, motion, padded.dtype.str)
    blurred = fft.irfft2(fft.rfft2(padded) * transfer, s=padded.shape)
    return blurred[reach : reach + image.shape[0], reach : reach + image.shape[1]].astype(image.dtype, copy=False)


@lru_cache(maxsize=8)
def _transfer(
    height: int,
    width: int,
    pitch: float,
    wavelength: float,
    f_number: float,
    aberration: float,
    motion: float,
    dtype: str,
) -> NDArray[np.floating]:
    """Return the contrast at each frequency of an image, (height, width // 2 + 1): the same for all of its frames."""
    rows = np.fft.fftfreq(height, pitch * 1e-3)[:, None]
    columns = np.fft.rfftfreq(width, pitch * 1e-3)[None, :]
    radial = np.hypot(rows, columns)
    transfer = diffraction_mtf(radial, wavelength, f_number)
    if aberration:
        transfer = transfer * gaussian_mtf(radial, aberration)
    if motion:
        transfer = transfer * np.sinc(columns * motion * 1e-3)
    found = transfer.astype(dtype)
    found.setflags(write=False)
    return found


def _reach(pitch: float, wavelength: float, f_number: float, aberration: float, motion: float) -> int:
    """Return the border (samples) that the blur can reach: three Airy rings, four sigmas, half the motion."""
    return int(np.ceil((3.6 * wavelength * f_number + 4.0 * aberration + 0.5 * motion) / pitch)) + 2


def box_downsample(image: Float[np.ndarray, "..."], factor: int) -> Float[np.ndarray, "..."]:
    """Average blocks of factor x factor samples: what a square pixel collects.

    Args:
        image: (h * factor, w * factor).
        factor: samples along a pixel's side.

    Returns:
        (h, w).

    Raises:
        SensorError: if the image is not made of whole blocks.
    """
    height, width = image.shape
    if height % factor or width % factor:
        raise SensorError(f"image: is {width}x{height}; expected multiples of the supersampling {factor}")
    blocks = image.reshape(height // factor, factor, width // factor, factor)
    return blocks.mean(axis=(1, 3), dtype=image.dtype)


@lru_cache(maxsize=8)
def cos4_falloff(width: int, height: int, focal_pixels: float) -> Float[np.ndarray, "h w"]:
    """Return the natural vignetting (h, w) float32: cos^4 of the angle to the optical axis at each pixel's centre."""
    x = (np.arange(width) + 0.5 - 0.5 * width) / focal_pixels
    y = (np.arange(height) + 0.5 - 0.5 * height) / focal_pixels
    falloff = (1.0 / (1.0 + x[None, :] ** 2 + y[:, None] ** 2) ** 2).astype(np.float32)
    falloff.setflags(write=False)
    return falloff


def image_irradiance(
    radiance: ArrayLike, f_number: float, transmittance: float, cos4: ArrayLike = 1.0
) -> NDArray[np.floating]:
    """Return the irradiance (W m^-2) at the detector from a scene's radiance (W m^-2 sr^-1).

    Source: pi L tau cos^4 / (4 F^2 + 1), exact for a Lambertian source on the axis.
    """
    return np.asarray(radiance) * np.asarray(cos4) * (np.pi * transmittance / (4.0 * f_number**2 + 1.0))
