"""A worker that renders nothing: it speaks the pool's protocol, keeps frames and records as files, and fails as told.

usage: fake_worker.py FOLDER [TROUBLE ...]   where a trouble is KIND@FRAME[xTIMES]: it happens TIMES times (default 1)
"""

import json
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FRAMES = 4  # of a shard
uploads = ThreadPoolExecutor(1)


def main(folder: Path, troubles: list[str]) -> None:
    stream = os.fdopen(int(os.environ["REPLICANT_WORKER_FD"]), "w", buffering=1)
    note(folder / "started.txt", f"{os.getpid()} {os.environ.get('REPLICANT_THREADS', '-')}")
    strike(folder, troubles, "start", stream)
    for line in sys.stdin:
        words = line.split()
        number = int(words[1])
        without = {int(frame) for frame in words[3].split(",")} if len(words) > 2 else set()
        make(folder, number, without, troubles, stream)
    note(folder / "ended.txt", str(os.getpid()))
    strike(folder, troubles, "end", stream)


def make(folder: Path, number: int, without: set[int], troubles: list[str], stream) -> None:
    for frame in range(number * FRAMES, (number + 1) * FRAMES):
        kept = folder / "frames" / f"{frame}.txt"
        if frame in without or kept.exists():
            continue
        say(stream, "begin", number, frame=frame)
        strike(folder, troubles, str(frame), stream)
        time.sleep(float(os.environ.get("FAKE_SECONDS", "0.01")))
        kept.write_text(f"frame {frame}\n")
        say(stream, "frame", number, frame=frame)
        say(stream, "kept", number)
    strike(folder, troubles, f"commit{number}", stream)
    if "FAKE_UPLOADS" in os.environ:
        say(stream, "sealed", number)
        uploads.submit(publish, folder, number, without, troubles, stream)
    else:
        publish(folder, number, without, troubles, stream)


def publish(folder: Path, number: int, without: set[int], troubles: list[str], stream) -> None:
    if "FAKE_UPLOADS" in os.environ:
        time.sleep(float(os.environ["FAKE_UPLOADS"]))
    strike(folder, troubles, f"upload{number}", stream)
    text = json.dumps({"shard": number, "without": sorted(without)})
    (folder / "records" / f"{number}.json").write_text(text)
    strike(folder, troubles, f"committed{number}", stream)
    say(stream, "shard", number)


def say(stream, event: str, shard: int, **more) -> None:
    stream.write(json.dumps({"event": event, "shard": shard, **more}) + "\n")


def note(file: Path, line: str) -> None:
    with open(file, "a") as out:
        out.write(line + "\n")


def strike(folder: Path, troubles: list[str], place: str, stream) -> None:
    """Fail as told, and count it."""
    for trouble in troubles:
        kind, _, where = trouble.partition("@")
        where, _, times = where.partition("x")
        struck = folder / f"{kind}@{where}.struck"
        if where != place or (struck.exists() and len(struck.read_text()) >= int(times or 1)):
            continue
        with open(struck, "a") as out:
            out.write("x")
        print(f"trouble: {trouble} in {os.getpid()}", flush=True)
        TROUBLES[kind](stream)


def hang(stream) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)


def lie(stream) -> None:
    say(stream, "shard", 0)
    time.sleep(600)


def garbage(stream) -> None:
    stream.write('no json\n[1]\n{"event": 3}\n\n{"event":"frame"}\n{"event":"frame","shard":0,"frame":99}\n')
    stream.write('{"event":"frame","shard":77,"frame":1}\n{"event":"shard","shard":77}\n{"event":"frame","sh')
    stream.write('\n{"event":"begin","shard":0,"frame":"one"}\n' + "\xff" * 3000 + "\n")


def fail(code: int):
    def now(stream) -> None:
        event = {"event": "failed", "shard": 0, "frame": 2, "error": "cow.usd: no such prim", "code": code}
        stream.write(json.dumps(event) + "\n")
        sys.exit(code)

    return now


TROUBLES = {
    "kill": lambda stream: os.kill(os.getpid(), signal.SIGKILL),
    "segv": lambda stream: os.kill(os.getpid(), signal.SIGSEGV),
    "exit0": lambda stream: os._exit(0),
    "exit2": lambda stream: os._exit(2),
    "exit74": lambda stream: os._exit(74),
    "exit85": lambda stream: os._exit(85),
    "hang": hang,
    "lie": lie,
    "garbage": garbage,
    "mute": lambda stream: stream.close(),
    "fail2": fail(2),
    "fail74": fail(74),
    "orphan": lambda stream: os.fork() or time.sleep(600),
}

if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
