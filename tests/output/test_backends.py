"""Backends: folders, suffixes, atomic files, groups, functions in a row, and the registry."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.carb.settings import get_settings
from engine.output.backends import (
    BackendGroup,
    BackendRegistry,
    BackendRegistryError,
    BaseBackend,
    DiskBackend,
    Sequential,
)
from engine.output.dispatch import BackendDispatch
from engine.output.images import write_image, write_json
from engine.output.queue import WriteError, write_queue


class Memory(BaseBackend):
    def __init__(self, prefix: str = "") -> None:
        self.prefix, self.blobs = prefix, {}

    def write_blob(self, path: str, data: bytes) -> None:
        self.blobs[self.prefix + path] = data

    def read_blob(self, path: str) -> bytes:
        return self.blobs[self.prefix + path]


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_disk_backend_writes_and_reads_back(tmp_path: Path) -> None:
    backend = DiskBackend(str(tmp_path / "out"))
    backend.write_blob("a/b.bin", b"\x00\x01")
    assert backend.read_blob("a/b.bin") == b"\x00\x01"
    assert names(tmp_path) == ["out/a/b.bin"]
    with pytest.raises(FileNotFoundError, match=r"read_blob: path='a/c.bin' was given; there is no file '/.*c.bin'"):
        backend.read_blob("a/c.bin")


def test_absolute_paths_stay_as_they_are(tmp_path: Path) -> None:
    backend = DiskBackend(tmp_path / "out")
    backend.write_blob(str(tmp_path / "elsewhere.txt"), b"x")
    assert backend.resolve_path(str(tmp_path / "y")) == str(tmp_path / "y")
    assert names(tmp_path) == ["elsewhere.txt"]


def test_relative_folders_lie_below_the_root_setting(tmp_path: Path) -> None:
    get_settings().set("/omni/replicator/backends/disk/root_dir", str(tmp_path / "root"))
    assert DiskBackend("runs/a").output_dir == str(tmp_path / "root" / "runs" / "a")


def test_relative_folders_lie_below_home_without_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert DiskBackend("_out").output_dir == str(tmp_path / "omni.replicator_out" / "_out")


def test_overwrite_false_takes_the_next_free_suffix(tmp_path: Path) -> None:
    found = [Path(DiskBackend(tmp_path / "out", overwrite=False).output_dir).name for _ in range(3)]
    assert found == ["out", "out_0001", "out_0002"]
    assert Path(DiskBackend(tmp_path / "out").output_dir).name == "out"


def test_an_uninitialized_backend_says_so(tmp_path: Path) -> None:
    backend = BackendRegistry.get("DiskBackend")
    with pytest.raises(ValueError, match=r"no folder yet; call initialize\(output_dir=...\) first"):
        backend.write_blob("a", b"")
    backend.initialize(output_dir=str(tmp_path))
    backend.write_blob("a", b"1")
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("folder", [None, "", 3])
def test_a_folder_is_needed(folder: object) -> None:
    with pytest.raises(ValueError, match=r"DiskBackend: output_dir=.* was given; expected the path of a folder"):
        DiskBackend(folder)  # type: ignore[arg-type]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for overwrite in (True, False):
        with pytest.raises(WriteError, match=r"output_dir='.*/file/out' was given, which cannot be made: Not a dir"):
            DiskBackend(tmp_path / "file" / "out", overwrite=overwrite)


def test_a_failed_write_names_the_file_and_leaves_nothing(tmp_path: Path) -> None:
    backend = DiskBackend(tmp_path)
    (tmp_path / "rgb_0000.png").mkdir()  # a folder stands where the file should go
    backend.schedule(write_image, path="rgb_0000.png", data=np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(WriteError, match=r"'.*/rgb_0000.png' could not be written: .*; expected a folder with space"):
        backend.wait_until_done()
    assert names(tmp_path) == []


def test_a_write_that_breaks_off_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = DiskBackend(tmp_path)
    backend.write_blob("a.txt", b"old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(WriteError, match=r"'.*/a.txt' could not be written: No space left on device"):
        backend.write_blob("a.txt", b"new and longer")
    assert names(tmp_path) == ["a.txt"] and backend.read_blob("a.txt") == b"old"


def test_schedule_gives_the_backend_and_waits(tmp_path: Path) -> None:
    backend, seen = DiskBackend(tmp_path), []

    def task(value: int, backend_instance: BaseBackend) -> None:
        seen.append((value, backend_instance))

    backend.schedule(task, 5)
    backend.wait_until_done()
    assert seen == [(5, backend)] and backend.is_done_writing()


@pytest.mark.parametrize("task", [None, "write", lambda path: None], ids=["none", "text", "no backend_instance"])
def test_schedule_checks_the_function(tmp_path: Path, task: Any) -> None:
    with pytest.raises(TypeError, match=r"DiskBackend.schedule: .* was given; expected a function that takes backend"):
        DiskBackend(tmp_path).schedule(task, path="a")


def test_a_group_writes_everywhere(tmp_path: Path) -> None:
    first, second = DiskBackend(tmp_path / "a"), Memory("m/")
    group = BackendGroup([first, second])
    group.write_blob("x", b"1")
    group.schedule(write_json, path="y.json", data={"n": np.int64(3)})
    group.wait_until_done()
    assert names(tmp_path) == ["a/x", "a/y.json"] and set(second.blobs) == {"m/x", "m/y.json"}
    assert group.read_blob("x") == b"1" and group.output_dir == str(tmp_path / "a")
    assert json.loads(second.blobs["m/y.json"]) == {"n": 3}


@pytest.mark.parametrize("backends", [[], ["/tmp"]])
def test_a_group_needs_backends(backends: Any) -> None:
    with pytest.raises(ValueError, match=r"BackendGroup: backends=.* was given; expected a list of backends"):
        BackendGroup(backends)


def test_the_registry_knows_classes_by_name() -> None:
    BackendRegistry.register(Memory)
    found = BackendRegistry.get("Memory", {"prefix": "p/"})
    assert isinstance(found, Memory) and found.prefix == "p/"
    BackendRegistry.unregister("Memory")
    with pytest.raises(BackendRegistryError, match=r"'Memory' is not registered; expected one of: .*DiskBackend"):
        BackendRegistry.get("Memory")
    with pytest.raises(BackendRegistryError, match=r"backends.register: .* was given; expected a subclass of BaseB"):
        BackendRegistry.register(dict)  # type: ignore[arg-type]


def test_sequential_runs_when_its_value_is_needed() -> None:
    seen: list[int] = []
    chain = Sequential(lambda x: seen.append(x) or x + 1, lambda x: (x, 10), lambda x, y: {"a": x, "b": y}, dict)
    deferred = chain(1)
    assert seen == []
    assert deferred() == {"a": 2, "b": 10} and seen == [1]


def test_sequential_is_an_argument_or_the_task_itself(tmp_path: Path) -> None:
    backend, image = DiskBackend(tmp_path), np.full((2, 3, 3), 10, np.uint8)
    brighter = Sequential(lambda x: x * 2, lambda x: x + 1)
    backend.schedule(write_image, data=brighter(image), path="a.png")
    named = Sequential(lambda path, data: {"path": f"b_{path}", "data": data}, write_image)
    backend.schedule(named, path="c.png", data=image)
    backend.wait_until_done()
    assert names(tmp_path) == ["a.png", "b_c.png"]
    assert (np.array(Image.open(tmp_path / "a.png")) == 21).all()
    assert (np.array(Image.open(tmp_path / "b_c.png")) == 10).all()


@pytest.mark.parametrize("functions", [(), (3,)])
def test_sequential_needs_functions(functions: Any) -> None:
    with pytest.raises(TypeError, match=r"Sequential: .* was given; expected functions"):
        Sequential(*functions)


@pytest.mark.parametrize("form", ["legacy", "keyword", "position"])
def test_dispatch_queues_every_kind_of_file(tmp_path: Path, form: str) -> None:
    folder = str(tmp_path / "out")
    made = {
        "legacy": lambda: BackendDispatch({"paths": {"out_dir": folder}}),
        "keyword": lambda: BackendDispatch(output_dir=folder),
        "position": lambda: BackendDispatch(folder),
    }[form]()
    made.write_image("rgb/a.png", np.zeros((2, 3, 4), np.uint8))
    made.write_array("b.npy", np.arange(3))
    made.write_exr("c.exr", np.ones((2, 2), np.float32))
    made.write_blob("d.txt", b"d")
    BackendDispatch.wait_until_done()
    assert BackendDispatch.is_done_writing() and made.is_done_writing()
    assert names(tmp_path) == ["out/b.npy", "out/c.exr", "out/d.txt", "out/rgb/a.png"]
    assert made.output_dir == folder and made.resolve_path("x/y") == f"{folder}/x/y"
    assert np.load(f"{folder}/b.npy").tolist() == [0, 1, 2]
    assert isinstance(made, BaseBackend) and len(made._backends) == 1


def test_dispatch_queue_size_is_set_on_the_class() -> None:
    BackendDispatch.set_max_queue_size(3)
    assert write_queue()._tasks == 3


def test_old_scripts_sync_paths(tmp_path: Path) -> None:
    backend = BackendDispatch(output_dir=str(tmp_path))
    backend.write_blob("a", b"")
    backend.sync_pending_paths()
    assert names(tmp_path) == ["a"]


def test_dispatch_refuses_s3_without_a_bucket_and_no_folder() -> None:
    with pytest.raises(ValueError, match=r"key_prefix='a', region='c', endpoint_url=None were given without a bucket"):
        BackendDispatch(key_prefix="a", region="c")
    with pytest.raises(ValueError, match=r"no folder was given; expected output_dir=... or \{'paths'"):
        BackendDispatch({"paths": {}})
