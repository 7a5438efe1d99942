"""Refuse what cannot be: temperatures below zero or in Celsius, fractions out of range, unknown names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

CELSIUS_BELOW = 60.0  # no place on Earth is colder than 184 K; what is under 60 was meant in Celsius
MANY, SHOWN = 40, 8  # names that an error lists, all or the nearest of more
CLOSURE = 1e-6  # how far emissivity + reflectance + transmittance may be above 1


class SensorError(ValueError):
    """A sensor, a material or a temperature cannot be used as it was given."""


def check_temperature(kelvin: ArrayLike, where: str) -> NDArray[np.float64]:
    """Return temperatures as float64 and refuse impossible ones.

    Args:
        kelvin: temperatures (any shape), K.
        where: what has them: a prim path, a key, an argument's name.

    Raises:
        SensorError: below 0 K, not finite, or so small that Celsius was meant.
    """
    values = np.asarray(kelvin, dtype=np.float64)
    if not np.isfinite(values).all():
        raise SensorError(f"{where}: temperature is {values[~np.isfinite(values)][0]}; expected finite kelvin")
    if values.size == 0:
        return values
    lowest = float(values.min())
    if lowest <= 0:
        hint = f"; if it is Celsius, give {lowest + 273.15:g}" if lowest > -100 else ""
        raise SensorError(f"{where}: temperature is {lowest:g} K; expected kelvin above 0{hint}")
    if lowest < CELSIUS_BELOW:
        raise SensorError(
            f"{where}: temperature is {lowest:g} K; expected kelvin, and this looks like Celsius: "
            f"give {lowest + 273.15:g} (surfaces below {CELSIUS_BELOW:g} K are not modelled)"
        )
    return values


def check_fraction(value: float, where: str) -> float:
    """Return a number from 0 to 1 and refuse any other.

    Raises:
        SensorError: outside 0..1.
    """
    if not 0.0 <= value <= 1.0:
        raise SensorError(f"{where}: is {value!r}; expected a number from 0 to 1")
    return float(value)


def check_closure(emissivity: float, reflectance: float, transmittance: float, where: str) -> None:
    """Refuse a surface that gives back more than it gets.

    Args:
        emissivity: emitted part, 0..1; by Kirchhoff also the absorbed part.
        reflectance: reflected part, 0..1.
        transmittance: part that goes through, 0..1.
        where: what has them.

    Raises:
        SensorError: if a part is outside 0..1 or they add up to more than 1.

    Source: Kirchhoff's law; DIRSIG's rule "directional emissivity = 1 - directional-hemispherical reflectance".
    """
    for name, part in (("emissivity", emissivity), ("reflectance", reflectance), ("transmittance", transmittance)):
        check_fraction(part, f"{where}: {name}")
    total = emissivity + reflectance + transmittance
    if total > 1.0 + CLOSURE:
        raise SensorError(
            f"{where}: emissivity {emissivity:g} + reflectance {reflectance:g} + transmittance {transmittance:g} "
            f"= {total:g}; expected at most 1: author one of them and leave the others out"
        )


def suggestion(name: object, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for the nearest known name, or nothing where none is near."""
    near = difflib.get_close_matches(str(name), list(known), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def unknown(kind: str, name: object, known: Iterable[str]) -> SensorError:
    """Make the error for a name that does not exist: what was given, the nearest, and all that exist or, of many, some.

    Of more than `MANY` names those are listed that are most like it.
    """
    names = sorted(known)
    if len(names) <= MANY:
        listed = f"known: {', '.join(names)}"
    else:
        near = difflib.get_close_matches(str(name), names, n=SHOWN, cutoff=0.0)
        listed = f"of {len(names)} the most like it: {', '.join(near)}"
    return SensorError(f"{kind} {name!r} is unknown{suggestion(name, names)} ({listed})")
