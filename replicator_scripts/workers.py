"""`--workers N`: this process hands out shards and renders nothing; its workers are this script again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from replicator_scripts import arguments, worker
from replicator_scripts.progress import totals_line
from replicator_scripts.stopping import Stopped

_FLAGS, _VALUES = (
    ("--overwrite", "--verify"),
    ("--workers", "--out", "--task", "--gpus", "--timeout"),
)  # not for workers, or given anew


def tell_failure(text: str, code: int) -> None:
    """Tell the parent of a worker why it ends."""
    try:
        worker.say("failed", error=text.removeprefix("error: "), code=code)
    except Stopped:
        return


def supervise(options: arguments.Options) -> int:
    """Make a dataset with several processes; returns the exit code."""
    from cluster.ledger import PoolError
    from writers.finish import UnfinishedError
    from writers.shards.claim import OutputError

    try:
        return _supervise(options)
    except PoolError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.code
    except (OutputError, UnfinishedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:  # whole shards stay; the same command goes on
        print(f"error: {error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        return 74


def _supervise(options: arguments.Options) -> int:
    from cluster.machine import choose_workers, gpus_here, share
    from cluster.pool import Crew, run_pool
    from writers.finish import finish_dataset, missing_shards
    from writers.shards.claim import stored_plan, work_folder
    from writers.shards.sink import ShardSink
    from writers.shards.storage import storage_of

    words = _worker_words(sys.argv[1:])
    ready = _freeze([*words, *_given(sys.argv[1:])])
    if ready is None or "code" in ready:
        return int(ready["code"]) if ready else 1
    storage = storage_of(ready["out"])
    plan = stored_plan(storage)
    assert plan is not None
    task, tasks = options.task or (0, 1)
    shards = [shard for shard in plan.shards() if shard.number % tasks == task]
    gpus, work = options.gpus or gpus_here(), work_folder(storage, plan)
    crew = Crew(
        command=_command([*words, "--out", ready["out"]]),
        size=choose_workers(options.workers, len(shards), gpus),
        logs=work / "logs" / f"task-{task}" if tasks > 1 else work / "logs",
        environment=lambda index, size: share(index, size, gpus, kit=ready["kit"]),
        skip=plan.spec["scenario"]["writer"]["on_error"] == "skip",
        timeout=options.timeout,
        images=plan.views,
    )
    run_pool(shards, ShardSink(storage, plan, work).committed, crew)
    if not missing_shards(storage, plan):
        manifest = finish_dataset(storage, plan)
        print(totals_line(storage.url, manifest), flush=True)
    return 0


def _freeze(words: list[str]) -> dict[str, Any] | None:
    """Have a worker write the plan before any other one starts; returns what it said, or None if it said nothing."""
    read, write = os.pipe()
    environment = {**os.environ, worker.DESCRIPTOR: str(write)}
    process = subprocess.Popen(_command(words), stdin=subprocess.DEVNULL, env=environment, pass_fds=(write,))
    os.close(write)
    with open(read, "rb") as pipe:
        events = [json.loads(line) for line in pipe]
    process.wait()
    return next((event for event in events if event["event"] in ("ready", "failed")), None)


def _command(words: list[str]) -> list[str]:
    from cluster.pool import worker_command

    started = sys.orig_argv[: len(sys.orig_argv) - len(sys.argv) + 1]
    return worker_command(words, started, sys.executable)


def _worker_words(words: list[str]) -> list[str]:
    """Return the command line of a worker: ours without what only the parent does."""
    kept, skip = ["--worker"], False
    for word in words:
        name, equals, _ = word.partition("=")
        if not skip and name not in (*_FLAGS, *_VALUES):
            kept.append(word)
        skip = not skip and name in _VALUES and not equals
    return kept


def _given(words: list[str]) -> list[str]:
    """Return those words that the first worker gets beside: where the output is, and what happens to what is there."""
    out = arguments.parse(words).out
    return [*(word for word in words if word in _FLAGS), *(["--out", out] if out is not None else [])]
