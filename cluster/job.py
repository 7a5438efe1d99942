"""A job: one dataset, made by several tasks on an engine that exists already.

An engine is one module of this folder with two functions:

    prepare(job, folder) -> list[Path]    write the files the engine wants (a batch script, a manifest) into `folder`
    submit(job, folder) -> str            hand them over and give the engine's id of what runs now

and, where it has more to say, three others:

    add_options(parser)                   its own part of the command line; the values arrive as `job.settings`
    running(job, folder, ids) -> dict     task -> state, for the tasks that run or wait; all others have ended
    logs(job, folder, ids, task) -> str   what a task has printed

The first two may be called again: `prepare` gives the same bytes for the same job, and a task that is started again
leaves whole shards alone. Task K of T makes the shards with number % T == K; a shard counts when its record is there.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from writers.shards.addresses import check_url

Runtime = Literal["engine", "isaac"]
OWN_OPTIONS = (
    "--scenario",
    "--out",
    "--shards",
    "--samples-per-shard",
    "--task",
    "--overwrite",
    "--runtime",
    "--worker",
)
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")
_SECRET = re.compile(r"(?i)(secret|password|passwd|token|access_?key|credential|account_key)[a-z_]*\s*[=:]")


class JobError(ValueError):
    """A job cannot be described, handed over or found; the message says what to do."""


@dataclass(frozen=True)
class Job:
    """What to make, where, and with how much of a machine for each task.

    Args:
        scenario: name of a scenario in `scenes/`, or a path that every task can read.
        out: folder on storage that every task shares, or a URL such as s3://bucket/prefix; never with a password in it.
        shards: shards of the whole dataset.
        tasks: pieces of the job; each makes the shards with number % tasks == task. 0 stands for one task a shard.
        gpus_per_task: GPUs of one task.
        cpus_per_task: processor cores of one task.
        memory_gb: main memory of one task, in GiB.
        minutes: the longest time one task may take before it is stopped and started again.
        options: further words for `run`, e.g. ("--frames", "1000", "--format", "parquet").
        runtime: the embedded engine, or Isaac Sim.
        name: of the job, in the engine's own lists.
        only: the tasks to run; all when empty (`resume` names those with missing shards).
        settings: the engine's own settings, e.g. {"partition": "gpu"} for Slurm.

    Raises:
        JobError: naming the option that is wrong.
    """

    scenario: str
    out: str
    shards: int
    tasks: int = 0
    gpus_per_task: int = 0
    cpus_per_task: int = 1
    memory_gb: int = 8
    minutes: int = 240
    options: tuple[str, ...] = ()
    runtime: Runtime = "engine"
    name: str = "replicant"
    only: tuple[int, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.tasks == 0:
            object.__setattr__(self, "tasks", self.shards)
        object.__setattr__(self, "options", tuple(self.options))
        object.__setattr__(self, "only", tuple(sorted(set(self.only))))
        _check_sizes(self)
        _check_words(self)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The tasks to run, in order."""
        return self.only or tuple(range(self.tasks))

    def run_words(self, task: int | str | None = None) -> list[str]:
        """Give the words that follow `./launch.sh` on a task's machine; one supervised worker unless told otherwise.

        Args:
            task: number of the task, or what stands for it in a script, e.g. "${SLURM_ARRAY_TASK_ID}"; None for all.
        """
        words = ["run", "--runtime", self.runtime, "--scenario", self.scenario, "--out", self.out]
        words += ["--shards", str(self.shards), *self.options]
        if not any(word.split("=")[0] == "--workers" for word in self.options):
            words += ["--workers", "1"]
        return words if task is None else [*words, "--task", f"{task}/{self.tasks}"]

    def to_json(self) -> dict[str, Any]:
        """Return the job as plain values for a JSON file."""
        return asdict(self) | {"options": list(self.options), "only": list(self.only)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Job:
        """Read a job from the values of `to_json`.

        Raises:
            JobError: for a key that is missing or unknown, or a wrong value.
        """
        known = {f.name for f in fields(cls)}
        if wrong := sorted(set(values) - known) + sorted({"scenario", "out", "shards"} - set(values)):
            raise JobError(f"job description: '{wrong[0]}' is missing or unknown; it was written by another version")
        return cls(**values)


class Engine(Protocol):
    """What a module has to have to be an engine."""

    def prepare(self, job: Job, folder: Path) -> list[Path]:
        """Write the engine's files for a job into a folder and return them."""

    def submit(self, job: Job, folder: Path) -> str:
        """Hand a prepared job over and return the engine's id of it."""


def _check_sizes(job: Job) -> None:
    smallest = {"shards": 1, "tasks": 1, "gpus_per_task": 0, "cpus_per_task": 1, "memory_gb": 1, "minutes": 1}
    for key, least in smallest.items():
        value = getattr(job, key)
        _check_number("time" if key == "minutes" else key, value, least)
    for key, least in {"at_once": 1, "retries": 0, "max_failed": 0}.items():
        if job.settings.get(key) is not None:
            _check_number(key, job.settings[key], least)
    if job.tasks > job.shards:
        raise JobError(
            f"--tasks is {job.tasks} but there are {job.shards} shards; a task makes at least one whole shard"
        )
    if job.only and not 0 <= job.only[0] <= job.only[-1] < job.tasks:
        raise JobError(f"tasks {list(job.only)} are asked for; expected numbers from 0 to {job.tasks - 1}")


def _check_number(key: str, value: Any, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise JobError(f"--{key.replace('_', '-')} is {value!r}; expected a whole number of {least} or more")


def _check_words(job: Job) -> None:
    for key in ("scenario", "out"):
        if not getattr(job, key):
            raise JobError(f"--{key} is empty; every job needs one")
    if job.runtime not in get_args(Runtime):
        raise JobError(f"--runtime is '{job.runtime}'; expected one of {', '.join(get_args(Runtime))}")
    if not _NAME.fullmatch(job.name):
        raise JobError(f"--name is '{job.name}'; expected up to 40 small letters, digits and dashes, e.g. herd-7")
    if "://" in job.out:
        try:
            check_url(job.out)
        except ValueError as error:
            raise JobError(f"--out: {error}") from error
    for word in job.options:
        if (option := word.split("=")[0]) in OWN_OPTIONS:
            raise JobError(
                f"'{option}' cannot be passed on to the tasks; the job sets it itself or tasks would collide"
            )
        if _SECRET.search(word):
            raise JobError(f"'{word.split('=')[0]}' looks like a credential; jobs hold none, use the environment")
