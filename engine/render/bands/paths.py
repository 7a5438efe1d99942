"""Follow paths of radiation backwards from the camera, all bands along the same ones.

Every surface emits and reflects, so nothing but the sun and lamps has to be sought. The last surface of a path counts
as black: an isothermal scene has the radiance of its temperature however short the paths are.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, UInt8

from engine.render.bands.dice import Dice
from engine.render.bands.expected import open_reflection, openness
from engine.render.bands.lighting import shone
from engine.render.bands.lobes import diffuse, dot, glossy
from engine.render.bands.surfaces import SurfaceTables
from engine.render.bands.world import STEP, Flock, Met, Numbers, Radiance, Vectors, Which, World, meet, some_of
from engine.render.hits import Hits

DIM = np.float32(0.05)  # weight below which paths are ended by chance
FAINT = np.float32(0.1)  # weight below which the shade that surfaces lie in does not count
MIRROR = np.float32(0.05)  # mirrored share of radiation from which a surface has more than one path


def radiance(
    world: World,
    origins: Vectors,
    directions: Vectors,
    hits: Hits,
    gone: Numbers,
    bounces: int,
    dice: Dice,
    known: UInt8[np.ndarray, "suns n"] | None = None,
) -> Radiance:
    """Return what arrives along rays, W m-2 sr-1 in each band; air on the way included.

    Args:
        world: what there is.
        origins, directions: (3, n) world metres, unit; the pixels of one sample after those of another.
        hits: first hits of the rays.
        gone: (n,) metres of air between camera and origins.
        bounces: how often radiation is reflected, at least 0.
        dice: the pixel stream; every ray draws at every bounce, so that no band disturbs another.
        known: what is known of the shade where the rays hit.
    """
    total = world.surroundings.far(directions[world.surroundings.up])
    paths = first_paths(total, origins, directions, hits, gone)
    total[:, paths.index] = 0
    go_on(total, world, paths, range(bounces + 1), dice, known)
    return total


def go_on(
    total: Radiance,
    world: World,
    paths: Flock,
    bounces: range,
    dice: Dice,
    known: UInt8[np.ndarray, "suns _"] | None = None,
) -> None:
    """Add what paths find at some bounces and all that follow to the sums of their rays; `known` is for the first."""
    for bounce in bounces:
        if not paths.index.size:
            break
        codes = known.take(paths.index, axis=1) if known is not None and bounce == 0 else None
        met = meet(world, paths.origins, paths.directions, paths.hits, paths.bound > FAINT, codes)
        drawn = dice.throw(bounce, paths.index)
        found = through_air(world, paths, met)
        if world.sources:
            found += shone(world, paths, met, (drawn[3] + np.float32(0.5)) % 1, near=bounce == 0)
        if bounce == bounces[-1]:
            total[:, paths.index] += found + paths.weight * met.points.black
            break
        found += paths.weight * met.points.black * met.points.emissivity
        if bounce == 0 and dice.repeats > 1:
            mirror_again(total, world, paths, met, bounces, dice)
        following = reflected(world, paths, met, drawn, found)
        total[:, paths.index] += found
        paths = following


def mirror_again(total: Radiance, world: World, paths: Flock, met: Met, bounces: range, dice: Dice) -> None:
    """Follow more than one path from each surface that mirrors much; all of them share what its path counts for."""
    tables, points = world.tables, met.points
    if not tables.has_mirrors:
        return
    mirrored = (tables.specular.take(points.row, axis=1) * points.reflectance).max(axis=0)
    chosen = np.flatnonzero(mirrored > MIRROR)
    if not chosen.size:
        return
    paths.weight[:, chosen] /= dice.repeats
    paths.bound[chosen] /= dice.repeats
    some, there = paths.among(chosen), met.among(chosen)
    for again in range(1, dice.repeats):
        others = dice.again(again)
        found = np.zeros_like(some.weight)
        following = reflected(world, some, there, others.throw(0, some.index), found)
        total[:, some.index] += found
        go_on(total, world, following, bounces[1:], others)


def first_paths(total: Radiance, origins: Vectors, directions: Vectors, hits: Hits, gone: Numbers) -> Flock:
    """Return the paths of the rays that hit something."""
    weight = np.ones_like(total)
    paths = Flock(
        np.arange(len(gone)), origins, directions, hits, weight, np.ones_like(gone), gone, np.ones_like(weight[:, :1])
    )
    hit = np.flatnonzero(hits.instance >= 0)
    return paths if len(hit) == len(gone) else paths.among(hit)


def through_air(world: World, paths: Flock, met: Met) -> Radiance:
    """Weaken paths by the air before the surfaces they met, and return what that air sends.

    Transmissions of pieces do not multiply: what is left of a band after a long way is what air hardly absorbs. So the
    whole way from the camera counts.
    """
    air = world.surroundings
    if not air.has_air:
        return np.zeros_like(paths.weight)
    clear = np.maximum(air.clear(paths.gone + met.metres), np.float32(1e-12))
    share = clear / paths.clear
    light = (1 - share) * air.glow
    light *= paths.weight
    paths.weight, paths.clear = paths.weight * share, clear
    return light


def reflected(world: World, paths: Flock, met: Met, drawn: Float32[np.ndarray, "4 n"], found: Radiance) -> Flock:
    """Send paths on from the surfaces that they met, and add to `found` what is known of those that end here.

    Most of the paths that hardly count end, as if what they would meet were known: it is taken for as warm as the
    surface, or for sky and ground, as far as these may be trusted (`expected`). Those that go on make up for what is
    wrong in that; where all is of one temperature nothing is. The choice depends on no colour, so that the visible
    cannot change what other bands see.

    Returns:
        The paths that meet another surface.

    Source: Russian roulette with a control variate (Veach, "Robust Monte Carlo Methods", 1997, 10.4 and 2.5.3).
    """
    air, black = world.surroundings, met.points.black
    directions, share, most = scatter(world.tables, paths.directions, met, drawn)
    share *= paths.weight
    bound = paths.bound * most
    chance = np.minimum(bound / DIM, 1)
    alive = np.flatnonzero(drawn[3] < chance)
    weight = share.take(alive, axis=1) / chance.take(alive)
    onward = send(world, paths, met, alive, directions.take(alive, axis=1), weight, np.maximum(bound.take(alive), DIM))
    trust = trusted(directions[air.up], alive, onward.hits)
    share[:, alive] -= weight  # what is taken for known
    share *= black
    far = air.far(onward.directions[air.up])
    far *= weight
    lost = np.flatnonzero(onward.hits.instance < 0)
    if trust.any():
        expected = open_reflection(air, world.tables, paths.directions, met.normals, met.points, drawn)
        expected *= paths.weight
        expected -= share
        expected *= trust
        share += expected
        share[:, alive] -= far * trust.take(alive)
    found += share
    found[:, alive.take(lost)] += far.take(lost, axis=1)
    return onward.among(np.flatnonzero(onward.hits.instance >= 0)) if lost.size else onward


def trusted(height: Numbers, alive: Which, hits: Hits) -> Numbers:
    """Return how far each path may trust in sky and ground alone, by what became of others.

    Args:
        height: (n,) upward parts of the directions in which all go on.
        alive: which of them are followed.
        hits: what those met.
    """
    upward, lost = np.zeros(len(height), bool), np.zeros(len(height), bool)
    upward[alive], lost[alive] = height.take(alive) > 0, hits.instance < 0
    return openness(upward, lost)


def send(
    world: World,
    paths: Flock,
    met: Met,
    chosen: Which,
    directions: Float32[np.ndarray, "3 m"],
    weight: Float32[np.ndarray, "k m"],
    bound: Float32[np.ndarray, "m"],
) -> Flock:
    """Follow paths from surfaces on.

    Args:
        world: what there is.
        paths: all that met surfaces.
        met: their surfaces.
        chosen: which of them go on.
        directions: where to.
        weight, bound: as the paths have them from here on.
    """
    normals, metres = met.normals.take(chosen, axis=1), met.metres.take(chosen)
    side = np.copysign(STEP, dot(directions, normals)) * (1 + metres)
    origins = normals * side
    origins += met.at.take(chosen, axis=1)
    hits, gone = world.follow(origins, directions), paths.gone.take(chosen) + metres
    clear = some_of(paths.clear, chosen)
    return Flock(paths.index.take(chosen), origins, directions, hits, weight, bound, gone, clear)


def scatter(
    tables: SurfaceTables, directions: Vectors, met: Met, drawn: Float32[np.ndarray, "4 n"]
) -> tuple[Vectors, Radiance, Numbers]:
    """Choose where each path comes from: through the surface, about the mirror direction, or anywhere above it.

    The choice depends on no reflectance, so that the visible cannot change what other bands see.

    Returns:
        (3, n) unit directions, what each band's weight is multiplied by, and what none of these is above in any colour.
    """
    points, row, chance, first, second = met.points, met.points.row, drawn[0], drawn[1], drawn[2]
    result = diffuse(met.normals, first, second)
    kind = np.ones_like(points.reflectance)
    goes = tables.goes.take(row) if tables.has_panes else np.float32(0)
    if tables.has_mirrors:
        kind = tables.matte.take(row, axis=1)
        some = np.flatnonzero((chance >= goes) & (chance < goes + tables.shiny.take(row)))
        kind[:, some] = tables.mirror.take(row.take(some), axis=1)
        alpha, normals = tables.roughness.take(row.take(some)), met.normals.take(some, axis=1)
        result[:, some] = glossy(directions.take(some, axis=1), normals, alpha, first.take(some), second.take(some))
    elif tables.has_panes:
        kind = tables.matte.take(row, axis=1)
    most = (kind * points.brightest).max(axis=0)
    kind *= points.reflectance
    if tables.has_panes:
        some = np.flatnonzero(chance < goes)
        kind[:, some] = tables.through.take(row.take(some), axis=1) / tables.goes.take(row.take(some))
        most[some] = kind[:, some].max(axis=0)
        result[:, some] = directions.take(some, axis=1)
    return result, kind, most
