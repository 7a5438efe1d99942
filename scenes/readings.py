"""Read back what a randomizer did to prims, for the values in a sample's JSON; declare what it is to write."""

from __future__ import annotations

import re
from collections.abc import Iterator

import omni.usd
from pxr import Sdf, Usd, UsdGeom, UsdShade

_NAMED = re.compile(r"\^((?:/[A-Za-z0-9_]+)+)/(?![*+?{])")


def matching(pattern: str) -> list[Usd.Prim]:
    """List the prims whose paths match, without case as `rep.get.prims` does."""
    expression = re.compile(pattern, re.IGNORECASE)
    prims = _below(omni.usd.get_context().get_stage(), pattern)
    return [prim for prim in prims if expression.search(str(prim.GetPath()))]


def _below(stage: Usd.Stage, pattern: str) -> Iterator[Usd.Prim]:
    """Traverse the prims below those that a pattern names letter by letter, e.g. "/World/herd" of "^/World/herd/.*"."""
    named = None if "|" in pattern else _NAMED.match(pattern)
    roots = [stage.GetPseudoRoot()]
    for name in named[1].lower().split("/")[1:] if named else ():
        roots = [child for prim in roots for child in prim.GetAllChildren() if child.GetName().lower() == name]
    for root in roots:
        yield from Usd.PrimRange(root, Usd.PrimAllPrimsPredicate)


def positions(pattern: str) -> dict[str, list[float]]:
    """Map each matching prim to its translation in its parent's frame, stage units."""
    prims = [prim for prim in matching(pattern) if prim.IsA(UsdGeom.Xformable)]
    local = {str(prim.GetPath()): UsdGeom.Xformable(prim).GetLocalTransformation() for prim in prims}
    return {path: [round(v, 6) for v in matrix.ExtractTranslation()] for path, matrix in local.items()}


def orientations(pattern: str) -> dict[str, list[float]]:
    """Map each matching prim to its rotation in its parent's frame, quat_wxyz."""
    found = {}
    for prim in matching(pattern):
        if prim.IsA(UsdGeom.Xformable):
            quat = UsdGeom.Xformable(prim).GetLocalTransformation().RemoveScaleShear().ExtractRotationQuat()
            found[str(prim.GetPath())] = [round(v, 6) for v in (quat.GetReal(), *quat.GetImaginary())]
    return found


def materials(pattern: str) -> dict[str, str]:
    """Map each matching prim to the path of the material bound to it ("" where there is none)."""
    found = {}
    for prim in matching(pattern):
        material, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
        found[str(prim.GetPath())] = str(material.GetPath()) if material else ""
    return found


def declare(pattern: str, name: str) -> None:
    """Declare a float attribute without a value on each matching prim, so that it is written there and not below."""
    for prim in matching(pattern):
        if not prim.HasAttribute(name):
            prim.CreateAttribute(name, Sdf.ValueTypeNames.Float, True)
