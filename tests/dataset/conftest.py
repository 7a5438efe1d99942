"""A small scenario that uses most randomizers, and a way to make a dataset of it in this process."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.app import get_app
from engine.carb.settings import get_settings
from engine.import_names import install, start_kit
from engine.replicator import orchestrator
from engine.timeline import get_timeline_interface

install()
start_kit()
asyncio.set_event_loop(get_app().loop)  # as SimulationApp does

SETTINGS = ("/rtx", "/replicant", "/omni/replicator", "/syntheticdata")
SMALL: dict[str, Any] = {
    "seed": 5,
    "frames": 3,
    "resolution": [64, 48],
    "classes": ["can", "ball", "book", "mug"],
    "outputs": ["depth", "semantic", "instance", "boxes"],
    "quality": {"samples": 1, "denoise": False, "max_bounces": 1},
    "writer": {"samples_per_shard": 2, "image_format": "png", "depth_scale": 0.0005, "preview": 2},
    "scene": {
        "table": {"table": {"size": [0.9, 0.7]}},
        "lamps": {"lamps": {"lamps": 1}},
        "things": {"household": {"kinds": ["can", "ball", "book", "mug"]}},
        "clutter": {"distractors": {"count": 3}},
    },
    "cameras": {"camera": {"focal_length": 24, "horizontal_aperture": 36, "clipping_range": [0.05, 50]}},
    "randomizers": {
        "seen": {
            "visibility": {
                "prims": "^/World/things/[A-Za-z]+_\\d+$",
                "value": {"distribution.choice": {"choices": [True, False], "weights": [0.8, 0.2]}},
            }
        },
        "places": {
            "scatter": {
                "prims": "^/World/things/[A-Za-z]+_\\d+$",
                "surfaces": "^/World/table/Top/Surface$",
                "yaw": [0, 360],
            }
        },
        "clutter_turns": {"rotation": {"prims": "^/World/clutter/Solid_\\d+/Body$"}},
        "clutter_places": {
            "scatter": {
                "prims": "^/World/clutter/Solid_\\d+$",
                "surfaces": "^/World/table/Top/Surface$",
                "avoid": "^/World/things/[A-Za-z]+_\\d+$",
            }
        },
        "looks": {"materials": {"prims": "^/World/clutter/Solid_\\d+/Body$", "choices": "^/World/things/.*/Look$"}},
        "power": {
            "attribute": {
                "prims": "^/World/lamps/Lamp_\\d+$",
                "name": "intensity",
                "value": {"distribution.normal": {"mean": 5000, "std": 500}},
            }
        },
        "lens": {
            "attribute": {
                "prims": "^/World/Cameras/camera$",
                "name": "focalLength",
                "value": {"distribution.sequence": {"items": [24.0, 30.0, 36.0]}},
            }
        },
        "view": {
            "orbit": {
                "prims": "^/World/Cameras/camera$",
                "center": {"distribution.uniform": {"lower": [-0.1, -0.1, 0.76], "upper": [0.1, 0.1, 0.8]}},
                "distance": {"distribution.log_uniform": {"lower": 0.8, "upper": 1.2}},
                "azimuth": {"distribution.uniform": {"lower": 0, "upper": 360}},
                "elevation": {"distribution.uniform": {"lower": 25, "upper": 60}},
            }
        },
    },
}


def small(**changes: Any) -> dict[str, Any]:
    """Return the small scenario with some top-level keys replaced."""
    return {**copy.deepcopy(SMALL), **changes}


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Leave neither settings nor a run behind."""
    for path in SETTINGS:
        get_settings().destroy_item(path)
    yield
    orchestrator.stop()
    get_timeline_interface().stop()
    for path in SETTINGS:
        get_settings().destroy_item(path)


class Studio:
    """Make datasets under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made = 0

    def write(self, document: dict[str, Any]) -> Path:
        """Write a scenario file; equal scenarios have equal names."""
        path = self.folder / "small.yaml"
        path.write_text(yaml.safe_dump(document, sort_keys=False))
        return path

    def make(self, document: dict[str, Any], *words: str) -> Path:
        """Make a dataset and return its folder."""
        from replicator_scripts import arguments
        from replicator_scripts.generate import generate

        self._made += 1
        out = self.folder / f"out-{self._made}"
        options = arguments.parse(["--scenario", str(self.write(document)), "--out", str(out), *words])
        orchestrator.stop()
        get_app().run_coroutine(generate(options))
        return out


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """Return a place to make datasets in."""
    return Studio(tmp_path)


@pytest.fixture(autouse=True)
def one_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the code once for all: it may be edited while the tests run."""
    monkeypatch.setenv("REPLICANT_CODE_VERSION", "test")


def members(folder: Path) -> dict[str, bytes]:
    """Return every member of every shard by name."""
    import tarfile

    found: dict[str, bytes] = {}
    for path in sorted((folder / "shards").glob("*.tar")):
        with tarfile.open(path) as tar:
            for info in tar.getmembers():
                assert info.name not in found
                file = tar.extractfile(info)
                assert file is not None
                found[info.name] = file.read()
    return found
