"""What files hold, read by Pillow, OpenCV and NumPy alone, against numbers of the reference."""

from __future__ import annotations

import io
import math
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from sensors.registry import find_camera
from writers.infrared import depth, near, thermal, truth
from writers.infrared.naming import is_infrared, row_of
from writers.infrared.readings import quantity
from writers.infrared.settings import read_output
from writers.infrared.streams import Streams

SIZE, FOCAL = (64, 48), 60.0
STREAMS = Streams(7, 3, "camera", "thermal_lwir")
EVERYTHING = ["tlinear", "agc", "radiance", "temperature", "raw16"]


def planck(kelvin: float, low: float, high: float) -> float:
    """In-band radiance by plain quadrature."""
    wave = np.linspace(low, high, 20001)
    return float(np.trapezoid(1.191042972e8 / (wave**5 * np.expm1(14387.768775 / (wave * kelvin))), wave))


def pillow(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def opencv(data: bytes) -> np.ndarray:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None
    return found


def flat(kelvin: float, **given: Any) -> Any:
    """Members of a blackbody that fills the view of a Boson without faults (7.5-13.5 um)."""
    output = read_output("thermal_lwir", {"ideal": True, "formats": EVERYTHING, **given})
    radiance = np.full(SIZE[::-1], planck(kelvin, 7.5, 13.5), np.float32)
    return thermal.members(output, radiance, SIZE, FOCAL, STREAMS)


@pytest.mark.parametrize(("resolution", "counts"), [(0.01, 30000), (0.04, 7500)])
def test_tlinear_of_300_kelvin(resolution: float, counts: int) -> None:
    made, about = flat(300.0, tlinear=resolution)
    data = made["thermal_lwir.tlinear.png"]
    assert Image.open(io.BytesIO(data)).mode.startswith("I;16") and about["tlinear"]["kelvin_per_count"] == resolution
    for image in (pillow(data).astype(int), opencv(data).astype(int)):
        assert image.shape == (48, 64) and set(np.unique(image)) == {counts}
    assert about["tlinear"]["unit"] == "K" and about["tlinear"]["offset_K"] == 0.0


def test_tlinear_saturates_at_the_top_count() -> None:
    made, _ = flat(700.0)
    assert set(np.unique(pillow(made["thermal_lwir.tlinear.png"]))) == {65535}


@pytest.mark.parametrize("kelvin", [260.0, 300.0, 373.15])
def test_raw16_goes_back_to_kelvin_by_flir_s_formula(kelvin: float) -> None:
    made, about = flat(kelvin)
    raw = pillow(made["thermal_lwir.raw16.png"]).astype(float)
    c = about["raw16"]
    assert c["emissivity"] == 1.0 and c["atmospheric_transmission"] == 1.0 and c["unit"] == "K"
    back = c["planck_B"] / np.log(c["planck_R1"] / (c["planck_R2"] * (raw + c["planck_O"])) + c["planck_F"])
    step = abs(
        c["planck_B"] / math.log(c["planck_R1"] / (c["planck_R2"] * (raw[0, 0] + 1 + c["planck_O"])) + c["planck_F"])
        - back[0, 0]
    )
    assert np.abs(back - kelvin).max() <= 0.5 * step + 2e-3 and step < 0.02


def test_radiance_and_apparent_temperature_are_floats_with_units() -> None:
    made, about = flat(300.0)
    radiance, kelvin = (np.load(io.BytesIO(made[f"thermal_lwir.{n}.npy"])) for n in ("radiance", "temperature"))
    assert radiance.dtype == kelvin.dtype == np.float32
    np.testing.assert_allclose(radiance, 55.49161, rtol=1e-5)  # reference 1.1
    np.testing.assert_allclose(kelvin, 300.0, atol=2e-3)
    assert (about["radiance_unit"], about["temperature_unit"]) == ("W m-2 sr-1", "K")
    assert about["band_um"] == [7.5, 13.5]


def test_gain_and_palette() -> None:
    ramp = np.linspace(planck(280, 7.5, 13.5), planck(320, 7.5, 13.5), SIZE[0], dtype=np.float32)
    radiance = np.broadcast_to(ramp, SIZE[::-1]).copy()
    for palette, gain in (("white_hot", "linear"), ("black_hot", "plateau"), ("iron", "linear")):
        given = {"ideal": True, "formats": ["agc"], "palette": palette, "gain": gain}
        made, about = thermal.members(read_output("thermal_lwir", given), radiance, SIZE, FOCAL, STREAMS)
        image = pillow(made["thermal_lwir.agc.png"])
        assert (about["agc"]["palette"], about["agc"]["gain"]) == (palette, gain)
        assert about["agc"]["parameters"] == ({"limit": 64.0} if gain == "plateau" else
                                              {"low": 0.5, "high": 99.5, "gamma": 1.0})  # fmt: skip
        if palette == "iron":
            assert image.shape == (48, 64, 3) and image[0, 0].sum() < 30 and image[0, -1].min() > 200
        else:
            assert image.shape == (48, 64)
            rise = np.diff(image[0].astype(int))
            assert (rise >= 0).all() if palette == "white_hot" else (rise <= 0).all()
            assert np.ptp(image) > 240
    assert (
        thermal.gain_parameters("lepton")["damping"] == 64 and thermal.gain_parameters("equalised")["limit"] == "none"
    )


def test_near_infrared_counts_are_those_of_the_photons() -> None:
    """919 electrons of a 1 W flood at 1 m on rho 0.5 in 5 ms at F/2, 3 um, 0.85, QE 0.40 (reference 1.11)."""
    sheet = {"efficiency": 0.40, "exposure": 0.005, "formats": ["mono16", "radiance"], "ideal": True, "full_well": 4000}
    output = read_output("nir850", sheet)
    radiance = np.full(SIZE[::-1], 0.5 * 0.4775 / np.pi, np.float32)
    made, about = near.members(output, radiance, SIZE, FOCAL, Streams(7, 3, "camera", "nir850"))
    counts = pillow(made["nir850.png"]).astype(int)
    expected = 919 / 4000 * (2 ** about["bits"] - 1)
    assert about["bits"] == 10 and abs(np.median(counts) - about["black_level"] - expected) < 4
    np.testing.assert_array_equal(np.load(io.BytesIO(made["nir850.radiance.npy"])), radiance)
    eight, said = near.members(
        read_output("nir850", {**sheet, "formats": ["mono8"]}), radiance, SIZE, FOCAL, Streams(7, 3, "c", "nir850")
    )
    image = pillow(eight["nir850.png"])
    assert image.dtype == np.uint8 and said["bits"] == 8 and abs(int(np.median(image)) - np.median(counts) / 4) <= 1


def test_automatic_exposure_is_written_down() -> None:
    output = read_output("nir940", {})
    for power in (0.05, 5.0):
        radiance = np.full(SIZE[::-1], power, np.float32)
        made, about = near.members(output, radiance, SIZE, FOCAL, Streams(7, 3, "camera", "nir940"))
        assert 0 < about["exposure_s"] <= 0.033 and 100 < np.median(pillow(made["nir940.png"])) < 240
    assert (
        near.members(read_output("nir940", {"exposure": 0.01}), radiance, SIZE, FOCAL, STREAMS)[1]["exposure_s"] == 0.01
    )


@pytest.mark.parametrize("scale", [0.001, 0.0001])
def test_z16_is_metres_over_scale_and_0_where_nothing_is(scale: float) -> None:
    metres = np.full(SIZE[::-1], 1.2345, np.float32)
    metres[:4] = np.inf
    output = read_output("ir_depth", {"ideal": True, "depth_scale": scale})
    made, about = depth.members(output, metres, SIZE, FOCAL, Streams(7, 3, "camera", "ir_depth"))
    stored = pillow(made["ir_depth.png"]).astype(int)
    assert set(np.unique(stored[:4])) == {0} and about["invalid"] == 0 and about["unit"] == "m"
    assert set(np.unique(stored[4:])) <= ({1234, 1235} if scale == 0.001 else {12345})


def test_stereo_depth_errs_as_the_square_of_the_distance() -> None:
    focal, size = 430.14, (320, 240)
    output = read_output("ir_depth", {"preset": "d435", "depth_scale": 0.0001})
    spread = []
    for metres in (1.0, 2.0, 4.0):
        depths = np.full(size[::-1], metres, np.float32)
        made, _ = depth.members(output, depths, size, focal, Streams(7, int(metres), "camera", "ir_depth"))
        seen = pillow(made["ir_depth.png"])[:, 80:] * 1e-4
        spread.append(seen[seen > 0].std())
    assert spread[0] == pytest.approx(0.0037, rel=0.15)  # reference 1.13: 3.7 mm at 1 m
    assert np.polyfit(np.log([1, 2, 4]), np.log(spread), 1)[0] == pytest.approx(2.0, abs=0.15)


def test_other_depth_cameras_have_their_own_noise() -> None:
    metres = np.full(SIZE[::-1], 1.5, np.float32)
    dark, bright = np.full_like(metres, 0.05), np.full_like(metres, 0.8)
    slant = np.zeros_like(metres)
    streams = Streams(7, 3, "camera", "ir_depth")
    spread = {}
    for name, more in (
        ("bright", {"reflectance": bright}),
        ("dark", {"reflectance": dark}),
        ("slant", {"incidence": slant}),
    ):
        output = read_output("ir_depth", {"preset": "kinect_v1" if name == "slant" else "kinect_v2"})
        made, about = depth.members(output, metres, SIZE, FOCAL, streams, **more)
        seen = pillow(made["ir_depth.png"]) * about["depth_scale"]
        assert (seen > 0).mean() > 0.9 and abs(np.median(seen) - 1.5) < 0.02
        spread[name] = seen[seen > 0].std()
        assert ("structured light" in about["model"]) == (name == "slant")
    assert spread["dark"] > 2 * spread["bright"]


def test_truth_members() -> None:
    kelvin = np.full(SIZE[::-1], np.nan, np.float32)
    kelvin[10:] = 305.0
    made, about = truth.members(kelvin, [np.full_like(kelvin, 0.9), np.full_like(kelvin, 0.7)], ["lwir", "mwir"])
    np.testing.assert_array_equal(np.load(io.BytesIO(made["ir_truth.temperature.npy"])), kelvin)
    stacked = np.load(io.BytesIO(made["ir_truth.emissivity.npy"]))
    assert stacked.shape == (48, 64, 2) and stacked[0, 0].tolist() == [np.float32(0.9), np.float32(0.7)]
    assert about["emissivity_bands"] == ["lwir", "mwir"] and about["temperature_unit"] == "K"


def test_every_member_has_a_row_with_its_unit() -> None:
    made = {**flat(300.0)[0], "nir850.png": b"", "ir_depth.png": b"", "ir_truth.temperature.npy": b""}
    assert all(row_of(name) is not None for name in made)
    units = {name: row_of(name)[1] for name in made}  # type: ignore[index]
    assert units["thermal_lwir.radiance.npy"] == "W m-2 sr-1" and units["thermal_lwir.temperature.npy"] == "K"
    assert not is_infrared("rgb.jpg") and not is_infrared("thermal_lwir.jpg") and not is_infrared("depth.png")


def test_quantities_are_in_physical_units() -> None:
    made, said = flat(300.0)
    about = {"infrared": {"thermal_lwir": said, "ir_depth": {"depth_scale": 0.001}}}
    for kind in ("tlinear", "raw16"):
        name = f"thermal_lwir.{kind}.png"
        found = quantity(name, pillow(made[name]), about)
        assert found is not None and found[1] == "K" and np.abs(found[0] - 300.0).max() < 0.01
    found = quantity("ir_depth.png", np.array([[0, 1500]], np.uint16), about)
    assert found is not None and found[1] == "m" and found[0].tolist() == [1.5]
    assert quantity("thermal_lwir.agc.png", np.zeros((2, 2), np.uint8), about) is None


def test_a_frame_of_finer_samples_is_averaged_to_the_camera_s_pixels() -> None:
    output = read_output("thermal_lwir", {"ideal": True, "formats": ["radiance"]})
    fine = np.arange(48 * 3 * 64 * 3, dtype=np.float32).reshape(144, 192)
    made, _ = thermal.members(output, fine, SIZE, FOCAL, STREAMS)
    found = np.load(io.BytesIO(made["thermal_lwir.radiance.npy"]))
    np.testing.assert_allclose(found, fine.reshape(48, 3, 64, 3).mean(axis=(1, 3)), rtol=1e-5)
    with pytest.raises(ValueError, match=r"camera 'boson640': image is 100x80; expected 64x48 or a whole multiple of"):
        thermal.members(output, np.zeros((80, 100), np.float32), SIZE, FOCAL, STREAMS)


def test_pixels_and_blur_stay_those_of_the_preset() -> None:
    camera = thermal.fitted(find_camera("boson640"), 200, 100, 150.0)
    assert (camera.width, camera.height, camera.pitch, camera.f_number) == (200, 100, 12.0, 1.0)
    assert camera.focal_pixels == pytest.approx(150.0)
