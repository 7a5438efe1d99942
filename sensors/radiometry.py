"""What a radiometric camera reports: scene temperature from radiance and from what its user told it of the scene."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sensors.bands import Band
from sensors.checks import SensorError, check_temperature


def reported_temperature(
    radiance: ArrayLike,
    band: Band,
    emissivity: float = 1.0,
    reflected_temperature: float = 293.15,
    tau: float = 1.0,
    air_temperature: float = 293.15,
) -> NDArray[np.float64]:
    """Return the object temperature (K) that a camera works out under its beliefs.

    Args:
        radiance: at the lens, W m^-2 sr^-1, any shape.
        band: of the camera.
        emissivity: that it believes, above 0.
        reflected_temperature: K of the surroundings that it believes.
        tau: transmittance of the path that it believes, above 0.
        air_temperature: K of the path that it believes.

    Raises:
        SensorError: for beliefs that cannot be.

    Source: L_obj = [L - (1 - eps) tau L(T_refl) - (1 - tau) L(T_atm)] / (eps tau) (reference/infrared.md 1.5).
    """
    for name, value in (("emissivity", emissivity), ("tau", tau)):
        if not 0.0 < value <= 1.0:
            raise SensorError(f"reported temperature: {name} is {value!r}; expected above 0 and at most 1")
    check_temperature([reflected_temperature, air_temperature], "reported temperature")
    reflected = (1.0 - emissivity) * tau * float(band.radiance(reflected_temperature))
    path = (1.0 - tau) * float(band.radiance(air_temperature))
    return band.temperature((np.asarray(radiance, np.float64) - reflected - path) / (emissivity * tau))


def surface_radiance(
    band: Band, temperature: ArrayLike, emissivity: ArrayLike, surroundings: ArrayLike
) -> NDArray[np.float64]:
    """Return eps L_B(T) + (1 - eps) L_env for a grey diffuse surface, W m^-2 sr^-1; all broadcast.

    Args:
        band: thermal.
        temperature: K.
        emissivity: 0..1.
        surroundings: mean radiance that reaches it, W m^-2 sr^-1.
    """
    eps = np.asarray(emissivity, np.float64)
    return eps * band.radiance(temperature) + (1.0 - eps) * np.asarray(surroundings, np.float64)
