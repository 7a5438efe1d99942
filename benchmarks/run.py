"""Measure the engine beside others on one scene: `./launch.sh bench [--quick] [--envs DIR]`.

Each measurement is a process of its own, in the environment of its engine. Figures of one run may be compared with
each other; figures of two runs may not, unless the machine was idle in both.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import machine
import report
from cases import CASES, Case, ratios, targets
from environments import DEFAULT_FOLDER, NAMES, EnvironmentMissing, ensure
from measure import MARK

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SCRIPTS = {"ours": "ours.py", "newton": "newton_camera.py", "blenderproc": "blenderproc_scene.py"}
PARTS = ("speed", "first_frame", "memory", "agreement")
ALONE = {"datasets": "dataset_costs", "infrared": "infrared_costs"}  # measured with our engine alone
TIME_LIMIT = 1200.0  # seconds for one process


class MeasurementFailed(RuntimeError):
    """A measured process ended badly."""


class Bench:
    """Starts measured processes."""

    def __init__(self, pythons: dict[str, Path], cache: Path) -> None:
        self.pythons = pythons
        self._variables = os.environ | {"WARP_CACHE_PATH": str(cache / "warp")}

    def engine(self, engine: str, *arguments: str) -> dict[str, Any]:
        """Run an engine's scene script and return its result line."""
        return self.script(engine, SCRIPTS[engine], *arguments)

    def script(self, engine: str, file: str, *arguments: str) -> dict[str, Any]:
        """Run a script in an engine's environment and return its result line ({} if it prints none)."""
        runner = [str(self.pythons[engine]), *(["-m", "engine"] if engine == "ours" else [])]
        lines = self.run([*runner, str(HERE / file), *arguments]).splitlines()
        marked = [line for line in lines if line.startswith(MARK)]
        return json.loads(marked[-1].removeprefix(MARK)) if marked else {}

    def run(self, command: Sequence[str]) -> str:
        """Run a command in the checkout; returns what it printed.

        Raises:
            MeasurementFailed: if it fails or takes too long.
        """
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=self._variables, capture_output=True, text=True, check=False, timeout=TIME_LIMIT
            )
        except subprocess.TimeoutExpired:
            raise MeasurementFailed(f"{' '.join(command)}: not done after {TIME_LIMIT:.0f} s") from None
        if done.returncode:
            last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
            raise MeasurementFailed(f"{' '.join(command)}: exit status {done.returncode}\n{last}")
        return done.stdout


def measure_speed(bench: Bench, quick: bool) -> tuple[dict[str, Any], list[str]]:
    """Measure every case whose engine is there, engines taking turns; returns results and failures."""
    runs: dict[str, list[dict[str, Any]]] = {}
    failures: list[str] = []
    for turn in range(1 if quick else max(case.rounds for case in CASES)):
        for case in CASES:
            if case.engine in bench.pythons and turn < case.rounds and case.name not in failures:
                say(f"{case.name}, round {turn + 1}")
                try:
                    runs.setdefault(case.name, []).append(measure_case(bench, case, quick))
                except MeasurementFailed as error:
                    failures.append(case.name)
                    print(f"bench: {case.name} failed: {error}", file=sys.stderr)
    return {name: median_run(found) for name, found in runs.items() if found}, failures


def measure_case(bench: Bench, case: Case, quick: bool) -> dict[str, Any]:
    """Run one case once."""
    frames = str(case.quick if quick else case.frames)
    result = bench.engine(case.engine, "--mode", case.mode, "--frames", frames)
    if "cpu_per_frame" not in result:
        raise MeasurementFailed(f"{SCRIPTS[case.engine]} --mode {case.mode} printed no result line")
    return result


