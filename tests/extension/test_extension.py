"""The repository as a Kit extension: its configuration by Kit's rules, and what is there once it is enabled."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import cv2
import pytest

from writers.reader import open_dataset

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / "config" / "extension.toml").read_text(encoding="utf-8"))

SCRIPT = """
import json, sys
from isaacsim import SimulationApp

app = SimulationApp({"headless": True})
import carb.settings
import omni.kit.app
import omni.replicator.core as rep
from pxr import Plug

manager = omni.kit.app.get_app().get_extension_manager()
name, out = sys.argv[1:]
before = rep.WriterRegistry.get_writers()
assert manager.set_extension_enabled_immediate(name, True) and manager.is_extension_enabled(name)

rep.functional.create.dome_light(intensity=500)
cubes = [rep.functional.create.cube(name=f"Cube{n}", position=(n * 2 - 1, 0, 0), semantics={"class": "cube"}) for n in range(2)]
with rep.trigger.on_frame(max_execs=3):
    rep.randomizer.replicant_rotation(prims="/.*Cube0$", seed=3)
    rep.randomizer.replicant_color(prims="/.*Cube1$", value=rep.distribution.uniform((0, 0, 0), (1, 1, 1)))
camera = rep.functional.create.camera(position=(0, -8, 3), look_at=(0, 0, 0))
writer = rep.WriterRegistry.get("DatasetWriter")
writer.initialize(output_dir=out, outputs=["rgb", "boxes"], classes=["cube"])
writer.attach(rep.create.render_product(camera, (64, 48)))
rep.orchestrator.run_until_complete()
rep.orchestrator.wait_until_complete()
told = ""
try:
    rep.randomizer.replicant_color(prims="/.*Cube1$", colour=(1, 0, 0))
except Exception as error:
    told = f"{type(error).__name__}: {error}"
found = {
    "before": before,
    "writers": rep.WriterRegistry.get_writers(),
    "default": rep.WriterRegistry._default_writers,
    "annotators": rep.AnnotatorRegistry.get_registered_annotators(),
    "schema": bool(Plug.Registry().GetPluginWithName("replicantInfrared")),
    "told": told,
}
manager.set_extension_enabled_immediate(name, False)
found["after"] = rep.WriterRegistry.get_writers()
manager.set_extension_enabled_immediate(name, True)
found["again"] = rep.WriterRegistry.get_writers()
print("FOUND " + json.dumps({key: value if isinstance(value, (str, bool)) else sorted(value) for key, value in found.items()}))
app.close()
"""


@pytest.mark.parametrize("key", ["changelog", "readme", "preview_image", "icon"])
def test_files_that_the_configuration_names_are_there(key: str) -> None:
    assert (ROOT / CONFIG["package"][key]).is_file()


def test_the_configuration_follows_kits_rules() -> None:
    package = CONFIG["package"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"]), "Kit wants a semantic version"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert package["version"] == project["version"]
    assert set(package) <= {
        "version",
        "category",
        "title",
        "description",
        "keywords",
        "changelog",
        "readme",
        "preview_image",
        "icon",
    }
    for page in CONFIG["documentation"]["pages"]:
        assert (ROOT / page).is_file()
    icon, preview = (cv2.imread(str(ROOT / package[key])) for key in ("icon", "preview_image"))
    assert icon.shape[:2] == (256, 256) and preview.shape[1] > preview.shape[0] >= 300
    (module,) = CONFIG["python"]["module"]
    assert importlib.util.find_spec(module["name"]) is not None
    wanted = {requirement.split(">")[0] for requirement in CONFIG["python"]["pipapi"]["requirements"]}
    assert wanted <= {re.split("[>=<]", text)[0] for text in project["dependencies"]}


def test_enabling_registers_and_the_registered_work(tmp_path: Path) -> None:
    script, out = tmp_path / "use.py", tmp_path / "out"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-m", "engine", f"--ext-folder={ROOT}", str(script), ROOT.name, str(out)]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=300)
    lines = [line for line in done.stdout.splitlines() if line.startswith("FOUND ")]
    assert done.returncode == 0 and len(lines) == 1, done.stdout + done.stderr
    found = json.loads(lines[0].removeprefix("FOUND "))
    assert "DatasetWriter" not in found["before"] and "DatasetWriter" not in found["after"]
    assert (
        "DatasetWriter" in found["writers"]
        and "DatasetWriter" in found["default"]
        and "DatasetWriter" in found["again"]
    )
    assert {"nir850", "thermal_lwir", "thermal_mwir"} <= set(found["annotators"])
    assert found["schema"] is True
    assert found["told"].startswith("ScenarioError") and "rep.randomizer.replicant_color" in found["told"]
    samples = list(open_dataset(out).samples())
    assert [len(json.loads(sample.members["json"])["objects"]) for sample in samples] == [2, 2, 2]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}
