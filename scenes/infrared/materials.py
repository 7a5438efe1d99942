"""What prims are made of: the scenario, then `ir:*`, SimReady tokens, OpenMATERIAL 3D, labels, words, a default.

Order, for each prim (a Gprim or a GeomSubset):

1. the scenario's `infrared.materials`: paths before labels;
2. `ir:material` of the prim itself, then of its material;
3. `omni:simready:nonvisual:*` of the bound material, or an older spelling of them;
4. the OpenMATERIAL 3D file that the prim, its material or a prim above refers to by `ir:openmaterial`;
5. `ir:material` of the nearest prim above that has one;
6. the nearest semantic label of class;
7. words in the names of the material and the prim (with a warning);
8. the default, token "none" (with a warning).

Numbers of `ir:*` go on top of 2 to 8: those of the prim itself, then of its material, then of prims above; each band's
come from one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pxr import Sdf, Usd, UsdGeom, UsdShade

from scenes.infrared.authored import NOTHING, Authored, read_authored
from scenes.infrared.band_values import band_surface
from scenes.infrared.openmaterial import read_openmaterial
from scenes.infrared.overrides import Overrides, parse_overrides
from scenes.infrared.semantics import Classes
from scenes.infrared.simready import read_material
from sensors.checks import SensorError
from sensors.material_table import find_material, material_of_label, material_of_words, resolve
from sensors.materials import NEAR, Material

__all__ = ["Found", "Resolver", "band_surface", "material_of", "parse_overrides"]

Found = tuple[Material, str]


@dataclass(frozen=True)
class _Facts:
    """What one material prim says."""

    name: str = ""
    authored: Authored = NOTHING
    simready: Material | None = None


_UNBOUND = _Facts()


class Resolver:
    """Find what prims are made of; materials, ancestors and labels are read once until `refresh`.

    Args:
        overrides: the scenario's entries, as parsed or as written.
        time: when values are read.
    """

    def __init__(
        self, overrides: Overrides | Mapping[str, Any] | None = None, time: Usd.TimeCode | None = None
    ) -> None:
        self._overrides = overrides if isinstance(overrides, Overrides) else parse_overrides(overrides or {})
        self._time = time or Usd.TimeCode.Default()
        self._told: set[tuple[str, str]] = set()
        self.refresh()

    def refresh(self, time: Usd.TimeCode | None = None) -> None:
        """Forget what the stage said; prims that were warned about are not named again.

        Args:
            time: when values are read from now on; None is as before.
        """
        self._time = self._time if time is None else time
        self._facts: dict[Sdf.Path, _Facts] = {}
        self._above: dict[Sdf.Path, Authored] = {}
        self._mixed: dict[tuple[int, int], tuple[Material, Authored, Material]] = {}
        self._classes = Classes(self._time)

    def resolve(self, prims: Sequence[Usd.Prim]) -> list[Found]:
        """Return the material of each prim and which source gave it.

        Args:
            prims: Gprims, GeomSubsets, or PointInstancers, which stand for the first thing that they copy.

        Returns:
            Material and "scenario", "ir", "simready", "openmaterial", "label", "words" or "default", in order.

        Raises:
            SensorError: where what is authored cannot be, naming prim and attribute.
        """
        if not prims:
            return []
        wearers = [_first_copy(prim) if prim.IsA(UsdGeom.PointInstancer) else prim for prim in prims]
        bound = UsdShade.MaterialBindingAPI.ComputeBoundMaterials(wearers, UsdShade.Tokens.full)[0]
        return [self._of(prim, material.GetPrim()) for prim, material in zip(prims, bound, strict=True)]

    def classes(self, prim: Usd.Prim) -> tuple[str, ...]:
        """Return the class labels that count for a prim: those of the nearest labelled prim at or above it."""
        return self._classes.of(prim)

    def _of(self, prim: Usd.Prim, bound: Usd.Prim) -> Found:
        classes = self._classes.of(prim)
        entry = self._overrides.of(str(prim.GetPath()), classes)
        if entry is not None and entry.material is not None:
            return self._mix(entry.material, entry.numbers), "scenario"
        facts = self._facts_of(bound) if bound else _UNBOUND
        own, above = self._own(prim), self._above_of(_holder(prim).GetParent())
        numbers = own.over(facts.authored).over(above)
        if entry is not None:
            numbers = entry.numbers.over(numbers)
        material, source = self._base(prim, facts, (own, facts.authored), above, classes, numbers)
        if entry is not None:
            source = "scenario"
        elif numbers.says_surface:
            source = "ir"
        return self._mix(material, numbers), source

    def _base(
        self,
        prim: Usd.Prim,
        facts: _Facts,
        direct: tuple[Authored, ...],
        above: Authored,
        classes: tuple[str, ...],
        numbers: Authored,
    ) -> Found:
        """Return the material below any numbers."""
        named = next((said.material() for said in direct if said.made_of), None)
        labelled = (material for name in classes if (material := material_of_label(name)) is not None)
        if named is not None:
            return named, "ir"
        if facts.simready is not None:
            return facts.simready, "simready"
        external = _external(prim, numbers.openmaterial, facts.name)
        if external is not None:
            return external, "openmaterial"
        if above.made_of:
            return above.material() or find_material("none"), "ir"
        label = next(labelled, None)
        if label is not None:
            return label, "label"
        return self._guess(prim, facts, numbers)

    def _guess(self, prim: Usd.Prim, facts: _Facts, numbers: Authored) -> Found:
        """Return the material that names speak of, or the default; each prim that is seen is warned about once."""
        where = str(prim.GetPath())
        names = (facts.name, str(prim.GetName()), str(_holder(prim).GetName()))
        name = next((name for name in names if name and material_of_words(name) is not None), "")
        spoken = material_of_words(name) if name else None
        if {"lwir", "mwir"} & set(numbers.fractions):
            return spoken or _bare(where), "ir"
        if (where, name) not in self._told and _is_seen(prim):
            self._told.add((where, name))
            resolve(where, name=name)  # warns
        return (spoken, "words") if spoken else (find_material("none"), "default")

    def _mix(self, material: Material, numbers: Authored) -> Material:
        """Return a material with numbers on top: the same object for the same two."""
        if not numbers.says_surface:
            return material
        key = (id(material), id(numbers))
        if key not in self._mixed:
            self._mixed[key] = (material, numbers, numbers.on(material))  # both are kept, so that ids stay theirs
        return self._mixed[key][2]

    def _facts_of(self, material: Usd.Prim) -> _Facts:
        source = material.GetPrimInPrototype() if material.IsInstanceProxy() else material
        path = source.GetPath()
        if path not in self._facts:
            authored = read_authored(material, self._time)
            self._facts[path] = _Facts(
                str(material.GetName()),
                authored,
                read_material(material, self._time),
            )
        return self._facts[path]

    def _own(self, prim: Usd.Prim) -> Authored:
        holder = _holder(prim)
        own = read_authored(prim, self._time)
        return own if holder == prim else own.over(read_authored(holder, self._time))

    def _above_of(self, prim: Usd.Prim) -> Authored:
        if not prim or prim.IsPseudoRoot():
            return NOTHING
        path = prim.GetPath()
        if path not in self._above:
            self._above[path] = read_authored(prim, self._time).over(self._above_of(prim.GetParent()))
        return self._above[path]


def material_of(
    prim: Usd.Prim, overrides: Overrides | Mapping[str, Any] | None = None, resolver: Resolver | None = None
) -> Found:
    """Return what one prim is made of, and which source says so; see `Resolver` for many prims.

    Args:
        prim: a Gprim or GeomSubset.
        overrides: the scenario's `infrared.materials`.
        resolver: where several are asked for; `overrides` are then its own.

    Returns:
        Material and "scenario", "ir", "simready", "openmaterial", "label", "words" or "default".

    Raises:
        SensorError: where what is authored cannot be, naming prim and attribute.
        ScenarioError: where an override cannot be, naming its key.
    """
    return (resolver or Resolver(overrides)).resolve([prim])[0]


def _external(prim: Usd.Prim, file: str, name: str) -> Material | None:
    try:
        return read_openmaterial(file, name) if file else None
    except SensorError as error:
        raise SensorError(f"{prim.GetPath()}: ir:openmaterial: {error}") from None


def _first_copy(instancer: Usd.Prim) -> Usd.Prim:
    """Return the first thing that an instancer copies, or itself where there is none."""
    for path in UsdGeom.PointInstancer(instancer).GetPrototypesRel().GetForwardedTargets():
        prototype = instancer.GetStage().GetPrimAtPath(path)
        for prim in Usd.PrimRange(prototype, Usd.TraverseInstanceProxies()) if prototype else ():
            if prim.IsA(UsdGeom.Gprim):
                return prim
    return instancer


def _is_seen(prim: Usd.Prim) -> bool:
    """Tell whether cameras see a prim now: helpers that are invisible or guides need no material."""
    imageable = UsdGeom.Imageable(_holder(prim))
    if not imageable:
        return True
    drawn = imageable.ComputePurpose() in (UsdGeom.Tokens.default_, UsdGeom.Tokens.render)
    return drawn and imageable.ComputeVisibility() != UsdGeom.Tokens.invisible


def _holder(prim: Usd.Prim) -> Usd.Prim:
    """Return the mesh of a GeomSubset, any other prim itself."""
    return prim.GetParent() if prim.IsA(UsdGeom.Subset) else prim


def _bare(where: str) -> Material:
    """Return the default without thermal values: what `ir:*` does not give is then named when a band asks for it."""
    default = find_material("none")
    kept = {column: value for column, value in default.emissivity.items() if column in NEAR}
    return replace(default, emissivity=kept, source=f"ir:* of {where}")
