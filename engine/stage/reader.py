"""Stage to numbers: what is on a stage at a time, as a `SceneSnapshot`; only what changed is read again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from pxr import Sdf, Usd, UsdGeom

from engine.stage.band_data import Band
from engine.stage.bands import read_bands, spread_warmth
from engine.stage.cameras import camera_prim, read_camera
from engine.stage.changes import INHERITED, Change, ChangeLog, Changes
from engine.stage.complaints import Complaints
from engine.stage.instancers import Expander
from engine.stage.lights import read_light
from engine.stage.materials import Materials
from engine.stage.nodes import Finder, Node, read_chain, read_state
from engine.stage.placing import place_expansion, place_shape
from engine.stage.scene import Camera, Instance, LabelledPrim, Light, Matrix, SceneSnapshot
from engine.stage.shapes import Shapes, materials_of
from engine.stage.transforms import batch_to_meters, flawed, rigid, time_code, to_world

if TYPE_CHECKING:
    from engine.stage.skeletons import Skeletons


class StageReader:
    """Read one stage, again and again."""

    def __init__(self, stage: Usd.Stage) -> None:
        self.stage = stage
        self._log = ChangeLog(stage)
        self._complaints = Complaints()
        self._materials = Materials(self._complaints)
        self._shapes = Shapes(self._materials, self._complaints)
        self._finder = Finder(self._complaints)
        self._expander = Expander(self._finder, self._shapes, self._complaints)
        self._root = Node(stage.GetPseudoRoot(), Sdf.Path.absoluteRootPath, "", None, "group")
        self._nodes: list[Node] = []
        self._by_path: dict[Sdf.Path, Node] = {}
        self._time: Usd.TimeCode | None = None
        self._worlds: dict[str, Matrix] = {}
        self._captured: dict[str, Matrix] = {}
        self._cameras: set[str] = set()
        self._bands: tuple[Band, ...] = ()
        self._shown: set[str] = set()
        self._skeletons: Skeletons | None = None

    @property
    def edits(self) -> int:
        """How often the stage has changed: where it is the same, so is what would be read at the same time."""
        return self._log.edits

    def mark_captured(self) -> None:
        """Let what was read last be the previous frame of what is read from now on.

        What was hidden then has no place in it, wherever it was seen before: a frame depends on one frame before it.
        """
        self._shapes.former.clear()
        self._captured = {name: self._worlds[name] for name in self._shown | self._cameras if name in self._worlds}

    def snapshot(self, seconds: float = 0.0) -> SceneSnapshot:
        """Read the stage.

        Args:
            seconds: time on the timeline.
        """
        time = time_code(self.stage, seconds)
        retimed, self._time = time != self._time, time
        changes = self._log.take()
        self._materials.update(self.stage, changes, time)
        if changes.everything or changes.instances or changes.resynced:
            self._rescan(changes)
        self._spread(changes, time, retimed)
        self._warm(changes, time, retimed)
        seen = [node for node in self._nodes if node.seen]
        self._place(seen, time)
        for node in seen:
            read_chain(node)
        if self._skeletons is not None:
            self._skeletons.update(self._nodes, changes, time, retimed)
        self._shapes.update([n for n in seen if n.kind == "shape" and n.drawn], time)
        scene = self._gather(seen, changes, time, seconds)
        if changes.everything or changes.instances or changes.resynced:
            self._forget_unused(scene)
        for node in seen:
            node.change = Change.NONE
        return scene

    def camera(self, path: str, width: int, height: int, seconds: float = 0.0) -> Camera:
        """Read a camera at an image size.

        Args:
            path: of the Camera prim.
            width, height: pixels.
            seconds: time on the timeline.

        Raises:
            ValueError: if there is no such camera or its numbers make no picture.
        """
        prim, time = camera_prim(self.stage, path), time_code(self.stage, seconds)
        world = UsdGeom.XformCache(time).GetLocalToWorldTransform(prim)
        pose = rigid(to_world(world, UsdGeom.GetStageMetersPerUnit(self.stage)))
        if not np.isfinite(pose).all():
            raise ValueError(f"camera '{path}': its transform holds NaN or no directions; expected a finite pose")
        self._worlds[path] = pose
        self._cameras.add(path)
        return read_camera(prim, width, height, time, pose, self._captured.get(path, pose))

    def _rescan(self, changes: Changes) -> None:
        """Walk the stage again; what was not resynced keeps its node."""
        if changes.everything:
            self._by_path = {}
            self._root = replace(self._root, prim=self.stage.GetPseudoRoot())
        self._shapes.forget_instancing(changes.everything)
        for path in changes.resynced:  # a new or vanished GeomSubset concerns its mesh
            above = path.GetParentPath()
            if path not in self._by_path and above in self._by_path:
                changes.kinds[above] = changes.kinds.get(above, Change.NONE) | Change.SHAPED
        walk = Usd.PrimRange(self.stage.GetPseudoRoot(), Usd.TraverseInstanceProxies())
        self._nodes = list(self._finder.find(walk, self._root, self._by_path, changes))
        self._by_path = {node.path: node for node in self._nodes}
        for node in self._nodes:
            if node.kind == "shape":
                node.change |= Change.BOUND
        self._find_skeletons(changes)
        for error in self.stage.GetCompositionErrors():
            self._complaints.warn(f"{error.rootSite.path}: {error}")

    def _find_skeletons(self, changes: Changes) -> None:
        """Find skeletons; stages without any never load UsdSkel."""
        if self._skeletons is None and not self._finder.kinds.keys() & {"SkelRoot", "Skeleton"}:
            return
        from engine.stage.skeletons import Skeletons

        self._skeletons = self._skeletons or Skeletons(self._complaints)
        self._skeletons.rescan(self._nodes, changes)

    def _spread(self, changes: Changes, time: Usd.TimeCode, retimed: bool) -> None:
        """Bring every node's own state up to date, parents first."""
        kinds = changes.kinds
        for path in [p for p in kinds if p not in self._by_path]:  # an edited GeomSubset concerns its mesh
            if path.GetParentPath() in self._by_path:
                above = path.GetParentPath()
                kinds[above] = kinds.get(above, Change.NONE) | Change.SHAPED | Change.BOUND
        none = Change.NONE
        for node in self._nodes:
            up = node.up
            if kinds:
                node.change |= kinds.get(node.path, none)
            if up is not None and up.change:
                node.change |= up.change & INHERITED
            if node.fresh or node.change or retimed:
                read_state(node, time, retimed)
                node.fresh = False
            else:
                node.seen = not node.hidden and (up is None or up.seen)

    def _warm(self, changes: Changes, time: Usd.TimeCode, retimed: bool) -> None:
        """Bring bands and the warmth of nodes up to date; nothing is looked for on stages without bands."""
        edited = any(kind & Change.WARMED for kind in changes.kinds.values())
        if not (changes.everything or changes.instances or changes.resynced or edited or (retimed and self._bands)):
            return
        self._bands = read_bands(self.stage, time, self._complaints)
        if self._bands:
            for node in self._nodes:
                if node.change & Change.WARMED and node.kind == "shape" and node.content and node.content.geometry:
                    node.content.geometry.cool()
            spread_warmth(self._nodes, time, retimed, self._complaints)

    def _place(self, seen: list[Node], time: Usd.TimeCode) -> None:
        """Compute the world matrices of what moved."""
        moved = [
            node
            for node in seen
            if (node.kind != "group" or node.labels is not None) and (node.world is None or node.change & Change.MOVED)
        ]
        if not moved:
            return
        cache = UsdGeom.XformCache(time)
        found = [cache.GetLocalToWorldTransform(node.prim) for node in moved]
        worlds = batch_to_meters(found, UsdGeom.GetStageMetersPerUnit(self.stage))
        for node, world, flaw in zip(moved, worlds, flawed(worlds).tolist(), strict=True):
            node.world, node.flawed = world, flaw

    def _gather(self, seen: list[Node], changes: Changes, time: Usd.TimeCode, seconds: float) -> SceneSnapshot:
        instances: list[Instance] = []
        lights: list[Light] = []
        labelled: list[LabelledPrim] = []
        for node in seen:
            if node.labelled is not None:
                labelled.append(node.labelled)
            if node.kind == "group" or not node.drawn:
                continue
            if node.kind == "shape":
                place_shape(node, self._worlds, self._captured, self._shapes.former, self._complaints)
            elif node.kind == "instancer":
                renewed = self._expander.update(node, changes, time, self._materials.version)
                labelled += place_expansion(node, renewed, self._worlds, self._captured, self._complaints)
            elif node.light is None or node.change & ~Change.SHOWN or not node.content:
                node.light, varies = read_light(node.prim, time, node.world, self._complaints)  # type: ignore[arg-type]
                node.content = not varies
            instances += node.instances
            if node.light is not None:
                lights.append(node.light)
        self._shown = {item.prim_path for item in instances}
        unit, up = UsdGeom.GetStageMetersPerUnit(self.stage), str(UsdGeom.GetStageUpAxis(self.stage))
        axis: Literal["Y", "Z"] = "Y" if up == "Y" else "Z"
        bones = self._skeletons.records(time, unit) if self._skeletons is not None else ()
        return SceneSnapshot(tuple(instances), tuple(lights), tuple(labelled), unit, axis, seconds, self._bands, bones)

    def _forget_unused(self, scene: SceneSnapshot) -> None:
        """Drop what belongs to prims that are gone."""
        present = {item.prim_path for item in scene.instances}
        self._cameras = {name for name in self._cameras if self.stage.GetPrimAtPath(name)}
        present |= self._cameras
        self._worlds = {name: matrix for name, matrix in self._worlds.items() if name in present}
        used = set().union(*(materials_of(n.content) for n in self._nodes if n.kind == "shape" and n.content))
        for node in self._nodes:
            if node.kind == "instancer" and node.content is not None:
                below = [n.content for n in node.content.nodes.values() if n.kind == "shape" and n.content]
                used |= set().union(*(materials_of(shape) for shape in below))
        self._materials.keep_only(used)
