"""What changed on a stage since it was last read, sorted by what has to be read again."""

from __future__ import annotations

from dataclasses import dataclass, field

from pxr import Sdf, Tf, Usd


class Change:
    """Kinds of change of one prim: bits of an integer (plain ones; enum flags are ten times slower to combine)."""

    NONE = 0
    MOVED = 1  # its transform, so its descendants too
    SHOWN = 2  # its visibility
    LABELLED = 4  # its semantics
    SHAPED = 8  # its own geometry
    PRIMVAR = 16  # a primvar, which descendants may inherit
    BOUND = 32  # its material binding, which descendants may inherit
    OTHER = 64  # anything else
    WARMED = 128  # its temperature or surface beyond the visible, which descendants may inherit
    POSED = 256  # the skeleton that deforms it


INHERITED = Change.MOVED | Change.PRIMVAR | Change.BOUND | Change.WARMED
GEOMETRY = Change.SHAPED | Change.PRIMVAR
SHAPE_PROPERTIES = frozenset(
    [
        "points",
        "faceVertexCounts",
        "faceVertexIndices",
        "holeIndices",
        "orientation",
        "doubleSided",
        "normals",
        "subdivisionScheme",
        "interpolateBoundary",
        "triangleSubdivisionRule",
        "cornerIndices",
        "cornerSharpnesses",
        "creaseIndices",
        "creaseLengths",
        "creaseSharpnesses",
        "refinementEnableOverride",
        "refinementLevel",
        "size",
        "radius",
        "radiusTop",
        "radiusBottom",
        "height",
        "axis",
        "width",
        "length",
        "indices",
        "familyName",
        "elementType",
        "protoIndices",
        "positions",
        "orientations",
        "orientationsf",
        "scales",
        "invisibleIds",
        "ids",
        "prototypes",
        "curveVertexCounts",
        "widths",
        "type",
        "basis",
        "wrap",
    ]
)
IGNORED_PROPERTIES = frozenset({"extent", "extentsHint", "velocities", "accelerations", "angularVelocities"})
PROTOTYPE_PREFIX = "/__Prototype"


@dataclass
class Changes:
    """Changes between two readings.

    Attributes:
        everything: nothing read before can be trusted.
        instances: prototypes of native instances were made or swapped, so instances may hold something else.
        resynced: prims that appeared, vanished or were composed anew, with all below them.
        kinds: other changes by prim path.
    """

    everything: bool = False
    instances: bool = False
    resynced: set[Sdf.Path] = field(default_factory=set)
    kinds: dict[Sdf.Path, int] = field(default_factory=dict)


def kind_of_property(name: str) -> int:
    """Tell what a changed property means."""
    if name.startswith("xformOp"):
        return Change.MOVED
    if name == "visibility":
        return Change.SHOWN
    if name.startswith("semantic"):
        return Change.LABELLED
    if name.startswith(("band:", "primvars:band:")):
        return Change.WARMED
    if name.startswith("primvars:"):
        return Change.PRIMVAR
    if name.startswith(("material:binding", "collection:")):
        return Change.BOUND
    if name in IGNORED_PROPERTIES:
        return Change.NONE
    return Change.SHAPED if name in SHAPE_PROPERTIES else Change.OTHER


class ChangeLog:
    """Listen to a stage.

    Attributes:
        edits: how often the stage has changed since this listens.
    """

    def __init__(self, stage: Usd.Stage) -> None:
        self.edits = 0
        self._everything = True
        self._resynced: set[Sdf.Path] = set()
        self._edited: set[Sdf.Path] = set()
        self._listener = Tf.Notice.Register(Usd.Notice.ObjectsChanged, self._heard, stage)

    def _heard(self, notice: Usd.Notice.ObjectsChanged, sender: Usd.Stage) -> None:
        self.edits += 1
        self._resynced.update(notice.GetResyncedPaths())
        self._edited.update(notice.GetChangedInfoOnlyPaths())

    def take(self) -> Changes:
        """Return the changes since the last call; the first call returns "everything"."""
        changes = Changes(self._everything)
        self._everything = False
        for path in self._resynced:
            if path.IsPropertyPath():
                _note_property(changes, path)
            else:
                changes.resynced.add(path)
        for path in self._edited:
            if path.IsPropertyPath():
                _note_property(changes, path)
            else:
                changes.kinds[path] = changes.kinds.get(path, Change.NONE) | Change.OTHER
        root = Sdf.Path.absoluteRootPath
        changes.everything |= root in changes.resynced or root in changes.kinds
        _note_prototypes(changes)
        self._resynced, self._edited = set(), set()
        return changes


def _note_property(changes: Changes, path: Sdf.Path) -> None:
    if path.name == "purpose":
        changes.resynced.add(path.GetPrimPath())
        return
    kind = kind_of_property(path.name)
    if kind:
        prim = path.GetPrimPath()
        changes.kinds[prim] = changes.kinds.get(prim, Change.NONE) | kind


def is_prototype(path: Sdf.Path) -> bool:
    """Tell whether a path lies in a prototype of native instances."""
    return str(path).startswith(PROTOTYPE_PREFIX)


def _note_prototypes(changes: Changes) -> None:
    """Sort out edits of prototypes: a whole one was swapped, or an asset's content was edited."""
    edited = [path for path in (*changes.resynced, *changes.kinds) if is_prototype(path)]
    for path in edited:
        if path.pathElementCount == 1 and path not in changes.kinds:
            changes.instances = True
            changes.resynced.discard(path)
        else:
            changes.everything = True
