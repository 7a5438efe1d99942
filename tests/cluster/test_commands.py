"""Submit, resume and logs, with engines that only note what they are told."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cluster import actions, local, submission
from cluster.__main__ import main
from cluster.job import Job, JobError
from cluster.submission import Submission, engine_of, load, place_of, save
from writers.shards.plan import Plan
from writers.shards.record import ShardRecord, record_name
from writers.shards.storage import storage_of

PLAN = Plan({}, start=0, frames=8, frames_per_shard=1)


class Notes(SimpleNamespace):
    """An engine that keeps the jobs it was given."""

    def __init__(self) -> None:
        super().__init__(given=[], active={})

    def prepare(self, job: Job, folder: Path) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "script").write_text(" ".join(job.run_words("K")) + "\n")
        return [folder / "script"]

    def submit(self, job: Job, folder: Path) -> str:
        self.given.append(job)
        return str(100 + len(self.given))

    def running(self, job: Job, folder: Path, ids: list[str]) -> dict[int, str]:
        return self.active

    def logs(self, job: Job, folder: Path, ids: list[str], task: int) -> str:
        return f"task {task} of {ids}\n"


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Notes:
    engine = Notes()
    monkeypatch.setitem(sys.modules, "cluster.slurm", engine)
    monkeypatch.setattr(actions, "write_plan", lambda job: storage_of(job.out).put("plan.json", PLAN.to_json()))
    return engine


def make(out: Path, *numbers: int) -> None:
    """Put shards there."""
    storage = storage_of(out)
    for n in numbers:
        name = f"shard-{n:06d}.tar"
        storage.put(f"shards/{name}", bytes(10))
        record = ShardRecord(n, name, n, n + 1, 1, 10, "0" * 64, "a", "a", {}, [], PLAN.hash)
        storage.put(record_name(n), record.to_json())


def words(out: Path, *more: str) -> list[str]:
    return ["submit", "slurm", "--scenario", "tabletop", "--out", str(out), "--shards", "8", "--tasks", "4", *more]


def test_submit(notes: Notes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "herd"
    assert main(words(out, "--frames", "8", "--time", "30", "--gpus-per-task", "1", "--format", "parquet")) == 0
    assert "submitted slurm 101: 4 of 4 tasks, 8 shards" in capsys.readouterr().out
    (job,) = notes.given
    assert (job.tasks, job.minutes, job.gpus_per_task, job.out) == (4, 30, 1, str(out))
    assert job.options == ("--frames", "8", "--format", "parquet")
    assert load(str(out)) == Submission("slurm", job, ("101",))
    assert (out / "plan.json").is_file()


def test_a_zero_is_a_number_and_not_left_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more, message in (
        (("--tasks", "0"), "--tasks is 0; expected a whole number of 1 or more, or leave it away for one task a shard"),
        (("--at-once", "0"), "--at-once is 0; expected a whole number of 1 or more"),
    ):
        assert main(words(tmp_path, *more, "--dry-run")) == 2
        assert f"error: {message}" in capsys.readouterr().err
        assert not list(tmp_path.iterdir())


def test_no_retries_are_no_retries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(submission, "ELSEWHERE", tmp_path)
    pods = ["submit", "kubernetes", "--scenario", "tabletop", "--out", "s3://b/herd", "--shards", "20", "--dry-run"]
    pods += ["--image", "i"]
    assert main(pods) == 0
    assert "backoffLimitPerIndex: 6\n  maxFailedIndexes: 2\n" in capsys.readouterr().out
    assert main([*pods, "--retries", "0", "--max-failed", "0"]) == 0
    assert "backoffLimitPerIndex: 0\n  maxFailedIndexes: 0\n" in capsys.readouterr().out


def test_submit_again_while_it_runs(notes: Notes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(tmp_path)) == 0
    notes.active = {1: "RUNNING", 2: "PENDING"}
    assert main(words(tmp_path)) == 0
    assert "runs      slurm 101 already: 2 tasks run or wait" in capsys.readouterr().out
    assert main(words(tmp_path, "--time", "99")) == 2
    assert "still runs (slurm 101); stop it first" in capsys.readouterr().err
    assert len(notes.given) == 1


def test_tasks_that_run_something_else_freeze_the_plan(
    notes: Notes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(actions, "write_plan", lambda job: pytest.fail("this machine has other versions"))
    isaac = words(tmp_path, "--runtime", "isaac")
    assert main(isaac) == 0
    assert main(["status", str(tmp_path)]) == 1
    assert "done      nothing: no task has come as far as freezing the plan" in capsys.readouterr().out
    assert main(["resume", str(tmp_path)]) == 0  # no task came as far as the plan: all of them again
    assert notes.given[-1].only == ()
    monkeypatch.setitem(sys.modules, "cluster.kubernetes", notes)
    assert main([word.replace("slurm", "kubernetes") for word in words(tmp_path / "pods")]) == 0


def test_dry_run_hands_nothing_over(notes: Notes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(tmp_path, "--dry-run")) == 0
    assert "--task K/4" in capsys.readouterr().out
    assert not notes.given
    assert not (tmp_path / "plan.json").exists()
    assert not (tmp_path / ".job" / "job.json").exists()


def test_resume_gives_out_what_nobody_makes(notes: Notes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(words(tmp_path))
    make(tmp_path, 0, 1, 3, 4, 5)  # missing 2, 6 (task 2), 7 (task 3)
    notes.active = {3: "RUNNING"}
    assert main(["resume", str(tmp_path)]) == 0
    assert "resume    shards 2,6 by tasks 2" in capsys.readouterr().out
    assert notes.given[-1].only == (2,)
    assert load(str(tmp_path)).ids == ("101", "102")
    assert load(str(tmp_path)).job.only == ()  # the description stays the whole job's


def test_resume_of_damage_verifies(notes: Notes, tmp_path: Path) -> None:
    main(words(tmp_path))
    make(tmp_path, *range(8))
    (tmp_path / "shards" / "shard-000005.tar").unlink()
    assert main(["resume", str(tmp_path)]) == 0
    assert notes.given[-1].only == (1,)
    assert notes.given[-1].options[-1] == "--verify"
    assert load(str(tmp_path)).job.options == ()


def test_resume_with_nothing_to_do(notes: Notes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(words(tmp_path))
    notes.active = {0: "RUNNING", 1: "RUNNING", 2: "RUNNING", 3: "RUNNING"}
    assert main(["resume", str(tmp_path)]) == 0
    assert "nothing to resume: tasks still run or wait" in capsys.readouterr().out
    make(tmp_path, *range(8))
    storage_of(tmp_path).put("manifest.json", b"{}")
    notes.active = {}
    assert main(["resume", str(tmp_path)]) == 0
    assert "nothing to resume: all shards are there" in capsys.readouterr().out
    assert len(notes.given) == 1


def test_logs(notes: Notes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(words(tmp_path))
    make(tmp_path, 0, 1, 3, 4, 5)
    capsys.readouterr()
    assert main(["logs", str(tmp_path), "1"]) == 0
    assert main(["logs", str(tmp_path)]) == 0  # the first task with a missing shard
    assert capsys.readouterr().out == "task 1 of ['101']\ntask 2 of ['101']\n"
    assert main(["logs", str(tmp_path), "4"]) == 2
    assert "there is no task 4; the job has tasks 0 to 3" in capsys.readouterr().err
    del Notes.logs
    try:
        assert main(["logs", str(tmp_path), "1"]) == 2
    finally:
        Notes.logs = lambda self, job, folder, ids, task: ""  # type: ignore[method-assign]
    assert "engine slurm keeps its own logs; look there for 101" in capsys.readouterr().err


def test_errors(notes: Notes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resume", str(tmp_path)]) == 2
    assert "no job was submitted for" in capsys.readouterr().err
    assert main(["status", str(tmp_path), "--wrong"]) == 2
    assert "unknown words: --wrong" in capsys.readouterr().err
    assert main(words(tmp_path, "--overwrite")) == 2
    assert "'--overwrite' cannot be passed on" in capsys.readouterr().err
    (tmp_path / ".job").mkdir()
    (tmp_path / ".job" / "job.json").write_text("[]")
    assert main(["logs", str(tmp_path)]) == 2
    assert "job.json is not the description of a job" in capsys.readouterr().err
    with pytest.raises(JobError, match=r"there is no engine 'pbs'; expected one of local, slurm, kubernetes, ray"):
        engine_of("pbs")


def test_an_output_that_cannot_be_written(notes: Notes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(words(tmp_path / "file" / "herd")) == 2
    assert "error: " in capsys.readouterr().err
    assert not notes.given


def test_the_words_of_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def run(command: list[str], **options: Any) -> SimpleNamespace:
        seen.append(command)
        return SimpleNamespace(
            returncode=2 if len(seen) > 1 else 0, stderr="error: no such scenario\n\n", stdout="runtime\n"
        )

    monkeypatch.setattr(actions.subprocess, "run", run)
    actions.write_plan(Job("tabletop", str(tmp_path), 8, options=("--frames", "8")))
    assert seen[0][-2:] == ["--task", "8/9"]  # shard n with n % 9 == 8: none of the eight
    with pytest.raises(JobError, match=r"^no such scenario\nruntime$"):
        actions.write_plan(Job("tabletop", str(tmp_path), 8))


def test_remote_outputs_keep_scripts_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(submission, "ELSEWHERE", tmp_path)
    one, two = (place_of("local", Job("a", out, 1, name="herd")) for out in ("s3://bucket/a", "s3://bucket/b"))
    assert one.folder.parent == tmp_path
    assert one.folder.name.startswith("herd-")
    assert one.folder != two.folder
    assert one.beside


# ---- this machine as an engine ------------------------------------------------------------------------------------


def test_local_runs_in_the_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "launch.sh").write_text('#!/usr/bin/env bash\necho "$@"; sleep 60\n')
    (root / "launch.sh").chmod(0o755)
    monkeypatch.setattr(local, "ROOT", root)
    job, folder = Job("tabletop", str(tmp_path / "a herd"), 8, tasks=3), tmp_path / "job"
    assert [path.name for path in local.prepare(job, folder)] == ["local.sh"]
    number = local.submit(job, folder)
    pid = int(number.split("@")[0])
    try:
        assert local.running(job, folder, [number]) == {0: "RUNNING", 1: "RUNNING", 2: "RUNNING"}
        assert local.running(job, folder, [f"{pid}@1"]) == {}  # another process of the same number
        deadline = time.monotonic() + 20
        while not local.logs(job, folder, [number], 0) and time.monotonic() < deadline:
            time.sleep(0.05)
        expected = f"run --runtime engine --scenario tabletop --out {tmp_path}/a herd --shards 8 --workers 3\n"
        assert local.logs(job, folder, [number], 0) == expected
    finally:
        os.killpg(pid, 9)
    os.waitpid(pid, 0)
    assert local.running(job, folder, [number]) == {}


def test_local_without_a_log(tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r"there is no log in .*local\.log"):
        local.logs(Job("a", "b", 1), tmp_path, [], 0)


def test_a_task_a_shard_is_not_a_process_a_shard_on_one_machine(tmp_path: Path) -> None:
    local.prepare(Job("a", "/b", 800), tmp_path)
    assert "--workers auto" in (tmp_path / "local.sh").read_text()


def test_an_address_with_a_secret_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("status", "logs", "resume", "merge"):
        assert main([command, "s3://key:hunter2@bucket/herd"]) == 2
        said = capsys.readouterr().err
        assert said.startswith("error: output address 's3://...' has a user or password") and "hunter2" not in said


def test_workers_of_the_user_s_own(tmp_path: Path) -> None:
    local.prepare(Job("a", "/b", 8, options=("--workers", "2")), tmp_path)
    assert (tmp_path / "local.sh").read_text().count("--workers") == 1


def test_description_holds_no_clock_or_host(tmp_path: Path) -> None:
    save(Submission("local", Job("a", str(tmp_path), 8)))
    values = json.loads((tmp_path / ".job" / "job.json").read_text())
    assert sorted(values) == ["engine", "ids", "job"]
