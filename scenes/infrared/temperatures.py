"""The temperature of every prim at one frame: fixed, of the air, drawn for each thing, or from the heat balance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenes.infrared.exposure import Shares
from scenes.infrared.parts import part_of
from scenes.infrared.things import Piece
from scenes.infrared.warmth import AMBIENT, BALANCE
from scenes.infrared.weather import Conditions
from scenes.seeds import derive_seed
from sensors.checks import SensorError, check_temperature, unknown
from sensors.heat_balance import HeatSurface
from sensors.heat_memory import temperature_now
from sensors.materials import Material
from sensors.slopes import SLOPES, sky_view
from sensors.temperatures import is_balanced, sample_temperatures

_MOST = 4096  # balances kept


class Temperatures:
    """Solve temperatures; what depends on the weather alone is kept while the weather stays.

    Each thing has a generator of its own, seeded by scenario, frame and its path: no other changes it.
    """

    def __init__(self) -> None:
        self._conditions: Conditions | None = None
        self._balances: dict[tuple[int, HeatSurface, float | None, float | None], float] = {}
        self._seed, self._frame = 0, 0
        self._drawn: dict[tuple[str, str], dict[str, float]] = {}

    def begin(self, conditions: Conditions, seed: int, frame: int) -> None:
        """Begin a frame.

        Args:
            conditions: the weather around everything.
            seed: of the scenario.
            frame: its number.
        """
        if conditions != self._conditions or len(self._balances) > _MOST:
            self._balances.clear()
            self._conditions = conditions
        self._seed, self._frame = seed, frame
        self._drawn.clear()

    def of(self, piece: Piece, lie: Callable[[], Shares]) -> float:
        """Return the temperature of a surface, K, without what varies over it.

        Args:
            piece: the surface.
            lie: tells which slopes stand for it, where sun and sky count.

        Raises:
            SensorError: naming the prim, for a part that the thing does not have, or where an offset or image leads
                below 0 K.
        """
        said, origin = piece.said, piece.said.origin
        if origin.kelvin is not None:
            kelvin = origin.kelvin
        elif origin.model == BALANCE:
            kelvin = self._balance(piece.material, said.flux, lie())
        elif origin.model == AMBIENT:
            kelvin = self._around.weather.air_temperature
        else:
            kelvin = self._drawn_of(piece, lie)
        offset = said.offset + piece.offset
        if offset:
            kelvin = float(check_temperature(kelvin + offset, f"{piece.path}: with ir:temperatureOffset"))
        if piece.heat is not None:
            piece.heat.check(kelvin, piece.path)
        return kelvin

    def _drawn_of(self, piece: Piece, lie: Callable[[], Shares]) -> float:
        said, origin = piece.said, piece.said.origin
        key = (origin.holder, origin.model)
        if key not in self._drawn:
            generator = np.random.default_rng(derive_seed(self._seed, self._frame, "temperature", *key))
            self._drawn[key] = sample_temperatures(origin.model, self._around.weather, generator)
        parts = self._drawn[key]
        if said.part and said.part not in parts:
            raise SensorError(
                f"{piece.path}: ir:temperature:part: {unknown('part of ' + origin.model, said.part, parts)}"
            )
        part = said.part or part_of(piece.path, origin.holder, tuple(parts))
        if is_balanced(origin.model, part):
            return self._balance(piece.material, said.flux, lie())
        return parts[part]

    def _balance(self, material: Material, flux: float, lies: Shares) -> float:
        """Return the mean over the slopes that stand for a surface."""
        return sum(share * self._balanced(material, flux, slope) for slope, share in lies)

    def _balanced(self, material: Material, flux: float, slope: int) -> float:
        emissivity = material.emissivity.get("lwir", 0.92)
        wet, view = material.evaporation, float(sky_view(SLOPES[slope]))
        absorbed, inside = material.solar_absorptance, material.inside
        surface = HeatSurface(absorbed, emissivity, inside, sky_view=view, extra=flux, evaporation=wet)
        key = (slope, surface, material.sheet, material.inertia)
        if key not in self._balances:
            self._balances[key] = temperature_now(*key[1:], self._around.weather_on(slope))
        return self._balances[key]

    @property
    def _around(self) -> Conditions:
        assert self._conditions is not None
        return self._conditions
