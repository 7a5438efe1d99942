"""What was handed over, kept beside the output: `.job/job.json` with the job, its engine and the engine's ids."""

from __future__ import annotations

import hashlib
import importlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from cluster.job import Job, JobError
from writers.shards.storage import storage_of

ENGINES = {"local": "local", "slurm": "slurm", "kubernetes": "kubernetes", "ray": "ray_tasks"}  # engine -> module here
JOB_FILE = ".job/job.json"
ELSEWHERE = Path(__file__).resolve().parents[1] / "_out" / "jobs"  # of jobs whose output is no folder here


@dataclass(frozen=True)
class Submission:
    """A job, the engine it was given to, and the engine's ids, oldest first."""

    engine: str
    job: Job
    ids: tuple[str, ...] = ()

    def with_id(self, number: str) -> Submission:
        """Return this submission with one more id."""
        return replace(self, ids=(*self.ids, number))

    def to_json(self) -> bytes:
        """Return the file `job.json`."""
        values = {"engine": self.engine, "job": self.job.to_json(), "ids": list(self.ids)}
        return json.dumps(values, indent=2, sort_keys=True).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> Submission:
        """Read the file `job.json`.

        Raises:
            JobError: if it is not one.
        """
        try:
            values = json.loads(data)
            return cls(values["engine"], Job.from_json(values["job"]), tuple(values["ids"]))
        except (ValueError, KeyError, TypeError) as error:
            raise JobError(f"job.json is not the description of a job ({error}); submit the job again") from error


@dataclass(frozen=True)
class Place:
    """Where a submission is kept.

    Attributes:
        folder: files and logs of the engine, on this machine.
        beside: the output has a copy of the description; False where this machine cannot see the output.
    """

    folder: Path
    beside: bool = field(default=True)


def engine_of(name: str) -> ModuleType:
    """Return the module of an engine.

    Raises:
        JobError: for an engine that there is not.
    """
    if name not in ENGINES:
        raise JobError(f"there is no engine '{name}'; expected one of {', '.join(ENGINES)}")
    return importlib.import_module(f"cluster.{ENGINES[name]}")


def place_of(engine: str, job: Job) -> Place:
    """Choose where the files of a job are kept: beside a local output, else below `_out/jobs/`."""
    inside = getattr(engine_of(engine), "output_is_inside", None)
    beside = not (inside and inside(job))
    if beside and "://" not in job.out:
        return Place(Path(job.out) / ".job")
    mark = hashlib.sha256(job.out.encode()).hexdigest()[:8]
    return Place(ELSEWHERE / f"{job.name}-{mark}", beside)


def save(submission: Submission) -> Place:
    """Keep a submission where `load` finds it."""
    place = place_of(submission.engine, submission.job)
    data = submission.to_json()
    if place.beside:
        storage_of(submission.job.out).put(JOB_FILE, data)
    if not place.beside or "://" in submission.job.out:
        place.folder.mkdir(parents=True, exist_ok=True)
        (place.folder / "job.json").write_bytes(data)
    return place


def load(path: str) -> Submission:
    """Find the submission of an output, or of a folder below `_out/jobs/`.

    Raises:
        JobError: if nothing was submitted there.
    """
    found = find(path)
    if found is None:
        raise JobError(f"no job was submitted for '{path}' (it has no {JOB_FILE}); use ./launch.sh submit, or run")
    return found


def find(path: str) -> Submission | None:
    """Find the submission of an output, or of a folder below `_out/jobs/`; None if there is none."""
    if "://" not in path and (Path(path) / "job.json").is_file():
        return Submission.from_json((Path(path) / "job.json").read_bytes())
    try:
        return Submission.from_json(storage_of(path).read(JOB_FILE))
    except FileNotFoundError:
        return None


def running(submission: Submission) -> dict[int, str]:
    """Ask the engine which tasks run or wait."""
    ask: Any = getattr(engine_of(submission.engine), "running", None)
    if ask is None or not submission.ids:
        return {}
    place = place_of(submission.engine, submission.job)
    found: dict[int, str] = ask(submission.job, place.folder, list(submission.ids))
    return found
