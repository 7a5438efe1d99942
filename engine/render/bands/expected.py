"""What surfaces would reflect if nothing but sky and ground were about: known on average, without following a path.

Paths that leave the stage then tell nothing new, and the noise of the sky's gradient is gone: what is left is what
things about a surface hide of it. Source: control variates (Owen, "Monte Carlo theory, methods and examples", 8.9).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float32

from engine.render.bands.dice import STEPS
from engine.render.bands.lobes import diffuse, glossy
from engine.render.bands.surfaces import Points
from engine.render.bands.surroundings import Surroundings

Radiance = Float32[np.ndarray, "n k"]
Vectors = Float32[np.ndarray, "n 3"]
Numbers = Float32[np.ndarray, "n"]
TILTS = 64  # equal steps of the cosine between a normal and straight up, -1 to 1
GRID = 32  # directions each way, over the hemisphere of one tilt
LOOKS = 12  # directions about a mirror's
NEAR = 16  # rays on either side, in the order of pixels, that tell how open a place is
LEAST = np.float32(2e-3)  # share of a mirror lobe below which it counts as spread out


def hemispheres(surroundings: Surroundings) -> Float32[np.ndarray, "t k"]:
    """Return the cosine-weighted mean of sky and ground over the hemispheres of normals, by `TILTS` + 1 cosines."""
    cosine = np.linspace(-1, 1, TILTS + 1, dtype=np.float32)
    places = (np.arange(GRID, dtype=np.float32) + np.float32(0.5)) / np.float32(GRID)
    first, second = (grid.ravel() for grid in np.meshgrid(places, places, indexing="ij"))
    normals = np.zeros((TILTS + 1, 3), np.float32)
    normals[:, surroundings.up], normals[:, surroundings.up - 1] = cosine, np.sqrt(1 - cosine * cosine)
    count = GRID * GRID
    drawn = diffuse(np.repeat(normals, count, axis=0), np.tile(first, TILTS + 1), np.tile(second, TILTS + 1))
    return surroundings.far(drawn).reshape(TILTS + 1, count, -1).mean(axis=1)


def open_reflection(
    surroundings: Surroundings, directions: Vectors, normals: Vectors, points: Points, first: Numbers, second: Numbers
) -> Radiance:
    """Return what would come along rays, reflected or let through, if nothing stood about.

    Args:
        surroundings: sky and ground.
        directions: (n, 3) of the rays, unit.
        normals: (n, 3) towards them.
        points: what is there.
        first, second: (n,) uniform numbers that turn the directions about the mirror's; the mean is right for each.
    """
    place = (normals[:, surroundings.up] + 1) * np.float32(TILTS / 2)
    low = np.clip(place.astype(np.int64), 0, TILTS - 1)
    part = (place - low).astype(np.float32)[:, None]
    table = surroundings.hemispheres
    spread = table[low] * (1 - part) + table[low + 1] * part
    shiny = np.flatnonzero((points.specular * points.reflectance).max(axis=1) > LEAST)
    found = points.reflectance * spread
    if shiny.size:
        lobe = _about_the_mirror(
            surroundings, directions[shiny], normals[shiny], points.roughness[shiny], first[shiny], second[shiny]
        )
        found[shiny] += points.reflectance[shiny] * points.specular[shiny] * (lobe - spread[shiny])
    through = np.flatnonzero(points.through.max(axis=1) > 0)
    if through.size:
        found[through] += points.through[through] * surroundings.far(directions[through])
    return found


def _about_the_mirror(
    surroundings: Surroundings, directions: Vectors, normals: Vectors, alpha: Numbers, first: Numbers, second: Numbers
) -> Radiance:
    """Return the mean of sky and ground over a mirror lobe, from some directions in it that nobody follows."""
    total = np.zeros((len(directions), surroundings.count), np.float32)
    for look in range(LOOKS):
        turned = ((u + np.float32(look * step % 1)) % 1 for u, step in zip((first, second), STEPS[-2:], strict=True))
        total += surroundings.far(glossy(directions, normals, alpha, *turned))
    return total / np.float32(LOOKS)


def openness(upward: Bool[np.ndarray, "n"], lost: Bool[np.ndarray, "n"]) -> Numbers:
    """Return how far each ray may trust in open surroundings: the part of its neighbours' upward rays that got away.

    A ray's own fate does not count, so whatever the trust is the mean stays right.

    Args:
        upward: (n,) rays above the horizon, in the order of pixels.
        lost: (n,) rays that met nothing.
    """
    return _beside(upward & lost) / np.maximum(_beside(upward), np.float32(1))


def _beside(flags: Bool[np.ndarray, "n"]) -> Numbers:
    """Count flags among the `NEAR` places on either side, the place itself left out."""
    run = np.concatenate([np.zeros(NEAR + 1, np.int64), np.cumsum(flags), np.full(NEAR, int(flags.sum()))])
    count = len(flags)
    return (run[2 * NEAR + 1 : 2 * NEAR + 1 + count] - run[:count] - flags).astype(np.float32)
