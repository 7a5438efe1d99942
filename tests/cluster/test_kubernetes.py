"""Manifests pass the published schema, strictly; their shell lines run the right task; kubectl is told the right words."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from cluster import actions, kubernetes, submission
from cluster.__main__ import main
from cluster.job import Job, JobError

VERSION = kubernetes_validate.latest_version()
SETTINGS = {"image": "registry.example/replicant:1", "secret": "bucket"}


def job(**changes: Any) -> Job:
    return Job(
        **{"scenario": "tabletop", "out": "s3://b/herd", "shards": 8, "name": "herd", "settings": SETTINGS} | changes
    )


def manifests(tmp_path: Path, made: Job) -> list[dict[str, Any]]:
    found = [d for path in kubernetes.prepare(made, tmp_path) for d in yaml.safe_load_all(path.read_text())]
    for document in found:
        kubernetes_validate.validate(document, VERSION, strict=True)
    return found


def tasks(tmp_path: Path, made: Job) -> dict[str, Any]:
    (found,) = [d for d in manifests(tmp_path, made) if d["spec"].get("completionMode") == "Indexed"]
    return found


def pod(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["spec"]["template"]["spec"]
    return found


def test_back_off_is_per_index(tmp_path: Path) -> None:
    spec = tasks(tmp_path, job())["spec"]
    assert (spec["completions"], spec["parallelism"], spec["backoffLimitPerIndex"]) == (8, 8, 6)
    assert (spec["maxFailedIndexes"], spec["podReplacementPolicy"]) == (1, "Failed")
    rules = [(rule["action"], sorted(set(rule) - {"action"})) for rule in spec["podFailurePolicy"]["rules"]]
    assert rules == [("Ignore", ["onPodConditions"]), ("FailIndex", ["onExitCodes"])]
    codes = [rule["onExitCodes"]["values"] for rule in spec["podFailurePolicy"]["rules"][1:]]
    assert codes == [[2]]
    assert spec["podFailurePolicy"]["rules"][0]["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
    settings = SETTINGS | {"at_once": 3, "retries": 0, "max_failed": 0}
    spec = tasks(tmp_path, job(settings=settings))["spec"]
    assert (spec["parallelism"], spec["backoffLimitPerIndex"], spec["maxFailedIndexes"]) == (3, 0, 0)


def test_pods_are_restricted(tmp_path: Path) -> None:
    for document in manifests(tmp_path, job(gpus_per_task=1)):
        assert pod(document)["restartPolicy"] == "Never"
        assert pod(document)["automountServiceAccountToken"] is False
        security = pod(document)["securityContext"]
        assert (security["runAsNonRoot"], security["runAsUser"]) == (True, 1234)
        (container,) = pod(document)["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        writable = {mount["mountPath"] for mount in container["volumeMounts"]}
        for variable in container["env"]:
            assert any(variable["value"].startswith(place) for place in writable)


def test_resources(tmp_path: Path) -> None:
    made = tasks(tmp_path, job(gpus_per_task=2, cpus_per_task=3, memory_gb=20, minutes=10))
    (container,) = pod(made)["containers"]
    assert container["resources"] == {
        "requests": {"cpu": "3", "memory": "20Gi", "nvidia.com/gpu": "2"},
        "limits": {"memory": "20Gi", "nvidia.com/gpu": "2"},
    }
    assert pod(made)["activeDeadlineSeconds"] == 600
    assert pod(made)["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists"}]
    assert "nvidia.com/gpu" not in json.dumps(pod(tasks(tmp_path, job())))


def test_credentials_are_a_secret_s_name(tmp_path: Path) -> None:
    (container,) = pod(tasks(tmp_path, job()))["containers"]
    assert container["envFrom"] == [{"secretRef": {"name": "bucket"}}]
    (container,) = pod(tasks(tmp_path, job(settings={"image": "a"})))["containers"]
    assert "envFrom" not in container
    assert not [d for d in manifests(tmp_path, job()) if d["kind"] == "Secret"]


def test_output_on_a_claim(tmp_path: Path) -> None:
    made = job(out="/data/herd", settings=SETTINGS | {"claim": "images"})
    for document in manifests(tmp_path, made):
        assert {"name": "output", "persistentVolumeClaim": {"claimName": "images"}} in pod(document)["volumes"]
        assert {"name": "output", "mountPath": "/data"} in pod(document)["containers"][0]["volumeMounts"]
    assert kubernetes.output_is_inside(made)
    assert not kubernetes.output_is_inside(job())


def test_kueue(tmp_path: Path) -> None:
    made = tasks(tmp_path, job(settings=SETTINGS | {"queue": "team-a", "namespace": "herds"}))
    assert made["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "team-a"
    assert made["metadata"]["namespace"] == "herds"
    assert made["spec"]["suspend"] is True
    assert "suspend" not in tasks(tmp_path, job())["spec"]


def test_placing(tmp_path: Path) -> None:
    settings = SETTINGS | {"node_selector": ["gpu=l40s"], "toleration": ["spot"], "service_account": "writer"}
    found = pod(tasks(tmp_path, job(settings=settings)))
    assert found["nodeSelector"] == {"gpu": "l40s"}
    assert found["tolerations"] == [{"key": "spot", "operator": "Exists"}]
    assert (found["serviceAccountName"], found["automountServiceAccountToken"]) == ("writer", True)


def test_scenario_files_come_along(tmp_path: Path) -> None:
    path = tmp_path / "my herd.v2.yaml"
    path.write_text("frames: 3\n# über\n")
    with pytest.raises(JobError, match=r"has a name that a ConfigMap cannot hold"):
        kubernetes.prepare(job(scenario=str(path)), tmp_path)
    path = path.rename(tmp_path / "herd.v2.yaml")
    config, made, _merge = manifests(tmp_path / "job", job(scenario=str(path)))
    assert config["data"] == {"herd.v2.yaml": "frames: 3\n# über\n"}
    assert {"name": "scenario", "configMap": {"name": config["metadata"]["name"]}} in pod(made)["volumes"]
    assert "--scenario /scenario/herd.v2.yaml" in pod(made)["containers"][0]["command"][2]
    path.write_text("#" * 1_000_001)
    with pytest.raises(JobError, match=r"is larger than a ConfigMap can be"):
        kubernetes.prepare(job(scenario=str(path)), tmp_path)


def test_isaac_sim(tmp_path: Path) -> None:
    documents = manifests(tmp_path, job(runtime="isaac", gpus_per_task=1))
    for document in documents:
        mounts = {m["mountPath"]: m.get("subPath") for m in pod(document)["containers"][0]["volumeMounts"]}
        assert mounts["/isaac-sim/kit/cache"] == "kit-cache"
        assert "ACCEPT_EULA" not in json.dumps(document)
    assert "/isaac-sim/python.sh -m cluster merge s3://b/herd" in pod(documents[1])["containers"][0]["command"][2]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"settings": {}}, r"Kubernetes needs --image"),
        ({"out": "/data/herd"}, r"--out '/data/herd' is a path inside the pods; give --claim"),
        ({"out": "/database", "settings": SETTINGS | {"claim": "a"}}, r"--out '/database' does not lie below '/data'"),
        ({"runtime": "isaac", "settings": {"image": "a"}}, r"--runtime isaac needs --secret"),
        ({"settings": SETTINGS | {"node_selector": ["gpu"]}}, r"--node-selector is 'gpu'; expected KEY=VALUE"),
        ({"shards": 100_001}, r"--tasks is 100001; an Indexed Job with back-off has at most 100000 tasks"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(JobError, match=message):
        kubernetes.prepare(job(**changes), tmp_path)


def broken(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def edit(document: dict[str, Any]) -> dict[str, Any]:
        found = copy.deepcopy(document)
        change(found)
        return found

    return edit


EDITS = {
    "text for a number": broken(lambda d: d["spec"].update(completions="many")),
    "an unknown key": broken(lambda d: d["spec"].update(backoffLimitPerindex=6)),
    "an unknown key of a pod": broken(lambda d: pod(d).update(restartpolicy="Never")),
    "a key at the wrong level": broken(lambda d: pod(d)["securityContext"].update(readOnlyRootFilesystem=True)),
    "a rule without an action": broken(lambda d: d["spec"]["podFailurePolicy"]["rules"][0].pop("action")),
    "no containers": broken(lambda d: pod(d).pop("containers")),
    "a number for text": broken(lambda d: pod(d)["containers"][0].update(image=7)),
}


@pytest.mark.parametrize("name", EDITS)
def test_the_validation_can_fail(name: str, tmp_path: Path) -> None:
    made = tasks(tmp_path, job(gpus_per_task=1))
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(EDITS[name](made), VERSION, strict=True)


def test_a_long_list_of_tasks_is_all_of_them(tmp_path: Path) -> None:
    made = tasks(tmp_path, job(shards=20_001, only=tuple(range(0, 20_001, 2))[:10_001]))
    assert made["spec"]["completions"] == 20_001
    assert made["metadata"]["annotations"]["replicant/tasks"] == "0-20000"
    assert len(pod(made)["containers"][0]["command"][2]) < 300
    made = tasks(tmp_path, job(shards=20_001, only=(4, 5, 20_000)))
    assert made["metadata"]["annotations"]["replicant/tasks"] == "4-5,20000"


def test_same_job_same_name(tmp_path: Path) -> None:
    first, again, part = (tasks(tmp_path, made) for made in (job(), job(), job(only=(2,))))
    assert first == again
    assert first["metadata"]["name"] != part["metadata"]["name"]


@pytest.mark.parametrize(("only", "index", "task"), [((), 5, 5), ((3, 6), 0, 3), ((3, 6), 1, 6)])
def test_the_shell_line_runs_the_task_of_its_index(
    only: tuple[int, ...], index: int, task: int, tmp_path: Path
) -> None:
    (container,) = pod(tasks(tmp_path, job(only=only, options=("--frames", "9"))))["containers"]
    (tmp_path / "launch.sh").write_text('#!/usr/bin/env bash\necho "$@"\n')
    (tmp_path / "launch.sh").chmod(0o755)
    env = {**os.environ, "JOB_COMPLETION_INDEX": str(index)}
    made = subprocess.run(container["command"], cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert made.stdout == (
        "run --runtime engine --scenario tabletop --out s3://b/herd --shards 8 --frames 9 "
        f"--workers 1 --scratch /scratch --task {task}/8\n"
    )


# ---- a fake kubectl -------------------------------------------------------------------------------------------------


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a `kubectl` on PATH that notes its words and prints the file `answer`."""
    (tmp_path / "bin").mkdir()
    path = tmp_path / "bin" / "kubectl"
    path.write_text(
        '#!/usr/bin/env bash\necho "$*" >> "$STATE/calls"\n[ -f "$STATE/answer" ] || { echo no such host >&2; exit 1; }\ncat "$STATE/answer"\n'
    )
    path.chmod(0o755)
    (tmp_path / "answer").write_text("")
    monkeypatch.setenv("STATE", str(tmp_path))
    monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")
    return tmp_path


