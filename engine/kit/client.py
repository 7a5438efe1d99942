"""omni.client: files of this machine under the names of the Nucleus client."""

from __future__ import annotations

import builtins
import enum
import os
import shutil
from dataclasses import dataclass

from .. import assets


class Result(enum.IntEnum):
    """Outcomes that scripts compare with."""

    OK = 0
    OK_LATEST = 1
    ERROR = 2
    ERROR_NOT_SUPPORTED = 12
    ERROR_NOT_FOUND = 14
    ERROR_ALREADY_EXISTS = 15


class ItemFlags(enum.IntFlag):
    """What an entry may be."""

    READABLE_FILE = 1
    WRITEABLE_FILE = 2
    CAN_HAVE_CHILDREN = 4
    DOES_NOT_HAVE_CHILDREN = 8


@dataclass
class ListEntry:
    """One file or folder."""

    relative_path: str
    size: int
    flags: int = 0


def stat(url: str) -> tuple[Result, ListEntry | None]:
    """Return (result, entry) of one local file or folder."""
    path = _local(assets.offer(url))
    if path is None or not os.path.exists(path):
        return (Result.ERROR_NOT_FOUND, None)
    return (Result.OK, _entry(path))


def list(url: str) -> tuple[Result, tuple[ListEntry, ...]]:
    """Return (result, entries) of one local folder, sorted by name; with stand-ins any folder of assets has three."""
    path = _local(assets.find(url))
    if path is None or not os.path.isdir(path):
        named = assets.list_folder(url) if assets.stand_ins_allowed() and assets.is_remote(url) else []
        found = tuple(ListEntry(name, 1, _FILE) for name in named)
        return (Result.OK if found else Result.ERROR_NOT_FOUND, found)
    names = sorted(os.listdir(path))
    return (Result.OK, tuple(_entry(os.path.join(path, name)) for name in names))


def read_file(url: str) -> tuple[Result, str, memoryview]:
    """Return (result, version, bytes) of one local file."""
    path = _local(assets.offer(url))
    if path is None or not os.path.isfile(path):
        return (Result.ERROR_NOT_FOUND, "", memoryview(b""))
    with open(path, "rb") as file:
        return (Result.OK, "", memoryview(file.read()))


def copy(source: str, target: str, behavior: object = None, message: str = "") -> Result:
    """Copy a local file or folder."""
    start, end = _local(assets.offer(source)), _local(target)
    if start is None or end is None or not os.path.exists(start):
        return Result.ERROR_NOT_FOUND
    shutil.copytree(start, end, dirs_exist_ok=True) if os.path.isdir(start) else shutil.copy2(start, end)
    return Result.OK


def create_folder(url: str) -> Result:
    """Make a local folder."""
    path = _local(url)
    if path is None:
        return Result.ERROR_NOT_SUPPORTED
    os.makedirs(path, exist_ok=True)
    return Result.OK


def normalize_url(url: str) -> str:
    """Return the address with forward slashes."""
    return url.replace("\\", "/")


def set_hang_detection_time_ms(milliseconds: int) -> None:
    """Accept: local files do not hang."""


def initialize() -> bool:
    """Accept."""
    return True


def shutdown() -> None:
    """Accept."""


_search_paths: builtins.list[str] = []


def add_default_search_path(path: str) -> None:
    """Remember a folder that relative addresses may mean."""
    if path not in _search_paths:
        _search_paths.append(path)


def remove_default_search_path(path: str) -> None:
    """Forget such a folder."""
    if path in _search_paths:
        _search_paths.remove(path)


def get_default_search_paths() -> builtins.list[str]:
    """Return the folders remembered, in order."""
    return [*_search_paths]


_FILE = ItemFlags.READABLE_FILE | ItemFlags.DOES_NOT_HAVE_CHILDREN


def _entry(path: str) -> ListEntry:
    flags = ItemFlags.CAN_HAVE_CHILDREN if os.path.isdir(path) else _FILE
    return ListEntry(os.path.basename(path), os.path.getsize(path), flags)


def _local(url: str) -> str | None:
    path = str(url).removeprefix("file:").removeprefix("//")
    return None if "://" in path else path
