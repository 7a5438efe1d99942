"""The real program on the embedded engine, killed and resumed: few datasets, since each start costs seconds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.chaos.campaign import FORMATS, PATIENCE, Campaign
from tests.storage.object_store import BUCKET

ROOT = Path(__file__).resolve().parents[2]
SCENARIO: dict[str, Any] = {
    "seed": 5,
    "frames": 6,
    "resolution": [48, 32],
    "classes": ["can", "ball"],
    "outputs": ["depth", "instance", "boxes"],
    "quality": {"samples": 1, "denoise": False, "max_bounces": 1},
    "writer": {"samples_per_shard": 2, "preview": 2},
    "scene": {"table": {"table": {"size": [0.9, 0.7]}}, "things": {"household": {"kinds": ["can", "ball"]}}},
    "cameras": {"camera": {"focal_length": 24, "horizontal_aperture": 36, "clipping_range": [0.05, 50]}},
    "randomizers": {
        "places": {
            "scatter": {
                "prims": "^/World/things/[A-Za-z]+_\\d+$",
                "surfaces": "^/World/table/Top/Surface$",
                "yaw": [0, 360],
            }
        },
        "view": {
            "orbit": {
                "prims": "^/World/Cameras/camera$",
                "center": {"distribution.uniform": {"lower": [-0.1, -0.1, 0.76], "upper": [0.1, 0.1, 0.8]}},
                "distance": {"distribution.uniform": {"lower": 0.8, "upper": 1.2}},
                "azimuth": {"distribution.uniform": {"lower": 0, "upper": 360}},
                "elevation": {"distribution.uniform": {"lower": 30, "upper": 60}},
            }
        },
    },
}


class RealRuns:
    """Datasets of `generate.py`, one format and output after another.

    Args:
        campaign: whose store, tally and scratch folder are used.
        seed: of the kills.
    """

    def __init__(self, campaign: Campaign, seed: int) -> None:
        self._campaign, self._random = campaign, Random(seed)
        self._folder = campaign.folder / "real"
        self._folder.mkdir()
        (self._folder / "tiny.yaml").write_text(yaml.safe_dump(SCENARIO, sort_keys=False))
        self._references: dict[str, dict[str, bytes]] = {}

    def dataset(self, number: int) -> None:
        """Make one dataset through a few deaths, and compare it with one that knew none."""
        outputs = self._campaign.outputs
        form, output = FORMATS[number % len(FORMATS)], outputs[number // len(FORMATS) % len(outputs)]
        out, kind = self._place(f"{number}-{form}", output), f"{form} {output} (real)"
        wanted = self._reference(form)
        for _ in range(self._random.randint(2, 4)):
            process = self._start(form, out, output)
            if self._kill_after(process, self._random.randint(0, 6), kind) == 0:
                break
        code = self._start(form, out, output).wait(PATIENCE)
        problems = self._campaign.tally.problems
        if code:
            problems.append(f"{out}: the last run ended with {code}: {self._last_words()}")
        found = self._found(out)
        if found != wanted:
            differ = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
            problems.append(f"{out}: differs from the run that never died in {differ}")
        self._campaign.tally.datasets[kind] += 1
        self._campaign.tally.samples += SCENARIO["frames"]

    def _kill_after(self, process: subprocess.Popen[bytes], changes: int, kind: str) -> int:
        """Kill a process once its output has changed so often, or a moment later."""
        seen, last = 0, self._state()
        while process.poll() is None and seen < changes:
            now = self._state()
            seen, last = seen + (now != last), now
            try:
                process.wait(0.02)
            except subprocess.TimeoutExpired:
                continue
        try:
            return process.wait(self._random.uniform(0, 0.1) if changes else self._random.uniform(0, 4))
        except subprocess.TimeoutExpired:
            pass
        number = signal.SIGTERM if self._random.random() < 0.4 else signal.SIGKILL
        process.send_signal(number)
        code = process.wait(PATIENCE)
        if code not in (0, 85, -signal.SIGKILL, -signal.SIGTERM):
            self._campaign.tally.problems.append(f"{kind}: ended with {code} after {number.name}: {self._last_words()}")
        if code:
            self._campaign.tally.kills[kind] += 1
            self._campaign.tally.signals[number.name] += 1
        return code

    def _state(self) -> list[tuple[str, int]]:
        """Return what lies on this machine: attempts, shards, records."""
        found = []
        for folder, _, names in os.walk(self._folder):  # unlike rglob it does not mind what goes away meanwhile
            for name in names:
                path = os.path.join(folder, name)
                with suppress(FileNotFoundError):
                    found.append((path, os.stat(path).st_size))
        return sorted(item for item in found if "log" not in item[0])

    def _reference(self, form: str) -> dict[str, bytes]:
        if form not in self._references:
            out = self._place(f"reference-{form}", "local")
            if code := self._start(form, out, "local").wait(PATIENCE):
                raise RuntimeError(f"the run that is never killed ended with {code}: {self._last_words()}")
            self._references[form] = self._found(out)
        return self._references[form]

    def _place(self, name: str, output: str) -> str:
        return str(self._folder / name) if output == "local" else f"s3://{BUCKET}/real-{name}"

    def _found(self, out: str) -> dict[str, bytes]:
        if out.startswith("/"):
            files = [path for path in Path(out).rglob("*") if path.is_file()]
            return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}
        prefix, store = out.removeprefix(f"s3://{BUCKET}/") + "/", self._campaign.store
        left = {f"unfinished upload of {key}": b"" for key in store.unfinished(prefix)}
        return left | {key.removeprefix(prefix): data for key, data in store.objects(prefix).items()}

    def _start(self, form: str, out: str, output: str) -> subprocess.Popen[bytes]:
        words = ["--scenario", str(self._folder / "tiny.yaml"), "--out", out, "--format", form]
        words += ["--scratch", str(self._folder / "scratch")]
        script = str(ROOT / "replicator_scripts" / "generate.py")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "REPLICANT_CODE_VERSION": "chaos"}
        if output == "s3":
            environment |= self._campaign.environment()
        with open(self._folder / "log", "ab") as log:
            command = [sys.executable, "-m", "engine", script, *words]
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=self._folder)

    def _last_words(self) -> str:
        return " ".join((self._folder / "log").read_text(errors="replace").strip().splitlines()[-2:])[:400]
