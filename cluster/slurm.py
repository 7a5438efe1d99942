"""Slurm: job arrays of plain batch scripts, and a last job that finishes the dataset or names what is missing.

Sources: Slurm 22.05 manual pages sbatch(1), scontrol(1), squeue(1), slurm.conf(5).
"""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import subprocess
from pathlib import Path

from cluster import images
from cluster.job import Job, JobError
from cluster.status import spans

ROOT = Path(__file__).resolve().parents[1]
ARRAY_SIZE = 1001  # MaxArraySize where slurm.conf says nothing
LEAD = 120  # seconds before the time limit at which a task is told, or a quarter of the limit
LEAST_MINUTES = 2  # Slurm may tell a task up to a minute before that
RETRIES = 3  # of a task whose process is killed, e.g. for want of memory, while its batch script lives

SCRIPT = """\
#!/usr/bin/env bash
{directives}

# Written by ./launch.sh submit slurm; ./launch.sh resume writes it again.
set -uo pipefail
cd {root} || exit 1
TASK=$(({offset} + SLURM_ARRAY_TASK_ID))
TRY="${{SLURM_RESTART_COUNT:-0}}"
echo "task $TASK of {tasks}: job ${{SLURM_ARRAY_JOB_ID}}_$SLURM_ARRAY_TASK_ID, start $((TRY + 1))"
{setup}
CHILD="" WHY="" HEARD=""
stop() {{ WHY="$1" HEARD=1; [ -z "$CHILD" ] || kill -TERM "$CHILD" 2>/dev/null; }}
trap 'stop time' USR1   # the time limit is near: finish or drop the sample, then queue again
trap 'stop told' TERM   # scancel, requeue or preemption: Slurm knows already what comes next

{command} &
CHILD=$!
[ -z "$WHY" ] || stop "$WHY"
while HEARD=""; wait "$CHILD"; CODE=$?; [ -n "$HEARD" ]; do :; done  # a signal ends wait early
echo "task $TASK of {tasks}: exit code $CODE${{WHY:+, stopped ($WHY)}}"

kept() {{ # whether this start, the last one in the log, says that it has made what the next one finds
  awk '/^task .* start [0-9]+$/ {{ said = 0 }} /^(error: )?stopped by .*what is done stays/ {{ said = 1 }}
    END {{ exit !said }}' {log}
}}
queue_again() {{ scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_$SLURM_ARRAY_TASK_ID"; }}
if [ "$WHY" = told ]; then
  exit 143
elif [ "$CODE" -eq 85 ] && [ "$WHY" = time ] && ! kept; then
  echo "x" >>{idle}
  if [ "$(wc -l <{idle})" -ge {retries} ]; then
    echo "task $TASK of {tasks}: stopped {retries} times by its limit of {minutes} min before a start had kept anything"
    echo "task $TASK of {tasks}: give tasks more --time, or the dataset more and smaller shards"
    exit 1
  fi
  queue_again
elif [ "$CODE" -eq 85 ] || {{ [ "$CODE" -gt 128 ] && [ "$TRY" -lt {retries} ]; }}; then
  rm -f {idle}
  queue_again
fi
exit "$CODE"
"""

MERGE = """\
#!/usr/bin/env bash
{directives}

# Runs when every task has ended in whatever way: finishes the dataset, or names the shards that are missing.
set -uo pipefail
cd {root} || exit 1
exec ./launch.sh merge {out}
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare Slurm's own settings."""
    parser.add_argument("--partition", help="partition to submit to (default: the cluster's)")
    parser.add_argument("--account", help="account to charge")
    parser.add_argument("--qos", help="quality of service")
    parser.add_argument("--constraint", help="node features, e.g. l40s")
    parser.add_argument("--at-once", type=int, help="run at most so many tasks at a time")
    parser.add_argument("--gpu-flag", choices=("gres", "gpus-per-task"), help="how GPUs are asked for (default: gres)")
    parser.add_argument("--gpu-type", help="type of GPU in that flag, e.g. l40s")
    parser.add_argument("--array-size", type=int, help="the cluster's MaxArraySize (default: ask scontrol, else 1001)")
    parser.add_argument("--sbatch", action="append", metavar="WORDS", help="a further #SBATCH line, e.g. --exclusive")
    parser.add_argument("--setup", help="a line of shell before each task, e.g. 'module load apptainer'")
    images.add_options(parser)


