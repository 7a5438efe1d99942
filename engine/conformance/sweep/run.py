"""Run the units of one file in a process of its own and say of each whether it completes, or where it stops."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..run import empty_or_flat, environment, is_hidden
from .units import Unit

PURE = (
    "isaacsim.benchmark.services",
    "isaacsim.replicator.behavior",
    "isaacsim.replicator.domain_randomization",
    "isaacsim.replicator.examples",
    "isaacsim.replicator.experimental.domain_randomization",
    "isaacsim.replicator.episode_recorder",
    "isaacsim.replicator.synthetic_recorder",
    "isaacsim.replicator.writers",
    "isaacsim.test.utils",
)
QUICK = ("--set=/replicant/render/samples=2", "--set=/replicant/render/denoise=false")  # whether, not how it looks
WHEEL_PLACES = ("exts", "extsDeprecated", "isaacsim/exts", "isaacsim/extsDeprecated")
MISSING = (
    (re.compile(r"module '([\w.]+)' has no attribute '(\w+)' in the embedded engine"), "{}.{}"),
    (re.compile(r"No module named '([\w.]+)'"), "{}"),
    (re.compile(r"cannot import name '(\w+)' from '([\w.]+)'"), "{1}.{0}"),
    (re.compile(r"module '([\w.]+)' has no attribute '(\w+)'"), "{}.{}"),
    (re.compile(r"'(\w+)' object has no attribute '(\w+)'"), "{}.{}"),
    (re.compile(r"(\w+)\(\) got an unexpected keyword argument '(\w+)'"), "{}({}=)"),
)
RAISED = re.compile(
    r"^[ \t]*(?:[\w.]*\.)?([A-Z]\w*(?:Error|Exception|Interrupt|Exit|Warning)|AssertionError)\b:? ?(.*)$", re.M
)
SWALLOWED = re.compile(r"^new_layer\('[^']*'\): (.*)$", re.M)  # new_layer prints what is raised inside it and goes on
NO_ASSETS = re.compile(r"downloads\s+none: set|downloads no assets")
VERDICT = re.compile(r"^(test\w+) \(([\w.]+?)\)(?:\n.*?)?? \.\.\. ", re.M)


@dataclass(frozen=True)
class Result:
    """How a unit ended: `completes`, or `stops` at a missing name or an exception."""

    label: str
    remote: bool
    completes: bool
    at: str = ""
    seconds: float = 0.0


def run_file(units: Sequence[Unit], root: Path, work: Path, seconds: float, stand_ins: bool = False) -> list[Result]:
    """Run the units of one file, one process a script or a module of tests.

    Args:
        units: units of the same file.
        root: root of the extracted repository.
        work: folder for working directories and logs.
        seconds: time limit of a script, and of each test.
        stand_ins: give boxes for missing assets.
    """
    first = units[0]
    name = re.sub(r"[^\w.]+", "_", f"{first.release}_{first.path}")[-120:]
    cwd, log = work / name, work / f"{name}.log"
    cwd.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    status = in_process(command(units, root, cwd, stand_ins), cwd, log, seconds * len(units))
    spent = round(time.perf_counter() - start, 1)
    text = log.read_text(encoding="utf-8", errors="replace")
    if not first.test:
        at = script_end(text, status, cwd, seconds)
        return [Result(first.label, first.remote or wants_assets(at), not at, at, spent)]
    ends = test_ends(text, [unit.test for unit in units], status, seconds)
    return [
        Result(unit.label, unit.remote or wants_assets(at), not at, at, spent)
        for unit, at in ((unit, ends[unit.test]) for unit in units)
    ]


def wants_assets(at: str) -> bool:
    """Tell whether a script stops for want of an asset that its own source does not name."""
    return "MissingAssetError" in at or bool(NO_ASSETS.search(at))


def command(units: Sequence[Unit], root: Path, cwd: Path, stand_ins: bool) -> list[str]:
    """Return the command line of a file; scripts render few samples, tests compare pictures and render all."""
    unit = units[0]
    words = [sys.executable, "-m", "engine", *unit.options, *(["--stand-ins"] if stand_ins else [])]
    words += [f"--ext-folder={folder}" for folder in extension_folders(root)]
    words += [f"--set=/omni/replicator/backends/disk/root_dir={cwd}"]
    if unit.test:
        return [*words, "-k", ",".join(unit.test for unit in units), "--test-module", module_name(unit.path, root)]
    return [*words, *QUICK, str(root / unit.path), *unit.arguments]


def extension_folders(root: Path) -> list[Path]:
    """Return the pure Python extensions of a checkout, or of an unzipped wheel."""
    places = ("source/extensions", "source/deprecated", *WHEEL_PLACES)
    found = [root / place / name for place in places for name in PURE]
    return [folder for folder in found if (folder / "config" / "extension.toml").is_file()]


def module_name(path: str, root: Path) -> str:
    """Return the module name of a test file: `<extension>.tests.<name>`."""
    extension = next((part for part in Path(path).parts if part.startswith("isaacsim.")), "")
    return f"{extension}.tests.{Path(path).stem}" if extension else str(root / path)


def in_process(words: Sequence[str], cwd: Path, log: Path, seconds: float) -> int | None:
    """Run a command and return its exit status, or None if the time was not enough; its children end with it."""
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env=environment(cwd),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return None


def script_end(text: str, status: int | None, cwd: Path, seconds: float) -> str:
    """Return where a script stops, or "" if it completes: status 0, no traceback, no empty file, no flat pictures."""
    if status is None:
        return f"not done after {seconds:.0f} s"
    if status or "Traceback (most recent call last)" in text:
        return cause(text) or f"exit status {status}"
    if swallowed := SWALLOWED.search(text):
        return cause(swallowed[1]) or swallowed[1]
    written = [path for path in sorted(cwd.rglob("*")) if path.is_file() and not is_hidden(path, cwd)]
    return empty_or_flat(written) or ""


def test_ends(text: str, tests: Sequence[str], status: int | None, seconds: float) -> dict[str, str]:
    """Return test to where it stops ("" if it passes), from what unittest prints."""
    ends: dict[str, str] = {}
    marks = list(VERDICT.finditer(text))
    if not marks and status is not None:
        return dict.fromkeys(tests, cause(text) or f"exit status {status}")
    sections = dict(failure_sections(text))
    for test in tests:
        case, _, method = test.partition(".")
        seen = [mark for mark in marks if mark[1] == method and f".{case}" in f".{mark[2]}"]
        failed = next((body for head, body in sections.items() if method + " " in head and case in head), None)
        if failed is not None:
            ends[test] = cause(failed) or "failed"
        elif not seen:
            ends[test] = f"not reached in {seconds:.0f} s a test" if status is None else cause(text) or "not run"
        elif status is None and seen[-1] is marks[-1]:
            ends[test] = f"not done after {seconds:.0f} s a test"
        else:
            ends[test] = ""
    return ends


def failure_sections(text: str) -> list[tuple[str, str]]:
    """Return (head, traceback) of each failure that unittest lists at its end."""
    parts = re.split(r"^={70}\n((?:ERROR|FAIL): .*)\n", text, flags=re.M)
    return [(head + " ", body) for head, body in zip(parts[1::2], parts[2::2], strict=True)]


def cause(text: str) -> str:
    """Return the missing name behind the first failure of a log, or its exception, in one line."""
    raised = list(RAISED.finditer(text))
    if not raised:
        return ""
    first = next((match for match in raised if match[1] != "SystemExit"), raised[-1])
    for pattern, form in MISSING:
        if found := pattern.search(first[0]):
            return f"{first[1]}: {form.format(*found.groups())}"
    if NO_ASSETS.search(first[0]):
        return "MissingAssetError: an asset that is not on this machine"
    return f"{first[1]}: {first[2].strip()}"[:160].rstrip(": ")


def save(results: Sequence[Result], file: Path) -> None:
    """Write results as JSON, one a line."""
    lines = ",\n".join(json.dumps(asdict(result)) for result in results)
    file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def load(file: Path) -> list[Result]:
    """Read what `save` wrote."""
    return [Result(**entry) for entry in json.loads(file.read_text(encoding="utf-8"))]
