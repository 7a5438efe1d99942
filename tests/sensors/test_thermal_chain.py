"""Acceptance 9 to 12: NETD, 3-D noise, MTF and slow pixels, on the camera itself."""

import numpy as np
import pytest

from sensors import bad_pixels, bolometer, noise, optics
from sensors.bands import BANDS
from sensors.checks import SensorError
from sensors.noise import NoiseRatios
from sensors.photon_detector import electrons
from sensors.registry import camera_names, find_camera
from sensors.thermal_camera import ThermalCamera, correct, expose, start

QUIET = NoiseRatios(0, 0, 0, 0, 0, 0, 1.0)


def small(**settings: object) -> ThermalCamera:
    base = {"width": 64, "height": 48, "bad_fraction": 0.0, "drift": 0.0, "vignetting": False, "ratios": QUIET}
    base["aberration"] = 0.0
    return find_camera("boson640").with_settings(**{**base, **settings})


def flat(camera: ThermalCamera, kelvin: float, factor: int = 1) -> np.ndarray:
    return np.full((camera.height * factor, camera.width * factor), camera.spectrum.radiance(kelvin), np.float32)


def test_netd_in_radiance() -> None:
    assert bolometer.noise_radiance(BANDS["lwir"], 0.05) == pytest.approx(0.0419, abs=5e-5)
    assert bolometer.noise_radiance(BANDS["lwir_7_13"], 0.05) == pytest.approx(0.0441, abs=5e-5)
    band = BANDS["lwir_7_13"]
    same_noise = bolometer.noise_radiance(band, 0.05) / band.slope([253.15, 273.15, 300.0, 323.15, 373.15]) * 1000
    assert same_noise == pytest.approx([87.4, 67.0, 50.0, 40.6, 28.8], abs=0.1)


@pytest.mark.parametrize(("kelvin", "expected"), [(302.5, 50.0), (300.0, 50.0), (373.15, 28.8), (253.15, 87.4)])
def test_netd_by_two_blackbodies(kelvin: float, expected: float) -> None:
    """Noise over responsivity between two blackbodies 5 K apart, 128 frames, from the camera's counts."""
    camera = small(netd=0.050, bits=16)
    state, rng = start(camera, np.random.default_rng(1)), np.random.default_rng(2)
    cold, warm = [
        np.stack([expose(camera, state, flat(camera, t), rng, 1.0).counts.astype(float) for _ in range(128)])[1:]
        for t in (kelvin - 2.5, kelvin + 2.5)
    ]
    per_kelvin = (warm.mean() - cold.mean()) / 5.0
    assert cold.std(axis=0).mean() / per_kelvin * 1000 == pytest.approx(expected, rel=0.10)


def test_three_dimensional_noise_is_measured_as_it_was_made() -> None:
    ratios = NoiseRatios(t=0.02, v=0.08, h=0.15, tv=0.05, th=0.05, vh=0.30, tvh=1.0)
    assert ratios.total == pytest.approx(1.060, abs=5e-4)
    cube = noise.synthesise(128, 120, 160, 1.0, ratios, np.random.default_rng(0))
    found = {name: np.sqrt(max(v, 0.0)) for name, v in noise.measure(cube).items()}
    assert found["tvh"] == pytest.approx(1.0, rel=0.05)
    assert found["vh"] == pytest.approx(0.30, rel=0.12)
    assert found["h"] == pytest.approx(0.15, rel=0.15)
    assert found["tv"] == pytest.approx(0.05, rel=0.15)  # plain averaging reads 0.092
    plain = noise.directional_variances(cube)
    assert np.sqrt(plain["tv"]) > 0.085
    assert sum(plain.values()) == pytest.approx(cube.var(), rel=1e-9)


def test_the_camera_s_noise_has_these_directions() -> None:
    camera = small(width=160, height=120, netd=0.05, ratios=NoiseRatios(), wander_time=1e9, shutter_interval=1e9)
    state, rng = start(camera, np.random.default_rng(3)), np.random.default_rng(4)
    level = flat(camera, 300.0)
    cube = np.stack([expose(camera, state, level, rng).radiance for _ in range(64)]).astype(float) - level[0, 0]
    sigma = bolometer.noise_radiance(camera.spectrum, 0.05)
    found = {name: np.sqrt(max(v, 0.0)) / sigma for name, v in noise.measure(cube).items()}
    assert found["tvh"] == pytest.approx(1.0, rel=0.05)
    assert found["vh"] == pytest.approx(0.30, rel=0.12)
    assert found["h"] == pytest.approx(0.15, rel=0.25)


