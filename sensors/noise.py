"""Noise that a thermal camera adds, in the seven directions of the 3-D model, and how to measure it without bias.

U(t, v, h) = N_t + N_v + N_h + N_tv + N_th + N_vh + N_tvh, independent Gaussians: t is time, v rows, h columns.
Source: NVESD 3-D noise model (D'Agostino and Webb 1991); reference/infrared.md 1.7.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import combinations

import numpy as np
from jaxtyping import Float

from sensors.checks import SensorError

AXES = {"t": 0, "v": 1, "h": 2}
COMPONENTS = ("t", "v", "h", "tv", "th", "vh", "tvh")


@dataclass(frozen=True)
class NoiseRatios:
    """Standard deviations over that of the random part (tvh): an uncooled camera after its correction; estimates.

    The fixed ones (v, h, vh) wander between corrections, the others are new each frame.
    """

    t: float = 0.02
    v: float = 0.08
    h: float = 0.15
    tv: float = 0.05
    th: float = 0.05
    vh: float = 0.30
    tvh: float = 1.0

    def __post_init__(self) -> None:
        for part in fields(self):
            if getattr(self, part.name) < 0:
                raise SensorError(f"noise.{part.name}: is {getattr(self, part.name)!r}; expected 0 or more")

    @property
    def total(self) -> float:
        """Standard deviation of all together, over that of tvh."""
        return float(np.sqrt(sum(getattr(self, name) ** 2 for name in COMPONENTS)))


def synthesise(
    frames: int, height: int, width: int, sigma: float, ratios: NoiseRatios, generator: np.random.Generator
) -> Float[np.ndarray, "t h w"]:
    """Draw a cube of noise whose fixed parts stay fixed.

    Args:
        frames: t.
        height: v.
        width: h.
        sigma: standard deviation of tvh.
        ratios: of the others.
        generator: source of randomness.

    Returns:
        (frames, height, width) float64.
    """
    size = (frames, height, width)
    cube = np.zeros(size)
    for name in COMPONENTS:
        shape = tuple(n if axis in name else 1 for axis, n in zip(AXES, size, strict=True))
        cube += generator.normal(0.0, sigma * getattr(ratios, name), shape)
    return cube


def temporal_noise(
    height: int, width: int, sigma: float, ratios: NoiseRatios, generator: np.random.Generator
) -> Float[np.ndarray, "h w"]:
    """Draw one frame's own noise: t, tv, th and tvh. (height, width) float32."""
    noise = generator.standard_normal((height, width), np.float32) * np.float32(sigma * ratios.tvh)
    noise += generator.normal(0.0, sigma * ratios.tv, (height, 1)).astype(np.float32)
    noise += generator.normal(0.0, sigma * ratios.th, (1, width)).astype(np.float32)
    noise += np.float32(generator.normal(0.0, sigma * ratios.t))
    return noise


def fixed_pattern(
    height: int, width: int, sigma: float, ratios: NoiseRatios, generator: np.random.Generator
) -> Float[np.ndarray, "h w"]:
    """Draw a pattern that stays until it is corrected: v, h and vh. (height, width) float32."""
    pattern = generator.normal(0.0, sigma * ratios.vh, (height, width))
    pattern += generator.normal(0.0, sigma * ratios.v, (height, 1))
    pattern += generator.normal(0.0, sigma * ratios.h, (1, width))
    return pattern.astype(np.float32)


def wander(
    pattern: Float[np.ndarray, "h w"], fresh: Float[np.ndarray, "h w"], seconds: float, time_constant: float
) -> Float[np.ndarray, "h w"]:
    """Return a pattern some time later: an Ornstein-Uhlenbeck walk, whose size stays the same.

    Args:
        pattern: as it was.
        fresh: another draw of the same kind.
        seconds: since then.
        time_constant: s, after which 1/e of the old is left.

    Source: x(t + dt) = a x + sqrt(1 - a^2) n, a = exp(-dt / tau).
    """
    kept = np.exp(-seconds / time_constant)
    return (kept * pattern + np.sqrt(1.0 - kept**2) * fresh).astype(np.float32)


def measure(cube: Float[np.ndarray, "t h w"]) -> dict[str, float]:
    """Return the variances of the seven parts of a cube of noise, without bias.

    Plain averages along axes leak the random part into the others (by tvh / N); here each part's mean square is
    compared with its expectation and the linear system solved, as in an analysis of variance with random effects.

    Args:
        cube: (t, v, h), at least two long each way.

    Returns:
        Part to variance; an estimate of a small one may be below 0. They add up to the unbiased total.

    Raises:
        SensorError: if an axis is shorter than two.
    """
    if min(cube.shape) < 2:
        raise SensorError(f"cube: is {cube.shape}; expected at least two frames, rows and columns")
    biased = directional_variances(cube)
    found: dict[str, float] = {}
    for name in sorted(COMPONENTS, key=len, reverse=True):
        # E[mean square of a part] = sum over parts that contain it of (length of the axes outside that part) variance
        freedom = np.prod([cube.shape[AXES[a]] - 1 for a in name])
        square = biased[name] * cube.size / freedom
        above = sum(_outside(other, cube.shape) * found[other] for other in found if set(other) > set(name))
        found[name] = float(square - above) / _outside(name, cube.shape)
    return {name: found[name] for name in COMPONENTS}


def directional_variances(cube: Float[np.ndarray, "t h w"]) -> dict[str, float]:
    """Return the variances of the seven parts by plain averaging: biased, but they add up to the cube's own exactly.

    Each part is an inclusion and exclusion of means along the axes that it does not have.

    Args:
        cube: (t, v, h).
    """
    cube = np.asarray(cube, np.float64)
    found = {}
    for name in COMPONENTS:
        effect = np.zeros([n if a in name else 1 for a, n in zip(AXES, cube.shape, strict=True)])
        for count in range(len(name) + 1):
            for kept in combinations(name, count):
                gone = tuple(AXES[a] for a in AXES if a not in kept)
                mean = cube.mean(axis=gone, keepdims=True) if gone else cube
                effect = effect + (-1) ** (len(name) - count) * mean
        found[name] = float(np.mean(effect**2))
    return found


def _outside(name: str, shape: tuple[int, ...]) -> int:
    return int(np.prod([n for axis, n in zip(AXES, shape, strict=True) if axis not in name], initial=1))
