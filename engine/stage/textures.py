"""Image files named on a stage."""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from typing import Literal, cast

from pxr import Ar, Sdf, Usd

from engine.assets import is_remote, missing, offer
from engine.stage.complaints import Complaints

ColorSpace = Literal["sRGB", "raw", "auto"]
FIRST_TILE = "1001"
SRGB_NAMES = frozenset({"srgb", "srgb_texture", "srgb_rec709_scene", "g22_rec709_scene"})
RAW_NAMES = frozenset({"raw", "linear", "lin_rec709", "lin_rec709_scene", "data", "identity"})


def image_file(prim: Usd.Prim, asset: Sdf.AssetPath | None, complaints: Complaints) -> str | None:
    """Return the absolute path of an image; None, with a warning naming prim and file, if it is missing.

    Of a set of UDIM tiles the first one stands for all. An image inside a package (usdz) is unpacked once.
    """
    if asset is None or not asset.path:
        return None
    path = asset.resolvedPath or offer(asset.path)
    if "<UDIM>" in path:
        complaints.warn(f"{prim.GetPath()}: of the UDIM tiles '{path}' only {FIRST_TILE} is read")
        path = path.replace("<UDIM>", FIRST_TILE)
    if Ar.IsPackageRelativePath(path):
        found = _unpacked(path)
    elif os.path.isabs(path):
        found = path
    else:
        found = _anchored(prim, path) or path
    if found is None or not os.path.isfile(found):
        why = missing(asset.path) if is_remote(asset.path) else f"texture '{asset.path}' is not a file that can be read"
        complaints.warn(f"{prim.GetPath()}: {why}; its constant is used instead")
        return None
    return os.path.abspath(found)


def _anchored(prim: Usd.Prim, path: str) -> str | None:
    """Look for a relative path beside the layers that have an opinion about a prim, strongest first."""
    for spec in prim.GetPrimStack():
        found = spec.layer.ComputeAbsolutePath(path)
        if found and os.path.isfile(found):
            return str(found)
    return None


@lru_cache(maxsize=256)
def _unpacked(path: str) -> str | None:
    asset = Ar.GetResolver().OpenAsset(Ar.ResolvedPath(path))
    if not asset:
        return None
    folder = tempfile.mkdtemp(prefix="usdz-")
    target = os.path.join(folder, os.path.basename(path.rstrip("]").replace("[", "/")))
    with open(target, "wb") as file:
        file.write(bytes(asset.GetBuffer()))
    return target


def color_space(name: object, default: ColorSpace = "auto") -> ColorSpace:
    """Translate a colour space as USD files name it."""
    text = str(name or "").lower()
    if text in SRGB_NAMES:
        return "sRGB"
    if text in RAW_NAMES:
        return "raw"
    return cast(ColorSpace, "auto") if text == "auto" else default
