"""Files for randomizers to choose from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ...assets import find, is_absolute, is_remote, list_folder, stand_ins_allowed

USD_SUFFIXES = (".usd", ".usda", ".usdc", ".usdz")


def get_files_group(
    path: str, recursive: bool = False, path_filter: str | None = None, suffixes: Sequence[str] = ()
) -> list[str]:
    """List the files of a local folder, sorted.

    Args:
        path: folder; or one file, which is then the only one. With stand-ins a folder that is not here holds three.
        recursive: include folders below.
        path_filter: regular expression searched in the full path.
        suffixes: file name endings wanted; none means all.

    Raises:
        FileNotFoundError: if `path` is no folder.
    """
    address = str(path).removeprefix("file://")
    elsewhere = is_remote(address) or (stand_ins_allowed() and is_absolute(address))
    if suffixes and address.lower().endswith(tuple(suffixes)) and (elsewhere or Path(address).is_file()):
        return [address]
    if elsewhere and not Path(find(address)).expanduser().is_dir():
        return [f"{address.rstrip('/')}/{name}" for name in list_folder(address) if name.endswith(tuple(suffixes))]
    root = Path(find(address)).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(
            f"utils.get_usd_files: path={str(path)!r} was given; expected an existing local folder (or --stand-ins)"
        )
    found = sorted(str(f) for f in (root.rglob("*") if recursive else root.glob("*")) if f.is_file())
    pattern = re.compile(path_filter) if path_filter else None
    endings = tuple(s.lower() for s in suffixes)
    return [f for f in found if (not endings or f.lower().endswith(endings)) and (not pattern or pattern.search(f))]


def get_usd_files(path: str, recursive: bool = False, path_filter: str | None = None) -> list[str]:
    """List the USD files of a local folder, sorted (see `get_files_group`)."""
    return get_files_group(path, recursive, path_filter, USD_SUFFIXES)
