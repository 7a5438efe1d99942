"""Batch scripts are valid shell with the right directives, and behave: run here with a fake Slurm on PATH."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from cluster import slurm
from cluster.job import Job, JobError

ISAAC = {"container": "apptainer", "image": "/images/isaac sim.sif"}


def job(**changes: Any) -> Job:
    return Job(
        **{"scenario": "tabletop", "out": "/data/the herd", "shards": 8, "options": ("--frames", "9"), **changes}
    )


def rendered(tmp_path: Path, made: Job) -> dict[str, str]:
    return {path.name: path.read_text() for path in slurm.prepare(made, tmp_path)}


def directives(script: str) -> list[str]:
    """Return the directives; Slurm stops reading them at the first command, so they must be the first lines."""
    lines = script.splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    found = [line.removeprefix("#SBATCH ") for line in lines if line.startswith("#SBATCH")]
    assert lines[1 : 1 + len(found)] == [f"#SBATCH {flag}" for flag in found]
    return found


def test_directives(tmp_path: Path) -> None:
    settings = {
        "partition": "gpu",
        "account": "herd",
        "at_once": 4,
        "array_size": 1001,
        "sbatch": ["--comment=two words"],
    }
    made = job(gpus_per_task=2, cpus_per_task=6, memory_gb=30, minutes=90, settings=settings)
    scripts = rendered(tmp_path, made)
    assert sorted(scripts) == ["merge.sbatch", "tasks-0.sbatch"]
    assert directives(scripts["tasks-0.sbatch"]) == [
        "--job-name=replicant.0",
        "--array=0-7%4",
        f"--output={tmp_path.resolve()}/logs/task-%a.log",
        "--open-mode=append",
        "--requeue",
        "--signal=B:USR1@120",
        "--time=90",
        "--nodes=1",
        "--ntasks=1",
        "--cpus-per-task=6",
        "--mem=30G",
        "--gres=gpu:2",
        "--partition=gpu",
        "--account=herd",
        '--comment="two words"',
    ]
    merge = directives(scripts["merge.sbatch"])
    assert "--partition=gpu" in merge
    assert not [flag for flag in merge if "gpu:" in flag or "array" in flag]
    assert "./launch.sh merge '/data/the herd'" in scripts["merge.sbatch"]


@pytest.mark.parametrize(("minutes", "lead"), [(2, 30), (3, 45), (8, 120), (240, 120)])
def test_short_limits_are_told_later(tmp_path: Path, minutes: int, lead: int) -> None:
    script = rendered(tmp_path, job(minutes=minutes))["tasks-0.sbatch"]
    assert f"--signal=B:USR1@{lead}" in directives(script)


def test_gpu_flags(tmp_path: Path) -> None:
    settings = {"gpu_flag": "gpus-per-task", "gpu_type": "l40s", "array_size": 1001}
    script = rendered(tmp_path, job(gpus_per_task=1, settings=settings))["tasks-0.sbatch"]
    assert "--gpus-per-task=l40s:1" in directives(script)
    assert not [f for f in directives(rendered(tmp_path, job())["tasks-0.sbatch"]) if f.startswith(("--gpu", "--gres"))]


def test_large_jobs_are_several_arrays(tmp_path: Path) -> None:
    made = job(shards=2500, only=(0, 1, 2, 7, 999, 1000, 2499), settings={"array_size": 1001})
    scripts = rendered(tmp_path, made)
    arrays = {n: directives(s)[1:3] for n, s in scripts.items() if n.startswith("tasks")}
    logs = tmp_path.resolve() / "logs"
    assert arrays == {
        "tasks-0.sbatch": ["--array=0-2,7,999", f"--output={logs}/task-%a.log"],
        "tasks-1000.sbatch": ["--array=0", f"--output={logs}/task-1000+%a.log"],
        "tasks-2000.sbatch": ["--array=499", f"--output={logs}/task-2000+%a.log"],
    }
    assert "TASK=$((2000 + SLURM_ARRAY_TASK_ID))" in scripts["tasks-2000.sbatch"]
    assert sorted(rendered(tmp_path, job())) == ["merge.sbatch", "tasks-0.sbatch"]  # old scripts are gone
    assert sorted(p.name for p in tmp_path.glob("*.sbatch")) == ["merge.sbatch", "tasks-0.sbatch"]


def test_same_job_same_bytes(tmp_path: Path) -> None:
    assert rendered(tmp_path, job()) == rendered(tmp_path, job())


VARIANTS = {
    "engine": job(settings={"array_size": 1001, "setup": "module load python"}),
    "apptainer": job(runtime="isaac", settings=ISAAC | {"array_size": 1001, "bind": ["/assets"]}),
    "pyxis": job(runtime="isaac", settings={"container": "pyxis", "image": "nvcr.io#nvidia/isaac-sim:6.1.0"}),
    "bare": job(runtime="isaac", settings={"container": "none"}),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_scripts_are_valid_shell(name: str, tmp_path: Path) -> None:
    for script in slurm.prepare(VARIANTS[name], tmp_path):
        assert subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True).stderr == ""
        checked = subprocess.run(["which", "shellcheck"], capture_output=True).returncode == 0
        if checked:
            found = subprocess.run(["shellcheck", str(script)], capture_output=True, text=True)
            assert found.stdout == ""


def test_containers(tmp_path: Path) -> None:
    apptainer = rendered(tmp_path, VARIANTS["apptainer"])["tasks-0.sbatch"]
    for words in (
        "--nv",
        "--containall",
        "--writable-tmpfs",
        "--bind /assets",
        "'/images/isaac sim.sif'",
        "$OWN/home:",
    ):
        assert words in apptainer
    assert "--bind '/data/the herd'" in apptainer
    pyxis = rendered(tmp_path, VARIANTS["pyxis"])["tasks-0.sbatch"]
    assert "srun --ntasks=1 --container-image='nvcr.io#nvidia/isaac-sim:6.1.0'" in pyxis
    assert ",/data/the herd:/data/the herd" in pyxis
    for script in (apptainer, pyxis):
        assert ': "${ACCEPT_EULA:?' in script  # accepted by the user's own variable, never by us
        assert "ACCEPT_EULA=Y" not in re.sub(r"\?[^}]*}", "}", script)
        assert "run --runtime isaac" in script
    bare = rendered(tmp_path, VARIANTS["bare"])["tasks-0.sbatch"]
    assert "ACCEPT_EULA" not in bare


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"runtime": "isaac"}, r"--runtime isaac on Slurm needs --container apptainer or pyxis with --image"),
        ({"settings": {"container": "pyxis", "image": "x"}}, r"--container pyxis runs Isaac Sim's image"),
        ({"runtime": "isaac", "settings": {"container": "pyxis"}}, r"--container pyxis needs --image"),
        (
            {"runtime": "isaac", "settings": {**ISAAC, "bind": ["/a:b"]}},
            r"folder '/a:b' cannot be mounted into a container",
        ),
        (
            {"minutes": 1},
            r"--time is 1 min; expected at least 2: Slurm tells a task that its end is near only to the minute",
        ),
        ({"settings": {"array_size": 1}}, r"MaxArraySize is 1: this cluster allows no job arrays"),
        ({"settings": {"sbatch": ["exclusive"]}}, r"Slurm flag 'exclusive' is not one line that begins with a dash"),
        ({"settings": {"partition": "a\nrm -rf /"}}, r"is not one line"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(JobError, match=message):
        slurm.prepare(job(**changes), tmp_path)


# ---- a fake Slurm -------------------------------------------------------------------------------------------------


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put programs named as Slurm's on PATH; they note their words in `calls` and answer from files."""
    folder = tmp_path / "bin"
    folder.mkdir()
    bodies = {
        "sbatch": 'grep -q refused "$STATE/mode" && { echo "sbatch: error: Invalid account" >&2; exit 1; }\n'
        'n=$(cat "$STATE/last"); echo $((n + 1)) > "$STATE/last"; echo "$((n + 1));mini"',
        "scontrol": 'if [ "$1" = show ]; then cat "$STATE/config"; fi',
        "squeue": 'cat "$STATE/queue"',
        "scancel": ":",
    }
    for name, body in bodies.items():
        path = folder / name
        path.write_text(f'#!/usr/bin/env bash\necho "{name} $*" >> "$STATE/calls"\n{body}\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    for name, text in {"last": "40\n", "config": "MaxArraySize = 6\n", "queue": "", "calls": "", "mode": "\n"}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("STATE", str(tmp_path))
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return tmp_path


def test_submit_chains_the_merge(fake: Path) -> None:
    folder = fake / "job"
    slurm.prepare(job(), folder)  # 8 tasks, 5 an array
    assert slurm.submit(job(), folder) == "41,42,43"
    calls = (fake / "calls").read_text().splitlines()
    assert calls == [
        "scontrol show config",
        f"sbatch --parsable {folder}/tasks-0.sbatch",
        f"sbatch --parsable {folder}/tasks-5.sbatch",
        f"sbatch --parsable --dependency=afterany:41:42 {folder}/merge.sbatch",
    ]


def test_a_refusal_is_told_and_cancels_the_rest(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fake / "job"
    slurm.prepare(job(), folder)
    (fake / "mode").write_text("refused")
    with pytest.raises(JobError, match=r"sbatch refused tasks-0\.sbatch: sbatch: error: Invalid account"):
        slurm.submit(job(), folder)
    (fake / "mode").write_text("")
    script = fake / "bin" / "sbatch"
    script.write_text(script.read_text() + 'case "$*" in *merge*) exit 1;; esac\n')
    with pytest.raises(JobError, match=r"sbatch refused merge\.sbatch"):
        slurm.submit(job(), folder)
    assert (fake / "calls").read_text().splitlines()[-1] == "scancel 41 42"


def test_no_slurm_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slurm.prepare(job(), tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert slurm.array_size(job()) == 1000
    with pytest.raises(JobError, match=r"there is no sbatch on this machine"):
        slurm.submit(job(), tmp_path)


def test_what_runs(fake: Path) -> None:
    queue = ["replicant.0 1 RUNNING", "replicant.0 2 FAILED", "replicant.5 1 PENDING", "replicant.merge N/A PENDING"]
    (fake / "queue").write_text("\n".join(queue) + "\n")
    assert slurm.running(job(), fake, ["41,42,43"]) == {1: "RUNNING", 6: "PENDING"}
    assert "--jobs=41,42,43" in (fake / "calls").read_text()


def test_logs_of_a_task(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "task-1000+7.log").write_text("seven\n")
    assert slurm.logs(job(shards=2000), tmp_path, ["1"], 1007) == "seven\n"
    with pytest.raises(JobError, match=r"task 7 has no log in .*logs"):
        slurm.logs(job(), tmp_path, ["1"], 7)


# ---- the script itself, with something in the place of launch.sh ----------------------------------------------------


def start(
    fake: Path, program: str, restarts: str = "0", prepare: bool = True, log: Path | None = None
) -> subprocess.Popen[str]:
    """Run a task's script as Slurm does, with `program` in the place of launch.sh; what it prints is appended to `log`."""
    folder = fake / "job"
    path = slurm.prepare(job(), folder)[0] if prepare else folder / "tasks-0.sbatch"
    root = fake / "root"
    root.mkdir(exist_ok=True)
    (root / "launch.sh").write_text(f"#!/usr/bin/env bash\n{program}\n")
    (root / "launch.sh").chmod(0o755)
    path.write_text(path.read_text().replace(f"cd {slurm.ROOT}", f"cd {root}"))
    names = {
        "SLURM_ARRAY_TASK_ID": "3",
        "SLURM_ARRAY_JOB_ID": "41",
        "SLURM_JOB_ID": "44",
        "SLURM_RESTART_COUNT": restarts,
    }
    (fake / "calls").write_text("")
    with open(log, "ab") if log else nullcontext(subprocess.PIPE) as out:
        return subprocess.Popen(["bash", str(path)], env={**os.environ, **names}, stdout=out, text=True)


def requeued(fake: Path) -> bool:
    return "scontrol requeue 41_3" in (fake / "calls").read_text()


@pytest.mark.parametrize(
    ("program", "restarts", "code", "again"),
    [
        ("exit 0", "0", 0, False),
        ("exit 2", "0", 2, False),
        ("exit 74", "0", 74, False),
        ("exit 85", "9", 85, True),
        ("kill -KILL $$", "0", 137, True),
        ("kill -KILL $$", "3", 137, False),
    ],
)
def test_exit_codes(fake: Path, program: str, restarts: str, code: int, again: bool) -> None:
    process = start(fake, program, restarts)
    text = process.communicate(timeout=20)[0]
    assert process.returncode == code
    assert requeued(fake) == again
    assert f"task 3 of 8: exit code {code}" in text


SLOW = 'trap "sleep 0.3; exit 85" TERM; echo "$@"; touch "$STATE/ready"; while :; do sleep 0.05; done'


@pytest.mark.parametrize(("sent", "code", "again"), [(signal.SIGUSR1, 85, True), (signal.SIGTERM, 143, False)])
def test_signals(fake: Path, sent: signal.Signals, code: int, again: bool) -> None:
    process = start(fake, SLOW)
    deadline = time.monotonic() + 20
    while not (fake / "ready").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(sent)
    time.sleep(0.1)
    process.send_signal(sent)  # a second one while the first is obeyed changes nothing
    text = process.communicate(timeout=20)[0]
    assert process.returncode == code
    assert requeued(fake) == again
    assert "exit code 85, stopped" in text
    assert "--out /data/the herd" in text
    assert "--task 3/8" in text


KEPT = "stopped by SIGTERM: what is done stays; the same command goes on from there"
VAIN = "stopped by SIGTERM: nothing was kept yet; the same command goes on from there"


def stopped_by_time(fake: Path, said: str, number: int) -> tuple[int, bool]:
    """Start a task for the n-th time, as Slurm does after a requeue, and tell it of its limit."""
    (fake / "ready").unlink(missing_ok=True)
    speaks = SLOW.replace("sleep 0.3", f"echo '{said}'")
    log = fake / "job" / "logs" / "task-3.log"
    process = start(fake, speaks, str(number), prepare=number == 0, log=log)
    deadline = time.monotonic() + 20
    while not (fake / "ready").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGUSR1)
    return process.wait(timeout=20), requeued(fake)


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ((VAIN, VAIN, VAIN), (True, True, False)),
        (("", "", ""), (True, True, False)),  # stopped as it imports modules
        ((VAIN, VAIN, KEPT, VAIN, VAIN, VAIN), (True, True, True, True, True, False)),
        ((KEPT,) * 6, (True,) * 6),
        ((f"error: {KEPT}", f"error: {VAIN}") * 3, (True,) * 6),
    ],
)
def test_a_task_that_its_limit_stops_in_vain_is_not_queued_for_ever(
    fake: Path, said: tuple[str, ...], again: tuple[bool, ...]
) -> None:
    found = [stopped_by_time(fake, text, number) for number, text in enumerate(said)]
    assert found == [(85 if one else 1, one) for one in again]
    text = (fake / "job" / "logs" / "task-3.log").read_text()
    assert ("stopped 3 times by its limit of 240 min before a start had kept anything" in text) == (not all(again))
