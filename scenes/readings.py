"""Read back what a randomizer did to prims, for the values in a sample's JSON; declare what it is to write."""

from __future__ import annotations

import re

import omni.usd
from pxr import Sdf, Usd, UsdGeom, UsdShade


def matching(pattern: str) -> list[Usd.Prim]:
    """List the prims whose paths match, without case as `rep.get.prims` does."""
    expression = re.compile(pattern, re.IGNORECASE)
    stage = omni.usd.get_context().get_stage()
    return [prim for prim in stage.TraverseAll() if expression.search(str(prim.GetPath()))]


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
