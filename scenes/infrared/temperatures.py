"""The temperature of every prim at one frame: fixed, of the air, drawn for each thing, or from the heat balance."""

from __future__ import annotations

import numpy as np

from scenes.infrared.parts import part_of
from scenes.infrared.things import Piece
from scenes.infrared.warmth import AMBIENT, BALANCE
from scenes.seeds import derive_seed
from sensors.checks import SensorError, check_temperature, unknown
from sensors.heat_balance import HeatSurface, Weather
from sensors.heat_memory import temperature_now
from sensors.materials import Material
from sensors.temperatures import is_balanced, sample_temperatures

_MOST = 4096  # balances kept


class Temperatures:
    """Solve temperatures; what depends on the weather alone is kept while the weather stays.

    Each thing has a generator of its own, seeded by scenario, frame and its path: no other changes it.
    """

    def __init__(self) -> None:
        self._weather: Weather | None = None
        self._balances: dict[tuple[HeatSurface, float | None, float | None], float] = {}
        self._seed, self._frame = 0, 0
        self._drawn: dict[tuple[str, str], dict[str, float]] = {}

    def begin(self, weather: Weather, seed: int, frame: int) -> None:
        """Begin a frame.

        Args:
            weather: around everything.
            seed: of the scenario.
            frame: its number.
        """
        if weather != self._weather or len(self._balances) > _MOST:
            self._balances.clear()
        self._weather, self._seed, self._frame = weather, seed, frame
        self._drawn.clear()

    def of(self, piece: Piece) -> float:
        """Return the temperature of a surface, K, without what varies over it.

        Raises:
            SensorError: naming the prim, for a part that the thing does not have, or where an offset or image leads
                below 0 K.
        """
        assert self._weather is not None
        said, origin = piece.said, piece.said.origin
        if origin.kelvin is not None:
            kelvin = origin.kelvin
        elif origin.model == BALANCE:
            kelvin = self._balance(piece.material, said.flux)
        elif origin.model == AMBIENT:
            kelvin = self._weather.air_temperature
        else:
            kelvin = self._drawn_of(piece)
        offset = said.offset + piece.offset
        if offset:
            kelvin = float(check_temperature(kelvin + offset, f"{piece.path}: with ir:temperatureOffset"))
        if piece.heat is not None:
            piece.heat.check(kelvin, piece.path)
        return kelvin

    def _drawn_of(self, piece: Piece) -> float:
        said, origin = piece.said, piece.said.origin
        key = (origin.holder, origin.model)
        if key not in self._drawn:
            assert self._weather is not None
            generator = np.random.default_rng(derive_seed(self._seed, self._frame, "temperature", *key))
            self._drawn[key] = sample_temperatures(origin.model, self._weather, generator)
        parts = self._drawn[key]
        if said.part and said.part not in parts:
            raise SensorError(
                f"{piece.path}: ir:temperature:part: {unknown('part of ' + origin.model, said.part, parts)}"
            )
        part = said.part or part_of(piece.path, origin.holder, tuple(parts))
        if is_balanced(origin.model, part):
            return self._balance(piece.material, said.flux)
        return parts[part]

    def _balance(self, material: Material, flux: float) -> float:
        emissivity = material.emissivity.get("lwir", 0.92)
        wet = material.evaporation
        surface = HeatSurface(material.solar_absorptance, emissivity, material.inside, extra=flux, evaporation=wet)
        key = (surface, material.sheet, material.inertia)
        if key not in self._balances:
            assert self._weather is not None
            self._balances[key] = temperature_now(*key, self._weather)
        return self._balances[key]
