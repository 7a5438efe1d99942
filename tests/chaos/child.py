"""The process that is killed: the real plan, sink, formats, uploads and finish, with samples that cost nothing."""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pycocotools.mask

from replicator_scripts import stopping
from replicator_scripts.output import Output
from tests.chaos import faults
from writers.encode import ids_png, json_bytes, npy, png
from writers.shards.plan import Plan
from writers.shards.sample import Sample, sample_key
from writers.shards.sink import AttemptLost, ShardSink
from writers.shards.storage import storage_of

DONE, WRONG, CANNOT_WRITE, AGAIN = 0, 1, 74, 85
FRAMES, PER_SHARD, SIZE = 8, 3, (18, 24)
CLASSES = ["cow", "hen"]


@dataclass(frozen=True)
class Job:
    """One start of the program.

    Attributes:
        url: output.
        format: of its shards.
        views: samples a frame.
        scratch: folder for attempts at remote outputs.
        log: file for what the process says.
        pause: seconds a sample takes.
        options: of the storage.
        environment: added to the process's.
        kill_at: end by SIGKILL around the so-many-th change to a disk or store; 0 never.
        file_limit: longest file the system lets it write, bytes (a full disk in the middle of a file); 0 none.
        verify: hash what is there, and mend it.
        broken: name of a rule of the protocol that is broken on purpose; see `faults`.
    """

    url: str
    format: str
    views: int
    scratch: str
    log: str
    pause: float = 0.004
    options: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    kill_at: int = 0
    file_limit: int = 0
    verify: bool = False
    broken: str = ""


def run(job: Job) -> None:
    """Do a job in a process of its own and end with its exit code."""
    code = AGAIN  # a signal may come before anything is under way
    with suppress(stopping.Stopped), open(job.log, "a", buffering=1) as log:
        os.environ.update(job.environment)
        sys.stdout = sys.stderr = log
        stopping.install()
        faults.install(job.kill_at, job.file_limit, job.broken)
        code = _guarded(job)
    os._exit(code)


def plan_of(job: Job) -> Plan:
    """Return what is made: the same wherever and however often."""
    writer = {"preview": 3, "exports": ["coco"]}
    scenario = {"name": "chaos", "seed": 7, "classes": CLASSES, "outputs": ["rgb", "boxes"], "writer": writer}
    spec = {"scenario": scenario, "versions": {}, "code": "chaos", "command": "python -m tests.chaos"}
    return Plan(spec, 3, FRAMES, PER_SHARD, job.views, job.format)


def samples_of(frame: int, views: int) -> list[Sample]:
    """Make the samples of a frame from its number alone."""
    made = []
    for view in range(views):
        random = np.random.default_rng([frame, view])
        mask = np.zeros(SIZE, np.uint16)
        mask[2:9, 3 : 4 + frame % 9] = 5
        counts = pycocotools.mask.encode(np.asfortranarray(mask == 5, np.uint8))["counts"].decode()
        run = {"segmentation": {"size": list(SIZE), "counts": counts}}
        box = {"box": [3, 2, 1 + frame % 9, 7], "area": int((mask == 5).sum()), "visible_fraction": 1.0}
        about = {
            "frame": frame,
            "seed": 7,
            "depth_scale": 0.001,
            "classes": CLASSES,
            "counts": {"cow": 1},
            "camera": {"prim": f"/World/c{view}", "width": SIZE[1], "height": SIZE[0]},
            "objects": [{"id": 5, "prim": "/World/cow", "class": "cow", "labels": ["cow"], **box, **run}],
        }
        members = {
            "rgb.png": png(random.integers(0, 255, (*SIZE, 3), np.uint8)),
            "instance.png": ids_png(mask),
            "flow.npy": npy(random.random((int(random.integers(100, 3000)), 2), np.float32)),
            "json": json_bytes(about),
        }
        made.append(Sample(sample_key(frame, f"c{view}" if views > 1 else None), members))
    return made


def _guarded(job: Job) -> int:
    try:
        make(job)
    except stopping.Stopped:
        return AGAIN
    except OSError:
        traceback.print_exc()
        return CANNOT_WRITE
    except BaseException:
        traceback.print_exc()
        return WRONG
    return DONE


def make(job: Job) -> None:
    """Make a dataset, or what it lacks, in this process."""
    storage = storage_of(job.url, job.options or None)
    options = argparse.Namespace(
        task=None, overwrite=False, verify=job.verify, scratch=job.scratch or None, worker=False
    )
    output = Output(plan_of(job), storage, options)
    if not output.complete:
        try:
            with output.publishing(lambda event, **values: None) as sink:
                for order in output.missing():
                    _shard(sink, order.number, job)
        finally:
            output.sink.abandon()
        output.finish()
    output.tidy()


def _shard(sink: ShardSink, number: int, job: Job) -> None:
    for attempt in range(5):
        if sink.committed(number):
            return
        try:
            sink.begin(sink.plan.shard(number))
            for frame in sink.missing():
                with stopping.shielded():
                    time.sleep(job.pause)
                    for sample in samples_of(frame, job.views):
                        sink.write(sample)
            with stopping.shielded():
                sink.commit()
            return
        except AttemptLost:
            if attempt == 4:
                raise


def exists(path: str) -> bool:
    """Tell whether a folder has anything in it but folders."""
    return any(item.is_file() for item in Path(path).rglob("*"))
