"""Stores that are slow, busy, half there or gone."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.storage.conftest import MEGA, QUICK
from tests.storage.faulty_proxy import FaultyProxy
from tests.storage.object_store import BUCKET, ObjectStore, free_port
from tests.storage.test_contract import a_file
from writers.shards.remote import RemoteStorage
from writers.shards.retries import StorageError

Maker = Callable[..., RemoteStorage]


@pytest.mark.parametrize("kind", ["503", "500", "409", "drop", "lose-answer", "truncate"])
def test_small_writes_survive(remote: Maker, proxy: FaultyProxy, kind: str) -> None:
    """Twice a fault, then the file is there, once, and it is ours: also when the answer to a success got lost."""
    storage = remote()
    proxy.add(kind, method="PUT", times=2)
    assert storage.put("records/a.json", b"ours", exclusive=True) is True
    assert storage.read("records/a.json") == b"ours"
    assert proxy.count("PUT") >= 2


@pytest.mark.parametrize("kind", ["503", "500", "drop", "lose-answer"])
@pytest.mark.parametrize("where", ["?uploads", "partNumber=2", "complete"])
def test_parts_survive(
    remote: Maker, proxy: FaultyProxy, store: ObjectStore, prefix: str, tmp_path: Path, kind: str, where: str
) -> None:
    """A multipart upload goes on after a fault in each of its steps; nothing unfinished stays."""
    file = a_file(tmp_path / "a", 11 * MEGA, 1)
    proxy.add(
        kind, method="PUT" if "part" in where else "POST", containing="uploadId=" if where == "complete" else where
    )
    storage = remote()
    assert storage.publish("shards/s.tar", file) is True
    assert storage.read("shards/s.tar") == file.read_bytes()
    orphans = store.unfinished(prefix)  # the answer with the upload's name got lost: nobody knows it ...
    assert len(orphans) == (1 if (kind, where) == ("lose-answer", "?uploads") else 0)
    assert storage.sweep() == len(orphans) and store.unfinished(prefix) == []  # ... but a sweep does


def test_parts_begin_again_after_a_conflict(
    remote: Maker, proxy: FaultyProxy, store: ObjectStore, prefix: str, tmp_path: Path
) -> None:
    """409 at the end means the whole upload again."""
    file = a_file(tmp_path / "a", 6 * MEGA, 1)
    fault = proxy.add("409", method="POST", containing="uploadId=", times=2)
    assert remote(tries=8).publish("s.tar", file) is True
    assert fault.times == 0 and store.unfinished(prefix) == []


@pytest.mark.parametrize("where", ["partNumber=2", "uploadId="])
def test_an_upload_that_somebody_ended_begins_again(
    remote: Maker, proxy: FaultyProxy, store: ObjectStore, prefix: str, tmp_path: Path, where: str
) -> None:
    """A lifecycle rule or a sweep may take the parts away, in the middle or at the end."""
    file, storage = a_file(tmp_path / "a", 11 * MEGA, 1), remote()
    fault = proxy.add("404", method="PUT" if "part" in where else "POST", containing=where)
    assert storage.publish("s.tar", file) is True
    assert fault.times == 0 and proxy.count("POST", "?uploads") == 2
    assert storage.read("s.tar") == file.read_bytes() and store.unfinished(prefix) == []


@pytest.mark.parametrize("kind", ["503", "drop"])
def test_failed_parts_leave_nothing(
    remote: Maker, proxy: FaultyProxy, store: ObjectStore, prefix: str, tmp_path: Path, kind: str
) -> None:
    """A part that never goes through: one clear error, no object, no unfinished upload."""
    proxy.add(kind, method="PUT", containing="partNumber=2", times=-1)
    with pytest.raises(StorageError, match=rf"cannot write s3://{BUCKET}/{prefix}/shards/s.tar: 4 tries in .* failed"):
        remote().publish("shards/s.tar", a_file(tmp_path / "a", 11 * MEGA))
    assert proxy.count("PUT", "partNumber=2") in (4, 8)  # the HTTP client itself sends a PUT once more
    assert store.objects(prefix) == {} and store.unfinished(prefix) == []


def test_a_busy_store_is_named(remote: Maker, proxy: FaultyProxy, prefix: str) -> None:
    """The error names address, operation, tries and the store's own words."""
    proxy.add("503", times=-1)
    with pytest.raises(StorageError, match=rf"cannot read s3://{BUCKET}/{prefix}/plan.json: 4 tries .*SlowDown"):
        remote().read("plan.json")
    assert len(proxy.requests) == 4


