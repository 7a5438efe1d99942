"""The infrared benchmark's own arithmetic, and every mode of it once, small."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "benchmarks"


@pytest.fixture(autouse=True)
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


def results(buffers: float, lwir: float) -> dict[str, Any]:
    from infrared_costs import CASES, derived, median_of, targets

    cost = dict.fromkeys((case.mode for case in CASES), 0.5) | {"sources": 0.08, "buffers": buffers, "lwir": lwir}
    frames = {mode: median_of([{"cpu_per_frame": v, "wall_per_frame": v, "peak_mb": 200}]) for mode, v in cost.items()}
    found: dict[str, Any] = {"name": "x", "quick": True, "size": "640x480", "frames": frames}
    found["machine"] = {"cores": 2, "processor": "p", "memory_gb": 8, "python": "3.11", "load_before": 0.1}
    found["parts"] = {"lens": {"cpu_ms": 1.5, "bytes": 0}, "thermal_lwir.tlinear": {"cpu_ms": 2.0, "bytes": 2500}}
    found["derived"] = derived(frames)
    return found | {"targets": targets(found)}


def test_targets_are_judged() -> None:
    assert [t["met"] for t in results(0.13, 0.5)["targets"]] == [True, True]
    assert [t["met"] for t in results(0.1311, 0.501)["targets"]] == [False, False]
    assert results(0.13, 0.25)["derived"]["lwir_to_rgb"] == pytest.approx(0.5)
    assert results(0.13, 0.5)["derived"]["both_to_one_after_the_other"] == pytest.approx(0.5)


def test_the_median_of_rounds() -> None:
    from infrared_costs import median_of

    found = median_of([{"cpu_per_frame": v} for v in (3.0, 1.0, 2.0)])
    assert (found["cpu_per_frame"], found["rounds"]) == (2.0, [3.0, 1.0, 2.0])


def test_tables_show_a_miss() -> None:
    from infrared_costs import CASES
    from infrared_report import render

    text = render(results(0.2, 0.4), CASES)
    assert "| thermal from buffers beside the buffers, CPU-s a frame | 0.05 | 0.12 | **no** |" in text
    assert "| path-traced LWIR over RGB at equal samples, CPU | 1.0 | 0.8 | yes |" in text
    assert "| thermal_lwir.tlinear | 2.00 | 2.5 |" in text and "| lens | 1.50 |  |" in text
    assert all(f"| {case.title} |" in text for case in CASES)


def test_the_page_has_a_place_for_the_tables() -> None:
    from infrared_report import BEGIN, END

    page = (HERE / "README.md").read_text()
    assert page.index(BEGIN) < page.index(END)


class FakeBench:
    """Answers as measured processes would."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def script(self, engine: str, file: str, *words: str) -> dict[str, Any]:
        self.asked.append(words)
        if "sensors" in words:
            return {"parts": {"lens": {"cpu_ms": 1.0, "bytes": 0}}}
        return {"cpu_per_frame": 0.1 + 0.01 * len(self.asked), "wall_per_frame": 0.1, "peak_mb": 200}


@pytest.mark.parametrize("quick", [True, False])
def test_a_run_writes_its_results_and_the_page(quick: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import infrared_costs
    from infrared_report import BEGIN, END

    monkeypatch.setattr(infrared_costs, "HERE", tmp_path)
    (tmp_path / "README.md").write_text(f"{BEGIN}\nnothing yet\n{END}\n")
    bench = FakeBench()
    options = argparse.Namespace(name="latest", quick=quick)
    assert infrared_costs.run(bench, options, lambda text: None) == 0
    rounds = 1 if quick else infrared_costs.ROUNDS
    assert len(bench.asked) == rounds * len(infrared_costs.CASES) + 1
    found = json.loads((tmp_path / "results" / "infrared.json").read_text())
    assert all(len(run["rounds"]) == rounds for run in found["frames"].values()) and len(found["targets"]) == 2
    assert ("nothing yet" in (tmp_path / "README.md").read_text()) == quick


def run(mode: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "engine", "benchmarks/infrared_run.py", "--mode", mode]
    command += ["--frames", "1", "--samples", "1", "--size", "64x48"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    return dict(json.loads(line.removeprefix("RESULT ")))


@pytest.mark.parametrize("mode", ["lwir_mwir", "buffers", "sensors"])
def test_a_mode_runs(mode: str) -> None:
    found = run(mode)
    if mode == "sensors":
        assert {f"thermal_lwir.{name}" for name in ("tlinear", "raw16", "agc", "radiance")} < set(found["parts"])
        assert all(part["cpu_ms"] >= 0 for part in found["parts"].values())
    else:
        assert found["frames"] == 1 and found["cpu_per_frame"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["rgb", "lwir", "mwir", "nir_floods", "sources", "author"])
def test_the_other_modes_run(mode: str) -> None:
    assert run(mode)["cpu_per_frame"] > 0
