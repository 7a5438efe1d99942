"""The dataset benchmark's own arithmetic: rates, targets, tables."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parents[2] / "benchmarks"
MARK = "RESULT "


@pytest.fixture(autouse=True)
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


def results(share: float, speed_up: float, slope: float) -> dict[str, Any]:
    case = {"cpu_with": 1.05, "cpu_without": 1.0, "finish_cpu_per_frame": 0.01}
    workers = {"frames": 48, "frames_per_second": {"1": 5.0, "2": 9.5}, "speed_up": speed_up, "speed_ups": [speed_up]}
    workers |= {"speed_up_apart": 1.9, "speed_ups_apart": [1.9]}
    one = {"cpu_ms": 1.5, "bytes": 2000}
    encoders = {"members": {"rgb.jpg": one}, "sample": one, "formats": {"mds": one}}
    return {
        "name": "x",
        "quick": True,
        "machine": {"cores": 2, "processor": "p", "memory_gb": 8, "python": "3.11", "load_before": 0.1},
        "overhead": {"a, main job": case | {"overhead": share}, "a, labels only": case | {"overhead": 0.2}},
        "encoders": {"a": encoders},
        "workers": workers,
        "memory": {"frames": 200, "memory_mb": {"20": 100.0}, "slope_kb_per_frame": slope},
    }


def test_targets_are_judged_each_in_its_own_direction() -> None:
    from dataset_costs import targets

    assert [t["met"] for t in targets(results(0.05, 1.8, 1.0))] == [True, True, True]
    assert [t["met"] for t in targets(results(0.051, 1.79, 1.1))] == [False, False, False]
    names = [t["target"] for t in targets(results(0.05, 1.8, 1.0))]
    assert names[0] == "writer on the a, main job, share of CPU-seconds", "labels only are stated, not judged"


def test_tables_show_a_miss() -> None:
    from dataset_costs import targets
    from dataset_report import render

    found = results(0.3, 1.85, 0.0)
    text = render(found | {"targets": targets(found)})
    assert "| writer on the a, main job, share of CPU-seconds | at most 0.05 | 0.3 | **no** |" in text
    assert "| a, labels only | 1.05 | 1.0 | 20.0 % | 0.01 |" in text
    assert "| rgb.jpg | 1.50 / 2.0 |" in text and "| mds | 1.50 / 2.0 |" in text
    assert "9.5 and 5.0 frames a second; 1.85 times, the median of the rounds (1.85)" in text
    assert "two processes: 1.9 times (1.9)" in text


def test_starting_up_does_not_count_in_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    import dataset_costs

    monkeypatch.setattr(
        dataset_costs, "wall_of", lambda bench, workers, frames: 7.0 + 3 * workers + frames / (4 * workers)
    )
    monkeypatch.setattr(dataset_costs, "wall_apart", lambda bench, frames: 10.0 + frames / 7)
    found = dataset_costs.measure_workers(None, True, lambda text: None)
    assert found["frames_per_second"] == {"1": 4.0, "2": 8.0, "apart": 7.0}
    assert found["speed_up"] == 2.0 and found["speed_up_apart"] == 1.75


def test_a_machine_that_drifts_does_not_look_like_a_speed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import dataset_costs

    paces = [0.5, 0.5, 1.0, 1.0, 0.5, 0.5, 1.0, 0.5, 0.5, 1.0]  # of a round's two turns, in the order they are run
    turns = (pace for pace in paces for _ in ("short", "long"))
    monkeypatch.setattr(dataset_costs, "wall_of", lambda bench, workers, frames: frames / (workers * next(turns)))
    monkeypatch.setattr(dataset_costs, "wall_apart", lambda bench, frames: frames)
    found = dataset_costs.measure_workers(None, False, lambda text: None)
    assert sorted(found["speed_ups"]) == [2.0, 2.0, 2.0, 4.0, 4.0] and found["speed_up"] == 2.0


def test_two_runs_apart_share_the_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    import dataset_costs

    seen: list[tuple[int, int]] = []
    monkeypatch.setattr(dataset_costs, "wall_of", lambda bench, workers, frames: seen.append((workers, frames)) or 0.0)
    assert dataset_costs.wall_apart(None, 64) > 0 and seen == [(1, 32), (1, 32)]


@pytest.mark.parametrize("mode", ["encoders", "overhead", "memory"])
def test_the_measured_script_runs(mode: str) -> None:
    words = ["--mode", mode, "--scenario", "tabletop", "--size", "48x32", "--frames", "5"]
    words += [] if mode == "encoders" else ["--outputs", "depth,boxes"]
    command = [sys.executable, "-m", "engine", str(HERE / "dataset_run.py"), *words]
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, timeout=300)
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    assert done.returncode == 0 and len(lines) == 1, done.stderr
    found = json.loads(lines[0].removeprefix(MARK))
    wanted = {"encoders": "formats", "overhead": "cpu_with", "memory": "slope_kb_per_frame"}
    assert found[wanted[mode]]
