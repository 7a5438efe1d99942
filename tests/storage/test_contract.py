"""Every storage keeps the same promises."""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.storage.conftest import MEGA
from tests.storage.faulty_proxy import FaultyProxy
from tests.storage.object_store import BUCKET, ObjectStore
from writers.shards.remote import RemoteStorage
from writers.shards.s3 import S3Driver
from writers.shards.storage import Storage, sha256_in, sha256_of, storage_of

KINDS = ["local", "memory", "s3"]


@pytest.fixture(params=KINDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Return an empty storage of each kind."""
    if request.param == "local":
        return storage_of(tmp_path / "out")
    if request.param == "memory":
        return storage_of(f"memory://{uuid.uuid4().hex}/out")
    return request.getfixturevalue("remote")()  # type: ignore[no-any-return]


def a_file(path: Path, size: int, seed: int = 0) -> Path:
    """Make a file of random bytes."""
    path.write_bytes(np.random.default_rng(seed).bytes(size))
    return path


def test_a_name_is_given_once(storage: Storage, tmp_path: Path) -> None:
    """The first file stays; later ones are told so."""
    first, second = a_file(tmp_path / "a", 1000, 1), a_file(tmp_path / "b", 900, 2)
    assert storage.publish("shards/s.tar", first) is True
    assert storage.publish("shards/s.tar", second) is False
    assert storage.read("shards/s.tar") == first.read_bytes()
    assert storage.size("shards/s.tar") == 1000
    assert sha256_in(storage, "shards/s.tar") == sha256_of(first)


def test_small_files_replace_unless_exclusive(storage: Storage) -> None:
    """A file that is put replaces what was there only when it may."""
    assert storage.put("records/a.json", b"one", exclusive=True) is True
    assert storage.put("records/a.json", b"two", exclusive=True) is False
    assert storage.read("records/a.json") == b"one"
    assert storage.put("records/a.json", b"three") is True
    assert storage.read("records/a.json") == b"three"


def test_listing_is_sorted_and_by_prefix(storage: Storage) -> None:
    """Names come back as they were given, sorted."""
    for name in ("shards/s2", "shards/s1", "plan.json", "records/r1", "shards-old/x"):
        storage.put(name, b"x")
    assert storage.list() == ["plan.json", "records/r1", "shards-old/x", "shards/s1", "shards/s2"]
    assert storage.list("shards/") == ["shards/s1", "shards/s2"]
    assert storage.list("shards/s2") == ["shards/s2"]
    assert storage.list("nothing/") == []


def test_what_is_not_there(storage: Storage) -> None:
    """A missing file is a FileNotFoundError, also right after it was looked for and after it was deleted."""
    for call in (storage.read, storage.size, storage.open):
        with pytest.raises(FileNotFoundError):
            call("records/none.json")
    assert not storage.exists("records/none.json")
    storage.put("records/none.json", b"now")
    assert storage.exists("records/none.json")
    storage.delete("records/none.json")
    storage.delete("records/none.json")
    assert not storage.exists("records/none.json") and storage.list() == []


def test_a_missing_local_file_is_told_as_such(storage: Storage, tmp_path: Path) -> None:
    """Who removed the file that is to be published is told apart from a store's fault."""
    with pytest.raises(FileNotFoundError):
        storage.publish("shards/s.tar", tmp_path / "gone")
    assert storage.list() == []


def test_the_reader_can_seek(storage: Storage, tmp_path: Path) -> None:
    """Reading here and there gives the bytes that are there."""
    file = a_file(tmp_path / "a", 3 * MEGA + 17, 3)
    storage.publish("shards/s.tar", file)
    whole, random = file.read_bytes(), np.random.default_rng(4)
    with storage.open("shards/s.tar") as reader:
        assert reader.read() == whole
        for offset, length in random.integers(0, len(whole), (20, 2)):
            reader.seek(int(offset))
            assert reader.read(int(length) // 8) == whole[offset : offset + length // 8]
        assert reader.seek(-7, io.SEEK_END) == len(whole) - 7
        assert reader.read() == whole[-7:] and reader.read() == b""


def test_empty_files(storage: Storage, tmp_path: Path) -> None:
    """A file without bytes is a file."""
    assert storage.publish("empty", a_file(tmp_path / "e", 0))
    assert storage.read("empty") == b"" and storage.size("empty") == 0
    with storage.open("empty") as reader:
        assert reader.read() == b""


def test_files_in_parts(
    remote: Callable[..., RemoteStorage], proxy: FaultyProxy, store: ObjectStore, prefix: str, tmp_path: Path
) -> None:
    """A large file goes up in parts, each with its checksum, and is the same."""
    file = a_file(tmp_path / "a", 11 * MEGA, 5)
    storage = remote()
    assert storage.publish("shards/s.tar", file) is True
    assert storage.publish("shards/s.tar", file) is False
    assert sha256_in(storage, "shards/s.tar") == sha256_of(file)
    head = store.client.head_object(Bucket=BUCKET, Key=f"{prefix}/shards/s.tar")
    assert head["ETag"].strip('"').endswith("-3")
    sent = [headers.get("x-amz-checksum-sha256", "") for headers in proxy.headers("PUT", "partNumber")]
    data = file.read_bytes()
    parts = [data[start : start + 5 * MEGA] for start in range(0, len(data), 5 * MEGA)]
    assert sent == [base64.b64encode(hashlib.sha256(part).digest()).decode() for part in parts]
    assert proxy.headers("POST", "uploadId")[0]["if-none-match"] == "*"
    assert store.unfinished(prefix) == []


def test_one_part_carries_its_checksum(remote: Callable[..., RemoteStorage], proxy: FaultyProxy) -> None:
    """The store is sent the SHA-256 of what it gets, and told to replace nothing."""
    remote().put("a", b"abc", exclusive=True)
    (sent,) = proxy.headers("PUT")
    assert sent["x-amz-checksum-sha256"] == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="  # FIPS 180-2, example B.1
    assert sent["if-none-match"] == "*"


def test_listing_goes_on_after_a_page(
    remote: Callable[..., RemoteStorage], proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names that do not fit on one page (1,000 on S3, 3 here) are all there, whatever is in them."""
    storage, once = remote(), S3Driver._once

    def small(driver: S3Driver, method: str, name: str, **words: Any) -> dict[str, Any]:
        return once(driver, method, name, **words, **({"MaxKeys": 3} if method == "list_objects_v2" else {}))

    monkeypatch.setattr(S3Driver, "_once", small)
    names = [f"records/{number:05d} ü+.json" for number in range(10)]
    for name in names:
        storage.put(name, b"")
    assert storage.list("records/") == names
    assert proxy.count("GET", "list-type") == 4


def test_a_bucket_without_prefix(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset may lie in a bucket of its own."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", store.url)
    store.client.create_bucket(Bucket="whole")
    storage = RemoteStorage("s3://whole/")
    assert storage.put("records/a", b"1") and storage.list() == ["records/a"] and storage.read("records/a") == b"1"
