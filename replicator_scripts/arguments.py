"""The command line of the scripts, turned into scenario overrides."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line of `generate.py`."""
    parser = argparse.ArgumentParser(prog="./launch.sh run", description="Make a labelled dataset from a scenario.")
    parser.add_argument("--scenario", default=str(ROOT / "scenes" / "pasture.yaml"), help="scenario YAML file")
    parser.add_argument("--frames", type=int, help="number of frames")
    parser.add_argument("--start", type=int, default=0, help="first frame (any frame can be made alone)")
    parser.add_argument("--seed", type=int, help="scenario seed")
    parser.add_argument("--out", help="new folder for the dataset")
    parser.add_argument("--resolution", type=resolution, metavar="WxH", help="image size in pixels")
    parser.add_argument("--outputs", type=lambda text: text.split(","), help="comma-separated, e.g. rgb,depth,boxes")
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


def overrides(options: argparse.Namespace) -> dict[str, Any]:
    """Return the scenario keys that the command line replaces."""
    return {key: getattr(options, key) for key in ("frames", "seed", "resolution", "outputs")}


def command(scenario: Any, options: argparse.Namespace, out: Path) -> str:
    """Give the exact command that makes the dataset again."""
    width, height = scenario.resolution
    start = f" --start {options.start}" if options.start else ""
    return (
        f"./launch.sh run --scenario {display(Path(options.scenario))} --frames {scenario.frames}{start} "
        f"--seed {scenario.seed} --resolution {width}x{height} --outputs {','.join(scenario.outputs)} "
        f"--out {display(out)}"
    )


def display(path: Path) -> str:
    """Show a path relative to the repository where it lies inside."""
    absolute = path.resolve()
    return str(absolute.relative_to(ROOT)) if absolute.is_relative_to(ROOT) else str(path)
