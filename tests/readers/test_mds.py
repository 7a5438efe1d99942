"""MDS shards: bytes by hand; MosaicML's own reader is in `test_page.py`."""

from __future__ import annotations

import hashlib
import io
import json
import struct
from pathlib import Path

import pytest

from tests.inspection.making import make
from writers.shards.formats import format_of, mds
from writers.shards.sample import Sample

from .samples import draw, several

MDS = format_of("mds")


def build(samples: list[Sample], path: Path) -> bytes:
    MDS.build(iter(samples), path)
    return path.read_bytes()


def test_the_bytes_are_those_of_the_format(tmp_path: Path) -> None:
    """Two samples laid out by hand from the format's description."""
    data = build([Sample("a", {"txt": b"xy", "cls": b""}), Sample("bb", {"txt": b"z", "cls": b"7"})], tmp_path / "m")
    first = struct.pack("<3I", 1, 0, 2) + b"a" + b"" + b"xy"  # __key__, cls, txt: sorted
    second = struct.pack("<3I", 2, 1, 1) + b"bb" + b"7" + b"z"
    start = struct.unpack("<I", data[4:8])[0]
    assert data[:16] == struct.pack("<4I", 2, start, start + len(first), start + len(first) + len(second))
    assert data[start:] == first + second
    assert json.loads(data[16:start]) == {
        "version": 2,
        "format": "mds",
        "compression": None,
        "hashes": ["sha256"],
        "size_limit": None,
        "column_names": ["__key__", "cls", "txt"],
        "column_encodings": ["str", "bytes", "bytes"],
        "column_sizes": [None, None, None],
    }


def test_what_goes_in_comes_out_byte_for_byte_in_order(tmp_path: Path) -> None:
    rows = several(9)
    data = build(rows, tmp_path / "a")
    assert list(MDS.read(io.BytesIO(data))) == rows
    assert MDS.keys(io.BytesIO(data)) == [row.key for row in rows]
    assert all(MDS.find(io.BytesIO(data), row.key) == row for row in rows)
    assert all(MDS.find(io.BytesIO(data), key) is None for key in ("", "000000003_left", "000000009"))
    assert data == build(several(9), tmp_path / "b")
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b"}


def test_columns_say_how_to_decode_them(tmp_path: Path) -> None:
    names = {"rgb.jpg": "jpeg", "depth.png": "png", "flow.npy": "bytes", "json": "json", "about.json": "json"}
    data = build([Sample("a", dict.fromkeys(names, b"{}"))], tmp_path / "a")
    config = json.loads(data[12 : struct.unpack("<I", data[4:8])[0]])
    assert dict(zip(config["column_names"], config["column_encodings"], strict=True)) == {"__key__": "str", **names}


def test_the_index_lists_every_shard_with_its_hash(tmp_path: Path) -> None:
    out = Path(make(tmp_path / "d", several(5), format="mds", skip=None))
    index = json.loads((out / "shards/index.json").read_text())
    assert index["version"] == 2 and [shard["samples"] for shard in index["shards"]] == [2, 2, 1]
    for number, shard in enumerate(index["shards"]):
        path = out / "shards" / f"shard.{number:05d}.mds"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert shard["raw_data"] == {"basename": path.name, "bytes": path.stat().st_size, "hashes": {"sha256": digest}}
        assert shard["column_names"] == ["__key__", "depth.png", "flow.npy", "instance.png", "json", "rgb.png"]
        assert shard["zip_data"] is None


def test_a_shard_without_samples_is_not_in_the_index(tmp_path: Path) -> None:
    out = Path(make(tmp_path / "d", several(3), format="mds", skip=2, finish=True))
    index = json.loads((out / "shards/index.json").read_text())
    assert [shard["raw_data"]["basename"] for shard in index["shards"]] == ["shard.00000.mds"]
    data = build([], tmp_path / "empty")
    assert list(MDS.read(io.BytesIO(data))) == [] and MDS.keys(io.BytesIO(data)) == []


def test_a_shard_of_4_gib_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mds, "LIMIT", 20000)
    with pytest.raises(ValueError, match=r"holds less than 4 GiB, and these 9 samples .* fewer --samples-per-shard"):
        build(several(9), tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="sample 'a' has a member of 4 GiB or more"):
        build([Sample("a", {"bin": bytes(20001)})], tmp_path / "a")


def test_other_members_than_the_first_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"sample 'b' has members \['json'\]; the first sample had \['txt'\]"):
        build([Sample("a", {"txt": b""}), Sample("b", {"json": b"{}"})], tmp_path / "a")


def test_damage_is_refused_wherever_it_is(tmp_path: Path) -> None:
    data = build(several(4), tmp_path / "a")
    start = struct.unpack("<I", data[4:8])[0]
    for cut in (0, 3, 9, 30, start + 100, len(data) - 1):
        with pytest.raises(ValueError, match=r"the MDS file .*(cut short|damaged)"):
            list(MDS.read(io.BytesIO(data[:cut])))
    for at in (0, 4, 8, 30, start, start + 8):
        hurt = bytearray(data)
        hurt[at] ^= 0x80
        with pytest.raises(ValueError, match=r"the MDS file|no column '__key__'|codec"):
            list(MDS.read(io.BytesIO(bytes(hurt))))
    for at, said in {start: "sample 0 has", 30: "columns cannot be read"}.items():
        hurt = bytearray(data)
        hurt[at] ^= 0x80
        with pytest.raises(ValueError, match=f"the MDS file is damaged: .*{said}"):
            list(MDS.read(io.BytesIO(bytes(hurt))))
    other = data[:24] + data[24:start].replace(b"__key__", b"__name_") + data[start:]
    with pytest.raises(ValueError, match="no column '__key__'; it is not a shard of Replicant"):
        list(MDS.read(io.BytesIO(other)))


def test_reading_one_sample_reads_little(tmp_path: Path) -> None:
    class Counting(io.BytesIO):
        total = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            self.total += len(data)
            return data

    data = build(several(60), tmp_path / "a")
    file = Counting(data)
    assert MDS.find(file, "000000041") == draw(41)
    assert file.total < len(data) / 15
