"""The commands `submit`, `status`, `logs`, `resume` and `merge`."""

from __future__ import annotations

import argparse
import json
import sys

from cluster import actions
from cluster.job import Job, JobError, Runtime
from cluster.submission import ENGINES, engine_of
from writers.command_line import ended

USER_ERROR = 2
JOB_KEYS = (
    *("scenario", "out", "shards", "tasks", "gpus_per_task", "cpus_per_task"),
    *("memory_gb", "minutes", "runtime", "name"),
)


def main(words: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when all is well, 1 when shards are missing, 2 for an error the user can put right.
    """
    words = sys.argv[1:] if words is None else words
    options, rest = _parser(words).parse_known_args(words)
    if rest and options.command != "submit":
        print(f"error: unknown words: {' '.join(rest)}", file=sys.stderr)
        return USER_ERROR
    try:
        return _run(options, rest)
    except ValueError as error:  # a job, an address or an output that is wrong
        print(f"error: {error}", file=sys.stderr)
    except BrokenPipeError:
        raise  # `ended` knows
    except OSError as error:
        print(f"error: {error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
    return USER_ERROR


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    if options.command == "submit":
        return actions.submit(options.engine, _job(options, rest), options.dry_run)
    if options.command == "status":
        code, text = actions.status(options.path)
        print(json.dumps(text["values"], indent=2) if options.json else "\n".join(text["lines"]))
        return code
    if options.command == "logs":
        print(actions.logs(options.path, options.task), end="")
        return 0
    return actions.resume(options.path, options.dry_run) if options.command == "resume" else actions.merge(options.path)


def _job(options: argparse.Namespace, rest: list[str]) -> Job:
    """Turn the command line into a job; what no option here takes is passed on to `run`.

    Raises:
        JobError: naming the option that is wrong.
    """
    given = vars(options)
    if options.tasks == 0:  # to a job it stands for one task a shard
        raise JobError("--tasks is 0; expected a whole number of 1 or more, or leave it away for one task a shard")
    own = {key: given[key] for key in JOB_KEYS if given[key] is not None}
    apart = {*JOB_KEYS, "command", "engine", "dry_run"}
    settings = {
        key: value for key, value in given.items() if key not in apart and value is not None and value is not False
    }
    return Job(**own, options=tuple(rest), settings=settings)


def _parser(words: list[str]) -> argparse.ArgumentParser:
    """Make the parser; of the engines only the one that is asked for is loaded."""
    parser = argparse.ArgumentParser(prog="./launch.sh", description="Spread a dataset over an engine and watch it.")
    commands = parser.add_subparsers(dest="command", required=True)
    submit = commands.add_parser("submit", help="hand a job over", allow_abbrev=False)
    engines = submit.add_subparsers(dest="engine", required=True)
    for name in ENGINES:
        engine = engines.add_parser(
            name, allow_abbrev=False, epilog="Further options (--frames, --format, ...) are passed on to run."
        )
        _job_options(engine)
        engine.add_argument("--dry-run", action="store_true", help="write the engine's files, hand nothing over")
        if name in words and (declare := getattr(engine_of(name), "add_options", None)):
            declare(engine)
    for name, text in (
        ("status", "count shards: done, running, missing, damaged"),
        ("logs", "show what the tasks have printed"),
        ("resume", "hand over again what is missing"),
        ("merge", "finish the dataset; refuses while shards are missing"),
    ):
        command = commands.add_parser(name, help=text, allow_abbrev=False)
        command.add_argument("path", help="the output: a folder or URL")
        if name == "status":
            command.add_argument("--json", action="store_true", help="as JSON")
        if name == "logs":
            command.add_argument("task", nargs="?", type=int, help="number of a task (default: the first that failed)")
        if name == "resume":
            command.add_argument("--dry-run", action="store_true", help="write the engine's files, hand nothing over")
    return parser


def _job_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", required=True, help="scenario YAML file, or the name of one in scenes/")
    parser.add_argument("--out", required=True, help="folder that every task sees, or a URL such as s3://bucket/herd")
    parser.add_argument("--shards", required=True, type=int, help="shards of the dataset")
    parser.add_argument("--tasks", type=int, help="tasks that share the shards (default: one a shard)")
    parser.add_argument("--gpus-per-task", type=int, default=0, metavar="G", help="GPUs of a task (default: 0)")
    parser.add_argument("--cpus-per-task", type=int, default=1, metavar="C", help="cores of a task (default: 1)")
    parser.add_argument("--memory-gb", type=int, default=8, metavar="GIB", help="memory of a task (default: 8)")
    parser.add_argument("--time", dest="minutes", type=int, default=240, metavar="MIN", help="longest time of a task")
    parser.add_argument("--runtime", choices=Runtime.__args__, default="engine", help="what renders")  # type: ignore[attr-defined]
    parser.add_argument("--name", default="replicant", help="name of the job in the engine's lists")


if __name__ == "__main__":
    sys.exit(ended(main))
