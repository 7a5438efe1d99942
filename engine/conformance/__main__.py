"""Run NVIDIA's published scripts on the engine: `python -m engine.conformance --isaacsim-repo PATH --sde-repo PATH`."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path

from . import checkout, parity, photometry, results
from .rows import EXAMPLES, EXTENSIONS, ISAAC_PATHS, WRITERS, Row, choose
from .run import Outcome, run_row

OLDER = "v5.1.0"
POSE_TEST = f"{WRITERS}/python/tests/test_pose_writer.py"
POSE_GOLDENS = "golden/_out_test_pose*/**/*.png"
LOAD = """\
import importlib.util

spec = importlib.util.spec_from_file_location("published", {path!r})
published = importlib.util.module_from_spec(spec)
spec.loader.exec_module(published)
TestPoseWriter = published.TestPoseWriter
"""
BY_LEVELS = """\
from engine.conformance import photometry

published.compare_images_in_directories = photometry.compare
"""


def parser() -> argparse.ArgumentParser:
    """Return the command line parser."""
    result = argparse.ArgumentParser(prog="python -m engine.conformance", description=__doc__)
    result.add_argument(
        "--isaacsim-repo",
        type=Path,
        help="checkout of isaac-sim/IsaacSim (rows 1-16, 45-49, 53; 17-21 where it has the tag v5.1.0)",
    )
    result.add_argument(
        "--sde-repo",
        type=Path,
        help="checkout of NVIDIA-Omniverse/synthetic-data-examples (rows 25-44, 51, 52, 101-112)",
    )
    result.add_argument(
        "--goldens", type=Path, help="folder of unzipped isaacsim_replicator wheels, for the images of row 1"
    )
    result.add_argument(
        "--rows",
        default="1-53,101-112",
        help="rows to run, such as 1-10,25 (default all; docs/parity.md keeps what they find)",
    )
    result.add_argument(
        "--sweep",
        action="store_true",
        help="run every public script without robot, LiDAR or window in place of the rows (--sweep --help)",
    )
    result.add_argument("--no-record", action="store_true", help="leave results.json and docs/parity.md as they are")
    result.add_argument("--keep", type=Path, help="folder to keep every row's files and log in")
    return result


def main(arguments: list[str] | None = None) -> int:
    """Run the rows, print the table and return 0 if every row passed; `--sweep` runs the sweep with the rest."""
    given_words = list(sys.argv[1:] if arguments is None else arguments)
    if "--sweep" in given_words:
        from .sweep.__main__ import main as sweep

        return sweep([word for word in given_words if word != "--sweep"])
    options = parser().parse_args(given_words)
    try:
        rows = choose(options.rows)
        isaac = options.isaacsim_repo
        older = isaac if isaac is not None and checkout.has_revision(isaac, OLDER) else None
        given = {"A": isaac, "A51": older, "B": options.sde_repo, "C": isaac, "CB": options.sde_repo}
        wanted = [row for row in rows if given[row.tier] is not None and has_package(row.needs)]
        if not wanted:
            raise ValueError("nothing to run: give --isaacsim-repo for rows 1-21, --sde-repo for rows 25-44")
        with tempfile.TemporaryDirectory(prefix="replicant_conformance_") as temporary:
            work = options.keep or Path(temporary)
            outcomes = run_rows(wanted, given, options.goldens, work.resolve())
    except (FileNotFoundError, ValueError) as error:
        print(f"python -m engine.conformance: {error}", file=sys.stderr)
        return 2
    if not options.no_record:
        results.keep_rows(outcomes)
        parity.main()
    passed = sum(outcome.passed for outcome in outcomes)
    without = [row.label for row in rows if row not in wanted]
    left_out = (
        f"; {', '.join(without)} left out (no checkout given, not of that version, or torch missing)" if without else ""
    )
    print(f"\n{passed} of {len(outcomes)} rows passed{left_out}")
    return 0 if passed == len(outcomes) else 1


def has_package(name: str) -> bool:
    """Tell whether a package can be imported ("" can)."""
    return not name or importlib.util.find_spec(name) is not None


def prepare(rows: list[Row], given: dict[str, Path | None], goldens: Path | None, work: Path) -> dict[str, Path]:
    """Take what the rows need out of the checkouts and return where each tier's files are.

    Raises:
        FileNotFoundError: if a checkout holds none of it, or the golden images are missing.
    """
    sources = {tier: work / f"sources_{tier}" for tier in given}
    wanted = {row.tier for row in rows}
    sources |= {"C": sources["A"], "CB": sources["B"]}
    if (isaac := given["A"]) is not None and wanted & {"A", "C"}:
        checkout.extract(isaac, ISAAC_PATHS, sources["A"], prefer="v6.0.1")
        if goldens is not None and checkout.overlay_goldens(goldens, sources["A"] / WRITERS) == 0:
            raise FileNotFoundError(f"--goldens '{goldens}': no golden/_out_*/**/*.png below it")
    if (older := given["A51"]) is not None and "A51" in wanted:
        checkout.extract_revision(older, [EXAMPLES], sources["A51"], OLDER)
    if (examples := given["B"]) is not None and wanted & {"B", "CB"}:
        files = [file for row in rows if row.tier in ("B", "CB") for file in row.sources]
        checkout.extract(examples, files, sources["B"])
    return sources


def run_rows(rows: list[Row], given: dict[str, Path | None], goldens: Path | None, work: Path) -> list[Outcome]:
    """Run each row in its own process and print it as it ends."""
    sources = prepare(rows, given, goldens, work)
    folders = [sources["A"] / path for path in EXTENSIONS if (sources["A"] / path).is_dir()]
    outcomes = []
    print(f"{'row':>3} {'seconds':>8}  result  what")
    pointers = photometry.are_pointers((sources["A"] / WRITERS).rglob(POSE_GOLDENS))
    for row in rows:
        target = pose_test(sources["A"], work, pointers) if row.number == 1 else None
        outcome = run_row(
            row, sources[row.tier], folders if row.tier in ("A", "C") and not row.alone else [], work, target
        )
        note = " (goldens are LFS pointers: JSON compared, images by their levels)" if target and pointers else ""
        print(
            f"{row.label:>3s} {outcome.seconds:8.1f}  {outcome.word:6s}  {row.title}{note}{outcome.reason}", flush=True
        )
        outcomes.append(outcome)
    return outcomes


def pose_test(sources: Path, work: Path, pointers: bool) -> Path:
    """Write a test file that takes the published test by its path, for its package imports what it does not need."""
    file = work / "pose_writer_test.py"
    file.write_text(LOAD.format(path=str(sources / POSE_TEST)) + (BY_LEVELS if pointers else ""), encoding="utf-8")
    return file


if __name__ == "__main__":
    sys.exit(main())
