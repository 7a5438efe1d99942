"""Where the temperature of each prim comes from: the scenario, `ir:temperature` and its model, labels, heat balance.

What is said nearest to a drawable prim counts, and reaches everything below it. On one prim the order is: the
scenario's expressions, the scenario's labels, `ir:temperature`, `ir:temperature:model`. Where nobody says anything a
class label that names a kind (cow, person, car ...) counts, and else the heat balance of what the prim is made of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pxr import Sdf, Usd

from scenes.infrared.authored import read_number, read_temperature
from scenes.infrared.heat_maps import TEXTURE, HeatMap, read_heat_map
from scenes.infrared.semantics import own_classes
from scenes.infrared.settings import find_kind
from sensors.checks import SensorError
from sensors.temperatures import kinds

LABEL_KINDS = {"car": "parked_car", "pedestrian": "person", "human": "person", "calf": "cow", "bull": "cow"}
MODEL = "ir:temperature:model"
PART = "ir:temperature:part"
OFFSET = "primvars:ir:temperatureOffset"
FIRST = Usd.TimeCode.EarliestTime()
BALANCE, AMBIENT, FIXED = "heatBalance", "ambient", "fixed"


@dataclass(frozen=True)
class Origin:
    """Where one prim's temperature comes from.

    Attributes:
        kelvin: itself, or None.
        model: heatBalance, ambient or a kind, where there is no `kelvin`.
        holder: path of the thing whose parts are warm together: one draw.
        key: of the scenario, where it says so.
        is_guess: whether a label alone says so, or nobody.
    """

    kelvin: float | None = None
    model: str = BALANCE
    holder: str = ""
    key: str = ""
    is_guess: bool = True


@dataclass(frozen=True)
class Warmed:
    """What a prim and all above it say.

    Attributes:
        origin: where the temperature comes from.
        offset: kelvin added.
        flux: own heat, W m^-2.
        part: of the thing, where authored.
        labelled: path of the nearest labelled prim at or above it, "" where there is none.
        heat: image of kelvin added.
    """

    origin: Origin = Origin()
    offset: float = 0.0
    flux: float = 0.0
    part: str = ""
    labelled: str = ""
    heat: HeatMap | None = None


class Warmths:
    """Read what prims say of their temperatures; ancestors are read once until `refresh`.

    Args:
        temperatures: the scenario's `infrared.temperatures`.
    """

    def __init__(self, temperatures: Mapping[str, str | float]) -> None:
        self._by_path = [(re.compile(key), key) for key in temperatures if key.startswith("^")][::-1]
        self._said = dict(temperatures)
        self._unlabelled: set[str] = set()
        self._time = FIRST
        self._known: dict[Sdf.Path, Warmed] = {}
        self.used: set[str] = set()

    def refresh(self, time: Usd.TimeCode = FIRST) -> None:
        """Forget what the stage said.

        Args:
            time: when values are read from now on.
        """
        self._time = time
        self._known.clear()

    def of(self, prim: Usd.Prim) -> Warmed:
        """Return what counts for a prim.

        Raises:
            SensorError: where what is authored cannot be, naming prim and attribute.
        """
        if prim.IsPseudoRoot():
            return Warmed()
        path = prim.GetPath()
        if path not in self._known:
            self._known[path] = self._read(prim, self.of(prim.GetParent()))
        return self._known[path]

    def _read(self, prim: Usd.Prim, above: Warmed) -> Warmed:
        classes = own_classes(prim, self._time)
        names = {attribute.GetName() for attribute in prim.GetAuthoredPropertiesInNamespace("ir")}
        where = str(prim.GetPath())
        found = replace(above, labelled=where) if classes else above
        if "ir:heatFlux" in names:
            found = replace(found, flux=read_number(prim, "ir:heatFlux", self._time) or 0.0)
        if PART in names:
            found = replace(found, part=str(prim.GetAttribute(PART).Get(self._time) or ""))
        offset = self._offset(prim, names)
        if offset is not None:
            found = replace(found, offset=offset)
        if any(name.startswith(TEXTURE) for name in names) and (heat := read_heat_map(prim, self._time)):
            found = replace(found, heat=heat)
        origin = self._origin(prim, where, classes, names, found)
        return replace(found, origin=origin) if origin is not None else found

    def _offset(self, prim: Usd.Prim, names: set[str]) -> float | None:
        """Return the constant offset of a prim, of the primvar or of the plain attribute; 0 under one by vertex."""
        primvar = prim.GetAttribute(OFFSET)
        value = primvar.Get(self._time) if primvar and primvar.HasAuthoredValue() else None
        if value is not None:
            values = [value] if isinstance(value, float) else list(value)
            return float(values[0]) if len(values) == 1 else 0.0
        return read_number(prim, "ir:temperatureOffset", self._time) if "ir:temperatureOffset" in names else None

    def _origin(
        self, prim: Usd.Prim, where: str, classes: tuple[str, ...], names: set[str], found: Warmed
    ) -> Origin | None:
        """Return what is said on this very prim, or None."""
        key = self._override(where, classes)
        if key:
            return self._overridden(key, where, classes, found)
        if "ir:temperature" in names and (kelvin := read_temperature(prim, self._time)) is not None:
            return Origin(kelvin, is_guess=False)
        if MODEL in names and (model := str(prim.GetAttribute(MODEL).Get(self._time) or "")):
            return self._model(model, f"{where}.{MODEL}", found.labelled or where)
        kind = next((k for name in classes if (k := LABEL_KINDS.get(name, name)) in kinds()), None)
        if kind is not None and found.origin.is_guess and kind != found.origin.model:
            return Origin(None, kind, where)
        return None

    def _overridden(self, key: str, where: str, classes: tuple[str, ...], found: Warmed) -> Origin | None:
        """Return what an entry of the scenario says; below where it said so already, a label begins a new thing."""
        said = self._said[key]
        if isinstance(said, float):
            return Origin(said, key=key, is_guess=False)
        again = found.origin.key == key
        if again and not (classes and found.origin.holder in self._unlabelled):
            return None
        holder = found.labelled or where
        if not found.labelled:
            self._unlabelled.add(holder)
        return Origin(None, said, holder, key, is_guess=False)

    def _model(self, model: str, where: str, holder: str) -> Origin:
        if model == FIXED:
            raise SensorError(f"{where}: is 'fixed' and there is no ir:temperature on the prim; author it, in kelvin")
        try:
            return Origin(None, find_kind(model), holder, is_guess=False)
        except SensorError as error:
            raise SensorError(f"{where}: {error}") from None

    def _override(self, where: str, classes: tuple[str, ...]) -> str:
        """Return the key of the scenario that counts for this very prim, or ""."""
        key = next((key for pattern, key in self._by_path if pattern.search(where)), "")
        key = key or next((name for name in classes if name in self._said), "")
        if key:
            self.used.add(key)
        return key
