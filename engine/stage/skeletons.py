"""Skeletons of a stage: found when prims appear, posed when their animation moves, and what hangs on them."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from pxr import Sdf, Usd, UsdGeom, UsdSkel

from engine.stage.changes import Change, Changes
from engine.stage.complaints import Complaints
from engine.stage.geometry import Geometry
from engine.stage.joint_poses import Bones, blend_weights, local_pose, might_vary, read_bones
from engine.stage.nodes import Node
from engine.stage.scene import Matrix
from engine.stage.skeleton import Skeleton
from engine.stage.skinning import Matrices, chained
from engine.stage.skins import Binding, deformed, read_binding
from engine.stage.transforms import to_column, to_world

HARMLESS = Change.MOVED | Change.SHOWN | Change.LABELLED | Change.BOUND | Change.WARMED
ANIMATION_SETS = ("animation", "anim")
TYPES = frozenset({"SkelRoot", "Skeleton"})


@dataclass(eq=False)
class Rig:
    """One skeleton in its pose.

    Attributes:
        node: of the Skeleton prim.
        root: path of the SkelRoot, or of the skeleton where there is none.
        bones: None if the skeleton is broken.
        animation: SkelAnimation prim.
        varies: the animation may vary over time.
        local, posed: joint to parent, and joint to skeleton.
        weights: of blend shapes.
        version: counts poses that differ.
        drawn: paths of the prims that belong to it.
        record: what the snapshot says of it.
    """

    node: Node
    root: Node
    bones: Bones | None
    animation: Usd.Prim | None
    varies: bool
    local: Matrices | None = None
    posed: Matrices | None = None
    weights: dict[str, float] = field(default_factory=dict)
    version: int = 0
    drawn: frozenset[str] = frozenset()
    record: Skeleton | None = None

    def pose(self, time: Usd.TimeCode, complaints: Complaints) -> None:
        """Read the pose at a time; the version counts on if it is another one."""
        if self.bones is None:
            return
        local, weights = local_pose(self.bones, self.animation, time, complaints), blend_weights(self.animation, time)
        if self.local is not None and weights == self.weights and np.array_equal(local, self.local):
            return
        self.local, self.posed, self.weights = local, chained(local, self.bones.parents), weights
        self.version += 1
        self.record = None


@dataclass(eq=False)
class Skin:
    """A prim that a skeleton deforms.

    Attributes:
        rig: its skeleton.
        query: UsdSkel's, for reading the binding once.
        place: skeleton to the prim's own frame.
        rest: the prim's geometry as authored.
        binding: what deforms it; read with `rest`.
        posed: version of the pose and place that were handed out last.
    """

    rig: Rig
    query: UsdSkel.SkinningQuery
    place: Matrix | None = None
    rest: Geometry | None = None
    binding: Binding | None = None
    posed: tuple[int, bytes] | None = None

    def stale(self, change: int, time: Usd.TimeCode, varies: bool) -> bool:
        """Tell whether the geometry as authored must be read again."""
        rest = self.rest
        return rest is None or bool(change & (Change.SHAPED | Change.PRIMVAR)) or (varies and rest.time != time)

    def take(self, rest: Geometry | None, complaints: Complaints) -> None:
        """Take the geometry as authored in."""
        self.rest, bones = rest, self.rig.bones
        self.binding = None
        if rest is not None and bones is not None:
            self.binding = read_binding(self.query, bones.joints, rest.topology.points, complaints)

    def geometry(self, time: Usd.TimeCode) -> Geometry | None:
        """Return the geometry in the present pose."""
        rig, rest = self.rig, self.rest
        if rest is None or self.binding is None or rig.bones is None or rig.posed is None or self.place is None:
            return rest
        return deformed(rest, self.binding, self.place @ rig.posed @ rig.bones.unbind, rig.weights, time)


class Skeletons:
    """Find skeletons and keep their poses; costs nothing on stages without any."""

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints
        self._rigs: list[Rig] = []
        self._skins: list[tuple[Node, Skin]] = []
        self._animations: dict[Sdf.Path, list[Rig]] = {}
        self._watched: set[Sdf.Path] = set()
        self._found: list[Node] = []

    def rescan(self, nodes: list[Node], changes: Changes) -> None:
        """Find skeletons again after prims appeared or vanished, unless none of them concerns a skeleton.

        Args:
            nodes: all of the stage.
            changes: what was resynced.
        """
        found = [node for node in nodes if node.prim.GetTypeName() in TYPES]
        same = len(found) == len(self._found) and all(map(operator.is_, found, self._found))
        if same and not changes.instances and not any(map(self._concerns, changes.resynced)):
            return
        self._found = found
        self.find(nodes)

    def find(self, nodes: list[Node]) -> None:
        """Find the skeletons among nodes, and bind the nodes of what they deform."""
        for node, _ in self._skins:
            node.skin = None
            node.change |= Change.SHAPED
        self._rigs, self._skins, self._animations, self._watched = [], [], {}, set()
        known = {node.path: node for node in nodes}
        loose = {node.path: node for node in nodes if node.prim.IsA(UsdSkel.Skeleton)}
        for root in _outermost(nodes):
            for rig, targets in self._bindings(root, known):
                loose.pop(rig.node.path, None)
                self._add(rig, targets, known)
        for node in loose.values():
            source = UsdSkel.BindingAPI(node.prim).GetInheritedAnimationSource()
            self._add(self._rig(node, _root_of(node), source), [], known)
        self._share_out(nodes)

    def _share_out(self, nodes: list[Node]) -> None:
        """Tell each rig what belongs to it: what it deforms, and what is below its SkelRoot and nobody else's."""
        for rig in self._rigs:
            below = (node for node in nodes if node.kind == "shape" and node.path.HasPrefix(rig.root.path))
            rig.drawn = frozenset(node.name for node in below if node.skin is None or node.skin.rig is rig)

    def _bindings(self, root: Node, known: dict[Sdf.Path, Node]) -> Iterator[tuple[Rig, list[UsdSkel.SkinningQuery]]]:
        cache, top = UsdSkel.Cache(), UsdSkel.Root(root.prim)
        cache.Populate(top, Usd.TraverseInstanceProxies())
        for binding in cache.ComputeSkelBindings(top, Usd.TraverseInstanceProxies()):
            prim = binding.GetSkeleton().GetPrim()
            node = known.get(prim.GetPath())
            if node is None:
                continue
            query = cache.GetSkelQuery(binding.GetSkeleton()).GetAnimQuery()
            yield self._rig(node, root, query.GetPrim() if query else None), list(binding.GetSkinningTargets())

    def _rig(self, node: Node, root: Node, animation: Usd.Prim | None) -> Rig:
        found = animation if animation and animation.IsA(UsdSkel.Animation) else None
        return Rig(node, root, read_bones(node.prim, self._complaints), found, might_vary(found))

    def _add(self, rig: Rig, targets: list[UsdSkel.SkinningQuery], known: dict[Sdf.Path, Node]) -> None:
        self._rigs.append(rig)
        self._watched |= {rig.node.path, rig.root.path}
        if rig.animation is not None:
            self._animations.setdefault(rig.animation.GetPath(), []).append(rig)
            self._watched.add(rig.animation.GetPath())
        for query in targets:
            prim = query.GetPrim()
            node = known.get(prim.GetPath())
            if node is None or node.kind != "shape":
                continue
            node.skin = Skin(rig, query)
            node.change |= Change.SHAPED
            self._watched.add(node.path)
            self._watched.update(UsdSkel.BindingAPI(prim).GetBlendShapeTargetsRel().GetForwardedTargets())
            self._skins.append((node, node.skin))

    def update(self, nodes: list[Node], changes: Changes, time: Usd.TimeCode, retimed: bool) -> None:
        """Bring poses up to date, and mark the nodes that they deform anew.

        Args:
            nodes: all of the stage, with what changed of each.
            changes: since the last reading.
            time: when.
            retimed: the time differs from the last reading.
        """
        if not self._rigs:
            return
        edits = (path for path, kind in changes.kinds.items() if kind & ~HARMLESS and path not in self._animations)
        if any(map(self._concerns, edits)):
            self.find(nodes)
        edited = {id(rig) for path in changes.kinds for rig in self._animations.get(path, ())}
        for rig in self._rigs:
            if rig.local is None or id(rig) in edited or (retimed and rig.varies):
                rig.varies = might_vary(rig.animation) if id(rig) in edited else rig.varies
                rig.pose(time, self._complaints)
        cache = UsdGeom.XformCache(time)
        for node, skin in self._skins:
            rig = skin.rig
            if skin.place is None or (node.change | rig.node.change) & Change.MOVED:
                skin.place = _place(cache, rig, node.prim)
            posed = (rig.version, skin.place.tobytes())
            if posed != skin.posed:
                skin.posed = posed
                node.change |= Change.POSED

    def _concerns(self, path: Sdf.Path) -> bool:
        """Tell whether an edit of a prim may change what is bound to what."""
        below = any(path.HasPrefix(rig.root.path) for rig in self._rigs)
        return below or any(watched.HasPrefix(path) for watched in self._watched)

    def records(self, time: Usd.TimeCode, meters_per_unit: float) -> tuple[Skeleton, ...]:
        """Return the visible skeletons, in order of finding.

        Args:
            time: when.
            meters_per_unit: of the stage.
        """
        if not self._rigs:
            return ()
        cache = UsdGeom.XformCache(time)
        return tuple(
            self._record(rig, cache, meters_per_unit) for rig in self._rigs if rig.root.seen and rig.bones is not None
        )

    def _record(self, rig: Rig, cache: UsdGeom.XformCache, unit: float) -> Skeleton:
        world = to_world(cache.GetLocalToWorldTransform(rig.node.prim), unit)
        if rig.record is None or not np.array_equal(rig.record.world_from_skeleton, world):
            bones = rig.bones
            assert bones is not None and rig.local is not None and rig.posed is not None
            rig.record = Skeleton(
                rig.node.name,
                bones.joints,
                bones.parents,
                rig.local,
                bones.rest_local,
                rig.posed,
                bones.rest,
                world,
                rig.drawn,
                _asset_of(rig.node.prim),
                _variant_of(rig.node.prim),
            )
        return rig.record


