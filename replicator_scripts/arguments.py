"""The command line of the scripts, turned into scenario overrides."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from scenes.scenario import Scenario

ROOT = Path(__file__).resolve().parent.parent
Options = argparse.Namespace


def parse(arguments: list[str]) -> Options:
    """Read the command line of `generate.py`."""
    parser = argparse.ArgumentParser(prog="./launch.sh run", description="Make a labelled dataset from a scenario.")
    parser.add_argument("--scenario", default="pasture", help="scenario YAML file, or the name of one in scenes/")
    parser.add_argument("--frames", type=int, help="number of frames")
    parser.add_argument("--start", type=first_frame, default=0, help="first frame (any frame can be made alone)")
    parser.add_argument("--seed", type=int, help="scenario seed")
    parser.add_argument("--out", help="new folder for the dataset")
    parser.add_argument("--resolution", type=resolution, metavar="WxH", help="image size in pixels")
    parser.add_argument("--outputs", type=names, metavar="A,B,...", help="comma-separated, e.g. rgb,depth,boxes")
    parser.add_argument("--overwrite", action="store_true", help="replace an existing output folder")
    return parser.parse_args(arguments)


def resolution(text: str) -> list[int]:
    """Read WIDTHxHEIGHT.

    Raises:
        argparse.ArgumentTypeError: for anything else.
    """
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        raise argparse.ArgumentTypeError(f"'{text}' is not a size; expected WIDTHxHEIGHT, e.g. 640x480")
    return [int(part) for part in parts]


def names(text: str) -> list[str]:
    """Read names separated by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


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
    return {key: getattr(options, key) for key in ("frames", "seed", "resolution", "outputs")}


def command(scenario: Scenario, options: Options, out: Path | None = None) -> str:
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
    words += ["--out", display(out)] if out is not None else []
    return shlex.join(words)


def display(path: Path) -> str:
    """Show a path as it can be typed here: relative in the repository, else absolute."""
    absolute = path.resolve()
    inside = Path.cwd().resolve() == ROOT and absolute.is_relative_to(ROOT)
    return str(absolute.relative_to(ROOT) if inside else absolute)


def place(path: Path) -> str:
    """Name a file without the folders of one machine: from the repository, or its bare name."""
    absolute = path.resolve()
    return str(absolute.relative_to(ROOT)) if absolute.is_relative_to(ROOT) else path.name
