"""Whatever file of a dataset is damaged or lost: verify says so, and a run with --verify gives back the same bytes."""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from replicator_scripts.output import Output
from tests.chaos import child
from tests.chaos.child import Job
from writers.inspection.__main__ import main
from writers.mending import drop_damaged_files, restore_plan
from writers.shards.claim import OutputError
from writers.shards.formats import format_names
from writers.shards.local import LocalStorage
from writers.shards.record import ShardRecord, record_name
from writers.shards.storage import storage_of

from .conftest import files, make_all, plan_of

Harm = Callable[[Path, random.Random], None]


def flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def cut(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def lose(path: Path, chance: random.Random) -> None:
    path.unlink()


def every_file(whole: dict[str, bytes], chance: random.Random) -> Iterator[tuple[str, Harm]]:
    """Yield each file with a harm, and each harm as often as the others."""
    for number, name in enumerate(sorted(whole, key=lambda name: chance.random())):
        yield name, (flip, cut, lose)[number % 3]


@pytest.mark.parametrize("form", format_names())
def test_any_damage_is_found_and_made_good(tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    out, chance = tmp_path / "out", random.Random(form)
    job = Job(str(out), form, 1, "", "", pause=0)
    child.make(job)
    whole = files(out)
    for name, harm in every_file(whole, chance):
        harm(out / name, chance)
        code, lost = main(["verify", str(out)]), name == "manifest.json" and harm is lose
        assert code in ((0,) if lost else (1, 2)), (name, harm)  # without a manifest it is just not finished yet
        capsys.readouterr()
        child.make(replace(job, verify=True))
        said = capsys.readouterr().out
        assert files(out) == whole, (name, harm, said)
        assert lost or name.startswith("records/") or name.rpartition("/")[2] in said, (name, harm, said)


def test_any_damage_in_an_object_store_is_made_good(capsys: pytest.CaptureFixture[str]) -> None:
    import fsspec

    job, store = Job("memory://mending/set", "mds", 1, "", "", pause=0), fsspec.filesystem("memory")
    child.make(job)
    names = store.find("/mending/set")
    whole = {name: store.cat(name) for name in names}
    for name in names:
        store.pipe(name, whole[name][: len(whole[name]) // 2])
        assert main(["verify", job.url]) in (1, 2), name
        child.make(replace(job, verify=True))
        assert {found: store.cat(found) for found in store.find("/mending/set")} == whole, name
    store.rm("/mending", recursive=True)


def test_a_record_that_misstates_its_shard_is_written_again_and_the_shard_kept(tmp_path: Path) -> None:
    job = Job(str(tmp_path / "out"), "webdataset", 1, "", "", pause=0)
    child.make(job)
    whole, path = files(tmp_path / "out"), tmp_path / "out" / record_name(1)
    shard = tmp_path / "out" / "shards" / "shard-000001.tar"
    place = shard.stat().st_ino
    record = ShardRecord.from_json(path.read_bytes())
    index = {key: [offset, length + 512] for key, (offset, length) in (record.index or {}).items()}
    for wrong in (
        replace(record, totals={"cow": 99}),
        replace(record, index=index),
        replace(record, stop=record.stop + 1),
        replace(record, first_key="000000000"),
    ):
        path.write_bytes(wrong.to_json())
        child.make(replace(job, verify=True))
        assert files(tmp_path / "out") == whole and shard.stat().st_ino == place


def test_a_task_looks_at_its_own_shards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = Job(str(tmp_path / "out"), "webdataset", 1, "", "", pause=0)
    child.make(job)
    for number in (0, 1, 2):
        (tmp_path / "out" / "shards" / f"shard-{number:06d}.tar").write_bytes(b"")
    options = argparse.Namespace(task=(1, 3), overwrite=False, verify=True, scratch=None, worker=False)
    output = Output(child.plan_of(job), storage_of(job.url), options)
    assert [order.number for order in output.missing()] == [1]
    said = capsys.readouterr().out
    assert "shard-000001.tar has 0 bytes" in said and "shard-000000" not in said


def test_the_plan_of_another_dataset_is_not_written_over(tmp_path: Path) -> None:
    make_all(tmp_path)
    storage, other = LocalStorage(tmp_path), plan_of(frames=6)
    (tmp_path / "plan.json").write_text("{")
    assert restore_plan(storage, other) == []
    assert (tmp_path / "plan.json").read_text() == "{"
    assert restore_plan(LocalStorage(tmp_path / "nothing"), other) == []
    assert drop_damaged_files(LocalStorage(tmp_path / "nothing"), other) == []


def test_a_manifest_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    plan = make_all(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    options = argparse.Namespace(task=None, overwrite=False, verify=False, scratch=None, worker=False)
    with pytest.raises(OutputError, match=r"manifest\.json of '.*' cannot be read \(.*\); run the same .* --verify"):
        Output(plan, LocalStorage(tmp_path), options).manifest()


def test_every_shard_of_the_manifest_has_its_hash_frames_and_seed(tmp_path: Path) -> None:
    make_all(tmp_path)
    shards = json.loads((tmp_path / "manifest.json").read_text())["shards"]
    assert [(shard["start"], shard["stop"], shard["seed"]) for shard in shards] == [(0, 2, 3), (2, 4, 3), (4, 5, 3)]
    assert all(len(shard["sha256"]) == 64 for shard in shards)
