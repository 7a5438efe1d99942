"""What `./launch.sh list` shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scenes import catalogue

ROOT = Path(__file__).resolve().parents[2]


def test_every_file_is_listed_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == ["scenarios", "builders", "randomizers", "writers"]
    shown = {words[0]: words[1:] for words in (line.split() for line in lines) if len(words) > 1}
    for folder in ("scenes/builders", "randomizers"):
        for path in (ROOT / folder).glob("[!_]*.py"):
            assert len(shown[path.stem]) > 2, path
    assert "scenes/pasture.yaml" in shown and "DatasetWriter" in shown


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue.main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out) == catalogue.catalogue()
