"""A file appears under its name only when it is complete."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from engine.output.queue import WriteError


def write_file(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file beside its place and rename it there; folders are made.

    Raises:
        WriteError: if the file cannot be written; nothing is left behind.
    """
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        os.replace(part, target)
    except OSError as error:
        part.unlink(missing_ok=True) if part.parent.is_dir() else None
        reason = error.strerror or str(error)
        raise WriteError(
            f"'{target}' could not be written: {reason}; expected a folder with space that can be written, "
            "choose another output_dir"
        ) from error
