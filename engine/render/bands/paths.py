"""Follow paths of radiation backwards from the camera, all bands along the same ones.

Every surface emits and reflects, so nothing but the sun and lamps has to be sought. The last surface of a path counts
as black: an isothermal scene has the radiance of its temperature however short the paths are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from engine.render.bands.dice import Dice
from engine.render.bands.lobes import diffuse, dot, glossy, glossy_density
from engine.render.bands.sources import Lamp, Sun
from engine.render.bands.surfaces import Points, SurfaceTables
from engine.render.bands.surroundings import Surroundings
from engine.render.hits import Hits
from engine.render.rays import Rays
from engine.render.shading_points import Surface
from engine.stage.scene import Instance

Radiance = Float32[np.ndarray, "n k"]
Vectors = Float32[np.ndarray, "n 3"]
Follow = Callable[[np.ndarray, np.ndarray], Hits]
RETRO_WIDTH = np.float32(np.radians(0.5))
STEP = np.float32(2e-4)  # metres that a ray starts off a surface, and as much relative to the way so far


@dataclass(frozen=True, eq=False)
class World:
    """What paths go through.

    Attributes:
        instances: what hits count.
        follow: (origins, unit directions) -> first hits.
        tables, surroundings, sources: surfaces, sky and air, sun and lamps.
    """

    instances: Sequence[Instance]
    follow: Follow
    tables: SurfaceTables
    surroundings: Surroundings
    sources: Sequence[Sun | Lamp]


@dataclass(frozen=True, eq=False)
class Met:
    """Where rays met surfaces: points, normals towards the rays, metres gone, what is there."""

    at: Vectors
    normals: Vectors
    metres: Float32[np.ndarray, "n"]
    points: Points


def meet(world: World, origins: Vectors, directions: Vectors, hits: Hits) -> Met:
    """Look at the surfaces of hits, all of which hit something."""
    surface = Surface(world.instances, hits, Rays(origins, directions, 0.0, 1.0, 1.0))
    normals = surface.normals()
    cosine = np.clip(-dot(normals, directions), 0, 1)
    return Met(surface.positions(), normals, hits.parameter, world.tables.at(hits, surface, cosine))


def chosen_hits(hits: Hits, chosen: np.ndarray) -> Hits:
    """Take some of the hits."""
    parts = (hits.instance, hits.triangle, hits.parameter, hits.barycentric)
    return Hits(*(part[chosen] for part in parts))


def radiance(world: World, origins: Vectors, directions: Vectors, hits: Hits, bounces: int, dice: Dice) -> Radiance:
    """Return what arrives along rays, W m-2 sr-1 in each band; air on the way included.

    Args:
        world: what there is.
        origins, directions: (n, 3) world metres, unit.
        hits: first hits of the rays.
        bounces: how often radiation is reflected, at least 0.
        dice: the pixel stream; every ray draws at every bounce, so that no band disturbs another.
    """
    count, total = len(origins), None
    index = np.arange(count)
    weight: np.ndarray | None = None
    for bounce in range(bounces + 1):
        drawn = dice.throw(bounce, count)[:, index]
        hit = hits.instance >= 0
        far = world.surroundings.far(directions[~hit])
        if total is None:
            total, weight = np.zeros((count, far.shape[1]), np.float32), np.ones((count, far.shape[1]), np.float32)
        total[index[~hit]] += weight[~hit] * far  # type: ignore[index]
        if not hit.any():
            break
        index, drawn, origins, directions = index[hit], drawn[:, hit], origins[hit], directions[hit]
        met = meet(world, origins, directions, chosen_hits(hits, np.flatnonzero(hit)))
        weight, air = _through_air(world, weight[hit], met)  # type: ignore[index]
        last = bounce == bounces
        emitted = world.surroundings.black_body(met.points.kelvin)
        emitted *= 1.0 if last else met.points.emissivity
        total[index] += air + weight * (emitted + shone(world, directions, met, near=bounce == 0))
        if last:
            break
        directions, share = scatter(directions, met, drawn)
        weight *= share
        side = np.sign(dot(directions, met.normals)) * (STEP * (1 + met.metres))
        origins = met.at + met.normals * side[:, None]
        hits = world.follow(origins, directions)
    return total  # type: ignore[return-value]


def _through_air(world: World, weight: Radiance, met: Met) -> tuple[Radiance, Radiance]:
    """Return the weight behind the air in front of surfaces, and what that air adds."""
    if not world.surroundings.has_air:
        return weight, np.zeros_like(weight)
    clear = world.surroundings.clear(met.metres)
    return weight * clear, weight * world.surroundings.air_light(clear)


def scatter(directions: Vectors, met: Met, drawn: Float32[np.ndarray, "3 n"]) -> tuple[Vectors, Radiance]:
    """Choose where each path comes from: through the surface, about the mirror direction, or anywhere above it.

    The choice depends on no reflectance, so that the visible cannot change what other bands see.

    Returns:
        Unit directions, and what each band's weight is multiplied by.
    """
    points = met.points
    through = points.through.mean(axis=1)
    shiny = (1 - through) * points.specular.mean(axis=1)
    goes, mirrors = drawn[0] < through, drawn[0] < through + shiny
    mirrors &= ~goes
    spread = ~(goes | mirrors)
    result = directions.copy()
    share = np.empty_like(points.reflectance)
    share[goes] = points.through[goes] / through[goes, None]
    share[mirrors] = (points.reflectance * points.specular)[mirrors] / shiny[mirrors, None]
    rest = (1 - through - shiny)[spread, None]
    share[spread] = (points.reflectance * (1 - points.specular))[spread] / rest
    first, second = drawn[1], drawn[2]
    result[spread] = diffuse(met.normals[spread], first[spread], second[spread])
    result[mirrors] = glossy(
        directions[mirrors], met.normals[mirrors], points.roughness[mirrors], first[mirrors], second[mirrors]
    )
    return result, share


def shone(world: World, directions: Vectors, met: Met, near: bool) -> Radiance:
    """Return what surfaces send back along rays from the sun and lamps.

    Args:
        world: what there is.
        directions: of the rays.
        met: the surfaces.
        near: the rays start at the camera: surfaces that reflect back to the source do.
    """
    points = met.points
    total = np.zeros_like(points.reflectance)
    for source in world.sources:
        arrival = source.reach(met.at)
        cosine = dot(arrival.towards, met.normals)
        lit = np.flatnonzero((cosine > 0) & (arrival.irradiance > 0).any(axis=1))
        if not lit.size:
            continue
        towards = np.ascontiguousarray(arrival.towards[lit])
        start = met.at[lit] + met.normals[lit] * (STEP * (1 + met.metres[lit]))[:, None]
        blocked = world.follow(start, towards).parameter < arrival.metres[lit] * np.float32(1 - 1e-3)
        lit, towards = lit[~blocked], towards[~blocked]
        matte = (1 - points.specular[lit]) * (cosine[lit, None] / np.float32(np.pi))
        gloss = glossy_density(directions[lit], met.normals[lit], points.roughness[lit], towards)
        response = points.reflectance[lit] * (matte + points.specular[lit] * gloss[:, None])
        if near and points.retro[lit].any():
            response += points.retro[lit] * matte * _retro(directions[lit], towards)[:, None]
        air = world.surroundings.clear(arrival.metres[lit]) if arrival.metres[0] < 1e20 else 1.0
        total[lit] += response * arrival.irradiance[lit] * air
    return total


def _retro(directions: Vectors, towards: Vectors) -> Float32[np.ndarray, "n"]:
    """Return how much of the gain of a retroreflector is left between ray and source."""
    off = np.arccos(np.clip(-dot(directions, towards), -1, 1))
    return np.exp(-0.5 * (off / RETRO_WIDTH) ** 2).astype(np.float32)
