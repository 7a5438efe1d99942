"""What goes wrong inside a process: death around a change, a full disk, a rule of the protocol broken on purpose."""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

CHANGES = ("fsync", "link", "replace", "unlink", "rename", "rmdir")
_count = 0
_lock = threading.Lock()


def install(kill_at: int, file_limit: int, broken: str) -> None:
    """Arm this process.

    Args:
        kill_at: die around the so-many-th change: odd before it, even after it; 0 never.
        file_limit: bytes; a longer write fails in its middle, as on a full disk; 0 none.
        broken: "" or the name of a function `break_...` below.
    """
    if file_limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, resource.RLIM_INFINITY))
    if broken:
        {"unhashed": break_unhashed, "record-first": break_record_first, "in-place": break_in_place}[broken]()
    if kill_at:
        from writers.shards.s3 import S3Driver

        for name in CHANGES:
            setattr(os, name, _deadly(getattr(os, name), kill_at))
        S3Driver._once = _deadly(S3Driver._once, kill_at)  # type: ignore[method-assign]


def _deadly(action: Callable[..., Any], kill_at: int) -> Callable[..., Any]:
    def wrapped(*arguments: Any, **words: Any) -> Any:
        global _count
        with _lock:
            _count += 1
            mine = _count == kill_at
        if mine and kill_at % 2:
            os.kill(os.getpid(), signal.SIGKILL)
        result = action(*arguments, **words)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped


def break_unhashed() -> None:
    """Believe the lines of a dead attempt without looking at its data."""
    from writers.shards import journal

    def believe(tar: Path, entries: list[journal.Entry], views: int) -> list[journal.Found]:
        if len({entry.key for entry in entries}) != views:
            return []
        data = tar.read_bytes()
        return [journal.Found(entry, data[entry.offset : entry.offset + entry.length]) for entry in entries]

    journal._whole_frame = believe


def break_record_first() -> None:
    """Write the record before the shard."""
    from writers.shards.record import record_name
    from writers.shards.sink import Finished, ShardSink

    publish = ShardSink.publish

    def early(sink: ShardSink, finished: Finished) -> Any:
        sink.storage.put(record_name(finished.record.number), finished.record.to_json(), exclusive=True)
        return publish(sink, finished)

    ShardSink.publish = early  # type: ignore[method-assign]


def break_in_place() -> None:
    """Write under the final name, and believe whatever has one."""
    from writers.shards.local import LocalStorage
    from writers.shards.sink import ShardSink

    def publish(storage: LocalStorage, name: str, path: Path) -> bool:
        target = storage.local / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "wb", buffering=0) as file:
            data = path.read_bytes()
            for start in range(0, len(data), 4096):
                file.write(data[start : start + 4096])
                os.fsync(file.fileno())
        return True

    LocalStorage.publish = publish  # type: ignore[method-assign]
    ShardSink.committed = lambda sink, number: sink.storage.exists(  # type: ignore[method-assign]
        "shards/" + sink.format.file_name(number)
    )


def cut_power(folder: Path, random: Random) -> bool:
    """Take away what a disk had not written when the power went: the end of an attempt, whatever its lines say.

    Published files share their data with the attempt they come from; those were synced and stay.
    """
    tars = [path for path in sorted(folder.rglob("*.tar")) if path.stat().st_nlink == 1 and path.stat().st_size > 0]
    if not tars:
        return False
    tar = random.choice(tars)
    size = tar.stat().st_size
    lost = random.randint(1, min(size, 20_000))
    with open(tar, "r+b") as file:
        if random.random() < 0.5:
            file.truncate(size - lost)
        else:
            file.seek(size - lost)
            file.write(bytes(lost))
    return True
