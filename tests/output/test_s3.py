"""S3Backend against a real S3 server of this machine (moto)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.output.backends import BackendRegistry
from engine.output.dispatch import BackendDispatch
from engine.output.queue import WriteError, write_queue
from engine.output.s3 import S3Backend
from tests.storage.object_store import BUCKET, CREDENTIALS, ObjectStore, free_port


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    found = ObjectStore()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**CREDENTIALS, "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)


def test_blobs_arrive_and_come_back(store: ObjectStore) -> None:
    backend = S3Backend(BUCKET, "run/a", "us-east-1", store.url)
    backend.write_blob("rgb/0000.bin", b"abc")
    assert store.objects("run/a") == {"run/a/rgb/0000.bin": b"abc"}
    assert backend.read_blob("rgb/0000.bin") == b"abc"
    assert (backend.output_dir, backend.resolve_path("x.txt")) == (
        f"s3://{BUCKET}/run/a",
        f"s3://{BUCKET}/run/a/x.txt",
    )
    with pytest.raises(
        FileNotFoundError, match=r"read_blob: path='none' was given; there is no 's3://bucket/run/a/none'"
    ):
        backend.read_blob("none")


def test_a_taken_prefix_is_left_alone_unless_overwritten(store: ObjectStore) -> None:
    S3Backend(BUCKET, "taken", endpoint_url=store.url).write_blob("a", b"1")
    beside = S3Backend(BUCKET, "taken", endpoint_url=store.url)
    beside.write_blob("a", b"2")
    S3Backend(BUCKET, "taken", endpoint_url=store.url, overwrite=True).write_blob("a", b"3")
    assert store.objects("taken") == {"taken/a": b"3", "taken_0001/a": b"2"}


def test_the_registry_and_the_queue_write_to_it(store: ObjectStore) -> None:
    backend = BackendRegistry.get("S3Backend", {"bucket": BUCKET, "key_prefix": "queue", "endpoint_url": store.url})
    backend.schedule(lambda path, backend_instance: backend_instance.write_blob(path, b"q"), path="a")
    backend.wait_until_done()
    assert store.objects("queue") == {"queue/a": b"q"}


def test_dispatch_writes_images_and_arrays(store: ObjectStore) -> None:
    backend = BackendDispatch(key_prefix="dispatch", bucket=BUCKET, region="us-east-1", endpoint_url=store.url)
    backend.write_array("a.npy", np.arange(3))
    backend.write_blob("b.json", json.dumps({"b": 1}).encode())
    BackendDispatch.wait_until_done()
    assert sorted(store.objects("dispatch")) == ["dispatch/a.npy", "dispatch/b.json"]
    assert backend.resolve_path("a.npy") == f"s3://{BUCKET}/dispatch/a.npy"


def test_mistakes_are_named(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"S3Backend: bucket='' was given; expected the name of a bucket"):
        S3Backend("")
    with pytest.raises(WriteError, match=r"bucket='missing' was given, which is not there .*make it first"):
        S3Backend("missing", endpoint_url=store.url)
    with pytest.raises(ValueError, match=r"S3Backend has no bucket yet; call initialize\(bucket=...\) first"):
        _ = BackendRegistry.get("S3Backend").output_dir
    gone = S3Backend(BUCKET, "gone", endpoint_url=store.url)
    gone._bucket = "missing"
    gone.schedule(lambda path, backend_instance: backend_instance.write_blob(path, b"q"), path="a")
    with pytest.raises(WriteError, match=r"'s3://missing/gone/a' could not be written or read: .*; expected a store"):
        write_queue().wait()


def test_a_silent_store_is_named() -> None:
    with pytest.raises(WriteError, match=r"S3Backend: 's3://bucket' could not be written or read: .*expected a store"):
        S3Backend(BUCKET, "x", endpoint_url=f"http://127.0.0.1:{free_port()}")
