"""The prims a snapshot cares about, in traversal order, with what each was read as."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pxr import Sdf, Usd, UsdGeom, UsdLux, UsdShade

from engine.stage.band_data import Surfaces
from engine.stage.changes import Change, Changes
from engine.stage.complaints import Complaints
from engine.stage.gprims import GPRIM_TYPES
from engine.stage.labels import Labels, read_labels
from engine.stage.scene import Instance, LabelledPrim, Light, Matrix, Texture

if TYPE_CHECKING:
    from engine.stage.skeletons import Skin

Kind = Literal["group", "shape", "light", "instancer", "skip"]
DRAWN_PURPOSES = ("default", "render")


@dataclass(frozen=True, eq=False)
class Warm:
    """What a prim and all above it say about temperature and surfaces beyond the visible.

    Attributes:
        temperature: kelvin, None where nobody says; offset: kelvin added to it.
        surfaces: by band, instead of the material's.
        texture: image of kelvin added, instead of the material's.
        suns: kelvin that suns add; is_passing: it shades others from the present sun alone.
    """

    temperature: float | None
    offset: float
    surfaces: Surfaces
    texture: Texture | None = None
    suns: tuple[float, ...] = ()
    is_passing: bool = False


@dataclass(slots=True, eq=False)
class Node:
    """One prim.

    Attributes:
        prim, path, name: the prim, its path and the path's text.
        up: the node above; None for the root.
        kind: what it is to us.
        purpose: UsdGeom purpose, inherited.
        fresh: not read since it was found.
        change: what changed for this snapshot, inherited kinds included.
        seen: visible, with all above it.
        hidden: invisible by its own attribute.
        hides, moves: its visibility or its own transform may vary over time.
        labels, relabels: its own labels, and whether they may vary over time.
        labelled: its labels at their place; None without labels.
        chain: the labelled prims from here up, nearest first.
        world: world_from_local; None where nobody needs it.
        flawed: `world` cannot be inverted, or holds NaN.
        previous: world_from_local at the last captured frame that the instances were built with.
        content: what a shape or instancer was read as; true for a light that is not to be read again.
        light: the light.
        built: what `instances` were made from.
        instances: what the snapshot shows of it.
        warm: its temperature and surfaces, inherited; None on stages without bands.
        skin: the skeleton's hold on a shape; None for what no skeleton deforms.
    """

    prim: Usd.Prim
    path: Sdf.Path
    name: str
    up: Node | None
    kind: Kind
    purpose: str = "default"
    fresh: bool = True
    change: int = Change.NONE
    seen: bool = True
    hidden: bool = False
    hides: bool = False
    moves: bool = False
    labels: Labels | None = None
    relabels: bool = False
    labelled: LabelledPrim | None = None
    chain: tuple[LabelledPrim, ...] = ()
    world: Matrix | None = None
    flawed: bool = False
    previous: Matrix | None = None
    content: Any = None
    light: Light | None = None
    built: tuple[Any, ...] | None = None
    instances: tuple[Instance, ...] = ()
    warm: Warm | None = None
    skin: Skin | None = None

    @property
    def drawn(self) -> bool:
        """Tell whether its purpose is one the camera sees."""
        return self.purpose in DRAWN_PURPOSES


@dataclass
class Finder:
    """Find nodes; remembers what each prim type is."""

    complaints: Complaints
    kinds: dict[str, Kind] = field(default_factory=dict)

    def find(self, prims: Usd.PrimRange, top: Node, known: dict[Sdf.Path, Node], changes: Changes) -> Iterator[Node]:
        """Walk prims and yield a node each, parents first; nodes of prims that were not resynced are kept.

        Args:
            prims: the walk; its first prim belongs to `top`.
            top: node of the first prim, not yielded.
            known: nodes of the last walk by path.
            changes: what was resynced since.
        """
        above = {top.path: top}
        walk = iter(prims)
        next(walk, None)
        for prim in walk:
            kind = self.kind_of(prim)
            if kind == "skip":
                walk.PruneChildren()
                continue
            if kind == "instancer":
                walk.PruneChildren()
            path = prim.GetPath()
            up = above[path.GetParentPath()]
            node = known.get(path)
            stale = changes.everything or path in changes.resynced or (changes.instances and prim.IsInstanceProxy())
            if node is None or node.up is not up or stale:
                node = Node(prim, path, str(path), up, kind)
                node.purpose = _purpose(prim) or up.purpose
            node.prim = prim
            above[path] = node
            yield node

    def kind_of(self, prim: Usd.Prim) -> Kind:
        """Tell what a prim is to us."""
        name = prim.GetTypeName()
        if name not in self.kinds:
            self.kinds[name] = self._kind(prim)
        return self.kinds[name]

    def _kind(self, prim: Usd.Prim) -> Kind:
        if prim.IsA(UsdShade.Material) or prim.IsA(UsdShade.NodeGraph) or prim.IsA(UsdShade.Shader):
            return "skip"
        if prim.IsA(UsdGeom.Subset):
            return "skip"
        if prim.IsA(UsdGeom.PointInstancer):
            return "instancer"
        if prim.GetTypeName() in GPRIM_TYPES:
            return "shape"
        if prim.HasAPI(UsdLux.LightAPI):
            return "light"
        if prim.IsA(UsdGeom.Gprim):
            self.complaints.warn(
                f"{prim.GetPath()}: prims of type {prim.GetTypeName()} are not drawn; expected a Mesh or one of "
                f"{', '.join(sorted(GPRIM_TYPES))}"
            )
        return "group"


def _purpose(prim: Usd.Prim) -> str | None:
    attribute = prim.GetAttribute("purpose")
    return str(attribute.Get()) if attribute and attribute.HasAuthoredValue() else None


def read_state(node: Node, time: Usd.TimeCode, retimed: bool) -> None:
    """Bring a node's visibility and labels up to date, and spread what it inherits.

    Args:
        node: `node.change` holds its own changes; its parent was read before.
        time: when.
        retimed: the time differs from the last reading.
    """
    up, change = node.up, node.change
    if node.fresh or change & Change.SHOWN or (retimed and node.hides):
        attribute = node.prim.GetAttribute("visibility")
        node.hidden = bool(attribute) and attribute.Get(time) == UsdGeom.Tokens.invisible
        node.hides = bool(attribute) and attribute.ValueMightBeTimeVarying()
    if node.fresh or change & Change.LABELLED or (retimed and node.relabels):
        node.labels, node.relabels = read_labels(node.prim, time)
        node.change |= Change.LABELLED
    if node.fresh or change & Change.MOVED:
        xformable = UsdGeom.Xformable(node.prim)
        node.moves = bool(xformable) and xformable.TransformMightBeTimeVarying()
        node.change |= Change.MOVED
    elif retimed and node.moves:
        node.change |= Change.MOVED
    node.seen = not node.hidden and (up is None or up.seen)


def read_chain(node: Node) -> None:
    """Bring a node's labelled prims up to date; `node.world` is."""
    if node.labels is None:
        node.labelled = None
    elif node.labelled is None or node.change & (Change.MOVED | Change.LABELLED):
        node.labelled = LabelledPrim(node.name, node.labels, node.world)  # type: ignore[arg-type]
    above = node.up.chain if node.up is not None else ()
    if node.labelled is None:
        node.chain = above
    elif not node.chain or node.chain[0] is not node.labelled or node.chain[1:] != above:
        node.chain = (node.labelled, *above)
