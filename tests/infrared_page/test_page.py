"""docs/infrared.md: each snippet is run as it stands on the page; its files and figures are there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sensors.palettes import palette_names
from sensors.registry import camera_names
from sensors.thermal_frame import GAINS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "infrared.md").read_text()
SNIPPETS = dict(re.findall(r"<!-- snippet: ([a-z0-9 ]+) -->\n```python\n(.*?)```\n", PAGE, re.DOTALL))


def run(command: list[str], place: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def snippet(name: str, check: str, place: Path, *before: str) -> str:
    """Run a snippet of the page in `place`, then lines that look at what it defined."""
    script = place / f"snippet_{name}.py"
    script.write_text(SNIPPETS[name] + "\n" + check)
    return run([sys.executable, *before, str(script)], place)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with `_out/mugs`, made by the real command."""
    folder = tmp_path_factory.mktemp("page")
    words = ["--scenario", str(Path(__file__).with_name("mugs.yaml")), "--out", "_out/mugs"]
    run([sys.executable, "-m", "engine", str(ROOT / "replicator_scripts" / "generate.py"), *words], folder)
    return folder


def test_every_block_of_python_is_a_snippet_and_every_snippet_is_tested() -> None:
    assert PAGE.count("```python") == len(SNIPPETS) >= 6
    source = Path(__file__).read_text()
    assert all(f'"{name}"' in source for name in SNIPPETS)


def test_what_the_page_names_is_there() -> None:
    for group in re.findall(r"`((?:sensors|oracles|bands|infrared_out|infrared_usd)/test_[a-z_]+)`", PAGE):
        assert (ROOT / "tests" / f"{group}.py").is_file(), group
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 18))
    for number, where in rows:
        for word in (part.strip() for piece in where.split(";") for part in piece.split(",")):
            folder, _, name = word.rpartition("/")
            folders = [folder] if folder else ["sensors", "bands"]
            assert any((ROOT / "tests" / f / f"test_{name}.py").is_file() for f in folders), (number, word)
    gains = re.search(r"Gains: (.*?)\. Palettes: (.*?)\. Cameras", PAGE)
    assert (
        gains
        and tuple(re.findall(r"`([a-z_]+)`", gains[1]))
        and set(re.findall(r"`([a-z_]+)`", gains[1])) == set(GAINS)
    )
    assert set(re.findall(r"`([a-z_]+)`", gains[2])) == set(palette_names())
    assert len(camera_names()) == 11  # as the page lists


def test_a_script(tmp_path: Path) -> None:
    check = (
        "import numpy as np\n"
        "assert image.shape == (120, 160) and image.dtype == np.float32\n"
        "assert cow.material.token == 'fur_hair' and cow.temperature == 306.0 and cow.source == 'label'\n"
        "assert 300 < image.max() < 306.5 and np.median(image) < 290\n"
    )
    text = SNIPPETS["script"].replace("app.close()", check + "print('checked')\napp.close()")
    script = tmp_path / "script.py"
    script.write_text(text)
    assert "checked" in run([sys.executable, "-m", "engine", str(script)], tmp_path)


def test_a_stage(tmp_path: Path) -> None:
    snippet(
        "stage",
        "assert (surface.material.token, surface.source) == ('steel', 'ir')\n"
        "assert abs(surface.material.emissivity['lwir'] - 0.12) < 1e-6 and abs(surface.temperature - 368.15) < 1e-4\n",
        tmp_path,
    )


def test_a_material(tmp_path: Path) -> None:
    snippet(
        "material",
        "assert 305 < material_temperature_now(tiles, noon) < 325 and abs(inertia - 1646) < 1\n"
        "assert warm_patch[0] == 8.0 > warm_patch[1] > warm_patch[2] > 3.0\n",
        tmp_path,
    )


def test_reading(place: Path) -> None:
    snippet(
        "read",
        "assert kelvin.shape == by_flir.shape == by_band.shape == metres.shape == (64, 96)\n"
        "assert np.abs(kelvin - by_band).max() <= 0.0051 and np.abs(by_flir - by_band).max() < 0.03\n"
        "assert 270 < kelvin.min() < kelvin.max() < 345\n"
        "assert 0.3 < np.nanmedian(metres) < 2 and np.nanmax(true_kelvin) > 300 > np.nanmin(true_kelvin)\n",
        place,
    )


def test_what_is_reported(tmp_path: Path) -> None:
    snippet(
        "reported",
        "assert abs(believed - 306.15 - 0.66) < 0.1\nassert np.allclose(tau, [0.9939, 0.9807, 0.9375], atol=1e-4)\n",
        tmp_path,
    )


def test_a_camera(tmp_path: Path) -> None:
    snippet(
        "camera",
        "assert picture.shape == (120, 160, 3) and 0.045 < kelvin < 0.06\n"
        "assert set(parts) == {'t', 'v', 'h', 'tv', 'th', 'vh', 'tvh'}\n",
        tmp_path,
    )


def test_arrays(tmp_path: Path) -> None:
    snippet(
        "arrays",
        "road, roof = kelvin[40, 5], kelvin[20, 30]\n"
        "assert kelvin.shape == (48, 64) and 281 < road < 283.1 and 274 < roof < 279.4\n",
        tmp_path,
    )
