"""Shade that neighbours agree on is not looked for again, and the picture is that of looking every time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pxr import Usd, UsdGeom

from engine.render.bands import renderer
from engine.render.bands.shade_map import even_shade
from engine.render.bands.suns import HIDDEN, LIT, UNKNOWN
from engine.render.buffers import Aov
from engine.render.tracer import LabelTracer
from tests.bands.stages import plane
from tests.bands.test_shade import HIGH, WEST, from_above, post, sunny, warmed


@pytest.fixture
def rays(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the rays that are followed beyond those of the camera."""
    counts: list[int] = []
    follow = LabelTracer.follow

    def counted(self: Any, origins: Any, directions: Any) -> Any:
        counts.append(len(origins))
        return follow(self, origins, directions)

    monkeypatch.setattr(LabelTracer, "follow", counted)
    return counts


def shaded() -> Usd.Stage:
    """A board and a ball over ground that mirrors nothing, under the suns of noon and of the afternoon."""
    stage = sunny(WEST, HIGH)
    warmed(plane(stage, "/World/Ground", 20, kelvin=290.0, lwir={"emissivity": 1.0}), 20.0, 5.0)
    post(stage)
    ball = UsdGeom.Sphere.Define(stage, "/World/Ball")
    ball.CreateRadiusAttr(0.8)
    UsdGeom.XformCommonAPI(ball).SetTranslate((-2.0, 1.5, 1.0))
    warmed(ball.GetPrim(), 10.0, 10.0)
    return stage


@pytest.mark.parametrize("lots", [1 << 15, 64 * 64, 1000])
def test_the_picture_is_the_same_with_a_fraction_of_the_rays(
    lots: int, rays: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderer, "BLOCK", lots)
    few = from_above(shaded(), Aov.BAND_RADIANCE, band_samples=16)
    spent = sum(rays)
    rays.clear()
    monkeypatch.setattr(renderer, "WORTH", 1000)
    every = from_above(shaded(), Aov.BAND_RADIANCE, band_samples=16)
    assert 0 < spent < 0.45 * sum(rays)
    assert np.mean(few == every) > 0.995  # elsewhere the edge of a shadow passes between centres of pixels
    assert np.abs(few / every - 1).max() < 0.02 and np.ptp(every) / every.mean() > 0.15


def test_codes_hold_where_all_neighbours_agree() -> None:
    codes = np.full((1, 25), LIT, np.uint8)
    codes[0, 24] = HIDDEN
    found = even_shade(codes, np.zeros(25, np.int32), (5, 5)).codes.reshape(5, 5)
    wanted = np.full((5, 5), LIT)
    wanted[3:, 3:] = UNKNOWN
    np.testing.assert_array_equal(found, wanted)
    instance = np.zeros((5, 5), np.int32)
    instance[:, 0], instance[:, 1] = -1, 3
    found = even_shade(codes, instance.ravel(), (5, 5)).codes.reshape(5, 5)
    wanted[:, :3] = UNKNOWN
    np.testing.assert_array_equal(found, wanted)
