"""Write a dataset in another format: `./launch.sh export FORMAT PATH --out DIR [options of the format]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from writers.command_line import ended
from writers.exports import FORMATS, export, options_of
from writers.exports.whole import OutputExistsError
from writers.inspection.opening import opened

LISTS = {"classes": str, "stuff": str, "split": int}
HELP = {
    "classes": "which classes, separated by commas; they are numbered in this order",
    "images": "copy or none",
    "image": "output whose pictures are used, e.g. rgb, thermal_lwir, thermal_lwir.tlinear",
    "encoding": "jpg, as FLIR has them, or kept: as the dataset has them",
    "thermal": "output whose pictures are the thermal ones, e.g. thermal_lwir",
    "stuff": "classes that are stuff, not things, separated by commas",
    "task": "detect, segment, pose or obb",
    "split": "shares of train, val and test",
    "boxes": "loose (whole object) or tight (visible pixels)",
    "frame": "level (exact) or camera (P2 = [K | 0])",
    "up": "the world's vertical axis: z or y",
    "objects": "what obj_id stands for: class or model",
    "part": "name of the folder of scenes",
    "shard_images": "most images in a shard",
}


def parser() -> argparse.ArgumentParser:
    """Describe the command line: a subcommand a format, with the options of its function."""
    top = argparse.ArgumentParser(prog="./launch.sh export", description="write a dataset in another format")
    formats = top.add_subparsers(dest="format", required=True, metavar="FORMAT")
    for name, text in FORMATS.items():
        each = formats.add_parser(name, help=text, description=text)
        each.add_argument("path", metavar="PATH", help="folder or URL of the dataset")
        each.add_argument("--out", required=True, type=Path, help="folder to make; it must not be there yet")
        for option, default in options_of(name).items():
            shown = ",".join(map(str, default)) if isinstance(default, tuple) else default or "all"
            kind = _list_of(LISTS[option]) if option in LISTS else type(default)
            text = f"{HELP[option]} (default: {shown})"
            each.add_argument(f"--{option.replace('_', '-')}", dest=option, type=kind, help=text)
    return top


def _list_of(kind: type) -> Any:
    def words(text: str) -> list[Any]:
        return [kind(word.strip()) for word in text.split(",") if word.strip()]

    words.__name__ = f"list of {kind.__name__}"  # argparse names it in errors
    return words


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns 0, 2 for what the user can put right, 74 where the output cannot be written."""
    options = vars(parser().parse_args(arguments))
    name, path, out = options.pop("format"), options.pop("path"), options.pop("out")
    try:
        counts = export(name, opened(path), out, **options)
    except (ValueError, OutputExistsError) as error:
        print(f"export: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        raise  # `ended` knows
    except OSError as error:
        print(f"export: {out} was not made: {error}", file=sys.stderr)
        return 74
    print(f"{name}: {', '.join(f'{count} {what}' for what, count in counts.items())} in {out}")
    for part in ("train", "val"):
        if counts.get(part) == 0:
            print(f"note: no frame fell into {part}; give another --split, or make more frames")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