def median_run(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the run with the median CPU-seconds a frame (the lower of the middle two), and all of them."""
    ranked = sorted(runs, key=lambda run: run["cpu_per_frame"])
    return ranked[(len(ranked) - 1) // 2] | {"rounds": [run["cpu_per_frame"] for run in runs]}


def measure_first_frame(bench: Bench, quick: bool) -> dict[str, Any]:
    """Start `./launch.sh script first_frame.py` several times: start of the process to the last file of its frame."""
    walls, spent, sizes = [], [], []
    for _ in range(1 if quick else 5):
        with tempfile.TemporaryDirectory() as out:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            began = time.time_ns()
            command = [str(ROOT / "launch.sh"), "script", str(HERE / "first_frame.py"), out, "--runtime", "engine"]
            bench.run(command)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            files = [p.stat() for p in Path(out).rglob("*") if p.is_file() and "0000" in p.name]
            if not files:
                raise MeasurementFailed("first_frame.py wrote no file of frame 0000")
            walls.append((max(f.st_mtime_ns for f in files) - began) / 1e9)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            sizes = [f.st_size for f in files]
    return {
        "wall": round(statistics.median(walls), 2),
        "cpu": round(statistics.median(spent), 2),
        "walls": [round(w, 2) for w in walls],
        "runs": len(walls),
        "files": len(sizes),
        "bytes": sum(sizes),
    }


def measure_memory(bench: Bench, quick: bool) -> dict[str, Any]:
    """Run `memory.py` for labels and for colour."""
    frames = {"labels": 100 if quick else 1000, "realtime": 40 if quick else 250}
    found = {}
    for mode, count in frames.items():
        say(f"memory, {mode}, {count} frames")
        found[mode] = bench.script("ours", "memory.py", "--mode", mode, "--frames", str(count))
    return found


def measure_agreement(bench: Bench) -> dict[str, Any]:
    """Let every engine save view 0 and compare them in pairs."""
    from agreement import compare_all

    with tempfile.TemporaryDirectory() as name:
        views = {}
        for engine in bench.pythons:
            say(f"agreement, {engine}")
            views[engine] = Path(name) / f"{engine}.npz"
            bench.engine(engine, "--save", str(views[engine]))
        return compare_all(views)


def say(text: str) -> None:
    """Print what is going on."""
    print(f"bench: {text}", flush=True)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="./launch.sh bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few frames, one round: figures are rough")
    parser.add_argument("--envs", type=Path, default=DEFAULT_FOLDER, metavar="DIR", help="where environments are kept")
    parser.add_argument("--name", default="latest", help="name of the result file (default latest)")
    parser.add_argument("--engines", default=",".join(SCRIPTS), help="which engines (default all), separated by commas")
    parser.add_argument("--only", choices=tuple(ALONE), help="measure the writing of datasets, or infrared, instead")
    parser.add_argument("--parts", default=",".join(PARTS), help="which parts (default all), separated by commas")
    chosen = parser.parse_args()
    for option, known in (("engines", tuple(SCRIPTS)), ("parts", PARTS)):
        given = getattr(chosen, option).split(",")
        for word in given:
            if word not in known:
                parser.error(f"--{option}: '{word}' is unknown; expected some of {', '.join(known)}")
        setattr(chosen, option, given)
    return chosen


def prepare(options: argparse.Namespace) -> tuple[Bench, list[str]]:
    """Make the environments; returns the bench and what could not be made."""
    pythons, failures = {"ours": Path(sys.executable)}, []
    for name in NAMES:
        if name in options.engines:
            try:
                pythons[name] = ensure(name, options.envs)
            except EnvironmentMissing as error:
                failures.append(name)
                print(f"bench: {name} is left out: {error}", file=sys.stderr)
    if "ours" not in options.engines:
        del pythons["ours"]
    return Bench(pythons, options.envs), failures


def measure(bench: Bench, options: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Measure the chosen parts; returns results and failures."""
    results: dict[str, Any] = {"name": options.name, "quick": options.quick, "machine": machine.describe()}
    if "newton" in bench.pythons and "speed" in options.parts:
        say("newton, compiling its kernels once")
        for mode in ("labels", "realtime"):
            bench.engine("newton", "--mode", mode, "--frames", "1")
    speed, failures = measure_speed(bench, options.quick) if "speed" in options.parts else ({}, [])
    results |= {"speed": speed, "ratios": ratios(speed)}
    others = {
        "first_frame": lambda: measure_first_frame(bench, options.quick),
        "memory": lambda: measure_memory(bench, options.quick),
        "agreement": lambda: measure_agreement(bench),
    }
    for part, function in others.items():
        if part in options.parts and "ours" in bench.pythons:
            say(part.replace("_", " "))
            try:
                results[part] = function()
            except MeasurementFailed as error:
                failures.append(part)
                print(f"bench: {part} failed: {error}", file=sys.stderr)
    return results | {"targets": targets(results)}, failures


def main() -> int:
    """Measure, write the results, print the tables."""
    options = arguments()
    if options.only:
        costs = importlib.import_module(ALONE[options.only])
        return int(costs.run(Bench({"ours": Path(sys.executable)}, options.envs), options, say))
    began = time.perf_counter()
    bench, failures = prepare(options)
    results, failed = measure(bench, options)
    failures += failed
    results |= {"failed": failures, "seconds": round(time.perf_counter() - began)}
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    file = folder / f"{options.name}.json"
    file.write_text(json.dumps(results, indent=1) + "\n")
    print(report.render(results))
    if not options.quick and not failures and set(options.parts) == set(PARTS):
        report.write(HERE / "README.md", results)
    print(f"bench: {results['seconds']} s; wrote {file}" + (f"; FAILED: {', '.join(failures)}" if failures else ""))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
