"""Motion blur: colour is the mean of the pictures that a still camera takes while the step's time passes."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Usd, UsdGeom

import engine.replicator as rep
from engine.carb.settings import get_settings
from engine.replicator.functional import create
from engine.replicator.motion_blur import FRACTION, REAL_TIME, SWITCH, TRACED, Shutter, shared_out, shutter
from engine.replicator.render_settings import render_settings

MOMENTS = 4
STEP = 0.5  # seconds
SPEED = 4.0  # metres a second


def moving_card(stage: Usd.Stage) -> rep.annotators.Annotator:
    """A card that moves to the right under a camera that looks down, time sampled; returns HdrColor of 48 x 32."""
    create.distant_light(intensity=500)
    card = create.cube(scale=(2, 4, 0.1), name="Card", position=(-1, 0, 0))
    rate = stage.GetTimeCodesPerSecond()
    translate = UsdGeom.Xformable(card).GetOrderedXformOps()[0]
    translate.Set((-1.0, 0, 0), 0.0)
    translate.Set((-1.0 + SPEED * 2, 0, 0), 2.0 * rate)
    camera = create.camera(position=(0, 0, 10), rotation=(0, 0, 0), clipping_range=(0.1, 100))
    picture = rep.annotators.get("HdrColor")
    return picture.attach(rep.create.render_product(camera, (48, 32)))


def settings(**values: object) -> None:
    for key, value in values.items():
        get_settings().set({"blur": SWITCH, "traced": TRACED, "mode": "/rtx/rendermode"}[key], value)
    get_settings().set("/replicant/render/denoise", False)
    get_settings().set("/rtx/pathtracing/spp", 256)


def alpha_at(stage: Usd.Stage, picture: rep.annotators.Annotator, seconds: float) -> np.ndarray:
    rep.orchestrator.stop()
    rep.orchestrator.step(delta_time=0.0)
    rep.orchestrator.step(delta_time=seconds)
    return picture.get_data()[16, :, 3].astype(np.float64)


def test_the_picture_is_the_mean_of_those_of_the_moments(stage: Usd.Stage) -> None:
    picture = moving_card(stage)
    settings(mode="PathTracing", blur=True, traced=MOMENTS)
    blurred = alpha_at(stage, picture, STEP)
    get_settings().set(SWITCH, False)
    sharp = []
    for moment in range(1, MOMENTS + 1):
        stage_time_zero()
        sharp.append(alpha_at(stage, picture, STEP * moment / MOMENTS))
    assert all(set(np.unique(np.round(row, 2))) >= {0.0, 1.0} for row in sharp)
    np.testing.assert_allclose(blurred, np.mean(sharp, axis=0), atol=0.12)  # edges inside a pixel are sampled
    ramp = np.unique(np.round(blurred * MOMENTS))
    np.testing.assert_array_equal(ramp, np.arange(MOMENTS + 1))


def stage_time_zero() -> None:
    from engine.timeline import get_timeline_interface

    get_timeline_interface().stop()
    get_timeline_interface().set_current_time(0.0)


def test_labels_are_those_of_the_last_moment(stage: Usd.Stage) -> None:
    picture = moving_card(stage)
    depth = rep.annotators.get("distance_to_image_plane")
    depth.attach(rep.create.render_product("/Camera", (48, 32)))
    settings(mode="PathTracing", blur=True, traced=MOMENTS)
    alpha_at(stage, picture, STEP)
    row = depth.get_data()[16]
    columns = (np.arange(48) + 0.5 - 24) * 20.955 / 24 / 48 * 9.95  # metres on the card's top
    np.testing.assert_array_equal(np.isfinite(row), (columns > 0) & (columns < 2))


def test_nothing_blurs_while_time_stands_still_or_the_switch_is_off(stage: Usd.Stage) -> None:
    picture = moving_card(stage)
    settings(mode="PathTracing", blur=True, traced=MOMENTS)
    still = alpha_at(stage, picture, 0.0)
    get_settings().set(SWITCH, False)
    np.testing.assert_array_equal(still, alpha_at(stage, picture, 0.0))


def test_the_graph_acts_before_the_shutter_opens(stage: Usd.Stage) -> None:
    picture = moving_card(stage)
    with rep.trigger.on_frame(), rep.get.prim_at_path("/Card"):
        rep.modify.attribute("xformOp:scale", rep.distribution.sequence([(2, 4, 0.1), (0.2, 4, 0.1)]))
    settings(mode="PathTracing", blur=True, traced=MOMENTS)
    narrow = alpha_at(stage, picture, STEP)
    assert narrow.sum() * 20.955 / 24 / 48 * 10 < 0.5  # the wide card of the frame before is in no moment


@pytest.mark.parametrize(("fraction", "waits"), [(1.0, [0.25] * 4), (0.5, [0.625, 0.125, 0.125, 0.125])])
def test_the_moments_end_with_the_step(fraction: float, waits: list[float]) -> None:
    assert Shutter(4, fraction).waits(1.0) == waits


def test_settings_choose_the_moments() -> None:
    assert shutter() == Shutter(1, 1.0)
    settings(blur=True)
    assert shutter() == Shutter(8, 1.0)
    get_settings().set(REAL_TIME, 5)
    get_settings().set(FRACTION, 0.5)
    assert shutter() == Shutter(5, 0.5)
    settings(mode="PathTracing", traced=16)
    assert shutter() == Shutter(16, 1.0)
    assert shared_out(render_settings(), 16).samples == 16


@pytest.mark.parametrize(("key", "value"), [(FRACTION, 2.0), (REAL_TIME, 0)])
def test_settings_that_make_no_sense_are_named(key: str, value: float) -> None:
    settings(blur=True)
    get_settings().set(key, value)
    with pytest.raises(ValueError, match=f"setting '{key}' is {value!r}; expected a"):
        shutter()
