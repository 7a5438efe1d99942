"""verify: sound datasets pass in every format and place; each kind of damage is named with its file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.exports.worlds import several
from writers.inspection.__main__ import main
from writers.inspection.opening import opened
from writers.inspection.verify import Verifier
from writers.shards.formats import format_of
from writers.shards.record import ShardRecord
from writers.shards.sample import Sample
from writers.shards.storage import sha256_of

from .making import make

FORMATS = ("webdataset", "parquet", "mds")


def faults(place: str, **options: bool) -> list[str]:
    return list(Verifier(opened(place), **options).problems())


@pytest.mark.parametrize("name", FORMATS)
def test_sound_datasets_pass(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for number, changes in enumerate(({}, {"views": 2}, {"skip": 3})):
        place = make(tmp_path / str(number), format=name, **changes)
        assert main(["verify", place, "--decode"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "3 shard(s), 5 sample(s): everything is as it should be",
        "3 shard(s), 10 sample(s): everything is as it should be",
        "3 shard(s), 4 sample(s): everything is as it should be",
    ]


def test_a_remote_dataset_passes_and_its_damage_is_found() -> None:
    import fsspec

    place = make("memory://inspection/verify")
    assert faults(place) == []
    files = fsspec.filesystem("memory")
    data = bytearray(files.cat("/inspection/verify/shards/shard-000001.tar"))
    data[5000] ^= 1
    files.pipe("/inspection/verify/shards/shard-000001.tar", bytes(data))
    assert faults(place)[0].startswith("shards/shard-000001.tar: has other bytes than its record says (SHA-256 diff")
    assert all(fault.startswith("shards/shard-000001.tar: ") for fault in faults(place))
    files.rm("/inspection/verify", recursive=True)


def test_an_unfinished_dataset_lacks_shards_unless_that_is_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = make(tmp_path / "part", shards=1, finish=False)
    assert main(["verify", place]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == "WRONG  shard(s) 1, 2 of 3 are not there; run the same command again"
    assert out.splitlines()[1] == "1 shard(s), 2 sample(s): 1 fault(s)"
    assert "is unfinished: 1 of 3 shards are there" in err
    assert main(["verify", place, "--partial"]) == 0


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 16
    path.write_bytes(data)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size * 2 // 3)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("harm", "text"),
    [
        (flip, "has other bytes than its record says (SHA-256 differs)"),
        (cut, "bytes instead of"),
        (Path.unlink, "is missing"),
    ],
)
def test_each_damaged_shard_is_named(tmp_path: Path, name: str, harm: Callable[[Path], None], text: str) -> None:
    place = make(tmp_path / "set", format=name)
    victim = f"shards/{format_of(name).file_name(1)}"
    harm(tmp_path / "set" / victim)
    found = faults(place)
    assert text in found[0] and all(fault.startswith(f"{victim}: ") for fault in found)
    assert main(["verify", place]) == 1


def forge(folder: Path, rows: list[Sample], number: int = 1, **changes: object) -> None:
    """Put other samples into a shard and make its record's hash fit, as a careless tool would."""
    path, where = folder / "shards" / f"shard-{number:06d}.tar", folder / "records" / f"shard-{number:06d}.json"
    path.unlink()
    format_of("webdataset").build(rows, path)
    record = ShardRecord.from_json(where.read_bytes())
    record = replace(record, sha256=sha256_of(path), bytes=path.stat().st_size, **changes)  # type: ignore[arg-type]
    where.write_bytes(record.to_json())


def test_forged_samples_are_found_though_hashes_fit(tmp_path: Path) -> None:
    rows = several(frames=5).rows
    place = make(tmp_path / "set", rows, finish=False)
    cases: dict[str, tuple[list[Sample], str]] = {
        "twice": ([rows[2], rows[3], rows[3]], "is a sample in it twice?"),
        "back": ([rows[3], rows[2]], "sample '000000002' comes after '000000003': twice or out of order"),
        "order": ([rows[3], rows[2]], "its first sample is '000000003', its record says '000000002'"),
        "short": ([rows[2]], "holds 1 samples, its record says 2"),
        "frame": ([rows[2], rows[4]], "frame(s) 3 do not have 1 sample(s) each"),
        "alien": ([rows[2], rows[4]], "frame(s) 4 do not belong to it"),
        "other": ([rows[2], Sample("000000003", {"json": b"{}"})], "sample '000000003' has members ['json']"),
        "counts": ([rows[2], Sample(rows[3].key, rows[1].members)], "objects, its record says"),
        "broken": ([rows[2], Sample(rows[3].key, {**rows[3].members, "json": b"{"})], "member 'json' of sample '0000"),
        "name": ([rows[2], Sample("cow", rows[3].members)], "sample key 'cow' does not begin with a frame number"),
        "index": (
            [rows[2], Sample(rows[3].key, {**rows[3].members, "json": rows[3].members["json"] + b" " * 600})],
            "the index of its record does not lead to sample '000000003'",
        ),
    }
    for members, text in cases.values():
        forge(tmp_path / "set", members)
        found = faults(place)
        assert any(text in fault for fault in found), (text, found)
        assert all(fault.startswith("shards/shard-000001.tar: ") for fault in found)


