"""Our tar files are what Python's tarfile and GNU tar take them for, byte for byte; damage never goes unseen."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
import webdataset

from writers.shards import ustar
from writers.shards.formats import format_of
from writers.shards.formats.webdataset import pack, unpack

from .conftest import sample

NAMES = ["000000001.rgb.jpg", "a" * 100, "d" * 60 + "/" + "f" * 90, "é.json"]


@pytest.mark.parametrize("name", NAMES, ids=["plain", "longest", "with a prefix", "not ASCII"])
@pytest.mark.parametrize("size", [0, 1, 512, 513, 70_000])
def test_members_are_those_of_tarfile(name: str, size: int) -> None:
    data = bytes(range(256)) * 300
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o444
    expected = io.BytesIO()
    with tarfile.open(fileobj=expected, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(info, io.BytesIO(data))
    ours = ustar.member(name, data[:size]) + ustar.TRAILER
    assert expected.getvalue()[: len(ours)] == ours
    assert not expected.getvalue()[len(ours) :].strip(b"\0")  # tarfile fills up its last record
    assert list(ustar.members(io.BytesIO(ours))) == [(name, data[:size])]


def test_names_and_sizes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"member name 'a+' is too long for a tar header; expected at most 100 bytes"):
        ustar.member("a" * 101, b"")

    class Huge(bytes):
        def __len__(self) -> int:
            return 8**11

    with pytest.raises(ValueError, match=r"member 'x' has 8589934592 bytes; a tar member holds less than 8 GiB"):
        ustar.member("x", Huge())


def test_gnu_tar_and_webdataset_read_a_shard(tmp_path: Path) -> None:
    shard = tmp_path / "shard.tar"
    format_of("webdataset").build([sample(1), sample(2)], shard)
    rows = list(webdataset.WebDataset([str(shard)], shardshuffle=False))
    assert [row["__key__"] for row in rows] == ["000000001", "000000002"]
    assert rows[1]["flow.npy"] == b"\2" * 700
    assert shutil.which("tar")
    listing = subprocess.run(["tar", "tvf", str(shard)], capture_output=True, text=True, check=True)
    assert listing.stderr == ""
    assert [line.split()[0] for line in listing.stdout.splitlines()] == ["-r--r--r--"] * 4
    assert "0/0" in listing.stdout and "1970-01-01" in listing.stdout


def test_every_cut_and_every_damaged_header_is_noticed(tmp_path: Path) -> None:
    shard = tmp_path / "shard.tar"
    form = format_of("webdataset")
    form.build([sample(1), sample(2)], shard)
    whole = shard.read_bytes()
    assert [s.key for s in form.read(io.BytesIO(whole))] == ["000000001", "000000002"]
    for length in range(0, len(whole), 97):
        with pytest.raises(ValueError, match=r"cut short|does not end with its trailer"):
            list(form.read(io.BytesIO(whole[:length])))
    for at in (0, 100, 126, 150, 345):
        damaged = bytearray(whole)
        damaged[at] ^= 0x11
        with pytest.raises(ValueError, match="damaged header"):
            list(form.read(io.BytesIO(bytes(damaged))))
    with pytest.raises(ValueError, match="does not end with its trailer"):
        list(form.read(io.BytesIO(whole + b"x")))


def test_one_sample_is_read_from_its_piece() -> None:
    assert unpack(pack(sample(7))) == sample(7)
    with pytest.raises(ValueError, match="values to unpack"):
        unpack(pack(sample(7)) + pack(sample(8)))
