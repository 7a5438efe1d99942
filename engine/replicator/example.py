"""rep.example: a few textures, assets and materials, made by code on first use into the user's cache folder."""

from __future__ import annotations

import copy
import os
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import UInt8

from engine.replicator import example_assets

SIZE = 256
PATTERNS = ("checker", "stripes", "dots", "noise")
DECAL = "smiley_albedo"
Image = UInt8[np.ndarray, "h w 3"]


def pattern(name: str, size: int = SIZE) -> Image:
    """Return a tileable pattern (BGR, as OpenCV writes it)."""
    y, x = np.mgrid[0:size, 0:size] / size
    if name == "checker":
        mask = (np.floor(x * 8) + np.floor(y * 8)) % 2
    elif name == "stripes":
        mask = 0.5 + 0.5 * np.sin(2 * np.pi * 8 * (x + y))
    elif name == "dots":
        mask = (np.hypot((x * 6) % 1 - 0.5, (y * 6) % 1 - 0.5) < 0.3).astype(np.float64)
    elif name == "noise":
        coarse = np.random.default_rng(0).random((16, 16)).astype(np.float32)
        tiled = cv2.resize(np.tile(coarse, (3, 3)), (3 * size, 3 * size), interpolation=cv2.INTER_CUBIC)
        mask = np.clip(tiled[size : 2 * size, size : 2 * size], 0.0, 1.0)
    else:
        raise ValueError(f"example.pattern: name={name!r} was given; expected one of: {', '.join(PATTERNS)}")
    hue = PATTERNS.index(name)
    dark, light = np.roll([40, 70, 110], hue), np.roll([230, 210, 180], hue)
    return np.rint(dark + mask[..., None] * (light - dark)).astype(np.uint8)


def decal(size: int = SIZE) -> UInt8[np.ndarray, "h w 4"]:
    """Return a face to project (BGRA): opaque inside its circle, clear outside."""
    y, x = (np.mgrid[0:size, 0:size] + 0.5) / size - 0.5
    image = np.zeros((size, size, 4), np.uint8)
    image[np.hypot(x, y) < 0.48] = (40, 210, 250, 255)
    eyes = np.hypot(np.abs(x) - 0.16, y + 0.14) < 0.06
    mouth = (np.abs(np.hypot(x, y - 0.02) - 0.28) < 0.035) & (y > 0.08)
    image[eyes | mouth] = (20, 20, 20, 255)
    return image


@cache
def folder() -> str:
    """Return the folder of the textures, writing those that are missing."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "replicant" / "textures"
    root.mkdir(parents=True, exist_ok=True)
    for name in (*PATTERNS, DECAL):
        path = root / f"{name}.png"
        if not path.exists():
            partial = root / f".{name}.{os.getpid()}.png"
            cv2.imwrite(str(partial), decal() if name == DECAL else pattern(name))
            partial.replace(path)
    return str(root)


def __getattr__(name: str) -> Any:
    if name == "TEXTURES_DIR":
        return folder()
    if name == "TEXTURES":
        return [str(Path(folder()) / f"{pattern_name}.png") for pattern_name in PATTERNS]
    if name == "ASSETS_DIR":
        return str(Path(example_assets.assets()[0]).parent)
    if name in ("ASSETS", "MATERIALS"):
        return list(example_assets.assets() if name == "ASSETS" else example_assets.materials())
    if name == "MDL_JSON_EXAMPLE":
        return copy.deepcopy(example_assets.MDL_JSON_EXAMPLE)
    raise AttributeError(f"rep.example has no '{name}'; see docs/parity.md for what the embedded engine has")
