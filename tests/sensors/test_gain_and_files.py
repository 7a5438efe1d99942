"""Acceptance 8 and 17: encodings and automatic gain, with the figures of the reference."""

import numpy as np
import pytest

from sensors import agc, encodings, palettes
from sensors.bands import BANDS
from sensors.checks import SensorError

SC660 = encodings.Rbfo(R1=21106.77, R2=0.012545258, B=1501.0, F=1.0, O=-7340.0)  # from the manual of Thermimage


def two_populations() -> np.ndarray:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(4000, 20, 9500), rng.normal(10000, 20, 500)])
    return np.rint(values).astype(int).reshape(100, 100)


def span(picture: np.ndarray, low: float, high: float) -> float:
    return float(np.ptp(np.percentile(picture.astype(float), [low, high])))


@pytest.mark.parametrize(("limit", "background", "target"), [(1, 107, 93), (5, 130, 86), (20, 186, 49), (np.inf, 238, 12)])  # fmt: skip
def test_plateaus_share_levels_as_the_reference_says(limit: float, background: float, target: float) -> None:
    """Levels between the 1st and 99th percentile of 9,500 pixels and of 500 pixels far hotter."""
    picture = agc.plateau(two_populations(), limit).ravel()
    assert span(picture[:9500], 1, 99) == pytest.approx(background, rel=0.03, abs=1.0)
    assert span(picture[9500:], 1, 99) == pytest.approx(target, rel=0.03, abs=1.0)


def test_no_limit_is_histogram_equalisation() -> None:
    counts = two_populations()
    ranks = np.searchsorted(np.sort(counts.ravel()), counts.ravel(), side="right") / counts.size
    assert np.array_equal(agc.plateau(counts, np.inf).ravel(), np.floor(255 * ranks + 0.5))


@pytest.mark.parametrize("gain", [agc.linear, agc.plateau, lambda c: agc.plateau(c, 1), lambda c: agc.HistogramEqualisation()(c)])  # fmt: skip
def test_gain_never_decreases(gain) -> None:  # type: ignore[no-untyped-def]
    counts = np.random.default_rng(1).integers(3000, 9000, (60, 80))
    picture = gain(counts).ravel()[np.argsort(counts.ravel(), kind="stable")]
    assert picture.dtype == np.uint8
    assert np.all(np.diff(picture.astype(int)) >= 0)
    assert picture[0] < 5 and picture[-1] == 255


def test_something_hot_takes_the_contrast_from_linear_gain_alone() -> None:
    """500 K in 2 % of a scene of 300 +- 2 K: 37 times less contrast, or as good as none less under a plateau."""
    band, scale = BANDS["lwir_7_13"], encodings.count_range(BANDS["lwir_7_13"], 233.15, 873.15, 16)
    kelvin = np.random.default_rng(2).normal(300.0, 2.0, (200, 300))
    hot = kelvin.copy()
    hot.ravel()[:1200] = 500.0
    before, after = (scale.encode(band.radiance(t)).astype(int) for t in (kelvin, hot))
    plain = [span(agc.linear(c).ravel()[1200:], 5, 95) for c in (before, after)]
    assert plain[0] == pytest.approx(162, rel=0.03)
    assert plain[0] / plain[1] > 20
    for limit in (1, 5, 20, np.inf):
        kept = [span(agc.plateau(c, limit).ravel()[1200:], 5, 95) for c in (before, after)]
        assert kept[0] / kept[1] < 1.05


def test_the_equalisation_is_damped() -> None:
    dark, bright = np.full((10, 10), 1000), np.full((10, 10), 5000)
    dark[0], bright[0] = np.arange(10) + 900, np.arange(10) + 5100
    quick, slow = agc.HistogramEqualisation(damping=0), agc.HistogramEqualisation(damping=200)
    for gain in (quick, slow):
        gain(dark)
    fresh = agc.HistogramEqualisation()(bright)
    assert np.array_equal(quick(bright), fresh)
    assert not np.array_equal(slow(bright), fresh)
    for _ in range(60):
        last = slow(bright)
    assert np.max(np.abs(last.astype(int) - fresh)) <= 1


def test_detail_and_local_gain() -> None:
    counts = np.add.outer(np.arange(64), np.arange(64)) * 4 + 1000
    assert np.array_equal(agc.detailed(counts, 0.0), agc.plateau(counts))
    bumped = counts.copy()
    bumped[32, 32] += 12  # three steps of the slope
    raised, plain = (picture.astype(int) for picture in (agc.detailed(bumped), agc.plateau(bumped)))
    assert raised[32, 32] - raised[32, 33] > plain[32, 32] - plain[32, 33] > 0
    two = np.random.default_rng(0).integers(0, 40, (64, 64)) + np.where(np.arange(64) < 32, 1000, 30000)
    assert agc.adaptive(two)[:, :32].std() > 5 * agc.linear(two)[:, :32].std()
    assert not agc.linear(np.full((4, 4), 7)).any()


