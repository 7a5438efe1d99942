"""What scripts change on a stage between two steps, sorted by what PhysX has to be told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pxr import Sdf, Tf, Usd

from engine.physics.body_prim import SPIN, VELOCITY
from engine.physics.reading import PREFIXES, SHAPES, STEPS, PhysicsContent, carries_physics

SHAPE_PROPERTIES = frozenset(name for names in SHAPES.values() for name in names)


@dataclass
class Edits:
    """Changes since the last step.

    Attributes:
        moved: prims whose transform changed.
        pushed: prims whose velocity attributes changed.
        reshaped: prims with other changes that physics depends on.
        rewritten: the attributes behind `reshaped`.
        resynced: prims that appeared, vanished or were composed anew.
        retimed: the steps a second changed.
    """

    moved: set[Sdf.Path] = field(default_factory=set)
    pushed: set[Sdf.Path] = field(default_factory=set)
    reshaped: set[Sdf.Path] = field(default_factory=set)
    rewritten: set[Sdf.Path] = field(default_factory=set)
    resynced: set[Sdf.Path] = field(default_factory=set)
    retimed: bool = False

    def __bool__(self) -> bool:
        return bool(self.moved or self.pushed or self.reshaped or self.resynced or self.retimed)

    def needs_reload(self, stage: Usd.Stage, content: PhysicsContent) -> bool:
        """Tell whether PhysX has to read the stage again."""
        known = content.prims
        if any(str(path) in known for path in self.reshaped):
            return True
        if any(_physics_at(stage, path, content) for path in self.resynced):
            return True
        bodies = set(content.bodies)
        return any(_carries_static(path, content.colliders, bodies) for path in self.moved)


def _physics_at(stage: Usd.Stage, path: Sdf.Path, content: PhysicsContent) -> bool:
    """Tell whether there was or is physics at or below a path."""
    text = str(path)
    if path == Sdf.Path.absoluteRootPath or text in content.prims:
        return True
    prim = stage.GetPrimAtPath(path)
    return bool(prim) and any(carries_physics(below) for below in Usd.PrimRange(prim, Usd.TraverseInstanceProxies()))


def _carries_static(path: Sdf.Path, colliders: list[str], bodies: set[str]) -> bool:
    """Tell whether a moved prim takes a collider with it other than by taking the whole body."""
    if str(path) in bodies:
        return False
    for collider in colliders:
        prefixes = Sdf.Path(collider).GetPrefixes()
        if path not in prefixes:
            continue
        below = prefixes[prefixes.index(path) :]
        if not any(str(prefix) in bodies for prefix in below):
            return True
    return False


class EditLog:
    """Listen to a stage."""

    def __init__(self, stage: Usd.Stage) -> None:
        self._edits = Edits()
        self._muted = False
        self._listener = Tf.Notice.Register(Usd.Notice.ObjectsChanged, self._heard, stage)

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Do not hear the simulation's own edits."""
        self._muted = True
        try:
            yield
        finally:
            self._muted = False

    def take(self) -> Edits:
        """Return the changes since the last call."""
        edits, self._edits = self._edits, Edits()
        return edits

    def close(self) -> None:
        """Stop listening."""
        self._listener.Revoke()

    def _heard(self, notice: Usd.Notice.ObjectsChanged, sender: Usd.Stage) -> None:
        if self._muted:
            return
        for path in notice.GetResyncedPaths():
            if path.IsPropertyPath():
                self._note(path)
            else:
                self._edits.resynced.add(path)
        for path in notice.GetChangedInfoOnlyPaths():
            if path.IsPropertyPath():
                self._note(path)

    def _note(self, path: Sdf.Path) -> None:
        name, prim = path.name, path.GetPrimPath()
        if name.startswith("xformOp"):
            self._edits.moved.add(prim)
        elif name in (VELOCITY, SPIN):
            self._edits.pushed.add(prim)
        elif name == STEPS:
            self._edits.retimed = True
        elif name.startswith((*PREFIXES, "material:binding")) or name in SHAPE_PROPERTIES:
            self._edits.reshaped.add(prim)
            self._edits.rewritten.add(path)
