"""What sky and ground alone send is known without paths: no noise where nothing stands about, no bias where it does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pxr import Usd

from engine.render.bands.expected import NEAR, openness
from tests.bands.stages import camera, mesh, new_stage, planck, plane, render

SKY = ([0.0, 1.0], [60.0, 20.0])  # colder overhead: 60 - 40 cos(zenith angle)
GROUND = 50.0


def plate(**surface: Any) -> tuple[Usd.Stage, str]:
    stage = new_stage(lwir={"sky": SKY, "ground": GROUND})
    plane(stage, "/World/Plate", 10, kelvin=300.0, lwir=surface)
    return stage, camera(stage, (0, -3, 3), (0, 0, 0))


def test_an_open_diffuse_plate_has_no_noise_with_one_sample() -> None:
    """Twice the integral of c (60 - 40 c) over the cosine is 60 - 80/3."""
    image = render(*plate(emissivity=0.5), band_samples=1)
    assert np.abs(image - (0.5 * planck(300.0) + 0.5 * (60.0 - 80.0 / 3.0))).max() < 0.02


@pytest.mark.parametrize("lean", [0.0, 60.0, 90.0])
def test_a_leaning_plate_sees_sky_and_ground(lean: float) -> None:
    """The hemisphere of a leaning normal by quadrature in the world's own angles."""
    tilt = np.radians(lean)
    stage = new_stage(lwir={"sky": SKY, "ground": GROUND})
    across, up = np.cos(tilt), np.sin(tilt)
    corners = [(-2, -2 * across, -2 * up), (2, -2 * across, -2 * up), (2, 2 * across, 2 * up), (-2, 2 * across, 2 * up)]
    mesh(stage, "/World/Plate", corners, [(0, 1, 2, 3)], kelvin=300.0, lwir={"emissivity": 0.5})
    normal = np.array([0.0, -up, across])
    heights = (np.arange(2000) + 0.5) / 1000 - 1
    turns = (np.arange(400) + 0.5) / 400 * 2 * np.pi
    facing = np.clip(np.sqrt(1 - heights**2)[:, None] * np.cos(turns) * normal[1] + heights[:, None] * normal[2], 0, 1)
    sent = np.where(heights > 0, 60.0 - 40.0 * heights, GROUND)
    mean = (facing * sent[:, None]).sum() / facing.sum()
    position = 4 * normal + np.array([0.5, 0, 0])
    image = render(stage, camera(stage, position, (0, 0, 0), up=(1, 0, 0)), band_samples=1)
    assert np.abs(image - (0.5 * planck(300.0) + 0.5 * mean)).max() < 0.05


def test_an_open_rough_metal_has_a_third_of_the_noise_of_its_lobe() -> None:
    """Paths alone would scatter as directions of the lobe do: by their heights times 40 times what is reflected."""
    image = render(*plate(emissivity=0.2, specular=0.5, roughness=0.3), size=48, band_samples=4)
    rows = image[..., 0] - image[..., 0].mean(axis=1, keepdims=True)
    paths = 0.8 * 40 * np.sqrt(1 / 18) / 2  # of four cosine-weighted heights: their variance is 1/18
    assert rows.std() < paths / 3


def test_what_hides_the_sky_is_seen_without_bias() -> None:
    means = {}
    for samples, size in ((2, 64), (400, 16)):
        stage, view = plate(emissivity=0.3, specular=0.5, roughness=0.3)
        mesh(stage, "/World/Wall", [(-5, 1, 0), (5, 1, 0), (5, 1, 2), (-5, 1, 2)], [(0, 1, 2, 3)], 400.0, lwir={})
        means[samples] = render(stage, view, size=size, band_samples=samples)[size // 2 :]
    few, many = means[2], means[400]
    spread = few.std() / np.sqrt(few.size)
    assert few.std() > 0.5  # the wall is seen in places and by chance
    assert abs(few.mean() - many.mean()) < 4 * spread


@pytest.mark.parametrize(("lean", "kelvin"), [(45, 0.8), (90, 1.0)])
def test_what_mirrors_much_has_more_paths(lean: float, kelvin: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Metal that mirrors sky and floor, four samples: half the noise that single paths have, and the same mean."""
    stage = new_stage(lwir={"sky": SKY, "ground": GROUND})
    plane(stage, "/World/Floor", 200, kelvin=281.0, lwir={"emissivity": 0.95})
    across, up = 2 * np.cos(np.radians(lean)), 2 * np.sin(np.radians(lean))
    corners = [(-2, -across, 3 - up), (2, -across, 3 - up), (2, across, 3 + up), (-2, across, 3 + up)]
    steel = {"emissivity": 0.25, "specular": 0.9, "roughness": 0.2}
    mesh(stage, "/World/Plate", corners, [(0, 1, 2, 3)], 281.0, lwir=steel)
    path = camera(stage, (0, -6, 6), (0, 0, 3), degrees=20)

    def shots() -> np.ndarray:
        settings = {"size": 32, "band_samples": 4, "band_bounces": 2}
        return np.stack([render(stage, path, seed=n, **settings)[8:24, 8:24, 0] for n in range(6)])

    many = shots()
    monkeypatch.setattr("engine.render.bands.paths.MIRROR", np.float32(2.0))
    single = shots()
    noise, before = (np.sqrt(np.var(images, axis=0, ddof=1).mean()) for images in (many, single))
    assert noise < 0.6 * before
    assert noise < kelvin * (planck(281.0) - planck(280.0))
    assert many.mean() == pytest.approx(single.mean(), abs=5 * before / np.sqrt(single.size))


def test_trust_comes_from_neighbours_alone() -> None:
    upward, lost = np.ones(100, bool), np.ones(100, bool)
    lost[50] = False
    found = openness(upward, lost)
    assert found[50] == 1.0 and found[0] == 1.0
    assert found[50 + NEAR] == found[50 - 1] == pytest.approx(1 - 1 / (2 * NEAR))
    assert found[50 + NEAR + 1] == 1.0
    assert not openness(np.zeros(5, bool), np.ones(5, bool)).any()
