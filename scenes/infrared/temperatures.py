"""The temperature of every prim at one frame: fixed, of the air, drawn for each thing, or from the heat balance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

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
from sensors.shade import warmth_of_parts
from sensors.slopes import LEVEL, SLOPES, sky_view
from sensors.temperatures import is_balanced, moves, sample_temperatures

_MOST = 4096  # balances kept
SLIGHT = 0.05  # K from the sun's disc that need not be told apart
HIGHEST = 2.0  # times what the sun adds to the material: a drawn thing has no more from it
Key = tuple[HeatSurface, float | None, float | None]


@dataclass(frozen=True)
class Solved:
    """The temperature of a surface and what the sun's disc has of it.

    Attributes:
        kelvin: as it lies in the open, the mean over its slopes.
        lit: part of `kelvin` that is the disc's, of today and now; shade takes of it.
        suns: (k,) kelvin that each part of the sun's path adds where it shines straight on the surface; () where the
            disc adds nothing that is known by direction.
        is_passing: it has not been there for long, and shades others now alone.
    """

    kelvin: float
    lit: float = 0.0
    suns: tuple[float, ...] = ()
    is_passing: bool = False

    @property
    def dark(self) -> float:
        """Kelvin where the sun's disc has not shone all day."""
        return self.kelvin - self.lit


class Temperatures:
    """Solve temperatures; what depends on the weather alone is kept while the weather stays.

    Each thing has a generator of its own, seeded by scenario, frame and its path: no other changes it.
    """

    def __init__(self) -> None:
        self._conditions: Conditions | None = None
        self._balances: dict[tuple[int, bool, Key], float] = {}
        self._parts: dict[Key, NDArray[np.float64]] = {}
        self._solved: dict[tuple[Key, Shares], Solved] = {}
        self._seed, self._frame = 0, 0
        self._drawn: dict[tuple[str, str], tuple[dict[str, float], dict[str, float]]] = {}

    def begin(self, conditions: Conditions, seed: int, frame: int) -> None:
        """Begin a frame.

        Args:
            conditions: the weather around everything.
            seed: of the scenario.
            frame: its number.
        """
        if conditions != self._conditions or len(self._solved) > _MOST:
            self._balances.clear()
            self._parts.clear()
            self._solved.clear()
            self._conditions = conditions
        self._seed, self._frame = seed, frame
        self._drawn.clear()

    def of(self, piece: Piece, lie: Callable[[], Shares]) -> Solved:
        """Return the temperature of a surface, without what varies over it.

        Args:
            piece: the surface.
            lie: tells which slopes stand for it, where sun and sky count.

        Raises:
            SensorError: naming the prim, for a part that the thing does not have, or where an offset or image leads
                below 0 K.
        """
        said, origin = piece.said, piece.said.origin
        if origin.kelvin is not None:
            found = Solved(origin.kelvin)
        elif origin.model == BALANCE:
            found = self._balance(piece.material, said.flux, lie())
        elif origin.model == AMBIENT:
            found = Solved(self._around.weather.air_temperature)
        else:
            found = self._drawn_of(piece, lie)
        offset = said.offset + piece.offset
        if offset:
            where = f"{piece.path}: with ir:temperatureOffset"
            found = replace(found, kelvin=float(check_temperature(found.kelvin + offset, where)))
        if piece.heat is not None:
            piece.heat.check(found.kelvin, piece.path)
        return found

    def _drawn_of(self, piece: Piece, lie: Callable[[], Shares]) -> Solved:
        said, origin = piece.said, piece.said.origin
        key, passing = (origin.holder, origin.model), moves(origin.model)
        if key not in self._drawn:
            self._drawn[key] = self._draw(*key, lit=True), self._draw(*key, lit=False)
        lit, dark = self._drawn[key]
        if said.part and said.part not in lit:
            raise SensorError(
                f"{piece.path}: ir:temperature:part: {unknown('part of ' + origin.model, said.part, lit)}"
            )
        part = said.part or part_of(piece.path, origin.holder, tuple(lit))
        if is_balanced(origin.model, part):
            return replace(self._balance(piece.material, said.flux, lie()), is_passing=passing)
        if lit[part] - dark[part] < SLIGHT:
            return Solved(lit[part], is_passing=passing)
        parts = self._parts_of(_key_of(piece.material, 0.0, 1.0))
        if passing:
            parts = np.concatenate([parts[:1], np.zeros(len(parts) - 1)])
        return replace(self._spread(lit[part], dark[part], parts, lie()), is_passing=passing)

    def _draw(self, holder: str, model: str, lit: bool) -> dict[str, float]:
        """Draw the temperatures of a thing's parts, or what they would be without the sun's disc."""
        generator = np.random.default_rng(derive_seed(self._seed, self._frame, "temperature", holder, model))
        return sample_temperatures(model, self._around.weather_on(LEVEL, lit), generator)

    def _balance(self, material: Material, flux: float, lies: Shares) -> Solved:
        """Return the mean over the slopes that stand for a surface."""
        level = _key_of(material, flux, 1.0)
        if (level, lies) not in self._solved:
            lit, dark = (
                sum(
                    share * self._balanced(_key_of(material, flux, _view(slope)), slope, is_lit)
                    for slope, share in lies
                )
                for is_lit in (True, False)
            )
            found = Solved(lit)
            if lit - dark >= SLIGHT:
                found = self._spread(lit, dark, self._parts_of(level), lies)
            self._solved[level, lies] = found
        return self._solved[level, lies]

    def _balanced(self, key: Key, slope: int, is_lit: bool) -> float:
        if (slope, is_lit, key) not in self._balances:
            weather = self._around.weather_on(slope, is_lit)
            self._balances[slope, is_lit, key] = temperature_now(*key, weather)
        return self._balances[slope, is_lit, key]

    def _parts_of(self, key: Key) -> NDArray[np.float64]:
        """Return what each part of the sun's path adds to a surface that faces it."""
        if key not in self._parts:
            dark = self._around.weather_on(LEVEL, False)
            self._parts[key] = warmth_of_parts(*key, dark, self._around.sun_path)
        return self._parts[key]

    def _spread(self, lit: float, dark: float, parts: NDArray[np.float64], lies: Shares) -> Solved:
        """Share what the sun's disc adds to a thing among directions, so that its mean over the slopes stays.

        The balance is not quite linear, and what was drawn knows no directions: so all parts are scaled alike.
        """
        faces = sum(share * np.maximum(self._around.sun_path.towards @ SLOPES[slope], 0.0) for slope, share in lies)
        whole = float(parts @ faces)
        if whole < SLIGHT:
            return Solved(lit)
        scale = min((lit - dark) / whole, HIGHEST)
        return Solved(dark + scale * whole, scale * whole, tuple(map(float, np.round(scale * parts, 4))))

    @property
    def _around(self) -> Conditions:
        assert self._conditions is not None
        return self._conditions


def _view(slope: int) -> float:
    return float(sky_view(SLOPES[slope]))


def _key_of(material: Material, flux: float, view: float) -> Key:
    """Return what decides how warm a material gets."""
    emissivity = material.emissivity.get("lwir", 0.92)
    wet, absorbed, inside = material.evaporation, material.solar_absorptance, material.inside
    surface = HeatSurface(absorbed, emissivity, inside, sky_view=view, extra=flux, evaporation=wet)
    return surface, material.sheet, material.inertia
