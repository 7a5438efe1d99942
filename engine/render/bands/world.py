"""What paths go through, what they meet on the way, and the paths themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from engine.render.bands.lobes import dot
from engine.render.bands.sources import Lamp, Sun
from engine.render.bands.surfaces import Points, SurfaceTables
from engine.render.bands.surroundings import Surroundings
from engine.render.hits import Hits
from engine.render.rays import Rays
from engine.render.shading_points import Surface
from engine.stage.scene import Instance

Radiance = Float32[np.ndarray, "n k"]
Vectors = Float32[np.ndarray, "n 3"]
Numbers = Float32[np.ndarray, "n"]
Follow = Callable[[np.ndarray, np.ndarray], Hits]
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


@dataclass(eq=False)
class Flock:
    """Paths that still go on, all at the same bounce; rows are paths.

    Attributes:
        index: which ray of the camera each belongs to.
        origins, directions, hits: the ray that each follows now, and where it ends.
        weight: (n, k) what its radiance counts for.
        bound: (n,) no band's weight is above it, whatever the colours of the surfaces.
        gone: (n,) metres from the camera to the origins.
    """

    index: np.ndarray
    origins: Vectors
    directions: Vectors
    hits: Hits
    weight: Radiance
    bound: Numbers
    gone: Numbers

    def among(self, chosen: np.ndarray) -> Flock:
        """Return some of the paths."""
        return Flock(
            self.index[chosen],
            self.origins[chosen],
            self.directions[chosen],
            chosen_hits(self.hits, chosen),
            self.weight[chosen],
            self.bound[chosen],
            self.gone[chosen],
        )


def between(world: World, gone: Numbers, metres: Numbers) -> Radiance:
    """Return the transmission of so many metres behind others."""
    air = world.surroundings
    return air.clear(gone + metres) / np.maximum(air.clear(gone), np.float32(1e-12))
