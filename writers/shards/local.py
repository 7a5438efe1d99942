"""A dataset in a folder of this machine (or of a file system that many machines share)."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from writers.shards.storage import Storage

WORK = ".work"  # attempts and temporary files: never part of a dataset
_TRIES = 100
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK}


class LocalStorage(Storage):
    """Files below a folder.

    A file is written under a name of its own in `.work`, synced, and linked to its name: a link fails where the name is
    taken, so the first one wins on every POSIX file system, NFS included.
    """

    def __init__(self, folder: Path) -> None:
        self.url = str(folder)
        self.local: Path = folder

    def read(self, name: str) -> bytes:
        """Return a whole file."""
        return (self.local / name).read_bytes()

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        return open(self.local / name, "rb")

    def list(self, prefix: str = "") -> list[str]:
        """List the names that begin with `prefix`, sorted, without what lies in `.work`."""
        names: list[str] = []
        for folder, folders, files in os.walk(self.local / prefix.rpartition("/")[0]):  # passes over what vanishes
            if Path(folder) == self.local and WORK in folders:
                folders.remove(WORK)
            names += [(Path(folder) / name).relative_to(self.local).as_posix() for name in files]
        return sorted(name for name in names if name.startswith(prefix))

    def size(self, name: str) -> int:
        """Return the length of a file, bytes."""
        return (self.local / name).stat().st_size

    def publish(self, name: str, path: Path) -> bool:
        """Link a finished file to its name; from another file system it is copied first."""
        sync_file(path)
        target = self.local / name
        make_folder(target.parent)
        try:
            done = _link(path, target)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            done = self._publish_copy(path, target)
        sync_folder(target.parent)
        return done

    def put(self, name: str, data: bytes, exclusive: bool = False) -> bool:
        """Write a small file atomically and durably."""
        target = self.local / name
        make_folder(target.parent)
        for _ in range(_TRIES):
            with suppress(FileNotFoundError), self._temporary() as (path, file):  # as in _new_file
                with naming(target):
                    file.write(data)
                    sync(file)
                done = _take(path, target) if exclusive else _replace(path, target)
                sync_folder(target.parent)
                return done
        raise FileNotFoundError(errno.ENOENT, "it is removed again and again", str(self.local / WORK))

    def delete(self, name: str) -> None:
        """Remove a file."""
        (self.local / name).unlink(missing_ok=True)

    def probe(self) -> None:
        """See that something can be written here, leaving nothing behind."""
        new = [folder for folder in (self.local, *self.local.parents) if not folder.exists()]
        try:
            with self._temporary() as (_, file), naming(self.local):
                file.write(b"\0")
                sync(file)
        finally:
            for folder in new:
                with suppress(OSError):
                    folder.rmdir()

    def _publish_copy(self, path: Path, target: Path) -> bool:
        with self._temporary() as (copy, file), open(path, "rb") as source:
            with naming(target):
                shutil.copyfileobj(source, file)
                sync(file)
            return _take(copy, target)

    @contextmanager
    def _temporary(self) -> Iterator[tuple[Path, BinaryIO]]:
        """Open a file of its own in `.work`; its name is gone afterwards, and `.work` too if nothing else is there."""
        path, file = self._new_file()
        try:
            yield path, file
        finally:
            file.close()
            path.unlink(missing_ok=True)
            with suppress(OSError):
                path.parent.rmdir()

    def _new_file(self) -> tuple[Path, BinaryIO]:
        folder = self.local / WORK
        for _ in range(_TRIES):  # another process may remove the folder when it has been the last one to need it
            make_folder(folder)
            path = folder / f"tmp.{uuid.uuid4().hex}"
            with suppress(FileNotFoundError):
                return path, open(path, "xb")
        raise FileNotFoundError(errno.ENOENT, "the folder is removed again and again", str(folder))


def _take(path: Path, target: Path) -> bool:
    """Give a file a name that is free; where links are unknown, a look and a rename have to do."""
    try:
        return _link(path, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    if target.exists():
        return False
    os.rename(path, target)
    return True


def _link(path: Path, target: Path) -> bool:
    try:
        os.link(path, target)
    except FileExistsError:
        return target.exists() and path.exists() and os.path.samefile(path, target)
    return True


def _replace(path: Path, target: Path) -> bool:
    os.replace(path, target)
    return True


def make_folder(folder: Path) -> None:
    """Make a folder and those above it while others may remove the same ones, as the last to need them do.

    Raises:
        FileExistsError: a file has the name of the folder.
        FileNotFoundError: somebody removes it again and again, or the file system makes no folders.
    """
    for _ in range(_TRIES):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return
        except FileNotFoundError:  # a folder above has gone in between
            continue
        except FileExistsError:  # a file; or the folder, gone when pathlib looked whether it is one
            if folder.exists():
                raise
    why = "the folder cannot be made: the file system makes none there, or somebody removes it again and again"
    raise FileNotFoundError(errno.ENOENT, why, str(folder))


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Give errors of writing (a full disk, a quota) the name of the file; the system gives it to those of opening only.

    Args:
        path: the name that the user knows.
    """
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise


def sync(file: BinaryIO) -> None:
    """Have a file's data on the disk before going on."""
    file.flush()
    os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Have a closed file's data on the disk before going on."""
    with open(path, "rb") as file, naming(path):
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have a folder's names on the disk before going on; some file systems know no such thing."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.EOPNOTSUPP}:
            raise
    finally:
        os.close(descriptor)
