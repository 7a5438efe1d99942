"""What changed on a stage since it was last asked: only what infrared depends on counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pxr import Sdf, Tf, Usd

READ = (
    "ir:",
    "primvars:ir:",
    "material:binding",
    "omni:simready",
    "inputs:nonvisual",
    "nonvisual",
    "semantic",
    "inputs:diffuse",  # paint absorbs sunlight by its colour
)
READ_OF_SHAPES = ("familyName", "elementType", "prototypes", "purpose")
SHAPES = frozenset(
    ("points", "faceVertexCounts", "faceVertexIndices", "orientation", "size", "radius", "height", "axis", "width")
    + ("length",)
)  # what decides which way faces look
PROTOTYPE = "/__Prototype"


class Watch:
    """Listen to a stage.

    Attributes:
        everything: nothing known before can be trusted.
        prims: prims that appeared, vanished or were composed anew, with all below them.
        edited: prims with attributes that count, which may concern all below them.
    """

    def __init__(self, stage: Usd.Stage) -> None:
        self.everything = True
        self.prims: set[Sdf.Path] = set()
        self.edited: set[Sdf.Path] = set()
        self._shapes: set[str] = set()
        self._muted = False
        self._listener = Tf.Notice.Register(Usd.Notice.ObjectsChanged, self._heard, stage)

    def take(self) -> tuple[bool, set[Sdf.Path], set[Sdf.Path]]:
        """Return what changed since the last call: `everything`, `prims` and `edited`."""
        found = self.everything, self.prims, self.edited
        self.everything, self.prims, self.edited = False, set(), set()
        return found

    def take_shapes(self) -> set[str]:
        """Return prims that have had another shape, or came, went or were composed anew, since the last call."""
        found, self._shapes = self._shapes, set()
        return found

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Hear nothing of one's own edits."""
        self._muted = True
        try:
            yield
        finally:
            self._muted = False

    def _heard(self, notice: Usd.Notice.ObjectsChanged, sender: Usd.Stage) -> None:
        if self._muted:
            return
        for path in (*notice.GetResyncedPaths(), *notice.GetChangedInfoOnlyPaths()):
            if path.IsPropertyPath() and (path.name.startswith(READ) or path.name in READ_OF_SHAPES):
                self._note(path.GetPrimPath(), self.edited)
            elif path.IsPropertyPath() and path.name in SHAPES:
                self._shapes.add(str(path.GetPrimPath()))
        for path in notice.GetResyncedPaths():
            if not path.IsPropertyPath():
                self._shapes.add(str(path))
                self._note(path, self.prims)

    def _note(self, path: Sdf.Path, found: set[Sdf.Path]) -> None:
        if path == Sdf.Path.absoluteRootPath:
            self.everything = True
        elif not str(path).startswith(PROTOTYPE):
            found.add(path)
        elif path.pathElementCount > 1:
            self.everything = True
