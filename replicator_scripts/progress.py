"""A progress line: frames done, images a second, time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO


class Progress:
    """Show progress on a terminal in place, elsewhere a line now and then.

    Args:
        total: number of frames.
        images: images in one frame.
        stream: where to write.
        before: frames that earlier runs have made.
    """

    def __init__(self, total: int, images: int = 1, stream: TextIO | None = None, before: int = 0) -> None:
        self._total, self._images, self._before = total, images, before
        self._stream = stream or sys.stderr
        self._begin = time.monotonic()
        self._shown = self._begin

    def begin(self) -> None:
        """Note that frames are made from now on; what went before is no part of the rate."""
        self._begin = time.monotonic()

    def find(self) -> None:
        """Note that another frame of an earlier run was found: it is done, and was not made."""
        self._before += 1

    def show(self, done: int) -> None:
        """Report that `done` frames are finished."""
        if done <= self._before:
            return
        now = time.monotonic()
        live = self._stream.isatty()
        if not live and done < self._total and now - self._shown < 10:
            return
        self._shown = now
        rate = (done - self._before) * self._images / max(now - self._begin, 1e-9)
        left = (self._total - done) * self._images / rate if rate else 0.0
        filled = round(30 * done / self._total)
        bar = "#" * filled + "-" * (30 - filled)
        text = f"[{bar}] {done}/{self._total} frames  {rate:.2f} images/s  {clock(left)} left"
        self._stream.write(f"\r{text}  " if live and done < self._total else f"{chr(13) if live else ''}{text}\n")
        self._stream.flush()


def totals_line(where: str, manifest: Mapping[str, Any]) -> str:
    """Say where a complete dataset is and what is in it.

    Args:
        where: folder or URL.
        manifest: of the dataset.
    """
    objects = ", ".join(f"{count} {name}" for name, count in manifest["objects"].items()) or "no labelled objects"
    lines = [f"dataset   {where}", f"samples   {manifest['samples']} in {len(manifest['shards'])} shard(s); {objects}"]
    if skipped := manifest["skipped"]:
        lines.append(
            f"left out  {len(skipped)} frame(s); the first: frame {skipped[0]['frame']}: {skipped[0]['error']}"
        )
    if any(file["name"] == "preview.png" for file in manifest["files"]):
        lines.append(f"picture   {where}/preview.png")
    return "\n".join(lines)


def clock(seconds: float) -> str:
    """Write a duration as h:mm:ss or m:ss."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
