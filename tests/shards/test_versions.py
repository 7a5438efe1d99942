"""The code of a plan: all that shapes bytes, tables included, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from writers import manifest
from writers.manifest import CODE_VERSION, code_version

SHAPES = (
    "engine/render/rays.py",
    "randomizers/orbit.py",
    "replicator_scripts/frames.py",
    "scenes/animals/skin.py",
    "scenes/infrared/schema/generatedSchema.usda",
    "sensors/materials.yaml",
    "sensors/optics.py",
    "writers/dataset.py",
    "writers/infrared/outputs.py",
    "writers/shards/ustar.py",
)
OTHER = ("README.md", "scenes/pasture.yaml", "cluster/slurm.py", "writers/exports/coco.py", "tests/test_x.py")


def test_a_change_of_what_shapes_bytes_is_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "ROOT", tmp_path)
    monkeypatch.delenv(CODE_VERSION, raising=False)
    for name in (*SHAPES, *OTHER):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a")
    first = code_version()
    for name in OTHER:
        (tmp_path / name).write_text("b")
    assert code_version() == first
    seen = {first}
    for name in SHAPES:
        (tmp_path / name).write_text("b")
        seen.add(code_version())
    assert len(seen) == 1 + len(SHAPES)


def test_the_files_that_are_named_are_there() -> None:
    for pattern in manifest.CODE:
        assert any(manifest.ROOT.glob(pattern)), pattern
