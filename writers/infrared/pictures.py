"""Infrared members as pictures to look at: for contact sheets and `inspect`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensors.palettes import colorize
from writers.infrared.naming import is_infrared

Image = NDArray[np.uint8]


def paint(member: str, value: NDArray[Any], about: Mapping[str, Any]) -> Image | None:
    """Turn an infrared member into (h, w, 3) RGB.

    Args:
        member: its name.
        value: decoded.
        about: the sample's json.

    Returns:
        None for a member that is not infrared.
    """
    if not is_infrared(member):
        return None
    kind = member.partition(".")[2]
    if kind in ("agc.png", "left.png", "right.png") or (kind == "png" and value.dtype == np.uint8):
        return _grey(value) if value.ndim == 2 else np.ascontiguousarray(value[..., :3])
    if member == "ir_depth.png":
        return _depth(value, about)
    if member == "ir_truth.emissivity.npy":
        return _grey(np.clip(np.floor(value[..., 0] * 255.0 + 0.5), 0, 255).astype(np.uint8))
    return _grey(stretched(value)) if member.startswith("nir") else colorize(stretched(value), "iron")


def stretched(value: NDArray[Any]) -> Image:
    """Spread the values of one channel over 0..255, between the first and the last percent; nan is 0."""
    one = np.asarray(value, np.float64)
    seen = one[np.isfinite(one)]
    low, high = np.percentile(seen, [1, 99]) if seen.size else (0.0, 1.0)
    level = np.clip((np.nan_to_num(one, nan=low) - low) / max(high - low, 1e-9), 0.0, 1.0)
    return (level * 255).astype(np.uint8)


def _grey(value: Image) -> Image:
    return np.repeat(value[..., None], 3, axis=2)


def _depth(value: NDArray[Any], about: Mapping[str, Any]) -> Image:
    from writers.preview import color_depth

    scale = ((about.get("infrared") or {}).get("ir_depth") or {}).get("depth_scale", 0.001)
    return color_depth(value.astype(np.float32) * scale)


SHOWN: tuple[str, ...] = ("agc.png", "png", "tlinear.png", "temperature.npy", "radiance.npy", "raw16.png")
SHOWN += ("tlinear.tiff", "raw16.tiff", "tiff")  # the first that is there


def tiles(decoded: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Image]:
    """Return one picture an infrared output, by its name."""
    found: dict[str, Image] = {}
    for output in sorted({name.partition(".")[0] for name in decoded if is_infrared(name)}):
        members = [f"{output}.{kind}" for kind in SHOWN if f"{output}.{kind}" in decoded]
        picture = paint(members[0], np.asarray(decoded[members[0]]), about) if members else None
        if picture is not None:
            found[output] = picture
    return found
