"""The drawable prims of a stage: what each is made of and what is said of its temperature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pxr import Sdf, Usd, UsdGeom

from scenes.infrared.materials import Resolver
from scenes.infrared.settings import Infrared
from scenes.infrared.warmth import OFFSET, Warmed, Warmths
from scenes.infrared.watch import Watch
from sensors.materials import Material

DRAWN = ("default", "render", "")
MATERIAL_FAMILY = "materialBind"


@dataclass(eq=False, slots=True)
class Thing:
    """One drawable prim.

    Attributes:
        path: in the scene.
        anchor: nearest prim at or above it that can carry opinions: the outermost instance, or itself.
        subsets: paths of its GeomSubsets that have materials of their own.
        said: what counts for its temperature.
        materials: of itself, then of each subset.
        sources: who said so, in that order.
        has_corners: its temperature varies over it.
    """

    path: str
    anchor: str
    subsets: tuple[str, ...]
    said: Warmed
    materials: list[Material]
    sources: list[str]
    has_corners: bool = False

    @property
    def is_uniform(self) -> bool:
        """Whether all of it is made of one material."""
        return all(material is self.materials[0] for material in self.materials)


class Things:
    """All drawable prims of a stage, by path; what changed alone is read again.

    Args:
        stage: the stage.
        infrared: the scenario's section.
    """

    def __init__(self, stage: Usd.Stage, infrared: Infrared) -> None:
        self._stage = stage
        self._watch = Watch(stage)
        self._resolver = Resolver(infrared.materials)
        self._warmths = Warmths(infrared.temperatures)
        self._same: dict[tuple[object, ...], Material] = {}
        self.by_path: dict[str, Thing] = {}
        self.version = 0

    @property
    def watch(self) -> Watch:
        """What listens to the stage."""
        return self._watch

    @property
    def used_keys(self) -> set[str]:
        """Keys of `infrared.temperatures` that some prim answered to."""
        return self._warmths.used

    def update(self) -> None:
        """Read what changed; `version` grows where anything did.

        Raises:
            SensorError: where what is authored cannot be, naming prim and attribute.
        """
        everything, changed = self._watch.take()
        if not (everything or changed):
            return
        try:
            self._read_again(everything, changed)
        except BaseException:
            self._watch.everything = True  # half of it is read; the next frame begins anew
            raise

    def _read_again(self, everything: bool, changed: set[Sdf.Path]) -> None:
        self._resolver.refresh()
        self._warmths.refresh()
        self.version += 1
        if everything or any(self._reaches_far(path) for path in changed):
            self.by_path = {}
            roots = [self._stage.GetPseudoRoot()]
        else:
            names = {str(path) for path in changed}
            self.by_path = {p: thing for p, thing in self.by_path.items() if not _is_below(p, names)}
            tops = [path for path in changed if not any(p in changed for p in path.GetPrefixes()[:-1])]
            roots = [prim for path in sorted(tops) if (prim := self._stage.GetPrimAtPath(path))]
        found = [prim for root in roots for prim in drawables(root)]
        self._add(found)

    def _reaches_far(self, path: Sdf.Path) -> bool:
        """Tell whether a prim is looked at from elsewhere: materials, shaders, subsets, scopes of looks."""
        prim = self._stage.GetPrimAtPath(path)
        return bool(prim) and (not prim.IsA(UsdGeom.Imageable) or prim.IsA(UsdGeom.Subset) or prim.IsA(UsdGeom.Scope))

    def _add(self, prims: list[Usd.Prim]) -> None:
        subsets = [subsets_of(prim) for prim in prims]
        asked = [piece for prim, parts in zip(prims, subsets, strict=True) for piece in (prim, *parts)]
        answers = iter(self._resolver.resolve(asked))
        for prim, parts in zip(prims, subsets, strict=True):
            found = [next(answers) for _ in range(1 + len(parts))]
            path = str(prim.GetPath())
            self.by_path[path] = Thing(
                path,
                anchor_of(prim),
                tuple(str(part.GetPath()) for part in parts),
                self._warmths.of(prim),
                [self._shared(material) for material, _ in found],
                [source for _, source in found],
                _has_corners(prim),
            )

    def _shared(self, material: Material) -> Material:
        """Return the one object of all equal materials."""
        return self._same.setdefault(key_of(material), material)


def key_of(material: Material) -> tuple[object, ...]:
    """Return what two equal materials have in common, hashable."""
    values = vars(material).items()
    return tuple(tuple(sorted(value.items())) if isinstance(value, dict) else str(value) for _, value in values)


def drawables(root: Usd.Prim) -> Iterator[Usd.Prim]:
    """Walk the drawable prims at and below a prim, instances among them; an instancer stands for what it draws."""
    walk = iter(Usd.PrimRange(root, Usd.TraverseInstanceProxies()))
    for prim in walk:
        if prim.IsA(UsdGeom.Gprim) or prim.IsA(UsdGeom.PointInstancer):
            walk.PruneChildren()
            if prim.GetTypeName() and UsdGeom.Imageable(prim).ComputePurpose() in DRAWN:
                yield prim


def subsets_of(prim: Usd.Prim) -> list[Usd.Prim]:
    """Return the subsets of a mesh that divide its faces among materials."""
    if not prim.IsA(UsdGeom.Mesh):
        return []
    found = [child for child in prim.GetChildren() if child.IsA(UsdGeom.Subset)]
    return [child for child in found if UsdGeom.Subset(child).GetFamilyNameAttr().Get() == MATERIAL_FAMILY]


def anchor_of(prim: Usd.Prim) -> str:
    """Return the prim itself, or the outermost instance that it is in."""
    while prim.IsInstanceProxy():
        prim = prim.GetParent()
    return str(prim.GetPath())


def _has_corners(prim: Usd.Prim) -> bool:
    attribute = prim.GetAttribute(OFFSET)
    if not attribute or not attribute.HasAuthoredValue():
        return False
    value = attribute.Get()
    return value is not None and not isinstance(value, float) and len(value) > 1


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
