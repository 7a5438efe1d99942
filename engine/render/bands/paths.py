"""Follow paths of radiation backwards from the camera, all bands along the same ones.

Every surface emits and reflects, so nothing but the sun and lamps has to be sought. The last surface of a path counts
as black: an isothermal scene has the radiance of its temperature however short the paths are.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from engine.render.bands.dice import Dice
from engine.render.bands.expected import open_reflection, openness
from engine.render.bands.lighting import shone
from engine.render.bands.lobes import diffuse, dot, glossy
from engine.render.bands.world import STEP, Flock, Met, Numbers, Radiance, Vectors, World, between, meet
from engine.render.hits import Hits

DIM = np.float32(0.02)  # weight below which paths are ended by chance


def radiance(
    world: World, origins: Vectors, directions: Vectors, hits: Hits, gone: Numbers, bounces: int, dice: Dice
) -> Radiance:
    """Return what arrives along rays, W m-2 sr-1 in each band; air on the way included.

    Args:
        world: what there is.
        origins, directions: (n, 3) world metres, unit; the pixels of one sample after those of another.
        hits: first hits of the rays.
        gone: (n,) metres of air between camera and origins.
        bounces: how often radiation is reflected, at least 0.
        dice: the pixel stream; every ray draws at every bounce, so that no band disturbs another.
    """
    count, bands = len(origins), world.surroundings.count
    total, ones = np.zeros((count, bands), np.float32), np.ones((count, bands), np.float32)
    paths = Flock(np.arange(count), origins, directions, hits, ones, ones[:, 0], gone)
    for bounce in range(bounces + 1):
        hit = paths.hits.instance >= 0
        lost = np.flatnonzero(~hit)
        total[paths.index[lost]] += paths.weight[lost] * world.surroundings.far(paths.directions[lost])
        if len(lost) == len(hit):
            break
        paths = paths.among(np.flatnonzero(hit)) if lost.size else paths
        met = meet(world, paths.origins, paths.directions, paths.hits)
        air = through_air(world, paths, met, first=bounce == 0)
        black = world.surroundings.black_body(met.points.kelvin)
        seen = shone(world, paths, met, near=bounce == 0)
        if bounce == bounces:
            total[paths.index] += air + paths.weight * (black + seen)
            break
        drawn = dice.throw(bounce, count // len(dice.samples))[:, paths.index]
        total[paths.index] += air + paths.weight * (black * met.points.emissivity + seen)
        expected = paths.weight * open_reflection(
            world.surroundings, paths.directions, met.normals, met.points, drawn[1], drawn[2]
        )
        directions, share, most = scatter(paths.directions, met, drawn)
        paths.weight, paths.bound = paths.weight * share, paths.bound * most
        far, index, guess = world.surroundings.far(directions), paths.index, paths.weight
        alive, ended = survivors(paths, drawn[3])
        paths = onward(world, paths.among(alive), met, alive, directions[alive])
        trust = trusted(directions, alive, paths.hits, world.surroundings.up)[:, None]
        total[index] += trust * (expected - guess * far) + ended * (black + trust * (far - black))
    return total


def through_air(world: World, paths: Flock, met: Met, first: bool) -> Radiance:
    """Weaken paths by the air before the surfaces they met, and return what that air sends.

    Transmissions of pieces do not multiply: what is left of a band after a long way is what air hardly absorbs. So the
    whole way from the camera counts.
    """
    air = world.surroundings
    if not air.has_air:
        return np.zeros_like(paths.weight)
    share = air.clear(paths.gone + met.metres) if first else between(world, paths.gone, met.metres)
    light = paths.weight * ((1 - share) * air.glow)
    paths.weight = paths.weight * share
    return light


def survivors(paths: Flock, drawn: Numbers) -> tuple[np.ndarray, Radiance]:
    """End most of the paths that hardly count, as if what they would meet were known.

    Those that go on make up for what is wrong in that; where all is of one temperature nothing is. The choice depends
    on no colour, so that the visible cannot change what other bands see.

    Returns:
        Which go on, their weights raised; and (n, k) how much of what is taken for known has to be added.

    Source: Russian roulette with a control variate (Veach, "Robust Monte Carlo Methods", 1997, 10.4 and 2.5.3).
    """
    chance = np.minimum(paths.bound / DIM, 1)
    alive = drawn < chance
    raised = np.where(alive, 1 / np.maximum(chance, np.float32(1e-6)), 0)[:, None]
    ended = paths.weight * (1 - raised)
    paths.weight, paths.bound = paths.weight * raised, np.maximum(paths.bound, DIM)
    return np.flatnonzero(alive), ended


def trusted(directions: Vectors, alive: np.ndarray, hits: Hits, up: int) -> Numbers:
    """Return how far each path may trust in sky and ground alone, by what became of others.

    Args:
        directions: (n, 3) in which all go on.
        alive: which of them are followed.
        hits: what those met.
        up: index of the up axis.
    """
    upward, lost = np.zeros(len(directions), bool), np.zeros(len(directions), bool)
    upward[alive], lost[alive] = directions[alive, up] > 0, hits.instance < 0
    return openness(upward, lost)


def onward(world: World, paths: Flock, met: Met, chosen: np.ndarray, directions: Vectors) -> Flock:
    """Send paths on from surfaces.

    Args:
        world: what there is.
        paths: that go on.
        met: the surfaces of these and others.
        chosen: which surfaces are theirs.
        directions: where to.
    """
    normals, metres = met.normals[chosen], met.metres[chosen]
    side = np.sign(dot(directions, normals)) * (STEP * (1 + metres))
    paths.origins, paths.directions = met.at[chosen] + normals * side[:, None], directions
    paths.hits, paths.gone = world.follow(paths.origins, directions), paths.gone + metres
    return paths


def scatter(directions: Vectors, met: Met, drawn: Float32[np.ndarray, "4 n"]) -> tuple[Vectors, Radiance, Numbers]:
    """Choose where each path comes from: through the surface, about the mirror direction, or anywhere above it.

    The choice depends on no reflectance, so that the visible cannot change what other bands see.

    Returns:
        Unit directions, what each band's weight is multiplied by, and what none of these is above in any colour.
    """
    points = met.points
    through = points.through.mean(axis=1)
    shiny = (1 - through) * points.specular.mean(axis=1)
    goes = drawn[0] < through
    mirrors = ~goes & (drawn[0] < through + shiny)
    spread = ~(goes | mirrors)
    result, kind, first, second = directions.copy(), np.empty_like(points.reflectance), drawn[1], drawn[2]
    kind[goes] = 1 / through[goes, None]
    kind[mirrors] = points.specular[mirrors] / shiny[mirrors, None]
    kind[spread] = (1 - points.specular[spread]) / (1 - through - shiny)[spread, None]
    result[spread] = diffuse(met.normals[spread], first[spread], second[spread])
    result[mirrors] = glossy(
        directions[mirrors], met.normals[mirrors], points.roughness[mirrors], first[mirrors], second[mirrors]
    )
    share = kind * np.where(goes[:, None], points.through, points.reflectance)
    most = kind * np.where(goes[:, None], points.through, points.brightest)
    return result, share, most.max(axis=1)
