"""Stores that are not S3: which promise each can keep, by what its fsspec driver can do."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from writers.shards.drivers import TEMPORARY
from writers.shards.remote import RemoteStorage
from writers.shards.retries import StorageError

CALLS: list[tuple[str, dict[str, Any]]] = []


class CreatingFileSystem(MemoryFileSystem):
    """As gcsfs: `mode="create"` is a condition that the server checks."""

    protocol = "creating"

    def put_file(self, lpath: str, rpath: str, mode: str = "overwrite", **words: Any) -> None:
        """Put a file as one object."""
        CALLS.append(("put_file", {"mode": mode}))
        self.pipe_file(rpath, Path(lpath).read_bytes(), mode=mode)


class OverwritingFileSystem(MemoryFileSystem):
    """As adlfs: `overwrite=False` is that condition."""

    protocol = "overwriting"

    def put_file(self, lpath: str, rpath: str, overwrite: bool = False, **words: Any) -> None:
        """Put a file as one object."""
        CALLS.append(("put_file", {"overwrite": overwrite}))
        self.pipe_file(rpath, Path(lpath).read_bytes(), overwrite=overwrite)

    def pipe_file(self, path: str, value: bytes, overwrite: bool = True, **words: Any) -> None:
        """Put bytes as one object."""
        super().pipe_file(path, value, mode="overwrite" if overwrite else "create")


class BreakingFileSystem(MemoryFileSystem):
    """Streams into a name and breaks in the middle, `broken` times."""

    protocol = "breaking"
    broken = 0

    def mv(self, path1: str, path2: str, **words: Any) -> None:  # type: ignore[override]
        """Move, or lose the connection before."""
        if type(self).broken:
            type(self).broken -= 1
            raise ConnectionResetError("connection reset by peer")
        super().mv(path1, path2, **words)


@pytest.fixture(params=[CreatingFileSystem, OverwritingFileSystem, BreakingFileSystem])
def storage(request: pytest.FixtureRequest) -> Iterator[RemoteStorage]:
    """Return an empty storage of each kind of driver."""
    fsspec.register_implementation(request.param.protocol, request.param, clobber=True)
    CALLS.clear()
    address = f"{request.param.protocol}://{uuid.uuid4().hex}/out"
    yield RemoteStorage(address, {"tries": 3, "first_pause": 0.0})
    BreakingFileSystem.broken = 0


def test_first_one_wins_whatever_the_driver(storage: RemoteStorage, tmp_path: Path) -> None:
    """The driver's own condition is used where it has one."""
    file = tmp_path / "a"
    file.write_bytes(b"1")
    assert storage.publish("shards/s.tar", file) is True
    file.write_bytes(b"2")
    assert storage.publish("shards/s.tar", file) is False and storage.read("shards/s.tar") == b"1"
    assert storage.put("r", b"1", exclusive=True) is True and storage.put("r", b"2", exclusive=True) is False
    assert storage.put("r", b"3") is True and storage.read("r") == b"3"
    wanted = {"creating": {"mode": "create"}, "overwriting": {"overwrite": False}}.get(storage.url.split(":")[0])
    assert all(call == ("put_file", wanted) for call in CALLS) and len(CALLS) == (2 if wanted else 0)
    assert storage.sweep() == 0


def test_a_move_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Neither the name nor the temporary one is there; after a passing fault all is well."""
    fsspec.register_implementation("breaking", BreakingFileSystem, clobber=True)
    storage = RemoteStorage(f"breaking://{uuid.uuid4().hex}/out", {"tries": 3, "first_pause": 0.0})
    (tmp_path / "a").write_bytes(b"1")
    BreakingFileSystem.broken = 3
    with pytest.raises(StorageError, match=r"cannot write breaking://.*s.tar: 3 tries .*connection reset by peer"):
        storage.publish("shards/s.tar", tmp_path / "a")
    assert storage._driver.fs.find(storage._driver.root) == []
    BreakingFileSystem.broken = 2
    assert storage.publish("shards/s.tar", tmp_path / "a") is True and storage.list() == ["shards/s.tar"]


def test_temporary_names_are_never_listed() -> None:
    """What a killed process left under a temporary name is no file of the dataset."""
    storage = RemoteStorage(f"memory://{uuid.uuid4().hex}/out")
    storage.put(f"shards/{TEMPORARY}1-s.tar", b"half")
    assert storage.list() == []
