"""What paths go through, what they meet on the way, and the paths themselves. Vectors and bands are rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32, Int64, UInt8

from engine.render.bands.lobes import dot
from engine.render.bands.normals import Normals
from engine.render.bands.sources import Lamp, Sun
from engine.render.bands.suns import Suns
from engine.render.bands.surfaces import Points, SurfaceTables
from engine.render.bands.surroundings import Surroundings
from engine.render.hits import Hits
from engine.render.rays import Rays
from engine.render.shading_points import Surface
from engine.stage.scene import Instance

Radiance = Float32[np.ndarray, "k n"]
Vectors = Float32[np.ndarray, "3 n"]
Numbers = Float32[np.ndarray, "n"]
Which = Int64[np.ndarray, "m"]
Follow = Callable[[np.ndarray, np.ndarray], Hits]
STEP = np.float32(2e-4)  # metres that a ray starts off a surface, and as much relative to the way so far


@dataclass(frozen=True, eq=False)
class World:
    """What paths go through.

    Attributes:
        instances: what hits count.
        trace: (n, 3) origins, (n, 3) unit directions -> first hits.
        tables, normals, surroundings, sources: surfaces, sky and air, sun and lamps.
        suns: what sunlight adds to temperatures.
    """

    instances: Sequence[Instance]
    trace: Follow
    tables: SurfaceTables
    normals: Normals
    surroundings: Surroundings
    sources: Sequence[Sun | Lamp]
    suns: Suns

    def follow(self, origins: Vectors, directions: Vectors) -> Hits:
        """Find the first hits of rays."""
        return self.trace(np.ascontiguousarray(origins.T), np.ascontiguousarray(directions.T))


@dataclass(frozen=True, eq=False)
class Met:
    """Where rays met surfaces: points, normals towards the rays, metres gone, what is there, kelvin of the suns."""

    at: Vectors
    normals: Vectors
    metres: Numbers
    points: Points
    warmer: Numbers | None = None

    def among(self, chosen: Which) -> Met:
        """Return some of them."""
        at, normals = self.at.take(chosen, axis=1), self.normals.take(chosen, axis=1)
        warmer = None if self.warmer is None else self.warmer.take(chosen)
        return Met(at, normals, self.metres.take(chosen), self.points.among(chosen), warmer)


def meet(
    world: World,
    origins: Vectors,
    directions: Vectors,
    hits: Hits,
    sought: Bool[np.ndarray, "n"] | None = None,
    known: UInt8[np.ndarray, "suns n"] | None = None,
) -> Met:
    """Look at the surfaces of hits, all of which hit something.

    Args:
        world: what there is.
        origins, directions: (3, n) of the rays.
        hits: theirs.
        sought: (n,) where the shade in which surfaces lie is looked for; None is everywhere.
        known: what is known of that shade before.
    """
    normals, cosine = facing(world, directions, hits)
    cosine = np.minimum(np.abs(cosine), np.float32(1))

    def albedo() -> np.ndarray:
        nothing = np.empty((0, 3), np.float32)
        return Surface(world.instances, hits, Rays(nothing, nothing, 0.0, 1.0, 1.0)).albedo()

    at = directions * hits.parameter
    at += origins
    met = Met(at, normals, hits.parameter, world.tables.at(hits, cosine, albedo))
    if not world.suns.is_any:
        return met
    return in_the_sun(world, met, hits, np.ones(len(cosine), bool) if sought is None else sought, known)


def facing(world: World, directions: Vectors, hits: Hits) -> tuple[Vectors, Numbers]:
    """Return the normals at hits, towards the rays, and the cosines of the normals as they were."""
    normals = world.normals.at(hits)
    cosine = dot(normals, directions)
    normals *= np.where(cosine > 0, np.float32(-1), np.float32(1))
    return normals, cosine


def shade(world: World, origins: Vectors, directions: Vectors, hits: Hits, met: Which) -> UInt8[np.ndarray, "suns m"]:
    """Look for every sun from what some rays hit: see `Suns.codes`.

    Args:
        world: what there is.
        origins, directions: (3, n) of the rays.
        hits: theirs, in metres.
        met: which rays hit something.
    """
    there, ways = chosen_hits(hits, met), directions.take(met, axis=1)
    normals, _ = facing(world, ways, there)
    at = ways * there.parameter
    at += origins.take(met, axis=1)
    return world.suns.codes(world.trace, above(at, normals, there.parameter), normals, there.instance)


def above(at: Vectors, normals: Vectors, metres: Numbers) -> Vectors:
    """Return places just above surfaces, from which suns are looked for."""
    return at + normals * (STEP * (1 + metres))


def in_the_sun(
    world: World,
    met: Met,
    hits: Hits,
    sought: Bool[np.ndarray, "n"],
    known: UInt8[np.ndarray, "suns n"] | None,
) -> Met:
    """Let surfaces be as warm as the suns that reach them make them."""
    places = above(met.at, met.normals, met.metres)
    warmer = world.suns.kelvin(world.trace, places, met.normals, hits.instance, sought, known)
    chosen = np.flatnonzero(warmer)
    kelvin = world.tables.kelvin(chosen_hits(hits, chosen)) + warmer.take(chosen)
    met.points.black[:, chosen] = world.surroundings.black_body(kelvin)
    return replace(met, warmer=warmer)


def chosen_hits(hits: Hits, chosen: Which) -> Hits:
    """Take some of the hits."""
    parts = (hits.instance, hits.triangle, hits.parameter, hits.barycentric)
    return Hits(*(part.take(chosen, axis=0) for part in parts))


@dataclass(eq=False)
class Flock:
    """Paths that still go on, all at the same bounce; columns are paths.

    Attributes:
        index: which ray of the camera each belongs to.
        origins, directions, hits: the ray that each follows now, and where it ends.
        weight: (k, n) what its radiance counts for.
        bound: (n,) no band's weight is above it, whatever the colours of the surfaces.
        gone: (n,) metres from the camera to the origins.
        clear: (k, n) transmission of the air on that way; (k, 1) ones where there is no air.
    """

    index: Int64[np.ndarray, "n"]
    origins: Vectors
    directions: Vectors
    hits: Hits
    weight: Radiance
    bound: Numbers
    gone: Numbers
    clear: Float32[np.ndarray, "k _"]

    def among(self, chosen: Which) -> Flock:
        """Return some of the paths."""
        return Flock(
            self.index.take(chosen),
            self.origins.take(chosen, axis=1),
            self.directions.take(chosen, axis=1),
            chosen_hits(self.hits, chosen),
            self.weight.take(chosen, axis=1),
            self.bound.take(chosen),
            self.gone.take(chosen),
            some_of(self.clear, chosen),
        )


def some_of(rows: Float32[np.ndarray, "k _"], chosen: Which) -> Float32[np.ndarray, "k _"]:
    """Take some columns; one that stands for all is left as it is."""
    return rows if rows.shape[1] == 1 else rows.take(chosen, axis=1)
