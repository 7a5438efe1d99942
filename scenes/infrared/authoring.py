"""Resolve, solve and write: what surfaces are made of, how warm they are, and the bands, for one frame of a stage."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import partial
from typing import Any

from pxr import Gf, Usd

from scenes.infrared.band_values import band_surface
from scenes.infrared.bands import FOLDER, band_tables
from scenes.infrared.exposure import Exposures
from scenes.infrared.layer import SessionEdits
from scenes.infrared.placing import mixed_instances, place_surfaces, place_warmth
from scenes.infrared.settings import Infrared
from scenes.infrared.state import InfraredState, Surface
from scenes.infrared.temperatures import Solved, Temperatures
from scenes.infrared.things import Things, is_animated
from scenes.infrared.tree import Tree
from scenes.infrared.weather import Conditions, conditions_of, sun_path_in_world
from sensors.bands import find_band
from sensors.materials import Material

Values = dict[str, Any]
_KEPT = 2  # stages remembered


class UnusedKey(UserWarning):
    """A key of the scenario's infrared section answers to no prim."""


class Author:
    """Author one stage, frame after frame.

    Args:
        stage: the stage.
        infrared: the scenario's section.
    """

    def __init__(self, stage: Usd.Stage, infrared: Infrared) -> None:
        self.stage, self.infrared = stage, infrared
        self.state: InfraredState | None = None
        self._things = Things(stage, infrared)
        self._edits = SessionEdits(stage)
        self._temperatures = Temperatures()
        self._exposures = Exposures(stage, self._things.watch)
        self._surfaces: dict[int, tuple[Material, Values]] = {}
        self._tree = Tree(())
        self._placed: dict[str, Values] = {}
        self._version = -1
        self._time = Usd.TimeCode.EarliestTime()
        self._told: set[str] = set()
        self._bands = infrared.bands

    def author(self, seed: int, frame: int, time: Usd.TimeCode) -> InfraredState:
        """Bring the stage to a frame; see `author`."""
        conditions = conditions_of(self.stage, self.infrared.weather, time)
        renew, self._time = time != self._time and is_animated(self.stage), time
        self._update(time, renew)
        things = self._things.by_path
        if self._version != self._things.version:
            self._tree, self._version = Tree(things.values()), self._things.version
            self._placed = place_surfaces(self._tree, self._values)
            self._name_unused()
        self._temperatures.begin(conditions, seed, frame)
        self._exposures.begin(self._tree, time, renew)
        solved = {
            piece.path: self._temperatures.of(piece, partial(self._exposures.of, thing))
            for thing in things.values()
            for piece in thing.pieces
        }
        with self._things.watch.deaf():
            self._edits.write(self._wanted(conditions, solved))
        self.state = self._describe(conditions, solved)
        return self.state

    def _update(self, time: Usd.TimeCode, renew: bool) -> None:
        """Bring the things up to date; instances whose parts differ are opened, from the outermost inwards."""
        self._things.update(time, renew)
        while self._version != self._things.version and (mixed := mixed_instances(self._things.by_path.values())):
            self._edits.open_instances(mixed)
            self._things.update(time)

    def withdraw(self) -> None:
        """Take back everything that was written."""
        with self._things.watch.deaf():
            self._edits.write({})

    def _wanted(self, conditions: Conditions, solved: Mapping[str, Solved]) -> dict[str, Values]:
        """Return everything that the session layer is to say, by prim."""
        top = self.stage.GetDefaultPrim().GetPath() if self.stage.HasDefaultPrim() else ""
        wanted: dict[str, Values] = {}
        for name, band in self._bands.items():
            tables = band_tables(band, conditions)
            tables["sun:direction"] = Gf.Vec3f(*conditions.sun_direction)
            tables["sun:path"] = tuple(number for towards in sun_path_in_world(conditions) for number in towards)
            wanted[f"{top}/{FOLDER}/{name}"] = {f"band:{key}": value for key, value in tables.items()}
        for path, values in (*self._placed.items(), *place_warmth(self._tree, solved).items()):
            wanted[path] = {**wanted[path], **values} if path in wanted else values
        return wanted

    def _values(self, material: Material) -> Values:
        """Return the attributes of a material in all bands."""
        if id(material) not in self._surfaces:
            found = {
                f"band:{name}:{key}": value
                for name, band in self._bands.items()
                for key, value in band_surface(material, band).items()
            }
            self._surfaces[id(material)] = (material, found)
        return self._surfaces[id(material)][1]

    def _describe(self, conditions: Conditions, solved: Mapping[str, Solved]) -> InfraredState:
        surfaces: dict[str, Surface] = {}
        for thing in self._things.by_path.values():
            for piece in thing.pieces:
                found = solved[piece.path]
                heat = (found.kelvin, piece.source, found.lit, found.suns)
                surfaces[piece.path] = Surface(piece.path, piece.material, *heat)
        thermal = {name: band for name, band in self._bands.items() if band.is_thermal}
        around = {name: conditions.surroundings(band) for name, band in thermal.items()}
        first = next(iter(around.values()), None) or conditions.surroundings(find_band("lwir"))
        near = {name: conditions.near_sunlight(band) for name, band in self._bands.items() if not band.is_thermal}
        bands, sun = dict(self._bands), conditions.sun_direction
        path = sun_path_in_world(conditions)
        return InfraredState(surfaces, first, conditions.weather, sun, bands, around, near, path)

    def _name_unused(self) -> None:
        """Warn of keys that answer to nothing."""
        for name in ("materials", "temperatures"):
            for key in getattr(self.infrared, name):
                if f"{name}.{key}" not in {*self._things.used_keys, *self._told}:
                    self._told.add(f"{name}.{key}")
                    what = "path" if key.startswith("^") else "class label"
                    warnings.warn(f"infrared.{name}.{key}: no prim has this {what}", UnusedKey, stacklevel=4)


