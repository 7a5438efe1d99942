"""Temperatures that an image has: `ir:temperature:texture`, with scale and bias in kelvin, on prims and materials."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from pxr import Sdf, Usd, UsdGeom

from scenes.infrared.authored import check_limits, read_number
from sensors.checks import SensorError, check_temperature

TEXTURE, SCALE, BIAS = (f"ir:temperature:{name}" for name in ("texture", "textureScale", "textureBias"))
DERIVED = {name: f"band:temperatureOffset:{name}" for name in ("file", "scale", "bias")}
COORDINATES = frozenset({"texCoord2f[]", "texCoord2d[]", "texCoord2h[]", "float2[]", "double2[]", "half2[]"})


@dataclass(frozen=True)
class HeatMap:
    """An image of kelvin that are added to a temperature.

    Attributes:
        holder: path of the prim or material that names it.
        file: absolute path.
        scale, bias: kelvin added = texel * scale + bias; texels are 0..1 of 8 and 16 bit, and floats as they are.
    """

    holder: str
    file: str
    scale: float = 1.0
    bias: float = 0.0

    def check(self, kelvin: float, where: str) -> None:
        """Refuse the image on a surface where its coldest or warmest texel makes a temperature that cannot be.

        Args:
            kelvin: of the surface without it.
            where: path of the surface.

        Raises:
            SensorError: naming surface and attribute; also where the file is no image any more.
        """
        attribute = f"{self.holder}.{TEXTURE}"
        try:
            extremes = np.array(_extremes(self.file, Path(self.file).stat().st_mtime_ns))
        except OSError:
            raise _unreadable(attribute, self.file) from None
        found = np.sort(check_temperature(kelvin + self.bias + self.scale * extremes, f"{where}: with {attribute}"))
        check_limits(float(found[-1]), "ir:temperature", f"{where}: with {attribute}")

    def values(self) -> dict[str, Sdf.AssetPath | float]:
        """Return it as the engine's attributes."""
        return {
            DERIVED["file"]: Sdf.AssetPath(self.file),
            DERIVED["scale"]: self.scale,
            DERIVED["bias"]: self.bias,
        }


@lru_cache(maxsize=256)
def _extremes(file: str, stamp: int) -> tuple[float, float]:
    """Return the smallest and largest red texel of a file; NaN where there is one."""
    image = cv2.imread(file, cv2.IMREAD_UNCHANGED)
    if image is None:
        raise OSError(file)
    red = image if image.ndim == 2 else image[..., 2 if image.shape[2] > 2 else 0]
    full = {np.dtype(np.uint8): 255.0, np.dtype(np.uint16): 65535.0}.get(red.dtype, 1.0)
    return float(red.min()) / full, float(red.max()) / full


def _unreadable(attribute: str, file: str) -> SensorError:
    return SensorError(
        f"{attribute}: '{file}' is not a file that can be read; expected an image (PNG, TIFF ...), absolute or "
        "relative to the layer that names it, outside of any package"
    )


def read_heat_map(prim: Usd.Prim, time: Usd.TimeCode) -> HeatMap | None:
    """Return the image that a prim or material itself names, or None.

    Raises:
        SensorError: naming the attribute, for a file that is no image, numbers beyond the schema's limits, numbers
            without a file, and a file on a GeomSubset.
    """
    where = f"{prim.GetPath()}.{TEXTURE}"
    scale, bias = read_number(prim, SCALE, time), read_number(prim, BIAS, time)
    attribute = prim.GetAttribute(TEXTURE)
    asset = attribute.Get(time) if attribute and attribute.HasAuthoredValue() else None
    if asset is not None and not isinstance(asset, Sdf.AssetPath):
        raise SensorError(f"{where}: is {asset!r}; expected an asset, the path of an image")
    if asset is None or not asset.path:
        if scale is not None or bias is not None:
            raise SensorError(f"{prim.GetPath()}: {SCALE} or {BIAS} stands without {TEXTURE}; author all on one prim")
        return None
    if prim.IsA(UsdGeom.Subset):
        raise SensorError(f"{where}: is on a GeomSubset; expected it on the subset's material, or on the mesh")
    file = asset.resolvedPath
    if not file or not Path(file).is_file() or not cv2.haveImageReader(file):
        raise _unreadable(where, asset.path)
    return HeatMap(str(prim.GetPath()), str(Path(file).absolute()), 1.0 if scale is None else scale, bias or 0.0)


def check_reach(heat: HeatMap, prim: Usd.Prim, drawn: Usd.Prim, bound: str) -> None:
    """Refuse an image that cannot be laid on a surface.

    Args:
        heat: the image.
        prim: the surface, or a GeomSubset.
        drawn: the prim or PointInstancer that draws it.
        bound: path of the surface's material.

    Raises:
        SensorError: without texture coordinates, and on prims that an instancer copies; naming prim and attribute.
    """
    where = f"{heat.holder}.{TEXTURE}"
    if heat.holder != bound and not drawn.GetPath().HasPrefix(heat.holder):
        raise SensorError(
            f"{where}: is on a prim that the PointInstancer {drawn.GetPath()} copies; expected it on the material of "
            f"{prim.GetPath()}, or on the instancer"
        )
    mesh = prim.GetParent() if prim.IsA(UsdGeom.Subset) else prim
    if not mesh.IsA(UsdGeom.Mesh):
        return
    primvars = UsdGeom.PrimvarsAPI(mesh).FindPrimvarsWithInheritance()
    if not any(str(each.GetTypeName()) in COORDINATES and each.HasValue() for each in primvars):
        raise SensorError(
            f"{mesh.GetPath()}: has no texture coordinates for {where}; expected primvars:st (texCoord2f[])"
        )
