"""The command line of the scripts, turned into scenario overrides."""

from __future__ import annotations

import argparse
import os
import shlex
from pathlib import Path
from typing import Any

from scenes.scenario import Scenario

ROOT = Path(__file__).resolve().parent.parent
Options = argparse.Namespace
TASK = "REPLICANT_TASK"


def parse(arguments: list[str]) -> Options:
    """Read the command line of `generate.py`."""
    text = "Make a labelled dataset from a scenario. The same command goes on with what was begun."
    parser = argparse.ArgumentParser(prog="./launch.sh run", description=text, allow_abbrev=False)
    parser.add_argument("--scenario", default="pasture", help="scenario YAML file, or the name of one in scenes/")
    parser.add_argument("--frames", type=int, help="number of frames")
    parser.add_argument("--start", type=first_frame, default=0, help="first frame (any frame can be made alone)")
    parser.add_argument("--seed", type=int, help="scenario seed")
    parser.add_argument(
        "--out",
        type=not_empty,
        help="folder or URL (s3://...) of the dataset; one begun there by the same command goes on",
    )
    parser.add_argument("--resolution", type=resolution, metavar="WxH", help="image size in pixels")
    parser.add_argument("--outputs", type=names, metavar="A,B,...", help="comma-separated, e.g. rgb,depth,boxes")
    _add_shard_options(parser)
    _add_process_options(parser)
    options = parser.parse_args(arguments)
    if options.task is None and os.environ.get(TASK):
        options.task = task(os.environ[TASK])
    return options


def _add_shard_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", help="of the shards: webdataset (default), parquet or mds")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--samples-per-shard", type=int, metavar="S", help="most samples in one shard")
    size.add_argument("--shards", type=at_least_one, metavar="N", help="number of shards, instead of their size")
    parser.add_argument("--overwrite", action="store_true", help="replace the dataset of another scenario at --out")
    parser.add_argument("--verify", action="store_true", help="hash the shards that are there; make damaged ones again")


def _add_process_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", metavar="N", help="supervised processes on this machine: a number, or auto")
    parser.add_argument("--gpus", type=names, metavar="A,B,...", help="GPUs to spread workers over (default: all)")
    parser.add_argument(
        "--timeout", type=seconds, metavar="S", help="silence after which a worker hangs (default: learnt)"
    )
    parser.add_argument("--task", type=task, metavar="K/N", help="make only the shards with number %% N == K")
    parser.add_argument(
        "--scratch", type=not_empty, metavar="DIR", help="folder for unfinished shards of remote datasets"
    )
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)  # see replicator_scripts/worker.py


def resolution(text: str) -> list[int]:
    """Read WIDTHxHEIGHT.

    Raises:
        argparse.ArgumentTypeError: for anything else.
    """
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        raise argparse.ArgumentTypeError(f"'{text}' is not a size; expected WIDTHxHEIGHT, e.g. 640x480")
    return [int(part) for part in parts]


def not_empty(text: str) -> str:
    """Read a word that may not be empty, as one is where a shell's variable is not set.

    Raises:
        argparse.ArgumentTypeError: if it is.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty; expected a folder or a URL, or leave the option away")
    return text


def names(text: str) -> list[str]:
    """Read names separated by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def seconds(text: str) -> float:
    """Read a duration in seconds.

    Raises:
        argparse.ArgumentTypeError: unless it is a number above 0.
    """
    if not text.replace(".", "", 1).isdigit() or not float(text) > 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of seconds above 0")
    return float(text)


def at_least_one(text: str) -> int:
    """Read a whole number of 1 or more.

    Raises:
        argparse.ArgumentTypeError: for anything else.
    """
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of 1 or more")
    return int(text)


def task(text: str) -> tuple[int, int]:
    """Read K/N, the K-th (from 0) of N tasks.

    Raises:
        argparse.ArgumentTypeError: for anything else.
    """
    first, slash, second = text.partition("/")
    if not (slash and first.isdigit() and second.isdigit() and int(first) < int(second)):
        raise argparse.ArgumentTypeError(f"'{text}' is not a task; expected K/N with K from 0 to N - 1, e.g. 0/8")
    return int(first), int(second)


def first_frame(text: str) -> int:
    """Read the number of a frame.

    Raises:
        argparse.ArgumentTypeError: unless it is a whole number of 0 or more.
    """
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"'{text}' is not a frame; expected a whole number of 0 or more")
    return int(text)


def overrides(options: Options) -> dict[str, Any]:
    """Return the scenario keys that the command line replaces."""
    given = {key: getattr(options, key) for key in ("frames", "seed", "resolution", "outputs")}
    return {**given, **{f"writer.{key}": getattr(options, key) for key in ("format", "samples_per_shard")}}


def command(scenario: Scenario, options: Options, out: str | None = None) -> str:
    """Give the exact command that makes the dataset again.

    Args:
        scenario: what was made.
        options: the command line.
        out: where; left out of the command where it is None, as in manifests, which hold no place of one machine.
    """
    width, height = scenario.resolution
    file = display(Path(scenario.file)) if out is not None else place(Path(scenario.file))
    words = ["./launch.sh", "run", "--scenario", file, "--frames", str(scenario.frames)]
    words += ["--start", str(options.start)] if options.start else []
    words += ["--seed", str(scenario.seed), "--resolution", f"{width}x{height}"]
    words += ["--outputs", ",".join(scenario.outputs)]
    for name in ("format", "samples_per_shard", "shards"):
        value = getattr(options, name)
        words += [f"--{name.replace('_', '-')}", str(value)] if value is not None else []
    words += ["--out", display_out(out)] if out is not None else []
    return shlex.join(words)


def display(path: Path) -> str:
    """Show a path as it can be typed here: relative in the repository, else absolute."""
    absolute = path.resolve()
    inside = Path.cwd().resolve() == ROOT and absolute.is_relative_to(ROOT)
    return str(absolute.relative_to(ROOT) if inside else absolute)


def display_out(out: str) -> str:
    """Show an output as it can be typed here: a URL as it is, a folder as `display` does."""
    return out if "://" in out else display(Path(out))


def place(path: Path) -> str:
    """Name a file without the folders of one machine: from the repository, or its bare name."""
    absolute = path.resolve()
    return str(absolute.relative_to(ROOT)) if absolute.is_relative_to(ROOT) else path.name
