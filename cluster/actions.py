"""What the commands do: submit, status, logs, resume, merge. Each may be given again at any time."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from cluster.job import Job, JobError
from cluster.status import Survey, as_json, lines, read_plan, spans, survey
from cluster.submission import Submission, engine_of, find, load, place_of, running, save
from writers.shards.plan import PLAN
from writers.shards.storage import storage_of

ROOT = Path(__file__).resolve().parents[1]
INCOMPLETE = 1


def submit(engine: str, job: Job, dry_run: bool = False) -> int:
    """Freeze the plan, write the engine's files and hand them over; a job that still runs is left alone.

    Raises:
        JobError: for a job that cannot be made, or another job at the same output that still runs.
    """
    job = replace(job, scenario=_absolute(job.scenario), out=_absolute_out(job.out))
    place = place_of(engine, job)
    if dry_run:
        return _show(engine, job, place.folder)
    earlier = _earlier(engine, job)
    if earlier and (busy := running(earlier)):
        if earlier.job != job or earlier.engine != engine:
            raise JobError(
                f"another job for '{job.out}' still runs ({earlier.engine} {earlier.ids[-1]}); stop it first"
            )
        print(f"runs      {earlier.engine} {earlier.ids[-1]} already: {len(busy)} tasks run or wait")
        return 0
    if _plans_here(engine, job):
        write_plan(job)
    return _hand_over(Submission(engine, job, earlier.ids if earlier and earlier.engine == engine else ()))


def status(path: str) -> tuple[int, dict[str, Any]]:
    """Say what is there and what is not.

    Returns:
        Exit code (0: the dataset is finished), and {"lines": text, "values": plain values}.
    """
    submission = find(path)
    states = running(submission) if submission else {}
    text: list[str] = []
    values: dict[str, Any] = {}
    if submission:
        counts = sorted({state: list(states.values()).count(state) for state in states.values()}.items())
        told = ", ".join(f"{count} {state.lower()}" for state, count in counts) or "no task runs or waits"
        text.append(f"job       {submission.engine} {' '.join(submission.ids) or '(not handed over)'}: {told}")
        values["job"] = {"engine": submission.engine, "ids": list(submission.ids), "tasks": states}
    if submission and not place_of(submission.engine, submission.job).beside:
        text.append(f"dataset   {submission.job.out} lies inside the cluster; ask where that volume is mounted")
        return INCOMPLETE, {"lines": text, "values": values}
    if submission and not storage_of(submission.job.out).exists(PLAN):
        text.append("done      nothing: no task has come as far as freezing the plan")
        return INCOMPLETE, {"lines": text, "values": values}
    found = _survey(submission.job.out if submission else path, submission, states)
    if found.lost and not states:
        told = submission.job.out if submission else path
        text.append(f"next      ./launch.sh {_way_on(submission, found)} {told}")
    elif not found.complete and not found.missing and not found.damaged:
        text.append(f"next      ./launch.sh merge {submission.job.out if submission else path}")
    return 0 if found.complete else INCOMPLETE, {"lines": lines(found) + text, "values": {**as_json(found), **values}}


def logs(path: str, task: int | None = None) -> str:
    """Return what a task has printed; without a number, the first task with missing shards that no longer runs.

    Raises:
        JobError: if there is no job or no log.
    """
    submission = load(path)
    job, place = submission.job, place_of(submission.engine, submission.job)
    if task is None:
        lost = _survey(job.out, submission, running(submission)).lost if place.beside else []
        task = lost[0] % job.tasks if lost else 0
    if not 0 <= task < job.tasks:
        raise JobError(f"there is no task {task}; the job has tasks 0 to {job.tasks - 1}")
    reader: Any = getattr(engine_of(submission.engine), "logs", None)
    if reader is None:
        raise JobError(f"engine {submission.engine} keeps its own logs; look there for {' '.join(submission.ids)}")
    return str(reader(job, place.folder, list(submission.ids), task))


def resume(path: str, dry_run: bool = False) -> int:
    """Hand over again the tasks whose shards are missing or damaged and that neither run nor wait.

    Raises:
        JobError: if nothing was submitted there.
    """
    submission = load(path)
    states = running(submission)
    job = replace(submission.job, only=())
    if place_of(submission.engine, job).beside and storage_of(job.out).exists(PLAN):
        found = _survey(job.out, submission, states)
        if not found.lost:
            print("nothing to resume: " + ("all shards are there" if not found.busy else "tasks still run or wait"))
            return merge(job.out) if not found.busy and not found.finished else 0
        only = tuple(sorted({number % job.tasks for number in found.lost}))
        print(f"resume    shards {spans(found.lost)} by tasks {spans(list(only))}")
        job = replace(job, only=only if len(only) < job.tasks else ())
        if found.damaged and "--verify" not in job.options:
            job = replace(job, options=(*job.options, "--verify"))
    elif states:
        print(f"nothing to resume: {len(states)} tasks still run or wait")
        return 0
    if dry_run:
        return _show(submission.engine, job, place_of(submission.engine, job).folder)
    return _hand_over(replace(submission, job=submission.job), job)


def merge(path: str) -> int:
    """Finish a dataset whose shards are all there.

    Returns:
        0 when it is finished, 1 when shards are missing: they are named.
    """
    submission = find(path)
    if submission and not (place := place_of(submission.engine, submission.job)).beside:
        print(
            f"submitted {engine_of(submission.engine).merge(submission.job, place.folder)}, which finishes the dataset"
        )
        return 0
    storage = storage_of(submission.job.out if submission else path)
    found = _survey(storage.url, submission, {})
    if wrong := [*(f"shard {number} is damaged: {text}" for number, text in sorted(found.damaged.items()))]:
        print("\n".join(wrong))
    if found.missing:
        print(f"missing   shards {spans(found.missing)} of {found.shards}")
    if found.missing or found.damaged:
        print(f"not finished; ./launch.sh {_way_on(submission, found)} {storage.url}")
        return INCOMPLETE
    from writers.finish import finish_dataset

    finish_dataset(storage, read_plan(storage))
    print(f"finished  {storage.url}: {found.samples} samples in {found.shards} shards")
    return 0


def write_plan(job: Job) -> None:
    """Freeze the plan before any task starts: a task that owns no shard checks the scenario and writes the plan only.

    Raises:
        JobError: with what `run` said: a wrong scenario, another plan at this output, no place to write to.
    """
    words = [str(ROOT / "launch.sh"), *job.run_words(), "--task", f"{job.shards}/{job.shards + 1}"]
    made = subprocess.run(words, capture_output=True, text=True)
    if made.returncode:
        said = (line.removeprefix("error: ") for line in (made.stderr + made.stdout).splitlines() if line.strip())
        raise JobError("\n".join(said) or f"run ended with exit code {made.returncode} and said nothing")


def _plans_here(engine: str, job: Job) -> bool:
    """Tell whether tasks run what this machine runs; else the first of them freezes the plan, with its own versions."""
    return job.runtime == "engine" and engine != "kubernetes"


def _hand_over(submission: Submission, job: Job | None = None) -> int:
    """Save the description, prepare, submit and save the id; `job` is the part of it to run now."""
    place = save(submission)
    engine, part = engine_of(submission.engine), job or submission.job
    engine.prepare(part, place.folder)
    number = engine.submit(part, place.folder)
    save(submission.with_id(number))
    seen = submission.job.out if place.beside else str(place.folder)
    print(f"submitted {submission.engine} {number}: {len(part.numbers)} of {part.tasks} tasks, {part.shards} shards")
    print(f"watch     ./launch.sh status {seen}")
    return 0


def _show(engine: str, job: Job, folder: Path) -> int:
    for path in engine_of(engine).prepare(job, folder):
        print(f"# {path}\n{path.read_text()}")
    return 0


def _survey(out: str, submission: Submission | None, states: dict[int, str]) -> Survey:
    return survey(storage_of(out), submission.job.tasks if submission else 1, states)


def _way_on(submission: Submission | None, found: Survey) -> str:
    """Say which command makes what is missing or damaged."""
    again = "run (the same command again, with --verify)" if found.damaged else "run (the same command again)"
    return "resume" if submission else again


def _earlier(engine: str, job: Job) -> Submission | None:
    place = place_of(engine, job)
    return find(job.out if place.beside else str(place.folder))


def _absolute(scenario: str) -> str:
    """Make a scenario's path hold everywhere; the name of one in scenes/ stays as it is."""
    path = Path(scenario)
    return str(path.resolve()) if path.is_file() else scenario


def _absolute_out(out: str) -> str:
    return out if "://" in out else str(Path(out).absolute())