def prepare(job: Job, folder: Path) -> list[Path]:
    """Write the batch scripts: one for each array of tasks, and the last job's.

    Args:
        job: what to run; `job.settings` holds the values of `add_options`.
        folder: where scripts and logs go; the nodes see it too.

    Raises:
        JobError: for a container flag that does not fit, a time limit that is too short, a cluster without job arrays.
    """
    if job.minutes < LEAST_MINUTES:
        raise JobError(
            f"--time is {job.minutes} min; expected at least {LEAST_MINUTES}: Slurm tells a task that its end is near "
            "only to the minute, and a shorter one would be told as it starts"
        )
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("*.sbatch"), *folder.glob("logs/*.idle")]:
        old.unlink()
    size = array_size(job)
    files = []
    for offset in range(0, job.tasks, size):
        numbers = [n - offset for n in job.numbers if offset <= n < offset + size]
        if numbers:
            files.append(folder / f"tasks-{offset}.sbatch")
            files[-1].write_text(_task_script(job, folder, offset, numbers))
    files.append(folder / "merge.sbatch")
    files[-1].write_text(_merge_script(job, folder))
    return files


def submit(job: Job, folder: Path) -> str:
    """Submit the prepared scripts.

    Returns:
        The job numbers, separated by commas; the last one is the job that finishes the dataset.

    Raises:
        JobError: with Slurm's own message if it refuses, or if there is no Slurm on this machine.
    """
    scripts = sorted(folder.glob("tasks-*.sbatch"), key=lambda p: int(p.stem.split("-")[1]))
    ids: list[str] = []
    try:
        for script in scripts:
            ids.append(_sbatch(script))
        ids.append(_sbatch(folder / "merge.sbatch", f"--dependency=afterany:{':'.join(ids)}"))
    except JobError:
        if ids:
            _ask("scancel", *ids)
        raise
    return ",".join(ids)


def running(job: Job, folder: Path, ids: list[str]) -> dict[int, str]:
    """Ask the queue which tasks run or wait.

    Returns:
        Task -> Slurm's state, e.g. {3: "RUNNING"}.
    """
    numbers = ",".join(number for submission in ids for number in submission.split(","))
    text = _ask("squeue", "--noheader", "--array", "--states=all", "--format=%j %K %T", f"--jobs={numbers}")
    found: dict[int, str] = {}
    for name, index, state in (line.split() for line in (text or "").splitlines() if len(line.split()) == 3):
        offset = name.rsplit(".", 1)[-1]
        if offset.isdigit() and index.isdigit() and state in ACTIVE:
            found[int(offset) + int(index)] = state
    return found


