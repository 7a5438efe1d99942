"""What surfaces send on from the sun and lamps: these are sought, for no path would find them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from engine.render.bands.lobes import dot, glossy_density
from engine.render.bands.sources import Arrival
from engine.render.bands.world import STEP, Flock, Met, Numbers, Radiance, Vectors, Which, World, some_of

RETRO_WIDTH = np.float32(np.radians(0.5))
PANES = 8  # surfaces that let part of a band through, at most, between a surface and what lights it
FAINT = np.float32(2e-3)  # light, over a black body's of ambient temperature, below which shadows are left to chance
NEXT_TO_NOTHING = np.float32(1e-30)


def shone(world: World, paths: Flock, met: Met, drawn: Numbers, near: bool) -> Radiance:
    """Return what paths bring from the sun and lamps that surfaces answer to.

    Faint light, as the sun's in a thermal band, is looked for by few paths, which bring more of it. The choice depends
    on no colour, so that the visible cannot change what other bands see.

    Args:
        world: what there is.
        paths: whose rays met surfaces.
        met: the surfaces.
        drawn: (n,) uniform numbers.
        near: the rays start at the camera: surfaces that reflect back to the source do.

    Source: Russian roulette (Veach, "Robust Monte Carlo Methods", 1997, 10.4).
    """
    total = np.zeros_like(met.points.reflectance)
    for source in world.sources:
        arrival = source.reach(met.at)
        cosine = dot(arrival.towards, met.normals)
        lit = np.flatnonzero(cosine > 0)
        if not lit.size:
            continue
        arrival = arrival.among(lit)
        light, most = answered(world, paths, met, arrival, cosine.take(lit), lit, near and world.tables.has_retro)
        if world.surroundings.has_air and source.is_near:
            air = world.surroundings.clear(paths.gone.take(lit) + met.metres.take(lit) + arrival.metres)
            light *= air / some_of(paths.clear, lit)
        most /= np.maximum(world.surroundings.usual, NEXT_TO_NOTHING) * FAINT
        chance = np.minimum(most.max(axis=0), 1)
        sought = np.flatnonzero(drawn.take(lit) < chance)
        lit, arrival, light = lit.take(sought), arrival.among(sought), light.take(sought, axis=1)
        start = met.at.take(lit, axis=1) + met.normals.take(lit, axis=1) * (STEP * (1 + met.metres.take(lit)))
        light *= unhindered(world, start, arrival.towards, arrival.metres * np.float32(1 - 1e-3))
        light /= chance.take(sought)
        total[:, lit] += light
    return total


def answered(
    world: World, paths: Flock, met: Met, arrival: Arrival, cosine: Numbers, lit: Which, retro: bool
) -> tuple[Radiance, Radiance]:
    """Return what lit surfaces send along the paths were nothing in the way, and what it is not above in any colour."""
    tables, row = world.tables, met.points.row.take(lit)
    specular = tables.specular.take(row, axis=1)
    directions = paths.directions.take(lit, axis=1)
    response = (1 - specular) * (cosine / np.float32(np.pi))
    back = tables.retro.take(row, axis=1) * response * _retro(directions, arrival.towards) if retro else None
    shiny = np.flatnonzero((specular > 0).any(axis=0)) if tables.has_mirrors else lit[:0]
    if shiny.size:
        normals, alpha = met.normals.take(lit.take(shiny), axis=1), tables.roughness.take(row.take(shiny))
        gloss = glossy_density(directions[:, shiny], normals, alpha, arrival.towards[:, shiny])
        response[:, shiny] += specular[:, shiny] * gloss
    weight = paths.weight.take(lit, axis=1) * arrival.irradiance
    light = response * met.points.reflectance.take(lit, axis=1)
    most = light
    if met.points.brightest is not met.points.reflectance:
        most = response * met.points.brightest.take(lit, axis=1)
    if back is not None:
        light, most = light + back, most + back
    return light * weight, most * weight


def _retro(directions: Vectors, towards: Vectors) -> Float32[np.ndarray, "n"]:
    """Return how much of the gain of a retroreflector is left between ray and source."""
    off = np.arccos(np.clip(-dot(directions, towards), -1, 1))
    return np.exp(np.float32(-0.5) * (off / RETRO_WIDTH) ** 2)


def unhindered(world: World, origins: Vectors, directions: Vectors, metres: Numbers) -> Radiance:
    """Return the share of each band that goes straight along so many metres: all, or what panes let through.

    Args:
        world: what there is.
        origins, directions: (3, n) world metres, unit.
        metres: (n,) to the source.
    """
    hits = world.follow(origins, directions)
    free = hits.parameter >= metres
    result = np.repeat(free[None].astype(np.float32), world.surroundings.count, axis=0)
    if not world.tables.has_panes:
        return result
    going = np.flatnonzero(~free)
    result[:, going] = 1
    gone, at, pane = np.zeros(len(metres), np.float32), hits.parameter.take(going), hits.instance.take(going)
    for _ in range(PANES):
        result[:, going] *= world.tables.clear(pane)
        passes = (result[:, going] > 0).any(axis=0)
        going = going[passes]
        if not going.size:
            return result
        gone[going] += at[passes] * np.float32(1 + 1e-5) + STEP
        onward = directions.take(going, axis=1)
        hits = world.follow(origins.take(going, axis=1) + onward * gone.take(going), onward)
        hit = hits.parameter < metres.take(going) - gone.take(going)
        going, at, pane = going[hit], hits.parameter[hit], hits.instance[hit]
    result[:, going] = 0
    return result