def test_tlinear() -> None:
    assert encodings.encode_tlinear(300.0) == 30000
    assert encodings.encode_tlinear(300.0, 0.04) == 7500
    kelvin = np.random.default_rng(0).uniform(200.0, 650.0, 5000)
    for resolution in (0.01, 0.04):
        back = encodings.decode_tlinear(encodings.encode_tlinear(kelvin, resolution), resolution)
        assert np.max(np.abs(back - kelvin)) <= resolution / 2 + 1e-9
    assert encodings.encode_tlinear(700.0) == 65535


def test_flir_s_raw_counts() -> None:
    raw = SC660.counts([273.15, 293.15, 300.0, 310.0, 373.15])
    assert raw == pytest.approx([14277.714, 17452.307, 18714.923, 20723.117, 38018.606], abs=1e-3)
    kelvin = np.linspace(250.0, 450.0, 999)
    assert np.max(np.abs(SC660.temperature(SC660.counts(kelvin)) - kelvin)) <= 1e-6
    near = np.linspace(300.1, 302.0, 1901)  # 191 counts a kelvin and a little more
    assert np.max(np.abs(SC660.temperature(SC660.encode(near)) - near)) <= 0.5 / 191
    assert SC660.encode(2000.0) == 65535


@pytest.mark.parametrize(("name", "low", "high", "most"), [("lwir_7_13", 233.0, 423.0, 0.58), ("lwir", 253.0, 423.0, 0.3), ("mwir", 253.0, 423.0, 0.5)])  # fmt: skip
def test_constants_are_fitted_and_state_their_error(name: str, low: float, high: float, most: float) -> None:
    band = BANDS[name]
    found = encodings.fit_rbfo(band, low, high)
    assert 0.01 < found.residual < most
    kelvin = np.linspace(low, high, 300)
    ends = band.radiance(np.array([low, high]))
    signal = 6000 + (band.radiance(kelvin) - ends[0]) / (ends[1] - ends[0]) * 54000
    assert np.max(np.abs(found.temperature(signal) - kelvin)) <= found.residual * 1.05
    assert np.max(np.abs(found.temperature(found.counts(kelvin)) - kelvin)) < 1e-6  # what we write reads back
    assert found.metadata()["planck_R1"] == found.R1


def test_depth_counts() -> None:
    assert encodings.encode_depth(1.2345) in (1234, 1235)
    assert encodings.encode_depth([np.inf, np.nan, 0.0, -1.0, 70.0, 2.0]).tolist() == [0, 0, 0, 0, 0, 2000]
    assert np.isnan(encodings.decode_depth(0)) and encodings.decode_depth(1500) == pytest.approx(1.5)
    assert encodings.decode_depth(encodings.encode_depth(0.31415, 1e-4), 1e-4) == pytest.approx(0.31415, abs=5e-5)


def test_palettes() -> None:
    assert palettes.palette("white_hot")[[0, 128, 255]].tolist() == [[0] * 3, [128] * 3, [255] * 3]
    assert palettes.palette("black_hot")[0].tolist() == [255] * 3
    iron = palettes.palette("iron").astype(float) @ [0.2126, 0.7152, 0.0722]
    assert np.all(np.diff(iron) >= -1e-9)  # hotter is never darker
    assert palettes.colorize(np.zeros((2, 3), np.uint8), "iron").shape == (2, 3, 3)
    assert palettes.palette_names() == ("white_hot", "black_hot", "iron")


def test_bad_input() -> None:
    with pytest.raises(SensorError, match=r"palette 'irn' is unknown; did you mean 'iron'\?"):
        palettes.palette("irn")
    with pytest.raises(SensorError, match=r"agc: percentiles are 90 and 10; expected 0 <= low < high <= 100"):
        agc.linear(np.zeros((2, 2), int), 90, 10)
    with pytest.raises(SensorError, match=r"agc: plateau limit is 0; expected more than 0 pixels"):
        agc.plateau(np.zeros((2, 2), int), 0)
    with pytest.raises(SensorError, match=r"agc: counts are outside 0..65535"):
        agc.plateau(np.full((2, 2), -1))
    with pytest.raises(SensorError, match=r"agc: damping is 300; expected 0..256"):
        agc.HistogramEqualisation(damping=300)
    with pytest.raises(SensorError, match=r"tlinear resolution: is 0 K; expected more than 0"):
        encodings.encode_tlinear(300.0, 0)
    with pytest.raises(SensorError, match=r"raw16 range: is 400..300 K; expected 0 < low < high"):
        encodings.fit_rbfo(BANDS["lwir"], 400.0, 300.0)
