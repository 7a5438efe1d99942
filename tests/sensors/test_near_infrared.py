"""Acceptance 14: photometry of floods and projectors, reflectance by class, shot noise."""

import numpy as np
import pytest

from sensors import near_infrared
from sensors.bands import BANDS
from sensors.checks import SensorError
from sensors.dot_pattern import blue_noise_points, dot_image
from sensors.illuminators import DotProjector, Flood, lambert_order
from sensors.imager import MonoCamera, auto_exposed, check_bits, to_8_bit
from sensors.material_table import find_material
from sensors.photon_detector import detect, digitise

FLOOD = Flood(1.0, np.radians(45.0))
AHEAD = np.array([[0.0, 0, -1], [0, 0, -2], [0, 0, -4]])
FACING = np.array([[0.0, 0, 1]] * 3)
CAMERA = MonoCamera("test", 64, 48, 3.0, 2.0, 2.0, vignetting=False, prnu=0.0)


def test_a_flood() -> None:
    orders = [lambert_order(np.radians(a)) for a in (30, 45, 60)]
    assert orders == pytest.approx([4.82, 2.0, 1.0], abs=5e-3)
    peaks = [float(Flood(1.0, np.radians(a)).intensity(np.array(1.0))) for a in (30, 45, 60)]
    assert peaks == pytest.approx([0.926, 0.4775, 0.318], abs=6e-4)
    found = FLOOD.irradiance(AHEAD, FACING)
    assert found == pytest.approx([0.4775, 0.1194, 0.0298], abs=6e-5)
    assert found[0] / found[2] == pytest.approx(16.0, rel=0.005)
    tilted = np.array([[np.sin(np.radians(60)), 0.0, np.cos(np.radians(60))]] * 3)
    assert FLOOD.irradiance(AHEAD, tilted) == pytest.approx(0.5 * found)
    aside = np.array([[np.sin(0.5), 0.0, -np.cos(0.5)]])
    assert FLOOD.irradiance(aside, -aside)[0] == pytest.approx(found[0] * np.cos(0.5) ** 2)
    assert FLOOD.irradiance(-AHEAD, FACING).max() == 0.0
    whole = np.cos((np.arange(4000) + 0.5) / 4000 * np.pi / 2)
    power = np.sum(FLOOD.intensity(whole) * 2 * np.pi * np.sqrt(1 - whole**2)) * np.pi / 2 / 4000
    assert power == pytest.approx(1.0, rel=1e-4)


def test_electrons() -> None:
    """1 W, 45 degrees, rho 0.5, F/2, 3 um, 5 ms, tau 0.85: 919, 230, 57 at 850 nm; 635, 159, 40 at 940 nm."""
    radiance = near_infrared.reflected_radiance(0.5, FLOOD.irradiance(AHEAD, FACING))
    assert CAMERA.electrons(radiance) == pytest.approx([919, 230, 57], abs=0.6)
    other = CAMERA.with_settings(band="nir940", efficiency=0.25)
    assert other.electrons(radiance) == pytest.approx([635, 159, 40], abs=0.6)
    ambient = [near_infrared.SUNLIGHT[b] * 30.0 for b in ("nir850", "nir940")]
    assert ambient == pytest.approx([29.5, 11.2], abs=0.05)
    assert [ambient[0] / 0.4775, ambient[1] / 0.4775] == pytest.approx([61.7, 23.4], abs=0.2)


def test_shot_noise() -> None:
    rng = np.random.default_rng(0)
    read = detect(np.full((400, 400), 919.0), 0.0, 0.0, 1e5, rng)
    assert read.var() == pytest.approx(read.mean(), rel=0.05)
    assert read.mean() / read.std() == pytest.approx(30.3, abs=0.5)
    with_read = detect(np.full((400, 400), 100.0), 10.0, 50.0, 1e5, rng)
    assert with_read.mean() == pytest.approx(100.0, abs=0.5)
    assert with_read.var() == pytest.approx(100 + 50 + 100, rel=0.05)
    assert detect(np.full((9, 9), 1e6), 0.0, 0.0, 5000.0, rng).max() == 5000.0


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_counts(bits: int) -> None:
    assert digitise([0.0, 500.0, 1e9], 1000.0, bits).tolist() == [0, 2 ** (bits - 1), 2**bits - 1]
    assert digitise(-5.0, 1000.0, bits, black_level=16) < 17