def test_submit(fake: Path) -> None:
    made = job(settings=SETTINGS | {"namespace": "herds"})
    kubernetes.prepare(made, fake / "job")
    name = kubernetes.submit(made, fake / "job")
    assert (fake / "calls").read_text().splitlines() == [
        f"--namespace herds delete job {name} --ignore-not-found --wait=true",
        f"--namespace herds apply -f {fake}/job/tasks.yaml",
    ]
    assert kubernetes.merge(made, fake / "job") == "herd-merge"
    (fake / "answer").unlink()
    with pytest.raises(JobError, match=r"'kubectl delete job herd-\w+' failed: no such host"):
        kubernetes.submit(made, fake / "job")


def test_no_kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(JobError, match=r"there is no kubectl on this machine"):
        kubernetes.running(job(), tmp_path, ["herd-1"])


def answer(fake: Path, made: Job, **status: Any) -> None:
    document = tasks(fake / "job", made) | {"status": status}
    (fake / "answer").write_text(json.dumps(document))


def test_what_runs(fake: Path) -> None:
    answer(fake, job(only=(1, 3, 5, 7)), completedIndexes="0", failedIndexes="2-2")
    assert kubernetes.running(job(), fake, ["herd-1"]) == {3: "ACTIVE", 7: "ACTIVE"}
    answer(fake, job(), completedIndexes="0-3,5", failedIndexes="")
    assert sorted(kubernetes.running(job(), fake, ["herd-1"])) == [4, 6, 7]
    answer(fake, job(settings=SETTINGS | {"queue": "q"}), completedIndexes="0-6")
    assert kubernetes.running(job(), fake, ["herd-1"]) == {7: "SUSPENDED"}
    answer(fake, job(), completedIndexes="0-3", conditions=[{"type": "Failed", "status": "True"}])
    assert kubernetes.running(job(), fake, ["herd-1"]) == {}
    (fake / "answer").write_text("")  # removed since
    assert kubernetes.running(job(), fake, ["herd-1"]) == {}