def test_a_frame_that_lacks_a_view_is_found(tmp_path: Path) -> None:
    rows = several(frames=4, views=2).rows
    place = make(tmp_path / "set", rows, views=2, finish=False)
    forge(tmp_path / "set", rows[4:7], samples=3, last_key=rows[6].key)
    assert "shards/shard-000001.tar: frame(s) 3 do not have 2 sample(s) each" in faults(place)


def test_a_member_that_cannot_be_decoded_is_found_on_request(tmp_path: Path) -> None:
    rows = several(frames=5).rows
    rows[2].members["depth.png"] = rows[2].members["depth.png"][:60]
    place = make(tmp_path / "set", rows, finish=False)
    assert faults(place) == []
    (fault,) = faults(place, decoding=True)
    assert fault.startswith("shards/shard-000001.tar: member 'depth.png' of sample '000000002' cannot be decoded")


def test_records_that_do_not_fit_are_named(tmp_path: Path) -> None:
    place = make(tmp_path / "set")
    path = tmp_path / "set" / "records" / "shard-000002.json"
    record = ShardRecord.from_json(path.read_bytes())
    path.write_bytes(replace(record, stop=9, plan="0" * 64).to_json())
    found = faults(place)
    assert "shards/shard-000002.tar: its record says frames 4 to 9, the plan 4 to 5" in found
    assert "shards/shard-000002.tar: was made by another plan" in found
    path.write_bytes(replace(record, skipped=[{"frame": 1, "error": "odd"}]).to_json())
    assert faults(place)[0] == "shards/shard-000002.tar: frame(s) 1 do not belong to it"
    path.write_bytes(b"nothing")
    assert "records/shard-000002.json: is not the record of a shard" in faults(place)
    path.rename(path.with_name("shard-000007.json"))
    path.with_name("shard-000007.json").write_bytes(replace(record, number=7, start=14, stop=15).to_json())
    found = faults(place)
    assert "shard(s) 7 have records, and the plan has 3 shards" in found
    assert "shard(s) 2 of 3 are not there; run the same command again" in found


def test_the_manifest_and_the_files_beside_the_shards_are_checked(tmp_path: Path) -> None:
    place = make(tmp_path / "set")
    folder = tmp_path / "set"
    sound = folder.joinpath("manifest.json").read_bytes()
    manifest = json.loads(sound)
    manifest["samples"] = 6
    manifest["shards"][0]["sha256"] = "0" * 64
    del manifest["shards"][1]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert faults(place) == [
        "shards/shard-000000.tar: manifest.json and its record disagree on its bytes, samples or hash",
        "shards/shard-000001.tar: is not in manifest.json",
        "manifest.json: samples is 6, the records and the plan say 5",
    ]
    (folder / "manifest.json").write_bytes(sound)
    (folder / "README.md").write_text("another card")
    (folder / "preview.png").unlink()
    (folder / "shards" / "shard-000009.tar").write_bytes(b"")
    assert set(faults(place)) == {
        "shards/shard-000009.tar: has no record; readers that list the folder would read it",
        "README.md: has other bytes than manifest.json says",
        "preview.png: is missing, and manifest.json lists it",
    }


def test_what_readers_put_beside_the_shards_is_no_fault(tmp_path: Path) -> None:
    place = make(tmp_path / "set")
    shards = tmp_path / "set" / "shards"
    (shards / ".nv-meta").mkdir()
    for name in (".nv-meta/split.yaml", ".nv-meta/index.sqlite", "shard-000000.tar.idx", "shard-000001.idx"):
        (shards / name).touch()
    assert faults(place) == []
    (shards / "shard-000007.tar.idx").touch()
    assert faults(place) == ["shards/shard-000007.tar.idx: has no record; readers that list the folder would read it"]


def test_what_is_no_dataset_cannot_be_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path)]) == 2
    assert "it has no plan.json" in capsys.readouterr().err
