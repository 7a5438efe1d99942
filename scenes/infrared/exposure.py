"""How things lie in the world: which part of each looks up, to a side or leans, for sun and sky."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pxr import Usd, UsdGeom

from scenes.infrared.facets import area_vectors
from scenes.infrared.things import Thing
from scenes.infrared.tree import Tree
from scenes.infrared.watch import PROTOTYPE, Watch
from sensors.slopes import LEVEL, shares

Shares = tuple[tuple[int, float], ...]
OPEN: Shares = ((LEVEL, 1.0),)


class Exposures:
    """Tell how things lie; faces are read once, and turned into the world where a thing has moved.

    Args:
        stage: the stage.
        watch: what listens to it.
    """

    def __init__(self, stage: Usd.Stage, watch: Watch) -> None:
        self._stage, self._watch = stage, watch
        self._y_up = UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y
        self._faces: dict[str, NDArray[np.float64] | None] = {}
        self._lying: dict[str, tuple[tuple[bytes, ...], Shares]] = {}
        self._now: dict[str, Shares] = {}
        self._tree, self._places = Tree(()), UsdGeom.XformCache()
        self._time = Usd.TimeCode.EarliestTime()

    def begin(self, tree: Tree, time: Usd.TimeCode, renew: bool = False) -> None:
        """Begin a frame.

        Args:
            tree: what carries opinions for what.
            time: when the stage is read.
            renew: read all shapes again: what is animated may have another one.
        """
        self._tree, self._places, self._time = tree, UsdGeom.XformCache(time), time
        self._now.clear()
        if renew:
            self._faces.clear()
            self._lying.clear()
        for path in self._watch.take_shapes():
            if path.startswith(PROTOTYPE) or path == "/":
                self._faces.clear()
                self._lying.clear()
            for known in [name for name in self._faces if name == path or name.startswith(f"{path}/")]:
                del self._faces[known]
            self._lying.clear()

    def of(self, thing: Thing) -> Shares:
        """Return which slopes stand for a thing and for how much of it; the parts of an instance lie together."""
        key = thing.anchor
        if key not in self._now:
            self._now[key] = self._lie(key, self._tree.anchored.get(key, [thing]))
        return self._now[key]

    def _lie(self, key: str, things: list[Thing]) -> Shares:
        prims = [self._stage.GetPrimAtPath(thing.path) for thing in things]
        matrices = [np.array(self._places.GetLocalToWorldTransform(prim), np.float64)[:3, :3] for prim in prims]
        state = tuple(matrix.tobytes() for matrix in matrices)
        known = self._lying.get(key)
        if known is not None and known[0] == state:
            return known[1]
        found = [self._turned(prim, matrix) for prim, matrix in zip(prims, matrices, strict=True)]
        areas = [each for each in found if each is not None]
        lies = shares(np.concatenate(areas)) if areas else OPEN
        self._lying[key] = state, lies
        return lies

    def _turned(self, prim: Usd.Prim, matrix: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the faces of a prim as east, north, up; None where they are not known or have no extent."""
        shape = prim.GetPrimInPrototype() if prim.IsInstanceProxy() else prim
        path = str(shape.GetPath())
        if path not in self._faces:
            self._faces[path] = area_vectors(shape, self._time)
        faces, size = self._faces[path], float(np.linalg.det(matrix))
        if faces is None or abs(size) < 1e-12:
            return None
        world = faces @ (abs(size) * np.linalg.inv(matrix).T)
        return world[:, (0, 2, 1)] * (1.0, -1.0, 1.0) if self._y_up else world