def test_the_shutter_resets_the_pattern_and_holds_the_image() -> None:
    camera = small(width=160, height=120, netd=0.05, ratios=NoiseRatios(), shutter_interval=10.0, shutter_time=0.5)
    state, rng = start(camera, np.random.default_rng(3)), np.random.default_rng(4)
    level = flat(camera, 300.0)
    before = float(state.pattern.std())
    frames = [expose(camera, state, level, rng, 0.25) for _ in range(39)]
    assert not any(f.is_frozen for f in frames)
    held = [expose(camera, state, level, rng, 0.25) for _ in range(3)]
    assert [f.is_frozen for f in held] == [True, True, False]
    assert np.array_equal(held[0].counts, frames[-1].counts) and not np.array_equal(held[2].counts, held[1].counts)
    assert float(state.pattern.std()) < 0.2 * before
    for _ in range(30):
        expose(camera, state, level, rng, 9.9)
        state.seconds = 0.0
    assert float(state.pattern.std()) == pytest.approx(before, rel=0.15)
    correct(state)
    assert not state.pattern.any()


def test_slow_pixels_follow() -> None:
    """10 ms at 60 Hz: 0.1889, 0.0357, 0.0067 of a step are left after 1, 2, 3 frames."""
    camera = small(netd=0.0)
    assert [bolometer.lag_factor(1 / 60, t) for t in (0.008, 0.010, 0.012)] == pytest.approx([0.875, 0.811, 0.751], abs=6e-4)  # fmt: skip
    state, rng = start(camera, np.random.default_rng(0)), np.random.default_rng(0)
    cold, warm = float(camera.spectrum.radiance(300.0)), float(camera.spectrum.radiance(310.0))
    for _ in range(5):
        frame = expose(camera, state, flat(camera, 300.0), rng)
        assert frame.radiance == pytest.approx(cold, rel=1e-6)  # static scenes stay as they are
    left = []
    for _ in range(3):
        frame = expose(camera, state, flat(camera, 310.0), rng)
        left.append((warm - float(frame.radiance[10, 10])) / (warm - cold))
    assert left == pytest.approx([0.1889, 0.0357, 0.0067], abs=1e-4)


def test_photon_detectors_do_not_lag_and_their_noise_follows_light() -> None:
    camera = find_camera("insb_mwir").with_settings(
        width=64, height=48, bad_fraction=0.0, vignetting=False, ratios=QUIET
    )
    state, rng = start(camera, np.random.default_rng(0)), np.random.default_rng(0)
    expose(camera, state, flat(camera, 300.0), rng)
    warm = expose(camera, state, flat(camera, 320.0), rng).radiance
    assert warm.mean() == pytest.approx(camera.spectrum.radiance(320.0), rel=1e-3)
    cold = expose(camera, state, flat(camera, 300.0), rng).radiance
    ratio = float(camera.spectrum.radiance(320.0) / camera.spectrum.radiance(300.0))
    assert warm.std() / cold.std() == pytest.approx(np.sqrt(ratio), rel=0.05)
    # 20 mK is what shot noise alone gives within a factor of two at this exposure
    arriving = optics.image_irradiance(camera.spectrum.radiance(300.0), 2.3, 0.9)
    count = float(electrons(arriving, 4.6, 15.0, 0.004, 0.85))  # 4.6 um: the mean of 3-5 um at 300 K
    shot = np.sqrt(count) / count * camera.spectrum.radiance(300.0) / camera.spectrum.slope(300.0)
    assert 0.005 < shot < 0.02


def test_mtf_at_nyquist() -> None:
    for pitch, f_number, wavelength, lens, system in ((12, 1.0, 10, 0.485, 0.309), (17, 1.0, 10, 0.631, 0.402), (15, 2.3, 4, 0.616, 0.392), (3, 2.0, 0.85, 0.644, 0.410)):  # fmt: skip
        at = 500.0 / pitch  # Nyquist, cycles/mm
        assert optics.diffraction_mtf(at, wavelength, f_number) == pytest.approx(lens, abs=6e-4)
        assert optics.diffraction_mtf(at, wavelength, f_number) * float(np.sinc(0.5)) == pytest.approx(system, abs=1e-3)
    assert optics.gaussian_mtf(40.0, 5.0) == pytest.approx(np.exp(-2 * (np.pi * 0.2) ** 2))
    assert optics.diffraction_mtf(1e6, 10.0, 1.0) == 0.0


