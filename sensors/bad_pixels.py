"""Pixels that do not work: where they are, and how cameras fill them from their neighbours.

Source: reference/infrared.md 1.7: 0.05 to 0.5 % of pixels, in clusters.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from sensors.checks import check_fraction


def bad_pixel_map(
    height: int, width: int, fraction: float, generator: np.random.Generator, clustered: float = 0.3
) -> Bool[np.ndarray, "h w"]:
    """Draw which pixels are bad.

    Args:
        height: pixels.
        width: pixels.
        fraction: of all pixels, 0.0005..0.005 is usual.
        generator: source of randomness.
        clustered: part of the bad ones that sit next to another.

    Returns:
        (height, width) bool.

    Raises:
        SensorError: if a part is not 0..1.
    """
    check_fraction(fraction, "bad pixels: fraction")
    check_fraction(clustered, "bad pixels: clustered")
    bad = np.zeros((height, width), bool)
    count = round(fraction * height * width)
    alone = count - int(count * clustered / 2)
    if not count:
        return bad
    rows, columns = np.divmod(generator.choice(height * width, alone, replace=False), width)
    bad[rows, columns] = True
    again = generator.integers(0, alone, count - alone)
    step = generator.integers(-1, 2, (count - alone, 2))
    bad[np.clip(rows[again] + step[:, 0], 0, height - 1), np.clip(columns[again] + step[:, 1], 0, width - 1)] = True
    return bad


def fill(image: Float[np.ndarray, "h w"], bad: Bool[np.ndarray, "h w"]) -> Float[np.ndarray, "h w"]:
    """Return an image whose bad pixels have the mean of their good neighbours (3 x 3, wider where none is good).

    Args:
        image: (h, w).
        bad: (h, w).
    """
    filled = image.copy()
    rows, columns = np.nonzero(bad)
    height, width = image.shape
    for reach in (1, 2, 4, 8):
        if len(rows) == 0:
            break
        total, good = np.zeros(len(rows)), np.zeros(len(rows))
        for y in range(-reach, reach + 1):
            for x in range(-reach, reach + 1):
                near_row, near_column = rows + y, columns + x
                inside = (near_row >= 0) & (near_row < height) & (near_column >= 0) & (near_column < width)
                r, c = np.where(inside, near_row, 0), np.where(inside, near_column, 0)
                counts = inside & ~bad[r, c]
                total += np.where(counts, image[r, c], 0.0)
                good += counts
        done = good > 0
        filled[rows[done], columns[done]] = (total[done] / good[done]).astype(image.dtype)
        rows, columns = rows[~done], columns[~done]
    return filled
