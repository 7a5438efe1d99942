"""How a task reaches its runtime on Slurm: this checkout's environment, or Isaac Sim in a container.

The Isaac Sim commands follow NVIDIA's and Isaac Lab's files; without a GPU at hand they were checked for form only.

Sources: Isaac Sim tools/docker (mounts, ACCEPT_EULA); Isaac Lab docker/cluster/run_singularity.sh;
Apptainer user guide (exec: --nv, --containall, --writable-tmpfs); Pyxis wiki, Usage (srun --container-*).
"""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from cluster.job import Job, JobError

ISAAC_SIM = "/isaac-sim"  # where the image has it
HOME = "/home/replicant"  # caches, logs and settings of Omniverse lie below the home folder: each task has its own
WRITTEN = ("cache", "data", "logs")  # folders below kit/ that Kit writes to wherever it is installed
KINDS = ("none", "apptainer", "pyxis")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the settings of containers."""
    parser.add_argument("--container", choices=KINDS, help="what runs Isaac Sim's image (default: none)")
    parser.add_argument(
        "--image", help="a .sif or sandbox folder (apptainer); ./file.sqsh or nvcr.io#nvidia/... (pyxis)"
    )
    parser.add_argument("--bind", action="append", metavar="DIR", help="a further folder that the container sees")


def setup(job: Job) -> str:
    """Return the shell lines before the command: the EULA asked for, caches of the task's own made and removed.

    Raises:
        JobError: if the settings do not say how Isaac Sim is reached.
    """
    kind = _kind(job)
    if kind == "none":
        return ""
    folders = " ".join(f'"$OWN/{name}"' for name in ("home", *WRITTEN))
    return "\n".join(
        [
            ': "${ACCEPT_EULA:?Isaac Sim has a licence by NVIDIA; read it, then export ACCEPT_EULA=Y and submit}"',
            'OWN="${SLURM_TMPDIR:-${TMPDIR:-/tmp}}/replicant-$SLURM_JOB_ID-${SLURM_RESTART_COUNT:-0}"',
            f"mkdir -p {folders}",
            "trap 'rm -rf \"$OWN\"' EXIT",
        ]
    )


def command(job: Job, root: Path, task: str) -> str:
    """Return the shell words that run one task.

    Args:
        job: the job.
        root: this checkout, which the nodes see.
        task: the task's number, as the shell writes it.
    """
    words = [shlex.quote(word) for word in job.run_words()] + ["--task", f"{task}/{job.tasks}"]
    kind = _kind(job)
    if kind == "apptainer":
        return _join(_apptainer(job, root), "./launch.sh", *words)
    if kind == "pyxis":
        return _join(_pyxis(job, root), "./launch.sh", *words)
    return " ".join(["./launch.sh", *words])


def _kind(job: Job) -> str:
    kind = job.settings.get("container")
    if job.runtime == "isaac" and kind is None:
        raise JobError(
            "--runtime isaac on Slurm needs --container apptainer or pyxis with --image, "
            "or --container none where ISAACSIM_PATH is set on the nodes"
        )
    kind = kind or "none"
    if kind != "none" and job.runtime != "isaac":
        raise JobError(f"--container {kind} runs Isaac Sim's image; give --runtime isaac too, or leave it away")
    if kind != "none" and not job.settings.get("image"):
        raise JobError(f"--container {kind} needs --image, the image of Isaac Sim on this cluster")
    return kind


def _folders(job: Job, root: Path) -> list[str]:
    """List what the container sees besides its caches: the checkout, the output, the scenario's folder.

    Raises:
        JobError: for a folder that a mount cannot name.
    """
    found = [str(root)]
    if "://" not in job.out:
        found.append(str(Path(job.out).resolve()))
    if "/" in job.scenario:
        found.append(str(Path(job.scenario).resolve().parent))
    found += [str(Path(folder).resolve()) for folder in job.settings.get("bind") or []]
    if odd := [folder for folder in found if set(folder) & set(',:"$`\\\n')]:
        raise JobError(f"folder '{odd[0]}' cannot be mounted into a container; choose a path without , : \" $ ` \\")
    return list(dict.fromkeys(found))


def _apptainer(job: Job, root: Path) -> list[str]:
    words = ["apptainer exec --nv --containall --writable-tmpfs"]  # a layer of the task's own over .sif or sandbox
    words += ['--env "ACCEPT_EULA=$ACCEPT_EULA"', f"--env ISAACSIM_PATH={ISAAC_SIM}", f'--home "$OWN/home:{HOME}"']
    words += [f'--bind "$OWN/{name}:{ISAAC_SIM}/kit/{name}"' for name in WRITTEN]
    words += [f"--bind {shlex.quote(folder)}" for folder in _folders(job, root)]
    return [*words, f"--pwd {shlex.quote(str(root))}", shlex.quote(job.settings["image"])]


def _pyxis(job: Job, root: Path) -> list[str]:
    mounts = [f"$OWN/home:{HOME}"] + [f"$OWN/{name}:{ISAAC_SIM}/kit/{name}" for name in WRITTEN]
    mounts += [f"{folder}:{folder}" for folder in _folders(job, root)]
    words = [f"srun --ntasks=1 --container-image={shlex.quote(job.settings['image'])}"]
    words += ["--container-writable --no-container-mount-home --no-container-remap-root"]
    words += [f'--container-mounts="{",".join(mounts)}"', f"--container-workdir={shlex.quote(str(root))}"]
    return [*words, f"env HOME={HOME} ISAACSIM_PATH={ISAAC_SIM}"]


def _join(*parts: list[str] | str) -> str:
    """Put the container's flags on lines of their own."""
    flags, *rest = parts
    return " \\\n  ".join([*flags, " ".join(str(part) for part in rest)])