def test_a_frame() -> None:
    radiance = np.full((144, 192), 0.05)
    frame = CAMERA.expose(radiance, np.random.default_rng(1))
    expected = float(CAMERA.electrons(0.05)) / 10000 * 1024 + 16
    assert frame.shape == (48, 64) and frame.dtype == np.uint16
    assert frame.mean() == pytest.approx(expected - 0.5, abs=0.4)
    uneven = CAMERA.with_settings(prnu=0.05)
    gains = uneven.pixel_gains(np.random.default_rng(2))
    assert gains.std() == pytest.approx(0.05, rel=0.1)
    assert uneven.expose(radiance * 10, np.random.default_rng(1), gains).std() > 1.5 * CAMERA.expose(radiance * 10, np.random.default_rng(1)).std()  # fmt: skip
    dim = CAMERA.with_settings(vignetting=True, focal_length=0.1).expose(radiance * 20, np.random.default_rng(1))
    assert dim[0, 0] < 0.6 * dim[24, 32]
    assert to_8_bit(np.array([[1023, 512]], np.uint16), 10).tolist() == [[255, 128]]


def test_automatic_exposure() -> None:
    bright, dark = np.full((48, 64), 5.0), np.full((48, 64), 1e-4)
    for level, gain_is_up in ((bright, False), (dark, True)):
        used = auto_exposed(CAMERA, level)
        assert (used.gain > 1.0) == gain_is_up
        assert 2e-5 <= used.exposure <= 0.033
    fitted = auto_exposed(CAMERA, bright)
    assert float(fitted.electrons(5.0)) * fitted.gain == pytest.approx(0.7 * fitted.full_well, rel=1e-6)


def test_what_things_reflect() -> None:
    band = BANDS["nir850"]
    leaf, road = (float(near_infrared.reflectance(find_material(t), band)) for t in ("leaf_grass", "asphalt"))
    medians = near_infrared.medians()
    assert medians["green canopy"][2] / medians["asphalt"][2] == pytest.approx(5.8, abs=0.05)
    assert leaf / road > 4.5  # where green is 1.6 times as bright to the eye
    textured = [
        float(near_infrared.reflectance(find_material(token), band, 0.7 * medians[row][0] + 0.3 * medians[row][1]))
        for token, row in (("leaf_grass", "green canopy"), ("asphalt", "asphalt"))
    ]
    assert textured[0] / textured[1] == pytest.approx(5.8, rel=0.05)  # by the rule in luminance, at median colours
    assert near_infrared.reflectance(find_material("water"), band) == pytest.approx(0.02)


@pytest.mark.parametrize(("token", "row"), [("leaf_grass", "green canopy"), ("dirt", "soil"), ("bark", "bark"), ("asphalt", "asphalt"), ("concrete", "concrete sidewalk"), ("wood", "wood"), ("brick", "clay tile")])  # fmt: skip
def test_the_rule_by_class_meets_measured_medians(token: str, row: str) -> None:
    """The line in luminance, at the class's median at 550 nm (about luminance), against its median at 850 and 940."""
    measured = near_infrared.medians()[row]
    visible = 0.7 * measured[0] + 0.3 * measured[1]
    for column, name in ((2, "nir850"), (3, "nir940")):
        found = float(near_infrared.reflectance(find_material(token), BANDS[name], visible))
        assert found == pytest.approx(measured[column], abs=0.08), name


def test_colour_alone_never_says() -> None:
    band = BANDS["nir850"]
    green = near_infrared.luminance(np.array([0.05, 0.12, 0.04]))
    leaf = near_infrared.reflectance(find_material("leaf_grass"), band, green)
    paint = near_infrared.reflectance(find_material("steel", "paint"), band, green)
    assert leaf > 2 * paint - 0.05
    image = near_infrared.reflectance(find_material("fabric"), band, np.linspace(0, 1, 12).reshape(3, 4))
    assert image.shape == (3, 4) and image.min() >= 0.02 and image.max() <= 0.95
    assert near_infrared.reflectance(find_material("rubber"), band, np.array([0.0, 0.9])).tolist() == pytest.approx([0.05] * 2)  # fmt: skip


