"""Geometry that instance proxies share, and that survives when an asset is swapped out and in again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, MutableMapping

from pxr import Sdf, Tf, Usd, UsdGeom

from engine.stage.geometry import Geometry

KEPT = 256


class SharedGeometry:
    """Geometry by where it is authored.

    What a prim inside a native instance looks like follows from the layers and paths that have opinions about it alone
    (opinions of the scene about it are ignored by USD), and from constant primvars inherited from above the instance.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Geometry] = OrderedDict()
        self._unsaved: dict[Hashable, Geometry] = {}
        self._inheriting: dict[Sdf.Path, bool] = {}
        self._listener = Tf.Notice.RegisterGlobally(Sdf.Notice.LayerDidReplaceContent, self._reloaded)

    def clear(self) -> None:
        """Forget all: an asset was edited."""
        self._known.clear()
        self.forget_prototypes()

    def forget_prototypes(self) -> None:
        """Forget what holds only as long as nothing is composed anew."""
        self._unsaved.clear()
        self._inheriting.clear()

    def read(self, proxy: Usd.Prim, time: Usd.TimeCode, read: Callable[[], Geometry | None]) -> Geometry | None:
        """Return the geometry of an instance proxy, reading it only if no equal one is known.

        Args:
            proxy: a prim below a native instance.
            time: when.
            read: reads it.
        """
        if self._inherits(proxy):
            return read()
        source = proxy.GetPrimInPrototype()
        known: MutableMapping[Hashable, Geometry] = self._known
        key = _authored_at(source)
        if key is None:
            known, key = self._unsaved, source.GetPath()
        found = known.get(key)
        if found is None or (found.varies and found.time != time):
            found = read()
            if found is None:
                return None
            known[key] = found
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return found

    def _inherits(self, proxy: Usd.Prim) -> bool:
        """Tell whether an instance's contents inherit primvars from outside."""
        instance = proxy
        while instance.IsInstanceProxy():
            instance = instance.GetParent()
        path = instance.GetPath()
        if path not in self._inheriting:
            self._inheriting[path] = bool(UsdGeom.PrimvarsAPI(instance).FindInheritablePrimvars())
        return self._inheriting[path]

    def _reloaded(self, notice: Sdf.Notice.LayerDidReplaceContent, sender: object) -> None:
        self.clear()


def _authored_at(prim: Usd.Prim) -> Hashable | None:
    """Name the opinions about a prim; None if some are in layers that are not saved, which may still change."""
    specs = prim.GetPrimStack()
    if any(spec.layer.anonymous or spec.layer.dirty for spec in specs):
        return None
    return tuple((spec.layer.identifier, str(spec.path)) for spec in specs)