def pose_once(nodes: list[Node], time: Usd.TimeCode, complaints: Complaints) -> tuple[bool, list[Sdf.Path]]:
    """Bind and pose what skeletons deform among the nodes of a prototype that is read anew.

    Returns:
        Whether any pose may vary over time, and the paths whose edits concern the poses.
    """
    if not any(node.prim.GetTypeName() == "SkelRoot" for node in nodes):
        return False, []
    found = Skeletons(complaints)
    found.find(nodes)
    found.update(nodes, Changes(), time, True)
    return any(rig.varies for rig in found._rigs), list(found._watched)


def _outermost(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield the SkelRoots that lie in no other."""
    last: Sdf.Path | None = None
    for node in nodes:
        if node.prim.IsA(UsdSkel.Root) and not (last is not None and node.path.HasPrefix(last)):
            last = node.path
            yield node


def _root_of(node: Node) -> Node:
    """Return the SkelRoot a node is below, or the node."""
    here: Node | None = node
    while here is not None:
        if here.prim.IsA(UsdSkel.Root):
            return here
        here = here.up
    return node


def _place(cache: UsdGeom.XformCache, rig: Rig, prim: Usd.Prim) -> Matrix:
    """Return the matrix from the skeleton's frame to a prim's: the same bytes wherever both are moved together."""
    root, matrices = rig.root.prim, []
    for each in (rig.node.prim, prim):
        below = each.GetPath().HasPrefix(root.GetPath())
        matrix, reset = cache.ComputeRelativeTransform(each, root) if below else (None, True)
        matrices.append(matrix)
        if reset:
            matrices = [cache.GetLocalToWorldTransform(one) for one in (rig.node.prim, prim)]
            break
    return np.linalg.inv(to_column(matrices[1])) @ to_column(matrices[0])


def _asset_of(prim: Usd.Prim) -> str:
    """Return the file that a prim comes from by reference or payload, "" if it is of the stage's own layers."""
    own = set(prim.GetStage().GetLayerStack())
    found = (spec.layer for spec in prim.GetPrimStack() if spec.layer not in own)
    return next((layer.realPath or layer.identifier for layer in found), "")


def _variant_of(prim: Usd.Prim) -> str:
    """Return the selection of the nearest variant set of animations above a prim."""
    while prim:
        sets = prim.GetVariantSets()
        for name in sets.GetNames():
            if name.lower().startswith(ANIMATION_SETS):
                return str(sets.GetVariantSelection(name))
        prim = prim.GetParent()
    return ""
