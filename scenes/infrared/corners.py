"""Temperatures that vary over a mesh: `primvars:ir:temperatureOffset` with more than one value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pxr import Usd, UsdGeom

from sensors.checks import SensorError

AUTHORED = "ir:temperatureOffset"
DERIVED = "primvars:band:temperatureOffset"


@dataclass(frozen=True, eq=False)
class Corners:
    """A primvar.

    Attributes:
        values: (n,) kelvin added, as many as the interpolation asks for.
        interpolation: uniform, vertex, varying or faceVarying.
    """

    values: NDArray[np.float32]
    interpolation: str


def read_corners(prim: Usd.Prim, time: Usd.TimeCode) -> Corners | None:
    """Return what a prim says of how its temperature varies over it; None where it is constant.

    Args:
        prim: a drawable one.
        time: when it is read.

    Raises:
        SensorError: where values are not finite.
    """
    primvar = UsdGeom.PrimvarsAPI(prim).GetPrimvar(AUTHORED)
    if not primvar or not primvar.HasAuthoredValue() or primvar.GetInterpolation() == UsdGeom.Tokens.constant:
        return None
    values = np.asarray(primvar.ComputeFlattened(time), np.float32)
    if not np.isfinite(values).all():
        raise SensorError(f"{prim.GetPath()}.primvars:{AUTHORED}: has values that are not finite; expected kelvin")
    return Corners(values, str(primvar.GetInterpolation()))
