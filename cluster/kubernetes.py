"""Kubernetes: one Indexed Job, one pod a task, with back-off for each index on its own.

The pods find the checkout in their image (`docker/`), the scenario in a ConfigMap, and credentials in a Secret of the
user's own. The task that commits the last shard finishes the dataset; `merge` starts a small job that does it.

Sources: Kubernetes API reference, Job v1 (backoffLimitPerIndex and podReplacementPolicy: 1.33 or newer) and Pod v1;
Kueue documentation, Run Jobs (queue-name label, suspend).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from cluster import pods
from cluster.job import Job, JobError
from cluster.status import spans

MOST_TASKS = 100_000  # with a back-off limit for each index
MOST_NAMED = (
    10_000  # numbers of tasks on one line of shell; with more missing, all tasks run and most find nothing to do
)
TASKS, MERGE = "tasks.yaml", "merge.yaml"


class _Dumper(yaml.SafeDumper):
    """Write text of several lines as a block, for people who read manifests."""


_Dumper.add_representer(
    str, lambda d, text: d.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the settings of Kubernetes."""
    parser.add_argument("--image", help="image with this checkout, see docker/ (needed)")
    parser.add_argument("--namespace", help="namespace (default: the context's)")
    parser.add_argument(
        "--claim", help="PersistentVolumeClaim that holds the output; --out is then a path below --mount"
    )
    parser.add_argument("--mount", help="where the pods see the claim (default: /data)")
    parser.add_argument(
        "--secret", help="name of your Secret with the object store's variables, e.g. AWS_ACCESS_KEY_ID"
    )
    parser.add_argument("--service-account", help="service account of the pods, e.g. for workload identity")
    parser.add_argument("--queue", help="Kueue LocalQueue; the job then starts suspended")
    parser.add_argument("--at-once", type=int, help="pods at a time (default: all)")
    parser.add_argument("--retries", type=int, help="failures of one task that are tried again (default: 6)")
    parser.add_argument("--max-failed", type=int, help="tasks that may fail before all stops (default: a tenth)")
    parser.add_argument("--node-selector", action="append", metavar="KEY=VALUE", help="nodes to use")
    parser.add_argument("--toleration", action="append", metavar="KEY", help="taint of nodes that may be used")


def output_is_inside(job: Job) -> bool:
    """Tell whether the output lies on a volume that only pods see."""
    return "://" not in job.out


