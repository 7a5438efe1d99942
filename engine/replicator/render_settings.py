"""How colour is rendered, read from carb settings, and the pixel stream of a frame."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from engine.carb.settings import get_settings
from engine.render.buffers import RenderSettings

OWN = "/replicant/render/"
COUNTS = ("pass_samples", "band_samples", "band_bounces", "band_supersampling")
OCCLUSION_LENGTH = "/rtx/ambientOcclusion/rayLength"  # centimetres, 35 unless set
REAL_TIME = RenderSettings(mode="RealTime", samples=2)  # with averaged guides the denoiser needs no more


def render_settings(rt_subframes: int = 1) -> RenderSettings:
    """Return the settings of the next frame.

    `/rtx/rendermode` chooses the mode; `PathTracing` takes samples from `/rtx/pathtracing/spp` (a subframe each, up to
    `/rtx/pathtracing/totalSpp`), every other mode is real time. `/replicant/render/{samples, max_bounces, denoise,
    tonemap, exposure}` win over all of them; `/replicant/render/{band_samples, band_bounces, band_supersampling}` are
    those of bands beyond the visible, `pass_samples` those of colour split by the light's way (`DirectDiffuse` ...).
    `/rtx/ambientOcclusion/rayLength` (centimetres) is how far `AmbientOcclusion` looks.
    `/rtx/post/backgroundZeroAlpha/enabled` makes what shows nothing transparent.

    Args:
        rt_subframes: how often the frame is rendered; path-traced samples add up over the subframes.
    """
    traced = str(get_settings().get("/rtx/rendermode") or "").lower() == "pathtracing"
    chosen = _path_tracing(rt_subframes) if traced else REAL_TIME
    clear = bool(get_settings().get("/rtx/post/backgroundZeroAlpha/enabled"))
    length = get_settings().get(OCCLUSION_LENGTH)
    seen: dict[str, Any] = {} if length is None else {"occlusion_length": _length(length)}
    return replace(chosen, zero_alpha=clear, **seen, **_own())


def frame_override() -> int | None:
    """Return `/replicant/render/frame`: the number that the pixel stream of the next frames uses, if set."""
    value = get_settings().get(OWN + "frame")
    return None if value is None else int(value)


def pixel_seed(global_seed: int, frame: int, product: str) -> int:
    """Return the seed of a frame's pixel samples: one stream per (global seed, frame, render product name)."""
    words = np.random.SeedSequence([abs(int(global_seed)), int(frame), zlib.crc32(product.encode())]).generate_state(1)
    return int(words[0])


def _path_tracing(rt_subframes: int) -> RenderSettings:
    settings = get_settings()
    mode: Literal["PathTracing"] = "PathTracing"
    samples = _positive("/rtx/pathtracing/spp", 64) * max(1, rt_subframes)
    total = int(settings.get("/rtx/pathtracing/totalSpp") or 0)
    denoise = settings.get("/rtx/pathtracing/optixDenoiser/enabled")
    return RenderSettings(
        mode=mode,
        samples=min(samples, total) if total > 0 else samples,
        max_bounces=_positive("/rtx/pathtracing/maxBounces", 4),
        denoise=True if denoise is None else bool(denoise),
    )


def _length(value: Any) -> float:
    """Return metres."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise ValueError(f"setting '{OCCLUSION_LENGTH}' is {value!r}; expected centimetres, at least 0")
    return float(value) / 100.0


def _positive(path: str, default: int) -> int:
    value = get_settings().get(path)
    number = default if value is None else int(value)
    if number < 1:
        raise ValueError(f"setting '{path}' is {value!r}; expected a whole number of at least 1")
    return number


def _own() -> dict[str, Any]:
    kinds = {"samples": int, "max_bounces": int, "denoise": bool, "tonemap": str, "exposure": float}
    kinds |= dict.fromkeys(COUNTS, int)
    values = {name: get_settings().get(OWN + name) for name in kinds}
    for name in ("samples", "max_bounces", *COUNTS):
        if values[name] is not None:
            values[name] = _positive(OWN + name, 1)
    return {name: kinds[name](value) for name, value in values.items() if value is not None}
