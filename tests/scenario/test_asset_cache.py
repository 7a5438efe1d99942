"""Made assets are found again only while nothing that makes them has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenes import asset_cache


def test_a_digest_covers_the_modules_that_a_generator_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asset_cache, "ROOT", tmp_path)
    for folder in ("scenes/paint", "scenes/land"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "scenes/paint/wood.py").write_text("from scenes.land.noise import octaves\nimport numpy\n")
    (tmp_path / "scenes/land/noise.py").write_text("from scenes.land import grid\n")
    (tmp_path / "scenes/land/grid.py").write_text("SIZE = 3\n")
    (tmp_path / "scenes/land/other.py").write_text("SIZE = 3\n")

    def digest() -> str:
        asset_cache.source_digest.cache_clear()
        return asset_cache.source_digest(tmp_path / "scenes/paint")

    files = asset_cache.source_files([tmp_path / "scenes/paint/wood.py"])
    assert [file.name for file in files] == ["wood.py", "noise.py", "grid.py"]
    first = digest()
    (tmp_path / "scenes/land/other.py").write_text("SIZE = 4\n")
    assert digest() == first
    (tmp_path / "scenes/land/grid.py").write_text("SIZE = 4\n")
    assert digest() != first
    asset_cache.source_digest.cache_clear()


def test_the_real_generators_are_followed() -> None:
    files = {
        str(p.relative_to(asset_cache.ROOT))
        for p in asset_cache.source_files([asset_cache.ROOT / "scenes/household/paint.py"])
    }
    assert {"scenes/household/paint.py", "scenes/asset_cache.py"} <= files and len(files) > 2
