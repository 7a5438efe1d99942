"""What surfaces would reflect if nothing but sky and ground were about: known on average, without following a path.

Paths that leave the stage then tell nothing new, and the noise of the sky's gradient is gone: what is left is what
things about a surface hide of it. Source: control variates (Owen, "Monte Carlo theory, methods and examples", 8.9).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float32

from engine.render.bands.lobes import basis, diffuse, dot, tilt_of_facets, tilts
from engine.render.bands.surfaces import Points, SurfaceTables
from engine.render.bands.surroundings import Surroundings

Radiance = Float32[np.ndarray, "k n"]
Vectors = Float32[np.ndarray, "3 n"]
Numbers = Float32[np.ndarray, "n"]
TILTS = 64  # equal steps of the cosine between a normal and straight up, -1 to 1, that are worked out
FINER = 32  # steps of the table between two of those
GRID = 32  # directions each way, over the hemisphere of one tilt
LOOKS = ((0.05, 24), (0.01, 8), (0.0, 2))  # share of a mirror lobe times its roughness: directions looked in, about it
PLASTIC = np.array([0.7548776662, 0.5698402910])  # steps from one to the next (Roberts, 2018)
LEAST = np.float32(2e-3)  # share of a mirror lobe below which it counts as spread out
NEAR = 16  # rays on either side, in the order of pixels, that tell how open a place is
HALF = np.float32(TILTS * FINER / 2)


def hemispheres(surroundings: Surroundings) -> Float32[np.ndarray, "k t"]:
    """Return the cosine-weighted mean of sky and ground over the hemispheres of normals, by equal steps of cosine."""
    cosine = np.linspace(-1, 1, TILTS + 1, dtype=np.float32)
    places = (np.arange(GRID, dtype=np.float32) + np.float32(0.5)) / np.float32(GRID)
    first, second = (grid.ravel() for grid in np.meshgrid(places, places, indexing="ij"))
    normals = np.zeros((3, TILTS + 1), np.float32)
    normals[surroundings.up], normals[surroundings.up - 1] = cosine, np.sqrt(1 - cosine * cosine)
    count = GRID * GRID
    drawn = diffuse(np.repeat(normals, count, axis=1), np.tile(first, TILTS + 1), np.tile(second, TILTS + 1))
    worked_out = surroundings.far(drawn[surroundings.up]).reshape(-1, TILTS + 1, count).mean(axis=2)
    finer = np.linspace(-1, 1, TILTS * FINER + 1)
    return np.array([np.interp(finer, cosine, row) for row in worked_out], np.float32)


def open_reflection(
    surroundings: Surroundings,
    tables: SurfaceTables,
    directions: Vectors,
    normals: Vectors,
    points: Points,
    drawn: Float32[np.ndarray, "4 n"],
) -> Radiance:
    """Return what would come along rays, reflected or let through, if nothing stood about.

    Args:
        surroundings: sky and ground.
        tables: of the surfaces.
        directions: (3, n) of the rays, unit.
        normals: (3, n) towards them.
        points: what is there.
        drawn: (4, n) uniform numbers; two turn the directions about the mirror's: the mean is right for each.
    """
    up = surroundings.up
    place = normals[up] * HALF
    place += HALF + np.float32(0.5)
    spread = surroundings.hemispheres.take(place.astype(np.intp), axis=1, mode="clip")
    found = points.reflectance * spread
    if tables.has_mirrors:
        part = tables.specular.take(points.row, axis=1)
        part *= points.reflectance
        share = part.max(axis=0)
        left = np.flatnonzero(share > LEAST)
        for least, looks in LOOKS:
            wide = share.take(left) * tables.roughness.take(points.row.take(left)) >= np.float32(least)
            some, left = left[wide], left[~wide]
            if some.size:
                alpha, turns = tables.roughness.take(points.row.take(some)), drawn[1:3].take(some, axis=1)
                rays = directions.take(some, axis=1), normals.take(some, axis=1)
                lobe = _about_the_mirror(surroundings, *rays, alpha, turns, looks)
                found[:, some] += part.take(some, axis=1) * (lobe - spread.take(some, axis=1))
    if tables.has_panes:
        found += tables.through.take(points.row, axis=1) * surroundings.far(directions[up])
    return found


def _about_the_mirror(
    surroundings: Surroundings,
    directions: Vectors,
    normals: Vectors,
    alpha: Numbers,
    drawn: Float32[np.ndarray, "2 n"],
    looks: int,
) -> Radiance:
    """Return the mean of sky and ground over a mirror lobe, from some directions in it that nobody follows.

    Only their heights count, so these alone are worked out: `lobes.glossy` in the frame of the surface.
    """
    up, (one, other) = surroundings.up, basis(normals)
    across, aside, along = dot(directions, one), dot(directions, other), dot(directions, normals)
    total = np.zeros((surroundings.count, len(alpha)), np.float32)
    moved = (np.arange(looks)[:, None, None] * PLASTIC[:, None] % 1).astype(np.float32)
    for look in range(looks):
        turned = drawn + moved[look]
        turned -= turned >= 1
        first, second = turned
        cosine = tilt_of_facets(alpha, first)
        u, v = tilts(cosine, second)
        twice = np.float32(2) * (u * across + v * aside + cosine * along)
        below = np.minimum(along - twice * cosine, 0)
        height = directions[up] - twice * (u * one[up] + v * other[up] + cosine * normals[up])
        height -= np.float32(2) * below * normals[up]
        total += surroundings.far(height)
    return total / np.float32(looks)


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
    run = np.zeros(len(flags) + 2 * NEAR + 1, np.int32)
    sums = np.cumsum(flags, dtype=np.int32)
    run[NEAR + 1 : NEAR + 1 + len(flags)] = sums
    run[NEAR + 1 + len(flags) :] = sums[-1] if len(flags) else 0
    count = len(flags)
    return (run[2 * NEAR + 1 : 2 * NEAR + 1 + count] - run[:count] - flags).astype(np.float32)
