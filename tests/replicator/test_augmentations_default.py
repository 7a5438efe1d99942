"""The registered augmentations and rep.tools against closed forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.replicator import augmentations_default as aug
from engine.replicator import augmentations_nodes as nodes
from engine.replicator import tools
from engine.replicator.augmentations import Augmentation, AugmentationError, Warped
from engine.replicator.augmentations_default import DEFAULT_AUGMENTATIONS
from engine.replicator.distribution import uniform


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
    brighter = aug.aug_brightness(image, 50)
    np.testing.assert_array_equal(brighter[..., :3], np.minimum(image[..., :3].astype(int) + 50, 255))
    flat = nodes.contrast(image, contrastFactor=0.0).data[..., :3]
    assert np.ptp(flat) == 0
    assert flat[0, 0, 0] == round(image[..., :3].mean())
    np.testing.assert_array_equal(nodes.contrast(image, 1.0, 1.0).data, image)
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


def moved(xform: np.ndarray, x: float, y: float) -> np.ndarray:
    return (xform @ (x, y, 1.0))[:2]


def test_geometry_of_images(image: np.ndarray) -> None:
    half = image[..., :3].copy()
    np.testing.assert_array_equal(nodes.crop_resize(half, 1.0).data, half)
    assert nodes.crop_resize(half, xmin=4, xmax=8, ymin=2, ymax=6).data.shape == half.shape
    np.testing.assert_array_equal(nodes.rotate(half, 0.0).data, half)
    blocks = nodes.pixellate(half, 8).data
    np.testing.assert_array_equal(blocks[:8, :8], np.broadcast_to(blocks[0, 0], (8, 8, 3)))
    np.testing.assert_allclose(blocks[0, 0], half[:8, :8].reshape(-1, 3).mean(axis=0), atol=1)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("change", [nodes.rotate, nodes.crop_resize])
def test_the_xform_says_where_a_pixel_went(change: Callable[..., Warped], seed: int) -> None:
    dot = np.zeros((64, 96, 4), np.uint8)
    dot[28:31, 46:49] = 255
    made = change(dot, seed=seed)
    found = made.data[..., 0] > 128
    y, x = (float(a.mean()) for a in np.nonzero(found))
    assert found.any() and np.abs(moved(made.xform, 47, 29) - (x, y)).max() < 1.1
    assert not np.allclose(made.xform, np.eye(3))
    np.testing.assert_array_equal(change(dot, seed=seed).data, made.data)


def test_crops_are_not_below_the_share_asked_for(image: np.ndarray) -> None:
    for seed in range(50):
        xform = nodes.crop_resize(image, 0.5, seed=seed).xform
        assert 1 <= xform[0, 0] <= 2.01 and 1 <= xform[1, 1] <= 2.01


def test_kernels_and_blurs(image: np.ndarray) -> None:
    identity = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    np.testing.assert_array_equal(nodes.conv2d(image, 1.0, kernel=identity).data, image)
    np.testing.assert_array_equal(nodes.conv2d(image, 0.0, seed=3).data, image)
    assert not np.array_equal(nodes.conv2d(image, seed=3).data, nodes.conv2d(image, seed=4).data)
    plain = np.full((16, 16, 4), 77, np.uint8)
    assert np.abs(nodes.motion_blur(plain).data.astype(int) - 77).max() <= 1
    np.testing.assert_array_equal(aug.aug_glass_blur(plain, 4, seed=1), plain)


def test_a_dot_is_smeared_along_the_angle() -> None:
    dot = np.zeros((31, 31, 4), np.uint8)
    dot[15, 15] = 255
    across, down = (nodes.motion_blur(dot, angle, 0.0, 9).data[..., 0] for angle in (0.0, 90.0))
    assert set(np.nonzero(across)[0]) == {15} and len(set(np.nonzero(across)[1])) == 9
    assert set(np.nonzero(down)[1]) == {15} and len(set(np.nonzero(down)[0])) == 9
    ahead, behind = (nodes.motion_blur(dot, 0.0, way, 9).data[15, :, 0].astype(float) for way in (1.0, -1.0))
    columns = np.arange(31)
    assert (ahead * columns).sum() / ahead.sum() != pytest.approx(15, abs=0.5)
    np.testing.assert_allclose(ahead, behind[::-1], atol=1)


@pytest.fixture
def pictures(tmp_path: Path) -> str:
    for name, value in (("a", 40), ("b", 200)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((8, 8, 3), value, np.uint8))
    return str(tmp_path)


def test_other_images_are_mixed_in(pictures: str) -> None:
    black = np.zeros((20, 30, 4), np.uint8)
    black[:, :15, 3] = 255
    behind = nodes.background_rand(black, pictures, seed=1).data
    assert not behind[:, :15, :3].any() and set(np.unique(behind[:, 15:, :3])) <= {40, 200}
    assert nodes.background_rand(black, background=(1, 2, 3)).data[0, 20].tolist() == [1, 2, 3, 255]
    blend = nodes.image_blend(black, pictures, 0.25, seed=1).data
    assert set(np.unique(blend[..., :3])) <= {10, 50}
    patch = nodes.cut_mix(black, pictures, seed=2).data[..., 0] > 0
    rows, columns = np.flatnonzero(patch.any(axis=1)), np.flatnonzero(patch.any(axis=0))
    assert 0 < patch.sum() == len(rows) * len(columns) < patch.size
    values = {int(nodes.image_blend(black, pictures, 1.0, seed=s).data[0, 0, 0]) for s in range(12)}
    assert values == {40, 200}


def test_folders_without_images_are_named(tmp_path: Path, image: np.ndarray) -> None:
    with pytest.raises(AugmentationError, match=r"augmentation CutMix: folderpath='' was given; expected a folder"):
        nodes.cut_mix(image)
    (tmp_path / "x.png").write_text("no picture")
    with pytest.raises(AugmentationError, match=r"x.png' cannot be read as an image; expected PNG"):
        nodes.image_blend(image, str(tmp_path))


def test_nodes_are_found_as_the_documentation_writes_them(image: np.ndarray) -> None:
    kinds = ("Pixellate", "MotionBlur", "Conv2d", "Contrast", "Rotate", "CropResize")
    for kind in kinds:
        made = Augmentation.from_node(f"omni.replicator.core.Aug{kind}Exp", documentation="Mine.")
        assert made.docs == "Mine."
        data, info = made.run(image, 0, kind)
        assert data.shape == image.shape and info["xform"].shape == (9,)
    assert Augmentation.from_node("omni.replicator.core.AugBgRandExp", folderpath="/f").parameters["folderpath"] == "/f"
    assert Augmentation.from_node("omni.replicator.core.AugImgBlendExp").function is nodes.image_blend
    with pytest.raises(
        AugmentationError, match=r"augmentation 'pixellate' was given size=3; expected parameters among: ke"
    ):
        Augmentation.from_node("omni.replicator.core.AugPixellateExp", size=3)
    with pytest.raises(
        AugmentationError, match=r"augmentation node 'omni.x.AugFogExp' is not one the embedded engine has"
    ):
        Augmentation.from_node("omni.x.AugFogExp")


def test_parameters_may_be_distributions(image: np.ndarray) -> None:
    bright = Augmentation.from_function(aug.aug_brightness, brightness_factor=uniform(20, 60))
    added = [int(bright.apply(np.zeros_like(image), frame, "x")[0, 0, 0]) for frame in range(8)]
    assert all(20 <= value <= 60 for value in added) and len(set(added)) > 3


def test_noise_follows_its_seed_and_its_size() -> None:
    grey = np.full((128, 128, 4), 100, np.uint8)
    for noise, sigma in ((aug.aug_speckle_noise, 0.1), (aug.aug_shot_noise, 4.0)):
        np.testing.assert_array_equal(noise(grey, sigma, 5), noise(grey, sigma, 5))
        assert not np.array_equal(noise(grey, sigma, 5), noise(grey, sigma, 6))
    speckle = aug.aug_speckle_noise(grey, 0.1, 5)[..., :3].astype(float)
    assert abs(speckle.std() - 10.0) < 0.3
    shot = aug.aug_shot_noise(grey, 4.0, 5)[..., :3].astype(float)
    assert abs(shot.std() - np.sqrt(100 / 4.0)) < 0.1


def test_every_default_runs_under_its_registered_name(image: np.ndarray, pictures: str) -> None:
    assert len(DEFAULT_AUGMENTATIONS) == 24
    for name, augmentation in DEFAULT_AUGMENTATIONS.items():
        source = np.ones((24, 32), np.float32) if name == "ColorizeDepth" else image
        if "folderpath" in augmentation.parameters:
            augmentation = augmentation.with_parameters(None, {"folderpath": pictures})
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
