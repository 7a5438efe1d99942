"""The drawable prims of a stage: what each is made of and what is said of its temperature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pxr import Sdf, Usd, UsdGeom, UsdShade

from scenes.infrared.authored import read_number
from scenes.infrared.corners import Corners, read_corners
from scenes.infrared.heat_maps import HeatMap, check_reach, read_heat_map
from scenes.infrared.materials import Resolver
from scenes.infrared.overrides import parse_overrides
from scenes.infrared.paint import Looks
from scenes.infrared.settings import Infrared
from scenes.infrared.warmth import FIRST, Warmed, Warmths
from scenes.infrared.watch import Watch
from sensors.materials import Material

DRAWN = ("default", "render")
MATERIAL_FAMILY = "materialBind"


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """A drawable prim, the faces of one of its GeomSubsets, or a prim that an instancer draws.

    Attributes:
        path: of the prim or the subset.
        said: what counts for its temperature.
        material: what it is made of.
        source: who said so.
        bound: path of the visual material bound to it, "" where there is none.
        offset: kelvin that this material adds.
        heat: image of kelvin added: of the prim or above it, else of its material.
    """

    path: str
    said: Warmed
    material: Material
    source: str
    bound: str
    offset: float
    heat: HeatMap | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Thing:
    """One drawable prim.

    Attributes:
        path: in the scene.
        anchor: nearest prim at or above it that can carry opinions: the outermost instance, or itself.
        pieces: itself, then its GeomSubsets, or what an instancer draws.
        corners: type and interpolation of its `primvars:ir:temperatureOffset`, where that varies over it.
    """

    path: str
    anchor: str
    pieces: tuple[Piece, ...]
    corners: Corners | None = None

    @property
    def is_plain(self) -> bool:
        """Whether all of it is made of one material."""
        first = self.pieces[0].material
        return all(piece.material is first for piece in self.pieces)


class Things:
    """All drawable prims of a stage, by path; what changed alone is read again.

    Args:
        stage: the stage.
        infrared: the scenario's section.
    """

    def __init__(self, stage: Usd.Stage, infrared: Infrared) -> None:
        self._stage = stage
        self._watch = Watch(stage)
        self._overrides = parse_overrides(infrared.materials)
        self._resolver = Resolver(self._overrides, FIRST)
        self._time = FIRST
        self._warmths = Warmths(infrared.temperatures)
        self._looks = Looks()
        self._used: set[str] = set()
        self._same: dict[tuple[object, ...], Material] = {}
        self.by_path: dict[str, Thing] = {}
        self.version = 0

    @property
    def watch(self) -> Watch:
        """What listens to the stage."""
        return self._watch

    @property
    def used_keys(self) -> set[str]:
        """Keys of the scenario's section that some prim has answered to, e.g. "temperatures.cow"."""
        return {f"temperatures.{key}" for key in self._warmths.used} | {f"materials.{key}" for key in self._used}

    def update(self, time: Usd.TimeCode = FIRST, renew: bool = False) -> None:
        """Read what changed; `version` grows where anything did.

        Args:
            time: when it is read.
            renew: read everything again: what is animated may have another value.

        Raises:
            SensorError: where what is authored cannot be, naming prim and attribute.
        """
        self._time = time
        self._watch.everything |= renew
        everything, moved, edited = self._watch.take()
        if not (everything or moved or edited):
            return
        try:
            self._read_again(everything, moved, edited)
        except BaseException:
            self._watch.everything = True  # half of it is read; the next frame begins anew
            raise

    def _read_again(self, everything: bool, moved: set[Sdf.Path], edited: set[Sdf.Path]) -> None:
        self._resolver.refresh(self._time)
        self._warmths.refresh(self._time)
        self._looks.refresh()
        self.version += 1
        if everything or any(_reaches_far(self._stage.GetPrimAtPath(path)) for path in moved):
            self.by_path = {}
            self._add(list(drawables(self._stage.GetPseudoRoot())))
            return
        names = {str(path) for path in moved | edited}
        looked_at = {path for path in names if _is_look(self._stage.GetPrimAtPath(path))}
        stale = {path for path, thing in self.by_path.items() if _is_below(path, names) or _uses(thing, looked_at)}
        roots = [self._stage.GetPrimAtPath(path) for path in sorted(_topmost(names) - looked_at)]
        found = [self._stage.GetPrimAtPath(path) for path in sorted(stale) if not _is_below(path, names)]
        self.by_path = {path: thing for path, thing in self.by_path.items() if path not in stale}
        self._add(found + [prim for root in roots if root for prim in drawables(_holder(root))])

    def _add(self, prims: list[Usd.Prim]) -> None:
        families = [(prim, *parts_of(prim)) for prim in prims]
        parts = [part for family in families for part in family]
        found = self._resolver.resolve(parts)
        bound = bound_materials(parts)
        owners = [family[0] for family in families for _ in family]
        pieces = iter([self._piece(*each) for each in zip(parts, owners, found, bound, strict=True)])
        for family in families:
            path = str(family[0].GetPath())
            members = tuple(next(pieces) for _ in family)
            self.by_path[path] = Thing(path, anchor_of(family[0]), members, read_corners(family[0], self._time))

    def _piece(self, prim: Usd.Prim, drawn: Usd.Prim, found: tuple[Material, str], bound: Usd.Prim) -> Piece:
        material, source = found
        if source == "scenario" and (entry := self._overrides.of(str(prim.GetPath()), self._resolver.classes(prim))):
            self._used.add(entry.name)
        offset = read_number(bound, "ir:temperatureOffset", self._time) if bound else None
        said, look = self._warmths.of(prim), str(bound.GetPath()) if bound else ""
        heat = said.heat or (read_heat_map(bound, self._time) if bound else None)
        if heat is not None:
            check_reach(heat, prim, drawn, look)
        return Piece(
            str(prim.GetPath()),
            said,
            self._shared(self._looks.painted(material, bound)),
            source,
            look,
            offset or 0.0,
            heat,
        )

    def _shared(self, material: Material) -> Material:
        """Return the one object of all equal materials."""
        return self._same.setdefault(key_of(material), material)


