"""Colours of ids: recorded ones, hues, uniqueness."""

from __future__ import annotations

import colorsys

import numpy as np

from engine.annotate.palette import colours_of_ids, hsv_to_rgb


def test_colours_recorded_from_isaac_sim() -> None:
    """semantic_segmentation_labels of Isaac Sim 6.2's deformable drop: crate, large_marker, banana."""
    expected = [[0, 0, 0, 0], [0, 0, 0, 255], [93, 220, 11, 255], [243, 69, 141, 255], [35, 198, 233, 255]]
    np.testing.assert_array_equal(colours_of_ids(range(5)), expected)


def test_a_colour_depends_on_its_id_alone_and_names_one_id() -> None:
    ids = np.arange(60_000)
    colours = colours_of_ids(ids)
    assert colours.dtype == np.uint8 and len(np.unique(colours, axis=0)) == len(ids)
    np.testing.assert_array_equal(colours_of_ids([[7, 3], [59_999, 7]]), colours[[7, 3, 59_999, 7]])
    assert (colours[1:, 3] == 255).all()


def test_hues_follow_the_golden_ratio() -> None:
    for identifier, (r, g, b, _) in zip(range(2, 200), colours_of_ids(range(2, 200)).tolist(), strict=True):
        hue, saturation, value = colorsys.rgb_to_hsv(r / 255, g / 255, b / 255)
        ahead = (hue - identifier * 0.6180339887498949) % 1.0
        assert min(ahead, 1 - ahead) < 0.08
        assert saturation > 0.65 and value > 0.75


def test_hsv_agrees_with_the_standard_library() -> None:
    hsv = np.random.default_rng(0).random((200, 3))
    np.testing.assert_allclose(hsv_to_rgb(*hsv.T), [colorsys.hsv_to_rgb(*row) for row in hsv], atol=1e-12)
