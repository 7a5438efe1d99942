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
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    if wanted > free:
        raise OSError(
            errno.ENOSPC,
            f"No space left on device: {free / 2**20:.1f} MiB are free and two shards need {wanted / 2**20:.1f} MiB",
            str(folder),
        )
