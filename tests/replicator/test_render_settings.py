"""Render settings from carb, and pixel streams."""

from __future__ import annotations

import pytest

from engine.carb.settings import get_settings
from engine.render.buffers import RenderSettings
from engine.replicator.render_settings import REAL_TIME, frame_override, pixel_seed, render_settings


def test_real_time_is_the_default_and_both_of_its_names_mean_it() -> None:
    assert render_settings() == RenderSettings("RealTime", samples=2, denoise=True)
    for name in ("RaytracedLighting", "RealTimePathTracing"):
        get_settings().set("/rtx/rendermode", name)
        assert render_settings(8) == REAL_TIME


def test_path_tracing_takes_samples_bounces_and_denoiser_from_carb() -> None:
    settings = get_settings()
    settings.set("/rtx/rendermode", "PathTracing")
    assert render_settings() == RenderSettings("PathTracing", 64, 4, True)
    settings.set("/rtx/pathtracing/spp", 8)
    settings.set("/rtx/pathtracing/maxBounces", 6)
    settings.set("/rtx/pathtracing/optixDenoiser/enabled", False)
    assert render_settings(4) == RenderSettings("PathTracing", 32, 6, False)
    settings.set("/rtx/pathtracing/totalSpp", 20)
    assert render_settings(4).samples == 20


def test_own_settings_win() -> None:
    settings = get_settings()
    settings.set("/replicant/render/samples", 3)
    settings.set("/replicant/render/denoise", False)
    settings.set("/replicant/render/exposure", 1)
    assert render_settings() == RenderSettings(samples=3, denoise=False, exposure=1.0)
    assert frame_override() is None
    settings.set("/replicant/render/frame", 812)
    assert frame_override() == 812


def test_samples_below_one_are_refused() -> None:
    get_settings().set("/rtx/rendermode", "PathTracing")
    get_settings().set("/rtx/pathtracing/spp", 0)
    with pytest.raises(ValueError, match=r"setting '/rtx/pathtracing/spp' is 0; expected a whole number of at least 1"):
        render_settings()


def test_ambient_occlusion_looks_as_many_centimetres_as_rtx_is_told() -> None:
    assert render_settings().occlusion_length == 0.35
    get_settings().set("/rtx/ambientOcclusion/rayLength", 120)
    assert render_settings().occlusion_length == 1.2
    get_settings().set("/rtx/ambientOcclusion/rayLength", -1)
    with pytest.raises(ValueError, match=r"'/rtx/ambientOcclusion/rayLength' is -1; expected centimetres, at least 0"):
        render_settings()


@pytest.mark.parametrize("name", ["samples", "max_bounces", "pass_samples"])
def test_own_numbers_below_one_are_refused(name: str) -> None:
    get_settings().set(f"/replicant/render/{name}", 0)
    with pytest.raises(
        ValueError, match=rf"setting '/replicant/render/{name}' is 0; expected a whole number of at least"
    ):
        render_settings()


def test_every_seed_frame_and_product_has_its_own_stream() -> None:
    seeds = {pixel_seed(s, f, n) for s in (0, 1) for f in (0, 1) for n in ("a", "b")}
    assert len(seeds) == 8
    assert pixel_seed(42, 7, "Replicator") == pixel_seed(42, 7, "Replicator")
