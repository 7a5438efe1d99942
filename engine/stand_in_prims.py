"""Parts of stand-ins: a prim that a script names below an asset which is not here, such as the hand of a gauge."""

from __future__ import annotations

import sys

from pxr import Sdf, Usd, UsdGeom

from . import stand_ins

PART = 0.1  # metres, side of the cube that shows a part


def offer_prim(stage: Usd.Stage, path: str) -> Usd.Prim | None:
    """Return the prim at a path, made if what should hold it is a stand-in; None if it is not.

    Args:
        stage: the open stage.
        path: absolute path of the prim that a script asks for.
    """
    found = stage.GetPrimAtPath(path) if Sdf.Path.IsValidPathString(path) else None
    if found:
        return found
    target = Sdf.Path(path) if Sdf.Path.IsValidPathString(path) else Sdf.Path.emptyPath
    if not target.IsAbsolutePath() or not target.IsPrimPath() or not _is_stand_in(_nearest(stage, target)):
        return None
    for ancestor in target.GetPrefixes():
        if not stage.GetPrimAtPath(ancestor):
            UsdGeom.Xform.Define(stage, ancestor)
    cube = UsdGeom.Cube.Define(stage, target.AppendChild("Box"))
    cube.CreateSizeAttr(PART / UsdGeom.GetStageMetersPerUnit(stage))
    print(f"stand-in: '{path}' is a cube of {PART:g} m in a stand-in", file=sys.stderr)
    return stage.GetPrimAtPath(target)


def _nearest(stage: Usd.Stage, path: Sdf.Path) -> Usd.Prim:
    """Return the nearest prim above a path that is there."""
    while not stage.GetPrimAtPath(path):
        path = path.GetParentPath()
    return stage.GetPrimAtPath(path)


def _is_stand_in(prim: Usd.Prim) -> bool:
    """Tell whether a prim has opinions of a stand-in's file, and may be added to."""
    if prim.IsInstance() or prim.IsInstanceProxy() or prim.IsPseudoRoot():
        return False
    return any(spec.layer.identifier.startswith(stand_ins.folder()) for spec in prim.GetPrimStack())