ACTIVE = (
    *("PENDING", "RUNNING", "CONFIGURING", "COMPLETING", "SUSPENDED", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED"),
    *("SIGNALING", "STAGE_OUT", "STOPPED", "RESIZING", "SPECIAL_EXIT", "RESV_DEL_HOLD"),
)


def logs(job: Job, folder: Path, ids: list[str], task: int) -> str:
    """Return what a task has printed, all its starts after one another.

    Raises:
        JobError: if it has printed nothing yet.
    """
    for path in (folder / "logs").glob("task-*.log"):
        if sum(int(part) for part in path.stem.removeprefix("task-").split("+")) == task:
            return path.read_text(errors="replace")
    raise JobError(f"task {task} has no log in {folder / 'logs'}; it has not started yet, or logs were removed")


def array_size(job: Job) -> int:
    """Return how many tasks one array holds: Slurm's indices are smaller than MaxArraySize.

    Raises:
        JobError: if the cluster allows no arrays.
    """
    given = job.settings.get("array_size")
    if given is None:
        match = re.search(r"^MaxArraySize\s*=\s*(\d+)", _ask("scontrol", "show", "config") or "", re.MULTILINE)
        given = int(match.group(1)) if match else ARRAY_SIZE
    if given < 2:
        raise JobError(f"MaxArraySize is {given}: this cluster allows no job arrays; use --array-size if that is wrong")
    return int(given) - 1


def _task_script(job: Job, folder: Path, offset: int, numbers: list[int]) -> str:
    at_once = f"%{job.settings['at_once']}" if job.settings.get("at_once") else ""
    stem = f"task-{offset}+" if offset else "task-"
    logs = folder.resolve() / "logs"
    here = f'{shlex.quote(str(logs / stem))}"$SLURM_ARRAY_TASK_ID"'
    flags = [
        f"--job-name={job.name}.{offset}",
        f"--array={spans(numbers)}{at_once}",
        f"--output={logs / stem}%a.log",
        "--open-mode=append",
        "--requeue",
        f"--signal=B:USR1@{min(LEAD, job.minutes * 60 // 4)}",
        f"--time={job.minutes}",
        "--nodes=1",
        "--ntasks=1",
        f"--cpus-per-task={job.cpus_per_task}",
        f"--mem={job.memory_gb}G",
        *_gpu_flags(job),
        *_site_flags(job),
    ]
    return SCRIPT.format(
        directives=_directives(flags),
        root=shlex.quote(str(ROOT)),
        offset=offset,
        tasks=job.tasks,
        setup="\n".join(line for line in (job.settings.get("setup"), images.setup(job)) if line),
        command=images.command(job, ROOT, '"$TASK"'),
        retries=RETRIES,
        minutes=job.minutes,
        log=f"{here}.log",
        idle=f"{here}.idle",
    )


def _merge_script(job: Job, folder: Path) -> str:
    flags = [
        f"--job-name={job.name}.merge",
        f"--output={folder.resolve() / 'logs' / 'merge.log'}",
        "--open-mode=append",
        "--requeue",
        f"--time={max(60, job.minutes)}",
        "--ntasks=1",
        f"--mem={job.memory_gb}G",
        *_site_flags(job),
    ]
    return MERGE.format(directives=_directives(flags), root=shlex.quote(str(ROOT)), out=shlex.quote(job.out))


def _gpu_flags(job: Job) -> list[str]:
    if not job.gpus_per_task:
        return []
    kind = f"{job.settings['gpu_type']}:" if job.settings.get("gpu_type") else ""
    if job.settings.get("gpu_flag") == "gpus-per-task":
        return [f"--gpus-per-task={kind}{job.gpus_per_task}"]
    return [f"--gres=gpu:{kind}{job.gpus_per_task}"]


def _site_flags(job: Job) -> list[str]:
    names = ("partition", "account", "qos", "constraint")
    flags = [f"--{name}={job.settings[name]}" for name in names if job.settings.get(name)]
    return flags + list(job.settings.get("sbatch") or [])


def _directives(flags: list[str]) -> str:
    """Write #SBATCH lines.

    Raises:
        JobError: for a value that would leave its line.
    """
    for flag in flags:
        if "\n" in flag or not flag.startswith("-"):
            raise JobError(
                f"Slurm flag {flag!r} is not one line that begins with a dash; give e.g. --sbatch=--exclusive"
            )
    return "\n".join(f"#SBATCH {_quoted(flag)}" for flag in flags)


def _quoted(flag: str) -> str:
    name, equals, value = flag.partition("=")
    return f'{name}{equals}"{value}"' if " " in value else flag


def _sbatch(script: Path, *flags: str) -> str:
    if shutil.which("sbatch") is None:
        raise JobError("there is no sbatch on this machine; submit from a login node of the cluster, or use --dry-run")
    made = subprocess.run(["sbatch", "--parsable", *flags, str(script)], capture_output=True, text=True)
    if made.returncode:
        raise JobError(f"sbatch refused {script.name}: {made.stderr.strip()}")
    return made.stdout.strip().split(";")[0]


def _ask(*words: str) -> str | None:
    """Run one of Slurm's commands; None if it is absent or fails."""
    if shutil.which(words[0]) is None:
        return None
    answer = subprocess.run(words, capture_output=True, text=True)
    return answer.stdout if answer.returncode == 0 else None
