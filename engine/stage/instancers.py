"""Point instancers: what each instance draws, relative to the instancer.

An instance's prims are named `<instancer>/<prototype>_instance_<number>/<rest of the path>`: a valid path, unique, and
stable while the order of instances is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64
from pxr import Sdf, Usd, UsdGeom

from engine.stage.changes import Change, Changes
from engine.stage.complaints import Complaints
from engine.stage.labels import Labels
from engine.stage.nodes import Finder, Node, read_state
from engine.stage.scene import LabelledPrim
from engine.stage.shapes import Piece, Shape, Shapes

PROTOTYPE_WALK = Usd.TraverseInstanceProxies(Usd.PrimIsActive & Usd.PrimIsDefined & Usd.PrimIsLoaded)
DEEPEST = 8  # instancers inside prototypes inside instancers ...
Rows = Float64[np.ndarray, "4 4"]


@dataclass(frozen=True, eq=False)
class LabelledPlace:
    """Labels inside a prototype: path below the instancer, and the row-vector matrix to the instancer."""

    path: str
    labels: Labels
    matrix: Rows


@dataclass(frozen=True, eq=False)
class Item:
    """Something an instancer draws.

    Attributes:
        path: below the instancer, starting with "/".
        pieces: what is drawn there.
        primary_visible: seen by the camera directly.
        matrix: row-vector matrix from the prim to the instancer.
        labels: labelled prims between the prim and the instancer, nearest first.
    """

    path: str
    pieces: tuple[Piece, ...]
    primary_visible: bool
    matrix: Rows
    labels: tuple[LabelledPlace, ...]


@dataclass(eq=False)
class Expansion:
    """What an instancer was read as.

    Attributes:
        items: everything it draws.
        nodes: prims below its prototypes, by path.
        roots: paths whose edits concern it.
        varies: may vary over time.
        version: of the materials it was read with.
        time: when it was read.
        labelled: labelled prims of its instances, where they were last placed.
    """

    items: list[Item] = field(default_factory=list)
    nodes: dict[Sdf.Path, Node] = field(default_factory=dict)
    roots: list[Sdf.Path] = field(default_factory=list)
    varies: bool = False
    version: int = -1
    time: Usd.TimeCode | None = None
    labelled: list[LabelledPrim] = field(default_factory=list)


@dataclass
class Expander:
    """Read instancers."""

    finder: Finder
    shapes: Shapes
    complaints: Complaints

    def update(self, node: Node, changes: Changes, time: Usd.TimeCode, version: int) -> bool:
        """Bring `node.content` up to date; tells whether it is another one now."""
        known: Expansion | None = node.content
        if known is not None and not self._stale(node, known, changes, time, version):
            return False
        expansion = Expansion(version=version, time=time, roots=[node.path])
        before = known.nodes if known is not None else {}
        expansion.items = self._items(node.prim, expansion, before, changes, time, DEEPEST)
        node.content = expansion
        return True

    def _stale(self, node: Node, known: Expansion, changes: Changes, time: Usd.TimeCode, version: int) -> bool:
        if changes.instances or node.change & ~(Change.MOVED | Change.SHOWN | Change.LABELLED):
            return True
        if known.version != version or (known.varies and known.time != time):
            return True
        edited = (*changes.resynced, *(path for path in changes.kinds if path != node.path))
        return any(path.HasPrefix(root) for path in edited for root in known.roots)

    def _items(
        self,
        prim: Usd.Prim,
        expansion: Expansion,
        before: dict[Sdf.Path, Node],
        changes: Changes,
        time: Usd.TimeCode,
        depth: int,
    ) -> list[Item]:
        instancer = UsdGeom.PointInstancer(prim)
        roots = [prim.GetStage().GetPrimAtPath(p) for p in instancer.GetPrototypesRel().GetForwardedTargets()]
        expansion.roots += [root.GetPath() for root in roots if root]
        expansion.varies |= any(a.ValueMightBeTimeVarying() for a in prim.GetAuthoredAttributes())
        placed = self._places(instancer, len(roots), time)
        if placed is None or depth == 0:
            return []
        numbers, prototypes, places = placed
        contents = []
        for number, root in enumerate(roots):
            used = bool(root) and (prototypes == number).any()
            contents.append(list(self._prototype(root, expansion, before, changes, time, depth)) if used else [])
        items = []
        for number, prototype, place in zip(numbers.tolist(), prototypes.tolist(), places, strict=True):
            name = f"/{roots[prototype].GetName()}_instance_{number}" if roots[prototype] else ""
            items += [_moved(item, name, place) for item in contents[prototype]]
        return items

    def _places(
        self, instancer: UsdGeom.PointInstancer, prototype_count: int, time: Usd.TimeCode
    ) -> tuple[np.ndarray, np.ndarray, Float64[np.ndarray, "n 4 4"]] | None:
        """Return the number, prototype and row-vector matrix of each visible instance."""
        path = instancer.GetPath()
        prototypes = np.asarray(instancer.GetProtoIndicesAttr().Get(time) or (), dtype=np.int64)
        positions = instancer.GetPositionsAttr().Get(time)
        if not len(prototypes):
            return None
        if positions is None or len(positions) != len(prototypes):
            count = 0 if positions is None else len(positions)
            self.complaints.warn(
                f"{path}: the instancer is left out: it has {count} positions and {len(prototypes)} protoIndices; "
                "expected equal numbers"
            )
            return None
        exclude, ignore = UsdGeom.PointInstancer.ExcludeProtoXform, UsdGeom.PointInstancer.IgnoreMask
        found = instancer.ComputeInstanceTransformsAtTime(time, time, exclude, ignore)
        places = np.array(found, dtype=np.float64).reshape(-1, 4, 4)
        mask = np.asarray(instancer.ComputeMaskAtTime(time), dtype=bool)
        shown = mask if len(mask) == len(prototypes) else np.ones(len(prototypes), bool)
        valid = (prototypes >= 0) & (prototypes < prototype_count)
        if not valid.all():
            self.complaints.warn(
                f"{path}: {int((~valid).sum())} instances are left out: their protoIndices are such as "
                f"{prototypes[~valid][0]}; expected 0 to {prototype_count - 1}"
            )
        if len(places) != len(prototypes):
            self.complaints.warn(
                f"{path}: the instancer is left out: orientations or scales do not fit its {len(prototypes)} instances"
            )
            return None
        valid &= shown & np.isfinite(places).all(axis=(1, 2))
        return np.flatnonzero(valid), prototypes[valid], places[valid]

    def _prototype(
        self,
        root: Usd.Prim,
        expansion: Expansion,
        before: dict[Sdf.Path, Node],
        changes: Changes,
        time: Usd.TimeCode,
        depth: int,
    ) -> Iterator[Item]:
        """Yield what a prototype draws, placed relative to its root's parent."""
        nodes = self._nodes(root, before, changes, time)
        expansion.nodes |= {node.path: node for node in nodes}
        expansion.varies |= any(node.hides or node.moves or node.relabels for node in nodes)
        if "SkelRoot" in self.finder.kinds:
            from engine.stage.skeletons import pose_once

            varies, watched = pose_once(nodes, time, self.complaints)
            expansion.varies |= varies
            expansion.roots += watched
        shapes = [node for node in nodes if node.seen and node.drawn and node.kind == "shape"]
        self.shapes.update(shapes, time)
        cache = UsdGeom.XformCache(time)
        base = (
            np.array(UsdGeom.Xformable(root).GetLocalTransformation(time)) if root.IsA(UsdGeom.Xformable) else np.eye(4)
        )
        for node in nodes:
            if not (node.seen and node.drawn):
                continue
            matrix = np.array(cache.ComputeRelativeTransform(node.prim, root)[0]) @ base
            suffix = node.name[len(nodes[0].name) :]
            labels = _labels_up(node, nodes[0].name, cache, root, base)
            if node.kind == "shape":
                shape: Shape = node.content
                expansion.varies |= shape.varies
                yield Item(suffix, shape.pieces, shape.primary_visible, matrix, labels)
            elif node.kind == "instancer":
                for item in self._items(node.prim, expansion, before, changes, time, depth - 1):
                    inner = _moved(item, suffix, matrix)
                    yield Item(inner.path, inner.pieces, inner.primary_visible, inner.matrix, (*inner.labels, *labels))
            node.change = Change.NONE

    def _nodes(self, root: Usd.Prim, before: dict[Sdf.Path, Node], changes: Changes, time: Usd.TimeCode) -> list[Node]:
        path = root.GetPath()
        top = before.get(path)
        if top is None or changes.everything or path in changes.resynced or top.prim != root:
            top = Node(root, path, str(path), None, self.finder.kind_of(root))
        nodes = [top]
        if top.kind != "instancer":
            nodes += self.finder.find(Usd.PrimRange(root, PROTOTYPE_WALK), top, before, changes)
        for node in nodes:
            node.change |= changes.kinds.get(node.path, Change.NONE)
            if node.up is not None:
                node.change |= node.up.change & (Change.PRIMVAR | Change.BOUND)
            if (changes.resynced or changes.instances) and node.kind == "shape":
                node.change |= Change.BOUND
            read_state(node, time, True)
            node.fresh = False
        return nodes


def _moved(item: Item, name: str, place: Rows) -> Item:
    labels = tuple(LabelledPlace(name + label.path, label.labels, label.matrix @ place) for label in item.labels)
    return Item(name + item.path, item.pieces, item.primary_visible, item.matrix @ place, labels)


def _labels_up(
    node: Node, root_name: str, cache: UsdGeom.XformCache, root: Usd.Prim, base: Rows
) -> tuple[LabelledPlace, ...]:
    found, here = [], node
    while True:
        if here.labels is not None:
            matrix = np.array(cache.ComputeRelativeTransform(here.prim, root)[0]) @ base
            found.append(LabelledPlace(here.name[len(root_name) :], here.labels, matrix))
        if here.up is None:
            return tuple(found)
        here = here.up
