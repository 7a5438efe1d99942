"""Run one of NVIDIA's golden tests by its own code, in a process of its own, and compare every image it wrote."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import checkout
from ..run import environment, last_line
from .measure import Difference, difference
from .suites import Golden, Suite

LIMIT_SECONDS = 1800.0
FRAMES = re.compile(r"^NUM_FRAMES = \d+$", re.MULTILINE)


@dataclass(frozen=True)
class Found:
    """What one folder of goldens says about a run.

    Attributes:
        golden: the folder.
        pairs: (golden, ours) of every image.
        differences: of each pair.
    """

    golden: Golden
    pairs: tuple[tuple[Path, Path], ...]
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether there are images and all are within NVIDIA's tolerance."""
        return bool(self.differences) and all(d.mean <= self.golden.tolerance for d in self.differences)


@dataclass(frozen=True)
class Result:
    """How a suite ended.

    Attributes:
        suite: what ran.
        own_verdict: whether NVIDIA's own code called it passed; None for a script, which compares nothing.
        reason: the last line of the log of a run that failed.
        found: comparisons of ours.
    """

    suite: Suite
    own_verdict: bool | None
    reason: str
    found: tuple[Found, ...]

    @property
    def passed(self) -> bool:
        """Whether both NVIDIA's verdict and our comparison say so."""
        return self.own_verdict is not False and not self.reason and all(one.passed for one in self.found)


def extensions_folder(goldens: Path) -> Path:
    """Return the folder of extensions in the unzipped wheels.

    Raises:
        FileNotFoundError: if there is none.
    """
    found = sorted(goldens.glob("**/isaacsim.replicator.writers/config/extension.toml"))
    if not found:
        raise FileNotFoundError(
            f"--goldens '{goldens}': no isaacsim.replicator.writers extension below it; expected the unzipped wheels "
            "isaacsim-replicator and isaacsim-test 6.2"
        )
    return found[0].parent.parent.parent


def run_suite(suite: Suite, extensions: Path, isaac: Path | None, work: Path) -> Result:
    """Run a suite and compare its images.

    Args:
        suite: what to run.
        extensions: folder of the wheels' extensions.
        isaac: checkout of isaac-sim/IsaacSim, for scripts.
        work: folder for the log and the images.
    """
    folder = work / suite.name
    folder.mkdir(parents=True, exist_ok=True)
    log = work / f"{suite.name}.log"
    status = execute(command(suite, extensions, isaac, folder), folder, log)
    verdict = None if suite.is_script else status == 0
    reason = "" if status == 0 else last_line(log)
    return Result(suite, verdict, reason, tuple(compare(golden, extensions, folder) for golden in suite.goldens))


def command(suite: Suite, extensions: Path, isaac: Path | None, folder: Path) -> list[str]:
    """Return the command line of a suite."""
    words = [sys.executable, "-m", "engine", f"--ext-folder={extensions}"]
    words.append(f"--set=/omni/replicator/backends/disk/root_dir={folder}")
    if not suite.is_script:
        return [*words, "--test-module", suite.target, "-k", suite.tests]
    assert isaac is not None
    return [*words, str(shortened(suite, isaac, folder))]


def shortened(suite: Suite, isaac: Path, folder: Path) -> Path:
    """Take a script out of the checkout, with the number of frames that its goldens have.

    Raises:
        ValueError: if it names no number of frames.
    """
    checkout.extract(isaac, [suite.target], folder / "source", prefer="v6.0.1")
    source = (folder / "source" / suite.target).read_text(encoding="utf-8")
    if not FRAMES.search(source):
        raise ValueError(f"'{suite.target}' of '{isaac}' has no line NUM_FRAMES = <number>; expected that of v6.0.1")
    script = folder / Path(suite.target).name
    script.write_text(FRAMES.sub(f"NUM_FRAMES = {suite.frames}", source), encoding="utf-8")
    return script


def execute(words: Sequence[str], folder: Path, log: Path) -> int | None:
    """Run a command whose temporary files go to `folder`; return its exit status, or None where it took too long."""
    with log.open("w", encoding="utf-8") as output:
        try:
            return subprocess.run(
                words,
                cwd=folder,
                env={**environment(folder), "TMPDIR": str(folder)},
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=LIMIT_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            return None


def compare(golden: Golden, extensions: Path, folder: Path) -> Found:
    """Compare each golden image with the one of the same name that a run wrote; missing ones fail the comparison."""
    expected = sorted(extensions.glob(f"*/**/golden/{golden.folder}/{golden.pattern}"))
    written = sorted(folder.glob(golden.output))
    pairs = [(image, written[-1] / image.name) for image in expected if written and (written[-1] / image.name).exists()]
    if len(pairs) < len(expected):
        pairs = []
    areas = golden.kind == "classes"
    return Found(golden, tuple(pairs), tuple(difference(theirs, ours, areas) for theirs, ours in pairs))
