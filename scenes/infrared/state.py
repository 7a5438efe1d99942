"""What the stage is made of and how warm it is at one frame: plain data for annotators and writers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sensors.bands import Band
from sensors.heat_balance import Weather
from sensors.materials import Material
from sensors.surface_radiance import Surroundings


@dataclass(frozen=True)
class Surface:
    """One surface.

    Attributes:
        path: of the drawable prim; an instance proxy's is its path in the scene.
        material: what it is made of.
        temperature: K as it lies in the open, the mean over its slopes; offsets that are constant over it included.
        source: who said what it is made of: scenario, ir, simready, openmaterial, label, words or default.
        lit: kelvin of it that the sun's disc has added, today and now; where the disc never shone it is so much less.
        suns: (k,) kelvin that each part of the sun's path adds where it shines straight on the surface; () for none.
    """

    path: str
    material: Material
    temperature: float
    source: str
    lit: float = 0.0
    suns: tuple[float, ...] = ()


@dataclass(frozen=True)
class InfraredState:
    """All surfaces of a stage and what is around them.

    Attributes:
        surfaces: by path of the drawable prim, GeomSubsets with materials of their own among them.
        surroundings: of the first thermal band; `around` has those of each.
        weather: what surfaces exchange heat with.
        sun_direction: unit vector to the sun, world, above or below the horizon.
        bands: the bands that are authored, by name on the stage (lwir, mwir, nir850, nir940).
        around: surroundings by name of the thermal band.
        near_sunlight: by name of the near-infrared band, W m^-2 on a surface that faces the sun, and from the sky.
        sun_path: unit vectors to where the sun stood in the parts of the last day, the present first, world.
    """

    surfaces: Mapping[str, Surface]
    surroundings: Surroundings
    weather: Weather
    sun_direction: tuple[float, float, float]
    bands: Mapping[str, Band]
    around: Mapping[str, Surroundings]
    near_sunlight: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    sun_path: tuple[tuple[float, float, float], ...] = ()

    def of(self, path: str) -> Surface:
        """Return the surface at a path: itself, or that of the nearest prim above it.

        Raises:
            ValueError: if there is none.
        """
        place = path
        while place and place != "/":
            if place in self.surfaces:
                return self.surfaces[place]
            place = place.rpartition("/")[0]
        raise ValueError(
            f"'{path}' has no surface, nor has anything above it; expected the path of a Mesh or another Gprim that "
            "was on the stage when author() ran"
        )
