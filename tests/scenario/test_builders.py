"""Builders refuse what they cannot build, by text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pxr import Usd

from scenes.builders import animals, asset, daylight, distractors, herd, household, lamps, meadow, table

BAD: list[tuple[Any, dict[str, Any], str]] = [
    (animals, {"counts": {"cat": 1}}, r"animal 'cat' is unknown; choose from .*sheep"),
    (animals, {"counts": {"sheep": -1}}, r"number of sheep is -1; expected 0 or more"),
    (asset, {"file": __file__}, r"asset '.*test_builders.py' is not readable as USD: Cannot determine file format"),
    (
        asset,
        {"file": "omniverse://no.host/a.usd"},
        r"asset 'omniverse://no.host/a.usd' is not (readable as USD; expected|on this machine)",  # the engine looks for assets first
    ),
    (daylight, {"sky": "green"}, r"sky 'green' is unknown; choose from "),
    (distractors, {"count": -1}, r"count is -1 and size 0.05; expected count of 0 or more and size above 0"),
    (distractors, {"size": 0.0}, r"count is 8 and size 0.0; expected count"),
    (herd, {"breeds": ["unicorn"]}, r"breed 'unicorn' is unknown; choose from "),
    (household, {"kinds": ["sofa"]}, r"object 'sofa' is unknown; choose from can"),
    (household, {"kinds": [], "copies": -1}, r"copies is -1; expected 0 or more"),
    (lamps, {"lamps": -1}, r"lamps, height, intensity and ambient must be 0 or more"),
    (meadow, {"trees": -1}, r"trees is -1; expected 0 or more"),
    (table, {"height": 0.0}, r"size \(1.4, 0.8\) and height 0.0 must be above 0"),
]


@pytest.mark.parametrize(("builder", "options", "text"), BAD, ids=[b[2][:30] for b in BAD])
def test_builders_refuse(builder: Any, options: dict[str, Any], text: str, tmp_path: Path) -> None:
    stage = Usd.Stage.CreateInMemory()
    with pytest.raises((ValueError, FileNotFoundError), match=text):
        builder.build(stage, "/World/x", np.random.default_rng(1), **options)