def test_logs(fake: Path) -> None:
    answer(fake, job(only=(1, 3)))
    kubernetes.logs(job(), fake, ["herd-1"], 3)
    mark = "job-name=herd-1,batch.kubernetes.io/job-completion-index=1"
    assert (fake / "calls").read_text().splitlines()[-1] == f"logs --selector {mark} --tail=-1 --prefix"
    with pytest.raises(JobError, match=r"no pod of task 2 is left"):
        kubernetes.logs(job(), fake, ["herd-1"], 2)


def test_a_job_whose_output_only_pods_see(
    fake: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(submission, "ELSEWHERE", fake / "jobs")
    monkeypatch.setattr(actions, "write_plan", lambda made: pytest.fail("there is no place for the plan here"))
    line = "submit kubernetes --scenario tabletop --out /data/herd --shards 4 --image a --claim images --name herd"
    assert main(line.split()) == 0
    (folder,) = (fake / "jobs").iterdir()
    assert f"./launch.sh status {folder}" in capsys.readouterr().out
    answer(fake, job(shards=4), completedIndexes="1")
    assert main(["status", str(folder)]) == 1
    text = capsys.readouterr().out
    assert "3 active" in text
    assert "/data/herd lies inside the cluster" in text
    assert main(["resume", str(folder)]) == 0
    assert "nothing to resume: 3 tasks still run or wait" in capsys.readouterr().out
    answer(fake, job(shards=4), conditions=[{"type": "Failed", "status": "True"}])
    assert main(["resume", str(folder)]) == 0
    assert "submitted kubernetes herd-" in capsys.readouterr().out
    assert main(["merge", str(folder)]) == 0
    assert "submitted herd-merge, which finishes the dataset" in capsys.readouterr().out
