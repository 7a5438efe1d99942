"""16-bit TIFF: the numbers of the PNG, and what they mean, by OpenCV's libtiff and by Pillow."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from sensors.encodings import Rbfo
from writers.infrared import near, thermal
from writers.infrared.readings import quantity
from writers.infrared.settings import read_output
from writers.infrared.streams import Streams
from writers.infrared.tiff import tiff
from writers.reader import Sample, decode

SIZE, FOCAL = (61, 47), 60.0
DESCRIPTION = 270


def opencv(data: bytes) -> np.ndarray:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None
    return found


def described(data: bytes) -> str:
    return str(Image.open(io.BytesIO(data)).tag_v2[DESCRIPTION])


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
@pytest.mark.parametrize("text", ["K", "odd", "counts, and a good many words more"])
def test_others_read_what_was_written(dtype: type, text: str) -> None:
    image = np.random.default_rng(2).integers(0, 65536, SIZE[::-1]).astype(dtype)
    data = tiff(image, text)
    assert data == tiff(image, text)
    for found in (opencv(data), np.asarray(Image.open(io.BytesIO(data)))):
        assert found.dtype == dtype
        assert (found == image).all()
    assert described(data) == text


@pytest.mark.parametrize("image", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.uint16)])
def test_what_is_not_one_deep_channel_is_refused(image: np.ndarray) -> None:
    with pytest.raises(
        ValueError, match=r"a TIFF of uint\d+ \(4, 4.*\) cannot be written; expected \(h, w\) uint16 or"
    ):
        tiff(image, "")


def test_thermal_members_say_their_units() -> None:
    formats = ["tlinear", "raw16", "tlinear_tiff", "raw16_tiff"]
    output = read_output("thermal_lwir", {"formats": formats})
    radiance = np.linspace(40.0, 60.0, SIZE[0] * SIZE[1], dtype=np.float32).reshape(SIZE[::-1])
    made, about = thermal.members(output, radiance, SIZE, FOCAL, Streams(7, 3, "camera", "thermal_lwir"))
    for name in ("tlinear", "raw16"):
        assert (opencv(made[f"thermal_lwir.{name}.tiff"]) == opencv(made[f"thermal_lwir.{name}.png"])).all()
    assert described(made["thermal_lwir.tlinear.tiff"]).startswith("apparent temperature: K = 0.01 * value")
    said = dict(item.split("=") for item in described(made["thermal_lwir.raw16.tiff"]).split("; ")[-1].split(", "))
    told = Rbfo(**{name: float(said[f"planck_{name}"]) for name in ("R1", "R2", "B", "F", "O")})
    kelvin = opencv(made["thermal_lwir.tlinear.tiff"]) * 0.01
    assert np.abs(told.temperature(opencv(made["thermal_lwir.raw16.tiff"])) - kelvin).max() < 0.5
    alone = thermal.members(
        read_output("thermal_lwir", {"formats": "tlinear_tiff"}), radiance, SIZE, FOCAL, Streams(7, 3, "c", "t")
    )
    assert list(alone[0]) == ["thermal_lwir.tlinear.tiff"]
    assert alone[1]["tlinear"]["unit"] == "K"
    arrays = decode(Sample("s", made))
    values, unit = quantity("thermal_lwir.tlinear.tiff", arrays["thermal_lwir.tlinear.tiff"], {"infrared": {"thermal_lwir": about}})  # type: ignore[misc]  # fmt: skip
    assert unit == "K"
    assert values == pytest.approx(kelvin.ravel())


def test_near_infrared_in_all_its_bits() -> None:
    output = read_output("nir850", {"formats": ["mono8", "tiff"], "exposure": 0.005})
    radiance = np.full(SIZE[::-1], 0.05, np.float32)
    made, about = near.members(output, radiance, SIZE, FOCAL, Streams(7, 3, "camera", "nir850"))
    deep, eight = opencv(made["nir850.tiff"]), opencv(made["nir850.png"])
    assert deep.dtype == np.uint16
    assert eight.dtype == np.uint8
    assert about["bits"] == 8
    assert np.abs(deep / 2 ** (about["tiff"]["bits"] - 8) - eight).max() <= 1
    assert f"counts of {about['tiff']['bits']} bits" in described(made["nir850.tiff"])
