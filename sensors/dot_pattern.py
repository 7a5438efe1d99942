"""A pattern of dots of our own for active stereo: blue noise, so that no two neighbourhoods are alike or empty."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from sensors.checks import SensorError

_PLASTIC = 1.32471795724474602596  # solves x^3 = x + 1
_R2 = np.array([1.0 / _PLASTIC, 1.0 / _PLASTIC**2])


def blue_noise_points(
    count: int, aspect: float, generator: np.random.Generator, steps: int = 3
) -> Float[np.ndarray, "n 2"]:
    """Draw points that keep apart without lying on a grid.

    Args:
        count: of points.
        aspect: width over height of the field.
        generator: source of randomness.
        steps: of Lloyd's relaxation; more gives a honeycomb, which stereo cannot tell apart.

    Returns:
        (count, 2) x, y in 0..1.

    Raises:
        SensorError: if the count is not above 0.

    Source: Roberts' R2 sequence, shaken by 0.4 of the spacing, then Lloyd's algorithm on samples; wrapped.
    """
    if count < 1:
        raise SensorError(f"dots: count is {count}; expected 1 or more")
    from scipy.spatial import cKDTree

    size = np.array([aspect, 1.0])
    even = (generator.uniform(size=2) + np.arange(count)[:, None] * _R2) % 1.0  # as many in each part of the field
    points = (even * size + generator.normal(0.0, 0.4 * np.sqrt(aspect / count), (count, 2))) % size
    for _ in range(steps):
        samples = generator.uniform(size=(count * 16, 2)) * size
        _, nearest = cKDTree(points, boxsize=size).query(samples)
        offset = samples - points[nearest]
        offset -= size * np.round(offset / size)
        pulls = np.bincount(nearest, minlength=count)
        moves = np.stack([np.bincount(nearest, offset[:, a], count) for a in (0, 1)], axis=1)
        points = (points + moves / np.maximum(pulls, 1)[:, None]) % size
    return points / size


def dot_image(
    points: Float[np.ndarray, "n 2"], width: int, height: int, sigma: float, contrast: float = 0.9
) -> Float[np.ndarray, "h w"]:
    """Draw Gaussian dots.

    Args:
        points: (n, 2) x, y in 0..1, y down.
        width: pixels.
        height: pixels.
        sigma: standard deviation of a dot, pixels.
        contrast: part of the power that is in dots; the rest is spread evenly.

    Returns:
        (height, width) float32 with mean 1.
    """
    from scipy.ndimage import gaussian_filter

    fine = 4  # dots are placed at a quarter of a pixel
    canvas = np.zeros((height * fine, width * fine), np.float32)
    columns = np.minimum((points[:, 0] * width * fine).astype(int), width * fine - 1)
    rows = np.minimum((points[:, 1] * height * fine).astype(int), height * fine - 1)
    np.add.at(canvas, (rows, columns), 1.0)
    blurred = gaussian_filter(canvas, sigma * fine, mode="wrap")
    image = blurred.reshape(height, fine, width, fine).mean(axis=(1, 3))
    return (1.0 - contrast + contrast * image / image.mean()).astype(np.float32)
