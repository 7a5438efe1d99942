"""`python -m engine FILE.yaml`: the triggers are run to their end, errors are one line, the files are those of Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAD = """
seed: {settings.carb_settings: {setting: /omni/replicator/globalSeed, value: 11}}
light: {create.light: {light_type: distant, rotation: [0, 45, 0]}}
camera: {create.camera: {position: [5, 0, 1], look_at: [0, 0, 0]}}
product: {create.render_product: {camera: camera, resolution: [32, 24]}}
cube: {create.cube: {semantics: [[class, cube]]}}
writer:
  writers.get:
    name: BasicWriter
    init_params: {output_dir: out, rgb: True, semantic_segmentation: True}
    render_products: product
"""
TRIGGER = """
trigger: {trigger.on_frame: {max_execs: 3}}
with_trigger:
  with.trigger:
    with.cube:
      modify.pose:
        position: {distribution.uniform: {lower: [-1, -1, -1], upper: [1, 1, 1]}}
"""
SCRIPT = """
import omni.replicator.core as rep

rep.settings.carb_settings("/omni/replicator/globalSeed", 11)
rep.create.light(light_type="distant", rotation=(0, 45, 0))
camera = rep.create.camera(position=(5, 0, 1), look_at=(0, 0, 0))
product = rep.create.render_product(camera, (32, 24))
cube = rep.create.cube(semantics=[("class", "cube")])
writer = rep.WriterRegistry.get("BasicWriter")
writer.initialize(output_dir="out", rgb=True, semantic_segmentation=True)
writer.attach(product)
with rep.trigger.on_frame(max_execs=3), cube:
    rep.modify.pose(position=rep.distribution.uniform((-1, -1, -1), (1, 1, 1)))
rep.orchestrator.run()
"""


def run(folder: Path, name: str, text: str, *options: str, arguments: tuple[str, ...] = ()):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    command = [sys.executable, "-m", "engine", f"--set=/omni/replicator/backends/disk/root_dir={folder}", *options]
    return subprocess.run([*command, str(folder / name), *arguments], capture_output=True, text=True, check=False)


def test_a_file_makes_the_frames_that_python_makes(tmp_path):
    done = run(tmp_path / "yaml", "scene.yaml", HEAD + TRIGGER)
    assert done.returncode == 0, done.stderr
    assert f"output: {tmp_path}/yaml/out" in done.stderr
    twin = run(tmp_path / "python", "scene.py", SCRIPT)
    assert twin.returncode == 0, twin.stderr
    made = {path.name: path.read_bytes() for path in (tmp_path / "yaml" / "out").iterdir()}
    assert sum(name.startswith("rgb_") for name in made) == 3 and len(made) == 10
    assert made == {path.name: path.read_bytes() for path in (tmp_path / "python" / "out").iterdir()}


def test_the_wrapper_for_isaac_sim_makes_the_same_frames(tmp_path):
    done = run(tmp_path / "direct", "scene.yaml", HEAD + TRIGGER)
    assert done.returncode == 0, done.stderr
    wrapper = Path(__file__).parents[2] / "replicator_scripts" / "yaml_file.py"
    (tmp_path / "wrapped").mkdir()
    root = f"--set=/omni/replicator/backends/disk/root_dir={tmp_path}/wrapped"
    command = [sys.executable, "-m", "engine", root, str(wrapper), str(tmp_path / "direct" / "scene.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = {path.name: path.read_bytes() for path in (tmp_path / "direct" / "out").iterdir()}
    assert len(made) == 10
    assert made == {path.name: path.read_bytes() for path in (tmp_path / "wrapped" / "out").iterdir()}


def test_frames_by_number_and_a_run_without_end(tmp_path):
    endless = HEAD + TRIGGER.replace("{max_execs: 3}", "null")
    done = run(tmp_path, "scene.yml", endless)
    assert done.returncode == 1
    assert "no trigger has max_execs, so the run would not end; give --run N" in done.stderr
    done = run(tmp_path, "scene.yml", endless, "--run", "2")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").glob("rgb_*.png"))) == 2


def test_an_error_is_one_line(tmp_path):
    done = run(tmp_path, "scene.yaml", "cube:\n  create.cubes: null\n")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{tmp_path}/scene.yaml:2: create.cubes: there is no such function")
    assert "did you mean create.cube" in done.stderr and len(done.stderr.splitlines()) == 1


def test_an_error_of_a_later_frame_names_its_line_too(tmp_path):
    text = """
plane: {create.plane: {scale: 1}}
cube: {create.cube: null}
register_far:
  randomizer.register:
    far:
      inputs: {things: null}
      with.things:
        randomizer.scatter_2d:
          surface_prims: plane
          min_samp: [50, 50, null]
trigger: {trigger.on_frame: {max_execs: 2}}
with_trigger:
  with.trigger:
    randomizer.far: {things: cube}
"""
    done = run(tmp_path, "scene.yaml", text)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{tmp_path}/scene.yaml:9: randomizer.scatter_2d: "), done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("arguments", "status"), [(("--run", "2"), 2), (("--/omni/replicator/globalSeed=3",), 0)])
def test_options_come_before_the_file(tmp_path, arguments, status):
    done = run(tmp_path, "scene.yaml", "cube: {create.cube: null}\n", arguments=arguments)
    assert done.returncode == status, done.stderr
    assert ("'--run' follows it; options come before the file" in done.stderr) == (status == 2)


@pytest.mark.parametrize("flag", ["/omni/replicator/script", "/omni/replicator/replicatorYaml/yamlPath"])
def test_the_flags_of_kit_name_a_file_too(tmp_path, flag):
    (tmp_path / "scene.yaml").write_text("cube: {create.cub: null}\n")
    command = [sys.executable, "-m", "engine", f"--{flag}={tmp_path}/scene.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "scene.yaml:1: create.cub: there is no such function" in done.stderr
