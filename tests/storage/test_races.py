"""Two processes, one name: exactly one wins, and both know who."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.storage.faulty_proxy import FaultyProxy
from tests.storage.object_store import BUCKET, ObjectStore

ROOT = Path(__file__).resolve().parent.parent.parent
RIVAL = """
import os, pathlib, sys
sys.path.insert(0, sys.argv[1])
from writers.shards.remote import RemoteStorage
storage = RemoteStorage(sys.argv[2], {"part": 5 * 2**20})
file = pathlib.Path(sys.argv[3])
print("ready", flush=True)
for name in sys.stdin:
    print(int(storage.publish(name.strip(), file)), flush=True)
"""


@pytest.mark.parametrize("size", [50_000, 6 * 2**20])
def test_exactly_one_wins(store: ObjectStore, proxy: FaultyProxy, prefix: str, tmp_path: Path, size: int) -> None:
    """Rounds of two processes that publish different bytes under one name at the same time."""
    files = [tmp_path / name for name in "ab"]
    for number, file in enumerate(files):
        file.write_bytes(bytes([number]) * size)
    rivals = [_rival(store.environment(proxy.url), prefix, file) for file in files]
    assert [rival.stdout.readline() for rival in rivals] == ["ready\n"] * 2  # type: ignore[union-attr]
    wins = [0, 0]
    for turn in range(6):
        name = f"shards/{turn}.tar"
        for rival in rivals[:: 1 if turn % 2 else -1]:
            rival.stdin.write(name + "\n")  # type: ignore[union-attr]
            rival.stdin.flush()  # type: ignore[union-attr]
        won = [int(rival.stdout.readline()) for rival in rivals]  # type: ignore[union-attr]
        assert sum(won) == 1, f"turn {turn}: {won}"
        data = store.client.get_object(Bucket=BUCKET, Key=f"{prefix}/{name}")["Body"].read()
        assert hashlib.sha256(data).digest() == hashlib.sha256(files[won.index(1)].read_bytes()).digest()
        wins[won.index(1)] += 1
    for rival in rivals:
        rival.communicate("", timeout=30)
    assert sum(wins) == 6 and store.unfinished(prefix) == []


def _rival(environment: dict[str, str], prefix: str, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RIVAL, str(ROOT), f"s3://{BUCKET}/{prefix}", str(file)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, env={**os.environ, **environment}, text=True, **pipes)  # type: ignore[call-overload,no-any-return]
