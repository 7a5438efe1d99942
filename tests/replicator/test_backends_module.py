"""rep.backends and rep.BackendDispatch: the names scripts use, on the engine's backends."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

import engine.replicator as rep
from engine.output.backends import BackendRegistryError, DiskBackend
from engine.output.queue import WriteError, write_queue
from engine.replicator.backends import io_queue
from tests.replicator.small_stage import names


def write_text(path: str, text: str, backend_instance: rep.backends.BaseBackend) -> None:
    backend_instance.write_blob(path, text.encode())


def test_backends_by_name(tmp_path: Path) -> None:
    backend = rep.backends.get("DiskBackend")
    backend.initialize(output_dir=str(tmp_path))
    backend.schedule(write_text, path="a.txt", text="a")
    rep.backends.get("DiskBackend", init_params={"output_dir": str(tmp_path)}).write_blob("b.txt", b"b")
    io_queue.wait_until_done()
    assert io_queue.is_done_writing() and names(tmp_path) == ["a.txt", "b.txt"]
    assert isinstance(backend, rep.backends.DiskBackend) and rep.backends.DiskBackend is DiskBackend
    with pytest.raises(
        BackendRegistryError, match=r"backend 'TapeBackend' is not registered; expected one of: Backend"
    ):
        rep.backends.get("TapeBackend")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(AttributeError, match=r"core.backends has no 'TapeBackend' in the embedded engine"):
        _ = rep.backends.TapeBackend
    with pytest.raises(AttributeError, match=r"core.backends.io_queue has no 'flush' in the embedded engine"):
        _ = io_queue.flush


def test_backends_of_the_script(tmp_path: Path) -> None:
    class Upper(rep.backends.DiskBackend):
        def write_blob(self, path: str | Path, data: bytes) -> None:
            super().write_blob(str(path).upper(), data)

    rep.backends.register(Upper)
    backend = rep.backends.get("Upper", {"output_dir": str(tmp_path)})
    backend.schedule(rep.functional.write_json, path="a.json", data=[1])
    backend.wait_until_done()
    assert names(tmp_path) == ["A.JSON"]
    rep.backends.unregister("Upper")


def test_dispatch_waits_on_the_class(tmp_path: Path) -> None:
    dispatch = rep.BackendDispatch({"paths": {"out_dir": str(tmp_path)}})
    dispatch.write_image("a.png", np.zeros((2, 2, 4), np.uint8))
    rep.BackendDispatch.wait_until_done()
    assert names(tmp_path) == ["a.png"]
    io_queue.set_max_queue_size(1000)
    assert write_queue()._tasks == 1000
    dispatch.write_image("a.gif", np.zeros((2, 2, 4), np.uint8))
    with pytest.raises(WriteError, match=r"writing 'a.gif' failed: ValueError: write_image: path='a.gif' was given"):
        rep.BackendDispatch.wait_until_done()


@pytest.mark.parametrize("name", ["basicwriter", "coco", "cosmos", "fps", "kitti"])
def test_writer_modules_are_reached_through_the_package(name: str) -> None:
    assert getattr(rep.writers_default, name) is importlib.import_module(f"engine.replicator.writers_default.{name}")
