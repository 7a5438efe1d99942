"""The pods of a Kubernetes job: no root, a read-only image, scratch space that dies with the pod.

Sources: Kubernetes API reference, Pod v1; Pod Security Standards, profile "restricted".
"""

from __future__ import annotations

import shlex
from typing import Any

from cluster.job import Job, JobError

CONTAINER = "task"
SCENARIO = "/scenario"
SCRATCH = "/scratch"
USER = 1234  # Isaac Sim's own; docker/engine.Dockerfile has the same
NUMBERS = "replicant/tasks"  # annotation: the task of each index
KIT = ("cache", "data", "logs")  # folders below /isaac-sim/kit that Kit writes to


def task_pod(job: Job, with_scenario: bool) -> dict[str, Any]:
    """Return the pod of one index; its task is looked up in the list of those to run.

    Args:
        job: the job as pods see it.
        with_scenario: the scenario comes from the ConfigMap `job.settings["config"]`.
    """
    words = shlex.join([*job.run_words(), "--scratch", SCRATCH])
    script = f'set -- {" ".join(str(n) for n in job.numbers)}\nshift "$JOB_COMPLETION_INDEX"\n' if job.only else ""
    number = "$1" if job.only else "$JOB_COMPLETION_INDEX"
    pod = _pod(job, f'{script}exec ./launch.sh {words} --task "{number}/{job.tasks}"')
    container = pod["containers"][0]
    container["resources"] = _resources(job)
    pod["activeDeadlineSeconds"] = job.minutes * 60
    if with_scenario:
        container["volumeMounts"].append({"name": "scenario", "mountPath": SCENARIO, "readOnly": True})
        pod["volumes"].append({"name": "scenario", "configMap": {"name": job.settings["config"]}})
    return pod


def merge_pod(job: Job) -> dict[str, Any]:
    """Return the pod that finishes the dataset, or fails and names the missing shards."""
    command = "./launch.sh" if job.runtime == "engine" else "/isaac-sim/python.sh -m cluster"
    pod = _pod(job, f"exec {command} merge {shlex.quote(job.out)}")
    pod["containers"][0]["resources"] = {"requests": {"cpu": "1", "memory": f"{job.memory_gb}Gi"}}
    return pod


def _pod(job: Job, script: str) -> dict[str, Any]:
    if not job.settings.get("image"):
        raise JobError("Kubernetes needs --image, an image with this checkout (docker/ has two Dockerfiles)")
    container = {
        "name": CONTAINER,
        "image": job.settings["image"],
        "command": ["/bin/bash", "-c", script],
        "env": _environment(job),
        "volumeMounts": [{"name": "scratch", "mountPath": SCRATCH}],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    if job.settings.get("secret"):
        container["envFrom"] = [{"secretRef": {"name": job.settings["secret"]}}]
    pod: dict[str, Any] = {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 120,  # time to finish or drop the sample
        "automountServiceAccountToken": bool(job.settings.get("service_account")),
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [{"name": "scratch", "emptyDir": {}}],
    }
    _mount_output(job, pod)
    _mount_kit(job, pod)
    return pod | _placing(job)


def _environment(job: Job) -> list[dict[str, Any]]:
    values = {"HOME": f"{SCRATCH}/home", "TMPDIR": SCRATCH, "REPLICANT_CACHE": f"{SCRATCH}/cache"}
    return [{"name": name, "value": value} for name, value in values.items()]


def _resources(job: Job) -> dict[str, Any]:
    memory, gpus = f"{job.memory_gb}Gi", {"nvidia.com/gpu": str(job.gpus_per_task)} if job.gpus_per_task else {}
    return {
        "requests": {"cpu": str(job.cpus_per_task), "memory": memory, **gpus},
        "limits": {"memory": memory, **gpus},
    }


def _mount_output(job: Job, pod: dict[str, Any]) -> None:
    """Mount the claim that holds the output.

    Raises:
        JobError: if the output is a path and no claim is given, or lies elsewhere.
    """
    claim, mount = job.settings.get("claim"), job.settings.get("mount") or "/data"
    if "://" in job.out and not claim:
        return
    if not claim:
        raise JobError(f"--out '{job.out}' is a path inside the pods; give --claim, the volume it lies on, or a URL")
    if "://" not in job.out and not f"{job.out}/".startswith(f"{mount.rstrip('/')}/"):
        raise JobError(f"--out '{job.out}' does not lie below '{mount}', where the pods see --claim {claim}")
    pod["containers"][0]["volumeMounts"].append({"name": "output", "mountPath": mount})
    pod["volumes"].append({"name": "output", "persistentVolumeClaim": {"claimName": claim}})


def _mount_kit(job: Job, pod: dict[str, Any]) -> None:
    """Give Isaac Sim folders to write to; its licence is accepted by the user's own Secret only (ACCEPT_EULA)."""
    if job.runtime != "isaac":
        return
    if not job.settings.get("secret"):
        raise JobError("--runtime isaac needs --secret, your Secret that holds ACCEPT_EULA once you accept the licence")
    for name in KIT:
        mount = {"name": "scratch", "mountPath": f"/isaac-sim/kit/{name}", "subPath": f"kit-{name}"}
        pod["containers"][0]["volumeMounts"].append(mount)


def _placing(job: Job) -> dict[str, Any]:
    """Say on which nodes the pods may run.

    Raises:
        JobError: for a node selector that is no KEY=VALUE.
    """
    placing: dict[str, Any] = {}
    if job.settings.get("service_account"):
        placing["serviceAccountName"] = job.settings["service_account"]
    for pair in job.settings.get("node_selector") or []:
        key, equals, value = pair.partition("=")
        if not equals:
            raise JobError(f"--node-selector is '{pair}'; expected KEY=VALUE")
        placing.setdefault("nodeSelector", {})[key] = value
    keys = list(job.settings.get("toleration") or []) + (["nvidia.com/gpu"] if job.gpus_per_task else [])
    if keys:
        placing["tolerations"] = [{"key": key, "operator": "Exists"} for key in dict.fromkeys(keys)]
    return placing
