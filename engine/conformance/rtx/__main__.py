"""Run NVIDIA's golden tests on the engine and write docs/rtx-parity.md: `python -m engine.conformance.rtx`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from .measure import side_by_side
from .page import write_page
from .run import Result, extensions_folder, run_suite
from .suites import Suite, choose


def parser() -> argparse.ArgumentParser:
    """Return the command line parser."""
    result = argparse.ArgumentParser(prog="python -m engine.conformance.rtx", description=__doc__)
    result.add_argument(
        "--goldens",
        type=Path,
        required=True,
        help="folder of the unzipped wheels isaacsim-replicator and isaacsim-test 6.2 (NVIDIA's terms: fetch them "
        "yourself)",
    )
    result.add_argument("--isaacsim-repo", type=Path, help="checkout of isaac-sim/IsaacSim, for the Cosmos scene")
    result.add_argument("--only", default="", metavar="NAMES", help="suites to run, separated by commas (default all)")
    result.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="folder for logs, images and, of every golden, a row golden | ours | difference",
    )
    result.add_argument("--page", action="store_true", help="write docs/rtx-parity.md and its pictures (ours alone)")
    return result


def main(arguments: list[str] | None = None) -> int:
    """Run the suites, print the table and return 0 if all passed."""
    options = parser().parse_args(arguments)
    try:
        suites = choose(options.only)
        extensions = extensions_folder(options.goldens.expanduser().resolve())
        if options.page and len(suites) != len(choose("")):
            raise ValueError("--page needs every suite; leave --only out")
        if options.page and options.isaacsim_repo is None:
            raise ValueError("--page needs every suite; give --isaacsim-repo for the Cosmos scene")
        with tempfile.TemporaryDirectory(prefix="replicant_rtx_") as temporary:
            work = (options.keep or Path(temporary)).resolve()
            results = run_all(suites, extensions, options.isaacsim_repo, work)
            if options.keep:
                write_rows(results, work / "rows")
            if options.page:
                write_page(results)
    except (FileNotFoundError, ValueError) as error:
        print(f"python -m engine.conformance.rtx: {error}", file=sys.stderr)
        return 2
    passed = sum(result.passed for result in results)
    print(f"\n{passed} of {len(results)} suites passed")
    return 0 if passed == len(results) else 1


def run_all(suites: list[Suite], extensions: Path, isaac: Path | None, work: Path) -> list[Result]:
    """Run suites one after the other and print each as it ends; scripts are left out without a checkout."""
    results = []
    for suite in suites:
        if suite.is_script and isaac is None:
            print(f"{suite.name}: left out, it needs --isaacsim-repo")
            continue
        result = run_suite(suite, extensions, isaac, work)
        verdict = {True: "NVIDIA's test passes", False: "NVIDIA's test FAILS", None: "script"}[result.own_verdict]
        print(f"{suite.name}: {verdict}{': ' + result.reason if result.reason else ''}")
        for one in result.found:
            for found in one.differences:
                overlap = "" if found.iou != found.iou else f", IoU {found.iou:.4f}"
                print(
                    f"    {one.golden.name:44s} {found.name:28s} mean {found.mean:6.2f} of {one.golden.tolerance:4.1f}"
                    f", bias {found.bias:+6.2f}, p95 {found.p95:5.1f}{overlap}"
                )
            if not one.differences:
                print(f"    {one.golden.name:44s} images are missing")
        sys.stdout.flush()
        results.append(result)
    return results


def write_rows(results: list[Result], folder: Path) -> None:
    """Write golden | ours | difference of every pair, for the user's eyes."""
    folder.mkdir(parents=True, exist_ok=True)
    for result in results:
        for one in result.found:
            for golden, ours in one.pairs:
                name = one.golden.folder.strip("_").replace("/", "_")
                side_by_side(golden, ours).save(folder / f"{name}_{golden.stem}.png")


if __name__ == "__main__":
    sys.exit(main())