def is_animated(stage: Usd.Stage) -> bool:
    """Tell whether any layer of a stage has values that vary over time."""
    return any(layer.ListAllTimeSamples() for layer in stage.GetUsedLayers())


def key_of(material: Material) -> tuple[object, ...]:
    """Return what two equal materials have in common, hashable."""
    values = vars(material).items()
    return tuple(tuple(sorted(value.items())) if isinstance(value, dict) else str(value) for _, value in values)


def drawables(root: Usd.Prim) -> Iterator[Usd.Prim]:
    """Walk the drawable prims at and below a prim, instances among them; an instancer stands for what it draws."""
    walk = iter(Usd.PrimRange(root, Usd.TraverseInstanceProxies()))
    for prim in walk:
        is_instancer = prim.IsA(UsdGeom.PointInstancer)
        if is_instancer:
            walk.PruneChildren()
        if (is_instancer or prim.IsA(UsdGeom.Gprim)) and UsdGeom.Imageable(prim).ComputePurpose() in DRAWN:
            yield prim


def parts_of(prim: Usd.Prim) -> list[Usd.Prim]:
    """Return what a prim is divided into: a mesh into subsets by material, an instancer into what it draws."""
    if prim.IsA(UsdGeom.PointInstancer):
        stage = prim.GetStage()
        targets = UsdGeom.PointInstancer(prim).GetPrototypesRel().GetForwardedTargets()
        tops = [top for path in targets if (top := stage.GetPrimAtPath(path))]
        return [part for top in tops for part in drawables(top) if not part.IsA(UsdGeom.PointInstancer)]
    found = [child for child in prim.GetChildren() if child.IsA(UsdGeom.Subset)]
    return [child for child in found if UsdGeom.Subset(child).GetFamilyNameAttr().Get() == MATERIAL_FAMILY]


def anchor_of(prim: Usd.Prim) -> str:
    """Return the prim itself, or the outermost instance that it is in."""
    while prim.IsInstanceProxy():
        prim = prim.GetParent()
    return str(prim.GetPath())


def bound_materials(prims: list[Usd.Prim]) -> list[Usd.Prim]:
    """Return the prim of the visual material of each prim, an invalid one where nothing is bound."""
    if not prims:
        return []
    found = UsdShade.MaterialBindingAPI.ComputeBoundMaterials(prims, UsdShade.Tokens.full)[0]
    return [material.GetPrim() for material in found]


def _is_below(path: str, roots: set[str]) -> bool:
    """Tell whether a path is one of the roots or below one."""
    if path in roots:
        return True
    end = path.rfind("/")
    while end > 0:
        path = path[:end]
        if path in roots:
            return True
        end = path.rfind("/")
    return False


def _reaches_far(prim: Usd.Prim) -> bool:
    """Tell whether things elsewhere look at a prim that came or went: materials, shaders, scopes of looks."""
    return bool(prim) and (not prim.IsA(UsdGeom.Imageable) or prim.IsA(UsdGeom.Scope))


def _is_look(prim: Usd.Prim) -> bool:
    """Tell whether a prim is a material or a part of one."""
    return bool(prim) and (prim.IsA(UsdShade.NodeGraph) or prim.IsA(UsdShade.Shader))


def _uses(thing: Thing, looks: set[str]) -> bool:
    """Tell whether a thing wears one of the materials, or one that a shader of theirs is below."""
    return bool(looks) and any(
        piece.bound and (piece.bound in looks or any(path.startswith(f"{piece.bound}/") for path in looks))
        for piece in thing.pieces
    )


def _topmost(paths: set[str]) -> set[str]:
    """Return the paths that are below none of the others."""
    return {path for path in paths if not _is_below(path.rpartition("/")[0], paths)}


def _holder(prim: Usd.Prim) -> Usd.Prim:
    """Return the mesh of a GeomSubset, any other prim itself."""
    return prim.GetParent() if prim.IsA(UsdGeom.Subset) else prim
