"""Look at datasets: `./launch.sh inspect PATH [KEY]`, `stats PATH`, `verify PATH`, `diff A B`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from writers.command_line import ended
from writers.inspection.opening import opened


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser(prog="./launch.sh", description="look at datasets, wherever they lie")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    each = commands.add_parser("inspect", help="show a sample: members, shapes, ranges, objects, a picture")
    each.add_argument("path", metavar="PATH", help="folder or URL of a dataset")
    each.add_argument("key", metavar="KEY", nargs="?", help="of the sample, e.g. 000000012 (default: the first)")
    each.add_argument("--out", type=Path, metavar="PNG", help="where the picture goes (default: inspect-KEY.png)")
    each = commands.add_parser("stats", help="count samples, bytes, classes, sizes; depth range, brightness")
    each.add_argument("path", metavar="PATH")
    each.add_argument("--json", action="store_true", help="print JSON")
    each.add_argument("--labels-only", action="store_true", help="decode no images: no depth, no brightness")
    each = commands.add_parser(
        "verify", help="check hashes, samples, keys, counts, manifest; exit 1 if anything is wrong"
    )
    each.add_argument("path", metavar="PATH")
    each.add_argument("--decode", action="store_true", help="also decode every member of every sample")
    each.add_argument("--partial", action="store_true", help="shards that are not there yet are no fault")
    each = commands.add_parser("diff", help="compare two datasets; exit 0 if they are the same, 1 if not")
    each.add_argument("a", metavar="A")
    each.add_argument("b", metavar="B")
    each.add_argument("--samples", action="store_true", help="only the samples count, not how they were asked for")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns 0, 1 where verify or diff found something, 2 for what the user can put right."""
    options = parser().parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except BrokenPipeError:
        raise  # `ended` knows
    except (ValueError, LookupError, OSError) as error:
        text = error.args[0] if isinstance(error, LookupError) and error.args else error
        print(f"{options.command}: {text}", file=sys.stderr)
        return 2


def _inspect(options: argparse.Namespace) -> int:
    from writers.inspection.show import describe, first_key, save_picture

    dataset = opened(options.path)
    sample = dataset.sample(options.key or first_key(dataset))
    for line in describe(dataset, sample):
        print(line)
    out = options.out or Path(f"inspect-{sample.key}.png")
    save_picture(sample, out)
    print(f"\npicture   {out}")
    return 0


def _stats(options: argparse.Namespace) -> int:
    from writers.inspection.stats import collect, report

    found = collect(opened(options.path), not options.labels_only)
    print(json.dumps(found, indent=1) if options.json else "\n".join(report(found)))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from writers.inspection.verify import Verifier

    verifier, faults = Verifier(opened(options.path), options.decode, options.partial), 0
    for line in verifier.problems():
        faults += 1
        print(f"WRONG  {line}", flush=True)
    read = f"{verifier.shards} shard(s), {verifier.samples} sample(s)"
    print(f"{read}: {f'{faults} fault(s)' if faults else 'everything is as it should be'}")
    return int(faults > 0)


def _diff(options: argparse.Namespace) -> int:
    from writers.inspection.compare import compare, report

    found = compare(opened(options.a), opened(options.b))
    for line in report(found):
        print(line)
    return int(not found.samples_equal or (bool(found.plan) and not options.samples))


COMMANDS = {"inspect": _inspect, "stats": _stats, "verify": _verify, "diff": _diff}

if __name__ == "__main__":
    sys.exit(ended(main))
