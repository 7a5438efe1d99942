"""Parquet shards against pyarrow and Hugging Face datasets, which know nothing of ours."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from writers.shards.formats import format_of, parquet
from writers.shards.sample import Sample

from .samples import draw, several

PARQUET = format_of("parquet")


def build(samples: list[Sample], path: Path) -> bytes:
    PARQUET.build(iter(samples), path)
    return path.read_bytes()


def test_what_goes_in_comes_out_byte_for_byte_in_order(tmp_path: Path) -> None:
    rows = several(12)
    data = build(rows, tmp_path / "a.parquet")
    assert list(PARQUET.read(io.BytesIO(data))) == rows
    assert PARQUET.keys(io.BytesIO(data)) == [row.key for row in rows]


def test_equal_samples_give_equal_bytes(tmp_path: Path) -> None:
    assert build(several(5), tmp_path / "a.parquet") == build(several(5), tmp_path / "b.parquet")
    assert build(several(5, start=1), tmp_path / "c.parquet") != (tmp_path / "a.parquet").read_bytes()


def test_row_groups_are_bounded_and_one_sample_is_found_in_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 4)
    data = build(several(10), tmp_path / "a.parquet")
    assert [pq.ParquetFile(io.BytesIO(data)).metadata.row_group(n).num_rows for n in range(3)] == [4, 4, 2]
    assert PARQUET.find(io.BytesIO(data), "000000009") == draw(9)
    assert PARQUET.find(io.BytesIO(data), "000000010") is None
    monkeypatch.setattr(parquet, "GROUP_BYTES", 1)
    data = build(several(3), tmp_path / "b.parquet")
    assert pq.ParquetFile(io.BytesIO(data)).num_row_groups == 3
    assert list(PARQUET.read(io.BytesIO(data))) == several(3)


def test_columns_hold_what_the_json_says(tmp_path: Path) -> None:
    build(several(6), tmp_path / "a.parquet")
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column("frame").to_pylist() == list(range(6))
    assert table.column("object_count").to_pylist() == [2, 1, 2, 1, 2, 1]
    assert table.column("visible_classes").to_pylist() == [["cow", "hen"], ["cow"]] * 3
    assert set(table.column("seed").to_pylist()) == {7} and set(table.column("width").to_pylist()) == {32}
    assert table.column("objects").to_pylist()[0][1] == {
        "id": 300,
        "prim": "/World/hen",
        "class": "hen",
        "area": 40,
        "box": [15, 10, 8, 9],
        "visible_fraction": 0.5,
    }
    few = pq.read_table(tmp_path / "a.parquet", columns=["__key__"], filters=[("object_count", ">", 1)])
    assert few.column("__key__").to_pylist() == ["000000000", "000000002", "000000004"]


def test_a_seed_beyond_64_bits_stays_in_the_json(tmp_path: Path) -> None:
    build([draw(0, seed=2**70)], tmp_path / "a.parquet")
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column("seed").to_pylist() == [None]
    assert json.loads(table.column("json")[0].as_py())["seed"] == 2**70


def test_a_part_of_the_members_can_be_read(tmp_path: Path) -> None:
    data = build(several(3), tmp_path / "a.parquet")
    for row, whole in zip(PARQUET.pick(io.BytesIO(data), {"json", "depth.png"}), several(3), strict=True):
        assert row.members == {name: whole.members[name] for name in ("depth.png", "json")}


def test_hugging_face_sees_pictures_of_16_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import datasets

    build(several(6), tmp_path / "a.parquet")
    found = datasets.load_dataset(
        "parquet", data_files=str(tmp_path / "a.parquet"), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert isinstance(found.features["depth.png"], datasets.Image)
    assert found.num_rows == 6
    from writers.reader import decode

    for row, sample in zip(found, several(6), strict=True):
        whole = decode(sample)
        for name in ("rgb.png", "depth.png", "instance.png"):
            np.testing.assert_array_equal(np.asarray(row[name]), whole[name])
        assert np.asarray(row["depth.png"]).max() > 255
        assert json.loads(row["json"]) == whole["json"] and row["objects"] == whole["json"]["objects"]


def test_an_empty_shard_is_a_table_without_rows(tmp_path: Path) -> None:
    data = build([], tmp_path / "a.parquet")
    assert list(PARQUET.read(io.BytesIO(data))) == [] and PARQUET.find(io.BytesIO(data), "000000000") is None


@pytest.mark.parametrize("cut", [0, 3, 500, -1])
def test_a_shard_that_is_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    data = build(several(4), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="the Parquet file is cut short or damaged"):
        list(PARQUET.read(io.BytesIO(data[:cut])))


def test_a_flipped_bit_in_a_picture_is_noticed(tmp_path: Path) -> None:
    data = bytearray(build(several(4), tmp_path / "a.parquet"))
    at = bytes(data).index(several(4)[2].members["rgb.png"]) + 60
    data[at] ^= 1
    with pytest.raises(ValueError, match=r"damaged: .*CRC checksum verification failed"):
        list(PARQUET.read(io.BytesIO(bytes(data))))


def test_a_fault_of_the_storage_is_not_called_damage(tmp_path: Path) -> None:
    class Gone(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise TimeoutError("no answer in 30 s")

    with pytest.raises(TimeoutError, match="no answer"):
        list(PARQUET.read(Gone(build(several(4), tmp_path / "a.parquet"))))


def test_bad_samples_are_refused_and_leave_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with pytest.raises(ValueError, match=r"sample 'b' has members \['json'\]; the first sample had \['txt'\]"):
        build([Sample("a", {"txt": b""}), Sample("b", {"json": b"{}"})], path)
    assert not path.exists()
    with pytest.raises(ValueError, match="member 'frame' has the name of a column"):
        build([Sample("a", {"frame": b""})], path)
    for text in (b"{", b"[1]", b"\xff", b'{"objects": 3}'):
        with pytest.raises(ValueError, match="member 'json' of sample 'a' is no JSON object"):
            build([Sample("a", {"json": text})], path)
    assert list(tmp_path.iterdir()) == []


def test_somebody_elses_table_is_refused(tmp_path: Path) -> None:
    import pyarrow as pa

    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    with open(tmp_path / "a.parquet", "rb") as file, pytest.raises(ValueError, match="is not a shard of Replicant"):
        list(PARQUET.read(file))