def prepare(job: Job, folder: Path) -> list[Path]:
    """Write the manifests: the tasks (with the scenario's ConfigMap), and the job that merges.

    Raises:
        JobError: for a setting that is missing or wrong.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tasks, config = _tasks(job)
    merge = _job(job, f"{job.name}-merge", pods.merge_pod(job), {"completions": 1, "backoffLimit": 3})
    for name, documents in ((TASKS, [*config, tasks]), (MERGE, [merge])):
        (folder / name).write_text(yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, width=1000))
    return [folder / TASKS, folder / MERGE]


def submit(job: Job, folder: Path) -> str:
    """Create the prepared Job; one of the same name that has ended is removed first.

    Returns:
        The name of the Job.

    Raises:
        JobError: with kubectl's message if it refuses.
    """
    return _create(job, folder / TASKS)


def merge(job: Job, folder: Path) -> str:
    """Create the job that finishes a dataset on a volume that only pods see."""
    return _create(job, folder / MERGE)


def running(job: Job, folder: Path, ids: list[str]) -> dict[int, str]:
    """Ask which tasks run or wait, by the pods and the status of the newest Job.

    Raises:
        JobError: if the cluster does not answer.
    """
    text = _kubectl(job, "get", "job", ids[-1], "--ignore-not-found", "-o", "json")
    if not text.strip():
        return {}
    found = json.loads(text)
    status, spec = found.get("status", {}), found["spec"]
    if any(c["type"] in ("Complete", "Failed") and c["status"] == "True" for c in status.get("conditions", [])):
        return {}
    numbers = sorted(_indexes(found["metadata"]["annotations"][pods.NUMBERS]))
    ended = _indexes(status.get("completedIndexes", "")) | _indexes(status.get("failedIndexes", ""))
    waiting = [n for index, n in enumerate(numbers) if index not in ended]
    return dict.fromkeys(waiting, "SUSPENDED" if spec.get("suspend") else "ACTIVE")


def logs(job: Job, folder: Path, ids: list[str], task: int) -> str:
    """Return what the pods of a task have printed.

    Raises:
        JobError: if there are none, or the cluster does not answer.
    """
    for name in reversed(ids):
        text = _kubectl(job, "get", "job", name, "--ignore-not-found", "-o", "json")
        made = json.loads(text) if text.strip() else {}
        numbers = sorted(_indexes(made["metadata"]["annotations"][pods.NUMBERS])) if made else []
        if task in numbers:
            mark = f"job-name={name},batch.kubernetes.io/job-completion-index={numbers.index(task)}"
            return _kubectl(job, "logs", "--selector", mark, "--tail=-1", "--prefix")
    raise JobError(f"no pod of task {task} is left; look for {', '.join(ids)} where your cluster keeps logs")


def _tasks(job: Job) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the Indexed Job and the ConfigMap it needs, if any."""
    job = replace(job, only=()) if len(job.only) > MOST_NAMED else job
    numbers = job.numbers
    if len(numbers) > MOST_TASKS:
        raise JobError(f"--tasks is {job.tasks}; an Indexed Job with back-off has at most {MOST_TASKS} tasks")
    config, inside = _config(job)
    failed = job.settings.get("max_failed")
    spec = {
        "completionMode": "Indexed",
        "completions": len(numbers),
        "parallelism": min(job.settings.get("at_once") or len(numbers), len(numbers)),
        "backoffLimitPerIndex": job.settings.get("retries", 6),
        "maxFailedIndexes": min(len(numbers), failed if failed is not None else max(1, len(numbers) // 10)),
        "podReplacementPolicy": "Failed",  # no second pod of an index before the first is gone
        "podFailurePolicy": {  # what --time stops counts as a failure: on S3 it may be in vain, again and again
            "rules": [
                {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
                {"action": "FailIndex", "onExitCodes": _codes(2)},  # the user's error: again would not help
            ]
        },
    }
    made = _job(inside, job.name, pods.task_pod(inside, bool(config)), spec)
    made["metadata"]["annotations"] = {pods.NUMBERS: spans(list(numbers))}
    made["metadata"]["name"] = f"{job.name}-{_mark([*config, made])}"
    return made, config


def _codes(code: int) -> dict[str, Any]:
    return {"containerName": pods.CONTAINER, "operator": "In", "values": [code]}


def _config(job: Job) -> tuple[list[dict[str, Any]], Job]:
    """Put a scenario file into a ConfigMap, and return the job as the pods see it."""
    path = Path(job.scenario)
    if not path.is_file():
        return [], job
    text = path.read_text()
    if len(text) > 1_000_000:
        raise JobError(f"scenario '{path}' is larger than a ConfigMap can be (1 MB); put it into the image")
    if not re.fullmatch(r"[-._a-zA-Z0-9]+", path.name):
        raise JobError(
            f"scenario '{path}' has a name that a ConfigMap cannot hold; use letters, digits, - _ and . only"
        )
    made: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(job, f"{job.name}-{_mark(text)}"),
        "data": {path.name: text},
    }
    return [made], replace(
        job, scenario=f"{pods.SCENARIO}/{path.name}", settings={**job.settings, "config": made["metadata"]["name"]}
    )


def _job(job: Job, name: str, pod: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    queue = {"suspend": True} if job.settings.get("queue") else {}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": _metadata(job, name),
        "spec": {**queue, **spec, "template": {"metadata": {"labels": _labels(job)}, "spec": pod}},
    }


def _metadata(job: Job, name: str) -> dict[str, Any]:
    space = {"namespace": job.settings["namespace"]} if job.settings.get("namespace") else {}
    queue = {"kueue.x-k8s.io/queue-name": job.settings["queue"]} if job.settings.get("queue") else {}
    return {"name": name, **space, "labels": {**_labels(job), **queue}}


def _labels(job: Job) -> dict[str, str]:
    return {"app.kubernetes.io/name": "replicant", "app.kubernetes.io/instance": job.name}


def _mark(value: Any) -> str:
    """Return a short digest: the same job has the same name."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]


def _indexes(text: str) -> set[int]:
    """Read Kubernetes' spans of indexes: "0-2,5" is {0, 1, 2, 5}."""
    found: set[int] = set()
    for part in text.split(",") if text else []:
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def _create(job: Job, path: Path) -> str:
    *_, made = yaml.safe_load_all(path.read_text())
    name = str(made["metadata"]["name"])
    _kubectl(job, "delete", "job", name, "--ignore-not-found", "--wait=true")
    _kubectl(job, "apply", "-f", str(path))
    return name


def _kubectl(job: Job, *words: str) -> str:
    if shutil.which("kubectl") is None:
        raise JobError(
            "there is no kubectl on this machine; install it, or use --dry-run and apply the manifests yourself"
        )
    space = ["--namespace", job.settings["namespace"]] if job.settings.get("namespace") else []
    made = subprocess.run(["kubectl", *space, *words], capture_output=True, text=True)
    if made.returncode:
        raise JobError(f"'{shlex.join(['kubectl', *words[:3]])}' failed: {made.stderr.strip()}")
    return made.stdout
