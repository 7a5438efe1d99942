"""`--workers N`: this process hands out shards and renders nothing; its workers are this script again."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping

from cluster.leader import Leader, start_leader
from cluster.ledger import PoolError
from cluster.machine import choose_workers, gpus_here, share
from cluster.pool import Crew, run_pool, worker_command
from replicator_scripts import application, arguments
from replicator_scripts.output import Output
from replicator_scripts.progress import totals_line
from replicator_scripts.stopping import AGAIN
from writers.finish import UnfinishedError
from writers.shards.claim import OutputError
from writers.shards.plan import Plan
from writers.shards.storage import storage_of
from writers.shards.trouble import told

_FLAGS, _VALUES = (
    ("--overwrite", "--verify"),
    ("--workers", "--out", "--task", "--gpus", "--timeout"),
)  # not for workers, or given anew


def supervise(options: arguments.Options) -> int:
    """Make a dataset with several processes; returns the exit code."""
    try:
        return _supervise(options)
    except PoolError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.code
    except (OutputError, UnfinishedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:  # whole shards stay; the same command goes on
        print(f"error: {told(error)}", file=sys.stderr)
        return 74


def _supervise(options: arguments.Options) -> int:
    kit, gpus = application.is_isaac_sim(), options.gpus or gpus_here()

    def environment(index: int, size: int) -> Mapping[str, str]:
        return share(index, size, gpus, kit=kit)

    words = _worker_words(sys.argv[1:])
    guess = choose_workers(options.workers, sys.maxsize, gpus)  # how many shards there are is not known yet
    leader = start_leader(_command([*words, *_given(options)]), environment(0, guess))
    try:
        output = _output(leader, options)
    except BaseException:
        leader.end()
        leader.forget_log()
        raise
    size = choose_workers(options.workers, max(1, len(output.asked())), gpus)
    crew = _crew(output, options, _command([*words, "--out", leader.said["out"]]), size, environment)
    try:
        run_pool(output.asked(), output.sink.committed, crew, leader)
    except PoolError as error:
        if error.code in (application.FAILED, application.INTERRUPTED, AGAIN):  # the message says all there is to say
            leader.forget_log()
        if error.code == application.FAILED:
            output.give_up()
        raise
    leader.forget_log()
    return _finish(output)


def _output(leader: Leader, options: arguments.Options) -> Output:
    """Open the output that the leader names; a run that is asked for no shard leaves its plan there all the same."""
    plan = Plan.from_json(json.dumps(leader.said["plan"]).encode())
    output = Output(plan, storage_of(leader.said["out"]), options)
    if not output.asked():
        output.claim()
    return output


def _crew(
    output: Output,
    options: arguments.Options,
    command: list[str],
    size: int,
    environment: Callable[[int, int], Mapping[str, str]],
) -> Crew:
    task, tasks = options.task or (0, 1)
    logs = output.sink.work / "logs"
    return Crew(
        command=command,
        size=size,
        logs=logs / f"task-{task}" if tasks > 1 else logs,
        environment=environment,
        skip=output.plan.spec["scenario"]["writer"]["on_error"] == "skip",
        timeout=options.timeout,
        images=output.plan.views,
    )


def _finish(output: Output) -> int:
    """Complete the dataset if all of its shards are there, and say so."""
    if output.complete:
        output.tidy()
    elif not output.finish():
        return 0
    print(totals_line(output.storage.url, output.manifest()), flush=True)
    return 0


def _command(words: list[str]) -> list[str]:
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


def _given(options: arguments.Options) -> list[str]:
    """Return those words that the first worker gets beside: where the output is, and what to do with what is there."""
    out = ["--out", options.out] if options.out is not None else []
    return [*(f"--{name}" for name in ("overwrite", "verify") if getattr(options, name)), *out]
