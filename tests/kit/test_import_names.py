from __future__ import annotations

import importlib
import subprocess
import sys
from types import ModuleType

import pytest

from engine import import_names


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_every_alias_imports():
    names = [name for name in import_names.ALIASES if not name.startswith("omni.replicator")]
    assert len(names) > 30
    for name in names:
        assert isinstance(importlib.import_module(name), ModuleType), name


def test_old_and_new_names_give_the_same_functions():
    import isaacsim.core.utils.stage as new
    import omni.isaac.core.utils.stage as old

    assert new.get_current_stage is old.get_current_stage
    import isaacsim
    from omni.isaac.kit import SimulationApp

    assert isaacsim.SimulationApp is SimulationApp


def test_parent_packages_give_their_children_without_an_import():
    import omni

    assert omni.kit.test.AsyncTestCase.__module__ == "engine.kit.test"


def test_a_front_passes_assignments_on_to_the_engine():
    import omni.kit.async_engine as front

    from engine.kit import async_engine

    front.made_by_a_test = 3
    assert async_engine.made_by_a_test == 3
    del async_engine.made_by_a_test


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (
            "from omni.usd import nothing_such",
            "No module named 'omni.usd.nothing_such' in the embedded engine; docs/parity",
        ),
        ("import omni.nothing", "No module named 'omni.nothing' in the embedded engine; docs/parity.md lists"),
        ("from isaacsim.robot.manipulators import SingleManipulator", "Robots are not simulated"),
        ("from isaacsim.sensors.experimental.rtx import Lidar", "LiDAR and radar are not simulated"),
        ("from isaacsim.sensors.rtx import LidarRtx", "LiDAR and radar are not simulated"),
        ("import usdrt.hierarchy", "There is no Fabric here: use pxr.Usd"),
        ("import isaacsim.core.utils.tensorflow", "add --ext-folder IsaacSim/source/extensions"),
    ],
)
def test_a_name_the_engine_lacks_says_so(statement, text):
    with pytest.raises(ImportError, match=text):
        exec(statement)


def test_an_attribute_the_engine_lacks_says_so():
    import omni.usd

    with pytest.raises(
        AttributeError, match=r"module 'omni.usd' has no attribute 'nothing_such' in the embedded engine"
    ):
        omni.usd.nothing_such  # noqa: B018


def test_omni_is_refused_before_simulation_app():
    code = "from engine import import_names; import_names.install(); import isaacsim; import omni.usd"
    done = run(code)
    assert done.returncode == 1
    assert "ModuleNotFoundError: No module named 'omni.usd'. Omniverse/Isaac Sim import statements" in done.stderr


def test_a_real_isaac_sim_is_not_mixed_with_the_engine(tmp_path):
    (tmp_path / "isaacsim").mkdir()
    (tmp_path / "isaacsim" / "__init__.py").write_text("")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from engine import import_names; import_names.install()"
    done = run(code)
    assert "RuntimeError: a real Isaac Sim can be imported here" in done.stderr


def test_help_is_quick_and_loads_neither_numpy_nor_pxr():
    code = (
        "import sys; sys.argv = ['engine', '--help']\n"
        "from engine.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'pxr', 'mitsuba'} & set(sys.modules)))"
    )
    assert run(code).stdout.strip().endswith("[]")


def test_render_products_are_found_below_scripts():
    done = run(
        "from engine.import_names import install; install()\n"
        "from isaacsim import SimulationApp; SimulationApp({'headless': True})\n"
        "from omni.replicator.core.scripts.utils.viewport_manager import HydraTexture\n"
        "from omni.replicator.core.scripts.utils import ReplicatorItem\n"
        "print(HydraTexture.__module__, flush=True)"
    )
    assert "engine.replicator.viewport_manager" in done.stdout, done.stderr


def test_colour_tools_under_the_names_that_writers_import():
    code = (
        "from engine.import_names import install, start_kit; install(); start_kit()\n"
        "import numpy as np, omni.replicator.core as rep\n"
        "from omni.replicator.core.scripts.writers_default.tools import *\n"
        "from omni.replicator.core.writers_default.tools import colorize_distance as other\n"
        "assert colorize_normals is rep.tools.colorize_normals and other is rep.tools.colorize_distance\n"
        "ids = np.array([[0, 2], [3, 2]])\n"
        "shown = data_to_colour(ids)\n"
        "assert shown.shape == (2, 2, 4) and shown.dtype == np.uint8 and (shown[0, 1] == shown[1, 1]).all()\n"
        "assert (shown[0, 1] == rep.tools.random_colours_id([2])[0]).all() and (shown[1, 0] != shown[0, 1]).any()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
