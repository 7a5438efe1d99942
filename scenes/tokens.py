"""Say what a surface is made of: NVIDIA's SimReady non-visual attributes, and our warmth of vertices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pxr import Sdf, Usd, UsdGeom, UsdShade, Vt

BASE, COATING, ATTRIBUTES = (f"omni:simready:nonvisual:{name}" for name in ("base", "coating", "attributes"))
OFFSET = "ir:temperatureOffset"
MODEL = "ir:temperature:model"


def made_of(
    material: UsdShade.Material, base: str, coating: str = "none", attributes: Sequence[str] = ("none",)
) -> None:
    """Author what a material is made of.

    Args:
        material: gets the attributes.
        base: a token of sensors/materials.yaml, e.g. "fabric".
        coating: none, paint, clearcoat or paint_clearcoat.
        attributes: none, emissive, retroreflective, single_sided or visually_transparent.

    Source: simready-foundation-tier-core 2026.8.0, NVM.001 to NVM.006.
    """
    prim = material.GetPrim()
    prim.CreateAttribute(BASE, Sdf.ValueTypeNames.Token, False, Sdf.VariabilityUniform).Set(base)
    prim.CreateAttribute(COATING, Sdf.ValueTypeNames.Token, False, Sdf.VariabilityUniform).Set(coating)
    names = prim.CreateAttribute(ATTRIBUTES, Sdf.ValueTypeNames.TokenArray, False, Sdf.VariabilityUniform)
    names.Set(Vt.TokenArray(list(attributes)))


def warm_vertices(mesh: UsdGeom.Mesh, kelvin: NDArray[np.floating[Any]]) -> None:
    """Author what is added (n,) K to the temperature of a mesh at each of its points."""
    primvar = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar(OFFSET, Sdf.ValueTypeNames.FloatArray, UsdGeom.Tokens.vertex)
    primvar.Set(Vt.FloatArray.FromNumpy(np.ascontiguousarray(kelvin, np.float32)))


def temperature_model(prim: Usd.Prim, kind: str) -> None:
    """Author how the temperature of what is below a prim comes about: a kind of sensors/temperatures.yaml, or
    `fixed`, `ambient`, `heatBalance`.
    """
    prim.CreateAttribute(MODEL, Sdf.ValueTypeNames.Token, False, Sdf.VariabilityUniform).Set(kind)
