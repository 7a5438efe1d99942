"""What surfaces send on from the sun and lamps: these are sought, for no path would find them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from engine.render.bands.lobes import dot, glossy_density
from engine.render.bands.world import STEP, Flock, Met, Numbers, Radiance, Vectors, World, between

RETRO_WIDTH = np.float32(np.radians(0.5))
PANES = 8  # surfaces that let part of a band through, at most, between a surface and what lights it


def shone(world: World, paths: Flock, met: Met, near: bool) -> Radiance:
    """Return what surfaces send back along rays from the sun and lamps.

    Args:
        world: what there is.
        paths: whose rays met them.
        met: the surfaces.
        near: the rays start at the camera: surfaces that reflect back to the source do.
    """
    points, directions = met.points, paths.directions
    total = np.zeros_like(points.reflectance)
    for source in world.sources:
        arrival = source.reach(met.at)
        cosine = dot(arrival.towards, met.normals)
        lit = np.flatnonzero((cosine > 0) & (arrival.irradiance > 0).any(axis=1))
        if not lit.size:
            continue
        towards = np.ascontiguousarray(arrival.towards[lit])
        start = met.at[lit] + met.normals[lit] * (STEP * (1 + met.metres[lit]))[:, None]
        clear = unhindered(world, start, towards, arrival.metres[lit] * np.float32(1 - 1e-3))
        free = np.flatnonzero((clear > 0).any(axis=1))
        lit, towards = lit[free], towards[free]
        matte = (1 - points.specular[lit]) * (cosine[lit, None] / np.float32(np.pi))
        gloss = glossy_density(directions[lit], met.normals[lit], points.roughness[lit], towards)
        response = points.reflectance[lit] * (matte + points.specular[lit] * gloss[:, None])
        if near and points.retro[lit].any():
            response += points.retro[lit] * matte * _retro(directions[lit], towards)[:, None]
        if world.surroundings.has_air and source.is_near:
            response *= between(world, paths.gone[lit] + met.metres[lit], arrival.metres[lit])
        total[lit] += response * arrival.irradiance[lit] * clear[free]
    return total


def _retro(directions: Vectors, towards: Vectors) -> Float32[np.ndarray, "n"]:
    """Return how much of the gain of a retroreflector is left between ray and source."""
    off = np.arccos(np.clip(-dot(directions, towards), -1, 1))
    return np.exp(-0.5 * (off / RETRO_WIDTH) ** 2).astype(np.float32)


def unhindered(world: World, origins: Vectors, directions: Vectors, metres: Numbers) -> Radiance:
    """Return the share of each band that goes straight along so many metres: all, or what panes let through.

    Args:
        world: what there is.
        origins, directions: (n, 3) world metres, unit.
        metres: (n,) to the source.
    """
    result = np.ones((len(origins), world.surroundings.count), np.float32)
    going, gone = np.arange(len(origins)), np.zeros(len(origins), np.float32)
    for _ in range(PANES):
        hits = world.follow(origins[going] + directions[going] * gone[going, None], directions[going])
        hit = hits.parameter < metres[going] - gone[going]
        going, at = going[hit], hits.parameter[hit]
        result[going] *= world.tables.through(hits.instance[hit])
        passes = (result[going] > 0).any(axis=1)
        going, at = going[passes], at[passes]
        if not going.size:
            return result
        gone[going] += at * np.float32(1 + 1e-5) + STEP
    result[going] = 0
    return result