def test_a_read_that_ends_early_is_done_again(remote: Maker, proxy: FaultyProxy, tmp_path: Path) -> None:
    """Half an answer is no answer: whole files and ranges."""
    file, storage = a_file(tmp_path / "a", 3 * MEGA, 2), remote()
    storage.publish("s.tar", file)
    fault = proxy.add("truncate", method="GET", times=2)
    assert storage.read("s.tar") == file.read_bytes() and fault.times == 0
    fault = proxy.add("truncate", method="GET", times=3)
    with storage.open("s.tar") as reader:
        assert reader.read() == file.read_bytes() and fault.times == 0


def test_a_store_that_hangs(remote: Maker, proxy: FaultyProxy) -> None:
    """No answer within the time-out counts as a fault."""
    storage = remote(config_kwargs={"read_timeout": 0.3})
    storage.put("a", b"1")
    fault = proxy.add("hang", method="GET", times=1, seconds=2.0)
    assert storage.read("a") == b"1" and fault.times == 0
    proxy.add("hang", method="GET", times=-1, seconds=2.0)
    with pytest.raises(StorageError, match=r"cannot read .* 2 tries .*[Tt]ime"):
        remote(config_kwargs={"read_timeout": 0.3}, tries=2).read("a")


def test_a_store_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens: an error after the last try, within the total time."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://user:hidden@127.0.0.1:{free_port()}")
    with pytest.raises(
        StorageError, match=r"cannot read s3://bucket/x/plan.json: 4 tries .*is the store there"
    ) as caught:
        RemoteStorage("s3://bucket/x", QUICK).read("plan.json")
    assert "hidden" not in str(caught.value)
    with pytest.raises(StorageError, match=r"1 tries in \d s failed"):
        RemoteStorage("s3://bucket/x", {**QUICK, "total": 0.0}).read("plan.json")


def test_a_name_that_does_not_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither does the resolver's error end a run without a word."""

    def fail(*arguments: object, **words: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://store.invalid:9000")
    with pytest.raises(StorageError, match=r"cannot read .* 4 tries"):
        RemoteStorage("s3://bucket/x", QUICK).read("plan.json")


def test_a_missing_bucket(remote: Maker, store: ObjectStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A bucket that does not exist is not an empty dataset, neither for reading nor for writing."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", store.url)
    storage = RemoteStorage("s3://no-such-bucket/x", QUICK)
    calls = (
        lambda: storage.read("plan.json"),
        lambda: storage.list(),
        lambda: storage.put("plan.json", b""),
        lambda: storage.publish("s.tar", a_file(tmp_path / "a", 6 * MEGA)),
    )
    for call in calls:
        with pytest.raises(StorageError, match="bucket 'no-such-bucket' of s3://no-such-bucket/x does not exist"):
            call()


def test_without_credentials(store: ObjectStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The error says where credentials come from; nothing is tried twice."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", store.url)
    with pytest.raises(StorageError, match="no credentials; give them by the standard chain: environment"):
        RemoteStorage(f"s3://{BUCKET}/x", QUICK).put("a", b"")


def test_permission_is_not_tried_again(remote: Maker, proxy: FaultyProxy) -> None:
    """403 stays 403."""
    proxy.add("403", times=-1)
    with pytest.raises(StorageError, match=r"cannot write .*AccessDenied"):
        remote().put("a", b"")
    assert len(proxy.requests) == 1


def test_a_sweep_leaves_live_uploads_alone(remote: Maker, store: ObjectStore, prefix: str) -> None:
    """An upload to a name that is still free may be somebody's work; one to a taken name can never be completed."""
    for name in ("shards/free", "shards/taken"):
        store.client.create_multipart_upload(Bucket=BUCKET, Key=f"{prefix}/{name}")
    storage = remote()
    storage.put("shards/taken", b"x")
    assert storage.sweep("shards/") == 1
    assert store.unfinished(prefix) == [f"{prefix}/shards/free"]
    storage.put("shards/free", b"x")
    assert storage.sweep() == 1 and store.unfinished(prefix) == []