def test_retroreflection() -> None:
    gain = near_infrared.retro_gain(np.radians([0.0, 1.0, 10.0]), 300.0)
    assert gain == pytest.approx([301.0, 1 + 300 / np.e**2, 1.0], rel=1e-3)


def test_the_dots_keep_apart_and_are_ours() -> None:
    from scipy.spatial import cKDTree

    points = blue_noise_points(2000, 1.6, np.random.default_rng(0))
    place = points * [1.6, 1.0]
    nearest = cKDTree(place, boxsize=[1.6, 1.0]).query(place, k=2)[0][:, 1]
    random = np.random.default_rng(1).uniform(size=(2000, 2)) * [1.6, 1.0]
    by_chance = cKDTree(random, boxsize=[1.6, 1.0]).query(random, k=2)[0][:, 1]
    assert np.percentile(nearest, 5) > 4 * np.percentile(by_chance, 5)
    image = dot_image(points, 320, 200, 1.0)
    assert image.mean() == pytest.approx(1.0, rel=1e-5) and image.min() >= 0.09
    # blue noise: low frequencies are missing
    power = np.abs(np.fft.fft2(dot_image(points, 256, 256, 0.5) - 1.0)) ** 2
    radius = np.hypot(*np.meshgrid(np.fft.fftfreq(256, 1 / 256), np.fft.fftfreq(256, 1 / 256)))
    assert power[(radius > 0) & (radius < 10)].mean() < 0.1 * power[(radius > 35) & (radius < 60)].mean()


def test_a_projector_spreads_its_power_over_its_field() -> None:
    projector = DotProjector(2.0, np.radians(60), np.radians(40), np.ones((20, 30), np.float32), (0.1, 0.0, 0.0))
    x, y = np.meshgrid(np.linspace(-3, 3, 601), np.linspace(-3, 3, 601))
    wall = np.stack([x, y, np.full_like(x, -2.0)], axis=-1)
    light = projector.irradiance(wall, np.broadcast_to([0.0, 0, 1], wall.shape))
    assert light.sum() * 0.01**2 == pytest.approx(2.0, rel=0.01)
    assert (light > 0).mean() == pytest.approx(2 * 2 * np.tan(np.radians(30)) * 2 * 2 * np.tan(np.radians(20)) / 36, rel=0.02)  # fmt: skip
    assert projector.irradiance(-wall, np.broadcast_to([0.0, 0, 1], wall.shape)).max() == 0.0


def test_the_pattern_is_the_right_way_up() -> None:
    pattern = np.zeros((40, 60), np.float32)
    pattern[2, 50] = 2400.0  # top right
    projector = DotProjector(1.0, np.radians(60), np.radians(40), pattern)
    u, v = (50.5 / 60 * 2 - 1) * np.tan(np.radians(30)), (1 - 2.5 / 40 * 2) * np.tan(np.radians(20))
    points = np.array([[u, v, -1.0], [-u, v, -1.0], [u, -v, -1.0]])
    light = projector.irradiance(points, np.array([[0.0, 0, 1]] * 3))
    assert light[0] > 100 and light[1] == light[2] == 0


def test_bad_input() -> None:
    with pytest.raises(SensorError, match=r"half angle: is 90 degrees; expected 0..90"):
        lambert_order(np.pi / 2)
    with pytest.raises(SensorError, match=r"band 'lwir': is not near infrared; expected one of nir850, nir940"):
        near_infrared.reflectance(find_material("wood"), BANDS["lwir"])
    with pytest.raises(SensorError, match=r"bits: is 9; expected 8, 10, 12, 14 or 16"):
        digitise(0.0, 1.0, 9)
    with pytest.raises(SensorError, match=r"mean_electrons: lowest is -1; expected 0 or more"):
        detect(-1.0 * np.ones(3), 0.0, 0.0, 1.0, np.random.default_rng(0))
    with pytest.raises(SensorError, match=r"camera 'test': image is 7x7; expected 64x48"):
        CAMERA.expose(np.zeros((7, 7)), np.random.default_rng(0))
    with pytest.raises(SensorError, match=r"dots: count is 0; expected 1 or more"):
        blue_noise_points(0, 1.0, np.random.default_rng(0))
    with pytest.raises(SensorError, match=r"nir.bits: is 12; expected 8 or 16"):
        check_bits(12, "nir.bits")