def edge_mtf(image: np.ndarray, slope: float, centre: float, at: float) -> float:
    """MTF at `at` cycles a pixel from a slanted edge (ISO 12233's idea): bin by distance, differentiate, transform."""
    rows, columns = np.indices(image.shape)
    distance = (columns + 0.5 - centre - slope * (rows + 0.5)) / np.hypot(1.0, slope)
    bins = 8
    place = np.floor((distance + 12) * bins).astype(int)
    inside = (place >= 0) & (place < 24 * bins)
    count = np.bincount(place[inside], minlength=24 * bins)
    profile = np.bincount(place[inside], image[inside].astype(float), 24 * bins) / np.maximum(count, 1)
    line = np.diff(profile) * np.hanning(24 * bins - 1)
    x = np.arange(len(line)) / bins
    wave = abs(np.sum(line * np.exp(-2j * np.pi * at * x))) / abs(line.sum())
    return float(wave / abs(np.sinc(at / bins)) ** 2)


def test_mtf_of_a_slanted_edge_through_the_camera() -> None:
    camera = small(width=96, height=96, netd=0.0, band="lwir_7_13", pitch=12.0, f_number=1.0)
    factor = 6
    slope = np.tan(np.radians(5.0))
    y, x = (np.indices((96 * factor, 96 * factor)) + 0.5) / factor
    distance = (x - 43.3 - slope * y) / np.hypot(1.0, slope)
    scene = (40.0 + 20.0 * np.clip(distance * factor + 0.5, 0.0, 1.0)).astype(np.float32)
    state = start(camera, np.random.default_rng(0))
    image = expose(camera, state, scene, np.random.default_rng(0)).radiance
    expected = float(optics.diffraction_mtf(500.0 / 12.0, 10.5, 1.0) * 2 / np.pi)
    assert edge_mtf(image, slope, 43.3, 0.5) == pytest.approx(0.309, abs=0.02)
    assert edge_mtf(image, slope, 43.3, 0.5) == pytest.approx(expected, abs=0.01)
    assert expected == pytest.approx(0.309, abs=0.02)
    beyond = edge_mtf(image, slope, 43.3, 0.7)
    assert beyond == pytest.approx(float(optics.diffraction_mtf(0.7 / 0.012, 10.5, 1.0)) * abs(np.sinc(0.7)), abs=0.02)


def test_supersampling_shows_aliasing() -> None:
    """Stripes finer than the pixels come out as coarse ones, weakened by lens and pixel as they should be."""
    camera = small(width=96, height=32, netd=0.0, pitch=12.0, f_number=1.0)
    factor, frequency = 6, 0.8
    x = (np.arange(96 * factor) + 0.5) / factor
    scene = np.broadcast_to(50.0 + 10.0 * np.sin(2 * np.pi * frequency * x), (32 * factor, 96 * factor)).astype(
        np.float32
    )
    image = expose(camera, start(camera, np.random.default_rng(0)), scene, np.random.default_rng(0)).radiance
    spectrum = np.abs(np.fft.rfft((image[16] - image[16].mean())[8:88])) / 40
    assert np.argmax(spectrum) == round(0.2 * 80)
    assert spectrum.max() == pytest.approx(10 * float(optics.diffraction_mtf(frequency / 0.012, 10.5, 1.0)) * np.sinc(frequency), rel=0.1)  # fmt: skip


def test_lens() -> None:
    level = np.full((20, 30), 50.0, np.float32)
    assert optics.blur(level, 3.0, 10.0, 1.0, 4.0, 6.0) == pytest.approx(50.0, rel=1e-5)
    assert optics.image_irradiance(1.0, 1.0, 1.0) == pytest.approx(np.pi / 5)
    assert np.pi / 4 / (np.pi / 5) == pytest.approx(1.25)
    falloff = optics.cos4_falloff(64, 48, 100.0)
    angle = np.arctan(np.hypot(31.5, 23.5) / 100.0)
    assert falloff[0, 0] == pytest.approx(np.cos(angle) ** 4, rel=1e-5)
    assert optics.box_downsample(np.arange(16.0).reshape(4, 4), 2).tolist() == [[2.5, 4.5], [10.5, 12.5]]


