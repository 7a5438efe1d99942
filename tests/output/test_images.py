"""Arrays to files, read back by other libraries."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import mitsuba
import numpy as np
import pytest
from PIL import Image

from engine.output import images

RNG = np.random.default_rng(3)


def read(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.array(image)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3), (5, 7, 4)])
@pytest.mark.parametrize("ending", ["png", "PNG", "tif", "tiff"])
def test_bytes_survive(tmp_path: Path, shape: tuple[int, ...], ending: str) -> None:
    data = RNG.integers(0, 256, shape, np.uint8)
    images.write_image(str(tmp_path / f"a.{ending}"), data)
    found = read(tmp_path / f"a.{ending}")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, data[..., 0] if shape[-1] == 1 else data)


@pytest.mark.parametrize("kind", [np.uint16, np.uint32, np.int32, np.int64])
def test_ids_become_sixteen_bit_pngs(tmp_path: Path, kind: Any) -> None:
    data = np.array([[0, 1, 255], [256, 40000, 65535]], kind)
    images.write_image(str(tmp_path / "ids.png"), data)
    with Image.open(tmp_path / "ids.png") as image:
        assert image.mode.startswith("I;16")
    np.testing.assert_array_equal(read(tmp_path / "ids.png").astype(np.int64), data.astype(np.int64))


def test_masks_become_black_and_white(tmp_path: Path) -> None:
    images.write_image(str(tmp_path / "m.png"), np.array([[True, False]]))
    assert read(tmp_path / "m.png").tolist() == [[255, 0]]


@pytest.mark.parametrize("ending", ["jpg", "jpeg"])
def test_jpegs_drop_alpha_and_stay_close(tmp_path: Path, ending: str) -> None:
    ramp = np.linspace(0, 255, 64).astype(np.uint8)
    data = np.dstack(
        [np.tile(ramp, (64, 1)), np.tile(ramp[:, None], (1, 64)), np.full((64, 64), 90), np.zeros((64, 64))]
    )
    images.write_image(str(tmp_path / f"a.{ending}"), data.astype(np.uint8), quality=95)
    found = read(tmp_path / f"a.{ending}")
    assert found.shape == (64, 64, 3)
    assert np.abs(found.astype(int) - data[..., :3]).mean() < 3


@pytest.mark.parametrize("shape", [(17, 5), (17, 5, 1), (33, 5, 3), (16, 5, 4)])
@pytest.mark.parametrize("half", [False, True])
def test_exr_is_what_another_reader_reads(tmp_path: Path, shape: tuple[int, ...], half: bool) -> None:
    mitsuba.set_variant("scalar_rgb")
    data = (RNG.normal(size=shape) * 100).astype(np.float32)
    data.flat[:3] = [np.inf, -np.inf, 0.0]
    images.write_image(str(tmp_path / "a.exr"), data, half_precision=half)
    bitmap = mitsuba.Bitmap(str(tmp_path / "a.exr"))
    assert bitmap.component_format() == (mitsuba.Struct.Type.Float16 if half else mitsuba.Struct.Type.Float32)
    wanted = data.astype(np.float16).astype(np.float32) if half else data
    np.testing.assert_array_equal(np.array(bitmap, np.float32).reshape(shape), wanted)
    found = images.read_exr(str(tmp_path / "a.exr"))
    np.testing.assert_array_equal(found, wanted[..., 0] if shape[-1] == 1 else wanted)


def test_smooth_exrs_are_compressed_and_read_back(tmp_path: Path) -> None:
    mitsuba.set_variant("scalar_rgb")
    rows, columns = np.mgrid[:100, :64].astype(np.float32)
    data = np.dstack([rows // 10, columns // 8, np.full_like(rows, 0.25), np.ones_like(rows)])
    images.write_exr(str(tmp_path / "a.exr"), data)
    assert (tmp_path / "a.exr").stat().st_size < data.nbytes / 20
    np.testing.assert_array_equal(np.array(mitsuba.Bitmap(str(tmp_path / "a.exr"))), data)


def test_reading_an_exr_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"read_exr: path='.*none.exr' was given; there is no such file"):
        images.read_exr(str(tmp_path / "none.exr"))


def test_documents_and_arrays(tmp_path: Path) -> None:
    nested = {"a": np.float32(0.5), "b": np.arange(3), "c": {"ü": Path("/x")}}
    images.write_json(str(tmp_path / "a.json"), nested, indent=2, ensure_ascii=False)
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"a": 0.5, "b": [0, 1, 2], "c": {"ü": "/x"}} and "ü" in text
    structured = np.array([(1, 2.5)], dtype=[("id", "<u4"), ("x", "<f4")])
    images.write_np(str(tmp_path / "a.npy"), structured)
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), structured)
    images.write_pickle(str(tmp_path / "a.pkl"), nested["b"])
    assert pickle.loads((tmp_path / "a.pkl").read_bytes()).tolist() == [0, 1, 2]
    with pytest.raises(TypeError, match=r"write_json: <object .* of type object is not something JSON can hold"):
        images.write_json(str(tmp_path / "b.json"), object())


class OnDevice:
    def __init__(self, data: np.ndarray) -> None:
        self.data = data

    def numpy(self) -> np.ndarray:
        return self.data


def test_device_arrays_are_copied_to_the_host(tmp_path: Path) -> None:
    images.write_image(str(tmp_path / "a.png"), OnDevice(np.full((2, 2), 9, np.uint8)))
    assert read(tmp_path / "a.png").tolist() == [[9, 9], [9, 9]]


REFUSED = [
    ("a.gif", np.zeros((2, 2), np.uint8), r"path='a.gif' was given; expected one of the endings \.bmp, \.exr"),
    ("a", np.zeros((2, 2), np.uint8), "path='a' was given; expected one of the endings"),
    ("a.png", np.zeros((2, 2), np.float32), r"float32 \(2, 2\) was given; expected uint8, or integers of one channel"),
    ("a.png", np.zeros((2, 2, 3), np.uint16), r"uint16 \(2, 2, 3\) was given; expected uint8"),
    ("a.png", np.full((2, 2), 65536, np.uint32), "values 65536 to 65536 were given; an image holds 0 to 65535"),
    ("a.png", np.full((2, 2), -1, np.int32), "values -1 to -1 were given"),
    ("a.jpg", np.zeros((2, 2), np.uint16), "uint16 values were given; expected uint8 for a JPEG"),
    ("a.png", np.zeros((2, 2, 2), np.uint8), r"shape \(2, 2, 2\) was given; expected \(h, w\) or \(h, w, 1, 3 or 4\)"),
    ("a.exr", np.zeros((0, 2), np.float32), r"shape \(0, 2\) was given"),
]


@pytest.mark.parametrize(("name", "data", "message"), REFUSED, ids=[f"{n}-{d.dtype}-{d.shape}" for n, d, _ in REFUSED])
def test_what_cannot_be_written_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: np.ndarray, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=message):
        images.write_image(name, data)
    assert not list(tmp_path.iterdir())
