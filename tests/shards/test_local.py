"""A folder as storage: names are given once, whole and durably."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from writers.shards import local
from writers.shards.local import LocalStorage
from writers.shards.space import require_space
from writers.shards.storage import sha256_in, sha256_of, storage_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "mine").write_bytes(b"mine")
    return tmp_path / "mine"


class Calls:
    """Note what is synced, and where names appear."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        fsync, link, replace = os.fsync, os.link, os.replace

        def noted_fsync(descriptor: int) -> None:
            self.seen.append("sync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file")
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", noted_fsync)
        monkeypatch.setattr(os, "link", lambda *names: (self.seen.append("name"), link(*names))[1])
        monkeypatch.setattr(os, "replace", lambda *names: (self.seen.append("name"), replace(*names))[1])


def test_data_is_on_the_disk_before_the_name_and_the_name_after_it(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, storage = Calls(monkeypatch), LocalStorage(tmp_path / "out")
    expected = ["sync file", "name", "sync folder"]
    assert storage.publish("shards/a", file) and calls.seen == expected
    for exclusive in (False, True):
        calls.seen.clear()
        assert storage.put(f"b{exclusive}", b"b", exclusive) and calls.seen == expected
    assert storage.list() == ["bFalse", "bTrue", "shards/a"] and not (tmp_path / "out" / ".work").exists()


@pytest.mark.parametrize("code", [0, errno.EPERM, errno.EOPNOTSUPP, errno.EXDEV, errno.EMLINK])
def test_the_first_one_wins_also_without_links(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def no_links(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    if code:
        monkeypatch.setattr(os, "link", no_links)
    storage = LocalStorage(tmp_path / "out")
    (tmp_path / "other").write_bytes(b"other")
    assert storage.publish("shards/a", file)
    assert not storage.publish("shards/a", tmp_path / "other")
    assert storage.put("b", b"1", exclusive=True) and not storage.put("b", b"2", exclusive=True)
    assert (storage.read("shards/a"), storage.read("b")) == (b"mine", b"1")
    assert storage.put("b", b"3") and storage.read("b") == b"3"
    assert storage.list() == ["b", "shards/a"]


def test_published_again_by_the_same_file_is_ours(tmp_path: Path, file: Path) -> None:
    storage = LocalStorage(tmp_path / "out")
    assert storage.publish("a", file) and storage.publish("a", file)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES])
def test_other_errors_are_not_swallowed_and_leave_nothing(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def fails(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    storage = LocalStorage(tmp_path / "out")
    for name in ("link", "fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, fails)
            if name != "replace":
                with pytest.raises(OSError, match=os.strerror(code)):
                    storage.publish("a", file)
            with pytest.raises(OSError, match=os.strerror(code)):
                storage.put("b", b"b", exclusive=name == "link")
    assert storage.list() == [] and not list((tmp_path / "out").glob(".work/*"))


def test_folders_that_cannot_be_synced_are_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def no_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", no_folders)
    assert LocalStorage(tmp_path / "out").put("a", b"a")


def test_a_look_leaves_nothing(tmp_path: Path) -> None:
    LocalStorage(tmp_path / "a" / "b").probe()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="Not a directory"):
        LocalStorage(tmp_path / "file" / "out").probe()


def test_a_work_folder_that_is_removed_all_the_time_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = LocalStorage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", lambda *_, **__: None)
        with pytest.raises(FileNotFoundError, match=r"the folder is removed again and again: '.*/\.work'"):
            storage.probe()

    with pytest.raises(
        FileNotFoundError, match=r"cannot be made: the file system makes none there, or .*: '/proc/no/\.work'"
    ):
        LocalStorage(Path("/proc/no")).probe()

    def gone(*_: Any) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(local, "_replace", gone)
    with pytest.raises(FileNotFoundError, match=r"it is removed again and again: '.*/\.work'"):
        storage.put("a", b"a")


def test_addresses_of_folders(tmp_path: Path, file: Path) -> None:
    assert storage_of(f"file://{tmp_path}").local == storage_of(str(tmp_path)).local == tmp_path
    assert sha256_in(LocalStorage(tmp_path), "mine") == sha256_of(file)
    storage = LocalStorage(tmp_path)
    storage.delete("mine")
    storage.delete("mine")
    assert not storage.exists("mine") and storage.sweep() == 0
    with pytest.raises(FileNotFoundError, match="mine"):
        storage.read("mine")


def test_room_for_two_shards_is_wanted(tmp_path: Path) -> None:
    require_space(tmp_path / "not" / "there", 1)
    with pytest.raises(OSError, match=r"No space left on device: .* MiB are free and two shards need .*MiB") as found:
        require_space(tmp_path / "not" / "there", 1 << 60)
    assert found.value.errno == errno.ENOSPC and found.value.filename == str(tmp_path / "not" / "there")


def test_little_room_is_told_exactly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards of a few kilobytes do not need 0.1 MiB where 0.1 MiB are free."""
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(0, 0, 68 * 1024))  # type: ignore[attr-defined]
    with pytest.raises(OSError, match="68 KiB are free and two shards need 70 KiB"):
        require_space(tmp_path, 70 * 1024)


def test_an_error_of_writing_names_the_file_and_keeps_a_name_that_is_there(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    storage = LocalStorage(tmp_path / "out")
    monkeypatch.setattr(os, "fsync", full)
    for write, name in (
        (lambda: storage.put("records/a", b"a"), tmp_path / "out" / "records" / "a"),
        (lambda: storage.publish("shards/a", file), file),
        (storage.probe, tmp_path / "out"),
    ):
        with pytest.raises(OSError, match="No space left on device") as found:
            write()
        assert found.value.filename == str(name)
    with pytest.raises(OSError) as found, local.naming(tmp_path):
        open(tmp_path / "no" / "file")
    assert found.value.filename == str(tmp_path / "no" / "file")


def test_a_folder_is_made_while_another_process_removes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mkdir, left = os.mkdir, [FileExistsError(17, "there"), FileNotFoundError(2, "not there")]

    def disturbed(*arguments: Any, **named: Any) -> None:
        if left:
            raise left.pop()  # pathlib looks next, and finds nothing: the other process was quicker
        mkdir(*arguments, **named)

    monkeypatch.setattr(os, "mkdir", disturbed)
    local.make_folder(tmp_path / "folder")
    assert (tmp_path / "folder").is_dir() and not left


def test_folders_made_and_removed_by_two_at_once(tmp_path: Path) -> None:
    stop, folder = threading.Event(), tmp_path / "a" / "b"

    def removing() -> None:
        while not stop.wait(0.0002):
            for place in (folder, folder.parent):
                with suppress(OSError):
                    place.rmdir()

    thread = threading.Thread(target=removing)
    thread.start()
    try:
        for _ in range(3000):
            local.make_folder(folder)
            LocalStorage(tmp_path).list()
    finally:
        stop.set()
        thread.join()


def test_a_file_in_the_place_of_a_folder_is_named(file: Path) -> None:
    with pytest.raises(FileExistsError, match="mine"):
        local.make_folder(file)
