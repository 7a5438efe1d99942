"""Shards are counted by plan and records alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cluster import actions
from cluster.__main__ import main
from cluster.job import Job, JobError
from cluster.status import lines, spans, survey
from cluster.submission import Submission, save
from writers.shards.plan import Plan
from writers.shards.record import ShardRecord, record_name
from writers.shards.storage import storage_of

PLAN = Plan({"scenario": {"name": "herd"}}, start=10, frames=15, frames_per_shard=2)  # 8 shards, the last of one frame


def record(number: int) -> ShardRecord:
    shard = PLAN.shard(number)
    count = len(shard.frames)
    name = f"shard-{number:06d}.tar"
    return ShardRecord(number, name, shard.start, shard.stop, count, 100, "0" * 64, "a", "b", {}, [], PLAN.hash)


def dataset(folder: Path, numbers: list[int]) -> Path:
    """Write a plan and shards with their records (what is inside does not matter here)."""
    storage = storage_of(folder)
    storage.put("plan.json", PLAN.to_json())
    for number in numbers:
        storage.put(f"shards/{record(number).name}", bytes(100))
        storage.put(record_name(number), record(number).to_json())
    return folder


def test_spans() -> None:
    assert spans([]) == ""
    assert spans([3]) == "3"
    assert spans([0, 1, 2, 5, 7, 8]) == "0-2,5,7-8"


def test_counts(tmp_path: Path) -> None:
    found = survey(storage_of(dataset(tmp_path, [0, 1, 7])), tasks=4, running={2: "RUNNING", 0: "PENDING"})
    assert (found.shards, found.samples, found.missing) == (8, 5, [2, 3, 4, 5, 6])
    assert found.busy == {2: "RUNNING", 6: "RUNNING", 4: "PENDING"}
    assert found.lost == [3, 5]
    assert not found.complete
    assert lines(found) == [
        "done      3 of 8 shards, 5 samples, 0.0 MB",
        "pending   shards 4",
        "running   shards 2,6",
        "missing   shards 3,5: no task that runs or waits will make them",
        "finished  no",
    ]


def test_damage_is_seen(tmp_path: Path) -> None:
    storage = storage_of(dataset(tmp_path, list(range(8))))
    (tmp_path / "shards" / record(1).name).unlink()
    (tmp_path / "shards" / record(3).name).write_bytes(bytes(99))
    storage.put(record_name(5), replace(record(5), plan="other").to_json())
    storage.put("manifest.json", b"{}")
    found = survey(storage)
    assert found.damaged == {
        1: "its file is gone",
        3: "its file has 99 bytes, its record says 100",
        5: "its record belongs to another plan",
    }
    assert found.lost == [1, 3, 5]
    assert not found.complete
    assert "damaged   shard 1: its file is gone" in lines(found)


def test_skipped_frames_are_counted(tmp_path: Path) -> None:
    storage = storage_of(dataset(tmp_path, []))
    storage.put("shards/shard-000000.tar", bytes(100))
    skipped = [{"frame": 11, "error": "no place"}]
    storage.put(record_name(0), replace(record(0), samples=1, skipped=skipped).to_json())
    found = survey(storage)
    assert (found.samples, found.skipped) == (1, 1)
    assert "skipped   1 frames that could not be made; the records name them" in lines(found)


def test_a_shard_without_a_record_is_missing(tmp_path: Path) -> None:
    storage = storage_of(dataset(tmp_path, [0]))
    storage.put("shards/shard-000001.tar", bytes(100))
    assert survey(storage).missing == [1, 2, 3, 4, 5, 6, 7]


def test_no_plan(tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r"has no plan\.json, so no run has begun there"):
        survey(storage_of(tmp_path))
    (tmp_path / "plan.json").write_text("{}")
    with pytest.raises(JobError, match=r"plan\.json is not a plan"):
        survey(storage_of(tmp_path))


def test_a_record_that_cannot_be_read_is_damage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    storage = storage_of(dataset(tmp_path, [0]))
    storage.put(record_name(1), b"{")
    storage.put("records/notes.json", b"{}")
    found = survey(storage)
    assert found.damaged == {1: "its record cannot be read"} and found.missing == [2, 3, 4, 5, 6, 7]
    assert main(["status", str(tmp_path)]) == 1
    assert f"run (the same command again, with --verify) {tmp_path}" in capsys.readouterr().out


def test_a_shard_whose_frames_were_all_left_out_is_whole_without_a_file(tmp_path: Path) -> None:
    storage = storage_of(dataset(tmp_path, [*range(7)]))
    skipped = [{"frame": 24, "error": "no place"}]
    storage.put(record_name(7), replace(record(7), name="", samples=0, bytes=0, skipped=skipped).to_json())
    found = survey(storage)
    assert found.damaged == {} and found.lost == [] and found.skipped == 1


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset(tmp_path, [0, 1])
    assert main(["status", str(tmp_path)]) == 1
    assert "missing   shards 2-7" in capsys.readouterr().out
    assert main(["status", str(tmp_path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["lost"] == [2, 3, 4, 5, 6, 7]
    assert main(["status", str(tmp_path / "nowhere")]) == 2
    assert "has no plan.json" in capsys.readouterr().err


def test_complete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset(tmp_path, list(range(8)))
    assert main(["status", str(tmp_path)]) == 1
    assert f"next      ./launch.sh merge {tmp_path}" in capsys.readouterr().out
    (tmp_path / "manifest.json").write_text("{}")
    assert main(["status", str(tmp_path)]) == 0
    assert "finished  yes" in capsys.readouterr().out


def test_the_job_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset(tmp_path, [0])
    save(Submission("local", Job("herd", str(tmp_path), 8), ("1@0",)))
    assert main(["status", str(tmp_path)]) == 1
    text = capsys.readouterr().out
    assert "job       local 1@0: no task runs or waits" in text
    assert f"next      ./launch.sh resume {tmp_path}" in text


def test_merge_names_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset(tmp_path, [0, 1, 2, 5])
    (tmp_path / "shards" / record(5).name).unlink()
    assert main(["merge", str(tmp_path)]) == 1
    text = capsys.readouterr().out
    assert "missing   shards 3-4,6-7 of 8" in text
    assert "shard 5 is damaged: its file is gone" in text
    assert not (tmp_path / "manifest.json").exists()


def test_actions_return_plain_values(tmp_path: Path) -> None:
    code, told = actions.status(str(dataset(tmp_path, [0])))
    assert code == 1
    assert told["values"]["done"] == [0]
