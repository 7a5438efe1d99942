"""Drawable prims: their geometry, the materials bound to it, and the pieces that come out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from weakref import WeakValueDictionary

from pxr import Sdf, Usd, UsdGeom, UsdShade

from engine.stage.band_data import NO_SURFACES, Surfaces
from engine.stage.changes import GEOMETRY, Change
from engine.stage.complaints import Complaints
from engine.stage.geometry import Geometry, Part
from engine.stage.materials import Look, Materials, bound_materials
from engine.stage.meshes import read_geometry
from engine.stage.nodes import Node
from engine.stage.scene import Material, Mesh, Rgb, Texture
from engine.stage.shared_geometry import SharedGeometry

CONCERNED = GEOMETRY | Change.BOUND | Change.POSED


@dataclass(frozen=True, eq=False)
class Piece:
    """One part of a drawable prim with its material."""

    part: Part
    mesh: Mesh
    material: Material
    color: Rgb | None
    surfaces: Surfaces = field(default_factory=lambda: NO_SURFACES)
    offset: float = 0.0
    warmer: Texture | None = None
    suns: tuple[float, ...] | None = None


@dataclass(eq=False)
class Shape:
    """What a drawable prim was read as.

    Attributes:
        geometry: None if it cannot be drawn.
        bound: the material of each part.
        looks: what those materials looked like when the pieces were made.
        pieces: what is drawn.
        primary_visible: seen by the camera directly.
        version: of the materials the looks were taken from.
    """

    geometry: Geometry | None
    bound: tuple[UsdShade.Material, ...] = ()
    looks: tuple[Look, ...] | None = None
    pieces: tuple[Piece, ...] = ()
    primary_visible: bool = True
    version: int = -1

    @property
    def varies(self) -> bool:
        """Tell whether its geometry may vary over time."""
        return self.geometry is not None and self.geometry.varies

    def current(self, time: Usd.TimeCode, version: int) -> bool:
        """Tell whether it still holds at a time and for a version of the materials."""
        return self.version == version and (
            self.geometry is None or not self.geometry.varies or self.geometry.time == time
        )


class Shapes:
    """Read shapes, sharing geometry between instance proxies and meshes between equals.

    Attributes:
        former: by node name, what was drawn before the geometry was read anew; whoever captures a frame empties it.
    """

    def __init__(self, materials: Materials, complaints: Complaints) -> None:
        self._materials, self._complaints = materials, complaints
        self._meshes: WeakValueDictionary[str, Mesh] = WeakValueDictionary()
        self._shared = SharedGeometry()
        self.former: dict[str, tuple[Piece, ...]] = {}

    def forget_instancing(self, everything: bool) -> None:
        """Forget what instance proxies inherit; with `everything`, also what they share."""
        self._shared.forget_prototypes()
        if everything:
            self._shared.clear()

    def update(self, nodes: Iterable[Node], time: Usd.TimeCode) -> None:
        """Bring the shapes of nodes up to date.

        Args:
            nodes: visible shapes.
            time: when.
        """
        loose: list[Node] = []
        todo: list[Node] = []
        version = self._materials.version
        for node in nodes:
            shape = node.content
            if shape is not None and not node.change & CONCERNED and shape.current(time, version):
                continue
            if shape is None or node.change & (GEOMETRY | Change.POSED) or shape.varies:
                if shape is not None:
                    self.former.setdefault(node.name, shape.pieces)
                shape = node.content = self._read(node, shape, time)
            if node.change & Change.BOUND or len(shape.bound) != len(_parts(shape)):
                loose.append(node)
            shape.version = version
            todo.append(node)
        self._bind(loose)
        for node in todo:
            self._compose(node, time)

    def _read(self, node: Node, known: Shape | None, time: Usd.TimeCode) -> Shape:
        """Read a shape; one in a new pose keeps its materials."""
        if node.skin is None:
            shape = Shape(self._geometry(node, time))
        else:
            if node.skin.stale(node.change, time, known is None or known.varies):
                node.skin.take(self._geometry(node, time), self._complaints)
            shape = Shape(node.skin.geometry(time))
        if known is not None and not node.change & ~Change.POSED:
            shape.bound, shape.primary_visible = known.bound, known.primary_visible
            return shape
        hidden = UsdGeom.PrimvarsAPI(node.prim).FindPrimvarWithInheritance("hideForCamera")
        shape.primary_visible = not (hidden and hidden.HasValue() and bool(hidden.Get(time)))
        return shape

    def _geometry(self, node: Node, time: Usd.TimeCode) -> Geometry | None:
        def read() -> Geometry | None:
            return read_geometry(node.prim, time, self._complaints)

        return self._shared.read(node.prim, time, read) if node.prim.IsInstanceProxy() else read()

    def _bind(self, nodes: list[Node]) -> None:
        found = iter(bound_materials([p.bindable(node.prim) for node in nodes for p in _parts(node.content)]))
        for node in nodes:
            node.content.bound = tuple(next(found) for _ in _parts(node.content))

    def _compose(self, node: Node, time: Usd.TimeCode) -> None:
        shape: Shape = node.content
        if shape.geometry is not None:
            shape.geometry.prim = node.prim
        looks = tuple(self._materials.look(material, time) for material in shape.bound)
        if shape.looks is not None and len(looks) == len(shape.looks) and all(map(_same, looks, shape.looks)):
            return
        geometry, pieces = shape.geometry, []
        for part, look in zip(_parts(shape), looks, strict=True):
            mesh, color = geometry.mesh(part, look.needs, self._meshes)  # type: ignore[union-attr]
            material = self._faded(geometry, look.material)
            warm = (look.surfaces, look.offset, look.warmer, look.suns)
            pieces.append(Piece(part, mesh, material, color, *warm))
        shape.looks, shape.pieces = looks, tuple(pieces)

    def _faded(self, geometry: Geometry | None, material: Material) -> Material:
        """Apply displayOpacity where no material says how opaque the surface is."""
        if geometry is None or material.model != "default":
            return material
        opacity = geometry.opacity()
        return material if opacity >= 1.0 else replace(material, opacity=opacity)


def _same(one: Look, other: Look) -> bool:
    visible = one.material is other.material and one.needs == other.needs
    warmth = (one.offset, one.warmer, one.suns) == (other.offset, other.warmer, other.suns)
    return visible and warmth and one.surfaces == other.surfaces


def _parts(shape: Shape) -> tuple[Part, ...]:
    return shape.geometry.parts if shape.geometry is not None else ()


def materials_of(shape: Shape) -> set[Sdf.Path]:
    """Return the materials a shape is bound to, by the path they are kept under."""
    found = set()
    for material in shape.bound:
        prim = material.GetPrim()
        if prim:
            found.add((prim.GetPrimInPrototype() if prim.IsInstanceProxy() else prim).GetPath())
    return found
