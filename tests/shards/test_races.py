"""Real processes on the same shards, killed at random moments, until every sample is there once."""

from __future__ import annotations

import multiprocessing
import random
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from writers.finish import finish_dataset, missing_shards
from writers.reader import open_dataset
from writers.shards.sink import AttemptLost

from .conftest import files, make, make_all, plan_of, sink_of

PROCESSES, KILLS, LEAST = 3, 25, 8
START = multiprocessing.get_context("fork")


def worker(folder: str, frames: int, per_shard: int, form: str) -> None:
    """Make every shard that is not there, as any of several equal processes does."""
    plan = plan_of(frames, per_shard, form=form)
    sink = sink_of(Path(folder), plan)
    for shard in plan.shards():
        while not sink.committed(shard.number):
            try:
                make(sink, shard.number)
            except AttemptLost:
                continue
    while not gate_of(Path(folder)).exists():  # no run is too quick to be killed
        time.sleep(0.01)
    finish_dataset(sink.storage, plan)


def gate_of(folder: Path) -> Path:
    """Return the file that lets processes finish a dataset."""
    return folder.with_suffix(".open")


def started(folder: Path, form: str) -> BaseProcess:
    process = START.Process(target=worker, args=(str(folder), 60, 4, form))
    process.start()
    return process


@pytest.mark.parametrize("form", ["webdataset", "mds"])
def test_three_at_once_killed_at_random_moments(tmp_path: Path, form: str) -> None:
    plan = plan_of(60, 4, form=form)
    make_all(tmp_path / "whole", plan)
    rng, out, kills = random.Random(7), tmp_path / "out", 0
    running = [started(out, form) for _ in range(PROCESSES)]
    while kills < KILLS and not (out / "manifest.json").exists():
        time.sleep(rng.uniform(0.0, 0.06))
        at = rng.randrange(PROCESSES)
        running[at].kill()
        running[at].join()
        kills += 1
        if kills == LEAST:
            gate_of(out).touch()
        running[at] = started(out, form)
    for process in running:
        process.join(300)
        assert process.exitcode in (0, -9)
    assert kills >= LEAST and missing_shards(sink_of(out, plan).storage, plan) == []
    assert files(out) == files(tmp_path / "whole")
    keys = [sample.key for sample in open_dataset(str(out)).samples()]
    assert keys == [f"{frame:09d}" for frame in range(60)]


def test_three_at_once_undisturbed(tmp_path: Path) -> None:
    make_all(tmp_path / "whole", plan_of(60, 4))
    gate_of(tmp_path / "out").touch()
    running = [started(tmp_path / "out", "webdataset") for _ in range(PROCESSES)]
    for process in running:
        process.join(300)
    assert [process.exitcode for process in running] == [0] * PROCESSES
    assert files(tmp_path / "out") == files(tmp_path / "whole")