def test_bad_pixels_are_filled_from_their_neighbours() -> None:
    bad = bad_pixels.bad_pixel_map(200, 300, 0.005, np.random.default_rng(0))
    assert 0.0035 < bad.mean() <= 0.005
    ramp = np.add.outer(np.arange(200.0), np.arange(300.0)).astype(np.float32)
    broken = np.where(bad, np.float32(1e6), ramp)
    assert np.max(np.abs(bad_pixels.fill(broken, bad) - ramp)) <= 2.0
    hole = np.zeros((20, 20), bool)
    hole[5:12, 5:12] = True
    assert bad_pixels.fill(np.where(hole, 0.0, 7.0), hole) == pytest.approx(7.0)
    camera = small(bad_fraction=0.01, unmapped=0.5, netd=0.0)
    state = start(camera, np.random.default_rng(0))
    image = expose(camera, state, flat(camera, 300.0), np.random.default_rng(0)).radiance
    off = np.abs(image - camera.spectrum.radiance(300.0)) > 0.5
    assert off.any() and not (off & ~state.shown).any()


def test_corners_are_noisier() -> None:
    camera = small(vignetting=True, focal_length=0.4, ratios=QUIET)
    state, rng = start(camera, np.random.default_rng(0)), np.random.default_rng(0)
    cube = np.stack([expose(camera, state, flat(camera, 300.0), rng).radiance for _ in range(64)])
    deviation = cube.std(axis=0)
    assert deviation[:6, :6].mean() / deviation[20:28, 28:36].mean() > 2.0


def test_frames_repeat_and_outputs_agree() -> None:
    camera = find_camera("lepton35")
    level = flat(camera, 300.0)
    runs = [expose(camera, start(camera, np.random.default_rng(7)), level, np.random.default_rng(8)) for _ in range(2)]
    assert np.array_equal(runs[0].counts, runs[1].counts)
    frame = runs[0]
    kelvin = frame.apparent_temperature()
    assert kelvin.dtype == np.float32 and frame.counts.dtype == np.uint16
    assert np.median(np.abs(kelvin - 300.0)) < 1.5
    assert np.max(np.abs(frame.tlinear() * 0.01 - kelvin)) <= 0.005 + 1e-4
    good = np.abs(kelvin - 300) < 5
    decoded = frame.scale.decode(frame.counts)
    assert np.max(np.abs(decoded - frame.radiance)[good]) <= 0.51 * frame.scale.per_count
    for gain in ("linear", "plateau", "equalised", "lepton", "adaptive", "detail"):
        assert frame.picture(gain).dtype == np.uint8
    assert frame.color_picture().shape == (120, 160, 3)
    assert frame.metadata()["temperature_unit"] == "K"
    with pytest.raises(SensorError, match=r"gain control 'linar' is unknown; did you mean 'linear'\?"):
        frame.picture("linar")


@pytest.mark.parametrize("name", camera_names())
def test_every_camera_is_named_as_its_file(name: str) -> None:
    assert find_camera(name).name == name


def test_bad_input() -> None:
    with pytest.raises(SensorError, match=r"camera 'bosn640' is unknown; did you mean 'boson640'\?"):
        find_camera("bosn640")
    camera = small()
    with pytest.raises(SensorError, match=r"camera 'boson640': image is 65x48; expected 64x48 or a whole multiple"):
        expose(
            camera, start(camera, np.random.default_rng(0)), np.zeros((48, 65), np.float32), np.random.default_rng(0)
        )
    with pytest.raises(SensorError, match=r"camera 'boson640': range: temperature is -40 K; .* give 233.15"):
        small(coldest=-40.0)
    with pytest.raises(SensorError, match=r"camera 'boson640': range is 400\.\.300 K; expected coldest below hottest"):
        small(coldest=400.0, hottest=300.0)
    with pytest.raises(SensorError, match=r"camera 'boson640': netd is -1 K; expected 0 or more"):
        small(netd=-1.0)
    with pytest.raises(SensorError, match=r"noise.vh: is -0.1; expected 0 or more"):
        NoiseRatios(vh=-0.1)
    with pytest.raises(SensorError, match=r"cube: is \(1, 4, 4\); expected at least two frames"):
        noise.measure(np.zeros((1, 4, 4)))
    with pytest.raises(SensorError, match=r"image: is 5x4; expected multiples of the supersampling 2"):
        optics.box_downsample(np.zeros((4, 5)), 2)
    with pytest.raises(SensorError, match=r"bad pixels: fraction: is 2; expected a number from 0 to 1"):
        bad_pixels.bad_pixel_map(4, 4, 2, np.random.default_rng(0))
