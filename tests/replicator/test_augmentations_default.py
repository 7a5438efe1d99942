"""The registered augmentations and rep.tools against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from engine.replicator import augmentations_default as aug
from engine.replicator import tools
from engine.replicator.augmentations_default import DEFAULT_AUGMENTATIONS


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (24, 32, 4), dtype=np.uint8)


def test_rgb_to_hsv_and_back_keeps_colours_and_alpha(image: np.ndarray) -> None:
    primary = np.array([[[255, 0, 0, 9], [0, 255, 0, 9], [0, 0, 255, 9]]], np.uint8)
    np.testing.assert_allclose(aug.aug_rgb_to_hsv(primary)[0, :, 0], [0, 256 / 3, 512 / 3], atol=1)
    back = aug.aug_hsv_to_rgb(aug.aug_rgb_to_hsv(image))
    assert np.abs(back.astype(int) - image).max() <= 8
    np.testing.assert_array_equal(back[..., 3], image[..., 3])


def test_simple_changes_of_colour(image: np.ndarray) -> None:
    np.testing.assert_array_equal(aug.aug_rgba_to_rgb(image), image[..., :3])
    np.testing.assert_array_equal(aug.aug_brightness(image, 0.0), image)
    brighter = aug.aug_brightness(image, 0.5)
    np.testing.assert_array_equal(brighter[..., :3], np.minimum(image[..., :3].astype(int) + 50, 255))
    flat = aug.aug_contrast(image, 0.0)[..., :3]
    assert np.ptp(flat) == 0
    assert flat[0, 0, 0] == int(image[..., :3].mean())
    middle = np.full((2, 2, 4), 128, np.uint8)
    assert abs(int(aug.aug_adjust_sigmoid(middle)[0, 0, 0]) - 255 / (1 + np.exp(10 * (0.5 - 128 / 255)))) <= 1


def test_depth_and_normals_as_colour() -> None:
    depth = np.array([[0.1, 100.0, np.inf, np.sqrt(10.0)]], np.float32)
    np.testing.assert_allclose(aug.aug_colorize_depth(depth)[0, :, 0], [255, 0, 0, 127.5], atol=0.5)
    normals = np.array([[[0, 0, 1, 0], [-1, 0, 0, 0]]], np.float32)
    assert aug.aug_colorize_normals(normals).tolist() == [[[127, 127, 255, 255], [0, 127, 127, 255]]]


def test_edges_are_where_the_step_is() -> None:
    step = np.zeros((16, 16, 4), np.uint8)
    step[:, 8:, :3] = 255
    for edges in (aug.aug_sobel(step), aug.aug_canny(step)):
        columns = np.flatnonzero(edges[..., 0].any(axis=0))
        assert len(columns) > 0
        assert set(columns) <= {7, 8}


def test_geometry_of_images(image: np.ndarray) -> None:
    half = image[..., :3].copy()
    np.testing.assert_array_equal(aug.aug_crop_resize(half), half)
    assert aug.aug_crop_resize(half, xmin=4, xmax=8, ymin=2, ymax=6).shape == half.shape
    np.testing.assert_array_equal(aug.aug_rotate(half, 180.0), half[::-1, ::-1])
    blocks = aug.aug_pixellate(half, 8)
    np.testing.assert_array_equal(blocks[:8, :8], np.broadcast_to(blocks[0, 0], (8, 8, 3)))
    np.testing.assert_allclose(blocks[0, 0], half[:8, :8].reshape(-1, 3).mean(axis=0), atol=1)


def test_kernels_and_blurs(image: np.ndarray) -> None:
    identity = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    np.testing.assert_array_equal(aug.aug_conv2d(image, identity), image)
    plain = np.full((16, 16, 4), 77, np.uint8)
    assert np.abs(aug.aug_motion_blur(plain).astype(int) - 77).max() <= 1
    np.testing.assert_array_equal(aug.aug_glass_blur(plain, 4, seed=1), plain)
    np.testing.assert_array_equal(
        aug.aug_background_rand(np.zeros((2, 2, 4), np.uint8), (1, 2, 3))[0, 0], [1, 2, 3, 255]
    )


def test_noise_follows_its_seed_and_its_size() -> None:
    grey = np.full((128, 128, 4), 100, np.uint8)
    for noise in (aug.aug_speckle_noise, aug.aug_shot_noise):
        np.testing.assert_array_equal(noise(grey, 0.1, 5), noise(grey, 0.1, 5))
        assert not np.array_equal(noise(grey, 0.1, 5), noise(grey, 0.1, 6))
    speckle = aug.aug_speckle_noise(grey, 0.1, 5)[..., :3].astype(float)
    assert abs(speckle.std() - 10.0) < 0.3
    shot = aug.aug_shot_noise(grey, 0.1, 5)[..., :3].astype(float)
    assert abs(shot.std() - np.sqrt(100 / 255) * 0.1 * 255) < 0.6


def test_every_default_runs_under_its_registered_name(image: np.ndarray) -> None:
    assert len(DEFAULT_AUGMENTATIONS) == 20
    for name, augmentation in DEFAULT_AUGMENTATIONS.items():
        source = np.ones((24, 32), np.float32) if name == "ColorizeDepth" else image
        assert augmentation.apply(source, 0, name).shape[:2] == (24, 32)


def test_segmentation_takes_the_colours_of_a_mapping() -> None:
    ids = np.array([[0, 1], [2, 3]], np.uint32)
    labels = {"0": {"class": "BACKGROUND"}, "1": {"class": "UNLABELLED"}, "2": {"class": "cube"}, "3": {"class": "a,b"}}
    mapping = {"unlabelled": (1, 1, 1, 0), "cube": (9, 8, 7, 255), "b": (4, 5, 6)}
    coloured = tools.colorize_segmentation(ids, labels, mapping)
    assert coloured.tolist() == [[[1, 1, 1, 0], [1, 1, 1, 0]], [[9, 8, 7, 255], [4, 5, 6, 255]]]
    assert coloured.dtype == np.uint8


def test_distance_is_logarithmic_and_near_is_bright() -> None:
    grey = tools.colorize_distance(np.array([[1.0, 10.0, 100.0, np.inf]]))[0, :, 0]
    assert grey.tolist() == [255, 127, 0, 0]
    assert tools.colorize_distance(np.full((1, 2), np.inf))[0, :, 0].tolist() == [0, 0]


def test_wrong_masks_are_named() -> None:
    with pytest.raises(ValueError, match=r"data of shape \(3,\) was given; expected ids \(h, w\)"):
        tools.colorize_segmentation(np.zeros(3))
    with pytest.raises(ValueError, match=r"mapping was given without labels; expected the annotator's idToLabels"):
        tools.colorize_segmentation(np.zeros((2, 2)), None, {"cube": (1, 2, 3)})


def test_random_colours_are_distinct_and_repeat() -> None:
    colours = tools.random_colours(6, num_channels=4)
    assert colours == tools.random_colours(6, num_channels=4)
    assert len({tuple(colour) for colour in colours}) == 6
    assert all(colour[3] == 255 for colour in colours)
