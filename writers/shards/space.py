"""Room on the disk, looked for before a shard is begun rather than found missing in its middle."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path


def require_space(folder: Path, wanted: int) -> None:
    """Refuse to go on where a file system has not enough room.

    Args:
        folder: on the file system; need not exist yet.
        wanted: bytes.

    Raises:
        OSError: (ENOSPC) naming the folder, what is free and what is wanted.
    """
    free = _free(folder)
    if wanted > free:
        raise OSError(
            errno.ENOSPC,
            f"No space left on device: {_amount(free)} are free and two shards need {_amount(wanted)}",
            str(folder),
        )


def _amount(size: int) -> str:
    return f"{size / 2**20:.1f} MiB" if size >= 2**20 else f"{size / 2**10:.0f} KiB"


def _free(folder: Path) -> int:
    """Return the free bytes where a folder is or would be; others may make and remove it meanwhile."""
    try:
        return shutil.disk_usage(folder).free
    except (FileNotFoundError, NotADirectoryError):
        if folder == folder.parent:
            raise
        return _free(folder.parent)