_authors: list[Author] = []


def author(
    stage: Usd.Stage, infrared: Infrared, seed: int, frame: int, time: Usd.TimeCode | float | None = None
) -> InfraredState:
    """Write on the session layer of a stage what the engine's band tracer reads, for one frame.

    What is written depends on the stage as it is now, the section, seed and frame, and on nothing that was before.

    Args:
        stage: with every random value of the frame on it.
        infrared: the scenario's section.
        seed: of the scenario.
        frame: its number.
        time: time code at which animated values are read; None is where the timeline of the open stage stands, and the
            first on any other stage.

    Returns:
        Surfaces and surroundings; `current` gives them again.

    Raises:
        SensorError: where what is authored cannot be, naming prim and attribute.
    """
    known = next((a for a in _authors if a.stage == stage and a.infrared == infrared), None)
    if known is None:
        for old in [a for a in _authors if a.stage == stage]:
            old.withdraw()
            _authors.remove(old)
        known = Author(stage, infrared)
        _authors.append(known)
        del _authors[:-_KEPT]
    return known.author(seed, frame, _present(stage) if time is None else Usd.TimeCode(time))


def _present(stage: Usd.Stage) -> Usd.TimeCode:
    """Return the time code that the timeline is at, the first one where a stage is not the open one."""
    try:
        import omni.timeline
        import omni.usd
    except ImportError:
        return Usd.TimeCode.EarliestTime()
    if omni.usd.get_context().get_stage() != stage:
        return Usd.TimeCode.EarliestTime()
    seconds = omni.timeline.get_timeline_interface().get_current_time()
    return Usd.TimeCode(seconds * stage.GetTimeCodesPerSecond())


def current(stage: Usd.Stage) -> InfraredState:
    """Return the state of the last `author` on a stage.

    Raises:
        ValueError: if there was none, with what to call.
    """
    found = next((a.state for a in _authors if a.stage == stage and a.state is not None), None)
    if found is None:
        raise ValueError(
            "nothing is known of this stage's surfaces beyond the visible; call "
            "scenes.infrared.author(stage, infrared, seed, frame) before each capture"
        )
    return found
