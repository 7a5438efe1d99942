"""The benchmarks' own arithmetic: one scene for all engines, agreement, ratios, targets and tables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


def test_shapes_are_closed_and_face_outwards() -> None:
    import scene

    volumes = {"cube": 1.0, "sphere": np.pi / 6, "cylinder": np.pi / 4, "cone": np.pi / 12}
    for kind, volume in volumes.items():
        points, triangles = scene.unit_mesh(kind)
        edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
        assert {tuple(e) for e in edges} == {tuple(e[::-1]) for e in edges}, f"{kind} has holes"
        a, b, c = points[triangles].transpose(1, 0, 2)
        assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6 == pytest.approx(volume, rel=0.03)
        np.testing.assert_allclose(np.abs(points).max(axis=0), 0.5, atol=1e-12)


def test_the_camera_sees_its_target_in_the_middle() -> None:
    import scene

    for view in range(10):
        pose = scene.look_at(scene.camera_position(view), scene.TARGET)
        local = np.linalg.inv(pose) @ [*scene.TARGET, 1]
        np.testing.assert_allclose(local[:2], 0, atol=1e-12)
        assert local[2] < 0 and pose[2, 1] > 0
    assert scene.focal_pixels(640) == pytest.approx(320 * np.sqrt(3))


def test_agreement_counts_what_differs(tmp_path: Path) -> None:
    from agreement import compare

    depth, item = np.full((10, 10), 2.0), np.zeros((10, 10), int)
    item[:, 5:], item[:, 9] = 1, -1
    depth[:, 9] = np.inf
    np.savez(tmp_path / "a.npz", depth=depth, item=item)
    other, moved = depth.copy(), item.copy()
    other[0, 0] += 0.002
    other[1, 0] += 0.0009
    moved[:, 5] = 0
    np.savez(tmp_path / "b.npz", depth=other, item=moved)
    found = compare(tmp_path / "a.npz", tmp_path / "b.npz")
    assert (found["pixels"], found["items"]) == (100, 2)
    assert found["same_item"] == pytest.approx(0.9)
    assert found["same_depth"] == pytest.approx(79 / 80)
    assert found["worst_iou"] == pytest.approx(30 / 40)
    np.savez(tmp_path / "c.npz", depth=depth, item=np.full((10, 10), -1))
    with pytest.raises(ValueError, match="see no item at the same pixel; nothing can be compared"):
        compare(tmp_path / "a.npz", tmp_path / "c.npz")
    np.savez(tmp_path / "d.npz", depth=depth[:5], item=item[:5])
    with pytest.raises(ValueError, match=r"d.npz is \(5, 10\); expected one size"):
        compare(tmp_path / "a.npz", tmp_path / "d.npz")


def results(seconds: float) -> dict[str, Any]:
    from cases import ratios, targets

    one = {"wall_per_frame": 0.1, "peak_mb": 100, "first_frame": {"wall": 1.0}}
    speed = {
        "ours labels": one | {"cpu_per_frame": seconds},
        "newton labels": one | {"cpu_per_frame": 0.05},
        "ours realtime": one | {"cpu_per_frame": 1.0},
        "blenderproc pathtracing_denoised": one | {"cpu_per_frame": 20.0},
    }
    found: dict[str, Any] = {"name": "x", "quick": False, "speed": speed, "ratios": ratios(speed)}
    found["machine"] = {"cores": 2, "processor": "p", "memory_gb": 8, "python": "3.11", "load_before": 0.1}
    return found | {"targets": targets(found)}


def test_targets_are_judged_and_a_miss_is_shown(tmp_path: Path) -> None:
    from report import BEGIN, END, write

    assert results(0.08)["ratios"]["ours labels / newton labels"] == pytest.approx(1.6)
    assert [t["met"] for t in results(0.10)["targets"]] == [True, True]
    assert [t["met"] for t in results(0.11)["targets"]] == [False, True]
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write(readme, results(0.11))
    text = readme.read_text()
    assert text.startswith("before") and text.endswith("after\n") and "old" not in text
    assert "| labels (with semantics, tight and loose boxes), CPU-s a frame | 0.1 | 0.11 | **no** |" in text
    readme.write_text("no marks")
    with pytest.raises(ValueError, match="has no lines"):
        write(readme, results(0.1))


def test_a_python_that_bpy_cannot_use_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import environments

    monkeypatch.setattr(sys, "version_info", (3, 12, 0))
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("REPLICANT_PYTHON_311", raising=False)
    with pytest.raises(environments.EnvironmentMissing, match=r"no python3.11 is on PATH; .* set REPLICANT_PYTHON_311"):
        environments.find_python()
