"""What surfaces are made of: emissivity, reflectance, transmittance by band and angle, and how they store heat."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sensors import fresnel
from sensors.bands import MissingBandData
from sensors.checks import check_closure

THERMAL = ("lwir", "mwir")
NEAR = ("nir850", "nir940")
COLUMNS = THERMAL + NEAR
ANGLES = 1024  # steps of the table of emissivity over cosine

_SPECULAR = {"d": 0.0, "g": 0.5, "s": 1.0}  # part of the reflection that is a mirror's
_STRENGTH = {"d": 0.1, "g": 0.5, "s": 1.0}  # how much of a smooth surface's law of angle is left (wood 0.1: ThRend)


@dataclass(frozen=True)
class Material:
    """One kind of surface. Fractions 0..1 along the normal by column ("lwir", "mwir", "nir850", "nir940").

    Args:
        token: SimReady base token.
        emissivity: column to emitted part; a column that is missing must be authored or has a rule.
        transmittance: column to the part that goes through; 0 where missing.
        lobe: "d" diffuse, "g" glossy, "s" specular.
        is_metal: emissivity rises towards grazing.
        grazing: column to emissivity at 60 and 80 degrees over normal, of surfaces known to be smooth.
        solar_absorptance: absorbed part of sunlight.
        sheet: heat capacity of thin things, J m^-2 K^-1, or None.
        inertia: thermal inertia of thick things, J m^-2 K^-1 s^-1/2, or None.
        inside: conductance to the inside, W m^-2 K^-1.
        evaporation: part of the net radiation by day that goes into evaporating water.
        coating: SimReady coating token.
        retroreflective: sends near infrared back to where it came from.
        mirror: part of its reflection that goes as from a mirror, instead of the lobe's; None is the lobe's.
        roughness: of that mirror lobe, GGX alpha; None is the lobe's.
        given: columns that a scene has authored: rules for textures do not apply to them.
        source: where the values are from.
    """

    token: str
    emissivity: Mapping[str, float]
    transmittance: Mapping[str, float] = field(default_factory=dict)
    lobe: str = "d"
    is_metal: bool = False
    grazing: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    solar_absorptance: float = 0.6
    sheet: float | None = None
    inertia: float | None = None
    inside: float = 0.0
    evaporation: float = 0.0
    coating: str = "none"
    retroreflective: bool = False
    mirror: float | None = None
    roughness: float | None = None
    given: frozenset[str] = frozenset()
    source: str = ""

    def __post_init__(self) -> None:
        for column, value in self.emissivity.items():
            check_closure(value, 0.0, self.transmittance.get(column, 0.0), f"material '{self.token}', {column}")

    @property
    def specular(self) -> float:
        """Part of its reflection that goes as from a mirror."""
        return _SPECULAR[self.lobe] if self.mirror is None else self.mirror

    def normal_emissivity(self, column: str) -> float:
        """Return the emissivity along the normal, or the default's with a warning where there is none."""
        if column in self.emissivity:
            return self.emissivity[column]
        fallback = 0.92 if column in THERMAL else 0.6
        known_from = f" ({self.source})" if self.source else ""
        warnings.warn(
            f"material '{self.token}'{known_from} has no emissivity in {column}; using {fallback}. "
            f"Author it: ir:emissivity:{column} or ir:reflectance:{column}",
            MissingBandData,
            stacklevel=2,
        )
        return fallback

    def shape(self, column: str, cosine: ArrayLike) -> NDArray[np.float64]:
        """Return what is emitted or let through at an angle over that along the normal (any shape)."""
        c = np.clip(np.asarray(cosine, np.float64), 0.0, 1.0)
        smooth = column in self.grazing
        strength = 1.0 if smooth else _STRENGTH[self.lobe]
        if column in NEAR:
            strength *= self.lobe == "s"
        if strength == 0.0:
            return np.ones_like(c)
        if self.is_metal:
            law = fresnel.metal_shape(c, self.normal_emissivity(column))
        else:
            law = fresnel.dielectric_shape(
                c, *fresnel.grazing_exponents(*self.grazing.get(column, fresnel.DEFAULT_GRAZING))
            )
        return 1.0 - strength + strength * law

    def emissivity_at(self, column: str, cosine: ArrayLike) -> NDArray[np.float64]:
        """Return the emissivity at an angle to the normal, given its cosine (any shape)."""
        return self.normal_emissivity(column) * self.shape(column, cosine)

    def transmittance_at(self, column: str, cosine: ArrayLike) -> NDArray[np.float64]:
        """Return the transmittance at an angle."""
        return self.transmittance.get(column, 0.0) * self.shape(column, cosine)

    def reflectance_at(self, column: str, cosine: ArrayLike) -> NDArray[np.float64]:
        """Return the directional-hemispherical reflectance at an angle: what is neither emitted nor let through.

        Source: Kirchhoff's law and energy conservation.
        """
        passed = self.normal_emissivity(column) + self.transmittance.get(column, 0.0)
        return 1.0 - passed * self.shape(column, cosine)

    def hemispherical_emissivity(self, column: str) -> float:
        """Return the cosine-weighted mean of the emissivity over all angles."""
        return fresnel.hemispherical(self.emissivity_at(column, fresnel.midpoint_cosines(ANGLES)))

    def emissivity_table(self, column: str) -> NDArray[np.float32]:
        """Return (ANGLES + 1,) emissivities at cosines 0, 1/ANGLES ... 1, for look-ups by image kernels."""
        return self.emissivity_at(column, np.linspace(0.0, 1.0, ANGLES + 1)).astype(np.float32)

    def authored(
        self,
        where: str,
        emissivity: Mapping[str, float] = MappingProxyType({}),
        reflectance: Mapping[str, float] = MappingProxyType({}),
        solar_absorptance: float | None = None,
        transmittance: Mapping[str, float] = MappingProxyType({}),
    ) -> Material:
        """Return this material with values that a scene gives.

        One of emissivity and reflectance decides the other; where both are given the rest goes through. A
        transmittance that is given alone is taken from the reflectance, and then from the emissivity.

        Args:
            where: prim path or key, for errors.
            emissivity: column to value.
            reflectance: column to value; emissivity is what is left of it and the transmittance.
            solar_absorptance: absorbed part of sunlight.
            transmittance: column to the part that goes straight through.

        Raises:
            SensorError: if emissivity + reflectance + transmittance is above 1.
        """
        changed, through = dict(self.emissivity), dict(self.transmittance)
        columns = frozenset({*emissivity, *reflectance, *transmittance})
        for column in sorted(columns):
            given, mirrored = emissivity.get(column), reflectance.get(column)
            passed = transmittance.get(column)
            check_closure(given or 0.0, mirrored or 0.0, passed or 0.0, f"{where}: {column}")
            if given is None and mirrored is None:
                given = min(self.emissivity.get(column, 0.0), 1.0 - (passed or 0.0))
            if passed is not None:
                through[column] = passed
            elif given is not None and mirrored is not None:
                through[column] = 1.0 - given - mirrored
            else:
                through[column] = min(through.get(column, 0.0), 1.0 - (given or 0.0) - (mirrored or 0.0))
            changed[column] = given if given is not None else 1.0 - (mirrored or 0.0) - through[column]
        absorbed = self.solar_absorptance if solar_absorptance is None else solar_absorptance
        given_now = self.given | columns
        return replace(self, emissivity=changed, transmittance=through, solar_absorptance=absorbed, given=given_now)
