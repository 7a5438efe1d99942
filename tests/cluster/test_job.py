"""A job is checked before anything is handed over, and survives its JSON file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cluster.job import Job, JobError


def job(**changes: Any) -> Job:
    return Job(**{"scenario": "tabletop", "out": "/data/herd", "shards": 8, **changes})


def test_one_task_a_shard_unless_told_otherwise() -> None:
    assert job().tasks == 8
    assert job(tasks=3).numbers == (0, 1, 2)
    assert job(tasks=4, only=(3, 1, 3)).numbers == (1, 3)


def test_words_of_a_task() -> None:
    words = job(tasks=4, options=("--frames", "100")).run_words(2)
    line = "run --runtime engine --scenario tabletop --out /data/herd --shards 8 --frames 100 --workers 1 --task 2/4"
    assert " ".join(words) == line
    assert job(options=("--workers=2",)).run_words().count("--workers") == 0
    assert "--task" not in job().run_words()


def test_json_and_back() -> None:
    first = job(tasks=4, options=("--frames", "9"), only=(1,), settings={"partition": "gpu"}, runtime="isaac")
    assert Job.from_json(json.loads(json.dumps(first.to_json()))) == first


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shards": 0}, r"--shards is 0; expected a whole number of 1 or more"),
        ({"shards": True}, r"--shards is True; expected a whole number"),
        ({"tasks": 9}, r"--tasks is 9 but there are 8 shards"),
        ({"tasks": -1}, r"--tasks is -1"),
        ({"gpus_per_task": -1}, r"--gpus-per-task is -1; expected a whole number of 0 or more"),
        ({"cpus_per_task": 0}, r"--cpus-per-task is 0"),
        ({"memory_gb": 1.5}, r"--memory-gb is 1.5"),
        ({"minutes": 0}, r"--time is 0"),
        ({"settings": {"at_once": 0}}, r"--at-once is 0; expected a whole number of 1 or more"),
        ({"settings": {"at_once": -3}}, r"--at-once is -3"),
        ({"settings": {"retries": -1}}, r"--retries is -1; expected a whole number of 0 or more"),
        ({"settings": {"max_failed": -1}}, r"--max-failed is -1"),
        ({"only": (8,)}, r"tasks \[8\] are asked for; expected numbers from 0 to 7"),
        ({"only": (-1, 2)}, r"tasks \[-1, 2\] are asked for"),
        ({"scenario": ""}, r"--scenario is empty"),
        ({"out": ""}, r"--out is empty"),
        ({"runtime": "blender"}, r"--runtime is 'blender'; expected one of engine, isaac"),
        ({"name": "Herd 7"}, r"--name is 'Herd 7'; expected up to 40 small letters"),
        ({"name": "a" * 41}, r"--name is"),
        (
            {"out": "s3://key:word@bucket/herd"},
            r"--out: output address 's3://\.\.\.' has a user or password before its '@'",
        ),
        ({"out": "az://box/herd?sig=word"}, r"--out: output address 'az://\.\.\.' has a query after its '\?'"),
        ({"options": ("--overwrite",)}, r"'--overwrite' cannot be passed on"),
        ({"options": ("--out=/elsewhere",)}, r"'--out' cannot be passed on"),
        ({"options": ("--set", "aws_secret_access_key=abc")}, r"looks like a credential; jobs hold none"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(JobError, match=message):
        job(**changes)


def test_the_account_of_an_azure_address_is_no_password() -> None:
    assert job(out="abfs://box@account.dfs.core.windows.net/herd").out.startswith("abfs://box@")


def test_no_secret_is_repeated_in_the_error() -> None:
    for changes in ({"out": "s3://key:hunter2@bucket/x"}, {"options": ("--token=hunter2",)}):
        with pytest.raises(JobError) as caught:
            job(**changes)
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("values", [{"scenario": "a", "out": "b"}, {"scenario": "a", "out": "b", "shards": 1, "x": 2}])
def test_a_description_of_another_version(values: dict[str, Any]) -> None:
    with pytest.raises(JobError, match=r"job description: '(shards|x)' is missing or unknown"):
        Job.from_json(values)
