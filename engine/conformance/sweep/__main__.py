"""Run every public script that needs no robot, LiDAR or window (`python -m engine.conformance.sweep --help`)."""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from .. import checkout
from . import run
from .units import Unit, collect

TAGS = {"6.0.1": "v6.0.1", "5.1.0": "v5.1.0"}
FOLDERS = ("source/standalone_examples", "source/extensions", "source/deprecated", "skills")
TEXTS = (":(glob)**/*.py", ":(glob)**/*.yaml", ":(glob)**/*.usda")


def parser() -> argparse.ArgumentParser:
    """Return the command line parser."""
    result = argparse.ArgumentParser(prog="python -m engine.conformance.sweep", description=__doc__)
    result.add_argument("--isaacsim-repo", type=Path, help="git checkout of isaac-sim/IsaacSim with its tags")
    result.add_argument("--sde-repo", type=Path, help="git checkout of NVIDIA-Omniverse/synthetic-data-examples")
    result.add_argument("--wheels", type=Path, help="folder of unzipped isaacsim-replicator and isaacsim-test wheels")
    result.add_argument("--results", type=Path, default=Path("sweep.json"), help="file of results, read and written")
    result.add_argument("--again", choices=["all", "failed", "new"], default="all", help="which to run (default all)")
    result.add_argument("--only", default="", help="run only units whose label holds one of these, split by commas")
    result.add_argument("--remote", choices=["no", "yes", "both"], default="no", help="those that need remote assets")
    result.add_argument("--stand-ins", action="store_true", help="give boxes for missing assets")
    result.add_argument("--seconds", type=float, default=240.0, help="time limit of a script and of a test")
    result.add_argument("--gaps", type=Path, help="file for the missing names and the scripts that want them")
    result.add_argument("--keep", type=Path, help="folder to keep sources, working directories and logs in")
    result.add_argument("--record", action="store_true", help="take the results into docs/parity.md")
    result.add_argument("--list", action="store_true", help="list the units and why others are left out, run none")
    return result


def main(arguments: list[str] | None = None) -> int:
    """Run the sweep, print each unit as it ends, and return 0 if all completed."""
    options = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="replicant_sweep_") as temporary:
        work = (options.keep or Path(temporary)).resolve()
        try:
            roots = sources(options, work)
        except (FileNotFoundError, ValueError) as error:
            print(f"python -m engine.conformance.sweep: {error}", file=sys.stderr)
            return 2
        seen: set[str] = set()
        units = [unit for release, root in roots.items() for unit in collect(root, release, seen)]
        if options.list:
            for unit in units:
                print(f"{unit.left_out or 'run':7s} {'remote' if unit.remote else '-':6s} {unit.label}")
            return 0
        old = {r.label: r for r in run.load(options.results)} if options.results.is_file() else {}
        wanted = [unit for unit in units if is_wanted(unit, old, options)]
        results = run_all(wanted, roots, work, options, old)
    if options.gaps:
        options.gaps.write_text(gaps(results), encoding="utf-8")
    if options.record:
        from .. import parity
        from ..results import keep_sweep

        keep_sweep(results)
        parity.main()
    print(summary(results))
    return 0 if all(result.completes for result in results) else 1


def sources(options: argparse.Namespace, work: Path) -> dict[str, Path]:
    """Extract the repositories and return release to root.

    Raises:
        ValueError: if no repository is given.
    """
    roots: dict[str, Path] = {}
    if options.isaacsim_repo:
        for release, tag in TAGS.items():
            roots[release] = taken(options.isaacsim_repo, tag, FOLDERS, work / f"sources_{release}")
    if options.sde_repo:
        roots["sde"] = taken(options.sde_repo, "HEAD", TEXTS, work / "sources_sde")
    if options.wheels:
        roots["6.2"] = options.wheels.resolve()
        for root in (roots[release] for release in TAGS if release in roots):  # over the pointers of Git LFS
            checkout.overlay_goldens(options.wheels, root)
    if not roots:
        raise ValueError("nothing to sweep: give --isaacsim-repo, --sde-repo or --wheels")
    return roots


def taken(repository: Path, revision: str, paths: Sequence[str], target: Path) -> Path:
    """Extract paths of a revision once and return where they are."""
    if not target.is_dir():
        target.mkdir(parents=True)
        present = [path for path in paths if path.startswith(":") or checkout.holds(repository, revision, path)]
        checkout.extract_revision(repository, present, target, revision)
        checkout.drop_pointers(target)
    return target


def is_wanted(unit: Unit, old: dict[str, run.Result], options: argparse.Namespace) -> bool:
    """Tell whether the options ask for a unit to be run."""
    if unit.left_out or (options.remote != "both" and unit.remote != (options.remote == "yes")):
        return False
    if options.only and not any(part in unit.label for part in options.only.split(",")):
        return False
    known = old.get(unit.label)
    return options.again == "all" or known is None or (options.again == "failed" and not known.completes)


def run_all(
    units: Sequence[Unit], roots: dict[str, Path], work: Path, options: argparse.Namespace, old: dict[str, run.Result]
) -> list[run.Result]:
    """Run units file by file, print and save as they end, and return all results known."""
    known = dict(old)
    for (release, _), group in itertools.groupby(units, key=lambda unit: (unit.release, unit.path)):
        for result in run.run_file(list(group), roots[release], work, options.seconds, options.stand_ins):
            known[result.label] = result
            print(f"{'completes' if result.completes else 'stops':9s} {result.label}  {result.at}", flush=True)
        run.save([known[label] for label in sorted(known)], options.results)
    return [known[label] for label in sorted(known)]


def gaps(results: Sequence[run.Result]) -> str:
    """Return a page: each place where scripts stop, those with most scripts first, and the scripts."""
    stops: dict[str, list[str]] = {}
    for result in results:
        if not result.completes:
            stops.setdefault(result.at, []).append(result.label)
    lines = ["# Where the sweep's scripts stop", ""]
    for at, labels in sorted(stops.items(), key=lambda item: (-len(item[1]), item[0])):
        lines += [f"- **{at}** ({len(labels)})", *(f"  - {label}" for label in labels)]
    return "\n".join(lines) + "\n"


def summary(results: Sequence[run.Result]) -> str:
    """Return the figures in two lines: scripts and tests, files."""
    lines = []
    for remote, words in ((False, "without remote assets"), (True, "with remote assets")):
        chosen = [result for result in results if result.remote == remote]
        files = Counter(result.label.partition("::")[0] for result in chosen)
        bad = {result.label.partition("::")[0] for result in chosen if not result.completes}
        good = sum(result.completes for result in chosen)
        lines.append(f"{words}: {good} of {len(chosen)} complete; files: {len(files) - len(bad)} of {len(files)}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
