"""Bands of radiation beyond the visible, as numbers: what `engine/stage` reads of them and renderers use.

The engine transports radiation and knows no physics of its own: how much a surface of a temperature emits, what the sky
sends and how air dims are tables that whoever prepares the stage has authored. Radiances are in-band,
W m-2 sr-1; temperatures kelvin; lengths metres.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Float64

if TYPE_CHECKING:
    from engine.stage.scene import Texture

AMBIENT = 293.15


@dataclass(frozen=True)
class BandSurface:
    """How a surface behaves in one band. What is not emitted or let through is reflected: eps + rho + tau = 1.

    Attributes:
        emissivity: at normal incidence, 0..1.
        grazing: f of eps(theta) = eps - f eps (1 - cos theta)^5.
        emissivities: where given, emissivity at equally spaced cosines of the angle from the normal, 0 to 1, instead of
            the two above.
        specular: share of the reflected radiation in a lobe about the mirror direction; the rest is Lambertian.
        roughness: GGX alpha of that lobe.
        transmittance: share that goes straight through, 0..1.
        reflectance: where given, emissivity is 1 - reflectance - transmittance.
        luminance: (a, b): where given, reflectance is a + b times the linear luminance of the base colour, clipped to
            0.02..0.95.
        retro: gain over a Lambertian surface towards where light came from.
    """

    emissivity: float = 0.92
    grazing: float = 0.0
    emissivities: tuple[float, ...] | None = None
    specular: float = 0.0
    roughness: float = 0.3
    transmittance: float = 0.0
    reflectance: float | None = None
    luminance: tuple[float, float] | None = None
    retro: float = 0.0


@dataclass(frozen=True, eq=False)
class Warmth:
    """How warm a drawable is.

    Attributes:
        temperature: kelvin; None is the band's ambient temperature.
        offset: kelvin added to it, constant over the surface.
        corners: (m, 3) kelvin added at each triangle corner, None for none.
        texture: kelvin added by an image, as its red channel with scale and bias; None for none.
        suns: (p,) kelvin that each sun of the band's `sun_path` adds where it shines straight and unhindered on the
            surface; its cosine and what stands in the way take of that. () is none.
        is_passing: it shades others from the present sun alone: it was not here before.
    """

    temperature: float | None = None
    offset: float = 0.0
    corners: Float32[np.ndarray, "m 3"] | None = None
    texture: Texture | None = None
    suns: tuple[float, ...] = ()
    is_passing: bool = False


@dataclass(frozen=True, eq=False)
class Band:
    """One band: what emits, what the surroundings send and what air does.

    Attributes:
        name: e.g. "lwir".
        temperatures, radiances: (n,) table of black-body radiance by temperature, read linearly.
        ambient: kelvin of what has no temperature of its own.
        sky_cosines, sky_radiances: (k,) table of sky radiance by cosine of the zenith angle, 0 to 1.
        ground: radiance of what is below the horizon and not on the stage.
        sun_direction: unit vector to the sun, world.
        sun_irradiance: W m-2 on a surface that faces it; 0 is no sun.
        sun_path: (p, 3) unit vectors to where the sun stood while it warmed surfaces, the present first.
        air_weights, air_coefficients: (j,) path transmission = sum w exp(-k R), k in 1/m; none is vacuum.
        air_radiance: black-body radiance of the air.
    """

    name: str
    temperatures: Float64[np.ndarray, "n"] = field(default_factory=lambda: np.array([0.0, 1.0]))
    radiances: Float64[np.ndarray, "n"] = field(default_factory=lambda: np.zeros(2))
    ambient: float = AMBIENT
    sky_cosines: Float64[np.ndarray, "k"] = field(default_factory=lambda: np.array([0.0, 1.0]))
    sky_radiances: Float64[np.ndarray, "k"] = field(default_factory=lambda: np.zeros(2))
    ground: float = 0.0
    sun_direction: tuple[float, float, float] = (0.0, 0.0, 1.0)
    sun_irradiance: float = 0.0
    sun_path: Float64[np.ndarray, "p 3"] = field(default_factory=lambda: np.zeros((0, 3)))
    air_weights: Float64[np.ndarray, "j"] = field(default_factory=lambda: np.ones(1))
    air_coefficients: Float64[np.ndarray, "j"] = field(default_factory=lambda: np.zeros(1))
    air_radiance: float = 0.0


@dataclass(frozen=True)
class BandLight:
    """What a light radiates in one band.

    Attributes:
        power: watts in the band.
        half_angle: radians from the axis at which a flood has half its intensity; None radiates evenly all round.
        field_of_view: (horizontal, vertical) full angles of a projector, radians; None is no projector.
    """

    power: float
    half_angle: float | None = None
    field_of_view: tuple[float, float] | None = None


Surfaces = Mapping[str, BandSurface]
NO_SURFACES: Surfaces = {}
